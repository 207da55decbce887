//! Work that is too long for one request: done in slices, each one transaction that also moves the job on.

use crate::address::Address;
use crate::id::{ExportId, InvitationId, JobId, MailId, OrganizationId, UserId};
use crate::resource::ResourceRef;
use crate::text::RoleId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Seconds after which a job that nobody moved on is taken up again by the schedule.
pub const JOB_STALL_TIMEOUT: SignedDuration = SignedDuration::from_secs(120);

/// What there is to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "work")]
pub enum Work {
    /// End every grant on a deleted resource, and every pending offer of one.
    EndResource {
        /// The resource as it was.
        resource: ResourceRef,
        /// The last pending invitation looked at.
        after: Option<InvitationId>,
        /// Whether this is the second look, begun after late writers have had their time.
        late: bool,
    },
    /// End an optional role that was switched off, for all who held it.
    EndRole {
        /// The role.
        role: RoleId,
        /// Which switching on ended.
        epoch: u32,
    },
    /// Erase a deleted organization, once it cannot be restored any more.
    EraseOrganization {
        /// Which deletion: an organization that was restored, and perhaps deleted again, is not this job's.
        deleted_at: Timestamp,
        /// How far it has come.
        stage: Erasure,
    },
    /// Delete what is left of a member's API keys that are dead: all of them, if there is no such member any more.
    EndKeys {
        /// Whose they were.
        owner: UserId,
    },
    /// Send every pending invitation again.
    ResendAll {
        /// On whose word.
        by: UserId,
        /// The last invitation looked at.
        after: Option<InvitationId>,
    },
    /// Send what was held while the organization was deleted.
    ReleaseMail {
        /// The last mail released.
        after: Option<MailId>,
    },
    /// Make the file of an export.
    Export {
        /// Which.
        export: ExportId,
        /// How far it has come.
        stage: Exporting,
        /// How often its next slice was tried in vain.
        tries: u8,
        /// Before this instant the next slice is not tried again.
        #[serde(default)]
        not_before: Option<Timestamp>,
    },
}

/// How far the making of a file has come. Whatever is read is kept in parts, each in a file of its own beside the one to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "stage")]
pub enum Exporting {
    /// The list is read.
    Read {
        /// Where it goes on.
        after: Option<String>,
        /// A mark of each part that was read.
        parts: Vec<String>,
    },
    /// The parts are put together.
    Join {
        /// A mark of each part.
        parts: Vec<String>,
        /// How many of them are in the file.
        joined: usize,
        /// The upload of the file, once it has begun.
        upload: Option<String>,
        /// What was answered to each piece of it.
        pieces: Vec<String>,
    },
    /// The parts are thrown away.
    Tidy {
        /// A mark of each part that is left.
        parts: Vec<String>,
    },
}

/// How far the erasure of an organization has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "stage")]
pub enum Erasure {
    /// Owners are told that it was deleted.
    Tell {
        /// Where the last owner looked at stands among them.
        after: Option<String>,
    },
    /// It can be restored.
    Wait,
    /// The owners' addresses are noted, since their memberships go.
    Note {
        /// Where the last owner looked at stands among them.
        after: Option<String>,
        /// Whom to tell at the end.
        owners: Vec<Address>,
    },
    /// Everything of it goes, but the record.
    Items {
        /// Whom to tell at the end.
        owners: Vec<Address>,
    },
    /// The record goes, and at last the organization itself.
    Record {
        /// Whom to tell at the end.
        owners: Vec<Address>,
    },
}

/// A piece of background work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The organization it works on.
    pub organization: OrganizationId,
    /// What there is to do, and how far it has come.
    #[serde(flatten)]
    pub work: Work,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When the schedule takes it up again if nobody has moved it on.
    pub due_at: Timestamp,
    /// Rises with each slice.
    pub version: u64,
}

impl Job {
    /// A new job.
    #[must_use]
    pub fn new(id: JobId, organization: OrganizationId, work: Work, now: Timestamp) -> Self {
        Self {
            id,
            organization,
            work,
            created_at: now,
            due_at: patience(now),
            version: 1,
        }
    }

    /// This job, not to be taken up before an instant.
    #[must_use]
    pub fn waiting(&self, work: Work, until: Timestamp) -> Self {
        Self {
            work,
            due_at: until,
            version: self.version + 1,
            ..self.clone()
        }
    }

    /// Whether it waits for an instant further ahead than that of a job which was just moved on: nothing is to be done until then.
    #[must_use]
    pub fn is_waiting(&self, now: Timestamp) -> bool {
        self.due_at.duration_since(now) > JOB_STALL_TIMEOUT
    }

    /// This job, taken up by the schedule since nobody moved it on: whoever was at it has died, unless it was only waiting.
    #[must_use]
    pub fn taken_up(&self, now: Timestamp) -> Self {
        let mut work = self.work.clone();
        if let Work::Export { tries, not_before, .. } = &mut work
            && not_before.take().is_none()
        {
            *tries = tries.saturating_add(1);
        }
        self.moved_on(work, now)
    }

    /// This job after a slice.
    #[must_use]
    pub fn moved_on(&self, work: Work, now: Timestamp) -> Self {
        Self {
            work,
            due_at: patience(now),
            version: self.version + 1,
            ..self.clone()
        }
    }
}

fn patience(now: Timestamp) -> Timestamp {
    now.checked_add(JOB_STALL_TIMEOUT).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn work(tries: u8, not_before: Option<Timestamp>) -> Work {
        Work::Export {
            export: ExportId::from_bytes([3; 16]),
            stage: Exporting::Tidy { parts: Vec::new() },
            tries,
            not_before,
        }
    }

    fn job() -> Job {
        let (id, organization) = (JobId::from_bytes([1; 16]), OrganizationId::from_bytes([2; 16]));
        Job {
            version: 7,
            ..Job::new(id, organization, work(2, None), at("2026-03-10T12:00:00Z"))
        }
    }

    #[test]
    fn a_job_is_taken_up_again_two_minutes_after_it_was_last_moved() {
        let first = job();
        assert_eq!(first.due_at, at("2026-03-10T12:02:00Z"));
        let moved = first.moved_on(work(0, None), at("2026-03-10T13:00:00Z"));
        let expected = Job {
            work: work(0, None),
            due_at: at("2026-03-10T13:02:00Z"),
            version: 8,
            ..first
        };
        assert_eq!(moved, expected);
    }

    #[test]
    fn a_job_that_waits_is_due_at_the_instant_it_waits_for() {
        let until = at("2026-04-09T12:00:00Z");
        let expected = Job {
            work: work(3, Some(until)),
            due_at: until,
            version: 8,
            ..job()
        };
        assert_eq!(job().waiting(work(3, Some(until)), until), expected);
    }

    #[test]
    fn one_try_more_counts_only_if_nobody_had_the_job_wait() {
        let now = at("2026-03-10T13:00:00Z");
        for (before, after) in [
            (work(2, None), work(3, None)),
            (work(2, Some(at("2026-03-10T12:30:00Z"))), work(2, None)),
            (work(u8::MAX, None), work(u8::MAX, None)),
        ] {
            let before = Job { work: before, ..job() };
            assert_eq!(before.taken_up(now), before.moved_on(after, now));
        }
        let other = Work::EndKeys {
            owner: UserId::from_bytes([4; 16]),
        };
        let before = Job {
            work: other.clone(),
            ..job()
        };
        assert_eq!(before.taken_up(now), before.moved_on(other, now));
    }
}
