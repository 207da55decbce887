//! Invitations after they were sent: listed, read, changed, canceled.

use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::recount;
use muster_tests::shortcuts::named;
use serde_json::{Value, json};

fn emails(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|i| i["email"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn pending_invitations_are_listed_in_the_order_they_were_made_page_by_page() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for i in 0..5 {
        acme.invite(&h, &format!("p{i}@x.example"), "participant", &[]).await;
    }
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = acme.path(&format!("/invitations?limit=2{cursor}"));
        let page = acme.owner.get(&h, &path).await.expect(200);
        found.extend(emails(&page.body));
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let expected: Vec<_> = (0..5).map(|i| format!("p{i}@x.example")).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn ended_invitations_are_listed_apart_with_how_they_ended() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let (ann, bob) = (h.person("ann"), h.person("bob"));
    for email in [ann.email(), bob.email(), "c@x.example", "d@x.example"] {
        acme.invite(&h, email, "participant", &[]).await;
    }
    let token = h.invitation_token(ann.email()).await;
    ann.accept(&h, &token).await.expect(200);
    let token = h.invitation_token(bob.email()).await;
    bob.decline(&h, &token).await.expect(204);
    let pending = acme.pending(&h).await;
    assert_eq!(pending.len(), 2);
    let id = pending[0]["id"].as_str().unwrap();
    acme.owner.delete(&h, &acme.invitation(id, "")).await.expect(204);
    h.advance_days(7);
    h.run_schedule().await;
    assert!(acme.pending(&h).await.is_empty());
    let ended = acme.owner.get(&h, &acme.path("/invitations?status=ended")).await;
    let ended = ended.expect(200);
    let mut found: Vec<_> = ended.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| (i["email"].clone(), i["status"].clone()))
        .collect();
    found.sort_by_key(|(email, _)| email.to_string());
    let expected: Vec<(Value, Value)> = [
        ("ann@acme.example", "accepted"),
        ("bob@acme.example", "declined"),
        ("c@x.example", "cancelled"),
        ("d@x.example", "expired"),
    ]
    .map(|(e, s)| (json!(e), json!(s)))
    .into();
    assert_eq!(found, expected);
    acme.owner
        .get(&h, &acme.path("/invitations?status=all"))
        .await
        .problem(400, "invalid-query");
    recount(&h).await;
}

#[tokio::test]
async fn an_invitation_that_has_lapsed_shows_as_expired_before_any_job_runs() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let id = acme.invite(&h, "a@x.example", "participant", &[]).await;
    let read = async || acme.owner.get(&h, &acme.invitation(&id, "")).await.expect(200);
    assert_eq!(read().await.body["status"], "pending");
    h.advance_past(&read().await.text("/expires_at"));
    assert_eq!(read().await.body["status"], "expired");
    let people = acme.owner.get(&h, &acme.path("/members")).await.expect(200);
    assert_eq!(people.body["items"].as_array().unwrap().len(), 1);
    h.run_schedule().await;
    assert_eq!(read().await.body["status"], "expired");
    recount(&h).await;
}

#[tokio::test]
async fn program_admins_see_the_invitations_to_their_programs_only() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let shown = acme.invite(&h, "s@x.example", "participant", &["spring"]).await;
    let both = acme
        .invite(&h, "b@x.example", "program_admin", &["spring", "autumn"])
        .await;
    let other = acme.invite(&h, "a@x.example", "participant", &["autumn"]).await;
    let whole = acme.invite(&h, "w@x.example", "admin", &[]).await;
    let listed = pat.get(&h, &acme.path("/invitations")).await.expect(200);
    assert_eq!(emails(&listed.body), ["s@x.example", "b@x.example"]);
    pat.get(&h, &acme.invitation(&shown, "")).await.expect(200);
    pat.get(&h, &acme.invitation(&both, "")).await.expect(200);
    for id in [&other, &whole, "inv_0000000000000000000001", "x"] {
        let path = acme.invitation(id, "");
        pat.get(&h, &path).await.problem(404, "not-found");
        pat.delete(&h, &path).await.problem(404, "not-found");
        pat.patch(&h, &path, &json!({ "message": "x" }))
            .await
            .problem(404, "not-found");
        pat.post(&h, &acme.invitation(id, "/resend"), &Value::Null)
            .await
            .problem(404, "not-found");
    }
    // What reaches beyond their program is seen, but not theirs to change.
    pat.delete(&h, &acme.invitation(&both, ""))
        .await
        .problem(403, "forbidden");
    pat.delete(&h, &acme.invitation(&shown, "")).await.expect(204);
    recount(&h).await;
}

#[tokio::test]
async fn role_and_programs_of_a_pending_invitation_can_change_and_what_is_accepted_is_the_latest() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    let id = acme.invite(&h, ann.email(), "participant", &[]).await;
    let token = h.invitation_token(ann.email()).await;
    let body = json!({ "role": "program_facilitator", "resources": [{ "type": "program", "id": "autumn" }] });
    let changed = acme.owner.patch(&h, &acme.invitation(&id, ""), &body).await.expect(200);
    assert_eq!(changed.body["id"], json!(id));
    assert_eq!(changed.body["role"], "program_facilitator");
    assert_eq!(acme.seats_used(&h).await, 2, "the new role needs a seat");
    // One field alone leaves the other as it is.
    let body = json!({ "role": "program_sponsor" });
    let changed = acme.owner.patch(&h, &acme.invitation(&id, ""), &body).await.expect(200);
    assert_eq!(
        changed.body["resources"],
        json!([{ "type": "program", "id": "autumn", "name": "Autumn cohort" }])
    );
    let joined = ann.accept(&h, &token).await.expect(200);
    assert_eq!(joined.body["member"]["grants"][0]["role"], "program_sponsor");
    assert_eq!(joined.body["member"]["grants"][0]["id"], "autumn");
    assert_eq!(acme.seats_used(&h).await, 2);
    recount(&h).await;
}

#[tokio::test]
async fn the_address_of_an_invitation_can_never_change() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let id = acme.invite(&h, "a@x.example", "participant", &[]).await;
    for field in ["email", "emails"] {
        let refused = acme
            .owner
            .patch(&h, &acme.invitation(&id, ""), &json!({ field: "b@x.example" }))
            .await;
        assert_eq!(
            refused.problem(422, "invalid-request").faults(),
            named(&[(field, "unknown_field")])
        );
    }
    assert_eq!(acme.pending(&h).await[0]["email"], "a@x.example");
}

#[tokio::test]
async fn a_change_of_an_invitation_is_held_to_the_same_rules_as_a_new_one() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.plan(&h, Some(2), &["partner.example"]).await;
    acme.optional_roles(&h, &["implementation_admin"]).await;
    let id = acme.invite(&h, "a@x.example", "participant", &[]).await;
    acme.invite(&h, "b@x.example", "admin", &[]).await;
    let change = async |body: Value| acme.owner.patch(&h, &acme.invitation(&id, ""), &body).await;
    let refused = change(json!({ "role": "admin" })).await;
    let refused = refused.problem(409, "no-seats-available");
    assert_eq!(refused.body["seats"], json!({ "used": 2, "limit": 2, "needed": 1 }));
    for (body, faults) in [
        (
            json!({ "role": "implementation_admin", "duration": "1_month" }),
            named(&[("a@x.example", "domain_not_allowed")]),
        ),
        (
            json!({ "role": "implementation_admin" }),
            named(&[("duration", "required")]),
        ),
        (json!({ "role": "program_admin" }), named(&[("resources", "required")])),
        (
            json!({ "resources": [{ "type": "program", "id": "nowhere" }] }),
            named(&[("resources[0]", "unknown_resource")]),
        ),
        (json!({ "role": "editor" }), named(&[("role", "unknown_role")])),
    ] {
        let refused = change(body).await;
        assert_eq!(refused.problem(422, "invalid-invitations").faults(), faults);
    }
    let still = &acme.pending(&h).await[0];
    assert_eq!(still["role"], "participant");
    recount(&h).await;
}

#[tokio::test]
async fn changing_an_invitation_to_a_role_without_a_seat_gives_its_seat_back() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let id = acme.invite(&h, "a@x.example", "admin", &[]).await;
    assert_eq!(acme.seats_used(&h).await, 2);
    acme.owner
        .patch(&h, &acme.invitation(&id, ""), &json!({ "role": "participant" }))
        .await
        .expect(200);
    assert_eq!(acme.seats_used(&h).await, 1);
    recount(&h).await;
}

#[tokio::test]
async fn the_member_who_changes_an_offer_answers_for_it() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let ann = h.person("ann");
    ada.post(
        &h,
        &acme.path("/invitations"),
        &invitation(ann.email(), "participant", &[]),
    )
    .await
    .expect(201);
    let id = acme.pending(&h).await[0]["id"].as_str().unwrap().to_owned();
    // Nobody puts words into another's mouth.
    let said = json!({ "message": "Hello" });
    let path = acme.invitation(&id, "");
    let changed = acme.owner.patch(&h, &path, &said).await.expect(200);
    assert_eq!(changed.body["invited_by"], json!(acme.owner.id()));
    assert_eq!(changed.body["message"], "Hello");
    let offered =
        json!({ "role": "program_admin", "resources": [{ "type": "program", "id": "spring" }], "message": null });
    let changed = acme.owner.patch(&h, &path, &offered).await.expect(200);
    assert_eq!(changed.body["invited_by"], json!(acme.owner.id()));
    assert_eq!(changed.body["message"], Value::Null);
    // So it stands when the first inviter goes, though the link was made in their name.
    acme.owner
        .delete(&h, &acme.path(&format!("/members/{}", ada.id())))
        .await
        .expect(204);
    let token = h.invitation_token(ann.email()).await;
    ann.accept(&h, &token).await.expect(200);
    recount(&h).await;
}

#[tokio::test]
async fn an_admin_cannot_touch_an_invitation_to_a_role_above_their_own() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let id = acme.invite(&h, "a@x.example", "owner", &[]).await;
    let path = acme.invitation(&id, "");
    ada.get(&h, &path).await.expect(200);
    ada.delete(&h, &path).await.problem(403, "forbidden");
    ada.patch(&h, &path, &json!({ "role": "admin" }))
        .await
        .problem(403, "forbidden");
    ada.post(&h, &acme.invitation(&id, "/resend"), &Value::Null)
        .await
        .problem(403, "forbidden");
    let other = acme.invite(&h, "b@x.example", "admin", &[]).await;
    ada.patch(&h, &acme.invitation(&other, ""), &json!({ "role": "owner" }))
        .await
        .problem(403, "role-not-assignable");
    recount(&h).await;
}

#[tokio::test]
async fn a_cancelled_invitation_is_over_for_good_and_its_address_free() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    let id = acme.invite(&h, ann.email(), "admin", &[]).await;
    let token = h.invitation_token(ann.email()).await;
    let path = acme.invitation(&id, "");
    acme.owner.delete(&h, &path).await.expect(204);
    assert_eq!(acme.seats_used(&h).await, 1);
    acme.owner.delete(&h, &path).await.expect(204);
    ann.accept(&h, &token).await.problem(410, "invitation-cancelled");
    ann.decline(&h, &token).await.problem(410, "invitation-cancelled");
    acme.owner
        .post(&h, &acme.invitation(&id, "/resend"), &Value::Null)
        .await
        .problem(409, "invitation-cancelled");
    acme.owner
        .patch(&h, &path, &json!({ "role": "participant" }))
        .await
        .problem(409, "invitation-cancelled");
    assert_eq!(
        acme.recorded(&h, "invitation.cancelled").await,
        1,
        "canceling twice is one change"
    );
    acme.invite(&h, ann.email(), "participant", &[]).await;
    recount(&h).await;
}

#[tokio::test]
async fn an_accepted_invitation_can_be_neither_cancelled_nor_changed_nor_sent_again() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    let id = acme.invite(&h, ann.email(), "admin", &[]).await;
    let token = h.invitation_token(ann.email()).await;
    ann.accept(&h, &token).await.expect(200);
    let path = acme.invitation(&id, "");
    acme.owner
        .delete(&h, &path)
        .await
        .problem(409, "invitation-already-accepted");
    acme.owner
        .patch(&h, &path, &json!({ "role": "participant" }))
        .await
        .problem(409, "invitation-already-accepted");
    acme.owner
        .post(&h, &acme.invitation(&id, "/resend"), &Value::Null)
        .await
        .problem(409, "invitation-already-accepted");
    recount(&h).await;
}

#[tokio::test]
async fn a_declined_invitation_and_an_expired_one_can_be_neither_cancelled_nor_changed() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    let declined = acme.invite(&h, ann.email(), "admin", &[]).await;
    let token = h.invitation_token(ann.email()).await;
    ann.decline(&h, &token).await.expect(204);
    let expired = acme.invite(&h, "bob@x.example", "admin", &[]).await;
    h.advance_days(8);
    for (id, kind) in [(&declined, "invitation-declined"), (&expired, "invitation-expired")] {
        let path = acme.invitation(id, "");
        acme.owner.delete(&h, &path).await.problem(409, kind);
        let body = json!({ "role": "participant" });
        acme.owner.patch(&h, &path, &body).await.problem(409, kind);
    }
    acme.owner
        .post(&h, &acme.invitation(&declined, "/resend"), &Value::Null)
        .await
        .problem(409, "invitation-declined");
    recount(&h).await;
}
