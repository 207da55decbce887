//! Deleting API keys that have ended.

use super::{JobRunner, Progress};
use muster_domain::rules::api_keys;
use muster_domain::rules::work::SLICE_SIZE;
use muster_domain::{Changes, Job, Pair, UserId};
use muster_store::{Cursor, StoreError};

impl JobRunner<'_> {
    /// Deletes a member's keys that all ended together. Keys created since then stay, and revoked keys have a time of their own.
    pub(super) async fn end_keys(&self, job: &Job, owner: UserId) -> Result<Progress, StoreError> {
        let member = self.members(&[owner]).await?.pop();
        let dead = |key: &muster_domain::ApiKey| {
            key.revoked_at.is_none() && !member.as_ref().is_some_and(|owner| api_keys::is_listed(key, owner))
        };
        let mut after: Option<Cursor> = None;
        loop {
            let page = self
                .store
                .api_keys(self.organization.id, owner, after.as_ref(), SLICE_SIZE)
                .await?;
            let next = page.next;
            let keys: Vec<_> = page.items.into_iter().filter(dead).map(Pair::removed).collect();
            if !keys.is_empty() {
                let changes = Changes {
                    keys,
                    ..Changes::default()
                };
                return Ok(self.advance(job, job.work.clone(), changes));
            }
            match next {
                Some(next) => after = Some(next),
                None => return Ok(Progress::Last(Changes::default())),
            }
        }
    }
}
