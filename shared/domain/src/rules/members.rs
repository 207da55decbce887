//! Changing a member's roles, name and profile, and ending a membership.

mod grants;
mod requested_roles;

pub(super) use grants::granted;
pub use grants::{grant_one, revoke_one};
pub use requested_roles::{Holdings, WantedGrant};

use crate::changes::{Changes, Pair};
use crate::event::{EntityRef, EventKind};
use crate::id::NewIds;
use crate::member::{Grant, MAX_GRANTS, Member, Profile, RoleAssignment, Status};
use crate::organization::Seats;
use crate::resource::ResourceRef;
use crate::roleset::permission;
use crate::rules::DecisionContext;
use crate::rules::api_keys;
use crate::rules::audit;
use crate::rules::giving;
use crate::rules::hierarchy;
use crate::rules::sources;
use crate::text::Name;
use crate::violation::Violation;
use jiff::Timestamp;

/// The most grants that one change can add and remove together, since it is one transaction: as many as a member can hold, so that
/// one change can remove all of them.
pub const MAX_GRANT_CHANGES: usize = MAX_GRANTS;

/// The reason for not changing a member.
#[derive(Debug, PartialEq, Eq)]
pub enum MemberRefusal {
    /// The actor has no permission for it, or the other member ranks above them.
    Forbidden,
    /// There is no such member, or the actor may not see them.
    NotFound,
    /// There is no such resource, or the other member holds no role on it.
    NoGrant,
    /// The actor may not assign this role, or may not assign it on one of the resources.
    RoleNotAssignable(String),
    /// Invalid fields.
    Invalid(Vec<Violation>),
    /// The change would remove the last active owner.
    LastOwner,
    /// The billing owner stays an owner until another one is named (`client-practice`).
    PayingOwner,
    /// Members cannot deactivate themselves: they could not activate themselves again.
    OwnStatus,
    /// Too few seats.
    NoSeats {
        /// Seats used and allowed.
        seats: Seats,
        /// Seats that the change needs.
        needed: i64,
    },
    /// The role set does not let members leave or remove themselves (`project-workspace`).
    CannotLeave,
}

/// A change of a member; fields that are `None` stay unchanged.
#[derive(Default)]
pub struct MemberUpdate<'a> {
    /// Their roles.
    pub holdings: Option<Holdings<'a>>,
    /// Their name.
    pub name: Option<Name>,
    /// Their profile.
    pub profile: Option<Profile>,
    /// Whether they have access (`client-practice`).
    pub status: Option<Status>,
}

/// The member to change, who may be the actor. Actors who manage no members learn nothing about others.
fn target<'m>(ctx: &DecisionContext<'_>, found: Option<&'m Member>) -> Result<&'m Member, MemberRefusal> {
    let oneself = found.is_some_and(|m| m.id == ctx.actor.id) && ctx.is_unrestricted();
    if !oneself && !ctx.authority().allows_somewhere(permission::MEMBERS_MANAGE) {
        return Err(MemberRefusal::Forbidden);
    }
    found
        .filter(|m| hierarchy::may_see(ctx, m))
        .ok_or(MemberRefusal::NotFound)
}

/// Changes a member's roles, name, profile or status.
///
/// # Errors
/// [`MemberRefusal`].
pub fn update(
    ctx: &DecisionContext<'_>,
    found: Option<&Member>,
    wanted: MemberUpdate<'_>,
    ids: &mut dyn NewIds,
) -> Result<(Member, Changes), MemberRefusal> {
    let before = target(ctx, found)?;
    let mut after = before.clone();
    let mut kind = EventKind::MemberUpdated;
    if wanted.name.is_some() || wanted.profile.is_some() {
        // Members change their own name and profile. For another member's, the actor must manage all that the member holds
        // (`client-practice`).
        let own = before.id == ctx.actor.id && ctx.is_unrestricted();
        if !own && !hierarchy::manages_all_of(ctx, before) {
            return Err(MemberRefusal::Forbidden);
        }
        let violations = wanted.profile.as_ref().map(Profile::violations).unwrap_or_default();
        if !violations.is_empty() {
            return Err(MemberRefusal::Invalid(violations));
        }
        after.name = wanted.name.or(after.name);
        after.profile = wanted.profile.unwrap_or(after.profile);
    }
    if let Some(holdings) = &wanted.holdings {
        (after.role, after.grants) =
            requested_roles::holdings(ctx, before, holdings).map_err(MemberRefusal::Invalid)?;
        after = sources::with_source(
            Some(before),
            giving::limited_to_giver(ctx, before, after),
            ctx.source_by_hand(before),
        );
        after.grants.sort_by(|a, b| a.resource.cmp(&b.resource));
        check_visible(ctx, before, &after.grants)?;
        if (&after.role, &after.grants) != (&before.role, &before.grants) {
            check_power(ctx, before, &after)?;
            kind = EventKind::MemberRoleChanged;
        }
    }
    if let Some(status) = wanted.status.filter(|status| *status != before.status) {
        if before.id == ctx.actor.id {
            return Err(MemberRefusal::OwnStatus);
        }
        if !hierarchy::manages_all_of(ctx, before) {
            return Err(MemberRefusal::Forbidden);
        }
        after.status = status;
        kind = switched(status);
    }
    changed(ctx, before, after, kind, ids)
}

/// The change from one state to the other, with its event, if an owner remains and the seats suffice.
fn changed(
    ctx: &DecisionContext<'_>,
    before: &Member,
    after: Member,
    kind: EventKind,
    ids: &mut dyn NewIds,
) -> Result<(Member, Changes), MemberRefusal> {
    let (after, changes) = change_of(ctx, before, after, kind, ids);
    check_owners_and_seats(ctx, &changes)?;
    Ok((after, changes))
}

/// The change from one state to the other, with its event, without a check of owners and seats.
pub(super) fn change_of(
    ctx: &DecisionContext<'_>,
    before: &Member,
    after: Member,
    kind: EventKind,
    ids: &mut dyn NewIds,
) -> (Member, Changes) {
    if after == *before {
        return (after, Changes::default());
    }
    let after = after.recomputed(ctx.set, ctx.now);
    let [was, is] = audit::member_change(before, &after);
    let event = ctx
        .recorder(ids)
        .event(kind, EntityRef::user(before.id), Some(was), Some(is));
    let changes = Changes {
        members: vec![Pair::change(before.clone(), after.clone())],
        events: vec![event],
        relied_on: hierarchy::relied_on(ctx, before),
        ..Changes::default()
    };
    (after, changes)
}

/// The event type for activating or deactivating a member.
pub(super) const fn switched(status: Status) -> EventKind {
    match status {
        Status::Active => EventKind::MemberActivated,
        Status::Inactive => EventKind::MemberDeactivated,
    }
}

fn check_owners_and_seats(ctx: &DecisionContext<'_>, changes: &Changes) -> Result<(), MemberRefusal> {
    if changes.members.iter().any(|pair| paying_owner_goes(ctx, pair)) {
        return Err(MemberRefusal::PayingOwner);
    }
    // INVARIANT 2: refused here as of the read, and by the condition on the organization's item as of the write.
    let owners = changes.owner_delta(ctx.set);
    if owners < 0 && ctx.organization.active_owners.saturating_add_signed(owners) == 0 {
        return Err(MemberRefusal::LastOwner);
    }
    let needed = changes.seat_delta();
    if !ctx.organization.seats().fit(needed) {
        return Err(MemberRefusal::NoSeats {
            seats: ctx.organization.seats(),
            needed,
        });
    }
    Ok(())
}

/// Whether the billing owner would no longer be an active owner.
pub(super) fn paying_owner_goes(ctx: &DecisionContext<'_>, pair: &Pair<Member>) -> bool {
    let owns = |m: &Option<Member>| m.as_ref().is_some_and(|m| m.is_active_owner(ctx.set));
    let pays = pair.before.as_ref().map(|m| m.id) == ctx.organization.paying_owner;
    pays && owns(&pair.before) && !owns(&pair.after)
}

/// Refuses a grant on a resource out of the actor's reach, even one that the other holds already: accepting it would reveal
/// that.
fn check_visible(ctx: &DecisionContext<'_>, other: &Member, named: &[Grant]) -> Result<(), MemberRefusal> {
    if !hierarchy::may_change_roles(ctx, other) || hierarchy::is_out_of_reach(ctx, other) {
        return Ok(());
    }
    let authority = ctx.authority();
    match named.iter().find(|grant| !authority.reaches(&grant.resource)) {
        Some(grant) => Err(MemberRefusal::RoleNotAssignable(grant.held.role.to_string())),
        None => Ok(()),
    }
}

/// Actors cannot change or assign a role beyond their own power, nor extend their own roles beyond it.
fn check_power(ctx: &DecisionContext<'_>, before: &Member, after: &Member) -> Result<(), MemberRefusal> {
    if !hierarchy::may_change_roles(ctx, before) || hierarchy::is_out_of_reach(ctx, before) {
        return Err(MemberRefusal::Forbidden);
    }
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
fn may_drop(ctx: &DecisionContext<'_>, other: &Member, gone: &RoleAssignment, on: Option<&ResourceRef>) -> bool {
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

/// Ends a membership: the actor's own (leaving), or another member's. Access ends immediately.
///
/// # Errors
/// [`MemberRefusal`].
pub fn remove(
    ctx: &DecisionContext<'_>,
    found: Option<&Member>,
    ids: &mut dyn NewIds,
) -> Result<Changes, MemberRefusal> {
    let before = target(ctx, found)?;
    let oneself = before.id == ctx.actor.id;
    if oneself && !ctx.set.members_may_leave {
        return Err(MemberRefusal::CannotLeave);
    }
    let leaves = oneself && ctx.is_unrestricted();
    if !leaves && !hierarchy::manages_all_of(ctx, before) {
        return Err(MemberRefusal::Forbidden);
    }
    let kind = if oneself {
        EventKind::MemberLeft
    } else {
        EventKind::MemberRemoved
    };
    let event = ctx
        .recorder(ids)
        .event(kind, EntityRef::user(before.id), Some(audit::member(before)), None);
    let changes = Changes {
        members: vec![Pair::removed(before.clone())],
        jobs: api_keys::key_cleanup_job(before, ctx.now, ids),
        events: vec![event],
        relied_on: hierarchy::relied_on(ctx, before),
        ..Changes::default()
    };
    check_owners_and_seats(ctx, &changes)?;
    Ok(changes)
}
