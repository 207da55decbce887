//! Work that is too long for one request. It is done in slices, each one transaction that also advances the job.

use crate::id::{ExportId, InvitationId, JobId, MailId, OrganizationId, UserId};
use crate::mail::Recipient;
use crate::resource::ResourceRef;
use crate::text::RoleId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The time after which the schedule resumes a job that has not advanced.
pub const JOB_STALL_TIMEOUT: SignedDuration = SignedDuration::from_secs(120);

/// The task of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "work")]
pub enum Work {
    /// End every grant on a deleted resource, and every pending offer of one.
    EndResource {
        /// The resource before its deletion.
        resource: ResourceRef,
        /// The last pending invitation that was checked.
        after: Option<InvitationId>,
        /// Whether this is the second pass, which begins after late writers have had their time.
        late: bool,
    },
    /// End an optional role that was switched off, for all who held it.
    EndRole {
        /// The role.
        role: RoleId,
        /// The epoch that ended ([`Organization::epoch`](crate::Organization::epoch)).
        epoch: u32,
    },
    /// Erase a deleted organization once it can no longer be restored.
    EraseOrganization {
        /// The instant of the deletion: the job leaves an organization alone that was restored since, even if it was deleted
        /// again.
        deleted_at: Timestamp,
        /// The present stage.
        stage: Erasure,
    },
    /// Delete the items of a member's dead API keys: all of them, if the owner is no longer a member.
    EndKeys {
        /// The owner of the keys.
        owner: UserId,
    },
    /// Resend every pending invitation.
    ResendAll {
        /// The member who asked for it.
        by: UserId,
        /// The last invitation that was checked.
        after: Option<InvitationId>,
    },
    /// Mail the owners that the organization is suspended, once it is, and record an instant that was set ahead.
    AnnounceSuspension {
        /// The position of the last owner that was checked.
        after: Option<String>,
    },
    /// Mail the owners that the organization is no longer suspended.
    AnnounceResumption {
        /// The position of the last owner that was checked.
        after: Option<String>,
    },
    /// Send the mail that was held while the organization was deleted or suspended.
    ReleaseMail {
        /// The last mail released.
        after: Option<MailId>,
    },
    /// Write the file of an export.
    Export {
        /// The export.
        export: ExportId,
        /// The present stage.
        stage: Exporting,
        /// How many attempts at its next slice have failed.
        tries: u8,
        /// The instant before which the next slice is not retried.
        #[serde(default)]
        not_before: Option<Timestamp>,
    },
}

/// The stage of writing a file. The rows that are read are kept in parts, each in a file of its own next to the final one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "stage")]
pub enum Exporting {
    /// Reading the list.
    Read {
        /// The position to continue from.
        after: Option<String>,
        /// A mark of each part that was read.
        parts: Vec<String>,
    },
    /// Joining the parts.
    Join {
        /// A mark of each part.
        parts: Vec<String>,
        /// How many of them are in the file.
        joined: usize,
        /// The upload of the file, once it has begun.
        upload: Option<String>,
        /// The answer of the storage to each uploaded piece.
        pieces: Vec<String>,
    },
    /// Deleting the parts.
    Tidy {
        /// A mark of each part that is left.
        parts: Vec<String>,
    },
}

/// The stage of erasing an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "stage")]
pub enum Erasure {
    /// Mailing the owners that it was deleted.
    Tell {
        /// The position of the last owner that was checked.
        after: Option<String>,
    },
    /// Waiting while it can be restored.
    Wait,
    /// Collecting the owners' addresses, before their memberships are deleted.
    Note {
        /// The position of the last owner that was checked.
        after: Option<String>,
        /// The people to mail at the end.
        owners: Vec<Recipient>,
    },
    /// Deleting everything except the events.
    Items {
        /// The people to mail at the end.
        owners: Vec<Recipient>,
    },
    /// Deleting the events, and finally the organization itself.
    Record {
        /// The people to mail at the end.
        owners: Vec<Recipient>,
    },
}

/// A piece of background work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The organization it works on.
    pub organization: OrganizationId,
    /// The task, and its progress.
    #[serde(flatten)]
    pub work: Work,
    /// When it was requested.
    pub created_at: Timestamp,
    /// When the schedule resumes it if it has not advanced.
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

    /// This job, not to be resumed before an instant.
    #[must_use]
    pub fn waiting(&self, work: Work, until: Timestamp) -> Self {
        Self {
            work,
            due_at: until,
            version: self.version + 1,
            ..self.clone()
        }
    }

    /// Whether it waits for an instant later than the timeout of a job that has just advanced: then it has nothing to do until
    /// that instant.
    #[must_use]
    pub fn is_waiting(&self, now: Timestamp) -> bool {
        self.due_at.duration_since(now) > JOB_STALL_TIMEOUT
    }

    /// This job, resumed by the schedule since it has not advanced: its worker has died, unless the job was only waiting.
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
