//! Invitations that nobody can accept any more: they end, free their seat, and say why.

use jiff::SignedDuration;
use muster_tests::harness::{Harness, Organization};
use muster_tests::{Persona, recount};
use reqwest::Method;
use serde_json::{Value, json};

/// An invitation as the owner sees it, wherever it stands.
async fn shown(h: &Harness, acme: &Organization, id: &str) -> Value {
    acme.owner.get(h, &acme.invitation(id, "")).await.expect(200).body
}

/// The latest event of an invitation.
async fn latest(h: &Harness, acme: &Organization, id: &str) -> Value {
    let events = acme.events(h).await;
    events.into_iter().find(|e| e["subject"]["id"] == id).unwrap()
}

async fn delete_program(h: &Harness, acme: &Organization, id: &str) {
    let path = acme.path(&format!("/resources/program/{id}"));
    acme.owner.delete(h, &path).await.expect(204);
    h.backend.drained().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_ends_with_the_last_program_of_a_role_that_needs_one_and_its_seat_is_free() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let only = acme.invite(&h, "only@x.example", "program_admin", &["spring"]).await;
    let both = acme
        .invite(&h, "both@x.example", "program_sponsor", &["spring", "autumn"])
        .await;
    let free = acme.invite(&h, "free@x.example", "participant", &["spring"]).await;
    acme.plan(&h, Some(3), &[]).await;
    assert_eq!(acme.seats_used(&h).await, 3);
    delete_program(&h, &acme, "spring").await;
    let ended = shown(&h, &acme, &only).await;
    assert_eq!(
        (&ended["status"], &ended["cancel_reason"]),
        (&json!("cancelled"), &json!("resource_deleted"))
    );
    assert_eq!(ended["resources"][0]["id"], "spring", "what it was for");
    let event = latest(&h, &acme, &only).await;
    assert_eq!(
        (&event["kind"], &event["actor"]["id"]),
        (&json!("invitation.cancelled"), &json!("finish-work"))
    );
    assert_eq!(event["after"]["cancel_reason"], "resource_deleted");
    for (id, left) in [(&both, json!(["autumn"])), (&free, json!([]))] {
        let open = shown(&h, &acme, id).await;
        assert_eq!(
            (&open["status"], &open["cancel_reason"]),
            (&json!("pending"), &Value::Null)
        );
        let names: Value = open["resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["id"].clone())
            .collect();
        assert_eq!(names, left);
    }
    assert_eq!(acme.seats_used(&h).await, 2);
    recount(&h).await;
    // Seat and address are free.
    acme.invite(&h, "only@x.example", "program_admin", &["autumn"]).await;
    delete_program(&h, &acme, "autumn").await;
    assert_eq!(shown(&h, &acme, &both).await["cancel_reason"], "resource_deleted");
    assert_eq!(acme.seats_used(&h).await, 1);
    recount(&h).await;
    // It is done with, and a job that looks again has nothing to do.
    let resend = acme.invitation(&only, "/resend");
    acme.owner
        .post(&h, &resend, &Value::Null)
        .await
        .problem(409, "invitation-cancelled");
    h.advance(SignedDuration::from_mins(10));
    h.run_schedule().await;
    assert_eq!(acme.recorded(&h, "invitation.cancelled").await, 3);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_invitations_than_a_slice_holds_end_with_their_program() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let emails: Vec<String> = (0..45).map(|n| format!("a{n}@x.example")).collect();
    acme.invite_many(&h, &emails, "program_sponsor", &["spring"]).await;
    let kept = acme.invite(&h, "kept@x.example", "program_sponsor", &["autumn"]).await;
    delete_program(&h, &acme, "spring").await;
    assert_eq!(acme.seats_used(&h).await, 2);
    let pending: Vec<Value> = acme.pending(&h).await.iter().map(|i| i["id"].clone()).collect();
    assert_eq!(pending, [json!(kept)]);
    assert_eq!(acme.recorded(&h, "invitation.cancelled").await, 45);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_expired_when_its_program_goes_has_expired() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let id = acme.invite(&h, "ann@x.example", "program_admin", &["spring"]).await;
    h.advance_days(8);
    delete_program(&h, &acme, "spring").await;
    let ended = shown(&h, &acme, &id).await;
    assert_eq!(
        (&ended["status"], &ended["cancel_reason"]),
        (&json!("expired"), &Value::Null)
    );
    assert_eq!(acme.seats_used(&h).await, 1);
    recount(&h).await;
}

/// Somebody who is a member, and invited once more at another address: as the other address, with the invitation and its token.
async fn twice(h: &Harness, acme: &Organization, name: &str) -> (Persona, String, String) {
    let ann = acme.join(h, name, "participant", &[]).await;
    let elsewhere = ann.with_email(&format!("{name}@home.example"), true);
    let id = acme.invite(h, elsewhere.email(), "admin", &[]).await;
    let token = h.invitation_token(elsewhere.email()).await;
    (elsewhere, id, token)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_invitation_of_a_member_ends_when_they_are_told_so() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let (ann, id, token) = twice(&h, &acme, "ann").await;
    assert_eq!(acme.seats_used(&h).await, 2);
    // Who has not shown that the address is theirs ends nothing.
    let claimed = ann.clone().with_email(ann.email(), false);
    claimed.accept(&h, &token).await.problem(403, "email-not-verified");
    h.person("ann").accept(&h, &token).await.problem(403, "email-mismatch");
    assert_eq!(shown(&h, &acme, &id).await["status"], "pending");
    for round in 0..3 {
        let key = [("idempotency-key", "the-same")];
        let path = format!("/v1/invitations/{token}/accept");
        let answer = h.send(Some(&ann), Method::POST, &path, None, &key).await;
        let answer = answer.problem(409, "already-member");
        assert_eq!(answer.header("idempotent-replayed"), None, "round {round}");
    }
    let ended = shown(&h, &acme, &id).await;
    assert_eq!(
        (&ended["status"], &ended["cancel_reason"]),
        (&json!("cancelled"), &json!("already_member"))
    );
    assert_eq!(acme.seats_used(&h).await, 1);
    let event = latest(&h, &acme, &id).await;
    assert_eq!(
        (&event["kind"], &event["actor"]["id"]),
        (&json!("invitation.cancelled"), &json!(ann.id()))
    );
    assert_eq!(event["after"]["cancel_reason"], "already_member");
    assert_eq!(acme.recorded(&h, "invitation.cancelled").await, 1);
    let mine = ann.get(&h, "/v1/invitations").await.expect(200);
    assert_eq!(mine.body["items"], json!([]));
    recount(&h).await;
    // The address is free, and it is a new invitation that they accept once they are out.
    let leaving = acme.path("/members/me");
    ann.delete(&h, &leaving).await.expect(204);
    ann.accept(&h, &token).await.problem(410, "invitation-cancelled");
    acme.invite(&h, ann.email(), "admin", &[]).await;
    let token = h.invitation_token(ann.email()).await;
    ann.accept(&h, &token).await.expect(200);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_it_does_for_a_member_who_is_inactive() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let (ann, id, token) = twice(&h, &acme, "ann").await;
    let off = json!({ "members": [ann.id()] });
    acme.owner
        .post(&h, &acme.path("/members/deactivate"), &off)
        .await
        .expect(200);
    ann.accept(&h, &token).await.problem(409, "already-member");
    assert_eq!(shown(&h, &acme, &id).await["cancel_reason"], "already_member");
    recount(&h).await;
}
