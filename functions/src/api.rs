//! The API as Rust types: the bodies of requests and replies, as the handlers read and write them.

pub mod access;
pub mod api_key;
pub mod bulk;
pub mod contact;
pub mod event;
pub mod export;
pub mod forms;
pub mod grant;
pub mod invitation;
pub mod member;
pub mod organization;
pub mod person;
pub mod resource;
pub mod role;
pub mod source;
pub mod view;
pub mod words;

use muster_domain::{ResourceKey, ResourceRef, Seats};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageResponse<T> {
    /// The rows of this page.
    pub items: Vec<T>,
    /// The cursor of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

/// The organization's seats.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SeatsResponse {
    /// Seats in use, including those of pending invitations.
    pub used: u64,
    /// The plan's seat limit; null for no limit.
    pub limit: Option<u64>,
    /// Whether all seats are in use.
    pub at_limit: bool,
}

impl From<Seats> for SeatsResponse {
    fn from(seats: Seats) -> Self {
        Self {
            used: seats.used,
            limit: seats.limit,
            at_limit: !seats.fit(1),
        }
    }
}

/// A resource by type and id.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResourceName {
    /// The resource type, which the role set defines.
    #[serde(rename = "type")]
    #[schema(value_type = forms::ResourceType)]
    pub kind: muster_domain::ResourceType,
    /// The resource's id, which the product chooses.
    #[schema(value_type = forms::ResourceId)]
    pub id: muster_domain::ResourceId,
}

/// A resource with its name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NamedResource {
    /// The resource's type.
    #[serde(rename = "type")]
    #[schema(value_type = forms::ResourceType)]
    pub kind: muster_domain::ResourceType,
    /// The resource's id.
    #[schema(value_type = forms::ResourceId)]
    pub id: muster_domain::ResourceId,
    /// The resource's display name. Null if the resource no longer exists, beyond the first 100 resources of a page, and in the response to a change that does not name the resource.
    #[schema(value_type = Option<String>)]
    pub name: Option<muster_domain::Name>,
}

impl From<ResourceName> for ResourceKey {
    fn from(name: ResourceName) -> Self {
        Self {
            kind: name.kind,
            id: name.id,
        }
    }
}

impl From<&ResourceRef> for ResourceName {
    fn from(reference: &ResourceRef) -> Self {
        Self {
            kind: reference.key.kind.clone(),
            id: reference.key.id.clone(),
        }
    }
}
