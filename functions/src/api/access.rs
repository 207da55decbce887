//! Access: questions and answers as the OpenID AuthZEN Authorization API 1.0 has them.
//!
//! Unknown members of objects are left unread here, as that standard asks, unlike anywhere else.

pub mod answer;
pub mod ask;
pub mod batch;
pub mod find;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The properties of an entity, or a context, which the caller is free to choose.
pub type Properties = serde_json::Map<String, serde_json::Value>;

/// The subject of an access request.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AccessSubject {
    /// `user` or `api_key`. Subjects of other types are always denied.
    #[serde(rename = "type")]
    #[schema(example = "user")]
    pub kind: String,
    /// The subject's id: `usr_…` or the identity provider's subject for a user, `key_…` for an API key. `sub:` followed by the
    /// subject always names that subject.
    #[schema(example = "usr_5Il5ApcqJZi2Gi3OBCs6wc")]
    pub id: String,
    /// Properties of the subject. A role's conditions can compare them. `organization` is the organization's id.
    #[serde(default)]
    #[schema(value_type = Option<Object>, example = json!({ "organization": "org_0351gb06UonDD6Qk3DjTVL" }))]
    pub properties: Option<Properties>,
}

/// The action of an access request.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AccessAction {
    /// The permission: one of Muster's, or one of the product's.
    #[schema(example = "content:write")]
    pub name: String,
    /// Properties of the action. A role's conditions can compare them.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub properties: Option<Properties>,
}

/// The resource of an access request.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AccessResource {
    /// The resource type, from the role set.
    #[serde(rename = "type")]
    #[schema(example = "program")]
    pub kind: String,
    /// The resource's id, which the product chooses. If no such resource is registered, only roles on the whole organization count.
    #[schema(example = "spring")]
    pub id: String,
    /// Properties of the resource. A role's conditions can compare them. `organization` is the organization's id, if the
    /// subject does not have it.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub properties: Option<Properties>,
}

/// The metadata of this policy decision point.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConfigurationResponse {
    /// The identifier of the policy decision point.
    pub policy_decision_point: String,
    /// The URL for a single access request.
    pub access_evaluation_endpoint: String,
    /// The URL for a batch of access requests.
    pub access_evaluations_endpoint: String,
    /// The URL for subject searches.
    pub search_subject_endpoint: String,
    /// The URL for resource searches.
    pub search_resource_endpoint: String,
    /// The URL for action searches.
    pub search_action_endpoint: String,
}
