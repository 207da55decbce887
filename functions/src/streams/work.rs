//! Continuing a job: slice after slice, each one transaction that does its part and advances the job.
//!
//! A process that dies between two slices leaves a job that records its progress. Two processes at the same slice conflict on the
//! job's version, and only one of them succeeds.

mod erasure;
mod export;
mod keys;
mod release;
mod resend;
mod suspension;

use crate::pace::{Partition, pause};
use jiff::Timestamp;
use muster_domain::rules::expiry;
use muster_domain::rules::work::{self, IN_FLIGHT_GRACE, SLICE};
use muster_domain::{
    Changes, InvitationId, Job, JobId, Member, Organization, OrganizationId, Pair, ResourceRef, RoleId, RoleSet,
    UserId, Work,
};
use muster_edge::org_context::role_set;
use muster_edge::{App, Ids, Metric};
use muster_store::commit::MAX_ITEMS;
use muster_store::erasure::Remains;
use muster_store::{Commit, CommitError, Cursor, Key, Obstacle, Page, Store, StoreError, Tries};
use std::slice;
use std::time::Duration;
use tokio::time::Instant;

/// Maximum number of slices of one invocation. A job with more returns through the stream, because of its own last write.
const SLICES: usize = 20;
/// How long an invocation may start slices. Records of other jobs wait behind it in the stream.
const INVOCATION_BUDGET: Duration = Duration::from_secs(5);
/// Maximum number of attempts at a slice before the job is left to the schedule. With pauses for throttling, about three seconds.
const MAX_ATTEMPTS: u32 = 6;

/// The reason why a job did not continue.
#[derive(Debug, thiserror::Error)]
pub(super) enum WorkError {
    #[error(transparent)]
    Store(StoreError),
    #[error("others were at the same items")]
    Busy,
    #[error("the table was throttled")]
    Throttled,
    #[error("the organization's role set is not shipped")]
    RoleSet,
}

impl From<StoreError> for WorkError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Throttled { .. } => Self::Throttled,
            error => Self::Store(error),
        }
    }
}

impl WorkError {
    /// The obstacle to a slice, if a retry may succeed.
    const fn obstacle(&self) -> Option<Obstacle> {
        match self {
            Self::Busy => Some(Obstacle::Conflict),
            Self::Throttled => Some(Obstacle::Throttle),
            Self::Store(_) | Self::RoleSet => None,
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

/// Continues a job for a bounded number of slices.
///
/// A slice that meets a conflict or throttling is retried after pauses. Then the job is left to the schedule, which takes up each
/// job without progress for two minutes. The stream would instead retry it at once, and make it a dead letter.
pub(super) async fn resume_job(app: &App, organization: OrganizationId, id: JobId) -> Result<(), WorkError> {
    let mut tries = Tries::new(MAX_ATTEMPTS);
    let begun = Instant::now();
    for _ in 0..SLICES {
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
    let slice = match &job.work {
        Work::EndResource { resource, after, late } => runner.end_resource(&job, resource, *after, *late).await?,
        Work::EraseOrganization { deleted_at, stage } => runner.erase(&job, *deleted_at, stage).await?,
        Work::EndRole { role, epoch } => runner.end_role(&job, role, *epoch).await?,
        Work::EndKeys { owner } => runner.end_keys(&job, *owner).await?,
        Work::ResendAll { by, after } => runner.resend_all(&job, *by, *after).await?,
        Work::AnnounceSuspension { after } => runner.announce_suspension(&job, after.as_ref()).await?,
        Work::AnnounceResumption { after } => runner.announce_resumption(&job, after.as_ref()).await?,
        Work::ReleaseMail { after } => runner.release_mail(&job, *after).await?,
        Work::Export { export, .. } => runner.export(app, &job, *export).await?,
    };
    let is_last = matches!(slice, Progress::Last(_));
    let number = job.version;
    let (changes, gone, more) = match slice {
        Progress::More(changes) => (changes, Remains::default(), true),
        Progress::Erase(changes, gone) => (changes, gone, true),
        Progress::Last(changes) => (
            changes.and(Changes {
                jobs: vec![Pair::removed(job)],
                ..Changes::default()
            }),
            Remains::default(),
            false,
        ),
        Progress::Pause(changes) => (changes, Remains::default(), false),
        Progress::Lost => return Err(WorkError::Busy),
        Progress::Later => return Ok(None),
    };
    // This comes before the job advances: if the process dies in between, the next one finds these items deleted already.
    store.erase(&gone).await?;
    let done = FinishedSlice {
        number,
        // Two for each item of the transaction, and one for each of the organization's items deleted outside it.
        units: 2 * store.weight(&changes, set, &known)?.all() + gone.in_partition(),
        partition: if gone.is_empty() {
            Partition::Shared
        } else {
            Partition::Own
        },
    };
    let commit = Commit {
        changes: &changes,
        set,
        organization: Some(&known),
        once: None,
        now,
    };
    match store.commit(commit).await {
        Ok(()) => {
            app.metrics().count(Metric::JobsDone, usize::from(is_last));
            Ok(more.then_some(done))
        }
        Err(CommitError::Lost(_) | CommitError::Busy) => Err(WorkError::Busy),
        Err(CommitError::Throttled) => Err(WorkError::Throttled),
        Err(CommitError::Failed(error)) => Err(error.into()),
    }
}

/// The context of a job's slices.
struct JobRunner<'a> {
    store: &'a Store,
    organization: &'a Organization,
    set: &'static RoleSet,
    now: Timestamp,
}

impl JobRunner<'_> {
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

    /// Ends the grants, then the offers, and both again after the grace period for late writers.
    async fn end_resource(
        &self,
        job: &Job,
        resource: &ResourceRef,
        after: Option<InvitationId>,
        late: bool,
    ) -> Result<Progress, StoreError> {
        let mut ids = Ids::at(self.now);
        let moved = |after, late, changes: Changes| {
            let work = Work::EndResource {
                resource: resource.clone(),
                after,
                late,
            };
            Progress::More(changes.and(Changes {
                jobs: vec![work::moved_on(job, work, self.now)],
                ..Changes::default()
            }))
        };
        let holders = self.store.grant_holders(self.organization.id, resource, SLICE).await?;
        if !holders.is_empty() {
            let members = self.members(&holders).await?;
            let (_, changes) = self.as_many_as_fit(members, |member| {
                work::end_grants(self.set, resource, slice::from_ref(member), self.now, &mut ids)
            })?;
            return Ok(moved(after, late, changes));
        }
        let page = self.pending(after).await?;
        let has_more = page.next.is_some();
        let (last, changes) = self.as_many_as_fit(page.items, |invitation| {
            work::end_offers(self.set, resource, slice::from_ref(invitation), self.now, &mut ids)
        })?;
        match last {
            Some(last) if has_more => return Ok(moved(Some(last.id), late, changes)),
            _ if !changes.is_empty() => return Ok(moved(after, late, changes)),
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
        Ok(moved(None, true, Changes::default()))
    }

    async fn end_role(&self, job: &Job, role: &RoleId, epoch: u32) -> Result<Progress, StoreError> {
        let mut after: Option<Cursor> = None;
        loop {
            let page: Page<UserId> = self
                .store
                .role_holders(self.organization.id, role, after.as_ref(), SLICE)
                .await?;
            let members = self.members(&page.items).await?;
            let (_, changes) = self.as_many_as_fit(members, |member| {
                expiry::end_switched_off(self.set, member, role, epoch, self.now, &mut Ids::at(self.now))
            })?;
            if !changes.is_empty() {
                let job = work::moved_on(job, job.work.clone(), self.now);
                return Ok(Progress::More(changes.and(Changes {
                    jobs: vec![job],
                    ..Changes::default()
                })));
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

    async fn pending(&self, after: Option<InvitationId>) -> Result<Page<muster_domain::Invitation>, StoreError> {
        let cursor = after.map(|id| Cursor::after(Key::pending_invitation(self.organization.id, id).sk));
        self.store
            .pending_invitations(self.organization.id, cursor.as_ref(), SLICE)
            .await
    }
}
