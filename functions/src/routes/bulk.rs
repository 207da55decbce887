//! Bulk actions: a verdict for each chosen row, and as many rows per transaction as fit.
//!
//! The result is the same as of single requests, one row after the other. Each transaction stores its verdicts under the request's
//! `Idempotency-Key`, so the retry of an interrupted request continues where it stopped, and does nothing twice.

use crate::api::SeatsResponse;
use crate::api::bulk::BulkResponse;
use muster_domain::rules::DecisionContext;
use muster_domain::rules::bulk::{self, MAX_ROWS, RowError};
use muster_domain::violation::Violation;
use muster_domain::{Changes, OrganizationId};
use muster_edge::{Call, Ids, NextAction, OrgContext, Outcome, Problem, Reply, User};
use muster_store::commit::MAX_ITEMS;
use muster_store::{Key, ReadSet};
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

/// Number of rows in the first read. Later reads follow the number of rows in the previous transaction, so that reads stay in
/// proportion to writes however few rows a transaction holds.
const FIRST_READ: usize = 48;

/// How long a request may start transactions. The rest of its function's time is for the last one.
const TIME_BUDGET: Duration = Duration::from_secs(20);

/// An action on chosen rows.
pub(super) trait Action {
    /// The id of a row.
    type Id: Copy + Eq;
    /// The outcome of a row.
    type Status;
    /// The verdict of a row.
    type Verdict: Serialize;
    /// The outcome of a refused row.
    const REFUSED: Self::Status;
    /// The field that names the rows.
    const ROWS: &'static str;

    /// The outcome of a successful row.
    fn done(&self) -> Self::Status;
    /// The keys to read for the request as a whole.
    fn shared(&self, _: OrganizationId) -> Vec<Key> {
        Vec::new()
    }
    /// The keys to read for a row.
    fn keys(&self, organization: OrganizationId, id: Self::Id) -> Vec<Key>;
    /// More keys that a row needs, after the first read.
    fn more(&self, _: &DecisionContext<'_>, _: &ReadSet, _: Self::Id) -> Result<Vec<Key>, Problem> {
        Ok(Vec::new())
    }
    /// Refuses a request that is invalid for every row.
    fn check(&self, _: &DecisionContext<'_>, _: &ReadSet) -> Result<(), Problem> {
        Ok(())
    }
    /// Decides one row, as the single request would be decided.
    fn row(&self, ctx: &DecisionContext<'_>, read: &ReadSet, id: Self::Id, ids: &mut Ids) -> Result<Changes, Problem>;
    /// Whether a row can follow these changes of other rows within limits other than a transaction's size. If not, it is decided on
    /// a fresh read, and this is how that would refuse it.
    fn exceeds(
        &self,
        _: &DecisionContext<'_>,
        _: &ReadSet,
        _before: &Changes,
        _more: &Changes,
    ) -> Result<Option<Problem>, Problem> {
        Ok(None)
    }
    /// The verdict of a row.
    fn verdict(&self, id: Self::Id, status: Self::Status, problem: Option<Problem>) -> Self::Verdict;
}

/// A request for a bulk action.
struct Bulk<A: Action> {
    call: Call,
    user: User,
    organization: OrganizationId,
    action: A,
    rows: Vec<A::Id>,
    dry_run: bool,
}

/// The outcome of some rows.
enum PartOutcome {
    /// The verdicts as the answer shows them, and whether they are a replay.
    Done(BulkResponse<Value>, bool),
    /// No row changes anything, so later rows can be decided with them.
    Idle,
}

/// The effect of a problem with a row: an internal one stops the whole request.
fn row_error(problem: Problem) -> RowError<Problem, Problem> {
    if problem.status >= 500 {
        RowError::Stopped(problem)
    } else {
        RowError::Refused(problem)
    }
}

/// Performs the action on each of the named rows.
pub(super) async fn run<A: Action>(
    call: Call,
    user: User,
    organization: OrganizationId,
    named: Vec<A::Id>,
    dry_run: bool,
    action: A,
) -> Outcome {
    if named.is_empty() || named.len() > MAX_ROWS {
        let detail = format!("must have 1 to {MAX_ROWS} entries");
        return Err(Problem::invalid([Violation::field(A::ROWS, "out_of_range", detail)]));
    }
    let mut rows = Vec::with_capacity(named.len());
    for id in named {
        if !rows.contains(&id) {
            rows.push(id);
        }
    }
    let bulk = Bulk {
        call,
        user,
        organization,
        action,
        rows,
        dry_run,
    };
    if dry_run {
        return bulk.foresee().await;
    }
    bulk.all().await
}

impl<A: Action> Bulk<A> {
    #[expect(clippy::disallowed_methods, reason = "only how long the request works depends on it")]
    async fn all(mut self) -> Outcome {
        let mut results: Vec<Value> = Vec::with_capacity(self.rows.len());
        let mut seats: Option<SeatsResponse> = None;
        let mut replayed = false;
        let mut window = FIRST_READ;
        let begun = Instant::now();
        while results.len() < self.rows.len() {
            let from = results.len();
            self.call.start_part(from);
            let part = if from > 0 && begun.elapsed() > TIME_BUDGET {
                Err(Problem::throttled())
            } else {
                self.part(from, window).await
            };
            match part {
                Ok(PartOutcome::Done(part, again)) if !part.results.is_empty() => {
                    window = 2 * part.results.len();
                    results.extend(part.results);
                    seats = Some(part.seats);
                    replayed |= again;
                }
                Ok(PartOutcome::Done(..)) => return Err(Problem::internal()),
                Ok(PartOutcome::Idle) => window = MAX_ROWS,
                // Finished rows stay done and keep their verdicts; each remaining row is refused with this problem. A throttled
                // transaction is known to have written nothing.
                Err(problem) if from > 0 && (problem.status < 500 || problem.is_throttled()) => {
                    for id in self.rows.iter().skip(from) {
                        results.push(self.verdict(*id, Err(problem.clone()))?);
                    }
                }
                Err(problem) => return Err(problem),
            }
        }
        let seats = seats.ok_or_else(Problem::internal)?;
        let response = BulkResponse {
            results,
            seats,
            dry_run: false,
        };
        Ok(Reply::json(200, &response)?.replayed(replayed))
    }

    /// Decides all rows, and changes nothing.
    async fn foresee(&self) -> Outcome {
        let mut keys = self.action.shared(self.organization);
        keys.extend(self.rows.iter().flat_map(|id| self.action.keys(self.organization, *id)));
        let decide = |org: &OrgContext, read: &ReadSet, ids: &mut Ids| {
            let ctx = org.decision_context()?;
            let more = self.unread(&ctx, read, &self.rows)?;
            if !more.is_empty() {
                return Ok(NextAction::Read(more));
            }
            let part = bulk::foresee(
                &ctx,
                &self.rows,
                |ctx, before, id| {
                    // A row before may have changed the caller.
                    self.check_permission(ctx).map_err(row_error)?;
                    let more = self.action.row(ctx, read, *id, ids).map_err(row_error)?;
                    match self.action.exceeds(ctx, read, before, &more).map_err(row_error)? {
                        Some(problem) => Err(row_error(problem)),
                        None => Ok(more),
                    }
                },
                || Problem::not_found("organization"),
            )?;
            let response = self.response(&self.rows, org, part)?;
            Ok(NextAction::Reply(Reply::json(200, &response)?))
        };
        let call = self.call.change_in_org(&self.user, self.organization, keys, decide);
        call.await
    }

    /// Decides as many rows as one transaction holds, of at most `window` rows from `from` on.
    async fn part(&self, from: usize, window: usize) -> Result<PartOutcome, Problem> {
        let rows: Vec<A::Id> = self.rows.iter().skip(from).take(window).copied().collect();
        let is_last = from + rows.len() == self.rows.len();
        let mut keys = self.action.shared(self.organization);
        keys.extend(rows.iter().flat_map(|id| self.action.keys(self.organization, *id)));
        let store = self.call.app.store();
        let mut idle = false;
        let change = self
            .call
            .change_in_org(&self.user, self.organization, keys, |org, read, ids| {
                idle = false;
                let ctx = org.decision_context()?;
                let more = self.unread(&ctx, read, &rows)?;
                if !more.is_empty() {
                    return Ok(NextAction::Read(more));
                }
                let weight = |changes: &Changes| {
                    let weight = store.weight(changes, org.set, &org.organization);
                    weight.map(muster_store::Weight::all)
                };
                // One item is for the answer that may be stored. The sum counts shared items once per row, so the exact weight is
                // calculated only if the sum is too large.
                let mut most = 1;
                let part = bulk::decide(
                    &ctx,
                    &rows,
                    |ctx, id| self.action.row(ctx, read, *id, ids).map_err(row_error),
                    |more, all| {
                        most += weight(more)?;
                        if most > MAX_ITEMS {
                            most = 1 + weight(all)?;
                        }
                        let nothing = Changes::default();
                        Ok(most <= MAX_ITEMS && self.action.exceeds(&ctx, read, &nothing, all)?.is_none())
                    },
                )?;
                idle = part.changes.is_empty() && !is_last;
                let changes = part.changes.clone();
                let response = self.response(&rows, org, part)?;
                Ok(org.commit(changes, Reply::json(200, &response)?))
            });
        let reply = change.await?;
        if idle && !reply.is_replayed() {
            return Ok(PartOutcome::Idle);
        }
        let verdicts = serde_json::from_slice(&reply.body).map_err(|_| Problem::internal())?;
        Ok(PartOutcome::Done(verdicts, reply.is_replayed()))
    }

    /// The keys to read before these rows can be decided. Refuses a request that no row could succeed in.
    fn unread(&self, ctx: &DecisionContext<'_>, read: &ReadSet, rows: &[A::Id]) -> Result<Vec<Key>, Problem> {
        self.check_permission(ctx)?;
        self.action.check(ctx, read)?;
        let more = rows.iter().map(|id| self.action.more(ctx, read, *id));
        Ok(more.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// The response for these rows.
    fn response(
        &self,
        rows: &[A::Id],
        org: &OrgContext,
        part: bulk::Part<Problem>,
    ) -> Result<BulkResponse<Value>, Problem> {
        let results = rows
            .iter()
            .zip(part.verdicts)
            .map(|(id, verdict)| self.verdict(*id, verdict));
        Ok(BulkResponse {
            results: results.collect::<Result<Vec<_>, _>>()?,
            seats: org.organization.seats().after(part.changes.seat_delta()).into(),
            dry_run: self.dry_run,
        })
    }

    /// Refuses the whole request of a caller who has the permission of the route's line nowhere.
    fn check_permission(&self, ctx: &DecisionContext<'_>) -> Result<(), Problem> {
        let permission = self.call.permission()?;
        if ctx.authority().allows_somewhere(permission) {
            return Ok(());
        }
        let detail = format!("this requires the permission `{permission}`");
        Err(Problem::forbidden(&detail))
    }

    fn verdict(&self, id: A::Id, verdict: Result<(), Problem>) -> Result<Value, Problem> {
        let row = match verdict {
            Ok(()) => self.action.verdict(id, self.action.done(), None),
            Err(problem) => self.action.verdict(id, A::REFUSED, Some(problem)),
        };
        serde_json::to_value(row).map_err(|_| Problem::internal())
    }
}
