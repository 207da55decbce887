//! The outbox: mail that a change wants sent. It is stored with the change and sent later, from the table's stream.

use crate::address::Address;
use crate::id::{InvitationId, MailId, OrganizationId, UserId};
use crate::resource::ResourceKey;
use crate::text::{Message, Name, RoleId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why access ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Its time was up.
    Expired,
    /// The organization switched the role off.
    SwitchedOff,
}

/// What a mail says. It names things; the words are found when it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "letter")]
pub enum Letter {
    /// An invitation with its link. The link itself is never stored: it is derived when the mail is sent.
    Invitation {
        /// Which invitation.
        invitation: InvitationId,
        /// Which of its links.
        generation: u32,
    },
    /// Somebody was made a member, since they had an account already.
    Added {
        /// Who.
        member: UserId,
        /// With which role.
        role: RoleId,
        /// On which resources, if on any.
        resources: Vec<ResourceKey>,
        /// The name of the one who added them.
        by: Option<Name>,
        /// What that one wrote.
        message: Option<Message>,
    },
    /// A role will end soon.
    AccessEnding {
        /// Which role.
        role: RoleId,
        /// On which resources, if on any.
        resources: Vec<ResourceKey>,
        /// When it ends.
        ends_at: Timestamp,
        /// How many days ahead this is said.
        days: u32,
    },
    /// A role has ended.
    AccessEnded {
        /// Which role.
        role: RoleId,
        /// On which resource, if on one.
        resource: Option<ResourceKey>,
        /// Why.
        reason: EndReason,
    },
    /// To owners: the organization was deleted.
    OrganizationDeleted {
        /// Until when the platform can restore it.
        restorable_until: Timestamp,
    },
    /// To those who owned it: the data of an organization is gone.
    OrganizationErased {
        /// What it was called.
        name: Name,
    },
}

/// Where a mail in the outbox stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// Waiting.
    Queued,
    /// Handed to the mail service, answer not yet known.
    Sending,
    /// Taken by the mail service.
    Sent,
    /// Not sent, since what it speaks of is no longer so.
    Skipped,
    /// Refused by the mail service for good.
    Failed,
}

/// One mail in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Its id.
    pub id: MailId,
    /// The organization it is sent for.
    pub organization: OrganizationId,
    /// To whom.
    pub to: Address,
    /// What it says.
    pub letter: Letter,
    /// Whether somebody has just named the address. If nobody has, an address that bounced or complained is left out.
    #[serde(default = "asked")]
    pub asked: bool,
    /// Where it stands.
    pub state: MailState,
    /// When it was queued.
    pub created_at: Timestamp,
}

/// Mail that was queued before this was noted.
const fn asked() -> bool {
    true
}
