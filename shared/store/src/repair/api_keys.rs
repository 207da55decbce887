//! The number of API keys of a member.

use super::{Difference, DifferenceKind, MAX_ATTEMPTS, Repair, RepairOutcome, Suspects, backoff, came_to};
use crate::error::StoreError;
use crate::items::StoredEntity as _;
use crate::keys::{self, Key};
use crate::transaction::Transaction;
use muster_domain::rules::api_keys::is_listed;
use muster_domain::{ApiKey, Member, UserId};

/// Keys of one read.
const PAGE: usize = 400;

impl Repair<'_> {
    pub(super) async fn look_at_keys(&self, suspects: &mut Suspects) -> Result<(), StoreError> {
        let mut pages = self.pages(keys::API_KEY, PAGE);
        while let Some(items) = pages.next().await? {
            for item in items {
                suspects.key_owners.insert(ApiKey::from_item(item)?.id.owner);
            }
        }
        Ok(())
    }

    async fn member(&self, id: UserId) -> Result<Option<Member>, StoreError> {
        let read = self.store.read(&[Key::member(self.id, id)]).await?;
        read.member(self.id, id)
    }

    /// Keys are written under their member's version, so they did not change while that stayed the same.
    pub(super) async fn reconcile_keys(&self, id: UserId) -> Result<Option<Difference>, StoreError> {
        let mut found = None;
        let mut backoff = backoff();
        for round in 0..MAX_ATTEMPTS {
            if round > 0 {
                backoff.pause().await;
            }
            // Keys of a former member are dead, and a job deletes them.
            let Some(member) = self.member(id).await? else {
                return Ok(None);
            };
            let mut live = 0;
            let prefix = keys::api_keys_prefix(id);
            let mut pages = self.pages(&prefix, PAGE);
            while let Some(items) = pages.next().await? {
                for item in items {
                    live += u32::from(is_listed(&ApiKey::from_item(item)?, &member));
                }
            }
            let after = self.member(id).await?;
            if after.map(|m| (m.version, m.joined_at)) != Some((member.version, member.joined_at)) {
                continue;
            }
            if live == member.keys {
                return Ok(None);
            }
            let mut difference = Difference {
                kind: DifferenceKind::Keys,
                key: member.key().sk,
                actual: member.keys.to_string(),
                expected: live.to_string(),
                outcome: RepairOutcome::Found,
            };
            if !self.options.fix {
                return Ok(Some(difference));
            }
            let mut transaction = Transaction::empty(&self.store.table);
            transaction.keys(&member, live)?;
            if let Some(outcome) = came_to(self.store.write(transaction).await)? {
                difference.outcome = outcome;
                return Ok(Some(difference));
            }
            difference.outcome = RepairOutcome::Busy;
            found = Some(difference);
        }
        Ok(found)
    }
}
