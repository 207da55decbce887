//! Entries: the lists in which a person appears, and their place in each. An entry is only a key, since rows are read from the
//! people's own items. So a change that moves no one writes none, and a leftover entry shows no one.

use crate::items::Item;
use crate::keys::{self, Key};
use aws_sdk_dynamodb::types::AttributeValue;
use muster_domain::people::{By, instant};
use muster_domain::{Invitation, InvitationState, Member, Person, search};
use std::collections::BTreeSet;

/// Attribute of the row's version at which the entry was written: see [`mark`].
pub(crate) const MARK: &str = "mark";

/// The entries of a person; empty for an invitation that is not pending.
#[must_use]
pub(crate) fn of(person: &Person) -> BTreeSet<Key> {
    match person {
        Person::Member(member) => of_member(member),
        Person::Invitation(invitation) => of_invitation(invitation),
    }
}

pub(crate) fn of_member(member: &Member) -> BTreeSet<Key> {
    let entry = |prefix: &str, place: String| Key::entry(member.organization, prefix, &place);
    let id = member.id;
    let named = format!("{}#{id}", By::Name.place(member));
    let words = search::words(member.name.as_ref(), &member.email);
    let mut entries = BTreeSet::from([
        entry(keys::NAME, named.clone()),
        entry(&keys::status_prefix(member.status), named.clone()),
        entry(keys::JOINED, format!("{}#{id}", By::Joined.place(member))),
    ]);
    entries.extend(words.iter().map(|word| entry(keys::WORD, format!("{word}#{id}"))));
    for (held, on) in member.holdings() {
        entries.insert(entry(&keys::holders_prefix(&held.role), named.clone()));
        entries.extend(on.map(|resource| entry(&keys::grants_prefix(resource), named.clone())));
    }
    entries
}

pub(crate) fn of_invitation(invitation: &Invitation) -> BTreeSet<Key> {
    if invitation.state != InvitationState::Pending {
        return BTreeSet::new();
    }
    let entry = |prefix: &str, place: String| Key::entry(invitation.organization, prefix, &place);
    let id = invitation.id;
    let words = search::words(None, &invitation.email);
    let mut entries: BTreeSet<Key> = words
        .iter()
        .map(|word| entry(keys::WORD, format!("{word}#{id}")))
        .collect();
    entries.insert(entry(&keys::offers_prefix(&invitation.role), id.to_string()));
    let offers = invitation.resources.iter();
    entries.extend(offers.map(|resource| entry(&keys::offers_on_prefix(resource), id.to_string())));
    entries
}

/// A text that is greater for each later state of the item under one key, even if that item replaced an earlier one.
pub(crate) fn mark(person: &Person) -> String {
    let (came, version) = match person {
        Person::Member(member) => (member.joined_at, member.version),
        Person::Invitation(invitation) => (invitation.created_at, invitation.version),
    };
    format!("{}#{version:020}", instant(came))
}

/// The item of an entry.
pub(crate) fn item(key: &Key, mark: &str) -> Item {
    let mut item = key.attributes();
    item.insert(keys::KIND.to_owned(), AttributeValue::S("entry".to_owned()));
    item.insert(MARK.to_owned(), AttributeValue::S(mark.to_owned()));
    item
}
