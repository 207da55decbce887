//! Searches for subjects, resources and actions.

use super::{AccessAction, AccessResource, AccessSubject, Properties};
use crate::api::forms;
use muster_domain::{ResourceId, ResourceType, Subject, UserId, UserName};
use muster_edge::Body;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The type of entity to search for. An `id` is ignored.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SearchedType {
    /// The entity's type.
    #[serde(rename = "type")]
    #[schema(example = "user")]
    pub kind: String,
    /// Properties of the entity. `organization` is the organization's id.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub properties: Option<Properties>,
}

/// The requested page of results.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct RequestedPage {
    /// The `next_token` of the previous page.
    #[serde(default)]
    pub token: Option<String>,
    /// The maximum number of results: 1 to 100, 50 by default. A page never has more than 100. With a `token`, it must be the
    /// `limit` of the first page, or omitted.
    #[serde(default)]
    #[schema(minimum = 1, example = 50)]
    pub limit: Option<u64>,
    /// Ignored, but must be the same for all pages.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub properties: Option<Properties>,
}

/// The fields that every search has.
pub trait Search: Body + Serialize {
    /// The properties of subject and resource, and the context. Each may name the organization.
    fn named_properties(&self) -> [&Option<Properties>; 3];

    /// The requested page.
    fn page(&self) -> Option<&RequestedPage>;
}

macro_rules! searches {
    ($($name:ident),*) => {$(
        impl Search for $name {
            fn named_properties(&self) -> [&Option<Properties>; 3] {
                [&self.subject.properties, &self.resource.properties, &self.context]
            }

            fn page(&self) -> Option<&RequestedPage> {
                self.page.as_ref()
            }
        }
    )*};
}

searches!(SubjectSearchRequest, ResourceSearchRequest, ActionSearchRequest);

/// A search for subjects that may perform the action on the resource.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SubjectSearchRequest {
    /// The type of subject: `user` or `api_key`.
    pub subject: SearchedType,
    /// The action.
    pub action: AccessAction,
    /// The resource.
    pub resource: AccessResource,
    /// `organization` is the organization's id. Subject and resource can have it too.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<Properties>,
    /// The requested page.
    #[serde(default)]
    pub page: Option<RequestedPage>,
}

impl Body for SubjectSearchRequest {
    const REQUIRED: &'static [&'static str] = &["subject", "action", "resource"];
}

/// A search for resources that the subject may perform the action on.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ResourceSearchRequest {
    /// The subject.
    pub subject: AccessSubject,
    /// The action.
    pub action: AccessAction,
    /// The type of resource.
    pub resource: SearchedType,
    /// `organization` is the organization's id. Subject and resource can have it too.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<Properties>,
    /// The requested page.
    #[serde(default)]
    pub page: Option<RequestedPage>,
}

impl Body for ResourceSearchRequest {
    const REQUIRED: &'static [&'static str] = &["subject", "action", "resource"];
}

/// A search for actions that the subject may perform on the resource.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ActionSearchRequest {
    /// The subject.
    pub subject: AccessSubject,
    /// The resource.
    pub resource: AccessResource,
    /// `organization` is the organization's id. Subject and resource can have it too.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<Properties>,
    /// The requested page.
    #[serde(default)]
    pub page: Option<RequestedPage>,
}

impl Body for ActionSearchRequest {
    const REQUIRED: &'static [&'static str] = &["subject", "resource"];
}

/// A page of search results.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchResponse<T> {
    /// Information about the page.
    pub page: SearchPage,
    /// The reason why there are no results. Only present if there was nothing to search.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<SearchContext>,
    /// The results of this page.
    pub results: Vec<T>,
}

/// Information about a page of results.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchPage {
    /// The token of the next page; empty on the last page. A page can be short, or even empty, while more pages follow.
    pub next_token: String,
    /// The number of results on this page.
    pub count: usize,
}

/// The reason why nothing was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchContext {
    /// A stable code for the reason.
    #[schema(example = "unknown_organization")]
    pub reason: &'static str,
}

/// A subject that may perform the action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SubjectResult {
    /// `user` or `api_key`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The subject's id. For a user: the `sub` if it is known and the caller may see it; otherwise `usr_…`.
    pub id: String,
    /// The user's id in Muster. Only present if `id` is the identity provider's subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<SubjectProperties>,
}

impl SubjectResult {
    /// A user: by their subject, if it is known and shown.
    #[must_use]
    pub fn user(user: UserId, subject: Option<&Subject>) -> Self {
        Self {
            kind: "user",
            id: subject.map_or_else(|| user.to_string(), UserName::bare),
            properties: subject.map(|_| SubjectProperties { user }),
        }
    }
}

/// Properties of a user in the results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SubjectProperties {
    /// The user's id in Muster.
    #[schema(value_type = forms::UserId)]
    pub user: UserId,
}

/// A resource that the subject may perform the action on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResourceResult {
    /// The resource type.
    #[serde(rename = "type")]
    #[schema(value_type = forms::ResourceType)]
    pub kind: ResourceType,
    /// The resource's id, which the product chooses.
    #[schema(value_type = forms::ResourceId)]
    pub id: ResourceId,
}

/// An action that the subject may perform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActionResult {
    /// The permission's name.
    pub name: String,
}

impl<T> SearchResponse<T> {
    /// No results, for this reason.
    #[must_use]
    pub const fn empty(reason: &'static str) -> Self {
        Self {
            page: SearchPage {
                next_token: String::new(),
                count: 0,
            },
            context: Some(SearchContext { reason }),
            results: Vec::new(),
        }
    }
}
