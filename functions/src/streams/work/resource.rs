//! Ending the access through a deleted resource.

use super::{JobRunner, Progress};
use muster_domain::rules::work::{self, IN_FLIGHT_GRACE, SLICE_SIZE};
use muster_domain::{Changes, InvitationId, Job, ResourceRef, Work};
use muster_edge::Ids;
use muster_store::StoreError;
use std::slice;

impl JobRunner<'_> {
    /// Ends the grants, then the offers, and both again after the grace period for late writers.
    pub(super) async fn end_resource(
        &self,
        job: &Job,
        resource: &ResourceRef,
        after: Option<InvitationId>,
        late: bool,
    ) -> Result<Progress, StoreError> {
        let mut ids = Ids::at(self.now);
        let advance = |after, late, changes| {
            let work = Work::EndResource {
                resource: resource.clone(),
                after,
                late,
            };
            self.advance(job, work, changes)
        };
        let holders = self
            .store
            .grant_holders(self.organization.id, resource, SLICE_SIZE)
            .await?;
        if !holders.is_empty() {
            let members = self.members(&holders).await?;
            let (_, changes) = self.as_many_as_fit(members, |member| {
                work::end_grants(self.set, resource, slice::from_ref(member), self.now, &mut ids)
            })?;
            return Ok(advance(after, late, changes));
        }
        let page = self.pending(after).await?;
        let has_more = page.next.is_some();
        let (last, changes) = self.as_many_as_fit(page.items, |invitation| {
            work::end_offers(self.set, resource, slice::from_ref(invitation), self.now, &mut ids)
        })?;
        match last {
            Some(last) if has_more => return Ok(advance(Some(last.id), late, changes)),
            _ if !changes.is_empty() => return Ok(advance(after, late, changes)),
            _ => {}
        }
        if late {
            let organization = work::deletion_done(self.organization, resource);
            return Ok(Progress::Last(Changes {
                organization,
                ..Changes::default()
            }));
        }
        if self.now.duration_since(job.created_at) < IN_FLIGHT_GRACE {
            return Ok(Progress::Later);
        }
        Ok(advance(None, true, Changes::default()))
    }
}
