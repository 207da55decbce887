//! Letters about the suspension of an organization, to its owners.

use super::letters::{organization_name, shown};
use super::{LetterError, Outgoing, untrusted};
use askama::Template;
use jiff::Timestamp;
use muster_domain::address::Address;

/// The organization is suspended, for this reason.
///
/// # Errors
/// [`LetterError`] if it cannot be written.
pub fn suspended(to: Address, name: &str, since: Timestamp, reason: &str) -> Result<Outgoing, LetterError> {
    let organization = organization_name(name);
    let since = shown(since);
    let reason = untrusted::lines(reason);
    Ok(Outgoing {
        to,
        subject: format!("{organization} is suspended"),
        text: SuspendedText {
            organization: &organization,
            since: &since,
            reason: &untrusted::quoted(&reason),
        }
        .render()?,
        html: SuspendedHtml {
            organization: &organization,
            since: &since,
            reason: &reason,
        }
        .render()?,
    })
}

/// The organization is no longer suspended.
///
/// # Errors
/// [`LetterError`] if it cannot be written.
pub fn resumed(to: Address, name: &str) -> Result<Outgoing, LetterError> {
    let organization = organization_name(name);
    Ok(Outgoing {
        to,
        subject: format!("{organization} is active again"),
        text: ResumedText {
            organization: &organization,
        }
        .render()?,
        html: ResumedHtml {
            organization: &organization,
        }
        .render()?,
    })
}

#[derive(Template)]
#[template(path = "mail/organization-suspended.txt")]
struct SuspendedText<'a> {
    organization: &'a str,
    since: &'a str,
    reason: &'a str,
}

#[derive(Template)]
#[template(path = "mail/organization-suspended.html")]
struct SuspendedHtml<'a> {
    organization: &'a str,
    since: &'a str,
    reason: &'a [String],
}

#[derive(Template)]
#[template(path = "mail/organization-resumed.txt")]
struct ResumedText<'a> {
    organization: &'a str,
}

#[derive(Template)]
#[template(path = "mail/organization-resumed.html")]
struct ResumedHtml<'a> {
    organization: &'a str,
}
