//! Sending invitations again: one, an expired one, all of them.

use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::personas::Persona;
use muster_tests::recount;
use muster_tests::shortcuts::named;
use serde_json::{Value, json};

#[tokio::test]
async fn resending_keeps_the_id_and_makes_a_new_link_and_the_old_one_is_dead() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    let id = acme.invite(&h, ann.email(), "admin", &[]).await;
    let old = h.invitation_token(ann.email()).await;
    h.advance_days(3);
    let sent = acme
        .owner
        .post(&h, &acme.invitation(&id, "/resend"), &Value::Null)
        .await
        .expect(200);
    assert_eq!(sent.body["id"], json!(id));
    assert_eq!(sent.body["status"], "pending");
    assert_eq!(sent.body["mail"], "queued");
    let at = |p: &str| sent.text(p).parse::<jiff::Timestamp>().unwrap();
    assert_eq!(
        at("/expires_at").duration_since(at("/sent_at")).as_hours(),
        7 * 24,
        "its time begins anew"
    );
    assert!(at("/sent_at") > at("/created_at"));
    let new = h.invitation_token(ann.email()).await;
    assert_ne!(old, new);
    h.preview(&old).await.problem(410, "invitation-link-replaced");
    ann.accept(&h, &old).await.problem(410, "invitation-link-replaced");
    ann.decline(&h, &old).await.problem(410, "invitation-link-replaced");
    assert_eq!(h.preview(&new).await.expect(200).body["state"], "pending");
    assert_eq!(h.invitations_mailed(ann.email()).await, 2);
    assert_eq!(acme.seats_used(&h).await, 2, "it had its seat");
    ann.accept(&h, &new).await.expect(200);
    recount(&h).await;
}

#[tokio::test]
async fn the_member_who_resends_becomes_the_inviter() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let ann = h.person("ann");
    let made = ada
        .post(&h, &acme.path("/invitations"), &invitation(ann.email(), "admin", &[]))
        .await
        .expect(201);
    let id = made.text("/invitations/0/id");
    let sent = acme
        .owner
        .post(&h, &acme.invitation(&id, "/resend"), &Value::Null)
        .await
        .expect(200);
    assert_eq!(sent.body["invited_by"], json!(acme.owner.id()));
    acme.owner
        .delete(&h, &acme.path(&format!("/members/{}", ada.id())))
        .await
        .expect(204);
    let token = h.invitation_token(ann.email()).await;
    assert_eq!(h.preview(&token).await.expect(200).body["inviter"], "olivia");
    ann.accept(&h, &token).await.expect(200);
    recount(&h).await;
}

#[tokio::test]
async fn resending_revives_an_expired_invitation_in_place_and_takes_its_seat_again() {
    for job_has_run in [true, false] {
        let h = Harness::start().await;
        let acme = Organization::make(&h).await;
        acme.plan(&h, Some(2), &[]).await;
        let ann = h.person("ann");
        let id = acme.invite(&h, ann.email(), "admin", &[]).await;
        let old = h.invitation_token(ann.email()).await;
        h.advance_days(8);
        if job_has_run {
            h.run_schedule().await;
            assert_eq!(acme.seats_used(&h).await, 1);
        }
        let sent = acme
            .owner
            .post(&h, &acme.invitation(&id, "/resend"), &Value::Null)
            .await
            .expect(200);
        assert_eq!(sent.body["id"], json!(id));
        assert_eq!(sent.body["status"], "pending");
        assert_eq!(acme.seats_used(&h).await, 2);
        recount(&h).await;
        h.run_schedule().await;
        let again = acme.try_invite(&h, &invitation(ann.email(), "admin", &[])).await;
        assert_eq!(
            again.problem(422, "invalid-invitations").faults(),
            named(&[(ann.email(), "already_invited")]),
            "the address is held again"
        );
        ann.accept(&h, &old).await.problem(410, "invitation-link-replaced");
        let token = h.invitation_token(ann.email()).await;
        ann.accept(&h, &token).await.expect(200);
        recount(&h).await;
    }
}

#[tokio::test]
async fn an_expired_invitation_is_not_revived_without_a_seat_or_while_another_has_the_address() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.plan(&h, Some(2), &[]).await;
    let id = acme.invite(&h, "a@x.example", "admin", &[]).await;
    h.advance_days(8);
    h.run_schedule().await;
    let resend = async || {
        acme.owner
            .post(&h, &acme.invitation(&id, "/resend"), &Value::Null)
            .await
    };
    let other = acme.invite(&h, "b@x.example", "admin", &[]).await;
    let refused = resend().await.problem(409, "no-seats-available");
    assert_eq!(refused.body["seats"], json!({ "used": 2, "limit": 2, "needed": 1 }));
    acme.owner.delete(&h, &acme.invitation(&other, "")).await.expect(204);
    let newer = acme.invite(&h, "a@x.example", "participant", &[]).await;
    resend().await.problem(409, "address-taken");
    acme.owner.delete(&h, &acme.invitation(&newer, "")).await.expect(204);
    resend().await.expect(200);
    recount(&h).await;
}

#[tokio::test]
async fn an_expired_invitation_of_a_person_who_has_joined_since_is_not_revived() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    let id = acme.invite(&h, ann.email(), "participant", &[]).await;
    h.advance_days(8);
    acme.join(&h, "ann", "admin", &[]).await;
    acme.owner
        .post(&h, &acme.invitation(&id, "/resend"), &Value::Null)
        .await
        .problem(409, "address-taken");
    recount(&h).await;
}

#[tokio::test]
async fn a_role_that_was_switched_off_or_whose_domain_went_is_not_sent_again() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let id = acme.invite(&h, "a@partner.example", "implementation_admin", &[]).await;
    let resend = async || {
        acme.owner
            .post(&h, &acme.invitation(&id, "/resend"), &Value::Null)
            .await
    };
    acme.plan(&h, None, &["other.example"]).await;
    let refused = resend().await.problem(422, "invalid-invitations");
    assert_eq!(refused.faults(), named(&[("a@partner.example", "domain_not_allowed")]));
    acme.plan(&h, None, &["partner.example"]).await;
    acme.optional_roles(&h, &[]).await;
    let refused = resend().await.problem(422, "invalid-invitations");
    assert_eq!(refused.faults(), named(&[("role", "role_not_enabled")]));
    acme.optional_roles(&h, &["implementation_admin"]).await;
    resend().await.expect(200);
    let helper = h.person("a").with_email("a@partner.example", true);
    let token = h.invitation_token(helper.email()).await;
    helper.accept(&h, &token).await.expect(200);
    helper.get(&h, &acme.path("/members")).await.expect(200);
    recount(&h).await;
}

#[tokio::test]
async fn all_pending_invitations_can_be_sent_again_at_once() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let emails: Vec<_> = (0..25).map(|i| format!("p{i:02}@x.example")).collect();
    for part in emails.chunks(13) {
        let body = json!({ "emails": part, "role": "participant" });
        acme.try_invite(&h, &body).await.expect(201);
    }
    let gone = acme.invite(&h, "gone@x.example", "participant", &[]).await;
    h.backend.drained().await;
    acme.owner.delete(&h, &acme.invitation(&gone, "")).await.expect(204);
    let mut old = Vec::new();
    for email in &emails {
        old.push(h.invitation_token(email).await);
    }
    let accepted = acme
        .owner
        .post(&h, &acme.path("/invitations/resend"), &Value::Null)
        .await
        .expect(202);
    assert!(accepted.text("/job").starts_with("job_"));
    h.backend.drained().await;
    for (email, old) in emails.iter().zip(&old) {
        assert_eq!(h.invitations_mailed(email).await, 2, "{email}");
        assert_ne!(h.invitation_token(email).await, *old);
    }
    assert_eq!(h.invitations_mailed("gone@x.example").await, 1);
    h.preview(&old[0]).await.problem(410, "invitation-link-replaced");
    assert_eq!(acme.recorded(&h, "invitation.resent").await, 25);
    recount(&h).await;
}

#[tokio::test]
async fn sending_all_again_reaches_only_what_the_caller_may_send() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    for (email, role, program) in [
        ("s@x.example", "participant", "spring"),
        ("a@x.example", "participant", "autumn"),
    ] {
        acme.invite(&h, email, role, &[program]).await;
    }
    acme.invite(&h, "w@x.example", "admin", &[]).await;
    h.backend.drained().await;
    pat.post(&h, &acme.path("/invitations/resend"), &Value::Null)
        .await
        .expect(202);
    assert_eq!(h.invitations_mailed("s@x.example").await, 2);
    assert_eq!(h.invitations_mailed("a@x.example").await, 1);
    assert_eq!(h.invitations_mailed("w@x.example").await, 1);
    let fay = acme.join(&h, "fay", "program_facilitator", &["spring"]).await;
    fay.post(&h, &acme.path("/invitations/resend"), &Value::Null)
        .await
        .problem(403, "forbidden");
    recount(&h).await;
}

#[tokio::test]
async fn sending_all_again_takes_on_nothing_that_a_removed_or_demoted_member_sent() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let bea = acme.join(&h, "bea", "admin", &[]).await;
    let mut sent = Vec::new();
    for (sender, email) in [(&ada, "ann@acme.example"), (&bea, "bob@acme.example")] {
        let body = invitation(email, "admin", &[]);
        let made = sender.post(&h, &acme.path("/invitations"), &body).await.expect(201);
        sent.push(made.text("/invitations/0/id"));
    }
    let of = |who: &Persona| acme.path(&format!("/members/{}", who.id()));
    acme.owner.delete(&h, &of(&ada)).await.expect(204);
    h.backend.drained().await;
    let all = acme.path("/invitations/resend");
    bea.post(&h, &all, &Value::Null).await.expect(202);
    h.backend.drained().await;
    assert_eq!(h.invitations_mailed("ann@acme.example").await, 1);
    assert_eq!(h.invitations_mailed("bob@acme.example").await, 2);
    // Whose word it was is whose it is: the removed member's opens nothing, whoever asks for all of them.
    acme.owner.post(&h, &all, &Value::Null).await.expect(202);
    h.backend.drained().await;
    let ann = h.person("ann");
    let token = h.invitation_token("ann@acme.example").await;
    ann.accept(&h, &token).await.problem(409, "inviter-lost-authority");
    let shown = async |id: &str| acme.owner.get(&h, &acme.invitation(id, "")).await.expect(200);
    assert_eq!(shown(&sent[1]).await.body["invited_by"], json!(bea.id()));
    // Whoever names it has looked at it.
    let named = json!({ "invitations": [sent[0]] });
    acme.owner.post(&h, &all, &named).await.expect(200);
    h.backend.drained().await;
    assert_eq!(shown(&sent[0]).await.body["invited_by"], json!(acme.owner.id()));
    let token = h.invitation_token("ann@acme.example").await;
    ann.accept(&h, &token).await.expect(200);
    recount(&h).await;
}

#[tokio::test]
async fn what_one_who_asked_for_all_sent_again_stays_good_when_they_go() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let id = acme.invite(&h, "ann@acme.example", "owner", &[]).await;
    let other = acme.invite(&h, "bob@acme.example", "admin", &[]).await;
    h.backend.drained().await;
    ada.post(&h, &acme.path("/invitations/resend"), &Value::Null)
        .await
        .expect(202);
    h.backend.drained().await;
    assert_eq!(
        h.invitations_mailed("ann@acme.example").await,
        1,
        "{id}: not hers to send"
    );
    assert_eq!(h.invitations_mailed("bob@acme.example").await, 2, "{other}");
    acme.owner
        .delete(&h, &acme.path(&format!("/members/{}", ada.id())))
        .await
        .expect(204);
    let token = h.invitation_token("bob@acme.example").await;
    h.person("bob").accept(&h, &token).await.expect(200);
    recount(&h).await;
}
