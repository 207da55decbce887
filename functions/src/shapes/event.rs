//! Events.

use jiff::Timestamp;
use muster_domain::{EntityRef, Event, EventId};
use serde::Serialize;
use utoipa::ToSchema;

/// Who did something, or what it was done to.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartyBody {
    /// `user`, `api_key`, `platform`, `system`, `organization`, `invitation`, `resource` or `contact`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: String,
}

impl From<EntityRef> for PartyBody {
    fn from(actor_ref: EntityRef) -> Self {
        Self {
            kind: actor_ref.kind,
            id: actor_ref.id,
        }
    }
}

/// What happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventBody {
    /// Its id, in the order of time.
    #[schema(value_type = String)]
    pub id: EventId,
    /// What happened.
    #[schema(example = "invitation.created")]
    pub kind: String,
    /// Who did it.
    pub actor: PartyBody,
    /// What it was done to.
    pub subject: PartyBody,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What was, as far as it changed.
    pub before: Option<serde_json::Value>,
    /// What is, as far as it changed.
    pub after: Option<serde_json::Value>,
}

impl From<Event> for EventBody {
    fn from(event: Event) -> Self {
        Self {
            id: event.id,
            kind: event.kind,
            actor: event.actor.into(),
            subject: event.subject.into(),
            at: event.at,
            before: event.before.map(sorted),
            after: event.after.map(sorted),
        }
    }
}

/// The same value written in one way: it comes from the table in any order, and an answer's tag goes by its bytes.
fn sorted(mut value: serde_json::Value) -> serde_json::Value {
    value.sort_all_objects();
    value
}
