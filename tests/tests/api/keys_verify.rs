//! Verifying API keys: what a product's backend asks before it lets one in.

use jiff::SignedDuration;
use muster_tests::api_keys::verify;
use muster_tests::bench::Bench;
use muster_tests::faults::UPDATE;
use muster_tests::harness::{Harness, Organization};
use serde_json::{Value, json};

fn on(program: &str) -> Value {
    json!({ "type": "program", "id": program })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_key_is_told_with_what_it_may() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let key = acme.key(&h, &pat, &json!({ "name": "zapier" })).await;
    let told = |allowed: Value, code: &str| {
        json!({ "valid": true, "organization": acme.id, "member": pat.id(), "subject": "pat", "key": key.id, "name": "zapier",
            "read_only": false, "allowed": allowed, "code": code })
    };
    let write = |resource: Value| json!({ "action": "content:write", "resource": resource });
    for (asked, expected) in [
        (json!({}), told(Value::Null, "valid")),
        (json!({ "resource": on("spring") }), told(Value::Null, "valid")),
        (write(on("spring")), told(json!(true), "valid")),
        (write(on("autumn")), told(json!(false), "not_allowed")),
        (write(on("nowhere")), told(json!(false), "not_allowed")),
        (write(Value::Null), told(json!(false), "not_allowed")),
        (
            json!({ "action": "no:such", "resource": on("spring") }),
            told(json!(false), "not_allowed"),
        ),
    ] {
        assert_eq!(key.verify(&h, &asked).await.expect(200).body, expected, "{asked}");
    }
    let mut as_member = told(Value::Null, "valid");
    as_member.as_object_mut().unwrap().remove("subject");
    let asked = json!({ "key": key.secret });
    let answer = acme.owner.post(&h, "/v1/api-keys/verify", &asked).await.expect(200);
    assert_eq!(
        answer.body, as_member,
        "only the platform knows users by subject everywhere"
    );
    // What is not registered is for roles on the whole organization.
    let whole = acme.key(&h, &acme.owner, &json!({ "name": "whole" })).await;
    assert!(whole.may(&h, "content:write", Some("nowhere")).await);
    let limited = json!({ "name": "limited", "resources": [on("spring")] });
    let limited = acme.key(&h, &acme.owner, &limited).await;
    assert!(limited.may(&h, "content:write", Some("spring")).await);
    for program in [Some("autumn"), Some("nowhere"), None] {
        assert!(!limited.may(&h, "content:write", program).await, "{program:?}");
    }
    let reading = acme
        .key(&h, &acme.owner, &json!({ "name": "reading", "read_only": true }))
        .await;
    assert!(reading.may(&h, "content:read", Some("spring")).await);
    assert!(!reading.may(&h, "content:write", Some("spring")).await);
    assert_eq!(reading.verify(&h, &json!({})).await.expect(200).body["read_only"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_signed_in_caller_may_ask_and_a_key_may_not() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let key = acme.key(&h, &acme.owner, &json!({ "name": "zapier" })).await;
    let body = json!({ "key": key.secret });
    let stranger = h
        .person("stella")
        .post(&h, "/v1/api-keys/verify", &body)
        .await
        .expect(200);
    assert_eq!(stranger.body["valid"], true);
    let through = key.persona.post(&h, "/v1/api-keys/verify", &body).await;
    through.problem(403, "sign-in-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistyped_secret_is_refused_before_anything_is_read() {
    let b = Bench::start().await;
    let acme = Organization::make(&b.h).await;
    let key = acme.key(&b.h, &acme.owner, &json!({ "name": "zapier" })).await;
    let other = |c: char| if c == 'x' { 'y' } else { 'x' };
    let mut mistyped = vec!["", "mk_", "mk", "key", &key.id, &key.secret[..85], &key.secret[1..]]
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    for (at, c) in key.secret.char_indices() {
        let mut text = key.secret.clone();
        text.replace_range(at..=at, &other(c).to_string());
        mistyped.push(text);
    }
    let neighbors = key.secret.chars().zip(key.secret.chars().skip(1)).enumerate();
    for (at, (one, two)) in neighbors.filter(|(_, (one, two))| one != two) {
        let mut text = key.secret.clone();
        text.replace_range(at..at + 2, &format!("{two}{one}"));
        mistyped.push(text);
    }
    b.faults.clear();
    for secret in &mistyped {
        let answer = verify(&b.h, secret, &json!({ "action": "content:read" }))
            .await
            .expect(200);
        assert_eq!(answer.body, json!({ "valid": false, "code": "malformed" }), "{secret}");
        if secret.starts_with("mk_") {
            let through = acme.owner.through(secret);
            for path in [acme.path(""), acme.path("/members"), "/v1/organizations".to_owned()] {
                through.get(&b.h, &path).await.problem(401, "unauthorized");
            }
        }
    }
    assert!(b.faults.calls().is_empty(), "{:?}", b.faults.calls());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guessed_secret_with_a_right_checksum_opens_nothing() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let key = acme.key(&h, &acme.owner, &json!({ "name": "zapier" })).await;
    let known: muster_domain::Secret = key.secret.parse().unwrap();
    let guess = muster_domain::Secret::new(known.key(), known.organization(), 7);
    let elsewhere = muster_domain::Secret::new(known.key(), muster_domain::OrganizationId::from_bytes([7; 16]), 7);
    for secret in [guess, elsewhere] {
        let told = verify(&h, secret.reveal(), &json!({})).await.expect(200);
        assert_eq!(told.body, json!({ "valid": false, "code": "not_found" }));
        let through = acme.owner.through(secret.reveal());
        let refused = through.get(&h, &acme.path("")).await;
        assert!([401, 404].contains(&refused.status), "{:#}", refused.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_use_is_noted_once_an_hour_whether_verified_or_on_a_route() {
    let b = Bench::start().await;
    let acme = Organization::make(&b.h).await;
    let key = acme.key(&b.h, &acme.owner, &json!({ "name": "zapier" })).await;
    let noted = async || {
        b.faults.clear();
        for _ in 0..3 {
            key.verify(&b.h, &json!({})).await.expect(200);
            key.persona.get(&b.h, &acme.path("/members")).await.expect(200);
        }
        b.faults.count(UPDATE)
    };
    for _ in 0..2 {
        assert_eq!(noted().await, 1);
        assert_eq!(noted().await, 0);
        b.h.advance(SignedDuration::from_mins(61));
    }
    let listed = acme.owner.get(&b.h, &acme.keys_of(&acme.owner)).await.expect(200);
    let used: jiff::Timestamp = listed.text("/items/0/last_used_at").parse().unwrap();
    assert!(b.h.backend.clock().now().duration_since(used) < SignedDuration::from_mins(62));
}
