//! The number of items that changes take.

use super::Transaction;
use crate::error::StoreError;
use muster_domain::{Changes, Organization, RoleSet};

/// The number of items that changes take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// Items that one transaction must hold together.
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
