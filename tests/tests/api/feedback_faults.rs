//! What SES tells, while things go wrong: noted in the end, whatever comes between, and no mail sent twice for it.

use muster_domain::feedback::{DeliveryEvent, Mark};
use muster_edge::Metric;
use muster_functions::routes::ROUTES;
use muster_local::SentMail;
use muster_store::Key;
use muster_tests::bench::Bench;
use muster_tests::faults::{At, Kind, READ, Reach, SEND_EMAIL, TRANSACT, UPDATE};
use muster_tests::recount;
use muster_tests::requests::{Case, prepare};
use muster_tests::sampled::sampled;
use muster_tests::samples::{self, ids};
use muster_tests::stream::Function;
use muster_tests::stream::hear;
use serde_json::Value;

/// An invitation that waits to be mailed; with its id and its address.
async fn waiting(b: &Bench) -> (Case, String, String) {
    let route = ROUTES.iter().find(|r| r.binary == "put-resource").expect("a route");
    let mut case = prepare(b, route).await;
    let id = case.invite(b, "zoe").await;
    let email = case.person(b, "zoe").email().to_owned();
    (case, id, email)
}

async fn shown(b: &Bench, case: &Case, id: &str) -> String {
    let acme = case.organization();
    let read = acme.owner.get(&b.h, &acme.invitation(id, "")).await.expect(200);
    read.text("/mail")
}

fn mails(b: &Bench, email: &str) -> Vec<SentMail> {
    let mut mails = b.h.backend.mail();
    mails.retain(|m| m.to == email);
    mails
}

/// What goes wrong, and how far.
fn faults() -> Vec<(Kind, Reach)> {
    let mut faults = vec![(Kind::Killed, Reach::Rest)];
    for kind in [Kind::ServerError, Kind::LostReply, Kind::TimeoutAfter, Kind::Throttled] {
        faults.extend([Reach::Attempt, Reach::Rest].map(|reach| (kind, reach)));
    }
    faults
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_is_noted_whatever_goes_wrong_between() {
    let b = Bench::start().await;
    for (told, expected, marked, calls) in [
        (DeliveryEvent::Bounced, "bounced", 1, &[UPDATE, UPDATE, TRANSACT][..]),
        (
            DeliveryEvent::Delivered,
            "delivered",
            1,
            &[UPDATE, UPDATE, TRANSACT][..],
        ),
        // Settled as failed, then told.
        (DeliveryEvent::Rejected, "failed", 0, &[UPDATE, UPDATE, UPDATE][..]),
        (
            DeliveryEvent::Complained,
            "complained",
            1,
            &[UPDATE, UPDATE, TRANSACT][..],
        ),
        (DeliveryEvent::Returned, "returned", 0, &[UPDATE, UPDATE][..]),
        (DeliveryEvent::Sent, "sent", 0, &[UPDATE, UPDATE][..]),
    ] {
        let (case, id, email) = waiting(&b).await;
        b.drain().await;
        let event = |mail: &SentMail| mail.event(told, mail.sent_at);
        b.faults.clear();
        hear(b.app(), event(&mails(&b, &email)[0])).await.unwrap();
        assert_eq!(b.faults.calls(), calls, "{told:?}");
        assert_eq!(shown(&b, &case, &id).await, expected);

        if matches!(
            told,
            DeliveryEvent::Complained | DeliveryEvent::Returned | DeliveryEvent::Sent
        ) {
            // The same writes as one of the others, or fewer.
            continue;
        }
        let each = calls.iter().enumerate().flat_map(|(n, operation)| {
            let faults = faults().into_iter();
            faults.map(move |(kind, reach)| (n, operation, kind, reach))
        });
        for (n, operation, kind, reach) in sampled(expected, each.collect(), 7) {
            let what = format!("{told:?}: {kind:?} ({reach:?}) at call {n} ({operation})");
            let (case, id, email) = waiting(&b).await;
            b.drain().await;
            let event = event(&mails(&b, &email)[0]);
            b.faults.inject(At::Call(n), kind, reach);
            let first = b.faults.unless_killed(hear(b.app(), event.clone())).await;
            b.faults.clear();
            if !matches!(first, Some(Ok(_))) {
                hear(b.app(), event).await.unwrap();
            }
            assert_eq!(shown(&b, &case, &id).await, expected, "{what}");
            let acme = &case.organization().id;
            assert_eq!(samples::marked(&b.h, acme).await.len(), marked, "{what}");
            b.drain().await;
            assert_eq!(mails(&b, &email).len(), 1, "{what}");
        }
    }
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_table_throttles_or_others_hold_up_is_noted_by_the_same_event() {
    let b = Bench::start().await;
    let counted = |metric| b.app().metrics().counted(metric);
    let mut events = Vec::new();
    for (operation, kind, metric) in [
        (UPDATE, Kind::Throttled, Metric::Throttled),
        (TRANSACT, Kind::Hot, Metric::Throttled),
        (UPDATE, Kind::Conflict, Metric::ConflictsRetried),
        (TRANSACT, Kind::Conflict, Metric::ConflictsRetried),
    ] {
        let (case, id, email) = waiting(&b).await;
        b.drain().await;
        let mail = &mails(&b, &email)[0];
        let event = mail.event(DeliveryEvent::Bounced, mail.sent_at);
        let before = counted(metric);
        b.faults.inject(At::First(operation), kind, Reach::Call);
        hear(b.app(), event.clone()).await.unwrap();
        b.faults.clear();
        assert_eq!(counted(metric), before + 1, "{kind:?} at {operation}");
        assert_eq!(shown(&b, &case, &id).await, "bounced");
        assert_eq!(samples::marked(&b.h, &case.organization().id).await.len(), 1);
        events.push(event);
    }
    let before = counted(Metric::Throttled);
    b.faults.inject(At::Every(TRANSACT), Kind::Hot, Reach::Rest);
    hear(b.app(), events.remove(0)).await.unwrap_err();
    assert_eq!(
        counted(Metric::Throttled),
        before + 6,
        "six tries, and then the event comes again"
    );
    b.faults.clear();
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_of_unknown_fate_is_settled_by_what_is_told_and_not_sent_again() {
    let b = Bench::start().await;
    for told in [DeliveryEvent::Sent, DeliveryEvent::Delivered, DeliveryEvent::Bounced] {
        let (case, id, email) = waiting(&b).await;
        b.faults.inject(At::First(SEND_EMAIL), Kind::TimeoutAfter, Reach::Call);
        b.stream().await.feed(b.app(), Function::DeliverMail).await;
        b.faults.clear();
        assert_eq!(
            shown(&b, &case, &id).await,
            "queued",
            "it is not known whether it was sent"
        );
        let mail = &mails(&b, &email)[0];
        hear(&b.quiet, mail.event(told, mail.sent_at)).await.unwrap();
        b.drain().await;
        assert_eq!(mails(&b, &email).len(), 1, "{told:?}");
        assert_eq!(shown(&b, &case, &id).await, told.delivery().as_str());
    }
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_withheld_shows_why_whatever_goes_wrong_and_costs_no_further_read() {
    let b = Bench::start().await;
    // Told, left out.
    let calls = [READ, UPDATE, UPDATE];
    let each = (0..calls.len()).flat_map(|n| faults().into_iter().map(move |(kind, reach)| (n, kind, reach)));
    let tried = sampled("withholding a mail", each.collect(), 6);
    for fault in std::iter::once(None).chain(tried.into_iter().map(Some)) {
        let (case, id, email) = waiting(&b).await;
        b.drain().await;
        // All are asked to be sent again, and only then the bounce is told.
        let path = case.organization().path("/invitations/resend");
        case.owner.post(&b.h, &path, &Value::Null).await.expect(202);
        b.stream().await.feed(&b.quiet, Function::FinishWork).await;
        let mail = &mails(&b, &email)[0];
        hear(&b.quiet, mail.event(DeliveryEvent::Bounced, mail.sent_at))
            .await
            .unwrap();
        assert_eq!(
            shown(&b, &case, &id).await,
            "queued",
            "the mail of its new link is still to be sent"
        );
        match fault {
            Some((n, kind, reach)) => b.faults.inject(At::Call(n), kind, reach),
            None => b.faults.clear(),
        }
        let mut stream = b.stream().await;
        b.faults
            .unless_killed(stream.feed(b.app(), Function::DeliverMail))
            .await;
        drop(stream);
        if fault.is_none() {
            assert_eq!(b.faults.calls(), calls);
        }
        b.faults.clear();
        b.drain().await;
        assert_eq!(mails(&b, &email).len(), 1, "{fault:?}");
        assert_eq!(shown(&b, &case, &id).await, "bounced", "{fault:?}");
    }
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_noted_of_an_address_whose_mail_is_erased() {
    let b = Bench::start().await;
    let (case, _, email) = waiting(&b).await;
    b.drain().await;
    let organization = case.organization().id.parse().unwrap();
    let id = ids(&b.h, &case.organization().id, "MAIL#")
        .await
        .remove(0)
        .parse()
        .unwrap();
    let store = b.quiet.store();
    let seen = store.read(&[Key::mail(organization, id)]).await.unwrap();
    let mail = seen.mail(organization, id).unwrap().unwrap();
    let gone = aws_sdk_dynamodb::Client::new(b.quiet.sdk())
        .delete_item()
        .table_name(b.h.backend.table())
        .set_key(Some(Key::mail(organization, id).attributes()));
    gone.send().await.unwrap();
    // Between the note on the mail and that of the address it was erased.
    store.mark(&mail, Mark::Bounced, mail.created_at).await.unwrap();
    let sent = &mails(&b, &email)[0];
    hear(&b.quiet, sent.event(DeliveryEvent::Bounced, sent.sent_at))
        .await
        .unwrap();
    assert!(samples::marked(&b.h, &case.organization().id).await.is_empty());
    recount(&b.h).await;
}
