//! What SES tells of mail: it shows on the invitation, and an address that bounced or complained is not mailed unasked.

use muster_domain::DeliveryEvent;
use muster_functions::routes::ROUTES;
use muster_tests::bench::Bench;
use muster_tests::harness::{Harness, Organization};
use muster_tests::requests::{Case, prepare};
use muster_tests::samples::marked;
use muster_tests::shortcuts::{named, verdicts};
use muster_tests::stream::hear;
use muster_tests::{Persona, recount};
use serde_json::{Value, json};

/// How far an invitation's mail has come, as its organization is told.
async fn shown(h: &Harness, acme: &Organization, id: &str) -> String {
    let read = acme.owner.get(h, &acme.invitation(id, "")).await.expect(200);
    read.text("/mail")
}

async fn resend_all(h: &Harness, acme: &Organization) {
    let path = acme.path("/invitations/resend");
    acme.owner.post(h, &path, &Value::Null).await.expect(202);
}

async fn resend(h: &Harness, acme: &Organization, id: &str) {
    let path = acme.invitation(id, "/resend");
    acme.owner.post(h, &path, &Value::Null).await.expect(200);
}

/// An organization with one invitation, mailed, of which nothing is told yet; with the address.
async fn invited(b: &Bench) -> (Case, String, String) {
    let route = ROUTES.iter().find(|r| r.binary == "put-resource").expect("a route");
    let mut case = prepare(b, route).await;
    let id = case.invite(b, "zoe").await;
    b.drain().await;
    let email = case.person(b, "zoe").email().to_owned();
    (case, id, email)
}

/// SES tells this of the latest mail to an address, so many seconds after it was sent.
async fn tell(b: &Bench, email: &str, told: DeliveryEvent, seconds: i64) {
    let mail = b.h.backend.mail().into_iter().rev().find(|m| m.to == email);
    let mail = mail.expect("something was mailed to the address");
    let at = mail.sent_at + jiff::SignedDuration::from_secs(seconds);
    hear(&b.quiet, mail.event(told, at)).await.unwrap();
}

fn mailed(b: &Bench, email: &str) -> usize {
    b.h.backend.mail().iter().filter(|m| m.to == email).count()
}

#[tokio::test]
async fn what_becomes_of_a_mail_shows_on_its_invitation() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for (email, expected) in [
        ("ann@x.example", "delivered"),
        ("bounce@x.example", "bounced"),
        ("complaint@x.example", "complained"),
        // A note that somebody is away, after the mail has arrived.
        ("ooto@x.example", "delivered"),
    ] {
        let id = acme.invite(&h, email, "admin", &[]).await;
        h.backend.drained().await;
        assert_eq!(shown(&h, &acme, &id).await, expected, "{email}");
        let list = acme.owner.get(&h, &acme.path("/invitations")).await.expect(200);
        let items = list.body["items"].as_array().unwrap();
        let one = items.iter().find(|i| i["email"] == email).unwrap();
        assert_eq!(one["mail"], expected, "{email}, in the list");
        assert_eq!(one["status"], "pending", "its seat and its link stay as they are");
    }
    assert_eq!(h.backend.mail().len(), 4);
    recount(&h).await;
}

#[tokio::test]
async fn an_address_that_bounced_is_mailed_again_only_by_a_member_who_names_it() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let email = "bounce@x.example";
    let id = acme.invite(&h, email, "admin", &[]).await;
    acme.invite(&h, "ann@x.example", "admin", &[]).await;
    h.backend.drained().await;

    h.advance_days(1);
    resend_all(&h, &acme).await;
    assert_eq!(h.invitations_mailed("ann@x.example").await, 2);
    assert_eq!(h.invitations_mailed(email).await, 1);
    let read = acme.owner.get(&h, &acme.invitation(&id, "")).await.expect(200);
    let (sent, created) = (&read.body["sent_at"], &read.body["created_at"]);
    assert_eq!(sent, created, "it keeps its link and its end");
    // Somebody names it: one, chosen ones, or an invitation of its own.
    resend(&h, &acme, &id).await;
    assert_eq!(h.invitations_mailed(email).await, 2);
    let chosen = json!({ "invitations": [id] });
    let path = acme.path("/invitations/resend");
    acme.owner.post(&h, &path, &chosen).await.expect(200);
    assert_eq!(h.invitations_mailed(email).await, 3);
    acme.owner.delete(&h, &acme.invitation(&id, "")).await.expect(204);
    let again = acme.invite(&h, email, "admin", &[]).await;
    assert_eq!(h.invitations_mailed(email).await, 4);
    assert_eq!(shown(&h, &acme, &again).await, "bounced");
    recount(&h).await;
}

#[tokio::test]
async fn a_reader_who_called_an_email_spam_gets_no_other_by_hand_either() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let email = "complaint@x.example";
    let id = acme.invite(&h, email, "admin", &[]).await;
    h.backend.drained().await;
    h.advance_days(1);
    resend_all(&h, &acme).await;
    let path = acme.invitation(&id, "/resend");
    let refused = acme.owner.post(&h, &path, &Value::Null).await;
    refused.problem(409, "mail-not-wanted");
    let chosen = json!({ "invitations": [id] });
    let path = acme.path("/invitations/resend");
    let rows = acme.owner.post(&h, &path, &chosen).await.expect(200);
    assert_eq!(verdicts(&rows.body), named(&[("refused", "mail-not-wanted")]));
    acme.owner.delete(&h, &acme.invitation(&id, "")).await.expect(204);
    let again = acme.invite(&h, email, "admin", &[]).await;
    assert_eq!(shown(&h, &acme, &again).await, "complained");
    assert_eq!(h.invitations_mailed(email).await, 1);

    // Until they want it: the invitation waits for them.
    let guest = h.person("guest").with_email(email, true);
    let token = muster_tests::samples::waiting_token(&h, &guest).await;
    guest.accept(&h, &token).await.expect(200);
    let member = acme.path(&format!("/members/{}", guest.id()));
    acme.owner.delete(&h, &member).await.expect(204);
    let contact = acme.path(&format!("/contacts/{}", guest.id()));
    acme.owner.delete(&h, &contact).await.expect(204);
    acme.invite(&h, email, "admin", &[]).await;
    assert_eq!(h.invitations_mailed(email).await, 2);
    recount(&h).await;
}

/// Subjects of mail that speaks of an end.
async fn notices(h: &Harness, who: &Persona) -> usize {
    let mail = h.mail_to(who.email()).await;
    mail.iter().filter(|m| m.subject.starts_with("Your access")).count()
}

#[tokio::test]
async fn a_member_whose_address_bounced_gets_no_notice() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let reached = acme.helper(&h, "hal").await;
    let bounced = acme.helper(&h, "bounce").await;
    h.backend.drained().await;
    let member = acme.member(&h, &bounced.id()).await;
    h.advance_past(member["role_expires_at"].as_str().unwrap());
    h.run_schedule().await;
    assert_eq!(notices(&h, &reached).await, 1);
    assert_eq!(notices(&h, &bounced).await, 0);
    assert_eq!(acme.recorded(&h, "member.role_ended").await, 2, "both have ended");
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_order_nor_repetition_matters() {
    let b = Bench::start().await;
    let told = [
        DeliveryEvent::Sent,
        DeliveryEvent::Returned,
        DeliveryEvent::Delivered,
        DeliveryEvent::Bounced,
    ];
    for order in orders(&told) {
        let (case, id, email) = invited(&b).await;
        for told in order.iter().chain(&order) {
            tell(&b, &email, *told, 1 + *told as i64).await;
        }
        let acme = case.organization();
        assert_eq!(shown(&b.h, acme, &id).await, "bounced", "{order:?}");
        assert_eq!(marked(&b.h, &acme.id).await, std::slice::from_ref(&email), "{order:?}");
        resend_all(&b.h, acme).await;
        b.drain().await;
        assert_eq!(mailed(&b, &email), 1, "{order:?}");
    }
    recount(&b.h).await;
}

/// Every order of these.
fn orders(all: &[DeliveryEvent]) -> Vec<Vec<DeliveryEvent>> {
    let Some((first, rest)) = all.split_first() else {
        return vec![Vec::new()];
    };
    let mut longer = Vec::new();
    for shorter in orders(rest) {
        for place in 0..=shorter.len() {
            let mut order = shorter.clone();
            order.insert(place, *first);
            longer.push(order);
        }
    }
    longer
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_sent_again_is_not_marked_by_its_older_mail() {
    let b = Bench::start().await;
    let (case, id, email) = invited(&b).await;
    let acme = case.organization();
    let older = b.h.backend.mail().into_iter().rev().find(|m| m.to == email).unwrap();
    resend(&b.h, acme, &id).await;
    assert_eq!(shown(&b.h, acme, &id).await, "queued");
    hear(&b.quiet, older.event(DeliveryEvent::Bounced, older.sent_at))
        .await
        .unwrap();
    assert_eq!(
        shown(&b.h, acme, &id).await,
        "queued",
        "the newer one is still to be sent"
    );
    b.drain().await;
    assert_eq!(mailed(&b, &email), 2, "somebody has named the address");
    assert_eq!(shown(&b.h, acme, &id).await, "sent");
    tell(&b, &email, DeliveryEvent::Delivered, 5).await;
    assert_eq!(shown(&b.h, acme, &id).await, "delivered");
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_clears_a_bounce_and_no_complaint() {
    let b = Bench::start().await;
    for (told, mailed_after) in [(DeliveryEvent::Bounced, 3), (DeliveryEvent::Complained, 2)] {
        let (case, id, email) = invited(&b).await;
        let acme = case.organization();
        // Of two mails, something is told of the first and then of the second.
        let first = b.h.backend.mail().into_iter().rev().find(|m| m.to == email).unwrap();
        resend(&b.h, acme, &id).await;
        b.drain().await;
        hear(&b.quiet, first.event(told, first.sent_at)).await.unwrap();
        tell(&b, &email, DeliveryEvent::Delivered, 60).await;
        assert_eq!(shown(&b.h, acme, &id).await, "delivered", "{told:?}: of the newer mail");
        b.h.advance_days(1);
        resend_all(&b.h, acme).await;
        b.drain().await;
        assert_eq!(mailed(&b, &email), mailed_after, "{told:?}");
    }
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bounce_that_is_told_after_the_delivery_of_a_newer_mail_is_older_than_it() {
    let b = Bench::start().await;
    for bounce_first in [true, false] {
        let (case, id, email) = invited(&b).await;
        let acme = case.organization();
        let older = b.h.backend.mail().into_iter().rev().find(|m| m.to == email).unwrap();
        let bounce = || hear(&b.quiet, older.event(DeliveryEvent::Bounced, older.sent_at));
        resend(&b.h, acme, &id).await;
        b.drain().await;
        if bounce_first {
            bounce().await.unwrap();
        }
        tell(&b, &email, DeliveryEvent::Delivered, 60).await;
        if !bounce_first {
            bounce().await.unwrap();
        }
        assert_eq!(shown(&b.h, acme, &id).await, "delivered", "{bounce_first}");
        b.h.advance_days(1);
        resend_all(&b.h, acme).await;
        b.drain().await;
        assert_eq!(mailed(&b, &email), 3, "{bounce_first}");
    }
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_came_back_for_now_is_tried_again() {
    let b = Bench::start().await;
    let (case, id, email) = invited(&b).await;
    let acme = case.organization();
    tell(&b, &email, DeliveryEvent::Returned, 1).await;
    assert_eq!(shown(&b.h, acme, &id).await, "returned");
    assert!(marked(&b.h, &acme.id).await.is_empty());
    b.h.advance_days(1);
    resend_all(&b.h, acme).await;
    b.drain().await;
    assert_eq!(mailed(&b, &email), 2);
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_organization_learns_nothing_and_can_tell_nothing() {
    let b = Bench::start().await;
    let (ours, id, email) = invited(&b).await;
    let route = ROUTES.iter().find(|r| r.binary == "put-resource").expect("a route");
    let theirs = prepare(&b, route).await;
    let them = theirs.organization();
    let other = them.invite(&b.h, &email, "admin", &[]).await;
    b.drain().await;
    // The latest mail is theirs, the one before it ours.
    let mails: Vec<_> = b.h.backend.mail().into_iter().filter(|m| m.to == email).collect();
    assert_eq!(mails.len(), 2);
    let bounce = |n: usize| mails[n].event(DeliveryEvent::Bounced, mails[n].sent_at);

    // A mail of ours under the name of their organization is no mail.
    let mut forged = bounce(0);
    forged["detail"]["mail"]["tags"]["organization"] = json!([them.id]);
    hear(&b.quiet, forged).await.unwrap();
    assert_eq!(shown(&b.h, ours.organization(), &id).await, "sent");
    assert_eq!(shown(&b.h, them, &other).await, "sent");
    assert!(marked(&b.h, &them.id).await.is_empty());

    hear(&b.quiet, bounce(0)).await.unwrap();
    assert_eq!(shown(&b.h, ours.organization(), &id).await, "bounced");
    assert_eq!(shown(&b.h, them, &other).await, "sent");
    assert!(marked(&b.h, &them.id).await.is_empty());
    b.h.advance_days(1);
    resend_all(&b.h, ours.organization()).await;
    resend_all(&b.h, them).await;
    b.drain().await;
    assert_eq!(mailed(&b, &email), 3, "only they mail the address again");
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_say_nothing_or_speak_of_nothing_are_passed_over() {
    let b = Bench::start().await;
    let (case, id, email) = invited(&b).await;
    let mail = b.h.backend.mail().into_iter().rev().find(|m| m.to == email).unwrap();
    let bounce = mail.event(DeliveryEvent::Bounced, mail.sent_at);
    let before = recount::items(&b.h).await.len();
    let tags = "/detail/mail/tags";
    let cases = [
        ("", json!([])),
        ("/detail", Value::Null),
        ("/detail/eventType", json!("Open")),
        ("/detail/bounce", Value::Null),
        (tags, json!({})),
        (tags, json!({ "organization": [case.organization().id] })),
        ("/detail/mail/tags/mail", json!(["mail_0351gb06UonDD6Qk3DjTVL"])),
        ("/detail/mail/tags/organization", json!(["org_0351gb06UonDD6Qk3DjTVL"])),
        ("/detail/mail/tags/mail", json!([id])),
        ("/detail/mail/tags/mail", json!(["../ORG"])),
    ];
    for (pointer, value) in cases {
        let mut event = bounce.clone();
        *event.pointer_mut(pointer).unwrap() = value;
        let answer = hear(&b.quiet, event).await.unwrap();
        assert_eq!(answer, Value::Null, "{pointer}");
    }
    assert_eq!(shown(&b.h, case.organization(), &id).await, "sent");
    assert_eq!(recount::items(&b.h).await.len(), before, "nothing is made of them");
    hear(&b.quiet, bounce).await.unwrap();
    assert_eq!(shown(&b.h, case.organization(), &id).await, "bounced");
    recount(&b.h).await;
}
