//! API keys in use: limited to what the people who know their secrets could grant at this moment.

use crate::problem::Problem;
use jiff::Timestamp;
use muster_domain::rules::api_keys::{self, KeyRejection, KeyUse};
use muster_domain::{ApiKey, KeyId, Organization, OrganizationId, RoleSet, Secret};
use muster_store::{Key, ReadSet, StoreError};

/// The member who must be read before it can be decided what a key gives access to. `None` for a key that only its owner knows.
///
/// # Errors
/// [`StoreError::Malformed`].
pub fn unread_knower(
    read: &ReadSet,
    organization: OrganizationId,
    id: KeyId,
    secret: Option<&Secret>,
    now: Timestamp,
) -> Result<Option<Key>, StoreError> {
    let opens = |key: &ApiKey| secret.is_none_or(|secret| key.matches_secret(secret, now));
    let key = read.api_key(organization, id)?.filter(opens);
    let known = key.and_then(|key| key.knower(secret));
    let member = known.map(|member| Key::member(organization, member));
    Ok(member.filter(|key| !read.covers(std::slice::from_ref(key))))
}

/// The key with the access that this secret gives; without a secret, with the access that decisions about the key assume.
/// The owner and any other member who knows the secret must have been read.
///
/// # Errors
/// [`StoreError::Malformed`].
pub fn narrowed(
    read: &ReadSet,
    organization: &Organization,
    set: &RoleSet,
    (key, secret): (&ApiKey, Option<&Secret>),
    now: Timestamp,
) -> Result<ApiKey, StoreError> {
    // A secret that gives no access is refused for that reason, so no member who might know it was read.
    if secret.is_some_and(|secret| !key.matches_secret(secret, now)) {
        return Ok(key.clone());
    }
    let member = |id| read.member(organization.id, id);
    let owner = member(key.id.owner)?;
    let knower = key.knower(secret).map(member).transpose()?.flatten();
    let key_use = KeyUse {
        organization,
        set,
        key,
        secret,
        owner: owner.as_ref(),
        knower: knower.as_ref(),
        now,
    };
    Ok(key_use.narrowed())
}

/// The API key of this secret, which names this organization, if the secret opens it now, or would if the organization were not
/// suspended.
pub(crate) fn good_key(
    secret: &Secret,
    organization: &Organization,
    set: &RoleSet,
    read: &ReadSet,
    now: Timestamp,
) -> Result<ApiKey, Problem> {
    let owner = read.member(organization.id, secret.key().owner)?;
    let key = match read.api_key(organization.id, secret.key())? {
        Some(key) => Some(narrowed(read, organization, set, (&key, Some(secret)), now)?),
        None => None,
    };
    match api_keys::verify(secret, Some(organization), owner.as_ref(), key.as_ref(), now) {
        Ok(()) | Err(KeyRejection::OrganizationSuspended) => key.ok_or_else(Problem::internal),
        Err(KeyRejection::OrganizationDeleted) => Err(Problem::not_found("organization")),
        Err(why) => {
            tracing::info!(why = why.code(), key = %secret.key(), "an API key was refused");
            Err(Problem::key_refused())
        }
    }
}
