//! Answers, held against the OpenAPI document: whatever a test is about, it shows that the document tells the truth.

use muster_functions::openapi;
use muster_functions::routes::{ROUTES, Route};
use serde_json::Value;
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> = LazyLock::new(openapi::document);

/// The route that a request takes: of those that match, the one with the earlier literal part.
fn route(method: &str, path: &str) -> Option<&'static Route> {
    let matching = ROUTES.iter().filter(|r| r.method == method && r.matches(path));
    matching.max_by_key(|r| r.path.split('/').map(|part| !part.starts_with('{')).collect::<Vec<_>>())
}

/// Asserts that an answer is one that the document tells of.
///
/// # Panics
/// If it is another.
pub fn assert_told(method: &str, path: &str, status: u16, media_type: &str, body: &Value) {
    // What the gateway says for a function that fails is not the API's.
    let Some(route) = route(method, path).filter(|_| status < 500) else {
        return;
    };
    let operation = &DOCUMENT["paths"][route.path][method.to_lowercase()];
    if operation.is_null() {
        return;
    }
    let class = format!("{}XX", status / 100);
    let responses = &operation["responses"];
    let told = [status.to_string(), class]
        .into_iter()
        .find_map(|key| responses.get(key));
    let what = format!("{} {status}", route.binary);
    let told = told.unwrap_or_else(|| panic!("the document knows no {what}: {body:#}"));
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
            faults.extend(verdicts.into_iter().flatten().filter(|fault| !fault.contains(UNTOLD)));
        }
        return;
    }
    if !fits(&schema["type"], value) {
        faults.push(format!("{at} is not of type {}: {value}", schema["type"]));
        return;
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
