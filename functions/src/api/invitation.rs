//! Invitations: offers, answers, and what the link's page shows.

use super::member::MemberResponse;
use super::resource::ResourceNames;
use super::{NamedResource, ResourceName, SeatsResponse, forms, words};
use crate::offers::Offers;
use jiff::Timestamp;
use muster_domain::email::EmailInput;
use muster_domain::invitation::{CancelReason, Delivery};
use muster_domain::rules::actions::PersonAction;
use muster_domain::{
    ContactId, EmailAddress, Invitation, InvitationId, InvitationState, Language, Message, Name, OrganizationId,
    ResourceRef, RoleId, Term, UserId,
};
use muster_edge::etag::Stated;
use muster_edge::{Body, Field, given};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, Type};

/// Invitations to send.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateInvitationsRequest {
    /// Up to 20 email addresses: a list, or text in which commas, semicolons, spaces or new lines separate them.
    #[schema(schema_with = emails)]
    pub emails: EmailInput,
    /// The role that the invitation offers.
    #[schema(value_type = forms::RoleId)]
    pub role: RoleId,
    /// The resources that the role is offered on.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub resources: Vec<ResourceName>,
    /// A message from the inviter. Without it, the invitation has the organization's default message.
    #[serde(default)]
    #[schema(value_type = Option<forms::Message>)]
    pub message: Option<Message>,
    /// The language of the emails. Without it, they are in the deployment's language.
    #[serde(default)]
    #[schema(value_type = Option<words::Language>)]
    pub language: Option<Language>,
    /// How long a time-limited role lasts, from acceptance.
    #[serde(default)]
    #[schema(value_type = Option<forms::Term>)]
    pub duration: Option<Term>,
    /// Whether to only show what would happen, without sending anything.
    #[serde(default)]
    pub dry_run: bool,
}

/// Addresses as pasted text, or as a list.
fn emails() -> Schema {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    Schema::OneOf(
        OneOfBuilder::new()
            .description(Some(
                "Up to 20 email addresses: a list, or text in which commas, semicolons, spaces or new lines separate them.",
            ))
            .item(text().examples(["ann@x.example, bob@y.example"]))
            .item(ArrayBuilder::new().items(text().build()))
            .build(),
    )
}

impl Body for CreateInvitationsRequest {
    const REQUIRED: &'static [&'static str] = &["emails", "role"];
}

/// A person to add: directly if their account is known, and by invitation otherwise. Either `email` or `contact` is required.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddMemberRequest {
    /// The person's email address. The person is added directly only if the contact with this address has an account that
    /// someone vouches for.
    #[serde(default)]
    #[schema(value_type = Option<forms::EmailAddress>)]
    pub email: Option<EmailAddress>,
    /// The id of the person's contact. A removed member is added directly if the contact still has the address that they
    /// joined with. The caller must have `contacts:read` on the whole organization.
    #[serde(default)]
    #[schema(value_type = Option<forms::ContactId>)]
    pub contact: Option<ContactId>,
    /// The role to assign or offer.
    #[schema(value_type = forms::RoleId)]
    pub role: RoleId,
    /// The resources that the role applies to.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub resources: Vec<ResourceName>,
    /// How long a time-limited role lasts, from now or from acceptance.
    #[serde(default)]
    #[schema(value_type = Option<forms::Term>)]
    pub duration: Option<Term>,
    /// A message for the email to the person.
    #[serde(default)]
    #[schema(value_type = Option<forms::Message>)]
    pub message: Option<Message>,
    /// The language of the email. Without it, the email is in the person's own language, or in the deployment's.
    #[serde(default)]
    #[schema(value_type = Option<words::Language>)]
    pub language: Option<Language>,
}

impl Body for AddMemberRequest {
    const REQUIRED: &'static [&'static str] = &["role"];
}

/// The result of adding a person. Contains either `member` or `invitation`.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddMemberResponse {
    /// The member, if the person was added directly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberResponse>,
    /// The invitation, if the person was invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation: Option<InvitationResponse>,
}

/// Changes to a pending invitation. Omitted fields are unchanged. The address cannot be changed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateInvitationRequest {
    /// The role that the invitation offers.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = forms::RoleId)]
    pub role: Option<RoleId>,
    /// The resources that the role is offered on.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<ResourceName>, max_items = 50)]
    pub resources: Option<Vec<ResourceName>>,
    /// How long a time-limited role lasts, from acceptance.
    #[serde(default)]
    #[schema(value_type = Option<forms::Term>)]
    pub duration: Field<Term>,
    /// A message from the inviter. Null removes it.
    #[serde(default)]
    #[schema(value_type = Option<forms::Message>)]
    pub message: Field<Message>,
    /// The language of later emails with the invitation. Null removes it.
    #[serde(default)]
    #[schema(value_type = Option<words::Language>)]
    pub language: Field<Language>,
}

impl Body for UpdateInvitationRequest {
    const REQUIRED: &'static [&'static str] = &[];
}

/// A view of invitations: the caller, one instant, and the names of the resources that are offered.
pub struct InvitationView<'a> {
    /// The caller, as far as their actions are concerned.
    pub offers: Offers<'a>,
    /// The names of resources, as far as they were read.
    pub names: ResourceNames,
    /// The instant.
    pub now: Timestamp,
}

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationResponse {
    /// The invitation's id. Resending does not change it.
    #[schema(value_type = forms::InvitationId)]
    pub id: InvitationId,
    /// The invited email address.
    #[schema(value_type = String)]
    pub email: EmailAddress,
    /// The role that the invitation offers.
    #[schema(value_type = forms::RoleId)]
    pub role: RoleId,
    /// The resources that the role is offered on.
    pub resources: Vec<NamedResource>,
    /// How long a time-limited role lasts, from acceptance.
    #[schema(value_type = Option<String>)]
    pub duration: Option<Term>,
    /// The inviter's message; null if there is none.
    #[schema(value_type = Option<String>)]
    pub message: Option<Message>,
    /// The language of its email; null for the deployment's.
    #[schema(value_type = Option<words::Language>)]
    pub language: Option<Language>,
    /// The status: `pending`, `accepted`, `declined`, `cancelled` or `expired`.
    #[schema(value_type = words::InvitationState)]
    pub status: InvitationState,
    /// The reason for a cancellation that no member requested: `resource_deleted` (every offered resource was deleted) or
    /// `already_member` (the invited person is a member under another address). Null otherwise.
    #[schema(value_type = Option<words::CancelReason>)]
    pub cancel_reason: Option<CancelReason>,
    /// The status of the latest email: `queued`, `sent`, `delivered`, `failed` (rejected by the mail service), `returned`
    /// (returned, but another email may arrive), `bounced` (permanently returned), `complained` (the recipient marked it as
    /// spam) or `declined` (not sent, because the person has declined an invitation of the organization).
    #[schema(value_type = words::Delivery)]
    pub mail: Delivery,
    /// The member responsible for the invitation: the one who last sent, resent or changed it.
    #[schema(value_type = forms::UserId)]
    pub invited_by: UserId,
    /// That member's name when they did. Null if it is not known, and for callers who do not see all people, unless they are that member.
    #[schema(value_type = Option<String>)]
    pub inviter: Option<Name>,
    /// When the invitation was first sent.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When the invitation was last sent.
    #[schema(value_type = String, format = DateTime)]
    pub sent_at: Timestamp,
    /// When the invitation expires, or expired.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// What the caller can do with the invitation now.
    #[schema(value_type = Vec<words::PersonAction>)]
    pub may: Vec<PersonAction>,
    /// The version, for `If-Match`, in quotation marks.
    pub version: String,
}

impl InvitationResponse {
    /// An invitation as this caller sees it, with those resources that are visible.
    #[must_use]
    pub fn seen(invitation: &Invitation, view: &InvitationView<'_>, is_visible: impl Fn(&ResourceRef) -> bool) -> Self {
        let visible = invitation.resources.iter().filter(|on| is_visible(on));
        Self {
            resources: view.names.all(visible),
            ..Self::of(invitation, view)
        }
    }

    /// An invitation as this caller sees it.
    #[must_use]
    pub fn of(invitation: &Invitation, view: &InvitationView<'_>) -> Self {
        Self {
            id: invitation.id,
            email: invitation.email.clone(),
            role: invitation.role.clone(),
            resources: view.names.all(&invitation.resources),
            duration: invitation.term,
            message: invitation.message.clone(),
            language: invitation.language,
            status: invitation.state_at(view.now),
            cancel_reason: invitation.cancel_reason,
            mail: invitation.mail,
            invited_by: invitation.invited_by,
            inviter: view.offers.inviter(invitation),
            created_at: invitation.created_at,
            sent_at: invitation.sent_at,
            expires_at: invitation.expires_at,
            may: view.offers.with_invitation(invitation),
            version: invitation.state(),
        }
    }
}

/// The result of sending invitations.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreateInvitationsResponse {
    /// The invitations that were created.
    pub invitations: Vec<InvitationResponse>,
    /// The people who were added directly, because their accounts are known.
    pub added: Vec<MemberResponse>,
    /// The organization's seats after the request.
    pub seats: SeatsResponse,
}

/// The result of a dry run.
#[derive(Debug, Serialize, ToSchema)]
pub struct DryRunResponse {
    /// Always true.
    pub dry_run: bool,
    /// The outcome for each address.
    pub verdicts: Vec<DryRunVerdict>,
    /// The people who would be added directly.
    pub added: Vec<MemberResponse>,
    /// The organization's seats now, and how many more the request would use.
    pub seats: muster_edge::problem::NeededSeats,
}

/// What a request would do with one address.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DryRunOutcome {
    /// An invitation would be sent.
    Invite,
    /// The person would be added directly.
    Add,
}

/// The outcome of a dry run for one address.
#[derive(Debug, Serialize, ToSchema)]
pub struct DryRunVerdict {
    /// The email address, as it would be stored.
    #[schema(value_type = String)]
    pub email: EmailAddress,
    /// `invite` if an invitation would be sent, `add` if the person would be added directly.
    pub verdict: DryRunOutcome,
}

/// A background job.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobResponse {
    /// The job's id.
    #[schema(value_type = forms::JobId)]
    pub job: muster_domain::JobId,
    /// Always `accepted`.
    pub status: String,
}

/// The preview of an invitation, for anyone with its link.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationPreviewResponse {
    /// The organization's name.
    #[schema(value_type = String)]
    pub organization_name: Name,
    /// The role's display name.
    pub role_name: String,
    /// The inviter's name; null if it is not known.
    #[schema(value_type = Option<String>)]
    pub inviter: Option<Name>,
    /// The invited email address, masked.
    #[schema(example = "a***@x.example")]
    pub email: String,
    /// The status: `pending`, `accepted`, `declined`, `cancelled` or `expired`.
    #[schema(value_type = words::InvitationState)]
    pub state: InvitationState,
    /// When the invitation expires, or expired.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// The first 20 resources that a pending invitation offers the role on, as far as they still exist.
    pub resources: Vec<PreviewedResource>,
    /// The number of the other resources that a pending invitation offers the role on.
    pub more_resources: usize,
    /// How long a time-limited role lasts, from acceptance. Null if the role has no time limit, or if the invitation is not pending.
    #[schema(value_type = Option<String>)]
    pub duration: Option<Term>,
    /// The inviter's message. Null if there is none, or if the invitation is not pending.
    #[schema(value_type = Option<String>)]
    pub message: Option<Message>,
    /// Whether the invited address is the verified address of the user whose token the request has. Null without a valid token.
    pub is_for_me: Option<bool>,
}

/// A resource in the preview of an invitation.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewedResource {
    /// The resource's display name.
    #[schema(value_type = String)]
    pub name: Name,
}

/// A pending invitation for the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingInvitationResponse {
    /// The invitation's id.
    #[schema(value_type = forms::InvitationId)]
    pub id: InvitationId,
    /// The token that accepts or declines the invitation.
    pub token: String,
    /// The organization's id.
    #[schema(value_type = forms::OrganizationId)]
    pub organization: OrganizationId,
    /// The organization's name.
    #[schema(value_type = String)]
    pub organization_name: Name,
    /// The role that the invitation offers.
    #[schema(value_type = forms::RoleId)]
    pub role: RoleId,
    /// The role's display name.
    pub role_name: String,
    /// The resources that the role is offered on.
    pub resources: Vec<NamedResource>,
    /// How long a time-limited role lasts, from acceptance.
    #[schema(value_type = Option<String>)]
    pub duration: Option<Term>,
    /// The inviter's name; null if it is not known.
    #[schema(value_type = Option<String>)]
    pub inviter: Option<Name>,
    /// The inviter's message; null if there is none.
    #[schema(value_type = Option<String>)]
    pub message: Option<Message>,
    /// When the invitation expires.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// The result of accepting an invitation.
#[derive(Debug, Serialize, ToSchema)]
pub struct AcceptInvitationResponse {
    /// The organization's id.
    #[schema(value_type = forms::OrganizationId)]
    pub organization: OrganizationId,
    /// The new member.
    pub member: MemberResponse,
}
