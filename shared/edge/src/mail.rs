//! The letters that Muster sends: their text, and their form on the wire.
//!
//! Names and messages come from people, so letters have them in the types of `untrusted`, which make them safe. The templates are
//! in `templates/mail`, each letter as HTML and as plain text; `words` has a file for each language. [`Stationery`] puts a
//! [`Content`] into both, and reads the files with which an operator replaces some of them.

mod brand;
mod content;
mod fault;
mod link;
mod mailbox;
mod overrides;
mod plural;
pub mod samples;
mod stationery;
#[cfg(test)]
mod tests;
mod untrusted;
mod values;
mod words;

pub use brand::{Brand, DEFAULT_ACCENT, OrganizationBrand};
pub use content::{AccessEnded, AccessEnding, Added, Content, Invitation};
pub use fault::Fault;
pub use link::WebLink;
pub use mailbox::{Mailbox, MailboxError};
pub use stationery::{MAX_BYTES, Stationery};
pub use untrusted::{Line, NAMED_RESOURCES, Quotation, ResourceNames};

use jiff::Timestamp;
use mail_builder::{
    MessageBuilder,
    headers::{address, text::Text},
};
use muster_domain::email::EmailAddress;
use muster_domain::language::Language;

/// A letter ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The recipient.
    pub recipient: EmailAddress,
    /// The language.
    pub language: Language,
    /// The subject, on one line.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
}

/// Leaves the bodies out: an invitation's link must not reach a log.
impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing")
            .field("recipient", &self.recipient)
            .finish_non_exhaustive()
    }
}

impl Outgoing {
    /// Writes the letter as a MIME message, with both bodies as alternatives.
    ///
    /// `id` becomes the left side of the Message-ID, so that it names one email permanently.
    pub fn mime(&self, from: &Mailbox, id: &str, date: Timestamp) -> Vec<u8> {
        // The builder writes this header unescaped, so it may contain only plain characters.
        let id: String = id
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
            .collect();
        let mut message = Vec::new();
        MessageBuilder::new()
            .from(address::Address::new_address(from.name(), from.email().as_str()))
            .to(self.recipient.as_str())
            .subject(self.subject.as_str())
            .message_id(format!("{id}@{}", from.email().domain()))
            .date(date.as_second())
            // Stops out-of-office replies and other automatic responses.
            .header("Auto-Submitted", Text::new("auto-generated"))
            .header("Content-Language", Text::new(self.language.as_str()))
            .text_body(self.text.as_str())
            .html_body(self.html.as_str())
            .serialize(&mut message);
        message
    }
}

/// Why a letter cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// The link is not a plain http or https address.
    #[error("the link of a letter must be an http or https address")]
    Link,
    /// A template failed.
    #[error("a mail template failed: {0}")]
    Template(#[from] Fault),
}
