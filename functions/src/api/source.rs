//! Sources of roles.

use super::{forms, words};
use jiff::Timestamp;
use muster_domain::rules::sources::SourceDetail;
use muster_domain::{Giver, InvitationId, KeyId, RoleSource, SourceType, UserId};
use serde::Serialize;
use utoipa::ToSchema;

/// How a role was given, by whom, and when.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SourceResponse {
    /// How the role was given: `founder`, `invitation`, `added`, `assigned`, `self_assigned` or `transferred`. New kinds may be added.
    #[schema(value_type = words::SourceType)]
    pub kind: SourceType,
    /// The invitation that the member accepted; null for other kinds.
    #[schema(value_type = Option<forms::InvitationId>)]
    pub invitation: Option<InvitationId>,
    /// The member who gave the role; null if no member did. Members who see only their own roles do not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<forms::UserId>)]
    pub by: Option<Option<UserId>>,
    /// The API key through which the role was given; null if none was used. Visible to the same callers as `by`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<forms::KeyId>)]
    pub api_key: Option<Option<KeyId>>,
    /// When the role was given.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

impl SourceResponse {
    /// The source, as far as it is visible: `None` if it is hidden, and an inner `None` if it is unknown.
    #[must_use]
    pub fn visible(source: Option<RoleSource>, detail: SourceDetail) -> Option<Option<Self>> {
        let shows_giver = match detail {
            SourceDetail::Hidden => return None,
            SourceDetail::WithoutGiver => false,
            SourceDetail::Full => true,
        };
        Some(source.map(|RoleSource { kind, by, at }| Self {
            kind: kind.of_type(),
            invitation: kind.invitation(),
            by: shows_giver.then(|| by.map(Giver::member)),
            api_key: shows_giver.then(|| by.and_then(Giver::api_key)),
            at,
        }))
    }
}
