//! Ownership: transferring it, and naming the billing owner.

use crate::changes::{Changes, Pair};
use crate::event::{EntityRef, EventKind};
use crate::id::{NewIds, UserId};
use crate::member::{Member, Reliance, RoleAssignment, Status};
use crate::organization::{Organization, Seats};
use crate::roleset::Role;
use crate::rules::DecisionContext;
use crate::rules::audit;
use crate::rules::giving::{self, GivingPath};
use crate::rules::hierarchy;
use crate::rules::members::MAX_GRANT_CHANGES;
use crate::rules::offer::{self, Offer, RequestedOffer};
use crate::rules::sources;
use crate::source::SourceKind;
use crate::violation::{Location, Violation};
use serde_json::json;

/// The reason for not changing ownership.
#[derive(Debug, PartialEq, Eq)]
pub enum OwnershipRefusal {
    /// Only an owner may do this, and only as a signed-in user.
    Forbidden,
    /// There is no such member.
    NotFound,
    /// The other member is inactive.
    Inactive,
    /// The other member is not an active owner, so cannot be the billing owner (`client-practice`).
    NotAnOwner,
    /// The giver may not assign themselves this role.
    RoleNotAssignable(String),
    /// Invalid fields.
    Invalid(Vec<Violation>),
    /// Too few seats.
    NoSeats {
        /// Seats used and allowed.
        seats: Seats,
        /// Seats that the change needs.
        needed: i64,
    },
}

/// The actor, if they are an owner. Ownership is for people: an API key, which others may know, never moves it.
fn owner<'s>(ctx: &DecisionContext<'s>) -> Result<&'s Member, OwnershipRefusal> {
    Some(ctx.actor)
        .filter(|m| ctx.is_signed_in() && m.is_active_owner(ctx.set))
        .ok_or(OwnershipRefusal::Forbidden)
}

/// Whether the actor may name the billing owner.
#[must_use]
pub fn may_name_paying_owner(ctx: &DecisionContext<'_>) -> bool {
    owner(ctx).is_ok()
}

/// Whether the actor may transfer ownership to some member: there is a role that they may take in its place.
#[must_use]
pub fn may_transfer(ctx: &DecisionContext<'_>) -> bool {
    let takes = |role: &Role| {
        let domain_fault = offer::member_domain_fault(ctx, role, ctx.actor);
        !role.protected
            && ctx.organization.has_enabled(role)
            && domain_fault.is_none()
            && giving::offer_until(ctx, GivingPath::TransferOwnership, role, &[]).is_some()
    };
    owner(ctx).is_ok() && ctx.set.roles.iter().any(takes)
}

/// Transfers ownership: in one change, the receiver becomes an owner and the giver gets the role that they ask for
/// (`coaching-site`).
///
/// If the giver is the billing owner, the receiver is from then on (`client-practice`). The receiver keeps roles on resources.
///
/// # Errors
/// [`OwnershipRefusal`].
pub fn transfer(
    ctx: &DecisionContext<'_>,
    to: Option<&Member>,
    then: &RequestedOffer<'_>,
    ids: &mut dyn NewIds,
) -> Result<(Member, Changes), OwnershipRefusal> {
    let giver = owner(ctx)?;
    let receiver = to
        .filter(|m| hierarchy::may_see(ctx, m))
        .ok_or(OwnershipRefusal::NotFound)?;
    if receiver.id == giver.id {
        let violation = Violation::field("to", "not_allowed", "must be another member");
        return Err(OwnershipRefusal::Invalid(vec![violation]));
    }
    if receiver.status != Status::Active {
        return Err(OwnershipRefusal::Inactive);
    }
    let offer = check_new_role(ctx, then)?;
    let after_giver = giver_after(ctx, giver, &offer)?;
    let after_receiver = receiver_after(ctx, receiver)?;
    let organization = transfer_billing(ctx.organization, giver.id, receiver.id);
    let changes = record(
        ctx,
        (giver, &after_giver),
        (receiver, &after_receiver),
        organization,
        ids,
    );
    let needed = changes.seat_delta();
    if !ctx.organization.seats().fit(needed) {
        return Err(OwnershipRefusal::NoSeats {
            seats: ctx.organization.seats(),
            needed,
        });
    }
    Ok((after_receiver, changes))
}

/// The offer that the giver gets, checked as any offer. A violation names the field as the request does.
fn check_new_role<'s>(ctx: &DecisionContext<'s>, then: &RequestedOffer<'_>) -> Result<Offer<'s>, OwnershipRefusal> {
    let named = |mut violation: Violation| {
        if violation.at == Location::Field("role".into()) {
            violation.at = Location::Field("then".into());
        }
        violation
    };
    let offer = offer::check(ctx, then)
        .map_err(|violations| OwnershipRefusal::Invalid(violations.into_iter().map(named).collect()))?;
    if offer.role.protected {
        let detail = format!(
            "`{}` is the role that is transferred; choose another one",
            offer.role.id
        );
        return Err(OwnershipRefusal::Invalid(vec![Violation::field(
            "then",
            "not_allowed",
            detail,
        )]));
    }
    if let Some(violation) = offer.member_domain_fault(ctx, ctx.actor) {
        return Err(OwnershipRefusal::Invalid(vec![violation]));
    }
    Ok(offer)
}

/// The giver with the offered role, in place of all that they held.
fn giver_after(ctx: &DecisionContext<'_>, giver: &Member, offer: &Offer<'_>) -> Result<Member, OwnershipRefusal> {
    let not_theirs = || OwnershipRefusal::RoleNotAssignable(offer.role.id.to_string());
    let (role, grants) = giving::roles_given(offer, GivingPath::TransferOwnership, &[*ctx]).ok_or_else(not_theirs)?;
    let after = Member {
        role,
        grants,
        ..giver.clone()
    };
    let source = ctx.source(SourceKind::Transferred);
    let after = sources::with_source(Some(giver), after, source).recomputed(ctx.set, ctx.now);
    let gone = giver.grants.iter().filter(|g| !after.grants.contains(g)).count();
    let come = after.grants.iter().filter(|g| !giver.grants.contains(g)).count();
    if gone + come > MAX_GRANT_CHANGES {
        let detail = format!("one request can add and remove at most {MAX_GRANT_CHANGES} grants");
        return Err(OwnershipRefusal::Invalid(vec![Violation::field(
            "resources",
            "too_many_changes",
            detail,
        )]));
    }
    Ok(after)
}

/// The receiver as an owner; unchanged if they are one already.
fn receiver_after(ctx: &DecisionContext<'_>, receiver: &Member) -> Result<Member, OwnershipRefusal> {
    let role = ctx.set.protected_role().ok_or(OwnershipRefusal::Forbidden)?;
    if let Some(violation) = offer::member_domain_fault(ctx, role, receiver) {
        return Err(OwnershipRefusal::Invalid(vec![violation]));
    }
    if receiver.is_active_owner(ctx.set) {
        return Ok(receiver.clone());
    }
    let held = RoleAssignment {
        role: role.id.clone(),
        expires_at: None,
        epoch: ctx.organization.epoch(&role.id),
        source: Some(ctx.source(SourceKind::Transferred)),
    };
    Ok(Member {
        role: Some(held),
        ..receiver.clone()
    }
    .recomputed(ctx.set, ctx.now))
}

/// The organization with the receiver as billing owner, if the giver was.
fn transfer_billing(organization: &Organization, giver: UserId, receiver: UserId) -> Option<Pair<Organization>> {
    (organization.paying_owner == Some(giver)).then(|| with_billing_owner(organization, receiver))
}

/// The organization with this billing owner.
fn with_billing_owner(organization: &Organization, member: UserId) -> Pair<Organization> {
    let after = Organization {
        paying_owner: Some(member),
        version: organization.version + 1,
        ..organization.clone()
    };
    Pair::change(organization.clone(), after)
}

fn record(
    ctx: &DecisionContext<'_>,
    giver: (&Member, &Member),
    receiver: (&Member, &Member),
    organization: Option<Pair<Organization>>,
    ids: &mut dyn NewIds,
) -> Changes {
    let mut record = ctx.recorder(ids);
    let mut changes = Changes {
        events: vec![record.event(
            EventKind::OwnershipTransferred,
            EntityRef::organization(ctx.organization.id),
            Some(json!({ "owner": giver.0.id })),
            Some(json!({ "owner": receiver.0.id })),
        )],
        organization,
        ..Changes::default()
    };
    for (before, after) in [giver, receiver] {
        if before == after {
            // The receiver is an owner already, and must still be one when this is written.
            changes.relied_on.push(Reliance::on(before));
            continue;
        }
        let [was, is] = audit::member_change(before, after);
        changes.events.push(record.event(
            EventKind::MemberRoleChanged,
            EntityRef::user(before.id),
            Some(was),
            Some(is),
        ));
        changes.members.push(Pair::change(before.clone(), after.clone()));
    }
    changes
}

/// Names the billing owner. From then on they cannot be demoted, deactivated or removed until another is named
/// (`client-practice`).
///
/// # Errors
/// [`OwnershipRefusal`].
pub fn name_paying_owner(
    ctx: &DecisionContext<'_>,
    found: Option<&Member>,
    ids: &mut dyn NewIds,
) -> Result<(Organization, Changes), OwnershipRefusal> {
    let actor = owner(ctx)?;
    let member = found
        .filter(|m| hierarchy::may_see(ctx, m))
        .ok_or(OwnershipRefusal::NotFound)?;
    if !member.is_active_owner(ctx.set) {
        return Err(OwnershipRefusal::NotAnOwner);
    }
    let before = ctx.organization;
    if before.paying_owner == Some(member.id) {
        return Ok((before.clone(), Changes::default()));
    }
    let pair = with_billing_owner(before, member.id);
    let after = pair.after.clone().unwrap_or_else(|| before.clone());
    let event = ctx.recorder(ids).event(
        EventKind::PayingOwnerNamed,
        EntityRef::organization(before.id),
        Some(json!({ "paying_owner": before.paying_owner })),
        Some(json!({ "paying_owner": member.id })),
    );
    let mut relied_on = vec![Reliance::on(member)];
    if member.id != actor.id {
        relied_on.push(Reliance::on(actor));
    }
    let changes = Changes {
        organization: Some(pair),
        events: vec![event],
        relied_on,
        ..Changes::default()
    };
    Ok((after, changes))
}
