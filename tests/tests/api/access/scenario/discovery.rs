//! Section 6: where a decision point is, and whose it is.

use super::{DecisionPoint, action, first, question, record, user};
use muster_tests::harness::Organization;
use reqwest::Method;
use serde_json::json;

/// 6, but for HTTPS, which the gateway of a deployment speaks.
#[tokio::test(flavor = "multi_thread")]
async fn discovery_names_the_point_that_was_asked_for_and_its_endpoints_answer() {
    let [point, _] = DecisionPoint::both().await;
    let path = format!("/.well-known/authzen-configuration{}", point.base);
    let answer = point.h.send(None, Method::GET, &path, None, &[]).await.expect(200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let root = point.h.backend.base_url();
    assert_eq!(answer.body["policy_decision_point"], format!("{root}{}", point.base));
    let alice = user("alice");
    let asked = [
        ("access_evaluation_endpoint", first()),
        ("access_evaluations_endpoint", first()),
        (
            "search_subject_endpoint",
            question(&json!({ "type": "user" }), &action("read"), &record("record-1")),
        ),
        (
            "search_resource_endpoint",
            question(&alice, &action("read"), &json!({ "type": "record" })),
        ),
        (
            "search_action_endpoint",
            json!({ "subject": alice, "resource": record("record-1") }),
        ),
    ];
    for (endpoint, body) in asked {
        let path = answer.text(&format!("/{endpoint}")).replacen(root, "", 1);
        point.caller.post(&point.h, &path, &body).await.expect(200);
    }
    // Whether there is such an organization is told to nobody; what can be none has no decision point.
    let other = "/.well-known/authzen-configuration/v1/organizations/org_0000000000000000000042";
    point.h.send(None, Method::GET, other, None, &[]).await.expect(200);
    let none = "/.well-known/authzen-configuration/v1/organizations/acme";
    point
        .h
        .send(None, Method::GET, none, None, &[])
        .await
        .problem(404, "not-found");
}

/// The decision point of one organization decides nothing about another, and is there for nobody else.
#[tokio::test(flavor = "multi_thread")]
async fn the_decision_point_of_an_organization_is_of_that_one_alone() {
    let [point, _] = DecisionPoint::both().await;
    let other = Organization::with_roles(&point.h, point.h.person("otto"), "authzen-scenario").await;
    let mut asked = first();
    asked["context"] = json!({ "organization": other.id });
    let answer = point.ask("evaluation", &asked).await.expect(200);
    assert_eq!(answer.body["context"]["reason"], "unknown_organization");
    let elsewhere = json!({ "subject": user("alice"), "resource": record("record-1"), "context": asked["context"] });
    assert!(point.finds("action", &elsewhere).await.is_empty());
    asked["context"] = json!({ "organization": point.base.rsplit('/').next() });
    assert!(point.decides(&asked).await);
    let path = format!("{}/access/v1/evaluation", point.base);
    for stranger in [&other.owner, &point.h.person("stella")] {
        stranger.post(&point.h, &path, &first()).await.problem(404, "not-found");
    }
    let key = other.key(&point.h, &other.owner, &json!({ "name": "gateway" })).await;
    key.persona
        .post(&point.h, &path, &first())
        .await
        .problem(404, "not-found");
}
