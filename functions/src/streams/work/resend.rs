//! Resending every pending invitation.

use super::{JobRunner, Progress, with_job};
use muster_domain::feedback::Deliverability;
use muster_domain::rules::DecisionContext;
use muster_domain::rules::pace;
use muster_domain::rules::work;
use muster_domain::{Changes, Invitation, InvitationId, Job, Member, Timestamp, UserId, Work};
use muster_edge::Ids;
use muster_store::{Key, StoreError};
use std::collections::BTreeSet;

/// The people and the limit that resending some invitations depends on.
struct ResendContext {
    /// The member who asked for it.
    actor: Member,
    /// The members who answer for the invitations.
    answerable: Vec<Member>,
    deliverability: Vec<Deliverability>,
    /// The number of emails that the day's limit still allows.
    room: u64,
}

/// The invitations that one slice resends.
struct ResendSlice {
    invitations: Vec<Invitation>,
    /// The last invitation that was considered.
    last: Option<InvitationId>,
    /// Whether the day's mail limit left some out.
    is_full: bool,
}

impl JobRunner<'_> {
    /// One slice. It waits while the organization is deleted or suspended, and when the day's mail limit is reached.
    pub(super) async fn resend_all(
        &self,
        job: &Job,
        by: UserId,
        after: Option<InvitationId>,
    ) -> Result<Progress, StoreError> {
        // Every write of a job puts it on the stream again, even one that only postpones it.
        if job.is_waiting(self.now) {
            return Ok(Progress::Later);
        }
        if self.organization.is_deleted() || self.organization.is_suspended(self.now) {
            let job = work::put_off(job, job.work.clone(), self.now, self.now);
            return Ok(Progress::Pause(with_job(Changes::default(), job)));
        }
        let page = self.pending(after).await?;
        let Some(context) = self.resend_context(by, &page.items).await? else {
            return Ok(Progress::Last(Changes::default()));
        };
        let ResendSlice {
            invitations,
            last,
            is_full,
        } = select(&page.items, job.created_at, context.room);
        let ctx = DecisionContext {
            organization: self.organization,
            set: self.set,
            actor: &context.actor,
            key: None,
            now: self.now,
            known: None,
        };
        let ids = &mut Ids::at(self.now);
        let changes = work::resend_slice(&ctx, &invitations, &context.answerable, &context.deliverability, ids);
        let work = Work::ResendAll {
            by,
            after: last.or(after),
        };
        if is_full {
            let job = work::put_off(job, work, pace::day_ends(self.now), self.now);
            return Ok(Progress::Pause(with_job(changes, job)));
        }
        if page.next.is_none() {
            return Ok(Progress::Last(changes));
        }
        Ok(self.advance(job, work, changes))
    }

    /// What resending these invitations depends on; `None` if the member who asked for it has left.
    async fn resend_context(
        &self,
        by: UserId,
        invitations: &[Invitation],
    ) -> Result<Option<ResendContext>, StoreError> {
        let organization = self.organization.id;
        let emails: BTreeSet<_> = invitations.iter().map(|i| &i.email).collect();
        let inviters: BTreeSet<_> = invitations.iter().flat_map(Invitation::answerable).collect();
        let mut keys = vec![
            Key::member(organization, by),
            Key::sent_on(organization, pace::day(self.now)),
        ];
        keys.extend(emails.iter().map(|email| Key::deliverability(organization, email)));
        keys.extend(inviters.iter().map(|inviter| Key::member(organization, *inviter)));
        let read = self.store.read(&keys).await?;
        let Some(actor) = read.member(organization, by)? else {
            return Ok(None);
        };
        let mut deliverability = Vec::new();
        for email in emails {
            deliverability.extend(read.deliverability(organization, email)?);
        }
        let mut answerable = Vec::new();
        for inviter in inviters {
            answerable.extend(read.member(organization, inviter)?);
        }
        Ok(Some(ResendContext {
            actor,
            answerable,
            deliverability,
            room: read.sent(organization, self.now)?.room(self.organization),
        }))
    }
}

/// Selects as many invitations as the limit allows. Those sent after the request for the job are not sent again.
fn select(invitations: &[Invitation], requested_at: Timestamp, room: u64) -> ResendSlice {
    let mut slice = ResendSlice {
        invitations: Vec::new(),
        last: None,
        is_full: false,
    };
    for invitation in invitations {
        if invitation.sent_at <= requested_at {
            if slice.invitations.len() as u64 >= room {
                slice.is_full = true;
                break;
            }
            slice.invitations.push(invitation.clone());
        }
        slice.last = Some(invitation.id);
    }
    slice
}
