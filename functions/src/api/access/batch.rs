//! Several questions in one request.

use super::answer::{DecisionResponse, DecisionsResponse};
use super::ask::{AccessQuestion, QuestionScope};
use super::{AccessAction, AccessResource, AccessSubject, Properties};
use muster_domain::violation::Violation;
use muster_edge::Body;
use serde::Deserialize;
use utoipa::ToSchema;

/// Maximum questions per request.
pub const MAX_EVALUATIONS: usize = 100;

/// Up to 100 access requests. The top-level fields are defaults for each of them. Without `evaluations`, or with an empty list, the
/// top-level fields are a single access request.
#[derive(Debug, Deserialize, ToSchema)]
pub struct EvaluationsRequest {
    /// The default subject.
    #[serde(default)]
    pub subject: Option<SubjectPart>,
    /// The default action.
    #[serde(default)]
    pub action: Option<ActionPart>,
    /// The default resource.
    #[serde(default)]
    pub resource: Option<ResourcePart>,
    /// The default context. `organization` is the organization's id. Subject and resource can have it too.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<Properties>,
    /// The access requests.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub evaluations: Option<Vec<BatchEvaluation>>,
    /// Options for the batch.
    #[serde(default)]
    pub options: Option<EvaluationOptions>,
}

impl Body for EvaluationsRequest {
    const REQUIRED: &'static [&'static str] = &[];
}

/// One access request of a batch. Omitted fields use the top-level defaults.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct BatchEvaluation {
    /// The subject.
    #[serde(default)]
    pub subject: Option<SubjectPart>,
    /// The action.
    #[serde(default)]
    pub action: Option<ActionPart>,
    /// The resource.
    #[serde(default)]
    pub resource: Option<ResourcePart>,
    /// The context.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<Properties>,
}

/// A subject, or a part of one.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct SubjectPart {
    /// `user` or `api_key`. Subjects of other types are always denied.
    #[serde(default, rename = "type")]
    #[schema(example = "user")]
    pub kind: Option<String>,
    /// The subject's id: `usr_…`, the identity provider's subject, or `key_…`.
    #[serde(default)]
    #[schema(example = "usr_5Il5ApcqJZi2Gi3OBCs6wc")]
    pub id: Option<String>,
    /// Properties of the subject. `organization` is the organization's id.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub properties: Option<Properties>,
}

/// An action, or a part of one.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct ActionPart {
    /// The permission: one of Muster's, or one of the product's.
    #[serde(default)]
    #[schema(example = "content:write")]
    pub name: Option<String>,
    /// Properties of the action. A role's conditions can compare them.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub properties: Option<Properties>,
}

/// A resource, or a part of one.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct ResourcePart {
    /// The resource type, from the role set.
    #[serde(default, rename = "type")]
    #[schema(example = "program")]
    pub kind: Option<String>,
    /// The resource's id, which the product chooses.
    #[serde(default)]
    #[schema(example = "spring")]
    pub id: Option<String>,
    /// Properties of the resource. A role's conditions can compare them. `organization` is the organization's id.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub properties: Option<Properties>,
}

/// Options for a batch.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct EvaluationOptions {
    /// Whether to evaluate every request, or only those up to the first denial or the first permit.
    #[serde(default)]
    pub evaluations_semantic: Semantic,
}

/// One question of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchEntry {
    /// A question that can be decided.
    Question(Box<AccessQuestion>),
    /// One without these required fields: it is denied, and does not fail the others.
    Incomplete(Vec<&'static str>),
}

impl BatchEntry {
    /// The question, if it can be decided.
    #[must_use]
    pub fn question(&self) -> Option<&AccessQuestion> {
        match self {
            Self::Question(question) => Some(question),
            Self::Incomplete(_) => None,
        }
    }
}

/// The requests of a batch to evaluate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Semantic {
    /// Every request.
    #[default]
    ExecuteAll,
    /// The requests up to the first one that is denied.
    DenyOnFirstDeny,
    /// The requests up to the first one that is permitted.
    PermitOnFirstPermit,
}

impl Semantic {
    /// The answers to include, of all answers.
    #[must_use]
    pub fn given(self, mut all: Vec<DecisionResponse>) -> Vec<DecisionResponse> {
        let ends = |answer: &DecisionResponse| match self {
            Self::ExecuteAll => false,
            Self::DenyOnFirstDeny => !answer.decision,
            Self::PermitOnFirstPermit => answer.decision,
        };
        if let Some(last) = all.iter().position(ends) {
            all.truncate(last + 1);
        }
        all
    }
}

impl EvaluationsRequest {
    /// Which of the questions are answered.
    #[must_use]
    pub fn semantic(&self) -> Semantic {
        self.options
            .as_ref()
            .map_or_else(Semantic::default, |o| o.evaluations_semantic)
    }

    fn parts(&self) -> &[BatchEvaluation] {
        self.evaluations.as_deref().unwrap_or_default()
    }

    /// The questions of the batch, in the order of the request.
    ///
    /// # Errors
    /// Too many questions; without a list of them, every part that is missing.
    pub fn parse(&self, scope: &QuestionScope<'_>) -> Result<Vec<BatchEntry>, Vec<Violation>> {
        let parts = self.parts();
        if let Some(violation) = Violation::too_many("evaluations", parts.len(), MAX_EVALUATIONS) {
            return Err(vec![violation]);
        }
        if !parts.is_empty() {
            return Ok(parts.iter().map(|part| self.entry(part, scope)).collect());
        }
        match self.entry(&BatchEvaluation::default(), scope) {
            BatchEntry::Incomplete(missing) => {
                let violation = |name| Violation::field(name, "missing_field", "is required");
                Err(missing.into_iter().map(violation).collect())
            }
            one @ BatchEntry::Question(_) => Ok(vec![one]),
        }
    }

    /// One question: its own parts, and the defaults for the parts that it leaves out.
    fn entry(&self, part: &BatchEvaluation, scope: &QuestionScope<'_>) -> BatchEntry {
        let mut missing = Vec::new();
        let subject = subject(part.subject.as_ref(), self.subject.as_ref(), &mut missing);
        let action = action(part.action.as_ref(), self.action.as_ref(), &mut missing);
        let resource = resource(part.resource.as_ref(), self.resource.as_ref(), &mut missing);
        let context = match &part.context {
            None => &self.context,
            own @ Some(_) => own,
        };
        match (subject, action, resource) {
            (Some(subject), Some(action), Some(resource)) => {
                BatchEntry::Question(Box::new(scope.question(&subject, &action, &resource, context)))
            }
            _ => BatchEntry::Incomplete(missing),
        }
    }

    /// The reply: a list, or a single answer if the request has no list.
    #[must_use]
    pub fn reply(&self, answers: Vec<DecisionResponse>) -> DecisionsResponse {
        if self.parts().is_empty() {
            if let Some(answer) = answers.into_iter().next() {
                return DecisionsResponse::One(Box::new(answer));
            }
            return DecisionsResponse::Many {
                evaluations: Vec::new(),
            };
        }
        DecisionsResponse::Many {
            evaluations: self.semantic().given(answers),
        }
    }
}

/// The required field of an entity: its own, or the default's. The rest of an entity is never taken from the default.
fn required<'p, P>(
    own: Option<&'p P>,
    default: Option<&'p P>,
    field: impl Fn(&'p P) -> Option<&'p String>,
    name: &'static str,
    missing: &mut Vec<&'static str>,
) -> Option<String> {
    let found = own.and_then(&field).or_else(|| default.and_then(&field)).cloned();
    if found.is_none() {
        missing.push(name);
    }
    found
}

fn subject(
    own: Option<&SubjectPart>,
    default: Option<&SubjectPart>,
    missing: &mut Vec<&'static str>,
) -> Option<AccessSubject> {
    let Some(chosen) = own.or(default) else {
        missing.push("subject");
        return None;
    };
    let kind = required(own, default, |part| part.kind.as_ref(), "subject.type", missing);
    let id = required(own, default, |part| part.id.as_ref(), "subject.id", missing);
    Some(AccessSubject {
        kind: kind?,
        id: id?,
        properties: chosen.properties.clone(),
    })
}

fn action(
    own: Option<&ActionPart>,
    default: Option<&ActionPart>,
    missing: &mut Vec<&'static str>,
) -> Option<AccessAction> {
    let Some(chosen) = own.or(default) else {
        missing.push("action");
        return None;
    };
    let name = required(own, default, |part| part.name.as_ref(), "action.name", missing);
    Some(AccessAction {
        name: name?,
        properties: chosen.properties.clone(),
    })
}

fn resource(
    own: Option<&ResourcePart>,
    default: Option<&ResourcePart>,
    missing: &mut Vec<&'static str>,
) -> Option<AccessResource> {
    let Some(chosen) = own.or(default) else {
        missing.push("resource");
        return None;
    };
    let kind = required(own, default, |part| part.kind.as_ref(), "resource.type", missing);
    let id = required(own, default, |part| part.id.as_ref(), "resource.id", missing);
    Some(AccessResource {
        kind: kind?,
        id: id?,
        properties: chosen.properties.clone(),
    })
}
