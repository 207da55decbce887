//! The parameters of an operation: in the path, in the query and in header fields.

use super::operation::Operation;
use crate::api::forms;
use crate::routes::Route;
use muster_edge::problem::MAX_IDEMPOTENCY_KEY;
use serde_json::{Value, json};
use utoipa::PartialSchema as _;

/// What parameters are whose schemas do not say it.
const ABOUT: [(&str, &str); 9] = [
    (
        "actor",
        "The actor of the events: an id, or for a user also `sub:` and the `sub` of the user's tokens.",
    ),
    (
        "as",
        "Whether members see their own row in full, or as other members see it.",
    ),
    (
        "cursor",
        "The `next_cursor` of the previous page. It belongs to one list and its filters.",
    ),
    ("format", "The format of the file."),
    ("limit", "The largest number of rows in a page."),
    (
        "q",
        "Words to search for. Each must begin a word of the name or of the address.",
    ),
    ("status", "Whether the invitations are pending or ended."),
    (
        "subject",
        "The subject of the events: an id, or for a user also `sub:` and the `sub` of the user's tokens.",
    ),
    ("token", "The token in the invitation's link."),
];

/// All parameters of an operation.
pub(super) fn parameters(route: &Route, operation: &Operation) -> Vec<Value> {
    let names = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = names.map(|name| parameter(name, "path", in_path(name))).collect();
    for query in &operation.query {
        parameters.push(parameter(query.name, "query", query.schema()));
    }
    for (name, text) in header_fields(route) {
        let mut schema = match name {
            "Idempotency-Key" => {
                json!({ "type": "string", "maxLength": MAX_IDEMPOTENCY_KEY, "pattern": "^[ -~]*[!-~][ -~]*$" })
            }
            _ => json!({ "type": "string" }),
        };
        if let Some(map) = schema.as_object_mut() {
            map.insert("description".into(), text.into());
        }
        parameters.push(parameter(name, "header", schema));
    }
    parameters
}

/// A parameter, with what its schema says of it.
fn parameter(name: &str, place: &str, mut schema: Value) -> Value {
    let told = schema.as_object_mut().and_then(|map| map.remove("description"));
    let about = ABOUT.iter().find(|(own, _)| *own == name);
    let told = told.or_else(|| about.map(|(_, text)| (*text).into()));
    json!({ "name": name, "in": place, "required": place == "path", "description": told, "schema": schema })
}

/// The schema of a path parameter.
fn in_path(name: &str) -> Value {
    match name {
        "org" => json!(forms::OrganizationId::schema()),
        "member" => json!(forms::UserNameInPath::schema()),
        "invitation" => json!(forms::InvitationId::schema()),
        "export" => json!(forms::ExportId::schema()),
        "key" => json!(forms::KeyId::schema()),
        "type" => json!(forms::ResourceType::schema()),
        "contact" => json!(forms::ContactId::schema()),
        "id" => json!(forms::ResourceId::schema()),
        _ => json!({ "type": "string" }),
    }
}

/// The header fields that the route reads.
fn header_fields(route: &Route) -> Vec<(&'static str, String)> {
    match route.method {
        "GET" if route.answers_file => Vec::new(),
        "GET" => vec![(
            "If-None-Match",
            "Tags of responses that the caller already has. If one of them matches the current response, the status is 304.".into(),
        )],
        "PUT" | "PATCH" | "DELETE" => vec![
            (
                "If-Match",
                "The `ETag` of the state that the change applies to, in strong or weak form, or `*` for any existing state. If it does not match, the request is refused with 412.".into(),
            ),
            (
                "If-None-Match",
                "`*` if the resource must not exist, or tags of states that it must not be in. If the condition does not hold, the request is refused with 412.".into(),
            ),
        ],
        "POST" if route.may("dynamodb:TransactWriteItems") => vec![(
            "Idempotency-Key",
            format!(
                "1 to {MAX_IDEMPOTENCY_KEY} printable ASCII characters. Repeating a request with the same key within a day returns the first response again."
            ),
        )],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::openapi::document;

    #[test]
    fn every_parameter_says_what_it_is() {
        let document = document();
        let operations = document["paths"].as_object().unwrap().values();
        for operation in operations.flat_map(|path| path.as_object().unwrap().values()) {
            for parameter in operation["parameters"].as_array().unwrap() {
                let is_told = parameter["description"].as_str().is_some_and(|text| !text.is_empty());
                assert!(is_told, "{}: {}", operation["operationId"], parameter["name"]);
            }
        }
    }
}
