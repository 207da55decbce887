//! The outbox: mail that a change wants sent. It is stored with the change and sent later, from the table's stream.

use crate::address::Address;
use crate::id::{InvitationId, MailId, NewIds, OrganizationId, UserId};
use crate::organization::Organization;
use crate::resource::ResourceKey;
use crate::rules::deletion::gone_at;
use crate::text::{Message, Name, RoleId};
use crate::time::days_after;
use jiff::{SignedDuration, Timestamp};
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

impl Letter {
    /// Whether a member sends it by hand: how much of such mail is sent is limited.
    #[must_use]
    pub const fn is_by_hand(&self) -> bool {
        matches!(self, Self::Invitation { .. } | Self::Added { .. })
    }
}

/// Where a mail in the outbox stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// Waiting.
    Queued,
    /// Handed to the mail service, answer not yet known.
    Sending,
    /// Waiting for a deleted organization to be restored.
    Held,
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
    /// How long the mail service has not taken it; none if it was never asked in vain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<Late>,
    /// When it was queued.
    pub created_at: Timestamp,
}

/// What is known of a mail that the mail service does not take at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Late {
    /// Since when.
    pub since: Timestamp,
    /// When the schedule puts it into the outbox anew; none once that is done.
    pub due_at: Option<Timestamp>,
}

/// Why the mail service does not take a mail at present, which has nothing to do with the mail itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotNow {
    /// It takes no more mail a second.
    Throttled,
    /// It takes none for longer: a day's quota is spent, the sender is not verified yet, or the account is paused.
    Closed,
}

impl NotNow {
    /// After how long it is asked again.
    const fn pause(self) -> SignedDuration {
        match self {
            Self::Throttled => SignedDuration::from_mins(1),
            Self::Closed => SignedDuration::from_mins(30),
        }
    }
}

/// How long a mail is tried that the mail service does not take. Quotas are those of a day, and a sender is verified within three.
pub const MAX_LATE: SignedDuration = SignedDuration::from_hours(3 * 24);

/// Mail that was queued before this was noted.
const fn asked() -> bool {
    true
}

/// What becomes of a mail that is to be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dispatch {
    /// It is sent.
    Send,
    /// It waits until its organization is restored.
    Hold,
    /// It is left unsent: what it speaks of is no longer so.
    Skip,
}

impl Mail {
    /// What becomes of it, as far as its organization and the time tell; none for an organization that is gone.
    ///
    /// A deleted organization sends nothing but the news of that deletion. What waits meanwhile may be true again once the
    /// organization is restored, so it is kept until then.
    #[must_use]
    pub fn dispatch(&self, organization: Option<&Organization>, now: Timestamp) -> Dispatch {
        let deleted_at = organization.and_then(|known| known.deleted_at);
        match (&self.letter, organization) {
            (Letter::OrganizationErased { .. }, _) => Dispatch::Send,
            (_, None) => Dispatch::Skip,
            // Of this deletion, and not of an earlier one from which the organization was restored.
            (Letter::OrganizationDeleted { restorable_until }, _) => {
                dispatch_if(deleted_at.map(gone_at) == Some(*restorable_until))
            }
            (_, Some(known)) if known.erasing => Dispatch::Skip,
            _ if deleted_at.is_some() => Dispatch::Hold,
            (Letter::AccessEnding { ends_at, .. }, _) => dispatch_if(now < *ends_at),
            _ => Dispatch::Send,
        }
    }

    /// The mail that takes the place of this held one, since only a new mail is delivered.
    #[must_use]
    pub fn released(&self, ids: &mut dyn NewIds) -> Self {
        Self {
            id: MailId::from_uuid(ids.uuid()),
            state: MailState::Queued,
            late: None,
            ..self.clone()
        }
    }

    /// Whether it waits for the schedule, and is not to be delivered before.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.late.is_some_and(|late| late.due_at.is_some())
    }

    /// How it waits for the schedule after the mail service did not take it; none if it has been tried for long enough.
    #[must_use]
    pub fn put_off(&self, why: NotNow, now: Timestamp) -> Option<Late> {
        let since = self.late.map_or(now, |late| late.since);
        let due_at = now.checked_add(why.pause()).ok();
        (now.duration_since(since) < MAX_LATE).then_some(Late { since, due_at })
    }

    /// The mail that takes the place of this one, once the instant that it waits for has come; none before, and for a mail that does not wait.
    #[must_use]
    pub fn taken_up(&self, now: Timestamp, ids: &mut dyn NewIds) -> Option<Self> {
        let late = self.late.filter(|_| self.state == MailState::Queued)?;
        late.due_at.filter(|due| *due <= now)?;
        Some(Self {
            late: Some(Late { due_at: None, ..late }),
            ..self.released(ids)
        })
    }
}

/// Days until an end that was to be announced so many days ahead: fewer, if its mail was held meanwhile.
#[must_use]
pub fn days_left(announced: u32, ends_at: Timestamp, now: Timestamp) -> u32 {
    let left = (1..announced).find(|days| days_after(now, *days) >= ends_at);
    left.unwrap_or(announced)
}

const fn dispatch_if(is_so: bool) -> Dispatch {
    if is_so { Dispatch::Send } else { Dispatch::Skip }
}
