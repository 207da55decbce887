//! Mail domains, and the allowlist that some roles are limited to.

use super::{EmailAddressError, bare};
use icu_properties::{
    CodePointMapData,
    props::{GeneralCategory, GeneralCategoryGroup},
};
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A normalized mail domain: lower case, in punycode, with at least one dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain(String);

impl Domain {
    /// Reads one domain, such as `partner.example`.
    pub fn parse(input: &str) -> Result<Self, EmailAddressError> {
        normalize(bare(input)?).map(Self)
    }

    /// The domain, in punycode.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Turns a domain into lowercase punycode by the strict rules of UTS 46.
pub(super) fn normalize(domain: &str) -> Result<String, EmailAddressError> {
    if domain.starts_with('[') {
        return Err(EmailAddressError::IpDomain);
    }
    if !domain.chars().all(may_stand_in_domain) {
        return Err(EmailAddressError::InvalidDomain);
    }
    // Hyphens in the third and fourth positions stay allowed: real domains have them.
    let ascii = Uts46::new()
        .to_ascii(
            domain.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::CheckFirstLast,
            DnsLength::Verify,
        )
        .map_err(|_| EmailAddressError::InvalidDomain)?;
    let (_, last) = ascii.rsplit_once('.').ok_or(EmailAddressError::DomainWithoutDot)?;
    if last.chars().all(|character| character.is_ascii_digit()) {
        return Err(EmailAddressError::IpDomain);
    }
    Ok(ascii.into_owned())
}

/// Refuses the quotation marks and other symbols of pasted text that UTS 46 would allow.
fn may_stand_in_domain(character: char) -> bool {
    const WORD: GeneralCategoryGroup = GeneralCategoryGroup::Letter
        .union(GeneralCategoryGroup::Mark)
        .union(GeneralCategoryGroup::Number);
    // The middle dots are part of Catalan and Japanese names.
    matches!(character, '.' | '-' | '\u{b7}' | '\u{30fb}')
        || WORD.contains(CodePointMapData::<GeneralCategory>::new().get(character))
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Domain {
    type Err = EmailAddressError;

    fn from_str(input: &str) -> Result<Self, Self::Err> {
        Self::parse(input)
    }
}

impl TryFrom<String> for Domain {
    type Error = EmailAddressError;

    fn try_from(input: String) -> Result<Self, Self::Error> {
        Self::parse(&input)
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> Self {
        domain.0
    }
}
