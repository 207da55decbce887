//! One question: the request, and what it asks.

use super::{AccessAction, AccessResource, AccessSubject, Properties};
use muster_domain::roleset::condition::SentProperties;
use muster_domain::rules::asking::QuestionSubject;
use muster_domain::{KeyId, OrganizationId, ResourceKey, UserName};
use muster_edge::{Body, Call, Problem, User};
use muster_store::Key;
use serde::Deserialize;
use utoipa::ToSchema;

/// An access request: may the subject perform the action on the resource?
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct EvaluationRequest {
    /// The subject.
    pub subject: AccessSubject,
    /// The action.
    pub action: AccessAction,
    /// The resource.
    pub resource: AccessResource,
    /// `organization` is the organization's id. Subject and resource can have it too. Everything else is ignored.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<Properties>,
}

impl Body for EvaluationRequest {
    const REQUIRED: &'static [&'static str] = &["subject", "action", "resource"];
}

/// The data that all questions of a request share.
#[derive(Debug, Clone, Copy)]
pub struct QuestionScope<'a> {
    /// The issuer of all tokens, whose subjects a question can name.
    issuer: &'a str,
    /// The organization in the path, whose decision point this is.
    path_organization: Option<OrganizationId>,
    /// The organization of the API key that asks.
    key_organization: Option<OrganizationId>,
}

impl<'a> QuestionScope<'a> {
    /// The scope of this call.
    ///
    /// # Errors
    /// 404 if the path contains a malformed organization id.
    pub fn of(call: &'a Call, user: &User) -> Result<Self, Problem> {
        Ok(Self {
            issuer: &call.app.config().trust.issuer,
            path_organization: call.organization_in_path()?,
            key_organization: user.key.as_ref().map(muster_domain::Secret::organization),
        })
    }

    /// The organization that these objects name; if none does, that of the path, or that of the API key.
    ///
    /// The decision point of one organization decides nothing about another, and none decides about two organizations in one
    /// answer.
    #[must_use]
    pub fn named<'p>(&self, properties: impl IntoIterator<Item = &'p Option<Properties>>) -> NamedOrganization {
        let named = properties
            .into_iter()
            .filter_map(|of_one| of_one.as_ref()?.get("organization"));
        let named = named.map(|value| value.as_str().and_then(|text| text.parse::<OrganizationId>().ok()));
        let named = named.reduce(|one, other| one.filter(|_| one == other));
        match (self.path_organization, named) {
            (Some(own), None) => NamedOrganization::Organization(own),
            (Some(own), Some(named)) if named == Some(own) => NamedOrganization::Organization(own),
            (Some(own), Some(_)) => NamedOrganization::Elsewhere(own),
            (None, Some(Some(id))) => NamedOrganization::Organization(id),
            (None, Some(None)) => NamedOrganization::Nonsense,
            (None, None) => self
                .key_organization
                .map_or(NamedOrganization::Nowhere, NamedOrganization::Organization),
        }
    }

    /// The subject that a type and an id name, if there can be one.
    #[must_use]
    pub fn about(&self, kind: &str, id: &str) -> Option<QuestionSubject> {
        match kind {
            "user" => UserName::with_bare_subject(id)
                .ok()
                .map(|name| QuestionSubject::User(name.id(self.issuer))),
            "api_key" => id.parse::<KeyId>().ok().map(QuestionSubject::Key),
            _ => None,
        }
    }

    /// The question in these parts.
    #[must_use]
    pub fn question(
        &self,
        subject: &AccessSubject,
        action: &AccessAction,
        resource: &AccessResource,
        context: &Option<Properties>,
    ) -> AccessQuestion {
        AccessQuestion {
            organization: self.named([&subject.properties, &resource.properties, context]),
            about: self.about(&subject.kind, &subject.id),
            action: action.name.clone(),
            resource: resource_key(&resource.kind, &resource.id),
            subject_properties: subject.properties.clone(),
            action_properties: action.properties.clone(),
            resource_properties: resource.properties.clone(),
        }
    }
}

/// The organization that a question names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedOrganization {
    /// None.
    Nowhere,
    /// A malformed id, or two different organizations.
    Nonsense,
    /// Another organization than this one, whose decision point was asked: it decides nothing about others.
    Elsewhere(OrganizationId),
    /// This one, whether it exists or not.
    Organization(OrganizationId),
}

impl NamedOrganization {
    /// The organization whose decision point answers, if there is one.
    #[must_use]
    pub const fn id(self) -> Option<OrganizationId> {
        match self {
            Self::Organization(id) | Self::Elsewhere(id) => Some(id),
            Self::Nowhere | Self::Nonsense => None,
        }
    }
}

/// A question about access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessQuestion {
    /// The organization.
    pub organization: NamedOrganization,
    /// The subject, if the id can be one.
    pub about: Option<QuestionSubject>,
    /// The permission.
    pub action: String,
    /// The resource, if the id can be one.
    pub resource: Option<ResourceKey>,
    subject_properties: Option<Properties>,
    action_properties: Option<Properties>,
    resource_properties: Option<Properties>,
}

impl AccessQuestion {
    /// The keys to read, besides the caller's own.
    #[must_use]
    pub fn keys(&self) -> Vec<Key> {
        let Some(organization) = self.organization.id() else {
            return Vec::new();
        };
        let resource = self.resource.iter().map(|key| Key::resource(organization, key));
        resource.chain(keys_about(organization, self.about)).collect()
    }

    /// The properties in the question.
    #[must_use]
    pub fn properties(&self) -> SentProperties<'_> {
        SentProperties {
            subject: self.subject_properties.as_ref(),
            action: self.action_properties.as_ref(),
            resource: self.resource_properties.as_ref(),
        }
    }
}

/// The keys of the subject of a question.
#[must_use]
pub fn keys_about(organization: OrganizationId, about: Option<QuestionSubject>) -> Vec<Key> {
    match about {
        Some(QuestionSubject::User(id)) => vec![Key::member(organization, id)],
        Some(QuestionSubject::Key(id)) => vec![Key::member(organization, id.owner), Key::api_key(organization, id)],
        None => Vec::new(),
    }
}

/// The key of a resource, if type and id can be one.
#[must_use]
pub fn resource_key(kind: &str, id: &str) -> Option<ResourceKey> {
    Some(ResourceKey {
        kind: kind.parse().ok()?,
        id: id.parse().ok()?,
    })
}

impl EvaluationRequest {
    /// The question in this request.
    #[must_use]
    pub fn parse(&self, scope: &QuestionScope<'_>) -> AccessQuestion {
        scope.question(&self.subject, &self.action, &self.resource, &self.context)
    }
}
