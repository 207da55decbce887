//! Work that is too long for one request: done in slices, each one transaction that also moves the job on.

use crate::address::Address;
use crate::id::{InvitationId, JobId, OrganizationId, UserId};
use crate::resource::ResourceRef;
use crate::text::RoleId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Seconds after which a job that nobody moved on is taken up again by the schedule.
pub const JOB_PATIENCE: SignedDuration = SignedDuration::from_secs(120);

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
    now.checked_add(JOB_PATIENCE).unwrap_or(Timestamp::MAX)
}
