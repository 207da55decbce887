//! The header fields of responses.

use crate::routes::Route;
use muster_edge::problem::ProblemType;
use serde_json::{Map, Value, json};

/// The things that have a version, by the types of their bodies. The response that shows one has its tag.
const VERSIONED: [&str; 5] = [
    "ContactResponse",
    "InvitationResponse",
    "MemberResponse",
    "OrganizationResponse",
    "ResourceResponse",
];
/// The routes that say where what they have made is.
const LOCATED: [&str; 2] = ["create-export", "create-organization"];

/// The fields, by their names, as components.
pub(super) fn components() -> Value {
    let text = |about: &str| json!({ "description": about, "schema": { "type": "string" } });
    json!({
        "Content-Disposition": text("The name of the file."),
        "ETag": text("The tag of the response, for `If-Match` and `If-None-Match`."),
        "Idempotent-Replayed": {
            "description": "`true` if this is the stored response to an earlier request with the same `Idempotency-Key`.",
            "schema": { "type": "string", "const": "true" },
        },
        "Location": text("Where the new resource is."),
        "Retry-After": {
            "description": "After how many seconds a repetition can succeed. Absent if no wait would help.",
            "schema": { "type": "integer", "minimum": 0 },
        },
        "WWW-Authenticate": text("The scheme of the credentials that are required."),
        "X-Request-Id": text("The id of the request. Quote it when you ask for help."),
    })
}

fn named<'n>(names: impl IntoIterator<Item = &'n str>) -> Value {
    let fields = names.into_iter().map(|name| {
        (
            name.to_owned(),
            json!({ "$ref": format!("#/components/headers/{name}") }),
        )
    });
    Value::Object(fields.collect::<Map<_, _>>())
}

/// Those of a response that is a success, or that says that nothing has changed.
pub(super) fn of_success(route: &Route, status: u16, body: Option<&Value>) -> Value {
    let reference = body.and_then(|body| body.get("$ref")).and_then(Value::as_str);
    let of = reference.and_then(|place| place.rsplit('/').next());
    let shows = of.is_some_and(|of| VERSIONED.contains(&of));
    let is_read = route.method == "GET" && !route.answers_file;
    let fields = [
        ("Content-Disposition", route.answers_file),
        ("ETag", is_read || (shows && status != 202)),
        (
            "Idempotent-Replayed",
            route.method == "POST" && route.may("dynamodb:TransactWriteItems"),
        ),
        ("Location", LOCATED.contains(&route.binary)),
        ("X-Request-Id", true),
    ];
    named(fields.into_iter().filter_map(|(name, has)| has.then_some(name)))
}

/// Those of a response with one of these problems.
pub(super) fn of_problems<'k>(kinds: impl IntoIterator<Item = &'k ProblemType>) -> Value {
    let mut fields = vec!["X-Request-Id"];
    for kind in kinds {
        let can_wait = matches!(
            kind,
            ProblemType::Conflict | ProblemType::TooManyDeletions | ProblemType::Throttled | ProblemType::Unavailable
        );
        if can_wait || kind.status() == 429 {
            fields.push("Retry-After");
        }
        if *kind == ProblemType::Unauthorized {
            fields.push("WWW-Authenticate");
        }
    }
    fields.sort_unstable();
    fields.dedup();
    named(fields)
}
