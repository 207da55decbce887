//! Mail that waits when its organization is deleted: none of it is sent meanwhile, and none is lost by a restoration.

use jiff::SignedDuration;
use muster_local::Options;
use muster_tests::bench::Bench;
use muster_tests::faults::{At, Kind, Reach};
use muster_tests::harness::{Harness, Organization};
use muster_tests::requests::case_of;
use muster_tests::sampled::sampled;
use muster_tests::stream::{Function, Stream};
use muster_tests::{Gate, recount};
use serde_json::Value;
use std::sync::Arc;

/// Longer than a job waits for a restoration.
const PATIENCE: SignedDuration = SignedDuration::from_mins(31);

async fn delete(h: &Harness, acme: &Organization) {
    acme.owner.delete(h, &acme.path("")).await.expect(204);
}

async fn restore(h: &Harness, acme: &Organization) {
    let path = acme.path("/restore");
    h.platform().post(h, &path, &Value::Null).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_sent_once_after_the_restoration_and_never_before_it() {
    let b = Bench::start().await;
    let case = case_of(&b, "list-members").await;
    let acme = case.organization();
    // More than two slices of the job that releases them.
    let emails: Vec<String> = (0..45).map(|n| format!("guest{n}@x.example")).collect();
    let ids = acme.invite_many(&b.h, &emails, "participant", &[]).await;
    for _ in 0..2 {
        delete(&b.h, acme).await;
        b.drain().await;
        b.h.advance_days(1);
        b.expire().await.unwrap();
        b.drain().await;
        for email in &emails {
            assert_eq!(
                b.h.invitations_mailed_so_far(email),
                0,
                "{email}: nothing is sent of a deleted organization"
            );
        }
        restore(&b.h, acme).await;
        assert_eq!(acme.mail_state(&b.h, &ids[0]).await, "queued", "it is still to be sent");
    }
    b.drain().await;
    for (email, id) in emails.iter().zip(&ids) {
        assert_eq!(b.h.invitations_mailed_so_far(email), 1, "{email}");
        assert_eq!(acme.mail_state(&b.h, id).await, "sent", "{email}");
    }
    let told = b.h.backend.mail();
    let told = told.iter().filter(|m| m.subject == "Acme was deleted").count();
    assert_eq!(told, 2, "of each deletion once");
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_longer_so_after_the_restoration_is_not_sent() {
    let b = Bench::start().await;
    let case = case_of(&b, "list-members").await;
    let acme = case.organization();
    let lapsed = acme.invite(&b.h, "lapsed@x.example", "participant", &[]).await;
    b.h.advance_days(5);
    let cancelled = acme.invite(&b.h, "cancelled@x.example", "participant", &[]).await;
    let kept = acme.invite(&b.h, "kept@x.example", "participant", &[]).await;
    delete(&b.h, acme).await;
    b.drain().await;
    b.h.advance_days(3);
    b.expire().await.unwrap();
    b.drain().await;
    restore(&b.h, acme).await;
    acme.owner
        .delete(&b.h, &acme.invitation(&cancelled, ""))
        .await
        .expect(204);
    b.drain().await;
    let counts =
        ["lapsed", "cancelled", "kept"].map(|name| b.h.invitations_mailed_so_far(&format!("{name}@x.example")));
    assert_eq!(counts, [0, 0, 1]);
    assert_eq!(acme.mail_state(&b.h, &kept).await, "sent");

    let path = acme.invitation(&lapsed, "/resend");
    acme.owner.post(&b.h, &path, &Value::Null).await.expect(200);
    b.drain().await;
    assert_eq!(
        b.h.invitations_mailed_so_far("lapsed@x.example"),
        1,
        "who sends it again is heard"
    );
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_announcement_says_after_the_restoration_what_is_left_of_the_time() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let (hal, ida) = (acme.helper(&h, "hal").await, acme.helper(&h, "ida").await);
    let end = acme.member(&h, &hal.id()).await["role_expires_at"].clone();
    let end: jiff::Timestamp = end.as_str().unwrap().parse().unwrap();
    let notices = async |email: &str| -> Vec<String> {
        let mail = h.mail_to(email).await.into_iter().map(|m| m.subject);
        mail.filter(|subject| subject.starts_with("Your access")).collect()
    };
    // They are to be told seven days ahead, while the organization is deleted.
    delete(&h, &acme).await;
    // A minute later: the other's end is a moment after this one's.
    let until = |days: i64| {
        let left = end.duration_since(h.backend.clock().now());
        left - SignedDuration::from_hours(24 * days) + SignedDuration::from_mins(1)
    };
    h.advance(until(7));
    h.run_schedule().await;
    assert!(notices(hal.email()).await.is_empty());
    h.advance(until(3));
    restore(&h, &acme).await;
    h.run_schedule().await;
    for who in [&hal, &ida] {
        assert_eq!(notices(who.email()).await, ["Your access to Acme ends in 3 days"]);
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn resending_all_that_meets_a_deletion_goes_on_after_the_restoration() {
    let b = Bench::start().await;
    let case = case_of(&b, "list-members").await;
    let acme = case.organization();
    let emails: Vec<String> = (0..25).map(|n| format!("guest{n}@x.example")).collect();
    acme.invite_many(&b.h, &emails, "participant", &[]).await;
    b.drain().await;
    b.h.advance(SignedDuration::from_hours(1));
    let path = acme.path("/invitations/resend");
    acme.owner.post(&b.h, &path, &Value::Null).await.expect(202);
    delete(&b.h, acme).await;
    let live = async || {
        b.drain().await;
        b.h.advance(PATIENCE);
        b.expire().await.unwrap();
        b.drain().await;
    };
    live().await;
    live().await;
    assert!(emails.iter().all(|email| b.h.invitations_mailed_so_far(email) == 1));
    restore(&b.h, acme).await;
    live().await;
    for email in &emails {
        assert_eq!(b.h.invitations_mailed_so_far(email), 2, "{email}");
    }
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn holding_a_mail_survives_any_fault() {
    let b = Bench::start().await;
    let begin = async || {
        let mut case = case_of(&b, "list-members").await;
        let id = case.invite(&b, "zoe").await;
        delete(&b.h, case.organization()).await;
        (case, id)
    };
    let try_once = async || {
        let mut stream = b.stream().await;
        b.faults
            .unless_killed(stream.feed(b.app(), Function::DeliverMail))
            .await;
    };
    begin().await;
    b.faults.clear();
    try_once().await;
    let calls = b.faults.calls();
    let kinds = [
        Kind::Killed,
        Kind::ServerError,
        Kind::LostReply,
        Kind::TimeoutAfter,
        Kind::Throttled,
    ];
    let each = calls.iter().enumerate();
    let each = each.flat_map(|(n, operation)| kinds.map(|kind| (n, operation, kind)));
    for (n, operation, kind) in sampled("holding a mail", each.collect(), 6) {
        let what = format!("{kind:?} at call {n} ({operation})");
        let (case, id) = begin().await;
        let (acme, zoe) = (case.organization(), case.person(&b, "zoe"));
        b.faults.inject(At::Call(n), kind, Reach::Rest);
        try_once().await;
        b.faults.clear();
        b.drain().await;
        assert_eq!(b.h.invitations_mailed_so_far(zoe.email()), 0, "{what}");
        restore(&b.h, acme).await;
        b.drain().await;
        assert_eq!(b.h.invitations_mailed_so_far(zoe.email()), 1, "{what}");
        assert_eq!(acme.mail_state(&b.h, &id).await, "sent", "{what}");
    }
    recount(&b.h).await;
}

/// A backend that does nothing by itself, whose transactions go through a gate.
async fn gated() -> (Arc<Harness>, Gate) {
    let gate = Gate::default();
    let options = Options {
        timers: false,
        streams: false,
        http_client: Some(gate.client()),
        ..Options::default()
    };
    (Arc::new(Harness::with(options).await), gate)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_held_too_late_is_sent() {
    let (h, gate) = gated().await;
    let acme = Organization::make(&h).await;
    acme.invite(&h, "zoe@x.example", "participant", &[]).await;
    delete(&h, &acme).await;
    let mut mails = Stream::open(&h).await;
    gate.shut();
    let own = h.clone();
    let holding = tokio::spawn(async move {
        mails.feed(own.backend.app(), Function::DeliverMail).await;
        mails
    });
    gate.held().await;
    // It has read of the deletion, and writes only after all that a restoration brings is done.
    restore(&h, &acme).await;
    let mut work = Stream::open(&h).await;
    while work.feed(h.backend.app(), Function::FinishWork).await {}
    gate.open();
    let mut mails = holding.await.unwrap();
    mails.drain(h.backend.app()).await;
    assert_eq!(h.invitations_mailed_so_far("zoe@x.example"), 1);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_goes_with_an_organization_that_is_erased() {
    let b = Bench::start().await;
    let case = case_of(&b, "list-members").await;
    let acme = case.organization();
    acme.invite(&b.h, "zoe@x.example", "participant", &[]).await;
    delete(&b.h, acme).await;
    b.drain().await;
    b.h.advance_days(31);
    for _ in 0..2 {
        b.expire().await.unwrap();
        b.drain().await;
    }
    assert_eq!(b.h.invitations_mailed_so_far("zoe@x.example"), 0);
    let left = recount::items(&b.h).await;
    let about = |item: &muster_store::items::Item| format!("{item:?}").contains("zoe@x.example");
    assert!(!left.iter().any(about), "nothing is left of the guest");
}
