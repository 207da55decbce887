//! Searches: who may, to what, and what.

use super::{AskedAction, AskedResource, AskedSubject, Properties};
use muster_domain::{ResourceId, ResourceType};
use muster_edge::Body;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The type of what is looked for. An id is left unread.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SoughtType {
    /// The type.
    #[serde(rename = "type")]
    #[schema(example = "user")]
    pub kind: String,
    /// `organization` names the organization.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub properties: Option<Properties>,
}

/// Which part of what is found is wanted.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct PageRequest {
    /// The `next_token` of the page before.
    #[serde(default)]
    pub token: Option<String>,
    /// At most so many: 1 to 100, 50 by default. More than 100 are never given. With a token, that of the first page.
    #[serde(default)]
    #[schema(minimum = 1, example = 50)]
    pub limit: Option<u64>,
    /// Left unread, but the same for all pages.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub properties: Option<Properties>,
}

/// What every search has.
pub trait Search: Body + Serialize {
    /// What is told with subject, resource and context, each of which may name the organization.
    fn told(&self) -> [&Option<Properties>; 3];

    /// Which part of what is found is wanted.
    fn page(&self) -> Option<&PageRequest>;
}

macro_rules! searches {
    ($($name:ident),*) => {$(
        impl Search for $name {
            fn told(&self) -> [&Option<Properties>; 3] {
                [&self.subject.properties, &self.resource.properties, &self.context]
            }

            fn page(&self) -> Option<&PageRequest> {
                self.page.as_ref()
            }
        }
    )*};
}

searches!(SubjectSearch, ResourceSearch, ActionSearch);

/// Who may do something to something.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SubjectSearch {
    /// Who: `user` or `api_key`.
    pub subject: SoughtType,
    /// What.
    pub action: AskedAction,
    /// To what.
    pub resource: AskedResource,
    /// `organization` names the organization, where nothing else does.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<Properties>,
    /// Which part.
    #[serde(default)]
    pub page: Option<PageRequest>,
}

impl Body for SubjectSearch {
    const REQUIRED: &'static [&'static str] = &["subject", "action", "resource"];
}

/// To what somebody may do something.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ResourceSearch {
    /// Who.
    pub subject: AskedSubject,
    /// What.
    pub action: AskedAction,
    /// To what.
    pub resource: SoughtType,
    /// `organization` names the organization, where nothing else does.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<Properties>,
    /// Which part.
    #[serde(default)]
    pub page: Option<PageRequest>,
}

impl Body for ResourceSearch {
    const REQUIRED: &'static [&'static str] = &["subject", "action", "resource"];
}

/// What somebody may do to something.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ActionSearch {
    /// Who.
    pub subject: AskedSubject,
    /// To what.
    pub resource: AskedResource,
    /// `organization` names the organization, where nothing else does.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<Properties>,
    /// Which part.
    #[serde(default)]
    pub page: Option<PageRequest>,
}

impl Body for ActionSearch {
    const REQUIRED: &'static [&'static str] = &["subject", "resource"];
}

/// What was found, in pages.
#[derive(Debug, Serialize, ToSchema)]
pub struct Found<T> {
    /// This page.
    pub page: FoundPage,
    /// Why nothing was found, where there was nothing to look in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<FoundContext>,
    /// What is on it.
    pub results: Vec<T>,
}

/// A page of what was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundPage {
    /// Asks for the next page; empty on the last. A page can be short, even empty, with more behind it.
    pub next_token: String,
    /// How many are on this page.
    pub count: usize,
}

/// Why nothing was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundContext {
    /// A stable name of why.
    #[schema(example = "unknown_organization")]
    pub reason: &'static str,
}

/// Somebody who may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FoundSubject {
    /// `user` or `api_key`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The id.
    pub id: String,
}

/// Something it may be done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FoundResource {
    /// The type.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub kind: ResourceType,
    /// The product's own id.
    #[schema(value_type = String)]
    pub id: ResourceId,
}

/// Something that may be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FoundAction {
    /// The permission.
    pub name: String,
}

impl<T> Found<T> {
    /// Nothing at all, for this reason.
    #[must_use]
    pub const fn nothing(reason: &'static str) -> Self {
        Self {
            page: FoundPage {
                next_token: String::new(),
                count: 0,
            },
            context: Some(FoundContext { reason }),
            results: Vec::new(),
        }
    }
}
