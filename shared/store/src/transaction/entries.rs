//! Items that follow from people: their entries. No rule names these.

use super::Transaction;
use crate::entries::{item, mark, of};
use crate::items::Item;
use crate::keys::Key;
use muster_domain::{Pair, Person};
use std::collections::BTreeSet;

/// An entry to delete, with the mark of the state it belonged to.
#[derive(Debug, Clone)]
pub(crate) struct Gone {
    pub(crate) key: Key,
    pub(crate) mark: String,
}

/// Entries that a change adds and deletes.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    pub(crate) new: Vec<Item>,
    pub(crate) gone: Vec<Gone>,
}

impl Entries {
    pub(crate) fn len(&self) -> usize {
        self.new.len() + self.gone.len()
    }

    /// The entries that differ between before and after.
    fn of(pair: &Pair<Person>) -> Self {
        let keys = |person: &Option<Person>| person.iter().flat_map(of).collect::<BTreeSet<Key>>();
        // INVARIANT 10: entries follow from the person before and after; no rule names them.
        let (old, new) = (keys(&pair.before), keys(&pair.after));
        let mut entries = Self::default();
        if let Some(before) = &pair.before {
            let gone = old.difference(&new).map(|key| Gone {
                key: key.clone(),
                mark: mark(before),
            });
            entries.gone.extend(gone);
        }
        if let Some(after) = &pair.after {
            entries
                .new
                .extend(new.difference(&old).map(|key| item(key, &mark(after))));
        }
        entries
    }
}

impl Transaction<'_> {
    pub(super) fn entries(&mut self, pair: &Pair<Person>) {
        let Entries { new, gone } = Entries::of(pair);
        self.entries.new.extend(new);
        self.entries.gone.extend(gone);
    }
}
