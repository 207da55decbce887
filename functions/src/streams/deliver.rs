//! Delivering one email: take it up, pass it to SES, record the result. An email is sent again only if it is unknown whether it was
//! sent.

mod letter;
pub(super) mod outcome;
mod send;

use outcome::{DeliverError, show_delivery};

use jiff::Timestamp;
use muster_domain::feedback::Deliverability;
use muster_domain::invitation::Delivery;
use muster_domain::mail::{Dispatch, MailState, NotNow};
use muster_domain::rules::pace;
use muster_domain::{EmailAddress, Mail, MailId, OrganizationId};
use muster_edge::App;
use muster_edge::mail::Stationery;
use muster_edge::post::Post;
use muster_store::{Key, ReadSet, StoreError};
use outcome::{give_up, skip};
use send::{put_off, send};

/// Delivers an email, unless it was delivered before, its content is outdated, or it must not reach its address.
///
/// `recipient` is its address if the record has it. The address's deliverability is then read together with the mail. Without a turn
/// it is left to the schedule.
pub(super) async fn deliver(
    app: &App,
    post: &Post,
    stationery: &Stationery,
    organization: OrganizationId,
    id: MailId,
    recipient: Option<&EmailAddress>,
    has_turn: bool,
) -> Result<(), DeliverError> {
    let store = app.store();
    let now = app.clock().now();
    let mut keys = vec![Key::mail(organization, id), Key::organization(organization)];
    keys.extend(recipient.map(|email| Key::deliverability(organization, email)));
    let read = store.read(&keys).await?;
    let Some(mail) = read.mail(organization, id)? else {
        return Ok(());
    };
    // The schedule puts it into the outbox again.
    if mail.is_waiting() {
        return Ok(());
    }
    // An email that is already finished may not be shown on its invitation yet.
    match mail.state {
        MailState::Queued | MailState::Sending => {}
        MailState::Sent => return Ok(show_delivery(app, &mail, Delivery::Sent).await?),
        MailState::Failed => return Ok(show_delivery(app, &mail, Delivery::Failed).await?),
        // Restoring or resuming its organization releases a held email, as a new email.
        MailState::Held | MailState::Skipped => return Ok(()),
    }
    let organization = read.organization(organization)?;
    let dispatch = mail.dispatch(organization.as_ref(), now);
    if let (Dispatch::Hold, Some(known)) = (dispatch, &organization) {
        // If this fails, the organization may have been restored or resumed. The next attempt finds out.
        store.hold_mail(&mail, known).await?;
        return Ok(());
    }
    let known = deliverability(app, &read, &mail).await?;
    if let Some(reason) = mail.withheld(known.as_ref()) {
        return skip(app, &mail, Some(reason.delivery())).await;
    }
    let written = match dispatch {
        Dispatch::Send => letter::write(app, stationery, organization.as_ref(), &mail).await?,
        Dispatch::Skip | Dispatch::Hold => None,
    };
    let Some(outgoing) = written else {
        return skip(app, &mail, None).await;
    };
    if !has_turn {
        return put_off(app, &mail, mail.state, NotNow::Behind).await;
    }
    match take_up(app, &mail, known.as_ref()).await? {
        TakeUp::Done => send(app, post, &mail, &outgoing).await,
        TakeUp::TooMany(until) => {
            match until.filter(|_| mail.late.is_some()) {
                // This email waited for days: several days of emails to the address, each at an allowed pace, are now tried
                // together.
                Some(until) => put_off(app, &mail, mail.state, NotNow::Resting(until)).await,
                // Requests refuse this in advance, unless they are faster than the delivery of earlier mail.
                None => give_up(app, &mail, "its address has recently received too many emails").await,
            }
        }
        // Another delivery took it up, or this one did: the reply got lost and the SDK retried. The next attempt
        // finds out how far it came.
        TakeUp::Lost => Err(DeliverError::Claimed),
    }
}

/// The outcome of taking an email up.
enum TakeUp {
    /// The mail can be sent.
    Done,
    /// Its address has recently received too many emails, and rests until this instant.
    TooMany(Option<Timestamp>),
    /// Another attempt has taken it up before.
    Lost,
}

/// Takes an email up for sending, and counts it among the recent emails to its address.
async fn take_up(app: &App, mail: &Mail, known: Option<&Deliverability>) -> Result<TakeUp, DeliverError> {
    // An earlier attempt ended before it recorded a result. Whether the mail was sent is unknown, so it is sent.
    if mail.state == MailState::Sending {
        return Ok(TakeUp::Done);
    }
    let (store, now) = (app.store(), app.clock().now());
    let is_taken = if mail.letter.is_by_hand() {
        let mailed = known.map_or(&[][..], |known| known.mailed.as_slice());
        let Some(mailed) = pace::with_mail_counted(mailed, mail, now) else {
            return Ok(TakeUp::TooMany(
                known.and_then(|known| pace::email_allowed_at(known, now)),
            ));
        };
        store.take_up(mail, known, &mailed).await?
    } else {
        store
            .move_mail(mail, MailState::Queued, MailState::Sending, now)
            .await?
    };
    Ok(if is_taken { TakeUp::Done } else { TakeUp::Lost })
}

/// The deliverability of an email's address. It is already read, except for mail that is resent manually.
async fn deliverability(app: &App, read: &ReadSet, mail: &Mail) -> Result<Option<Deliverability>, StoreError> {
    let key = [Key::deliverability(mail.organization, &mail.to)];
    if read.covers(&key) {
        return read.deliverability(mail.organization, &mail.to);
    }
    let read = app.store().read(&key).await?;
    read.deliverability(mail.organization, &mail.to)
}
