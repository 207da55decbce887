//! Answers to questions about access.

use crate::api::source::SourceResponse;
use crate::api::{ResourceName, forms};
use muster_domain::roleset::condition::{Comparison, Condition, PropertyName};
use muster_domain::rules::access::{self, Decision, DenialReason, GrantingRole, Question};
use muster_domain::rules::asking;
use muster_domain::rules::sources::SourceViewer;
use muster_domain::{Role, RoleId};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// An access decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionResponse {
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
        #[schema(value_type = Option<SourceResponse>)]
        source: Option<Option<SourceResponse>>,
        /// The condition of the role that the properties meet, if it has any on this permission.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<Object>, example = json!({ "resource.status": { "is_not": "archived" } }))]
        when: Option<BTreeMap<PropertyName, Comparison>>,
    },
    /// The request is denied.
    Deny {
        /// A stable code for the reason.
        #[schema(example = "role_missing")]
        reason: &'static str,
        /// The permission and the roles that would permit the request, if a role would.
        #[serde(skip_serializing_if = "Option::is_none")]
        needed: Option<MissingPermission>,
        /// The required fields that are missing from a request in a batch.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        missing: Vec<&'static str>,
    },
}

/// The permission and the roles that a denied request lacks.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissingPermission {
    /// The missing permission.
    #[schema(example = "content:write")]
    pub permission: String,
    /// The roles that have it, highest first.
    #[schema(value_type = Vec<forms::RoleId>)]
    pub roles: Vec<RoleId>,
    /// The resource on which the resource-level roles among them must be held; null if only roles on the whole organization would help.
    pub on: Option<ResourceName>,
    /// The conditions under which a role would permit the request with other properties.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<RoleCondition>,
}

/// A condition under which a role has a permission.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleCondition {
    /// The role.
    #[schema(value_type = forms::RoleId)]
    pub role: RoleId,
    /// The required value of each property: `{"is": value}`, or `{"is_not": value}`, which also holds if the property is omitted.
    #[schema(value_type = Object, example = json!({ "resource.status": { "is_not": "archived" } }))]
    pub when: BTreeMap<PropertyName, Comparison>,
}

/// The decision on one request, or the decisions on a batch.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum DecisionsResponse {
    /// The decision on one request.
    One(Box<DecisionResponse>),
    /// The decisions on a batch, in the order of its requests.
    Many {
        /// One decision for each request.
        evaluations: Vec<DecisionResponse>,
    },
}

impl DecisionResponse {
    /// A denial because the subject or organization is unknown.
    #[must_use]
    pub const fn denied(reason: &'static str) -> Self {
        Self {
            decision: false,
            context: DecisionReason::Deny {
                reason,
                needed: None,
                missing: Vec::new(),
            },
        }
    }

    /// The denial of a question that lacks these fields.
    #[must_use]
    pub const fn incomplete(missing: Vec<&'static str>) -> Self {
        Self {
            decision: false,
            context: DecisionReason::Deny {
                reason: "incomplete_request",
                needed: None,
                missing,
            },
        }
    }

    /// The answer to a question; `in_full` if the caller may learn which roles the owner has beyond the limits of the key.
    #[must_use]
    pub fn of(question: &Question<'_>, in_full: bool, viewer: &SourceViewer<'_>) -> Self {
        match access::decide(question) {
            Decision::Allowed(granting @ GrantingRole { role, on }) => Self {
                decision: true,
                context: DecisionReason::Permit {
                    role: role.id.clone(),
                    resource: on.map(ResourceName::from),
                    source: SourceResponse::visible(
                        granting.source(question.member),
                        viewer.detail(question.member.id, on),
                    ),
                    when: met(question, role),
                },
            },
            Decision::Denied { reason, granted_by } => Self {
                decision: false,
                context: denial(question, reason, &granted_by, in_full),
            },
        }
    }
}

/// The condition of the role on the permission that the properties meet.
fn met(question: &Question<'_>, role: &Role) -> Option<BTreeMap<PropertyName, Comparison>> {
    let mut conditions = role.conditions_on(question.action);
    let met = conditions.find(|condition| condition.is_met(&question.properties));
    met.map(|condition| condition.when.clone())
}

/// The conditions under which these roles have the permission.
fn conditions(question: &Question<'_>, granted_by: &[GrantingRole<'_>]) -> Vec<RoleCondition> {
    let of = |granting: &GrantingRole<'_>| {
        let role = granting.role.id.clone();
        let condition = move |condition: &Condition| RoleCondition {
            role: role.clone(),
            when: condition.when.clone(),
        };
        granting
            .role
            .conditions_on(question.action)
            .map(condition)
            .collect::<Vec<_>>()
    };
    granted_by.iter().flat_map(of).collect()
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
        // A denial because of the limits would reveal which roles the owner has.
        DenialReason::KeyLimits if !in_full => DenialReason::Role.code(),
        reason => reason.code(),
    };
    // A role does not help an inactive member, or a caller whose key gives no access.
    let helps = [DenialReason::Role, DenialReason::Condition, DenialReason::KeyLimits];
    let helped = helps.contains(&denied_for) && !granted_by.is_empty();
    let needed = helped.then(|| MissingPermission {
        permission: question.action.to_owned(),
        roles: granted_by.iter().map(|granting| granting.role.id.clone()).collect(),
        on: granted_by
            .iter()
            .find_map(|granting| granting.on)
            .map(ResourceName::from),
        conditions: match denied_for {
            DenialReason::Condition => conditions(question, granted_by),
            _ => Vec::new(),
        },
    });
    DecisionReason::Deny {
        reason,
        needed,
        missing: Vec::new(),
    }
}
