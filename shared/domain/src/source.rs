//! Sources: how a role that a member holds was given, by whom, and when.

use crate::id::{IdError, InvitationId, KeyId, UserId};
use crate::vocabulary::{UnknownWord, vocabulary};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

vocabulary! {
    /// How a role was given, without the invitation.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    pub enum SourceType {
        /// The member created the organization.
        Founder = "founder",
        /// The member accepted an invitation.
        Invitation = "invitation",
        /// The member was added directly, without an invitation.
        Added = "added",
        /// Another member gave or changed the role.
        Assigned = "assigned",
        /// The member took the role, or changed it, for themselves.
        SelfAssigned = "self_assigned",
        /// Ownership was transferred: the receiver got it, and the giver got another role.
        Transferred = "transferred",
    }
}

/// How a role was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// The member created the organization.
    Founder,
    /// The member accepted this invitation.
    Invitation(InvitationId),
    /// The member was added directly, without an invitation.
    Added,
    /// Another member gave or changed the role.
    Assigned,
    /// The member took the role, or changed it, for themselves.
    SelfAssigned,
    /// Ownership was transferred: the receiver got it, and the giver got another role.
    Transferred,
}

impl SourceKind {
    /// The kind without the invitation.
    #[must_use]
    pub const fn of_type(self) -> SourceType {
        match self {
            Self::Founder => SourceType::Founder,
            Self::Invitation(_) => SourceType::Invitation,
            Self::Added => SourceType::Added,
            Self::Assigned => SourceType::Assigned,
            Self::SelfAssigned => SourceType::SelfAssigned,
            Self::Transferred => SourceType::Transferred,
        }
    }

    /// The name in storage and in responses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.of_type().as_str()
    }

    /// The accepted invitation, if there is one.
    #[must_use]
    pub const fn invitation(self) -> Option<InvitationId> {
        match self {
            Self::Invitation(id) => Some(id),
            _ => None,
        }
    }
}

/// The giver of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Giver {
    /// A member.
    Member(UserId),
    /// An API key, for its owner.
    ApiKey(KeyId),
}

impl Giver {
    /// The member who gave the role, directly or through the API key.
    #[must_use]
    pub const fn member(self) -> UserId {
        match self {
            Self::Member(id) => id,
            Self::ApiKey(key) => key.owner,
        }
    }

    /// The API key through which the role was given, if it was.
    #[must_use]
    pub const fn api_key(self) -> Option<KeyId> {
        match self {
            Self::Member(_) => None,
            Self::ApiKey(key) => Some(key),
        }
    }
}

/// How a role was given, by whom, and when.
///
/// Every role of a member has one in the member's item, so it is stored as one short text, such as
/// `invitation 1795993887561 usr_… inv_…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoleSource {
    /// How it was given.
    pub kind: SourceKind,
    /// The giver; `None` if no member gave it.
    pub by: Option<Giver>,
    /// When, to the millisecond.
    pub at: Timestamp,
}

/// The text is not a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the source of a role")]
pub struct SourceError;

/// The text of no giver.
const NO_GIVER: &str = "-";

impl fmt::Display for RoleSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.kind.name(), self.at.as_millisecond())?;
        match self.by {
            None => f.write_str(NO_GIVER)?,
            Some(Giver::Member(id)) => write!(f, "{id}")?,
            Some(Giver::ApiKey(key)) => write!(f, "{key}")?,
        }
        match self.kind.invitation() {
            Some(id) => write!(f, " {id}"),
            None => Ok(()),
        }
    }
}

impl FromStr for RoleSource {
    type Err = SourceError;
    fn from_str(text: &str) -> Result<Self, SourceError> {
        let parts: Vec<&str> = text.split(' ').collect();
        let [word, at, by, rest @ ..] = parts.as_slice() else {
            return Err(SourceError);
        };
        let kind = match (word.parse::<SourceType>()?, rest) {
            (SourceType::Invitation, [id]) => SourceKind::Invitation(id.parse()?),
            (SourceType::Founder, []) => SourceKind::Founder,
            (SourceType::Added, []) => SourceKind::Added,
            (SourceType::Assigned, []) => SourceKind::Assigned,
            (SourceType::SelfAssigned, []) => SourceKind::SelfAssigned,
            (SourceType::Transferred, []) => SourceKind::Transferred,
            _ => return Err(SourceError),
        };
        Ok(Self {
            kind,
            by: giver(by)?,
            at: instant(at)?,
        })
    }
}

fn giver(text: &str) -> Result<Option<Giver>, SourceError> {
    if text == NO_GIVER {
        return Ok(None);
    }
    let key = || text.parse().map(Giver::ApiKey);
    Ok(Some(text.parse().map(Giver::Member).or_else(|_| key())?))
}

fn instant(text: &str) -> Result<Timestamp, SourceError> {
    let milliseconds = text.parse().map_err(|_| SourceError)?;
    Timestamp::from_millisecond(milliseconds).map_err(|_| SourceError)
}

impl From<UnknownWord> for SourceError {
    fn from(_: UnknownWord) -> Self {
        Self
    }
}

impl From<IdError> for SourceError {
    fn from(_: IdError) -> Self {
        Self
    }
}

impl TryFrom<String> for RoleSource {
    type Error = SourceError;
    fn try_from(text: String) -> Result<Self, SourceError> {
        text.parse()
    }
}

impl From<RoleSource> for String {
    fn from(source: RoleSource) -> String {
        source.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invitation() -> InvitationId {
        InvitationId::from_bytes([9; 16])
    }

    fn member() -> UserId {
        UserId::from_bytes([1; 16])
    }

    fn key() -> KeyId {
        KeyId {
            owner: member(),
            number: 5,
        }
    }

    #[test]
    fn a_source_is_stored_as_one_short_text_and_read_from_it() {
        let at: Timestamp = "2026-11-29T20:51:27.561Z".parse().unwrap();
        let (usr, inv) = (member(), invitation());
        let by = Some(Giver::Member(usr));
        for (kind, by, text) in [
            (SourceKind::Founder, by, format!("founder 1795985487561 {usr}")),
            (
                SourceKind::Invitation(inv),
                by,
                format!("invitation 1795985487561 {usr} {inv}"),
            ),
            (
                SourceKind::Invitation(inv),
                Some(Giver::ApiKey(key())),
                format!("invitation 1795985487561 {} {inv}", key()),
            ),
            (SourceKind::Added, None, "added 1795985487561 -".into()),
            (
                SourceKind::Assigned,
                Some(Giver::ApiKey(key())),
                format!("assigned 1795985487561 {}", key()),
            ),
            (
                SourceKind::SelfAssigned,
                by,
                format!("self_assigned 1795985487561 {usr}"),
            ),
            (SourceKind::Transferred, by, format!("transferred 1795985487561 {usr}")),
        ] {
            let source = RoleSource { kind, by, at };
            assert_eq!(serde_json::to_value(source).unwrap(), text);
            assert_eq!(serde_json::from_value::<RoleSource>(text.into()).unwrap(), source);
        }
    }

    #[test]
    fn a_text_of_another_form_is_no_source() {
        let (usr, inv) = (member(), invitation());
        for text in [
            String::new(),
            "added".into(),
            "added 1".into(),
            format!("bought 1 {usr}"),
            format!("added 1 {usr} {inv}"),
            format!("invitation 1 {usr}"),
            format!("invitation 1 {usr} {usr}"),
            format!("added 1 {inv}"),
            format!("added now {usr}"),
            format!("added 999999999999999999 {usr}"),
            format!("added  1 {usr}"),
        ] {
            assert_eq!(text.parse::<RoleSource>(), Err(SourceError), "{text}");
        }
    }

    #[test]
    fn who_gave_through_a_key_is_its_owner() {
        assert_eq!(
            [Giver::Member(member()), Giver::ApiKey(key())].map(|by| (by.member(), by.api_key())),
            [(member(), None), (member(), Some(key()))]
        );
    }
}
