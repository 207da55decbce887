//! API keys over HTTP: making, listing, revoking and rotating them.

use jiff::SignedDuration;
use muster_domain::api_key::MAX_KEYS;
use muster_tests::harness::{Harness, Organization};
use muster_tests::shortcuts::named;
use muster_tests::{Answer, NewKey, recount};
use serde_json::{Value, json};

fn plain() -> Value {
    json!({ "name": "zapier" })
}

/// The names of a list, in order.
fn names(list: &Answer) -> Vec<&str> {
    let items = list.body["items"].as_array().unwrap();
    items.iter().map(|key| key["name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_is_shown_once_and_a_list_shows_all_but_it() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let spring = json!([{ "type": "program", "id": "spring" }]);
    let body =
        json!({ "name": "zapier", "read_only": true, "resources": spring, "expires_at": "2999-12-31T00:00:00Z" });
    let made = pat
        .post(&h, &acme.path("/members/me/api-keys"), &body)
        .await
        .expect(201);
    let (secret, prefix) = (made.text("/secret"), made.text("/prefix"));
    assert_eq!((secret.len(), secret.starts_with(&prefix)), (86, true));
    assert_eq!(prefix.strip_prefix("mk_"), made.text("/id").strip_prefix("key_"));

    let listed = pat.get(&h, &acme.keys_of(&pat)).await.expect(200);
    assert_eq!(listed.body["items"], json!([made.lasting()]));
    let shown = &listed.body["items"][0];
    let expected = json!({
        "id": made.text("/id"), "name": "zapier", "prefix": prefix, "read_only": true,
        "resources": [{ "type": "program", "id": "spring", "name": "Spring cohort" }],
        "made_by": pat.id(), "created_at": shown["created_at"], "expires_at": "2999-12-31T00:00:00Z",
        "old_secret_until": null, "last_used_at": null, "version": shown["version"],
    });
    assert_eq!(*shown, expected);

    acme.key(&h, &pat, &plain())
        .await
        .persona
        .get(&h, &acme.path(""))
        .await
        .expect(200);
    let page = pat
        .get(&h, &format!("{}?limit=1", acme.keys_of(&pat)))
        .await
        .expect(200);
    let next = format!("{}?limit=1&cursor={}", acme.keys_of(&pat), page.text("/next_cursor"));
    let second = pat.get(&h, &next).await.expect(200);
    assert_eq!(second.body["items"].as_array().unwrap().len(), 1);
    assert!(second.body["items"][0]["last_used_at"].is_string(), "{:#}", second.body);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_makes_one_key_and_is_not_told_its_secret_again() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let path = acme.path("/members/me/api-keys");
    let once = [("idempotency-key", "once")];
    let post = async |path: &str, body: Value| {
        let answer = h.send(Some(&acme.owner), reqwest::Method::POST, path, Some(&body), &once);
        answer.await
    };
    let first = post(&path, plain()).await.expect(201);
    let again = post(&path, plain()).await.expect(201);
    assert_eq!(
        (&again.body, again.header("idempotent-replayed")),
        (&first.lasting(), Some("true"))
    );
    let turn = format!("{path}/{}/rotate", first.text("/id"));
    let first = post(&turn, json!({})).await.expect(200);
    assert_eq!(post(&turn, json!({})).await.expect(200).body, first.lasting());
    assert_eq!(acme.recorded(&h, "api_key.rotated").await, 1);
    assert_eq!(names(&acme.owner.get(&h, &path).await.expect(200)), ["zapier"]);
    // What is kept for repeats lies in the table, which holds no secret.
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_gone_at_once_and_its_place_is_free() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let key = acme.key(&h, &acme.owner, &plain()).await;
    for n in 1..MAX_KEYS {
        acme.key(&h, &acme.owner, &json!({ "name": format!("key {n}") })).await;
    }
    let path = acme.keys_of(&acme.owner);
    acme.owner
        .post(&h, &path, &plain())
        .await
        .problem(409, "too-many-api-keys");
    let own = format!("{path}/{}", key.id);
    acme.owner.delete(&h, &own).await.expect(204);
    assert_eq!(key.code(&h).await, "revoked");
    key.persona.get(&h, &acme.path("")).await.problem(401, "unauthorized");
    acme.owner.delete(&h, &own).await.problem(404, "not-found");
    let turn = format!("{own}/rotate");
    acme.owner.post(&h, &turn, &Value::Null).await.problem(404, "not-found");
    let listed = acme.owner.get(&h, &path).await.expect(200);
    assert!(!names(&listed).contains(&"zapier"));
    acme.key(&h, &acme.owner, &plain()).await;
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_secret_opens_until_its_time_is_up() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let first = acme.key(&h, &acme.owner, &plain()).await;
    let turn = format!("{}/{}/rotate", acme.keys_of(&acme.owner), first.id);
    // A day, where nobody says otherwise.
    let turned = acme.owner.post(&h, &turn, &Value::Null).await.expect(200);
    let second = NewKey {
        secret: turned.text("/secret"),
        persona: acme.owner.through(&turned.text("/secret")),
        ..first.clone()
    };
    h.advance(SignedDuration::from_hours(23));
    for key in [&first, &second] {
        assert_eq!(key.code(&h).await, "valid");
        key.persona.get(&h, &acme.path("")).await.expect(200);
    }
    h.advance(SignedDuration::from_hours(1));
    assert_eq!(
        (first.code(&h).await, second.code(&h).await),
        ("not_found".into(), "valid".into())
    );
    first.persona.get(&h, &acme.path("")).await.problem(401, "unauthorized");

    let third = acme.rotate(&h, &second, 168).await;
    let fourth = acme.rotate(&h, &third, 1).await;
    let codes = [second.code(&h).await, third.code(&h).await, fourth.code(&h).await];
    assert_eq!(codes, ["not_found", "valid", "valid"]);
    let last = acme.rotate(&h, &fourth, 0).await;
    assert_eq!(
        (fourth.code(&h).await, last.code(&h).await),
        ("not_found".into(), "valid".into())
    );

    let refused = acme.owner.post(&h, &turn, &json!({ "overlap_hours": 169 })).await;
    let refused = refused.problem(422, "invalid-request");
    assert_eq!(refused.faults(), named(&[("overlap_hours", "out_of_range")]));
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_ends_at_its_instant_and_is_not_rotated_any_more() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let end = h.backend.clock().now() + SignedDuration::from_hours(1);
    let key = acme
        .key(
            &h,
            &acme.owner,
            &json!({ "name": "short", "expires_at": end.to_string() }),
        )
        .await;
    assert_eq!(key.code(&h).await, "valid");
    h.advance(SignedDuration::from_hours(1));
    assert_eq!(key.code(&h).await, "expired");
    key.persona.get(&h, &acme.path("")).await.problem(401, "unauthorized");
    let own = format!("{}/{}", acme.keys_of(&acme.owner), key.id);
    let turn = acme.owner.post(&h, &format!("{own}/rotate"), &Value::Null).await;
    turn.problem(409, "api-key-expired");
    // It counts, and is listed, until it is revoked.
    assert_eq!(
        names(&acme.owner.get(&h, &acme.keys_of(&acme.owner)).await.expect(200)),
        ["short"]
    );
    acme.owner.delete(&h, &own).await.expect(204);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_named_and_nothing_is_made() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let resource = |kind: &str, id: &str| json!({ "type": kind, "id": id });
    let resources = [
        resource("program", "spring"),
        resource("program", "autumn"),
        resource("program", "winter"),
        resource("site", "spring"),
    ];
    let body = json!({ "name": "x", "resources": resources, "expires_at": "2001-01-01T00:00:00Z" });
    let refused = pat
        .post(&h, &acme.keys_of(&pat), &body)
        .await
        .problem(422, "invalid-request");
    let expected = [
        ("resources[1]", "unknown_resource"),
        ("resources[2]", "unknown_resource"),
        ("resources[3]", "unknown_resource"),
        ("expires_at", "in_the_past"),
    ];
    assert_eq!(refused.faults(), named(&expected));
    assert_eq!(acme.recorded(&h, "api_key.created").await, 0);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_manages_no_keys_of_members_above_or_beside_them() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let sam = acme.join(&h, "sam", "program_sponsor", &["spring"]).await;
    let far = acme.join(&h, "far", "program_sponsor", &["autumn"]).await;
    for (who, owner, status, kind) in [
        (&ann, &acme.owner, 403, "forbidden"),
        (&sam, &pat, 403, "forbidden"),
        (&pat, &far, 404, "not-found"),
    ] {
        let path = acme.keys_of(owner);
        let key = acme.key(&h, owner, &plain()).await;
        let own = format!("{path}/{}", key.id);
        who.post(&h, &path, &plain()).await.problem(status, kind);
        who.get(&h, &path).await.problem(status, kind);
        who.post(&h, &format!("{own}/rotate"), &Value::Null)
            .await
            .problem(status, kind);
        who.delete(&h, &own).await.problem(status, kind);
        // Nor under another's name.
        let beside = format!("{}/{}", acme.keys_of(who), key.id);
        who.delete(&h, &beside).await.problem(404, "not-found");
        assert_eq!(key.code(&h).await, "valid");
    }
    // A member limited to programs names those the key is for.
    let refused = pat
        .post(&h, &acme.keys_of(&sam), &plain())
        .await
        .problem(422, "invalid-request");
    assert_eq!(refused.faults(), named(&[("resources", "required")]));
    let body = json!({ "name": "for sam", "resources": [{ "type": "program", "id": "spring" }] });
    let key = acme.key_for(&h, &pat, &sam, &body).await;
    assert!(key.may(&h, "programs:read", Some("spring")).await);
    assert!(!key.may(&h, "content:write", Some("spring")).await);
    pat.delete(&h, &format!("{}/{}", acme.keys_of(&sam), key.id))
        .await
        .expect(204);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_to_keys_is_recorded_without_any_secret() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let key = acme.key_for(&h, &acme.owner, &pat, &plain()).await;
    let turned = acme.rotate(&h, &key, 24).await;
    let own = format!("{}/{}", acme.keys_of(&pat), key.id);
    acme.owner.delete(&h, &own).await.expect(204);
    let events = acme.events(&h).await;
    let of_key: Vec<_> = events
        .iter()
        .filter(|e| e["subject"]["id"] == key.id.as_str())
        .collect();
    let told: Vec<_> = of_key
        .iter()
        .map(|e| (&e["kind"], &e["actor"]["id"], &e["subject"]["type"]))
        .collect();
    let expected = [
        (json!("api_key.revoked"), acme.owner.id()),
        (json!("api_key.rotated"), pat.id()),
        (json!("api_key.created"), acme.owner.id()),
    ];
    assert_eq!(told.len(), 3);
    for (found, (kind, actor)) in told.iter().zip(expected) {
        assert_eq!((found.0, found.1, found.2), (&kind, &json!(actor), &json!("api_key")));
    }
    let text = json!(events).to_string();
    for secret in [&key.secret, &turned.secret] {
        assert!(!text.contains(&secret[36..]), "an event tells a secret");
    }
    assert!(!text.contains("\"hash\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_without_access_gets_neither_a_key_nor_a_new_secret() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let key = acme.key_for(&h, &acme.owner, &pat, &plain()).await;
    let member = acme.path(&format!("/members/{}", pat.id()));
    acme.owner
        .patch(&h, &member, &json!({ "status": "inactive" }))
        .await
        .expect(200);
    let path = acme.keys_of(&pat);
    let turn = format!("{path}/{}/rotate", key.id);
    for (path, body) in [(&path, plain()), (&turn, Value::Null)] {
        let refused = acme.owner.post(&h, path, &body).await;
        refused.problem(409, "member-without-access");
    }
    recount(&h).await;
}
