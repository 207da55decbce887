//! The list of people: whoever is asked for, in the order asked for, page by page.

mod generated;
mod naive;
mod paging;
mod spelling;

use muster_tests::Persona;
use muster_tests::harness::{Harness, Organization};
use serde_json::{Value, json};

/// All pages of a list, and how many there were.
async fn all_pages(h: &Harness, who: &Persona, list: &str, limit: usize) -> (Vec<Value>, usize) {
    let (mut rows, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let mark = if list.contains('?') { '&' } else { '?' };
        let page = who
            .get(h, &format!("{list}{mark}limit={limit}{cursor}"))
            .await
            .expect(200);
        let found = page.body["items"].as_array().expect("rows").clone();
        let more = !page.body["next_cursor"].is_null();
        assert!(found.len() <= limit, "a page holds no more than asked for");
        assert_eq!(page.body["partial"], json!(more && found.len() < limit), "{list}");
        rows.extend(found);
        pages += 1;
        assert!(pages < 2_000, "{list} never ends");
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return (rows, pages),
        }
    }
}

fn emails(rows: &[Value]) -> Vec<&str> {
    rows.iter()
        .map(|row| row["email"].as_str().expect("an address"))
        .collect()
}

async fn listed(h: &Harness, acme: &Organization, query: &str) -> Vec<String> {
    let (rows, _) = all_pages(h, &acme.owner, &acme.path(&format!("/members?{query}")), 50).await;
    emails(&rows).into_iter().map(str::to_owned).collect()
}

async fn rename(h: &Harness, acme: &Organization, who: &Persona, name: &str) {
    let path = acme.path("/members/me");
    who.patch(h, &path, &json!({ "name": name })).await.expect(200);
}

#[tokio::test]
async fn names_are_sorted_whatever_accents_and_case_and_invitations_come_last_in_the_order_sent() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    rename(&h, &acme, &acme.owner, "Mia").await;
    for (account, name) in [
        ("p1", "ann lee"),
        ("p2", "Ann"),
        ("p3", "Zoë"),
        ("p4", "Émile"),
        ("p5", "anna"),
    ] {
        let person = acme.join(&h, account, "participant", &["spring"]).await;
        rename(&h, &acme, &person, name).await;
    }
    acme.invite(&h, "zz@x.example", "participant", &["spring"]).await;
    h.advance(jiff::SignedDuration::from_secs(1));
    acme.invite(&h, "aa@x.example", "participant", &["spring"]).await;
    let by_name = ["p2", "p1", "p5", "p4", "olivia", "p3"].map(|name| format!("{name}@acme.example"));
    let pending = ["zz@x.example".to_owned(), "aa@x.example".to_owned()];
    assert_eq!(listed(&h, &acme, "").await, [&by_name[..], &pending].concat());
    assert_eq!(listed(&h, &acme, "sort=name").await, [&by_name[..], &pending].concat());
    let mut backwards = by_name.to_vec();
    backwards.reverse();
    assert_eq!(
        listed(&h, &acme, "sort=-name").await,
        [backwards, pending.to_vec()].concat()
    );
    assert_eq!(listed(&h, &acme, "invite_status=pending").await, pending);
    assert_eq!(listed(&h, &acme, "invite_status=accepted").await, by_name);
}

#[tokio::test]
async fn people_are_found_by_the_beginning_of_any_word_of_name_address_local_part_or_domain() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "a.lee", "participant", &["spring"]).await;
    rename(&h, &acme, &ann, "Ann-Zoë O'Brien").await;
    acme.invite(&h, "ann.brown@partner.example", "participant", &["spring"])
        .await;
    let (member, invited) = ("a.lee@acme.example", "ann.brown@partner.example");
    for (q, expected) in [
        ("ann", vec![invited, member]),
        ("ANN", vec![invited, member]),
        ("zoe", vec![member]),
        ("bri", vec![member]),
        ("a.l", vec![member]),
        ("a.lee@ac", vec![member]),
        ("partner", vec![invited]),
        ("brow", vec![invited]),
        ("ann%20zo", vec![member]),
        ("br%20ann", vec![member, invited]),
        ("ann%20partner", vec![invited]),
        ("nn", vec![]),
        ("ann%20nobody", vec![]),
    ] {
        let mut found = listed(&h, &acme, &format!("q={q}")).await;
        let mut expected = expected;
        found.sort();
        expected.sort_unstable();
        assert_eq!(found, expected, "{q}");
    }
}

#[tokio::test]
async fn a_cursor_is_of_its_filter_its_sort_and_its_organization_and_nothing_else() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.join(&h, "pat", "participant", &["spring"]).await;
    let other = Organization::of(&h, acme.owner.clone()).await;
    let first = acme
        .owner
        .get(&h, &acme.path("/members?sort=name&status=active&limit=1"))
        .await
        .expect(200);
    let cursor = first.text("/next_cursor");
    let start_part = |list: String| format!("{list}&limit=1&cursor={cursor}");
    acme.owner
        .get(&h, &start_part(acme.path("/members?sort=name&status=active")))
        .await
        .expect(200);
    for list in [
        acme.path("/members?sort=-name&status=active"),
        acme.path("/members?sort=name&status=inactive"),
        acme.path("/members?sort=name"),
        acme.path("/members?sort=name&status=active&q=p"),
        other.path("/members?sort=name&status=active"),
        acme.path("/contacts?q="),
    ] {
        let answer = acme.owner.get(&h, &start_part(list.clone())).await;
        answer.problem(400, "invalid-query");
    }
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_named() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for (query, name) in [
        ("status=gone", "status"),
        ("role=emperor", "role"),
        ("role=admin,,owner", "role"),
        ("invite_status=open", "invite_status"),
        ("joined_in=yesterday", "joined_in"),
        ("joined_in=2026-02-02..2026-01-01", "joined_in"),
        ("resource=spring", "resource"),
        ("sort=email", "sort"),
        ("q=a%20b%20c%20d%20e%20f%20g%20h%20i", "q"),
        ("limit=101", "limit"),
    ] {
        let answer = acme.owner.get(&h, &acme.path(&format!("/members?{query}"))).await;
        let answer = answer.problem(400, "invalid-query");
        assert_eq!(answer.body["errors"][0]["field"], name, "{query}: {:#}", answer.body);
    }
    let nothing = listed(&h, &acme, "resource=program:unknown").await;
    assert_eq!(nothing, [""; 0], "a resource that is not there has nobody");
}

#[tokio::test]
async fn a_member_limited_to_programs_finds_no_member_by_facts_of_other_programs() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let bea = acme.join(&h, "bea", "participant", &["spring"]).await;
    let grants = json!({ "role": null, "grants": [
        { "type": "program", "id": "spring", "role": "program_admin" },
        { "type": "program", "id": "autumn", "role": "program_facilitator" } ] });
    acme.owner
        .patch(&h, &acme.path(&format!("/members/{}", bea.id())), &grants)
        .await
        .expect(200);
    acme.join(&h, "oto", "program_facilitator", &["autumn"]).await;
    acme.invite(&h, "far@x.example", "participant", &["autumn"]).await;
    acme.invite(&h, "near@x.example", "participant", &["spring", "autumn"])
        .await;
    let sees = async |query: &str| {
        let (rows, _) = all_pages(&h, &pat, &acme.path(&format!("/members?{query}")), 10).await;
        emails(&rows).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let all = ["bea@acme.example", "pat@acme.example", "near@x.example"];
    for sort in ["", "sort=name", "invite_status=", "q=&"] {
        assert_eq!(sees(sort.trim_end_matches("invite_status=")).await, all, "{sort}");
    }
    assert_eq!(sees("resource=program:autumn").await, [""; 0]);
    assert_eq!(sees("resource=program:spring").await, all);
    assert_eq!(sees("role=program_facilitator").await, [""; 0]);
    assert_eq!(sees("role=program_admin").await, all[..2]);
    assert_eq!(sees("q=oto").await, [""; 0]);
    assert_eq!(sees("q=far").await, [""; 0]);
    let page = pat.get(&h, &acme.path("/members")).await.expect(200);
    assert_eq!(
        page.body["counts"],
        Value::Null,
        "how many there are elsewhere is not told"
    );
}

#[tokio::test]
async fn the_member_who_was_last_active_comes_first_within_an_hour() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let (ann, bob) = (
        acme.join(&h, "ann", "participant", &["spring"]).await,
        acme.join(&h, "bob", "participant", &["spring"]).await,
    );
    h.advance(jiff::SignedDuration::from_mins(90));
    bob.get(&h, &acme.path("")).await.expect(200);
    h.advance(jiff::SignedDuration::from_mins(90));
    ann.get(&h, &acme.path("")).await.expect(200);
    // The owner, who asks, has been seen by that just now.
    let latest = ["olivia@acme.example", "ann@acme.example", "bob@acme.example"];
    assert_eq!(listed(&h, &acme, "sort=-last_active").await, latest);
    let mut longest = latest;
    longest.reverse();
    assert_eq!(listed(&h, &acme, "sort=last_active").await, longest);
}

#[tokio::test]
async fn the_caller_is_on_the_list_though_the_request_makes_them_the_last_active() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.join(&h, "ann", "participant", &["spring"]).await;
    for sort in ["last_active", "-last_active"] {
        h.advance(jiff::SignedDuration::from_mins(90));
        let mut found = listed(&h, &acme, &format!("sort={sort}")).await;
        found.sort();
        assert_eq!(found, ["ann@acme.example", "olivia@acme.example"], "{sort}");
    }
}

#[tokio::test]
async fn a_key_limited_to_a_program_lists_the_people_of_that_program_whatever_its_owner_holds() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let near = acme.join(&h, "near", "participant", &["spring"]).await;
    acme.join(&h, "far", "participant", &["autumn"]).await;
    let wanted = json!({ "name": "spring only", "resources": [{ "type": "program", "id": "spring" }] });
    let key = acme.key(&h, &acme.owner, &wanted).await;
    let through = acme.owner.through(&key.secret);
    for query in ["", "?q=acme", "?sort=-joined", "?resource=program:spring"] {
        let (rows, _) = all_pages(&h, &through, &acme.path(&format!("/members{query}")), 10).await;
        assert_eq!(emails(&rows), [near.email()], "{query}");
    }
}

#[tokio::test]
async fn pending_invitations_are_found_among_many_members_with_the_same_word() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let names: Vec<String> = (0..15).map(|n| format!("m{n}")).collect();
    acme.join_many(&h, &names, "participant", &["spring"]).await;
    acme.invite(&h, "zoe@acme.example", "participant", &["spring"]).await;
    let page = acme.path("/members?q=acme&invite_status=pending&limit=1");
    let found = acme.owner.get(&h, &page).await.expect(200);
    assert_eq!(emails(found.body["items"].as_array().unwrap()), ["zoe@acme.example"]);
    let (members, pages) = all_pages(
        &h,
        &acme.owner,
        &acme.path("/members?q=acme&invite_status=accepted"),
        20,
    )
    .await;
    assert_eq!((members.len(), pages), (16, 1));
}

#[tokio::test]
async fn counts_follow_what_happens_to_people() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let counts = async || {
        h.backend.drained().await;
        let page = acme.owner.get(&h, &acme.path("/members?limit=1")).await.expect(200);
        let roles = &page.body["counts"]["roles"];
        let number = |value: &Value| value.as_u64().expect("a number");
        let by_status = ["active", "inactive", "pending"].map(|name| number(&page.body["counts"][name]));
        (by_status, number(&roles["owner"]), number(&roles["participant"]))
    };
    assert_eq!(counts().await, ([1, 0, 0], 1, 0));
    let pat = acme.join(&h, "pat", "participant", &["spring", "autumn"]).await;
    let invited = acme.invite(&h, "ann@x.example", "participant", &["spring"]).await;
    assert_eq!(counts().await, ([2, 0, 1], 1, 2));
    let rows = json!({ "members": [pat.id()] });
    acme.owner
        .post(&h, &acme.path("/members/deactivate"), &rows)
        .await
        .expect(200);
    acme.owner.delete(&h, &acme.invitation(&invited, "")).await.expect(204);
    assert_eq!(counts().await, ([1, 1, 0], 1, 1));
    let member = acme.path(&format!("/members/{}", pat.id()));
    acme.owner
        .patch(&h, &member, &json!({ "role": "owner" }))
        .await
        .expect(200);
    assert_eq!(counts().await, ([1, 1, 0], 2, 0));
    acme.owner.delete(&h, &member).await.expect(204);
    assert_eq!(counts().await, ([1, 0, 0], 1, 0));
}
