//! Contacts: people whom an organization knows, whether or not they are members (`coaching-site`).

use crate::email::EmailAddress;
use crate::id::{OrganizationId, UserId};
use crate::search::words;
use crate::text::{ContactId, Name, Subject};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A person whom the organization knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The organization.
    pub organization: OrganizationId,
    /// The product's own id; for a former member, the user's.
    pub id: ContactId,
    /// Their address: at most one contact of an organization has it.
    pub email: EmailAddress,
    /// Name for people.
    pub name: Option<Name>,
    /// Their account, if one is known.
    pub user: Option<UserId>,
    /// The account's subject at the identity provider, of which the account's id is a hash; `None` until it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Whether the platform, or the member who named the account, vouches for it.
    ///
    /// Otherwise it is the account of an earlier membership, and only a hint: the mailbox may be someone else's by now. A
    /// contact from before this field existed may be either, so it counts as a hint until its account is named again.
    #[serde(default)]
    pub vouched: bool,
    /// The member who vouches for it; `None` if the platform does, or if no one does.
    ///
    /// They answer for it: it never adds anyone to a role that they could not assign themselves.
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
