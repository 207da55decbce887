//! Turns a set of changes into one transaction. Each item's condition repeats what the decision was based on.

mod claims;
mod contacts;
mod counts;
mod entries;
mod holding;
mod marks;
mod parts;
mod repairs;
mod sent;
mod weight;

use crate::entries::MARK;
use crate::error::StoreError;
use crate::items::{Item, StoredEntity};
use crate::keys::{self, Key};
use crate::once::{IdempotencyKey, StoredResponse};
use crate::position::Position;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use jiff::Timestamp;
use muster_domain::{ApiKey, Changes, Invitation, Member, Organization, Pair, Person, RoleSet};

pub(crate) use claims::claim_of;
pub(crate) use contacts::contact_items;
pub(crate) use entries::{Entries, Gone};
use parts::{Edit, NEW, WriteCondition, incomplete, number};
pub(crate) use repairs::RowEffect;
pub use weight::Weight;
pub(crate) use weight::weight;

/// The items of one transaction, each with its position.
pub(crate) struct Transaction<'a> {
    table: &'a str,
    pub(crate) positions: Vec<Position>,
    pub(crate) items: Vec<TransactWriteItem>,
    /// Separate from the rest: entries that do not fit may be written before or after the transaction.
    pub(crate) entries: Entries,
}

impl<'a> Transaction<'a> {
    /// The transaction that makes these changes.
    pub(crate) fn of(
        table: &'a str,
        changes: &Changes,
        set: &RoleSet,
        read: Option<&Organization>,
    ) -> Result<Self, StoreError> {
        let mut t = Self::empty(table);
        t.organization(changes, set, read)?;
        for pair in &changes.members {
            t.member(pair)?;
            t.entries(&pair.as_ref().map(|member| Person::Member(Box::new(member.clone()))));
        }
        for pair in &changes.invitations {
            t.invitation(pair)?;
            t.entries(&pair.as_ref().map(|i| Person::Invitation(Box::new(i.clone()))));
        }
        t.claims(changes)?;
        for pair in &changes.resources {
            t.versioned(Position::Resource, pair, |r| r.version)?;
        }
        t.contacts(&changes.contacts)?;
        for pair in &changes.former_members {
            t.versioned(Position::FormerMember, pair, |f| f.version)?;
        }
        for pair in &changes.keys {
            t.api_key(pair)?;
        }
        for pair in &changes.exports {
            t.versioned(Position::Export, pair, |e| e.version)?;
        }
        for pair in &changes.jobs {
            t.versioned(Position::Job, pair, |j| j.version)?;
        }
        for event in &changes.events {
            t.put(Position::Event, event.to_item()?, WriteCondition::nothing_there())?;
        }
        for mail in &changes.mail {
            t.put(Position::Mail, mail.to_item()?, WriteCondition::nothing_there())?;
        }
        for mail in &changes.released {
            t.release(&mail.key(), mail.state)?;
        }
        if let Some(organization) = read {
            for (email, mark, at) in &changes.marks {
                t.mark_address(organization.id, email, *mark, *at)?;
            }
            t.sent(organization, changes)?;
            t.relied_on(organization, changes)?;
        }
        Ok(t)
    }

    pub(crate) fn empty(table: &'a str) -> Self {
        Self {
            table,
            positions: Vec::new(),
            items: Vec::new(),
            entries: Entries::default(),
        }
    }

    /// Requires that the members and the former members on whom the decision rests are still as they were read.
    fn relied_on(&mut self, organization: &Organization, changes: &Changes) -> Result<(), StoreError> {
        // INVARIANT 4: the members on whose authority the decision rests are still as they were read.
        for relied in &changes.relied_on {
            let key = Key::member(organization.id, relied.member);
            let read = WriteCondition::version(relied.version).and("joined_at = :joined");
            self.check(Position::Authority, &key, read.text(":joined", &relied.joined_at))?;
        }
        for (user, version) in &changes.relied_on_former {
            let key = Key::former_member(organization.id, *user);
            let as_read = version.map_or_else(WriteCondition::nothing_there, WriteCondition::version);
            self.check(Position::FormerMember, &key, as_read)?;
        }
        Ok(())
    }

    /// An item that keeps its key, guarded by its version.
    fn versioned<T: StoredEntity>(
        &mut self,
        position: Position,
        pair: &Pair<T>,
        version: fn(&T) -> u64,
    ) -> Result<(), StoreError> {
        let condition = match &pair.before {
            Some(before) => as_read(before, version(before)),
            None => WriteCondition::nothing_there(),
        };
        match (&pair.before, &pair.after) {
            (_, Some(after)) => self.put(position, after.to_item()?, condition),
            (Some(before), None) => self.delete(position, &before.key(), condition),
            (None, None) => Ok(()),
        }
    }

    /// A pending invitation is stored among the people, an ended one separately. Ending and reviving it are therefore moves.
    fn invitation(&mut self, pair: &Pair<Invitation>) -> Result<(), StoreError> {
        let (Some(before), Some(after)) = (&pair.before, &pair.after) else {
            return self.versioned(Position::Invitation, pair, |i| i.version);
        };
        if before.key() == after.key() {
            // The mailer records delivery on the item independently. A change that does not send the invitation again must not undo
            // that.
            let kept: &[&str] = if before.generation == after.generation {
                &["mail"]
            } else {
                &[]
            };
            return self.update_all(Position::Invitation, before, after, before.version, kept);
        }
        let read = WriteCondition::version(before.version);
        self.delete(Position::Invitation, &before.key(), read)?;
        self.put(Position::Invitation, after.to_item()?, WriteCondition::nothing_there())
    }

    /// Updates a member, except the attributes that requests record independently.
    fn member(&mut self, pair: &Pair<Member>) -> Result<(), StoreError> {
        match (&pair.before, &pair.after) {
            (Some(before), Some(after)) => self.update_all(
                Position::Member,
                before,
                after,
                before.version,
                &["last_active_at", keys::BY_ACTIVITY_SK],
            ),
            _ => self.versioned(Position::Member, pair, |m| m.version),
        }
    }

    /// Updates a key, except the attributes that requests record independently.
    fn api_key(&mut self, pair: &Pair<ApiKey>) -> Result<(), StoreError> {
        match (&pair.before, &pair.after) {
            (Some(before), Some(after)) => {
                self.update_all(Position::ApiKey, before, after, before.version, &["last_used_at"])
            }
            _ => self.versioned(Position::ApiKey, pair, |k| k.version),
        }
    }

    /// Sets every attribute except the `kept` ones, and removes those that no longer exist.
    fn update_all<T: StoredEntity>(
        &mut self,
        position: Position,
        before: &T,
        after: &T,
        version: u64,
        kept: &[&str],
    ) -> Result<(), StoreError> {
        let (old, new) = (before.to_item()?, after.to_item()?);
        let mut edit = Edit::when(as_read(before, version));
        for name in old.keys().filter(|name| !new.contains_key(*name)) {
            edit.remove(name);
        }
        let kept = |name: &str| [keys::PK, keys::SK].contains(&name) || kept.contains(&name);
        for (name, value) in new.into_iter().filter(|(name, _)| !kept(name)) {
            edit.set(&name, value);
        }
        self.update(position, &after.key(), edit)
    }

    /// Writes the organization only if its own fields, seats or owners change: it is the one hot item.
    fn organization(
        &mut self,
        changes: &Changes,
        set: &RoleSet,
        read: Option<&Organization>,
    ) -> Result<(), StoreError> {
        match &changes.organization {
            Some(Pair {
                before: None,
                after: Some(new),
            }) => return self.put(Position::Organization, new.to_item()?, WriteCondition::nothing_there()),
            Some(Pair {
                before: Some(old),
                after: None,
            }) => return self.delete(Position::Organization, &old.key(), WriteCondition::version(old.version)),
            _ => {}
        }
        let (seats, owners) = (changes.seat_delta(), changes.owner_delta(set));
        let definition = changes.organization.as_ref().and_then(|p| p.after.as_ref());
        let passes = repairs::passes(changes, set);
        let Some(read) = read.filter(|_| seats != 0 || owners != 0 || passes || definition.is_some()) else {
            return Ok(());
        };
        let mut condition = WriteCondition::version(read.version);
        // INVARIANT 1: the seats are still free when they are taken.
        if seats > 0
            && let Some(limit) = read.plan.seat_limit
        {
            let room = i128::from(limit) - i128::from(seats);
            condition = condition.and("seats_used <= :room").value(":room", number(room));
        }
        // INVARIANT 2: an owner is left when these owners go.
        if owners < 0 {
            condition = condition
                .and("active_owners > :leaving")
                .value(":leaving", number(-owners));
        }
        let mut edit = Edit::when(condition);
        edit.add("seats_used", seats);
        edit.add("active_owners", owners);
        // A recount relies on this to notice changes that the sums do not show: see `repair`.
        edit.add(keys::MOVES, 1);
        if let Some(after) = definition {
            let counters = ["seats_used", "active_owners", keys::PK, keys::SK];
            let fields = after.to_item()?.into_iter();
            for (name, value) in fields.filter(|(name, _)| !counters.contains(&name.as_str())) {
                edit.set(&name, value);
            }
        }
        self.update(Position::Organization, &read.key(), edit)
    }

    /// Takes in as many entries as there is room for. Returns those that do not fit.
    pub(crate) fn take_entries(&mut self, most: usize) -> Result<Entries, StoreError> {
        let Entries { mut new, mut gone } = std::mem::take(&mut self.entries);
        let room = most.saturating_sub(self.items.len());
        let later = new.split_off(room.min(new.len()));
        let room = room - new.len();
        let left = gone.split_off(room.min(gone.len()));
        for item in new {
            self.put(Position::Index, item, WriteCondition::none())?;
        }
        // The row's own condition, in the same transaction, guarantees that these are still its entries.
        for Gone { key, .. } in gone {
            self.delete(Position::Index, &key, WriteCondition::none())?;
        }
        Ok(Entries { new: later, gone: left })
    }

    /// A transaction of only these new entries, unless a later state of the row has written them already.
    pub(crate) fn of_new(table: &'a str, entries: &[Item]) -> Result<Self, StoreError> {
        let mut t = Self::empty(table);
        for item in entries {
            let mark = item.get(MARK).and_then(|mark| mark.as_s().ok());
            let condition = not_later(mark.map_or("", String::as_str));
            t.put(Position::Index, item.clone(), condition)?;
        }
        Ok(t)
    }

    /// A transaction that deletes these entries, unless a later state of the row has written them again.
    pub(crate) fn of_gone(table: &'a str, entries: &[Gone]) -> Result<Self, StoreError> {
        let mut t = Self::empty(table);
        for Gone { key, mark } in entries {
            t.delete(Position::Index, key, not_later(mark))?;
        }
        Ok(t)
    }

    /// Stores the response, unless a valid one is already stored that this one does not replace.
    pub(crate) fn once(
        &mut self,
        once: &IdempotencyKey,
        answered: &StoredResponse,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut item: Item = serde_dynamo::to_item(answered).map_err(|e| incomplete(&e))?;
        item.insert(keys::KIND.to_owned(), AttributeValue::S("once".to_owned()));
        item.extend(once.key.attributes());
        let free = format!("{NEW} OR #ttl <= :now");
        let condition = match answered.replaces.as_deref() {
            None => WriteCondition::new(free),
            Some("") => WriteCondition::new(format!("{free} OR attribute_not_exists(standing)")),
            Some(stale) => WriteCondition::new(format!("{free} OR standing = :stale")).text(":stale", &stale),
        };
        let condition = condition.name("#ttl", keys::TTL).value(":now", number(now.as_second()));
        self.put(Position::IdempotencyKey, item, condition)
    }
}

/// The condition that an item is the one that was read: by its version, and by its creation time if another item can follow under
/// its key.
fn as_read<T: StoredEntity>(before: &T, version: u64) -> WriteCondition {
    let read = WriteCondition::version(version);
    match before.came() {
        Some((name, at)) => read.and(&format!("{name} = :joined")).text(":joined", &at),
        None => read,
    }
}

/// The condition that an entry is not from a later state of its row than the mark.
fn not_later(mark: &str) -> WriteCondition {
    WriteCondition::new(format!("{NEW} OR {MARK} <= :mark")).text(":mark", &mark)
}
