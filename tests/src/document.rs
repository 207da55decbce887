//! Answers, held against the OpenAPI document: whatever a test is about, it shows that the document tells the truth.

use crate::harness::Answer;
use muster_edge::reply::PROBLEM_JSON;
use muster_functions::openapi;
use muster_functions::routes::{ROUTES, Route};
use serde_json::Value;
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> = LazyLock::new(openapi::document);

/// The routes that the document describes.
pub fn described() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(|route| !operation(route).is_null())
}

fn operation(route: &Route) -> &'static Value {
    &DOCUMENT["paths"][route.path][route.method.to_lowercase()]
}

/// The described route that a request takes. Of the paths that match, it is the one with the earlier literal part, whatever its
/// methods.
pub(crate) fn requested(method: &str, path: &str) -> Option<&'static Route> {
    let literal = |route: &&Route| -> Vec<bool> { route.path.split('/').map(|part| !part.starts_with('{')).collect() };
    let closest = ROUTES.iter().filter(|route| route.matches(path)).max_by_key(literal)?;
    let mut own = described().filter(|route| route.path == closest.path);
    own.find(|route| route.method == method)
}

/// The header fields that mean something to a caller. The document tells of each that an answer has.
const FIELDS: [&str; 6] = [
    "content-disposition",
    "etag",
    "idempotent-replayed",
    "location",
    "retry-after",
    "www-authenticate",
];

/// Asserts that an answer is one that the document tells of.
///
/// # Panics
/// If it is another.
pub fn assert_told(method: &str, path: &str, answer: &Answer) {
    let (status, body) = (answer.status, &answer.body);
    let media_type = answer.header("content-type").unwrap_or_default();
    // What the gateway says for a function that fails is not the API's.
    let is_of_api = status < 500 || media_type == PROBLEM_JSON;
    let Some(route) = requested(method, path).filter(|_| is_of_api) else {
        return;
    };
    let what = format!("{} {status}", route.binary);
    let told = &operation(route)["responses"][status.to_string()];
    assert!(!told.is_null(), "the document knows no {what}: {body:#}");
    let told = match told["$ref"].as_str().and_then(|place| place.strip_prefix('#')) {
        Some(place) => DOCUMENT.pointer(place).expect("a response of the document"),
        None => told,
    };
    let fields = told["headers"].as_object();
    let has = |name: &str| fields.is_some_and(|fields| fields.keys().any(|told| told.eq_ignore_ascii_case(name)));
    for name in FIELDS.iter().filter(|name| answer.header(name).is_some()) {
        assert!(has(name), "the document knows no {name} of {what}");
    }
    let Some(schema) = told["content"].get(media_type).map(|content| &content["schema"]) else {
        let is_none = told["content"].is_null() && body.is_null();
        assert!(is_none, "the document knows no {media_type} of {what}: {body:#}");
        return;
    };
    if media_type.ends_with("json") {
        let mut faults = Vec::new();
        compare(schema, body, "", &mut faults);
        assert!(
            faults.is_empty(),
            "the document does not tell of {what}: {faults:#?} in {body:#}"
        );
    }
}

/// Notes what of a value is otherwise than its schema says.
fn compare(schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return compare(&DOCUMENT["components"]["schemas"][name], value, at, faults);
    }
    for (several, is_enough) in [("oneOf", true), ("anyOf", true), ("allOf", false)] {
        let Some(all) = schema[several].as_array() else {
            continue;
        };
        let verdicts: Vec<Vec<String>> = all
            .iter()
            .map(|one| {
                let mut faults = Vec::new();
                compare(one, value, at, &mut faults);
                faults
            })
            .collect();
        if is_enough && verdicts.iter().all(|faults| !faults.is_empty()) {
            faults.extend(verdicts.into_iter().flatten());
        } else if !is_enough {
            // Each says something of the same object, and may not know what the others do.
            let untold = |fault: &String| verdicts.iter().all(|own| own.iter().any(|other| covers(other, fault)));
            let kept = verdicts.iter().flatten();
            let kept = kept.filter(|fault| !fault.contains(UNTOLD) || untold(fault));
            faults.extend(kept.cloned());
        }
        return;
    }
    if !fits(&schema["type"], value) {
        faults.push(format!("{at} is not of type {}: {value}", schema["type"]));
        return;
    }
    if let Some(only) = schema.get("const").filter(|only| *only != value) {
        faults.push(format!("{at} is not {only}: {value}"));
    }
    let words = schema["enum"].as_array();
    if words.is_some_and(|words| !words.contains(value)) {
        faults.push(format!("{at} is none of {}: {value}", schema["enum"]));
    }
    match value {
        Value::String(text) if schema["format"] == "date-time" && text.parse::<jiff::Timestamp>().is_err() => {
            faults.push(format!("{at} is no instant: {text}"));
        }
        Value::Array(list) => {
            for (index, element) in list.iter().enumerate() {
                compare(&schema["items"], element, &format!("{at}[{index}]"), faults);
            }
        }
        Value::Object(object) => {
            let required = schema["required"].as_array().into_iter().flatten();
            let missing = required
                .filter_map(Value::as_str)
                .filter(|name| !object.contains_key(*name));
            faults.extend(missing.map(|name| format!("{at}.{name} is missing")));
            for (name, value) in object {
                let at = format!("{at}.{name}");
                match (schema["properties"].get(name), schema.get("additionalProperties")) {
                    (Some(schema), _) => compare(schema, value, &at, faults),
                    (None, Some(schema)) if schema.is_object() => compare(schema, value, &at, faults),
                    (None, _) if schema["properties"].is_object() => faults.push(format!("{at} {UNTOLD}")),
                    (None, _) => {}
                }
            }
        }
        _ => {}
    }
}

const UNTOLD: &str = "is not told of";

/// Whether a fault is that the place of another one, or one around it, is not told of.
fn covers(fault: &str, other: &str) -> bool {
    let place = fault.strip_suffix(UNTOLD);
    place.is_some_and(|place| other.starts_with(place.trim_end()))
}

/// Whether a value is of the type, or of one of the types; a schema without any says nothing of it.
fn fits(kind: &Value, value: &Value) -> bool {
    match kind {
        Value::String(kind) => match kind.as_str() {
            "null" => value.is_null(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_u64() || value.is_i64(),
            "number" => value.is_number(),
            "string" => value.is_string(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => panic!("the document tells of a type {other}"),
        },
        Value::Array(kinds) => kinds.iter().any(|kind| fits(kind, value)),
        _ => true,
    }
}
