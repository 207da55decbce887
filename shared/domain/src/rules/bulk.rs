//! Bulk actions: rows are decided one after the other, as single requests would be, and as many are written together as one
//! transaction holds.

use crate::changes::{Changes, Pair};
use crate::member::Member;
use crate::rules::DecisionContext;

/// The most rows that one request can have.
pub const MAX_ROWS: usize = 100;

/// The outcome for the rows of one transaction, or of a dry run.
#[derive(Debug)]
pub struct Part<Refusal> {
    /// A verdict for each decided row, in order. Rows without one are left for the next transaction.
    pub verdicts: Vec<Result<(), Refusal>>,
    /// The changes of all accepted rows.
    pub changes: Changes,
}

/// The reason why a row has no changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowError<Refusal, Stop> {
    /// The row is refused. The other rows are decided all the same.
    Refused(Refusal),
    /// The whole request stops.
    Stopped(Stop),
}

/// Decides rows one after the other, each with the seats and owners that the rows before it leave.
///
/// `fits` gets a row's changes, and all changes with them, and returns whether one transaction holds all. The first row with
/// changes is always accepted, since no other transaction would have more room. A row that conflicts with an earlier one is
/// left for the next transaction. So are the rows after a change of the actor, who must be read again first.
///
/// # Errors
/// The error of the row that stopped the whole request.
pub fn decide<Row, Refusal, Stop>(
    ctx: &DecisionContext<'_>,
    rows: &[Row],
    mut row: impl FnMut(&DecisionContext<'_>, &Row) -> Result<Changes, RowError<Refusal, Stop>>,
    mut fits: impl FnMut(&Changes, &Changes) -> Result<bool, Stop>,
) -> Result<Part<Refusal>, Stop> {
    let mut part = Part {
        verdicts: Vec::with_capacity(rows.len()),
        changes: Changes::default(),
    };
    for named in rows {
        let organization = part.changes.apply_to(ctx.organization, ctx.set);
        let so_far = DecisionContext {
            organization: &organization,
            ..*ctx
        };
        let more = match row(&so_far, named) {
            Ok(more) if more.is_empty() => {
                part.verdicts.push(Ok(()));
                continue;
            }
            Ok(more) => more,
            Err(RowError::Refused(refusal)) => {
                part.verdicts.push(Err(refusal));
                continue;
            }
            Err(RowError::Stopped(stop)) => return Err(stop),
        };
        let is_first = part.changes.is_empty();
        if part.changes.conflicts_with(&more) {
            break;
        }
        let all = part.changes.clone().and(more.clone());
        if !fits(&more, &all)? && !is_first {
            break;
        }
        part.changes = all;
        part.verdicts.push(Ok(()));
        if part.changes.changes_member(ctx.actor.id) {
            break;
        }
    }
    Ok(part)
}

/// Decides all rows as [`decide`] would, for a dry run: nothing is written, so no row waits for a fresh read. Each row finds the seats,
/// the owners and the actor that the rows before it would leave.
///
/// `row` also gets the changes of the rows before. Once a row ends the actor's membership, the others are refused with `left`.
///
/// # Errors
/// The error of the row that stopped the whole request.
pub fn foresee<Row, Refusal, Stop>(
    ctx: &DecisionContext<'_>,
    rows: &[Row],
    mut row: impl FnMut(&DecisionContext<'_>, &Changes, &Row) -> Result<Changes, RowError<Refusal, Stop>>,
    left: impl Fn() -> Refusal,
) -> Result<Part<Refusal>, Stop> {
    let mut part = Part {
        verdicts: Vec::with_capacity(rows.len()),
        changes: Changes::default(),
    };
    let mut actor = Some(ctx.actor.clone());
    for named in rows {
        let Some(present) = &actor else {
            part.verdicts.push(Err(left()));
            continue;
        };
        let organization = part.changes.apply_to(ctx.organization, ctx.set);
        let so_far = DecisionContext {
            organization: &organization,
            actor: present,
            ..*ctx
        };
        match row(&so_far, &part.changes, named) {
            Ok(more) => {
                let of_actor = |pair: &&Pair<Member>| pair.before.as_ref().is_some_and(|m| m.id == ctx.actor.id);
                if let Some(pair) = more.members.iter().find(of_actor) {
                    actor.clone_from(&pair.after);
                }
                part.changes = part.changes.and(more);
                part.verdicts.push(Ok(()));
            }
            Err(RowError::Refused(refusal)) => part.verdicts.push(Err(refusal)),
            Err(RowError::Stopped(stop)) => return Err(stop),
        }
    }
    Ok(part)
}
