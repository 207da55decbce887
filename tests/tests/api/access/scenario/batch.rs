//! Section 3: batches of decisions.

use super::{DecisionPoint, action, admin, first, question, record, record_with, user};
use serde_json::{Value, json};

/// 3.2.1 to 3.2.7, 3.3.
#[tokio::test(flavor = "multi_thread")]
async fn batch_every_question_is_decided_in_order_with_its_defaults() {
    let (alice, bob, read, write) = (user("alice"), user("bob"), action("read"), action("write"));
    let cases = [
        (
            json!({ "subject": bob, "resource": record("record-1"), "evaluations": [{ "action": read }, { "action": write }] }),
            [true, false],
        ),
        (
            json!({ "subject": alice, "action": write, "evaluations": [
                { "resource": record_with("record-1", "active") }, { "resource": record_with("record-2", "archived") }] }),
            [true, false],
        ),
        (
            json!({ "action": write, "resource": record_with("record-2", "archived"),
                "evaluations": [{ "subject": alice }, { "subject": admin() }] }),
            [false, true],
        ),
        (
            json!({ "evaluations": [question(&alice, &read, &record("record-1")), question(&bob, &write, &record("record-1"))] }),
            [true, false],
        ),
        // A required field that an entry leaves out is the default's; the rest of an entity is not.
        (
            json!({ "subject": alice, "action": write, "resource": { "type": "record" }, "evaluations": [
                { "resource": { "id": "record-1", "properties": { "status": "active" } } },
                { "resource": record_with("record-2", "archived") }] }),
            [true, false],
        ),
        (
            json!({ "subject": alice, "action": write, "resource": record_with("record-2", "archived"), "evaluations": [
                { "resource": { "id": "record-2" } }, {}] }),
            [true, false],
        ),
    ];
    let open = [
        json!({ "subject": alice, "action": read,
            "evaluations": [{ "resource": record("record-1") }, { "resource": record("record-2") }] }),
        json!({ "subject": alice, "action": read, "context": { "time": "2025-06-27T18:03-07:00" }, "evaluations": [
            { "resource": record("record-1") },
            { "resource": record("record-2"), "context": { "time": "2025-06-27T19:00-07:00", "source": "batch-override" } }] }),
    ];
    for point in DecisionPoint::both().await {
        for (asked, decisions) in &cases {
            assert_eq!(point.decides_all(asked).await, decisions, "{asked}");
        }
        for asked in &open {
            assert_eq!(point.decides_all(asked).await.len(), 2, "{asked}");
        }
    }
}

/// 3.4.
#[tokio::test(flavor = "multi_thread")]
async fn batch_an_incomplete_question_is_denied_alone_and_no_list_is_one_question() {
    for point in DecisionPoint::both().await {
        let asked = json!({ "subject": user("alice"), "action": action("read"), "evaluations": [
            { "resource": record("record-1") },
            {},
            { "resource": { "type": "record" } },
            { "resource": { "id": "record-1" }, "action": {} },
            { "resource": record("record-1") }] });
        assert_eq!(point.decides_all(&asked).await, [true, false, false, false, true]);
        let answer = point.ask("evaluations", &asked).await.expect(200);
        let reason = |n: usize| answer.body["evaluations"][n]["context"].clone();
        let incomplete = |missing: Value| json!({ "reason": "incomplete_request", "missing": missing });
        assert_eq!(reason(1), incomplete(json!(["resource"])));
        assert_eq!(reason(2), incomplete(json!(["resource.id"])));
        assert_eq!(reason(3), incomplete(json!(["resource.type"])));
        let one = point.ask("evaluations", &first()).await.expect(200);
        assert_eq!(one.body["decision"], true);
        let mut empty = first();
        empty["evaluations"] = json!([]);
        assert_eq!(
            point.ask("evaluations", &empty).await.expect(200).body["decision"],
            true
        );
    }
}
