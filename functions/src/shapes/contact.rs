//! Contacts.

use super::forms;
use muster_domain::{Address, Contact, ContactId, Name, Subject};
use muster_edge::{Body, Field};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A contact to register, or a change of one: name or account stay if they are not named, and null takes them away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutContact {
    /// Their address. One contact of an organization has it at most.
    #[schema(value_type = forms::Address)]
    pub email: Address,
    /// Their name, 1 to 120 characters.
    #[serde(default)]
    #[schema(value_type = Option<forms::Name>)]
    pub name: Field<Name>,
    /// Their account: the `sub` of their tokens; null as long as they have none. Whoever names it stands for it.
    #[serde(default)]
    #[schema(value_type = Option<forms::Subject>)]
    pub subject: Field<Subject>,
}

impl Body for PutContact {
    const REQUIRED: &'static [&'static str] = &["email"];
}

/// A person the organization knows.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactBody {
    /// The product's own id; the user's, for one who was a member.
    #[schema(value_type = String)]
    pub id: ContactId,
    /// Their address.
    #[schema(value_type = String)]
    pub email: Address,
    /// Their name, if known.
    #[schema(value_type = Option<String>)]
    pub name: Option<Name>,
    /// Whether an account is known: they can be picked as that person (`contact` of `POST …/members`).
    pub has_account: bool,
}

impl From<&Contact> for ContactBody {
    fn from(contact: &Contact) -> Self {
        Self {
            id: contact.id.clone(),
            email: contact.email.clone(),
            name: contact.name.clone(),
            has_account: contact.user.is_some(),
        }
    }
}
