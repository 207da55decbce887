//! Where the decision point says it is.

use super::{ACTIONS, EVALUATION, EVALUATIONS, RESOURCES, SUBJECTS};
use muster_edge::{App, Config};
use muster_functions::routes::call;
use muster_tests::calls::run_as;
use muster_tests::harness::Harness;
use muster_tests::samples::sample;
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/.well-known/authzen-configuration";

fn expected(base: &str) -> Value {
    let at = |path: &str| format!("{base}{path}");
    json!({
        "policy_decision_point": base,
        "access_evaluation_endpoint": at(EVALUATION),
        "access_evaluations_endpoint": at(EVALUATIONS),
        "search_subject_endpoint": at(SUBJECTS),
        "search_resource_endpoint": at(RESOURCES),
        "search_action_endpoint": at(ACTIONS),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_caller_is_told_the_address_they_asked_at_and_may_keep_it_for_a_while() {
    let h = Harness::start().await;
    let answer = h.send(None, Method::GET, PATH, None, &[]).await.expect(200);
    assert_eq!(answer.body, expected(h.backend.base_url()));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=3600"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_configured_address_it_is_the_gateways_own_and_nothing_that_a_caller_says() {
    let h = Harness::start().await;
    let known = h.backend.app();
    let config = Config {
        api_url: None,
        ..known.config().clone()
    };
    let app = App::new(config, known.sdk(), known.clock().clone());
    let mut event = sample("get-authzen-configuration", &Vec::new());
    event["headers"]["host"] = json!("evil.example");
    event["headers"]["x-forwarded-host"] = json!("evil.example");
    let request = lambda_http::request::from_str(&event.to_string()).unwrap();
    let reply = run_as(
        "get-authzen-configuration",
        call("get-authzen-configuration", &app, request),
    )
    .await;
    let body: Value = serde_json::from_slice(reply.body()).unwrap();
    assert_eq!(
        body,
        expected("https://abcde12345.execute-api.eu-central-1.amazonaws.com")
    );
}
