//! The changes of a decision: each thing as it was, next to the same thing as it will be.
//!
//! Counters are never set by hand. The changes of seats and owners are calculated from the pairs, so no rule can forget them.

use crate::api_key::ApiKey;
use crate::contact::Contact;
use crate::email::EmailAddress;
use crate::event::Event;
use crate::export::Export;
use crate::feedback::Mark;
use crate::former::FormerMember;
use crate::id::{InvitationId, UserId};
use crate::invitation::Invitation;
use crate::job::Job;
use crate::mail::Mail;
use crate::member::{Member, Reliance};
use crate::organization::Organization;
use crate::resource::Resource;
use crate::roleset::RoleSet;
use crate::text::ContactId;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// One thing before and after a change. A new one has none before, and a deleted one has none after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair<T> {
    /// The thing as it was read.
    pub before: Option<T>,
    /// The thing as it will be.
    pub after: Option<T>,
}

impl<T> Pair<T> {
    /// Something new.
    pub const fn new(after: T) -> Self {
        Self {
            before: None,
            after: Some(after),
        }
    }

    /// Something that changes.
    pub const fn change(before: T, after: T) -> Self {
        Self {
            before: Some(before),
            after: Some(after),
        }
    }

    /// Both by reference.
    pub fn as_ref(&self) -> Pair<&T> {
        Pair {
            before: self.before.as_ref(),
            after: self.after.as_ref(),
        }
    }

    /// The pair of what `make` returns for each of them.
    pub fn map<U>(self, make: impl Fn(T) -> U) -> Pair<U> {
        Pair {
            before: self.before.map(&make),
            after: self.after.map(&make),
        }
    }

    /// Something that is deleted.
    pub const fn removed(before: T) -> Self {
        Self {
            before: Some(before),
            after: None,
        }
    }
}

/// The identity of a thing that changes touch.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Thing<'a> {
    Member(UserId),
    Invitation(InvitationId),
    Claim(&'a EmailAddress),
    Contact(&'a ContactId),
    ContactAt(&'a EmailAddress),
}

/// Everything in these pairs, before and after.
fn each<T>(pairs: &[Pair<T>]) -> impl Iterator<Item = &T> {
    pairs.iter().flat_map(|pair| pair.before.iter().chain(&pair.after))
}

/// All that one decision changes, for one transaction.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// The organization's own fields, apart from its counters.
    pub organization: Option<Pair<Organization>>,
    /// Members.
    pub members: Vec<Pair<Member>>,
    /// Invitations.
    pub invitations: Vec<Pair<Invitation>>,
    /// Resources.
    pub resources: Vec<Pair<Resource>>,
    /// Contacts.
    pub contacts: Vec<Pair<Contact>>,
    /// Records of former members.
    pub former_members: Vec<Pair<FormerMember>>,
    /// API keys.
    pub keys: Vec<Pair<ApiKey>>,
    /// Exports.
    pub exports: Vec<Pair<Export>>,
    /// Background work.
    pub jobs: Vec<Pair<Job>>,
    /// The events that record the decision.
    pub events: Vec<Event>,
    /// Mail to send.
    pub mail: Vec<Mail>,
    /// Marks of addresses, each with its instant.
    pub marks: Vec<(EmailAddress, Mark, Timestamp)>,
    /// Held mail to delete: a copy of it is among the mail to send.
    pub released: Vec<Mail>,
    /// Members who must still be as they were read, since the decision rests on their authority.
    pub relied_on: Vec<Reliance>,
    /// The records of these former members that must still have the version that was read (none if there was no record).
    pub relied_on_former: Vec<(UserId, Option<u64>)>,
}

impl Changes {
    /// How many seats these changes take (or free, if negative).
    #[must_use]
    pub fn seat_delta(&self) -> i64 {
        // INVARIANT 1: seats are counted from the pairs, so a rule cannot forget to count.
        let member = |m: &Option<Member>| i64::from(m.as_ref().is_some_and(|m| m.seat));
        let invitation = |i: &Option<Invitation>| i64::from(i.as_ref().is_some_and(|i| i.seat));
        let members: i64 = self.members.iter().map(|p| member(&p.after) - member(&p.before)).sum();
        let invitations: i64 = self
            .invitations
            .iter()
            .map(|p| invitation(&p.after) - invitation(&p.before))
            .sum();
        members + invitations
    }

    /// How many active owners these changes add (or remove, if negative).
    #[must_use]
    pub fn owner_delta(&self, set: &RoleSet) -> i64 {
        // INVARIANT 2: owners are counted from the pairs, too.
        let owner = |m: &Option<Member>| i64::from(m.as_ref().is_some_and(|m| m.is_active_owner(set)));
        self.members.iter().map(|p| owner(&p.after) - owner(&p.before)).sum()
    }

    /// The organization with its counters as these changes leave them.
    #[must_use]
    pub fn apply_to(&self, organization: &Organization, set: &RoleSet) -> Organization {
        Organization {
            seats_used: organization.seats().after(self.seat_delta()).used,
            active_owners: organization.active_owners.saturating_add_signed(self.owner_delta(set)),
            ..organization.clone()
        }
    }

    /// Members who are new, in the order in which they were added.
    pub fn new_members(&self) -> impl Iterator<Item = &Member> {
        let new = self.members.iter().filter(|pair| pair.before.is_none());
        new.filter_map(|pair| pair.after.as_ref())
    }

    /// Invitations that are new.
    #[must_use]
    pub fn new_invitations(&self) -> Vec<Invitation> {
        let new = self.invitations.iter().filter(|pair| pair.before.is_none());
        new.filter_map(|pair| pair.after.clone()).collect()
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Both changes in one.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.organization = other.organization.or(self.organization);
        self.members.extend(other.members);
        self.invitations.extend(other.invitations);
        self.resources.extend(other.resources);
        self.contacts.extend(other.contacts);
        self.former_members.extend(other.former_members);
        self.relied_on_former.extend(other.relied_on_former);
        self.keys.extend(other.keys);
        self.exports.extend(other.exports);
        self.jobs.extend(other.jobs);
        self.events.extend(other.events);
        self.mail.extend(other.mail);
        self.marks.extend(other.marks);
        self.released.extend(other.released);
        let more = other.relied_on.into_iter().filter(|it| !self.relied_on.contains(it));
        let more: Vec<_> = more.collect();
        self.relied_on.extend(more);
        // A transaction can touch an item only once, and the condition of a member's change covers the check.
        let members = &self.members;
        self.relied_on.retain(|it| !each(members).any(|m| m.id == it.member));
        self
    }

    /// These changes, on condition that the members are still as they were read. Empty changes rely on no member.
    #[must_use]
    pub fn relying_on(self, relied_on: Vec<Reliance>) -> Self {
        if self.is_empty() {
            return self;
        }
        self.and(Self {
            relied_on,
            ..Self::default()
        })
    }

    /// Whether these changes include the member.
    #[must_use]
    pub fn changes_member(&self, member: UserId) -> bool {
        each(&self.members).any(|m| m.id == member)
    }

    /// Whether both change the same thing, or take or free the same address. If so, one must be decided on the state that the
    /// other leaves.
    #[must_use]
    pub fn conflicts_with(&self, other: &Self) -> bool {
        !self.things().is_disjoint(&other.things())
    }

    /// The changed things: members, invitations and contacts by their ids, and the addresses they have.
    fn things(&self) -> BTreeSet<Thing<'_>> {
        let members = each(&self.members).flat_map(|m| [Thing::Member(m.id), Thing::Claim(&m.email)]);
        let invitations = each(&self.invitations).flat_map(|i| [Thing::Invitation(i.id), Thing::Claim(&i.email)]);
        let contacts = each(&self.contacts).flat_map(|c| [Thing::Contact(&c.id), Thing::ContactAt(&c.email)]);
        members.chain(invitations).chain(contacts).collect()
    }
}
