//! Sending chosen invitations again, and taking them back.

use super::invitations;
use muster_tests::harness::{Harness, Organization};
use muster_tests::recount;
use muster_tests::shortcuts::{named, verdicts};
use serde_json::{Value, json};

#[tokio::test]
async fn chosen_invitations_are_sent_again_and_no_others() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let (ann, bob) = (h.person("ann"), h.person("bob"));
    let first = acme.invite(&h, ann.email(), "admin", &[]).await;
    let accepted = acme.invite(&h, bob.email(), "participant", &[]).await;
    let cancelled = acme.invite(&h, "c@x.example", "participant", &[]).await;
    acme.invite(&h, "d@x.example", "participant", &[]).await;
    let old = h.invitation_token(ann.email()).await;
    let token = h.invitation_token(bob.email()).await;
    bob.accept(&h, &token).await.expect(200);
    acme.owner
        .delete(&h, &acme.invitation(&cancelled, ""))
        .await
        .expect(204);
    let nowhere = "inv_0000000000000000000042";
    let rows = [&*accepted, &first, nowhere, &cancelled, &first];
    let done = invitations(&h, &acme, &acme.owner, "resend", &rows).await.expect(200);
    assert_eq!(
        verdicts(&done.body),
        named(&[
            ("refused", "invitation-already-accepted"),
            ("resent", ""),
            ("refused", "not-found"),
            ("refused", "invitation-cancelled"),
        ])
    );
    assert_eq!(done.body["results"][1]["invitation"], json!(first));
    assert_eq!(done.body["results"][0]["problem"]["status"], 409);
    assert_eq!(h.invitations_mailed(ann.email()).await, 2);
    for email in [bob.email(), "c@x.example", "d@x.example"] {
        assert_eq!(h.invitations_mailed(email).await, 1, "{email}");
    }
    h.preview(&old).await.problem(410, "invitation-link-replaced");
    let new = h.invitation_token(ann.email()).await;
    ann.accept(&h, &new).await.expect(200);
    assert_eq!(acme.recorded(&h, "invitation.resent").await, 1);
    recount(&h).await;
}

#[tokio::test]
async fn expired_ones_are_revived_as_far_as_there_are_seats() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        ids.push(
            acme.invite(&h, &format!("{name}@x.example"), "program_admin", &["spring"])
                .await,
        );
    }
    let free = acme.invite(&h, "d@x.example", "participant", &["spring"]).await;
    h.backend.drained().await;
    h.advance_days(8);
    h.run_schedule().await;
    assert_eq!(acme.seats_used(&h).await, 1);
    acme.plan(&h, Some(3), &[]).await;
    let rows = [&*ids[0], &ids[1], &ids[2], &free];
    let done = invitations(&h, &acme, &acme.owner, "resend", &rows).await.expect(200);
    assert_eq!(
        verdicts(&done.body),
        named(&[
            ("resent", ""),
            ("resent", ""),
            ("refused", "no-seats-available"),
            ("resent", ""),
        ])
    );
    assert_eq!(done.body["seats"], json!({ "used": 3, "limit": 3, "at_limit": true }));
    assert_eq!(acme.pending(&h).await.len(), 3);
    assert_eq!(h.invitations_mailed("a@x.example").await, 2);
    assert_eq!(h.invitations_mailed("c@x.example").await, 1);
    recount(&h).await;
}

#[tokio::test]
async fn of_two_expired_invitations_of_one_address_one_is_revived() {
    for swept in [true, false] {
        let h = Harness::start().await;
        let acme = Organization::make(&h).await;
        let one = acme.invite(&h, "same@x.example", "admin", &[]).await;
        h.advance_days(8);
        h.run_schedule().await;
        let two = acme.invite(&h, "same@x.example", "admin", &[]).await;
        h.advance_days(8);
        if swept {
            h.run_schedule().await;
        }
        for rows in [[&*one, &two], [&*two, &one]] {
            let done = invitations(&h, &acme, &acme.owner, "resend", &rows).await.expect(200);
            assert_eq!(
                verdicts(&done.body),
                named(&[("resent", ""), ("refused", "address-taken")]),
                "swept: {swept}"
            );
            assert_eq!(done.body["seats"]["used"], 2);
            recount(&h).await;
            h.advance_days(8);
            if swept {
                h.run_schedule().await;
            }
        }
    }
}

#[tokio::test]
async fn cancelling_frees_seats_and_addresses_and_is_told_again_as_the_first_time() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let near = acme.invite(&h, "a@x.example", "program_admin", &["spring"]).await;
    let far = acme.invite(&h, "b@x.example", "program_admin", &["autumn"]).await;
    let admin = acme.invite(&h, "c@x.example", "admin", &[]).await;
    let rows = [&*near, &far, &admin];
    let done = invitations(&h, &acme, &pat, "cancel", &rows).await.expect(200);
    assert_eq!(
        verdicts(&done.body),
        named(&[("cancelled", ""), ("refused", "not-found"), ("refused", "not-found")]),
        "as far as a program admin sees"
    );
    assert_eq!(done.body["seats"]["used"], 4);
    let done = invitations(&h, &acme, &acme.owner, "cancel", &rows).await.expect(200);
    assert_eq!(
        verdicts(&done.body),
        named(&[("cancelled", ""), ("cancelled", ""), ("cancelled", "")])
    );
    assert_eq!(done.body["seats"]["used"], 2);
    assert!(acme.pending(&h).await.is_empty());
    assert_eq!(acme.recorded(&h, "invitation.cancelled").await, 3);
    acme.invite(&h, "a@x.example", "participant", &[]).await;
    recount(&h).await;
}

#[tokio::test]
async fn an_invitation_that_has_ended_otherwise_is_not_cancelled() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    let declined = acme.invite(&h, ann.email(), "participant", &[]).await;
    let token = h.invitation_token(ann.email()).await;
    ann.decline(&h, &token).await.expect(204);
    let lapsed = acme.invite(&h, "b@x.example", "participant", &[]).await;
    h.advance_days(8);
    let done = invitations(&h, &acme, &acme.owner, "cancel", &[&declined, &lapsed]).await;
    assert_eq!(
        verdicts(&done.expect(200).body),
        named(&[("refused", "invitation-declined"), ("refused", "invitation-expired")])
    );
    recount(&h).await;
}

#[tokio::test]
async fn a_body_chooses_and_only_no_body_at_all_means_every_one() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ids: Vec<_> = (0..101).map(|i| format!("inv_{i:022}")).collect();
    let fay = acme.join(&h, "fay", "program_facilitator", &["spring"]).await;
    for (action, body, fault) in [
        ("resend", json!({}), ("invitations", "missing_field")),
        ("resend", json!({ "invitations": null }), ("invitations", "wrong_type")),
        ("resend", json!({ "invitations": [] }), ("invitations", "out_of_range")),
        ("resend", json!({ "invitations": ids }), ("invitations", "out_of_range")),
        ("cancel", json!({ "invitations": [] }), ("invitations", "out_of_range")),
        ("cancel", json!({ "invitations": ids }), ("invitations", "out_of_range")),
        (
            "cancel",
            json!({ "invitations": ["usr_0000000000000000000001"] }),
            ("invitations[0]", "invalid_value"),
        ),
    ] {
        let path = acme.path(&format!("/invitations/{action}"));
        let refused = acme.owner.post(&h, &path, &body).await;
        assert_eq!(refused.problem(422, "invalid-request").faults(), named(&[fault]));
    }
    for action in ["resend", "cancel"] {
        let some = [&*ids[0]];
        invitations(&h, &acme, &fay, action, &some)
            .await
            .problem(403, "forbidden");
    }
    let path = acme.path("/invitations/resend");
    let all = acme.owner.post(&h, &path, &Value::Null).await.expect(202);
    assert!(all.text("/job").starts_with("job_"));
    recount(&h).await;
}
