//! Erasing an organization: its remaining items in the table, a bounded number at a time.

use crate::backoff::{Obstacle, Tries};
use crate::error::StoreError;
use crate::keys::{self, Key};
use crate::store::Store;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, WriteRequest};
use muster_domain::{EmailAddress, JobId, OrganizationId};
use std::collections::HashMap;

/// Items read at a time.
const SLICE_ITEMS: i32 = 100;
/// Most items that one request deletes.
const MAX_DELETED_ITEMS: usize = 25;
/// The number of attempts to delete items that DynamoDB leaves unprocessed: with the pauses between, about four seconds.
const MAX_ATTEMPTS: u32 = 6;

/// The items of an organization to erase next.
#[derive(Debug, Default)]
pub struct Remains {
    /// Claims on addresses. They go first: only their holders show which addresses they are under.
    claims: Vec<Key>,
    /// Everything else.
    items: Vec<Key>,
}

impl Remains {
    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The number of items in the erased partition. Claims are in others, each in its address's own.
    #[must_use]
    pub fn in_partition(&self) -> usize {
        self.items.len()
    }
}

impl Store {
    /// The remaining items of an organization, except its own and this job, with the claims of the members and invitations among
    /// them.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer.
    pub async fn remains(&self, organization: OrganizationId, job: JobId) -> Result<Remains, StoreError> {
        let kept = [Key::organization(organization), Key::job(organization, job)];
        let found = self.keys_in(keys::organization_pk(organization)).await?;
        let mut remains = Remains::default();
        for (key, email) in found.into_iter().filter(|(key, _)| !kept.contains(key)) {
            let claims = key.sk.starts_with(keys::TEAM);
            let claim = email.filter(|_| claims).map(|email| Key::claim(organization, &email));
            remains.claims.extend(claim);
            remains.items.push(key);
        }
        // One request cannot contain a key twice.
        remains.claims.sort_unstable();
        remains.claims.dedup();
        Ok(remains)
    }

    /// The remaining events of an organization.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer.
    pub async fn remaining_events(&self, organization: OrganizationId) -> Result<Remains, StoreError> {
        let found = self.keys_in(keys::events_pk(organization)).await?;
        Ok(Remains {
            items: found.into_iter().map(|(key, _)| key).collect(),
            ..Remains::default()
        })
    }

    /// Deletes these items without a transaction, which costs half as much. Items left behind when a process dies are found again,
    /// since nothing is added to an organization that is being erased.
    ///
    /// # Errors
    /// [`StoreError`]; some items may be deleted.
    pub async fn erase(&self, remains: &Remains) -> Result<(), StoreError> {
        for keys in [&remains.claims, &remains.items] {
            let batches = keys.chunks(MAX_DELETED_ITEMS).map(|batch| self.delete_batch(batch));
            futures::future::try_join_all(batches).await?;
        }
        Ok(())
    }

    async fn delete_batch(&self, keys: &[Key]) -> Result<(), StoreError> {
        let requests = keys.iter().map(|key| {
            let request = DeleteRequest::builder().set_key(Some(key.attributes())).build();
            request.map(|request| WriteRequest::builder().delete_request(request).build())
        });
        let mut requests = requests.collect::<Result<Vec<_>, BuildError>>().map_err(unfit)?;
        let mut tries = Tries::new(MAX_ATTEMPTS);
        loop {
            let wanted = HashMap::from([(self.table.clone(), requests)]);
            let call = self.client.batch_write_item().set_request_items(Some(wanted)).send();
            let reply = call.await.map_err(|e| StoreError::call(OPERATION, e))?;
            let left = reply.unprocessed_items.unwrap_or_default();
            requests = left.into_values().flatten().collect();
            if requests.is_empty() {
                return Ok(());
            }
            if !tries.again(Obstacle::Throttle).await {
                return Err(StoreError::Throttled {
                    operation: OPERATION,
                    detail: "items stayed unprocessed".to_owned(),
                });
            }
        }
    }

    async fn keys_in(&self, pk: String) -> Result<Vec<(Key, Option<EmailAddress>)>, StoreError> {
        let reply = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("PK = :pk")
            .projection_expression("PK, SK, email")
            .expression_attribute_values(":pk", AttributeValue::S(pk))
            .limit(SLICE_ITEMS)
            .send()
            .await
            .map_err(|e| StoreError::call("Query", e))?;
        let email = |value: &AttributeValue| value.as_s().ok()?.parse().ok();
        let found = reply.items.unwrap_or_default();
        Ok(found
            .iter()
            .filter_map(|item| Some((Key::of(item)?, item.get("email").and_then(email))))
            .collect())
    }
}

const OPERATION: &str = "BatchWriteItem";

fn unfit(error: BuildError) -> StoreError {
    StoreError::Call {
        operation: OPERATION,
        detail: error.to_string(),
        busy: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_not_in_the_partition_that_is_erased() {
        let id = OrganizationId::from_bytes([7; 16]);
        let email: EmailAddress = "ann@acme.example".parse().unwrap();
        let remains = Remains {
            claims: vec![Key::claim(id, &email)],
            items: vec![Key::organization(id), Key::counts(id)],
        };
        assert_eq!((remains.in_partition(), remains.is_empty()), (2, false));
    }
}
