//! Fixing: what is replaced or deleted must be what was read. Also, what other changes record for a repair.

use super::{Edit, Transaction, WriteCondition, number};
use crate::error::StoreError;
use crate::items::{Item, StoredEntity as _};
use crate::keys::{self, Key};
use crate::position::Position;
use aws_sdk_dynamodb::types::AttributeValue;
use muster_domain::{Changes, Invitation, Member, Organization, RoleSet};
use std::collections::BTreeMap;

/// Attributes that differ once an item that follows from another was replaced.
const FOLLOWER: [&str; 5] = ["mark", "holder", "expires_at", "id", "version"];
/// Attributes that differ once a row was replaced.
const ROW: [&str; 3] = ["version", "joined_at", "created_at"];

/// The effect of a fix on the row it rests on, which is otherwise only checked.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RowEffect<'a> {
    /// Raises the version, so that every other change that rests on the row is decided again.
    pub(crate) again: bool,
    /// Puts it into the indexes of this item.
    pub(crate) index: Option<&'a Item>,
}

/// The condition that an item is as it was read.
fn as_read(item: Option<&Item>, by: &[&str]) -> WriteCondition {
    let Some(item) = item else {
        return WriteCondition::nothing_there();
    };
    let read = by.iter().filter_map(|name| Some((name, item.get(*name)?)));
    read.fold(
        WriteCondition::new("attribute_exists(PK)"),
        |condition, (name, value)| condition.same(name, value.clone()),
    )
}

impl Transaction<'_> {
    /// Requires that the row is as it was read, or still missing.
    pub(crate) fn rest_on(&mut self, key: &Key, own: Option<&Item>, rest: RowEffect<'_>) -> Result<(), StoreError> {
        if !rest.again && rest.index.is_none() {
            return self.check(Position::Authority, key, as_read(own, &ROW));
        }
        // Activity moves a member in an index without a new version.
        let mut edit = Edit::when(as_read(own, &[&ROW[..], &["last_active_at"]].concat()));
        if rest.again {
            edit.add("version", 1);
        }
        for name in rest.index.map_or(&[][..], |_| &keys::INDEXED[..]) {
            match rest.index.and_then(|index| index.get(*name)) {
                Some(value) => edit.set(name, value.clone()),
                None => edit.remove(name),
            }
        }
        self.update(Position::Authority, key, edit)
    }

    /// Writes an item that follows, in place of the one that was read.
    pub(crate) fn replace(&mut self, item: Item, was: Option<&Item>) -> Result<(), StoreError> {
        self.put(Position::Index, item, as_read(was, &FOLLOWER))
    }

    /// Deletes an item that follows from no row, as it was read.
    pub(crate) fn remove(&mut self, key: &Key, was: Option<&Item>) -> Result<(), StoreError> {
        self.delete(Position::Index, key, as_read(was, &FOLLOWER))
    }

    /// Sets a member's number of keys, under a new version, since keys are created under it.
    pub(crate) fn keys(&mut self, member: &Member, keys: u32) -> Result<(), StoreError> {
        let mut edit = Edit::when(as_read(Some(&member.to_item()?), &ROW));
        edit.set("keys", number(keys));
        edit.add("version", 1);
        self.update(Position::Member, &member.key(), edit)
    }

    /// Sets the numbers of seats and owners, if no counter has changed since it was read.
    pub(crate) fn recounted(
        &mut self,
        read: &Organization,
        moves: Option<AttributeValue>,
        seats: u64,
        owners: u64,
    ) -> Result<(), StoreError> {
        let condition = unmoved(moves)
            .same("seats_used", number(read.seats_used))
            .same("active_owners", number(read.active_owners));
        let mut edit = Edit::when(condition);
        edit.set("seats_used", number(seats));
        edit.set("active_owners", number(owners));
        edit.add(keys::MOVES, 1);
        self.update(Position::Organization, &read.key(), edit)
    }

    /// Writes the counts anew, if none has changed since they were read.
    pub(crate) fn summed(
        &mut self,
        key: &Key,
        sums: &BTreeMap<String, u64>,
        was: Option<&Item>,
    ) -> Result<(), StoreError> {
        let moves = was.and_then(|item| item.get(keys::MOVES));
        let past: u64 = moves.and_then(|n| n.as_n().ok()?.parse().ok()).unwrap_or_default();
        let mut item = key.attributes();
        item.extend(sums.iter().map(|(name, sum)| (name.clone(), number(sum))));
        item.insert(keys::MOVES.to_owned(), number(past + 1));
        self.put(Position::Index, item, unmoved(moves.cloned()))
    }
}

/// The condition that no counter has changed since it was read.
fn unmoved(moves: Option<AttributeValue>) -> WriteCondition {
    match moves {
        Some(moves) => WriteCondition::none().same(keys::MOVES, moves),
        None => WriteCondition::new(format!("attribute_not_exists({})", keys::MOVES)),
    }
}

/// Whether a seat or an ownership passes other than from an invitation to a new member: this is recorded even if the sums stay the
/// same.
pub(super) fn passes(changes: &Changes, set: &RoleSet) -> bool {
    let held = |member: &Member| (member.seat, member.is_active_owner(set));
    let members = changes.members.iter();
    let mut stay = members.filter_map(|pair| Some((pair.before.as_ref()?, pair.after.as_ref()?)));
    let has_seat = |invitation: &Option<Invitation>| invitation.as_ref().is_some_and(|i| i.seat);
    let mut invitations = changes.invitations.iter();
    stay.any(|(before, after)| held(before) != held(after))
        || invitations.any(|pair| has_seat(&pair.after) && !has_seat(&pair.before))
}
