//! API keys: as they are asked for, shown and verified.

use super::{ResourceName, forms};
use jiff::Timestamp;
use muster_domain::rules::keys::DEFAULT_OVERLAP_HOURS;
use muster_domain::{ApiKey, Instant, KeyId, Name, OrganizationId, Secret, UserId};
use muster_edge::Body;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An API key to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApiKey {
    /// Name for people, 1 to 120 characters.
    #[schema(value_type = forms::Name)]
    pub name: Name,
    /// Whether it only reads.
    #[serde(default)]
    pub read_only: bool,
    /// Resources it is limited to, up to 50; none for no such limit.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub resources: Vec<ResourceName>,
    /// When it ends; null, or never, for no end.
    #[serde(default)]
    #[schema(value_type = Option<forms::Instant>)]
    pub expires_at: Option<Instant>,
}

impl Body for CreateApiKey {
    const REQUIRED: &'static [&'static str] = &["name"];
}

/// How an API key gets a new secret. The body can be left out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateApiKey {
    /// Hours that the old secret still opens, 0 to 168.
    #[serde(default = "day")]
    #[schema(minimum = 0, maximum = 168, default = 24)]
    pub overlap_hours: u32,
}

fn day() -> u32 {
    DEFAULT_OVERLAP_HOURS
}

impl Default for RotateApiKey {
    fn default() -> Self {
        Self { overlap_hours: day() }
    }
}

impl Body for RotateApiKey {
    const REQUIRED: &'static [&'static str] = &[];
}

/// An API key.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApiKeyBody {
    /// Its id.
    #[schema(value_type = String)]
    pub id: KeyId,
    /// Name for people.
    #[schema(value_type = String)]
    pub name: Name,
    /// What its secrets begin with; opens nothing.
    pub prefix: String,
    /// Whether it only reads.
    pub read_only: bool,
    /// Resources it is limited to; none for no such limit.
    pub resources: Vec<ResourceName>,
    /// Who made it.
    #[schema(value_type = String)]
    pub made_by: UserId,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ends, if it does.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// Until when the secret before the last rotation still opens, if it does.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub old_secret_until: Option<Timestamp>,
    /// When it was last used, within an hour.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
}

impl ApiKeyBody {
    /// The key as it is at this instant.
    #[must_use]
    pub fn of(key: &ApiKey, now: Timestamp) -> Self {
        let until = key.previous.as_ref().map(|(_, until)| *until);
        Self {
            id: key.id,
            name: key.name.clone(),
            prefix: Secret::prefix(&key.id),
            read_only: key.limits.read_only,
            resources: key.limits.resources.iter().map(ResourceName::from).collect(),
            made_by: key.made_by,
            created_at: key.created_at,
            expires_at: key.expires_at,
            old_secret_until: until.filter(|until| now < *until),
            last_used_at: key.last_used_at,
        }
    }
}

/// An API key with its secret.
#[derive(Serialize, ToSchema)]
pub struct NewApiKeyBody {
    /// The key.
    #[serde(flatten)]
    pub key: ApiKeyBody,
    /// The secret, in the first answer only: neither a repeat under the same `Idempotency-Key` nor anything else shows it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// An API key to verify.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyApiKey {
    /// The secret.
    #[schema(example = "mk_…")]
    pub key: String,
    /// What it shall do: a permission of the role set.
    #[serde(default)]
    #[schema(example = "content:write")]
    pub action: Option<String>,
    /// On what; without it, on the organization as a whole.
    #[serde(default)]
    pub resource: Option<ResourceName>,
}

impl Body for VerifyApiKey {
    const REQUIRED: &'static [&'static str] = &["key"];
}

/// What an API key opens. Of one that opens nothing only `valid` and `code` are told.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct VerifiedBody {
    /// Whether it opens anything at this moment.
    pub valid: bool,
    /// The organization it opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub organization: Option<OrganizationId>,
    /// The member it acts as.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub member: Option<UserId>,
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub key: Option<KeyId>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub name: Option<Name>,
    /// Whether it only reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
    /// Whether it may do what was asked; null if nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<bool>)]
    pub allowed: Option<Option<bool>>,
    /// `valid` or `not_allowed`; of a key that opens nothing `malformed`, `not_found`, `revoked`, `expired`, `owner_gone`,
    /// `owner_inactive`, `maker_lost_authority` or `organization_deleted`.
    pub code: &'static str,
}
