//! The event filters of Lambda's event source mappings, as far as the template uses them: exact values, prefixes, and values
//! that must be absent.

use serde_json::Value;

/// Whether a record matches a pattern: each field that the pattern names has one of the listed values.
pub(crate) fn matches(pattern: &Value, record: &Value) -> bool {
    field_matches(pattern, Some(record))
}

fn field_matches(pattern: &Value, field: Option<&Value>) -> bool {
    match pattern {
        Value::Object(fields) => fields
            .iter()
            .all(|(name, pattern)| field_matches(pattern, field.and_then(|value| value.get(name)))),
        // One matching value of a list in the record is enough, as in EventBridge.
        Value::Array(values) => match field {
            Some(Value::Array(fields)) => fields
                .iter()
                .any(|field| values.iter().any(|value| fits(value, Some(field)))),
            field => values.iter().any(|value| fits(value, field)),
        },
        // A pattern's leaves are always lists.
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Matches a value itself; `{"prefix": "…"}`, any text with this prefix; or `{"exists": false}`, an absent field.
fn fits(value: &Value, field: Option<&Value>) -> bool {
    if let Some(prefix) = value.get("prefix").and_then(Value::as_str) {
        return field
            .and_then(Value::as_str)
            .is_some_and(|text| text.starts_with(prefix));
    }
    match value.get("exists").and_then(Value::as_bool) {
        Some(exists) => field.is_some() == exists,
        None => field == Some(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_field_of_the_pattern_must_have_a_listed_value() {
        let pattern = json!({"eventName": ["INSERT", "MODIFY"], "new": {"kind": {"S": ["mail"]}}});
        let record = |name, kind| json!({"eventName": name, "new": {"kind": {"S": kind}, "x": 1}});
        assert!(matches(&pattern, &record("INSERT", "mail")));
        assert!(matches(&pattern, &record("MODIFY", "mail")));
        assert!(!matches(&pattern, &record("REMOVE", "mail")));
        assert!(!matches(&pattern, &record("INSERT", "job")));
        assert!(!matches(&pattern, &json!({"eventName": "INSERT"})));
        let begins = json!({"key": [{"prefix": "TEAM#"}]});
        assert!(matches(&begins, &json!({"key": "TEAM#1"})));
        assert!(!matches(&begins, &json!({"key": "NAME#1"})));
    }

    #[test]
    fn a_value_that_must_not_be_there_may_be_missing_with_all_around_it() {
        let pattern = json!({"new": {"noted": {"BOOL": [{"exists": false}]}}});
        assert!(matches(&pattern, &json!({})));
        assert!(matches(&pattern, &json!({"new": {"kind": {"S": "member"}}})));
        assert!(!matches(&pattern, &json!({"new": {"noted": {"BOOL": true}}})));
        assert!(!matches(&pattern, &json!({"new": {"noted": {"BOOL": false}}})));
    }
}
