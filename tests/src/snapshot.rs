//! The whole table at one moment, to show that nothing in it changed.

use crate::harness::Harness;
use crate::recount::items;
use muster_store::Key;
use muster_store::items::Item;
use std::collections::BTreeMap;

/// Every item, apart from when its member was last seen or its key last used.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot(BTreeMap<Key, Item>);

impl Snapshot {
    /// The table as it is once everything in its stream has been handled.
    pub async fn of(h: &Harness) -> Self {
        h.backend.drained().await;
        let known = items(h).await.into_iter().map(|mut item| {
            item.remove("last_active_at");
            item.remove("noted");
            item.remove("last_used_at");
            (Key::of(&item).expect("every item has a key"), item)
        });
        Self(known.collect())
    }

    /// Asserts that the table is still the same.
    ///
    /// # Panics
    /// Naming the items that came, went or changed.
    pub async fn assert_unchanged(&self, h: &Harness, after: &str) {
        let now = Self::of(h).await;
        let keys = self.0.keys().chain(now.0.keys());
        let other: Vec<_> = keys.filter(|key| self.0.get(key) != now.0.get(key)).collect();
        assert!(other.is_empty(), "after {after} the table has changed at {other:#?}");
    }
}
