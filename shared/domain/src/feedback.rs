//! Later reports of the mail service about an email.
//!
//! Reports come late, twice and in any order. So a report never simply replaces the last one: each status is replaced only by
//! greater ones, and the result is the same in any order.

use crate::email::EmailAddress;
use crate::id::{MailId, OrganizationId};
use crate::invitation::Delivery;
use crate::mail::{Letter, Mail, MailState};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A report about an email.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryEvent {
    /// The service has accepted it.
    Sent,
    /// The service has accepted it and does not forward it: because of its content, or because it sends nothing to that
    /// address.
    Rejected,
    /// It was returned, but another one may arrive: the mailbox is full, or the recipient is away.
    Returned,
    /// The recipient's server has it.
    Delivered,
    /// It was permanently returned: there is no such mailbox.
    Bounced,
    /// The recipient reported it as spam.
    Complained,
}

impl DeliveryEvent {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Sent,
        Self::Rejected,
        Self::Returned,
        Self::Delivered,
        Self::Bounced,
        Self::Complained,
    ];

    /// The delivery status of an email with this report.
    #[must_use]
    pub const fn delivery(self) -> Delivery {
        match self {
            Self::Sent => Delivery::Sent,
            Self::Rejected => Delivery::Failed,
            Self::Returned => Delivery::Returned,
            Self::Delivered => Delivery::Delivered,
            Self::Bounced => Delivery::Bounced,
            Self::Complained => Delivery::Complained,
        }
    }

    /// The states of an email in the outbox from which the report moves it, and the state to which it does.
    #[must_use]
    pub const fn outbox_states(self) -> (&'static [MailState], MailState) {
        match self {
            Self::Rejected => (
                &[MailState::Queued, MailState::Sending, MailState::Held, MailState::Sent],
                MailState::Failed,
            ),
            _ => (
                &[MailState::Queued, MailState::Sending, MailState::Held],
                MailState::Sent,
            ),
        }
    }

    /// The mark that it makes on the address, if any.
    #[must_use]
    pub const fn mark(self) -> Option<Mark> {
        match self {
            Self::Sent | Self::Rejected | Self::Returned => None,
            Self::Delivered => Some(Mark::Reached),
            Self::Bounced => Some(Mark::Bounced),
            Self::Complained => Some(Mark::Complained),
        }
    }
}

/// A mark on an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Mail has reached it: earlier bounces no longer count.
    Reached,
    /// Mail to it was permanently returned.
    Bounced,
    /// Its reader reported an email as spam.
    Complained,
    /// Its reader declined an invitation.
    Declined,
    /// Its reader accepted an invitation, and so wants mail again.
    Wanted,
}

/// Why an address is not mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Mail to the address was permanently returned.
    Bounced,
    /// Its reader reported an email as spam.
    Complained,
    /// Its reader declined an invitation.
    Declined,
}

impl Reason {
    /// The status of an invitation whose mail was not sent for this reason.
    #[must_use]
    pub const fn delivery(self) -> Delivery {
        match self {
            Self::Bounced => Delivery::Bounced,
            Self::Complained => Delivery::Complained,
            Self::Declined => Delivery::Declined,
        }
    }
}

/// An email that was sent to an address by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentMail {
    /// The mail.
    pub mail: MailId,
    /// When its sending began.
    pub at: Timestamp,
}

/// Whether an organization's mail reaches an address, and is wanted there. Each instant is the latest of its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliverability {
    /// The organization that sent the mail: its results are not shown to other organizations.
    pub organization: OrganizationId,
    /// The address.
    #[serde(rename = "address")]
    pub email: EmailAddress,
    /// When mail was permanently returned.
    #[serde(default, with = "jiff::fmt::serde::timestamp::millisecond::optional")]
    pub bounced_at: Option<Timestamp>,
    /// When its reader complained.
    #[serde(default, with = "jiff::fmt::serde::timestamp::millisecond::optional")]
    pub complained_at: Option<Timestamp>,
    /// When mail reached it.
    #[serde(default, with = "jiff::fmt::serde::timestamp::millisecond::optional")]
    pub reached_at: Option<Timestamp>,
    /// When an invitation was declined.
    #[serde(default, with = "jiff::fmt::serde::timestamp::millisecond::optional")]
    pub declined_at: Option<Timestamp>,
    /// When an invitee who had declined or complained accepted an invitation.
    #[serde(default, with = "jiff::fmt::serde::timestamp::millisecond::optional")]
    pub wanted_at: Option<Timestamp>,
    /// The mail recently sent to it by hand.
    #[serde(default)]
    pub mailed: Vec<RecentMail>,
}

impl Deliverability {
    /// Why the address is not mailed; `None` if it can be. A complaint or a refusal lasts until the person accepts an invitation:
    /// delivered mail does not mean that they changed their mind.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        let reasons = [Reason::Complained, Reason::Declined, Reason::Bounced];
        reasons.into_iter().find(|reason| self.has(*reason))
    }

    /// Whether the person has said that they want no mail.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.has(Reason::Complained) || self.has(Reason::Declined)
    }

    fn has(&self, reason: Reason) -> bool {
        match reason {
            Reason::Bounced => self.bounced_at > self.reached_at,
            Reason::Complained => self.complained_at > self.wanted_at,
            Reason::Declined => self.declined_at > self.wanted_at,
        }
    }
}

impl Mail {
    /// The reason for not sending it, based on the deliverability of its address.
    ///
    /// An address that a member has just named is mailed even after a bounce, but never against the person's own wish. A person
    /// who declined an invitation gets no other one, but still gets mail about changes to their access.
    #[must_use]
    pub fn withheld(&self, known: Option<&Deliverability>) -> Option<Reason> {
        let known = known.filter(|known| known.organization == self.organization && known.email == self.to)?;
        // INVARIANT 12: an address that bounced gets no automatic mail, and a person who refused mail gets none.
        let mut reasons = vec![Reason::Complained];
        if matches!(self.letter, Letter::Invitation { .. }) {
            reasons.push(Reason::Declined);
        }
        if !self.asked {
            reasons.push(Reason::Bounced);
        }
        reasons.into_iter().find(|reason| known.has(*reason))
    }

    /// Whether its reports are recorded for its address. Those of the last mail of an organization are not: none of its data
    /// remains.
    #[must_use]
    pub const fn marks(&self) -> bool {
        !matches!(self.letter, Letter::OrganizationErased { .. })
    }
}
