//! The subjects of a repair: people and contacts, and the items that follow from them.

use super::DifferenceKind;
use crate::entries;
use crate::error::StoreError;
use crate::items::{Item, StoredEntity as _};
use crate::keys::{self, Key};
use crate::transaction::{claim_of, contact_items};
use muster_domain::{Contact, ContactId, Invitation, Member, OrganizationId, Person, PersonId};
use std::collections::BTreeSet;

/// A subject that items follow from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RepairTarget {
    /// A member or a pending invitation.
    Person(PersonId),
    /// A contact.
    Contact(ContactId),
    /// An item here identifies no subject.
    Nobody(Key),
}

/// A subject's present state.
#[derive(Debug, Clone)]
pub(super) enum RepairSubject {
    Person(Person),
    Contact(Contact),
}

/// An item that follows from a subject; for [`DifferenceKind::Index`], the subject's own.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    pub(super) kind: DifferenceKind,
    pub(super) key: Key,
    pub(super) item: Item,
}

impl Expected {
    /// Whether the item found is the expected one.
    pub(super) fn is(&self, found: &Item) -> bool {
        match self.kind {
            // The time of writing makes no difference.
            DifferenceKind::Entry => true,
            DifferenceKind::Index => keys::INDEXED
                .iter()
                .all(|name| found.get(*name) == self.item.get(*name)),
            _ => *found == self.item,
        }
    }
}

impl RepairTarget {
    /// The key of its own item, if it can have one.
    pub(super) fn key(&self, organization: OrganizationId) -> Option<Key> {
        match self {
            Self::Person(id) => Some(Key::person(organization, *id)),
            Self::Contact(id) => Some(Key::contact(organization, id)),
            Self::Nobody(_) => None,
        }
    }

    /// The subject that an item of the organization's partition follows from.
    pub(super) fn of(key: &Key, item: &Item) -> Self {
        let nobody = || Self::Nobody(key.clone());
        if key.sk.starts_with("CONTACT") {
            let contact = Contact::from_item(item.clone());
            return contact.map_or_else(|_| nobody(), |contact| Self::Contact(contact.id));
        }
        key.person_of().map_or_else(nobody, Self::Person)
    }
}

impl RepairSubject {
    /// The subject in a person's or a contact's own item.
    pub(super) fn read(item: &Item) -> Result<Self, StoreError> {
        let sk = Key::of(item).map(|key| key.sk).unwrap_or_default();
        let item = item.clone();
        Ok(if sk.starts_with(keys::CONTACT) {
            Self::Contact(Contact::from_item(item)?)
        } else if sk.starts_with(keys::TEAM_INVITATION) {
            Self::Person(Person::Invitation(Box::new(Invitation::from_item(item)?)))
        } else {
            Self::Person(Person::Member(Box::new(Member::from_item(item)?)))
        })
    }

    pub(super) fn who(&self) -> RepairTarget {
        match self {
            Self::Person(person) => RepairTarget::Person(person.id()),
            Self::Contact(contact) => RepairTarget::Contact(contact.id.clone()),
        }
    }

    /// The mark of its state, if it has entries.
    pub(super) fn mark(&self) -> Option<String> {
        match self {
            Self::Person(person) => Some(entries::mark(person)),
            Self::Contact(_) => None,
        }
    }

    /// The items that should follow.
    pub(super) fn expected(&self) -> Result<Vec<Expected>, StoreError> {
        let expected = |kind, item: Item| Key::of(&item).map(|key| Expected { kind, key, item });
        let person = match self {
            Self::Contact(contact) => {
                let items = contact_items(contact)?.into_iter();
                return Ok(items
                    .filter_map(|item| expected(DifferenceKind::Contact, item))
                    .collect());
            }
            Self::Person(person) => person,
        };
        let own = match person {
            Person::Member(member) => member.to_item()?,
            Person::Invitation(invitation) => invitation.to_item()?,
        };
        let mark = entries::mark(person);
        let entries = entries::of(person);
        let entries = entries
            .iter()
            .map(|key| (DifferenceKind::Entry, entries::item(key, &mark)));
        let claim = claim_of(person).map(|claim| claim.to_item()).transpose()?;
        let claim = claim.map(|item| (DifferenceKind::Claim, item));
        let all = entries.chain(claim).chain([(DifferenceKind::Index, own)]);
        Ok(all.filter_map(|(kind, item)| expected(kind, item)).collect())
    }

    /// The keys of the items that should follow.
    pub(super) fn keys(&self) -> Result<BTreeSet<Key>, StoreError> {
        Ok(self.expected()?.into_iter().map(|expected| expected.key).collect())
    }
}
