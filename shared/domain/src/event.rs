//! Events: the record that every change leaves, in the change's own transaction.

pub mod cloud_event;
mod kind;
mod publisher;
pub mod schema;

pub use cloud_event::CloudEvent;
pub use kind::{EntityKind, EventKind};
pub use publisher::{BaseUrl, BaseUrlError, Publisher, TypePrefix, TypePrefixError};

use crate::id::{EventId, InvitationId, KeyId, NewIds, OrganizationId, UserId};
use crate::resource::ResourceKey;
use crate::text::ContactId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The actor or the subject of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityRef {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: EntityKind,
    /// Its id.
    pub id: String,
}

impl EntityRef {
    fn new(kind: EntityKind, id: impl ToString) -> Self {
        Self {
            kind,
            id: id.to_string(),
        }
    }

    /// A user.
    #[must_use]
    pub fn user(id: UserId) -> Self {
        Self::new(EntityKind::User, id)
    }

    /// An API key, as actor or as subject.
    #[must_use]
    pub fn api_key(id: KeyId) -> Self {
        Self::new(EntityKind::ApiKey, id)
    }

    /// A contact.
    #[must_use]
    pub fn contact(id: &ContactId) -> Self {
        Self::new(EntityKind::Contact, id)
    }

    /// The platform's operator, by the user that the token was issued to.
    #[must_use]
    pub fn platform(id: UserId) -> Self {
        Self::new(EntityKind::Platform, id)
    }

    /// Muster itself, in one of its jobs.
    #[must_use]
    pub fn system(job: &str) -> Self {
        Self::new(EntityKind::System, job)
    }

    /// An organization.
    #[must_use]
    pub fn organization(id: OrganizationId) -> Self {
        Self::new(EntityKind::Organization, id)
    }

    /// An invitation.
    #[must_use]
    pub fn invitation(id: InvitationId) -> Self {
        Self::new(EntityKind::Invitation, id)
    }

    /// A resource, as `type/id`.
    #[must_use]
    pub fn resource(key: &ResourceKey) -> Self {
        Self::new(EntityKind::Resource, format!("{}/{}", key.kind, key.id))
    }
}

/// A change: who, what, when, before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its id, which rises with time.
    pub id: EventId,
    /// The organization it happened in.
    pub organization: OrganizationId,
    /// What happened.
    #[serde(rename = "event")]
    pub kind: EventKind,
    /// The actor.
    pub actor: EntityRef,
    /// The subject.
    pub subject: EntityRef,
    /// When.
    pub at: Timestamp,
    /// The changed fields as they were.
    pub before: Option<Value>,
    /// The changed fields as they are now.
    pub after: Option<Value>,
}

/// Writes events of one decision: same organization, same actor, same instant.
pub struct Recorder<'a> {
    organization: OrganizationId,
    actor: EntityRef,
    now: Timestamp,
    ids: &'a mut dyn NewIds,
}

impl<'a> Recorder<'a> {
    /// A recorder for the events of `actor` at `now`.
    pub fn new(organization: OrganizationId, actor: EntityRef, now: Timestamp, ids: &'a mut dyn NewIds) -> Self {
        Self {
            organization,
            actor,
            now,
            ids,
        }
    }

    /// One event.
    pub fn event(&mut self, kind: EventKind, subject: EntityRef, before: Option<Value>, after: Option<Value>) -> Event {
        Event {
            id: EventId::from_uuid(self.ids.uuid()),
            organization: self.organization,
            kind,
            actor: self.actor.clone(),
            subject,
            at: self.now,
            before,
            after,
        }
    }
}
