//! Identifiers: a type prefix and 22 digits of base62, so that they sort like their numbers.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// The digits of a 128-bit number in base62.
const DIGITS: usize = 22;

/// Digits of a key's own number in base62.
pub(crate) const NUMBER_DIGITS: usize = 11;

/// The text is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a valid id that starts with `{0}`")]
pub struct IdError(&'static str);

impl IdError {
    /// The text is not an identifier with this prefix.
    pub(crate) const fn malformed(prefix: &'static str) -> Self {
        Self(prefix)
    }
}

fn parse(prefix: &'static str, text: &str) -> Result<u128, IdError> {
    let body = text.strip_prefix(prefix).ok_or(IdError(prefix))?;
    if body.len() != DIGITS || !body.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(IdError(prefix));
    }
    base62::decode(body).map_err(|_| IdError(prefix))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(u128);

        impl $name {
            /// The prefix of every such identifier.
            pub const PREFIX: &'static str = $prefix;

            /// The form of every such identifier, as a regular expression.
            pub const PATTERN: &'static str = concat!("^", $prefix, "[0-7][0-9A-Za-z]{21}$");

            /// Makes the identifier from a UUID; version 7 keeps the order of creation.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid.as_u128())
            }

            /// The identifier's number, as 16 bytes.
            #[must_use]
            pub const fn to_bytes(self) -> [u8; 16] {
                self.0.to_be_bytes()
            }

            /// The identifier with the number of these 16 bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(u128::from_be_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{:0>22}", $prefix, base62::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                parse($prefix, text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }
    };
}

id!(
    /// An organization, the tenant.
    OrganizationId, "org_"
);
id!(
    /// A user, and with it the user's membership in any organization.
    UserId, "usr_"
);
id!(
    /// An invitation; resending keeps it.
    InvitationId, "inv_"
);
id!(
    /// An event; the ids rise with time.
    EventId, "evt_"
);
id!(
    /// An email waiting in the outbox.
    MailId, "mail_"
);
id!(
    /// A job in the background.
    JobId, "job_"
);
id!(
    /// An export that is made in the background.
    ExportId, "exp_"
);
id!(
    /// One registration of a resource: deleting a resource and registering its key again makes another one.
    Registration, "reg_"
);

impl UserId {
    /// The user that an identity provider knows as `subject`.
    ///
    /// Issuer and subject are hashed together, so the same subject at another issuer is another user.
    #[must_use]
    pub fn of(issuer: &str, subject: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"muster/user/v1");
        for part in [issuer, subject] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let digest = hash.finalize();
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().zip(digest.iter()) {
            *to = *from;
        }
        Self::from_bytes(bytes)
    }
}

/// The id of an API key: its owner, and its number among their keys. With the id, one read can find both.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId {
    /// The owner.
    pub owner: UserId,
    /// The number of the key among the owner's.
    pub number: u64,
}

impl KeyId {
    /// The prefix of every such identifier.
    pub const PREFIX: &'static str = "key_";

    /// The form of every such identifier, as a regular expression.
    pub const PATTERN: &'static str = "^key_[0-7][0-9A-Za-z]{32}$";

    /// The digits of the owner and of the number, as in id and secret.
    pub(crate) fn digits(&self) -> String {
        let owner = u128::from_be_bytes(self.owner.to_bytes());
        format!("{:0>22}{:0>11}", base62::encode(owner), base62::encode(self.number))
    }

    pub(crate) fn from_digits(text: &str) -> Option<Self> {
        let (owner, number) = text.split_at_checked(DIGITS)?;
        Some(Self {
            owner: UserId::from_bytes(digits(owner, DIGITS)?.to_be_bytes()),
            number: digits(number, NUMBER_DIGITS)?.try_into().ok()?,
        })
    }
}

/// The number, if it is written in exactly `count` digits of base62.
pub(crate) fn digits(text: &str, count: usize) -> Option<u128> {
    let fits = text.len() == count && text.bytes().all(|b| b.is_ascii_alphanumeric());
    fits.then(|| base62::decode(text).ok()).flatten()
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Self::PREFIX, self.digits())
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for KeyId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let known = text.strip_prefix(Self::PREFIX).and_then(Self::from_digits);
        known.ok_or(IdError::malformed(Self::PREFIX))
    }
}

impl TryFrom<String> for KeyId {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> String {
        id.to_string()
    }
}

/// The source of new identifiers: an argument, so that a decision stays a pure function.
pub trait NewIds {
    /// The next identifier's number.
    fn uuid(&mut self) -> Uuid;
}

impl<F: FnMut() -> Uuid> NewIds for F {
    fn uuid(&mut self) -> Uuid {
        self()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_same_subject_at_two_issuers_is_two_users() {
        assert_ne!(UserId::of("https://a", "1"), UserId::of("https://b", "1"));
        assert_ne!(UserId::of("ab", "c"), UserId::of("a", "bc"));
    }

    #[test]
    fn a_text_of_another_form_is_no_identifier() {
        for text in [
            "",
            "org_",
            "usr_0000000000000000000001",
            "org_1",
            "org_zzzzzzzzzzzzzzzzzzzzzz",
            "org_000000000000000000000-",
        ] {
            assert!(text.parse::<OrganizationId>().is_err(), "{text}");
        }
    }

    #[test]
    fn whatever_makes_numbers_makes_new_ids() {
        let mut number = 0;
        let mut ids = || {
            number += 1;
            Uuid::from_u128(number)
        };
        let ids: &mut dyn NewIds = &mut ids;
        assert_eq!([ids.uuid(), ids.uuid()].map(|uuid| uuid.as_u128()), [1, 2]);
    }

    proptest! {
        #[test]
        fn text_and_number_are_one_to_one_and_in_the_same_order(a: u128, b: u128) {
            let (x, y) = (EventId::from_bytes(a.to_be_bytes()), EventId::from_bytes(b.to_be_bytes()));
            prop_assert_eq!(x.to_string().parse::<EventId>().unwrap(), x);
            prop_assert_eq!(a.cmp(&b), x.to_string().cmp(&y.to_string()));
        }
    }
}
