//! Conditions: the properties of subject, action and resource under which a role's permission holds.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A part of an access request that has properties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entity {
    /// The subject.
    Subject,
    /// The action.
    Action,
    /// The resource.
    Resource,
}

impl Entity {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Subject, Self::Action, Self::Resource];

    /// Its name in a role set, and in access requests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Action => "action",
            Self::Resource => "resource",
        }
    }
}

/// The name of a property, such as `resource.status`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PropertyName {
    /// The part of the request that has it.
    pub entity: Entity,
    /// Its own name.
    pub name: String,
}

/// The text is not the name of a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a property is `subject.`, `action.` or `resource.` and 1 to 40 letters, digits and `_`, starting with a letter"
)]
pub struct PropertyNameError;

impl FromStr for PropertyName {
    type Err = PropertyNameError;

    fn from_str(text: &str) -> Result<Self, PropertyNameError> {
        let (entity, name) = text.split_once('.').ok_or(PropertyNameError)?;
        let entity = Entity::ALL.into_iter().find(|known| known.name() == entity);
        let fits = (1..=40).contains(&name.len())
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        match entity {
            Some(entity) if fits => Ok(Self {
                entity,
                name: name.to_owned(),
            }),
            _ => Err(PropertyNameError),
        }
    }
}

impl TryFrom<String> for PropertyName {
    type Error = PropertyNameError;

    fn try_from(text: String) -> Result<Self, PropertyNameError> {
        text.parse()
    }
}

impl From<PropertyName> for String {
    fn from(name: PropertyName) -> Self {
        name.to_string()
    }
}

impl fmt::Display for PropertyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.entity.name(), self.name)
    }
}

/// A value that a property is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PropertyValue {
    /// True or false.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A text, compared letter by letter.
    Text(String),
}

impl PropertyValue {
    /// What values of this type are called.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Flag(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
        }
    }

    fn equals(&self, sent: &Value) -> bool {
        match self {
            Self::Flag(flag) => sent.as_bool() == Some(*flag),
            Self::Number(number) => sent.as_i64() == Some(*number),
            Self::Text(text) => sent.as_str() == Some(text),
        }
    }
}

/// What a property must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// It is sent, and has this value.
    Is(PropertyValue),
    /// It has another value, or is not sent.
    IsNot(PropertyValue),
}

impl Comparison {
    /// The value that it compares with.
    #[must_use]
    pub const fn value(&self) -> &PropertyValue {
        let (Self::Is(value) | Self::IsNot(value)) = self;
        value
    }

    fn holds(&self, sent: Option<&Value>) -> bool {
        match self {
            Self::Is(value) => sent.is_some_and(|sent| value.equals(sent)),
            Self::IsNot(value) => !sent.is_some_and(|sent| value.equals(sent)),
        }
    }
}

/// A condition under which a permission of a role holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The permission.
    pub permission: String,
    /// What each of these properties must be.
    pub when: BTreeMap<PropertyName, Comparison>,
}

impl Condition {
    /// Whether it is met by these properties.
    #[must_use]
    pub fn is_met(&self, sent: &SentProperties<'_>) -> bool {
        self.when
            .iter()
            .all(|(name, comparison)| comparison.holds(sent.get(name)))
    }
}

/// The properties that an access request sends.
#[derive(Debug, Clone, Copy, Default)]
pub struct SentProperties<'a> {
    /// Those of the subject.
    pub subject: Option<&'a Map<String, Value>>,
    /// Those of the action.
    pub action: Option<&'a Map<String, Value>>,
    /// Those of the resource.
    pub resource: Option<&'a Map<String, Value>>,
}

impl<'a> SentProperties<'a> {
    fn get(&self, name: &PropertyName) -> Option<&'a Value> {
        let sent = match name.entity {
            Entity::Subject => self.subject,
            Entity::Action => self.action,
            Entity::Resource => self.resource,
        };
        sent?.get(&name.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roleset::RoleSet;
    use crate::roleset::tests::VALID;
    use serde_json::json;

    /// Two roles, of which the first has a permission more. The second stands last, so that what is appended is its own.
    fn set() -> String {
        VALID.replacen("\"things:use\"]", "\"things:use\", \"things:keep\"]", 1)
    }

    /// A condition.
    fn condition(permission: &str, when: &str) -> String {
        format!("[[role.condition]]\npermission = \"{permission}\"\nwhen = {{ {when} }}\n")
    }

    fn of_the_boss(condition: &str) -> String {
        set().replacen("\"things:keep\"]\n", &format!("\"things:keep\"]\n{condition}"), 1)
    }

    fn refusal(text: &str) -> String {
        let error = RoleSet::parse("x.toml", text).unwrap_err().to_string();
        error.lines().next().unwrap().to_owned()
    }

    #[test]
    fn a_condition_that_narrows_nothing_is_refused_with_file_and_line() {
        let cases = [
            (
                condition("things:keep", "\"resource.open\" = { is = true }"),
                "x.toml:29: the condition is on `things:keep`, which `hand` does not allow",
            ),
            (
                condition("things:use", ""),
                "x.toml:29: the condition on `things:use` names no property",
            ),
        ];
        for (condition, expected) in cases {
            assert_eq!(refusal(&format!("{}{condition}", set())), expected);
        }
        let own = of_the_boss(&condition("members:read", "\"resource.open\" = { is = true }"));
        let expected = "x.toml:19: `members:read` is one of Muster's permissions, which have no conditions";
        assert_eq!(refusal(&own), expected);
    }

    #[test]
    fn a_property_is_compared_with_values_of_one_type_in_the_whole_set() {
        let level = |value: &str| condition("things:use", &format!("\"subject.level\" = {{ is = {value} }}"));
        let set = |values: [&str; 2]| format!("{}{}{}", set(), level(values[0]), level(values[1]));
        for values in [["1", "2"], ["\"a\"", "\"b\""], ["true", "false"]] {
            assert!(RoleSet::parse("x.toml", &set(values)).is_ok(), "{values:?}");
        }
        let expected = "x.toml:32: `subject.level` is compared with a text here and with a number elsewhere";
        assert_eq!(refusal(&set(["1", "\"a\""])), expected);
        let expected = "x.toml:32: `subject.level` is compared with true or false here and with a text elsewhere";
        assert_eq!(refusal(&set(["\"a\"", "true"])), expected);
    }

    #[test]
    fn a_property_of_another_form_is_refused() {
        for name in [
            "open",
            "thing.open",
            "resource.",
            "resource.1st",
            "resource.o pen",
            "resource.a.b",
        ] {
            let text = format!(
                "{}{}",
                set(),
                condition("things:use", &format!("\"{name}\" = {{ is = true }}"))
            );
            assert!(RoleSet::parse("x.toml", &text).is_err(), "{name}");
        }
        assert!(format!("subject.{}", "a".repeat(40)).parse::<PropertyName>().is_ok());
        assert!(format!("subject.{}", "a".repeat(41)).parse::<PropertyName>().is_err());
        for comparison in ["{ has = true }", "{ is = 1.5 }", "{ is = [1] }", "{}", "true"] {
            let text = format!(
                "{}{}",
                set(),
                condition("things:use", &format!("\"resource.open\" = {comparison}"))
            );
            assert!(RoleSet::parse("x.toml", &text).is_err(), "{comparison}");
        }
    }

    #[test]
    fn nobody_assigns_a_role_that_holds_where_their_own_does_not() {
        let open = condition("things:use", "\"resource.open\" = { is = true }");
        let mine = condition("things:use", "\"resource.mine\" = { is = true }");
        let may = |boss: &str, hand: &str| RoleSet::parse("x.toml", &format!("{}{hand}", of_the_boss(boss)));
        let both = format!("{open}{mine}");
        for (boss, hand) in [
            ("", ""),
            ("", &*open),
            (&*open, &*open),
            (&*both, &*open),
            (&*both, &*both),
        ] {
            assert!(may(boss, hand).is_ok(), "{boss} {hand}");
        }
        for (boss, hand) in [(&*open, ""), (&*open, &*mine), (&*open, &*both)] {
            let error = may(boss, hand).unwrap_err().reason;
            let expected =
                "`boss` may assign `hand`, which allows `things:use` under conditions that `boss` does not have";
            assert_eq!(error, expected, "{boss} {hand}");
        }
    }

    #[test]
    fn a_permission_holds_where_one_of_its_conditions_is_met_as_a_whole() {
        let text = format!(
            "{}{}{}",
            set(),
            condition(
                "things:use",
                "\"resource.state\" = { is_not = \"shut\" }, \"action.count\" = { is = 2 }"
            ),
            condition("things:use", "\"subject.trusted\" = { is = true }"),
        );
        let set = RoleSet::parse("x.toml", &text).unwrap();
        let hand = set.role(&"hand".parse().unwrap()).unwrap();
        let cases = [
            (json!({}), json!({}), json!({}), false),
            (json!({}), json!({ "count": 2 }), json!({}), true),
            (json!({}), json!({ "count": 2 }), json!({ "state": "open" }), true),
            (json!({}), json!({ "count": 2 }), json!({ "state": "shut" }), false),
            (json!({}), json!({ "count": "2" }), json!({}), false),
            (json!({}), json!({ "count": 2.5 }), json!({}), false),
            (json!({}), json!({ "count": 2.0 }), json!({}), false),
            (json!({}), json!({ "count": 2 }), json!({ "state": "Shut" }), true),
            (json!({ "trusted": true }), json!({}), json!({ "state": "shut" }), true),
            (json!({ "trusted": "true" }), json!({}), json!({}), false),
            (json!({ "trusted": false }), json!({}), json!({}), false),
            (json!({ "count": 2 }), json!({ "trusted": true }), json!({}), false),
        ];
        for (subject, action, resource, holds) in cases {
            let sent = SentProperties {
                subject: subject.as_object(),
                action: action.as_object(),
                resource: resource.as_object(),
            };
            assert_eq!(hand.holds("things:use", &sent), holds, "{subject} {action} {resource}");
            assert!(hand.holds("things:keep", &sent), "no condition is on it");
        }
        assert!(!hand.holds("things:use", &SentProperties::default()));
    }

    #[test]
    fn a_set_with_conditions_is_the_same_after_json() {
        let text = format!(
            "{}{}",
            set(),
            condition("things:use", "\"resource.state\" = { is_not = \"shut\" }")
        );
        let set = RoleSet::parse("x.toml", &text).unwrap();
        let value: toml::Value = toml::from_str(&text).unwrap();
        let again: RoleSet = serde_json::from_str(&serde_json::to_string(&value).unwrap()).unwrap();
        assert_eq!(again, set);
        let when = serde_json::to_value(&set.roles[1].conditions[0].when).unwrap();
        assert_eq!(when, json!({ "resource.state": { "is_not": "shut" } }));
    }
}
