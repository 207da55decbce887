//! The query parameters of operations.

use crate::api::{forms, words};
use muster_domain::export::Format;
use muster_domain::people::{MAX_ROLES, MAX_TERMS};
use muster_domain::search::{self, MAX_QUERY};
use muster_domain::violation::Violation;
use muster_edge::Problem;
use muster_edge::query::{DEFAULT_LIMIT, MAX_LIMIT, Query};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use utoipa::PartialSchema as _;

/// A query parameter: its name, and its values.
#[derive(Clone, Copy)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    values: Values,
}

#[derive(Clone, Copy)]
enum Values {
    /// Those of a schema.
    Of(fn() -> Value),
    /// One of these words. The first is the default.
    Words(&'static [&'static str]),
}

impl Parameter {
    const fn new(name: &'static str, schema: fn() -> Value) -> Self {
        let values = Values::Of(schema);
        Self { name, values }
    }

    const fn one_of(name: &'static str, words: &'static [&'static str]) -> Self {
        let values = Values::Words(words);
        Self { name, values }
    }

    /// The schema of its value.
    pub(super) fn schema(&self) -> Value {
        match self.values {
            Values::Of(schema) => schema(),
            Values::Words(words) => json!({ "type": "string", "enum": words, "default": words.first() }),
        }
    }

    /// The word that a query has for it, or the default.
    ///
    /// # Errors
    /// 400, naming the words.
    pub(crate) fn word(&self, query: &Query<'_>) -> Result<&'static str, Problem> {
        match self.values {
            Values::Of(_) => Err(Problem::internal()),
            Values::Words(words) => query.one_of(self.name, words),
        }
    }

    /// A parameter that takes any text.
    const fn text(name: &'static str) -> Self {
        Self::new(name, || json!({ "type": "string" }))
    }
}

/// The number of rows in a page.
pub(super) const LIMIT: Parameter = Parameter::new(
    "limit",
    || json!({ "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT }),
);
/// Where a list continues.
pub(super) const CURSOR: Parameter = Parameter::text("cursor");

/// Whether invitations are pending or ended.
pub(crate) const INVITATION_STATUS: Parameter = Parameter::one_of("status", &[PENDING, "ended"]);
/// The word of [`INVITATION_STATUS`] for pending invitations.
pub(crate) const PENDING: &str = "pending";
/// Whether members see their own row in full, or as other members see it.
pub(crate) const AS: Parameter = Parameter::one_of("as", &["oneself", OTHERS]);
/// The word of [`AS`] for the view of other members.
pub(crate) const OTHERS: &str = "others";
/// The format of a file.
pub(crate) const FORMAT: Parameter = Parameter::one_of("format", Format::WORDS);
/// The time zone of the instants in a file.
pub(crate) const TIME_ZONE: Parameter = Parameter::new("timezone", || json!(forms::TimeZone::schema()));
/// The subject of one member.
pub(crate) const BY_SUBJECT: Parameter = Parameter::new("subject", || json!(forms::Subject::schema()));
/// The words that contacts or resources are searched for.
pub(crate) const SEARCH_WORDS: Parameter = Parameter::new("q", || {
    let about = "Words, each of which must begin a word of what is listed.";
    json!({ "type": "string", "maxLength": MAX_QUERY, "description": about })
});
/// The most ids that a query of resources names.
pub(crate) const MAX_IDS: usize = 100;
/// The ids of resources.
pub(crate) const RESOURCE_IDS: Parameter = Parameter::new("ids", || {
    let about = format!("Up to {MAX_IDS} ids of resources, separated by commas without spaces.");
    json!({ "type": "string", "pattern": forms::resource_ids(MAX_IDS), "description": about })
});

/// The terms of the words that a query searches for.
///
/// # Errors
/// 400 for more text than names have.
pub(crate) fn terms(query: &Query<'_>) -> Result<BTreeSet<String>, Problem> {
    let asked = query.get(SEARCH_WORDS.name).unwrap_or_default();
    if asked.chars().count() > MAX_QUERY {
        let detail = format!("must have at most {MAX_QUERY} characters");
        let violation = Violation::field(SEARCH_WORDS.name, "too_long", detail);
        return Err(Problem::invalid_query([violation]));
    }
    Ok(search::terms(asked))
}

/// The parameters that select events.
pub(crate) const EVENTS: [Parameter; 5] = [
    Parameter::text("actor"),
    Parameter::text("subject"),
    Parameter::new("kind", || {
        let about = "A kind of events, or a family of them such as `invitation.*`. A kind that does not exist matches no event.";
        json!({ "description": about, "anyOf": [
            { "$ref": "#/components/schemas/EventKind" },
            { "type": "string", "examples": ["invitation.*"] },
        ] })
    }),
    Parameter::new("since", || json!(forms::Instant::schema())),
    Parameter::new("until", || json!(forms::Instant::schema())),
];

/// The parameters that select people, and sort them.
pub(crate) const PEOPLE: [Parameter; 7] = [
    Parameter::new("q", || {
        let about = format!(
            "Up to {MAX_TERMS} words. Each must begin a word of the name, the address, a part of the text before the `@`, or the domain."
        );
        json!({ "type": "string", "maxLength": MAX_QUERY, "description": about })
    }),
    Parameter::new("status", || json!(words::Status::schema())),
    Parameter::new("role", || {
        let about = format!("Up to {MAX_ROLES} roles, separated by commas without spaces: held anywhere, or offered.");
        json!({ "type": "string", "pattern": forms::words(MAX_ROLES), "description": about })
    }),
    Parameter::new("invite_status", || json!(words::InviteStatus::schema())),
    Parameter::new("joined_in", || json!(forms::Period::schema())),
    Parameter::new("resource", || json!(forms::ResourceText::schema())),
    Parameter::new("sort", || json!(words::Order::schema())),
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
