//! What is permitted, by what; and why not, and what it would take.

use super::{denies, permits, program, told, user};
use muster_tests::harness::{Harness, Organization};
use muster_tests::recount;
use muster_tests::samples::{join, waiting_token};
use muster_tests::stream::Stream;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_permit_names_the_role_and_what_it_is_held_on() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let both = acme.join(&h, "bo", "admin", &[]).await;
    let path = acme.path(&format!("/members/{}", both.id()));
    let grants = json!([{ "type": "program", "id": "spring", "role": "program_sponsor" }]);
    acme.owner
        .patch(&h, &path, &json!({ "role": "admin", "grants": grants }))
        .await
        .expect(200);
    let (owner, pat, both) = (
        user(&acme, &acme.owner.id()),
        user(&acme, &pat.id()),
        user(&acme, &both.id()),
    );
    permits(&told(&h, &owner, "billing:manage", "spring").await, "owner", None);
    permits(
        &told(&h, &pat, "content:write", "spring").await,
        "program_admin",
        Some("spring"),
    );
    // The higher of two.
    permits(&told(&h, &both, "programs:read", "spring").await, "admin", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_says_which_roles_would_do_and_where() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let sam = acme.join(&h, "sam", "program_sponsor", &["spring"]).await;
    let sam = user(&acme, &sam.id());
    let denied = told(&h, &sam, "content:write", "spring").await;
    let roles = ["owner", "admin", "implementation_admin", "program_admin"];
    let needed = json!({ "permission": "content:write", "roles": roles, "on": program("spring") });
    assert_eq!(
        denied,
        json!({ "decision": false, "context": { "reason": "role_missing", "needed": needed } })
    );
    // Nothing is registered there, so only a role on the whole organization would do.
    let denied = told(&h, &sam, "programs:read", "winter").await;
    let needed =
        json!({ "permission": "programs:read", "roles": ["owner", "admin", "implementation_admin"], "on": null });
    assert_eq!(
        denied,
        json!({ "decision": false, "context": { "reason": "role_missing", "needed": needed } })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_registered_is_open_to_roles_on_the_whole_organization_alone() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring", "autumn"]).await;
    let (owner, pat) = (user(&acme, &acme.owner.id()), user(&acme, &pat.id()));
    for on in ["winter", "no id at all", "", "a/b#c", &"x".repeat(2_000)] {
        permits(&told(&h, &owner, "content:write", on).await, "owner", None);
        denies(&told(&h, &pat, "content:write", on).await, "role_missing");
    }
    let other = json!({ "subject": pat, "action": { "name": "programs:read" }, "resource": { "type": "Room 1", "id": "spring" } });
    let answer = h.platform().post(&h, super::EVALUATION, &other).await.expect(200);
    denies(&answer.body, "role_missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_subjects_and_resources_are_denied_with_a_reason_and_never_an_error() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let stranger = h.person("stella").id();
    for subject in [
        user(&acme, &stranger),
        user(&acme, "alice@example.com"),
        user(&acme, ""),
        json!({ "type": "service", "id": acme.owner.id(), "properties": { "organization": acme.id } }),
        json!({ "type": "api_key", "id": "key_nonsense", "properties": { "organization": acme.id } }),
        json!({ "type": "api_key", "id": acme.owner.id(), "properties": { "organization": acme.id } }),
        json!({ "type": "", "id": "", "properties": { "organization": acme.id } }),
    ] {
        denies(&told(&h, &subject, "content:read", "spring").await, "unknown_subject");
    }
    let owner = user(&acme, &acme.owner.id());
    for action in ["", "content:burn", "CONTENT:READ", "content:read ", "*"] {
        denies(&told(&h, &owner, action, "spring").await, "unknown_action");
    }
    for organization in [
        json!("org_0000000000000000000042"),
        json!("acme"),
        json!(7),
        json!(null),
        json!([acme.id]),
    ] {
        let mut subject = owner.clone();
        subject["properties"]["organization"] = organization;
        denies(
            &told(&h, &subject, "content:read", "spring").await,
            "unknown_organization",
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn access_that_has_ended_is_denied_at_once_and_said_to_have_ended() {
    // Nothing reads the stream: the role that is switched off must not be taken away before it is asked about.
    let (h, _stream) = Stream::apart().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let helper = h.person("hal").with_email("hal@partner.example", true);
    acme.invite(&h, helper.email(), "implementation_admin", &[]).await;
    let token = waiting_token(&h, &helper).await;
    helper.accept(&h, &token).await.expect(200);
    let pat = join(&h, &acme, "pat", "program_admin", &["spring"]).await;
    let (hal, patty) = (user(&acme, &helper.id()), user(&acme, &pat.id()));
    permits(
        &told(&h, &hal, "content:write", "spring").await,
        "implementation_admin",
        None,
    );
    permits(
        &told(&h, &patty, "content:write", "spring").await,
        "program_admin",
        Some("spring"),
    );

    acme.optional_roles(&h, &[]).await;
    denies(&told(&h, &hal, "content:write", "spring").await, "role_ended");

    acme.owner
        .delete(&h, &acme.path("/resources/program/spring"))
        .await
        .expect(204);
    denies(&told(&h, &patty, "content:write", "spring").await, "role_missing");
    // Another registration of the name is another program.
    acme.owner
        .put(&h, &acme.path("/resources/program/spring"), &json!({ "name": "Again" }))
        .await
        .expect(201);
    denies(&told(&h, &patty, "content:write", "spring").await, "role_missing");

    let kay = join(&h, &acme, "kay", "program_admin", &["autumn"]).await;
    let end = h.backend.clock().now() + jiff::SignedDuration::from_hours(1);
    let grants = json!([{ "type": "program", "id": "autumn", "role": "program_admin", "expires_at": end.to_string() }]);
    let path = acme.path(&format!("/members/{}", kay.id()));
    acme.owner
        .patch(&h, &path, &json!({ "role": null, "grants": grants }))
        .await
        .expect(200);
    let kay = user(&acme, &kay.id());
    permits(
        &told(&h, &kay, "content:write", "autumn").await,
        "program_admin",
        Some("autumn"),
    );
    h.advance(jiff::SignedDuration::from_hours(1));
    denies(&told(&h, &kay, "content:write", "autumn").await, "role_ended");
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inactive_member_and_a_former_one_may_nothing() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let subject = user(&acme, &ann.id());
    let body = json!({ "members": [ann.id()] });
    acme.owner
        .post(&h, &acme.path("/members/deactivate"), &body)
        .await
        .expect(200);
    denies(&told(&h, &subject, "content:read", "spring").await, "member_inactive");
    acme.owner
        .delete(&h, &acme.path(&format!("/members/{}", ann.id())))
        .await
        .expect(204);
    denies(&told(&h, &subject, "content:read", "spring").await, "unknown_subject");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_organization_is_named_by_the_subject_the_resource_or_the_context_and_not_by_two_of_them_differently() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let subject = json!({ "type": "user", "id": acme.owner.id() });
    let here = json!({ "organization": acme.id, "other": [1, { "x": null }] });
    let nowhere = json!({ "organization": "org_0000000000000000000042" });
    let ask = async |own: [&serde_json::Value; 3]| {
        let mut request = super::question(&subject, "content:read", "spring");
        for (part, told) in ["subject", "resource"].iter().zip(own) {
            if !told.is_null() {
                request[*part]["properties"] = told.clone();
            }
        }
        request["context"] = own[2].clone();
        h.platform()
            .post(&h, super::EVALUATION, &request)
            .await
            .expect(200)
            .body["decision"]
            .clone()
    };
    let none = json!(null);
    for told in [
        [&here, &none, &none],
        [&none, &here, &none],
        [&none, &none, &here],
        [&here; 3],
    ] {
        assert_eq!(ask(told).await, true, "{told:?}");
    }
    assert_eq!(ask([&json!({}), &json!({}), &here]).await, true);
    let nonsense = json!({ "organization": 7 });
    for other in [&nowhere, &nonsense] {
        for told in [
            [&here, other, other],
            [&none, &here, other],
            [other, &here, &here],
            [&none, other, &here],
        ] {
            assert_eq!(ask(told).await, false, "{told:?}");
        }
    }
}
