//! Mail that waits while its organization is suspended.

use super::{REASON, resume, suspend};
use jiff::SignedDuration;
use muster_tests::bench::Bench;
use muster_tests::recount;
use muster_tests::requests::case_of;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn invitations_wait_and_are_mailed_once_when_it_is_resumed() {
    let b = Bench::start().await;
    let case = case_of(&b, "list-members").await;
    let acme = case.organization();
    // More than two slices of the job that releases them.
    let emails: Vec<String> = (0..45).map(|n| format!("guest{n}@x.example")).collect();
    let ids = acme.invite_many(&b.h, &emails, "participant", &[]).await;
    for _ in 0..2 {
        suspend(&b.h, acme).await;
        b.drain().await;
        b.h.advance_days(1);
        b.expire().await.unwrap();
        b.drain().await;
        assert!(emails.iter().all(|email| b.h.invitations_mailed_so_far(email) == 0));
        assert_eq!(acme.mail_state(&b.h, &ids[0]).await, "queued");
        resume(&b.h, acme).await;
    }
    b.drain().await;
    for email in &emails {
        assert_eq!(b.h.invitations_mailed_so_far(email), 1, "{email}");
    }
    assert_eq!(acme.mail_state(&b.h, &ids[0]).await, "sent");
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restoration_does_not_send_what_the_suspension_holds() {
    let b = Bench::start().await;
    let case = case_of(&b, "list-members").await;
    let acme = case.organization();
    acme.invite(&b.h, "zoe@x.example", "participant", &[]).await;
    suspend(&b.h, acme).await;
    acme.owner.delete(&b.h, &acme.path("")).await.expect(204);
    b.drain().await;
    let restore = acme.path("/restore");
    b.h.platform().post(&b.h, &restore, &Value::Null).await.expect(200);
    b.drain().await;
    let news = |subject: &str| {
        let mail = b.h.backend.mail();
        mail.iter()
            .filter(|m| m.to == acme.owner.email() && m.subject == subject)
            .count()
    };
    // The job of the suspension waited for the restoration, and is taken up by the schedule.
    b.h.advance(SignedDuration::from_mins(31));
    b.expire().await.unwrap();
    b.drain().await;
    assert_eq!(
        (
            b.h.invitations_mailed_so_far("zoe@x.example"),
            news("Acme is suspended")
        ),
        (0, 1)
    );
    resume(&b.h, acme).await;
    b.drain().await;
    assert_eq!(
        (
            b.h.invitations_mailed_so_far("zoe@x.example"),
            news("Acme is active again")
        ),
        (1, 1)
    );
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn resending_all_that_meets_a_suspension_goes_on_after_it() {
    let b = Bench::start().await;
    let case = case_of(&b, "list-members").await;
    let acme = case.organization();
    let emails: Vec<String> = (0..25).map(|n| format!("guest{n}@x.example")).collect();
    acme.invite_many(&b.h, &emails, "participant", &[]).await;
    b.drain().await;
    b.h.advance(SignedDuration::from_hours(1));
    let path = acme.path("/invitations/resend");
    acme.owner.post(&b.h, &path, &Value::Null).await.expect(202);
    let at = b.h.backend.clock().now() + SignedDuration::from_secs(1);
    let body = json!({ "reason": REASON, "at": at });
    let platform = b.h.platform();
    platform.put(&b.h, &acme.path("/suspension"), &body).await.expect(200);
    b.h.advance(SignedDuration::from_secs(2));
    let live = async || {
        b.drain().await;
        b.h.advance(SignedDuration::from_mins(31));
        b.expire().await.unwrap();
        b.drain().await;
    };
    live().await;
    live().await;
    assert!(emails.iter().all(|email| b.h.invitations_mailed_so_far(email) == 1));
    resume(&b.h, acme).await;
    live().await;
    for email in &emails {
        assert_eq!(b.h.invitations_mailed_so_far(email), 2, "{email}");
    }
    recount(&b.h).await;
}
