//! Events.

use super::{forms, words};
use jiff::Timestamp;
use muster_domain::{EntityKind, EntityRef, Event, EventId, EventKind, Name};
use serde::Serialize;
use utoipa::ToSchema;

/// The actor or the subject of an event.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventEntity {
    /// What the actor or subject is.
    #[serde(rename = "type")]
    #[schema(value_type = words::EntityKind)]
    pub kind: EntityKind,
    /// The id of the actor or subject.
    pub id: String,
    /// Its present name. Null if it has none, if it no longer exists, if the caller cannot see it, and beyond the first 100 actors and
    /// subjects of a page.
    #[schema(value_type = Option<String>)]
    pub name: Option<Name>,
}

impl EventEntity {
    fn of(entity: EntityRef, names: &EventNames) -> Self {
        Self {
            name: names.of(&entity).cloned(),
            kind: entity.kind,
            id: entity.id,
        }
    }
}

/// The names of actors and subjects, as far as the caller sees them.
#[derive(Debug, Default)]
pub struct EventNames(Vec<(EntityRef, Name)>);

impl EventNames {
    /// Adds the name of an actor or a subject.
    pub fn add(&mut self, entity: EntityRef, name: Name) {
        self.0.push((entity, name));
    }

    fn of(&self, entity: &EntityRef) -> Option<&Name> {
        let known = self.0.iter().find(|(known, _)| known == entity);
        known.map(|(_, name)| name)
    }
}

/// An event: a record of one change.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventResponse {
    /// The event's id. Ids sort by time.
    #[schema(value_type = forms::EventId)]
    pub id: EventId,
    /// The kind of event.
    #[schema(value_type = words::EventKind)]
    pub kind: EventKind,
    /// The actor that made the change.
    pub actor: EventEntity,
    /// The resource, organization, user or other subject that was changed.
    pub subject: EventEntity,
    /// When the change was made.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The state of the changed resource before the change. It includes a profile or a message only if that changed.
    pub before: Option<serde_json::Value>,
    /// The state after the change, with the same fields.
    pub after: Option<serde_json::Value>,
}

impl EventResponse {
    /// The event, with these names.
    #[must_use]
    pub fn of(event: Event, names: &EventNames) -> Self {
        Self {
            id: event.id,
            kind: event.kind,
            actor: EventEntity::of(event.actor, names),
            subject: EventEntity::of(event.subject, names),
            at: event.at,
            before: event.before.map(sorted),
            after: event.after.map(sorted),
        }
    }

    /// The event, as shown to callers who cannot see this field.
    #[must_use]
    pub fn without(mut self, field: &str) -> Self {
        let states = [&mut self.before, &mut self.after].into_iter().flatten();
        for fields in states.filter_map(serde_json::Value::as_object_mut) {
            fields.remove(field);
        }
        self
    }
}

/// The same value with its fields sorted: they come from the table in any order, and the tag of a response depends on its bytes.
fn sorted(mut value: serde_json::Value) -> serde_json::Value {
    value.sort_all_objects();
    value
}
