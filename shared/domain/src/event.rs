//! Events: the record that every change leaves, in the change's own transaction.

use crate::id::{EventId, InvitationId, KeyId, NewIds, OrganizationId, UserId};
use crate::resource::ResourceKey;
use crate::text::ContactId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The kind of an event that a suspension took effect.
pub const SUSPENDED: &str = "organization.suspended";
/// The kind of an event that a suspension ended.
pub const RESUMED: &str = "organization.resumed";
/// The kind of an event that a suspension was set to begin later.
pub const SUSPENSION_PLANNED: &str = "organization.suspension_planned";
/// The kind of an event that a suspension that had not begun was canceled.
pub const SUSPENSION_CANCELLED: &str = "organization.suspension_cancelled";

/// The actor or the subject of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityRef {
    /// `user`, `api_key`, `platform`, `system`, `organization`, `invitation`, `resource` or `contact`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: String,
}

impl EntityRef {
    fn new(kind: &str, id: impl ToString) -> Self {
        Self {
            kind: kind.to_owned(),
            id: id.to_string(),
        }
    }

    /// A user.
    #[must_use]
    pub fn user(id: UserId) -> Self {
        Self::new("user", id)
    }

    /// An API key, as actor or as subject.
    #[must_use]
    pub fn api_key(id: KeyId) -> Self {
        Self::new("api_key", id)
    }

    /// A contact.
    #[must_use]
    pub fn contact(id: &ContactId) -> Self {
        Self::new("contact", id)
    }

    /// The platform's operator, by the user that the token was issued to.
    #[must_use]
    pub fn platform(id: UserId) -> Self {
        Self::new("platform", id)
    }

    /// Muster itself, in one of its jobs.
    #[must_use]
    pub fn system(job: &str) -> Self {
        Self::new("system", job)
    }

    /// An organization.
    #[must_use]
    pub fn organization(id: OrganizationId) -> Self {
        Self::new("organization", id)
    }

    /// An invitation.
    #[must_use]
    pub fn invitation(id: InvitationId) -> Self {
        Self::new("invitation", id)
    }

    /// A resource, as `type/id`.
    #[must_use]
    pub fn resource(key: &ResourceKey) -> Self {
        Self::new("resource", format!("{}/{}", key.kind, key.id))
    }
}

/// A change: who, what, when, before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its id, which rises with time.
    pub id: EventId,
    /// The organization it happened in.
    pub organization: OrganizationId,
    /// What happened, such as `invitation.created`.
    #[serde(rename = "event")]
    pub kind: String,
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

impl Event {
    /// Whether it reveals a suspension that has not begun: callers who cannot see such a suspension cannot see the event either.
    #[must_use]
    pub fn is_of_suspension_ahead(&self) -> bool {
        [SUSPENSION_PLANNED, SUSPENSION_CANCELLED].contains(&self.kind.as_str())
    }

    /// Whether its states are those of a suspension, whose reason only those see who see the suspension.
    #[must_use]
    pub fn is_of_suspension(&self) -> bool {
        self.is_of_suspension_ahead() || [SUSPENDED, RESUMED].contains(&self.kind.as_str())
    }
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
    pub fn event(&mut self, kind: &str, subject: EntityRef, before: Option<Value>, after: Option<Value>) -> Event {
        Event {
            id: EventId::from_uuid(self.ids.uuid()),
            organization: self.organization,
            kind: kind.to_owned(),
            actor: self.actor.clone(),
            subject,
            at: self.now,
            before,
            after,
        }
    }
}
