//! Access: questions and answers as the OpenID AuthZEN Authorization API 1.0 has them.
//!
//! Unknown members of objects are left unread here, as that standard asks, unlike anywhere else.

pub mod answer;
pub mod ask;
pub mod batch;
pub mod find;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Properties, or a context: whatever the asker likes to tell.
pub type Properties = serde_json::Map<String, serde_json::Value>;

/// Whom a question is about.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AskedSubject {
    /// `user` or `api_key`; nobody of another type may do anything.
    #[serde(rename = "type")]
    #[schema(example = "user")]
    pub kind: String,
    /// The id as Muster gives it out: `usr_…` or `key_…`.
    #[schema(example = "usr_5Il5ApcqJZi2Gi3OBCs6wc")]
    pub id: String,
    /// `organization` names the organization.
    #[serde(default)]
    #[schema(value_type = Option<Object>, example = json!({ "organization": "org_0351gb06UonDD6Qk3DjTVL" }))]
    pub properties: Option<Properties>,
}

/// What they would do.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AskedAction {
    /// The permission: Muster's own, or one of the product's.
    #[schema(example = "content:write")]
    pub name: String,
    /// Left unread.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub properties: Option<Properties>,
}

/// What they would do it to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AskedResource {
    /// The type, as the role set names it.
    #[serde(rename = "type")]
    #[schema(example = "program")]
    pub kind: String,
    /// The product's own id. Where nothing is registered under it, roles on the whole organization decide.
    #[schema(example = "spring")]
    pub id: String,
    /// `organization` names the organization, where the subject does not.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub properties: Option<Properties>,
}

/// Where this decision point is, and what it does.
#[derive(Debug, Serialize, ToSchema)]
pub struct Configuration {
    /// The decision point's own identifier.
    pub policy_decision_point: String,
    /// Where one question is asked.
    pub access_evaluation_endpoint: String,
    /// Where many are asked at once.
    pub access_evaluations_endpoint: String,
    /// Where it is asked who may.
    pub search_subject_endpoint: String,
    /// Where it is asked to what.
    pub search_resource_endpoint: String,
    /// Where it is asked what.
    pub search_action_endpoint: String,
}
