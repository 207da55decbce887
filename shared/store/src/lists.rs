//! Lists: one page, one query, in the order of the key.

mod api_keys;

use crate::cursor::Cursor;
use crate::error::StoreError;
use crate::items::{Claim, Item, StoredEntity};
use crate::keys::{self, Key};
use crate::store::Store;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use muster_domain::search::matches;
use muster_domain::{EmailAddress, Invitation, OrganizationId, Resource, ResourceRef, RoleId, UserId};
use std::collections::BTreeSet;

/// Resources that a search examines for one page.
const RESOURCES_EXAMINED: usize = 400;

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// Its rows.
    pub items: Vec<T>,
    /// Where the next page begins, if there may be one.
    pub next: Option<Cursor>,
}

/// Where the reading of due items continues.
#[derive(Debug, Clone)]
pub struct DueCursor(Item);

/// A range of one partition.
pub(crate) struct Range<'a> {
    pub(crate) pk: String,
    pub(crate) prefix: &'a str,
    pub(crate) after: Option<&'a Cursor>,
    pub(crate) limit: usize,
    pub(crate) backwards: bool,
}

impl<'a> Range<'a> {
    /// The keys with this prefix in an organization's partition, in order.
    pub(crate) fn within(
        organization: OrganizationId,
        prefix: &'a str,
        after: Option<&'a Cursor>,
        limit: usize,
    ) -> Self {
        Self {
            pk: keys::organization_pk(organization),
            prefix,
            after,
            limit,
            backwards: false,
        }
    }

    /// The same, in reverse order.
    pub(crate) fn newest_first(self) -> Self {
        Self {
            backwards: true,
            ..self
        }
    }
}

impl Store {
    fn range(&self, range: &Range<'_>) -> QueryFluentBuilder {
        let mut query = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("PK = :pk AND begins_with(SK, :prefix)")
            .expression_attribute_values(":pk", AttributeValue::S(range.pk.clone()))
            .expression_attribute_values(":prefix", AttributeValue::S(range.prefix.to_owned()))
            .scan_index_forward(!range.backwards)
            .limit(i32::try_from(range.limit).unwrap_or(i32::MAX));
        // A cursor stays within its list: whatever it contains, partition and prefix are those of the list.
        if let Some(after) = range.after.filter(|c| c.sort_key().starts_with(range.prefix)) {
            let key = Key {
                pk: range.pk.clone(),
                sk: after.sort_key().to_owned(),
            };
            query = query.set_exclusive_start_key(Some(key.attributes()));
        }
        query
    }

    pub(crate) async fn page<T>(
        &self,
        range: Range<'_>,
        read: fn(Item) -> Result<T, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let reply = self
            .range(&range)
            .send()
            .await
            .map_err(|e| StoreError::call("Query", e))?;
        let next = reply
            .last_evaluated_key
            .as_ref()
            .and_then(Key::of)
            .map(|key| Cursor::after(key.sk));
        let items = reply
            .items
            .unwrap_or_default()
            .into_iter()
            .map(read)
            .collect::<Result<_, _>>()?;
        Ok(Page { items, next })
    }

    /// Pending invitations, in the order of their creation.
    ///
    /// # Errors
    /// [`StoreError`], here and below.
    pub async fn pending_invitations(
        &self,
        organization: OrganizationId,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Invitation>, StoreError> {
        self.page(
            Range::within(organization, keys::TEAM_INVITATION, after, limit),
            Invitation::from_item,
        )
        .await
    }

    /// Ended invitations, the latest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn past_invitations(
        &self,
        organization: OrganizationId,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Invitation>, StoreError> {
        self.page(
            Range::within(organization, keys::PAST_INVITATION, after, limit).newest_first(),
            Invitation::from_item,
        )
        .await
    }

    /// Resources, in the order of type and id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn resources(
        &self,
        organization: OrganizationId,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Resource>, StoreError> {
        self.page(
            Range::within(organization, keys::RESOURCE, after, limit),
            Resource::from_item,
        )
        .await
    }

    /// Resources with a word that begins with each of these terms, in the order of type and id.
    ///
    /// Resources have no entries for their words: there are few beside people, and they are examined in their own order. A page can be
    /// shorter than `limit`, even empty, with more after it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn resources_by(
        &self,
        organization: OrganizationId,
        terms: &BTreeSet<String>,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Resource>, StoreError> {
        if terms.is_empty() {
            return self.resources(organization, after, limit).await;
        }
        let mut examined = self.resources(organization, after, RESOURCES_EXAMINED).await?;
        examined.items.retain(|resource| matches(&resource.words(), terms));
        if examined.items.len() > limit {
            examined.items.truncate(limit);
            let last = examined.items.last().map(|resource| Cursor::after(resource.key().sk));
            examined.next = last.or(examined.next);
        }
        Ok(examined)
    }

    /// Members with a grant on this registration of a resource.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn grant_holders(
        &self,
        organization: OrganizationId,
        resource: &ResourceRef,
        limit: usize,
    ) -> Result<Vec<UserId>, StoreError> {
        self.index_members(organization, &keys::grants_prefix(resource), limit)
            .await
    }

    /// Members who hold a role, on the organization or on a resource.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn role_holders(
        &self,
        organization: OrganizationId,
        role: &RoleId,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<UserId>, StoreError> {
        let prefix = keys::holders_prefix(role);
        self.page(Range::within(organization, &prefix, after, limit), member_of_index)
            .await
    }

    async fn index_members(
        &self,
        organization: OrganizationId,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<UserId>, StoreError> {
        self.page(Range::within(organization, prefix, None, limit), member_of_index)
            .await
            .map(|page| page.items)
    }

    /// Claims on an address, one per organization.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claims_on(
        &self,
        email: &EmailAddress,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Claim>, StoreError> {
        let range = Range {
            pk: keys::email_pk(email),
            prefix: "ORG#",
            after,
            limit,
            backwards: false,
        };
        self.page(range, Claim::from_item).await
    }

    /// Organizations that a user is a member of. This reads an index: a membership created this moment may be missing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn organizations_of(
        &self,
        user: UserId,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<OrganizationId>, StoreError> {
        let mut query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::BY_USER)
            .key_condition_expression("gsi1pk = :user")
            .expression_attribute_values(":user", AttributeValue::S(keys::user_pk(user)))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        if let Some(organization) = after.and_then(|c| c.sort_key().parse().ok()) {
            let mut start = Key::member(organization, user).attributes();
            start.insert(keys::BY_USER_PK.into(), AttributeValue::S(keys::user_pk(user)));
            start.insert(
                keys::BY_USER_SK.into(),
                AttributeValue::S(keys::organization_pk(organization)),
            );
            query = query.set_exclusive_start_key(Some(start));
        }
        let reply = query.send().await.map_err(|e| StoreError::call("Query", e))?;
        let organization = |item: &Item| Key::of(item)?.organization_of();
        let next = reply.last_evaluated_key.as_ref().and_then(organization);
        Ok(Page {
            items: reply.items().iter().filter_map(organization).collect(),
            next: next.map(|id| Cursor::after(id.to_string())),
        })
    }

    /// Items due up to `now` in one partition of the due index, the longest overdue first. This reads an index: read the items
    /// themselves.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due(
        &self,
        shard: u8,
        now: Timestamp,
        after: Option<DueCursor>,
        limit: usize,
    ) -> Result<(Vec<Key>, Option<DueCursor>), StoreError> {
        let reply = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::DUE)
            .key_condition_expression("due_pk = :shard AND due_sk < :until")
            .expression_attribute_values(":shard", AttributeValue::S(keys::due_shard(shard)))
            // `$` is the character after `#`, so that everything at exactly this instant is included.
            .expression_attribute_values(":until", AttributeValue::S(format!("{}$", keys::instant(now))))
            .set_exclusive_start_key(after.map(|cursor| cursor.0))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|e| StoreError::call("Query", e))?;
        Ok((
            reply.items().iter().filter_map(Key::of).collect(),
            reply.last_evaluated_key.map(DueCursor),
        ))
    }
}

pub(crate) fn member_of_index(item: Item) -> Result<UserId, StoreError> {
    let key = Key::of(&item);
    key.as_ref()
        .and_then(Key::member_of)
        .ok_or_else(|| StoreError::Malformed {
            pk: key.as_ref().map(|k| k.pk.clone()).unwrap_or_default(),
            sk: key.map(|k| k.sk).unwrap_or_default(),
            detail: "the key names no member".into(),
        })
}
