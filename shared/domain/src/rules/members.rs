//! Changing a member's roles, name and profile, and ending a membership.

mod checks;
mod grants;
pub mod offered;
mod requested_roles;

pub(super) use grants::granted;
pub use grants::{grant_one, revoke_one};
pub use requested_roles::{Holdings, WantedGrant};

use crate::changes::{Changes, Pair};
use crate::event::{EntityRef, EventKind};
use crate::id::NewIds;
use crate::member::{Grant, MAX_GRANTS, Member, Profile, RoleAssignment, Status};
use crate::organization::Seats;
use crate::roleset::permission;
use crate::rules::DecisionContext;
use crate::rules::api_keys;
use crate::rules::audit;
use crate::rules::giving;
use crate::rules::hierarchy;
use crate::rules::sources;
use crate::text::Name;
use crate::violation::Violation;
use checks::{check_owners_and_seats, check_power, check_visible};

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
        check_profile(ctx, before)?;
        let violations = wanted.profile.as_ref().map(Profile::violations).unwrap_or_default();
        if !violations.is_empty() {
            return Err(MemberRefusal::Invalid(violations));
        }
        after.name = wanted.name.or(after.name);
        after.profile = wanted.profile.unwrap_or(after.profile);
    }
    if let Some(holdings) = &wanted.holdings {
        let wanted = requested_roles::holdings(ctx, before, holdings).map_err(MemberRefusal::Invalid)?;
        after = with_holdings(ctx, before, after, wanted)?;
        if (&after.role, &after.grants) != (&before.role, &before.grants) {
            kind = EventKind::MemberRoleChanged;
        }
    }
    if let Some(status) = wanted.status.filter(|status| *status != before.status) {
        check_status(ctx, before)?;
        after.status = status;
        kind = switched(status);
    }
    changed(ctx, before, after, kind, ids)
}

/// Members change their own name and profile. For another member's, the actor must manage all that the member holds
/// (`client-practice`).
fn check_profile(ctx: &DecisionContext<'_>, other: &Member) -> Result<(), MemberRefusal> {
    let own = other.id == ctx.actor.id && ctx.is_unrestricted();
    if !own && !hierarchy::manages_all_of(ctx, other) {
        return Err(MemberRefusal::Forbidden);
    }
    Ok(())
}

/// An actor can change the status of a member if the actor manages everything that the member holds. No one changes their own.
fn check_status(ctx: &DecisionContext<'_>, other: &Member) -> Result<(), MemberRefusal> {
    if other.id == ctx.actor.id {
        return Err(MemberRefusal::OwnStatus);
    }
    if !hierarchy::manages_all_of(ctx, other) {
        return Err(MemberRefusal::Forbidden);
    }
    Ok(())
}

/// The member `after` with these roles in place of all that they held `before`, if the actor may change them so.
fn with_holdings(
    ctx: &DecisionContext<'_>,
    before: &Member,
    after: Member,
    (role, grants): (Option<RoleAssignment>, Vec<Grant>),
) -> Result<Member, MemberRefusal> {
    let after = giving::limited_to_giver(ctx, before, Member { role, grants, ..after });
    let mut after = sources::with_source(Some(before), after, ctx.source_by_hand(before));
    after.grants.sort_by(|a, b| a.resource.cmp(&b.resource));
    check_visible(ctx, before, &after.grants)?;
    if (&after.role, &after.grants) != (&before.role, &before.grants) {
        check_power(ctx, before, &after)?;
    }
    Ok(after)
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
    check_removal(ctx, before)?;
    let kind = if before.id == ctx.actor.id {
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

/// An actor can leave if the role set allows it. An actor can remove a member if the actor manages everything that the member holds.
fn check_removal(ctx: &DecisionContext<'_>, other: &Member) -> Result<(), MemberRefusal> {
    let oneself = other.id == ctx.actor.id;
    if oneself && !ctx.set.members_may_leave {
        return Err(MemberRefusal::CannotLeave);
    }
    let leaves = oneself && ctx.is_unrestricted();
    if !leaves && !hierarchy::manages_all_of(ctx, other) {
        return Err(MemberRefusal::Forbidden);
    }
    Ok(())
}
