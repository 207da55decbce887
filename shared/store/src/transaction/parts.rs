//! The parts that a transaction is made of, each under a condition.

use super::Transaction;
use crate::error::StoreError;
use crate::items::Item;
use crate::keys::{self, Key};
use crate::position::Position;
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update};
use std::collections::HashMap;

/// The condition that the item does not exist yet.
pub(super) const NEW: &str = "attribute_not_exists(PK)";

/// A condition on an item, with its names and values.
#[derive(Debug, Clone, Default)]
pub(super) struct WriteCondition {
    text: Option<String>,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl WriteCondition {
    /// No condition.
    pub(super) fn none() -> Self {
        Self::default()
    }

    pub(super) fn new(text: impl Into<String>) -> Self {
        Self {
            text: Some(text.into()),
            ..Self::default()
        }
    }

    /// The condition that the item does not exist yet.
    pub(super) fn nothing_there() -> Self {
        Self::new(NEW)
    }

    /// The condition that the item has the version that was read.
    pub(super) fn version(version: u64) -> Self {
        Self::new("version = :version").value(":version", number(version))
    }

    /// Adds a requirement.
    pub(super) fn and(mut self, more: &str) -> Self {
        self.text = Some(match self.text {
            Some(text) => format!("{text} AND {more}"),
            None => more.to_owned(),
        });
        self
    }

    /// Adds the requirement that an attribute, of any name, has the value that was read.
    pub(super) fn same(self, name: &str, value: AttributeValue) -> Self {
        let mut same = self
            .and(&format!("#{name} = :{name}"))
            .value(&format!(":{name}"), value);
        same.names.insert(format!("#{name}"), name.to_owned());
        same
    }

    /// Defines a placeholder for a value.
    pub(super) fn value(mut self, placeholder: &str, value: AttributeValue) -> Self {
        self.values.insert(placeholder.to_owned(), value);
        self
    }

    /// Like [`WriteCondition::value`], for text.
    pub(super) fn text(self, placeholder: &str, text: &impl ToString) -> Self {
        self.value(placeholder, AttributeValue::S(text.to_string()))
    }

    /// Defines a placeholder for a name.
    pub(super) fn name(mut self, placeholder: &str, name: &str) -> Self {
        self.names.insert(placeholder.to_owned(), name.to_owned());
        self
    }

    fn names(&self) -> Option<HashMap<String, String>> {
        Some(self.names.clone()).filter(|names| !names.is_empty())
    }

    fn values(&self) -> Option<HashMap<String, AttributeValue>> {
        Some(self.values.clone()).filter(|values| !values.is_empty())
    }
}

/// An update of an item, under a condition. Attributes may have any name.
#[derive(Debug, Default)]
pub(super) struct Edit {
    condition: WriteCondition,
    sets: Vec<String>,
    removals: Vec<String>,
    additions: Vec<String>,
}

impl Edit {
    pub(super) fn when(condition: WriteCondition) -> Self {
        Self {
            condition,
            ..Self::default()
        }
    }

    pub(super) fn set(&mut self, name: &str, value: AttributeValue) {
        let (named, valued) = self.attribute(name, Some(value));
        self.sets.push(format!("{named} = {valued}"));
    }

    pub(super) fn remove(&mut self, name: &str) {
        let (named, _) = self.attribute(name, None);
        self.removals.push(named);
    }

    /// Adds to a number; a missing one counts as 0.
    pub(super) fn add(&mut self, name: &str, by: impl ToString) {
        let (named, valued) = self.attribute(name, Some(number(by)));
        self.additions.push(format!("{named} {valued}"));
    }

    /// Placeholders, which no condition uses, for an attribute and its new value.
    fn attribute(&mut self, name: &str, value: Option<AttributeValue>) -> (String, String) {
        let i = self.condition.names.len();
        let (named, valued) = (format!("#n{i}"), format!(":n{i}"));
        self.condition.names.insert(named.clone(), name.to_owned());
        if let Some(value) = value {
            self.condition.values.insert(valued.clone(), value);
        }
        (named, valued)
    }

    fn expression(&self) -> String {
        let clauses = [
            ("SET", &self.sets),
            ("REMOVE", &self.removals),
            ("ADD", &self.additions),
        ];
        let said = clauses.iter().filter(|(_, parts)| !parts.is_empty());
        let said: Vec<String> = said
            .map(|(verb, parts)| format!("{verb} {}", parts.join(", ")))
            .collect();
        said.join(" ")
    }
}

impl Transaction<'_> {
    pub(super) fn put(&mut self, position: Position, item: Item, condition: WriteCondition) -> Result<(), StoreError> {
        let put = Put::builder()
            .table_name(self.table)
            .set_item(Some(item))
            .set_condition_expression(condition.text.clone())
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values());
        let put = put.build().map_err(|e| incomplete(&e))?;
        self.push(position, TransactWriteItem::builder().put(put).build());
        Ok(())
    }

    pub(super) fn delete(
        &mut self,
        position: Position,
        key: &Key,
        condition: WriteCondition,
    ) -> Result<(), StoreError> {
        let delete = Delete::builder()
            .table_name(self.table)
            .set_key(Some(key.attributes()))
            .set_condition_expression(condition.text.clone())
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values());
        let delete = delete.build().map_err(|e| incomplete(&e))?;
        self.push(position, TransactWriteItem::builder().delete(delete).build());
        Ok(())
    }

    /// Only checks; an empty condition would not be one.
    pub(super) fn check(&mut self, position: Position, key: &Key, condition: WriteCondition) -> Result<(), StoreError> {
        let check = ConditionCheck::builder()
            .table_name(self.table)
            .set_key(Some(key.attributes()))
            .set_condition_expression(condition.text.clone())
            .set_expression_attribute_names(condition.names())
            .set_expression_attribute_values(condition.values());
        let check = check.build().map_err(|e| incomplete(&e))?;
        self.push(position, TransactWriteItem::builder().condition_check(check).build());
        Ok(())
    }

    pub(super) fn update(&mut self, position: Position, key: &Key, mut edit: Edit) -> Result<(), StoreError> {
        // A changed member has more than an activity note.
        if key.listed_person().is_some() {
            edit.remove(keys::NOTED);
        }
        let update = Update::builder()
            .table_name(self.table)
            .set_key(Some(key.attributes()))
            .update_expression(edit.expression())
            .set_condition_expression(edit.condition.text.clone())
            .set_expression_attribute_names(edit.condition.names())
            .set_expression_attribute_values(edit.condition.values());
        let update = update.build().map_err(|e| incomplete(&e))?;
        self.push(position, TransactWriteItem::builder().update(update).build());
        Ok(())
    }

    fn push(&mut self, position: Position, item: TransactWriteItem) {
        self.positions.push(position);
        self.items.push(item);
    }
}

pub(super) fn number(n: impl ToString) -> AttributeValue {
    AttributeValue::N(n.to_string())
}

pub(super) fn incomplete(error: &dyn std::error::Error) -> StoreError {
    StoreError::Call {
        operation: "TransactWriteItems",
        detail: error.to_string(),
        busy: false,
    }
}
