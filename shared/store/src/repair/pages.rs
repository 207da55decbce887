//! Reading for a repair: ranges page by page, and several items at one instant.

use super::Repair;
use crate::cursor::Cursor;
use crate::error::StoreError;
use crate::items::Item;
use crate::keys::{self, Key};
use crate::lists::Range;
use crate::store::Store;
use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::types::{AttributeValue, Get, TransactGetItem};
use muster_domain::OrganizationId;
use std::collections::HashMap;

/// Most items that are read at one instant.
pub(super) const MAX_SNAPSHOT_ITEMS: usize = 100;

/// A range of an organization's partition, page by page, strongly consistent.
pub(super) struct Pages<'a> {
    store: &'a Store,
    id: OrganizationId,
    prefix: &'a str,
    size: usize,
    after: Option<Cursor>,
    done: bool,
}

impl Repair<'_> {
    pub(super) fn pages<'a>(&'a self, prefix: &'a str, size: usize) -> Pages<'a> {
        Pages {
            store: self.store,
            id: self.id,
            prefix,
            size,
            after: None,
            done: false,
        }
    }
}

impl Pages<'_> {
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Item>>, StoreError> {
        if self.done {
            return Ok(None);
        }
        let range = Range::within(self.id, self.prefix, self.after.as_ref(), self.size);
        let page = self.store.page(range, Ok).await?;
        self.done = page.next.is_none();
        self.after = page.next;
        Ok(Some(page.items))
    }
}

impl Store {
    /// These items at one instant, at most [`MAX_SNAPSHOT_ITEMS`]; `None` if a change of them was under way.
    pub(super) async fn together(&self, keys: &[Key]) -> Result<Option<HashMap<Key, Item>>, StoreError> {
        let get = |key: &Key| {
            let get = Get::builder()
                .table_name(&self.table)
                .set_key(Some(key.attributes()))
                .build();
            get.map(|get| TransactGetItem::builder().get(get).build())
        };
        let gets: Result<Vec<_>, _> = keys.iter().map(get).collect();
        let gets = gets.map_err(|e| StoreError::Call {
            operation: "TransactGetItems",
            detail: e.to_string(),
            busy: false,
        })?;
        let call = self
            .client
            .transact_get_items()
            .set_transact_items(Some(gets))
            .send()
            .await;
        let reply = match call {
            Ok(reply) => reply,
            Err(error) if error.code() == Some("TransactionCanceledException") => return Ok(None),
            Err(error) => return Err(StoreError::call("TransactGetItems", error)),
        };
        let found = reply.responses.unwrap_or_default().into_iter().zip(keys);
        Ok(Some(
            found
                .filter_map(|(response, key)| Some((key.clone(), response.item?)))
                .collect(),
        ))
    }

    /// Ids of organizations, page by page. Each page scans a part of the table: together they read all of it.
    ///
    /// # Errors
    /// [`StoreError`] if DynamoDB does not answer.
    pub async fn organizations(&self, after: Option<Key>) -> Result<(Vec<OrganizationId>, Option<Key>), StoreError> {
        let reply = self
            .client
            .scan()
            .table_name(&self.table)
            .filter_expression("#kind = :organization")
            .projection_expression("PK, SK")
            .expression_attribute_names("#kind", keys::KIND)
            .expression_attribute_values(":organization", AttributeValue::S("organization".to_owned()))
            .set_exclusive_start_key(after.map(|key| key.attributes()))
            .send()
            .await
            .map_err(|e| StoreError::call("Scan", e))?;
        let found = reply.items.unwrap_or_default();
        let ids = found
            .iter()
            .filter_map(|item| Key::of(item)?.organization_of())
            .collect();
        Ok((ids, reply.last_evaluated_key.as_ref().and_then(Key::of)))
    }
}
