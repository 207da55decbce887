//! Background work, slice by slice, as the stream function does it.

use crate::play::Verdict;
use crate::power::Cause;
use crate::world::World;
use muster_domain::rules::expiry::end_switched_off;
use muster_domain::rules::work::{deletion_done, end_grants, end_offers, moved_on, resend_slice};
use muster_domain::{Changes, Invitation, InvitationId, Job, Member, Pair, ResourceRef, RoleId, UserId, Work};

impl World {
    /// One slice of one job.
    pub(crate) fn work(&mut self, which: usize, slice: usize) -> Verdict {
        let jobs: Vec<_> = self.jobs.values().cloned().collect();
        let Some(job) = jobs.get(which % jobs.len().max(1)) else {
            return Verdict::Refused;
        };
        let (cause, changes) = match job.work.clone() {
            Work::EndResource { resource, after, late } => {
                (Cause::System, self.end_resource(job, &resource, after, late, slice))
            }
            Work::EndRole { role, epoch } => (Cause::System, self.end_role(job, &role, epoch)),
            Work::EndKeys { .. } => unreachable!("nobody makes keys in these stories"),
            Work::ResendAll { by, after } => (Cause::Member(by), self.resend_all(job, by, after, slice)),
            Work::Export { .. } => unreachable!("nobody exports anything in these stories"),
            Work::AnnounceSuspension { .. } | Work::AnnounceResumption { .. } => {
                unreachable!("nobody suspends an organization in these stories")
            }
            Work::EraseOrganization { .. } | Work::ReleaseMail { .. } => {
                unreachable!("nobody deletes an organization in these stories")
            }
        };
        self.take(&cause, Ok(changes))
    }

    /// First the grants, then the offers, and both once more.
    fn end_resource(
        &mut self,
        job: &Job,
        resource: &ResourceRef,
        after: Option<InvitationId>,
        late: bool,
        slice: usize,
    ) -> Changes {
        let now = self.now;
        let moved = |after, late| {
            let work = Work::EndResource {
                resource: resource.clone(),
                after,
                late,
            };
            step(moved_on(job, work, now))
        };
        let on = |m: &&Member| m.grants.iter().any(|g| g.resource == *resource);
        let members: Vec<_> = self.members.values().filter(on).take(slice).cloned().collect();
        if !members.is_empty() {
            return end_grants(self.set, resource, &members, now, &mut self.ids).and(moved(after, late));
        }
        let next = self.after(after, slice);
        if let Some(last) = next.last() {
            return end_offers(self.set, resource, &next, now, &mut self.ids).and(moved(Some(last.id), late));
        }
        if !late {
            return moved(None, true);
        }
        let organization = deletion_done(&self.organization, resource);
        let done = Changes {
            organization,
            ..Changes::default()
        };
        done.and(step(Pair::removed(job.clone())))
    }

    fn end_role(&mut self, job: &Job, role: &RoleId, epoch: u32) -> Changes {
        let holds = |m: &&Member| m.holdings().any(|(h, _)| h.role == *role && h.epoch <= epoch);
        match self.members.values().find(holds).cloned() {
            Some(member) => {
                let ended = end_switched_off(self.set, &member, role, epoch, self.now, &mut self.ids);
                ended.and(step(moved_on(job, job.work.clone(), self.now)))
            }
            None => step(Pair::removed(job.clone())),
        }
    }

    fn resend_all(&mut self, job: &Job, by: UserId, after: Option<InvitationId>, slice: usize) -> Changes {
        let next = self.after(after, slice);
        let (Some(actor), Some(last)) = (self.members.get(&by).cloned(), next.last()) else {
            return step(Pair::removed(job.clone()));
        };
        let work = Work::ResendAll {
            by,
            after: Some(last.id),
        };
        let inviters: Vec<Member> = self.members.values().cloned().collect();
        let mut ids = std::mem::take(&mut self.ids);
        let sent = resend_slice(&self.scene(&actor), &next, &inviters, &[], &mut ids);
        self.ids = ids;
        sent.and(step(moved_on(job, work, self.now)))
    }

    fn after(&self, last: Option<InvitationId>, slice: usize) -> Vec<Invitation> {
        let pending = self.pending().filter(|i| last.is_none_or(|last| i.id > last));
        pending.take(slice).cloned().collect()
    }
}

fn step(job: Pair<Job>) -> Changes {
    Changes {
        jobs: vec![job],
        ..Changes::default()
    }
}
