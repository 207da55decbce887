//! Bulk actions: rows decided one after the other, as single requests would be; as many together as one transaction holds.

use crate::changes::Changes;
use crate::rules::DecisionContext;

/// Rows one request can name.
pub const MAX_ROWS: usize = 100;

/// What came of the rows of one transaction.
#[derive(Debug)]
pub struct Part<Refusal> {
    /// A verdict for each row that was decided, in order. Rows without one stay for the next transaction.
    pub verdicts: Vec<Result<(), Refusal>>,
    /// What the accepted rows change, all of it.
    pub changes: Changes,
}

/// Decides rows one after the other, each on seats and owners as the rows before it leave them.
///
/// `fits` tells of a row's changes, and of all with them, whether one transaction holds all. The first row that changes
/// anything is taken in any case: it could go nowhere else. A row that meets what an earlier one changes is left for the next transaction, and
/// so is what follows a change of the member who asks: they must be read again first.
///
/// # Errors
/// What stops the whole: no verdict of a row.
pub fn decide<Row, Refusal, Stop>(
    ctx: &DecisionContext<'_>,
    rows: &[Row],
    mut row: impl FnMut(&DecisionContext<'_>, &Row) -> Result<Result<Changes, Refusal>, Stop>,
    mut fits: impl FnMut(&Changes, &Changes) -> Result<bool, Stop>,
) -> Result<Part<Refusal>, Stop> {
    let mut part = Part {
        verdicts: Vec::with_capacity(rows.len()),
        changes: Changes::default(),
    };
    for named in rows {
        let organization = ctx.organization.after(&part.changes, ctx.set);
        let so_far = DecisionContext {
            organization: &organization,
            ..*ctx
        };
        let more = match row(&so_far, named)? {
            Ok(more) if more.is_empty() => {
                part.verdicts.push(Ok(()));
                continue;
            }
            Ok(more) => more,
            Err(refusal) => {
                part.verdicts.push(Err(refusal));
                continue;
            }
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
