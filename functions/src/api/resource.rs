//! Resources.

use super::{NamedResource, forms};
use jiff::Timestamp;
use muster_domain::{Name, Resource, ResourceId, ResourceRef, ResourceType};
use muster_edge::Body;
use muster_edge::etag::Stated;
use muster_store::{ReadSet, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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
    #[schema(value_type = forms::ResourceType)]
    pub kind: ResourceType,
    /// The resource's id, which the product chooses.
    #[schema(value_type = forms::ResourceId)]
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

/// The names of the resources that were read.
///
/// A name belongs to one registration: a resource that was deleted and registered again is another one, whose name says nothing about
/// the roles on the first.
#[derive(Debug, Clone, Default)]
pub struct ResourceNames(BTreeMap<ResourceRef, Name>);

impl ResourceNames {
    /// The names of the resources in this read.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub fn of(read: &ReadSet) -> Result<Self, StoreError> {
        Ok(read.resources()?.into_iter().collect())
    }

    /// The name of a resource, if it was read.
    #[must_use]
    pub fn get(&self, on: &ResourceRef) -> Option<Name> {
        self.0.get(on).cloned()
    }

    /// These names and those.
    #[must_use]
    pub fn and(mut self, more: Self) -> Self {
        self.0.extend(more.0);
        self
    }

    /// A resource with its name.
    #[must_use]
    pub fn named(&self, on: &ResourceRef) -> NamedResource {
        NamedResource {
            kind: on.key.kind.clone(),
            id: on.key.id.clone(),
            name: self.get(on),
        }
    }

    /// Resources with their names.
    pub fn all<'r>(&self, on: impl IntoIterator<Item = &'r ResourceRef>) -> Vec<NamedResource> {
        on.into_iter().map(|on| self.named(on)).collect()
    }
}

impl FromIterator<Resource> for ResourceNames {
    fn from_iter<I: IntoIterator<Item = Resource>>(resources: I) -> Self {
        let named = resources.into_iter();
        Self(named.map(|resource| (resource.reference, resource.name)).collect())
    }
}
