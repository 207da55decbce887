//! From what changes to one transaction: each item's condition repeats what the decision was made on.

mod claims;
mod contacts;
mod counts;
mod entries;
mod repairs;

use crate::error::StoreError;
use crate::items::{Entity, Item};
use crate::keys::{self, Key};
use crate::once::{Answered, Once};
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update};
use jiff::Timestamp;
use muster_domain::{ApiKey, Changes, Invitation, Member, Organization, Pair, Person, RoleSet};

pub(crate) use claims::claim_of;
pub(crate) use contacts::contact_items;
pub(crate) use entries::{Entries, Gone};
pub(crate) use repairs::Rest;

/// What one item of a transaction is for, so that a refused condition can be told by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// The organization: seats, owners, settings, plan.
    Organization,
    /// A member.
    Member,
    /// A member whose authority the change rests on.
    Authority,
    /// An invitation.
    Invitation,
    /// The claim on an address.
    Claim,
    /// A resource.
    Resource,
    /// A contact, or its address.
    Contact,
    /// An API key.
    ApiKey,
    /// An index item.
    Index,
    /// An export.
    Export,
    /// Background work.
    Job,
    /// An event.
    Event,
    /// A mail.
    Mail,
    /// The answer kept for an `Idempotency-Key`.
    Once,
}

/// The items of one transaction, each with its position.
pub(crate) struct Transaction<'a> {
    table: &'a str,
    pub(crate) positions: Vec<Position>,
    pub(crate) items: Vec<TransactWriteItem>,
    /// Apart from the rest, since what of them does not fit may be written before or after it.
    pub(crate) entries: Entries,
}

/// The condition that nothing lies there yet.
const NEW: &str = "attribute_not_exists(PK)";

fn number(n: impl ToString) -> AttributeValue {
    AttributeValue::N(n.to_string())
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
        for pair in &changes.contacts {
            t.contact(pair)?;
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
            t.put(Position::Event, event.to_item()?, Some(NEW), [])?;
        }
        for mail in &changes.mail {
            t.put(Position::Mail, mail.to_item()?, Some(NEW), [])?;
        }
        if let Some(organization) = read {
            for (member, version) in &changes.relied_on {
                t.unchanged(Key::member(organization.id, *member), *version)?;
            }
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

    fn push(&mut self, position: Position, item: TransactWriteItem) {
        self.positions.push(position);
        self.items.push(item);
    }

    fn put<const N: usize>(
        &mut self,
        position: Position,
        item: Item,
        condition: Option<&str>,
        values: [(&str, AttributeValue); N],
    ) -> Result<(), StoreError> {
        let mut put = Put::builder()
            .table_name(self.table)
            .set_item(Some(item))
            .set_condition_expression(condition.map(Into::into));
        for (name, value) in values {
            put = put.expression_attribute_values(name, value);
        }
        let put = put.build().map_err(|e| incomplete(&e))?;
        self.push(position, TransactWriteItem::builder().put(put).build());
        Ok(())
    }

    fn delete<const N: usize>(
        &mut self,
        position: Position,
        key: &Key,
        condition: Option<&str>,
        values: [(&str, AttributeValue); N],
    ) -> Result<(), StoreError> {
        let mut delete = Delete::builder()
            .table_name(self.table)
            .set_key(Some(key.attributes()))
            .set_condition_expression(condition.map(Into::into));
        for (name, value) in values {
            delete = delete.expression_attribute_values(name, value);
        }
        let delete = delete.build().map_err(|e| incomplete(&e))?;
        self.push(position, TransactWriteItem::builder().delete(delete).build());
        Ok(())
    }

    fn unchanged(&mut self, key: Key, version: u64) -> Result<(), StoreError> {
        let check = ConditionCheck::builder()
            .table_name(self.table)
            .set_key(Some(key.attributes()))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", number(version))
            .build()
            .map_err(|e| incomplete(&e))?;
        self.push(
            Position::Authority,
            TransactWriteItem::builder().condition_check(check).build(),
        );
        Ok(())
    }

    /// Something that stays at one key, guarded by its version.
    fn versioned<T: Entity>(
        &mut self,
        position: Position,
        pair: &Pair<T>,
        version: fn(&T) -> u64,
    ) -> Result<(), StoreError> {
        let Some(before) = &pair.before else {
            return match &pair.after {
                Some(after) => self.put(position, after.to_item()?, Some(NEW), []),
                None => Ok(()),
            };
        };
        let read = (":version", number(version(before)));
        match (before.came(), &pair.after) {
            (None, Some(after)) => self.put(position, after.to_item()?, Some("version = :version"), [read]),
            (None, None) => self.delete(position, &before.key(), Some("version = :version"), [read]),
            (Some((name, at)), after) => {
                let condition = format!("version = :version AND {name} = :came");
                let values = [read, (":came", AttributeValue::S(at.to_string()))];
                match after {
                    Some(after) => self.put(position, after.to_item()?, Some(&condition), values),
                    None => self.delete(position, &before.key(), Some(&condition), values),
                }
            }
        }
    }

    /// A pending invitation lies among the people, an ended one apart: ending it and reviving it are moves.
    fn invitation(&mut self, pair: &Pair<Invitation>) -> Result<(), StoreError> {
        let (Some(before), Some(after)) = (&pair.before, &pair.after) else {
            return self.versioned(Position::Invitation, pair, |i| i.version);
        };
        if before.key() == after.key() {
            // The mailer notes delivery on the item at its own pace: a change of the same sending must not undo that.
            let kept: &[&str] = if before.generation == after.generation {
                &["mail"]
            } else {
                &[]
            };
            return self.update_all(Position::Invitation, before, after, before.version, kept);
        }
        self.delete(
            Position::Invitation,
            &before.key(),
            Some("version = :version"),
            [(":version", number(before.version))],
        )?;
        self.put(Position::Invitation, after.to_item()?, Some(NEW), [])
    }

    /// A member who changes keeps what requests note on them at their own pace.
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

    /// A key that changes keeps what requests note on it at their own pace.
    fn api_key(&mut self, pair: &Pair<ApiKey>) -> Result<(), StoreError> {
        match (&pair.before, &pair.after) {
            (Some(before), Some(after)) => {
                self.update_all(Position::ApiKey, before, after, before.version, &["last_used_at"])
            }
            _ => self.versioned(Position::ApiKey, pair, |k| k.version),
        }
    }

    /// Sets every attribute but the `kept` ones, and takes away those that are no more.
    fn update_all<T: Entity>(
        &mut self,
        position: Position,
        before: &T,
        after: &T,
        version: u64,
        kept: &[&str],
    ) -> Result<(), StoreError> {
        let mut update = Update::builder()
            .table_name(self.table)
            .set_key(Some(after.key().attributes()));
        let (mut sets, mut gone) = (Vec::new(), Vec::new());
        let item = after.to_item()?;
        for (i, name) in before
            .to_item()?
            .into_keys()
            .filter(|name| !item.contains_key(name))
            .enumerate()
        {
            gone.push(format!("#g{i}"));
            update = update.expression_attribute_names(format!("#g{i}"), name);
        }
        for (i, (name, value)) in item.into_iter().enumerate() {
            if [keys::PK, keys::SK].contains(&name.as_str()) || kept.contains(&name.as_str()) {
                continue;
            }
            sets.push(format!("#n{i} = :v{i}"));
            update = update
                .expression_attribute_names(format!("#n{i}"), name)
                .expression_attribute_values(format!(":v{i}"), value);
        }
        let mut expression = format!("SET {}", sets.join(", "));
        if !gone.is_empty() {
            expression += &format!(" REMOVE {}", gone.join(", "));
        }
        let mut condition = "version = :version".to_owned();
        if let Some((name, at)) = before.came() {
            condition += &format!(" AND {name} = :came");
            update = update.expression_attribute_values(":came", AttributeValue::S(at.to_string()));
        }
        let update = update
            .update_expression(expression)
            .condition_expression(condition)
            .expression_attribute_values(":version", number(version))
            .build()
            .map_err(|e| incomplete(&e))?;
        self.push(position, TransactWriteItem::builder().update(update).build());
        Ok(())
    }

    /// The organization is written only where seats, owners, settings, plan or a deletion are concerned: it is the one hot item.
    fn organization(
        &mut self,
        changes: &Changes,
        set: &RoleSet,
        read: Option<&Organization>,
    ) -> Result<(), StoreError> {
        if let Some(Pair {
            before: None,
            after: Some(new),
        }) = &changes.organization
        {
            return self.put(Position::Organization, new.to_item()?, Some(NEW), []);
        }
        if let Some(Pair {
            before: Some(old),
            after: None,
        }) = &changes.organization
        {
            let version = [(":version", number(old.version))];
            return self.delete(Position::Organization, &old.key(), Some("version = :version"), version);
        }
        let (seats, owners) = (changes.seat_delta(), changes.owner_delta(set));
        let definition = changes.organization.as_ref().and_then(|p| p.after.as_ref());
        let passes = repairs::passes(changes, set);
        let Some(read) = read.filter(|_| seats != 0 || owners != 0 || passes || definition.is_some()) else {
            return Ok(());
        };
        let mut update = Update::builder()
            .table_name(self.table)
            .set_key(Some(read.key().attributes()))
            .expression_attribute_values(":seats", number(seats))
            .expression_attribute_values(":owners", number(owners))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":read", number(read.version));
        // By `moves`, a recount sees what sums do not tell: see `repair`.
        let mut expression = "ADD seats_used :seats, active_owners :owners, moves :one".to_owned();
        let mut condition = "version = :read".to_owned();
        if seats > 0
            && let Some(limit) = read.plan.seat_limit
        {
            condition += " AND seats_used <= :room";
            update = update.expression_attribute_values(":room", number(i128::from(limit) - i128::from(seats)));
        }
        if owners < 0 {
            condition += " AND active_owners > :leaving";
            update = update.expression_attribute_values(":leaving", number(-owners));
        }
        if let Some(after) = definition {
            let counters = ["seats_used", "active_owners", keys::PK, keys::SK];
            let fields = after
                .to_item()?
                .into_iter()
                .filter(|(name, _)| !counters.contains(&name.as_str()));
            let mut sets = Vec::new();
            for (i, (name, value)) in fields.enumerate() {
                sets.push(format!("#n{i} = :v{i}"));
                update = update
                    .expression_attribute_names(format!("#n{i}"), name)
                    .expression_attribute_values(format!(":v{i}"), value);
            }
            expression = format!("SET {} {expression}", sets.join(", "));
        }
        let update = update
            .update_expression(expression)
            .condition_expression(condition)
            .build()
            .map_err(|e| incomplete(&e))?;
        self.push(
            Position::Organization,
            TransactWriteItem::builder().update(update).build(),
        );
        Ok(())
    }

    /// Takes in as many entries as there is room for; what is left of them does not fit.
    pub(crate) fn take_entries(&mut self, most: usize) -> Result<Entries, StoreError> {
        let Entries { mut new, mut gone } = std::mem::take(&mut self.entries);
        let room = most.saturating_sub(self.items.len());
        let later = new.split_off(room.min(new.len()));
        let room = room - new.len();
        let left = gone.split_off(room.min(gone.len()));
        for item in new {
            self.put(Position::Index, item, None, [])?;
        }
        // The row's own condition, in the same transaction, says that these are its entries still.
        for Gone { key, .. } in gone {
            self.delete(Position::Index, &key, None, [])?;
        }
        Ok(Entries { new: later, gone: left })
    }

    /// A transaction of nothing but these new entries.
    pub(crate) fn of_new(table: &'a str, entries: &[Item]) -> Result<Self, StoreError> {
        let mut t = Self::empty(table);
        for item in entries {
            t.put(Position::Index, item.clone(), None, [])?;
        }
        Ok(t)
    }

    /// A transaction that takes away these entries, unless a later state of the row has written them again.
    pub(crate) fn of_gone(table: &'a str, entries: &[Gone]) -> Result<Self, StoreError> {
        let mut t = Self::empty(table);
        for Gone { key, mark } in entries {
            let mark = [(":mark", AttributeValue::S(mark.clone()))];
            t.delete(
                Position::Index,
                key,
                Some("attribute_not_exists(PK) OR mark <= :mark"),
                mark,
            )?;
        }
        Ok(t)
    }

    /// Deletes whatever lies there: the job's own version guards the slice.
    pub(crate) fn erase(&mut self, gone: &[Key]) -> Result<(), StoreError> {
        gone.iter()
            .try_for_each(|key| self.delete(Position::Index, key, None, []))
    }

    /// Keeps the answer, unless one is kept already that still counts.
    pub(crate) fn once(&mut self, once: &Once, answered: &Answered, now: Timestamp) -> Result<(), StoreError> {
        let mut item: Item = serde_dynamo::to_item(answered).map_err(|e| incomplete(&e))?;
        item.insert(keys::KIND.to_owned(), AttributeValue::S("once".to_owned()));
        item.extend(once.key.attributes());
        let put = Put::builder()
            .table_name(self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(PK) OR #ttl <= :now")
            .expression_attribute_names("#ttl", keys::TTL)
            .expression_attribute_values(":now", number(now.as_second()))
            .build()
            .map_err(|e| incomplete(&e))?;
        self.push(Position::Once, TransactWriteItem::builder().put(put).build());
        Ok(())
    }
}

fn incomplete(error: &dyn std::error::Error) -> StoreError {
    StoreError::Call {
        operation: "TransactWriteItems",
        detail: error.to_string(),
        busy: false,
    }
}

/// How many items changes take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// Those that one transaction must hold together.
    pub core: usize,
    /// Entries of the lists of people, which go into the same transaction as far as they fit.
    pub entries: usize,
}

impl Weight {
    /// All of them.
    #[must_use]
    pub fn all(self) -> usize {
        self.core + self.entries
    }
}

pub(crate) fn weight(changes: &Changes, set: &RoleSet, read: &Organization) -> Result<Weight, StoreError> {
    Transaction::of("", changes, set, Some(read)).map(|t| Weight {
        core: t.items.len(),
        entries: t.entries.len(),
    })
}
