//! What goes wrong while a process serves, and that the next request is served.

use super::{CREATE, make, start, start_wired};
use muster_tests::packaged::Settings;
use muster_tests::wire::Manner;
use muster_tests::{Answer, Harness, Packaged};
use serde_json::json;
use std::time::Duration;

/// The function that the one of these tests stands for.
const PREVIEW: &str = "preview-invitation";

fn on_demand(binary: &'static str) -> Packaged {
    Packaged::with(Settings {
        packages: vec![(binary, "on-demand")],
        time_limit: Some(Duration::from_secs(2)),
        ..Settings::default()
    })
}

/// Has the function do this. What it answers is not what the document tells of the function that it stands for.
async fn demand(h: &Harness, what: &str) -> Answer {
    let url = format!("{}/v1/invitations/{what}", h.backend.base_url());
    let reply = h.http().get(url).send().await;
    Answer::read(reply.expect("the backend answers")).await
}

async fn pid(h: &Harness) -> u64 {
    demand(h, "answer").await.expect(200).body["pid"].as_u64().unwrap()
}

#[tokio::test]
async fn after_an_error_the_same_process_serves_on() {
    let (h, packaged, wire) = start_wired(Settings::default()).await;
    let owner = h.person("olivia");
    make(&h, &owner).await.expect(201);
    let before = packaged.idle(CREATE);

    wire.become_now(Manner::Refusing);
    let refused = make(&h, &owner).await.problem(503, "unavailable");
    assert_eq!(
        refused.header("x-request-id"),
        Some(refused.text("/request_id").as_str())
    );
    wire.become_now(Manner::Through);
    make(&h, &owner).await.expect(201);
    assert_eq!(packaged.idle(CREATE), before);
}

#[tokio::test]
async fn a_panic_is_answered_as_a_problem_and_the_process_serves_on() {
    let packaged = on_demand(PREVIEW);
    let h = start(&packaged, false).await;
    let before = pid(&h).await;
    for what in ["panic", "fail"] {
        let answer = demand(&h, what).await.problem(500, "internal");
        let id = answer.text("/request_id");
        assert_eq!(answer.header("x-request-id"), Some(id.as_str()));
        assert_eq!(answer.header("apigw-requestid"), Some(id.as_str()));
        assert!(packaged.log(PREVIEW).contains(&id), "the log tells of it");
        assert_eq!(pid(&h).await, before, "{what}");
    }
    assert!(packaged.log(PREVIEW).contains("the handler panicked"));
}

#[tokio::test]
async fn a_process_that_ends_or_hangs_is_replaced() {
    let h = start(&on_demand(PREVIEW), false).await;
    let mut before = pid(&h).await;
    for what in ["end", "hang"] {
        let answer = demand(&h, what).await.expect(500);
        assert_eq!(
            answer.body,
            json!({ "message": "Internal Server Error" }),
            "the gateway's own"
        );
        let after = pid(&h).await;
        assert_ne!(after, before, "{what}");
        before = after;
    }
}

#[tokio::test]
async fn a_stream_function_that_panics_is_given_its_batch_again() {
    let packaged = on_demand("deliver-mail");
    let h = start(&packaged, true).await;
    let acme = muster_tests::harness::Organization::make(&h).await;
    acme.invite(&h, "pat@acme.example", "program_admin", &["spring"]).await;
    h.backend.drained().await;
    let log = packaged.log("deliver-mail");
    assert_eq!(log.matches("on demand").count(), 1, "{log}");
    assert_eq!(h.backend.dead_letters(), [], "the second time it was taken");
    assert_eq!(packaged.idle("deliver-mail").len(), 1);
}
