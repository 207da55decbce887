//! The query parameters of operations.

use crate::api::forms;
use muster_domain::export::Format;
use serde_json::{Value, json};
use utoipa::PartialSchema as _;

/// The formats of a file.
pub(super) const FILES: [Format; 2] = [Format::Csv, Format::Xlsx];

/// A query parameter: its name, and the schema of its value.
#[derive(Clone, Copy)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(super) schema: fn() -> Value,
}

impl Parameter {
    const fn new(name: &'static str, schema: fn() -> Value) -> Self {
        Self { name, schema }
    }

    /// A parameter that takes any text.
    const fn text(name: &'static str) -> Self {
        Self::new(name, || json!({ "type": "string" }))
    }
}

/// The number of rows in a page.
pub(super) const LIMIT: Parameter = Parameter::new(
    "limit",
    || json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 50 }),
);
/// Where a list continues.
pub(super) const CURSOR: Parameter = Parameter::text("cursor");

/// Whether invitations are pending or ended.
pub(crate) const INVITATION_STATUS: Parameter = Parameter::new(
    "status",
    || json!({ "type": "string", "enum": ["pending", "ended"], "default": "pending" }),
);
/// Whether members see their own row in full, or as other members see it.
pub(crate) const AS: Parameter = Parameter::new(
    "as",
    || json!({ "type": "string", "enum": ["oneself", "others"], "default": "oneself" }),
);
/// The format of a file.
pub(crate) const FORMAT: Parameter = Parameter::new(
    "format",
    || json!({ "type": "string", "enum": FILES, "default": "csv" }),
);
/// The time zone of the instants in a file.
pub(crate) const TIME_ZONE: Parameter = Parameter::new("timezone", || json!(forms::TimeZone::schema()));
/// The subject of one member.
pub(crate) const BY_SUBJECT: Parameter = Parameter::new("subject", || json!(forms::Subject::schema()));
/// The words that contacts are searched for.
pub(crate) const CONTACT_WORDS: Parameter = Parameter::new("q", || json!({ "type": "string", "maxLength": 200 }));

/// The parameters that select events.
pub(crate) const EVENTS: [Parameter; 5] = [
    Parameter::text("actor"),
    Parameter::text("subject"),
    Parameter::text("kind"),
    Parameter::new("since", || json!(forms::Instant::schema())),
    Parameter::new("until", || json!(forms::Instant::schema())),
];

/// The parameters that select people, and sort them.
pub(crate) const PEOPLE: [Parameter; 7] = [
    Parameter::new("q", || {
        json!({ "type": "string", "maxLength": 200,
            "description": "Up to 8 words. Each must begin a word of the name, the address, a part of the text before the `@`, or the domain." })
    }),
    Parameter::new("status", || json!({ "type": "string", "enum": ["active", "inactive"] })),
    Parameter::new("role", || {
        json!({ "type": "string", "pattern": forms::WORDS,
            "description": "Up to 16 roles, separated by commas without spaces: held anywhere, or offered." })
    }),
    Parameter::new(
        "invite_status",
        || json!({ "type": "string", "enum": ["accepted", "pending"] }),
    ),
    Parameter::new("joined_in", || json!(forms::Period::schema())),
    Parameter::new("resource", || json!(forms::ResourceText::schema())),
    Parameter::new(
        "sort",
        || json!({ "type": "string", "enum": ["name", "-name", "joined", "-joined", "last_active", "-last_active"] }),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::people::SELECTING;

    #[test]
    fn the_document_names_the_parameters_by_which_people_are_selected() {
        assert_eq!(PEOPLE.map(|parameter| parameter.name), SELECTING);
    }
}
