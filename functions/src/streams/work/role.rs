//! Ending a role that was switched off.

use super::{JobRunner, Progress};
use muster_domain::rules::expiry;
use muster_domain::rules::work::{IN_FLIGHT_GRACE, SLICE_SIZE};
use muster_domain::{Changes, Job, RoleId, UserId};
use muster_edge::Ids;
use muster_store::{Cursor, Page, StoreError};

impl JobRunner<'_> {
    /// Ends a role that was switched off, for all members who still hold it.
    pub(super) async fn end_role(&self, job: &Job, role: &RoleId, epoch: u32) -> Result<Progress, StoreError> {
        let mut after: Option<Cursor> = None;
        loop {
            let page: Page<UserId> = self
                .store
                .role_holders(self.organization.id, role, after.as_ref(), SLICE_SIZE)
                .await?;
            let members = self.members(&page.items).await?;
            let (_, changes) = self.as_many_as_fit(members, |member| {
                expiry::end_switched_off(self.set, member, role, epoch, self.now, &mut Ids::at(self.now))
            })?;
            if !changes.is_empty() {
                return Ok(self.advance(job, job.work.clone(), changes));
            }
            // All members on this page got the role after it was switched on again.
            match page.next {
                Some(next) => after = Some(next),
                // A request that read the organization earlier may still be accepting the role.
                None if self.now.duration_since(job.created_at) < IN_FLIGHT_GRACE => return Ok(Progress::Later),
                None => return Ok(Progress::Last(Changes::default())),
            }
        }
    }
}
