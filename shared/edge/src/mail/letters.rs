//! The text of each letter.

use super::{LetterError, Outgoing, untrusted};
use askama::Template;
use http::Uri;
use jiff::Timestamp;
use muster_domain::address::Address;
use muster_domain::mail::EndReason;

/// The most resources that a letter names before it only counts them.
const NAMED_RESOURCES: usize = 20;

/// A letter and its data. Names are as people wrote them.
#[derive(Clone, PartialEq, Eq)]
pub enum Letter<'a> {
    /// An invitation to join.
    Invitation {
        /// The name of the organization.
        organization: &'a str,
        /// The display name of the role.
        role: &'a str,
        /// The names of the resources that the role is limited to.
        resources: &'a [String],
        /// The name or the address of the person who invites.
        inviter: &'a str,
        /// The inviter's message.
        message: Option<&'a str>,
        /// The address at which the invitee accepts: http or https.
        link: &'a str,
        /// When the invitation expires.
        expires_at: Timestamp,
    },
    /// A person was added as a member directly.
    Added {
        /// The name of the organization.
        organization: &'a str,
        /// The display name of the role.
        role: &'a str,
        /// The names of the resources that the role is limited to.
        resources: &'a [String],
        /// The name or the address of the person who added them.
        by: &'a str,
        /// That person's message.
        message: Option<&'a str>,
        /// The product's address: http or https.
        link: &'a str,
    },
    /// A role will end soon.
    AccessEnding {
        /// The name of the organization.
        organization: &'a str,
        /// The display name of the role.
        role: &'a str,
        /// The name of the resource, for a role on one.
        resource: Option<&'a str>,
        /// When the role ends.
        ends_at: Timestamp,
        /// The number of days left: 7 or 1.
        days: u8,
    },
    /// A role has ended.
    AccessEnded {
        /// The name of the organization.
        organization: &'a str,
        /// The display name of the role.
        role: &'a str,
        /// The name of the resource, for a role on one.
        resource: Option<&'a str>,
        /// The reason.
        reason: EndReason,
    },
}

impl Letter<'_> {
    /// Writes the letter to this address.
    pub fn render(&self, to: Address) -> Result<Outgoing, LetterError> {
        match *self {
            Self::Invitation {
                organization,
                role,
                resources,
                inviter,
                message,
                link,
                expires_at,
            } => {
                let letter = Invitation {
                    organization: organization_name(organization),
                    role: untrusted::one_line(role),
                    resources: first_names(resources),
                    more: resources.len().saturating_sub(NAMED_RESOURCES),
                    inviter: untrusted::one_line_or(inviter, "Somebody"),
                    message: message.map(untrusted::lines).unwrap_or_default(),
                    link: checked(link)?,
                    expires_at: shown(expires_at),
                    to: untrusted::address(&to),
                };
                letter.write(to)
            }
            Self::Added {
                organization,
                role,
                resources,
                by,
                message,
                link,
            } => {
                let letter = Added {
                    organization: organization_name(organization),
                    role: untrusted::one_line(role),
                    resources: first_names(resources),
                    more: resources.len().saturating_sub(NAMED_RESOURCES),
                    by: untrusted::one_line_or(by, "Somebody"),
                    message: message.map(untrusted::lines).unwrap_or_default(),
                    link: checked(link)?,
                    to: untrusted::address(&to),
                };
                letter.write(to)
            }
            Self::AccessEnding {
                organization,
                role,
                resource,
                ends_at,
                days,
            } => {
                let letter = AccessEnding {
                    organization: organization_name(organization),
                    role: untrusted::one_line(role),
                    resource: resource.map(untrusted::one_line),
                    ends_at: shown(ends_at),
                    left: match days {
                        1 => "in 1 day".to_owned(),
                        days => format!("in {days} days"),
                    },
                };
                letter.write(to)
            }
            Self::AccessEnded {
                organization,
                role,
                resource,
                reason,
            } => {
                let letter = AccessEnded {
                    organization: organization_name(organization),
                    role: untrusted::one_line(role),
                    resource: resource.map(untrusted::one_line),
                    reason,
                };
                letter.write(to)
            }
        }
    }
}

/// An invitation, ready for display.
struct Invitation<'a> {
    organization: String,
    role: String,
    resources: Vec<String>,
    more: usize,
    inviter: String,
    message: Vec<String>,
    link: &'a str,
    expires_at: String,
    to: String,
}

impl Invitation<'_> {
    fn write(&self, to: Address) -> Result<Outgoing, LetterError> {
        Ok(Outgoing {
            to,
            subject: format!("{} invited you to join {}", self.inviter, self.organization),
            text: InvitationText { letter: self }.render()?,
            html: InvitationHtml { letter: self }.render()?,
        })
    }

    fn quoted_message(&self) -> String {
        untrusted::quoted(&self.message)
    }
}

#[derive(Template)]
#[template(path = "mail/invitation.txt")]
struct InvitationText<'a> {
    letter: &'a Invitation<'a>,
}

#[derive(Template)]
#[template(path = "mail/invitation.html")]
struct InvitationHtml<'a> {
    letter: &'a Invitation<'a>,
}

/// The notice of having been added, ready for display.
struct Added<'a> {
    organization: String,
    role: String,
    resources: Vec<String>,
    more: usize,
    by: String,
    message: Vec<String>,
    link: &'a str,
    to: String,
}

impl Added<'_> {
    fn write(&self, to: Address) -> Result<Outgoing, LetterError> {
        Ok(Outgoing {
            to,
            subject: format!("{} added you to {}", self.by, self.organization),
            text: AddedText { letter: self }.render()?,
            html: AddedHtml { letter: self }.render()?,
        })
    }

    fn quoted_message(&self) -> String {
        untrusted::quoted(&self.message)
    }
}

#[derive(Template)]
#[template(path = "mail/added.txt")]
struct AddedText<'a> {
    letter: &'a Added<'a>,
}

#[derive(Template)]
#[template(path = "mail/added.html")]
struct AddedHtml<'a> {
    letter: &'a Added<'a>,
}

/// The announcement of an end, ready for display.
struct AccessEnding {
    organization: String,
    role: String,
    resource: Option<String>,
    ends_at: String,
    left: String,
}

impl AccessEnding {
    fn write(&self, to: Address) -> Result<Outgoing, LetterError> {
        let place = self.resource.as_ref().unwrap_or(&self.organization);
        Ok(Outgoing {
            to,
            subject: format!("Your access to {place} ends {}", self.left),
            text: AccessEndingText { letter: self }.render()?,
            html: AccessEndingHtml { letter: self }.render()?,
        })
    }
}

#[derive(Template)]
#[template(path = "mail/access-ending.txt")]
struct AccessEndingText<'a> {
    letter: &'a AccessEnding,
}

#[derive(Template)]
#[template(path = "mail/access-ending.html")]
struct AccessEndingHtml<'a> {
    letter: &'a AccessEnding,
}

/// The notice of an end, ready for display.
struct AccessEnded {
    organization: String,
    role: String,
    resource: Option<String>,
    reason: EndReason,
}

impl AccessEnded {
    fn write(&self, to: Address) -> Result<Outgoing, LetterError> {
        let place = self.resource.as_ref().unwrap_or(&self.organization);
        Ok(Outgoing {
            to,
            subject: format!("Your access to {place} has ended"),
            text: AccessEndedText { letter: self }.render()?,
            html: AccessEndedHtml { letter: self }.render()?,
        })
    }

    fn explanation(&self) -> &'static str {
        match self.reason {
            EndReason::Expired => "It was given for a limited time, and that time is over.",
            EndReason::SwitchedOff => "This role is no longer in use there.",
        }
    }
}

#[derive(Template)]
#[template(path = "mail/access-ended.txt")]
struct AccessEndedText<'a> {
    letter: &'a AccessEnded,
}

#[derive(Template)]
#[template(path = "mail/access-ended.html")]
struct AccessEndedHtml<'a> {
    letter: &'a AccessEnded,
}

/// The resources that a letter names.
fn first_names(resources: &[String]) -> Vec<String> {
    let named = resources.iter().take(NAMED_RESOURCES);
    named.map(|name| untrusted::one_line(name)).collect()
}

pub(super) fn organization_name(name: &str) -> String {
    untrusted::one_line_or(name, "an organization")
}

/// The readers' time zones are unknown here, so the time names its own.
pub(super) fn shown(moment: Timestamp) -> String {
    moment.strftime("%-d %B %Y at %H:%M UTC").to_string()
}

/// Accepts an http or https address without anything that could end it early or hide its host.
fn checked(link: &str) -> Result<&str, LetterError> {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\\' | '`');
    let uri: Uri = link.parse().map_err(|_| LetterError::Link)?;
    let scheme = matches!(uri.scheme_str(), Some("http" | "https"));
    let host = uri
        .authority()
        .is_some_and(|authority| !authority.as_str().contains('@'));
    (scheme && host && link.chars().all(plain))
        .then_some(link)
        .ok_or(LetterError::Link)
}
