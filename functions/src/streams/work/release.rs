//! Sending the mail that was held while an organization was deleted or suspended, once it is restored or resumed.

use super::{JobRunner, Progress};
use muster_domain::rules::work::{self, SLICE_SIZE};
use muster_domain::{Changes, Job, MailId, Work};
use muster_edge::Ids;
use muster_store::StoreError;

impl JobRunner<'_> {
    /// One slice. If the organization is deleted or suspended again, the end of that creates a new job.
    pub(super) async fn release_mail(&self, job: &Job, after: Option<MailId>) -> Result<Progress, StoreError> {
        if self.organization.is_deleted() {
            return Ok(Progress::Last(Changes::default()));
        }
        let (held, last) = self.store.held_mail(self.organization.id, after, SLICE_SIZE).await?;
        let changes = work::release(self.organization, held, self.now, &mut Ids::at(self.now));
        let Some(last) = last else {
            return Ok(Progress::Last(changes));
        };
        let work = Work::ReleaseMail { after: Some(last) };
        Ok(self.advance(job, work, changes))
    }
}
