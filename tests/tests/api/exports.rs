//! The list of people as a file, answered at once.

use calamine::Data;
use jiff::SignedDuration;
use muster_functions::routes::ROUTES;
use muster_functions::routes::exports::MAX_DIRECT_ROWS;
use muster_tests::bench::Bench;
use muster_tests::crowd::{Holding, crowd};
use muster_tests::faults::{At, Kind, Reach, TRANSACT};
use muster_tests::harness::{Harness, Organization};
use muster_tests::recount;
use muster_tests::requests::prepare;
use muster_tests::sampled::sampled;
use reqwest::Method;
use serde_json::{Value, json};

const TITLES: [&str; 14] = [
    "Kind",
    "Name",
    "Email",
    "Role",
    "Grants",
    "Status",
    "Invite status",
    "Time zone",
    "Joined (UTC)",
    "Last active (UTC)",
    "Role ends (UTC)",
    "Role source",
    "Grant sources",
    "Subject",
];

/// What the API shows as `2026-01-31T10:00:00.5Z`, as a sheet in UTC shows it.
fn in_utc(value: &Value) -> String {
    let Some(text) = value.as_str() else {
        return String::new();
    };
    let at: jiff::Timestamp = text.parse().unwrap();
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The text of a source in a sheet in UTC.
fn source(source: &Value) -> Option<String> {
    let part = |word: &str, field: &str| {
        source[field]
            .as_str()
            .map(|id| format!(" {word}{id}"))
            .unwrap_or_default()
    };
    let kind = source["kind"].as_str()?;
    let (by, through) = (part("by ", "by"), part("through ", "api_key"));
    Some(format!(
        "{kind}{}{by}{through} at {}",
        part("", "invitation"),
        in_utc(&source["at"])
    ))
}

/// The line of a CSV that a row of the list is.
fn line(row: &Value) -> Vec<String> {
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let grants = row["grants"].as_array().unwrap().iter().map(|grant| {
        let end = Some(in_utc(&grant["expires_at"])).filter(|end| !end.is_empty());
        let end = end.map(|end| format!(" until {end}")).unwrap_or_default();
        let part = |name: &str| grant[name].as_str().unwrap();
        format!("{}/{}: {}{end}", part("type"), part("id"), part("role"))
    });
    let grants: Vec<String> = grants.collect();
    let sources = row["grants"].as_array().unwrap().iter().filter_map(|grant| {
        let part = |name: &str| grant[name].as_str().unwrap();
        Some(format!(
            "{}/{}: {}",
            part("type"),
            part("id"),
            source(&grant["source"])?
        ))
    });
    let sources: Vec<String> = sources.collect();
    vec![
        text("kind"),
        text("name"),
        text("email"),
        text("role"),
        grants.join("; "),
        text("status"),
        text("invite_status"),
        text("timezone"),
        in_utc(&row["joined_at"]),
        in_utc(&row["last_active_at"]),
        in_utc(&row["role_expires_at"]),
        source(&row["role_source"]).unwrap_or_default(),
        sources.join("; "),
        text("subject"),
    ]
}

/// An organization with a member of every kind of row.
async fn peopled(h: &Harness) -> Organization {
    let acme = Organization::make(h).await;
    acme.allow_helpers(h).await;
    acme.helper(h, "hal").await;
    let pat = acme.join(h, "pat", "program_admin", &["spring", "autumn"]).await;
    let grants = json!({ "role": "program_facilitator", "expires_at": "2999-12-31T00:00:00Z" });
    let path = acme.path(&format!("/members/{}/grants/program/autumn", pat.id()));
    acme.owner.put(h, &path, &grants).await.expect(200);
    let ina = acme.join(h, "ina", "admin", &[]).await;
    let body = json!({ "members": [ina.id()] });
    let path = acme.path("/members/deactivate");
    acme.owner.post(h, &path, &body).await.expect(200);
    acme.invite(h, "guest@x.example", "participant", &["spring"]).await;
    acme
}

#[tokio::test]
async fn the_file_has_the_columns_and_rows_of_the_list_in_its_order() {
    let h = Harness::start().await;
    let acme = peopled(&h).await;
    let list = acme.owner.get(&h, &acme.path("/members")).await.expect(200);
    let rows = list.body["items"].as_array().unwrap();
    assert_eq!(rows.len(), 5);
    let kinds = rows
        .iter()
        .map(|row| row["role_source"]["kind"].as_str().unwrap_or_default());
    assert!(kinds.clone().any(|kind| kind == "founder") && kinds.clone().any(|kind| kind == "invitation"));
    let mut expected = vec![TITLES.map(ToOwned::to_owned).to_vec()];
    expected.extend(rows.iter().map(line));

    let file = h.fetch(&acme.owner, &acme.path("/members/export")).await;
    assert_eq!(file.status, 200);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    let kept_as = file.header("content-disposition");
    assert!(kept_as.starts_with("attachment; filename=\"members-20") && kept_as.ends_with(".csv\""));
    assert_eq!(file.lines(), expected);
    assert!(file.content.ends_with(b"\"\r\n"), "each line ends as Excel wants it");

    let one = h
        .fetch(
            &acme.owner,
            &acme.path("/members/export?status=inactive&role=admin,owner"),
        )
        .await;
    let inactive: Vec<_> = rows
        .iter()
        .filter(|row| row["status"] == "inactive")
        .map(line)
        .collect();
    assert_eq!(one.lines()[1..], inactive);
}

#[tokio::test]
async fn a_file_has_every_order_of_the_list_whether_it_is_made_at_once_or_in_the_background() {
    let h = Harness::start().await;
    let acme = peopled(&h).await;
    h.backend.drained().await;
    for sort in ["name", "-name", "joined", "-joined", "last_active", "-last_active"] {
        let path = acme.path(&format!("/members?sort={sort}"));
        let list = acme.owner.get(&h, &path).await.expect(200);
        let rows = list.body["items"].as_array().unwrap();
        let expected: Vec<_> = rows.iter().map(line).collect();
        assert_eq!(expected.len(), 5);

        let path = acme.path(&format!("/members/export?sort={sort}"));
        let file = h.fetch(&acme.owner, &path).await;
        assert_eq!(file.status, 200, "{sort}");
        assert_eq!(file.lines()[1..], expected, "{sort}");

        let body = json!({ "format": "csv", "filter": { "sort": sort } });
        let asked = acme.owner.post(&h, &acme.path("/exports"), &body).await.expect(202);
        h.backend.drained().await;
        let path = acme.path(&format!("/exports/{}", asked.text("/id")));
        let made = acme.owner.get(&h, &path).await.expect(200);
        assert_eq!(made.body["state"], "ready", "{sort}");
        let file = h.follow(&made.text("/url")).await;
        assert_eq!(file.lines()[1..], expected, "{sort}");
    }
}

#[tokio::test]
async fn a_workbook_has_texts_and_real_dates_of_the_time_zone() {
    let h = Harness::start().await;
    let acme = peopled(&h).await;
    let path = acme.path("/members/export?format=xlsx&timezone=Asia/Kathmandu");
    let file = h.fetch(&acme.owner, &path).await;
    let media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    assert_eq!((file.status, file.header("content-type")), (200, media_type));
    assert!(file.header("content-disposition").ends_with(".xlsx\""));
    let cells = file.cells("Members");
    assert_eq!(cells[0][8], Data::String("Joined (Asia/Kathmandu)".into()));
    let text = h
        .fetch(&acme.owner, &acme.path("/members/export?timezone=Asia/Kathmandu"))
        .await
        .lines();
    assert_eq!(cells.len(), text.len());
    let times = 8..11;
    for (cells, text) in cells.iter().zip(&text).skip(1) {
        for (n, (cell, text)) in cells.iter().zip(text).enumerate() {
            match cell {
                Data::Empty => assert_eq!(text, ""),
                Data::String(shown) => assert_eq!((shown, times.contains(&n)), (text, false)),
                Data::DateTime(at) => {
                    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
                    let shown = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
                    assert_eq!((&shown, times.contains(&n)), (text, true));
                }
                other => panic!("{other:?} in a workbook"),
            }
        }
    }
}

#[tokio::test]
async fn what_leaves_is_recorded_and_head_lets_nothing_leave() {
    let b = Bench::start().await;
    let acme = Organization::make(&b.h).await;
    for query in ["", "?format=xlsx", "?status=active&timezone=Europe/Paris"] {
        let path = acme.path(&format!("/members/export{query}"));
        b.faults.clear();
        let head = b.h.send(Some(&acme.owner), Method::HEAD, &path, None, &[]).await;
        assert_eq!((head.status, &head.body), (200, &Value::Null), "{path}");
        assert!(!b.faults.calls().iter().any(|call| call == TRANSACT), "{path}");
        assert_eq!(acme.recorded(&b.h, "members.exported").await, 0, "{path}");
        let nothing = acme.path("/members/export?status=nonsense");
        let head = b.h.send(Some(&acme.owner), Method::HEAD, &nothing, None, &[]).await;
        assert_eq!(head.status, 400);
    }
    // Whoever takes the file itself is recorded, and may learn its size before.
    let path = acme.path("/members/export?sort=-name");
    let head = b.h.send(Some(&acme.owner), Method::HEAD, &path, None, &[]).await;
    let file = b.h.fetch(&acme.owner, &path).await;
    assert_eq!(head.header("content-length"), Some(&*file.content.len().to_string()));
    assert_eq!(head.header("content-type"), Some(file.header("content-type")));
    assert_eq!(acme.recorded(&b.h, "members.exported").await, 1);
}

#[tokio::test]
async fn a_name_that_could_be_a_formula_does_nothing_in_either_form() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let names = [
        "=1+1",
        "@SUM(A1)",
        "＝1+1",
        "Ann;=cmd|' /C calc'!A0",
        "-1+1",
        "+1",
        "\u{200d}=1+1",
        "\u{200c}＋1",
        "﹣1+1",
    ];
    for (n, name) in names.into_iter().enumerate() {
        let who = acme.join(&h, &format!("p{n}"), "admin", &[]).await;
        let me = acme.path("/members/me");
        who.patch(&h, &me, &json!({ "name": name })).await.expect(200);
        let list = h.fetch(&acme.owner, &acme.path("/members/export")).await.lines();
        let own = list.iter().find(|line| line[2] == who.email()).unwrap();
        let guarded = if n == 3 {
            "Ann;'=cmd|' /C calc'!A0".to_owned()
        } else {
            format!("'{name}")
        };
        assert_eq!(own[1], guarded);
        let book = h
            .fetch(&acme.owner, &acme.path("/members/export?format=xlsx"))
            .await
            .cells("Members");
        let own = book
            .iter()
            .find(|row| row[2] == Data::String(who.email().into()))
            .unwrap();
        assert_eq!(own[1], Data::String(name.into()), "a text, whatever it looks like");
    }
}

#[tokio::test]
async fn times_are_in_the_zone_that_is_asked_for_else_in_the_callers_own_else_in_utc() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let title = async |query: &str| {
        let path = acme.path(&format!("/members/export{query}"));
        h.fetch(&acme.owner, &path).await.lines()[0][8].clone()
    };
    assert_eq!(title("").await, "Joined (UTC)");
    assert_eq!(title("?timezone=europe/paris").await, "Joined (Europe/Paris)");
    let own = json!({ "timezone": "America/St_Johns" });
    acme.owner.patch(&h, &acme.path("/members/me"), &own).await.expect(200);
    assert_eq!(title("").await, "Joined (America/St_Johns)");
    assert_eq!(title("?timezone=UTC").await, "Joined (UTC)");
    for (query, field) in [
        ("timezone=Mars/Base", "timezone"),
        ("timezone=", "timezone"),
        ("format=pdf", "format"),
        ("format=csv&format=xlsx", "format"),
        ("cursor=x", "cursor"),
    ] {
        let path = acme.path(&format!("/members/export?{query}"));
        let refused = acme.owner.get(&h, &path).await.problem(400, "invalid-query");
        assert_eq!(refused.faults()[0].0, field, "{query}");
    }
}

#[tokio::test]
async fn only_a_member_who_sees_all_members_exports_in_person_or_through_such_a_key() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let path = acme.path("/members/export");
    let facilitator = acme.join(&h, "fay", "program_facilitator", &["spring"]).await;
    let read_only = acme
        .key(&h, &acme.owner, &json!({ "name": "a", "read_only": true }))
        .await;
    let spring = json!([{ "type": "program", "id": "spring" }]);
    let limited = acme
        .key(&h, &acme.owner, &json!({ "name": "b", "resources": spring }))
        .await;
    let other = Organization::of(&h, h.person("oto")).await;
    assert_eq!(h.fetch(&read_only.persona, &path).await.lines().len(), 3);
    for (who, status, kind) in [
        (&facilitator, 403, "forbidden"),
        (&limited.persona, 403, "forbidden"),
        (&h.platform(), 403, "forbidden"),
        (&other.owner, 404, "not-found"),
    ] {
        who.get(&h, &path).await.problem(status, kind);
    }
    let wanted = json!({ "format": "csv" });
    let refused = read_only.persona.post(&h, &acme.path("/exports"), &wanted).await;
    refused.problem(403, "read-only-key");
    assert_eq!(acme.recorded(&h, "members.exported").await, 1);
}

#[tokio::test]
async fn each_file_that_leaves_is_recorded_with_what_was_in_it_and_who_took_it() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let key = acme.key(&h, &acme.owner, &json!({ "name": "crm" })).await;
    let path = acme.path("/members/export?format=xlsx&timezone=Europe/Paris&role=program_admin");
    assert_eq!(h.fetch(&key.persona, &path).await.status, 200);
    let event = acme
        .events(&h)
        .await
        .into_iter()
        .find(|e| e["kind"] == "members.exported")
        .unwrap();
    assert_eq!(
        (&event["actor"]["type"], &event["actor"]["id"]),
        (&json!("api_key"), &json!(key.id))
    );
    assert_eq!(
        (&event["subject"]["type"], &event["subject"]["id"]),
        (&json!("organization"), &json!(acme.id))
    );
    let filter = json!({ "role": ["program_admin"] });
    let told = json!({ "format": "xlsx", "timezone": "Europe/Paris", "filter": filter, "subjects": true, "rows": 1 });
    assert_eq!(event["after"], told);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_no_file_leaves_that_was_not_recorded() {
    let b = Bench::start().await;
    let route = ROUTES.iter().find(|r| r.binary == "export-members").unwrap();
    let case = prepare(&b, route).await;
    b.faults.clear();
    b.send(&case).await.expect(200);
    let calls = b.faults.calls().len();
    let recorded = async || case.organization().recorded(&b.h, "members.exported").await;
    assert_eq!(recorded().await, 1);
    let kinds = [
        Kind::ServerError,
        Kind::LostReply,
        Kind::TimeoutAfter,
        Kind::Throttled,
        Kind::Conflict,
    ];
    let reaches = [Reach::Attempt, Reach::Call, Reach::Rest];
    let each = (0..calls)
        .flat_map(|n| kinds.map(|kind| (n, kind)))
        .flat_map(|(n, kind)| reaches.map(|reach| (n, kind, reach)));
    for (n, kind, reach) in sampled("a file that leaves", each.collect(), 15) {
        let before = recorded().await;
        b.faults.inject(At::Call(n), kind, reach);
        let answer = b.send(&case).await;
        b.faults.clear();
        let new = recorded().await - before;
        let what = format!("{kind:?} ({reach:?}) at call {n}: {}", answer.status);
        assert!([200, 409, 503].contains(&answer.status), "{what}");
        assert!(new <= 1 && (answer.status != 200 || new == 1), "{what}: {new} records");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_a_thousand_is_answered_at_once_and_a_longer_one_is_told_where_to_go() {
    let b = Bench::start().await;
    let route = ROUTES.iter().find(|r| r.binary == "export-members").unwrap();
    let mut case = prepare(&b, route).await;
    crowd(&b, &case, "many", MAX_DIRECT_ROWS - 1, Holding::Grant).await;
    for format in ["csv", "xlsx"] {
        let file = b.h.fetch(&case.owner, &format!("{}?format={format}", case.path)).await;
        assert_eq!(file.status, 200);
        let rows = match format {
            "csv" => file.lines().len(),
            _ => file.cells("Members").len(),
        };
        assert_eq!(rows, MAX_DIRECT_ROWS + 1);
    }
    let before = case.organization().recorded(&b.h, "members.exported").await;
    case.invite(&b, "guest").await;
    let refused = case.owner.get(&b.h, &case.path).await.problem(409, "export-too-large");
    assert!(refused.text("/detail").contains("/exports"));
    let fewer = format!("{}?invite_status=pending", case.path);
    assert_eq!(b.h.fetch(&case.owner, &fewer).await.lines().len(), 2);
    let after = case.organization().recorded(&b.h, "members.exported").await;
    assert_eq!(after, before + 1, "what was refused has not left");
    b.h.advance(SignedDuration::from_secs(1));
}
