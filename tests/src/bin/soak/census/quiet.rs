//! What comes before a count: all that follows from what was done runs out.

use super::{Census, Verdict};
use crate::play::Play;
use jiff::{SignedDuration, Timestamp};
use muster_domain::{Job, Organization, OrganizationId, Work};
use muster_store::items::Item;
use muster_store::repair::{DifferenceKind, Options, RepairOutcome};
use muster_tests::recount::{items, of_kind};
use std::collections::BTreeSet;
use std::time::Duration;

/// Longer than work is left alone, and than late writers have.
const PATIENCE: SignedDuration = SignedDuration::from_mins(3);
/// How often time passes until no work may be left. An export that failed waits longer before each try, and sending everything
/// again goes on the next day where the mail of one is used up.
const ROUNDS: u32 = 12;
/// How often the schedule runs before all that is due must be processed.
const SWEEPS: usize = 20;
/// Waits for a quiet moment, and counts.
///
/// # Errors
/// What is not as it must be.
pub(crate) async fn take(play: &Play) -> Result<Census, String> {
    play.faults.set_calm(true);
    play.faults.set_stalled(false);
    let mut swept = sweep(play).await?;
    let mut wait = PATIENCE;
    let mut unfinished = Vec::new();
    for _ in 0..ROUNDS {
        let table = items(&play.h).await;
        let left = at_work(&table, swept);
        if left.is_empty() {
            fix(play, &table).await?;
            let table = items(&play.h).await;
            let census = Census::of(table, swept).await?;
            census.check(play).await?;
            census.forget(play).await;
            play.h.backend.drained().await;
            play.faults.set_calm(false);
            return Ok(census);
        }
        unfinished = left;
        play.h.advance(wait);
        wait *= 2;
        swept = sweep(play).await?;
    }
    Err(format!("work is left that nobody finishes: {unfinished:#?}"))
}

/// Lets the streams run out and the schedule do all that is due; gives the instant by which it was.
async fn sweep(play: &Play) -> Result<Timestamp, String> {
    for _ in 0..SWEEPS {
        play.h.backend.drained().await;
        let begun = play.h.backend.clock().now();
        let done = play.h.backend.expire().await?;
        play.h.backend.drained().await;
        if done["complete"] == true && done["left"] == 0 {
            return Ok(begun);
        }
    }
    Err("the schedule does not come to an end of what is due".to_owned())
}

/// Jobs that are not only waiting until an organization may be erased or is suspended, or until it is restored.
fn at_work(table: &[Item], now: Timestamp) -> Vec<Job> {
    let deleted: BTreeSet<OrganizationId> = of_kind::<Organization>(table)
        .into_iter()
        .filter(Organization::is_deleted)
        .map(|organization| organization.id)
        .collect();
    let mut jobs = of_kind::<Job>(table);
    jobs.retain(|job| {
        let waits = matches!(
            job.work,
            Work::EraseOrganization { .. } | Work::AnnounceSuspension { .. }
        ) || deleted.contains(&job.organization);
        !waits || job.due_at <= now
    });
    jobs
}

/// Has what an invocation that was killed left behind fixed, which is entries alone; anything else is a fault, which fixing
/// must not hide.
async fn fix(play: &Play, table: &[Item]) -> Verdict {
    let options = Options {
        now: play.h.backend.clock().now(),
        pause: Duration::ZERO,
        fix: true,
    };
    let store = play.h.backend.app().store();
    for organization in of_kind::<Organization>(table).into_iter().filter(|one| !one.erasing) {
        let report = store.repair(organization.id, options).await;
        let report = report.map_err(|error| format!("{} cannot be repaired: {error}", organization.id))?;
        let (left, other): (Vec<_>, Vec<_>) = report.differences.into_iter().partition(|one| {
            one.kind == DifferenceKind::Entry && one.outcome == RepairOutcome::Fixed && one.expected == "nothing"
        });
        if report.more || !other.is_empty() {
            return Err(format!("{} had to be repaired: {other:#?}", organization.id));
        }
        for _ in left {
            play.tally.count("an entry is left by a kill", 0);
        }
    }
    Ok(())
}
