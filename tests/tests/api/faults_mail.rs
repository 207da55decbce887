//! Mail is never lost, and sent twice only where nobody can know whether it was sent.

use jiff::SignedDuration;
use muster_domain::DeliveryEvent;
use muster_domain::rules::pace::MAX_PER_RECIPIENT;
use muster_edge::{App, Config, Metric};
use muster_functions::routes::ROUTES;
use muster_store::Key;
use muster_tests::bench::Bench;
use muster_tests::faults::{At, Kind, READ, Reach, SEND_EMAIL, TRANSACT, UPDATE};
use muster_tests::recount;
use muster_tests::requests::{Case, prepare};
use muster_tests::sampled::sampled;
use muster_tests::shortcuts::note_mailed;
use muster_tests::stream::{Function, hear};
use serde_json::json;
use std::time::{Duration, Instant};

/// An invitation that is made but not mailed yet; with its address.
async fn invited(b: &Bench) -> (Case, String) {
    let route = ROUTES.iter().find(|r| r.binary == "get-invitation").expect("a route");
    let mut case = prepare(b, route).await;
    case.invite(b, "zoe").await;
    let email = case.person(b, "zoe").email().to_owned();
    (case, email)
}

/// One try at delivering, in the watched process.
async fn try_once(b: &Bench) {
    let mut stream = b.stream().await;
    b.faults
        .unless_killed(stream.feed(b.app(), Function::DeliverMail))
        .await;
}

fn delivered(b: &Bench, email: &str) -> usize {
    b.h.backend.mail().iter().filter(|m| m.to == email).count()
}

/// How far the invitation's mail has come, as its organization is told.
async fn told(b: &Bench, case: &Case, email: &str) -> String {
    let list = case.organization().path("/invitations");
    let list = case.owner.get(&b.h, &list).await.expect(200);
    let items = list.body["items"].as_array().cloned().unwrap_or_default();
    let one = items.iter().find(|i| i["email"] == email).expect("the invitation");
    one["mail"].as_str().unwrap_or_default().to_owned()
}

/// How many mails count for an address.
async fn counted(b: &Bench, case: &Case, email: &str) -> usize {
    let (organization, email) = (case.organization().id.parse().unwrap(), email.parse().unwrap());
    let read = b.quiet.store().read(&[Key::deliverability(organization, &email)]).await;
    let known = read.unwrap().deliverability(organization, &email).unwrap();
    known.map_or(0, |known| known.mailed.len())
}

/// The calls of a delivery without a fault.
async fn calls(b: &Bench) -> Vec<String> {
    let (case, email) = invited(b).await;
    b.faults.clear();
    try_once(b).await;
    let calls = b.faults.calls();
    assert_eq!(delivered(b, &email), 1);
    assert_eq!(told(b, &case, &email).await, "sent");
    calls
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_delivered_once_whatever_goes_wrong_but_where_delivery_is_ambiguous() {
    let b = Bench::start().await;
    let calls = calls(&b).await;
    let handed_over = calls.iter().position(|c| c == SEND_EMAIL).expect("it is handed to SES");
    let mut faults = vec![(Kind::Killed, Reach::Rest)];
    for kind in [
        Kind::ServerError,
        Kind::LostReply,
        Kind::TimeoutBefore,
        Kind::TimeoutAfter,
        Kind::Throttled,
    ] {
        faults.extend([Reach::Attempt, Reach::Call, Reach::Rest].map(|reach| (kind, reach)));
    }
    let each = calls.iter().enumerate().flat_map(|(n, operation)| {
        let faults = faults.iter();
        faults.map(move |(kind, reach)| (n, operation, kind, reach))
    });
    for (n, operation, kind, reach) in sampled("delivering a mail", each.collect(), 10) {
        let what = format!("{kind:?} ({reach:?}) at call {n} ({operation})");
        let (case, email) = invited(&b).await;
        b.faults.inject(At::Call(n), *kind, *reach);
        try_once(&b).await;
        b.faults.clear();
        b.drain().await;
        // What SES did not take waits a minute.
        b.h.advance(SignedDuration::from_mins(1));
        b.expire().await.unwrap();
        b.drain().await;
        // SES may have it without our knowing, or we know and could not note it.
        let reply_lost = n == handed_over && matches!(kind, Kind::LostReply | Kind::TimeoutAfter);
        let note_lost = n == handed_over + 1 && *reach != Reach::Attempt;
        let most = if reply_lost || note_lost { 2 } else { 1 };
        let count = delivered(&b, &email);
        assert!((1..=most).contains(&count), "{what}: delivered {count} times");
        assert_eq!(told(&b, &case, &email).await, "sent", "{what}");
    }
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_ses_refuses_for_good_is_told_as_failed_and_not_tried_again() {
    let b = Bench::start().await;
    let (case, email) = invited(&b).await;
    b.faults.inject(At::Every(SEND_EMAIL), Kind::Rejected, Reach::Rest);
    b.stream().await.drain(b.app()).await;
    assert_eq!(b.faults.count(SEND_EMAIL), 1);
    b.faults.clear();
    assert_eq!(told(&b, &case, &email).await, "failed");
    b.drain().await;
    assert_eq!(delivered(&b, &email), 0);

    // Sending it again is a new mail.
    let resend = format!("{}/resend", case.path);
    case.owner
        .post(&b.h, &resend, &serde_json::Value::Null)
        .await
        .expect(200);
    b.drain().await;
    assert_eq!(delivered(&b, case.person(&b, "ann").email()), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_ses_does_not_take_at_present_waits_for_the_schedule_and_is_delivered_once() {
    let b = Bench::start().await;
    let lost = || [Metric::MailSkipped, Metric::MailFailed].map(|metric| b.app().metrics().counted(metric));
    let none_lost = lost();
    // More turns than an address gets mails a day, and those of half an hour over more than one day.
    for (kind, asked, minutes, turns) in [
        (Kind::Throttled, 3, 1, MAX_PER_RECIPIENT as u64 + 2),
        (Kind::QuotaSpent, 1, 30, 50),
        (Kind::Unverified, 1, 30, 50),
    ] {
        let (case, email) = invited(&b).await;
        let put_off = b.app().metrics().counted(Metric::MailPutOff);
        for turn in 0..turns {
            b.faults.inject(At::Every(SEND_EMAIL), kind, Reach::Call);
            try_once(&b).await;
            assert_eq!(b.faults.count(SEND_EMAIL), asked, "{kind:?}: how often SES is asked");
            assert!(
                !b.stream().await.feed(b.app(), Function::DeliverMail).await,
                "the record is done with"
            );
            assert_eq!(delivered(&b, &email), 0, "{kind:?}");
            assert_eq!(told(&b, &case, &email).await, "queued", "{kind:?} in turn {turn}");
            assert_eq!(b.app().metrics().counted(Metric::MailPutOff), put_off + turn + 1);
            assert_eq!(counted(&b, &case, &email).await, 0, "{kind:?}: nothing was sent");
            b.faults.clear();
            b.h.advance(SignedDuration::from_mins(minutes) - SignedDuration::from_secs(1));
            b.expire().await.unwrap();
            assert!(
                !b.stream().await.feed(b.app(), Function::DeliverMail).await,
                "{kind:?}: it waits"
            );
            b.h.advance(SignedDuration::from_secs(1));
            b.expire().await.unwrap();
        }
        b.drain().await;
        assert_eq!(delivered(&b, &email), 1, "{kind:?}");
        assert_eq!(told(&b, &case, &email).await, "sent", "{kind:?}");
        assert_eq!(counted(&b, &case, &email).await, 1, "{kind:?}: it counts once");
        assert_eq!(lost(), none_lost, "{kind:?}");
        // Nothing of it is due any more.
        assert_eq!(b.expire().await.unwrap()["processed"], 0, "{kind:?}");
    }
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_ses_has_not_taken_for_three_days_has_failed() {
    let b = Bench::start().await;
    let (case, email) = invited(&b).await;
    let failed = b.app().metrics().counted(Metric::MailFailed);
    // At the instants at which the schedule tries it.
    for turn in 0..=3 * 24 * 2 {
        assert_eq!(told(&b, &case, &email).await, "queued", "in turn {turn}");
        b.faults.inject(At::Every(SEND_EMAIL), Kind::Unverified, Reach::Call);
        try_once(&b).await;
        b.faults.clear();
        b.h.advance(SignedDuration::from_mins(30));
        b.expire().await.unwrap();
    }
    assert!(
        !b.stream().await.feed(b.app(), Function::DeliverMail).await,
        "it is given up"
    );
    assert_eq!(told(&b, &case, &email).await, "failed");
    assert_eq!(delivered(&b, &email), 0);
    assert_eq!(b.app().metrics().counted(Metric::MailFailed), failed + 1);
    assert_eq!(counted(&b, &case, &email).await, 0, "nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_for_days_goes_out_at_the_pace_of_its_address_and_none_of_it_is_lost() {
    let b = Bench::start().await;
    let (case, email) = invited(&b).await;
    b.faults.inject(At::Every(SEND_EMAIL), Kind::Unverified, Reach::Call);
    try_once(&b).await;
    b.faults.clear();
    // Five others that waited as well are faster.
    note_mailed(&b, case.organization(), &email).await;
    for (hours, expected) in [(1, 0), (22, 0), (1, 1)] {
        b.h.advance(SignedDuration::from_hours(hours));
        b.expire().await.unwrap();
        b.drain().await;
        assert_eq!(delivered(&b, &email), expected, "{hours} hours later");
        let status = if expected == 0 { "queued" } else { "sent" };
        assert_eq!(told(&b, &case, &email).await, status, "{hours} hours later");
    }
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_was_certainly_not_sent_takes_no_place_of_its_address() {
    let b = Bench::start().await;
    let (case, email) = invited(&b).await;
    let config = Config {
        mail_from: None,
        ..b.app().config().clone()
    };
    let without_sender = App::new(config, &b.h.quiet_sdk(), b.app().clock().clone());
    assert!(b.stream().await.feed(&without_sender, Function::DeliverMail).await);
    assert_eq!(counted(&b, &case, &email).await, 0);
    b.drain().await;
    assert_eq!((delivered(&b, &email), counted(&b, &case, &email).await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_others_or_the_table_hold_up_is_waited_for_and_not_handed_back() {
    let b = Bench::start().await;
    for kind in [Kind::Conflict, Kind::Hot] {
        for operation in [READ, TRANSACT, UPDATE] {
            if (kind, operation) == (Kind::Conflict, READ) {
                continue;
            }
            let (case, email) = invited(&b).await;
            b.faults.inject(At::First(operation), kind, Reach::Call);
            try_once(&b).await;
            b.faults.clear();
            assert!(
                !b.stream().await.feed(b.app(), Function::DeliverMail).await,
                "{kind:?} at {operation}: the record is done with"
            );
            assert_eq!(delivered(&b, &email), 1, "{kind:?} at {operation}");
            assert_eq!(told(&b, &case, &email).await, "sent", "{kind:?} at {operation}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_has_been_in_the_stream_for_over_an_hour_is_left_to_the_schedule() {
    let b = Bench::start().await;
    let (_, email) = invited(&b).await;
    b.stream().await.date_back(3_500.0).await;
    try_once(&b).await;
    assert_eq!(delivered(&b, &email), 1, "within the hour");

    let (case, email) = invited(&b).await;
    let put_off = b.app().metrics().counted(Metric::MailPutOff);
    b.stream().await.date_back(3_601.0).await;
    b.faults.clear();
    try_once(&b).await;
    assert_eq!(b.faults.count(SEND_EMAIL), 0);
    assert!(!b.stream().await.feed(b.app(), Function::DeliverMail).await);
    assert_eq!(b.app().metrics().counted(Metric::MailPutOff), put_off + 1);
    assert_eq!(told(&b, &case, &email).await, "queued");
    b.h.advance(SignedDuration::from_mins(10));
    b.expire().await.unwrap();
    b.drain().await;
    assert_eq!((delivered(&b, &email), counted(&b, &case, &email).await), (1, 1));
    assert_eq!(told(&b, &case, &email).await, "sent");
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_turn_comes_after_the_function_must_end_is_left_to_the_schedule() {
    let b = Bench::start().await;
    let config = Config {
        mail_interval: Duration::from_secs(1_000),
        ..b.app().config().clone()
    };
    let slow = App::new(config, &b.h.quiet_sdk(), b.app().clock().clone());
    let (mut case, _) = invited(&b).await;
    case.invite(&b, "yan").await;
    case.invite(&b, "xia").await;
    let begun = Instant::now();
    b.stream().await.drain(&slow).await;
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    assert_eq!(
        [Metric::MailSent, Metric::MailPutOff].map(|metric| slow.metrics().counted(metric)),
        [1, 2]
    );
    b.h.advance(SignedDuration::from_mins(10));
    b.expire().await.unwrap();
    b.drain().await;
    for tag in ["zoe", "yan", "xia"] {
        assert_eq!(delivered(&b, case.person(&b, tag).email()), 1, "{tag}");
    }
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_mail_that_was_sent_before_is_not_sent_again_once_ses_tells_so() {
    let b = Bench::start().await;
    let (case, email) = invited(&b).await;
    b.faults.inject(At::First(SEND_EMAIL), Kind::TimeoutAfter, Reach::Call);
    try_once(&b).await;
    b.faults.inject(At::Every(SEND_EMAIL), Kind::QuotaSpent, Reach::Call);
    try_once(&b).await;
    b.faults.clear();
    let mails = b.h.backend.mail();
    let mail = mails.iter().find(|mail| mail.to == email).expect("SES has it");
    hear(b.app(), mail.event(DeliveryEvent::Sent, mail.sent_at))
        .await
        .unwrap();
    b.h.advance(SignedDuration::from_mins(30));
    let swept = b.expire().await.unwrap();
    assert_eq!((&swept["processed"], &swept["complete"]), (&json!(0), &json!(true)));
    b.drain().await;
    assert_eq!(delivered(&b, &email), 1);
    assert_eq!(told(&b, &case, &email).await, "sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sent_mail_whose_note_is_throttled_is_not_sent_again() {
    let b = Bench::start().await;
    let calls = calls(&b).await;
    let handed_over = calls.iter().position(|c| c == SEND_EMAIL).expect("it is handed to SES");
    let (case, email) = invited(&b).await;
    b.faults.inject(At::Call(handed_over + 1), Kind::Throttled, Reach::Call);
    try_once(&b).await;
    b.faults.clear();
    b.drain().await;
    assert_eq!(delivered(&b, &email), 1);
    assert_eq!(told(&b, &case, &email).await, "sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_keeps_to_its_rate_from_one_invocation_to_the_next() {
    let b = Bench::start().await;
    let interval = Duration::from_millis(300);
    let config = Config {
        mail_interval: interval,
        ..b.app().config().clone()
    };
    let paced = App::new(config, &b.h.quiet_sdk(), b.app().clock().clone());
    let (mut case, _) = invited(&b).await;
    case.invite(&b, "yan").await;
    case.invite(&b, "xia").await;
    let begun = Instant::now();
    b.stream().await.drain(&paced).await;
    assert!(begun.elapsed() >= 2 * interval, "{:?}", begun.elapsed());
    assert_eq!(paced.metrics().counted(Metric::MailSent), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_of_unknown_fate_is_sent_at_most_once_more() {
    let b = Bench::start().await;
    let (case, email) = invited(&b).await;
    b.faults.inject(At::First(SEND_EMAIL), Kind::TimeoutAfter, Reach::Call);
    try_once(&b).await;
    b.faults.clear();
    b.drain().await;
    b.drain().await;
    assert_eq!(delivered(&b, &email), 2);
    assert_eq!(told(&b, &case, &email).await, "sent");
}
