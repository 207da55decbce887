//! Role sets: the roles of one kind of product and their permissions, as data.

mod check;
pub mod condition;
mod parse;

pub use parse::RoleSetError;

use crate::text::{ResourceType, RoleId};
use crate::time::Term;
use crate::vocabulary::vocabulary;
use check::check;
use condition::{Condition, SentProperties};
use serde::{Deserialize, Serialize};
use std::sync::{LazyLock, OnceLock};

/// Permissions that Muster itself checks; a role set lists the product's own next to them.
pub mod permission {
    /// Change name and settings of the organization.
    pub const ORGANIZATION_UPDATE: &str = "organization:update";
    /// Delete the organization.
    pub const ORGANIZATION_DELETE: &str = "organization:delete";
    /// See members and invitations.
    pub const MEMBERS_READ: &str = "members:read";
    /// Invite people, change, resend and cancel invitations.
    pub const MEMBERS_INVITE: &str = "members:invite";
    /// Change roles and see their sources; activate, deactivate and remove members.
    pub const MEMBERS_MANAGE: &str = "members:manage";
    /// See resources.
    pub const RESOURCES_READ: &str = "resources:read";
    /// Register, rename and delete resources.
    pub const RESOURCES_MANAGE: &str = "resources:manage";
    /// Read the record of changes.
    pub const EVENTS_READ: &str = "events:read";
    /// Look up contacts.
    pub const CONTACTS_READ: &str = "contacts:read";
    /// Register and delete contacts.
    pub const CONTACTS_MANAGE: &str = "contacts:manage";
    /// All permissions, so that a role set that misspells one is refused.
    pub const ALL: [&str; 10] = [
        ORGANIZATION_UPDATE,
        ORGANIZATION_DELETE,
        MEMBERS_READ,
        MEMBERS_INVITE,
        MEMBERS_MANAGE,
        RESOURCES_READ,
        RESOURCES_MANAGE,
        EVENTS_READ,
        CONTACTS_READ,
        CONTACTS_MANAGE,
    ];
}

vocabulary! {
    /// Where a role's permissions hold.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    pub enum Reach {
        /// Everywhere in the organization.
        Organization = "organization",
        /// Only on resources on which the role is held.
        Resource = "resource",
    }
}

vocabulary! {
    /// Whether a role is held together with resources.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    pub enum Resources {
        /// Never: the role is held on the organization.
        None = "none",
        /// The role is held on the organization, and on any number of resources.
        Optional = "optional",
        /// The role is held on resources only, one or more.
        AtLeastOne = "at_least_one",
    }
}

/// One role of a role set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Stable name in the API.
    pub id: RoleId,
    /// Name for people.
    pub name: String,
    /// What the role is for, in a sentence or two: people read it where they choose a role.
    pub description: String,
    /// Where its permissions hold.
    pub reach: Reach,
    /// Whether it is held together with resources.
    pub resources: Resources,
    /// Whether its holder takes a seat of the plan.
    pub uses_seat: bool,
    /// Whether the organization must have an active holder at all times.
    #[serde(default)]
    pub protected: bool,
    /// For the protected role: whether there is only one holder, who can only transfer it to another member (`coaching-site`).
    #[serde(default)]
    pub transfer_only: bool,
    /// Whether the organization must switch it on first.
    #[serde(default)]
    pub optional: bool,
    /// Whether the holder's address must be in a domain that the platform allows.
    #[serde(default)]
    pub allowlisted: bool,
    /// Whether holders are mailed about the end of their access.
    #[serde(default = "yes")]
    pub notified: bool,
    /// Terms to choose from; empty for a role without a time limit.
    #[serde(default)]
    pub durations: Vec<Term>,
    /// Roles that its holder may assign.
    pub assigns: Vec<RoleId>,
    /// Roles on resources that its holder may take and drop again, for themselves only (`client-practice`).
    #[serde(default)]
    pub self_assigns: Vec<RoleId>,
    /// Roles whose holders its holder may change, deactivate and remove.
    pub manages: Vec<RoleId>,
    /// Its permissions, Muster's own and the product's.
    pub permissions: Vec<String>,
    /// Conditions on the product's permissions: a permission that has some holds where one of them is met.
    #[serde(default, rename = "condition")]
    pub conditions: Vec<Condition>,
}

const fn yes() -> bool {
    true
}

impl Role {
    /// Whether a holder chooses one of several terms.
    #[must_use]
    pub fn is_time_limited(&self) -> bool {
        !self.durations.is_empty()
    }

    /// Whether the role allows `permission` where it is held.
    #[must_use]
    pub fn allows(&self, permission: &str) -> bool {
        self.permissions.iter().any(|p| p == permission)
    }

    /// The conditions on `permission`; it holds where one of them is met, and everywhere if there are none.
    pub fn conditions_on(&self, permission: &str) -> impl Iterator<Item = &Condition> {
        self.conditions.iter().filter(move |c| c.permission == permission)
    }

    /// Whether the conditions on `permission` let it hold for these properties.
    #[must_use]
    pub fn holds(&self, permission: &str, sent: &SentProperties<'_>) -> bool {
        let mut conditions = self.conditions_on(permission).peekable();
        conditions.peek().is_none() || conditions.any(|condition| condition.is_met(sent))
    }

    /// Whether the role is held on the organization itself (with or without resources).
    #[must_use]
    pub fn held_on_organization(&self) -> bool {
        self.resources != Resources::AtLeastOne
    }
}

/// The roles of one kind of product, from the highest to the lowest.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleSet {
    /// Stable name in the API, such as `program-delivery`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The type of its resources.
    pub resource_type: ResourceType,
    /// The word for one resource.
    #[serde(default)]
    pub resource_name_one: Option<String>,
    /// The word for several resources.
    #[serde(default)]
    pub resource_name_other: Option<String>,
    /// Whether members may leave by themselves.
    pub members_may_leave: bool,
    /// Permissions that only read, in addition to those that end in `:read`: a read-only API key keeps these.
    #[serde(default)]
    pub reads: Vec<String>,
    /// The roles, highest first.
    #[serde(rename = "role")]
    pub roles: Vec<Role>,
}

impl RoleSet {
    /// The role of this name, if the set has it.
    #[must_use]
    pub fn role(&self, id: &RoleId) -> Option<&Role> {
        self.roles.iter().find(|r| r.id == *id)
    }

    /// The words for one resource and for several; `None` if no role of the set is held on resources and its file has none.
    #[must_use]
    pub fn resource_names(&self) -> Option<[&str; 2]> {
        Some([self.resource_name_one.as_deref()?, self.resource_name_other.as_deref()?])
    }

    /// Whether the permission only reads.
    #[must_use]
    pub fn only_reads(&self, permission: &str) -> bool {
        permission.ends_with(":read") || self.reads.iter().any(|p| p == permission)
    }

    /// The rank of the role, where 0 is the highest; an unknown one ranks below all.
    #[must_use]
    pub fn rank(&self, id: &RoleId) -> usize {
        self.roles.iter().position(|r| r.id == *id).unwrap_or(self.roles.len())
    }

    /// The role that the creator gets, and that must always have an active holder.
    #[must_use]
    pub fn protected_role(&self) -> Option<&Role> {
        self.roles.iter().find(|r| r.protected)
    }

    /// Whether the role is the protected one.
    #[must_use]
    pub fn is_protected(&self, id: &RoleId) -> bool {
        self.role(id).is_some_and(|r| r.protected)
    }
}

/// Every shipped role set, or the reason why one was refused.
static SHIPPED: LazyLock<Result<Vec<RoleSet>, RoleSetError>> =
    LazyLock::new(|| TEXTS.iter().map(|(file, text)| read(file, text)).collect());

/// Each set on its own, once it is used: a request is about one organization.
static EACH: [OnceLock<Option<RoleSet>>; SETS.len() + TEST_SETS.len()] =
    [const { OnceLock::new() }; SETS.len() + TEST_SETS.len()];

include!(concat!(env!("OUT_DIR"), "/role_sets.rs"));

/// Sets are found by the names of their files, so no two sets can have the same name.
fn read(file: &str, text: &str) -> Result<RoleSet, RoleSetError> {
    let set = RoleSet::parse(file, text)?;
    if file.strip_suffix(".toml") == Some(set.id.as_str()) {
        return Ok(set);
    }
    Err(RoleSetError {
        file: file.to_owned(),
        line: 1,
        reason: format!(
            "the role set `{id}` must be in a file of the same name, `{id}.toml`",
            id = set.id
        ),
    })
}

/// All role sets of this deployment, from their files.
///
/// # Errors
/// The first file that contradicts itself: it fails the tests, and the local backend does not start.
pub fn all() -> Result<&'static [RoleSet], &'static RoleSetError> {
    SHIPPED.as_deref()
}

/// The names of the role sets of this deployment.
pub fn names() -> impl Iterator<Item = &'static str> {
    SETS.iter().map(|(name, _)| *name)
}

/// The names of the role sets that only tests use. Organizations are made with them only where the configuration allows it.
pub fn test_names() -> impl Iterator<Item = &'static str> {
    TEST_SETS.iter().map(|(name, _)| *name)
}

/// The role set of this name, if it is shipped or for tests, and does not contradict itself.
#[must_use]
pub fn find(id: &str) -> Option<&'static RoleSet> {
    let all = SETS.iter().chain(&TEST_SETS).zip(&EACH);
    let ((name, text), once) = all.into_iter().find(|((name, _), _)| *name == id)?;
    once.get_or_init(|| embedded(name, text)).as_ref()
}

/// A set as the build made it from its file: a function then needs no TOML parser, which is slow.
fn embedded(name: &str, text: &str) -> Option<RoleSet> {
    let set: RoleSet = serde_json::from_str(text).ok()?;
    (set.id == name && check(&set).is_ok()).then_some(set)
}

#[cfg(test)]
mod tests;
