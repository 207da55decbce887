//! The answer to "may this member, or this key of theirs, do this to that?".

use crate::api_key::{ApiKey, UnusableReason};
use crate::authority::Authority;
use crate::member::{Member, RoleAssignment, Status};
use crate::organization::Organization;
use crate::resource::ResourceRef;
use crate::roleset::condition::SentProperties;
use crate::roleset::{Reach, Role, RoleSet};
use crate::source::RoleSource;
use jiff::Timestamp;

/// The question, with everything that the answer depends on.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The organization as it was read.
    pub organization: &'a Organization,
    /// Its role set.
    pub set: &'a RoleSet,
    /// The member whose permission is checked.
    pub member: &'a Member,
    /// The member's API key whose permission is checked, if the question is about a key.
    pub key: Option<&'a ApiKey>,
    /// The permission, Muster's own or the product's.
    pub action: &'a str,
    /// The registered resource. There is none for the organization as a whole, and none for an unregistered resource: then only
    /// roles on the whole organization decide, not those limited to resources.
    pub resource: Option<&'a ResourceRef>,
    /// The properties that the request sends. Conditions only compare them: they give nothing that a role does not.
    pub properties: SentProperties<'a>,
    /// The instant of the decision.
    pub now: Timestamp,
}

/// A role that grants a permission, and where it is held (or would have to be): on one resource, or on the organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrantingRole<'a> {
    /// The role.
    pub role: &'a Role,
    /// The resource; `None` for the organization.
    pub on: Option<&'a ResourceRef>,
}

impl GrantingRole<'_> {
    /// How the member got the role there; `None` if that is unknown.
    #[must_use]
    pub fn source(&self, member: &Member) -> Option<RoleSource> {
        let held = |(held, on): &(&RoleAssignment, Option<&ResourceRef>)| held.role == self.role.id && *on == self.on;
        member.holdings().find(held).and_then(|(held, _)| held.source)
    }
}

/// The reason for a denial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DenialReason {
    /// The organization was deleted.
    OrganizationDeleted,
    /// The organization is suspended.
    OrganizationSuspended,
    /// The API key is unusable.
    Key(UnusableReason),
    /// The member is inactive.
    Inactive,
    /// None of the member's live roles allows it there.
    Role,
    /// A role of the member allows it there, but under conditions that the properties do not meet.
    Condition,
    /// A role of the member allows it, but the key is limited to less.
    KeyLimits,
}

impl DenialReason {
    /// A stable name of it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OrganizationDeleted => "organization_deleted",
            Self::OrganizationSuspended => "organization_suspended",
            Self::Key(why) => why.code(),
            Self::Inactive => "member_inactive",
            Self::Role => "role_missing",
            Self::Condition => "condition_not_met",
            Self::KeyLimits => "key_limited",
        }
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision<'a> {
    /// It is allowed, by this role.
    Allowed(GrantingRole<'a>),
    /// It is not.
    Denied {
        /// The reason.
        reason: DenialReason,
        /// Roles of the set that would allow it, highest first, with where they would have to be held. Empty if no role has the
        /// permission, or if none reaches there.
        granted_by: Vec<GrantingRole<'a>>,
    },
}

impl Decision<'_> {
    /// Whether it is allowed.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed(_))
    }
}

/// The reason why the organization allows nothing to anyone at `now`, if there is one.
#[must_use]
pub fn closed(organization: &Organization, now: Timestamp) -> Option<DenialReason> {
    if organization.is_deleted() {
        Some(DenialReason::OrganizationDeleted)
    } else if organization.is_suspended(now) {
        Some(DenialReason::OrganizationSuspended)
    } else {
        None
    }
}

/// Decides the question.
///
/// The answer holds for the instant of the question. Roles that have expired, were switched off, or are held on a resource that
/// is being deleted give nothing, even before a job has cleaned them up.
#[must_use]
pub fn decide<'a>(question: &Question<'a>) -> Decision<'a> {
    let Question {
        organization,
        set,
        member,
        now,
        ..
    } = *question;
    let denied = |reason| Decision::Denied {
        reason,
        granted_by: would_allow(question),
    };
    if let Some(reason) = closed(organization, now) {
        return denied(reason);
    }
    if let Some(Err(why)) = question.key.map(|key| key.usable(Some(member), now)) {
        return denied(DenialReason::Key(why));
    }
    if member.status != Status::Active {
        return denied(DenialReason::Inactive);
    }
    let own = Authority::of(member, organization, set, now);
    let granting = own.granting_roles(question.action, question.resource);
    if granting.is_empty() {
        return denied(DenialReason::Role);
    }
    let holds = |role: &Role| role.holds(question.action, &question.properties);
    let mut granting = granting.into_iter().filter(|(role, _)| holds(role)).peekable();
    if granting.peek().is_none() {
        return denied(DenialReason::Condition);
    }
    let left = match question.key {
        // The key's limits decide whether it is allowed, and the member's own holdings decide by which role.
        Some(key) => {
            let within = own
                .within(&key.limits, set)
                .granting_roles(question.action, question.resource);
            let mut within = within.into_iter().filter(|(role, _)| holds(role));
            within
                .next()
                .and_then(|_| granting.find(|(role, on)| key.limits.cover(&role.id, *on)))
        }
        None => granting.next(),
    };
    left.map_or_else(
        || denied(DenialReason::KeyLimits),
        |(role, on)| Decision::Allowed(GrantingRole { role, on }),
    )
}

/// The roles of the set that would allow it, and where they would have to be held.
fn would_allow<'a>(question: &Question<'a>) -> Vec<GrantingRole<'a>> {
    let Question { set, resource, .. } = *question;
    let roles = set.roles.iter().filter(|role| role.allows(question.action));
    roles
        .filter_map(|role| match role.reach {
            Reach::Organization => Some(GrantingRole { role, on: None }),
            Reach::Resource => resource.map(|on| GrantingRole { role, on: Some(on) }),
        })
        .collect()
}
