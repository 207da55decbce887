//! Resending invitations: one at a member's request, or all in the background.

use super::create::{self, Holder};
use super::{InvitationRefusal, answered_for, changeable, check_seats, with_offer};
use crate::changes::{Changes, Pair};
use crate::event::{EntityRef, EventKind};
use crate::id::{JobId, NewIds};
use crate::invitation::{Delivery, Invitation, InvitationState};
use crate::job::{Job, Work};
use crate::member::Member;
use crate::resource::Resource;
use crate::roleset::{Resources, permission};
use crate::rules::DecisionContext;
use crate::rules::audit;
use crate::rules::expiry;
use crate::rules::giving::{self, GivingPath};
use crate::rules::offer::{self, Offer};
use crate::rules::pace::{self, Wait};
use crate::time::days_after;
use crate::violation::Violation;

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
    resend_as(ctx, found, revival, |invitation| answered_for(ctx, invitation), ids)
}

/// Resends a pending invitation on the authority of the members who already answer for it, as long as they could still offer
/// the same. The actor has not looked at this invitation, so the actor does not answer for it: an invitation that a removed
/// member sent stays dead.
///
/// # Errors
/// [`InvitationRefusal`].
pub(in crate::rules) fn resend_unseen(
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
        giving::offer_until(&inviter, GivingPath::Invite, role, &resources).is_some()
    };
    let mut answerable = invitation.answerable();
    let stands = answerable.all(|id| inviters.iter().find(|m| m.id == id).is_some_and(could_offer));
    if !stands {
        return Err(InvitationRefusal::Forbidden);
    }
    resend_as(ctx, Some(invitation), &Revival::default(), |same| same, ids).map(|(_, changes)| changes)
}

/// Resends an invitation. `set_inviter` returns the invitation with the members who answer for it.
fn resend_as(
    ctx: &DecisionContext<'_>,
    found: Option<&Invitation>,
    revival: &Revival<'_>,
    set_inviter: impl FnOnce(Invitation) -> Invitation,
    ids: &mut dyn NewIds,
) -> Result<(Invitation, Changes), InvitationRefusal> {
    let before = changeable(ctx, found)?;
    check_resendable(ctx, before, revival.holder)?;
    let offer = remaining_offer(ctx, before, Some(revival.resources))?;
    let after = Invitation {
        generation: before.generation + 1,
        state: InvitationState::Pending,
        mail: Delivery::Queued,
        sent_at: ctx.now,
        expires_at: days_after(ctx.now, ctx.organization.settings.invitation_ttl_days),
        ended_at: None,
        version: before.version + 1,
        ..set_inviter(with_offer(ctx, before.clone(), &offer)?)
    };
    let mail = vec![create::letter(&after, ctx, ids)];
    let event = ctx.recorder(ids).event(
        EventKind::InvitationResent,
        EntityRef::invitation(before.id),
        Some(audit::invitation(before)),
        Some(audit::invitation(&after)),
    );
    // An expired invitation of the same address that no job has ended yet makes room.
    let room = match revival.holder {
        Some(Holder::ExpiredInvitation(old)) if old.id != before.id => expiry::expire_invitation(old, ctx.now, ids),
        _ => Changes::default(),
    };
    let changes = room.and(Changes {
        invitations: vec![Pair::change(before.clone(), after.clone())],
        events: vec![event],
        mail,
        relied_on: ctx.relied_on(),
        ..Changes::default()
    });
    check_seats(ctx, &changes)?;
    Ok((after, changes))
}

/// Whether the actor may resend the invitation, apart from how often it was sent, and from what was deleted or taken since it
/// expired.
#[must_use]
pub fn may_resend(ctx: &DecisionContext<'_>, invitation: &Invitation) -> bool {
    let resent = |before: &Invitation| {
        check_wanted(before)?;
        let offer = remaining_offer(ctx, before, None)?;
        with_offer(ctx, before.clone(), &offer)
    };
    changeable(ctx, Some(invitation)).and_then(resent).is_ok()
}

/// Refuses an invitation that ended otherwise than by time, or whose invitee wants no mail.
fn check_wanted(invitation: &Invitation) -> Result<(), InvitationRefusal> {
    if !matches!(invitation.state, InvitationState::Pending | InvitationState::Expired) {
        return Err(InvitationRefusal::Ended(invitation.state));
    }
    if matches!(invitation.mail, Delivery::Complained | Delivery::Declined) {
        return Err(InvitationRefusal::Unwanted);
    }
    Ok(())
}

/// Refuses an invitation that ended otherwise than by time, whose invitee wants no mail, that was sent too often recently, or
/// whose address was taken since it expired.
fn check_resendable(
    ctx: &DecisionContext<'_>,
    invitation: &Invitation,
    holder: Option<&Holder>,
) -> Result<(), InvitationRefusal> {
    check_wanted(invitation)?;
    if let Some(until) = pace::resend_allowed_at(invitation).filter(|until| ctx.now < *until) {
        return Err(InvitationRefusal::SentTooOften(Wait::between(ctx.now, until)));
    }
    let taken = |h: &Holder| {
        !matches!(h, Holder::Invitation(id) if *id == invitation.id) && !matches!(h, Holder::ExpiredInvitation(_))
    };
    if invitation.state == InvitationState::Expired && holder.is_some_and(taken) {
        return Err(InvitationRefusal::EmailTaken);
    }
    Ok(())
}

/// What an invitation offers at this moment: without the resources that were deleted since. For an expired one, `registered`
/// lists the resources that exist; `None` if they were not read.
fn remaining_offer<'s>(
    ctx: &DecisionContext<'s>,
    invitation: &Invitation,
    registered: Option<&[Resource]>,
) -> Result<Offer<'s>, InvitationRefusal> {
    let invalid = |field: &str, code, detail: String| {
        let violation = Violation::field(field, code, detail);
        InvitationRefusal::Invalid(vec![violation])
    };
    let role = ctx.set.role(&invitation.role).ok_or(InvitationRefusal::Forbidden)?;
    if !ctx.organization.has_enabled(role) {
        return Err(invalid("role", "role_not_enabled", offer::turned_off(role)));
    }
    let registered = registered.filter(|_| invitation.state == InvitationState::Expired);
    let resources: Vec<_> = invitation
        .resources
        .iter()
        .filter(|r| !ctx.organization.is_ending(r))
        .filter(|r| registered.is_none_or(|all| all.iter().any(|found| found.reference == **r)))
        .cloned()
        .collect();
    if role.resources == Resources::AtLeastOne && resources.is_empty() {
        let detail = "the offered resources have been deleted; change the resources of the invitation first";
        return Err(invalid("resources", "required", detail.to_owned()));
    }
    Ok(Offer {
        role,
        resources,
        term: invitation.term,
        epoch: ctx.organization.epoch(&role.id),
    })
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
        EventKind::ResendRequested,
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
