//! The side of those who are invited: preview, accept, decline, and what waits for them.

use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::shortcuts::invitation_with;
use muster_tests::{Persona, recount};
use serde_json::{Value, json};

/// An organization in which `ann` is invited as an admin by `ada`, who is one; with ann's token.
async fn invited_by_ada(h: &Harness) -> (Organization, Persona, Persona, String) {
    let acme = Organization::make(h).await;
    let ada = acme.join(h, "ada", "admin", &[]).await;
    let ann = h.person("ann");
    let body = invitation(ann.email(), "admin", &[]);
    ada.post(h, &acme.path("/invitations"), &body).await.expect(201);
    let token = h.invitation_token(ann.email()).await;
    (acme, ada, ann, token)
}

#[tokio::test]
async fn only_the_verified_invited_address_can_accept_or_decline() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    acme.invite(&h, ann.email(), "admin", &[]).await;
    let token = h.invitation_token(ann.email()).await;
    let unverified = ann.clone().with_email(ann.email(), false);
    for (who, kind) in [
        (&h.person("bob"), "email-mismatch"),
        (&unverified, "email-not-verified"),
        (&h.platform(), "email-mismatch"),
        (&acme.owner, "email-mismatch"),
    ] {
        who.accept(&h, &token).await.problem(403, kind);
        who.decline(&h, &token).await.problem(403, kind);
    }
    let path = format!("/v1/invitations/{token}/accept");
    h.send(None, reqwest::Method::POST, &path, None, &[])
        .await
        .problem(401, "unauthorized");
    // The provider may spell the address otherwise.
    let shouting = ann.clone().with_email("Ann@ACME.example", true);
    let joined = shouting.accept(&h, &token).await.expect(200);
    assert_eq!(joined.body["organization"], json!(acme.id));
    assert_eq!(joined.body["member"]["id"], json!(ann.id()));
    assert_eq!(joined.body["member"]["email"], "ann@acme.example");
    assert_eq!(joined.body["member"]["role"], "admin");
    recount(&h).await;
}

#[tokio::test]
async fn accepting_twice_is_answered_as_the_first_time_and_changes_nothing_more() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    acme.invite(&h, ann.email(), "program_admin", &["spring"]).await;
    let token = h.invitation_token(ann.email()).await;
    let first = ann.accept(&h, &token).await.expect(200);
    let second = ann.accept(&h, &token).await.expect(200);
    assert_eq!(first.body, second.body);
    assert_eq!(acme.recorded(&h, "invitation.accepted").await, 1);
    assert_eq!(acme.recorded(&h, "member.joined").await, 1);
    // Another account that has the same address now is not the one that accepted.
    let other = h.person("other").with_email(ann.email(), true);
    other
        .accept(&h, &token)
        .await
        .problem(410, "invitation-already-accepted");
    ann.decline(&h, &token)
        .await
        .problem(410, "invitation-already-accepted");
    recount(&h).await;
}

#[tokio::test]
async fn an_invitation_whose_inviter_lost_the_right_is_refused_with_its_own_error() {
    for loss in ["demoted", "removed", "deactivated"] {
        let h = Harness::start().await;
        let (acme, ada, ann, token) = invited_by_ada(&h).await;
        let path = acme.path(&format!("/members/{}", ada.id()));
        match loss {
            "demoted" => {
                let body = json!({ "role": "program_admin", "resources": [{ "type": "program", "id": "spring" }] });
                acme.owner.patch(&h, &path, &body).await.expect(200);
            }
            "removed" => {
                acme.owner.delete(&h, &path).await.expect(204);
            }
            _ => {
                let body = json!({ "members": [ada.id()] });
                let path = acme.path("/members/deactivate");
                acme.owner.post(&h, &path, &body).await.expect(200);
            }
        }
        ann.accept(&h, &token).await.problem(409, "inviter-lost-authority");
        ann.get(&h, &acme.path("")).await.problem(404, "not-found");
        assert_eq!(
            h.preview(&token).await.expect(200).body["state"],
            "pending",
            "it is not lost: {loss}"
        );
        let id = acme.pending(&h).await[0]["id"].as_str().unwrap().to_owned();
        acme.owner
            .post(&h, &acme.invitation(&id, "/resend"), &Value::Null)
            .await
            .expect(200);
        let token = h.invitation_token(ann.email()).await;
        ann.accept(&h, &token).await.expect(200);
        recount(&h).await;
    }
}

#[tokio::test]
async fn a_helper_whose_own_time_is_up_no_longer_vouches_for_those_they_invited() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let hal = acme.helper(&h, "hal").await;
    acme.owner
        .patch(
            &h,
            &acme.path(""),
            &json!({ "settings": { "invitation_ttl_days": 30 } }),
        )
        .await
        .expect(200);
    h.advance_days(20);
    let ann = h.person("ann");
    hal.post(&h, &acme.path("/invitations"), &invitation(ann.email(), "admin", &[]))
        .await
        .expect(201);
    let token = h.invitation_token(ann.email()).await;
    h.advance_days(15);
    ann.accept(&h, &token).await.problem(409, "inviter-lost-authority");
    recount(&h).await;
}

#[tokio::test]
async fn declining_frees_seat_and_address_and_is_final() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    acme.invite(&h, ann.email(), "admin", &[]).await;
    let token = h.invitation_token(ann.email()).await;
    ann.decline(&h, &token).await.expect(204);
    ann.decline(&h, &token).await.expect(204);
    assert_eq!(acme.seats_used(&h).await, 1);
    ann.accept(&h, &token).await.problem(410, "invitation-declined");
    assert_eq!(h.preview(&token).await.expect(200).body["state"], "declined");
    assert_eq!(acme.recorded(&h, "invitation.declined").await, 1);
    acme.invite(&h, ann.email(), "admin", &[]).await;
    recount(&h).await;
}

#[tokio::test]
async fn an_invitation_ends_at_its_instant_whether_or_not_a_job_has_run() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    acme.invite(&h, ann.email(), "admin", &[]).await;
    let token = h.invitation_token(ann.email()).await;
    h.advance_past(acme.pending(&h).await[0]["expires_at"].as_str().unwrap());
    for _ in 0..2 {
        ann.accept(&h, &token).await.problem(410, "invitation-expired");
        ann.decline(&h, &token).await.problem(410, "invitation-expired");
        assert_eq!(h.preview(&token).await.expect(200).body["state"], "expired");
        h.run_schedule().await;
    }
    recount(&h).await;
}

#[tokio::test]
async fn the_public_preview_shows_what_a_sign_up_page_needs_and_masks_the_address() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let body = invitation_with(
        "ann.lee@x.example",
        "program_admin",
        &["spring"],
        "message",
        json!("Words of the mail"),
    );
    acme.try_invite(&h, &body).await.expect(201);
    let token = h.invitation_token("ann.lee@x.example").await;
    let shown = h.preview(&token).await.expect(200);
    let expires_at = acme.pending(&h).await[0]["expires_at"].clone();
    let expected = json!({ "organization_name": "Acme", "role_name": "Program Admin", "inviter": "olivia",
        "email": "a***@x.example", "state": "pending", "expires_at": expires_at,
        "resources": [{ "name": "Spring cohort" }], "more_resources": 0, "duration": null, "message": "Words of the mail",
        "is_for_me": null });
    assert_eq!(shown.body, expected, "this, and nothing else");
}

#[tokio::test]
async fn a_token_that_was_never_given_out_is_not_found() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    acme.invite(&h, ann.email(), "admin", &[]).await;
    let token = h.invitation_token(ann.email()).await;
    let mut altered = token.clone();
    let last = if altered.pop() == Some('A') { 'B' } else { 'A' };
    altered.push(last);
    let flipped = if token.starts_with('A') { "B" } else { "A" }.to_owned() + &token[1..];
    for bad in [
        altered.as_str(),
        &flipped,
        &token[1..],
        "x",
        "%00",
        "inv_0000000000000000000001",
    ] {
        h.preview(bad).await.problem(404, "not-found");
        ann.accept(&h, bad).await.problem(404, "not-found");
        ann.decline(&h, bad).await.problem(404, "not-found");
    }
    ann.accept(&h, &token).await.expect(200);
}

#[tokio::test]
async fn the_invitations_that_wait_for_a_user_are_listed_across_organizations() {
    let h = Harness::start().await;
    let (one, two) = (Organization::make(&h).await, Organization::make(&h).await);
    let ann = h.person("ann");
    let body = invitation_with(
        ann.email(),
        "program_admin",
        &["spring"],
        "message",
        json!("Come along"),
    );
    one.try_invite(&h, &body).await.expect(201);
    let second = two.invite(&h, ann.email(), "participant", &[]).await;
    one.invite(&h, "bob@acme.example", "participant", &[]).await;
    let waiting = async |who: &Persona| -> Vec<Value> {
        let list = who.get(&h, "/v1/invitations").await.expect(200);
        list.body["items"].as_array().unwrap().clone()
    };
    let items = waiting(&ann).await;
    assert_eq!(items.len(), 2);
    let first = items.iter().find(|i| i["organization"] == json!(one.id)).unwrap();
    assert_eq!(first["organization_name"], "Acme");
    assert_eq!(first["role"], "program_admin");
    assert_eq!(
        first["resources"],
        json!([{ "type": "program", "id": "spring", "name": "Spring cohort" }])
    );
    assert_eq!(first["inviter"], "olivia");
    assert_eq!(first["message"], "Come along");
    // The token in the list is as good as the one in the mail.
    ann.accept(&h, first["token"].as_str().unwrap()).await.expect(200);
    assert_eq!(waiting(&ann).await.len(), 1);
    two.owner.delete(&h, &two.invitation(&second, "")).await.expect(204);
    assert!(waiting(&ann).await.is_empty());
    two.invite(&h, ann.email(), "participant", &[]).await;
    assert_eq!(waiting(&ann).await.len(), 1);
    h.advance_days(7);
    assert!(waiting(&ann).await.is_empty(), "a lapsed one does not wait");
    let unverified = ann.with_email("bob@acme.example", false);
    unverified
        .get(&h, "/v1/invitations")
        .await
        .problem(403, "email-not-verified");
    recount(&h).await;
}

#[tokio::test]
async fn what_the_platform_or_the_organization_took_back_meanwhile_is_not_given() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let hal = h.person("hal").with_email("hal@partner.example", true);
    acme.invite(&h, hal.email(), "implementation_admin", &[]).await;
    let token = h.invitation_token(hal.email()).await;
    acme.plan(&h, None, &["other.example"]).await;
    hal.accept(&h, &token).await.problem(409, "domain-not-allowed");
    acme.plan(&h, None, &["partner.example"]).await;
    acme.optional_roles(&h, &[]).await;
    hal.accept(&h, &token).await.problem(409, "role-not-enabled");
    acme.optional_roles(&h, &["implementation_admin"]).await;
    // What was offered before the role was switched off does not come back by itself.
    hal.accept(&h, &token).await.problem(409, "role-not-enabled");
    recount(&h).await;
}

#[tokio::test]
async fn a_member_cannot_join_a_second_time_under_another_address() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "participant", &[]).await;
    let elsewhere = ann.with_email("ann@home.example", true);
    acme.invite(&h, elsewhere.email(), "admin", &[]).await;
    let token = h.invitation_token(elsewhere.email()).await;
    for _ in 0..2 {
        elsewhere.accept(&h, &token).await.problem(409, "already-member");
    }
    recount(&h).await;
}

#[tokio::test]
async fn accepting_needs_no_free_seat_even_under_a_plan_lowered_meanwhile() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    acme.invite(&h, ann.email(), "admin", &[]).await;
    acme.plan(&h, Some(1), &[]).await;
    let token = h.invitation_token(ann.email()).await;
    ann.accept(&h, &token).await.expect(200);
    assert_eq!(acme.seats_used(&h).await, 2);
    recount(&h).await;
}
