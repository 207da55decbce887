//! Instants in bodies and queries: one form, and an end of all time.

use jiff::SignedDuration;
use muster_tests::harness::{Harness, Organization};
use muster_tests::recount;
use muster_tests::shortcuts::named;
use serde_json::{Value, json};

const NEVER: &str = "9999-12-31T23:59:59Z";

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_at_the_end_of_all_time_does_not_end() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let member = acme.path(&format!("/members/{}", pat.id()));
    let grant = format!("{member}/grants/program/autumn");
    let keys = acme.keys_of(&acme.owner);
    for (text, kept) in [
        ("2999-12-31t01:30:00.250+01:30", json!("2999-12-31T00:00:00.25Z")),
        ("9999-12-31T23:59:59.999999Z", Value::Null),
        ("9999-12-31T23:59:59-12:00", Value::Null),
        ("9999-12-30T22:00:01Z", Value::Null),
        ("9999-12-30T21:59:59Z", json!("9999-12-30T21:59:59Z")),
        (NEVER, Value::Null),
    ] {
        let body = json!({ "role": "program_facilitator", "expires_at": text });
        let given = acme.owner.put(&h, &grant, &body).await.expect(200);
        let held = given.body["grants"].as_array().unwrap().iter();
        let held = held.clone().find(|grant| grant["id"] == "autumn").unwrap();
        assert_eq!(held["expires_at"], kept, "{text}");
        let mix = json!({ "role": null, "grants": [
            { "type": "program", "id": "spring", "role": "program_admin", "expires_at": text }] });
        let mixed = acme.owner.patch(&h, &member, &mix).await.expect(200);
        assert_eq!(mixed.body["grants"][0]["expires_at"], kept, "{text}");
        let key = json!({ "name": "zapier", "expires_at": text });
        let made = acme.owner.post(&h, &keys, &key).await.expect(201);
        assert_eq!(made.body["expires_at"], kept, "{text}");
        let rotated = format!("{keys}/{}/rotate", made.text("/id"));
        acme.owner.post(&h, &rotated, &Value::Null).await.expect(200);
    }
    // However far the clock goes, nothing of it is over.
    h.advance(SignedDuration::from_hours(24 * 365 * 5_000));
    while h.expire().await["complete"] != true {}
    let shown = acme.owner.get(&h, &member).await.expect(200);
    assert_eq!(shown.body["grants"].as_array().unwrap().len(), 1, "{:#}", shown.body);
    let listed = acme.owner.get(&h, &keys).await.expect(200);
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 6);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_span_of_time_is_asked_for_in_one_form() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let count = async |query: &str| {
        let page = acme
            .owner
            .get(&h, &acme.path(&format!("/events?{query}")))
            .await
            .expect(200);
        page.body["items"].as_array().unwrap().len()
    };
    let all = count("limit=100").await;
    assert!(all > 0);
    for (query, found) in [
        (format!("until={NEVER}"), all),
        (format!("since={NEVER}"), 0),
        ("since=1985-04-12t23:20:50.52z".to_owned(), all),
        ("until=1990-12-31T23:59:60Z".to_owned(), 0),
        (
            "since=0000-01-01T00:00:00Z&until=9999-12-30T00:00:00-12:00".to_owned(),
            all,
        ),
        ("since=1996-12-19T16:39:57%2B08:00".to_owned(), all),
    ] {
        assert_eq!(count(&query).await, found, "{query}");
    }
    for bad in [
        "",
        "now",
        "2026-01-31",
        "2026-01-31T12:00:00",
        "2026-01-31%2012:00:00Z",
        "2026-01-31T12:00:00+01:00",
        "2026-01-31T12:00:00Z%5BUTC%5D",
        "2026-01-31T24:00:00Z",
        "1769860800",
    ] {
        for name in ["since", "until"] {
            let path = acme.path(&format!("/events?{name}={bad}"));
            let refused = acme.owner.get(&h, &path).await.problem(400, "invalid-query");
            assert_eq!(refused.faults(), named(&[(name, "invalid_value")]), "{path}");
            let told = refused.text("/errors/0/detail");
            assert!(told.contains("RFC 3339"), "{told}");
        }
    }
}
