//! Slices of background work: the changes of one transaction of a job.

use crate::changes::{Changes, Pair};
use crate::email::EmailAddress;
use crate::event::{EntityRef, EventKind, Recorder};
use crate::feedback::Deliverability;
use crate::id::NewIds;
use crate::invitation::{CancelReason, Invitation, InvitationState};
use crate::job::{Job, Work};
use crate::mail::{Dispatch, Mail};
use crate::member::Member;
use crate::organization::Organization;
use crate::resource::ResourceRef;
use crate::roleset::{Resources, RoleSet};
use crate::rules::DecisionContext;
use crate::rules::audit;
use crate::rules::expiry;
use crate::rules::invitations;
use crate::rules::pace;
use jiff::{SignedDuration, Timestamp};

/// The most things that one slice handles: four items for each of them fit one transaction.
pub const SLICE_SIZE: usize = 20;

/// How long a job that ends a resource or a role keeps looking for holders: a request that had read it before may still be
/// writing one.
pub const IN_FLIGHT_GRACE: SignedDuration = SignedDuration::from_secs(60);

/// Ends the grants of these members on a deleted resource.
pub fn end_grants(
    set: &RoleSet,
    resource: &ResourceRef,
    members: &[Member],
    now: Timestamp,
    ids: &mut dyn NewIds,
) -> Changes {
    let mut changes = Changes::default();
    for before in members {
        let mut after = before.clone();
        after.grants.retain(|g| g.resource != *resource);
        if after.grants.len() == before.grants.len() {
            continue;
        }
        let after = after.recomputed(set, now);
        let [was, is] = audit::member_change(before, &after);
        let mut record = Recorder::new(before.organization, EntityRef::system("finish-work"), now, ids);
        changes.events.push(record.event(
            EventKind::MemberGrantEnded,
            EntityRef::user(before.id),
            Some(was),
            Some(is),
        ));
        changes.members.push(Pair::change(before.clone(), after));
    }
    changes
}

/// Removes a deleted resource from these pending invitations. An invitation ends if its role needs a resource and this was the
/// last one: the invitee could not accept it, so it would hold its seat for nothing. It still shows its resource.
pub fn end_offers(
    set: &RoleSet,
    resource: &ResourceRef,
    invitations: &[Invitation],
    now: Timestamp,
    ids: &mut dyn NewIds,
) -> Changes {
    let mut changes = Changes::default();
    for before in invitations.iter().filter(|i| i.resources.contains(resource)) {
        if before.state_at(now) != InvitationState::Pending {
            changes = changes.and(expiry::expire_invitation(before, now, ids));
            continue;
        }
        let needs_one = set
            .role(&before.role)
            .is_some_and(|r| r.resources == Resources::AtLeastOne);
        let is_last = before.resources.iter().all(|r| r == resource);
        let (kind, after) = if needs_one && is_last {
            let after = before.ended_because(CancelReason::ResourceDeleted, now);
            (EventKind::InvitationCancelled, after)
        } else {
            let mut after = before.clone();
            after.resources.retain(|r| r != resource);
            after.version += 1;
            (EventKind::InvitationUpdated, after)
        };
        let mut record = Recorder::new(before.organization, EntityRef::system("finish-work"), now, ids);
        let subject = EntityRef::invitation(before.id);
        changes.events.push(record.event(
            kind,
            subject,
            Some(audit::invitation(before)),
            Some(audit::invitation(&after)),
        ));
        changes.invitations.push(Pair::change(before.clone(), after));
    }
    changes
}

/// Resends these invitations, as far as the member who asked still may, and the members who answer for them could still offer
/// the same. In a deleted or suspended organization, none is resent: no invitation is mailed, and the organization should find
/// its links as they were when it is back. The requester named no addresses, so an address that bounced, declined, complained or was mailed too often
/// recently keeps its invitation, link and end unchanged.
pub fn resend_slice(
    ctx: &DecisionContext<'_>,
    invitations: &[Invitation],
    inviters: &[Member],
    deliverability: &[Deliverability],
    ids: &mut dyn NewIds,
) -> Changes {
    let mut changes = Changes::default();
    if ctx.organization.is_deleted() || ctx.organization.is_suspended(ctx.now) {
        return changes;
    }
    let is_out = |email: &EmailAddress| {
        let mut known = deliverability.iter().filter(|known| known.email == *email);
        known.any(|known| known.reason().is_some() || pace::email_allowed_at(known, ctx.now).is_some())
    };
    for invitation in invitations
        .iter()
        .filter(|i| i.state_at(ctx.now) == InvitationState::Pending && !is_out(&i.email))
    {
        if let Ok(more) = invitations::resend_unseen(ctx, invitation, inviters, ids) {
            changes = changes.and(more);
        }
    }
    for mail in &mut changes.mail {
        mail.asked = false;
    }
    // Accepting a resent invitation still checks its inviter.
    changes.relied_on.clear();
    changes
}

/// Puts these held emails into the outbox again, except those that would be held again: the organization may be suspended still
/// when it is restored. Sending them checks again whether they still apply.
pub fn release(organization: &Organization, held: Vec<Mail>, now: Timestamp, ids: &mut dyn NewIds) -> Changes {
    let waits = |mail: &Mail| mail.dispatch(Some(organization), now) == Dispatch::Hold;
    let held: Vec<Mail> = held.into_iter().filter(|mail| !waits(mail)).collect();
    Changes {
        mail: held.iter().map(|mail| mail.released(ids)).collect(),
        released: held,
        ..Changes::default()
    }
}

/// Puts an email that could not be sent into the outbox again, once the instant that it waits for has come.
pub fn send_late(mail: &Mail, now: Timestamp, ids: &mut dyn NewIds) -> Changes {
    let Some(anew) = mail.taken_up(now, ids) else {
        return Changes::default();
    };
    Changes {
        mail: vec![anew],
        released: vec![mail.clone()],
        ..Changes::default()
    }
}

/// How long a job waits before it checks again whether a deleted organization was restored, or a suspended one resumed.
pub const RESTORE_CHECK_INTERVAL: SignedDuration = SignedDuration::from_mins(30);

/// The job, delayed until an instant, but by at least half an hour; then the schedule resumes it.
#[must_use]
pub fn put_off(job: &Job, work: Work, until: Timestamp, now: Timestamp) -> Pair<Job> {
    let soon = now.checked_add(RESTORE_CHECK_INTERVAL).unwrap_or(Timestamp::MAX);
    Pair::change(job.clone(), job.waiting(work, until.max(soon)))
}

/// The job, advanced within the transaction of its slice, so that retries do not repeat a slice.
#[must_use]
pub fn moved_on(job: &Job, work: Work, now: Timestamp) -> Pair<Job> {
    Pair::change(job.clone(), job.moved_on(work, now))
}

/// The end of a resource's deletion: nothing refers to it any longer, so the organization need not list it.
#[must_use]
pub fn deletion_done(organization: &Organization, resource: &ResourceRef) -> Option<Pair<Organization>> {
    let mut after = organization.clone();
    after.ending.remove(&resource.registration).then(|| {
        after.ending_by.remove(&resource.registration);
        after.version += 1;
        Pair::change(organization.clone(), after)
    })
}
