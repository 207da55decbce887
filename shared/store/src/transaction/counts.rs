//! Keeping counts: the note of what is counted of a person, and the counts themselves.

use super::{NEW, Position, Transaction, incomplete, number};
use crate::entries::MARK;
use crate::error::StoreError;
use crate::items::Item;
use crate::keys::Key;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};

impl Transaction<'_> {
    /// Notes what is counted of a person, in place of what was.
    pub(crate) fn counted(&mut self, key: &Key, item: Option<Item>, before: Option<&str>) -> Result<(), StoreError> {
        let condition = format!("{MARK} = :mark");
        let mark = |before: &str| [(":mark", AttributeValue::S(before.to_owned()))];
        match (item, before) {
            (Some(item), None) => self.put(Position::Index, item, Some(NEW), []),
            (Some(item), Some(before)) => self.put(Position::Index, item, Some(&condition), mark(before)),
            (None, Some(before)) => self.delete(Position::Index, key, Some(&condition), mark(before)),
            (None, None) => Ok(()),
        }
    }

    /// Adds to numbers of an item.
    pub(crate) fn add(&mut self, key: &Key, change: &[(String, i64)]) -> Result<(), StoreError> {
        if change.is_empty() {
            return Ok(());
        }
        let mut update = Update::builder().table_name(self.table).set_key(Some(key.attributes()));
        let mut sums = Vec::with_capacity(change.len());
        for (i, (name, by)) in change.iter().enumerate() {
            sums.push(format!("#n{i} :v{i}"));
            update = update
                .expression_attribute_names(format!("#n{i}"), name)
                .expression_attribute_values(format!(":v{i}"), number(by));
        }
        let update = update
            .update_expression(format!("ADD {}", sums.join(", ")))
            .build()
            .map_err(|e| incomplete(&e))?;
        self.push(Position::Index, TransactWriteItem::builder().update(update).build());
        Ok(())
    }
}
