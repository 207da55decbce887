//! Invitations: an offer of a role, and grants, to an address.

use crate::email::EmailAddress;
use crate::id::{InvitationId, KeyId, OrganizationId, UserId};
use crate::language::{self, Language};
use crate::resource::ResourceRef;
use crate::text::{Message, Name, RoleId};
use crate::time::Term;
use crate::vocabulary::vocabulary;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

vocabulary! {
    /// The state of an invitation.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    pub enum InvitationState {
        /// Open: it holds its address and its seat.
        Pending = "pending",
        /// The invitee became a member through it.
        Accepted = "accepted",
        /// The invitee declined it.
        Declined = "declined",
        /// A member canceled it, or it could no longer be accepted.
        Cancelled = "cancelled",
        /// It expired.
        Expired = "expired",
    }
}

vocabulary! {
    /// The reason why an invitation was canceled without a member's request: it could no longer be accepted.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    pub enum CancelReason {
        /// All offered resources have been deleted.
        ResourceDeleted = "resource_deleted",
        /// The invitee is a member, with another address.
        AlreadyMember = "already_member",
    }
}

vocabulary! {
    /// The progress of its mail. Each status is replaced by those after it, whichever is reported first.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
    pub enum Delivery {
        /// In the outbox.
        Queued = "queued",
        /// Accepted by the mail service.
        Sent = "sent",
        /// Permanently refused by the mail service.
        Failed = "failed",
        /// Returned, but another email may arrive: the mailbox is full, or the invitee is away.
        Returned = "returned",
        /// Accepted by the recipient's server.
        Delivered = "delivered",
        /// Permanently returned: there is no such mailbox.
        Bounced = "bounced",
        /// Reported as spam by the recipient.
        Complained = "complained",
        /// Not sent: the person has declined an invitation of the organization.
        Declined = "declined",
    }
}

impl Delivery {
    /// The statuses that it replaces.
    pub fn after(self) -> impl Iterator<Item = Self> {
        // INVARIANT 12: a status replaces only those before it, so the order in which events arrive does not matter.
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
    /// The invited address, which never changes (`project-workspace`).
    pub email: EmailAddress,
    /// The offered role.
    pub role: RoleId,
    /// The offered resources.
    pub resources: Vec<ResourceRef>,
    /// For a time-limited role: how long from acceptance.
    pub term: Option<Term>,
    /// For an optional role: its epoch when it was offered ([`Organization::epoch`](crate::Organization::epoch)).
    pub epoch: u32,
    /// The inviter's message.
    pub message: Option<Message>,
    /// The language of its email, if the inviter chose one.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "language::stored"
    )]
    pub language: Option<Language>,
    /// The member who answers for it: the last one who sent, resent or changed it.
    pub invited_by: UserId,
    /// For an invitation sent through an API key whose secret another member knows: that member, who answers for it as well.
    #[serde(default)]
    pub sent_through: Option<UserId>,
    /// The inviter's API key, if the invitation was last sent, resent or changed through one.
    #[serde(default)]
    pub api_key: Option<KeyId>,
    /// The inviter's name, for the mail and the preview.
    pub inviter_name: Option<Name>,
    /// The generation of the valid link.
    ///
    /// The first link has generation 1, and each email with a new link has the next one. A link of an older generation is dead,
    /// so only the last mail can be used to accept.
    pub generation: u32,
    /// Its state.
    pub state: InvitationState,
    /// The progress of its mail.
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
    /// The user who became a member through it.
    pub accepted_by: Option<UserId>,
    /// Why it was canceled, if no member canceled it.
    #[serde(default)]
    pub cancel_reason: Option<CancelReason>,
    /// Rises with each change except that of `mail`.
    pub version: u64,
}

impl Invitation {
    /// The members who answer for it: each must be able to offer the same when it is accepted.
    pub fn answerable(&self) -> impl Iterator<Item = UserId> {
        [self.invited_by].into_iter().chain(self.sent_through)
    }

    /// Its state at `now`: a pending invitation expires at its instant, even before a job has ended it.
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> InvitationState {
        match self.state {
            InvitationState::Pending if self.expires_at <= now => InvitationState::Expired,
            state => state,
        }
    }

    /// This invitation, ended: the seat is free.
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

    /// This invitation, canceled since it can no longer be accepted: the seat is free.
    #[must_use]
    pub fn ended_because(&self, reason: CancelReason, now: Timestamp) -> Self {
        Self {
            cancel_reason: Some(reason),
            ..self.ended(InvitationState::Cancelled, now)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending() -> Invitation {
        let now = "2026-03-10T12:00:00Z".parse().unwrap();
        Invitation {
            id: InvitationId::from_bytes([1; 16]),
            organization: OrganizationId::from_bytes([2; 16]),
            email: "ann@x.example".parse().unwrap(),
            role: "admin".parse().unwrap(),
            resources: Vec::new(),
            term: None,
            epoch: 0,
            message: None,
            language: None,
            invited_by: UserId::from_bytes([3; 16]),
            sent_through: None,
            api_key: None,
            inviter_name: None,
            generation: 1,
            state: InvitationState::Pending,
            mail: Delivery::Sent,
            seat: true,
            created_at: now,
            sent_at: now,
            expires_at: "2026-03-17T12:00:00Z".parse().unwrap(),
            ended_at: None,
            accepted_by: None,
            cancel_reason: None,
            version: 3,
        }
    }

    #[test]
    fn the_end_of_an_invitation_frees_its_seat_and_has_an_instant() {
        let now = "2026-03-12T00:00:00Z".parse().unwrap();
        let expected = Invitation {
            state: InvitationState::Declined,
            seat: false,
            ended_at: Some(now),
            version: 4,
            ..pending()
        };
        assert_eq!(pending().ended(InvitationState::Declined, now), expected);
    }

    #[test]
    fn one_that_nobody_can_accept_is_cancelled_and_says_why() {
        let now = "2026-03-12T00:00:00Z".parse().unwrap();
        for reason in [CancelReason::ResourceDeleted, CancelReason::AlreadyMember] {
            let expected = Invitation {
                cancel_reason: Some(reason),
                ..pending().ended(InvitationState::Cancelled, now)
            };
            assert_eq!(pending().ended_because(reason, now), expected);
        }
    }

    #[test]
    fn a_pending_one_has_expired_at_its_instant_and_what_ended_before_has_not() {
        for (state, now, shown) in [
            (
                InvitationState::Pending,
                "2026-03-17T11:59:59Z",
                InvitationState::Pending,
            ),
            (
                InvitationState::Pending,
                "2026-03-17T12:00:00Z",
                InvitationState::Expired,
            ),
            (
                InvitationState::Accepted,
                "2026-03-18T12:00:00Z",
                InvitationState::Accepted,
            ),
        ] {
            let invitation = Invitation { state, ..pending() };
            assert_eq!(invitation.state_at(now.parse().unwrap()), shown, "{state:?} {now}");
        }
    }

    #[test]
    fn what_is_told_of_a_mail_gives_way_to_all_that_stands_after_it() {
        for (at, delivery) in Delivery::ALL.into_iter().enumerate() {
            assert_eq!(delivery.after().collect::<Vec<_>>(), Delivery::ALL[..at]);
            let stored = serde_json::to_string(&delivery).unwrap();
            assert_eq!(stored, format!("{:?}", delivery.as_str()));
        }
    }
}
