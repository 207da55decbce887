//! The sample events of the routes, `events/<binary>.json`: what follows from a route's line is written here. By hand are the values in
//! the path, the query and the body.

use crate::generated::{assert_current, read};
use crate::openapi::document;
use crate::routes::{Access, ROUTES, Route};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const HOST: &str = "abcde12345.execute-api.eu-central-1.amazonaws.com";
const CALLER: &str = "203.0.113.7";
const AGENT: &str = "curl/8.5.0";
const TRACE: &str = "x-amzn-trace-id";

/// An event of API Gateway, payload 2.0.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    version: &'static str,
    route_key: String,
    raw_path: String,
    raw_query_string: String,
    headers: BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    query_string_parameters: Option<Value>,
    request_context: Value,
    #[serde(skip_serializing_if = "Map::is_empty")]
    path_parameters: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
    is_base64_encoded: bool,
}

/// The route key as API Gateway writes it.
fn key(route: &Route) -> String {
    match route.path {
        "$default" => route.path.to_owned(),
        path => format!("{} {path}", route.method),
    }
}

/// A value of a schema, with placeholders for its texts: of an object, the required fields.
fn skeleton(document: &Value, name: &str, schema: &Value) -> Value {
    if let Some(place) = schema["$ref"].as_str().and_then(|place| place.strip_prefix('#')) {
        return skeleton(document, name, document.pointer(place).unwrap());
    }
    let given = [
        &schema["example"],
        &schema["examples"][0],
        &schema["const"],
        &schema["enum"][0],
    ];
    if let Some(given) = given.into_iter().find(|value| !value.is_null()) {
        return given.clone();
    }
    for several in ["allOf", "oneOf", "anyOf"] {
        let all = schema[several].as_array();
        if let Some(first) = all.and_then(|all| all.iter().find(|one| one["type"] != "null")) {
            return skeleton(document, name, first);
        }
    }
    let kinds = schema["type"].as_array();
    let kind = kinds.and_then(|kinds| kinds.iter().find(|kind| *kind != "null"));
    match kind.unwrap_or(&schema["type"]).as_str() {
        Some("object") => {
            let required = schema["required"].as_array().into_iter().flatten();
            let fields = required.filter_map(|field| {
                let field = field.as_str()?;
                Some((
                    field.to_owned(),
                    skeleton(document, field, &schema["properties"][field]),
                ))
            });
            Value::Object(fields.collect())
        }
        Some("array") => json!([skeleton(document, name, &schema["items"])]),
        Some("integer" | "number") => json!(schema["minimum"].as_u64().unwrap_or(1)),
        Some("boolean") => json!(false),
        _ => json!(format!("{{{{{name}}}}}")),
    }
}

/// The body that a route requires.
fn required_body(document: &Value, route: &Route) -> Option<Value> {
    let taken = &document["paths"][route.path][route.method.to_lowercase()]["requestBody"];
    let schema = &taken["content"]["application/json"]["schema"];
    (taken["required"] == true).then(|| json!(skeleton(document, "body", schema).to_string()))
}

/// The values in the path: those of the sample, and placeholders for others.
fn path_parameters(route: &Route, sample: &Value) -> Map<String, Value> {
    let parts = route.path.split('/');
    let names = parts.filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let value = |name: &str| match &sample["pathParameters"][name] {
        Value::String(written) => json!(written),
        _ => json!(format!("{{{{{name}}}}}")),
    };
    names.map(|name| (name.to_owned(), value(name))).collect()
}

/// The header fields that every route gets, those that this one gets, and what others its sample has.
fn headers(route: &Route, sample: &Value, has_body: bool) -> BTreeMap<String, Value> {
    let own = sample["headers"].as_object().into_iter().flatten();
    let mut headers: BTreeMap<String, Value> = own.map(|(name, value)| (name.clone(), value.clone())).collect();
    let number = ROUTES
        .iter()
        .position(|other| other.path == route.path && other.method == route.method);
    let trace = json!(format!("Root=1-6924b0a0-{:024x}", number.unwrap_or_default()));
    headers.entry(TRACE.to_owned()).or_insert(trace);
    let is_public = route.access == Access::Public;
    for (name, value) in [
        ("accept", Some("application/json")),
        ("authorization", (!is_public).then_some("Bearer {{token}}")),
        ("content-type", has_body.then_some("application/json")),
        ("host", Some(HOST)),
        ("user-agent", Some(AGENT)),
        ("x-forwarded-for", Some(CALLER)),
        ("x-forwarded-port", Some("443")),
        ("x-forwarded-proto", Some("https")),
    ] {
        match value {
            Some(value) => headers.insert(name.to_owned(), json!(value)),
            None => headers.remove(name),
        };
    }
    headers
}

/// The sample event of a route: what follows from its line, and for the rest what the sample has already.
fn event(document: &Value, route: &Route, sample: &Value) -> Event {
    let is_default = route.path == "$default";
    let path_parameters = path_parameters(route, sample);
    let filled = path_parameters
        .iter()
        .fold(route.path.to_owned(), |path, (name, value)| {
            path.replace(&format!("{{{name}}}"), value.as_str().unwrap_or_default())
        });
    // The route that takes all other requests says neither where they go nor how.
    let written = |value: &Value, otherwise: &str| value.as_str().unwrap_or(otherwise).to_owned();
    let raw_path = if is_default {
        written(&sample["rawPath"], "/nowhere")
    } else {
        filled
    };
    let method = match is_default {
        true => written(&sample["requestContext"]["http"]["method"], "GET"),
        false => route.method.to_owned(),
    };
    let body = match &sample["body"] {
        _ if !route.takes_body => None,
        Value::Null => required_body(document, route),
        body => Some(body.clone()),
    };
    let query = &sample["queryStringParameters"];
    Event {
        version: "2.0",
        route_key: key(route),
        raw_query_string: written(&sample["rawQueryString"], ""),
        headers: headers(route, sample, body.is_some()),
        query_string_parameters: (!query.is_null()).then(|| query.clone()),
        request_context: json!({
            "accountId": "123456789012",
            "apiId": "abcde12345",
            "domainName": HOST,
            "domainPrefix": "abcde12345",
            "http": { "method": method, "path": raw_path, "protocol": "HTTP/1.1", "sourceIp": CALLER, "userAgent": AGENT },
            "requestId": format!("sample-{}", route.binary),
            "routeKey": key(route),
            "stage": "$default",
            "time": "21/Nov/2026:10:00:00 +0000",
            "timeEpoch": 1_795_255_200_000_u64,
        }),
        raw_path,
        path_parameters,
        body,
        is_base64_encoded: false,
    }
}

/// Of a binary with several routes, the one whose sample it has; otherwise the first.
fn sampled(binary: &'static str, sample: &Value) -> &'static Route {
    let mut own = ROUTES.iter().filter(|route| route.binary == binary);
    let named = own.find(|route| sample["routeKey"] == key(route));
    named.or_else(|| Route::of(binary)).unwrap()
}

/// A sample is written anew only where it says something else: its order and its line breaks are kept.
#[test]
fn each_route_has_a_sample_that_says_what_its_line_says() {
    let document = document();
    let binaries: BTreeSet<&str> = ROUTES.iter().map(|route| route.binary).collect();
    for binary in binaries {
        let path = format!("../events/{binary}.json");
        let text = read(&path);
        let sample: Value = match text.as_str() {
            "" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}")),
        };
        let event = event(&document, sampled(binary, &sample), &sample);
        let is_same = serde_json::to_value(&event).unwrap() == sample;
        let written = serde_json::to_string_pretty(&event).unwrap() + "\n";
        assert_current(&path, if is_same { &text } else { &written }, "samples");
    }
}

#[test]
fn a_skeleton_has_the_path_the_headers_and_the_required_fields_of_its_route() {
    let route = Route::of("transfer-ownership").unwrap();
    let event = serde_json::to_value(event(&document(), route, &Value::Null)).unwrap();
    assert_eq!(event["routeKey"], "POST /v1/organizations/{org}/transfer-ownership");
    assert_eq!(event["rawPath"], "/v1/organizations/{{org}}/transfer-ownership");
    assert_eq!(event["pathParameters"], json!({ "org": "{{org}}" }));
    assert_eq!(event["headers"]["authorization"], "Bearer {{token}}");
    assert_eq!(event["headers"]["content-type"], "application/json");
    let body: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
    let fields: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert!(fields.iter().any(|field| *field == "to"), "{body}");
}

#[test]
fn a_sample_keeps_what_is_written_by_hand_and_follows_the_line_in_the_rest() {
    let route = Route::of("update-member").unwrap();
    let sample = json!({
        "routeKey": "PUT /elsewhere", "rawPath": "/elsewhere", "rawQueryString": "", "body": "{\"role\":\"admin\"}",
        "headers": { "x-request-id": "7", "host": "elsewhere" }, "pathParameters": { "member": "ann", "gone": "x" },
    });
    let event = serde_json::to_value(event(&document(), route, &sample)).unwrap();
    assert_eq!(event["rawPath"], "/v1/organizations/{{org}}/members/ann");
    assert_eq!(event["pathParameters"], json!({ "org": "{{org}}", "member": "ann" }));
    assert_eq!(event["body"], sample["body"]);
    assert_eq!(event["requestContext"]["http"]["method"], "PATCH");
    assert_eq!(event["headers"]["x-request-id"], "7");
    assert_eq!(event["headers"]["host"], HOST);
}
