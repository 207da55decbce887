//! The invariants, counted anew from every item of the table.

pub mod entries;

use crate::harness::Harness;
use muster_domain::rules::api_keys::is_listed;
use muster_domain::{ApiKey, Contact, Invitation, Job, Member, Organization, Resource, Secret, UserId, Work, roleset};
use muster_store::items::{Claim, Item, StoredEntity};
use std::collections::{BTreeMap, BTreeSet};

/// Every item of the table.
pub async fn items(h: &Harness) -> Vec<Item> {
    let client = aws_sdk_dynamodb::Client::new(h.backend.app().sdk());
    let mut pages = client
        .scan()
        .table_name(h.backend.table())
        .consistent_read(true)
        .into_paginator()
        .items()
        .send();
    let mut items = Vec::new();
    while let Some(item) = pages.next().await {
        items.push(item.expect("the table can be read"));
    }
    items
}

/// Those of the items that are of one kind.
///
/// # Panics
/// If one of them is not as its kind is.
#[must_use]
pub fn of_kind<T: StoredEntity>(items: &[Item]) -> Vec<T> {
    let is = |item: &&Item| {
        item.get("kind")
            .and_then(|k| k.as_s().ok())
            .is_some_and(|k| k == T::KIND)
    };
    items
        .iter()
        .filter(is)
        .map(|item| T::from_item(item.clone()).expect("an item of its kind"))
        .collect()
}

/// Counts seats, owners and addresses of every organization anew, and compares.
///
/// # Panics
/// If an invariant does not hold.
pub async fn recount(h: &Harness) {
    let items = items(h).await;
    recount_of(&items);
    subjects_are_of_their_users(h.backend.identity().issuer(), &items);
}

/// The same over the items of a table.
///
/// # Panics
/// If an invariant does not hold.
pub fn recount_of(items: &[Item]) {
    let members = of_kind::<Member>(items);
    let invitations = of_kind::<Invitation>(items);
    let claims = of_kind::<Claim>(items);
    // What is being erased goes slice by slice, and is counted no more.
    for organization in of_kind::<Organization>(items).into_iter().filter(|o| !o.erasing) {
        let set = roleset::find(&organization.role_set).expect("the role set is shipped");
        let own: Vec<&Member> = members.iter().filter(|m| m.organization == organization.id).collect();
        let pending: Vec<&Invitation> = invitations
            .iter()
            .filter(|i| i.organization == organization.id && i.state == muster_domain::InvitationState::Pending)
            .collect();
        for member in &own {
            assert_eq!(member.seat, member.needs_seat(set), "the seat of {}", member.id);
        }
        let held = own.iter().filter(|m| m.seat).count() + pending.iter().filter(|i| i.seat).count();
        assert_eq!(organization.seats_used, held as u64, "seats of {}", organization.id);
        let owners = own.iter().filter(|m| m.is_active_owner(set)).count() as u64;
        assert_eq!(organization.active_owners, owners, "owners of {}", organization.id);
        assert!(owners > 0, "{} has no active owner", organization.id);
        let mut holders: BTreeMap<String, String> = BTreeMap::new();
        let people = own.iter().map(|m| (m.email.to_string(), m.id.to_string()));
        for (email, holder) in people.chain(pending.iter().map(|i| (i.email.to_string(), i.id.to_string()))) {
            let twice = holders.insert(email.clone(), holder);
            assert!(twice.is_none(), "{email} stands twice in {}", organization.id);
        }
        let own_claims = claims.iter().filter(|c| c.organization == organization.id);
        let claimed: BTreeMap<String, String> = own_claims.map(|c| (c.email.to_string(), c.holder.id())).collect();
        assert_eq!(claimed, holders, "claims on addresses of {}", organization.id);
    }
    entries::are_those_of(items, &members, &invitations);
    grants_are_on_something(items, &members);
    keys_are_counted(items, &members);
    contacts_are_indexed(items);
    no_secret_is_stored(items);
}

/// A user's id is the hash of their subject: nobody is stored with the subject of another.
fn subjects_are_of_their_users(issuer: &str, items: &[Item]) {
    let (members, contacts) = (of_kind::<Member>(items), of_kind::<Contact>(items));
    let of_contacts = contacts.iter().map(|contact| (contact.user, &contact.subject));
    let of_members = members.iter().map(|member| (Some(member.id), &member.subject));
    for (user, subject) in of_members.chain(of_contacts) {
        let Some(subject) = subject else { continue };
        let owner = UserId::of(issuer, subject.as_str());
        assert_eq!(user, Some(owner), "the subject {subject} of another user");
    }
}

/// Every contact lies whole under its id, its address and each of its words, and nothing is left of any other.
fn contacts_are_indexed(items: &[Item]) {
    let mut there = BTreeMap::new();
    for item in items {
        let key = muster_store::Key::of(item).expect("a key");
        if key.sk.starts_with("CONTACT") {
            let contact = Contact::from_item(item.clone()).expect("a contact, whole");
            there.insert(key, contact);
        }
    }
    let known: Vec<Contact> = there
        .iter()
        .filter(|(key, _)| key.sk.starts_with("CONTACT#"))
        .map(|(_, contact)| contact.clone())
        .collect();
    let mut expected = BTreeMap::new();
    for contact in known {
        let id = contact.organization;
        let words = contact.words();
        let words = words
            .iter()
            .map(|word| muster_store::Key::contact_word(id, word, &contact.id));
        for key in words.chain([contact.key(), muster_store::Key::contact_at(id, &contact.email)]) {
            let twice = expected.insert(key, contact.clone());
            assert!(twice.is_none(), "two contacts at one address of {id}");
        }
    }
    assert_eq!(there, expected, "items of contacts");
}

/// A grant outlives its resource only as long as the organization knows that the resource is going.
fn grants_are_on_something(items: &[Item], members: &[Member]) {
    let there: BTreeSet<_> = of_kind::<Resource>(items).into_iter().map(|r| r.reference).collect();
    let organizations = of_kind::<Organization>(items);
    let going: BTreeSet<_> = organizations.iter().flat_map(|o| &o.ending).collect();
    for member in members {
        for grant in &member.grants {
            let known = there.contains(&grant.resource) || going.contains(&grant.resource.registration);
            assert!(known, "{} holds {:?} on nothing", member.id, grant);
        }
    }
}

/// A member has as many live keys as it says; every other key is revoked, or dead with work under way that takes it away.
fn keys_are_counted(items: &[Item], members: &[Member]) {
    let keys = of_kind::<ApiKey>(items);
    let jobs = of_kind::<Job>(items);
    for member in members {
        let own = keys.iter().filter(|k| k.organization == member.organization);
        let live = own.filter(|key| is_listed(key, member)).count();
        assert_eq!(member.keys as usize, live, "API keys of {}", member.id);
    }
    for key in keys.iter().filter(|key| key.revoked_at.is_none()) {
        let owner = members
            .iter()
            .find(|m| (m.organization, m.id) == (key.organization, key.id.owner));
        let going = jobs
            .iter()
            .any(|job| job.organization == key.organization && job.work == Work::EndKeys { owner: key.id.owner });
        assert!(
            owner.is_some_and(|m| is_listed(key, m)) || going,
            "{} is left behind",
            key.id
        );
    }
}

fn no_secret_is_stored(items: &[Item]) {
    let all = format!("{items:?}");
    // What a token begins with, in as many letters as no random id has by chance.
    for secret in ["/invitations/", "eyJhbGciOi", "eyJ0eXAiOi"] {
        assert!(!all.contains(secret), "the table holds `{secret}`");
    }
    assert!(!tells_secret(&all), "the table holds the secret of an API key");
}

/// Whether a text tells the secret of an API key. What one begins with says which key it is, and in a long random text it is there
/// by chance: a secret is known by its checksum.
#[must_use]
pub fn tells_secret(text: &str) -> bool {
    text.match_indices(Secret::PREFIX).any(|(place, _)| {
        let rest = text.get(place..).unwrap_or_default();
        let word = rest
            .split(|letter: char| letter != '_' && !letter.is_ascii_alphanumeric())
            .next();
        word.is_some_and(|word| word.parse::<Secret>().is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::{KeyId, OrganizationId};

    #[test]
    fn a_secret_is_known_wherever_it_stands_and_what_only_begins_like_one_is_none() {
        let key = KeyId {
            owner: UserId::from_bytes([7; 16]),
            number: 5,
        };
        let secret = Secret::new(key, OrganizationId::from_bytes([1; 16]), 42);
        let text = secret.reveal();
        for told in [format!("\"{text}\""), format!("a {text}, b"), text.to_owned()] {
            assert!(tells_secret(&told), "{told}");
        }
        let prefix = Secret::prefix(&key);
        for other in [
            prefix.clone(),
            format!("{prefix}{}", "a".repeat(80)),
            text[1..].to_owned(),
        ] {
            assert!(!tells_secret(&other), "{other}");
        }
    }
}
