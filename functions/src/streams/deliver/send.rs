//! Passing one mail to SES.

use super::outcome::{DeliverError, record};
use muster_domain::Mail;
use muster_domain::invitation::Delivery;
use muster_domain::mail::{MailState, NotNow};
use muster_edge::mail::Outgoing;
use muster_edge::post::{Post, PostError};
use muster_edge::{App, Metric};
use muster_store::Backoff;
use std::time::Duration;

/// Maximum number of calls to SES while it throttles, before the mail is left to the schedule.
const MAX_CALLS: u32 = 3;

/// Passes a mail to the mail service, and records the result.
pub(super) async fn send(app: &App, post: &Post, mail: &Mail, outgoing: &Outgoing) -> Result<(), DeliverError> {
    match call_service(post, mail, outgoing).await {
        Ok(()) => {
            app.metrics().count(Metric::MailSent, 1);
            record(app, mail, MailState::Sent, Delivery::Sent).await
        }
        Err(PostError::Refused(reason)) => {
            tracing::error!(reason, mail = %mail.id, "the mail service rejected this mail permanently");
            fail(app, mail).await
        }
        Err(PostError::Throttled(reason)) => put_off(app, mail, NotNow::Throttled, &reason).await,
        Err(PostError::Closed(reason)) => put_off(app, mail, NotNow::Closed, &reason).await,
        Err(error @ PostError::NotSent(_)) => {
            let now = app.clock().now();
            app.store()
                .move_mail(mail, MailState::Sending, MailState::Queued, now)
                .await?;
            Err(error.into())
        }
        Err(error @ PostError::Unknown(_)) => Err(error.into()),
    }
}

/// Calls the mail service, with pauses while it throttles.
async fn call_service(post: &Post, mail: &Mail, outgoing: &Outgoing) -> Result<(), PostError> {
    let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(1));
    for _ in 1..MAX_CALLS {
        match post.send(outgoing, mail).await {
            Err(PostError::Throttled(_)) => backoff.pause().await,
            outcome => return outcome,
        }
    }
    post.send(outgoing, mail).await
}

/// Leaves a mail to the schedule if the mail service does not accept it now. The mail stays queued, and fails after some days.
async fn put_off(app: &App, mail: &Mail, why: NotNow, reason: &str) -> Result<(), DeliverError> {
    let Some(late) = mail.put_off(why, app.clock().now()) else {
        tracing::error!(reason, mail = %mail.id, "the mail service has not accepted this mail for days");
        return fail(app, mail).await;
    };
    tracing::warn!(reason, mail = %mail.id, "the mail service accepts no mail at present; the mail waits");
    app.metrics().count(Metric::MailPutOff, 1);
    app.store().put_off(mail, late).await?;
    Ok(())
}

async fn fail(app: &App, mail: &Mail) -> Result<(), DeliverError> {
    app.metrics().count(Metric::MailFailed, 1);
    record(app, mail, MailState::Failed, Delivery::Failed).await
}
