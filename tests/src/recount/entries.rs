//! Entries of the lists of people, written out from the people themselves.

use muster_domain::people::instant;
use muster_domain::{Invitation, InvitationState, Member, Person, Status, search};
use muster_store::Key;
use muster_store::items::Item;
use std::collections::BTreeSet;

/// Asserts that the table's entries are exactly those of these people.
///
/// An invitation of a batch too large for one transaction has its entries written before it: those may be there of one that
/// never came to be, since somebody else was faster.
pub(super) fn are_those_of(items: &[Item], members: &[Member], invitations: &[Invitation]) {
    let is_entry = |item: &&Item| {
        item.get("kind")
            .and_then(|kind| kind.as_s().ok())
            .is_some_and(|k| k == "entry")
    };
    let there: BTreeSet<(String, String)> = items
        .iter()
        .filter(is_entry)
        .map(|item| Key::of(item).expect("a key"))
        .map(|key| (key.pk, key.sk))
        .collect();
    let pending = invitations.iter().filter(|i| i.state == InvitationState::Pending);
    let expected: BTreeSet<(String, String)> = members
        .iter()
        .flat_map(of_member)
        .chain(pending.flat_map(of_invitation))
        .collect();
    let missing: Vec<_> = expected.difference(&there).collect();
    assert!(missing.is_empty(), "entries are missing: {missing:?}");
    let known: BTreeSet<String> = invitations.iter().map(|i| i.id.to_string()).collect();
    let never_was = |sk: &str| {
        let id = sk.rsplit('#').next().unwrap_or_default();
        id.starts_with("inv_") && !known.contains(id)
    };
    let left: Vec<_> = there.difference(&expected).filter(|(_, sk)| !never_was(sk)).collect();
    assert!(left.is_empty(), "entries are left over: {left:?}");
}

/// The keys of a person's entries, each once; none for an invitation that is not pending.
#[must_use]
pub fn of(person: &Person) -> BTreeSet<Key> {
    let keys = match person {
        Person::Member(member) => of_member(member),
        Person::Invitation(invitation) if invitation.state == InvitationState::Pending => of_invitation(invitation),
        Person::Invitation(_) => Vec::new(),
    };
    keys.into_iter().map(|(pk, sk)| Key { pk, sk }).collect()
}

fn of_member(m: &Member) -> Vec<(String, String)> {
    let name = search::place(m.name.as_ref(), &m.email);
    let status = if m.status == Status::Active {
        "active"
    } else {
        "inactive"
    };
    let id = m.id;
    let mut keys = vec![
        format!("NAME#{name}#{id}"),
        format!("STATUS#{status}#{name}#{id}"),
        format!("JOINED#{}#{id}", instant(m.joined_at)),
    ];
    for word in search::words(m.name.as_ref(), &m.email) {
        keys.push(format!("WORD#{word}#{id}"));
    }
    if let Some(held) = &m.role {
        keys.push(format!("HOLDER#{}#{name}#{id}", held.role));
    }
    for grant in &m.grants {
        let on = &grant.resource;
        keys.push(format!("HOLDER#{}#{name}#{id}", grant.held.role));
        keys.push(format!(
            "GRANT#{}#{}#{}#{name}#{id}",
            on.key.kind, on.key.id, on.registration
        ));
    }
    let pk = format!("ORG#{}", m.organization);
    keys.into_iter().map(|sk| (pk.clone(), sk)).collect()
}

fn of_invitation(i: &Invitation) -> Vec<(String, String)> {
    let mut keys = vec![format!("OFFERED#{}#{}", i.role, i.id)];
    for word in search::words(None, &i.email) {
        keys.push(format!("WORD#{word}#{}", i.id));
    }
    for on in &i.resources {
        keys.push(format!(
            "OFFERED_ON#{}#{}#{}#{}",
            on.key.kind, on.key.id, on.registration, i.id
        ));
    }
    let pk = format!("ORG#{}", i.organization);
    keys.into_iter().map(|sk| (pk.clone(), sk)).collect()
}
