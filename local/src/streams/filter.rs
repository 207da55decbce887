//! The event filters of Lambda's event source mappings, as far as the template uses them: exact values and prefixes.

use serde_json::Value;

/// Whether a record fits a pattern: each field named there has one of the values listed.
pub(crate) fn matches(pattern: &Value, record: &Value) -> bool {
    match pattern {
        Value::Object(fields) => fields
            .iter()
            .all(|(name, pattern)| record.get(name).is_some_and(|value| matches(pattern, value))),
        // Of a list in the record one is enough, as EventBridge has it.
        Value::Array(values) => match record.as_array() {
            Some(records) => records
                .iter()
                .any(|record| values.iter().any(|value| fits(value, record))),
            None => values.iter().any(|value| fits(value, record)),
        },
        // A pattern's leaves are always lists.
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// A value itself, or `{"prefix": "…"}`, which fits every text that begins so.
fn fits(value: &Value, record: &Value) -> bool {
    match value.get("prefix").and_then(Value::as_str) {
        Some(prefix) => record.as_str().is_some_and(|text| text.starts_with(prefix)),
        None => value == record,
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
}
