//! Many questions at once.

use super::answer::{Decided, Decisions};
use super::ask::AccessQuestion;
use super::{AskedAction, AskedResource, AskedSubject, Properties};
use muster_domain::OrganizationId;
use muster_domain::rules::Violation;
use muster_edge::Body;
use serde::Deserialize;
use utoipa::ToSchema;

/// Questions of one request at most.
pub const MAX_EVALUATIONS: usize = 100;

/// Up to 100 questions. What stands beside them holds for each that does not say it itself; without any, it is one question.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Evaluations {
    /// Who.
    #[serde(default)]
    pub subject: Option<AskedSubject>,
    /// What.
    #[serde(default)]
    pub action: Option<AskedAction>,
    /// To what.
    #[serde(default)]
    pub resource: Option<AskedResource>,
    /// `organization` names the organization, where neither subject nor resource does.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<Properties>,
    /// The questions.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub evaluations: Option<Vec<PartOfEvaluation>>,
    /// How they are answered.
    #[serde(default)]
    pub options: Option<EvaluationOptions>,
}

impl Body for Evaluations {
    const REQUIRED: &'static [&'static str] = &[];
}

/// One of many questions: what it says itself.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct PartOfEvaluation {
    /// Who.
    #[serde(default)]
    pub subject: Option<AskedSubject>,
    /// What.
    #[serde(default)]
    pub action: Option<AskedAction>,
    /// To what.
    #[serde(default)]
    pub resource: Option<AskedResource>,
    /// As beside the questions.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub context: Option<Properties>,
}

/// How many questions are answered.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct EvaluationOptions {
    /// Whether all are answered, or those up to the first denial or the first permit.
    #[serde(default)]
    pub evaluations_semantic: Semantic,
}

/// Which questions are answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Semantic {
    /// All.
    #[default]
    ExecuteAll,
    /// Those up to the first that is denied.
    DenyOnFirstDeny,
    /// Those up to the first that is permitted.
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
            let detail = format!("at most {MAX_EVALUATIONS} are answered at once");
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
            .extend(missing.map(|(name, _)| Violation::field(format!("{at}{name}"), "missing_field", "must be there")));
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
