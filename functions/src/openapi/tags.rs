//! The groups of operations.

use crate::routes::Route;
use serde_json::{Value, json};

/// The groups, in the order of the document, with what they are about.
const TAGS: [(&str, &str); 10] = [
    (
        "organizations",
        "Organizations: their settings, plan, owners, suspension and deletion.",
    ),
    (
        "members",
        "Members, and the people list: members and pending invitations.",
    ),
    ("invitations", "Invitations, for members and for the people invited."),
    ("roles", "The roles that members can have."),
    ("resources", "The resources that roles are given on."),
    ("contacts", "The contacts of an organization."),
    ("api-keys", "The API keys of members."),
    ("access", "Access decisions: the OpenID AuthZEN Authorization API 1.0."),
    ("events", "The history of an organization."),
    ("exports", "The people list as a file."),
];

/// Words of a path that lead to a group of another name.
const LEADING: [(&str, &str); 3] = [("export", "exports"), ("role-sets", "roles"), (".well-known", "access")];

/// The groups, as the document lists them.
pub(super) fn tags() -> Value {
    let tags = TAGS.map(|(name, description)| json!({ "name": name, "description": description }));
    Value::Array(tags.into())
}

/// The group of an operation: the last one that its path names.
pub(super) fn tag(route: &Route) -> &'static str {
    let mut found = "organizations";
    for part in route.path.split('/') {
        let leading = LEADING.iter().find(|(word, _)| *word == part).map(|(_, tag)| *tag);
        let named = TAGS.iter().find(|(tag, _)| *tag == part).map(|(tag, _)| *tag);
        found = leading.or(named).unwrap_or(found);
        if part == ".well-known" {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_has_operations_and_a_path_below_another_thing_is_in_the_group_of_the_inner_one() {
        let of = |binary| tag(Route::of(binary).unwrap());
        for (tag_name, _) in TAGS {
            let is_used = crate::routes::ROUTES.iter().any(|route| tag(route) == tag_name);
            assert!(is_used, "{tag_name}");
        }
        for (binary, tag_name) in [
            ("set-plan", "organizations"),
            ("put-grant", "members"),
            ("rotate-api-key", "api-keys"),
            ("preview-invitation", "invitations"),
            ("export-members", "exports"),
            ("get-authzen-configuration", "access"),
        ] {
            assert_eq!(of(binary), tag_name, "{binary}");
        }
    }
}
