//! The schedule: work that is due at a certain time. Access never waits for it; seats, addresses and people's inboxes do.

mod due_work;

use due_work::{GroupReport, process_group};
use futures::future::{BoxFuture, join_all};
use futures::stream::{FuturesUnordered, StreamExt as _};
use jiff::{SignedDuration, Timestamp};
use muster_domain::OrganizationId;
use muster_edge::{App, Metric};
use muster_store::keys::DUE_SHARDS;
use muster_store::{DueCursor, Key, StoreError};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::Instant;

/// Number of due items read at a time from one shard.
const BATCH_ITEMS: usize = 100;
/// How long before its time limit the function stops. The next run continues.
const MARGIN: SignedDuration = SignedDuration::from_secs(5);
/// Maximum duration of a function.
const MAX_DURATION: Duration = Duration::from_secs(15 * 60);
/// Number of organizations processed concurrently.
const CONCURRENT_ORGANIZATIONS: usize = 4;
/// Maximum number of due items remembered of an organization while others of it are processed.
const MAX_REMEMBERED_ITEMS: usize = 2_000;

/// The result of one run.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct SweepReport {
    /// Number of due items processed.
    pub processed: usize,
    /// Number of transactions used.
    pub transactions: usize,
    /// Number of items that another request changed at the same time; the next run checks them again.
    pub left: usize,
    /// Whether all items that were due at the start are processed.
    pub complete: bool,
}

impl SweepReport {
    fn add(&mut self, other: Self) {
        self.processed += other.processed;
        self.transactions += other.transactions;
        self.left += other.left;
        self.complete &= other.complete;
    }

    /// Leaves this number of items to the next run.
    fn leave(&mut self, count: usize) {
        self.left += count;
        self.complete &= count == 0;
    }
}

/// Expires invitations, ends expired roles, announces coming ends, and takes up jobs that were left.
///
/// # Errors
/// The table did not answer. Processed items stay as they are, and the next run continues.
pub async fn expire(app: &App, _event: Value, deadline: Timestamp) -> Result<Value, lambda_runtime::Error> {
    let mut sweep = Sweep {
        app,
        now: app.clock().now(),
        end: end_before(deadline),
        found: BTreeMap::new(),
        hot: BTreeSet::new(),
        done: SweepReport {
            complete: true,
            ..SweepReport::default()
        },
    };
    let failed = sweep.run().await;
    let done = sweep.done;
    let metrics = app.metrics();
    metrics.count(Metric::DueProcessed, done.processed);
    metrics.count(Metric::DueLeft, done.left);
    metrics.count(Metric::SweepsBehind, usize::from(!done.complete || failed.is_some()));
    if let Some(error) = failed {
        return Err(error.into());
    }
    tracing::info!(
        processed = done.processed,
        transactions = done.transactions,
        left = done.left,
        complete = done.complete,
        "due work was processed"
    );
    Ok(json!(done))
}

/// The end of a run with this deadline, on the clock that pauses use.
#[expect(clippy::disallowed_methods, reason = "the deadline is by the system's clock")]
fn end_before(deadline: Timestamp) -> Instant {
    // The deadline comes from the runtime, so it is compared with the system's clock and not with the clock of the rules.
    let left = deadline.duration_since(Timestamp::now()) - MARGIN;
    Instant::now() + Duration::try_from(left).unwrap_or_default().min(MAX_DURATION)
}

#[expect(clippy::disallowed_methods, reason = "a run ends by the clock that pauses use")]
fn is_late(end: Instant) -> bool {
    Instant::now() >= end
}

/// One run. Each round reads one page of every shard that has more, so that no shard waits for another to end. Organizations are
/// processed concurrently, so that they do not wait for a large one.
struct Sweep<'a> {
    app: &'a App,
    now: Timestamp,
    end: Instant,
    /// More due items found in organizations that are being processed.
    found: BTreeMap<OrganizationId, Vec<Key>>,
    /// Organizations whose partition is throttled. They are left to the next run.
    hot: BTreeSet<OrganizationId>,
    done: SweepReport,
}

/// A shard that has more, and the cursor of its next page.
type ShardCursor = (u8, Option<DueCursor>);

impl<'a> Sweep<'a> {
    /// Processes due items, each at most once per run. Returns the error of a shard that could not be read, if any.
    async fn run(&mut self) -> Option<StoreError> {
        let mut failed = None;
        let mut due_work = FuturesUnordered::new();
        let mut shards: Vec<ShardCursor> = (0..DUE_SHARDS).map(|shard| (shard, None)).collect();
        while !shards.is_empty() {
            if is_late(self.end) {
                self.done.complete = false;
                break;
            }
            let app: &'a App = self.app;
            let (store, now) = (app.store(), self.now);
            let reads = std::mem::take(&mut shards).into_iter();
            let reads =
                reads.map(|(shard, after)| async move { (shard, store.due(shard, now, after, BATCH_ITEMS).await) });
            let mut reads = std::pin::pin!(join_all(reads));
            let pages = loop {
                tokio::select! {
                    pages = &mut reads => break pages,
                    Some(group) = due_work.next() => due_work.extend(self.finish(group)),
                }
            };
            let mut due = Vec::new();
            for (shard, page) in pages {
                match page {
                    Ok((keys, next)) => {
                        due.extend(keys);
                        shards.extend(next.map(|next| (shard, Some(next))));
                    }
                    Err(error) => failed = Some(error),
                }
            }
            for (organization, keys) in by_organization(due) {
                while due_work.len() >= CONCURRENT_ORGANIZATIONS
                    && self.is_new(organization)
                    && let Some(group) = due_work.next().await
                {
                    due_work.extend(self.finish(group));
                }
                due_work.extend(self.start(organization, keys));
            }
        }
        while let Some(group) = due_work.next().await {
            due_work.extend(self.finish(group));
        }
        failed
    }

    /// Whether an organization is neither being processed nor left to the next run.
    fn is_new(&self, id: OrganizationId) -> bool {
        !self.hot.contains(&id) && !self.found.contains_key(&id)
    }

    /// Starts to process an organization, unless it is left to the next run or being processed already.
    fn start(&mut self, id: OrganizationId, mut keys: Vec<Key>) -> Option<BoxFuture<'a, GroupReport>> {
        if self.hot.contains(&id) {
            self.done.leave(keys.len());
            return None;
        }
        if let Some(found) = self.found.get_mut(&id) {
            let room = MAX_REMEMBERED_ITEMS.saturating_sub(found.len());
            self.done.leave(keys.len().saturating_sub(room));
            keys.truncate(room);
            found.extend(keys);
            return None;
        }
        self.found.insert(id, Vec::new());
        // Boxed: the compiler gives up on futures nested as deep as the SDK's in here.
        Some(Box::pin(process_group(self.app, id, keys, self.now, self.end)))
    }

    /// Adds the result for an organization, and continues with it if more due items of it were found meanwhile.
    fn finish(&mut self, group: GroupReport) -> Option<BoxFuture<'a, GroupReport>> {
        self.done.add(group.done);
        if group.is_hot {
            self.hot.insert(group.organization);
        }
        let found = self.found.remove(&group.organization).unwrap_or_default();
        (!found.is_empty())
            .then(|| self.start(group.organization, found))
            .flatten()
    }
}

/// Due items by organization, in random order, so that runs without enough time do not leave the same organizations each time.
#[expect(clippy::disallowed_methods, reason = "the order has no effect but fairness")]
fn by_organization(due: Vec<Key>) -> Vec<(OrganizationId, Vec<Key>)> {
    let mut groups: BTreeMap<OrganizationId, Vec<Key>> = BTreeMap::new();
    for key in due {
        if let Some(organization) = key.organization_of() {
            groups.entry(organization).or_default().push(key);
        }
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    fastrand::shuffle(&mut groups);
    groups
}
