//! Who may ask about whom.

use super::{ACTIONS, EVALUATION, EVALUATIONS, MadeKey, RESOURCES, SUBJECTS, question, user};
use muster_domain::Limits;
use muster_tests::harness::{Harness, Organization};
use muster_tests::recount;
use serde_json::{Value, json};

/// A search from the same parts as a question.
fn batch(of: &[Value]) -> Value {
    json!({ "evaluations": of })
}

#[tokio::test(flavor = "multi_thread")]
async fn members_ask_about_themselves_and_with_the_permission_for_the_whole_organization_about_every_member() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    // Both read members: of one program only, and of none.
    let sponsor = acme.join(&h, "sam", "program_sponsor", &["spring"]).await;
    let participant = acme.join(&h, "pia", "participant", &["spring"]).await;
    let admin = acme.join(&h, "ada", "admin", &[]).await;
    for who in [&sponsor, &participant] {
        let own = question(&user(&acme, &who.id()), "content:read", "spring");
        let others = question(&user(&acme, &acme.owner.id()), "content:read", "spring");
        let nobody = question(&user(&acme, "alice@example.com"), "content:read", "spring");
        for path in [EVALUATION, EVALUATIONS, RESOURCES, ACTIONS] {
            who.post(&h, path, &own).await.expect(200);
            who.post(&h, path, &others).await.problem(403, "forbidden");
            who.post(&h, path, &nobody).await.problem(403, "forbidden");
        }
        // Who may is about others, whoever turns out to be found.
        who.post(&h, SUBJECTS, &own).await.problem(403, "forbidden");
        // One question that is not theirs to ask refuses all of them.
        who.post(&h, EVALUATIONS, &batch(&[own.clone(), own.clone()]))
            .await
            .expect(200);
        who.post(&h, EVALUATIONS, &batch(&[own, others]))
            .await
            .problem(403, "forbidden");
    }
    for who in [&admin, &acme.owner, &h.platform()] {
        let others = question(&user(&acme, &sponsor.id()), "content:read", "spring");
        for path in [EVALUATION, EVALUATIONS, SUBJECTS, RESOURCES, ACTIONS] {
            who.post(&h, path, &others).await.expect(200);
        }
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_gets_the_same_403_as_for_an_organization_that_does_not_exist() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let stranger = Organization::of(&h, h.person("stella")).await;
    let mut told = Vec::new();
    for organization in [
        json!(acme.id),
        json!("org_0000000000000000000042"),
        json!("acme"),
        json!(7),
    ] {
        // About oneself, and about the owner of another.
        for id in [stranger.owner.id(), acme.owner.id()] {
            let subject = json!({ "type": "user", "id": id, "properties": { "organization": organization } });
            let request = question(&subject, "content:read", "spring");
            for path in [EVALUATION, EVALUATIONS, SUBJECTS, RESOURCES, ACTIONS] {
                let mut answer = stranger.owner.post(&h, path, &request).await.problem(403, "forbidden");
                answer.body["request_id"] = Value::Null;
                told.push(answer.body);
            }
        }
    }
    assert!(told.windows(2).all(|two| two[0] == two[1]), "{told:#?}");
    // In their own organization, others are unknown.
    let request = question(&user(&stranger, &acme.owner.id()), "content:read", "spring");
    let answer = stranger.owner.post(&h, EVALUATION, &request).await.expect(200);
    super::denies(&answer.body, "unknown_subject");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_names_no_organization_is_answered_only_with_a_key_which_has_one() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let subject = json!({ "type": "user", "id": acme.owner.id() });
    let request = question(&subject, "billing:manage", "spring");
    acme.owner
        .post(&h, EVALUATION, &request)
        .await
        .problem(403, "forbidden");
    let key = MadeKey::make(&h, &acme, &acme.owner, Limits::default()).await;
    let answer = key.post(&h, EVALUATION, &request).await.expect(200);
    super::permits(&answer.body, "owner", None);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_ask_about_themselves_and_whom_they_belong_to_and_read_only_ones_as_well() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let reads = Limits {
        read_only: true,
        ..Limits::default()
    };
    let key = MadeKey::make(&h, &acme, &pat, reads.clone()).await;
    let other = MadeKey::make(&h, &acme, &pat, Limits::default()).await;
    let owners = MadeKey::make(&h, &acme, &acme.owner, reads).await;
    let about = |subject: Value| question(&subject, "content:read", "spring");
    for path in [EVALUATION, EVALUATIONS, RESOURCES, ACTIONS] {
        key.post(&h, path, &about(key.subject(&acme))).await.expect(200);
        key.post(&h, path, &about(user(&acme, &pat.id()))).await.expect(200);
        for subject in [
            other.subject(&acme),
            owners.subject(&acme),
            user(&acme, &acme.owner.id()),
        ] {
            key.post(&h, path, &about(subject)).await.problem(403, "forbidden");
        }
        // Its owner has the permission for all of it, and it is reading.
        owners.post(&h, path, &about(key.subject(&acme))).await.expect(200);
        owners.post(&h, path, &about(user(&acme, &pat.id()))).await.expect(200);
        // In person they ask about all keys of their own.
        pat.post(&h, path, &about(other.subject(&acme))).await.expect(200);
        pat.post(&h, path, &about(owners.subject(&acme)))
            .await
            .problem(403, "forbidden");
    }
    owners.post(&h, SUBJECTS, &about(user(&acme, ""))).await.expect(200);
    key.post(&h, SUBJECTS, &about(user(&acme, "")))
        .await
        .problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_limited_to_resources_asks_only_about_itself() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let spring = super::searches::reference(&h, &acme, "spring").await;
    let limits = Limits {
        resources: vec![spring],
        ..Limits::default()
    };
    let key = MadeKey::make(&h, &acme, &acme.owner, limits).await;
    let ann = acme.join(&h, "ann", "participant", &["spring"]).await;
    let request = question(&user(&acme, &ann.id()), "content:read", "spring");
    key.post(&h, EVALUATION, &request).await.problem(403, "forbidden");
    // Nor about whom it belongs to: what they hold beside is not for those who know its secret. About itself it may.
    let owner = user(&acme, &acme.owner.id());
    let own = key.subject(&acme);
    for path in [EVALUATION, EVALUATIONS, RESOURCES, ACTIONS] {
        let request = question(&owner, "content:read", "spring");
        key.post(&h, path, &request).await.problem(403, "forbidden");
        let request = question(&own, "content:read", "spring");
        key.post(&h, path, &request).await.expect(200);
    }
    let beside = question(&own, "content:read", "autumn");
    let told = key.post(&h, EVALUATION, &beside).await.expect(200);
    super::denies(&told.body, "role_missing");
    let told = acme.owner.post(&h, EVALUATION, &beside).await.expect(200);
    super::denies(&told.body, "key_limited");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_good_is_none_wherever_it_asks() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let other = Organization::of(&h, h.person("otto")).await;
    let mut key = MadeKey::make(&h, &acme, &acme.owner, Limits::default()).await;
    let elsewhere = question(&user(&other, &other.owner.id()), "content:read", "spring");
    let here = question(&user(&acme, &acme.owner.id()), "content:read", "spring");
    key.post(&h, EVALUATION, &here).await.expect(200);
    key.post(&h, EVALUATION, &elsewhere).await.problem(403, "forbidden");
    let now = h.backend.clock().now();
    key.change(&h, |key| key.revoked_at = Some(now)).await;
    for request in [&here, &elsewhere] {
        for path in [EVALUATION, EVALUATIONS, SUBJECTS, RESOURCES, ACTIONS] {
            key.post(&h, path, request).await.problem(401, "unauthorized");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inactive_member_asks_nothing_not_even_about_themselves() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let body = json!({ "members": [ann.id()] });
    acme.owner
        .post(&h, &acme.path("/members/deactivate"), &body)
        .await
        .expect(200);
    let request = question(&user(&acme, &ann.id()), "content:read", "spring");
    for path in [EVALUATION, EVALUATIONS, SUBJECTS, RESOURCES, ACTIONS] {
        ann.post(&h, path, &request).await.problem(403, "member-inactive");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_is_answered_for_many_organizations_at_once_and_a_member_for_all_of_theirs() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let other = Organization::of(&h, h.person("otto")).await;
    let token = {
        other.invite(&h, acme.owner.email(), "participant", &["spring"]).await;
        h.invitation_token(acme.owner.email()).await
    };
    acme.owner.accept(&h, &token).await.expect(200);
    let id = acme.owner.id();
    let request = json!({
        "action": { "name": "content:write" }, "resource": super::program("spring"),
        "evaluations": [{ "subject": user(&acme, &id) }, { "subject": user(&other, &id) }],
    });
    for who in [&acme.owner, &h.platform()] {
        let answer = who.post(&h, EVALUATIONS, &request).await.expect(200);
        super::permits(&answer.body["evaluations"][0], "owner", None);
        super::denies(&answer.body["evaluations"][1], "role_missing");
    }
    other
        .owner
        .post(&h, EVALUATIONS, &request)
        .await
        .problem(403, "forbidden");
}
