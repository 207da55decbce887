//! Mailing the owners that their organization is suspended, or active again.

use super::{JobRunner, Progress, with_job};
use muster_domain::rules::{suspension, work};
use muster_domain::{Changes, Job, Letter, Work};
use muster_edge::Ids;
use muster_store::StoreError;

impl JobRunner<'_> {
    /// One slice. It waits for the instant of the suspension, and ends if that was changed or ended. The first slice after an
    /// instant that was set ahead also records that the suspension is in force.
    pub(super) async fn announce_suspension(&self, job: &Job, after: Option<&String>) -> Result<Progress, StoreError> {
        let known = self.organization.suspension.as_ref();
        let Some(known) = known.filter(|known| known.notice == job.id) else {
            return Ok(Progress::Last(Changes::default()));
        };
        if !known.has_begun(self.now) {
            return Ok(Progress::Later);
        }
        let letter = Letter::OrganizationSuspended { suspended_at: known.at };
        let begun = suspension::begin(self.organization, self.now, &mut Ids::at(self.now));
        let next = |after| Work::AnnounceSuspension { after };
        self.announce(job, &letter, after, begun, next).await
    }

    /// One slice. It ends if the organization is suspended again.
    pub(super) async fn announce_resumption(&self, job: &Job, after: Option<&String>) -> Result<Progress, StoreError> {
        if self.organization.is_suspended(self.now) {
            return Ok(Progress::Last(Changes::default()));
        }
        let next = |after| Work::AnnounceResumption { after };
        self.announce(job, &Letter::OrganizationResumed, after, Changes::default(), next)
            .await
    }

    /// The mail to some owners, in one transaction with the changes. A deleted organization waits until it is restored: nothing is
    /// added to one that may be erased.
    async fn announce(
        &self,
        job: &Job,
        letter: &Letter,
        after: Option<&String>,
        changes: Changes,
        next: impl FnOnce(Option<String>) -> Work,
    ) -> Result<Progress, StoreError> {
        if self.organization.is_deleted() {
            // Every write of a job puts it on the stream again, even one that only postpones it.
            if job.is_waiting(self.now) {
                return Ok(Progress::Later);
            }
            let job = work::put_off(job, job.work.clone(), self.now, self.now);
            return Ok(Progress::Pause(with_job(Changes::default(), job)));
        }
        let (owners, last) = self.owners(after).await?;
        let ids = &mut Ids::at(self.now);
        let mail = suspension::notify_owners(self.organization, self.set, &owners, letter, self.now, ids);
        let changes = changes.and(mail);
        Ok(match last {
            Some(last) => self.advance(job, next(Some(last)), changes),
            None => Progress::Last(changes),
        })
    }
}
