//! The roles of an organization, and whether the caller can assign them.

use super::{NamedResource, forms, words};
use muster_domain::roleset::condition::{Comparison, Condition, PropertyName};
use muster_domain::{Organization, Role, RoleId};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A role, and whether the caller can assign it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleResponse {
    /// The role's id.
    #[schema(value_type = forms::RoleId)]
    pub id: RoleId,
    /// The role's display name.
    pub name: String,
    /// What the role is for.
    pub description: String,
    /// Where the role's permissions apply: `organization` or `resource`.
    #[schema(value_type = words::RoleReach)]
    pub reach: muster_domain::roleset::Reach,
    /// How resources apply to the role: `none`, `optional` or `at_least_one`.
    #[schema(value_type = words::RoleResources)]
    pub resources: muster_domain::roleset::Resources,
    /// Whether a holder of the role uses a seat.
    pub uses_seat: bool,
    /// Whether the organization must always have an active holder of the role.
    pub protected: bool,
    /// Whether the role has exactly one holder, and can only be transferred, not assigned.
    pub transfer_only: bool,
    /// Whether the role is off until the organization turns it on.
    pub optional: bool,
    /// Whether the role is turned on now.
    pub enabled: bool,
    /// Whether the holder's address must be in an allowed domain.
    pub allowlisted: bool,
    /// The durations to choose from. An empty list means that the role has no time limit.
    pub durations: Vec<String>,
    /// The permissions of the role.
    pub permissions: Vec<String>,
    /// The conditions under which some of the permissions hold in access decisions; all others hold without one.
    pub conditions: Vec<PermissionCondition>,
    /// Whether the caller can assign the role, on the organization or on at least one resource.
    pub assignable: bool,
    /// Whether the caller can assign the role to themselves on resources, and remove it again.
    pub self_assignable: bool,
    /// Where the caller can invite people to the role.
    pub invite: ScopeResponse,
    /// Where the caller can assign the role to members.
    pub assign: ScopeResponse,
    /// Where the caller can assign the role to themselves, and remove it again, without the permission `members:manage`.
    pub self_assign: ScopeResponse,
}

/// Where the caller can do something with a role.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScopeResponse {
    /// Whether the caller can do it everywhere: on the organization, and on each of its resources.
    pub organization: bool,
    /// The resources on which the caller can do it, if not everywhere. If this list is empty too, the caller cannot do it.
    pub resources: Vec<NamedResource>,
}

/// What the caller can do with a role, and where.
#[derive(Debug)]
pub struct Assignability {
    /// Whether they can assign it somewhere.
    pub assignable: bool,
    /// Whether they can assign it to themselves somewhere.
    pub self_assignable: bool,
    /// Where they can invite to it.
    pub invite: ScopeResponse,
    /// Where they can assign it.
    pub assign: ScopeResponse,
    /// Where they can assign it to themselves.
    pub self_assign: ScopeResponse,
}

/// A condition under which a role has a permission in access decisions.
#[derive(Debug, Serialize, ToSchema)]
pub struct PermissionCondition {
    /// The permission.
    #[schema(example = "content:write")]
    pub permission: String,
    /// The required value of each property: `{"is": value}`, or `{"is_not": value}`, which also holds if the property is omitted.
    #[schema(value_type = Object, example = json!({ "resource.status": { "is_not": "archived" } }))]
    pub when: BTreeMap<PropertyName, Comparison>,
}

impl PermissionCondition {
    fn of(condition: &Condition) -> Self {
        Self {
            permission: condition.permission.clone(),
            when: condition.when.clone(),
        }
    }
}

impl RoleResponse {
    /// A role as the caller sees it.
    #[must_use]
    pub fn of(role: &Role, organization: &Organization, assignability: Assignability) -> Self {
        let enabled = organization.has_enabled(role);
        Self {
            id: role.id.clone(),
            name: role.name.clone(),
            description: role.description.clone(),
            reach: role.reach,
            resources: role.resources,
            uses_seat: role.uses_seat,
            protected: role.protected,
            transfer_only: role.transfer_only,
            optional: role.optional,
            enabled,
            allowlisted: role.allowlisted,
            durations: role.durations.iter().map(ToString::to_string).collect(),
            permissions: role.permissions.clone(),
            conditions: role.conditions.iter().map(PermissionCondition::of).collect(),
            assignable: assignability.assignable && enabled,
            self_assignable: assignability.self_assignable && enabled,
            invite: assignability.invite,
            assign: assignability.assign,
            self_assign: assignability.self_assign,
        }
    }
}
