//! What the mail service tells of a mail later on.
//!
//! It tells late, twice and in any order. So nothing is ever set to what was told last: each of it gives way to what it is
//! less than, and the end is the same whatever came first.

use crate::address::Address;
use crate::id::OrganizationId;
use crate::invitation::Delivery;
use crate::mail::{Letter, Mail, MailState};
use crate::rules::pace::Sending;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is told of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryEvent {
    /// The service has taken it.
    Sent,
    /// The service has taken it and does not pass it on: for something in it, or since it sends that address nothing.
    Rejected,
    /// It came back, and another one may arrive: a full mailbox, or a note that somebody is away.
    Returned,
    /// The recipient's server has it.
    Delivered,
    /// It came back for good: there is no such mailbox.
    Bounced,
    /// The recipient called it spam.
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

    /// How far a mail has come of which this is told.
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

    /// Where the mail in the outbox stands by it, and from where it may have come there.
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

    /// What it says of the address, if anything.
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

/// What is noted of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Mail has reached it: whatever bounced before does not count any more.
    Reached,
    /// Mail to it came back for good.
    Bounced,
    /// Whoever reads it called a mail spam.
    Complained,
    /// Whoever reads it declined an invitation.
    Declined,
    /// Whoever reads it accepted an invitation: they want mail again.
    Wanted,
}

/// Why an address is not mailed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Mail to the address came back for good.
    Bounced,
    /// Whoever reads it called a mail spam.
    Complained,
    /// Whoever reads it declined an invitation.
    Declined,
}

impl Reason {
    /// What an invitation shows whose mail was left out for it.
    #[must_use]
    pub const fn delivery(self) -> Delivery {
        match self {
            Self::Bounced => Delivery::Bounced,
            Self::Complained => Delivery::Complained,
            Self::Declined => Delivery::Declined,
        }
    }
}

/// Whether an organization's mail reaches an address, and is wanted there. Each instant is the latest of its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliverability {
    /// Whose mail: what one organization met is not told to another.
    pub organization: OrganizationId,
    /// The address.
    pub address: Address,
    /// When mail came back for good.
    #[serde(default, with = "jiff::fmt::serde::timestamp::millisecond::optional")]
    pub bounced_at: Option<Timestamp>,
    /// When somebody complained.
    #[serde(default, with = "jiff::fmt::serde::timestamp::millisecond::optional")]
    pub complained_at: Option<Timestamp>,
    /// When mail reached it.
    #[serde(default, with = "jiff::fmt::serde::timestamp::millisecond::optional")]
    pub reached_at: Option<Timestamp>,
    /// When an invitation was declined.
    #[serde(default, with = "jiff::fmt::serde::timestamp::millisecond::optional")]
    pub declined_at: Option<Timestamp>,
    /// When an invitation was accepted by somebody who had declined or complained.
    #[serde(default, with = "jiff::fmt::serde::timestamp::millisecond::optional")]
    pub wanted_at: Option<Timestamp>,
    /// What was sent to it by hand of late.
    #[serde(default)]
    pub mailed: Vec<Sending>,
}

impl Deliverability {
    /// Why the address is not mailed; none if it is again. A complaint or a refusal lasts until the person accepts an invitation:
    /// that mail arrives is no change of mind.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        let reasons = [Reason::Complained, Reason::Declined, Reason::Bounced];
        reasons.into_iter().find(|reason| self.has(*reason))
    }

    /// Whether the person wants no mail, as far as they have said.
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
    /// Why it is not sent, with what is known of its address.
    ///
    /// Whom somebody has just named is mailed though mail came back before, and never against the person's own word. Whoever declined
    /// an invitation gets no other one, and still hears of what is done to their access.
    #[must_use]
    pub fn withheld(&self, known: Option<&Deliverability>) -> Option<Reason> {
        let known = known.filter(|known| known.organization == self.organization && known.address == self.to)?;
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

    /// Whether what comes of it is noted of its address. Not of the last mail of an organization: nothing is left of that.
    #[must_use]
    pub const fn marks(&self) -> bool {
        !matches!(self.letter, Letter::OrganizationErased { .. })
    }
}
