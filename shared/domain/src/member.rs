//! Members: a user in an organization, with the roles they hold there.

use crate::email::EmailAddress;
use crate::id::{OrganizationId, UserId};
use crate::language::{self, Language};
use crate::organization::Organization;
use crate::resource::ResourceRef;
use crate::roleset::RoleSet;
use crate::source::RoleSource;
use crate::text::{Color, Message, Name, NotificationId, RoleId, Skill, Subject, TimeZoneName};
use crate::time::days_before;
use crate::violation::Violation;
use crate::vocabulary::vocabulary;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most grants that one member can hold: ending the membership ends all of them, with their index items, in one
/// transaction.
pub const MAX_GRANTS: usize = 64;

/// The most skills of a profile.
pub const MAX_SKILLS: usize = 50;

/// The most notifications that a profile can switch.
pub const MAX_NOTIFICATIONS: usize = 50;

/// Days before an end at which the member is notified.
pub const NOTICE_DAYS: [u32; 2] = [7, 1];

vocabulary! {
    /// Whether a member has access at all.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    pub enum Status {
        /// The member's roles hold.
        Active = "active",
        /// The member keeps everything except access and seat.
        Inactive = "inactive",
    }
}

/// A role held on the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleAssignment {
    /// The role.
    pub role: RoleId,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
    /// For an optional role: its epoch when it was assigned ([`Organization::epoch`]).
    pub epoch: u32,
    /// How it was given; `None` if that is unknown, since it was stored before sources were recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<RoleSource>,
}

impl RoleAssignment {
    /// Whether this is the same role with the same end, whatever its source.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (&self.role, self.expires_at, self.epoch) == (&other.role, other.expires_at, other.epoch)
    }

    /// Ends it at this instant, unless it ends sooner; [`Timestamp::MAX`] means no end.
    pub(crate) fn end_by(&mut self, until: Timestamp) {
        self.expires_at = Some(self.ends_at().min(until)).filter(|end| *end < Timestamp::MAX);
    }

    /// When it ends; [`Timestamp::MAX`] if it does not.
    pub(crate) fn ends_at(&self) -> Timestamp {
        self.expires_at.unwrap_or(Timestamp::MAX)
    }
}

/// A role held on one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The resource.
    #[serde(flatten)]
    pub resource: ResourceRef,
    /// The role and its end.
    #[serde(flatten)]
    pub held: RoleAssignment,
}

/// A member's own description of themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Time zone.
    pub timezone: Option<TimeZoneName>,
    /// The language of emails to them.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "language::stored"
    )]
    pub language: Option<Language>,
    /// The color that represents the member.
    pub color: Option<Color>,
    /// The notifications that they want.
    pub notifications: BTreeMap<NotificationId, bool>,
    /// Skills.
    pub skills: Vec<Skill>,
    /// A text about themselves.
    pub bio: Option<Message>,
}

impl Profile {
    /// A violation for each list that is too long.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        let lists = [
            Violation::too_many("skills", self.skills.len(), MAX_SKILLS),
            Violation::too_many("notifications", self.notifications.len(), MAX_NOTIFICATIONS),
        ];
        lists.into_iter().flatten().collect()
    }
}

/// A user in an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The user.
    pub id: UserId,
    /// Their subject at the identity provider, of which [`Member::id`] is a hash; `None` until it is known.
    ///
    /// A member who joined without it gets it with an activity note, which does not raise the version. So a change of a member never
    /// writes that it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// The organization.
    pub organization: OrganizationId,
    /// The address they joined with.
    pub email: EmailAddress,
    /// For a member who was added directly: the member who vouched for this address, unless the platform did.
    #[serde(default)]
    pub vouched_by: Option<UserId>,
    /// Name for people.
    pub name: Option<Name>,
    /// Whether they have access.
    pub status: Status,
    /// The role on the organization.
    pub role: Option<RoleAssignment>,
    /// Roles on resources, at most one on each.
    pub grants: Vec<Grant>,
    /// Whether they hold a seat.
    pub seat: bool,
    /// How many of their API keys were not revoked.
    #[serde(default)]
    pub keys: u32,
    /// API keys created before this instant are dead: the membership began then, or a time-limited role ended
    /// (`program-delivery`).
    #[serde(alias = "keys_since")]
    pub keys_valid_from: Timestamp,
    /// Their profile.
    pub profile: Profile,
    /// When they became a member.
    pub joined_at: Timestamp,
    /// When they were last seen, within [`ACTIVITY_MINUTES`].
    pub last_active_at: Option<Timestamp>,
    /// The next instant at which one of their roles ends, or a notice of it is due.
    pub due_at: Option<Timestamp>,
    /// Rises with each change except those that an activity note makes.
    pub version: u64,
}

/// A member on whose authority a decision rests, as they were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reliance {
    /// The member's id.
    pub member: UserId,
    /// Their version.
    pub version: u64,
    /// When they joined: versions start anew with a later membership.
    pub joined_at: Timestamp,
}

impl Reliance {
    /// A reliance on this member.
    #[must_use]
    pub const fn on(member: &Member) -> Self {
        Self {
            member: member.id,
            version: member.version,
            joined_at: member.joined_at,
        }
    }
}

/// Minutes by which `last_active_at` may lag: a member's requests within them write nothing.
pub const ACTIVITY_MINUTES: i64 = 60;

impl Member {
    /// Every role held, with the resource it is held on.
    pub fn holdings(&self) -> impl Iterator<Item = (&RoleAssignment, Option<&ResourceRef>)> {
        let on_organization = self.role.iter().map(|held| (held, None));
        on_organization.chain(self.grants.iter().map(|g| (&g.held, Some(&g.resource))))
    }

    /// The holdings that give anything at `now`: not expired, not switched off, not on a resource that is being deleted.
    pub fn live<'a>(
        &'a self,
        organization: &'a Organization,
        set: &'a RoleSet,
        now: Timestamp,
    ) -> impl Iterator<Item = (&'a RoleAssignment, Option<&'a ResourceRef>)> {
        self.holdings().filter(move |(held, resource)| {
            held.expires_at.is_none_or(|end| now < end)
                && !resource.is_some_and(|r| organization.is_ending(r))
                && set
                    .role(&held.role)
                    .is_some_and(|role| organization.keeps(role, held.epoch))
        })
    }

    /// Whether the member is one of the owners, of whom the organization always needs one.
    #[must_use]
    pub fn is_active_owner(&self, set: &RoleSet) -> bool {
        self.status == Status::Active && self.role.as_ref().is_some_and(|held| set.is_protected(&held.role))
    }

    /// Whether a member with these roles and this status takes a seat: at most one, whatever they hold (`project-workspace`,
    /// `program-delivery`).
    #[must_use]
    pub fn needs_seat(&self, set: &RoleSet) -> bool {
        self.status == Status::Active
            && self
                .holdings()
                .any(|(held, _)| set.role(&held.role).is_some_and(|r| r.uses_seat))
    }

    /// The next instant at which a role ends or its end is announced: `now` for an end in the past; only announcements ahead
    /// count.
    #[must_use]
    pub fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        let notices = |end| NOTICE_DAYS.iter().map(move |days| days_before(end, *days));
        self.holdings()
            .filter_map(|(held, _)| held.expires_at)
            .flat_map(|end| notices(end).filter(|at| *at > now).chain([end.max(now)]))
            .min()
    }

    /// Whether a request at `now` should update when the member was last seen.
    #[must_use]
    pub fn activity_is_stale(&self, now: Timestamp) -> bool {
        let minutes = jiff::SignedDuration::from_mins(ACTIVITY_MINUTES);
        self.last_active_at
            .is_none_or(|seen| now.duration_since(seen) >= minutes)
    }

    /// This member after a change of roles or status, with seat, next due instant and version recalculated.
    ///
    /// Anything that had fallen due stays due, so that a change before the schedule's next run loses neither an end nor its
    /// announcement.
    #[must_use]
    pub fn recomputed(mut self, set: &RoleSet, now: Timestamp) -> Self {
        self.grants.sort_by(|a, b| a.resource.cmp(&b.resource));
        // INVARIANT 1: the seat follows from roles and status; `seat_delta` counts it.
        self.seat = self.needs_seat(set);
        let overdue = self.due_at.filter(|due| *due <= now);
        self.due_at = self.next_due(now).map(|next| overdue.map_or(next, |due| due.min(next)));
        self.version += 1;
        self
    }
}
