//! How much mail members can have sent: to one address, and by one organization; and whoever declined gets none.

use jiff::SignedDuration;
use muster_domain::rules::pace::MAX_PER_RECIPIENT;
use muster_edge::Metric;
use muster_functions::routes::ROUTES;
use muster_tests::bench::Bench;
use muster_tests::harness::{Answer, Harness, Organization, invitation};
use muster_tests::requests::{Case, prepare};
use muster_tests::samples::waiting_token;
use muster_tests::shortcuts::{invitation_with, named, note_mailed, verdicts};
use muster_tests::{Shot, recount, together};
use serde_json::{Value, json};
use std::sync::Arc;

async fn resend(h: &Harness, acme: &Organization, id: &str) -> Answer {
    acme.owner.post(h, &acme.invitation(id, "/resend"), &Value::Null).await
}

/// Seconds after which a refused request is worth trying again.
fn retry_after(answer: &Answer) -> i64 {
    let seconds = answer.header("retry-after").expect("it says when");
    seconds.parse().expect("a number of seconds")
}

async fn mail_limit(h: &Harness, acme: &Organization, limit: Option<u32>) {
    let body = json!({ "mail_limit": limit });
    let set = h.platform().put(h, &acme.path("/plan"), &body).await.expect(200);
    assert_eq!(set.body["plan"]["mail_limit"], json!(limit));
}

#[tokio::test]
async fn an_invitation_that_is_sent_over_and_over_says_when_it_can_be_sent_again() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let id = acme.invite(&h, "ann@x.example", "admin", &[]).await;
    h.backend.drained().await;
    let mut waited = Vec::new();
    let begun = h.backend.clock().now();
    while h.backend.clock().now().duration_since(begun) < SignedDuration::from_hours(24) {
        let answer = resend(&h, &acme, &id).await;
        if answer.status == 200 {
            h.backend.drained().await;
            continue;
        }
        let seconds = retry_after(&answer);
        answer.problem(429, "invitation-resent-too-often");
        let chosen = json!({ "invitations": [id] });
        let rows = acme
            .owner
            .post(&h, &acme.path("/invitations/resend"), &chosen)
            .await
            .expect(200);
        assert_eq!(
            verdicts(&rows.body),
            named(&[("refused", "invitation-resent-too-often")])
        );
        let before = acme.pending(&h).await;
        acme.owner
            .post(&h, &acme.path("/invitations/resend"), &Value::Null)
            .await
            .expect(202);
        h.backend.drained().await;
        assert_eq!(acme.pending(&h).await, before, "sending all again leaves it as it is");
        waited.push((seconds + 59) / 60);
        h.advance(SignedDuration::from_secs(seconds));
    }
    assert_eq!(waited, [10, 60, 24 * 60]);
    assert_eq!(h.invitations_mailed("ann@x.example").await, MAX_PER_RECIPIENT);
    resend(&h, &acme, &id).await.expect(200);
    recount(&h).await;
}

#[tokio::test]
async fn inviting_anew_is_no_way_around_the_pace() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let body = invitation("ann@x.example, new@x.example", "admin", &[]);
    for _ in 0..MAX_PER_RECIPIENT {
        let id = acme.invite(&h, "ann@x.example", "admin", &[]).await;
        h.backend.drained().await;
        acme.owner.delete(&h, &acme.invitation(&id, "")).await.expect(204);
    }
    for body in [
        &body,
        &invitation_with("ann@x.example", "admin", &[], "dry_run", json!(true)),
    ] {
        let refused = acme.try_invite(&h, body).await.problem(422, "invalid-invitations");
        assert_eq!(refused.faults(), named(&[("ann@x.example", "mailed_too_often")]));
    }
    let one = json!({ "email": "ann@x.example", "role": "admin" });
    let refused = acme.owner.post(&h, &acme.path("/members"), &one).await;
    refused.problem(422, "invalid-invitations");
    assert_eq!(h.invitations_mailed("ann@x.example").await, MAX_PER_RECIPIENT);
    assert_eq!(
        acme.pending(&h).await,
        Vec::<Value>::new(),
        "nobody of the batch is invited"
    );

    // What one organization sends is no other one's business.
    let other = Organization::of(&h, h.person("stella")).await;
    other.invite(&h, "ann@x.example", "admin", &[]).await;
    h.advance_days(1);
    acme.try_invite(&h, &body).await.expect(201);
    recount(&h).await;
}

#[tokio::test]
async fn an_invitation_anew_rests_as_long_as_the_one_before() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let id = acme.invite(&h, "ann@x.example", "admin", &[]).await;
    h.backend.drained().await;
    resend(&h, &acme, &id).await.expect(200);
    h.backend.drained().await;
    acme.owner.delete(&h, &acme.invitation(&id, "")).await.expect(204);
    let id = acme.invite(&h, "ann@x.example", "admin", &[]).await;
    let refused = resend(&h, &acme, &id).await;
    assert!((1..=600).contains(&retry_after(&refused)), "ten minutes");
    refused.problem(429, "invitation-resent-too-often");
    let ann = h.person("ann").with_email("ann@x.example", true);
    let token = h.invitation_token(ann.email()).await;
    ann.accept(&h, &token).await.expect(200);
    recount(&h).await;
}

#[tokio::test]
async fn an_organization_has_as_much_mail_sent_a_day_as_the_platform_lets_it() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let seen = acme.owner.get(&h, &acme.path("")).await.expect(200);
    assert_eq!(seen.body["plan"]["mail_limit"], Value::Null, "the usual limit");
    mail_limit(&h, &acme, Some(3)).await;
    let first = acme.invite(&h, "a@x.example", "participant", &[]).await;
    acme.invite(&h, "b@x.example", "participant", &[]).await;
    h.backend.drained().await;
    let two = invitation("c@x.example d@x.example", "participant", &[]);
    for body in [
        &two,
        &invitation_with("c@x.example d@x.example", "participant", &[], "dry_run", json!(true)),
    ] {
        let refused = acme.try_invite(&h, body).await;
        assert!((1..=86_400).contains(&retry_after(&refused)));
        refused.problem(429, "mail-limit-reached");
    }
    resend(&h, &acme, &first).await.expect(200);
    resend(&h, &acme, &first).await.problem(429, "mail-limit-reached");
    let one = json!({ "email": "c@x.example", "role": "participant" });
    let refused = acme.owner.post(&h, &acme.path("/members"), &one).await;
    refused.problem(429, "mail-limit-reached");
    h.backend.drained().await;
    assert_eq!(h.backend.mail().len(), 3);
    mail_limit(&h, &acme, Some(4)).await;
    acme.invite(&h, "c@x.example", "participant", &[]).await;
    h.advance_days(1);
    acme.try_invite(&h, &invitation("e@x.example f@x.example", "participant", &[]))
        .await
        .expect(201);
    mail_limit(&h, &acme, None).await;
    acme.try_invite(
        &h,
        &invitation("g@x.example h@x.example i@x.example", "participant", &[]),
    )
    .await
    .expect(201);
    let plan = json!({ "mail_limit": 5 });
    acme.owner
        .put(&h, &acme.path("/plan"), &plan)
        .await
        .problem(403, "forbidden");
    recount(&h).await;
}

#[tokio::test]
async fn chosen_invitations_are_sent_again_as_long_as_there_is_room() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let emails: Vec<String> = (0..30).map(|n| format!("guest{n}@x.example")).collect();
    let ids = acme.invite_many(&h, &emails, "participant", &[]).await;
    h.backend.drained().await;
    h.advance_days(1);
    mail_limit(&h, &acme, Some(25)).await;
    let chosen = json!({ "invitations": ids });
    let rows = acme
        .owner
        .post(&h, &acme.path("/invitations/resend"), &chosen)
        .await
        .expect(200);
    let told = verdicts(&rows.body);
    let (done, refused) = told.split_at(25);
    assert!(done.iter().all(|(status, _)| status == "resent"), "{told:?}");
    let full = ("refused".to_owned(), "mail-limit-reached".to_owned());
    assert!(refused.iter().all(|row| *row == full), "{told:?}");
    h.backend.drained().await;
    assert_eq!(h.backend.mail().len(), 30 + 25);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_all_again_goes_on_the_next_day_where_a_day_has_no_room() {
    let b = Bench::start().await;
    let route = ROUTES.iter().find(|r| r.binary == "list-members").expect("a route");
    let case = prepare(&b, route).await;
    let acme = case.organization();
    let emails: Vec<String> = (0..45).map(|n| format!("guest{n}@x.example")).collect();
    acme.invite_many(&b.h, &emails, "participant", &[]).await;
    b.drain().await;
    b.h.advance_days(1);
    mail_limit(&b.h, acme, Some(30)).await;
    acme.owner
        .post(&b.h, &acme.path("/invitations/resend"), &Value::Null)
        .await
        .expect(202);
    for (days, expected) in [(0, 30), (1, 45), (2, 45)] {
        if days > 0 {
            b.h.advance_days(1);
            b.expire().await.unwrap();
        }
        b.drain().await;
        assert_eq!(b.h.backend.mail().len(), 45 + expected, "after {days} days");
    }
    for email in &emails {
        let mails = b.h.backend.mail().iter().filter(|m| m.to == *email).count();
        assert_eq!(mails, 2, "{email}");
    }
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_invite_at_once_no_more_are_mailed_than_there_is_room_for() {
    let h = Arc::new(Harness::start().await);
    let acme = Organization::make(&h).await;
    mail_limit(&h, &acme, Some(10)).await;
    let shot = |n: usize| {
        let body = invitation(&format!("a{n}@x.example b{n}@x.example"), "participant", &[]);
        Shot::post(&h, &acme.owner, &acme.path("/invitations")).body(&body)
    };
    let answers = together(&h, (0..8).map(shot).collect()).await;
    for answer in answers.iter().filter(|a| a.status != 201) {
        answer.clone().problem(429, "mail-limit-reached");
    }
    assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 5);
    h.backend.drained().await;
    assert_eq!(h.backend.mail().len(), 10);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_slips_past_a_request_is_stopped_at_the_outbox() {
    let b = Bench::start().await;
    let route = ROUTES.iter().find(|r| r.binary == "list-members").expect("a route");
    let mut case: Case = prepare(&b, route).await;
    let id = case.invite(&b, "zoe").await;
    let email = case.person(&b, "zoe").email().to_owned();
    // Five mails to the address were taken up since the request had read of none.
    note_mailed(&b, case.organization(), &email).await;
    let lost = || [Metric::MailSkipped, Metric::MailFailed].map(|metric| b.app().metrics().counted(metric));
    let [skipped, failed] = lost();
    b.stream().await.drain(b.app()).await;
    assert_eq!(lost(), [skipped, failed + 1], "an alarm tells of mail that is lost");
    assert!(b.h.backend.mail().iter().all(|m| m.to != email));
    let acme = case.organization();
    let seen = acme.owner.get(&b.h, &acme.invitation(&id, "")).await.expect(200);
    assert_eq!(
        seen.text("/mail"),
        "failed",
        "whoever invited sees that nothing was sent"
    );
    recount(&b.h).await;
}

#[tokio::test]
async fn a_person_who_declined_is_not_mailed_until_they_accept_a_waiting_invitation() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    acme.invite(&h, ann.email(), "admin", &[]).await;
    let token = h.invitation_token(ann.email()).await;
    ann.decline(&h, &token).await.expect(204);

    let again = acme
        .try_invite(&h, &invitation(ann.email(), "admin", &[]))
        .await
        .expect(201);
    assert_eq!(again.text("/invitations/0/mail"), "declined");
    let id = again.text("/invitations/0/id");
    h.backend.drained().await;
    resend(&h, &acme, &id).await.problem(409, "mail-not-wanted");
    h.advance_days(2);
    acme.owner
        .post(&h, &acme.path("/invitations/resend"), &Value::Null)
        .await
        .expect(202);
    assert_eq!(h.invitations_mailed(ann.email()).await, 1);
    let seen = acme.owner.get(&h, &acme.invitation(&id, "")).await.expect(200);
    assert_eq!(
        (seen.text("/mail"), seen.text("/status")),
        ("declined".into(), "pending".into())
    );
    // Another organization knows nothing of it.
    let other = Organization::of(&h, h.person("stella")).await;
    other.invite(&h, ann.email(), "admin", &[]).await;
    assert_eq!(h.invitations_mailed(ann.email()).await, 2);

    let waiting = ann.get(&h, "/v1/invitations").await.expect(200);
    let items = waiting.body["items"].as_array().unwrap();
    let ours = items
        .iter()
        .find(|i| i["organization"] == acme.id)
        .expect("it waits for her");
    ann.accept(&h, ours["token"].as_str().unwrap()).await.expect(200);
    let member = acme.path(&format!("/members/{}", ann.id()));
    acme.owner.delete(&h, &member).await.expect(204);
    let contact = acme.path(&format!("/contacts/{}", ann.id()));
    acme.owner.delete(&h, &contact).await.expect(204);
    acme.invite(&h, ann.email(), "admin", &[]).await;
    assert_eq!(
        h.invitations_mailed(ann.email()).await,
        3,
        "she has come by herself since"
    );
    recount(&h).await;
}

#[tokio::test]
async fn declining_again_keeps_it_so() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    for _ in 0..3 {
        acme.invite(&h, ann.email(), "participant", &[]).await;
        // The first is mailed before it is declined.
        h.backend.drained().await;
        let token = waiting_token(&h, &ann).await;
        ann.decline(&h, &token).await.expect(204);
    }
    assert_eq!(h.invitations_mailed(ann.email()).await, 1);
    recount(&h).await;
}

#[tokio::test]
async fn what_people_write_becomes_no_link_in_any_mail() {
    let h = Harness::start().await;
    let evil = "Log in at evil.example/login";
    let olivia = h.person("olivia");
    let body = json!({ "name": evil, "role_set": "program-delivery" });
    let id = olivia
        .post(&h, "/v1/organizations", &body)
        .await
        .expect(201)
        .text("/id");
    let acme = Organization { id, owner: olivia };
    let me = acme.path("/members/me");
    acme.owner.patch(&h, &me, &json!({ "name": evil })).await.expect(200);
    let program = json!({ "name": "www.evil.example" });
    acme.owner
        .put(&h, &acme.path("/resources/program/spring"), &program)
        .await
        .expect(201);
    let message = json!("See https://evil.example/x or write to eve@evil.example");
    let body = invitation_with("ann@x.example", "program_admin", &["spring"], "message", message);
    acme.try_invite(&h, &body).await.expect(201);
    acme.owner.delete(&h, &acme.path("")).await.expect(204);
    for email in ["ann@x.example", acme.owner.email()] {
        for mail in h.mail_to(email).await {
            for text in [&mail.subject, &mail.text, &mail.html] {
                assert!(!text.contains("evil.example") && !text.contains("eve@"), "{text}");
                assert!(text.contains("evil\u{200a}.example"), "it reads as before: {text}");
            }
        }
    }
}
