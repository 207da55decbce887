//! `Idempotency-Key`: one answer for one request, however often it is sent.

use jiff::SignedDuration;
use muster_tests::harness::{Answer, Harness, Organization, invitation};
use muster_tests::shortcuts::named;
use muster_tests::{Persona, recount};
use reqwest::Method;
use serde_json::{Value, json};

async fn post(h: &Harness, who: &Persona, path: &str, body: &Value, key: &str) -> Answer {
    let headers = [("idempotency-key", key)];
    let body = Some(body).filter(|body| !body.is_null());
    h.send(Some(who), Method::POST, path, body, &headers).await
}

#[tokio::test]
async fn the_same_request_with_the_same_key_gets_the_first_answer_again() {
    let h = Harness::start().await;
    let ann = h.person("ann");
    let body = json!({ "name": "Acme", "role_set": "program-delivery" });
    let first = post(&h, &ann, "/v1/organizations", &body, "k1").await.expect(201);
    let again = post(&h, &ann, "/v1/organizations", &body, "k1").await.expect(201);
    assert_eq!(first.body, again.body);
    assert_eq!(first.header("etag"), again.header("etag"));
    assert_eq!(first.header("idempotent-replayed"), None);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_ne!(first.header("x-request-id"), again.header("x-request-id"));
    let mine = ann.get(&h, "/v1/organizations").await.expect(200);
    assert_eq!(mine.body["items"].as_array().unwrap().len(), 1);
    // Another key, another organization; and another person's same key is another key.
    let other = post(&h, &ann, "/v1/organizations", &body, "k2").await.expect(201);
    assert_ne!(first.text("/id"), other.text("/id"));
    let bobs = post(&h, &h.person("bob"), "/v1/organizations", &body, "k1").await;
    assert_ne!(first.text("/id"), bobs.expect(201).text("/id"));
    recount(&h).await;
}

#[tokio::test]
async fn inviting_again_with_the_same_key_sends_nothing_more() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let body = invitation("a@x.example b@x.example", "admin", &[]);
    let path = acme.path("/invitations");
    let first = post(&h, &acme.owner, &path, &body, "k1").await.expect(201);
    let again = post(&h, &acme.owner, &path, &body, "k1").await.expect(201);
    assert_eq!(first.body, again.body);
    assert_eq!(h.invitations_mailed("a@x.example").await, 1);
    assert_eq!(acme.seats_used(&h).await, 3);
    // The same key on another route stands for another request.
    let id = first.text("/invitations/0/id");
    let resend = acme.invitation(&id, "/resend");
    post(&h, &acme.owner, &resend, &Value::Null, "k1").await.expect(200);
    post(&h, &acme.owner, &resend, &Value::Null, "k1").await.expect(200);
    assert_eq!(h.invitations_mailed("a@x.example").await, 2);
    recount(&h).await;
}

#[tokio::test]
async fn the_same_key_for_another_body_is_refused() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let path = acme.path("/invitations");
    let body = |email: &str| invitation(email, "admin", &[]);
    post(&h, &acme.owner, &path, &body("a@x.example"), "k1")
        .await
        .expect(201);
    let refused = post(&h, &acme.owner, &path, &body("b@x.example"), "k1").await;
    let refused = refused.problem(422, "idempotency-key-reused");
    assert_eq!(refused.faults(), named(&[("Idempotency-Key", "reused")]));
    assert_eq!(acme.pending(&h).await.len(), 1);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_twins_are_one_request() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let path = acme.path("/invitations");
    let body = invitation("a@x.example", "admin", &[]);
    let twins = (0..8).map(|_| post(&h, &acme.owner, &path, &body, "k1"));
    let answers = futures::future::join_all(twins).await;
    let made: Vec<_> = answers.iter().filter(|a| a.status == 201).collect();
    assert!(!made.is_empty());
    assert!(made.iter().all(|a| a.body == made[0].body), "all have the first answer");
    assert!(answers.iter().all(|a| [201, 409].contains(&a.status)));
    assert_eq!(acme.pending(&h).await.len(), 1);
    assert_eq!(h.invitations_mailed("a@x.example").await, 1);
    recount(&h).await;
}

#[tokio::test]
async fn an_answer_is_kept_for_a_day() {
    let h = Harness::start().await;
    let ann = h.person("ann");
    let body = json!({ "name": "Acme", "role_set": "program-delivery" });
    let send = async || {
        post(&h, &ann, "/v1/organizations", &body, "k1")
            .await
            .expect(201)
            .text("/id")
    };
    let first = send().await;
    h.advance(SignedDuration::from_hours(23));
    assert_eq!(send().await, first);
    h.advance(SignedDuration::from_hours(2));
    let second = send().await;
    assert_ne!(second, first, "after a day it is a new request, swept or not");
    assert_eq!(send().await, second);
    recount(&h).await;
}

#[tokio::test]
async fn a_refusal_is_not_kept_so_the_request_can_be_put_right() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.plan(&h, Some(1), &[]).await;
    let body = invitation("a@x.example", "admin", &[]);
    let path = acme.path("/invitations");
    post(&h, &acme.owner, &path, &body, "k1")
        .await
        .problem(409, "no-seats-available");
    acme.plan(&h, Some(2), &[]).await;
    post(&h, &acme.owner, &path, &body, "k1").await.expect(201);
    recount(&h).await;
}

#[tokio::test]
async fn a_member_who_lost_access_gets_no_old_response() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let body = invitation("a@x.example", "participant", &[]);
    let path = acme.path("/invitations");
    post(&h, &ada, &path, &body, "k1").await.expect(201);
    acme.owner
        .delete(&h, &acme.path(&format!("/members/{}", ada.id())))
        .await
        .expect(204);
    post(&h, &ada, &path, &body, "k1").await.problem(404, "not-found");
}

#[tokio::test]
async fn a_key_must_be_1_to_255_plain_characters() {
    let h = Harness::start().await;
    let ann = h.person("ann");
    let body = json!({ "name": "Acme", "role_set": "program-delivery" });
    for key in ["", " ", &"k".repeat(256)] {
        post(&h, &ann, "/v1/organizations", &body, key)
            .await
            .problem(400, "malformed-idempotency-key");
    }
    post(&h, &ann, "/v1/organizations", &body, &"k".repeat(255))
        .await
        .expect(201);
}
