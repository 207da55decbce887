//! Starts that come to nothing.

use super::{CREATE, make, start, start_wired};
use muster_tests::packaged::Settings;
use muster_tests::wire::Manner;
use muster_tests::{Harness, Packaged};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_start_that_hangs_is_ended_and_the_next_request_starts_anew() {
    let (h, packaged, wire) = start_wired(Settings {
        start_limit: Duration::from_secs(1),
        time_limit: Some(Duration::from_secs(2)),
        ..Settings::default()
    })
    .await;
    let owner = h.person("olivia");
    wire.become_now(Manner::Silent);
    let answer = make(&h, &owner).await.expect(500);
    assert_eq!(answer.body, json!({ "message": "Internal Server Error" }));
    assert_eq!(packaged.idle(CREATE), [0_u32; 0], "nothing is left of it");
    wire.become_now(Manner::Through);
    make(&h, &owner).await.expect(201);
    assert_eq!(packaged.idle(CREATE).len(), 1);
}

#[tokio::test]
async fn a_silent_table_does_not_hold_a_start_up_for_as_long_as_lambda_waits() {
    let (h, packaged, wire) = start_wired(Settings::default()).await;
    let owner = h.person("olivia");
    wire.become_now(Manner::Silent);
    make(&h, &owner).await.problem(503, "unavailable");
    let before = packaged.idle(CREATE);
    assert_eq!(before.len(), 1, "the process has come up, and has answered itself");
    let log = packaged.log(CREATE);
    assert!(log.contains("the table did not answer while starting"), "{log}");
    wire.become_now(Manner::Through);
    make(&h, &owner).await.expect(201);
    assert_eq!(packaged.idle(CREATE), before);
}

#[tokio::test]
async fn a_wrong_setting_is_named_in_the_log_and_ends_the_process() {
    let packaged = Packaged::with(Settings {
        variables: vec![("MUSTER_JWKS_URL", "nowhere".to_owned())],
        ..Settings::default()
    });
    let h: Harness = start(&packaged, false).await;
    make(&h, &h.person("olivia")).await.expect(500);
    let log = packaged.log(CREATE);
    assert!(log.contains("cannot start"), "{log}");
    assert!(log.contains("MUSTER_JWKS_URL must start with http"), "{log}");
    let failures = packaged.failures(CREATE);
    assert_eq!(failures.len(), 2, "it was tried twice, as Lambda does");
    for failure in failures {
        assert!(failure.starts_with("the process ended: exit status: 1"), "{failure}");
    }
}
