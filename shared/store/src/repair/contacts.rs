//! First look at contacts: their items by address and by word.

use super::subject::{Expected, RepairSubject, RepairTarget};
use super::{Repair, Suspects};
use crate::error::StoreError;
use crate::items::Item;
use crate::keys::{self, Key};
use std::collections::{BTreeMap, BTreeSet};

/// Contacts of one read: each has a dozen items.
const ROWS: usize = 50;
/// Items by address or word of one read.
const COPIES: usize = 100;

impl Repair<'_> {
    pub(super) async fn look_at_contacts(&self, suspects: &mut Suspects) -> Result<(), StoreError> {
        let mut pages = self.pages(keys::CONTACT, ROWS);
        while let Some(items) = pages.next().await? {
            self.look_at_rows(&items, suspects).await?;
        }
        for prefix in ["CONTACT_AT#", "CONTACT_WORD#"] {
            let mut pages = self.pages(prefix, COPIES);
            while let Some(items) = pages.next().await? {
                self.look_at_followers(&items, suspects).await?;
            }
        }
        Ok(())
    }

    /// Suspects contacts with a missing or incorrect item.
    pub(super) async fn look_at_rows(
        &self,
        items: &[Item],
        suspects: &mut Suspects,
    ) -> Result<Vec<RepairSubject>, StoreError> {
        let subjects: Vec<RepairSubject> = items.iter().map(RepairSubject::read).collect::<Result<_, _>>()?;
        let mut expected = Vec::with_capacity(subjects.len());
        for subject in &subjects {
            expected.push(subject.expected()?);
        }
        let wanted: Vec<Key> = expected.iter().flatten().map(|e| e.key.clone()).collect();
        let read = self.store.read(&wanted).await?;
        for (subject, expected) in subjects.iter().zip(&expected) {
            let is = |e: &Expected| read.item(&e.key).is_some_and(|found| e.is(found));
            if !expected.iter().all(is) {
                suspects.add(subject.who(), None);
            }
        }
        Ok(subjects)
    }

    /// Suspects items that follow from no contact, or no longer do.
    pub(super) async fn look_at_followers(&self, items: &[Item], suspects: &mut Suspects) -> Result<(), StoreError> {
        let of = |item| Key::of(item).map(|key| (RepairTarget::of(&key, item), key));
        let all: Vec<(RepairTarget, Key)> = items.iter().filter_map(of).collect();
        let wanted: Vec<Key> = all.iter().filter_map(|(who, _)| who.key(self.id)).collect();
        let read = self.store.read(&wanted).await?;
        let mut known: BTreeMap<RepairTarget, BTreeSet<Key>> = BTreeMap::new();
        for (who, _) in &all {
            let own = who.key(self.id).and_then(|key| read.item(&key).cloned());
            if let (Some(own), false) = (own, known.contains_key(who)) {
                known.insert(who.clone(), RepairSubject::read(&own)?.keys()?);
            }
        }
        for (who, key) in all {
            if !known.get(&who).is_some_and(|keys| keys.contains(&key)) {
                suspects.add(who, Some(key));
            }
        }
        Ok(())
    }
}
