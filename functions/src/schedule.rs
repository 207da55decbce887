//! The schedule: what time brings. Access never waits for it; seats, addresses and people's inboxes do.

use jiff::{SignedDuration, Timestamp};
use muster_domain::rules::settle::{expire_invitation, settle_member};
use muster_domain::{Changes, InvitationId, Job, JobId, Organization, OrganizationId, Pair, UserId};
use muster_edge::inside::role_set;
use muster_edge::{App, Ids};
use muster_store::commit::MAX_ITEMS;
use muster_store::keys::DUE_SHARDS;
use muster_store::{Commit, CommitError, Due, Key, Snapshot, StoreError};
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
    for shard in 0..DUE_SHARDS {
        settle_shard(app, shard, deadline, &mut done).await?;
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

async fn settle_shard(app: &App, shard: u8, deadline: Timestamp, done: &mut Settled) -> Result<(), StoreError> {
    loop {
        if is_late(deadline) {
            done.complete = false;
            return Ok(());
        }
        let now = app.clock().now();
        let due = app.store().due(shard, now, BATCH).await?;
        let mut groups: BTreeMap<OrganizationId, Vec<Key>> = BTreeMap::new();
        for Due { key } in &due {
            if let Some(organization) = key.organization_of() {
                groups.entry(organization).or_default().push(key.clone());
            }
        }
        let before = done.settled;
        for (organization, keys) in groups {
            if is_late(deadline) {
                done.complete = false;
                return Ok(());
            }
            settle_organization(app, organization, keys, now, done).await?;
        }
        // A full batch may have more behind it; one of which nothing could be settled would only come again.
        if due.len() < BATCH || done.settled == before {
            return Ok(());
        }
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
        batch.add(changes);
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
        jobs: vec![Pair::change(job.clone(), job.moved_on(job.work.clone(), now))],
        ..Changes::default()
    }
}

/// Settlings that go into one transaction.
#[derive(Default)]
struct Batch {
    changes: Changes,
    count: usize,
}

impl Batch {
    fn weight(&self, app: &App, organization: &Organization, more: &Changes) -> Result<usize, StoreError> {
        let both = self.changes.clone().and(more.clone());
        role_set(organization).map_or(Ok(0), |set| app.store().weight(&both, set, organization))
    }

    fn add(&mut self, changes: Changes) {
        self.changes = std::mem::take(&mut self.changes).and(changes);
        self.count += 1;
    }

    async fn flush(
        &mut self,
        app: &App,
        organization: &Organization,
        now: Timestamp,
        done: &mut Settled,
    ) -> Result<(), StoreError> {
        let Self { changes, count } = std::mem::take(self);
        let Ok(set) = role_set(organization) else { return Ok(()) };
        if count == 0 {
            return Ok(());
        }
        done.transactions += 1;
        let commit = Commit {
            changes: &changes,
            set,
            organization: Some(organization),
            once: None,
            now,
        };
        match app.store().commit(commit).await {
            Ok(()) => done.settled += count,
            // Somebody accepted, cancelled or changed one of them meanwhile: the next run sees what is left.
            Err(CommitError::Lost(_) | CommitError::Busy) => {
                done.left += count;
                done.complete = false;
            }
            Err(CommitError::Failed(error)) => return Err(error),
        }
        Ok(())
    }
}
