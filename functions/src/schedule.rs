//! The schedule: what time brings. Access never waits for it; seats, addresses and people's inboxes do.

use jiff::{SignedDuration, Timestamp};
use muster_domain::rules::settle::{expire_invitation, settle_member};
use muster_domain::{Changes, InvitationId, Job, JobId, Organization, OrganizationId, Pair, UserId};
use muster_edge::inside::role_set;
use muster_edge::{App, Ids, Metric};
use muster_store::commit::MAX_ITEMS;
use muster_store::keys::DUE_SHARDS;
use muster_store::{Commit, CommitError, Key, Snapshot, StoreError};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How many due things are read at a time from one shard.
const BATCH: usize = 100;
/// How long before its time is up the function stops; the next run goes on.
const MARGIN: SignedDuration = SignedDuration::from_secs(5);
/// Items a transaction keeps free for the organization and a job.
const RESERVE: usize = 2;

/// What one run did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Settled {
    /// Things that were due and are settled.
    pub settled: usize,
    /// Transactions it took.
    pub transactions: usize,
    /// Things that somebody else changed at the same time; the next run looks at them again.
    pub left: usize,
    /// Whether everything that was due at its start is settled.
    pub complete: bool,
}

/// Expires invitations, ends roles whose time is up, announces ends that come near, and takes up work that was left.
///
/// # Errors
/// The table did not answer. What was settled stays settled; the next run goes on.
pub async fn expire(app: &App, _event: Value, deadline: Timestamp) -> Result<Value, lambda_runtime::Error> {
    let mut done = Settled {
        complete: true,
        ..Settled::default()
    };
    let mut failed = None;
    for shard in 0..DUE_SHARDS {
        failed = settle_shard(app, shard, deadline, &mut done).await.err().or(failed);
    }
    let metrics = app.metrics();
    metrics.count(Metric::DueSettled, done.settled);
    metrics.count(Metric::DueLeft, done.left);
    metrics.count(Metric::SweepsBehind, usize::from(!done.complete || failed.is_some()));
    if let Some(error) = failed {
        return Err(error.into());
    }
    tracing::info!(
        settled = done.settled,
        transactions = done.transactions,
        left = done.left,
        complete = done.complete,
        "settled"
    );
    Ok(json!(done))
}

fn is_late(deadline: Timestamp) -> bool {
    // The deadline is the runtime's, so it is judged by the system's clock and not by the one rules go by.
    Timestamp::now()
        .checked_add(MARGIN)
        .map_or(true, |soon| soon >= deadline)
}

/// Settles what is due in one shard, page by page; each due thing is looked at once a run.
async fn settle_shard(app: &App, shard: u8, deadline: Timestamp, done: &mut Settled) -> Result<(), StoreError> {
    let now = app.clock().now();
    let mut after = None;
    loop {
        if is_late(deadline) {
            done.complete = false;
            return Ok(());
        }
        let (due, next) = app.store().due(shard, now, after, BATCH).await?;
        let mut groups: BTreeMap<OrganizationId, Vec<Key>> = BTreeMap::new();
        for key in due {
            if let Some(organization) = key.organization_of() {
                groups.entry(organization).or_default().push(key);
            }
        }
        for (organization, keys) in groups {
            if is_late(deadline) {
                done.complete = false;
                return Ok(());
            }
            let count = keys.len();
            if let Err(error) = settle_organization(app, organization, keys, now, done).await {
                // One organization that cannot be settled must not keep the others waiting.
                tracing::error!(%error, %organization, "an organization was not settled; the next run tries again");
                done.left += count;
                done.complete = false;
            }
        }
        let Some(next) = next else { return Ok(()) };
        after = Some(next);
    }
}

/// Settles what is due in one organization, as many things to a transaction as fit.
async fn settle_organization(
    app: &App,
    id: OrganizationId,
    keys: Vec<Key>,
    now: Timestamp,
    done: &mut Settled,
) -> Result<(), StoreError> {
    let mut wanted = keys.clone();
    wanted.push(Key::organization(id));
    let mut seen = app.store().read(&wanted).await?;
    let Some(mut organization) = seen.organization(id)? else {
        return Ok(());
    };
    let mut batch = Batch::default();
    for key in keys {
        let changes = settle(&organization, &seen, &key, now)?;
        if changes.is_empty() {
            continue;
        }
        if batch.weight(app, &organization, &changes)? > MAX_ITEMS - RESERVE {
            batch.flush(app, &organization, now, done).await?;
            seen = app.store().read(&wanted).await?;
            organization = match seen.organization(id)? {
                Some(organization) => organization,
                None => return Ok(()),
            };
        }
        // What one settling could not hold of a member stays due, and is the next run's.
        done.complete &= !changes
            .members
            .iter()
            .filter_map(|p| p.after.as_ref())
            .any(|m| m.due_at.is_some_and(|due| due <= now));
        batch.parts.push(changes);
    }
    batch.flush(app, &organization, now, done).await
}

/// What settling one due thing changes; nothing if it is not due any more.
fn settle(organization: &Organization, seen: &Snapshot, key: &Key, now: Timestamp) -> Result<Changes, StoreError> {
    let id = organization.id;
    let mut ids = Ids::at(now);
    if let Some(invitation) = key
        .invitation_of()
        .and_then(|i: InvitationId| seen.invitation(id, i).transpose())
    {
        return Ok(expire_invitation(&invitation?, now, &mut ids));
    }
    if let Some(job) = key.job_of().and_then(|j: JobId| seen.job(id, j).transpose()) {
        return Ok(take_up(&job?, now));
    }
    if let Some(member) = key.member_of().and_then(|m: UserId| seen.member(id, m).transpose()) {
        let member = member?;
        return Ok(role_set(organization).map_or_else(
            |_| Changes::default(),
            |set| settle_member(organization, set, &member, now, &mut ids),
        ));
    }
    Ok(Changes::default())
}

/// A job that nobody moved on: writing it again puts it on the stream again.
fn take_up(job: &Job, now: Timestamp) -> Changes {
    if job.due_at > now {
        return Changes::default();
    }
    Changes {
        jobs: vec![Pair::change(job.clone(), job.taken_up(now))],
        ..Changes::default()
    }
}

/// Settlings that go into one transaction.
#[derive(Default)]
struct Batch {
    parts: Vec<Changes>,
}

impl Batch {
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

    /// Makes all of it in one transaction; if something in it was changed meanwhile, each part on its own.
    async fn flush(
        &mut self,
        app: &App,
        organization: &Organization,
        now: Timestamp,
        done: &mut Settled,
    ) -> Result<(), StoreError> {
        let whole = self.whole();
        let parts = std::mem::take(&mut self.parts);
        if parts.is_empty() {
            return Ok(());
        }
        if commit(app, organization, &whole, now, done).await? {
            done.settled += parts.len();
            return Ok(());
        }
        for part in parts.iter().filter(|_| parts.len() > 1) {
            if commit(app, organization, part, now, done).await? {
                done.settled += 1;
            } else {
                done.left += 1;
            }
        }
        done.left += usize::from(parts.len() == 1);
        done.complete &= done.left == 0;
        Ok(())
    }
}

/// Whether the change was made; not if somebody accepted, cancelled or changed the same things meanwhile.
async fn commit(
    app: &App,
    organization: &Organization,
    changes: &Changes,
    now: Timestamp,
    done: &mut Settled,
) -> Result<bool, StoreError> {
    let Ok(set) = role_set(organization) else {
        return Ok(false);
    };
    done.transactions += 1;
    let commit = Commit {
        changes,
        set,
        organization: Some(organization),
        once: None,
        now,
    };
    match app.store().commit(commit).await {
        Ok(()) => Ok(true),
        Err(CommitError::Lost(_) | CommitError::Busy) => Ok(false),
        Err(CommitError::Failed(error)) => Err(error),
    }
}
