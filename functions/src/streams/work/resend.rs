//! Resending every pending invitation.

use super::{JobRunner, Progress};
use muster_domain::rules::DecisionContext;
use muster_domain::rules::pace;
use muster_domain::rules::work;
use muster_domain::{Changes, Invitation, InvitationId, Job, Pair, UserId, Work};
use muster_edge::Ids;
use muster_store::{Key, StoreError};
use std::collections::BTreeSet;

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
            return Ok(Progress::Pause(Self::with_job(Changes::default(), job)));
        }
        let page = self.pending(after).await?;
        let organization = self.organization.id;
        let addresses: BTreeSet<_> = page.items.iter().map(|i| &i.email).collect();
        let mut keys = vec![
            Key::member(organization, by),
            Key::sent_on(organization, pace::day(self.now)),
        ];
        keys.extend(
            addresses
                .iter()
                .map(|address| Key::deliverability(organization, address)),
        );
        let inviters: BTreeSet<_> = page.items.iter().flat_map(Invitation::answerable).collect();
        keys.extend(inviters.iter().map(|inviter| Key::member(organization, *inviter)));
        let read = self.store.read(&keys).await?;
        let Some(actor) = read.member(organization, by)? else {
            return Ok(Progress::Last(Changes::default()));
        };
        let mut deliverability = Vec::new();
        for address in addresses {
            deliverability.extend(read.deliverability(organization, address)?);
        }
        let mut answerable = Vec::new();
        for inviter in inviters {
            answerable.extend(read.member(organization, inviter)?);
        }
        let room = read.sent(organization, self.now)?.room(self.organization);
        let (mut older, mut last, mut is_full) = (Vec::new(), after, false);
        // Invitations sent after the request for this job are not sent again.
        for invitation in &page.items {
            if invitation.sent_at <= job.created_at {
                if older.len() as u64 >= room {
                    is_full = true;
                    break;
                }
                older.push(invitation.clone());
            }
            last = Some(invitation.id);
        }
        let ctx = DecisionContext {
            organization: self.organization,
            set: self.set,
            actor: &actor,
            key: None,
            now: self.now,
        };
        let changes = work::resend_slice(&ctx, &older, &answerable, &deliverability, &mut Ids::at(self.now));
        let work = Work::ResendAll { by, after: last };
        if is_full {
            let job = work::put_off(job, work, pace::day_ends(self.now), self.now);
            return Ok(Progress::Pause(Self::with_job(changes, job)));
        }
        if page.next.is_none() {
            return Ok(Progress::Last(changes));
        }
        Ok(Progress::More(Self::with_job(
            changes,
            work::moved_on(job, work, self.now),
        )))
    }

    fn with_job(changes: Changes, job: Pair<Job>) -> Changes {
        changes.and(Changes {
            jobs: vec![job],
            ..Changes::default()
        })
    }
}
