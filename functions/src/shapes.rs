//! What goes over the wire: the bodies of requests and replies, as the handlers read and write them.

pub mod access;
pub mod api_key;
pub mod bulk;
pub mod contact;
pub mod event;
pub mod export;
pub mod forms;
pub mod invitation;
pub mod member;
pub mod organization;
pub mod resource;

use muster_domain::{ResourceKey, ResourceRef, Seats};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Items<T> {
    /// What is on the page.
    pub items: Vec<T>,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<String>,
}

/// Seats used and allowed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SeatsBody {
    /// Seats in use, pending invitations included.
    pub used: u64,
    /// Seats the plan allows; null for no limit.
    pub limit: Option<u64>,
    /// Whether no seat is free.
    pub at_limit: bool,
}

impl From<Seats> for SeatsBody {
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
    /// The type, which the role set gives.
    #[serde(rename = "type")]
    #[schema(value_type = forms::ResourceType)]
    pub kind: muster_domain::ResourceType,
    /// The product's own id.
    #[schema(value_type = forms::ResourceId)]
    pub id: muster_domain::ResourceId,
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
