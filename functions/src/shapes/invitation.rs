//! Invitations: offers, answers, and what the link's page shows.

use super::member::MemberBody;
use super::{ResourceName, SeatsBody, forms};
use jiff::Timestamp;
use muster_domain::address::AddressInput;
use muster_domain::invitation::{CancelReason, Delivery};
use muster_domain::{
    Address, ContactId, Invitation, InvitationId, InvitationState, Message, Name, OrganizationId, ResourceRef, RoleId,
    Term, UserId,
};
use muster_edge::{Body, Field, given};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, Type};

/// People to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateInvitations {
    /// Up to 20 addresses: pasted text with commas, semicolons, spaces or new lines, or a list.
    #[schema(schema_with = addresses)]
    pub emails: AddressInput,
    /// The role offered.
    #[schema(value_type = forms::RoleId)]
    pub role: RoleId,
    /// What it is offered on.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub resources: Vec<ResourceName>,
    /// What the inviter writes; the organization's default message when there is none.
    #[serde(default)]
    #[schema(value_type = Option<forms::Message>)]
    pub message: Option<Message>,
    /// For a time-limited role: how long from acceptance.
    #[serde(default)]
    #[schema(value_type = Option<forms::Term>)]
    pub duration: Option<Term>,
    /// Whether to only say what would happen.
    #[serde(default)]
    pub dry_run: bool,
}

/// Addresses as pasted text, or as a list.
fn addresses() -> Schema {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    Schema::OneOf(
        OneOfBuilder::new()
            .description(Some(
                "Up to 20 addresses: pasted text with commas, semicolons, spaces or new lines, or a list.",
            ))
            .item(text().examples(["ann@x.example, bob@y.example"]))
            .item(ArrayBuilder::new().items(text().build()))
            .build(),
    )
}

impl Body for CreateInvitations {
    const REQUIRED: &'static [&'static str] = &["emails", "role"];
}

/// Somebody to add: at once if they are known by their account, by invitation otherwise. Name `email` or `contact`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddMember {
    /// Their address. It stands for no account but the one that the platform, or a contact's `subject`, names for it.
    #[serde(default)]
    #[schema(value_type = Option<forms::Address>)]
    pub email: Option<Address>,
    /// The id of a contact who is that person. A former member whom somebody removed is added at once, with the address they had joined
    /// with. This needs `contacts:read` on the whole organization.
    #[serde(default)]
    #[schema(value_type = Option<forms::ContactId>)]
    pub contact: Option<ContactId>,
    /// The role.
    #[schema(value_type = forms::RoleId)]
    pub role: RoleId,
    /// What it is for.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub resources: Vec<ResourceName>,
    /// For a time-limited role: how long, from now or from acceptance.
    #[serde(default)]
    #[schema(value_type = Option<forms::Term>)]
    pub duration: Option<Term>,
    /// What the mail to them says beside.
    #[serde(default)]
    #[schema(value_type = Option<forms::Message>)]
    pub message: Option<Message>,
}

impl Body for AddMember {
    const REQUIRED: &'static [&'static str] = &["role"];
}

/// What came of adding: one of the two.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddedBody {
    /// The member, if they were added at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberBody>,
    /// The invitation, if they were invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation: Option<InvitationBody>,
}

/// A change of a pending invitation; what is not named stays. The address cannot be changed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateInvitation {
    /// The role offered.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = forms::RoleId)]
    pub role: Option<RoleId>,
    /// What it is offered on.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<ResourceName>, max_items = 50)]
    pub resources: Option<Vec<ResourceName>>,
    /// For a time-limited role: how long from acceptance.
    #[serde(default)]
    #[schema(value_type = Option<forms::Term>)]
    pub duration: Field<Term>,
    /// What the inviter writes; null takes it away.
    #[serde(default)]
    #[schema(value_type = Option<forms::Message>)]
    pub message: Field<Message>,
}

impl Body for UpdateInvitation {
    const REQUIRED: &'static [&'static str] = &[];
}

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationBody {
    /// Its id, which resending keeps.
    #[schema(value_type = String)]
    pub id: InvitationId,
    /// The invited address.
    #[schema(value_type = String)]
    pub email: Address,
    /// The role offered.
    #[schema(value_type = String)]
    pub role: RoleId,
    /// What it is offered on.
    pub resources: Vec<ResourceName>,
    /// For a time-limited role: how long from acceptance.
    #[schema(value_type = Option<String>)]
    pub duration: Option<Term>,
    /// What the inviter wrote.
    #[schema(value_type = Option<String>)]
    pub message: Option<Message>,
    /// `pending`, `accepted`, `declined`, `cancelled` or `expired`.
    #[schema(value_type = String)]
    pub status: InvitationState,
    /// Why it was cancelled, where no member did so: `resource_deleted` (all it was offered on has been deleted) or `already_member` (the
    /// invited person is a member with another address). Null otherwise.
    #[schema(value_type = Option<String>)]
    pub cancel_reason: Option<CancelReason>,
    /// How far its mail has come: `queued`, `sent`, `delivered`; or `failed` (refused by the mail service), `returned` (it came back, another
    /// may arrive), `bounced` (it came back for good), `complained` (called spam), `declined` (not sent, since the person has declined before).
    #[schema(value_type = String)]
    pub mail: Delivery,
    /// Who answers for it: the last one who sent, resent or changed it.
    #[schema(value_type = String)]
    pub invited_by: UserId,
    /// When it was first sent.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last sent.
    #[schema(value_type = String, format = DateTime)]
    pub sent_at: Timestamp,
    /// When it expires, or expired.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

impl InvitationBody {
    /// An invitation as it stands at `now`, with those resources that are in sight.
    #[must_use]
    pub fn seen(invitation: &Invitation, now: Timestamp, is_visible: impl Fn(&ResourceRef) -> bool) -> Self {
        let resources = invitation
            .resources
            .iter()
            .filter(|r| is_visible(r))
            .map(Into::into)
            .collect();
        Self {
            resources,
            ..Self::of(invitation, now)
        }
    }

    /// An invitation as it stands at `now`.
    #[must_use]
    pub fn of(invitation: &Invitation, now: Timestamp) -> Self {
        Self {
            id: invitation.id,
            email: invitation.email.clone(),
            role: invitation.role.clone(),
            resources: invitation.resources.iter().map(Into::into).collect(),
            duration: invitation.term,
            message: invitation.message.clone(),
            status: invitation.state_at(now),
            cancel_reason: invitation.cancel_reason,
            mail: invitation.mail,
            invited_by: invitation.invited_by,
            created_at: invitation.created_at,
            sent_at: invitation.sent_at,
            expires_at: invitation.expires_at,
        }
    }
}

/// What came of inviting.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitedBody {
    /// Invitations that were made.
    pub invitations: Vec<InvitationBody>,
    /// People who were added at once, since they are known by their account.
    pub added: Vec<MemberBody>,
    /// Seats used and allowed, after it.
    pub seats: SeatsBody,
}

/// What would come of inviting.
#[derive(Debug, Serialize, ToSchema)]
pub struct DryRunBody {
    /// Always true.
    pub dry_run: bool,
    /// What would happen for each address.
    pub verdicts: Vec<VerdictBody>,
    /// People who would be added at once.
    pub added: Vec<MemberBody>,
    /// Seats used and allowed at present, and how many more this would take.
    pub seats: muster_edge::problem::NeededSeats,
}

/// What would happen for one address.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerdictBody {
    /// The address, as it would be stored.
    #[schema(value_type = String)]
    pub email: Address,
    /// `invite` or `add`.
    pub verdict: String,
}

/// Work that goes on in the background.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobBody {
    /// Its id.
    #[schema(value_type = String)]
    pub job: muster_domain::JobId,
    /// `accepted`.
    pub status: String,
}

/// What the page behind an invitation's link may show to anybody who has it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewBody {
    /// The organization's name.
    #[schema(value_type = String)]
    pub organization: Name,
    /// The role's name for people.
    pub role: String,
    /// Who invites, if the name is known.
    #[schema(value_type = Option<String>)]
    pub inviter: Option<Name>,
    /// The invited address, masked.
    #[schema(example = "a***@x.example")]
    pub email: String,
    /// `pending`, `accepted`, `declined`, `cancelled` or `expired`.
    #[schema(value_type = String)]
    pub state: InvitationState,
    /// When it expires, or expired.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// An invitation that waits for the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingInvitation {
    /// Its id.
    #[schema(value_type = String)]
    pub id: InvitationId,
    /// The token to accept or decline with.
    pub token: String,
    /// The organization.
    #[schema(value_type = String)]
    pub organization: OrganizationId,
    /// Its name.
    #[schema(value_type = String)]
    pub organization_name: Name,
    /// The role offered.
    #[schema(value_type = String)]
    pub role: RoleId,
    /// What it is offered on.
    pub resources: Vec<ResourceName>,
    /// Who invites, if the name is known.
    #[schema(value_type = Option<String>)]
    pub inviter: Option<Name>,
    /// What the inviter wrote.
    #[schema(value_type = Option<String>)]
    pub message: Option<Message>,
    /// When it expires.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// What accepting comes to.
#[derive(Debug, Serialize, ToSchema)]
pub struct AcceptedBody {
    /// The organization.
    #[schema(value_type = String)]
    pub organization: OrganizationId,
    /// The membership.
    pub member: MemberBody,
}
