//! Possible holders of a role or resource, by the index items of grants and roles: in pages over several ranges in sequence.

use crate::cursor::Cursor;
use crate::error::StoreError;
use crate::items::{Item, StoredEntity};
use crate::keys::{self, Key};
use crate::lists::{Page, Range, member_of_index};
use crate::store::Store;
use muster_domain::{ApiKey, OrganizationId, Resource, ResourceRef, ResourceType, RoleId, UserId};

/// One range of index items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleHolders<'a> {
    /// Those with a grant on this registration of a resource.
    OnResource(&'a ResourceRef),
    /// Those who hold this role.
    WithRole(&'a RoleId),
}

impl RoleHolders<'_> {
    fn prefix(&self) -> String {
        match self {
            Self::OnResource(resource) => keys::grants_prefix(resource),
            Self::WithRole(role) => keys::holders_prefix(role),
        }
    }
}

/// A member and their place in a range.
struct Entry {
    key: Key,
    member: UserId,
}

fn entry(item: Item) -> Result<Entry, StoreError> {
    let key = Key::of(&item);
    let member = member_of_index(item)?;
    let key = key.unwrap_or_else(|| Key {
        pk: String::new(),
        sk: String::new(),
    });
    Ok(Entry { key, member })
}

/// The first `limit` items of a page that was read with one item more, so that it has a next page only if there are more items:
/// a query that stops at its limit does not say whether it stopped at the end.
fn first<T>(mut page: Page<T>, limit: usize, key: impl Fn(&T) -> Key) -> Page<T> {
    if page.items.len() > limit {
        page.items.truncate(limit);
        page.next = page.items.last().map(|last| Cursor::after(key(last).sk));
    }
    page
}

impl Store {
    /// Members in these ranges, in their order; the ranges are read in parallel. A member of several ranges appears several times.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn holders<'a>(
        &self,
        organization: OrganizationId,
        ranges: &[RoleHolders<'a>],
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<(RoleHolders<'a>, UserId)>, StoreError> {
        let begun = |range: &RoleHolders<'_>| after.is_some_and(|c| c.sort_key().starts_with(&range.prefix()));
        // If a range is gone (its resource was registered anew since), the remaining ranges are unknown, so all are read again.
        let first = ranges.iter().position(begun).unwrap_or_default();
        let left = ranges.get(first..).unwrap_or_default();
        let pages = left
            .iter()
            .map(|range| self.in_range(organization, *range, after, limit.saturating_add(1)));
        let mut items = Vec::new();
        let mut more = false;
        for (range, page) in left.iter().zip(futures::future::try_join_all(pages).await?) {
            let room = limit.saturating_sub(items.len());
            more |= page.items.len() > room || page.next.is_some();
            items.extend(page.items.into_iter().take(room).map(|entry| (*range, entry)));
            if more {
                break;
            }
        }
        let last = items.last().filter(|_| more);
        let next = last.map(|(_, entry): &(_, Entry)| Cursor::after(entry.key.sk.clone()));
        let items = items.into_iter().map(|(range, entry)| (range, entry.member)).collect();
        Ok(Page { items, next })
    }

    async fn in_range(
        &self,
        organization: OrganizationId,
        holders: RoleHolders<'_>,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Entry>, StoreError> {
        self.page(Range::within(organization, &holders.prefix(), after, limit), entry)
            .await
    }

    /// API keys of an organization, including those that no longer open anything, in the order of their owners.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn api_keys_of_all(
        &self,
        organization: OrganizationId,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<ApiKey>, StoreError> {
        let range = Range::within(organization, keys::API_KEY, after, limit.saturating_add(1));
        let page = self.page(range, ApiKey::from_item).await?;
        Ok(first(page, limit, |key| Key::api_key(organization, key.id)))
    }

    /// Resources of a type, in the order of their ids.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn resources_of(
        &self,
        organization: OrganizationId,
        kind: &ResourceType,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<Resource>, StoreError> {
        let prefix = keys::resources_prefix(kind);
        let range = Range::within(organization, &prefix, after, limit.saturating_add(1));
        let page = self.page(range, Resource::from_item).await?;
        Ok(first(page, limit, |resource| {
            Key::resource(organization, &resource.reference.key)
        }))
    }
}
