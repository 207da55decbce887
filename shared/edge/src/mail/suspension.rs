//! Letters about the suspension of an organization, to its owners.

use super::{LetterError, Line, Outgoing, Quotation, shown};
use askama::Template;
use jiff::Timestamp;
use muster_domain::email::EmailAddress;

/// The organization is suspended, for this reason.
///
/// # Errors
/// [`LetterError`] if it cannot be written.
pub fn suspended(recipient: EmailAddress, name: &str, since: Timestamp, reason: &str) -> Result<Outgoing, LetterError> {
    let organization = Line::organization(name);
    let since = shown(since);
    let reason = Quotation::from(reason);
    Ok(Outgoing {
        recipient,
        subject: format!("{organization} is suspended"),
        text: SuspendedText {
            organization: &organization,
            since: &since,
            reason: &reason,
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

/// The organization is no longer suspended, or not until the next suspension begins.
///
/// # Errors
/// [`LetterError`] if it cannot be written.
pub fn resumed(recipient: EmailAddress, name: &str, next: Option<Timestamp>) -> Result<Outgoing, LetterError> {
    let organization = Line::organization(name);
    let next = next.map(shown);
    let next = next.as_deref();
    Ok(Outgoing {
        recipient,
        subject: format!("{organization} is active again"),
        text: ResumedText {
            organization: &organization,
            next,
        }
        .render()?,
        html: ResumedHtml {
            organization: &organization,
            next,
        }
        .render()?,
    })
}

#[derive(Template)]
#[template(path = "mail/organization-suspended.txt")]
struct SuspendedText<'a> {
    organization: &'a Line,
    since: &'a str,
    reason: &'a Quotation,
}

#[derive(Template)]
#[template(path = "mail/organization-suspended.html")]
struct SuspendedHtml<'a> {
    organization: &'a Line,
    since: &'a str,
    reason: &'a Quotation,
}

#[derive(Template)]
#[template(path = "mail/organization-resumed.txt")]
struct ResumedText<'a> {
    organization: &'a Line,
    next: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "mail/organization-resumed.html")]
struct ResumedHtml<'a> {
    organization: &'a Line,
    next: Option<&'a str>,
}
