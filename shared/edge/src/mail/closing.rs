//! Letters about the end of an organization, to its owners.

use super::{LetterError, Line, Outgoing, shown};
use askama::Template;
use jiff::Timestamp;
use muster_domain::email::EmailAddress;

/// The organization was deleted, and can be restored for a while.
///
/// # Errors
/// [`LetterError`] if it cannot be written.
pub fn deleted(recipient: EmailAddress, name: &str, restorable_until: Timestamp) -> Result<Outgoing, LetterError> {
    let organization = Line::organization(name);
    let until = shown(restorable_until);
    Ok(Outgoing {
        recipient,
        subject: format!("{organization} was deleted"),
        text: DeletedText {
            organization: &organization,
            until: &until,
        }
        .render()?,
        html: DeletedHtml {
            organization: &organization,
            until: &until,
        }
        .render()?,
    })
}

/// The data of an organization is gone.
///
/// # Errors
/// [`LetterError`] if it cannot be written.
pub fn erased(recipient: EmailAddress, name: &str) -> Result<Outgoing, LetterError> {
    let organization = Line::organization(name);
    Ok(Outgoing {
        recipient,
        subject: format!("{organization}'s data was permanently deleted"),
        text: ErasedText {
            organization: &organization,
        }
        .render()?,
        html: ErasedHtml {
            organization: &organization,
        }
        .render()?,
    })
}

#[derive(Template)]
#[template(path = "mail/organization-deleted.txt")]
struct DeletedText<'a> {
    organization: &'a Line,
    until: &'a str,
}

#[derive(Template)]
#[template(path = "mail/organization-deleted.html")]
struct DeletedHtml<'a> {
    organization: &'a Line,
    until: &'a str,
}

#[derive(Template)]
#[template(path = "mail/organization-erased.txt")]
struct ErasedText<'a> {
    organization: &'a Line,
}

#[derive(Template)]
#[template(path = "mail/organization-erased.html")]
struct ErasedHtml<'a> {
    organization: &'a Line,
}
