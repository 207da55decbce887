//! Resources.

use super::forms;
use jiff::Timestamp;
use muster_domain::{Name, Resource, ResourceId, ResourceType};
use muster_edge::Body;
use muster_edge::etag::Stated;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A resource to register or rename.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutResourceRequest {
    /// The resource's name, 1 to 120 characters.
    #[schema(value_type = forms::Name)]
    pub name: Name,
}

impl Body for PutResourceRequest {
    const REQUIRED: &'static [&'static str] = &["name"];
}

/// A resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResourceResponse {
    /// The resource type.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub kind: ResourceType,
    /// The resource's id, which the product chooses.
    #[schema(value_type = String)]
    pub id: ResourceId,
    /// The resource's name.
    #[schema(value_type = String)]
    pub name: Name,
    /// When the resource was registered.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// The version, for `If-Match`, in quotation marks.
    pub version: String,
}

impl From<&Resource> for ResourceResponse {
    fn from(resource: &Resource) -> Self {
        Self {
            kind: resource.reference.key.kind.clone(),
            id: resource.reference.key.id.clone(),
            name: resource.name.clone(),
            created_at: resource.created_at,
            version: resource.state(),
        }
    }
}
