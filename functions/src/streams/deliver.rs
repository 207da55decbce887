//! Delivering one mail: taken up, handed to SES, noted. A mail is sent again only when it is not known whether it was.

use muster_domain::invitation::Delivery;
use muster_domain::link::Link;
use muster_domain::mail::{EndReason, MailState};
use muster_domain::{
    Invitation, InvitationState, Letter, Mail, MailId, Organization, OrganizationId, ResourceKey, RoleId,
};
use muster_edge::App;
use muster_edge::inside::role_set;
use muster_edge::mail::{self, Outgoing};
use muster_edge::post::{Post, PostError};
use muster_store::{Key, Snapshot, StoreError};

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
}

/// Delivers a mail, unless that was done before or what it speaks of is no longer so.
pub(super) async fn deliver(
    app: &App,
    post: &Post,
    organization: OrganizationId,
    id: MailId,
) -> Result<(), DeliverError> {
    let store = app.store();
    let now = app.clock().now();
    let seen = store
        .read(&[Key::mail(organization, id), Key::organization(organization)])
        .await?;
    let Some(mail) = seen.mail(organization, id)? else {
        return Ok(());
    };
    match mail.state {
        MailState::Queued => {
            if !store
                .move_mail(&mail, MailState::Queued, MailState::Sending, now)
                .await?
            {
                return Ok(());
            }
        }
        // An earlier try ended between handing the mail over and noting it: whether it was sent is not known, so it is sent.
        MailState::Sending => {}
        MailState::Sent | MailState::Skipped | MailState::Failed => return Ok(()),
    }
    let written = match seen.organization(organization)? {
        Some(known) => write(app, &known, &mail).await,
        None => Ok(None),
    };
    let outgoing = match written {
        Ok(Some(outgoing)) => outgoing,
        Ok(None) => {
            store
                .move_mail(&mail, MailState::Sending, MailState::Skipped, now)
                .await?;
            return Ok(());
        }
        Err(error) => {
            // Nothing was handed over.
            store
                .move_mail(&mail, MailState::Sending, MailState::Queued, now)
                .await?;
            return Err(error);
        }
    };
    match post.send(&outgoing, &mail.id.to_string()).await {
        Ok(()) => note(app, &mail, MailState::Sent, Delivery::Sent).await,
        Err(PostError::Refused(reason)) => {
            tracing::error!(reason, mail = %mail.id, "the mail service refuses this mail for good");
            note(app, &mail, MailState::Failed, Delivery::Failed).await
        }
        Err(error @ PostError::NotSent(_)) => {
            store
                .move_mail(&mail, MailState::Sending, MailState::Queued, now)
                .await?;
            Err(error.into())
        }
        Err(error @ PostError::Unknown(_)) => Err(error.into()),
    }
}

async fn note(app: &App, mail: &Mail, state: MailState, delivery: Delivery) -> Result<(), DeliverError> {
    let store = app.store();
    store
        .move_mail(mail, MailState::Sending, state, app.clock().now())
        .await?;
    if let Letter::Invitation { invitation, generation } = mail.letter
        && let Err(error) = store
            .note_delivery(mail.organization, invitation, generation, delivery)
            .await
    {
        // Only what the list shows of it is late: the mail itself is done with, and must not be sent again for this.
        tracing::warn!(%error, "the delivery was not noted on the invitation");
    }
    Ok(())
}

/// The mail in words; none if what it speaks of is no longer so.
async fn write(app: &App, organization: &Organization, mail: &Mail) -> Result<Option<Outgoing>, DeliverError> {
    let words = Words {
        organization,
        role_names: role_names(organization),
    };
    let rendered = match &mail.letter {
        Letter::Invitation { invitation, generation } => {
            let store = app.store();
            let seen = store
                .read(&[Key::pending_invitation(organization.id, *invitation)])
                .await?;
            let open = |i: &Invitation| {
                i.generation == *generation && i.state_at(app.clock().now()) == InvitationState::Pending
            };
            let Some(invitation) = seen.invitation(organization.id, *invitation)?.filter(open) else {
                return Ok(None);
            };
            let keys: Vec<Key> = invitation
                .resources
                .iter()
                .map(|r| Key::resource(organization.id, &r.key))
                .collect();
            let names = resource_names(&store.read(&keys).await?, &invitation)?;
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
        Letter::AccessEnding {
            role,
            resource,
            ends_at,
            days,
        } => mail::Letter::AccessEnding {
            organization: organization.name.as_str(),
            role: &words.role(role),
            resource: resource_name(app, organization.id, resource.as_ref()).await?.as_deref(),
            ends_at: *ends_at,
            days: u8::try_from(*days).unwrap_or(u8::MAX),
        }
        .render(mail.to.clone()),
        Letter::AccessEnded { role, resource, reason } => mail::Letter::AccessEnded {
            organization: organization.name.as_str(),
            role: &words.role(role),
            resource: resource_name(app, organization.id, resource.as_ref()).await?.as_deref(),
            reason: match reason {
                EndReason::Expired => mail::EndReason::Expired,
                EndReason::SwitchedOff => mail::EndReason::RoleSwitchedOff,
            },
        }
        .render(mail.to.clone()),
    };
    rendered.map(Some).map_err(|e| DeliverError::Render(e.to_string()))
}

/// What a resource is called; its id once it is gone.
async fn resource_name(
    app: &App,
    organization: OrganizationId,
    key: Option<&ResourceKey>,
) -> Result<Option<String>, StoreError> {
    let Some(key) = key else { return Ok(None) };
    let seen = app.store().read(&[Key::resource(organization, key)]).await?;
    let found = seen.resource(organization, key)?;
    Ok(Some(found.map_or_else(
        || key.id.to_string(),
        |resource| resource.name.to_string(),
    )))
}

fn resource_names(seen: &Snapshot, invitation: &Invitation) -> Result<Vec<String>, StoreError> {
    let name = |r: &muster_domain::ResourceRef| {
        let found = seen.resource(invitation.organization, &r.key)?;
        Ok(found.map_or_else(|| r.key.id.to_string(), |resource| resource.name.to_string()))
    };
    invitation.resources.iter().map(name).collect()
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
