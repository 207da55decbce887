//! What an actor may do with a member at this moment: the checks of the rules that refuse, without a request.
//!
//! Seats are left out: whether one is free changes from moment to moment, and is no question of authority.

use super::checks::{check_owners, check_reach, may_drop};
use super::grants::{check_giver, check_taker, granted, without_grant};
use super::requested_roles::{held_on_resource, of_offer};
use super::{check_profile, check_removal, check_status, target, with_holdings};
use crate::changes::{Changes, Pair};
use crate::member::{Grant, Member, Status};
use crate::resource::ResourceRef;
use crate::roleset::{Resources, Role};
use crate::rules::DecisionContext;
use crate::rules::offer::Offer;
use crate::rules::{giving, scopes};
use crate::time::Term;
use jiff::{SignedDuration, Timestamp};

/// Whether the actor may change the member's name and profile.
#[must_use]
pub fn may_edit_profile(ctx: &DecisionContext<'_>, member: &Member) -> bool {
    target(ctx, Some(member)).is_ok_and(|found| check_profile(ctx, found).is_ok())
}

/// Whether the actor may switch the member to this status, which must be another one.
#[must_use]
pub fn may_switch(ctx: &DecisionContext<'_>, member: &Member, status: Status) -> bool {
    let switched = || Member {
        status,
        ..member.clone()
    };
    member.status != status
        && target(ctx, Some(member)).is_ok_and(|found| check_status(ctx, found).is_ok())
        && owners_stay(ctx, Pair::change(member.clone(), switched()))
}

/// Whether the actor may end the membership: another member's, or their own.
#[must_use]
pub fn may_remove(ctx: &DecisionContext<'_>, member: &Member) -> bool {
    target(ctx, Some(member)).is_ok_and(|found| check_removal(ctx, found).is_ok())
        && owners_stay(ctx, Pair::removed(member.clone()))
}

fn owners_stay(ctx: &DecisionContext<'_>, pair: Pair<Member>) -> bool {
    let changes = Changes {
        members: vec![pair],
        ..Changes::default()
    };
    check_owners(ctx, &changes).is_ok()
}

/// Whether the actor may give the member another role, or another term of the same, in place of all that they hold.
#[must_use]
pub fn may_change_role(ctx: &DecisionContext<'_>, member: &Member) -> bool {
    if target(ctx, Some(member)).is_err() || check_reach(ctx, member).is_err() {
        return false;
    }
    let fixed = |grant: &&Grant| !may_drop(ctx, member, &grant.held, Some(&grant.resource));
    let kept: Vec<&Grant> = member.grants.iter().filter(fixed).collect();
    let places = scopes::places(ctx);
    let is_other = |role: &Role| role.is_time_limited() || !member.holdings().all(|(held, _)| held.role == role.id);
    let is_open = |role: &Role| {
        let has_room = kept.iter().all(|grant| grant.held.role == role.id);
        has_room && ctx.organization.has_enabled(role) && (is_other(role) || member.holdings().next().is_none())
    };
    let mut open = ctx.set.roles.iter().filter(|role| is_open(role));
    open.any(|role| may_become(ctx, member, role, &kept, &places))
}

/// Whether the actor may give the member this role in place of all that they hold, on the resources that they must keep, and on
/// one of these places more.
fn may_become(
    ctx: &DecisionContext<'_>,
    member: &Member,
    role: &Role,
    kept: &[&Grant],
    places: &[ResourceRef],
) -> bool {
    let kept: Vec<ResourceRef> = kept.iter().map(|grant| grant.resource.clone()).collect();
    let becomes = |more: Option<&ResourceRef>| {
        let resources: Vec<ResourceRef> = kept.iter().chain(more).cloned().collect();
        let fits = match role.resources {
            Resources::None => resources.is_empty(),
            Resources::Optional => true,
            Resources::AtLeastOne => !resources.is_empty(),
        };
        fits && terms(role).any(|term| may_get(ctx, member, role, &resources, term))
    };
    let may_hold = |on: &&ResourceRef| giving::grantable_until(ctx, member, role, Some(*on)).is_some();
    becomes(None) || places.iter().filter(may_hold).any(|on| becomes(Some(on)))
}

/// The terms that a role offers; only `None` for a role without a time limit.
fn terms(role: &Role) -> impl Iterator<Item = Option<Term>> {
    let without = (!role.is_time_limited()).then_some(None);
    role.durations.iter().copied().map(Some).chain(without)
}

/// Whether this offer may take the place of all that the member holds, and changes something.
fn may_get(
    ctx: &DecisionContext<'_>,
    member: &Member,
    role: &Role,
    resources: &[ResourceRef],
    term: Option<Term>,
) -> bool {
    let offer = Offer {
        role,
        resources: resources.to_vec(),
        term,
        epoch: ctx.organization.epoch(&role.id),
    };
    let Ok(wanted) = of_offer(ctx, member, &offer) else {
        return false;
    };
    let Ok(after) = with_holdings(ctx, member, member.clone(), wanted) else {
        return false;
    };
    let is_other = (&after.role, &after.grants) != (&member.role, &member.grants);
    is_other && owners_stay(ctx, Pair::change(member.clone(), after))
}

/// Whether the actor may give the member some role on a resource, change one that they hold there, or take it away.
#[must_use]
pub fn may_change_grants(ctx: &DecisionContext<'_>, member: &Member) -> bool {
    if target(ctx, Some(member)).is_err() || check_reach(ctx, member).is_err() {
        return false;
    }
    let mut held = member.grants.iter().map(|grant| &grant.resource);
    let takes = |on: &ResourceRef| {
        !ctx.organization.is_ending(on)
            && check_taker(ctx, member, Some(on)).is_ok()
            && without_grant(ctx, member, on).is_ok()
    };
    let places = scopes::places(ctx);
    let gives = |on: &ResourceRef| ctx.set.roles.iter().any(|role| may_grant(ctx, member, role, on));
    held.any(takes) || places.iter().any(gives)
}

/// Whether the actor may give the member this role on the resource, at least for a moment.
fn may_grant(ctx: &DecisionContext<'_>, member: &Member, role: &Role, on: &ResourceRef) -> bool {
    if check_giver(ctx, member, Some(on)).is_err() {
        return false;
    }
    let soon = ctx.now.checked_add(MOMENT).unwrap_or(Timestamp::MAX);
    held_on_resource(ctx, member, &role.id, Some(soon)).is_ok_and(|held| {
        let grant = Grant {
            resource: on.clone(),
            held,
        };
        granted(ctx, member, vec![grant], ctx.source_by_hand(member)).is_ok()
    })
}

/// The time for which a role is given to find out whether it could be given at all.
const MOMENT: SignedDuration = SignedDuration::from_secs(1);
