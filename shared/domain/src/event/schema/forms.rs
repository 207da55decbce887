//! The forms of single values in schemas, and closed objects of them.

use crate::id::{InvitationId, KeyId, OrganizationId, UserId};
use serde_json::{Map, Value, json};

/// A word in snake case.
macro_rules! word {
    () => {
        "[a-z][a-z0-9_]{0,39}"
    };
}

/// An id that the product chooses: it is neither `.` nor `..`.
macro_rules! own_id {
    () => {
        "(?:[A-Za-z0-9_:@~-][A-Za-z0-9_.:@~-]{0,127}|\\.[A-Za-z0-9_:@~-][A-Za-z0-9_.:@~-]{0,126}|\\.\\.[A-Za-z0-9_.:@~-]{1,126})"
    };
}

const WORD: &str = concat!("^", word!(), "$");
const OWN_ID: &str = concat!("^", own_id!(), "$");
const RESOURCE: &str = concat!("^", word!(), "/", own_id!(), "$");
const RESOURCE_FILTER: &str = concat!("^", word!(), ":", own_id!(), "$");
const JOB: &str = "^[a-z]+(?:-[a-z]+)*$";
const DOMAIN: &str = "^[a-z0-9-]{1,63}(?:\\.[a-z0-9-]{1,63})+$";
const TERM: &str = "^(?:forever|1_month|(?:[2-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])_months)$";
const TIME_ZONE: &str = "^[A-Za-z0-9_+/-]{1,64}$";
const COLOR: &str = "^#[0-9a-f]{6}$";
const WEB_ADDRESS: &str = "^https://";

/// Any text.
pub(super) fn text() -> Value {
    json!({ "type": "string" })
}

fn matching(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

fn in_format(format: &str) -> Value {
    json!({ "type": "string", "format": format })
}

/// The id of a user.
pub(super) fn user() -> Value {
    matching(UserId::PATTERN)
}

/// The id of an organization.
pub(super) fn organization() -> Value {
    matching(OrganizationId::PATTERN)
}

/// The id of an invitation.
pub(super) fn invitation() -> Value {
    matching(InvitationId::PATTERN)
}

/// The id of an API key.
pub(super) fn api_key() -> Value {
    matching(KeyId::PATTERN)
}

/// The id of a role, the type of a resource, or the name of a notification.
pub(super) fn word() -> Value {
    matching(WORD)
}

/// The id of a resource or of a contact, which the product chooses.
pub(super) fn own_id() -> Value {
    matching(OWN_ID)
}

/// A resource, as `type/id`.
pub(super) fn resource() -> Value {
    matching(RESOURCE)
}

/// A resource, as `type:id`.
pub(super) fn resource_filter() -> Value {
    matching(RESOURCE_FILTER)
}

/// The name of a job.
pub(super) fn job() -> Value {
    matching(JOB)
}

/// An email address.
pub(super) fn email() -> Value {
    in_format("email")
}

/// A domain of email addresses.
pub(super) fn domain() -> Value {
    matching(DOMAIN)
}

/// A term.
pub(super) fn term() -> Value {
    matching(TERM)
}

/// The name of a time zone.
pub(super) fn time_zone() -> Value {
    matching(TIME_ZONE)
}

/// A color.
pub(super) fn color() -> Value {
    matching(COLOR)
}

/// An instant.
pub(super) fn instant() -> Value {
    in_format("date-time")
}

/// An address.
pub(super) fn uri() -> Value {
    in_format("uri")
}

/// The address of a page or a picture.
pub(super) fn web_address() -> Value {
    json!({ "type": "string", "format": "uri", "pattern": WEB_ADDRESS })
}

/// One of these words.
pub(super) fn one_of(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}

/// A whole number, no less than `least`.
pub(super) fn count(least: u64) -> Value {
    json!({ "type": "integer", "minimum": least })
}

/// True or false.
pub(super) fn flag() -> Value {
    json!({ "type": "boolean" })
}

/// Always this.
pub(super) fn always(flag: bool) -> Value {
    json!({ "type": "boolean", "const": flag })
}

/// A list.
pub(super) fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

/// A list in which nothing occurs twice.
pub(super) fn set(items: Value) -> Value {
    json!({ "type": "array", "items": items, "uniqueItems": true })
}

/// Null.
pub(super) fn null(about: &str) -> Value {
    json!({ "type": "null", "description": about })
}

/// This, or null.
pub(super) fn or_null(mut of: Value) -> Value {
    if let Some(fields) = of.as_object_mut() {
        let kind = fields.remove("type");
        fields.insert("type".into(), json!([kind, "null"]));
        if let Some(Value::Array(words)) = fields.get_mut("enum") {
            words.push(Value::Null);
        }
    }
    of
}

/// The same with this description.
pub(super) fn described(mut of: Value, about: &str) -> Value {
    if let Some(fields) = of.as_object_mut() {
        fields.insert("description".into(), about.into());
    }
    of
}

/// Whether a field occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// In every object.
    Always,
    /// In some.
    Sometimes,
    /// In none.
    Never,
}

/// A closed object: it has these fields and no others.
pub(super) struct Object {
    about: &'static str,
    properties: Map<String, Value>,
    required: Vec<&'static str>,
}

impl Object {
    /// An object without fields.
    pub(super) fn new(about: &'static str) -> Self {
        Self {
            about,
            properties: Map::new(),
            required: Vec::new(),
        }
    }

    /// The object with a field that it always has.
    #[must_use]
    pub(super) fn with(self, name: &'static str, about: &str, of: Value) -> Self {
        self.field(Presence::Always, name, about, of)
    }

    /// The object with a field that it always has, of a schema with a description of its own.
    #[must_use]
    pub(super) fn with_schema(mut self, name: &'static str, of: Value) -> Self {
        self.properties.insert(name.into(), of);
        self.required.push(name);
        self
    }

    /// The object with a field that it can lack.
    #[must_use]
    pub(super) fn perhaps(self, name: &'static str, about: &str, of: Value) -> Self {
        self.field(Presence::Sometimes, name, about, of)
    }

    /// The object with this field, if there is one.
    #[must_use]
    pub(super) fn field(mut self, presence: Presence, name: &'static str, about: &str, of: Value) -> Self {
        if presence != Presence::Never {
            self.properties.insert(name.into(), described(of, about));
        }
        if presence == Presence::Always {
            self.required.push(name);
        }
        self
    }

    /// The schema.
    pub(super) fn schema(self) -> Value {
        json!({
            "type": "object", "description": self.about, "properties": self.properties, "required": self.required,
            "additionalProperties": false,
        })
    }
}
