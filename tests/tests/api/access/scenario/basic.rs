//! Section 2: single decisions, their form, what is refused, and their reasons.

use super::{DecisionPoint, action, admin, first, question, record, record_with, user};
use serde_json::{Value, json};

/// 1.4, 2.2.1 to 2.2.7, 2.6.
#[tokio::test(flavor = "multi_thread")]
async fn basic_the_eight_decisions_are_those_that_the_fixture_requires_each_time() {
    let soft = |is_soft: bool| json!({ "name": "delete", "properties": { "soft": is_soft } });
    let cases = [
        (user("alice"), action("read"), record("record-1"), true),
        (user("alice"), action("write"), record("record-1"), true),
        (user("bob"), action("read"), record("record-1"), true),
        (user("bob"), action("write"), record("record-1"), false),
        (
            user("alice"),
            action("write"),
            record_with("record-2", "archived"),
            false,
        ),
        (admin(), action("write"), record_with("record-2", "archived"), true),
        (user("alice"), soft(true), record("record-1"), true),
        (user("alice"), soft(false), record("record-1"), false),
    ];
    for point in DecisionPoint::both().await {
        for (subject, action, resource, decision) in &cases {
            let asked = question(subject, action, resource);
            for _ in 0..3 {
                assert_eq!(point.decides(&asked).await, *decision, "{asked}");
            }
            // A context changes none of them (1.6).
            let mut with_context = asked.clone();
            with_context["context"] = json!({ "time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1" });
            assert_eq!(point.decides(&with_context).await, *decision, "{with_context}");
        }
    }
}

/// 2.2.3, 2.2.8, 2.2.9.
#[tokio::test(flavor = "multi_thread")]
async fn basic_context_further_properties_and_unknown_fields_are_taken() {
    let mut context = first();
    context["context"] = json!({ "time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1" });
    let properties = json!({
        "subject": { "type": "user", "id": "alice", "properties": { "department": "Sales", "role": "manager" } },
        "action": { "name": "read", "properties": { "method": "GET" } },
        "resource": { "type": "record", "id": "record-1", "properties": { "status": "active", "owner": "bob" } },
    });
    let mut unknown = first();
    unknown["foo"] = json!("bar");
    unknown["futureField"] = json!({ "nested": true });
    for point in DecisionPoint::both().await {
        for asked in [&context, &properties, &unknown] {
            assert!(point.decides(asked).await, "{asked}");
        }
    }
}

/// 2.4, 4.7, 5.3.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_incomplete_or_malformed_is_a_400() {
    let without = |path: &[&str]| {
        let mut asked = first();
        let (last, parents) = path.split_last().unwrap();
        let at = parents.iter().fold(&mut asked, |at, name| &mut at[*name]);
        at.as_object_mut().unwrap().remove(*last);
        asked
    };
    let required: [&[&str]; 8] = [
        &["subject"],
        &["action"],
        &["resource"],
        &["subject", "type"],
        &["subject", "id"],
        &["action", "name"],
        &["resource", "type"],
        &["resource", "id"],
    ];
    let of_type = |member: &str, value: Value| {
        let mut asked = first();
        asked[member] = value;
        asked
    };
    let sought = json!({ "type": "user" });
    let searches = [
        (
            "search/subject",
            json!({ "subject": sought, "resource": record("record-1") }),
        ),
        (
            "search/subject",
            question(&sought, &action("read"), &json!({ "type": "record" })),
        ),
        (
            "search/resource",
            json!({ "action": action("read"), "resource": { "type": "record" } }),
        ),
        (
            "search/resource",
            question(&sought, &action("read"), &json!({ "type": "record" })),
        ),
        ("search/action", json!({ "subject": user("alice") })),
    ];
    let json_type = ("content-type", "application/json");
    for point in DecisionPoint::both().await {
        for endpoint in ["evaluation", "evaluations"] {
            for path in required {
                let answer = point.ask(endpoint, &without(path)).await;
                answer.problem(400, "invalid-request");
            }
            for asked in [
                of_type("subject", json!("alice")),
                of_type("action", json!({ "name": 123 })),
            ] {
                point.ask(endpoint, &asked).await.problem(400, "invalid-request");
            }
        }
        for (endpoint, asked) in &searches {
            point.ask(endpoint, asked).await.problem(400, "invalid-request");
        }
        for endpoint in [
            "evaluation",
            "evaluations",
            "search/subject",
            "search/resource",
            "search/action",
        ] {
            let text = first().to_string();
            for headers in [
                &[][..],
                &[("content-type", "text/plain")],
                &[("content-type", "application/xml")],
            ] {
                let answer = point.send(endpoint, &text, headers).await;
                answer.problem(400, "unsupported-media-type");
            }
            for text in ["", "{", "nonsense", "{\"subject\":"] {
                let answer = point.send(endpoint, text, &[json_type]).await;
                assert_eq!(answer.status, 400, "{endpoint} {text:?}: {:#}", answer.body);
            }
        }
    }
}

/// 2.5.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_id_comes_back_and_none_is_needed() {
    for point in DecisionPoint::both().await {
        let json_type = ("content-type", "application/json");
        let text = first().to_string();
        let id = ("x-request-id", "bfe9eb29-ab87-4ca3-be83-a1d5d8305716");
        let answer = point.send("evaluation", &text, &[json_type, id]).await.expect(200);
        assert_eq!(answer.header("x-request-id"), Some(id.1));
        point.send("evaluation", &text, &[json_type]).await.expect(200);
    }
}

/// The "why" of a decision under a condition.
#[tokio::test(flavor = "multi_thread")]
async fn a_decision_tells_the_condition_that_is_met_or_those_that_would_permit_it() {
    let not_archived = json!({ "resource.status": { "is_not": "archived" } });
    for point in DecisionPoint::both().await {
        let why = async |asked: &Value| point.ask("evaluation", asked).await.expect(200).body["context"].clone();
        let write = |subject: &Value, resource: &Value| question(subject, &action("write"), resource);
        let permitted = why(&write(&user("alice"), &record("record-1"))).await;
        assert_eq!(permitted["role"], "editor");
        assert_eq!(permitted["when"], not_archived);
        let unconditional = why(&first()).await;
        assert!(unconditional.get("when").is_none(), "{unconditional:#}");
        let denied = why(&write(&user("alice"), &record_with("record-2", "archived"))).await;
        assert_eq!(denied["reason"], "condition_not_met");
        assert_eq!(denied["needed"]["roles"], json!(["owner", "editor", "archivist"]));
        let conditions = json!([
            { "role": "editor", "when": not_archived },
            { "role": "archivist", "when": { "resource.status": { "is": "archived" } } },
            { "role": "archivist", "when": { "subject.role": { "is": "admin" } } },
        ]);
        assert_eq!(denied["needed"]["conditions"], conditions);
    }
}
