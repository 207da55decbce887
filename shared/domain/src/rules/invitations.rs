//! Invitations: creating, changing, resending and canceling them, and responding to them.

mod add;
pub mod create;
mod hidden_member;
pub mod mail_limits;
mod resend;
pub mod respond;

pub(super) use resend::resend_unseen;
pub use resend::{Revival, may_resend, resend, resend_all};

use crate::authority::Authority;
use crate::changes::{Changes, Pair};
use crate::event::{EntityRef, EventKind};
use crate::id::NewIds;
use crate::invitation::{Invitation, InvitationState};
use crate::language::Language;
use crate::organization::Seats;
use crate::roleset::permission;
use crate::rules::DecisionContext;
use crate::rules::audit;
use crate::rules::giving::{self, GivingPath};
use crate::rules::offer::{self, Offer, RequestedOffer};
use crate::rules::pace::{MailLimit, Wait};
use crate::text::Message;
use crate::violation::Violation;

/// The reason for not changing an invitation.
#[derive(Debug, PartialEq, Eq)]
pub enum InvitationRefusal {
    /// The actor may not change it.
    Forbidden,
    /// There is no such invitation, or the actor may not see it.
    NotFound,
    /// The actor may not assign this role, or may not assign it on one of the resources.
    RoleNotAssignable(String),
    /// Invalid fields.
    Invalid(Vec<Violation>),
    /// It has ended, in this way.
    Ended(InvitationState),
    /// The address now belongs to a member, or to another invitation.
    EmailTaken,
    /// It was sent too often recently.
    SentTooOften(Wait),
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

/// Whether the actor may see the name of the member who answers for the invitation: their own, and any if they see all people.
#[must_use]
pub fn may_see_inviter(ctx: &DecisionContext<'_>, invitation: &Invitation) -> bool {
    let is_own = invitation.invited_by == ctx.actor.id && ctx.covers_all_roles();
    is_own || ctx.authority().allows(permission::MEMBERS_READ, None)
}

/// The invitation, if the actor may see it and change what it offers.
fn changeable<'i>(
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
    let until = giving::offer_until(ctx, GivingPath::Invite, role, &invitation.resources);
    until.map(|_| invitation).ok_or(InvitationRefusal::Forbidden)
}

/// Refuses an invitation that has ended.
fn check_pending(ctx: &DecisionContext<'_>, invitation: &Invitation) -> Result<(), InvitationRefusal> {
    match invitation.state_at(ctx.now) {
        InvitationState::Pending => Ok(()),
        ended => Err(InvitationRefusal::Ended(ended)),
    }
}

/// Whether the actor may change the invitation, and cancel it.
#[must_use]
pub fn may_change(ctx: &DecisionContext<'_>, invitation: &Invitation) -> bool {
    changeable(ctx, Some(invitation)).is_ok_and(|pending| check_pending(ctx, pending).is_ok())
}

/// A change of an invitation; fields that are `None` stay unchanged. The address cannot be changed (`project-workspace`).
pub struct InvitationUpdate<'a> {
    /// Role, resources and term, changed together.
    pub offer: Option<RequestedOffer<'a>>,
    /// The inviter's message; an inner `None` removes it.
    pub message: Option<Option<Message>>,
    /// The language of its email; an inner `None` removes it.
    pub language: Option<Option<Language>>,
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
    let before = changeable(ctx, found)?;
    check_pending(ctx, before)?;
    let mut after = before.clone();
    if let Some(offer) = &wanted.offer {
        let offer = offer::check(ctx, offer).map_err(InvitationRefusal::Invalid)?;
        after = with_offer(ctx, after, &offer)?;
    }
    if let Some(message) = wanted.message {
        after.message = message;
    }
    if let Some(language) = wanted.language {
        after.language = language;
    }
    if after == *before {
        return Ok((after, Changes::default()));
    }
    after = answered_for(ctx, after);
    after.version += 1;
    let [was, is] = audit::invitation_change(before, &after);
    let event = ctx.recorder(ids).event(
        EventKind::InvitationUpdated,
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
    check_seats(ctx, &changes)?;
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

/// The invitation with this offer in place of its own.
fn with_offer(
    ctx: &DecisionContext<'_>,
    invitation: Invitation,
    offer: &Offer<'_>,
) -> Result<Invitation, InvitationRefusal> {
    if let Some(violation) = offer.domain_fault(ctx, &invitation.email) {
        return Err(InvitationRefusal::Invalid(vec![violation]));
    }
    if giving::offer_until(ctx, GivingPath::Invite, offer.role, &offer.resources).is_none() {
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

/// Refuses changes that need more seats than are free.
fn check_seats(ctx: &DecisionContext<'_>, changes: &Changes) -> Result<(), InvitationRefusal> {
    let needed = changes.seat_delta();
    if ctx.organization.seats().fit(needed) {
        return Ok(());
    }
    Err(InvitationRefusal::NoSeats {
        seats: ctx.organization.seats(),
        needed,
    })
}

/// Cancels a pending invitation, which frees its seat and its address.
///
/// # Errors
/// [`InvitationRefusal`]. Canceling a canceled invitation changes nothing and is not an error.
pub fn cancel(
    ctx: &DecisionContext<'_>,
    found: Option<&Invitation>,
    ids: &mut dyn NewIds,
) -> Result<Changes, InvitationRefusal> {
    let before = changeable(ctx, found)?;
    if before.state == InvitationState::Cancelled {
        return Ok(Changes::default());
    }
    check_pending(ctx, before)?;
    let after = before.ended(InvitationState::Cancelled, ctx.now);
    let event = ctx.recorder(ids).event(
        EventKind::InvitationCancelled,
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
