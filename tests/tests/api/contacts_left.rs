//! The contact that stays of somebody who is removed or leaves.

use muster_tests::harness::{Harness, Organization};
use muster_tests::{Persona, recount};
use serde_json::{Value, json};

async fn contacts(h: &Harness, acme: &Organization) -> Vec<Value> {
    found(h, acme, "").await
}

/// The contacts that these words find, apart from their versions.
async fn found(h: &Harness, acme: &Organization, q: &str) -> Vec<Value> {
    let path = acme.path(&format!("/contacts?limit=100&q={q}"));
    let page = acme.owner.get(h, &path).await.expect(200);
    let mut items = page.body["items"].as_array().unwrap().clone();
    for item in &mut items {
        item.as_object_mut().unwrap().remove("version").expect("a version");
    }
    items
}

async fn put(h: &Harness, acme: &Organization, id: &str, body: Value) {
    let path = acme.path(&format!("/contacts/{id}"));
    let answer = h.platform().put(h, &path, &body).await;
    assert!([200, 201].contains(&answer.status), "{:#}", answer.body);
}

fn row(id: &str, email: &str, name: Option<&str>) -> Value {
    json!({ "id": id, "email": email, "name": name, "has_account": true })
}

async fn remove(h: &Harness, acme: &Organization, who: &Persona) {
    let path = acme.path(&format!("/members/{}", who.id()));
    acme.owner.delete(h, &path).await.expect(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_who_is_removed_or_leaves_stays_a_contact_with_their_account() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    remove(&h, &acme, &pat).await;
    pat.get(&h, &acme.path("")).await.problem(404, "not-found");
    assert_eq!(
        contacts(&h, &acme).await,
        [row(&pat.id(), "pat@acme.example", Some("pat"))]
    );
    assert_eq!(
        acme.event_kinds(&h).await.get(..2).unwrap(),
        ["contact.created", "member.removed"]
    );
    let lea = acme.join(&h, "lea", "admin", &[]).await;
    lea.delete(&h, &acme.path("/members/me")).await.expect(204);
    assert_eq!(
        found(&h, &acme, "lea").await,
        [row(&lea.id(), "lea@acme.example", Some("lea"))]
    );
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contact_that_has_the_address_is_kept_and_gets_the_account_if_it_has_none() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let (pat, ann) = (
        acme.join(&h, "pat", "admin", &[]).await,
        acme.join(&h, "ann", "admin", &[]).await,
    );
    put(&h, &acme, "p", json!({ "email": pat.email(), "name": "Pat Known" })).await;
    put(&h, &acme, "a", json!({ "email": ann.email(), "subject": "ann" })).await;
    for who in [&pat, &ann] {
        remove(&h, &acme, who).await;
    }
    assert_eq!(
        contacts(&h, &acme).await,
        [row("a", ann.email(), None), row("p", pat.email(), Some("Pat Known"))]
    );
    assert_eq!(
        acme.recorded(&h, "contact.updated").await,
        1,
        "one of them had no account"
    );
    let event = acme
        .events(&h)
        .await
        .into_iter()
        .find(|e| e["kind"] == "contact.updated");
    assert_eq!(event.unwrap()["after"]["user"], pat.id());
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_known_by_another_address_is_known_by_both() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "admin", &[]).await;
    put(&h, &acme, &pat.id(), json!({ "email": "old@x.example", "name": "Pat" })).await;
    remove(&h, &acme, &pat).await;
    let known = contacts(&h, &acme).await;
    assert_eq!(known.len(), 2);
    assert_eq!(
        (&known[0]["id"], &known[0]["email"]),
        (&json!(pat.id()), &json!("old@x.example"))
    );
    assert!(known[1]["id"].as_str().unwrap().starts_with(&format!("{}~", pat.id())));
    assert_eq!(known[1]["email"], pat.email());
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_a_contact_leaves_the_membership_as_it_is() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    put(&h, &acme, "p", json!({ "email": pat.email(), "subject": "pat" })).await;
    let before = acme.member(&h, &pat.id()).await;
    acme.owner.delete(&h, &acme.path("/contacts/p")).await.expect(204);
    assert_eq!(acme.member(&h, &pat.id()).await, before);
    pat.get(&h, &acme.path("")).await.expect(200);
    recount(&h).await;
}
