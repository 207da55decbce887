//! Resources: what roles can be limited to. The product registers them.

use crate::id::{OrganizationId, Registration};
use crate::text::{Name, ResourceId, ResourceType};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A resource as the product names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ResourceKey {
    /// Its type, which the role set gives.
    #[serde(rename = "type")]
    pub kind: ResourceType,
    /// The product's own id.
    pub id: ResourceId,
}

/// One registration of a resource: a grant on an earlier one of the same name never comes back to life.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ResourceRef {
    /// The name.
    #[serde(flatten)]
    pub key: ResourceKey,
    /// Which registration of that name.
    pub registration: Registration,
}

/// A registered resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// The organization it belongs to.
    pub organization: OrganizationId,
    /// Name and registration.
    #[serde(flatten)]
    pub reference: ResourceRef,
    /// Name for people.
    pub name: Name,
    /// When it was registered.
    pub created_at: Timestamp,
    /// Rises with each change.
    pub version: u64,
}
