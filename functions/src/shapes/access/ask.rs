//! One question, as it is asked and as it is understood.

use super::{AskedAction, AskedResource, AskedSubject, Properties};
use muster_domain::rules::asking::About;
use muster_domain::{KeyId, OrganizationId, ResourceKey, UserId};
use muster_edge::Body;
use muster_store::Key;
use serde::Deserialize;
use utoipa::ToSchema;

/// An access request: may the subject perform the action on the resource?
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Evaluation {
    /// The subject.
    pub subject: AskedSubject,
    /// The action.
    pub action: AskedAction,
    /// The resource.
    pub resource: AskedResource,
    /// `organization` is the organization's id, if neither subject nor resource has it. Everything else is ignored.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<Properties>,
}

impl Body for Evaluation {
    const REQUIRED: &'static [&'static str] = &["subject", "action", "resource"];
}

/// The organization that a question names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedOrganization {
    /// None.
    Nowhere,
    /// What can be none.
    Nonsense,
    /// This one, whether it exists or not.
    Organization(OrganizationId),
}

impl NamedOrganization {
    /// The first of these objects that names an organization says which.
    pub fn first<'a>(told: impl IntoIterator<Item = &'a Option<Properties>>) -> Self {
        let mut named = told.into_iter().filter_map(|t| t.as_ref()?.get("organization"));
        match named.next() {
            None => Self::Nowhere,
            Some(value) => {
                let id = value.as_str().and_then(|text| text.parse().ok());
                id.map_or(Self::Nonsense, Self::Organization)
            }
        }
    }

    /// This, or where it is nowhere the organization of the API key that asks.
    #[must_use]
    pub fn or(self, own: Option<OrganizationId>) -> Self {
        match (self, own) {
            (Self::Nowhere, Some(own)) => Self::Organization(own),
            _ => self,
        }
    }

    /// The organization, if it names one.
    #[must_use]
    pub const fn id(self) -> Option<OrganizationId> {
        match self {
            Self::Organization(id) => Some(id),
            Self::Nowhere | Self::Nonsense => None,
        }
    }
}

/// A question as it is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessQuestion {
    /// In which organization.
    pub place: NamedOrganization,
    /// About whom, if that can be anybody.
    pub about: Option<About>,
    /// The permission.
    pub action: String,
    /// What may be registered.
    pub resource: Option<ResourceKey>,
}

impl AccessQuestion {
    /// The question in these parts, asked by somebody with an API key of `own`.
    #[must_use]
    pub fn of(
        subject: &AskedSubject,
        action: &AskedAction,
        resource: &AskedResource,
        context: &Option<Properties>,
        own: Option<OrganizationId>,
    ) -> Self {
        Self {
            place: NamedOrganization::first([&subject.properties, &resource.properties, context]).or(own),
            about: about(&subject.kind, &subject.id),
            action: action.name.clone(),
            resource: resource_key(&resource.kind, &resource.id),
        }
    }

    /// All that the answer rests on, beside the asker's own standing.
    #[must_use]
    pub fn keys(&self) -> Vec<Key> {
        let Some(organization) = self.place.id() else {
            return Vec::new();
        };
        let resource = self.resource.iter().map(|key| Key::resource(organization, key));
        resource.chain(keys_about(organization, self.about)).collect()
    }
}

/// What tells who a question is about.
#[must_use]
pub fn keys_about(organization: OrganizationId, about: Option<About>) -> Vec<Key> {
    match about {
        Some(About::User(id)) => vec![Key::member(organization, id)],
        Some(About::Key(id)) => vec![Key::member(organization, id.owner), Key::api_key(organization, id)],
        None => Vec::new(),
    }
}

/// Who is named by a type and an id, if it can be anybody.
#[must_use]
pub fn about(kind: &str, id: &str) -> Option<About> {
    match kind {
        "user" => id.parse::<UserId>().ok().map(About::User),
        "api_key" => id.parse::<KeyId>().ok().map(About::Key),
        _ => None,
    }
}

/// The resource of this name, if one can be registered under it.
#[must_use]
pub fn resource_key(kind: &str, id: &str) -> Option<ResourceKey> {
    Some(ResourceKey {
        kind: kind.parse().ok()?,
        id: id.parse().ok()?,
    })
}

impl Evaluation {
    /// The question as it is understood.
    #[must_use]
    pub fn understood(&self, own: Option<OrganizationId>) -> AccessQuestion {
        AccessQuestion::of(&self.subject, &self.action, &self.resource, &self.context, own)
    }
}
