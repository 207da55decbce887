//! The schemas of events, against which every event of a decision is looked at.

use jsonschema::Validator;
use muster_domain::event::schema::schema;
use muster_domain::{CloudEvent, Event, EventKind, Publisher};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static OF_DATA: LazyLock<BTreeMap<EventKind, Validator>> =
    LazyLock::new(|| EventKind::ALL.map(|kind| (kind, validator(&schema(kind)))).into());

static OF_EVENTS: LazyLock<Validator> =
    LazyLock::new(|| validator(&serde_json::from_str(include_str!("../cloudevents/cloudevents.json")).unwrap()));

static PUBLISHER: LazyLock<Publisher> = LazyLock::new(|| Publisher {
    type_prefix: "com.example.muster".parse().unwrap(),
    api: "https://api.example.com".parse().unwrap(),
    schemas: "https://api.example.com/v1/event-schemas".parse().unwrap(),
});

fn validator(schema: &Value) -> Validator {
    jsonschema::options()
        .should_validate_formats(true)
        .build(schema)
        .unwrap()
}

/// The event as it leaves.
pub(crate) fn sent(event: &Event) -> CloudEvent {
    CloudEvent::of(event, &PUBLISHER)
}

/// Checks that the event is a CloudEvent, and that its data is of the schema of its kind.
pub(crate) fn check(event: &Event) {
    let whole = serde_json::to_value(sent(event)).unwrap();
    for (validator, value) in [(&*OF_EVENTS, &whole), (&OF_DATA[&event.kind], &whole["data"])] {
        let faults: Vec<String> = validator.iter_errors(value).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "`{}`: {faults:#?}\n{value:#}", event.kind);
    }
}
