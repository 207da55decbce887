//! Reading a role set's file, and refusing one that contradicts itself.

use super::RoleSet;
use super::check::{Place, Verb, check};
use serde::Deserialize;
use toml::Spanned;

/// The reason for refusing a role set, with file and line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub struct RoleSetError {
    /// Name of the file.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

/// The places in a file of everything that can contradict something.
#[derive(Deserialize)]
struct Places {
    id: Spanned<String>,
    #[serde(default)]
    reads: Vec<Spanned<String>>,
    role: Vec<RolePlaces>,
}

/// The places within one `[[role]]`.
#[derive(Deserialize)]
struct RolePlaces {
    id: Spanned<String>,
    assigns: Vec<Spanned<String>>,
    #[serde(default)]
    self_assigns: Vec<Spanned<String>>,
    manages: Vec<Spanned<String>>,
    permissions: Vec<Spanned<String>>,
    #[serde(default)]
    condition: Vec<ConditionPlaces>,
}

/// The places within one `[[role.condition]]`.
#[derive(Deserialize)]
struct ConditionPlaces {
    permission: Spanned<String>,
}

impl Places {
    fn of(&self, place: Place) -> Option<&Spanned<String>> {
        match place {
            Place::Set => Some(&self.id),
            Place::Read(read) => self.reads.get(read),
            Place::Role(role) => self.role.get(role).map(|role| &role.id),
            Place::Permission(role, permission) => self.role.get(role)?.permissions.get(permission),
            Place::Condition(role, condition) => self.role.get(role)?.condition.get(condition).map(|c| &c.permission),
            Place::Power(role, verb, other) => {
                let role = self.role.get(role)?;
                let list = match verb {
                    Verb::Assign => &role.assigns,
                    Verb::Take => &role.self_assigns,
                    Verb::Manage => &role.manages,
                };
                list.get(other)
            }
        }
    }
}

/// The offset of this place in the text of a file.
fn offset(text: &str, place: Place) -> usize {
    let places = toml::from_str::<Places>(text).ok();
    let start = places.and_then(|places| places.of(place).map(|found| found.span().start));
    start.unwrap_or_default()
}

impl RoleSet {
    /// Reads a role set from the text of its file.
    ///
    /// # Errors
    /// The first thing in it that is malformed or contradicts another, with file and line.
    pub fn parse(file: &str, text: &str) -> Result<Self, RoleSetError> {
        let refuse = |offset: usize, reason: String| RoleSetError {
            file: file.to_owned(),
            line: 1 + text.bytes().take(offset).filter(|b| *b == b'\n').count(),
            reason,
        };
        let set: Self =
            toml::from_str(text).map_err(|e| refuse(e.span().map_or(0, |s| s.start), e.message().to_owned()))?;
        check(&set).map_err(|(place, reason)| refuse(offset(text, place), reason))?;
        Ok(set)
    }
}
