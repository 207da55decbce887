//! Sending every pending invitation again.

use super::{Hand, Slice};
use muster_domain::rules::Scene;
use muster_domain::rules::pace::{day, day_ends};
use muster_domain::rules::work::{moved_on, put_off, resend_slice};
use muster_domain::{Changes, Invitation, InvitationId, Job, Pair, UserId, Work};
use muster_edge::Ids;
use muster_store::{Key, StoreError};
use std::collections::BTreeSet;

impl Hand<'_> {
    /// One slice of it. It waits while the organization is deleted, and where the day has no room for more mail.
    pub(super) async fn resend_all(
        &self,
        job: &Job,
        by: UserId,
        after: Option<InvitationId>,
    ) -> Result<Slice, StoreError> {
        // Writing a job puts it on the stream again, also where it is only put off.
        if job.is_waiting(self.now) {
            return Ok(Slice::Later);
        }
        if self.organization.is_deleted() {
            let job = put_off(job, job.work.clone(), self.now, self.now);
            return Ok(Slice::Pause(Self::with_job(Changes::default(), job)));
        }
        let page = self.pending(after).await?;
        let organization = self.organization.id;
        let addresses: BTreeSet<_> = page.items.iter().map(|i| &i.email).collect();
        let mut keys = vec![Key::member(organization, by), Key::sent_on(organization, day(self.now))];
        keys.extend(
            addresses
                .iter()
                .map(|address| Key::deliverability(organization, address)),
        );
        let inviters: BTreeSet<_> = page.items.iter().flat_map(Invitation::answerable).collect();
        keys.extend(inviters.iter().map(|inviter| Key::member(organization, *inviter)));
        let seen = self.store.read(&keys).await?;
        let Some(actor) = seen.member(organization, by)? else {
            return Ok(Slice::Last(Changes::default()));
        };
        let mut deliverability = Vec::new();
        for address in addresses {
            deliverability.extend(seen.deliverability(organization, address)?);
        }
        let mut answerable = Vec::new();
        for inviter in inviters {
            answerable.extend(seen.member(organization, inviter)?);
        }
        let room = seen.sent(organization, self.now)?.room(self.organization);
        let (mut older, mut last, mut is_full) = (Vec::new(), after, false);
        // What was sent after this was asked for is not sent again.
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
        let scene = Scene {
            organization: self.organization,
            set: self.set,
            actor: &actor,
            key: None,
            now: self.now,
        };
        let changes = resend_slice(&scene, &older, &answerable, &deliverability, &mut Ids::at(self.now));
        let work = Work::ResendAll { by, after: last };
        if is_full {
            let job = put_off(job, work, day_ends(self.now), self.now);
            return Ok(Slice::Pause(Self::with_job(changes, job)));
        }
        if page.next.is_none() {
            return Ok(Slice::Last(changes));
        }
        Ok(Slice::More(Self::with_job(changes, moved_on(job, work, self.now))))
    }

    fn with_job(changes: Changes, job: Pair<Job>) -> Changes {
        changes.and(Changes {
            jobs: vec![job],
            ..Changes::default()
        })
    }
}
