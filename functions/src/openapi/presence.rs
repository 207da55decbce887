//! Which fields of responses are always there. A field that can be null is: only those that the types leave out are not.

use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A field that responses can lack: its type, its name, and whether it can be null as well.
type Absent = (&'static str, &'static str, bool);

const ABSENT: &[Absent] = &[
    ("AddMemberResponse", "invitation", false),
    ("AddMemberResponse", "member", false),
    ("DecisionReason", "missing", false),
    ("DecisionReason", "needed", false),
    ("DecisionReason", "source", true),
    ("DecisionReason", "when", false),
    ("FaultBody", "email", false),
    ("FaultBody", "field", false),
    ("GrantResponse", "source", true),
    ("InvitationRow", "subject", false),
    ("InvitationVerdict", "problem", false),
    ("MemberResponse", "role_source", true),
    ("MemberResponse", "subject", true),
    ("MemberRow", "role_source", true),
    ("MemberRow", "subject", true),
    ("MemberVerdict", "problem", false),
    ("MemberVerdict", "subject", false),
    ("MissingPermission", "conditions", false),
    ("NewApiKeyResponse", "secret", false),
    ("Problem", "detail", false),
    ("Problem", "errors", false),
    ("Problem", "request_id", false),
    ("Problem", "seats", false),
    ("ProfileResponse", "notifications", false),
    ("SearchResponse", "context", false),
    ("SourceResponse", "api_key", true),
    ("SourceResponse", "by", true),
    ("SubjectResult", "properties", false),
    ("VerifyApiKeyResponse", "allowed", true),
    ("VerifyApiKeyResponse", "key", false),
    ("VerifyApiKeyResponse", "member", false),
    ("VerifyApiKeyResponse", "name", false),
    ("VerifyApiKeyResponse", "organization", false),
    ("VerifyApiKeyResponse", "read_only", false),
    ("VerifyApiKeyResponse", "subject", true),
];

/// Whether a schema is the type's. That of a generic type has its argument behind its own name.
fn is_of(schema: &str, of: &str) -> bool {
    schema == of || (of == "SearchResponse" && schema.starts_with(of))
}

/// Marks the fields of responses that are always there as required, before the schemas have their public names. The fields of requests
/// stay as they are.
pub(super) fn require(document: &mut Value) {
    let sent = sent(document);
    let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    for (name, schema) in schemas.iter_mut().filter(|(name, _)| !sent.contains(*name)) {
        require_in(name, schema);
    }
}

fn require_in(name: &str, schema: &mut Value) {
    let Some(map) = schema.as_object_mut() else { return };
    if let Some(properties) = map.get_mut("properties").and_then(Value::as_object_mut) {
        let required = required(name, properties);
        properties.values_mut().for_each(|property| require_in(name, property));
        match required.as_slice() {
            [] => map.remove("required"),
            all => map.insert("required".into(), all.into()),
        };
    }
    if let Some(items) = map.get_mut("items") {
        require_in(name, items);
    }
    for several in ["allOf", "anyOf", "oneOf"] {
        let all = map.get_mut(several).and_then(Value::as_array_mut).into_iter().flatten();
        all.for_each(|one| require_in(name, one));
    }
}

/// The names of the properties that are always there. The others lose null, unless they can be null as well.
fn required(name: &str, properties: &mut Map<String, Value>) -> Vec<String> {
    let mut required = Vec::new();
    for (field, property) in properties {
        match ABSENT.iter().find(|(of, absent, _)| is_of(name, of) && absent == field) {
            None => required.push(field.clone()),
            Some((_, _, true)) => {}
            Some((_, _, false)) => never_null(property),
        }
    }
    required.sort_unstable();
    required
}

/// Takes null out of what a property can be.
fn never_null(property: &mut Value) {
    let Some(map) = property.as_object_mut() else { return };
    if let Some(Value::Array(kinds)) = map.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [one] = kinds.as_slice() {
            let one = one.clone();
            map.insert("type".into(), one);
        }
    }
    if let Some(Value::Array(all)) = map.get_mut("oneOf") {
        all.retain(|one| one.get("type").is_none_or(|kind| kind != "null"));
        if let [Value::Object(one)] = all.as_slice() {
            let one: Map<String, Value> = one.clone();
            map.remove("oneOf");
            map.extend(one);
        }
    }
}

/// The names of the schemas that requests are made of.
fn sent(document: &Value) -> BTreeSet<String> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let operations = paths.filter_map(|(_, methods)| methods.as_object()).flatten();
    let mut found = BTreeSet::new();
    for (_, operation) in operations {
        for part in ["parameters", "requestBody"] {
            collect(document, operation.get(part).unwrap_or(&Value::Null), &mut found);
        }
    }
    found
}

fn collect(document: &Value, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            let place = map
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|place| place.strip_prefix('#'));
            if let Some((_, name)) = place.and_then(|place| place.rsplit_once('/'))
                && found.insert(name.to_owned())
            {
                let schema = place.and_then(|place| document.pointer(place));
                collect(document, schema.unwrap_or(&Value::Null), found);
            }
            map.values().for_each(|value| collect(document, value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| collect(document, value, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    fn files(folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let all = entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] });
        all.collect()
    }

    /// The fields that the sources of these types leave out, as `ABSENT` has them.
    fn left_out(source: &str, types: &mut BTreeSet<(String, String, bool)>) {
        let (mut of, mut renamed, mut is_skipped) = (String::new(), None, false);
        let word = |text: &str| {
            text.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect::<String>()
        };
        for line in source.lines().map(str::trim) {
            let line = line.strip_prefix("pub ").unwrap_or(line);
            if let Some(name) = line.strip_prefix("struct ").or(line.strip_prefix("enum ")) {
                of = word(name);
            } else if line.starts_with("#[") {
                is_skipped |= line.contains("skip_serializing_if");
                renamed = line.split_once("rename = \"").map(|(_, name)| word(name)).or(renamed);
            } else if let Some((name, kind)) = line.split_once(": ").filter(|_| !line.starts_with("//")) {
                if std::mem::take(&mut is_skipped) {
                    let name = renamed.take().unwrap_or_else(|| word(name));
                    types.insert((of.clone(), name, kind.starts_with("Option<Option<")));
                }
                renamed = None;
            }
        }
    }

    #[test]
    fn the_fields_that_responses_can_lack_are_those_that_their_types_leave_out() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = BTreeSet::new();
        let mut sources = files(&root.join("src/api"));
        sources.push(root.join("../shared/edge/src/problem.rs"));
        for path in sources {
            left_out(&std::fs::read_to_string(path).unwrap(), &mut found);
        }
        // A selection of people is a request as well.
        found.retain(|(of, _, _)| of != "ExportSelection");
        let listed: BTreeSet<_> = ABSENT
            .iter()
            .map(|(of, field, null)| ((*of).into(), (*field).into(), *null))
            .collect();
        assert_eq!(listed, found);
    }

    #[test]
    fn what_a_response_can_be_without_is_optional_and_everything_else_is_required() {
        let document = crate::openapi::document();
        let required = |schema: &str, field: &str| {
            let all = document["components"]["schemas"][schema]["required"]
                .as_array()
                .unwrap();
            all.iter().any(|name| name == field)
        };
        assert!(required("PeoplePage", "next_cursor") && required("PeoplePage", "counts"));
        assert!(required("Member", "name") && !required("Member", "subject"));
        assert!(required("Problem", "status") && !required("Problem", "detail"));
        assert!(required("CreateInvitationsRequest", "emails") && !required("CreateInvitationsRequest", "message"));
        assert_eq!(
            document["components"]["schemas"]["Problem"]["properties"]["detail"]["type"],
            "string"
        );
    }
}
