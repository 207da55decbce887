//! How requests name a user: by the id in Muster, or by the identity provider's subject.

use crate::id::UserId;
use crate::text::Subject;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The prefix of a subject, so that it cannot be confused with an id or a keyword such as `me`.
const PREFIX: &str = "sub:";
/// The prefix of the Base64 of a subject in a path: a form that no gateway decodes, cuts or splits.
const ENCODED_PREFIX: &str = "sub64:";

/// A user as a request names them: `usr_…`, or `sub:` and the identity provider's subject.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum UserName {
    /// By the id in Muster.
    Id(UserId),
    /// By the identity provider's subject.
    Subject(Subject),
}

/// The user whom a name means, with the subject if the name has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedUser {
    /// The id in Muster.
    pub id: UserId,
    /// The subject at the identity provider; `None` if the user was named by id.
    pub subject: Option<Subject>,
}

/// The text names no user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a user's id that starts with `usr_`, or `sub:` and the identity provider's subject")]
pub struct UserNameError;

impl UserName {
    /// Reads a name in which `sub:` can be omitted: text of another form than an id is a subject.
    ///
    /// Access requests use this form (OpenID AuthZEN Authorization API 1.0, section 5.1), where no other word can be meant.
    ///
    /// # Errors
    /// [`UserNameError`] if it can be no subject either.
    pub fn with_bare_subject(text: &str) -> Result<Self, UserNameError> {
        text.parse()
            .or_else(|_| text.parse().map(Self::Subject).map_err(|_| UserNameError))
    }

    /// Reads a name in a path, where a subject is in Base64 after `sub64:` (RFC 4648, section 5, without padding).
    ///
    /// API Gateway decodes a path before it splits it. After `sub:`, the subject `ann?` would name the user `ann`, and `ann/x` what
    /// is at `x` of that user.
    ///
    /// # Errors
    /// [`UserNameError`].
    pub fn in_path(text: &str) -> Result<Self, UserNameError> {
        let Some(encoded) = text.strip_prefix(ENCODED_PREFIX) else {
            return text.parse().map(Self::Id).map_err(|_| UserNameError);
        };
        let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| UserNameError)?;
        let subject = String::from_utf8(bytes).map_err(|_| UserNameError)?;
        subject.parse().map(Self::Subject).map_err(|_| UserNameError)
    }

    /// The name in a form that a path takes.
    #[must_use]
    pub fn for_path(&self) -> String {
        match self {
            Self::Id(id) => id.to_string(),
            Self::Subject(subject) => format!("{ENCODED_PREFIX}{}", URL_SAFE_NO_PAD.encode(subject.as_str())),
        }
    }

    /// The shortest text that [`UserName::with_bare_subject`] reads as this subject.
    #[must_use]
    pub fn bare(subject: &Subject) -> String {
        match Self::with_bare_subject(subject.as_str()) {
            Ok(Self::Subject(same)) if same == *subject => subject.to_string(),
            _ => format!("{PREFIX}{subject}"),
        }
    }

    /// The user, where this is the only issuer of tokens.
    #[must_use]
    pub fn id(&self, issuer: &str) -> UserId {
        match self {
            Self::Id(id) => *id,
            Self::Subject(subject) => UserId::of(issuer, subject.as_str()),
        }
    }

    /// The user, with the subject if this name has it, where this is the only issuer of tokens.
    #[must_use]
    pub fn user(self, issuer: &str) -> NamedUser {
        let id = self.id(issuer);
        let subject = match self {
            Self::Id(_) => None,
            Self::Subject(subject) => Some(subject),
        };
        NamedUser { id, subject }
    }
}

impl FromStr for UserName {
    type Err = UserNameError;

    fn from_str(text: &str) -> Result<Self, UserNameError> {
        match text.strip_prefix(PREFIX) {
            Some(subject) => subject.parse().map(Self::Subject).map_err(|_| UserNameError),
            None => text.parse().map(Self::Id).map_err(|_| UserNameError),
        }
    }
}

impl TryFrom<String> for UserName {
    type Error = UserNameError;

    fn try_from(text: String) -> Result<Self, UserNameError> {
        text.parse()
    }
}

impl From<UserName> for String {
    fn from(name: UserName) -> Self {
        name.to_string()
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Subject(subject) => write!(f, "{PREFIX}{subject}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "usr_5Il5ApcqJZi2Gi3OBCs6wc";

    fn subject(text: &str) -> UserName {
        UserName::Subject(text.parse().unwrap())
    }

    #[test]
    fn a_subject_is_named_with_its_prefix_and_never_taken_for_an_id_or_a_keyword() {
        assert_eq!(ID.parse(), Ok(UserName::Id(ID.parse().unwrap())));
        assert_eq!("sub:alice".parse(), Ok(subject("alice")));
        assert_eq!(format!("sub:{ID}").parse(), Ok(subject(ID)));
        assert_eq!("sub:sub:x".parse(), Ok(subject("sub:x")));
        for text in [
            "",
            "me",
            "alice",
            "sub:",
            "usr_",
            "usr_1",
            "SUB:alice",
            "sub:\u{7}",
            "sub64:YWxpY2U",
        ] {
            assert_eq!(text.parse::<UserName>(), Err(UserNameError), "{text:?}");
        }
    }

    #[test]
    fn a_bare_subject_is_whatever_is_no_id() {
        assert_eq!(UserName::with_bare_subject(ID), Ok(UserName::Id(ID.parse().unwrap())));
        for text in ["alice", "me", "usr_1", "auth0|507f"] {
            assert_eq!(UserName::with_bare_subject(text), Ok(subject(text)));
        }
        assert_eq!(UserName::with_bare_subject("sub:alice"), Ok(subject("alice")));
        assert_eq!(UserName::with_bare_subject(""), Err(UserNameError));
        assert_eq!(UserName::with_bare_subject("sub:"), Ok(subject("sub:")));
    }

    #[test]
    fn a_subject_and_the_id_made_from_it_are_the_same_user() {
        let id = UserId::of("https://issuer.example", "alice");
        assert_eq!(subject("alice").id("https://issuer.example"), id);
        assert_eq!(UserName::Id(id).id("https://another.example"), id);
        assert_ne!(subject("alice").id("https://another.example"), id);
        let by_subject = subject("alice").user("https://issuer.example");
        assert_eq!(
            (by_subject.id, by_subject.subject),
            (id, Some("alice".parse().unwrap()))
        );
        let by_id = UserName::Id(id).user("https://issuer.example");
        assert_eq!((by_id.id, by_id.subject), (id, None));
    }

    #[test]
    fn a_path_takes_no_subject_that_a_gateway_could_cut_or_split() {
        assert_eq!(UserName::in_path(ID), Ok(UserName::Id(ID.parse().unwrap())));
        assert_eq!(UserName::in_path("sub64:YWxpY2U"), Ok(subject("alice")));
        assert_eq!(UserName::in_path("sub64:YT8vYg"), Ok(subject("a?/b")));
        for text in [
            "sub:alice",
            "sub:",
            "alice",
            "me",
            "sub64:",
            "sub64:alice",
            "sub64:Bw",
            "sub64:/w",
            "sub64:_w",
            "sub64:YWxpY2U=",
            "sub64:YWxpY2V",
        ] {
            assert_eq!(UserName::in_path(text), Err(UserNameError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_path_takes_every_user(text in "\\PC{1,40}") {
            let names = [UserName::Id(ID.parse().unwrap())].into_iter();
            for name in names.chain(text.parse().map(UserName::Subject)) {
                let path = name.for_path();
                prop_assert!(path.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_:".contains(&b)), "{path}");
                prop_assert_eq!(UserName::in_path(&path), Ok(name));
            }
        }

        #[test]
        fn what_is_written_is_read_again(text in "(sub:|usr_)?[ -~]{1,30}") {
            let subject: Subject = text.parse().unwrap();
            let name = UserName::Subject(subject.clone());
            prop_assert_eq!(name.to_string().parse(), Ok(name.clone()));
            prop_assert_eq!(UserName::with_bare_subject(&UserName::bare(&subject)), Ok(name));
        }
    }
}
