//! The form of each entity in the table: its fields, key, kind, and index attributes.

use crate::error::StoreError;
use crate::keys::{self, Key};
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use muster_domain::feedback::Deliverability;
use muster_domain::people::By;
use muster_domain::time::days_after;
use muster_domain::{
    ApiKey, Contact, EmailAddress, Event, Export, FormerMember, Invitation, InvitationId, InvitationState, Job, Mail,
    Member, Organization, OrganizationId, Resource, UserId,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Days for which a revoked API key is distinguishable from one that never existed.
const REVOKED_DAYS: u32 = 30;

/// An item in DynamoDB's form.
pub type Item = HashMap<String, AttributeValue>;

/// An entity that the table stores as an item with its own key.
pub trait StoredEntity: Serialize + DeserializeOwned {
    /// The kind of item.
    const KIND: &'static str;

    /// Its key.
    fn key(&self) -> Key;

    /// When something about it is due, if it belongs in the due index.
    fn due_at(&self) -> Option<Timestamp> {
        None
    }

    /// The user whose membership it is, if it belongs in the index by user.
    fn user(&self) -> Option<UserId> {
        None
    }

    /// Its place in the index by activity, if it belongs there.
    fn activity(&self) -> Option<String> {
        None
    }

    /// When DynamoDB may delete it, if ever.
    fn forgotten_at(&self) -> Option<Timestamp> {
        None
    }

    /// When it was created, with the name of that attribute, if another item can follow under its key after its deletion.
    ///
    /// Versions start over with each item, so a version alone would let a change of the earlier item apply to the later one.
    fn came(&self) -> Option<(&'static str, Timestamp)> {
        None
    }

    /// The item.
    ///
    /// # Errors
    /// [`StoreError::Malformed`] if a field cannot be stored.
    fn to_item(&self) -> Result<Item, StoreError> {
        let key = self.key();
        let mut item: Item = serde_dynamo::to_item(self).map_err(|e| malformed(&key, &e))?;
        let mut text = |name: &str, value: String| item.insert(name.to_owned(), AttributeValue::S(value));
        text(keys::KIND, Self::KIND.to_owned());
        if let Some(at) = self.due_at() {
            let [partition, place] = key.due(at);
            text(keys::DUE_PK, partition);
            text(keys::DUE_SK, place);
        }
        if let Some(user) = self.user() {
            text(keys::BY_USER_PK, keys::user_pk(user));
            text(keys::BY_USER_SK, key.pk.clone());
        }
        if let (Some(place), Some(partition)) = (self.activity(), key.activity_partition()) {
            text(keys::BY_ACTIVITY_PK, partition);
            text(keys::BY_ACTIVITY_SK, place);
        }
        if let Some(at) = self.forgotten_at() {
            let seconds = AttributeValue::N(at.as_second().to_string());
            item.insert(keys::TTL.to_owned(), seconds);
        }
        item.extend(key.attributes());
        Ok(item)
    }

    /// The entity in this item.
    ///
    /// # Errors
    /// [`StoreError::Malformed`] if it is not of this kind.
    fn from_item(item: Item) -> Result<Self, StoreError> {
        let key = Key::of(&item).unwrap_or_else(|| Key {
            pk: String::new(),
            sk: String::new(),
        });
        serde_dynamo::from_item(item).map_err(|e| malformed(&key, &e))
    }
}

fn malformed(key: &Key, error: &serde_dynamo::Error) -> StoreError {
    StoreError::Malformed {
        pk: key.pk.clone(),
        sk: key.sk.clone(),
        detail: error.to_string(),
    }
}

impl StoredEntity for Organization {
    const KIND: &'static str = "organization";
    fn key(&self) -> Key {
        Key::organization(self.id)
    }
}

impl StoredEntity for Member {
    const KIND: &'static str = "member";
    fn key(&self) -> Key {
        Key::member(self.organization, self.id)
    }
    fn due_at(&self) -> Option<Timestamp> {
        self.due_at
    }
    fn user(&self) -> Option<UserId> {
        Some(self.id)
    }
    fn activity(&self) -> Option<String> {
        Some(format!("{}#{}", By::LastActive.place(self), self.id))
    }
    fn came(&self) -> Option<(&'static str, Timestamp)> {
        Some(("joined_at", self.joined_at))
    }
}

impl StoredEntity for Invitation {
    const KIND: &'static str = "invitation";
    fn key(&self) -> Key {
        match self.state {
            InvitationState::Pending => Key::pending_invitation(self.organization, self.id),
            _ => Key::past_invitation(self.organization, self.id),
        }
    }
    fn due_at(&self) -> Option<Timestamp> {
        (self.state == InvitationState::Pending).then_some(self.expires_at)
    }
}

impl StoredEntity for Resource {
    const KIND: &'static str = "resource";
    fn key(&self) -> Key {
        Key::resource(self.organization, &self.reference.key)
    }
    fn came(&self) -> Option<(&'static str, Timestamp)> {
        Some(("created_at", self.created_at))
    }
}

impl StoredEntity for FormerMember {
    const KIND: &'static str = "former_member";
    fn key(&self) -> Key {
        Key::former_member(self.organization, self.id)
    }
}

impl StoredEntity for Contact {
    const KIND: &'static str = "contact";
    fn key(&self) -> Key {
        Key::contact(self.organization, &self.id)
    }
    fn came(&self) -> Option<(&'static str, Timestamp)> {
        Some(("created_at", self.created_at))
    }
}

impl StoredEntity for ApiKey {
    const KIND: &'static str = "api_key";
    fn key(&self) -> Key {
        Key::api_key(self.organization, self.id)
    }
    fn forgotten_at(&self) -> Option<Timestamp> {
        self.revoked_at.map(|at| days_after(at, REVOKED_DAYS))
    }
}

impl StoredEntity for Event {
    const KIND: &'static str = "event";
    fn key(&self) -> Key {
        Key::event(self.organization, self.id)
    }
}

impl StoredEntity for Mail {
    const KIND: &'static str = "mail";
    fn key(&self) -> Key {
        Key::mail(self.organization, self.id)
    }
    fn due_at(&self) -> Option<Timestamp> {
        self.late.and_then(|late| late.due_at)
    }
}

impl StoredEntity for Deliverability {
    const KIND: &'static str = "deliverability";
    fn key(&self) -> Key {
        Key::deliverability(self.organization, &self.email)
    }
}

/// The kind of item that counts the mail sent on a day.
pub(crate) const SENT: &str = "sent";

impl StoredEntity for Export {
    const KIND: &'static str = "export";
    fn key(&self) -> Key {
        Key::export(self.organization, self.id)
    }
    fn forgotten_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

impl StoredEntity for Job {
    const KIND: &'static str = "job";
    fn key(&self) -> Key {
        Key::job(self.organization, self.id)
    }
    fn due_at(&self) -> Option<Timestamp> {
        Some(self.due_at)
    }
}

/// The claim of an organization on an address: one member or one pending invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The organization.
    pub organization: OrganizationId,
    /// The address.
    #[serde(rename = "address")]
    pub email: EmailAddress,
    /// Its holder.
    #[serde(flatten)]
    pub holder: ClaimHolder,
}

/// The holder of an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "held_by", rename_all = "snake_case")]
pub enum ClaimHolder {
    /// A member.
    Member {
        /// Its id.
        holder: UserId,
    },
    /// A pending invitation.
    Invitation {
        /// Its id.
        holder: InvitationId,
        /// When it expires.
        expires_at: Timestamp,
    },
}

impl ClaimHolder {
    /// The id of the member or invitation, as text.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Member { holder } => holder.to_string(),
            Self::Invitation { holder, .. } => holder.to_string(),
        }
    }
}

impl StoredEntity for Claim {
    const KIND: &'static str = "claim";
    fn key(&self) -> Key {
        Key::claim(self.organization, &self.email)
    }
}
