//! Changing what a member holds, what a member tells about themselves, and ending a membership.

mod single;
mod wanted;

pub(super) use single::granted;
pub use single::{grant_one, revoke_one};

use crate::changes::{Changes, Pair, Reliance};
use crate::event::EntityRef;
use crate::id::NewIds;
use crate::member::{Grant, Member, Profile, RoleAssignment, Status};
use crate::organization::Seats;
use crate::resource::{Resource, ResourceKey, ResourceRef};
use crate::roleset::permission;
use crate::rules::audit;
use crate::rules::giving::{bounded, gift_until, is_beside, power_until};
use crate::rules::keys::key_cleanup_job;
use crate::rules::members::wanted::wanted_holdings;
use crate::rules::offer::RequestedOffer;
use crate::rules::{DecisionContext, Violation};
use crate::text::{Name, RoleId};
use jiff::Timestamp;

/// How many grants one change can add and take away together, since it is one transaction.
pub const MAX_GRANT_CHANGES: usize = 64;

/// Why a member is not changed.
#[derive(Debug, PartialEq, Eq)]
pub enum MemberRefusal {
    /// The member has no say in it, or the other stands above them.
    Forbidden,
    /// There is no such member, or none the member may see.
    NotFound,
    /// There is no such resource, or the other holds no role on it.
    NoGrant,
    /// The member may not give this role, or not there.
    RoleNotAssignable(String),
    /// Fields that cannot be.
    Invalid(Vec<Violation>),
    /// The last active owner would be gone.
    LastOwner,
    /// The owner who pays stays one until another is named (`client-practice`).
    PayingOwner,
    /// Nobody switches themselves off: they could not switch themselves on again.
    OwnStatus,
    /// Too few seats.
    NoSeats {
        /// Seats used and allowed.
        seats: Seats,
        /// Seats it needs.
        needed: i64,
    },
    /// The role set does not let members leave, or remove themselves (`project-workspace`).
    Oneself,
}

/// A role on one resource, as it is asked for.
pub struct WantedGrant {
    /// The resource, with what was found under its name.
    pub resource: (ResourceKey, Option<Resource>),
    /// The role.
    pub role: RoleId,
    /// When it shall end.
    pub expires_at: Option<Timestamp>,
}

/// What a member shall hold: exactly this.
pub enum Holdings<'a> {
    /// One role with its resources and its term.
    One(RequestedOffer<'a>),
    /// A role on the organization (or none) and any mix of grants.
    Mix {
        /// The role on the organization.
        role: Option<&'a RoleId>,
        /// Its term, if it is limited in time.
        term: Option<crate::time::Term>,
        /// The grants.
        grants: &'a [WantedGrant],
    },
}

/// A change of a member; what is none stays.
#[derive(Default)]
pub struct MemberUpdate<'a> {
    /// What they hold.
    pub holdings: Option<Holdings<'a>>,
    /// Their name.
    pub name: Option<Name>,
    /// What they tell about themselves.
    pub profile: Option<Profile>,
    /// Whether they have access (`client-practice`).
    pub status: Option<Status>,
}

/// Whether the member sees the other: oneself always, others with the permission for the organization or a shared resource.
///
/// Nobody sees the owner of a key through it where it is limited to resources: whoever knows its secret learns nothing of them.
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

/// The other member, or oneself. Those who manage nobody learn nothing of others.
fn target<'m>(ctx: &DecisionContext<'_>, found: Option<&'m Member>) -> Result<&'m Member, MemberRefusal> {
    let oneself = found.is_some_and(|m| m.id == ctx.actor.id) && ctx.is_unrestricted();
    if !oneself && !ctx.authority().allows_somewhere(permission::MEMBERS_MANAGE) {
        return Err(MemberRefusal::Forbidden);
    }
    found.filter(|m| may_see(ctx, m)).ok_or(MemberRefusal::NotFound)
}

/// Changes what a member holds or tells.
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
    let mut kind = "member.updated";
    if wanted.name.is_some() || wanted.profile.is_some() {
        // One's own is one's own; another's is for those with power over all they hold (`client-practice`).
        let own = before.id == ctx.actor.id && ctx.is_unrestricted();
        if !own && !manages_all_of(ctx, before) {
            return Err(MemberRefusal::Forbidden);
        }
        after.name = wanted.name.or(after.name);
        after.profile = wanted.profile.unwrap_or(after.profile);
    }
    if let Some(holdings) = &wanted.holdings {
        (after.role, after.grants) = wanted_holdings(ctx, before, holdings)?;
        after = bounded(ctx, before, after);
        after.grants.sort_by(|a, b| a.resource.cmp(&b.resource));
        check_sight(ctx, before, &after.grants)?;
        if (&after.role, &after.grants) != (&before.role, &before.grants) {
            check_power(ctx, before, &after)?;
            kind = "member.role_changed";
        }
    }
    if let Some(status) = wanted.status.filter(|status| *status != before.status) {
        if before.id == ctx.actor.id {
            return Err(MemberRefusal::OwnStatus);
        }
        if !manages_all_of(ctx, before) {
            return Err(MemberRefusal::Forbidden);
        }
        after.status = status;
        kind = switched(status);
    }
    changed(ctx, before, after, kind, ids)
}

/// The change from one to the other, with its event, if it leaves an owner and fits the seats.
fn changed(
    ctx: &DecisionContext<'_>,
    before: &Member,
    after: Member,
    kind: &str,
    ids: &mut dyn NewIds,
) -> Result<(Member, Changes), MemberRefusal> {
    let (after, changes) = change_of(ctx, before, after, kind, ids);
    check_owners_and_seats(ctx, &changes)?;
    Ok((after, changes))
}

/// The change from one to the other, with its event, whatever becomes of owners and seats.
pub(super) fn change_of(
    ctx: &DecisionContext<'_>,
    before: &Member,
    after: Member,
    kind: &str,
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
        relied_on: relied_on(ctx, before),
        ..Changes::default()
    };
    (after, changes)
}

/// What the record calls switching a member on or off.
pub(super) const fn switched(status: Status) -> &'static str {
    match status {
        Status::Active => "member.activated",
        Status::Inactive => "member.deactivated",
    }
}

/// The members whose authority a change of another rests on: who asks, and who knows the key through which they ask.
pub(super) fn relied_on(ctx: &DecisionContext<'_>, target: &Member) -> Vec<Reliance> {
    let mut all = ctx.relied_on();
    all.retain(|relied| relied.member != target.id);
    all
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

/// Whether the owner who pays would be none any more.
pub(super) fn paying_owner_goes(ctx: &DecisionContext<'_>, pair: &Pair<Member>) -> bool {
    let owns = |m: &Option<Member>| m.as_ref().is_some_and(|m| m.is_active_owner(ctx.set));
    let pays = pair.before.as_ref().map(|m| m.id) == ctx.organization.paying_owner;
    pays && owns(&pair.before) && !owns(&pair.after)
}

/// Whether the member has any say in what the other holds: they manage somebody, or it is themselves and they take roles on.
fn has_a_say(ctx: &DecisionContext<'_>, other: &Member) -> bool {
    let authority = ctx.authority();
    let oneself = other.id == ctx.actor.id;
    authority.allows_somewhere(permission::MEMBERS_MANAGE) || (oneself && authority.may_self_assign_any())
}

/// Whether the other holds the protected role and the member may not manage that: an owner is for owners, in whatever they are
/// given beside it (`website-studio`).
fn is_out_of_reach(ctx: &DecisionContext<'_>, other: &Member) -> bool {
    let protected = other.role.as_ref().filter(|held| ctx.set.is_protected(&held.role));
    let others = protected.filter(|_| other.id != ctx.actor.id);
    others.is_some_and(|held| !ctx.authority().may_manage(&held.role, None))
}

/// Refuses a grant on a resource out of the actor's reach, even one that the other holds already: accepting it would tell them so.
fn check_sight(ctx: &DecisionContext<'_>, other: &Member, named: &[Grant]) -> Result<(), MemberRefusal> {
    if !has_a_say(ctx, other) || is_out_of_reach(ctx, other) {
        return Ok(());
    }
    let authority = ctx.authority();
    match named.iter().find(|grant| !authority.reaches(&grant.resource)) {
        Some(grant) => Err(MemberRefusal::RoleNotAssignable(grant.held.role.to_string())),
        None => Ok(()),
    }
}

/// Nobody touches or gives a role above what their own may, and nobody prolongs themselves.
fn check_power(ctx: &DecisionContext<'_>, before: &Member, after: &Member) -> Result<(), MemberRefusal> {
    if !has_a_say(ctx, before) || is_out_of_reach(ctx, before) {
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

/// Whether the member may take this away from the other; of their own those who manage somebody drop anything, others what
/// they take on themselves.
fn may_drop(ctx: &DecisionContext<'_>, other: &Member, gone: &RoleAssignment, on: Option<&ResourceRef>) -> bool {
    if other.id != ctx.actor.id || !ctx.is_unrestricted() {
        return may_manage_holding(ctx, other, gone, on);
    }
    let authority = ctx.authority();
    let taken = on.is_some() && authority.may_self_assign(&gone.role, on);
    taken || authority.allows_somewhere(permission::MEMBERS_MANAGE)
}

/// Whether the member may give this, or take it for themselves.
fn check_assignment(
    ctx: &DecisionContext<'_>,
    after: &Member,
    come: &RoleAssignment,
    on: Option<&ResourceRef>,
) -> Result<(), MemberRefusal> {
    let role = ctx.set.role(&come.role).ok_or(MemberRefusal::Forbidden)?;
    let not_theirs = || MemberRefusal::RoleNotAssignable(role.id.to_string());
    let until = gift_until(ctx, after, role, on).ok_or_else(not_theirs)?;
    // What others are given ends with the giver's power; who asks more for themselves than that is refused. An owner has no end.
    let oneself = after.id == ctx.actor.id && !is_beside(after, role, on);
    if (oneself && come.ends_at() > until) || (role.protected && until < Timestamp::MAX) {
        return Err(not_theirs());
    }
    Ok(())
}

/// Whether the member may change or take away something the other holds.
fn may_manage_holding(
    ctx: &DecisionContext<'_>,
    other: &Member,
    held: &RoleAssignment,
    on: Option<&ResourceRef>,
) -> bool {
    power_until(ctx, other, &held.role, on).is_some()
}

/// Whether the member may touch everything the other holds; one who holds nothing is for those who manage the whole organization.
#[must_use]
pub fn manages_all_of(ctx: &DecisionContext<'_>, other: &Member) -> bool {
    let mut holdings = other.holdings().peekable();
    if holdings.peek().is_none() {
        return ctx.authority().allows(permission::MEMBERS_MANAGE, None);
    }
    holdings.all(|(held, on)| may_manage_holding(ctx, other, held, on))
}

/// Ends a membership: the member's own (leaving), or another's. Access ends at once.
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
        return Err(MemberRefusal::Oneself);
    }
    let leaves = oneself && ctx.is_unrestricted();
    if !leaves && !manages_all_of(ctx, before) {
        return Err(MemberRefusal::Forbidden);
    }
    let kind = if oneself { "member.left" } else { "member.removed" };
    let event = ctx
        .recorder(ids)
        .event(kind, EntityRef::user(before.id), Some(audit::member(before)), None);
    let changes = Changes {
        members: vec![Pair::removed(before.clone())],
        jobs: key_cleanup_job(before, ctx.now, ids),
        events: vec![event],
        relied_on: relied_on(ctx, before),
        ..Changes::default()
    };
    check_owners_and_seats(ctx, &changes)?;
    Ok(changes)
}
