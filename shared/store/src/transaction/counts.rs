//! Keeping counts: the note of a person's share, and the counts themselves.

use super::{Edit, Transaction, WriteCondition};
use crate::entries::MARK;
use crate::error::StoreError;
use crate::items::Item;
use crate::keys::Key;
use crate::position::Position;

impl Transaction<'_> {
    /// Records a person's share in the counts, replacing the earlier one.
    pub(crate) fn counted(&mut self, key: &Key, item: Option<Item>, before: Option<&str>) -> Result<(), StoreError> {
        let read = match before {
            Some(mark) => WriteCondition::new(format!("{MARK} = :mark")).text(":mark", &mark),
            None => WriteCondition::nothing_there(),
        };
        match (item, before) {
            (Some(item), _) => self.put(Position::Index, item, read),
            (None, Some(_)) => self.delete(Position::Index, key, read),
            (None, None) => Ok(()),
        }
    }

    /// Adds to numeric attributes of an item.
    pub(crate) fn add(&mut self, key: &Key, change: &[(String, i64)]) -> Result<(), StoreError> {
        if change.is_empty() {
            return Ok(());
        }
        let mut edit = Edit::default();
        for (name, by) in change {
            edit.add(name, by);
        }
        self.update(Position::Index, key, edit)
    }
}
