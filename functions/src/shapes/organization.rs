//! Organizations, their settings, their plan and their roles.

use super::member::MemberBody;
use super::{ResourceName, SeatsBody, forms};
use jiff::Timestamp;
use muster_domain::address::Domain;
use muster_domain::{Message, Name, Organization, OrganizationId, Plan, Role, RoleId, Settings, Term, UserId};
use muster_edge::{Body, Field, given};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};

/// A new organization.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOrganization {
    /// Its name, 1 to 120 characters.
    #[schema(value_type = forms::Name)]
    pub name: Name,
    /// Its role set, which stays.
    #[schema(example = "program-delivery")]
    pub role_set: String,
}

impl Body for CreateOrganization {
    const REQUIRED: &'static [&'static str] = &["name", "role_set"];
}

/// A change of name and settings; what is not named stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateOrganization {
    /// The new name.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = forms::Name)]
    pub name: Option<Name>,
    /// Settings to change.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = UpdateSettings)]
    pub settings: Option<UpdateSettings>,
}

impl Body for UpdateOrganization {
    const REQUIRED: &'static [&'static str] = &[];
}

/// A change of settings; what is not named stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateSettings {
    /// Days an invitation stays open, 1 to 30.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, minimum = 1, maximum = 30)]
    pub invitation_ttl_days: Option<u32>,
    /// The message invitations carry when the inviter writes none; null takes it away.
    #[serde(default)]
    #[schema(value_type = Option<forms::Message>)]
    pub default_message: Field<Message>,
    /// Roles that are off until listed here. Taking one off ends it for everybody who holds it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<forms::RoleId>)]
    pub optional_roles: Option<BTreeSet<RoleId>>,
}

/// A plan, as the platform sets it; what is not named stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetPlan {
    /// How many seats may be used; null for no limit.
    #[serde(default)]
    #[schema(schema_with = seat_limits)]
    pub seat_limit: Field<u32>,
    /// Domains that addresses for allowlisted roles must be in, 100 at most.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<forms::Domain>, max_items = 100)]
    pub allowed_domains: Option<Vec<Domain>>,
    /// How many mails a day members can have sent: invitations, and news of being added. Null for the usual limit, 1,000.
    #[serde(default)]
    #[schema(schema_with = mail_limits)]
    pub mail_limit: Field<u32>,
}

/// A number of mails, or null.
fn mail_limits() -> Schema {
    let description = "How many mails a day members can have sent: invitations, and news of being added. Null for the usual limit, 1,000.";
    numbers_or_null(description)
}

/// A number of seats, or null.
fn seat_limits() -> Schema {
    numbers_or_null("How many seats may be used; null for no limit.")
}

/// A whole number of 32 bits, or null.
fn numbers_or_null(description: &str) -> Schema {
    let limits = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Integer, Type::Null]))
        .minimum(Some(0))
        .maximum(Some(u32::MAX))
        .description(Some(description));
    Schema::Object(limits.build())
}

impl Body for SetPlan {
    const REQUIRED: &'static [&'static str] = &[];
}

/// To whom ownership goes, and what the giver becomes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferOwnership {
    /// The member who becomes the owner.
    #[schema(value_type = forms::UserId)]
    pub to: UserId,
    /// The role that the giver holds from then on.
    #[schema(value_type = forms::RoleId)]
    pub then: RoleId,
    /// The resources that role is held on, where it needs some.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub resources: Option<Vec<ResourceName>>,
    /// For a time-limited role: how long from now.
    #[serde(default)]
    #[schema(value_type = Option<forms::Term>)]
    pub duration: Option<Term>,
}

impl Body for TransferOwnership {
    const REQUIRED: &'static [&'static str] = &["to", "then"];
}

/// Ownership handed on.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransferredBody {
    /// Who owns the organization now.
    pub owner: MemberBody,
    /// What the giver has become.
    pub giver: Option<MemberBody>,
}

/// The owner who pays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamePayingOwner {
    /// An active owner.
    #[schema(value_type = forms::UserId)]
    pub member: UserId,
}

impl Body for NamePayingOwner {
    const REQUIRED: &'static [&'static str] = &["member"];
}

/// An organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationBody {
    /// Its id.
    #[schema(value_type = String, example = "org_01KBK5F0W9V3T4Y7Z2QXN8")]
    pub id: OrganizationId,
    /// Its name.
    #[schema(value_type = String)]
    pub name: Name,
    /// Its role set.
    pub role_set: String,
    /// What those who run it choose.
    pub settings: SettingsBody,
    /// What the platform sets.
    pub plan: PlanBody,
    /// Seats used and allowed.
    pub seats: SeatsBody,
    /// The owner who pays, once one is named.
    #[schema(value_type = Option<String>)]
    pub paying_owner: Option<UserId>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was deleted: only the platform sees it then.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub deleted_at: Option<Timestamp>,
}

/// What those who run the organization choose.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingsBody {
    /// Days an invitation stays open.
    pub invitation_ttl_days: u32,
    /// The message invitations carry when the inviter writes none.
    #[schema(value_type = Option<String>)]
    pub default_message: Option<Message>,
    /// Optional roles that are on.
    #[schema(value_type = Vec<String>)]
    pub optional_roles: BTreeSet<RoleId>,
}

impl From<&Settings> for SettingsBody {
    fn from(settings: &Settings) -> Self {
        Self {
            invitation_ttl_days: settings.invitation_ttl_days,
            default_message: settings.default_message.clone(),
            optional_roles: settings.optional_roles.clone(),
        }
    }
}

/// What the platform sets.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanBody {
    /// How many seats may be used; null for no limit.
    pub seat_limit: Option<u64>,
    /// Domains that addresses for allowlisted roles must be in.
    #[schema(value_type = Vec<String>)]
    pub allowed_domains: BTreeSet<Domain>,
    /// How many mails a day members can have sent; null for the usual limit, 1,000.
    pub mail_limit: Option<u64>,
}

impl From<&Plan> for PlanBody {
    fn from(plan: &Plan) -> Self {
        Self {
            seat_limit: plan.seat_limit,
            allowed_domains: plan.allowed_domains.clone(),
            mail_limit: plan.mail_limit,
        }
    }
}

impl From<&Organization> for OrganizationBody {
    fn from(organization: &Organization) -> Self {
        Self {
            id: organization.id,
            name: organization.name.clone(),
            role_set: organization.role_set.clone(),
            settings: (&organization.settings).into(),
            plan: (&organization.plan).into(),
            seats: organization.seats().into(),
            paying_owner: organization.paying_owner,
            created_at: organization.created_at,
            deleted_at: organization.deleted_at,
        }
    }
}

/// An organization the caller is a member of.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyOrganization {
    /// Its id.
    #[schema(value_type = String)]
    pub id: OrganizationId,
    /// Its name.
    #[schema(value_type = String)]
    pub name: Name,
    /// Its role set.
    pub role_set: String,
    /// The caller's role there: on the organization, else the highest on a resource.
    #[schema(value_type = Option<String>)]
    pub role: Option<RoleId>,
    /// Whether the caller's membership is active.
    pub status: String,
    /// When the caller joined.
    #[schema(value_type = String, format = DateTime)]
    pub joined_at: Timestamp,
}

/// A role, and whether the caller may give it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleBody {
    /// Its id.
    #[schema(value_type = String, example = "program_admin")]
    pub id: RoleId,
    /// Its name for people.
    pub name: String,
    /// Where its permissions hold: `organization` or `resource`.
    #[schema(value_type = String)]
    pub reach: muster_domain::roleset::Reach,
    /// Whether it goes with resources: `none`, `optional` or `at_least_one`.
    #[schema(value_type = String)]
    pub resources: muster_domain::roleset::Resources,
    /// Whether its holder takes a seat.
    pub uses_seat: bool,
    /// Whether the organization must always have an active holder.
    pub protected: bool,
    /// Whether there is one holder only, who can hand it on and do no more: it is never given otherwise.
    pub transfer_only: bool,
    /// Whether it is off until the organization lists it.
    pub optional: bool,
    /// Whether it is on at present.
    pub enabled: bool,
    /// Whether the holder's address must be in an allowed domain.
    pub allowlisted: bool,
    /// Terms to choose from; empty for a role without a time limit.
    pub durations: Vec<String>,
    /// What it allows.
    pub permissions: Vec<String>,
    /// Whether the caller may give it, somewhere.
    pub assignable: bool,
    /// Whether the caller may take it on resources for themselves, and drop it again.
    pub self_assignable: bool,
}

/// What the caller may do with a role.
#[derive(Debug, Clone, Copy)]
pub struct Say {
    /// Whether they may give it, somewhere.
    pub assignable: bool,
    /// Whether they may take it for themselves, somewhere.
    pub self_assignable: bool,
}

impl RoleBody {
    /// A role as the caller sees it.
    #[must_use]
    pub fn of(role: &Role, organization: &Organization, say: Say) -> Self {
        let enabled = organization.has_enabled(role);
        Self {
            id: role.id.clone(),
            name: role.name.clone(),
            reach: role.reach,
            resources: role.resources,
            uses_seat: role.uses_seat,
            protected: role.protected,
            transfer_only: role.transfer_only,
            optional: role.optional,
            enabled,
            allowlisted: role.allowlisted,
            durations: role.durations.iter().map(ToString::to_string).collect(),
            permissions: role.permissions.clone(),
            assignable: say.assignable && enabled,
            self_assignable: say.self_assignable && enabled,
        }
    }
}
