//! Passing one email to SES.

use super::outcome::{DeliverError, MAX_RECORDS, give_up, record};
use crate::streams::insist::insist;
use muster_domain::Mail;
use muster_domain::invitation::Delivery;
use muster_domain::mail::{Late, MailState, NotNow};
use muster_domain::rules::pace;
use muster_edge::mail::Outgoing;
use muster_edge::post::{Post, PostError};
use muster_edge::{App, Metric};
use muster_store::{Backoff, Key};
use std::time::Duration;

/// Maximum number of calls to SES while it throttles, before the mail is left to the schedule.
const MAX_CALLS: u32 = 3;

/// Passes an email to the mail service, and records the result.
pub(super) async fn send(app: &App, post: &Post, mail: &Mail, outgoing: &Outgoing) -> Result<(), DeliverError> {
    match call_service(post, mail, outgoing).await {
        Ok(()) => {
            app.metrics().count(Metric::MailSent, 1);
            record(app, mail, MailState::Sent, Delivery::Sent).await
        }
        Err(PostError::Refused(reason)) => {
            tracing::error!(reason, mail = %mail.id, "the mail service permanently rejects this mail");
            app.metrics().count(Metric::MailFailed, 1);
            record(app, mail, MailState::Failed, Delivery::Failed).await
        }
        Err(PostError::Throttled(reason)) => {
            tracing::warn!(reason, mail = %mail.id, "the mail service throttles: the mail waits");
            put_off(app, mail, MailState::Sending, NotNow::Throttled).await
        }
        Err(PostError::Closed(reason)) => {
            tracing::warn!(reason, mail = %mail.id, "the mail service takes no mail at present: it waits");
            put_off(app, mail, MailState::Sending, NotNow::Closed).await
        }
        Err(PostError::NoTurn) => put_off(app, mail, MailState::Sending, NotNow::Behind).await,
        Err(error @ PostError::NotSent(_)) => {
            put_back(app, mail, MailState::Sending, None).await?;
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

/// Leaves an email in this state to the schedule. The mail is queued then; after some days without being accepted it has failed.
pub(super) async fn put_off(app: &App, mail: &Mail, from: MailState, why: NotNow) -> Result<(), DeliverError> {
    let Some(late) = mail.put_off(why, app.clock().now()) else {
        put_back(app, mail, from, None).await?;
        return give_up(app, mail, "it could not be sent for days").await;
    };
    app.metrics().count(Metric::MailPutOff, 1);
    put_back(app, mail, from, Some(late)).await
}

/// Puts an email back into the queue. What was not sent does not count among the mail to its address.
async fn put_back(app: &App, mail: &Mail, from: MailState, late: Option<Late>) -> Result<(), DeliverError> {
    insist(app, MAX_RECORDS, || Box::pin(try_put_back(app, mail, from, late)) as _).await
}

async fn try_put_back(app: &App, mail: &Mail, from: MailState, late: Option<Late>) -> Result<(), DeliverError> {
    let store = app.store();
    let known = if from == MailState::Sending && mail.letter.is_by_hand() {
        let read = store.read(&[Key::deliverability(mail.organization, &mail.to)]).await?;
        read.deliverability(mail.organization, &mail.to)?
    } else {
        None
    };
    let counted = known
        .as_ref()
        .and_then(|known| Some((known, pace::without(&known.mailed, mail)?)));
    // If it has moved on meanwhile, SES has reported on an earlier attempt at it.
    match (counted, late) {
        (Some((known, others)), late) => drop(store.put_back(mail, late, known, &others).await?),
        (None, Some(late)) => drop(store.put_off(mail, from, late).await?),
        (None, None) => {
            let now = app.clock().now();
            store.move_mail(mail, from, MailState::Queued, now).await?;
        }
    }
    Ok(())
}
