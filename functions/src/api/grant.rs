//! Grants: roles on resources, as they are shown and assigned.

use super::forms;
use super::source::SourceResponse;
use jiff::Timestamp;
use muster_domain::{Instant, Name, ResourceId, ResourceType, RoleId};
use muster_edge::Body;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A role held on a resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrantResponse {
    /// The resource's type.
    #[serde(rename = "type")]
    #[schema(value_type = forms::ResourceType)]
    pub kind: ResourceType,
    /// The resource's id.
    #[schema(value_type = forms::ResourceId)]
    pub id: ResourceId,
    /// The resource's display name. Null if the resource no longer exists, beyond the first 100 resources of a page, and in the response to a change that does not name the resource.
    #[schema(value_type = Option<String>)]
    pub name: Option<Name>,
    /// The role held on the resource.
    #[schema(value_type = forms::RoleId)]
    pub role: RoleId,
    /// When the role expires; null if it does not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// How the role was given; null if that is unknown. Only the member and those who manage members of the resource see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SourceResponse>)]
    pub source: Option<Option<SourceResponse>>,
}

/// A role to assign on a resource.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantInput {
    /// The resource's type.
    #[serde(rename = "type")]
    #[schema(value_type = forms::ResourceType)]
    pub kind: ResourceType,
    /// The resource's id.
    #[schema(value_type = forms::ResourceId)]
    pub id: ResourceId,
    /// The role to assign.
    #[schema(value_type = forms::RoleId)]
    pub role: RoleId,
    /// When the role expires. Omit it, or send null, if the role does not expire.
    #[serde(default)]
    #[schema(value_type = Option<forms::Instant>)]
    pub expires_at: Option<Instant>,
}

/// The role to assign on the resource in the path.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutGrantRequest {
    /// The role. It replaces the role that the member holds on the resource.
    #[schema(value_type = forms::RoleId)]
    pub role: RoleId,
    /// When the role expires. Omit it, or send null, if the role does not expire.
    #[serde(default)]
    #[schema(value_type = Option<forms::Instant>)]
    pub expires_at: Option<Instant>,
}

impl Body for PutGrantRequest {
    const REQUIRED: &'static [&'static str] = &["role"];
}
