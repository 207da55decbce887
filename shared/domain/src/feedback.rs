//! What the mail service tells of a mail later on.
//!
//! It tells late, twice and in any order. So nothing is ever set to what was told last: each of it gives way to what it is
//! less than, and the end is the same whatever came first.

use crate::address::Address;
use crate::id::OrganizationId;
use crate::invitation::Delivery;
use crate::mail::{Letter, Mail, MailState};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is told of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
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

impl Told {
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
    pub const fn settles(self) -> (&'static [MailState], MailState) {
        match self {
            Self::Rejected => (
                &[MailState::Queued, MailState::Sending, MailState::Sent],
                MailState::Failed,
            ),
            _ => (&[MailState::Queued, MailState::Sending], MailState::Sent),
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
}

/// Why nobody is mailed unasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Mail to the address came back for good.
    Bounced,
    /// Whoever reads it called a mail spam.
    Complained,
}

impl Reason {
    /// What an invitation shows whose mail was left out for it.
    #[must_use]
    pub const fn delivery(self) -> Delivery {
        match self {
            Self::Bounced => Delivery::Bounced,
            Self::Complained => Delivery::Complained,
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
}

impl Deliverability {
    /// Why the address is not mailed unasked; none if it is again. A complaint lasts: that mail arrives is no change of mind.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        if self.complained_at.is_some() {
            return Some(Reason::Complained);
        }
        (self.bounced_at > self.reached_at).then_some(Reason::Bounced)
    }
}

impl Mail {
    /// Why it is not sent, with what is known of its address: whom somebody has just named is mailed, whatever came back before.
    #[must_use]
    pub fn withheld(&self, known: Option<&Deliverability>) -> Option<Reason> {
        if self.asked {
            return None;
        }
        known
            .filter(|known| known.organization == self.organization && known.address == self.to)
            .and_then(Deliverability::reason)
    }

    /// Whether what comes of it is noted of its address. Not of the last mail of an organization: nothing is left of that.
    #[must_use]
    pub const fn marks(&self) -> bool {
        !matches!(self.letter, Letter::OrganizationErased { .. })
    }
}
