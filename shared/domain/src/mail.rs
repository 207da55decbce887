//! The outbox: mail that a change sends. It is stored with the change and sent later, from the table's stream.

use crate::email::EmailAddress;
use crate::id::{InvitationId, MailId, NewIds, OrganizationId, UserId};
use crate::language::{self, Language};
use crate::member::Member;
use crate::organization::{Organization, gone_at};
use crate::resource::ResourceKey;
use crate::text::{Message, Name, RoleId};
use crate::time::days_after;
use crate::vocabulary::vocabulary;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

vocabulary! {
    /// Why access ended.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    pub enum EndReason {
        /// It expired.
        Expired = "expired",
        /// The organization switched the role off.
        SwitchedOff = "switched_off",
    }
}

/// The content of an email. It names things; the text is written when the mail is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "letter")]
pub enum Letter {
    /// An invitation with its link. The link itself is never stored: it is derived when the mail is sent.
    Invitation {
        /// The invitation.
        invitation: InvitationId,
        /// The generation of its link ([`Invitation::generation`](crate::Invitation::generation)).
        generation: u32,
    },
    /// A person was added as a member, or a member was given a role, without an invitation.
    Added {
        /// The member.
        member: UserId,
        /// The role.
        role: RoleId,
        /// The resources, if any.
        resources: Vec<ResourceKey>,
        /// The name of the member who added them.
        by: Option<Name>,
        /// That member's message.
        message: Option<Message>,
    },
    /// A role will end soon.
    AccessEnding {
        /// The role.
        role: RoleId,
        /// The resources, if any.
        resources: Vec<ResourceKey>,
        /// When it ends.
        ends_at: Timestamp,
        /// How many days ahead the mail announces it.
        days: u32,
    },
    /// A role has ended.
    AccessEnded {
        /// The role.
        role: RoleId,
        /// The resources, if any.
        #[serde(default)]
        resources: Vec<ResourceKey>,
        /// The reason.
        reason: EndReason,
    },
    /// To owners: the organization was deleted.
    OrganizationDeleted {
        /// Until when the platform can restore it.
        restorable_until: Timestamp,
    },
    /// To owners: the organization is suspended.
    OrganizationSuspended {
        /// Since when.
        suspended_at: Timestamp,
    },
    /// To owners: the organization is no longer suspended.
    OrganizationResumed,
    /// To the former owners: the data of an organization is gone.
    OrganizationErased {
        /// The organization's name.
        name: Name,
    },
}

impl Letter {
    /// Whether a member sends it by hand: the amount of such mail is limited.
    #[must_use]
    pub const fn is_by_hand(&self) -> bool {
        matches!(self, Self::Invitation { .. } | Self::Added { .. })
    }
}

vocabulary! {
    /// The state of an email in the outbox.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    pub enum MailState {
        /// Waiting.
        Queued = "queued",
        /// Passed to the mail service, without an answer yet.
        Sending = "sending",
        /// Waiting for a deleted organization to be restored, or for a suspended one to be resumed.
        Held = "held",
        /// Accepted by the mail service.
        Sent = "sent",
        /// Not sent, since its content no longer applies.
        Skipped = "skipped",
        /// Permanently refused by the mail service, or one too many for its address.
        Failed = "failed",
    }
}

/// A person to mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredRecipient")]
pub struct Recipient {
    /// Their address.
    pub email: EmailAddress,
    /// Their language, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
}

impl Recipient {
    /// A member.
    #[must_use]
    pub fn of(member: &Member) -> Self {
        Self {
            email: member.email.clone(),
            language: member.profile.language,
        }
    }
}

/// The forms in which jobs have recipients: those of earlier versions are addresses alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredRecipient {
    Email(EmailAddress),
    Recipient {
        email: EmailAddress,
        #[serde(default, deserialize_with = "language::stored")]
        language: Option<Language>,
    },
}

impl From<StoredRecipient> for Recipient {
    fn from(stored: StoredRecipient) -> Self {
        match stored {
            StoredRecipient::Email(email) => Self { email, language: None },
            StoredRecipient::Recipient { email, language } => Self { email, language },
        }
    }
}

/// One email in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Its id.
    pub id: MailId,
    /// The organization it is sent for.
    pub organization: OrganizationId,
    /// The recipient.
    pub to: EmailAddress,
    /// The language of the recipient, if it was known.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "language::stored"
    )]
    pub language: Option<Language>,
    /// The content.
    pub letter: Letter,
    /// Whether a member has just named the address. If not, it is not sent to an address that bounced or complained.
    #[serde(default = "asked")]
    pub asked: bool,
    /// Its state.
    pub state: MailState,
    /// Its delay; `None` if it never had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<Late>,
    /// When it was queued.
    pub created_at: Timestamp,
}

/// The delay of an email that cannot be sent at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Late {
    /// The instant since which the mail service does not accept it, or its address has had too many; `None` if it only waits
    /// for its turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When the schedule puts it into the outbox again; `None` once that is done.
    pub due_at: Option<Timestamp>,
}

/// Why an email is not sent at present, for reasons unrelated to the mail itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotNow {
    /// The mail service accepts no more mail per second.
    Throttled,
    /// The mail service accepts none for longer: a day's quota is spent, the sender is not verified yet, or the account is paused.
    Closed,
    /// Its turn comes too late: more mail is before it than the mail service accepts in time.
    Behind,
    /// Mail that waited has come together: its address gets no more before this instant.
    Resting(Timestamp),
}

impl NotNow {
    /// When the next attempt is due.
    fn due_at(self, now: Timestamp) -> Option<Timestamp> {
        let pause = match self {
            Self::Throttled => SignedDuration::from_mins(1),
            Self::Behind => SignedDuration::from_mins(10),
            Self::Closed => SignedDuration::from_mins(30),
            Self::Resting(until) => return Some(until),
        };
        now.checked_add(pause).ok()
    }
}

/// How long sending is retried while the mail service does not accept an email. Quotas are daily, and verifying a sender takes at
/// most three days.
pub const MAX_LATE: SignedDuration = SignedDuration::from_hours(3 * 24);

/// The default for mail that was queued before this field existed.
const fn asked() -> bool {
    true
}

/// The decision about an email that is to be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dispatch {
    /// It is sent.
    Send,
    /// It waits until its organization is restored or resumed.
    Hold,
    /// It is not sent, since its content no longer applies.
    Skip,
}

impl Mail {
    /// The decision about it, based on its organization (none if it is erased) and on the time.
    ///
    /// A deleted organization sends only the notice of its deletion. Other mail may apply again once the organization is
    /// restored, so it is kept until then. A suspended organization keeps only what members send by hand: no link in it would
    /// open anything before the organization is resumed.
    #[must_use]
    pub fn dispatch(&self, organization: Option<&Organization>, now: Timestamp) -> Dispatch {
        let deleted_at = organization.and_then(|known| known.deleted_at);
        match (&self.letter, organization) {
            (Letter::OrganizationErased { .. }, _) => Dispatch::Send,
            (_, None) => Dispatch::Skip,
            // The notice of this deletion, and not of an earlier one after which the organization was restored.
            (Letter::OrganizationDeleted { restorable_until }, _) => {
                dispatch_if(deleted_at.map(gone_at) == Some(*restorable_until))
            }
            (_, Some(known)) if known.erasing => Dispatch::Skip,
            _ if deleted_at.is_some() => Dispatch::Hold,
            (Letter::OrganizationSuspended { suspended_at }, Some(known)) => {
                dispatch_if(known.suspension.as_ref().is_some_and(|known| known.at == *suspended_at))
            }
            (Letter::OrganizationResumed, Some(known)) => dispatch_if(!known.is_suspended(now)),
            (letter, Some(known)) if letter.is_by_hand() && known.is_suspended(now) => Dispatch::Hold,
            (Letter::AccessEnding { ends_at, .. }, _) => dispatch_if(now < *ends_at),
            _ => Dispatch::Send,
        }
    }

    /// The mail that replaces this held one, since only a new email is delivered.
    #[must_use]
    pub fn released(&self, ids: &mut dyn NewIds) -> Self {
        Self {
            id: MailId::from_uuid(ids.uuid()),
            state: MailState::Queued,
            late: None,
            ..self.clone()
        }
    }

    /// Whether it waits for the schedule, and must not be delivered before.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.late.is_some_and(|late| late.due_at.is_some())
    }

    /// Its wait for the schedule; `None` if it has been tried for long enough. An email that only waits for its turn is never given
    /// up.
    #[must_use]
    pub fn put_off(&self, why: NotNow, now: Timestamp) -> Option<Late> {
        let since = self.late.and_then(|late| late.since);
        let due_at = why.due_at(now);
        if why == NotNow::Behind {
            return Some(Late { since, due_at });
        }
        let since = since.unwrap_or(now);
        (now.duration_since(since) < MAX_LATE).then_some(Late {
            since: Some(since),
            due_at,
        })
    }

    /// The mail that replaces this one once the instant that it waits for has come; `None` before that, and for an email that does
    /// not wait.
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

/// Days until an end that was to be announced `announced` days ahead: fewer if its mail was held meanwhile.
#[must_use]
pub fn days_left(announced: u32, ends_at: Timestamp, now: Timestamp) -> u32 {
    let left = (1..announced).find(|days| days_after(now, *days) >= ends_at);
    left.unwrap_or(announced)
}

const fn dispatch_if(is_so: bool) -> Dispatch {
    if is_so { Dispatch::Send } else { Dispatch::Skip }
}
