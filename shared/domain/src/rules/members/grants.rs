//! Assigning or removing one role on one resource; everything else that the member holds stays.

use super::checks::check_power;
use super::requested_roles;
use super::{MemberRefusal, WantedGrant, changed, target};
use crate::changes::Changes;
use crate::event::EventKind;
use crate::id::NewIds;
use crate::member::{Grant, MAX_GRANTS, Member, RoleAssignment, Status};
use crate::resource::{Resource, ResourceKey, ResourceRef};
use crate::roleset::{RoleSet, permission};
use crate::rules::DecisionContext;
use crate::rules::giving;
use crate::rules::hierarchy;
use crate::rules::sources;
use crate::source::RoleSource;
use crate::violation::Violation;

/// Assigns a member a role on one resource, in place of the one that they hold there. Assigning the same again changes nothing.
///
/// Members who manage no one may assign themselves the roles that their role lets them take on (`client-practice`). Actors who
/// manage members of a resource may also give grants to members of the organization whom they cannot see yet. If that fails, they get
/// the same answer as for a missing member, except when seats are lacking.
///
/// # Errors
/// [`MemberRefusal`].
pub fn grant_one(
    ctx: &DecisionContext<'_>,
    found: Option<&Member>,
    wanted: &WantedGrant,
    ids: &mut dyn NewIds,
) -> Result<(Member, Changes), MemberRefusal> {
    match (target(ctx, found), found) {
        (Ok(before), _) => checked_grant(ctx, before, wanted, ids),
        (Err(MemberRefusal::NotFound), Some(unseen)) if may_get_grant(ctx, unseen) => {
            match checked_grant(ctx, unseen, wanted, ids) {
                Err(MemberRefusal::NoSeats { seats, needed }) => Err(MemberRefusal::NoSeats { seats, needed }),
                done => done.map_err(|_| MemberRefusal::NotFound),
            }
        }
        (Err(refusal), _) => Err(refusal),
    }
}

/// Whether an actor may give a grant to a member whom they cannot see. They cannot give one to an inactive member: an actor who
/// sees the whole membership decided that.
fn may_get_grant(ctx: &DecisionContext<'_>, unseen: &Member) -> bool {
    unseen.id != ctx.actor.id && unseen.status == Status::Active
}

/// The member with the requested grant, if the actor may give it.
fn checked_grant(
    ctx: &DecisionContext<'_>,
    before: &Member,
    wanted: &WantedGrant,
    ids: &mut dyn NewIds,
) -> Result<(Member, Changes), MemberRefusal> {
    let on = there(ctx, &wanted.resource);
    check_giver(ctx, before, on)?;
    on.ok_or(MemberRefusal::NoGrant)?;
    let invalid = |violation| MemberRefusal::Invalid(vec![violation]);
    let field = |field: &str| field.trim_start_matches('.').to_owned();
    let given = requested_roles::grant(ctx, before, wanted, field).map_err(invalid)?;
    let after = granted(ctx, before, vec![given], ctx.source_by_hand(before))?;
    changed(ctx, before, after, EventKind::MemberRoleChanged, ids)
}

/// Actors give grants where they manage members, and to themselves where they may take a role.
pub(super) fn check_giver(
    ctx: &DecisionContext<'_>,
    receiver: &Member,
    on: Option<&ResourceRef>,
) -> Result<(), MemberRefusal> {
    let authority = ctx.authority();
    let takes = receiver.id == ctx.actor.id && authority.may_self_assign_any(on);
    if !takes && !authority.allows(permission::MEMBERS_MANAGE, on) {
        return Err(MemberRefusal::Forbidden);
    }
    Ok(())
}

/// The member with these grants from this source, each in place of the one they hold on that resource, if the actor may assign
/// them.
pub(in crate::rules) fn granted(
    ctx: &DecisionContext<'_>,
    before: &Member,
    given: Vec<Grant>,
    source: RoleSource,
) -> Result<Member, MemberRefusal> {
    let mut after = before.clone();
    after
        .grants
        .retain(|g| given.iter().all(|new| new.resource != g.resource));
    after.grants.extend(given);
    let mut after = sources::with_source(Some(before), giving::limited_to_giver(ctx, before, after), source);
    after.grants.sort_by(|a, b| a.resource.cmp(&b.resource));
    if after.grants.len() > before.grants.len().max(MAX_GRANTS) {
        let detail = format!("a member can hold at most {MAX_GRANTS} grants");
        let violation = Violation::field("grants", "too_many", detail);
        return Err(MemberRefusal::Invalid(vec![violation]));
    }
    check_power(ctx, before, &after)?;
    Ok(after)
}

/// Removes the role that a member holds on one resource. The last live role cannot be removed this way: remove the member, or
/// assign another role (`project-workspace`).
///
/// # Errors
/// [`MemberRefusal`].
pub fn revoke_one(
    ctx: &DecisionContext<'_>,
    found: Option<&Member>,
    resource: &(ResourceKey, Option<Resource>),
    ids: &mut dyn NewIds,
) -> Result<(Member, Changes), MemberRefusal> {
    let before = target(ctx, found)?;
    let on = there(ctx, resource);
    check_taker(ctx, before, on)?;
    let after = without_grant(ctx, before, on.ok_or(MemberRefusal::NoGrant)?)?;
    changed(ctx, before, after, EventKind::MemberRoleChanged, ids)
}

/// Actors take grants away where they manage members, and drop their own.
pub(super) fn check_taker(
    ctx: &DecisionContext<'_>,
    holder: &Member,
    on: Option<&ResourceRef>,
) -> Result<(), MemberRefusal> {
    let oneself = holder.id == ctx.actor.id && ctx.is_unrestricted() && hierarchy::may_change_roles(ctx, holder);
    if !oneself && !ctx.authority().allows(permission::MEMBERS_MANAGE, on) {
        return Err(MemberRefusal::Forbidden);
    }
    Ok(())
}

/// The member without the role that they hold on the resource, if the actor may remove it and another one is left.
pub(super) fn without_grant(
    ctx: &DecisionContext<'_>,
    before: &Member,
    on: &ResourceRef,
) -> Result<Member, MemberRefusal> {
    let mut live = before.live(ctx.organization, ctx.set, ctx.now);
    let (gone, _) = live.find(|(_, at)| *at == Some(on)).ok_or(MemberRefusal::NoGrant)?;
    let mut after = before.clone();
    after.grants.retain(|g| g.resource != *on);
    check_power(ctx, before, &after)?;
    if after.live(ctx.organization, ctx.set, ctx.now).next().is_none() {
        return Err(MemberRefusal::Invalid(vec![last_one(ctx.set, gone)]));
    }
    Ok(after)
}

/// The resource, unless it is being deleted.
///
/// A missing resource requires permission for the whole organization. So actors without permission there are refused before
/// they could learn whether the resource exists.
fn there<'a>(ctx: &DecisionContext<'_>, (_, found): &'a (ResourceKey, Option<Resource>)) -> Option<&'a ResourceRef> {
    let found = found.as_ref().map(|r| &r.reference);
    found.filter(|on| !ctx.organization.is_ending(on))
}

fn last_one(set: &RoleSet, gone: &RoleAssignment) -> Violation {
    let detail = format!(
        "`{}` requires at least one {}; assign another role first, or remove the member",
        gone.role, set.resource_type
    );
    Violation::field("grants", "required", detail)
}
