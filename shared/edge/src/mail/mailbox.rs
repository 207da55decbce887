//! The sender of the mail, as configured.

use muster_domain::email::{EmailAddress, EmailAddressError};
use std::{fmt, str::FromStr};

/// An address with a name, such as `Muster <no-reply@muster.example>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    name: Option<String>,
    email: EmailAddress,
}

impl Mailbox {
    /// The name, if there is one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The address.
    pub fn email(&self) -> &EmailAddress {
        &self.email
    }
}

impl FromStr for Mailbox {
    type Err = MailboxError;

    fn from_str(input: &str) -> Result<Self, Self::Err> {
        let input = input.trim();
        let (name, email) = input
            .strip_suffix('>')
            .and_then(|input| input.rsplit_once('<'))
            .unwrap_or(("", input));
        let name = name.trim();
        let name = name
            .strip_prefix('"')
            .and_then(|name| name.strip_suffix('"'))
            .unwrap_or(name);
        if super::untrusted::plain_line(name) != name || name.contains(['<', '>', '"', '\\']) {
            return Err(MailboxError::Name);
        }
        Ok(Self {
            name: (!name.is_empty()).then(|| name.to_owned()),
            email: EmailAddress::parse(email)?,
        })
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "\"{name}\" <{}>", self.email),
            None => self.email.fmt(f),
        }
    }
}

/// The reason why a sender is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailboxError {
    /// The name is too long, or holds brackets, quotation marks or invisible characters.
    #[error("the name before the address is not valid")]
    Name,
    /// The address is not valid.
    #[error(transparent)]
    Email(#[from] EmailAddressError),
}
