//! The identity provider's subjects: who sees them, how they name people, and when members have them.

mod hostile;
mod names;

use jiff::SignedDuration;
use muster_domain::UserName;
use muster_store::Key;
use muster_tests::harness::{Harness, Organization};
use muster_tests::shortcuts::named;
use muster_tests::{Persona, recount};
use serde_json::{Value, json};

/// A text as a query or a segment of a path has it: every byte that could mean something is encoded.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// A person as a path names them by subject.
fn by_subject(person: &Persona) -> String {
    UserName::Subject(person.name().parse().unwrap()).for_path()
}

/// The members that the list shows for a subject.
async fn found(h: &Harness, acme: &Organization, who: &Persona, subject: &str) -> Vec<Value> {
    let path = acme.path(&format!("/members?subject={}", encoded(subject)));
    let page = who.get(h, &path).await.expect(200);
    assert_eq!(
        (&page.body["next_cursor"], &page.body["partial"]),
        (&Value::Null, &json!(false))
    );
    page.body["items"].as_array().unwrap().clone()
}

/// An organization with everybody who asks about `ian`, a participant of `spring`.
struct Scene {
    h: Harness,
    acme: Organization,
    ian: Persona,
    /// Who sees subjects, and what they are.
    seeing: Vec<(&'static str, Persona)>,
    /// Who sees the member without it.
    others: Vec<(&'static str, Persona)>,
}

impl Scene {
    async fn set() -> Self {
        let h = Harness::start().await;
        let acme = Organization::make(&h).await;
        let ian = acme.join(&h, "ian", "participant", &["spring"]).await;
        let ada = acme.join(&h, "ada", "admin", &[]).await;
        let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
        let key = |body: Value| {
            let (acme, ada, h) = (&acme, &ada, &h);
            async move { acme.key(h, ada, &body).await.persona }
        };
        let whole = key(json!({ "name": "whole" })).await;
        let reading = key(json!({ "name": "reading", "read_only": true })).await;
        let spring = json!([{ "type": "program", "id": "spring" }]);
        let limited = key(json!({ "name": "limited", "resources": spring })).await;
        Self {
            seeing: vec![
                ("the owner", acme.owner.clone()),
                ("an admin", ada),
                ("an admin's key", whole),
                ("the platform", h.platform()),
            ],
            others: vec![
                ("an admin of a part", pat),
                ("a key that only reads", reading),
                ("a key of a part", limited),
                ("the member", ian.clone()),
            ],
            h,
            acme,
            ian,
        }
    }

    fn member(&self) -> String {
        self.acme.path(&format!("/members/{}", self.ian.id()))
    }
}

/// Whether the answer names a subject of a user anywhere. The subject of an event is another thing.
fn tells(body: &Value) -> bool {
    match body {
        Value::Object(fields) => {
            let own = fields.get("subject").is_some_and(|subject| !subject.is_object());
            own || fields.values().any(tells)
        }
        Value::Array(list) => list.iter().any(tells),
        _ => false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_platform_and_who_manages_the_whole_team_see_subjects_of_members() {
    let s = Scene::set().await;
    let list = s.acme.path("/members?invite_status=accepted");
    s.acme.invite(&s.h, "guest@x.example", "participant", &["spring"]).await;
    for (what, who) in &s.seeing {
        let one = who.get(&s.h, &s.member()).await.expect(200);
        assert_eq!(one.body["subject"], "ian", "{what}");
        let rows = who.get(&s.h, &list).await.expect(200).body["items"].clone();
        for row in rows.as_array().unwrap() {
            let name = row["name"].as_str().unwrap();
            assert_eq!(
                row["subject"], name,
                "{what}: the development provider names people by their subject"
            );
        }
        let pending = s.acme.path("/members?invite_status=pending");
        let row = who.get(&s.h, &pending).await.expect(200).body["items"][0].clone();
        assert_eq!(row.get("subject"), Some(&Value::Null), "{what}");
        let as_others = who.get(&s.h, &format!("{}?as=others", s.member())).await.expect(200);
        assert!(!tells(&as_others.body), "{what}");
    }
    for (what, who) in &s.others {
        let one = who.get(&s.h, &s.member()).await;
        // A key that is limited to resources sees members on them.
        assert!(!tells(&one.clone().expect(200).body), "{what}: {:#}", one.body);
        if *what == "the member" {
            let own = who.get(&s.h, &s.acme.path("/members/me")).await.expect(200);
            assert!(!tells(&own.body), "their token has it");
            continue;
        }
        let rows = who.get(&s.h, &list).await.expect(200);
        assert!(!tells(&rows.body), "{what}: {:#}", rows.body);
    }
    recount(&s.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_changes_have_the_subject_for_those_who_see_it() {
    let s = Scene::set().await;
    let grant = format!("{}/grants/program/autumn", s.member());
    for (what, who) in s.seeing.iter().filter(|(what, _)| *what != "the platform") {
        let renamed = who
            .patch(&s.h, &s.member(), &json!({ "name": *what }))
            .await
            .expect(200);
        assert_eq!(renamed.body["subject"], "ian", "{what}");
        let role = if *what == "an admin" {
            "participant"
        } else {
            "program_sponsor"
        };
        let granted = who.put(&s.h, &grant, &json!({ "role": role })).await.expect(200);
        assert_eq!(granted.body["subject"], "ian", "{what}");
    }
    let (_, pat) = &s.others[0];
    let own = format!("{}/grants/program/spring", s.member());
    let granted = pat
        .put(&s.h, &own, &json!({ "role": "program_sponsor" }))
        .await
        .expect(200);
    assert!(!tells(&granted.body), "{:#}", granted.body);
    let bio = s
        .ian
        .patch(&s.h, &s.acme.path("/members/me"), &json!({ "bio": "Hello" }))
        .await;
    assert!(!tells(&bio.expect(200).body));

    let guest = s.h.person("guest");
    s.acme.invite(&s.h, guest.email(), "admin", &[]).await;
    let token = s.h.invitation_token(guest.email()).await;
    assert!(!tells(&s.h.preview(&token).await.expect(200).body));
    assert!(!tells(&guest.accept(&s.h, &token).await.expect(200).body));

    let transfer = s.acme.path("/transfer-ownership");
    let to = json!({ "to": guest.id(), "then": "admin" });
    let transferred = s.acme.owner.post(&s.h, &transfer, &to).await.expect(200);
    assert_eq!(transferred.body["owner"]["subject"], "guest");
    assert_eq!(transferred.body["giver"]["subject"], s.acme.owner.name());
    recount(&s.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_keep_subjects_and_leave_them_out_for_others() {
    let s = Scene::set().await;
    let contact = json!({ "email": "zoe@x.example", "subject": "zoe" });
    s.acme
        .owner
        .put(&s.h, &s.acme.path("/contacts/zoe"), &contact)
        .await
        .expect(201);
    let path = s.acme.path(&format!("/events?subject={}", s.ian.id()));
    let of_contact = s.acme.path("/events?kind=contact.*");
    for (what, who) in &s.seeing {
        let joined = who.get(&s.h, &path).await.expect(200).body["items"][0].clone();
        assert_eq!(joined["after"]["subject"], "ian", "{what}: {joined:#}");
        let known = who.get(&s.h, &of_contact).await.expect(200).body["items"][0].clone();
        assert_eq!(known["after"]["subject"], "zoe", "{what}");
    }
    let (what, reading) = &s.others[1];
    for path in [&path, &of_contact] {
        let events = reading.get(&s.h, path).await.expect(200);
        assert!(!events.body["items"].as_array().unwrap().is_empty(), "{what}");
        assert!(!tells(&events.body), "{what}: {:#}", events.body);
        assert!(events.body["items"][0]["subject"]["id"].is_string());
    }
    let contacts = s.acme.owner.get(&s.h, &s.acme.path("/contacts")).await.expect(200);
    assert!(!tells(&contacts.body));
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_have_a_column_of_subjects_for_those_who_see_them() {
    let s = Scene::set().await;
    let path = s.acme.path("/members/export?sort=joined");
    for (what, who) in s.seeing.iter().filter(|(what, _)| *what != "the platform") {
        let lines = s.h.fetch(who, &path).await.lines();
        let last = |line: &Vec<String>| line.last().cloned().unwrap();
        let names: Vec<String> = lines.iter().skip(1).map(|line| line[1].clone()).collect();
        let subjects: Vec<String> = lines.iter().skip(1).map(last).collect();
        assert_eq!((last(&lines[0]).as_str(), names), ("Subject", subjects), "{what}");
    }
    let (what, reading) = &s.others[1];
    let lines = s.h.fetch(reading, &path).await.lines();
    assert!(lines.iter().all(|line| line.len() == 11), "{what}: {lines:?}");
    assert!(!lines[0].contains(&"Subject".to_owned()), "{what}");

    // In the background, the column is that of who asked, and the file is for those who see it.
    let asked = json!({ "format": "csv", "filter": { "sort": "joined" } });
    let exports = s.acme.path("/exports");
    let id = s.acme.owner.post(&s.h, &exports, &asked).await.expect(202).text("/id");
    s.h.backend.drained().await;
    let one = format!("{exports}/{id}");
    let ready = s.acme.owner.get(&s.h, &one).await.expect(200);
    let lines = s.h.follow(&ready.text("/url")).await.lines();
    assert_eq!(lines[1].last().map(String::as_str), Some(s.acme.owner.name()));
    let own = s
        .acme
        .key(&s.h, &s.acme.owner, &json!({ "name": "reading", "read_only": true }))
        .await;
    own.persona.get(&s.h, &one).await.problem(403, "forbidden");
    recount(&s.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_found_by_subject_only_by_callers_who_see_subjects() {
    let s = Scene::set().await;
    let other = Organization::of(&s.h, s.h.person("oto")).await;
    let stranger = s.h.person("stranger");
    for (what, who) in &s.seeing {
        let rows = found(&s.h, &s.acme, who, "ian").await;
        assert_eq!((rows.len(), &rows[0]["id"]), (1, &json!(s.ian.id())), "{what}");
        assert_eq!(rows[0]["subject"], "ian", "{what}");
        for absent in ["nobody", "oto", "ian ", "IAN", &s.ian.id(), "sub:ian"] {
            assert!(found(&s.h, &s.acme, who, absent).await.is_empty(), "{what}: {absent}");
        }
        for (filter, rows) in [
            ("status=active", 1),
            ("status=inactive", 0),
            ("role=owner", 0),
            ("q=ian", 1),
        ] {
            let path = s.acme.path(&format!("/members?subject=ian&{filter}"));
            let page = who.get(&s.h, &path).await.expect(200);
            assert_eq!(
                page.body["items"].as_array().map(Vec::len),
                Some(rows),
                "{what}: {filter}"
            );
        }
    }
    // Who sees no subjects gets one answer, whether or not there is such a member.
    for (what, who) in s.others.iter().filter(|(what, _)| *what != "the member") {
        let answers = ["ian", "nobody"].map(|subject| s.acme.path(&format!("/members?subject={subject}")));
        let mut told = Vec::new();
        for path in answers {
            let refused = who.get(&s.h, &path).await.problem(403, "forbidden");
            told.push(refused.body["detail"].clone());
        }
        assert_eq!(told[0], told[1], "{what}");
    }
    let path = s.acme.path("/members?subject=ian");
    for who in [&stranger, &other.owner] {
        who.get(&s.h, &path).await.problem(404, "not-found");
    }
    s.ian.get(&s.h, &path).await.problem(403, "forbidden");
    let long = "x".repeat(256);
    for bad in ["", "a%00b", "%0A", &long] {
        let path = s.acme.path(&format!("/members?subject={bad}"));
        let refused = s.acme.owner.get(&s.h, &path).await.problem(400, "invalid-query");
        assert_eq!(refused.faults(), named(&[("subject", "invalid_value")]), "{bad}");
    }
    let export = s.acme.path("/members/export?subject=ian");
    let refused = s.acme.owner.get(&s.h, &export).await.problem(400, "invalid-query");
    assert_eq!(refused.faults(), named(&[("subject", "unknown_parameter")]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_without_a_subject_gets_it_with_the_next_note_of_activity_and_by_no_other_write() {
    let s = Scene::set().await;
    let key = s.acme.key(&s.h, &s.ian, &json!({ "name": "mine" })).await.persona;
    s.acme.forget_subject(&s.h, &s.ian).await;
    let shown = async || s.acme.member(&s.h, &s.ian.id()).await["subject"].clone();
    assert_eq!(shown().await, Value::Null);
    assert!(
        found(&s.h, &s.acme, &s.acme.owner, "ian").await[0]["subject"].is_null(),
        "found all the same"
    );
    s.ian.get(&s.h, &s.acme.path("")).await.expect(200);
    assert_eq!(shown().await, Value::Null, "they were seen within the hour");
    s.h.advance(SignedDuration::from_mins(61));
    key.get(&s.h, &s.acme.path("")).await.expect(200);
    let renamed = s
        .acme
        .owner
        .patch(&s.h, &s.member(), &json!({ "name": "Ian" }))
        .await
        .expect(200);
    assert_eq!(renamed.body["subject"], Value::Null);
    assert_eq!(shown().await, Value::Null, "neither a key nor another member knows it");
    let before = s.acme.owner.get(&s.h, &s.member()).await.expect(200);
    s.ian.get(&s.h, &s.acme.path("")).await.expect(200);
    assert_eq!(shown().await, "ian");

    // It is no new version: a change that was based on the state of before is made, and keeps what the note wrote.
    let tag = [("if-match", before.header("etag").unwrap())];
    let body = json!({ "name": "Ian Lee" });
    let method = reqwest::Method::PATCH;
    let changed =
        s.h.send(Some(&s.acme.owner), method, &s.member(), Some(&body), &tag)
            .await
            .expect(200);
    assert_eq!(changed.body["subject"], "ian");
    let after = s.acme.owner.get(&s.h, &s.member()).await.expect(200);
    assert_eq!(
        (&after.body["subject"], &after.body["name"]),
        (&json!("ian"), &json!("Ian Lee"))
    );
    recount(&s.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_was_decided_before_a_note_keeps_the_subject_that_the_note_wrote() {
    let s = Scene::set().await;
    let app = s.h.backend.app();
    let (organization, ian) = (s.acme.id.parse().unwrap(), s.ian.id().parse().unwrap());
    s.acme.forget_subject(&s.h, &s.ian).await;
    let key = Key::member(organization, ian);
    let keys = [Key::organization(organization), key];
    let read = app.store().read(&keys).await.unwrap();
    let before = read.member(organization, ian).unwrap().unwrap();
    let acme = read.organization(organization).unwrap();
    s.h.advance(SignedDuration::from_mins(61));
    s.ian.get(&s.h, &s.acme.path("")).await.expect(200);
    let mut after = before.clone();
    after.name = Some("Ian Lee".parse().unwrap());
    after.version += 1;
    let changes = muster_domain::Changes {
        members: vec![muster_domain::Pair::change(before, after)],
        ..muster_domain::Changes::default()
    };
    let commit = muster_store::Commit {
        changes: &changes,
        set: muster_domain::roleset::find("program-delivery").unwrap(),
        organization: acme.as_ref(),
        once: None,
        now: app.clock().now(),
    };
    app.store().commit(commit).await.unwrap();
    let member = s.acme.member(&s.h, &s.ian.id()).await;
    assert_eq!(
        (&member["subject"], &member["name"]),
        (&json!("ian"), &json!("Ian Lee"))
    );
    recount(&s.h).await;
}
