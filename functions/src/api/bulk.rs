//! Bulk actions: up to 100 selected rows, and a result for each.

use super::{ResourceName, SeatsResponse, forms};
use muster_domain::{InvitationId, RoleId, Subject, Term, UserId, UserName};
use muster_edge::{Body, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The members of a bulk action.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkMembersRequest {
    /// Up to 100 members. A member named twice, by id or by subject, counts once.
    #[schema(value_type = Vec<forms::UserName>, min_items = 1, max_items = 100)]
    pub members: Vec<UserName>,
    /// Whether to only show what would happen, without changing anything.
    #[serde(default)]
    pub dry_run: bool,
}

impl Body for BulkMembersRequest {
    const REQUIRED: &'static [&'static str] = &["members"];
}

/// A role for selected members. It replaces all roles that they hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRolesRequest {
    /// Up to 100 members. A member named twice, by id or by subject, counts once.
    #[schema(value_type = Vec<forms::UserName>, min_items = 1, max_items = 100)]
    pub members: Vec<UserName>,
    /// The role to assign.
    #[schema(value_type = forms::RoleId)]
    pub role: RoleId,
    /// The resources that the role applies to.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub resources: Vec<ResourceName>,
    /// How long a time-limited role lasts, from now.
    #[serde(default)]
    #[schema(value_type = Option<forms::Term>)]
    pub duration: Option<Term>,
    /// Whether to only show what would happen, without changing anything.
    #[serde(default)]
    pub dry_run: bool,
}

impl Body for ChangeRolesRequest {
    const REQUIRED: &'static [&'static str] = &["members", "role"];
}

/// The invitations of a bulk action.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkInvitationsRequest {
    /// Up to 100 invitations. Duplicates count once.
    #[schema(value_type = Vec<forms::InvitationId>, min_items = 1, max_items = 100)]
    pub invitations: Vec<InvitationId>,
    /// Whether to only show what would happen, without changing anything.
    #[serde(default)]
    pub dry_run: bool,
}

impl Body for BulkInvitationsRequest {
    const REQUIRED: &'static [&'static str] = &["invitations"];
}

/// The outcome for one member.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberOutcome {
    /// The member is active.
    Activated,
    /// The member is inactive.
    Deactivated,
    /// The member's roles were changed.
    Changed,
    /// The membership was ended.
    Removed,
    /// Nothing was changed.
    Refused,
}

/// The outcome for one invitation.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvitationOutcome {
    /// The invitation was sent again.
    Resent,
    /// The invitation was canceled.
    Cancelled,
    /// Nothing was changed.
    Refused,
}

/// The result for one member.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberVerdict {
    /// The member's id.
    #[schema(value_type = forms::UserId)]
    pub member: UserId,
    /// The member's subject. Only present if the request named the member by subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String)]
    pub subject: Option<Subject>,
    /// The outcome.
    pub status: MemberOutcome,
    /// The problem that a single request would have returned. Only present if `status` is `refused`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// The result for one invitation.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationVerdict {
    /// The invitation's id.
    #[schema(value_type = forms::InvitationId)]
    pub invitation: InvitationId,
    /// The outcome.
    pub status: InvitationOutcome,
    /// The problem that a single request would have returned. Only present if `status` is `refused`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// The results of a bulk action.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct BulkResponse<Row> {
    /// One result for each row, in the order of the request.
    pub results: Vec<Row>,
    /// The organization's seats after the action.
    pub seats: SeatsResponse,
    /// Whether nothing was changed: the results and the seats are those that the action would have.
    #[serde(default)]
    pub dry_run: bool,
}
