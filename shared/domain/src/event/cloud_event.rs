//! Events as they leave: in the structured JSON form of CloudEvents 1.0.

use super::publisher::Publisher;
use super::{EntityRef, Event};
use crate::id::EventId;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;

/// The most bytes of an event. An entry of Amazon EventBridge holds 256 KB with all that goes with it.
pub const MAX_BYTES: usize = 200 * 1_024;

/// The version of the CloudEvents specification.
const SPEC_VERSION: &str = "1.0";

/// The media type of `data`.
const CONTENT_TYPE: &str = "application/json";

/// An event as consumers get it. The same event is the same bytes each time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CloudEvent {
    /// The version of the CloudEvents specification.
    pub specversion: &'static str,
    /// The event's id, the same in each repetition.
    pub id: EventId,
    /// The organization, as `/organizations/` and its id.
    pub source: String,
    /// The publisher's prefix, the kind, and the version of the type.
    #[serde(rename = "type")]
    pub kind: String,
    /// What was changed, as its type and its id.
    pub subject: String,
    /// When it was changed.
    pub time: Timestamp,
    /// The media type of the data.
    pub datacontenttype: &'static str,
    /// The address of the data's schema.
    pub dataschema: String,
    /// The change.
    pub data: Data,
}

/// What an event carries, of the form that the [schema](super::schema::schema) of its kind describes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Data {
    /// The change, with the states before and after it.
    Whole {
        /// The actor.
        actor: EntityRef,
        /// The subject.
        subject: EntityRef,
        /// The changed fields as they were.
        before: Option<Value>,
        /// The changed fields as they are now.
        after: Option<Value>,
    },
    /// A change whose states are too large for the entry.
    Linked {
        /// The actor.
        actor: EntityRef,
        /// The subject.
        subject: EntityRef,
        /// The address at which the API lists the event.
        link: String,
    },
}

impl CloudEvent {
    /// The event as this publisher sends it. If it were larger than [`MAX_BYTES`], it has a link in place of the states.
    #[must_use]
    pub fn of(event: &Event, publisher: &Publisher) -> Self {
        let whole = Data::Whole {
            actor: event.actor.clone(),
            subject: event.subject.clone(),
            before: event.before.clone().map(sorted),
            after: event.after.clone().map(sorted),
        };
        let whole = Self::with(event, publisher, whole);
        if whole.fits() {
            return whole;
        }
        let linked = Data::Linked {
            actor: event.actor.clone(),
            subject: event.subject.clone(),
            link: link(event, publisher),
        };
        Self::with(event, publisher, linked)
    }

    fn with(event: &Event, publisher: &Publisher, data: Data) -> Self {
        Self {
            specversion: SPEC_VERSION,
            id: event.id,
            source: format!("/organizations/{}", event.organization),
            kind: format!("{}.{}", publisher.type_prefix, event.kind.versioned()),
            subject: format!("{}/{}", event.subject.kind, event.subject.id),
            time: event.at,
            datacontenttype: CONTENT_TYPE,
            dataschema: format!("{}/{}", publisher.schemas, event.kind.schema_file()),
            data,
        }
    }

    fn fits(&self) -> bool {
        serde_json::to_vec(self).is_ok_and(|bytes| bytes.len() <= MAX_BYTES)
    }
}

/// The list of the events of this kind, of this subject and of this millisecond: an id begins with the millisecond of its event.
///
/// Nothing in it needs to be encoded: ids, kinds and instants have only characters that a query can have.
fn link(event: &Event, publisher: &Publisher) -> String {
    let Event {
        organization,
        kind,
        subject,
        at,
        ..
    } = event;
    let until = at.checked_add(SignedDuration::from_millis(1)).unwrap_or(Timestamp::MAX);
    format!(
        "{}/v1/organizations/{organization}/events?subject={}&kind={kind}&since={at}&until={until}",
        publisher.api, subject.id
    )
}

/// The same value with its fields sorted: they come from the table in any order.
fn sorted(mut value: Value) -> Value {
    value.sort_all_objects();
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EventKind;
    use crate::id::{OrganizationId, UserId};
    use crate::resource::ResourceKey;
    use serde_json::json;

    fn publisher() -> Publisher {
        Publisher {
            type_prefix: "com.example.muster".parse().unwrap(),
            api: "https://api.example.com".parse().unwrap(),
            schemas: "https://api.example.com/v1/event-schemas".parse().unwrap(),
        }
    }

    fn renamed(name: &str) -> Event {
        let key = ResourceKey {
            kind: "program".parse().unwrap(),
            id: "spring:2026@~x".parse().unwrap(),
        };
        Event {
            id: EventId::from_bytes([3; 16]),
            organization: OrganizationId::from_bytes([1; 16]),
            kind: EventKind::ResourceRenamed,
            actor: EntityRef::user(UserId::from_bytes([2; 16])),
            subject: EntityRef::resource(&key),
            at: "2026-03-10T12:00:00.250Z".parse().unwrap(),
            before: Some(json!({ "name": "Spring" })),
            after: Some(json!({ "name": name })),
        }
    }

    fn written(event: &Event) -> Value {
        serde_json::to_value(CloudEvent::of(event, &publisher())).unwrap()
    }

    #[test]
    fn an_event_is_a_cloud_event_of_its_own_version_of_type() {
        let event = renamed("Spring 2026");
        assert_eq!(
            written(&event),
            json!({
                "specversion": "1.0",
                "id": event.id,
                "source": format!("/organizations/{}", event.organization),
                "type": "com.example.muster.resource.renamed.v1",
                "subject": "resource/program/spring:2026@~x",
                "time": "2026-03-10T12:00:00.25Z",
                "datacontenttype": "application/json",
                "dataschema": "https://api.example.com/v1/event-schemas/resource.renamed.v1.json",
                "data": {
                    "actor": { "type": "user", "id": event.actor.id },
                    "subject": { "type": "resource", "id": "program/spring:2026@~x" },
                    "before": { "name": "Spring" },
                    "after": { "name": "Spring 2026" },
                },
            })
        );
    }

    #[test]
    fn the_names_of_attributes_are_lowercase_letters_and_digits() {
        let written = written(&renamed("Spring 2026"));
        let mut names = written.as_object().unwrap().keys();
        let is_allowed = |name: &String| {
            (1..=20).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        assert!(names.all(is_allowed), "{written}");
    }

    #[test]
    fn a_state_that_is_absent_is_null() {
        let event = Event {
            before: None,
            ..renamed("Spring 2026")
        };
        assert_eq!(written(&event).pointer("/data/before"), Some(&Value::Null));
    }

    #[test]
    fn the_order_in_which_fields_were_read_does_not_show() {
        let of = |text: &str| Event {
            after: Some(serde_json::from_str(text).unwrap()),
            ..renamed("")
        };
        let [one, other] = [r#"{"a":{"c":1,"d":2},"b":3}"#, r#"{"b":3,"a":{"d":2,"c":1}}"#]
            .map(|text| serde_json::to_string(&CloudEvent::of(&of(text), &publisher())).unwrap());
        assert_eq!(one, other);
    }

    #[test]
    fn an_event_that_is_too_large_has_a_link_that_finds_it() {
        let size = |event: &Event| serde_json::to_vec(&CloudEvent::of(event, &publisher())).unwrap().len();
        let around = size(&renamed(""));
        let largest = renamed(&"x".repeat(MAX_BYTES - around));
        assert_eq!(size(&largest), MAX_BYTES);
        assert_eq!(written(&largest).pointer("/data/after"), largest.after.as_ref());

        let event = renamed(&"x".repeat(MAX_BYTES - around + 1));
        let link = format!(
            "https://api.example.com/v1/organizations/{}/events?subject=program/spring:2026@~x&kind=resource.renamed\
             &since=2026-03-10T12:00:00.25Z&until=2026-03-10T12:00:00.251Z",
            event.organization
        );
        let data = json!({ "actor": event.actor, "subject": event.subject, "link": link });
        assert_eq!(written(&event).get("data"), Some(&data));
        assert!(size(&event) < 1_000);
    }
}
