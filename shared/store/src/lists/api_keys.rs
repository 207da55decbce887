//! The API keys of one member.

use super::{Page, Range};
use crate::cursor::Cursor;
use crate::error::StoreError;
use crate::items::StoredEntity as _;
use crate::keys;
use crate::store::Store;
use muster_domain::{ApiKey, OrganizationId, UserId};

impl Store {
    /// API keys of a member, oldest first, including revoked and dead ones.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn api_keys(
        &self,
        organization: OrganizationId,
        owner: UserId,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<ApiKey>, StoreError> {
        self.page(
            Range::within(organization, &keys::api_keys_prefix(owner), after, limit),
            ApiKey::from_item,
        )
        .await
    }
}
