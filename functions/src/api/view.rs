//! The view that opens a page: the organization, its role set, and what the caller may do; and the role sets of the deployment.

use super::member::MemberResponse;
use super::organization::OrganizationResponse;
use super::role::RoleResponse;
use super::{forms, words};
use muster_domain::roleset::Role;
use muster_domain::rules::actions::OrganizationAction;
use muster_domain::{ResourceType, RoleId, RoleSet};
use serde::Serialize;
use utoipa::ToSchema;

/// What a page about an organization needs before it shows anything.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationViewResponse {
    /// The organization.
    pub organization: OrganizationResponse,
    /// The organization's role set.
    pub role_set: RoleSetResponse,
    /// The roles, from the highest to the lowest, each with where the caller can invite to it and assign it.
    pub roles: Vec<RoleResponse>,
    /// The caller's own membership. Null for the platform, and for an API key that cannot see it.
    pub me: Option<MemberResponse>,
    /// What the caller can do in the organization now.
    #[schema(value_type = Vec<words::OrganizationAction>)]
    pub may: Vec<OrganizationAction>,
}

/// A role set.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleSetResponse {
    /// The role set's id.
    #[schema(example = "program-delivery")]
    pub id: String,
    /// The role set's display name.
    pub name: String,
    /// The type of the organization's resources.
    #[schema(value_type = forms::ResourceType)]
    pub resource_type: ResourceType,
    /// The display words for these resources. Null if no role is held on resources.
    pub resource_names: Option<ResourceNamesResponse>,
    /// Whether members can end their own membership.
    pub members_may_leave: bool,
}

/// The display words for one resource and for several.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResourceNamesResponse {
    /// The word for one resource.
    #[schema(example = "Program")]
    pub one: String,
    /// The word for several resources.
    #[schema(example = "Programs")]
    pub other: String,
}

impl From<&RoleSet> for RoleSetResponse {
    fn from(set: &RoleSet) -> Self {
        let names = set.resource_names().map(|[one, other]| ResourceNamesResponse {
            one: one.to_owned(),
            other: other.to_owned(),
        });
        Self {
            id: set.id.clone(),
            name: set.name.clone(),
            resource_type: set.resource_type.clone(),
            resource_names: names,
            members_may_leave: set.members_may_leave,
        }
    }
}

/// A role set that an organization can be created with.
#[derive(Debug, Serialize, ToSchema)]
pub struct AvailableRoleSetResponse {
    /// The role set.
    #[serde(flatten)]
    pub set: RoleSetResponse,
    /// The roles, from the highest to the lowest.
    pub roles: Vec<DescribedRoleResponse>,
}

/// A role of a role set.
#[derive(Debug, Serialize, ToSchema)]
pub struct DescribedRoleResponse {
    /// The role's id.
    #[schema(value_type = forms::RoleId)]
    pub id: RoleId,
    /// The role's display name.
    pub name: String,
    /// What the role is for.
    pub description: String,
}

impl From<&Role> for DescribedRoleResponse {
    fn from(role: &Role) -> Self {
        Self {
            id: role.id.clone(),
            name: role.name.clone(),
            description: role.description.clone(),
        }
    }
}

impl From<&RoleSet> for AvailableRoleSetResponse {
    fn from(set: &RoleSet) -> Self {
        Self {
            set: set.into(),
            roles: set.roles.iter().map(Into::into).collect(),
        }
    }
}
