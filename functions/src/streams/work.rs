//! Continuing a job: slice after slice, each one transaction that does its part and advances the job.
//!
//! A process that dies between two slices leaves a job that records its progress. Two processes at the same slice conflict on the
//! job's version, and only one of them succeeds.

mod erasure;
mod export;
mod keys;
mod release;
mod resend;
mod resource;
mod role;
mod suspension;

use crate::pace::{Partition, pause};
use jiff::Timestamp;
use muster_domain::rules::work::{self, SLICE_SIZE};
use muster_domain::{
    Changes, Invitation, InvitationId, Job, JobId, Member, Organization, OrganizationId, Pair, RoleSet, UserId, Work,
};
use muster_edge::org_context::role_set;
use muster_edge::{App, Metric};
use muster_store::commit::MAX_ITEMS;
use muster_store::erasure::Remains;
use muster_store::{Commit, CommitError, Cursor, Key, Obstacle, Page, Store, StoreError, Tries};
use std::time::Duration;
use tokio::time::Instant;

/// Maximum number of slices of one invocation. A job with more returns through the stream, because of its own last write.
const MAX_SLICES: usize = 20;
/// How long an invocation may start slices. Records of other jobs wait behind it in the stream.
const INVOCATION_BUDGET: Duration = Duration::from_secs(5);
/// Maximum number of attempts at a slice before the job is left to the schedule. With pauses for throttling, about three seconds.
const MAX_ATTEMPTS: u32 = 6;

/// The reason why a job did not continue.
#[derive(Debug, thiserror::Error)]
pub(super) enum WorkError {
    #[error(transparent)]
    Commit(#[from] CommitError),
    #[error("the organization's role set is not shipped")]
    RoleSet,
}

impl From<StoreError> for WorkError {
    fn from(error: StoreError) -> Self {
        Self::Commit(error.into())
    }
}

impl WorkError {
    /// The obstacle to a slice, if a retry may succeed.
    const fn obstacle(&self) -> Option<Obstacle> {
        match self {
            Self::Commit(error) => error.obstacle(),
            Self::RoleSet => None,
        }
    }
}

/// The result of a slice.
enum Progress {
    /// These changes, and there may be more.
    More(Changes),
    /// These items are deleted and then these changes made; there may be more.
    Erase(Changes, Remains),
    /// The last changes.
    Last(Changes),
    /// Only these changes now. There may be more later, when the schedule takes the job up.
    Pause(Changes),
    /// Another process was faster, so the slice starts again.
    Lost,
    /// Nothing can be done yet: the schedule takes the job up later.
    Later,
}

/// A finished slice of a job that continues.
struct FinishedSlice {
    /// The number of the slice in its job.
    number: u64,
    /// The write units it used.
    units: usize,
    partition: Partition,
}

/// These changes, with a change of their job.
fn with_job(changes: Changes, job: Pair<Job>) -> Changes {
    changes.and(Changes {
        jobs: vec![job],
        ..Changes::default()
    })
}

/// Continues a job for a bounded number of slices.
///
/// A slice that meets a conflict or throttling is retried after pauses. Then the job is left to the schedule, which takes up each
/// job without progress for two minutes. The stream would instead retry it immediately, and make it a dead letter.
#[expect(clippy::disallowed_methods, reason = "only the pace of a job depends on it")]
pub(super) async fn resume_job(app: &App, organization: OrganizationId, id: JobId) -> Result<(), WorkError> {
    let mut tries = Tries::new(MAX_ATTEMPTS);
    let begun = Instant::now();
    for _ in 0..MAX_SLICES {
        if begun.elapsed() > INVOCATION_BUDGET {
            break;
        }
        let slice_begun = Instant::now();
        // Boxed: the compiler gives up on futures nested as deep as the SDK's in here.
        let error = match Box::pin(slice(app, organization, id)).await {
            Ok(Some(done)) => {
                tries = Tries::new(MAX_ATTEMPTS);
                let pause = pause(done.number, done.units, slice_begun.elapsed(), done.partition);
                tokio::time::sleep(pause).await;
                continue;
            }
            Ok(None) => return Ok(()),
            Err(error) => error,
        };
        let Some(obstacle) = error.obstacle() else {
            return Err(error);
        };
        app.metrics().count(Metric::retried(obstacle), 1);
        if !tries.again(obstacle).await {
            tracing::info!(%error, job = %id, "a job is left to the schedule");
            return Ok(());
        }
    }
    Ok(())
}

/// Does one slice. Returns none if the job is done, deleted or waiting.
async fn slice(app: &App, organization: OrganizationId, id: JobId) -> Result<Option<FinishedSlice>, WorkError> {
    let store = app.store();
    let now = app.clock().now();
    let read = store
        .read(&[Key::job(organization, id), Key::organization(organization)])
        .await?;
    let (Some(job), Some(known)) = (read.job(organization, id)?, read.organization(organization)?) else {
        return Ok(None);
    };
    let set = role_set(&known).map_err(|_| WorkError::RoleSet)?;
    let runner = JobRunner {
        store,
        organization: &known,
        set,
        now,
    };
    let progress = runner.next(app, &job).await?;
    runner.commit(app, job, progress).await
}

/// The context of a job's slices.
struct JobRunner<'a> {
    store: &'a Store,
    organization: &'a Organization,
    set: &'static RoleSet,
    now: Timestamp,
}

impl JobRunner<'_> {
    /// The next slice of a job, which is not yet committed.
    async fn next(&self, app: &App, job: &Job) -> Result<Progress, StoreError> {
        match &job.work {
            Work::EndResource { resource, after, late } => self.end_resource(job, resource, *after, *late).await,
            Work::EraseOrganization { deleted_at, stage } => self.erase(job, *deleted_at, stage).await,
            Work::EndRole { role, epoch } => self.end_role(job, role, *epoch).await,
            Work::EndKeys { owner } => self.end_keys(job, *owner).await,
            Work::ResendAll { by, after } => self.resend_all(job, *by, *after).await,
            Work::AnnounceSuspension { after } => self.announce_suspension(job, after.as_ref()).await,
            Work::AnnounceResumption { after } => self.announce_resumption(job, after.as_ref()).await,
            Work::ReleaseMail { after } => self.release_mail(job, *after).await,
            Work::Export { export, .. } => self.export(app, job, *export).await,
        }
    }

    /// Commits a slice. Returns none if the job is done or waiting.
    async fn commit(&self, app: &App, job: Job, progress: Progress) -> Result<Option<FinishedSlice>, WorkError> {
        let number = job.version;
        let is_last = matches!(progress, Progress::Last(_));
        let has_more = matches!(progress, Progress::More(_) | Progress::Erase(..));
        let (changes, gone) = match progress {
            Progress::More(changes) | Progress::Pause(changes) => (changes, Remains::default()),
            Progress::Erase(changes, gone) => (changes, gone),
            Progress::Last(changes) => (with_job(changes, Pair::removed(job)), Remains::default()),
            Progress::Lost => return Err(CommitError::Busy.into()),
            Progress::Later => return Ok(None),
        };
        // This comes before the job advances: if the process dies in between, the next one finds these items deleted already.
        self.store.erase(&gone).await?;
        let finished = FinishedSlice {
            number,
            // Those of the transaction, and one for each of the organization's items deleted outside it.
            units: self.store.weight(&changes, self.set, self.organization)?.units() + gone.in_partition(),
            partition: if gone.is_empty() {
                Partition::Shared
            } else {
                Partition::Own
            },
        };
        self.write(&changes).await?;
        app.metrics().count(Metric::JobsDone, usize::from(is_last));
        Ok(has_more.then_some(finished))
    }

    /// Writes these changes in one transaction.
    async fn write(&self, changes: &Changes) -> Result<(), CommitError> {
        let commit = Commit {
            changes,
            set: self.set,
            organization: Some(self.organization),
            once: None,
            now: self.now,
        };
        self.store.commit(commit).await
    }

    async fn members(&self, ids: &[UserId]) -> Result<Vec<Member>, StoreError> {
        let organization = self.organization.id;
        let keys: Vec<Key> = ids.iter().map(|id| Key::member(organization, *id)).collect();
        let read = self.store.read(&keys).await?;
        let mut members = Vec::with_capacity(ids.len());
        for id in ids {
            members.extend(read.member(organization, *id)?);
        }
        Ok(members)
    }

    /// The changes of as many people, from the first on, as fit one transaction with the job; and the last of those people.
    ///
    /// Entries that do not fit are deleted after the transaction, and stay if the process dies before that. A single person always
    /// fits, whatever their weight.
    fn as_many_as_fit<T>(
        &self,
        people: Vec<T>,
        mut change: impl FnMut(&T) -> Changes,
    ) -> Result<(Option<T>, Changes), StoreError> {
        let mut last = None;
        let mut changes = Changes::default();
        for person in people {
            let both = changes.clone().and(change(&person));
            let weight = self.store.weight(&both, self.set, self.organization)?.all();
            if weight > MAX_ITEMS - 1 && !changes.is_empty() {
                break;
            }
            changes = both;
            last = Some(person);
        }
        Ok((last, changes))
    }

    /// Advances the job to this work, together with these changes.
    fn advance(&self, job: &Job, work: Work, changes: Changes) -> Progress {
        Progress::More(with_job(changes, work::moved_on(job, work, self.now)))
    }

    async fn pending(&self, after: Option<InvitationId>) -> Result<Page<Invitation>, StoreError> {
        let cursor = after.map(|id| Cursor::after(Key::pending_invitation(self.organization.id, id).sk));
        self.store
            .pending_invitations(self.organization.id, cursor.as_ref(), SLICE_SIZE)
            .await
    }
}
