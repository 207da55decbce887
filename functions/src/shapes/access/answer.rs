//! Answers to questions about access.

use crate::shapes::ResourceName;
use crate::shapes::source::SourceBody;
use muster_domain::RoleId;
use muster_domain::rules::access::{self, Decision, DenialReason, GrantingRole, Question};
use muster_domain::rules::asking;
use muster_domain::rules::sources::SourceViewer;
use serde::Serialize;
use utoipa::ToSchema;

/// An access decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decided {
    /// Whether the request is permitted.
    pub decision: bool,
    /// The reason for the decision.
    pub context: DecisionReason,
}

/// The reason for a decision.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum DecisionReason {
    /// The request is permitted.
    Permit {
        /// The role that permits the request.
        #[schema(value_type = String, example = "program_admin")]
        role: RoleId,
        /// The resource that the role is held on; null for the organization.
        resource: Option<ResourceName>,
        /// How the role was given; null if that is unknown. Only visible to callers who see it in the member.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<SourceBody>)]
        source: Option<Option<SourceBody>>,
    },
    /// The request is denied.
    Deny {
        /// A stable code for the reason.
        #[schema(example = "role_missing")]
        reason: &'static str,
        /// The permission and the roles that would permit the request, if a role would.
        #[serde(skip_serializing_if = "Option::is_none")]
        needed: Option<Needed>,
    },
}

/// The permission and the roles that a denied request lacks.
#[derive(Debug, Serialize, ToSchema)]
pub struct Needed {
    /// The missing permission.
    #[schema(example = "content:write")]
    pub permission: String,
    /// The roles that have it, highest first.
    #[schema(value_type = Vec<String>)]
    pub roles: Vec<RoleId>,
    /// The resource on which the resource-level roles among them must be held; null if only roles on the whole organization would help.
    pub on: Option<ResourceName>,
}

/// The decision on one request, or the decisions on a batch.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Decisions {
    /// The decision on one request.
    One(Decided),
    /// The decisions on a batch, in the order of its requests.
    Many {
        /// One decision for each request.
        evaluations: Vec<Decided>,
    },
}

impl Decided {
    /// A denial for want of something to decide on.
    #[must_use]
    pub const fn denied(reason: &'static str) -> Self {
        Self {
            decision: false,
            context: DecisionReason::Deny { reason, needed: None },
        }
    }

    /// The answer to a question; `in_full` for those who may know what an owner holds that their limited key is not left with.
    #[must_use]
    pub fn of(question: &Question<'_>, in_full: bool, viewer: &SourceViewer<'_>) -> Self {
        match access::decide(question) {
            Decision::Allowed(granting @ GrantingRole { role, on }) => Self {
                decision: true,
                context: DecisionReason::Permit {
                    role: role.id.clone(),
                    resource: on.map(ResourceName::from),
                    source: SourceBody::visible(
                        granting.source(question.member),
                        viewer.detail(question.member.id, on),
                    ),
                },
            },
            Decision::Denied { reason, granted_by } => Self {
                decision: false,
                context: denial(question, reason, &granted_by, in_full),
            },
        }
    }
}

fn denial(
    question: &Question<'_>,
    denied_for: DenialReason,
    granted_by: &[GrantingRole<'_>],
    in_full: bool,
) -> DecisionReason {
    let known = question.set.roles.iter().any(|role| role.allows(question.action));
    let reason = match denied_for {
        DenialReason::Role if !known => "unknown_action",
        DenialReason::Role if asking::has_ended(question) => "role_ended",
        // That the limits are what is in the way would tell what the owner holds.
        DenialReason::KeyLimits if !in_full => DenialReason::Role.code(),
        reason => reason.code(),
    };
    // Who is inactive, or comes with a key that opens nothing, is not helped by a role.
    let helped = matches!(denied_for, DenialReason::Role | DenialReason::KeyLimits) && !granted_by.is_empty();
    let needed = helped.then(|| Needed {
        permission: question.action.to_owned(),
        roles: granted_by.iter().map(|granting| granting.role.id.clone()).collect(),
        on: granted_by
            .iter()
            .find_map(|granting| granting.on)
            .map(ResourceName::from),
    });
    DecisionReason::Deny { reason, needed }
}
