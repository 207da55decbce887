//! Whatever its owner loses, a key loses at the very next call.

use aws_sdk_dynamodb::types::AttributeValue;
use muster_local::Options;
use muster_tests::harness::{Harness, Organization};
use muster_tests::{NewKey, Persona, recount, samples};
use serde_json::{Value, json};

async fn made(h: &Harness, acme: &Organization, owner: &Persona) -> NewKey {
    acme.key(h, owner, &json!({ "name": "zapier" })).await
}

/// What the key is answered with where it reads this of the organization.
async fn opened(h: &Harness, acme: &Organization, key: &NewKey, rest: &str) -> u16 {
    key.persona.get(h, &acme.path(rest)).await.status
}

async fn change(h: &Harness, acme: &Organization, member: &Persona, body: &Value) {
    let path = acme.path(&format!("/members/{}", member.id()));
    acme.owner.patch(h, &path, body).await.expect(200);
}

/// A backend that does nothing by itself, so that what is there is not what a job has left.
async fn without_jobs() -> Harness {
    Harness::with(Options {
        timers: false,
        streams: false,
        ..Options::default()
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn demoted() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let key = made(&h, &acme, &ann).await;
    assert!(key.may(&h, "content:write", Some("spring")).await);
    assert_eq!(opened(&h, &acme, &key, "/events").await, 200);
    let spring = json!([{ "type": "program", "id": "spring" }]);
    change(&h, &acme, &ann, &json!({ "role": "participant", "resources": spring })).await;
    assert!(!key.may(&h, "content:write", Some("spring")).await);
    assert!(key.may(&h, "content:read", Some("spring")).await);
    assert_eq!(opened(&h, &acme, &key, "/events").await, 403);
    assert_eq!(opened(&h, &acme, &key, "/resources").await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_removed() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring", "autumn"]).await;
    let key = made(&h, &acme, &pat).await;
    let seen = async || {
        let page = key.persona.get(&h, &acme.path("/resources")).await.expect(200);
        page.body["items"].as_array().unwrap().len()
    };
    assert!(key.may(&h, "content:write", Some("spring")).await);
    assert_eq!(seen().await, 2);
    let autumn = json!([{ "type": "program", "id": "autumn" }]);
    change(
        &h,
        &acme,
        &pat,
        &json!({ "role": "program_admin", "resources": autumn }),
    )
    .await;
    assert!(!key.may(&h, "content:write", Some("spring")).await);
    assert!(key.may(&h, "content:write", Some("autumn")).await);
    assert_eq!(seen().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_resource_deleted() {
    let h = without_jobs().await;
    let acme = Organization::make(&h).await;
    let pat = samples::join(&h, &acme, "pat", "program_admin", &["spring"]).await;
    let key = made(&h, &acme, &pat).await;
    assert!(key.may(&h, "content:write", Some("spring")).await);
    let spring = acme.path("/resources/program/spring");
    acme.owner.delete(&h, &spring).await.expect(204);
    assert!(!key.may(&h, "content:write", Some("spring")).await);
    assert_eq!(opened(&h, &acme, &key, "/members").await, 403);
    // Registered again it is another program.
    acme.owner
        .put(&h, &spring, &json!({ "name": "Spring" }))
        .await
        .expect(201);
    assert!(!key.may(&h, "content:write", Some("spring")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn deactivated() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let key = made(&h, &acme, &ann).await;
    assert_eq!(opened(&h, &acme, &key, "/members").await, 200);
    let body = json!({ "members": [ann.id()] });
    acme.owner
        .post(&h, &acme.path("/members/deactivate"), &body)
        .await
        .expect(200);
    assert_eq!(
        key.verify(&h, &json!({ "action": "content:read" }))
            .await
            .expect(200)
            .body,
        json!({ "valid": false, "code": "owner_inactive" })
    );
    assert_eq!(opened(&h, &acme, &key, "/members").await, 401);
    acme.owner
        .post(&h, &acme.path("/members/activate"), &body)
        .await
        .expect(200);
    assert_eq!(key.code(&h).await, "valid");
    assert_eq!(opened(&h, &acme, &key, "/members").await, 200);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn removed_and_added_again() {
    let h = without_jobs().await;
    let acme = Organization::make(&h).await;
    let ann = samples::join(&h, &acme, "ann", "admin", &[]).await;
    let key = made(&h, &acme, &ann).await;
    assert_eq!(key.code(&h).await, "valid");
    let path = acme.path(&format!("/members/{}", ann.id()));
    acme.owner.delete(&h, &path).await.expect(204);
    assert_eq!(key.code(&h).await, "owner_gone");
    assert_eq!(opened(&h, &acme, &key, "/members").await, 401);
    recount(&h).await;

    // Picked from the contacts, they are a member again at once.
    let picked = json!({ "contact": ann.id(), "role": "admin" });
    acme.owner.post(&h, &acme.path("/members"), &picked).await.expect(201);
    assert_eq!(key.code(&h).await, "revoked");
    assert_eq!(opened(&h, &acme, &key, "/members").await, 401);
    let fresh = made(&h, &acme, &ann).await;
    assert_eq!(
        (fresh.code(&h).await, opened(&h, &acme, &fresh, "/members").await),
        ("valid".into(), 200)
    );
    let listed = ann.get(&h, &acme.keys_of(&ann)).await.expect(200);
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 1);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_of_the_keys_of_one_who_leaves_goes_in_the_background() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let mut keys = Vec::new();
    for _ in 0..20 {
        keys.push(made(&h, &acme, &ann).await);
    }
    ann.delete(&h, &acme.path("/members/me")).await.expect(204);
    h.backend.drained().await;
    for key in &keys {
        assert_eq!(key.code(&h).await, "not_found");
    }
    assert!(samples::ids(&h, &acme.id, "KEY#").await.is_empty());
    assert!(samples::ids(&h, &acme.id, "JOB#").await.is_empty());
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_expired() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let helper = acme.helper(&h, "hal").await;
    let key = made(&h, &acme, &helper).await;
    assert!(key.may(&h, "content:write", None).await);
    assert_eq!(opened(&h, &acme, &key, "/members").await, 200);
    // No job has run: access is over at the instant.
    h.advance_days(32);
    assert!(!key.may(&h, "content:write", None).await);
    assert_eq!(opened(&h, &acme, &key, "/members").await, 403);
    assert_eq!(opened(&h, &acme, &key, "").await, 403);
    // The job revokes it for good, and the role given again does not bring it back.
    h.run_schedule().await;
    let events = acme.events(&h).await;
    let ended = events.iter().find(|e| e["kind"] == "member.role_ended").unwrap();
    assert_eq!(ended["after"], json!({ "api_keys_revoked": 1 }));
    change(
        &h,
        &acme,
        &helper,
        &json!({ "role": "implementation_admin", "duration": "1_month" }),
    )
    .await;
    assert_eq!(key.code(&h).await, "not_found");
    assert_eq!(opened(&h, &acme, &key, "/members").await, 401);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_switched_off() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let helper = acme.helper(&h, "hal").await;
    let key = made(&h, &acme, &helper).await;
    assert!(key.may(&h, "content:write", None).await);
    acme.optional_roles(&h, &[]).await;
    assert!(!key.may(&h, "content:write", None).await);
    assert!([401, 403].contains(&opened(&h, &acme, &key, "/members").await));
    h.backend.drained().await;
    acme.optional_roles(&h, &["implementation_admin"]).await;
    assert_eq!(key.code(&h).await, "not_found");
    assert_eq!(opened(&h, &acme, &key, "/members").await, 401);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_organization_deleted() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let key = made(&h, &acme, &acme.owner).await;
    assert_eq!(opened(&h, &acme, &key, "").await, 200);
    let at = |name: &str, value: String| (name.to_owned(), AttributeValue::S(value));
    let place = [at("PK", format!("ORG#{}", acme.id)), at("SK", "ORG".into())];
    aws_sdk_dynamodb::Client::new(h.backend.app().sdk())
        .update_item()
        .table_name(h.backend.table())
        .set_key(Some(place.into()))
        .update_expression("SET deleted_at = :now")
        .expression_attribute_values(":now", AttributeValue::S(h.backend.clock().now().to_string()))
        .send()
        .await
        .unwrap();
    assert_eq!(key.code(&h).await, "organization_deleted");
    for rest in ["", "/members", "/events"] {
        assert_eq!(opened(&h, &acme, &key, rest).await, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_owner_is_given_later_is_not_for_a_key_that_another_made() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let own = made(&h, &acme, &pat).await;
    let given = acme.key_for(&h, &ann, &pat, &json!({ "name": "by ann" })).await;
    let grants = json!([{ "type": "program", "id": "spring", "role": "program_admin" }]);
    change(&h, &acme, &pat, &json!({ "role": "owner", "grants": grants })).await;
    assert!(own.may(&h, "billing:manage", None).await);
    assert_eq!(opened(&h, &acme, &own, "/events").await, 200);
    for (action, program, allowed) in [
        ("content:write", Some("spring"), true),
        ("content:write", Some("autumn"), false),
        ("billing:manage", None, false),
    ] {
        assert_eq!(given.may(&h, action, program).await, allowed, "{action} {program:?}");
    }
    assert_eq!(opened(&h, &acme, &given, "/events").await, 403);
    let body = json!({ "name": "Ann's" });
    given
        .persona
        .patch(&h, &acme.path(""), &body)
        .await
        .problem(403, "forbidden");
    // Not even what ann would be told by a new secret.
    let path = format!("{}/{}/rotate", acme.keys_of(&pat), own.id);
    ann.post(&h, &path, &Value::Null).await.problem(403, "forbidden");
}
