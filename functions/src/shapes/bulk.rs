//! Bulk actions: up to 100 chosen rows, and a verdict for each.

use super::{ResourceName, SeatsBody, forms};
use muster_domain::{InvitationId, RoleId, Term, UserId};
use muster_edge::{Body, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Chosen members.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChosenMembers {
    /// Up to 100 members; one who is named twice counts once.
    #[schema(value_type = Vec<forms::UserId>, min_items = 1, max_items = 100)]
    pub members: Vec<UserId>,
}

impl Body for ChosenMembers {
    const REQUIRED: &'static [&'static str] = &["members"];
}

/// A role for chosen members: each holds exactly this from then on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRoles {
    /// Up to 100 members; one who is named twice counts once.
    #[schema(value_type = Vec<forms::UserId>, min_items = 1, max_items = 100)]
    pub members: Vec<UserId>,
    /// The role.
    #[schema(value_type = forms::RoleId)]
    pub role: RoleId,
    /// Resources the role is held on.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub resources: Vec<ResourceName>,
    /// For a time-limited role: how long from now.
    #[serde(default)]
    #[schema(value_type = Option<forms::Term>)]
    pub duration: Option<Term>,
}

impl Body for ChangeRoles {
    const REQUIRED: &'static [&'static str] = &["members", "role"];
}

/// Chosen invitations.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChosenInvitations {
    /// Up to 100 invitations; one that is named twice counts once.
    #[schema(value_type = Vec<forms::InvitationId>, min_items = 1, max_items = 100)]
    pub invitations: Vec<InvitationId>,
}

impl Body for ChosenInvitations {
    const REQUIRED: &'static [&'static str] = &["invitations"];
}

/// What came of one member.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberVerdict {
    /// The member.
    #[schema(value_type = String)]
    pub member: UserId,
    /// `activated`, `deactivated`, `changed` or `removed`; or `refused`.
    pub status: &'static str,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// What came of one invitation.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationVerdict {
    /// The invitation.
    #[schema(value_type = String)]
    pub invitation: InvitationId,
    /// `resent` or `cancelled`; or `refused`.
    pub status: &'static str,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// What came of a bulk action.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Verdicts<Row> {
    /// One verdict a row, in the order they were named.
    pub results: Vec<Row>,
    /// Seats used and allowed, after it.
    pub seats: SeatsBody,
}
