//! Delivering one mail: take it up, pass it to SES, record the result. A mail is resent only if it is unknown whether it was sent.

use super::handing::hand_over;
use muster_domain::feedback::Deliverability;
use muster_domain::invitation::Delivery;
use muster_domain::link::Link;
use muster_domain::mail::{Dispatch, MailState, days_left};
use muster_domain::rules::pace;
use muster_domain::{
    Address, Invitation, InvitationState, Letter, Mail, MailId, Name, Organization, OrganizationId, ResourceKey, RoleId,
};
use muster_edge::mail::{self, Outgoing};
use muster_edge::org_context::role_set;
use muster_edge::post::{Post, PostError};
use muster_edge::{App, Metric};
use muster_store::{CommitError, Key, ReadSet, StoreError};

/// Why a mail could not be delivered now.
#[derive(Debug, thiserror::Error)]
pub(super) enum DeliverError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Secret(#[from] muster_edge::secrets::SecretError),
    #[error(transparent)]
    Post(#[from] PostError),
    #[error("the mail cannot be written: {0}")]
    Render(String),
    #[error(transparent)]
    Commit(#[from] CommitError),
    #[error("the mail was taken up by an earlier try, or its organization has changed")]
    TakenUp,
    #[error("what became of the mail could not be noted: {0}")]
    Unnoted(StoreError),
}

impl DeliverError {
    /// Whether the table was throttled, so that a retry after a pause may succeed.
    pub(super) const fn is_throttled(&self) -> bool {
        matches!(
            self,
            Self::Store(StoreError::Throttled { .. }) | Self::Commit(CommitError::Throttled)
        )
    }
}

/// Delivers a mail, unless it was delivered before, its content is outdated, or it must not reach its address.
///
/// `to` is its address if the record has it. The address's deliverability is then read together with the mail.
pub(super) async fn deliver(
    app: &App,
    post: &Post,
    organization: OrganizationId,
    id: MailId,
    to: Option<&Address>,
) -> Result<(), DeliverError> {
    let store = app.store();
    let now = app.clock().now();
    let mut keys = vec![Key::mail(organization, id), Key::organization(organization)];
    keys.extend(to.map(|address| Key::deliverability(organization, address)));
    let read = store.read(&keys).await?;
    let Some(mail) = read.mail(organization, id)? else {
        return Ok(());
    };
    // The schedule puts it into the outbox again.
    if mail.is_waiting() {
        return Ok(());
    }
    // A mail that is already finished may not be shown on its invitation yet.
    match mail.state {
        MailState::Queued | MailState::Sending => {}
        MailState::Sent => return Ok(show_delivery(app, &mail, Delivery::Sent).await?),
        MailState::Failed => return Ok(show_delivery(app, &mail, Delivery::Failed).await?),
        // Restoring or resuming its organization releases a held mail, as a new mail.
        MailState::Held | MailState::Skipped => return Ok(()),
    }
    let organization = read.organization(organization)?;
    let turn = mail.dispatch(organization.as_ref(), now);
    if let (Dispatch::Hold, Some(known)) = (turn, &organization) {
        // If this fails, the organization may have been restored or resumed. The next attempt finds out.
        let held = store.hold_mail(&mail, known).await?;
        return held.then_some(()).ok_or(DeliverError::TakenUp);
    }
    let known = deliverability(app, &read, &mail).await?;
    if let Some(reason) = mail.withheld(known.as_ref()) {
        return leave(app, &mail, Some(reason.delivery())).await;
    }
    let written = match (turn, &organization, &mail.letter) {
        (Dispatch::Send, _, Letter::OrganizationErased { name }) => farewell(&mail, name)?,
        (Dispatch::Send, Some(organization), _) => write(app, organization, &mail).await?,
        (Dispatch::Send, None, _) | (Dispatch::Skip | Dispatch::Hold, ..) => None,
    };
    let Some(outgoing) = written else {
        return leave(app, &mail, None).await;
    };
    match taken(app, &mail, known.as_ref()).await? {
        Taken::Up => hand_over(app, post, &mail, &outgoing).await,
        // Requests refuse this in advance, unless they are faster than the delivery of earlier mail.
        Taken::TooMany => leave(app, &mail, Some(Delivery::Failed)).await,
        // Another delivery took it up, or this one did: the reply got lost and the SDK retried. The next attempt
        // finds out how far it came.
        Taken::Before => Err(DeliverError::TakenUp),
    }
}

/// The outcome of taking a mail up.
enum Taken {
    /// The mail can be sent.
    Up,
    /// Its address has recently received too many mails.
    TooMany,
    /// Another attempt has taken it up before.
    Before,
}

/// Takes a mail up for sending, and counts it among the recent mails to its address.
async fn taken(app: &App, mail: &Mail, known: Option<&Deliverability>) -> Result<Taken, DeliverError> {
    // An earlier attempt ended before it recorded a result. Whether the mail was sent is unknown, so it is sent.
    if mail.state == MailState::Sending {
        return Ok(Taken::Up);
    }
    let (store, now) = (app.store(), app.clock().now());
    let is_taken = if mail.letter.is_by_hand() {
        let mailed = known.map_or(&[][..], |known| known.mailed.as_slice());
        let Some(mailed) = pace::with(mailed, mail, now) else {
            return Ok(Taken::TooMany);
        };
        store.take_up(mail, known, &mailed).await?
    } else {
        store
            .move_mail(mail, MailState::Queued, MailState::Sending, now)
            .await?
    };
    Ok(if is_taken { Taken::Up } else { Taken::Before })
}

/// The deliverability of a mail's address. It is already read, except for mail that is resent manually.
async fn deliverability(app: &App, read: &ReadSet, mail: &Mail) -> Result<Option<Deliverability>, StoreError> {
    let key = [Key::deliverability(mail.organization, &mail.to)];
    if read.covers(&key) {
        return read.deliverability(mail.organization, &mail.to);
    }
    let read = app.store().read(&key).await?;
    read.deliverability(mail.organization, &mail.to)
}

/// Leaves a mail unsent, and shows the reason on its invitation if that is still open.
async fn leave(app: &App, mail: &Mail, why: Option<Delivery>) -> Result<(), DeliverError> {
    // The invitation comes first: if the process dies between the two writes, the next attempt still finds the mail open.
    if let Some(delivery) = why {
        show_delivery(app, mail, delivery).await?;
    }
    let open = [MailState::Queued, MailState::Sending];
    let now = app.clock().now();
    if app
        .store()
        .record_outbox_state(mail, &open, MailState::Skipped, now)
        .await?
    {
        app.metrics().count(Metric::MailSkipped, 1);
    }
    Ok(())
}

/// Records the delivery state of a mail on its invitation. If this fails, the retry finds the mail finished and repeats this.
pub(super) async fn show_delivery(app: &App, mail: &Mail, delivery: Delivery) -> Result<(), StoreError> {
    if let Letter::Invitation { invitation, generation } = mail.letter {
        let store = app.store();
        store
            .note_delivery(mail.organization, invitation, generation, delivery)
            .await?;
    }
    Ok(())
}

/// The last mail of an organization, whose data is already deleted.
fn farewell(mail: &Mail, name: &Name) -> Result<Option<Outgoing>, DeliverError> {
    let rendered = mail::closing::erased(mail.to.clone(), name.as_str());
    rendered.map(Some).map_err(|e| DeliverError::Render(e.to_string()))
}

/// The mail's text; none if its content is outdated.
async fn write(app: &App, organization: &Organization, mail: &Mail) -> Result<Option<Outgoing>, DeliverError> {
    let words = Words {
        organization,
        role_names: role_names(organization),
    };
    let rendered = match &mail.letter {
        Letter::Invitation { invitation, generation } => {
            let store = app.store();
            let read = store
                .read(&[Key::pending_invitation(organization.id, *invitation)])
                .await?;
            let open = |i: &Invitation| {
                i.generation == *generation && i.state_at(app.clock().now()) == InvitationState::Pending
            };
            let Some(invitation) = read.pending_invitation(organization.id, *invitation)?.filter(open) else {
                return Ok(None);
            };
            let keys: Vec<ResourceKey> = invitation.resources.iter().map(|r| r.key.clone()).collect();
            let names = names_of(app, organization.id, &keys).await?;
            let link = Link {
                organization: organization.id,
                invitation: invitation.id,
                inviter: invitation.invited_by,
                generation: *generation,
            };
            let token = app.links().await?.token(&link);
            words.invitation(
                &invitation,
                &names,
                &format!("{}/invitations/{token}", app.config().app_url),
                mail,
            )
        }
        Letter::OrganizationDeleted { restorable_until } => {
            mail::closing::deleted(mail.to.clone(), organization.name.as_str(), *restorable_until)
        }
        Letter::OrganizationSuspended { suspended_at } => {
            let Some(suspension) = &organization.suspension else {
                return Ok(None);
            };
            let (name, reason) = (organization.name.as_str(), suspension.reason.as_str());
            mail::suspension::suspended(mail.to.clone(), name, *suspended_at, reason)
        }
        Letter::OrganizationResumed => mail::suspension::resumed(mail.to.clone(), organization.name.as_str()),
        Letter::OrganizationErased { .. } => return Ok(None),
        Letter::Added {
            member,
            role,
            resources,
            by,
            message,
        } => {
            let read = app.store().read(&[Key::member(organization.id, *member)]).await?;
            if read.member(organization.id, *member)?.is_none() {
                return Ok(None);
            }
            mail::Letter::Added {
                organization: organization.name.as_str(),
                role: &words.role(role),
                resources: &names_of(app, organization.id, resources).await?,
                by: by.as_ref().map_or("", |name| name.as_str()),
                message: message.as_ref().map(|m| m.as_str()),
                link: &app.config().app_url,
            }
            .render(mail.to.clone())
        }
        Letter::AccessEnding {
            role,
            resources,
            ends_at,
            days,
        } => mail::Letter::AccessEnding {
            organization: organization.name.as_str(),
            role: &words.role(role),
            resource: listed(&names_of(app, organization.id, resources).await?).as_deref(),
            ends_at: *ends_at,
            days: u8::try_from(days_left(*days, *ends_at, app.clock().now())).unwrap_or(u8::MAX),
        }
        .render(mail.to.clone()),
        Letter::AccessEnded { role, resource, reason } => mail::Letter::AccessEnded {
            organization: organization.name.as_str(),
            role: &words.role(role),
            resource: listed(&names_of(app, organization.id, resource.as_slice()).await?).as_deref(),
            reason: *reason,
        }
        .render(mail.to.clone()),
    };
    rendered.map(Some).map_err(|e| DeliverError::Render(e.to_string()))
}

/// What resources are called; their ids once they are gone.
async fn names_of(app: &App, organization: OrganizationId, keys: &[ResourceKey]) -> Result<Vec<String>, StoreError> {
    let wanted: Vec<Key> = keys.iter().map(|key| Key::resource(organization, key)).collect();
    let read = app.store().read(&wanted).await?;
    let name = |key: &ResourceKey| {
        let found = read.resource(organization, key)?;
        Ok(found.map_or_else(|| key.id.to_string(), |resource| resource.name.to_string()))
    };
    keys.iter().map(name).collect()
}

/// Names in one phrase, the first few of many; none for none.
fn listed(names: &[String]) -> Option<String> {
    const SHOWN: usize = 3;
    let shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => (!shown.is_empty()).then(|| shown.join(", ")),
        more => Some(format!("{} and {more} more", shown.join(", "))),
    }
}

fn role_names(organization: &Organization) -> Vec<(RoleId, String)> {
    role_set(organization)
        .map(|set| set.roles.iter().map(|r| (r.id.clone(), r.name.clone())).collect())
        .unwrap_or_default()
}

struct Words<'a> {
    organization: &'a Organization,
    role_names: Vec<(RoleId, String)>,
}

impl Words<'_> {
    fn role(&self, role: &RoleId) -> String {
        let found = self.role_names.iter().find(|(id, _)| id == role);
        found.map_or_else(|| role.to_string(), |(_, name)| name.clone())
    }

    fn invitation(
        &self,
        invitation: &Invitation,
        names: &[String],
        link: &str,
        mail: &Mail,
    ) -> Result<Outgoing, mail::LetterError> {
        mail::Letter::Invitation {
            organization: self.organization.name.as_str(),
            role: &self.role(&invitation.role),
            resources: names,
            inviter: invitation.inviter_name.as_ref().map_or("", |n| n.as_str()),
            message: invitation.message.as_ref().map(|m| m.as_str()),
            link,
            expires_at: invitation.expires_at,
        }
        .render(mail.to.clone())
    }
}
