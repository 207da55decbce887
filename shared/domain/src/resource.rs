//! Resources, which the product registers, and to which roles can be limited.

use crate::id::{OrganizationId, Registration};
use crate::search::resource_words;
use crate::text::{Name, ResourceId, ResourceType};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most resources that an invitation, a role of a member, or the limits of an API key can name.
pub const MAX_RESOURCES: usize = 50;

/// A resource as the product names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ResourceKey {
    /// Its type, which the role set defines.
    #[serde(rename = "type")]
    pub kind: ResourceType,
    /// The product's own id.
    pub id: ResourceId,
}

/// One registration of a resource: a grant on an earlier registration of the same key never becomes valid again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ResourceRef {
    /// The resource's key.
    #[serde(flatten)]
    pub key: ResourceKey,
    /// The registration of that key.
    pub registration: Registration,
}

/// A registered resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// The organization it belongs to.
    pub organization: OrganizationId,
    /// Its key and registration.
    #[serde(flatten)]
    pub reference: ResourceRef,
    /// Name for people.
    pub name: Name,
    /// When it was registered.
    pub created_at: Timestamp,
    /// Rises with each change.
    pub version: u64,
}

impl Resource {
    /// The words it is found by.
    #[must_use]
    pub fn words(&self) -> BTreeSet<String> {
        resource_words(&self.name, &self.reference.key.id)
    }
}
