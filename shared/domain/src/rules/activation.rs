//! Activating and deactivating one of several chosen members (`program-delivery`).

use crate::changes::Changes;
use crate::id::NewIds;
use crate::member::{Member, Status};
use crate::rules::DecisionContext;
use crate::rules::hierarchy;
use crate::rules::members::{self, MemberRefusal, MemberUpdate};

/// Sets a member's `status`. Nothing changes if the member has it already.
///
/// Inactive members lose access at the next request, hold no seat, and keep everything else (`client-practice`,
/// `program-delivery`).
///
/// # Errors
/// [`MemberRefusal`], as for a single change, even if there is nothing to change.
pub fn set_status(
    ctx: &DecisionContext<'_>,
    found: Option<&Member>,
    status: Status,
    ids: &mut dyn NewIds,
) -> Result<Changes, MemberRefusal> {
    let member = found
        .filter(|m| hierarchy::may_see(ctx, m))
        .ok_or(MemberRefusal::NotFound)?;
    if member.id == ctx.actor.id {
        return Err(MemberRefusal::OwnStatus);
    }
    if !hierarchy::manages_all_of(ctx, member) {
        return Err(MemberRefusal::Forbidden);
    }
    let wanted = MemberUpdate {
        status: Some(status),
        ..MemberUpdate::default()
    };
    members::update(ctx, Some(member), wanted, ids).map(|(_, changes)| changes)
}
