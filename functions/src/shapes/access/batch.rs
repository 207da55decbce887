//! Many questions at once.

use super::answer::{Decided, Decisions};
use super::ask::AccessQuestion;
use super::{AskedAction, AskedResource, AskedSubject, Properties};
use muster_domain::OrganizationId;
use muster_domain::violation::Violation;
use muster_edge::Body;
use serde::Deserialize;
use utoipa::ToSchema;

/// Questions of one request at most.
pub const MAX_EVALUATIONS: usize = 100;

/// Up to 100 access requests. The top-level fields are defaults for each of them. Without `evaluations`, or with an empty list, the
/// top-level fields are a single access request.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Evaluations {
    /// The default subject.
    #[serde(default)]
    pub subject: Option<AskedSubject>,
    /// The default action.
    #[serde(default)]
    pub action: Option<AskedAction>,
    /// The default resource.
    #[serde(default)]
    pub resource: Option<AskedResource>,
    /// The default context. `organization` is the organization's id, if neither subject nor resource has it.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<Properties>,
    /// The access requests.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub evaluations: Option<Vec<PartOfEvaluation>>,
    /// Options for the batch.
    #[serde(default)]
    pub options: Option<EvaluationOptions>,
}

impl Body for Evaluations {
    const REQUIRED: &'static [&'static str] = &[];
}

/// One access request of a batch. Omitted fields have the top-level defaults.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct PartOfEvaluation {
    /// The subject.
    #[serde(default)]
    pub subject: Option<AskedSubject>,
    /// The action.
    #[serde(default)]
    pub action: Option<AskedAction>,
    /// The resource.
    #[serde(default)]
    pub resource: Option<AskedResource>,
    /// The context.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<Properties>,
}

/// Options for a batch.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct EvaluationOptions {
    /// Whether to evaluate every request, or only those up to the first denial or the first permit.
    #[serde(default)]
    pub evaluations_semantic: Semantic,
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
    /// The answers that are given, of all there are.
    #[must_use]
    pub fn given(self, mut all: Vec<Decided>) -> Vec<Decided> {
        let ends = |answer: &Decided| match self {
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

impl Evaluations {
    /// Which are answered.
    #[must_use]
    pub fn semantic(&self) -> Semantic {
        self.options
            .as_ref()
            .map_or_else(Semantic::default, |o| o.evaluations_semantic)
    }

    fn parts(&self) -> &[PartOfEvaluation] {
        self.evaluations.as_deref().unwrap_or_default()
    }

    /// The questions as they are understood.
    ///
    /// # Errors
    /// Every part that is missing, and too many questions.
    pub fn understood(&self, own: Option<OrganizationId>) -> Result<Vec<AccessQuestion>, Vec<Violation>> {
        let parts = self.parts();
        if parts.len() > MAX_EVALUATIONS {
            let detail = format!("must have at most {MAX_EVALUATIONS} entries");
            return Err(vec![Violation::field("evaluations", "too_many", detail)]);
        }
        let mut violations = Vec::new();
        let mut asks = Vec::with_capacity(parts.len().max(1));
        if parts.is_empty() {
            asks.extend(self.one(&PartOfEvaluation::default(), "", own, &mut violations));
        }
        for (i, part) in parts.iter().enumerate() {
            asks.extend(self.one(part, &format!("evaluations[{i}]."), own, &mut violations));
        }
        if violations.is_empty() {
            Ok(asks)
        } else {
            Err(violations)
        }
    }

    fn one(
        &self,
        part: &PartOfEvaluation,
        at: &str,
        own: Option<OrganizationId>,
        violations: &mut Vec<Violation>,
    ) -> Option<AccessQuestion> {
        let subject = part.subject.as_ref().or(self.subject.as_ref());
        let action = part.action.as_ref().or(self.action.as_ref());
        let resource = part.resource.as_ref().or(self.resource.as_ref());
        let there = [
            ("subject", subject.is_some()),
            ("action", action.is_some()),
            ("resource", resource.is_some()),
        ];
        let missing = there.iter().filter(|(_, there)| !there);
        violations
            .extend(missing.map(|(name, _)| Violation::field(format!("{at}{name}"), "missing_field", "is required")));
        let context = if part.context.is_some() {
            &part.context
        } else {
            &self.context
        };
        Some(AccessQuestion::of(subject?, action?, resource?, context, own))
    }

    /// The reply: a list, or one answer where there was one question beside no list.
    #[must_use]
    pub fn reply(&self, answers: Vec<Decided>) -> Decisions {
        if self.parts().is_empty() {
            if let Some(answer) = answers.into_iter().next() {
                return Decisions::One(answer);
            }
            return Decisions::Many {
                evaluations: Vec::new(),
            };
        }
        Decisions::Many {
            evaluations: self.semantic().given(answers),
        }
    }
}
