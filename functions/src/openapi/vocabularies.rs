//! Closed vocabularies of fields whose types are texts.

use muster_edge::problem::{FAULT_CODES, ProblemType};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The results of verifying an API key.
const VERIFICATIONS: [&str; 11] = [
    "valid",
    "not_allowed",
    "malformed",
    "not_found",
    "revoked",
    "expired",
    "owner_gone",
    "owner_inactive",
    "maker_lost_authority",
    "organization_deleted",
    "organization_suspended",
];

/// Names the values of these fields, before the schemas have their public names.
pub(super) fn name(document: &mut Value) {
    let types: Vec<String> = ProblemType::ALL.iter().map(|kind| kind.uri()).collect();
    let codes = FAULT_CODES.map(|(code, _)| code);
    for (of, field, values) in [
        ("Problem", "type", json!(types)),
        ("FaultBody", "code", json!(codes.as_slice())),
        ("VerifyApiKeyResponse", "code", json!(VERIFICATIONS)),
        ("JobResponse", "status", json!(["accepted"])),
        ("DryRunResponse", "dry_run", json!([true])),
    ] {
        let place = format!("/components/schemas/{of}/properties/{field}");
        if let Some(property) = document.pointer_mut(&place).and_then(Value::as_object_mut) {
            property.insert("enum".into(), values);
        }
    }
    if let Some(Value::String(about)) =
        document.pointer_mut("/components/schemas/FaultBody/properties/code/description")
    {
        about.push_str(" New codes may be added.\n");
        for (code, meaning) in FAULT_CODES {
            let _ = write!(about, "\n- `{code}`: {meaning}");
        }
    }
}
