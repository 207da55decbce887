//! All items of people at once, for a loader that writes many without a transaction each. The repair in this benchmark compares
//! them with what the product expects.

use aws_sdk_dynamodb::types::AttributeValue;
use muster_domain::people::instant;
use muster_domain::{InvitationState, OrganizationId, Person, Status};
use muster_store::Key;
use muster_store::items::{Claim, ClaimHolder, Item, StoredEntity as _};
use muster_store::keys::KIND;
use muster_tests::recount::entries;
use std::collections::BTreeMap;

fn text(text: impl ToString) -> AttributeValue {
    AttributeValue::S(text.to_string())
}

/// An item at this key, with more attributes.
fn item<const N: usize>(key: &Key, attributes: [(&str, AttributeValue); N]) -> Item {
    let mut item = key.attributes();
    item.extend(attributes.map(|(name, value)| (name.to_owned(), value)));
    item
}

/// Every item of a person: their own, the claim on their address, their entries, and the note of their share in the counts.
pub(crate) fn items_of(person: &Person) -> Vec<Item> {
    let mut items = vec![
        match person {
            Person::Member(member) => member.to_item(),
            Person::Invitation(invitation) => invitation.to_item(),
        }
        .unwrap(),
    ];
    items.extend(claim(person).map(|claim| claim.to_item().unwrap()));
    let mark = mark(person);
    let entry = |key: &Key| item(key, [(KIND, text("entry")), ("mark", text(&mark))]);
    items.extend(entries::of(person).iter().map(entry));
    let roles = person.roles().iter().map(text).collect();
    items.push(item(
        &Key::counted(person.organization(), person.id()),
        [
            (KIND, text("counted")),
            ("status", text(status(person))),
            ("roles", AttributeValue::L(roles)),
            ("mark", text(&mark)),
        ],
    ));
    items
}

/// A text that is greater for each later state of the person.
fn mark(person: &Person) -> String {
    let (came, version) = match person {
        Person::Member(member) => (member.joined_at, member.version),
        Person::Invitation(invitation) => (invitation.created_at, invitation.version),
    };
    format!("{}#{version:020}", instant(came))
}

fn claim(person: &Person) -> Option<Claim> {
    let (organization, email, holder) = match person {
        Person::Member(member) => (
            member.organization,
            &member.email,
            ClaimHolder::Member { holder: member.id },
        ),
        Person::Invitation(invitation) if invitation.state == InvitationState::Pending => (
            invitation.organization,
            &invitation.email,
            ClaimHolder::Invitation {
                holder: invitation.id,
                expires_at: invitation.expires_at,
            },
        ),
        Person::Invitation(_) => return None,
    };
    Some(Claim {
        organization,
        email: email.clone(),
        holder,
    })
}

fn status(person: &Person) -> &'static str {
    match person {
        Person::Member(member) if member.status == Status::Active => "active",
        Person::Member(_) => "inactive",
        Person::Invitation(_) => "pending",
    }
}

/// Sums over people, for the counts of their organization.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sums(BTreeMap<String, u64>);

impl Sums {
    /// Adds a person.
    pub(crate) fn add(&mut self, person: &Person) {
        let roles = person.roles();
        let roles = roles.iter().map(|role| format!("role:{role}"));
        for name in roles.chain([format!("status:{}", status(person))]) {
            *self.0.entry(name).or_default() += 1;
        }
    }

    /// The item of the counts.
    pub(crate) fn item(&self, organization: OrganizationId) -> Item {
        let mut item = Key::counts(organization).attributes();
        let sums = self.0.iter();
        item.extend(sums.map(|(name, sum)| (name.clone(), AttributeValue::N(sum.to_string()))));
        item
    }
}
