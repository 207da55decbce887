//! The secret of an API key: shown once, stored as a hash, and checked for typing errors before anything is read.

use crate::id::{KeyId, OrganizationId, digits};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use subtle::ConstantTimeEq as _;

const KEY: usize = 33;
const NUMBER: usize = 22;
const CHECKSUM: usize = 6;

/// A key's secret: `mk_`, the key's digits, the organization's, 128 random bits and a checksum, all in base62.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    key: KeyId,
    organization: OrganizationId,
    text: String,
}

/// The text is not the secret of an API key: it has another form, or is mistyped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an API key")]
pub struct NoSecret;

/// SHA-256 of a secret. 128 random bits need no slow hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretHash(String);

impl Secret {
    /// The prefix of every secret, so that scanners find leaked ones.
    pub const PREFIX: &'static str = "mk_";

    /// The secret of a key with these random bits.
    #[must_use]
    pub fn new(key: KeyId, organization: OrganizationId, random: u128) -> Self {
        let number = u128::from_be_bytes(organization.to_bytes());
        let body = format!(
            "{}{}{:0>22}{:0>22}",
            Self::PREFIX,
            key.digits(),
            base62::encode(number),
            base62::encode(random)
        );
        let text = format!("{body}{}", checksum(&body));
        Self {
            key,
            organization,
            text,
        }
    }

    /// The key of the secret.
    #[must_use]
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// The organization that it gives access to.
    #[must_use]
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// The secret itself, to be shown once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// Its hash.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        use base64::Engine as _;
        // INVARIANT 5: an API key stores this hash, and its secret nowhere.
        SecretHash(base64::engine::general_purpose::STANDARD_NO_PAD.encode(Sha256::digest(&self.text)))
    }

    /// The part of a key's secrets that lists show: it identifies the key, and gives no access.
    #[must_use]
    pub fn prefix(key: &KeyId) -> String {
        format!("{}{}", Self::PREFIX, key.digits())
    }
}

impl SecretHash {
    /// Whether both are the same, in constant time.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl FromStr for Secret {
    type Err = NoSecret;
    fn from_str(text: &str) -> Result<Self, NoSecret> {
        parse(text).ok_or(NoSecret)
    }
}

fn parse(text: &str) -> Option<Secret> {
    let rest = text.strip_prefix(Secret::PREFIX)?;
    let (key, rest) = rest.split_at_checked(KEY)?;
    let (organization, rest) = rest.split_at_checked(NUMBER)?;
    let (random, given) = rest.split_at_checked(NUMBER)?;
    let body = text.get(..text.len().checked_sub(CHECKSUM)?)?;
    digits(random, NUMBER)?;
    (given.len() == CHECKSUM && given == checksum(body)).then_some(())?;
    Some(Secret {
        key: KeyId::from_digits(key)?,
        organization: OrganizationId::from_bytes(digits(organization, NUMBER)?.to_be_bytes()),
        text: text.to_owned(),
    })
}

/// CRC-32 of the text in six digits of base62. It protects no secret: it detects mistyped text and text that only looks like a
/// key.
fn checksum(body: &str) -> String {
    format!("{:0>6}", base62::encode(crc32fast::hash(body.as_bytes())))
}

/// Keeps the secret out of log lines.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", Self::prefix(&self.key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::UserId;
    use proptest::prelude::*;

    fn secret(owner: u128, number: u64, organization: u128, random: u128) -> Secret {
        let key = KeyId {
            owner: UserId::from_bytes(owner.to_be_bytes()),
            number,
        };
        Secret::new(key, OrganizationId::from_bytes(organization.to_be_bytes()), random)
    }

    proptest! {
        #[test]
        fn a_secret_names_its_key_and_organization_and_any_other_text_is_none(
            owner: u128, number: u64, organization: u128, random: u128, at in 0..86usize, other in "[0-9A-Za-z_]",
        ) {
            let known = secret(owner, number, organization, random);
            let text = known.reveal().to_owned();
            prop_assert_eq!(text.len(), 86);
            prop_assert_eq!(text.parse::<Secret>(), Ok(known.clone()));
            prop_assert_eq!(known.key().to_string().parse::<KeyId>().unwrap(), known.key());
            prop_assert_eq!(Secret::prefix(&known.key()), &text[..36]);
            prop_assert_eq!(format!("{known:?}"), format!("Secret({})", &text[..36]), "the random part is never shown");
            let mut changed = text.clone();
            changed.replace_range(at..=at, &other);
            prop_assert!(changed == text || changed.parse::<Secret>().is_err());
        }

        #[test]
        fn no_text_makes_the_parser_panic(text: String) {
            let _ = (text.parse::<Secret>(), text.parse::<KeyId>(), format!("mk_{text}").parse::<Secret>());
        }

        #[test]
        fn two_secrets_of_one_key_have_two_hashes(random: u128, other: u128) {
            prop_assume!(random != other);
            let (a, b) = (secret(1, 2, 3, random), secret(1, 2, 3, other));
            prop_assert!(!a.hash().is(&b.hash()));
            prop_assert!(a.hash().is(&secret(1, 2, 3, random).hash()));
        }
    }
}
