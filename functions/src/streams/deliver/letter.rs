//! Writing one email: its letter, with what is true at this moment.

use super::outcome::DeliverError;
use muster_domain::link::Link;
use muster_domain::mail::days_left;
use muster_domain::{
    EmailAddress, Invitation, InvitationId, InvitationState, Letter, Mail, Message, Name, Organization, ResourceKey,
    RoleId, RoleSet, UserId,
};
use muster_edge::App;
use muster_edge::mail::{self, LetterError, Line, Outgoing, Quotation, ResourceNames, closing, suspension};
use muster_edge::org_context::role_set;
use muster_store::{Key, StoreError};

/// Writes an email; `None` if its content is outdated. The organization is `None` once its data is deleted.
pub(super) async fn write(
    app: &App,
    organization: Option<&Organization>,
    mail: &Mail,
) -> Result<Option<Outgoing>, DeliverError> {
    let recipient = mail.to.clone();
    let Some(organization) = organization else {
        let Letter::OrganizationErased { name } = &mail.letter else {
            return Ok(None);
        };
        return Ok(Some(closing::erased(recipient, name.as_str())?));
    };
    let writer = Writer {
        app,
        organization,
        set: role_set(organization).ok(),
    };
    writer.write(&mail.letter, recipient).await
}

/// Writes the mail of one organization.
struct Writer<'a> {
    app: &'a App,
    organization: &'a Organization,
    /// The organization's role set; `None` if it is no longer shipped.
    set: Option<&'static RoleSet>,
}

impl Writer<'_> {
    async fn write(&self, letter: &Letter, recipient: EmailAddress) -> Result<Option<Outgoing>, DeliverError> {
        let written = match letter {
            Letter::Invitation { invitation, generation } => match self.open(*invitation, *generation).await? {
                Some(invitation) => self.invitation(&invitation).await?.write(recipient)?,
                None => return Ok(None),
            },
            Letter::Added {
                member,
                role,
                resources,
                by,
                message,
            } => {
                if !self.is_member(*member).await? {
                    return Ok(None);
                }
                let added = self.added(role, resources, by.as_ref(), message.as_ref()).await?;
                added.write(recipient)?
            }
            Letter::AccessEnding {
                role,
                resources,
                ends_at,
                days,
            } => {
                let ending = mail::AccessEnding {
                    organization: self.name(),
                    role: self.role(role),
                    resource: listed(&self.names_of(resources).await?),
                    ends_at: *ends_at,
                    days: days_left(*days, *ends_at, self.app.clock().now()),
                };
                ending.write(recipient)?
            }
            Letter::AccessEnded { role, resource, reason } => {
                let ended = mail::AccessEnded {
                    organization: self.name(),
                    role: self.role(role),
                    resource: listed(&self.names_of(resource.as_slice()).await?),
                    reason: *reason,
                };
                ended.write(recipient)?
            }
            Letter::OrganizationDeleted { .. }
            | Letter::OrganizationSuspended { .. }
            | Letter::OrganizationResumed
            | Letter::OrganizationErased { .. } => return Ok(self.about_organization(letter, recipient)?),
        };
        Ok(Some(written))
    }

    /// Writes a letter about the organization itself; `None` for all others, and if it is outdated.
    fn about_organization(&self, letter: &Letter, recipient: EmailAddress) -> Result<Option<Outgoing>, LetterError> {
        let name = self.organization.name.as_str();
        let suspension = self.organization.suspension.as_ref();
        match letter {
            Letter::OrganizationDeleted { restorable_until } => closing::deleted(recipient, name, *restorable_until),
            Letter::OrganizationSuspended { suspended_at } => {
                let Some(known) = suspension else { return Ok(None) };
                suspension::suspended(recipient, name, *suspended_at, known.reason.as_str())
            }
            Letter::OrganizationResumed => suspension::resumed(recipient, name, suspension.map(|planned| planned.at)),
            Letter::OrganizationErased { name } => closing::erased(recipient, name.as_str()),
            Letter::Invitation { .. }
            | Letter::Added { .. }
            | Letter::AccessEnding { .. }
            | Letter::AccessEnded { .. } => return Ok(None),
        }
        .map(Some)
    }

    fn name(&self) -> Line {
        Line::organization(self.organization.name.as_str())
    }

    /// The display name of a role; its id if the role set no longer has it.
    fn role(&self, id: &RoleId) -> Line {
        let role = self.set.and_then(|set| set.role(id));
        Line::new(&role.map_or_else(|| id.to_string(), |role| role.name.clone()))
    }

    /// The names of resources; the ids of those that no longer exist.
    async fn names_of(&self, keys: &[ResourceKey]) -> Result<Vec<String>, StoreError> {
        let organization = self.organization.id;
        let wanted: Vec<Key> = keys.iter().map(|key| Key::resource(organization, key)).collect();
        let read = self.app.store().read(&wanted).await?;
        let name = |key: &ResourceKey| {
            let found = read.resource(organization, key)?;
            Ok(found.map_or_else(|| key.id.to_string(), |resource| resource.name.to_string()))
        };
        keys.iter().map(name).collect()
    }

    async fn is_member(&self, id: UserId) -> Result<bool, StoreError> {
        let organization = self.organization.id;
        let read = self.app.store().read(&[Key::member(organization, id)]).await?;
        Ok(read.member(organization, id)?.is_some())
    }

    /// An invitation, if it is still pending and the link of this generation is its latest.
    async fn open(&self, id: InvitationId, generation: u32) -> Result<Option<Invitation>, StoreError> {
        let organization = self.organization.id;
        let store = self.app.store();
        let read = store.read(&[Key::pending_invitation(organization, id)]).await?;
        let now = self.app.clock().now();
        let is_open = |i: &Invitation| i.generation == generation && i.state_at(now) == InvitationState::Pending;
        Ok(read.pending_invitation(organization, id)?.filter(is_open))
    }

    async fn added(
        &self,
        role: &RoleId,
        resources: &[ResourceKey],
        by: Option<&Name>,
        message: Option<&Message>,
    ) -> Result<mail::Added, DeliverError> {
        Ok(mail::Added {
            organization: self.name(),
            role: self.role(role),
            resources: ResourceNames::from(&*self.names_of(resources).await?),
            by: person(by),
            message: quotation(message),
            link: self.app.config().app_url.parse()?,
        })
    }

    async fn invitation(&self, invitation: &Invitation) -> Result<mail::InvitationLetter, DeliverError> {
        let keys: Vec<ResourceKey> = invitation.resources.iter().map(|r| r.key.clone()).collect();
        let names = self.names_of(&keys).await?;
        let link = Link {
            organization: self.organization.id,
            invitation: invitation.id,
            inviter: invitation.invited_by,
            generation: invitation.generation,
        };
        let token = self.app.links().await?.token(&link);
        Ok(mail::InvitationLetter {
            organization: self.name(),
            role: self.role(&invitation.role),
            resources: ResourceNames::from(&*names),
            inviter: person(invitation.inviter_name.as_ref()),
            message: quotation(invitation.message.as_ref()),
            link: format!("{}/invitations/{token}", self.app.config().app_url).parse()?,
            expires_at: invitation.expires_at,
        })
    }
}

fn person(name: Option<&Name>) -> Line {
    Line::person(name.map_or("", |name| name.as_str()))
}

fn quotation(message: Option<&Message>) -> Quotation {
    message.map(|message| message.as_str().into()).unwrap_or_default()
}

/// Names in one phrase, the first few of many; `None` if there are no names.
fn listed(names: &[String]) -> Option<Line> {
    const SHOWN: usize = 3;
    let shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => (!shown.is_empty()).then(|| Line::new(&shown.join(", "))),
        more => Some(Line::new(&format!("{} and {more} more", shown.join(", ")))),
    }
}
