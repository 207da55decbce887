//! Erasing an organization: what of it is left in the table, a bounded number of items at a time.

use crate::Store;
use crate::error::StoreError;
use crate::keys::{self, Key};
use aws_sdk_dynamodb::types::AttributeValue;
use muster_domain::{Address, JobId, OrganizationId};

/// Items read at a time: with a claim each they fit one transaction.
const SLICE: i32 = 45;

impl Store {
    /// Keys of what is left of an organization, its own item and this job apart; claims on addresses go with those who hold them.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer.
    pub async fn remains(&self, organization: OrganizationId, job: JobId) -> Result<Vec<Key>, StoreError> {
        let kept = [Key::organization(organization), Key::job(organization, job)];
        let found = self.keys_in(keys::organization_pk(organization)).await?;
        let mut remains = Vec::new();
        for (key, address) in found.into_iter().filter(|(key, _)| !kept.contains(key)) {
            let claims = key.sk.starts_with(keys::TEAM);
            let claim = address.filter(|_| claims).map(|a| Key::claim(organization, &a));
            remains.extend(claim);
            remains.push(key);
        }
        Ok(remains)
    }

    /// Keys of what is left of an organization's events.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer.
    pub async fn remaining_events(&self, organization: OrganizationId) -> Result<Vec<Key>, StoreError> {
        let found = self.keys_in(keys::events_pk(organization)).await?;
        Ok(found.into_iter().map(|(key, _)| key).collect())
    }

    async fn keys_in(&self, pk: String) -> Result<Vec<(Key, Option<Address>)>, StoreError> {
        let reply = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("PK = :pk")
            .projection_expression("PK, SK, email")
            .expression_attribute_values(":pk", AttributeValue::S(pk))
            .limit(SLICE)
            .send()
            .await
            .map_err(|e| StoreError::call("Query", e))?;
        let address = |value: &AttributeValue| value.as_s().ok()?.parse().ok();
        let found = reply.items.unwrap_or_default();
        Ok(found
            .iter()
            .filter_map(|item| Some((Key::of(item)?, item.get("email").and_then(address))))
            .collect())
    }
}
