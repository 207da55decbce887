//! Resources: registered, renamed, deleted, and what becomes of access through them.

use jiff::SignedDuration;
use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::recount;
use muster_tests::recount::items;
use muster_tests::shortcuts::{named, participants};
use serde_json::{Value, json};

/// How many items of the table lie under a beginning of the sort key.
async fn stored(h: &Harness, prefix: &str) -> usize {
    let keys = items(h).await;
    let keys = keys.iter().filter_map(muster_store::Key::of);
    keys.filter(|key| key.sk.starts_with(prefix)).count()
}

#[tokio::test]
async fn a_program_is_registered_renamed_listed_and_deleted() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let path = acme.path("/resources/program/summer-26");
    let made = acme
        .owner
        .put(&h, &path, &json!({ "name": "Summer" }))
        .await
        .expect(201);
    assert_eq!(made.body["type"], "program");
    assert_eq!(made.body["id"], "summer-26");
    let renamed = acme
        .owner
        .put(&h, &path, &json!({ "name": "High summer" }))
        .await
        .expect(200);
    assert_eq!(renamed.body["name"], "High summer");
    assert_eq!(renamed.body["created_at"], made.body["created_at"]);
    let listed = acme.owner.get(&h, &acme.path("/resources")).await.expect(200);
    let ids: Vec<_> = listed.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["id"].clone())
        .collect();
    assert_eq!(ids, ["autumn", "spring", "summer-26"]);
    acme.owner.delete(&h, &path).await.expect(204);
    acme.owner.delete(&h, &path).await.problem(404, "not-found");
    let listed = acme.owner.get(&h, &acme.path("/resources")).await.expect(200);
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 2);
    recount(&h).await;
}

#[tokio::test]
async fn programs_are_listed_page_by_page() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let first = acme.owner.get(&h, &acme.path("/resources?limit=1")).await.expect(200);
    assert_eq!(first.body["items"][0]["id"], "autumn");
    let path = acme.path(&format!("/resources?limit=1&cursor={}", first.text("/next_cursor")));
    let second = acme.owner.get(&h, &path).await.expect(200);
    assert_eq!(second.body["items"][0]["id"], "spring");
}

#[tokio::test]
async fn another_type_or_a_name_that_could_reach_elsewhere_is_refused() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let body = json!({ "name": "X" });
    for (rest, place, code) in [
        ("collection/c1", "type", "unknown_type"),
        ("Program/c1", "type", "invalid_value"),
        ("program/a%20b", "id", "invalid_value"),
        ("program/a%252Fb", "id", "invalid_value"),
        ("program/a%23b", "id", "invalid_value"),
        ("program/%C3%A9", "id", "invalid_value"),
    ] {
        let refused = acme
            .owner
            .put(&h, &acme.path(&format!("/resources/{rest}")), &body)
            .await;
        let refused = refused.problem(422, "invalid-request");
        assert_eq!(refused.faults(), named(&[(place, code)]), "{rest}");
    }
    let long = "x".repeat(129);
    acme.owner
        .put(&h, &acme.path(&format!("/resources/program/{long}")), &body)
        .await
        .problem(422, "invalid-request");
}

#[tokio::test]
async fn only_those_who_run_the_organization_change_its_programs() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let admin = acme.join(&h, "ada", "admin", &[]).await;
    let body = json!({ "name": "Renamed" });
    admin
        .put(&h, &acme.path("/resources/program/spring"), &body)
        .await
        .expect(200);
    for (name, role) in [
        ("pat", "program_admin"),
        ("fay", "program_facilitator"),
        ("sam", "program_sponsor"),
        ("pia", "participant"),
    ] {
        let who = acme.join(&h, name, role, &["spring"]).await;
        for path in ["/resources/program/spring", "/resources/program/new"] {
            who.put(&h, &acme.path(path), &body).await.problem(403, "forbidden");
            who.delete(&h, &acme.path(path)).await.problem(403, "forbidden");
        }
    }
}

#[tokio::test]
async fn those_with_program_roles_see_their_own_programs_only() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for (name, role) in [
        ("pat", "program_admin"),
        ("fay", "program_facilitator"),
        ("sam", "program_sponsor"),
        ("pia", "participant"),
    ] {
        let who = acme.join(&h, name, role, &["spring"]).await;
        let seen = who.get(&h, &acme.path("/resources")).await.expect(200);
        assert_eq!(seen.body["items"].as_array().unwrap().len(), 1, "{role}");
        assert_eq!(seen.body["items"][0]["id"], "spring");
    }
    let nowhere = acme.join(&h, "ned", "participant", &[]).await;
    nowhere
        .get(&h, &acme.path("/resources"))
        .await
        .problem(403, "forbidden");
}

#[tokio::test]
async fn deleting_a_program_ends_access_through_it_at_once_and_the_grants_in_the_background() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring", "autumn"]).await;
    let invites_to = |program: &'static str, email: &str| invitation(email, "participant", &[program]);
    let path = acme.path("/invitations");
    pat.post(&h, &path, &invites_to("spring", "a@x.example"))
        .await
        .expect(201);

    acme.owner
        .delete(&h, &acme.path("/resources/program/spring"))
        .await
        .expect(204);
    // Out of their reach is what is not there, as any other program is.
    let refused = pat.post(&h, &path, &invites_to("spring", "b@x.example")).await;
    refused.problem(403, "role-not-assignable");
    let refused = acme.try_invite(&h, &invites_to("spring", "b@x.example")).await;
    assert_eq!(
        refused.problem(422, "invalid-invitations").faults(),
        named(&[("resources[0]", "unknown_resource")])
    );
    let me = pat.get(&h, &acme.path("/members/me")).await.expect(200);
    assert_eq!(me.body["grants"].as_array().unwrap().len(), 1);
    assert_eq!(me.body["grants"][0]["id"], "autumn");
    pat.post(&h, &path, &invites_to("autumn", "c@x.example"))
        .await
        .expect(201);

    h.backend.drained().await;
    assert_eq!(stored(&h, "GRANT#").await, 1, "only the one on autumn is left");
    h.advance(SignedDuration::from_mins(10));
    h.run_schedule().await;
    h.advance(SignedDuration::from_mins(10));
    h.run_schedule().await;
    assert_eq!(stored(&h, "JOB#").await, 0, "the deletion has come to its end");
    recount(&h).await;
}

#[tokio::test]
async fn a_program_registered_again_under_the_same_name_does_not_revive_old_grants() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    acme.invite(&h, "old@x.example", "participant", &["spring"]).await;
    let program = acme.path("/resources/program/spring");
    acme.owner.delete(&h, &program).await.expect(204);
    acme.owner
        .put(&h, &program, &json!({ "name": "Another spring" }))
        .await
        .expect(201);
    let nothing = async || {
        pat.get(&h, &acme.path("/members")).await.problem(403, "forbidden");
        let me = pat.get(&h, &acme.path("/members/me")).await.expect(200);
        assert_eq!(me.body["grants"], json!([]));
        assert_eq!(me.body["role"], json!(null));
    };
    nothing().await;
    h.backend.drained().await;
    nothing().await;
    for _ in 0..3 {
        h.advance(SignedDuration::from_mins(10));
        h.run_schedule().await;
        nothing().await;
    }
    let offered = acme.pending(&h).await;
    assert_eq!(offered[0]["resources"], json!([]), "nor the offers that were pending");
    // The new program has the grants that are made on it.
    let fay = acme.join(&h, "fay", "program_facilitator", &["spring"]).await;
    fay.get(&h, &acme.path("/members")).await.expect(200);
    recount(&h).await;
}

#[tokio::test]
async fn a_deletion_ends_every_grant_however_many_there_are() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let people: Vec<_> = (0..45).map(|i| h.person(&format!("p{i}"))).collect();
    for part in people.chunks(15) {
        let emails: Vec<_> = part.iter().map(|p| p.email().to_owned()).collect();
        let mut body = participants(&emails);
        body["resources"] = json!([{ "type": "program", "id": "spring" }]);
        acme.try_invite(&h, &body).await.expect(201);
    }
    // Some accept, the others are still invited when the program goes.
    for person in people.iter().take(25) {
        let token = h.invitation_token(person.email()).await;
        person.accept(&h, &token).await.expect(200);
    }
    assert_eq!(stored(&h, "GRANT#").await, 25);
    acme.owner
        .delete(&h, &acme.path("/resources/program/spring"))
        .await
        .expect(204);
    h.backend.drained().await;
    assert_eq!(stored(&h, "GRANT#").await, 0);
    assert_eq!(acme.recorded(&h, "member.grant_ended").await, 25);
    assert!(acme.pending(&h).await.iter().all(|i| i["resources"] == json!([])));
    recount(&h).await;
}

#[tokio::test]
async fn an_invitation_to_a_deleted_program_cannot_be_accepted_where_the_role_needs_one() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let (pat, pia) = (h.person("pat"), h.person("pia"));
    acme.invite(&h, pat.email(), "program_admin", &["spring"]).await;
    acme.invite(&h, pia.email(), "participant", &["spring", "autumn"]).await;
    let tokens = [
        h.invitation_token(pat.email()).await,
        h.invitation_token(pia.email()).await,
    ];
    acme.owner
        .delete(&h, &acme.path("/resources/program/spring"))
        .await
        .expect(204);
    pat.accept(&h, &tokens[0]).await.problem(409, "resource-gone");
    h.backend.drained().await;
    pat.accept(&h, &tokens[0]).await.problem(409, "resource-gone");
    let joined = pia.accept(&h, &tokens[1]).await.expect(200);
    let grants = joined.body["member"]["grants"].as_array().unwrap();
    assert_eq!(grants.len(), 1, "what is left of the offer holds");
    assert_eq!(grants[0]["id"], "autumn");
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_member_deletes_blocks_neither_another_nor_the_owner() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let (ada, eve) = (
        acme.join(&h, "ada", "admin", &[]).await,
        acme.join(&h, "eve", "admin", &[]).await,
    );
    let program = |n: usize| acme.path(&format!("/resources/program/p{n}"));
    for n in 0..53 {
        let body = json!({ "name": "A program" });
        acme.owner.put(&h, &program(n), &body).await.expect(201);
    }
    for n in 0..50 {
        ada.delete(&h, &program(n)).await.expect(204);
    }
    let full = ada.delete(&h, &program(50)).await.problem(409, "too-many-deletions");
    assert_eq!(full.header("retry-after"), Some("60"));
    eve.delete(&h, &program(51)).await.expect(204);
    acme.owner.delete(&h, &program(52)).await.expect(204);
    // Each makes room again once it is done.
    for _ in 0..4 {
        h.backend.drained().await;
        h.advance(SignedDuration::from_mins(10));
        h.run_schedule().await;
    }
    ada.delete(&h, &program(50)).await.expect(204);
    recount(&h).await;
}

/// The ids on a page of resources.
fn ids(body: &Value) -> Vec<&str> {
    let items = body["items"].as_array().unwrap().iter();
    items.map(|one| one["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn programs_are_found_by_the_beginnings_of_words_of_their_names_and_ids_and_by_ids() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for (id, name) in [
        ("p-1", "Łódź leadership"),
        ("p-2", "O’Brien’s spring"),
        ("x.y", "Été 2026"),
    ] {
        let path = acme.path(&format!("/resources/program/{id}"));
        acme.owner.put(&h, &path, &json!({ "name": name })).await.expect(201);
    }
    for (query, found) in [
        ("q=spring", &["p-2", "spring"][..]),
        ("q=SPRI%20obri", &["p-2"]),
        ("q=lodz", &["p-1"]),
        ("q=ete", &["x.y"]),
        ("q=p-", &["p-1", "p-2"]),
        ("q=y", &["x.y"]),
        ("q=pring", &[]),
        ("q=%20", &["autumn", "p-1", "p-2", "spring", "x.y"]),
        ("ids=x.y,spring,gone,spring", &["spring", "x.y"]),
        ("ids=p-1,p-2&q=spring", &["p-2"]),
    ] {
        let page = acme
            .owner
            .get(&h, &acme.path(&format!("/resources?{query}")))
            .await
            .expect(200);
        assert_eq!(ids(&page.body), found, "{query}");
        assert_eq!(page.body["next_cursor"], Value::Null, "{query}");
    }
    // A renamed program is found by its present name.
    let path = acme.path("/resources/program/spring");
    acme.owner
        .put(&h, &path, &json!({ "name": "Summer" }))
        .await
        .expect(200);
    let page = acme.owner.get(&h, &acme.path("/resources?q=cohort")).await.expect(200);
    assert_eq!(ids(&page.body), ["autumn"]);
}

#[tokio::test]
async fn a_search_for_programs_goes_page_by_page_and_shows_each_once() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for n in 0..5 {
        let path = acme.path(&format!("/resources/program/p{n}"));
        acme.owner
            .put(&h, &path, &json!({ "name": format!("Cohort {n}") }))
            .await
            .expect(201);
    }
    for query in ["q=cohort", "ids=p4,p3,p2,p1,p0,spring,autumn"] {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = acme.path(&format!("/resources?{query}&limit=2{cursor}"));
            let page = acme.owner.get(&h, &path).await.expect(200).body;
            assert!(ids(&page).len() <= 2);
            found.extend(ids(&page).into_iter().map(ToOwned::to_owned));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(found, ["autumn", "p0", "p1", "p2", "p3", "p4", "spring"], "{query}");
    }
}

#[tokio::test]
async fn a_member_of_some_programs_finds_no_other() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let felix = acme.join(&h, "felix", "program_facilitator", &["spring"]).await;
    for (query, found) in [
        ("q=cohort", &["spring"][..]),
        ("q=autumn", &[]),
        ("ids=autumn,spring", &["spring"]),
        ("ids=autumn", &[]),
        ("", &["spring"]),
    ] {
        let page = felix
            .get(&h, &acme.path(&format!("/resources?{query}")))
            .await
            .expect(200);
        assert_eq!(ids(&page.body), found, "{query}");
    }
}

#[tokio::test]
async fn ids_that_cannot_be_are_refused_by_name() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let many = format!("ids={}", vec!["a"; 101].join(","));
    for (query, code) in [
        ("ids=", "invalid_value"),
        ("ids=a,", "invalid_value"),
        ("ids=a,%20b", "invalid_value"),
        ("ids=a%23b", "invalid_value"),
        ("ids=..", "invalid_value"),
        (&many, "too_many"),
    ] {
        let refused = acme.owner.get(&h, &acme.path(&format!("/resources?{query}"))).await;
        assert_eq!(
            refused.problem(400, "invalid-query").faults(),
            named(&[("ids", code)]),
            "{query}"
        );
    }
}
