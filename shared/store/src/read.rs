//! Reading: everything that one decision needs, in one strongly consistent round trip.

use crate::backoff::Backoff;
use crate::error::StoreError;
use crate::items::{Claim, Item, StoredEntity};
use crate::keys::{Key, RESOURCE};
use crate::once::{IdempotencyKey, StoredResponse};
use crate::store::Store;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use jiff::Timestamp;
use muster_domain::rules::pace::{SentToday, day};
use muster_domain::{
    ApiKey, Contact, ContactId, Deliverability, EmailAddress, Export, ExportId, FormerMember, Invitation, InvitationId,
    Job, JobId, KeyId, Mail, MailId, Member, Organization, OrganizationId, Person, PersonId, Resource, ResourceKey,
    UserId,
};
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

/// Most items in one BatchGet.
const MAX_BATCH_ITEMS: usize = 100;
/// The number of requests for keys that DynamoDB leaves unprocessed.
const MAX_UNPROCESSED_ROUNDS: usize = 5;

/// The items that a read found, with the keys it asked for.
#[derive(Debug, Default, Clone)]
pub struct ReadSet {
    asked: BTreeSet<Key>,
    items: HashMap<Key, Item>,
}

impl Store {
    /// Reads these keys with strong consistency. Keys may repeat; more than 100 are read in parallel batches.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer.
    pub async fn read(&self, keys: &[Key]) -> Result<ReadSet, StoreError> {
        let keys: Vec<&Key> = keys.iter().collect::<BTreeSet<_>>().into_iter().collect();
        let mut found = ReadSet {
            asked: keys.iter().map(|key| (*key).clone()).collect(),
            ..ReadSet::default()
        };
        let batches = keys.chunks(MAX_BATCH_ITEMS).map(|chunk| self.read_batch(chunk));
        for items in futures::future::try_join_all(batches).await? {
            found.items.extend(items);
        }
        Ok(found)
    }

    async fn read_batch(&self, keys: &[&Key]) -> Result<Vec<(Key, Item)>, StoreError> {
        let mut wanted: Vec<_> = keys.iter().map(|key| key.attributes()).collect();
        let mut found = Vec::with_capacity(wanted.len());
        let mut backoff = Backoff::new(Duration::from_millis(40), Duration::from_millis(320));
        for round in 0..MAX_UNPROCESSED_ROUNDS {
            if round > 0 {
                backoff.pause().await;
            }
            let request = KeysAndAttributes::builder()
                .set_keys(Some(std::mem::take(&mut wanted)))
                .consistent_read(true)
                .build();
            let request = request.map_err(|e| incomplete(e.to_string()))?;
            let call = self
                .client
                .batch_get_item()
                .request_items(&self.table, request)
                .send()
                .await;
            let reply = call.map_err(|e| StoreError::call("BatchGetItem", e))?;
            let items = reply.responses.unwrap_or_default().into_values().flatten();
            found.extend(items.filter_map(|item| Some((Key::of(&item)?, item))));
            wanted = reply
                .unprocessed_keys
                .unwrap_or_default()
                .into_values()
                .flat_map(|k| k.keys)
                .collect();
            if wanted.is_empty() {
                return Ok(found);
            }
        }
        Err(StoreError::Throttled {
            operation: "BatchGetItem",
            detail: "keys stayed unprocessed".into(),
        })
    }
}

fn incomplete(detail: String) -> StoreError {
    StoreError::Call {
        operation: "BatchGetItem",
        detail,
        busy: false,
    }
}

impl ReadSet {
    /// The two reads combined.
    #[must_use]
    pub fn and(mut self, more: Self) -> Self {
        self.asked.extend(more.asked);
        self.items.extend(more.items);
        self
    }

    /// Whether all of these keys were read.
    #[must_use]
    pub fn covers(&self, keys: &[Key]) -> bool {
        keys.iter().all(|key| self.asked.contains(key))
    }

    /// Whether there is an item under this key. Its content is not examined.
    #[must_use]
    pub fn contains(&self, key: &Key) -> bool {
        self.items.contains_key(key)
    }

    pub(crate) fn item(&self, key: &Key) -> Option<&Item> {
        self.items.get(key)
    }

    fn get<T: StoredEntity>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        self.item_read(key)?.cloned().map(T::from_item).transpose()
    }

    /// The item under a key. Fails for a key that was not read, which would look like a missing item.
    fn item_read(&self, key: &Key) -> Result<Option<&Item>, StoreError> {
        if !self.asked.contains(key) {
            debug_assert!(false, "{key:?} was not read");
            return Err(StoreError::NotRead { sk: key.sk.clone() });
        }
        Ok(self.items.get(key))
    }

    /// The organization.
    ///
    /// # Errors
    /// [`StoreError::Malformed`] and [`StoreError::NotRead`], here and below.
    pub fn organization(&self, id: OrganizationId) -> Result<Option<Organization>, StoreError> {
        self.get(&Key::organization(id))
    }

    /// A member.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub fn member(&self, organization: OrganizationId, id: UserId) -> Result<Option<Member>, StoreError> {
        self.get(&Key::member(organization, id))
    }

    /// A pending invitation.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub fn pending_invitation(
        &self,
        organization: OrganizationId,
        id: InvitationId,
    ) -> Result<Option<Invitation>, StoreError> {
        self.get(&Key::pending_invitation(organization, id))
    }

    /// An invitation, pending or ended.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub fn invitation(&self, organization: OrganizationId, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
        match self.get(&Key::pending_invitation(organization, id))? {
            Some(pending) => Ok(Some(pending)),
            None => self.get(&Key::past_invitation(organization, id)),
        }
    }

    /// A member, or a pending invitation.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub fn person(&self, organization: OrganizationId, person: PersonId) -> Result<Option<Person>, StoreError> {
        Ok(match person {
            PersonId::Member(id) => self.member(organization, id)?.map(Box::new).map(Person::Member),
            PersonId::Invitation(id) => {
                let pending = self.get(&Key::pending_invitation(organization, id))?;
                pending.map(Box::new).map(Person::Invitation)
            }
        })
    }

    /// The claim on an address.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub fn claim(&self, organization: OrganizationId, email: &EmailAddress) -> Result<Option<Claim>, StoreError> {
        self.get(&Key::claim(organization, email))
    }

    /// A resource.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub fn resource(&self, organization: OrganizationId, key: &ResourceKey) -> Result<Option<Resource>, StoreError> {
        self.get(&Key::resource(organization, key))
    }

    /// The resources among all that was read.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub fn resources(&self) -> Result<Vec<Resource>, StoreError> {
        let items = self.items.iter().filter(|(key, _)| key.sk.starts_with(RESOURCE));
        items.map(|(_, item)| Resource::from_item(item.clone())).collect()
    }

    /// The contact with an address.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub fn contact_at(
        &self,
        organization: OrganizationId,
        email: &EmailAddress,
    ) -> Result<Option<Contact>, StoreError> {
        self.get(&Key::contact_at(organization, email))
    }

    /// A contact.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub fn contact(&self, organization: OrganizationId, id: &ContactId) -> Result<Option<Contact>, StoreError> {
        self.get(&Key::contact(organization, id))
    }

    /// The record of a former member; `None` if the user never was one.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub fn former_member(&self, organization: OrganizationId, id: UserId) -> Result<Option<FormerMember>, StoreError> {
        self.get(&Key::former_member(organization, id))
    }

    /// An API key.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub fn api_key(&self, organization: OrganizationId, id: KeyId) -> Result<Option<ApiKey>, StoreError> {
        self.get(&Key::api_key(organization, id))
    }

    /// An email.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub fn mail(&self, organization: OrganizationId, id: MailId) -> Result<Option<Mail>, StoreError> {
        self.get(&Key::mail(organization, id))
    }

    /// Whether mail reaches an address; `None` if the outcome of no mail to it is known yet.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub fn deliverability(
        &self,
        organization: OrganizationId,
        email: &EmailAddress,
    ) -> Result<Option<Deliverability>, StoreError> {
        self.get(&Key::deliverability(organization, email))
    }

    /// The number of emails sent for the organization's members on the day of `now`.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub fn sent(&self, organization: OrganizationId, now: Timestamp) -> Result<SentToday, StoreError> {
        let key = Key::sent_on(organization, day(now));
        let count = self.item_read(&key)?.and_then(|item| item.get("count"));
        let Some(count) = count else {
            return Ok(SentToday { count: 0, now });
        };
        let read = count.as_n().ok().and_then(|count| count.parse().ok());
        let malformed = || StoreError::Malformed {
            pk: key.pk.clone(),
            sk: key.sk.clone(),
            detail: "the count is no number".to_owned(),
        };
        let count = read.ok_or_else(malformed)?;
        Ok(SentToday { count, now })
    }

    /// An export.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub fn export(&self, organization: OrganizationId, id: ExportId) -> Result<Option<Export>, StoreError> {
        self.get(&Key::export(organization, id))
    }

    /// A job.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub fn job(&self, organization: OrganizationId, id: JobId) -> Result<Option<Job>, StoreError> {
        self.get(&Key::job(organization, id))
    }

    /// The response that the same request got before.
    ///
    /// # Errors
    /// [`StoreError::Malformed`].
    pub fn answered(&self, once: &IdempotencyKey) -> Result<Option<StoredResponse>, StoreError> {
        let Some(item) = self.item_read(&once.key)? else {
            return Ok(None);
        };
        serde_dynamo::from_item(item.clone())
            .map(Some)
            .map_err(|e| StoreError::Malformed {
                pk: once.key.pk.clone(),
                sk: once.key.sk.clone(),
                detail: e.to_string(),
            })
    }
}
