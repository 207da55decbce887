//! The public names of schemas. A client's types have them, so they do not say how the backend is written.

use serde_json::{Map, Value};

const PREFIX: &str = "#/components/schemas/";

/// Names that do not follow from those of the types.
const NAMED: [(&str, &str); 12] = [
    ("AcceptInvitationResponse", "AcceptedInvitation"),
    ("AddMemberResponse", "AddedMember"),
    ("ConfigurationResponse", "AccessConfiguration"),
    ("CountsResponse", "PeopleCounts"),
    ("CreateInvitationsResponse", "CreatedInvitations"),
    ("FaultBody", "Fault"),
    ("PeopleResponse", "PeoplePage"),
    ("SettingsResponse", "OrganizationSettings"),
    ("SettingsUpdate", "OrganizationSettingsUpdate"),
    ("SourceResponse", "RoleSource"),
    ("TransferOwnershipResponse", "TransferredOwnership"),
    ("VerifyApiKeyResponse", "VerifiedApiKey"),
];

/// The public name of a type's schema.
pub(super) fn public(name: &str) -> String {
    if let Some((_, public)) = NAMED.iter().find(|(own, _)| *own == name) {
        return (*public).to_owned();
    }
    for (generic, ending) in [
        ("PageResponse", "Page"),
        ("SearchResponse", "Page"),
        ("BulkResponse", "s"),
    ] {
        if let Some(row) = name.strip_prefix(generic).filter(|row| !row.is_empty()) {
            return public(row) + ending;
        }
    }
    name.strip_suffix("Response").unwrap_or(name).to_owned()
}

/// Gives the schemas of the document their public names.
pub(super) fn publish(document: &mut Value) {
    rename_references(document);
    if let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    {
        let own = std::mem::take(schemas).into_iter();
        *schemas = own.map(|(name, schema)| (public(&name), schema)).collect::<Map<_, _>>();
    }
}

fn rename_references(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get_mut("$ref")
                && let Some(name) = reference.strip_prefix(PREFIX)
            {
                *reference = format!("{PREFIX}{}", public(name));
            }
            map.values_mut().for_each(rename_references);
        }
        Value::Array(list) => list.iter_mut().for_each(rename_references),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::document;

    #[test]
    fn no_two_schemas_have_one_name_and_none_says_how_the_backend_is_written() {
        let document = document();
        let names = document["components"]["schemas"].as_object().unwrap().keys();
        let own = crate::openapi::with_own_names();
        let own = own["components"]["schemas"].as_object().unwrap();
        assert_eq!(names.clone().count(), own.len());
        for name in names {
            assert!(!name.ends_with("Response") && !name.ends_with("Body"), "{name}");
        }
        for (own_name, _) in NAMED {
            assert!(own.contains_key(own_name), "{own_name} is no type");
        }
    }

    #[test]
    fn a_name_says_what_it_is_and_a_page_what_is_on_it() {
        for (own, name) in [
            ("MemberResponse", "Member"),
            ("PageResponseMyOrganizationResponse", "MyOrganizationPage"),
            ("SearchResponseSubjectResult", "SubjectResultPage"),
            ("BulkResponseMemberVerdict", "MemberVerdicts"),
            ("CreateExportRequest", "CreateExportRequest"),
            ("Problem", "Problem"),
        ] {
            assert_eq!(public(own), name);
        }
    }
}
