//! Contacts: people an organization knows, whether or not they are on its team (`coaching-site`).

use crate::address::Address;
use crate::id::{OrganizationId, UserId};
use crate::search::words;
use crate::text::{ContactId, Name};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A person the organization knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The organization.
    pub organization: OrganizationId,
    /// The product's own id; the user's, for one who was a member.
    pub id: ContactId,
    /// Their address: one contact of an organization has it at most.
    pub email: Address,
    /// Name for people.
    pub name: Option<Name>,
    /// Their account, if one is known.
    pub user: Option<UserId>,
    /// Whether somebody stands for the account: the platform, or the member who named it.
    ///
    /// Otherwise it is the account of an earlier membership, and a hint: the mailbox may be somebody else's by now. A contact from
    /// before this was noted may be either, so it counts as a hint until its account is named again.
    #[serde(default)]
    pub vouched: bool,
    /// The member who stands for it; none if the platform does, or if nobody does.
    ///
    /// They answer for it: nobody is added through it to what they could not give themselves.
    #[serde(default)]
    pub vouched_by: Option<UserId>,
    /// When they became known.
    pub created_at: Timestamp,
    /// Rises with each change.
    pub version: u64,
}

impl Contact {
    /// The words it is found by.
    #[must_use]
    pub fn words(&self) -> BTreeSet<String> {
        words(self.name.as_ref(), &self.email)
    }
}
