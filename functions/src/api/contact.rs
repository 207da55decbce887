//! Contacts.

use super::forms;
use muster_domain::{Contact, ContactId, EmailAddress, Name, Subject, UserName};
use muster_edge::etag::Stated;
use muster_edge::{Body, Field};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A contact to register or update. If `name`, `subject` or `user` is omitted, it is unchanged; null removes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutContactRequest {
    /// The contact's email address. An address belongs to at most one contact of an organization.
    #[schema(value_type = forms::EmailAddress)]
    pub email: EmailAddress,
    /// The contact's name, 1 to 120 characters.
    #[serde(default)]
    #[schema(value_type = Option<forms::Name>)]
    pub name: Field<Name>,
    /// The `sub` of the person's tokens, which gives the contact an account; null for no account. The caller who sets it vouches for it.
    #[serde(default)]
    #[schema(value_type = Option<forms::Subject>)]
    pub subject: Field<Subject>,
    /// The account, by id or by subject, instead of `subject`. The two cannot be combined.
    #[serde(default)]
    #[schema(value_type = Option<forms::UserName>)]
    pub user: Field<UserName>,
}

impl Body for PutContactRequest {
    const REQUIRED: &'static [&'static str] = &["email"];
}

/// A contact: a person known to the organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactResponse {
    /// The contact's id, which the product chooses. A contact that is created when a member leaves has their user id.
    #[schema(value_type = forms::ContactId)]
    pub id: ContactId,
    /// The contact's email address.
    #[schema(value_type = String)]
    pub email: EmailAddress,
    /// The contact's name; null if it is not known.
    #[schema(value_type = Option<String>)]
    pub name: Option<Name>,
    /// Whether the contact has a known account. If so, it can be selected as that person (`contact` of `POST …/members`).
    pub has_account: bool,
    /// The version, for `If-Match`, in quotation marks.
    pub version: String,
}

impl From<&Contact> for ContactResponse {
    fn from(contact: &Contact) -> Self {
        Self {
            id: contact.id.clone(),
            email: contact.email.clone(),
            name: contact.name.clone(),
            has_account: contact.user.is_some(),
            version: contact.state(),
        }
    }
}
