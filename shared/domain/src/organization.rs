//! The organization: the tenant, with its settings, its plan and the two counters that must always be right.

use crate::address::Domain;
use crate::changes::Changes;
use crate::id::{OrganizationId, Registration, UserId};
use crate::resource::ResourceRef;
use crate::roleset::{Role, RoleSet};
use crate::text::{Message, Name, RoleId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Days an invitation stays open when the organization has not chosen (1 to 30 can be chosen).
pub const DEFAULT_INVITATION_DAYS: u32 = 7;

/// What those who run the organization choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Days an invitation stays open, 1 to 30.
    pub invitation_ttl_days: u32,
    /// The message an invitation carries when the inviter writes none.
    pub default_message: Option<Message>,
    /// Roles of the role set that are off until listed here (`program-delivery`).
    pub optional_roles: BTreeSet<RoleId>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            invitation_ttl_days: DEFAULT_INVITATION_DAYS,
            default_message: None,
            optional_roles: BTreeSet::new(),
        }
    }
}

/// What the platform sets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// How many seats may be used; none for no limit.
    pub seat_limit: Option<u64>,
    /// Domains that addresses for allowlisted roles must be in.
    pub allowed_domains: BTreeSet<Domain>,
    /// Mails a day that members can have sent; none for the usual limit.
    #[serde(default)]
    pub mail_limit: Option<u64>,
}

/// Seats used and allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seats {
    /// People and pending invitations that hold a seat.
    pub used: u64,
    /// How many may.
    pub limit: Option<u64>,
}

impl Seats {
    /// These seats after `delta` more are taken (or given back).
    #[must_use]
    pub fn after(self, delta: i64) -> Self {
        Self {
            used: self.used.saturating_add_signed(delta),
            ..self
        }
    }

    /// Whether `needed` more fit. Giving seats back always fits, even above a lowered limit.
    #[must_use]
    pub fn fit(self, needed: i64) -> bool {
        needed <= 0 || self.limit.is_none_or(|limit| self.after(needed).used <= limit)
    }
}

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Name for people.
    pub name: Name,
    /// Its role set's id, fixed at creation.
    pub role_set: String,
    /// What those who run it choose.
    pub settings: Settings,
    /// What the platform sets.
    pub plan: Plan,
    /// How often each optional role was switched off: a role given before does not come back with the next switching on.
    pub role_epochs: BTreeMap<RoleId, u32>,
    /// Registrations of resources whose deletion is still being carried out: grants on them are dead already.
    pub ending: BTreeSet<Registration>,
    /// Who asked for each of these deletions; not known of those begun before this was noted.
    #[serde(default)]
    pub ending_by: BTreeMap<Registration, UserId>,
    /// Seats held by people and pending invitations. Always what a recount gives.
    pub seats_used: u64,
    /// Active holders of the protected role. Never 0.
    pub active_owners: u64,
    /// The owner who pays: cannot be demoted, deactivated or removed until another is named (`client-practice`).
    #[serde(default)]
    pub paying_owner: Option<UserId>,
    /// When it was deleted: from then on nobody but the platform reaches it.
    #[serde(default)]
    pub deleted_at: Option<Timestamp>,
    /// Whether its data is going for good, so that it cannot be restored any more.
    #[serde(default)]
    pub erasing: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Rises with each change of anything but the two counters.
    pub version: u64,
}

impl Organization {
    /// Seats used and allowed.
    #[must_use]
    pub fn seats(&self) -> Seats {
        Seats {
            used: self.seats_used,
            limit: self.plan.seat_limit,
        }
    }

    /// The organization with its counters as these changes leave them.
    #[must_use]
    pub fn after(&self, changes: &Changes, set: &RoleSet) -> Self {
        Self {
            seats_used: self.seats().after(changes.seat_delta()).used,
            active_owners: self.active_owners.saturating_add_signed(changes.owner_delta(set)),
            ..self.clone()
        }
    }

    /// Whether it was deleted.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }

    /// How often the role was switched off so far.
    #[must_use]
    pub fn epoch(&self, role: &RoleId) -> u32 {
        self.role_epochs.get(role).copied().unwrap_or_default()
    }

    /// Whether the role can be given at present.
    #[must_use]
    pub fn has_enabled(&self, role: &Role) -> bool {
        !role.optional || self.settings.optional_roles.contains(&role.id)
    }

    /// Whether a role given in `epoch` is still switched on.
    #[must_use]
    pub fn keeps(&self, role: &Role, epoch: u32) -> bool {
        !role.optional || (self.has_enabled(role) && self.epoch(&role.id) == epoch)
    }

    /// Whether the resource is being deleted.
    #[must_use]
    pub fn is_ending(&self, resource: &ResourceRef) -> bool {
        self.ending.contains(&resource.registration)
    }
}
