//! Slices of background work: what one transaction of a job changes.

use crate::address::Address;
use crate::changes::{Changes, Pair};
use crate::event::{EntityRef, Recorder};
use crate::feedback::Deliverability;
use crate::id::NewIds;
use crate::invitation::{CancelReason, Invitation, InvitationState};
use crate::job::{Job, Work};
use crate::mail::Mail;
use crate::member::Member;
use crate::organization::Organization;
use crate::resource::ResourceRef;
use crate::roleset::{Resources, RoleSet};
use crate::rules::DecisionContext;
use crate::rules::audit;
use crate::rules::expiry::expire_invitation;
use crate::rules::invitations::resend_unseen;
use crate::rules::pace::rests;
use jiff::{SignedDuration, Timestamp};

/// Things one slice handles at most: four items each fit one transaction.
pub const SLICE: usize = 20;

/// How long work that ends a resource or a role goes on looking for holders: a request that had read it before may still
/// be writing one.
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
        let mut record = Recorder::new(before.organization, EntityRef::system("finish-work"), now, ids);
        changes.events.push(record.event(
            "member.grant_ended",
            EntityRef::user(before.id),
            Some(audit::member(before)),
            Some(audit::member(&after)),
        ));
        changes.members.push(Pair::change(before.clone(), after));
    }
    changes
}

/// Takes a deleted resource out of these pending invitations. One that offers nothing by that, though its role needs something, ends: nobody
/// could accept it, so it would hold its seat for nothing. It goes on telling what it was for.
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
            changes = changes.and(expire_invitation(before, now, ids));
            continue;
        }
        let needs_one = set
            .role(&before.role)
            .is_some_and(|r| r.resources == Resources::AtLeastOne);
        let is_last = before.resources.iter().all(|r| r == resource);
        let (kind, after) = if needs_one && is_last {
            let after = before.ended_because(CancelReason::ResourceDeleted, now);
            ("invitation.cancelled", after)
        } else {
            let mut after = before.clone();
            after.resources.retain(|r| r != resource);
            after.version += 1;
            ("invitation.updated", after)
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

/// Sends these invitations again, as far as the member who asked still may, and as far as those who answer for them still could offer
/// the same. Of a deleted organization nothing is: no mail leaves, and an organization that is brought back should find its links as
/// they were. Nobody has named these addresses, so one that bounced, declined or complained stays as it is, with its link and its end,
/// and so does one that was mailed too often of late.
pub fn resend_slice(
    ctx: &DecisionContext<'_>,
    invitations: &[Invitation],
    inviters: &[Member],
    deliverability: &[Deliverability],
    ids: &mut dyn NewIds,
) -> Changes {
    let mut changes = Changes::default();
    if ctx.organization.is_deleted() {
        return changes;
    }
    let is_out = |address: &Address| {
        let mut known = deliverability.iter().filter(|known| known.address == *address);
        known.any(|known| known.reason().is_some() || rests(known, ctx.now).is_some())
    };
    for invitation in invitations
        .iter()
        .filter(|i| i.state_at(ctx.now) == InvitationState::Pending && !is_out(&i.email))
    {
        if let Ok(more) = resend_unseen(ctx, invitation, inviters, ids) {
            changes = changes.and(more);
        }
    }
    for mail in &mut changes.mail {
        mail.asked = false;
    }
    // Sent again, an invitation still rests on its inviter when it is accepted.
    changes.relied_on.clear();
    changes
}

/// Puts these held mails into the outbox anew. What they speak of is looked at again when they are sent.
pub fn release(held: Vec<Mail>, ids: &mut dyn NewIds) -> Changes {
    Changes {
        mail: held.iter().map(|mail| mail.released(ids)).collect(),
        released: held,
        ..Changes::default()
    }
}

/// Puts a mail into the outbox anew that the mail service did not take, once the instant that it waits for has come.
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

/// How long a job waits before it looks again whether a deleted organization was restored.
pub const RESTORE_PATIENCE: SignedDuration = SignedDuration::from_mins(30);

/// The job put off until an instant, and no less than half an hour: then the schedule takes it up again.
#[must_use]
pub fn put_off(job: &Job, work: Work, until: Timestamp, now: Timestamp) -> Pair<Job> {
    let soon = now.checked_add(RESTORE_PATIENCE).unwrap_or(Timestamp::MAX);
    Pair::change(job.clone(), job.waiting(work, until.max(soon)))
}

/// The job moved on within the transaction of its slice, so a slice is done once however often it is tried.
#[must_use]
pub fn moved_on(job: &Job, work: Work, now: Timestamp) -> Pair<Job> {
    Pair::change(job.clone(), job.moved_on(work, now))
}

/// The end of a resource's deletion: nothing refers to it any more, so the organization need not name it.
#[must_use]
pub fn deletion_done(organization: &Organization, resource: &ResourceRef) -> Option<Pair<Organization>> {
    let mut after = organization.clone();
    after.ending.remove(&resource.registration).then(|| {
        after.ending_by.remove(&resource.registration);
        after.version += 1;
        Pair::change(organization.clone(), after)
    })
}
