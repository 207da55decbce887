//! What changes take: the number of items, and the write units.

use super::Transaction;
use crate::error::StoreError;
use crate::items::{Item, StoredEntity as _};
use crate::position::Position;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use muster_domain::{Changes, Member, Organization, Pair, RoleSet};

/// The largest item that takes one write unit, in bytes.
const UNIT_BYTES: usize = 1024;

/// What changes take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// Items that one transaction must hold together.
    pub core: usize,
    /// Entries of the lists of people, which go into the same transaction as far as they fit.
    pub entries: usize,
    /// The write units of all items outside a transaction, beyond one for each item.
    beyond: usize,
}

impl Weight {
    /// The number of items.
    #[must_use]
    pub fn all(self) -> usize {
        self.core + self.entries
    }

    /// The write units that DynamoDB charges for the items in a transaction: two for each KB of each item.
    #[must_use]
    pub fn units(self) -> usize {
        2 * (self.all() + self.beyond)
    }
}

pub(crate) fn weight(changes: &Changes, set: &RoleSet, read: &Organization) -> Result<Weight, StoreError> {
    let t = Transaction::of("", changes, set, Some(read))?;
    let puts = t.items.iter().zip(&t.positions);
    let puts = puts.filter(|(_, position)| **position != Position::Member);
    let of_puts: usize = puts.map(|(item, _)| beyond_put(item)).sum();
    let of_members = changes.members.iter().map(beyond_member).sum::<Result<usize, _>>()?;
    Ok(Weight {
        core: t.items.len(),
        entries: t.entries.len(),
        beyond: of_puts + of_members,
    })
}

/// The units of an item that is written whole, beyond the first.
fn beyond_put(item: &TransactWriteItem) -> usize {
    item.put().map_or(0, |put| beyond_first(put.item()))
}

/// The units of a member's item, beyond the first: the larger of the item before and after the change counts.
fn beyond_member(pair: &Pair<Member>) -> Result<usize, StoreError> {
    let mut beyond = 0;
    for member in pair.before.iter().chain(&pair.after) {
        beyond = beyond.max(beyond_first(&member.to_item()?));
    }
    Ok(beyond)
}

fn beyond_first(item: &Item) -> usize {
    attributes(item).div_ceil(UNIT_BYTES).saturating_sub(1)
}

/// The size of attributes in bytes, as DynamoDB documents it ("DynamoDB item sizes and formats").
fn attributes(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + size(value)).sum()
}

fn size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        // Two digits a byte, and one byte more.
        AttributeValue::N(number) => number.len().div_ceil(2) + 1,
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        // A list or a map takes three bytes, and one for each element.
        AttributeValue::L(list) => 3 + list.iter().map(|one| 1 + size(one)).sum::<usize>(),
        AttributeValue::M(map) => 3 + map.len() + attributes(map),
        AttributeValue::Ss(texts) => texts.iter().map(String::len).sum(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_takes_a_unit_for_each_kilobyte_that_it_has_or_begins() {
        let item = |length: usize| Item::from([("name".to_owned(), AttributeValue::S("x".repeat(length)))]);
        let cases = [(0, 0), (1_020, 0), (1_021, 1), (2_044, 1), (2_045, 2), (12_000, 11)];
        for (length, beyond) in cases {
            assert_eq!(beyond_first(&item(length)), beyond, "{length}");
        }
    }

    #[test]
    fn nested_attributes_count_with_their_names() {
        let inner = AttributeValue::M(Item::from([("role".to_owned(), AttributeValue::S("admin".to_owned()))]));
        assert_eq!(size(&inner), 3 + 1 + 4 + 5);
        assert_eq!(size(&AttributeValue::L(vec![inner])), 3 + 1 + 13);
        assert_eq!(size(&AttributeValue::N("12345".to_owned())), 4);
    }
}
