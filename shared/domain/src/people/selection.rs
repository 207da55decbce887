//! The selection of a list of people, as a request words it.

use super::{Filter, InviteStatus, Order, Period};
use crate::member::Status;
use crate::resource::ResourceKey;
use crate::roleset::RoleSet;
use crate::search::{self, MAX_QUERY};
use crate::text::RoleId;
use crate::violation::Violation;
use crate::vocabulary::UnknownWord;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::str::FromStr;

/// The most words of one search: each is a query.
pub const MAX_TERMS: usize = 8;
/// The most roles of one request.
pub const MAX_ROLES: usize = 16;

/// The selection of a list of people: the filters and the order as requested.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// Beginnings of words of name and address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// A [`Status`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Roles, one of which must be held or offered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub role: Vec<String>,
    /// An [`InviteStatus`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite_status: Option<String>,
    /// When they joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined_in: Option<String>,
    /// A resource, as `type:id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// An [`Order`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
}

/// Collects the invalid fields.
#[derive(Default)]
struct Faults(Vec<Violation>);

impl Faults {
    fn take<T>(&mut self, name: &str, value: Result<T, String>) -> Option<T> {
        value
            .map_err(|detail| self.0.push(Violation::field(name, "invalid_value", detail)))
            .ok()
    }

    /// A word of a vocabulary, if there is one.
    fn word<T: FromStr<Err = UnknownWord>>(&mut self, name: &str, text: Option<&str>) -> Option<T> {
        self.take(name, text?.parse().map_err(|e: UnknownWord| e.to_string()))
    }
}

impl Selection {
    /// The filter and the order, with periods counted back from `now`.
    ///
    /// # Errors
    /// A fault for each field that cannot be asked for.
    pub fn read(&self, now: Timestamp) -> Result<(Filter, Option<Order>), Vec<Violation>> {
        let mut violations = Faults::default();
        let asked = self.q.as_deref().unwrap_or_default();
        let terms = search::terms(asked);
        if asked.chars().count() > MAX_QUERY || terms.len() > MAX_TERMS {
            let detail = format!("must have at most {MAX_QUERY} characters and {MAX_TERMS} words");
            violations.0.push(Violation::field("q", "too_long", detail));
        }
        let joined = self.joined_in.as_deref();
        let joined = joined.map(|text| Period::parse(text, now).map_err(|e| e.to_string()));
        let filter = Filter {
            terms,
            status: violations.word::<Status>("status", self.status.as_deref()),
            roles: violations.take("role", self.roles()).unwrap_or_default(),
            invite_status: violations.word::<InviteStatus>("invite_status", self.invite_status.as_deref()),
            joined: joined.and_then(|joined| violations.take("joined_in", joined)),
            resource: self.on().and_then(|resource| violations.take("resource", resource)),
        };
        let order = violations.word::<Order>("sort", self.sort.as_deref());
        if violations.0.is_empty() {
            Ok((filter, order))
        } else {
            Err(violations.0)
        }
    }

    fn roles(&self) -> Result<BTreeSet<RoleId>, String> {
        if self.role.len() > MAX_ROLES {
            return Err(format!("must have at most {MAX_ROLES} roles"));
        }
        let role = |text: &String| text.parse::<RoleId>().map_err(|e| e.to_string());
        self.role.iter().map(role).collect()
    }

    fn on(&self) -> Option<Result<ResourceKey, String>> {
        let text = self.resource.as_deref()?;
        let key = text.split_once(':').and_then(|(kind, id)| {
            Some(ResourceKey {
                kind: kind.parse().ok()?,
                id: id.parse().ok()?,
            })
        });
        Some(key.ok_or_else(|| "must be a type and an id, such as `program:spring`".to_owned()))
    }
}

impl Filter {
    /// A fault for each role that the role set does not have.
    #[must_use]
    pub fn unknown_roles(&self, set: &RoleSet) -> Vec<Violation> {
        let unknown = self.roles.iter().filter(|role| set.role(role).is_none());
        unknown
            .map(|role| {
                Violation::field(
                    "role",
                    "unknown_role",
                    format!("`{role}` is not a role of this role set"),
                )
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::By;
    use crate::roleset;

    fn read(selection: &Selection) -> Result<(Filter, Option<Order>), Vec<String>> {
        let now = "2026-03-31T12:00:00Z".parse().unwrap();
        let said = |violation: &Violation| format!("{:?} {} {}", violation.at, violation.code, violation.detail);
        selection
            .read(now)
            .map_err(|violations| violations.iter().map(said).collect())
    }

    #[test]
    fn each_field_asks_for_what_it_says() {
        let selection = Selection {
            q: Some("Zoë LEE".into()),
            status: Some("inactive".into()),
            role: vec!["owner".into(), "admin".into(), "owner".into()],
            invite_status: Some("accepted".into()),
            joined_in: Some("last_week".into()),
            resource: Some("program:spring".into()),
            sort: Some("-joined".into()),
        };
        let filter = Filter {
            terms: BTreeSet::from(["lee".into(), "zoe".into()]),
            status: Some(Status::Inactive),
            roles: BTreeSet::from(["admin".parse().unwrap(), "owner".parse().unwrap()]),
            invite_status: Some(InviteStatus::Accepted),
            joined: Some(Period {
                from: "2026-03-24T12:00:00Z".parse().unwrap(),
                until: None,
            }),
            resource: Some(ResourceKey {
                kind: "program".parse().unwrap(),
                id: "spring".parse().unwrap(),
            }),
        };
        let order = Order {
            by: By::Joined,
            descending: true,
        };
        assert_eq!(read(&selection), Ok((filter, Some(order))));
        assert_eq!(read(&Selection::default()), Ok((Filter::default(), None)));
        let other = Selection {
            status: Some("active".into()),
            invite_status: Some("pending".into()),
            ..Selection::default()
        };
        let (filter, _) = read(&other).unwrap();
        assert_eq!(
            (filter.status, filter.invite_status),
            (Some(Status::Active), Some(InviteStatus::Pending))
        );
    }

    #[test]
    fn every_field_that_cannot_be_asked_for_is_named_at_once() {
        let bad = || Some("x y".to_owned());
        let selection = Selection {
            q: Some("a b c d e f g h i".into()),
            status: bad(),
            role: vec!["admin".into(), " admin".into()],
            invite_status: bad(),
            joined_in: bad(),
            resource: bad(),
            sort: bad(),
        };
        let violations = read(&selection).unwrap_err();
        let expected = [
            "Field(\"q\") too_long must have at most 200 characters and 8 words",
            "Field(\"status\") invalid_value must be one of active, inactive",
            "Field(\"role\") invalid_value must be 1 to 40 lowercase letters, digits and `_`, starting with a letter",
            "Field(\"invite_status\") invalid_value must be one of accepted, pending",
            "Field(\"joined_in\") invalid_value must be last_week, last_month, last_year, a year such as `2026`, or days such as `2026-01-01..2026-03-31`",
            "Field(\"resource\") invalid_value must be a type and an id, such as `program:spring`",
            "Field(\"sort\") invalid_value must be one of name, -name, joined, -joined, last_active, -last_active",
        ];
        assert_eq!(violations, expected);
    }

    #[test]
    fn a_question_has_so_many_characters_words_and_roles_at_most() {
        let asked = |q: String| Selection {
            q: Some(q),
            ..Selection::default()
        };
        assert!(read(&asked("é".repeat(MAX_QUERY))).is_ok());
        assert!(read(&asked("é".repeat(MAX_QUERY + 1))).is_err());
        assert!(read(&asked("a b c d e f g h".into())).is_ok());
        assert!(read(&asked("a b c d e f g h i".into())).is_err());
        let roles = |count: usize| Selection {
            role: (0..count).map(|n| format!("role_{n}")).collect(),
            ..Selection::default()
        };
        assert_eq!(read(&roles(MAX_ROLES)).unwrap().0.roles.len(), MAX_ROLES);
        let twice = |count: usize| Selection {
            role: vec!["admin".into(); count],
            ..Selection::default()
        };
        assert_eq!(read(&twice(MAX_ROLES)).unwrap().0.roles.len(), 1);
        assert_eq!(read(&twice(MAX_ROLES + 1)), read(&roles(MAX_ROLES + 1)));
        let violations = read(&roles(MAX_ROLES + 1)).unwrap_err();
        assert_eq!(violations, ["Field(\"role\") invalid_value must have at most 16 roles"]);
    }

    #[test]
    fn roles_that_the_set_does_not_have_are_named() {
        let filter = Filter {
            roles: BTreeSet::from(["owner".parse().unwrap(), "ghost".parse().unwrap()]),
            ..Filter::default()
        };
        let detail = "`ghost` is not a role of this role set";
        let set = roleset::find("program-delivery").unwrap();
        assert_eq!(
            filter.unknown_roles(set),
            [Violation::field("role", "unknown_role", detail)]
        );
    }
}
