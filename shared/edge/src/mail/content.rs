//! What each letter says, before it is put into the words of a language.

use super::WebLink;
use super::untrusted::{self, Line, Quotation, ResourceNames};
use super::values::Shown;
use super::words::Words;
use jiff::Timestamp;
use minijinja::Value;
use muster_domain::email::EmailAddress;
use muster_domain::mail::EndReason;

/// The most resources that a sentence names before it only counts them.
const NAMED_IN_A_SENTENCE: usize = 3;

/// A letter.
#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    /// An invitation to join.
    Invitation(Invitation),
    /// A person was added as a member directly.
    Added(Added),
    /// A role will end soon.
    AccessEnding(AccessEnding),
    /// A role has ended.
    AccessEnded(AccessEnded),
    /// To owners: the organization was deleted.
    OrganizationDeleted {
        /// Its name.
        organization: Line,
        /// Until when it can be restored.
        restorable_until: Timestamp,
    },
    /// To former owners: the data of the organization is gone.
    OrganizationErased {
        /// Its name.
        organization: Line,
    },
    /// To owners: the organization is suspended.
    OrganizationSuspended {
        /// Its name.
        organization: Line,
        /// Since when.
        suspended_at: Timestamp,
        /// The reason that the operator gave.
        reason: Quotation,
    },
    /// To owners: the organization is no longer suspended.
    OrganizationResumed {
        /// Its name.
        organization: Line,
        /// When the next suspension begins, if one is set.
        next: Option<Timestamp>,
    },
}

/// An invitation to join.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The name of the organization.
    pub organization: Line,
    /// The display name of the role.
    pub role: Line,
    /// The resources that the role is limited to.
    pub resources: ResourceNames,
    /// The person who invites.
    pub inviter: Line,
    /// The inviter's message.
    pub message: Quotation,
    /// The address at which the invitee accepts.
    pub link: WebLink,
    /// When the invitation expires.
    pub expires_at: Timestamp,
}

/// A person was added as a member directly.
#[derive(Clone, PartialEq, Eq)]
pub struct Added {
    /// The name of the organization.
    pub organization: Line,
    /// The display name of the role.
    pub role: Line,
    /// The resources that the role is limited to.
    pub resources: ResourceNames,
    /// The person who added them.
    pub by: Line,
    /// That person's message.
    pub message: Quotation,
    /// The product's address.
    pub link: WebLink,
}

/// A role will end soon.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessEnding {
    /// The name of the organization.
    pub organization: Line,
    /// The display name of the role.
    pub role: Line,
    /// The resources, for a role on some.
    pub resources: ResourceNames,
    /// When the role ends.
    pub ends_at: Timestamp,
    /// The number of days left.
    pub days: u32,
}

/// A role has ended.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessEnded {
    /// The name of the organization.
    pub organization: Line,
    /// The display name of the role.
    pub role: Line,
    /// The resources, for a role on some.
    pub resources: ResourceNames,
    /// The reason.
    pub reason: EndReason,
}

/// The names by which templates know what a letter shows.
pub(super) type Values = Vec<(&'static str, Value)>;

impl Content {
    /// The names of all letters.
    pub(super) const NAMES: [&'static str; 8] = [
        "invitation",
        "added",
        "access-ending",
        "access-ended",
        "organization-deleted",
        "organization-erased",
        "organization-suspended",
        "organization-resumed",
    ];

    /// The name of its templates.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Invitation(_) => "invitation",
            Self::Added(_) => "added",
            Self::AccessEnding(_) => "access-ending",
            Self::AccessEnded(_) => "access-ended",
            Self::OrganizationDeleted { .. } => "organization-deleted",
            Self::OrganizationErased { .. } => "organization-erased",
            Self::OrganizationSuspended { .. } => "organization-suspended",
            Self::OrganizationResumed { .. } => "organization-resumed",
        }
    }

    /// The link that the letter is for.
    pub(super) const fn link(&self) -> Option<&WebLink> {
        match self {
            Self::Invitation(Invitation { link, .. }) | Self::Added(Added { link, .. }) => Some(link),
            _ => None,
        }
    }

    /// What its templates show.
    pub(super) fn values(&self, recipient: &EmailAddress, words: &Words) -> Values {
        let name = |line: &Line| Shown::name(line, words).into_value();
        let date = |at: Timestamp| Value::from(words.date(at));
        let quotation = |of: &Quotation| match of.lines.is_empty() {
            true => Value::from(()),
            false => Shown::quotation(of).into_value(),
        };
        let to = Shown::isolated(&untrusted::email(recipient), words).into_value();
        match self {
            Self::Invitation(letter) => vec![
                ("to", to),
                ("organization", name(&letter.organization)),
                ("role", name(&letter.role)),
                ("author", name(&letter.inviter)),
                ("resources", list(&letter.resources, words)),
                ("more", more(&letter.resources, words)),
                ("quotation", quotation(&letter.message)),
                ("link", Value::from(letter.link.to_string())),
                ("expires_at", date(letter.expires_at)),
            ],
            Self::Added(letter) => vec![
                ("to", to),
                ("organization", name(&letter.organization)),
                ("role", name(&letter.role)),
                ("author", name(&letter.by)),
                ("resources", list(&letter.resources, words)),
                ("more", more(&letter.resources, words)),
                ("quotation", quotation(&letter.message)),
                ("link", Value::from(letter.link.to_string())),
            ],
            Self::AccessEnding(letter) => {
                let left = words.counted("days_left", usize::try_from(letter.days).unwrap_or(usize::MAX));
                let mut values = held(&letter.organization, &letter.role, &letter.resources, words);
                values.extend([("left", Value::from(left)), ("ends_at", date(letter.ends_at))]);
                values
            }
            Self::AccessEnded(letter) => {
                let reason = match letter.reason {
                    EndReason::Expired => "expired",
                    EndReason::SwitchedOff => "switched_off",
                };
                let mut values = held(&letter.organization, &letter.role, &letter.resources, words);
                values.push(("end_reason", Value::from(reason)));
                values
            }
            Self::OrganizationDeleted {
                organization,
                restorable_until,
            } => vec![
                ("organization", name(organization)),
                ("restorable_until", date(*restorable_until)),
            ],
            Self::OrganizationErased { organization } => vec![("organization", name(organization))],
            Self::OrganizationSuspended {
                organization,
                suspended_at,
                reason,
            } => vec![
                ("organization", name(organization)),
                ("suspended_at", date(*suspended_at)),
                ("quotation", quotation(reason)),
            ],
            Self::OrganizationResumed { organization, next } => vec![
                ("organization", name(organization)),
                ("next", Value::from(next.map(|at| words.date(at)))),
            ],
        }
    }
}

/// A role, and the place where it is held.
fn held(organization: &Line, role: &Line, resources: &ResourceNames, words: &Words) -> Values {
    let named = |most| {
        let (first, more) = resources.shortened(most);
        Shown::names(first, more, words).into_value()
    };
    let organization = || Shown::name(organization, words).into_value();
    // The subject, which has the place, is short.
    let (resource, place) = match resources.first.is_empty() {
        true => (Value::from(()), organization()),
        false => (named(NAMED_IN_A_SENTENCE), named(1)),
    };
    vec![
        ("organization", organization()),
        ("role", Shown::name(role, words).into_value()),
        ("resource", resource),
        ("place", place),
    ]
}

fn list(resources: &ResourceNames, words: &Words) -> Value {
    let names = resources.first.iter();
    names.map(|line| Shown::name(line, words).into_value()).collect()
}

fn more(resources: &ResourceNames, words: &Words) -> Value {
    match resources.more {
        0 => Value::from(()),
        more => Value::from(words.counted("more", more)),
    }
}
