//! Processing the due items of one organization, in as few transactions as possible.

use super::{BATCH_ITEMS, SweepReport, is_late};
use crate::pace::{Partition, pause};
use jiff::Timestamp;
use muster_domain::rules::expiry;
use muster_domain::rules::work;
use muster_domain::{Changes, InvitationId, Job, JobId, MailId, Organization, OrganizationId, Pair, UserId};
use muster_edge::org_context::role_set;
use muster_edge::{App, Ids, Metric};
use muster_store::commit::MAX_ITEMS;
use muster_store::{Backoff, Commit, CommitError, Key, Obstacle, ReadSet, StoreError, Tries};
use tokio::time::Instant;

/// Number of items that a transaction keeps free for the organization and a job.
const RESERVE: usize = 2;
/// Maximum number of attempts at a throttled transaction before its organization is left to the next run.
const MAX_ATTEMPTS: u32 = 5;

/// The result for one organization.
pub(super) struct GroupReport {
    pub(super) organization: OrganizationId,
    pub(super) done: SweepReport,
    /// Whether the table throttled it.
    pub(super) is_hot: bool,
}

/// Processes the due items of one organization, a bounded number at a time.
pub(super) async fn process_group(
    app: &App,
    id: OrganizationId,
    keys: Vec<Key>,
    now: Timestamp,
    end: Instant,
) -> GroupReport {
    let mut group = GroupReport {
        organization: id,
        done: SweepReport {
            complete: true,
            ..SweepReport::default()
        },
        is_hot: false,
    };
    for some in keys.chunks(BATCH_ITEMS) {
        if group.is_hot {
            group.done.leave(some.len());
            continue;
        }
        if is_late(end) {
            group.done.complete = false;
            break;
        }
        let due_work = DueWork {
            app,
            now,
            end,
            done: &mut group.done,
        };
        let Err(error) = due_work.process(id, some).await else {
            continue;
        };
        // One organization that cannot be processed must not keep the others waiting.
        group.is_hot = error.is_throttled();
        group.done.leave(some.len());
        if group.is_hot {
            app.metrics().count(Metric::Throttled, 1);
            tracing::info!(organization = %id, "an organization is left to the next run: the table has no throughput for it");
        } else {
            tracing::error!(%error, organization = %id, "the due work of an organization failed; the next run tries again");
        }
    }
    group
}

/// The state of processing due items of an organization.
struct DueWork<'a> {
    app: &'a App,
    now: Timestamp,
    end: Instant,
    done: &'a mut SweepReport,
}

impl DueWork<'_> {
    /// Processes these items, as many per transaction as fit.
    async fn process(mut self, id: OrganizationId, keys: &[Key]) -> Result<(), StoreError> {
        let store = self.app.store();
        let mut wanted = keys.to_vec();
        wanted.push(Key::organization(id));
        let mut read = store.read(&wanted).await?;
        let Some(mut organization) = read.organization(id)? else {
            return Ok(());
        };
        let mut due = DueChanges::default();
        for key in keys {
            let changes = due_changes(&organization, &read, key, self.now)?;
            if changes.is_empty() {
                continue;
            }
            if due.weight(self.app, &organization, &changes)? > MAX_ITEMS - RESERVE {
                self.flush(&mut due, &organization).await?;
                if is_late(self.end) {
                    self.done.complete = false;
                    return Ok(());
                }
                read = store.read(&wanted).await?;
                organization = match read.organization(id)? {
                    Some(organization) => organization,
                    None => return Ok(()),
                };
            }
            // The part of a member's due work that did not fit stays due for the next run.
            self.done.complete &= !changes
                .members
                .iter()
                .filter_map(|p| p.after.as_ref())
                .any(|m| m.due_at.is_some_and(|due| due <= self.now));
            due.parts.push(changes);
        }
        self.flush(&mut due, &organization).await
    }

    /// Commits the changes in one transaction. If another request has changed an item meanwhile, commits each part on its own.
    async fn flush(&mut self, due: &mut DueChanges, organization: &Organization) -> Result<(), StoreError> {
        let whole = due.whole();
        let parts = std::mem::take(&mut due.parts);
        if parts.is_empty() {
            return Ok(());
        }
        if self.commit(organization, &whole).await? {
            self.done.processed += parts.len();
            return Ok(());
        }
        Backoff::after_conflict().pause().await;
        for part in parts.iter().filter(|_| parts.len() > 1) {
            if self.commit(organization, part).await? {
                self.done.processed += 1;
            } else {
                self.done.leave(1);
            }
        }
        self.done.leave(usize::from(parts.len() == 1));
        Ok(())
    }

    /// Makes the change. Returns false if someone accepted, canceled or changed the same items meanwhile, or if the organization's
    /// role set is not shipped.
    #[expect(clippy::disallowed_methods, reason = "only the pace of the schedule depends on it")]
    async fn commit(&mut self, organization: &Organization, changes: &Changes) -> Result<bool, StoreError> {
        let Ok(set) = role_set(organization) else {
            return Ok(false);
        };
        let store = self.app.store();
        let units = store.weight(changes, set, organization)?.units();
        let mut tries = Tries::new(MAX_ATTEMPTS);
        loop {
            self.done.transactions += 1;
            let begun = Instant::now();
            let commit = Commit {
                changes,
                set,
                organization: Some(organization),
                once: None,
                now: self.now,
            };
            match store.commit(commit).await {
                Ok(()) => {
                    let number = u64::try_from(self.done.transactions).unwrap_or(u64::MAX);
                    tokio::time::sleep(pause(number, units, begun.elapsed(), Partition::Shared)).await;
                    return Ok(true);
                }
                Err(CommitError::Lost(_) | CommitError::Busy) => return Ok(false),
                Err(CommitError::Failed(error)) => return Err(error),
                Err(CommitError::Throttled) if !is_late(self.end) && tries.again(Obstacle::Throttle).await => {
                    self.app.metrics().count(Metric::Throttled, 1);
                }
                Err(CommitError::Throttled) => {
                    return Err(StoreError::Throttled {
                        operation: "TransactWriteItems",
                        detail: "the organization's partition takes no more".to_owned(),
                    });
                }
            }
        }
    }
}

/// The changes that one due item needs; empty if it is no longer due.
fn due_changes(organization: &Organization, read: &ReadSet, key: &Key, now: Timestamp) -> Result<Changes, StoreError> {
    let id = organization.id;
    let mut ids = Ids::at(now);
    if let Some(invitation) = key
        .invitation_of()
        .and_then(|i: InvitationId| read.pending_invitation(id, i).transpose())
    {
        return Ok(expiry::expire_invitation(&invitation?, now, &mut ids));
    }
    if let Some(job) = key.job_of().and_then(|j: JobId| read.job(id, j).transpose()) {
        return Ok(restart_job(&job?, now));
    }
    if let Some(mail) = key.mail_of().and_then(|m: MailId| read.mail(id, m).transpose()) {
        return Ok(work::send_late(&mail?, now, &mut ids));
    }
    if let Some(member) = key.member_of().and_then(|m: UserId| read.member(id, m).transpose()) {
        let member = member?;
        return Ok(role_set(organization).map_or_else(
            |_| Changes::default(),
            |set| expiry::expire_roles(organization, set, &member, now, &mut ids),
        ));
    }
    Ok(Changes::default())
}

/// Starts a job without progress again: a written job is on the stream again.
fn restart_job(job: &Job, now: Timestamp) -> Changes {
    if job.due_at > now {
        return Changes::default();
    }
    Changes {
        jobs: vec![Pair::change(job.clone(), job.taken_up(now))],
        ..Changes::default()
    }
}

/// The changes of several due items that go into one transaction.
#[derive(Default)]
struct DueChanges {
    parts: Vec<Changes>,
}

impl DueChanges {
    fn whole(&self) -> Changes {
        self.parts.iter().cloned().fold(Changes::default(), Changes::and)
    }

    fn weight(&self, app: &App, organization: &Organization, more: &Changes) -> Result<usize, StoreError> {
        let both = self.whole().and(more.clone());
        role_set(organization).map_or(Ok(0), |set| {
            app.store()
                .weight(&both, set, organization)
                .map(muster_store::Weight::all)
        })
    }
}
