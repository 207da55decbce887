//! The names of actors and subjects in the record of changes. They are read, not recorded: a record that is kept must not keep the name of
//! a person who is erased.

use crate::api::event::EventNames;
use muster_domain::rules::api_keys;
use muster_domain::{
    ContactId, EntityKind, EntityRef, Event, KeyId, Name, OrganizationId, ResourceKey, UserId, permission,
};
use muster_edge::org_context::Visibility;
use muster_edge::{OrgContext, Problem};
use muster_store::{Key, ReadSet, Store};
use std::collections::BTreeSet;

/// The most actors and subjects that one page names.
const MAX_NAMED: usize = 100;

/// An actor or a subject that can have a name.
enum Named {
    User(UserId, Option<ContactId>),
    Contact(ContactId),
    Resource(ResourceKey),
    ApiKey(KeyId),
}

impl Named {
    fn of(entity: &EntityRef) -> Option<Self> {
        match entity.kind {
            EntityKind::User => Some(Self::User(entity.id.parse().ok()?, entity.id.parse().ok())),
            EntityKind::Contact => entity.id.parse().ok().map(Self::Contact),
            EntityKind::ApiKey => entity.id.parse().ok().map(Self::ApiKey),
            EntityKind::Resource => {
                let (kind, id) = entity.id.split_once('/')?;
                Some(Self::Resource(ResourceKey {
                    kind: kind.parse().ok()?,
                    id: id.parse().ok()?,
                }))
            }
            EntityKind::Organization | EntityKind::Invitation | EntityKind::Platform | EntityKind::System => None,
        }
    }

    /// The items that have the name, or say who may see it. Someone who was removed is still a contact.
    fn keys(&self, organization: OrganizationId) -> Vec<Key> {
        match self {
            Self::User(id, contact) => {
                let contact = contact.iter().map(|contact| Key::contact(organization, contact));
                [Key::member(organization, *id)].into_iter().chain(contact).collect()
            }
            Self::Contact(id) => vec![Key::contact(organization, id)],
            Self::Resource(key) => vec![Key::resource(organization, key)],
            Self::ApiKey(id) => vec![Key::api_key(organization, *id), Key::member(organization, id.owner)],
        }
    }
}

/// The names in these events, as far as the caller sees them. What is not read already takes one more read.
pub(super) async fn of(store: &Store, org: &OrgContext, events: &[Event]) -> Result<EventNames, Problem> {
    let mut known = BTreeSet::new();
    let all = events.iter().flat_map(|event| [&event.actor, &event.subject]);
    let all = all.filter(|entity| known.insert((entity.kind.as_str(), entity.id.as_str())));
    let reader = Reader::of(org);
    let own = org.member().ok().map(|own| EntityRef::user(own.id));
    let unread = all.filter(|entity| own.as_ref() != Some(*entity));
    let unread = unread.filter_map(|entity| Some((entity, Named::of(entity).filter(|named| reader.may_see(named))?)));
    let unread: Vec<(&EntityRef, Named)> = unread.take(MAX_NAMED).collect();
    let keys: Vec<Key> = unread
        .iter()
        .flat_map(|(_, named)| named.keys(org.organization.id))
        .collect();
    let read = match keys.is_empty() {
        true => ReadSet::default(),
        false => store.read(&keys).await?,
    };
    let mut names = EventNames::default();
    names.add(
        EntityRef::organization(org.organization.id),
        org.organization.name.clone(),
    );
    if let Ok(own) = org.member()
        && let Some(name) = &own.name
    {
        names.add(EntityRef::user(own.id), name.clone());
    }
    for (entity, named) in unread {
        if let Some(name) = reader.name(&named, &read)? {
            names.add(entity.clone(), name);
        }
    }
    Ok(names)
}

/// What the caller may see of what events name.
struct Reader<'a> {
    org: &'a OrgContext,
    members: bool,
    contacts: bool,
    resources: bool,
}

impl<'a> Reader<'a> {
    fn of(org: &'a OrgContext) -> Self {
        let sees = |permission| matches!(org.visibility(permission), Ok(Visibility::All));
        Self {
            org,
            members: sees(permission::MEMBERS_READ),
            contacts: sees(permission::CONTACTS_READ),
            resources: sees(permission::RESOURCES_READ),
        }
    }

    fn may_see(&self, named: &Named) -> bool {
        match named {
            Named::User(..) => self.members || self.contacts,
            Named::Contact(_) => self.contacts,
            Named::Resource(_) => self.resources,
            Named::ApiKey(_) => true,
        }
    }

    /// The name in what was read, if the caller may see it.
    fn name(&self, named: &Named, read: &ReadSet) -> Result<Option<Name>, Problem> {
        let organization = self.org.organization.id;
        Ok(match named {
            Named::User(id, contact) => {
                let member = read.member(organization, *id)?.filter(|_| self.members);
                let contact = contact.as_ref().filter(|_| self.contacts && member.is_none());
                let contact = contact.map(|contact| read.contact(organization, contact)).transpose()?;
                let contact_name = contact.flatten().and_then(|contact| contact.name);
                member.and_then(|member| member.name).or(contact_name)
            }
            Named::Contact(id) => read.contact(organization, id)?.and_then(|contact| contact.name),
            Named::Resource(key) => read.resource(organization, key)?.map(|resource| resource.name),
            Named::ApiKey(id) => {
                let owner = read.member(organization, id.owner)?;
                let may_list = match self.org.decision_context() {
                    Ok(ctx) => api_keys::owner(&ctx, owner.as_ref()).is_ok(),
                    Err(_) => self.org.is_platform(),
                };
                let key = read.api_key(organization, *id)?.filter(|_| may_list);
                key.map(|key| key.name)
            }
        })
    }
}
