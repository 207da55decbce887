//! API keys: requests to create and verify them, and responses.

use super::resource::ResourceNames;
use super::{NamedResource, ResourceName, forms};
use jiff::Timestamp;
use muster_domain::rules::api_keys::DEFAULT_OVERLAP_HOURS;
use muster_domain::{ApiKey, Instant, KeyId, Name, OrganizationId, Secret, Subject, UserId};
use muster_edge::Body;
use muster_edge::etag::Stated;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An API key to create.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApiKeyRequest {
    /// The key's display name, 1 to 120 characters.
    #[schema(value_type = forms::Name)]
    pub name: Name,
    /// Whether the key can only read.
    #[serde(default)]
    pub read_only: bool,
    /// Up to 50 resources that the key is limited to. An empty list means no such limit.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub resources: Vec<ResourceName>,
    /// When the key expires. Omit it, or send null, if the key does not expire.
    #[serde(default)]
    #[schema(value_type = Option<forms::Instant>)]
    pub expires_at: Option<Instant>,
}

impl Body for CreateApiKeyRequest {
    const REQUIRED: &'static [&'static str] = &["name"];
}

/// Options for rotating an API key. The body is optional.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateApiKeyRequest {
    /// The number of hours for which the old secret keeps working, 0 to 168.
    #[serde(default = "day")]
    #[schema(minimum = 0, maximum = 168, default = 24)]
    pub overlap_hours: u32,
}

fn day() -> u32 {
    DEFAULT_OVERLAP_HOURS
}

impl Default for RotateApiKeyRequest {
    fn default() -> Self {
        Self { overlap_hours: day() }
    }
}

impl Body for RotateApiKeyRequest {
    const REQUIRED: &'static [&'static str] = &[];
}

/// An API key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApiKeyResponse {
    /// The key's id.
    #[schema(value_type = forms::KeyId)]
    pub id: KeyId,
    /// The key's display name.
    #[schema(value_type = String)]
    pub name: Name,
    /// The beginning of the key's secrets. It identifies the key and gives no access.
    pub prefix: String,
    /// Whether the key can only read.
    pub read_only: bool,
    /// The resources that the key is limited to. An empty list means no such limit.
    pub resources: Vec<NamedResource>,
    /// The user who created the key.
    #[schema(value_type = forms::UserId)]
    pub made_by: UserId,
    /// When the key was created.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When the key expires; null if it does not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// When the secret from before the last rotation stops working; null if it no longer works.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub old_secret_until: Option<Timestamp>,
    /// When the key was last used, to the hour; null if it was never used.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
    /// The version, for `If-Match`, in quotation marks.
    pub version: String,
}

impl ApiKeyResponse {
    /// The key as it is at this instant.
    #[must_use]
    pub fn of(key: &ApiKey, names: &ResourceNames, now: Timestamp) -> Self {
        let until = key.previous.as_ref().map(|(_, until)| *until);
        Self {
            id: key.id,
            name: key.name.clone(),
            prefix: Secret::prefix(&key.id),
            read_only: key.limits.read_only,
            resources: names.all(&key.limits.resources),
            made_by: key.made_by,
            created_at: key.created_at,
            expires_at: key.expires_at,
            old_secret_until: until.filter(|until| now < *until),
            last_used_at: key.last_used_at,
            version: key.state(),
        }
    }
}

/// An API key and its secret.
#[derive(Serialize, ToSchema)]
pub struct NewApiKeyResponse {
    /// The key.
    #[serde(flatten)]
    pub key: ApiKeyResponse,
    /// The secret. Only the first response contains it: no other response shows it again, not even a repeat with the same
    /// `Idempotency-Key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// An API key to verify.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyApiKeyRequest {
    /// The key's secret.
    #[schema(example = "mk_…")]
    pub key: String,
    /// The permission to check, from the role set.
    #[serde(default)]
    #[schema(example = "content:write")]
    pub action: Option<String>,
    /// The resource to check the permission on. Without it, the permission is checked on the whole organization.
    #[serde(default)]
    pub resource: Option<ResourceName>,
}

impl Body for VerifyApiKeyRequest {
    const REQUIRED: &'static [&'static str] = &["key"];
}

/// The result of verifying an API key. An invalid key has only `valid` and `code`.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct VerifyApiKeyResponse {
    /// Whether the key is valid now.
    pub valid: bool,
    /// The organization that the key belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<forms::OrganizationId>)]
    pub organization: Option<OrganizationId>,
    /// The member that the key acts as.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<forms::UserId>)]
    pub member: Option<UserId>,
    /// The member's `sub` at the identity provider; null if it is not known yet. Only the platform receives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub subject: Option<Option<Subject>>,
    /// The key's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<forms::KeyId>)]
    pub key: Option<KeyId>,
    /// The key's display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub name: Option<Name>,
    /// Whether the key can only read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
    /// Whether the key has the requested permission; null if the request has no `action`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<bool>)]
    pub allowed: Option<Option<bool>>,
    /// `valid` or `not_allowed` for a valid key. `malformed`, `not_found`, `revoked`, `expired`, `owner_gone`,
    /// `owner_inactive`, `maker_lost_authority`, `organization_deleted` or `organization_suspended` for an invalid one.
    pub code: &'static str,
}
