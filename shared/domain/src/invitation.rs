//! Invitations: an offer of a role, and grants, to an address.

use crate::address::Address;
use crate::id::{InvitationId, OrganizationId, UserId};
use crate::resource::ResourceRef;
use crate::text::{Message, Name, RoleId};
use crate::time::Term;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How many resources one invitation can offer.
pub const MAX_RESOURCES: usize = 50;

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    /// Open: it holds its address and its seat.
    Pending,
    /// Somebody became a member through it.
    Accepted,
    /// The invited person said no.
    Declined,
    /// Taken back.
    Cancelled,
    /// Its time was up.
    Expired,
}

/// How far its mail has come: each gives way to those after it, whichever is told first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// In the outbox.
    Queued,
    /// Taken by the mail service.
    Sent,
    /// Refused by the mail service for good.
    Failed,
    /// Come back, and another mail may arrive: a full mailbox, or a note that somebody is away.
    Returned,
    /// Taken by the recipient's server.
    Delivered,
    /// Come back for good: there is no such mailbox.
    Bounced,
    /// Called spam by the recipient.
    Complained,
}

impl Delivery {
    /// All of them, in their order.
    pub const ALL: [Self; 7] = [
        Self::Queued,
        Self::Sent,
        Self::Failed,
        Self::Returned,
        Self::Delivered,
        Self::Bounced,
        Self::Complained,
    ];

    /// As it is stored and answered.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Returned => "returned",
            Self::Delivered => "delivered",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
        }
    }

    /// What gives way to it.
    pub fn after(self) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |earlier| *earlier < self)
    }
}

/// An offer of a role to an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Its id, which resending keeps.
    pub id: InvitationId,
    /// The organization.
    pub organization: OrganizationId,
    /// The invited address, which never changes (002).
    pub email: Address,
    /// The role offered.
    pub role: RoleId,
    /// Resources it is offered on.
    pub resources: Vec<ResourceRef>,
    /// For a time-limited role: how long from acceptance.
    pub term: Option<Term>,
    /// For an optional role: which switching on it belongs to.
    pub epoch: u32,
    /// What the inviter wrote.
    pub message: Option<Message>,
    /// Who answers for it: the last one who sent, resent or changed it.
    pub invited_by: UserId,
    /// Their name, for the mail and the preview.
    pub inviter_name: Option<Name>,
    /// Which link is good: resending raises it, and the older link is dead.
    pub generation: u32,
    /// Where it stands.
    pub state: InvitationState,
    /// How far its mail has come.
    pub mail: Delivery,
    /// Whether it holds a seat.
    pub seat: bool,
    /// When it was first sent.
    pub created_at: Timestamp,
    /// When it was last sent.
    pub sent_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Who became a member through it.
    pub accepted_by: Option<UserId>,
    /// Rises with each change but that of `mail`.
    pub version: u64,
}

impl Invitation {
    /// Where it stands at `now`: a pending one whose time is up has expired, job or not.
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> InvitationState {
        match self.state {
            InvitationState::Pending if self.expires_at <= now => InvitationState::Expired,
            state => state,
        }
    }

    /// This invitation brought to its end: the seat is free.
    #[must_use]
    pub fn ended(&self, state: InvitationState, now: Timestamp) -> Self {
        Self {
            state,
            seat: false,
            ended_at: Some(now),
            version: self.version + 1,
            ..self.clone()
        }
    }
}
