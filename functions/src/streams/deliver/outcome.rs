//! Recording the result of an email, and the reasons why it could not be delivered.

use crate::streams::insist::{Obstructed, insist};
use muster_domain::invitation::Delivery;
use muster_domain::mail::MailState;
use muster_domain::{Letter, Mail};
use muster_edge::mail::LetterError;
use muster_edge::post::PostError;
use muster_edge::{App, Metric};
use muster_store::{CommitError, Obstacle, StoreError};

/// Maximum number of attempts to record the result of an email. Without the record, the mail would be sent again.
pub(super) const MAX_RECORDS: u32 = 9;

/// Why an email could not be delivered now.
#[derive(Debug, thiserror::Error)]
pub(in crate::streams) enum DeliverError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Secret(#[from] muster_edge::secrets::SecretError),
    #[error(transparent)]
    Post(#[from] PostError),
    #[error("the email cannot be written: {0}")]
    Letter(#[from] LetterError),
    #[error(transparent)]
    Commit(#[from] CommitError),
    #[error("another attempt has claimed the email")]
    Claimed,
    #[error("the result of the email could not be recorded: {0}")]
    NotRecorded(StoreError),
}

impl Obstructed for DeliverError {
    fn obstacle(&self) -> Option<Obstacle> {
        match self {
            Self::Store(error) => error.obstacle(),
            Self::Commit(error) => error.obstacle(),
            Self::Secret(_) | Self::Post(_) | Self::Letter(_) | Self::Claimed | Self::NotRecorded(_) => None,
        }
    }
}

/// Records the result of sending an email, on the mail and on its invitation.
pub(super) async fn record(app: &App, mail: &Mail, state: MailState, delivery: Delivery) -> Result<(), DeliverError> {
    let now = app.clock().now();
    let note = || Box::pin(app.store().move_mail(mail, MailState::Sending, state, now)) as _;
    insist::<bool, _>(app, MAX_RECORDS, note)
        .await
        .map_err(DeliverError::NotRecorded)?;
    Ok(show_delivery(app, mail, delivery).await?)
}

/// Abandons an email that was not sent, and shows that on its invitation.
pub(super) async fn give_up(app: &App, mail: &Mail, reason: &str) -> Result<(), DeliverError> {
    tracing::error!(reason, mail = %mail.id, "an email is abandoned");
    finish(app, mail, Some(Delivery::Failed), MailState::Failed, Metric::MailFailed).await
}

/// Leaves an email unsent, and shows the reason on its invitation if that is still open.
pub(super) async fn skip(app: &App, mail: &Mail, why: Option<Delivery>) -> Result<(), DeliverError> {
    finish(app, mail, why, MailState::Skipped, Metric::MailSkipped).await
}

/// Moves an open email to its final state.
async fn finish(
    app: &App,
    mail: &Mail,
    why: Option<Delivery>,
    state: MailState,
    metric: Metric,
) -> Result<(), DeliverError> {
    // The invitation comes first: if the process dies between the two writes, the next attempt still finds the mail open.
    if let Some(delivery) = why {
        show_delivery(app, mail, delivery).await?;
    }
    let open = [MailState::Queued, MailState::Sending];
    let now = app.clock().now();
    if app.store().record_outbox_state(mail, &open, state, now).await? {
        app.metrics().count(metric, 1);
    }
    Ok(())
}

/// Records the delivery state of an email on its invitation. If this fails, the retry finds the mail finished and repeats this.
pub(in crate::streams) async fn show_delivery(app: &App, mail: &Mail, delivery: Delivery) -> Result<(), StoreError> {
    if let Letter::Invitation { invitation, generation } = mail.letter {
        let store = app.store();
        store
            .note_delivery(mail.organization, invitation, generation, delivery)
            .await?;
    }
    Ok(())
}
