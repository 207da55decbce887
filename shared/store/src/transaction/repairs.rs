//! Mending: what is replaced or deleted must be what was read. And what other changes leave for it to see.

use super::{NEW, Position, Transaction, incomplete, number};
use crate::error::StoreError;
use crate::items::{Entity as _, Item};
use crate::keys::{self, Key};
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update};
use muster_domain::{Changes, Invitation, Member, Organization, RoleSet};
use std::collections::{BTreeMap, HashMap};

/// Attributes by which an item that follows from another tells that it is another one by now.
const FOLLOWER: [&str; 5] = ["mark", "holder", "expires_at", "id", "version"];
/// Attributes by which a row tells that it is another one by now.
const ROW: [&str; 3] = ["version", "joined_at", "created_at"];
/// What a mending does to the row it rests on, which is otherwise only looked at.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rest<'a> {
    /// Raises the version, so that whatever else rests on the row is decided again.
    pub(crate) again: bool,
    /// Puts it into the indexes of this item.
    pub(crate) index: Option<&'a Item>,
}

/// A condition that an item is as it was read.
struct AsRead {
    text: String,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl AsRead {
    fn of(item: Option<&Item>, by: &[&str]) -> Self {
        let mut condition = Self {
            text: "attribute_exists(PK)".to_owned(),
            names: HashMap::new(),
            values: HashMap::new(),
        };
        let Some(item) = item else {
            condition.text = NEW.to_owned();
            return condition;
        };
        for (name, value) in by.iter().filter_map(|name| Some((*name, item.get(*name)?))) {
            condition.text += &format!(" AND #{name} = :{name}");
            condition.names.insert(format!("#{name}"), name.to_owned());
            condition.values.insert(format!(":{name}"), value.clone());
        }
        condition
    }

    fn names(&self) -> Option<HashMap<String, String>> {
        Some(self.names.clone()).filter(|names| !names.is_empty())
    }

    fn values(&self) -> Option<HashMap<String, AttributeValue>> {
        Some(self.values.clone()).filter(|values| !values.is_empty())
    }
}

impl Transaction<'_> {
    /// The row is as it was read, or still not there.
    pub(crate) fn rest_on(&mut self, key: &Key, own: Option<&Item>, rest: Rest<'_>) -> Result<(), StoreError> {
        if rest.again || rest.index.is_some() {
            return self.touch_row(key, own, rest);
        }
        let condition = AsRead::of(own, &ROW);
        let check = ConditionCheck::builder()
            .table_name(self.table)
            .set_key(Some(key.attributes()))
            .condition_expression(&condition.text)
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .build()
            .map_err(|e| incomplete(&e))?;
        self.push(
            Position::Authority,
            TransactWriteItem::builder().condition_check(check).build(),
        );
        Ok(())
    }

    fn touch_row(&mut self, key: &Key, own: Option<&Item>, rest: Rest<'_>) -> Result<(), StoreError> {
        // Being seen moves a member in an index without a new version.
        let mut condition = AsRead::of(own, &[&ROW[..], &["last_active_at"]].concat());
        let (mut sets, mut removed) = (Vec::new(), Vec::new());
        if rest.again {
            sets.push("#version = #version + :one".to_owned());
            condition.names.insert("#version".to_owned(), "version".to_owned());
            condition.values.insert(":one".to_owned(), number(1));
        }
        for name in rest.index.map_or(&[][..], |_| &keys::INDEXED[..]) {
            condition.names.insert(format!("#{name}"), (*name).to_owned());
            match rest.index.and_then(|index| index.get(*name)) {
                Some(value) => {
                    sets.push(format!("#{name} = :{name}"));
                    condition.values.insert(format!(":{name}"), value.clone());
                }
                None => removed.push(format!("#{name}")),
            }
        }
        let mut expression = String::new();
        for (verb, parts) in [("SET", sets), ("REMOVE", removed)] {
            if !parts.is_empty() {
                expression += &format!("{verb} {} ", parts.join(", "));
            }
        }
        let update = Update::builder()
            .table_name(self.table)
            .set_key(Some(key.attributes()))
            .update_expression(expression)
            .condition_expression(&condition.text)
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .build()
            .map_err(|e| incomplete(&e))?;
        self.push(Position::Authority, TransactWriteItem::builder().update(update).build());
        Ok(())
    }

    /// Writes what follows, in place of what was read there.
    pub(crate) fn replace(&mut self, item: Item, was: Option<&Item>) -> Result<(), StoreError> {
        let condition = AsRead::of(was, &FOLLOWER);
        let put = Put::builder()
            .table_name(self.table)
            .set_item(Some(item))
            .condition_expression(&condition.text)
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .build()
            .map_err(|e| incomplete(&e))?;
        self.push(Position::Index, TransactWriteItem::builder().put(put).build());
        Ok(())
    }

    /// Deletes what follows from nobody, as it was read.
    pub(crate) fn remove(&mut self, key: &Key, was: Option<&Item>) -> Result<(), StoreError> {
        let condition = AsRead::of(was, &FOLLOWER);
        let delete = Delete::builder()
            .table_name(self.table)
            .set_key(Some(key.attributes()))
            .condition_expression(&condition.text)
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .build()
            .map_err(|e| incomplete(&e))?;
        self.push(Position::Index, TransactWriteItem::builder().delete(delete).build());
        Ok(())
    }

    /// Says how many keys a member has, under a new version, since keys are made under it.
    pub(crate) fn keys(&mut self, member: &Member, keys: u32) -> Result<(), StoreError> {
        let own = member.to_item()?;
        let mut condition = AsRead::of(Some(&own), &ROW);
        condition.names.insert("#keys".to_owned(), "keys".to_owned());
        condition.values.insert(":keys".to_owned(), number(keys));
        condition.values.insert(":one".to_owned(), number(1));
        let update = Update::builder()
            .table_name(self.table)
            .set_key(Some(member.key().attributes()))
            .update_expression("SET #keys = :keys, #version = #version + :one")
            .condition_expression(&condition.text)
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values())
            .build()
            .map_err(|e| incomplete(&e))?;
        self.push(Position::Member, TransactWriteItem::builder().update(update).build());
        Ok(())
    }

    /// Says how many seats and owners there are, if no counter has moved since it was read.
    pub(crate) fn recounted(
        &mut self,
        read: &Organization,
        moves: Option<AttributeValue>,
        seats: u64,
        owners: u64,
    ) -> Result<(), StoreError> {
        let unmoved = match &moves {
            Some(_) => "moves = :moves",
            None => "attribute_not_exists(moves)",
        };
        let condition = format!("{unmoved} AND seats_used = :old_seats AND active_owners = :old_owners");
        let mut update = Update::builder()
            .table_name(self.table)
            .set_key(Some(read.key().attributes()))
            .update_expression("SET seats_used = :seats, active_owners = :owners ADD moves :one")
            .condition_expression(condition)
            .expression_attribute_values(":seats", number(seats))
            .expression_attribute_values(":owners", number(owners))
            .expression_attribute_values(":old_seats", number(read.seats_used))
            .expression_attribute_values(":old_owners", number(read.active_owners))
            .expression_attribute_values(":one", number(1));
        if let Some(moves) = moves {
            update = update.expression_attribute_values(":moves", moves);
        }
        let update = update.build().map_err(|e| incomplete(&e))?;
        self.push(
            Position::Organization,
            TransactWriteItem::builder().update(update).build(),
        );
        Ok(())
    }

    /// Writes the counts anew, if none has moved since they were read.
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
        match moves {
            Some(moves) => self.put(
                Position::Index,
                item,
                Some("moves = :moves"),
                [(":moves", moves.clone())],
            ),
            None => self.put(Position::Index, item, Some("attribute_not_exists(moves)"), []),
        }
    }
}

/// Whether a seat or an ownership passes otherwise than from an invitation to a new member: then it is noted even where sums stay.
pub(super) fn passes(changes: &Changes, set: &RoleSet) -> bool {
    let held = |member: &Member| (member.seat, member.is_active_owner(set));
    let members = changes.members.iter();
    let mut stay = members.filter_map(|pair| Some((pair.before.as_ref()?, pair.after.as_ref()?)));
    let has_seat = |invitation: &Option<Invitation>| invitation.as_ref().is_some_and(|i| i.seat);
    let mut invitations = changes.invitations.iter();
    stay.any(|(before, after)| held(before) != held(after))
        || invitations.any(|pair| has_seat(&pair.after) && !has_seat(&pair.before))
}
