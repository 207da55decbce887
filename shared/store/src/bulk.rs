//! All items of people at once, for code that writes many without a transaction each: a loader, and a comparison with the expected
//! items.

use crate::counts::{Counted, counted_item, counts_item};
use crate::entries;
use crate::error::StoreError;
use crate::items::{Entity as _, Item};
use crate::transaction::claim_of;
use muster_domain::{OrganizationId, Person};
use std::collections::BTreeMap;

/// Every item of a person: their own, the claim on their address, their entries, and the note of their share in the counts.
///
/// # Errors
/// [`StoreError::Malformed`] if a field cannot be stored.
pub fn items_of(person: &Person) -> Result<Vec<Item>, StoreError> {
    let mut items = vec![match person {
        Person::Member(member) => member.to_item()?,
        Person::Invitation(invitation) => invitation.to_item()?,
    }];
    items.extend(claim_of(person).map(|claim| claim.to_item()).transpose()?);
    let mark = entries::mark(person);
    items.extend(entries::of(person).iter().map(|key| entries::item(key, &mark)));
    items.push(counted_item(person)?);
    Ok(items)
}

/// Sums over people, for the counts of their organization.
#[derive(Debug, Clone, Default)]
pub struct Sums(BTreeMap<String, u64>);

impl Sums {
    /// Adds a person.
    pub fn add(&mut self, person: &Person) {
        for name in Counted::of(person).attributes() {
            *self.0.entry(name).or_default() += 1;
        }
    }

    /// The item of the counts.
    #[must_use]
    pub fn item(&self, organization: OrganizationId) -> Item {
        counts_item(organization, &self.0)
    }
}
