//! The checks of changes of members: owners, seats, visibility and power.

use super::{MAX_GRANT_CHANGES, MemberRefusal};
use crate::changes::{Changes, Pair};
use crate::member::{Grant, Member, RoleAssignment};
use crate::resource::ResourceRef;
use crate::roleset::permission;
use crate::rules::DecisionContext;
use crate::rules::{giving, hierarchy};
use crate::violation::Violation;
use jiff::Timestamp;

/// Refuses changes that leave no owner, or the billing owner without ownership, or that need more seats than are free.
pub(super) fn check_owners_and_seats(ctx: &DecisionContext<'_>, changes: &Changes) -> Result<(), MemberRefusal> {
    check_owners(ctx, changes)?;
    let needed = changes.seat_delta();
    if !ctx.organization.seats().fit(needed) {
        return Err(MemberRefusal::NoSeats {
            seats: ctx.organization.seats(),
            needed,
        });
    }
    Ok(())
}

/// Refuses changes that leave no owner, or the billing owner without ownership.
pub(super) fn check_owners(ctx: &DecisionContext<'_>, changes: &Changes) -> Result<(), MemberRefusal> {
    if changes.members.iter().any(|pair| paying_owner_goes(ctx, pair)) {
        return Err(MemberRefusal::PayingOwner);
    }
    // INVARIANT 2: refused here as of the read, and by the condition on the organization's item as of the write.
    let owners = changes.owner_delta(ctx.set);
    if owners < 0 && ctx.organization.active_owners.saturating_add_signed(owners) == 0 {
        return Err(MemberRefusal::LastOwner);
    }
    Ok(())
}

/// Whether the billing owner would no longer be an active owner.
fn paying_owner_goes(ctx: &DecisionContext<'_>, pair: &Pair<Member>) -> bool {
    let owns = |m: &Option<Member>| m.as_ref().is_some_and(|m| m.is_active_owner(ctx.set));
    let pays = pair.before.as_ref().map(|m| m.id) == ctx.organization.paying_owner;
    pays && owns(&pair.before) && !owns(&pair.after)
}

/// Refuses actors who may not change the other's roles at all.
pub(super) fn check_reach(ctx: &DecisionContext<'_>, other: &Member) -> Result<(), MemberRefusal> {
    if !hierarchy::may_change_roles(ctx, other) || hierarchy::is_out_of_reach(ctx, other) {
        return Err(MemberRefusal::Forbidden);
    }
    Ok(())
}

/// Refuses a grant on a resource out of the actor's reach, even one that the other holds already: accepting it would reveal
/// that.
pub(super) fn check_visible(ctx: &DecisionContext<'_>, other: &Member, named: &[Grant]) -> Result<(), MemberRefusal> {
    if check_reach(ctx, other).is_err() {
        return Ok(());
    }
    let authority = ctx.authority();
    match named.iter().find(|grant| !authority.reaches(&grant.resource)) {
        Some(grant) => Err(MemberRefusal::RoleNotAssignable(grant.held.role.to_string())),
        None => Ok(()),
    }
}

/// Actors cannot change or assign a role beyond their own power, nor extend their own roles beyond it.
pub(super) fn check_power(ctx: &DecisionContext<'_>, before: &Member, after: &Member) -> Result<(), MemberRefusal> {
    check_reach(ctx, before)?;
    let held = |m: &Member| -> Vec<(RoleAssignment, Option<ResourceRef>)> {
        m.holdings().map(|(h, r)| (h.clone(), r.cloned())).collect()
    };
    let (old, new) = (held(before), held(after));
    let mut changed = 0;
    for (gone, on) in old.iter().filter(|h| !new.contains(h)) {
        changed += 1;
        if !may_drop(ctx, before, gone, on.as_ref()) {
            return Err(MemberRefusal::Forbidden);
        }
    }
    for (come, on) in new.iter().filter(|h| !old.contains(h)) {
        changed += 1;
        check_assignment(ctx, after, come, on.as_ref())?;
    }
    if changed > MAX_GRANT_CHANGES {
        let detail = format!("one request can add and remove at most {MAX_GRANT_CHANGES} grants");
        return Err(MemberRefusal::Invalid(vec![Violation::field(
            "grants",
            "too_many_changes",
            detail,
        )]));
    }
    Ok(())
}

/// Whether the actor may remove this holding from the other. Of their own, actors who manage some members may drop anything,
/// and others only roles that they may self-assign.
pub(super) fn may_drop(
    ctx: &DecisionContext<'_>,
    other: &Member,
    gone: &RoleAssignment,
    on: Option<&ResourceRef>,
) -> bool {
    if other.id != ctx.actor.id || !ctx.is_unrestricted() {
        return hierarchy::may_manage_holding(ctx, other, gone, on);
    }
    let authority = ctx.authority();
    let taken = on.is_some() && authority.may_self_assign(&gone.role, on);
    taken || authority.allows_somewhere(permission::MEMBERS_MANAGE)
}

/// Whether the actor may assign this to the member, or to themselves.
fn check_assignment(
    ctx: &DecisionContext<'_>,
    after: &Member,
    come: &RoleAssignment,
    on: Option<&ResourceRef>,
) -> Result<(), MemberRefusal> {
    let role = ctx.set.role(&come.role).ok_or(MemberRefusal::Forbidden)?;
    let not_theirs = || MemberRefusal::RoleNotAssignable(role.id.to_string());
    let until = giving::grantable_until(ctx, after, role, on).ok_or_else(not_theirs)?;
    // Roles assigned to others end with the giver's power. A request for a longer role for oneself is refused. An owner's role
    // has no end.
    let oneself = after.id == ctx.actor.id && !giving::follows_grants(after, role, on);
    if (oneself && come.ends_at() > until) || (role.protected && until < Timestamp::MAX) {
        return Err(not_theirs());
    }
    Ok(())
}
