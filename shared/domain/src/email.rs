//! Email addresses and their domains, in the one form that Muster stores and compares.
//!
//! Two spellings of an address that email servers treat alike become equal here: it becomes lower case, and an international
//! domain becomes punycode. An address that cannot be mailed (Amazon SES accepts only 7-bit ASCII), or that could be mistaken
//! for another one, is refused and never repaired.

mod domain;
mod list;
#[cfg(test)]
mod tests;

pub use domain::Domain;
pub use list::{EmailInput, ListError, MAX_EMAILS, Rejected, parse_list};

use crate::text::is_ignorable;
use email_address::Options;
use idna::uts46::{AsciiDenyList, Hyphens, Uts46};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The longest address that email servers must accept (RFC 5321, 4.5.3.1, without the brackets).
const MAX_LENGTH: usize = 254;
/// The longest part before the `@`.
const MAX_LOCAL_PART: usize = 64;
/// Longer than any spelling of a valid address, so that no other check sees huge input.
const MAX_INPUT: usize = 1024;

/// A normalized email address: lower case, ASCII only, its domain in punycode.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads one bare address, without a display name.
    pub fn parse(input: &str) -> Result<Self, EmailAddressError> {
        let input = bare(input)?;
        let (local_part, domain) = input.rsplit_once('@').ok_or(EmailAddressError::MissingAt)?;
        check_local_part(local_part)?;
        let domain = domain::normalize(domain)?;
        let email = format!("{}@{domain}", local_part.to_ascii_lowercase());
        if email.len() > MAX_LENGTH {
            return Err(EmailAddressError::TooLong);
        }
        let options = Options::default()
            .with_required_tld()
            .without_domain_literal()
            .without_display_text();
        // The domain has passed stricter checks by now, so a refusal is about the part before it.
        email_address::EmailAddress::parse_with_options(&email, options)
            .map_err(|_| EmailAddressError::InvalidLocalPart)?;
        Ok(Self(email))
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.split().0
    }

    /// The part after the `@`, in punycode.
    pub fn domain(&self) -> &str {
        self.split().1
    }

    /// The address as people read it: an international domain in its own letters.
    pub fn shown(&self) -> String {
        let (local_part, domain) = self.split();
        let (domain, _) = Uts46::new().to_unicode(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::Allow);
        format!("{local_part}@{domain}")
    }

    /// The masked address, for readers who need not know it: its first character and its domain.
    ///
    /// The length is hidden too, so every address with the same beginning looks alike.
    pub fn masked(&self) -> String {
        let (local_part, domain) = self.split();
        let first = local_part.chars().next().unwrap_or('*');
        format!("{first}***@{domain}")
    }

    fn split(&self) -> (&str, &str) {
        self.0.rsplit_once('@').unwrap_or((&self.0, ""))
    }
}

/// The input without surrounding white space, which counts for its length, as everything sent does.
fn bare(input: &str) -> Result<&str, EmailAddressError> {
    if input.len() > MAX_INPUT {
        return Err(EmailAddressError::TooLong);
    }
    let input = input.trim();
    if input.is_empty() {
        return Err(EmailAddressError::Empty);
    }
    refuse_deceptive(input)?;
    Ok(input)
}

/// Refuses characters that are invisible, or that would silently turn into others.
fn refuse_deceptive(input: &str) -> Result<(), EmailAddressError> {
    for character in input.chars() {
        if character.is_control() || is_ignorable(character) {
            return Err(EmailAddressError::InvisibleCharacter);
        }
        if is_look_alike(character) {
            return Err(EmailAddressError::LookAlikeCharacter);
        }
    }
    Ok(())
}

/// Whether domain processing would turn a non-ASCII character into plain ASCII: a Kelvin sign becomes `k`, a full-width at sign
/// becomes `@`.
fn is_look_alike(character: char) -> bool {
    if character.is_ascii() {
        return false;
    }
    let mut buffer = [0; 4];
    let bytes = character.encode_utf8(&mut buffer).as_bytes();
    let (mapped, _) = Uts46::new().to_unicode(bytes, AsciiDenyList::EMPTY, Hyphens::Allow);
    mapped.chars().any(|mapped| mapped.is_ascii())
}

fn check_local_part(local_part: &str) -> Result<(), EmailAddressError> {
    if local_part.contains('"') {
        Err(EmailAddressError::QuotedLocalPart)
    } else if !local_part.is_ascii() {
        Err(EmailAddressError::LocalPartNotAscii)
    } else if local_part.len() > MAX_LOCAL_PART {
        Err(EmailAddressError::TooLong)
    } else {
        Ok(())
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Shows the masked form, so that `{:?}` in a log line reveals no address.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({})", self.masked())
    }
}

impl FromStr for EmailAddress {
    type Err = EmailAddressError;

    fn from_str(input: &str) -> Result<Self, Self::Err> {
        Self::parse(input)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailAddressError;

    fn try_from(input: String) -> Result<Self, Self::Error> {
        Self::parse(&input)
    }
}

impl From<EmailAddress> for String {
    fn from(email: EmailAddress) -> Self {
        email.0
    }
}

/// The reason for refusing an address or a domain. The text never repeats the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum EmailAddressError {
    /// Only white space.
    #[error("the address is empty")]
    Empty,
    /// More than 64 characters before the `@`, or more than 254 in all.
    #[error("the address is too long")]
    TooLong,
    /// No `@`.
    #[error("the address has no `@`")]
    MissingAt,
    /// A control character, a zero-width character or one that changes the direction of text.
    #[error("the address has an invisible character")]
    InvisibleCharacter,
    /// A character such as the Kelvin sign, which would become a plain letter.
    #[error("the address has a character that only looks like an ASCII character")]
    LookAlikeCharacter,
    /// A part before the `@` in quotation marks, which few mail servers accept.
    #[error("a quoted part before the `@` is not supported")]
    QuotedLocalPart,
    /// Letters outside ASCII before the `@`, which SES cannot deliver to.
    #[error("the part before the `@` must be ASCII")]
    LocalPartNotAscii,
    /// Any other mistake before the `@`.
    #[error("the part before the `@` is invalid")]
    InvalidLocalPart,
    /// A domain that cannot exist.
    #[error("the domain is invalid")]
    InvalidDomain,
    /// A domain without a dot, such as `localhost`.
    #[error("the domain has no dot")]
    DomainWithoutDot,
    /// An IP address in place of a domain.
    #[error("an IP address is not supported as a domain")]
    IpDomain,
}

impl EmailAddressError {
    /// The stable name of the error, for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::MissingAt => "missing_at",
            Self::InvisibleCharacter => "invisible_character",
            Self::LookAlikeCharacter => "look_alike_character",
            Self::QuotedLocalPart => "quoted_local_part",
            Self::LocalPartNotAscii => "local_part_not_ascii",
            Self::InvalidLocalPart => "invalid_local_part",
            Self::InvalidDomain => "invalid_domain",
            Self::DomainWithoutDot => "domain_without_dot",
            Self::IpDomain => "ip_domain",
        }
    }
}
