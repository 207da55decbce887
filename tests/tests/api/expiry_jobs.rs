//! What the schedule and the background end: expired invitations, and optional roles that were switched off.

use muster_tests::harness::{Harness, Organization};
use muster_tests::{Persona, recount};
use serde_json::{Value, json};

#[tokio::test]
async fn the_schedule_expires_invitations_and_frees_seat_and_address() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let id = acme.invite(&h, "a@x.example", "admin", &[]).await;
    h.advance_days(6);
    h.run_schedule().await;
    assert_eq!(acme.seats_used(&h).await, 2, "not before its time");
    h.advance_days(1);
    h.run_schedule().await;
    h.run_schedule().await;
    assert_eq!(acme.seats_used(&h).await, 1);
    let events = acme.events(&h).await;
    let expired: Vec<_> = events.iter().filter(|e| e["kind"] == "invitation.expired").collect();
    assert_eq!(expired.len(), 1);
    assert_eq!(expired[0]["actor"]["type"], "system");
    assert_eq!(
        (&expired[0]["subject"]["type"], &expired[0]["subject"]["id"]),
        (&json!("invitation"), &json!(id))
    );
    assert_eq!(expired[0]["after"]["status"], "expired");
    acme.invite(&h, "a@x.example", "admin", &[]).await;
    recount(&h).await;
}

#[tokio::test]
async fn many_that_are_due_in_one_organization_are_settled_in_few_transactions() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for batch in 0..3 {
        let emails: Vec<_> = (0..20).map(|i| format!("p{batch}-{i}@x.example")).collect();
        let body = json!({ "emails": emails, "role": "admin" });
        acme.try_invite(&h, &body).await.expect(201);
    }
    assert_eq!(acme.seats_used(&h).await, 61);
    h.advance_days(7);
    let done = h.run_schedule().await;
    assert_eq!(done["processed"], 60);
    assert_eq!(done["complete"], true);
    assert!(
        done["transactions"].as_u64().unwrap() <= 12,
        "{done}: five or more go into one"
    );
    assert_eq!(acme.seats_used(&h).await, 1);
    let idle = h.run_schedule().await;
    assert_eq!(idle["processed"], 0);
    assert_eq!(idle["transactions"], 0, "what is not due is not touched");
    recount(&h).await;
}

async fn ended_mails(h: &Harness, who: &Persona) -> usize {
    let mail = h.mail_to(who.email()).await;
    mail.iter().filter(|m| m.subject.contains("has ended")).count()
}

#[tokio::test]
async fn switching_an_optional_role_off_ends_it_at_once_for_all_and_on_again_does_not_revive_it() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let (hal, ida) = (acme.helper(&h, "hal").await, acme.helper(&h, "ida").await);
    hal.get(&h, &acme.path("/members")).await.expect(200);
    acme.optional_roles(&h, &[]).await;
    let no_access = async || {
        for who in [&hal, &ida] {
            who.get(&h, &acme.path("/members")).await.problem(403, "forbidden");
            let me = who.get(&h, &acme.path("/members/me")).await.expect(200);
            assert_eq!(me.body["role"], Value::Null);
        }
    };
    no_access().await;
    acme.optional_roles(&h, &["implementation_admin"]).await;
    no_access().await;
    h.backend.drained().await;
    no_access().await;
    assert_eq!(acme.recorded(&h, "member.role_ended").await, 2);
    for who in [&hal, &ida] {
        assert_eq!(ended_mails(&h, who).await, 1);
        let mail = h.mail_to(who.email()).await.pop().unwrap();
        assert!(mail.text.contains("no longer uses this role"), "{}", mail.text);
    }
    // Given anew, it holds; and its own end is not taken for the old one's.
    let path = acme.path(&format!("/members/{}", hal.id()));
    let body = json!({ "role": "implementation_admin", "duration": "1_month" });
    acme.owner.patch(&h, &path, &body).await.expect(200);
    h.run_schedule().await;
    hal.get(&h, &acme.path("/members")).await.expect(200);
    ida.get(&h, &acme.path("/members")).await.problem(403, "forbidden");
    recount(&h).await;
}

#[tokio::test]
async fn switching_a_role_off_reaches_every_holder_however_many() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let mut helpers = Vec::new();
    for i in 0..30 {
        helpers.push(acme.helper(&h, &format!("h{i}")).await);
    }
    acme.optional_roles(&h, &[]).await;
    h.backend.drained().await;
    assert_eq!(acme.recorded(&h, "member.role_ended").await, 30);
    for helper in &helpers {
        assert_eq!(ended_mails(&h, helper).await, 1);
    }
    assert!(h.backend.dead_letters().is_empty());
    recount(&h).await;
}

#[tokio::test]
async fn an_inactive_member_whose_time_is_up_is_not_mailed_and_comes_back_without_the_role() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let hal = acme.helper(&h, "hal").await;
    let body = json!({ "members": [hal.id()] });
    acme.owner
        .post(&h, &acme.path("/members/deactivate"), &body)
        .await
        .expect(200);
    h.advance_days(32);
    h.run_schedule().await;
    assert_eq!(ended_mails(&h, &hal).await, 0);
    acme.owner
        .post(&h, &acme.path("/members/activate"), &body)
        .await
        .expect(200);
    hal.get(&h, &acme.path("/members")).await.problem(403, "forbidden");
    recount(&h).await;
}
