//! The organization: the tenant, with its settings, its plan and the two counters that must always be right.

use crate::branding::LogoUrl;
use crate::email::Domain;
use crate::id::{JobId, OrganizationId, Registration, UserId};
use crate::resource::ResourceRef;
use crate::roleset::Role;
use crate::text::{Color, Message, Name, PageUrl, RoleId};
use crate::time::days_after;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Days for which an invitation stays open by default (an organization can choose 1 to 30).
pub const DEFAULT_INVITATION_DAYS: u32 = 7;

/// Days for which the platform can restore a deleted organization, before its data is erased.
pub const RESTORE_DAYS: u32 = 30;

/// The instant from which the data of an organization deleted at `deleted_at` is erased.
#[must_use]
pub fn gone_at(deleted_at: Timestamp) -> Timestamp {
    days_after(deleted_at, RESTORE_DAYS)
}

/// The settings that members of the organization choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Days for which an invitation stays open, 1 to 30.
    pub invitation_ttl_days: u32,
    /// The message an invitation carries when the inviter writes none.
    pub default_message: Option<Message>,
    /// Roles of the role set that are off until listed here (`program-delivery`).
    pub optional_roles: BTreeSet<RoleId>,
    /// The organization's logo, in emails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<LogoUrl>,
    /// The organization's accent color, in emails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accent_color: Option<Color>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            invitation_ttl_days: DEFAULT_INVITATION_DAYS,
            default_message: None,
            optional_roles: BTreeSet::new(),
            logo_url: None,
            accent_color: None,
        }
    }
}

/// The settings that the platform chooses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The most seats that may be used; `None` for no limit.
    pub seat_limit: Option<u64>,
    /// Domains that addresses for allowlisted roles must be in.
    pub allowed_domains: BTreeSet<Domain>,
    /// The most emails a day that members may send; `None` for the default limit.
    #[serde(default)]
    pub mail_limit: Option<u64>,
    /// The page on which the plan can be changed, for members who need more seats.
    #[serde(default)]
    pub upgrade_url: Option<PageUrl>,
    /// Whether emails can have the organization's own logo and accent color.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub branding: bool,
}

/// Seats used and allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seats {
    /// People and pending invitations that hold a seat.
    pub used: u64,
    /// The most seats that may be used.
    pub limit: Option<u64>,
}

impl Seats {
    /// These seats after `delta` more are taken (or freed, if negative).
    #[must_use]
    pub fn after(self, delta: i64) -> Self {
        Self {
            used: self.used.saturating_add_signed(delta),
            ..self
        }
    }

    /// Whether `needed` more fit. Freeing seats always fits, even above a lowered limit.
    #[must_use]
    pub fn fit(self, needed: i64) -> bool {
        needed <= 0 || self.limit.is_none_or(|limit| self.after(needed).used <= limit)
    }
}

/// A suspension of an organization, set by the platform. Members, their keys and access decisions are refused while it is in
/// force. It changes no seat and no role, so its end restores everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// The reason, for owners.
    pub reason: Message,
    /// When it takes effect.
    pub at: Timestamp,
    /// The job that notifies the owners by email once it is in force.
    pub notice: JobId,
    /// Whether an event records that it is in force. That of a suspension with an instant ahead is written by the job.
    pub recorded: bool,
}

impl Suspension {
    /// Whether it is in force at `now`. One that is recorded is, also for a process whose clock is behind.
    #[must_use]
    pub fn has_begun(&self, now: Timestamp) -> bool {
        self.recorded || self.at <= now
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
    /// The settings that its members choose.
    pub settings: Settings,
    /// The settings that the platform chooses.
    pub plan: Plan,
    /// The epoch of each optional role that was ever switched off ([`Self::epoch`]).
    pub role_epochs: BTreeMap<RoleId, u32>,
    /// Registrations of resources whose deletion is in progress: grants on them are dead already.
    pub ending: BTreeSet<Registration>,
    /// The member who asked for each of these deletions; unknown for deletions that began before this field existed.
    #[serde(default)]
    pub ending_by: BTreeMap<Registration, UserId>,
    /// Seats held by members and pending invitations. Always equal to a recount.
    pub seats_used: u64,
    /// Active holders of the protected role. Never 0.
    pub active_owners: u64,
    /// The billing owner, who cannot be demoted, deactivated or removed until another is named (`client-practice`).
    #[serde(default)]
    pub paying_owner: Option<UserId>,
    /// Its suspension, in force or with an instant ahead.
    #[serde(default)]
    pub suspension: Option<Suspension>,
    /// When it was deleted: from then on only the platform can reach it.
    #[serde(default)]
    pub deleted_at: Option<Timestamp>,
    /// Whether its data is being erased permanently, so that it can no longer be restored.
    #[serde(default)]
    pub erasing: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// Rises with each change, except of the two counters.
    pub version: u64,
    /// How many of these changes were of the suspension alone. Callers who do not see it must not see them in the version.
    #[serde(default)]
    pub suspension_changes: u64,
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

    /// Whether it was deleted.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }

    /// Whether it is suspended at `now`. This takes no job: an instant that was set ahead counts from that instant on.
    #[must_use]
    pub fn is_suspended(&self, now: Timestamp) -> bool {
        self.suspension.as_ref().is_some_and(|known| known.has_begun(now))
    }

    /// The epoch of a role: how often it has been switched off so far.
    ///
    /// A role is assigned in the present epoch. Switching it off begins the next one, which ends all assignments and offers of earlier
    /// epochs immediately, and they do not come back when the role is switched on again. Only optional roles can be switched off.
    #[must_use]
    pub fn epoch(&self, role: &RoleId) -> u32 {
        self.role_epochs.get(role).copied().unwrap_or_default()
    }

    /// Whether the role can be assigned at present.
    #[must_use]
    pub fn has_enabled(&self, role: &Role) -> bool {
        !role.optional || self.settings.optional_roles.contains(&role.id)
    }

    /// Whether a role assigned in `epoch` is still switched on.
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
