//! The list of people: members and pending invitations, with its filters and its orders (`program-delivery`).

mod order;
mod period;
mod selection;

pub use order::{By, Order, instant};
pub use period::Period;
pub use selection::{MAX_ROLES, MAX_TERMS, Selection};

use crate::id::{InvitationId, OrganizationId, UserId};
use crate::invitation::{Invitation, InvitationState};
use crate::member::{Member, RoleAssignment, Status};
use crate::organization::Organization;
use crate::resource::{ResourceKey, ResourceRef};
use crate::roleset::RoleSet;
use crate::search;
use crate::text::RoleId;
use crate::vocabulary::vocabulary;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A person of an organization: a member or an invitee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Person {
    /// A member.
    Member(Box<Member>),
    /// A pending invitation.
    Invitation(Box<Invitation>),
}

/// The id of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PersonId {
    /// A member.
    Member(UserId),
    /// An invitation.
    Invitation(InvitationId),
}

vocabulary! {
    /// Whether a person is a member or invited.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    pub enum PersonKind {
        /// A member.
        Member = "member",
        /// A pending invitation.
        Invitation = "invitation",
    }
}

vocabulary! {
    /// Whether an invitation was accepted (members) or is still open.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    pub enum InviteStatus {
        /// A member.
        Accepted = "accepted",
        /// A pending invitation.
        Pending = "pending",
    }
}

/// A filter of the list; an absent field does not restrict it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Each term must begin a word of theirs, folded as by [`search::terms`].
    pub terms: BTreeSet<String>,
    /// A status, which only members have.
    pub status: Option<Status>,
    /// Roles, one of which must be held or offered anywhere.
    pub roles: BTreeSet<RoleId>,
    /// Member or pending invitation.
    pub invite_status: Option<InviteStatus>,
    /// When they joined, which only members did.
    pub joined: Option<Period>,
    /// A resource on which a role is held or offered.
    pub resource: Option<ResourceKey>,
}

impl Filter {
    /// Whether members can match at all.
    #[must_use]
    pub fn takes_members(&self) -> bool {
        self.invite_status != Some(InviteStatus::Pending)
    }

    /// Whether pending invitations can match at all.
    #[must_use]
    pub fn takes_invitations(&self) -> bool {
        self.invite_status != Some(InviteStatus::Accepted) && self.status.is_none() && self.joined.is_none()
    }
}

impl Person {
    /// The organization.
    #[must_use]
    pub fn organization(&self) -> OrganizationId {
        match self {
            Self::Member(member) => member.organization,
            Self::Invitation(invitation) => invitation.organization,
        }
    }

    /// The person's id.
    #[must_use]
    pub fn id(&self) -> PersonId {
        match self {
            Self::Member(member) => PersonId::Member(member.id),
            Self::Invitation(invitation) => PersonId::Invitation(invitation.id),
        }
    }

    /// The words by which a search finds them.
    #[must_use]
    pub fn words(&self) -> BTreeSet<String> {
        match self {
            Self::Member(member) => search::words(member.name.as_ref(), &member.email),
            Self::Invitation(invitation) => search::words(None, &invitation.email),
        }
    }

    /// Each role that is held or offered anywhere, whether or not it gives anything at present.
    #[must_use]
    pub fn roles(&self) -> BTreeSet<RoleId> {
        match self {
            Self::Member(member) => member.holdings().map(|(held, _)| held.role.clone()).collect(),
            Self::Invitation(invitation) => BTreeSet::from([invitation.role.clone()]),
        }
    }
}

/// The context for filtering people: the organization at one instant.
#[derive(Debug, Clone, Copy)]
pub struct FilterContext<'a> {
    /// The organization.
    pub organization: &'a Organization,
    /// Its role set.
    pub set: &'a RoleSet,
    /// The instant.
    pub now: Timestamp,
}

impl FilterContext<'_> {
    /// The role that a row shows: the one on the organization, else the highest on a resource that `is_visible` accepts, if
    /// they hold at present.
    pub fn shown_role(&self, member: &Member, is_visible: impl Fn(&ResourceRef) -> bool) -> Option<RoleId> {
        let rank = |(held, on): &(&RoleAssignment, Option<&ResourceRef>)| (on.is_some(), self.set.rank(&held.role));
        let live = member.live(self.organization, self.set, self.now);
        let seen = live.filter(|(_, on)| on.is_none_or(&is_visible));
        seen.min_by_key(rank).map(|(held, _)| held.role.clone())
    }

    /// Whether this person matches, for a viewer who sees only roles on resources that `is_visible` accepts.
    pub fn matches(&self, filter: &Filter, person: &Person, is_visible: impl Fn(&ResourceRef) -> bool) -> bool {
        if !filter.terms.is_empty() && !search::matches(&person.words(), &filter.terms) {
            return false;
        }
        match person {
            Person::Member(member) => filter.takes_members() && self.matches_member(filter, member, is_visible),
            Person::Invitation(invitation) => {
                filter.takes_invitations() && self.matches_invitation(filter, invitation, is_visible)
            }
        }
    }

    fn matches_member(&self, filter: &Filter, member: &Member, is_visible: impl Fn(&ResourceRef) -> bool) -> bool {
        let live = || {
            let all = member.live(self.organization, self.set, self.now);
            all.filter(|(_, on)| on.is_none_or(&is_visible))
        };
        let has_role = |role: &RoleId| live().any(|(held, _)| held.role == *role);
        let on = |key: &ResourceKey| live().any(|(_, on)| on.is_some_and(|on| on.key == *key));
        filter.status.is_none_or(|status| member.status == status)
            && (filter.roles.is_empty() || filter.roles.iter().any(has_role))
            && filter.joined.is_none_or(|period| period.holds(member.joined_at))
            && filter.resource.as_ref().is_none_or(on)
    }

    fn matches_invitation(
        &self,
        filter: &Filter,
        invitation: &Invitation,
        is_visible: impl Fn(&ResourceRef) -> bool,
    ) -> bool {
        let live = |r: &&ResourceRef| !self.organization.is_ending(r) && is_visible(r);
        let on = |key: &ResourceKey| invitation.resources.iter().filter(live).any(|r| r.key == *key);
        invitation.state_at(self.now) == InvitationState::Pending
            && (filter.roles.is_empty() || filter.roles.contains(&invitation.role))
            && filter.resource.as_ref().is_none_or(on)
    }
}
