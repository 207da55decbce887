//! The text of each letter to members and invitees. A letter has what its templates show.

use super::untrusted::{self, Line, Quotation, ResourceNames};
use super::{LetterError, Outgoing, WebLink, shown};
use askama::Template;
use jiff::Timestamp;
use muster_domain::email::EmailAddress;
use muster_domain::mail::EndReason;

/// An invitation to join.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationLetter {
    /// The name of the organization.
    pub organization: Line,
    /// The display name of the role.
    pub role: Line,
    /// The resources that the role is limited to.
    pub resources: ResourceNames,
    /// The person who invites.
    pub inviter: Line,
    /// The inviter's message.
    pub message: Quotation,
    /// The address at which the invitee accepts.
    pub link: WebLink,
    /// When the invitation expires.
    pub expires_at: Timestamp,
}

impl InvitationLetter {
    /// Writes the letter to this address.
    ///
    /// # Errors
    /// [`LetterError::Template`].
    pub fn write(&self, recipient: EmailAddress) -> Result<Outgoing, LetterError> {
        let shown_recipient = &untrusted::email(&recipient);
        Ok(Outgoing {
            subject: format!("{} invited you to join {}", self.inviter, self.organization),
            text: InvitationText {
                letter: self,
                to: shown_recipient,
            }
            .render()?,
            html: InvitationHtml {
                letter: self,
                to: shown_recipient,
            }
            .render()?,
            recipient,
        })
    }

    fn expiry(&self) -> String {
        shown(self.expires_at)
    }
}

#[derive(Template)]
#[template(path = "mail/invitation.txt")]
struct InvitationText<'a> {
    letter: &'a InvitationLetter,
    to: &'a str,
}

#[derive(Template)]
#[template(path = "mail/invitation.html")]
struct InvitationHtml<'a> {
    letter: &'a InvitationLetter,
    to: &'a str,
}

/// A person was added as a member directly.
#[derive(Clone, PartialEq, Eq)]
pub struct Added {
    /// The name of the organization.
    pub organization: Line,
    /// The display name of the role.
    pub role: Line,
    /// The resources that the role is limited to.
    pub resources: ResourceNames,
    /// The person who added them.
    pub by: Line,
    /// That person's message.
    pub message: Quotation,
    /// The product's address.
    pub link: WebLink,
}

impl Added {
    /// Writes the letter to this address.
    ///
    /// # Errors
    /// [`LetterError::Template`].
    pub fn write(&self, recipient: EmailAddress) -> Result<Outgoing, LetterError> {
        let shown_recipient = &untrusted::email(&recipient);
        Ok(Outgoing {
            subject: format!("{} added you to {}", self.by, self.organization),
            text: AddedText {
                letter: self,
                to: shown_recipient,
            }
            .render()?,
            html: AddedHtml {
                letter: self,
                to: shown_recipient,
            }
            .render()?,
            recipient,
        })
    }
}

#[derive(Template)]
#[template(path = "mail/added.txt")]
struct AddedText<'a> {
    letter: &'a Added,
    to: &'a str,
}

#[derive(Template)]
#[template(path = "mail/added.html")]
struct AddedHtml<'a> {
    letter: &'a Added,
    to: &'a str,
}

/// A role will end soon.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessEnding {
    /// The name of the organization.
    pub organization: Line,
    /// The display name of the role.
    pub role: Line,
    /// The names of the resources, for a role on some.
    pub resource: Option<Line>,
    /// When the role ends.
    pub ends_at: Timestamp,
    /// The number of days left.
    pub days: u32,
}

impl AccessEnding {
    /// Writes the letter to this address.
    ///
    /// # Errors
    /// [`LetterError::Template`].
    pub fn write(&self, recipient: EmailAddress) -> Result<Outgoing, LetterError> {
        let place = self.resource.as_ref().unwrap_or(&self.organization);
        Ok(Outgoing {
            recipient,
            subject: format!("Your access to {place} ends {}", self.left()),
            text: AccessEndingText { letter: self }.render()?,
            html: AccessEndingHtml { letter: self }.render()?,
        })
    }

    fn left(&self) -> String {
        match self.days {
            1 => "in 1 day".to_owned(),
            days => format!("in {days} days"),
        }
    }

    fn end(&self) -> String {
        shown(self.ends_at)
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

/// A role has ended.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessEnded {
    /// The name of the organization.
    pub organization: Line,
    /// The display name of the role.
    pub role: Line,
    /// The name of the resource, for a role on one.
    pub resource: Option<Line>,
    /// The reason.
    pub reason: EndReason,
}

impl AccessEnded {
    /// Writes the letter to this address.
    ///
    /// # Errors
    /// [`LetterError::Template`].
    pub fn write(&self, recipient: EmailAddress) -> Result<Outgoing, LetterError> {
        let place = self.resource.as_ref().unwrap_or(&self.organization);
        Ok(Outgoing {
            recipient,
            subject: format!("Your access to {place} has ended"),
            text: AccessEndedText { letter: self }.render()?,
            html: AccessEndedHtml { letter: self }.render()?,
        })
    }

    fn explanation(&self) -> &'static str {
        match self.reason {
            EndReason::Expired => "You had this role for a limited time, and that time has ended.",
            EndReason::SwitchedOff => "The team no longer uses this role.",
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
