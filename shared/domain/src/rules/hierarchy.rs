//! Hierarchy: which members a member manages, and until when.
//!
//! Rules about members, API keys and ownership all depend on it: an actor changes another member only as far as the actor manages
//! what that member holds.

use crate::member::{Member, Reliance, RoleAssignment};
use crate::resource::ResourceRef;
use crate::roleset::permission;
use crate::rules::DecisionContext;
use crate::rules::giving;
use crate::text::RoleId;
use jiff::Timestamp;

/// Whether the actor may see the other member. Actors see themselves, and others if they have the permission for the
/// organization or for one of the other's resources.
///
/// A key that is limited to resources cannot see its owner: people who know its secret learn nothing about the owner.
#[must_use]
pub fn may_see(ctx: &DecisionContext<'_>, other: &Member) -> bool {
    let authority = ctx.authority();
    let oneself = other.id == ctx.actor.id;
    if oneself && !ctx.reaches_oneself() {
        return false;
    }
    (oneself && ctx.covers_all_roles())
        || authority.allows(permission::MEMBERS_READ, None)
        || other
            .grants
            .iter()
            .any(|g| authority.allows(permission::MEMBERS_READ, Some(&g.resource)))
}

/// Whether the actor may change the other's roles at all: they manage some members, or they change themselves and may
/// self-assign roles.
pub(super) fn may_change_roles(ctx: &DecisionContext<'_>, other: &Member) -> bool {
    let authority = ctx.authority();
    let oneself = other.id == ctx.actor.id;
    authority.allows_somewhere(permission::MEMBERS_MANAGE) || (oneself && authority.may_self_assign_any_somewhere())
}

/// Whether the other holds the protected role and the actor may not manage that role. Only owners change an owner, even in the
/// grants that the owner holds as well (`website-studio`).
pub(super) fn is_out_of_reach(ctx: &DecisionContext<'_>, other: &Member) -> bool {
    let protected = other.role.as_ref().filter(|held| ctx.set.is_protected(&held.role));
    let others = protected.filter(|_| other.id != ctx.actor.id);
    others.is_some_and(|held| !ctx.authority().may_manage(&held.role, None))
}

/// Until when the actor has power over a role that the other holds there; `None` if they have none.
///
/// A role that reaches only resources, but is held on the organization as well (a participant's), follows the resources: actors
/// who manage it on each of them have power over it.
#[must_use]
pub fn power_until(
    ctx: &DecisionContext<'_>,
    other: &Member,
    role: &RoleId,
    on: Option<&ResourceRef>,
) -> Option<Timestamp> {
    let authority = ctx.authority();
    let managed_until = |on| {
        let there = authority.allows_until(permission::MEMBERS_MANAGE, on)?;
        Some(authority.manages_until(role, on)?.min(there))
    };
    let follows = ctx
        .set
        .role(role)
        .is_some_and(|role| giving::follows_grants(other, role, on));
    let each = other.grants.iter().map(|grant| managed_until(Some(&grant.resource)));
    managed_until(on).max(follows.then(|| each.min().flatten()).flatten())
}

/// Whether the actor may change or remove something that the other holds.
pub(super) fn may_manage_holding(
    ctx: &DecisionContext<'_>,
    other: &Member,
    held: &RoleAssignment,
    on: Option<&ResourceRef>,
) -> bool {
    power_until(ctx, other, &held.role, on).is_some()
}

/// Whether the actor may change everything that the other holds. A member who holds nothing can be changed by actors who manage
/// members of the whole organization.
#[must_use]
pub fn manages_all_of(ctx: &DecisionContext<'_>, other: &Member) -> bool {
    let mut holdings = other.holdings().peekable();
    if holdings.peek().is_none() {
        return ctx.authority().allows(permission::MEMBERS_MANAGE, None);
    }
    holdings.all(|(held, on)| may_manage_holding(ctx, other, held, on))
}

/// Whether the actor manages members on each of these resources, or everywhere.
pub(super) fn manages_members_on(ctx: &DecisionContext<'_>, resources: &[ResourceRef]) -> bool {
    let authority = ctx.authority();
    let there = |r: &ResourceRef| authority.allows(permission::MEMBERS_MANAGE, Some(r));
    authority.allows(permission::MEMBERS_MANAGE, None) || (!resources.is_empty() && resources.iter().all(there))
}

/// The end of the actor's power over the other, if it has one: the earliest end among the roles by which they manage what the
/// other holds.
pub(super) fn power_ends_at(ctx: &DecisionContext<'_>, other: &Member) -> Option<Timestamp> {
    let until = |(held, on): (&RoleAssignment, Option<&ResourceRef>)| power_until(ctx, other, &held.role, on);
    other
        .holdings()
        .filter_map(until)
        .min()
        .filter(|end| *end < Timestamp::MAX)
}

/// The members on whose authority a change of another member rests: the actor, and the member who knows the secret of the key
/// in use.
pub(super) fn relied_on(ctx: &DecisionContext<'_>, target: &Member) -> Vec<Reliance> {
    let mut all = ctx.relied_on();
    all.retain(|relied| relied.member != target.id);
    all
}
