//! Contacts: registered, changed, looked up and deleted.

use muster_tests::harness::{Harness, Organization};
use muster_tests::shortcuts::named;
use muster_tests::{Answer, Persona, recount};
use serde_json::{Value, json};

async fn put(h: &Harness, acme: &Organization, id: &str, body: Value) -> Answer {
    acme.owner.put(h, &acme.path(&format!("/contacts/{id}")), &body).await
}

/// Registers these as `c0`, `c1`, …: names and addresses.
async fn known(h: &Harness, acme: &Organization, people: &[(&str, &str)]) {
    for (n, (name, email)) in people.iter().enumerate() {
        let body = json!({ "name": name, "email": email });
        put(h, acme, &format!("c{n}"), body).await.expect(201);
    }
}

/// The ids of everybody who is found, in pages of this size; nobody twice.
async fn found_by(h: &Harness, who: &Persona, acme: &Organization, query: &str, limit: usize) -> Vec<String> {
    let mut ids = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = acme.path(&format!("/contacts?q={query}&limit={limit}{cursor}"));
        let page = who.get(h, &path).await.expect(200);
        let items = page.body["items"].as_array().unwrap();
        assert!(items.len() <= limit, "{query}");
        ids.extend(items.iter().map(|c| c["id"].as_str().unwrap().to_owned()));
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "somebody stands twice for {query}");
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_is_registered_changed_and_deleted_and_the_record_tells_it() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = json!({ "email": "Ann@X.example", "name": "Ann Lee", "subject": null });
    let made = put(&h, &acme, "ann", ann.clone()).await.expect(201);
    let version = made.text("/version");
    let shown =
        json!({ "id": "ann", "email": "ann@x.example", "name": "Ann Lee", "has_account": false, "version": version });
    assert_eq!(made.body, shown);
    let same = put(&h, &acme, "ann", ann).await.expect(200);
    assert_eq!((&same.body, same.header("etag")), (&shown, made.header("etag")));
    let changed = json!({ "email": "lee@x.example", "name": null, "subject": "idp|ann" });
    let changed = put(&h, &acme, "ann", changed).await.expect(200);
    let version = changed.text("/version");
    assert_eq!(
        changed.body,
        json!({ "id": "ann", "email": "lee@x.example", "name": null, "has_account": true, "version": version })
    );
    let unnamed = put(&h, &acme, "ann", json!({ "email": "lee@x.example" }))
        .await
        .expect(200);
    assert_eq!(
        (&unnamed.body, unnamed.header("etag")),
        (&changed.body, changed.header("etag"))
    );
    let page = acme.owner.get(&h, &acme.path("/contacts")).await.expect(200);
    assert_eq!(page.body, json!({ "items": [changed.body], "next_cursor": null }));
    acme.owner.delete(&h, &acme.path("/contacts/ann")).await.expect(204);
    acme.owner
        .delete(&h, &acme.path("/contacts/ann"))
        .await
        .problem(404, "not-found");
    let events = acme.events(&h).await;
    let kinds: Vec<_> = events.iter().take(3).map(|e| e["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["contact.deleted", "contact.updated", "contact.created"]);
    assert_eq!(
        (&events[1]["subject"]["type"], &events[1]["subject"]["id"]),
        (&json!("contact"), &json!("ann"))
    );
    assert_eq!(events[1]["before"]["email"], "ann@x.example");
    assert_eq!(events[1]["after"]["user"], h.person("idp|ann").id());
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_belongs_to_one_contact_and_is_free_when_that_one_moves_or_goes() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    put(&h, &acme, "ann", json!({ "email": "ann@x.example" }))
        .await
        .expect(201);
    put(&h, &acme, "bob", json!({ "email": "bob@x.example" }))
        .await
        .expect(201);
    for id in ["eve", "bob"] {
        let taken = put(&h, &acme, id, json!({ "email": "ANN@x.example" })).await;
        let taken = taken.problem(409, "contact-address-taken");
        assert_eq!(taken.faults(), named(&[("email", "contact_address_taken")]));
        assert!(taken.text("/errors/0/detail").contains("`ann`"));
    }
    put(&h, &acme, "ann", json!({ "email": "lee@x.example" }))
        .await
        .expect(200);
    put(&h, &acme, "eve", json!({ "email": "ann@x.example" }))
        .await
        .expect(201);
    acme.owner.delete(&h, &acme.path("/contacts/bob")).await.expect(204);
    put(&h, &acme, "ann", json!({ "email": "bob@x.example" }))
        .await
        .expect(200);
    assert_eq!(found_by(&h, &acme.owner, &acme, "ann@x", 50).await, ["eve"]);
    assert_eq!(found_by(&h, &acme.owner, &acme, "lee", 50).await, [""; 0]);
    let other = Organization::of(&h, h.person("otto")).await;
    put(&h, &other, "ann", json!({ "email": "ann@x.example" }))
        .await
        .expect(201);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_by_the_beginnings_of_any_words_of_names_and_addresses() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let people = [
        ("Ann-Marie O'Brien Lee", "ann.lee@x.example"),
        ("Zoë Straße", "zs@bücher.example"),
        ("Bob Lee", "bob+news@y.example"),
        ("Anna Annabel Annika", "annanna@anna.example"),
    ];
    known(&h, &acme, &people).await;
    for (query, ids) in [
        ("ann", &["c0", "c3"][..]),
        ("lee", &["c0", "c2"]),
        ("LEE%20BO", &["c2"]),
        ("lee%20mar", &["c0"]),
        ("lee+ann", &["c0"]),
        ("brien", &["c0"]),
        ("o'b", &["c0"]),
        ("zoe", &["c1"]),
        ("ZO%C3%8B", &["c1"]),
        ("STRASSE", &["c1"]),
        ("x.ex", &["c0"]),
        ("y", &["c2"]),
        ("news", &["c2"]),
        ("bob%2Bnews@y.example", &["c2"]),
        ("anna%20annab", &["c3"]),
        ("annika%20ann%20a", &["c3"]),
        ("example", &[]),
        ("", &["c0", "c1", "c2", "c3"]),
        ("nn", &[]),
        ("ann%20bob", &[]),
        ("@x", &[]),
    ] {
        for limit in [1, 2, 50] {
            let found = found_by(&h, &acme.owner, &acme, query, limit).await;
            assert_eq!(found, ids, "{query} in pages of {limit}");
        }
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_lookup_is_of_its_limit_at_most_and_its_cursor_is_for_its_own_words() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let names: Vec<(String, String)> = (0..25)
        .map(|n| (format!("Ann Anna N{n}"), format!("ann{n}@x.example")))
        .collect();
    let people: Vec<(&str, &str)> = names.iter().map(|(n, e)| (n.as_str(), e.as_str())).collect();
    known(&h, &acme, &people).await;
    for limit in [1, 3, 7, 100] {
        assert_eq!(found_by(&h, &acme.owner, &acme, "ann", limit).await.len(), 25);
        assert_eq!(found_by(&h, &acme.owner, &acme, "ann%20n24", limit).await, ["c24"]);
        assert_eq!(found_by(&h, &acme.owner, &acme, "", limit).await.len(), 25);
    }
    let page = acme
        .owner
        .get(&h, &acme.path("/contacts?q=ann&limit=2"))
        .await
        .expect(200);
    let cursor = page.text("/next_cursor");
    for other in ["q=anna&", "q=&", ""] {
        let path = acme.path(&format!("/contacts?{other}limit=2&cursor={cursor}"));
        let refused = acme.owner.get(&h, &path).await.problem(400, "invalid-query");
        assert_eq!(refused.faults(), named(&[("cursor", "invalid_cursor")]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn index_items_follow_every_change_also_of_names_with_more_words_than_are_kept() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let long = "a b c d e f g h i j k l m n o p q r s t u v w x y z";
    let steps = [
        json!({ "email": "p@x.example", "name": long }),
        json!({ "email": "p@x.example", "name": "Zed Last" }),
        json!({ "email": "p@x.example", "name": "Zed Last", "subject": "idp|zed" }),
        json!({ "email": "q.r.s.t@sub.y.example", "name": long }),
        json!({ "email": "q.r.s.t@sub.y.example", "name": null, "subject": null }),
        json!({ "email": "q@y.example", "name": "#hash a#b ##" }),
    ];
    for (n, step) in steps.iter().enumerate() {
        put(&h, &acme, "zed", step.clone())
            .await
            .expect(if n == 0 { 201 } else { 200 });
        recount(&h).await;
    }
    let rows = acme.owner.get(&h, &acme.path("/contacts?q=%23hash")).await.expect(200);
    assert_eq!(rows.body["items"][0]["id"], "zed");
    acme.owner.delete(&h, &acme.path("/contacts/zed")).await.expect(204);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn contacts_are_for_those_who_may_see_or_keep_them_on_the_whole_organization() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    put(&h, &acme, "ann", json!({ "email": "ann@x.example" }))
        .await
        .expect(201);
    let admin = acme.join(&h, "ada", "admin", &[]).await;
    assert_eq!(found_by(&h, &admin, &acme, "ann", 50).await, ["ann"]);
    for (name, role) in [("pat", "program_admin"), ("pia", "participant")] {
        let person = acme.join(&h, name, role, &["spring"]).await;
        for query in ["", "?q=ann"] {
            let path = acme.path(&format!("/contacts{query}"));
            person.get(&h, &path).await.problem(403, "forbidden");
        }
        let path = acme.path("/contacts/ann");
        let body = json!({ "email": "ann@y.example" });
        person.put(&h, &path, &body).await.problem(403, "forbidden");
        person.delete(&h, &path).await.problem(403, "forbidden");
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_keeps_contacts_and_one_of_its_members_too() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let platform = h.platform();
    let path = acme.path("/contacts/ann");
    let body = json!({ "email": "ann@x.example", "subject": "ann" });
    platform.put(&h, &path, &body).await.expect(201);
    assert_eq!(found_by(&h, &platform, &acme, "ann", 50).await, ["ann"]);
    let event = &acme.events(&h).await[0];
    assert_eq!(
        (&event["actor"]["type"], &event["actor"]["id"]),
        (&json!("platform"), &json!(platform.id()))
    );
    platform.delete(&h, &path).await.expect(204);
    platform.delete(&h, &path).await.problem(404, "not-found");
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_finds_no_contacts_of_another_organization() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let other = Organization::of(&h, h.person("otto")).await;
    put(&h, &acme, "ann", json!({ "email": "ann@x.example" }))
        .await
        .expect(201);
    put(&h, &other, "ann-too", json!({ "email": "ann@x.example" }))
        .await
        .expect(201);
    assert_eq!(found_by(&h, &other.owner, &other, "ann", 50).await, ["ann-too"]);
    assert_eq!(found_by(&h, &acme.owner, &acme, "", 50).await, ["ann"]);
    let path = acme.path("/contacts?q=ann");
    other.owner.get(&h, &path).await.problem(404, "not-found");
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_cannot_be_is_named_when_it_is_chosen_and_not_there_when_it_is_deleted() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let long = "x".repeat(129);
    for id in ["a%23b", "a%252Fb", "%20", "%C3%A9", &long] {
        let refused = put(&h, &acme, id, json!({ "email": "ann@x.example" })).await;
        let refused = refused.problem(422, "invalid-request");
        assert_eq!(refused.faults(), named(&[("contact", "invalid_value")]), "{id}");
        let path = acme.path(&format!("/contacts/{id}"));
        acme.owner.delete(&h, &path).await.problem(404, "not-found");
    }
    recount(&h).await;
}
