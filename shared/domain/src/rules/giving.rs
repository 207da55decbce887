//! Giving a role: it is no more than the giver could give at that moment, and lasts no longer than their power to give it.
//!
//! A role that takes effect immediately (an assignment, a grant, an acceptance) ends with that power, if the power has an end. A
//! key whose secret the giver knows and an invitation are used later: they are checked again at each use. A role that was given
//! legitimately stays when the giver loses the power later, or is removed.

use crate::authority::Authority;
use crate::member::{Grant, Member, RoleAssignment};
use crate::resource::ResourceRef;
use crate::roleset::{Reach, Role, permission};
use crate::rules::DecisionContext;
use crate::rules::offer::Offer;
use crate::text::RoleId;
use jiff::Timestamp;

/// The action by which a role is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivingPath {
    /// By invitation, or by adding a contact directly.
    Invite,
    /// By changing what a member holds.
    Manage,
    /// To oneself, by transferring ownership.
    TransferOwnership,
}

impl GivingPath {
    /// Until when the permission for it holds there.
    fn open_until(self, authority: &Authority<'_>, on: Option<&ResourceRef>) -> Option<Timestamp> {
        match self {
            Self::Invite => authority.allows_until(permission::MEMBERS_INVITE, on),
            Self::Manage => authority.allows_until(permission::MEMBERS_MANAGE, on),
            Self::TransferOwnership => Some(Timestamp::MAX),
        }
    }
}

/// Until when the member could assign the role there: [`Timestamp::MAX`] without an end, `None` if they cannot.
pub(super) fn role_until(
    authority: &Authority<'_>,
    path: GivingPath,
    role: &RoleId,
    on: Option<&ResourceRef>,
) -> Option<Timestamp> {
    // INVARIANT 4: a role lasts no longer than the giver's permission, nor than the giver's role that may assign it.
    let there = path.open_until(authority, on)?;
    Some(authority.assigns_until(role, on)?.min(there))
}

/// When the power to make an offer ends, for each part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferEnds {
    /// The role as it is held on the organization, or the whole of an offer on resources only.
    pub whole: Timestamp,
    /// The role on each of the resources.
    pub each: Vec<Timestamp>,
}

/// Until when the actor could offer the role on each of the resources, and on the organization if it is held there;
/// `None` if they cannot.
///
/// An actor whose power is limited to resources may offer a role that is held together with resources (a participant) only with
/// resources. An actor whose power has an end cannot name an owner: there must always be one.
#[must_use]
pub fn offer_until(
    ctx: &DecisionContext<'_>,
    path: GivingPath,
    role: &Role,
    resources: &[ResourceRef],
) -> Option<OfferEnds> {
    let authority = ctx.authority();
    let on = |on| role_until(&authority, path, &role.id, on);
    let each: Vec<Timestamp> = resources.iter().map(|r| on(Some(r))).collect::<Option<_>>()?;
    let with_resources = each.iter().min().copied().filter(|_| role.reach == Reach::Resource);
    let whole = on(None).max(with_resources)?;
    (!role.protected || whole == Timestamp::MAX).then_some(OfferEnds { whole, each })
}

/// The roles that these members give by an offer at this moment; `None` if one of them cannot make it.
pub(super) fn roles_given(
    offer: &Offer<'_>,
    path: GivingPath,
    by: &[DecisionContext<'_>],
) -> Option<(Option<RoleAssignment>, Vec<Grant>)> {
    let start = by.first()?.now;
    let (mut held, mut grants) = (offer.held(start), offer.grants(start));
    for giver in by {
        let OfferEnds { whole, each } = offer_until(giver, path, offer.role, &offer.resources)?;
        if let Some(held) = &mut held {
            held.end_by(whole);
        }
        for (grant, until) in grants.iter_mut().zip(each) {
            grant.held.end_by(until);
        }
    }
    Some((held, grants))
}

/// Until when the actor could assign this to the member, or take it for themselves; `None` if they cannot. `after` is the member
/// with all that they would hold: a role that gives nothing on the organization follows their grants.
pub(super) fn grantable_until(
    ctx: &DecisionContext<'_>,
    after: &Member,
    role: &Role,
    on: Option<&ResourceRef>,
) -> Option<Timestamp> {
    let authority = ctx.authority();
    let managed = role_until(&authority, GivingPath::Manage, &role.id, on);
    let with_grants = follows_grants(after, role, on).then(|| authority.assigns_somewhere_until(&role.id));
    let is_own_grant = after.id == ctx.actor.id && on.is_some();
    let self_assigned = is_own_grant.then(|| authority.self_assigns_until(&role.id, on));
    managed.max(with_grants.flatten()).max(self_assigned.flatten())
}

/// Whether the role is held on the organization together with grants, and gives nothing there itself.
pub(super) fn follows_grants(member: &Member, role: &Role, on: Option<&ResourceRef>) -> bool {
    on.is_none() && !member.grants.is_empty() && role.reach == Reach::Resource
}

/// Another member after a change, with the end of each new holding limited by the giver's power. A holding that they had
/// already and that is only extended keeps its end if that is later.
pub(super) fn limited_to_giver(ctx: &DecisionContext<'_>, before: &Member, after: Member) -> Member {
    if after.id == ctx.actor.id {
        return after;
    }
    let limited = |held: &RoleAssignment, on: Option<&ResourceRef>| {
        let mut held = held.clone();
        let same = |(old, at): &(&RoleAssignment, Option<&ResourceRef>)| {
            *at == on && (&old.role, old.epoch) == (&held.role, held.epoch)
        };
        let live = before.live(ctx.organization, ctx.set, ctx.now).find(same);
        let until = ctx
            .set
            .role(&held.role)
            .and_then(|role| grantable_until(ctx, &after, role, on));
        if let Some(until) = until {
            held.end_by(until.max(live.map_or(Timestamp::MIN, |(old, _)| old.ends_at())));
        }
        held
    };
    let role = after.role.as_ref().map(|held| limited(held, None));
    let grants = after.grants.iter().map(|grant| Grant {
        held: limited(&grant.held, Some(&grant.resource)),
        resource: grant.resource.clone(),
    });
    let grants = grants.collect();
    Member { role, grants, ..after }
}
