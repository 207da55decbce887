//! Writing one email: its letter, with what is true at this moment.

use super::outcome::DeliverError;
use muster_domain::link::Link;
use muster_domain::mail::days_left;
use muster_domain::{
    Invitation, InvitationId, InvitationState, Language, Letter, Mail, Member, Message, Name, Organization,
    ResourceKey, RoleId, RoleSet, UserId,
};
use muster_edge::App;
use muster_edge::mail::{self, Content, Line, OrganizationBrand, Outgoing, Quotation, ResourceNames, Stationery};
use muster_edge::org_context::role_set;
use muster_store::{Key, StoreError};

/// Writes an email; `None` if its content is outdated. The organization is `None` once its data is deleted.
pub(super) async fn write(
    app: &App,
    stationery: &Stationery,
    organization: Option<&Organization>,
    mail: &Mail,
) -> Result<Option<Outgoing>, DeliverError> {
    let letter = match organization {
        None => erased(&mail.letter),
        Some(organization) => {
            let writer = Writer {
                app,
                organization,
                set: role_set(organization).ok(),
            };
            writer.letter(&mail.letter).await?
        }
    };
    let Some(Readable { content, language }) = letter else {
        return Ok(None);
    };
    let brand = organization.and_then(own_brand);
    let written = stationery.write(&content, mail.to.clone(), language.or(mail.language), brand.as_ref())?;
    Ok(Some(written))
}

/// The organization's own look, as long as its plan includes one.
fn own_brand(organization: &Organization) -> Option<OrganizationBrand> {
    organization.plan.branding.then(|| OrganizationBrand {
        name: organization.name.to_string(),
        logo: organization.settings.logo_url.clone(),
        accent: organization.settings.accent_color.clone(),
    })
}

/// A letter, with its reader's language as far as it is known now.
struct Readable {
    content: Content,
    language: Option<Language>,
}

impl From<Content> for Readable {
    fn from(content: Content) -> Self {
        Self {
            content,
            language: None,
        }
    }
}

/// The only letter that is sent without an organization.
fn erased(letter: &Letter) -> Option<Readable> {
    let Letter::OrganizationErased { name } = letter else {
        return None;
    };
    let organization = Line::organization(name.as_str());
    Some(Content::OrganizationErased { organization }.into())
}

/// Writes the mail of one organization.
struct Writer<'a> {
    app: &'a App,
    organization: &'a Organization,
    /// The organization's role set; `None` if it is no longer shipped.
    set: Option<&'static RoleSet>,
}

impl Writer<'_> {
    async fn letter(&self, letter: &Letter) -> Result<Option<Readable>, DeliverError> {
        let content = match letter {
            Letter::Invitation { invitation, generation } => {
                let Some(invitation) = self.open(*invitation, *generation).await? else {
                    return Ok(None);
                };
                return Ok(Some(Readable {
                    content: Content::Invitation(self.invitation(&invitation).await?),
                    language: invitation.language,
                }));
            }
            Letter::Added {
                member,
                role,
                resources,
                by,
                message,
            } => {
                let Some(member) = self.member(*member).await? else {
                    return Ok(None);
                };
                return Ok(Some(Readable {
                    content: Content::Added(self.added(role, resources, by.as_ref(), message.as_ref()).await?),
                    language: member.profile.language,
                }));
            }
            Letter::AccessEnding {
                role,
                resources,
                ends_at,
                days,
            } => Content::AccessEnding(mail::AccessEnding {
                organization: self.name(),
                role: self.role(role),
                resources: ResourceNames::from(&*self.names_of(resources).await?),
                ends_at: *ends_at,
                days: days_left(*days, *ends_at, self.app.clock().now()),
            }),
            Letter::AccessEnded {
                role,
                resources,
                reason,
            } => Content::AccessEnded(mail::AccessEnded {
                organization: self.name(),
                role: self.role(role),
                resources: ResourceNames::from(&*self.names_of(resources).await?),
                reason: *reason,
            }),
            Letter::OrganizationDeleted { .. }
            | Letter::OrganizationSuspended { .. }
            | Letter::OrganizationResumed
            | Letter::OrganizationErased { .. } => return Ok(self.about_organization(letter)),
        };
        Ok(Some(content.into()))
    }

    /// A letter about the organization itself; `None` for all others, and if it is outdated.
    fn about_organization(&self, letter: &Letter) -> Option<Readable> {
        let organization = self.name();
        let suspension = self.organization.suspension.as_ref();
        let content = match letter {
            Letter::OrganizationDeleted { restorable_until } => Content::OrganizationDeleted {
                organization,
                restorable_until: *restorable_until,
            },
            Letter::OrganizationSuspended { suspended_at } => Content::OrganizationSuspended {
                organization,
                suspended_at: *suspended_at,
                reason: Quotation::from(suspension?.reason.as_str()),
            },
            Letter::OrganizationResumed => Content::OrganizationResumed {
                organization,
                next: suspension.map(|planned| planned.at),
            },
            Letter::OrganizationErased { .. } => return erased(letter),
            Letter::Invitation { .. }
            | Letter::Added { .. }
            | Letter::AccessEnding { .. }
            | Letter::AccessEnded { .. } => return None,
        };
        Some(content.into())
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

    async fn member(&self, id: UserId) -> Result<Option<Member>, StoreError> {
        let organization = self.organization.id;
        let read = self.app.store().read(&[Key::member(organization, id)]).await?;
        read.member(organization, id)
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

    async fn invitation(&self, invitation: &Invitation) -> Result<mail::Invitation, DeliverError> {
        let keys: Vec<ResourceKey> = invitation.resources.iter().map(|r| r.key.clone()).collect();
        let names = self.names_of(&keys).await?;
        let link = Link {
            organization: self.organization.id,
            invitation: invitation.id,
            inviter: invitation.invited_by,
            generation: invitation.generation,
        };
        let token = self.app.links().await?.token(&link);
        Ok(mail::Invitation {
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
