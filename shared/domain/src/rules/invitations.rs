//! Changing, resending and cancelling an invitation.

mod add;
pub mod create;
mod extend;
pub mod respond;

use crate::authority::Authority;
use crate::changes::{Changes, Pair};
use crate::event::EntityRef;
use crate::id::{JobId, NewIds};
use crate::invitation::{Delivery, Invitation, InvitationState};
use crate::job::{Job, Work};
use crate::member::Member;
use crate::organization::Seats;
use crate::resource::Resource;
use crate::roleset::{Resources, permission};
use crate::rules::audit;
use crate::rules::expiry::expire_invitation;
use crate::rules::giving::{Way, offer_until};
use crate::rules::invitations::create::{Holder, letter};
use crate::rules::offer::{Offer, RequestedOffer, check};
use crate::rules::pace::{MailLimit, Rest, rests_until};
use crate::rules::{DecisionContext, Violation};
use crate::text::Message;
use crate::time::days_after;

/// The reason for not changing an invitation.
#[derive(Debug, PartialEq, Eq)]
pub enum InvitationRefusal {
    /// The actor may not change it.
    Forbidden,
    /// There is no such invitation, or the actor may not see it.
    NotFound,
    /// The actor may not assign this role, or not there.
    RoleNotAssignable(String),
    /// Invalid fields.
    Invalid(Vec<Violation>),
    /// It has ended, in this way.
    Ended(InvitationState),
    /// The address now belongs to a member, or to another invitation.
    AddressTaken,
    /// It was sent too often recently.
    Rests(Rest),
    /// The invitee wants no mail: they declined, or reported it as spam.
    Unwanted,
    /// The members have sent too much mail today.
    MailLimit(MailLimit),
    /// Too few seats.
    NoSeats {
        /// Seats used and allowed.
        seats: Seats,
        /// Seats that the change needs.
        needed: i64,
    },
}

/// Whether the actor may see the invitation: they have the permission for the organization, or for one of its resources.
#[must_use]
pub fn may_see(authority: &Authority<'_>, invitation: &Invitation) -> bool {
    authority.allows(permission::MEMBERS_READ, None)
        || invitation
            .resources
            .iter()
            .any(|r| authority.allows(permission::MEMBERS_READ, Some(r)))
}

/// The invitation, if the actor may see it and change what it offers.
fn touchable<'i>(
    ctx: &DecisionContext<'_>,
    found: Option<&'i Invitation>,
) -> Result<&'i Invitation, InvitationRefusal> {
    let authority = ctx.authority();
    if !authority.allows_somewhere(permission::MEMBERS_INVITE) {
        return Err(InvitationRefusal::Forbidden);
    }
    let invitation = found
        .filter(|i| may_see(&authority, i))
        .ok_or(InvitationRefusal::NotFound)?;
    let role = ctx.set.role(&invitation.role).ok_or(InvitationRefusal::Forbidden)?;
    let theirs = offer_until(ctx, Way::Invite, role, &invitation.resources);
    theirs.map(|_| invitation).ok_or(InvitationRefusal::Forbidden)
}

/// A change of an invitation; fields that are none stay unchanged. The address cannot be changed (`project-workspace`).
pub struct InvitationUpdate<'a> {
    /// Role, resources and term, changed together.
    pub offer: Option<RequestedOffer<'a>>,
    /// The inviter's message; an inner none removes it.
    pub message: Option<Option<Message>>,
}

/// Changes what a pending invitation offers. From then on, the actor answers for it.
///
/// # Errors
/// [`InvitationRefusal`].
pub fn change(
    ctx: &DecisionContext<'_>,
    found: Option<&Invitation>,
    wanted: InvitationUpdate<'_>,
    ids: &mut dyn NewIds,
) -> Result<(Invitation, Changes), InvitationRefusal> {
    let before = touchable(ctx, found)?;
    match before.state_at(ctx.now) {
        InvitationState::Pending => {}
        ended => return Err(InvitationRefusal::Ended(ended)),
    }
    let mut after = before.clone();
    if let Some(offer) = &wanted.offer {
        let offer = check(ctx, offer).map_err(InvitationRefusal::Invalid)?;
        after = reoffer(ctx, after, &offer)?;
    }
    if let Some(message) = wanted.message {
        after.message = message;
    }
    if after == *before {
        return Ok((after, Changes::default()));
    }
    after = answered_for(ctx, after);
    after.version += 1;
    let [was, is] = audit::invitation_change(before, &after);
    let event = ctx.recorder(ids).event(
        "invitation.updated",
        EntityRef::invitation(before.id),
        Some(was),
        Some(is),
    );
    let changes = Changes {
        invitations: vec![Pair::change(before.clone(), after.clone())],
        events: vec![event],
        relied_on: ctx.relied_on(),
        ..Changes::default()
    };
    fits(ctx, &changes)?;
    Ok((after, changes))
}

/// The invitation, with the actor answering for it from now on.
fn answered_for(ctx: &DecisionContext<'_>, invitation: Invitation) -> Invitation {
    Invitation {
        invited_by: ctx.actor.id,
        sent_through: ctx.key.and_then(|key| key.knower(None)),
        api_key: ctx.key.map(|key| key.id),
        inviter_name: ctx.actor.name.clone(),
        ..invitation
    }
}

fn reoffer(
    ctx: &DecisionContext<'_>,
    invitation: Invitation,
    offer: &Offer<'_>,
) -> Result<Invitation, InvitationRefusal> {
    if let Some(violation) = offer.domain_fault(ctx, &invitation.email) {
        return Err(InvitationRefusal::Invalid(vec![violation]));
    }
    if offer_until(ctx, Way::Invite, offer.role, &offer.resources).is_none() {
        return Err(InvitationRefusal::RoleNotAssignable(offer.role.id.to_string()));
    }
    Ok(Invitation {
        role: offer.role.id.clone(),
        resources: offer.resources.clone(),
        term: offer.term,
        epoch: offer.epoch,
        seat: offer.role.uses_seat,
        ..invitation
    })
}

fn fits(ctx: &DecisionContext<'_>, changes: &Changes) -> Result<(), InvitationRefusal> {
    let needed = changes.seat_delta();
    if ctx.organization.seats().fit(needed) {
        return Ok(());
    }
    Err(InvitationRefusal::NoSeats {
        seats: ctx.organization.seats(),
        needed,
    })
}

/// What was found for an expired invitation: its address may have been taken since, and its resources deleted.
#[derive(Default)]
pub struct Revival<'a> {
    /// The present holder of the address.
    pub holder: Option<&'a Holder>,
    /// The resources that are registered at present under the keys of its resources.
    pub resources: &'a [Resource],
}

/// Resends an invitation: the id stays, the link is new, and the old link is dead. An expired one takes its seat and address
/// again.
///
/// `revival` matters for an expired invitation only. From then on, the actor answers for the invitation.
///
/// # Errors
/// [`InvitationRefusal`].
pub fn resend(
    ctx: &DecisionContext<'_>,
    found: Option<&Invitation>,
    revival: &Revival<'_>,
    ids: &mut dyn NewIds,
) -> Result<(Invitation, Changes), InvitationRefusal> {
    again(ctx, found, revival, |invitation| answered_for(ctx, invitation), ids)
}

/// Resends a pending invitation on the authority of the members who already answer for it, as long as they could still offer
/// the same. The actor has not looked at this invitation, so the actor does not answer for it: an invitation that a removed
/// member sent stays dead.
///
/// # Errors
/// [`InvitationRefusal`].
pub(super) fn resend_unseen(
    ctx: &DecisionContext<'_>,
    invitation: &Invitation,
    inviters: &[Member],
    ids: &mut dyn NewIds,
) -> Result<Changes, InvitationRefusal> {
    let role = ctx.set.role(&invitation.role).ok_or(InvitationRefusal::Forbidden)?;
    let kept = invitation.resources.iter().filter(|r| !ctx.organization.is_ending(r));
    let resources: Vec<_> = kept.cloned().collect();
    let could_offer = |actor| {
        let inviter = DecisionContext {
            actor,
            key: None,
            ..*ctx
        };
        offer_until(&inviter, Way::Invite, role, &resources).is_some()
    };
    let mut answerable = invitation.answerable();
    let stands = answerable.all(|id| inviters.iter().find(|m| m.id == id).is_some_and(could_offer));
    if !stands {
        return Err(InvitationRefusal::Forbidden);
    }
    again(ctx, Some(invitation), &Revival::default(), |same| same, ids).map(|(_, changes)| changes)
}

fn again(
    ctx: &DecisionContext<'_>,
    found: Option<&Invitation>,
    revival: &Revival<'_>,
    word: impl FnOnce(Invitation) -> Invitation,
    ids: &mut dyn NewIds,
) -> Result<(Invitation, Changes), InvitationRefusal> {
    let before = touchable(ctx, found)?;
    let role = ctx.set.role(&before.role).ok_or(InvitationRefusal::Forbidden)?;
    if !matches!(before.state, InvitationState::Pending | InvitationState::Expired) {
        return Err(InvitationRefusal::Ended(before.state));
    }
    if matches!(before.mail, Delivery::Complained | Delivery::Declined) {
        return Err(InvitationRefusal::Unwanted);
    }
    if let Some(until) = rests_until(before).filter(|until| ctx.now < *until) {
        return Err(InvitationRefusal::Rests(Rest::between(ctx.now, until)));
    }
    let taken =
        |h: &Holder| !matches!(h, Holder::Invitation(id) if *id == before.id) && !matches!(h, Holder::Lapsed(_));
    let revived = before.state == InvitationState::Expired;
    if revived && revival.holder.is_some_and(taken) {
        return Err(InvitationRefusal::AddressTaken);
    }
    if !ctx.organization.has_enabled(role) {
        let detail = format!("`{}` is turned off", role.id);
        return Err(InvitationRefusal::Invalid(vec![Violation::field(
            "role",
            "role_not_enabled",
            detail,
        )]));
    }
    let resources: Vec<_> = before
        .resources
        .iter()
        .filter(|r| !ctx.organization.is_ending(r))
        .filter(|r| !revived || revival.resources.iter().any(|found| found.reference == **r))
        .cloned()
        .collect();
    if role.resources == Resources::AtLeastOne && resources.is_empty() {
        let detail = "the offered resources have been deleted; change the resources of the invitation first";
        return Err(InvitationRefusal::Invalid(vec![Violation::field(
            "resources",
            "required",
            detail,
        )]));
    }
    let offer = Offer {
        role,
        resources,
        term: before.term,
        epoch: ctx.organization.epoch(&role.id),
    };
    let after = Invitation {
        generation: before.generation + 1,
        state: InvitationState::Pending,
        mail: Delivery::Queued,
        sent_at: ctx.now,
        expires_at: days_after(ctx.now, ctx.organization.settings.invitation_ttl_days),
        ended_at: None,
        version: before.version + 1,
        ..word(reoffer(ctx, before.clone(), &offer)?)
    };
    let mail = vec![letter(&after, ctx, ids)];
    let event = ctx.recorder(ids).event(
        "invitation.resent",
        EntityRef::invitation(before.id),
        Some(audit::invitation(before)),
        Some(audit::invitation(&after)),
    );
    // A lapsed invitation of the same address that was not yet swept makes room.
    let room = match revival.holder {
        Some(Holder::Lapsed(old)) if old.id != before.id => expire_invitation(old, ctx.now, ids),
        _ => Changes::default(),
    };
    let changes = room.and(Changes {
        invitations: vec![Pair::change(before.clone(), after.clone())],
        events: vec![event],
        mail,
        relied_on: ctx.relied_on(),
        ..Changes::default()
    });
    fits(ctx, &changes)?;
    Ok((after, changes))
}

/// Starts a background job that resends every pending invitation.
///
/// # Errors
/// [`InvitationRefusal::Forbidden`].
pub fn resend_all(ctx: &DecisionContext<'_>, ids: &mut dyn NewIds) -> Result<(Job, Changes), InvitationRefusal> {
    // The job continues with the actor's own authority, so a key with less cannot start it.
    if !ctx.is_unrestricted() || !ctx.authority().allows_somewhere(permission::MEMBERS_INVITE) {
        return Err(InvitationRefusal::Forbidden);
    }
    let work = Work::ResendAll {
        by: ctx.actor.id,
        after: None,
    };
    let job = Job::new(JobId::from_uuid(ids.uuid()), ctx.organization.id, work, ctx.now);
    let event = ctx.recorder(ids).event(
        "invitations.resend_requested",
        EntityRef::organization(ctx.organization.id),
        None,
        None,
    );
    let changes = Changes {
        jobs: vec![Pair::new(job.clone())],
        events: vec![event],
        relied_on: ctx.relied_on(),
        ..Changes::default()
    };
    Ok((job, changes))
}

/// Cancels a pending invitation, which frees its seat and its address.
///
/// # Errors
/// [`InvitationRefusal`]. Cancelling a cancelled invitation changes nothing and is no error.
pub fn cancel(
    ctx: &DecisionContext<'_>,
    found: Option<&Invitation>,
    ids: &mut dyn NewIds,
) -> Result<Changes, InvitationRefusal> {
    let before = touchable(ctx, found)?;
    match before.state_at(ctx.now) {
        InvitationState::Pending => {}
        InvitationState::Cancelled => return Ok(Changes::default()),
        ended => return Err(InvitationRefusal::Ended(ended)),
    }
    let after = before.ended(InvitationState::Cancelled, ctx.now);
    let event = ctx.recorder(ids).event(
        "invitation.cancelled",
        EntityRef::invitation(before.id),
        Some(audit::invitation(before)),
        Some(audit::invitation(&after)),
    );
    Ok(Changes {
        invitations: vec![Pair::change(before.clone(), after)],
        events: vec![event],
        relied_on: ctx.relied_on(),
        ..Changes::default()
    })
}
