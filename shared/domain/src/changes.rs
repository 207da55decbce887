//! What a decision changes: everything as it was beside everything as it shall be.
//!
//! Counters are never set by hand. How many seats and owners come or go follows from the pairs, so no rule can forget them.

use crate::api_key::ApiKey;
use crate::contact::Contact;
use crate::event::Event;
use crate::id::UserId;
use crate::invitation::Invitation;
use crate::job::Job;
use crate::mail::Mail;
use crate::member::Member;
use crate::organization::Organization;
use crate::resource::Resource;
use crate::roleset::RoleSet;

/// One thing before and after: none before is a new one, none after one that goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair<T> {
    /// As it was read.
    pub before: Option<T>,
    /// As it shall be.
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

    /// What these two make.
    pub fn map<U>(self, make: impl Fn(T) -> U) -> Pair<U> {
        Pair {
            before: self.before.map(&make),
            after: self.after.map(&make),
        }
    }

    /// Something that goes.
    pub const fn gone(before: T) -> Self {
        Self {
            before: Some(before),
            after: None,
        }
    }
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
    /// API keys.
    pub keys: Vec<Pair<ApiKey>>,
    /// Background work.
    pub jobs: Vec<Pair<Job>>,
    /// The record of it.
    pub events: Vec<Event>,
    /// Mail it wants sent.
    pub mail: Vec<Mail>,
    /// Members who must still be as they were read (id and version), since the decision rests on their authority.
    pub relied_on: Vec<(UserId, u64)>,
}

impl Changes {
    /// How many seats this takes (or gives back).
    #[must_use]
    pub fn seat_delta(&self) -> i64 {
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

    /// How many active owners come (or go).
    #[must_use]
    pub fn owner_delta(&self, set: &RoleSet) -> i64 {
        let owner = |m: &Option<Member>| i64::from(m.as_ref().is_some_and(|m| m.is_active_owner(set)));
        self.members.iter().map(|p| owner(&p.after) - owner(&p.before)).sum()
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Both in one.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.organization = other.organization.or(self.organization);
        self.members.extend(other.members);
        self.invitations.extend(other.invitations);
        self.resources.extend(other.resources);
        self.contacts.extend(other.contacts);
        self.keys.extend(other.keys);
        self.jobs.extend(other.jobs);
        self.events.extend(other.events);
        self.mail.extend(other.mail);
        self.relied_on.extend(other.relied_on);
        self
    }
}
