//! Packaged functions take the sample events, HTTP, stream and schedule, as an engineer would send them from a console.

use super::start;
use jiff::SignedDuration;
use muster_tests::harness::Organization;
use muster_tests::samples::{Values, ids, invite, sample};
use muster_tests::{Harness, Packaged, recount};
use serde_json::{Value, json};

/// Invokes a function of the API with its sample; gives the body of its answer.
async fn http(packaged: &Packaged, binary: &'static str, values: &Values, status: u16) -> Value {
    let answer = packaged.invoke(binary, sample(binary, values)).await.unwrap();
    assert_eq!(answer["statusCode"], status, "{answer:#}");
    serde_json::from_str(answer["body"].as_str().unwrap_or_default()).expect("the body is JSON")
}

async fn started() -> (Harness, Packaged) {
    let packaged = Packaged::default();
    (start(&packaged, false).await, packaged)
}

#[tokio::test]
async fn a_request_makes_an_organization() {
    let (h, packaged) = started().await;
    let owner = h.person("quentin");
    let values = vec![("token", owner.token(&h))];
    let made = http(&packaged, "create-organization", &values, 201).await;
    let path = format!("/v1/organizations/{}", made["id"].as_str().unwrap());
    assert_eq!(owner.get(&h, &path).await.expect(200).body["name"], "Acme");
    recount(&h).await;
}

#[tokio::test]
async fn a_record_of_the_stream_mails_once_however_often_it_comes() {
    let (h, packaged) = started().await;
    let acme = Organization::make(&h).await;
    let guest = h.person("pat");
    invite(&h, &acme, guest.email(), "program_admin", &["spring"]).await;
    let mail = ids(&h, &acme.id, "MAIL#").await.pop().expect("a mail is queued");
    assert!(h.backend.mail().is_empty(), "nothing is mailed yet");

    let event = sample("deliver-mail", &vec![("org", acme.id.clone()), ("mail", mail)]);
    for _ in 0..2 {
        let done = packaged.invoke("deliver-mail", event.clone()).await.unwrap();
        assert_eq!(done, json!({ "batchItemFailures": [] }));
    }
    let sent = h.backend.mail();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].to, guest.email());
    assert_eq!(sent[0].from, "no-reply@muster.example");

    let values = vec![
        ("token", guest.token(&h)),
        ("invitation_token", h.invitation_token(guest.email()).await),
    ];
    let joined = http(&packaged, "accept-invitation", &values, 200).await;
    assert_eq!(joined["member"]["role"], "program_admin");
    guest.get(&h, &acme.path("/members/me")).await.expect(200);
    recount(&h).await;
}

#[tokio::test]
async fn the_schedule_settles_what_time_has_ended() {
    let (h, packaged) = started().await;
    let acme = Organization::make(&h).await;
    let invited = invite(&h, &acme, "late@acme.example", "program_admin", &["spring"]).await;
    h.advance(SignedDuration::from_hours(24 * 8));
    assert_eq!(acme.seats_used(&h).await, 2, "it holds its seat until it is ended");

    let done = packaged
        .invoke("expire", sample("expire", &Values::new()))
        .await
        .unwrap();
    assert_eq!(done["processed"], 1, "{done}");
    assert_eq!(done["complete"], true, "{done}");
    let path = acme.path(&format!("/invitations/{}", invited.text("/invitations/0/id")));
    let shown = acme.owner.get(&h, &path).await.expect(200);
    assert_eq!(shown.body["status"], "expired");
    assert_eq!(acme.seats_used(&h).await, 1);
    recount(&h).await;
}
