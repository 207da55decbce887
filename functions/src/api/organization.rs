//! Organizations, their settings and their plan.

use super::member::MemberResponse;
use super::{ResourceName, SeatsResponse, forms, words};
use jiff::Timestamp;
use muster_domain::email::Domain;
use muster_domain::text::{Color, PageUrl};
use muster_domain::{
    Instant, LogoUrl, Message, Name, Organization, OrganizationId, Plan, RoleId, Settings, Status, Suspension, Term,
    UserId, UserName,
};
use muster_edge::etag::{SeenOrganization, Stated};
use muster_edge::{Body, Field, OrgContext, given};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};

/// An organization to create.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOrganizationRequest {
    /// The organization's name, 1 to 120 characters.
    #[schema(value_type = forms::Name)]
    pub name: Name,
    /// The organization's role set. It cannot be changed later.
    #[schema(example = "program-delivery")]
    pub role_set: String,
}

impl Body for CreateOrganizationRequest {
    const REQUIRED: &'static [&'static str] = &["name", "role_set"];
}

/// Changes to an organization's name and settings. Omitted fields are unchanged.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateOrganizationRequest {
    /// The new name.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = forms::Name)]
    pub name: Option<Name>,
    /// The settings to change.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = SettingsUpdate)]
    pub settings: Option<SettingsUpdate>,
}

impl Body for UpdateOrganizationRequest {
    const REQUIRED: &'static [&'static str] = &[];
}

/// Changes to settings. Omitted fields are unchanged.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsUpdate {
    /// The number of days within which an invitation can be accepted, 1 to 30.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, minimum = 1, maximum = 30)]
    pub invitation_ttl_days: Option<u32>,
    /// The default message of invitations. It is used if the inviter writes none. Null removes it.
    #[serde(default)]
    #[schema(value_type = Option<forms::Message>)]
    pub default_message: Field<Message>,
    /// The optional roles to turn on. An optional role that is not in the list is turned off, for everyone who holds it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<forms::RoleId>)]
    pub optional_roles: Option<BTreeSet<RoleId>>,
    /// The https URL of the organization's logo in emails, up to 500 characters. Requires a plan with `branding`. Null removes it.
    #[serde(default)]
    #[schema(value_type = Option<forms::LogoUrl>)]
    pub logo_url: Field<LogoUrl>,
    /// The color of buttons in emails. Requires a plan with `branding`. Null removes it.
    #[serde(default)]
    #[schema(value_type = Option<forms::Color>)]
    pub accent_color: Field<Color>,
}

/// Changes to a plan. Omitted fields are unchanged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetPlanRequest {
    /// The seat limit; null for no limit.
    #[serde(default)]
    #[schema(schema_with = seat_limits)]
    pub seat_limit: Field<u32>,
    /// Up to 100 domains. Holders of allowlisted roles must have an address in one of them.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<forms::Domain>, max_items = 100)]
    pub allowed_domains: Option<Vec<Domain>>,
    /// The number of emails that members can send per day: invitations, and notices to people who were added. Null for the
    /// default limit of 1,000.
    #[serde(default)]
    #[schema(schema_with = mail_limits)]
    pub mail_limit: Field<u32>,
    /// The page on which the plan can be changed. Members see it. Null removes it.
    #[serde(default)]
    #[schema(value_type = Option<forms::PageUrl>)]
    pub upgrade_url: Field<PageUrl>,
    /// Whether the organization can have its own logo and accent color in emails.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool)]
    pub branding: Option<bool>,
}

/// A number of emails, or null.
fn mail_limits() -> Schema {
    let description = "The number of emails that members can send per day: invitations, and notices to people who were added. Null for the default limit of 1,000.";
    numbers_or_null(description)
}

/// A number of seats, or null.
fn seat_limits() -> Schema {
    numbers_or_null("The seat limit; null for no limit.")
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

impl Body for SetPlanRequest {
    const REQUIRED: &'static [&'static str] = &[];
}

/// A suspension to set. It replaces the current one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspendOrganizationRequest {
    /// The reason. The organization's owners see it here and in the email they receive; other members do not.
    #[schema(value_type = forms::Message)]
    pub reason: Message,
    /// When the suspension takes effect. Null or a past time means now. The time must not mean never.
    #[serde(default)]
    #[schema(value_type = Option<forms::Instant>)]
    pub at: Option<Instant>,
}

impl Body for SuspendOrganizationRequest {
    const REQUIRED: &'static [&'static str] = &["reason"];
}

/// The new owner, and the role that the caller gets.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferOwnershipRequest {
    /// The member who becomes the owner.
    #[schema(value_type = forms::UserName)]
    pub to: UserName,
    /// The role that the caller gets in place of ownership.
    #[schema(value_type = forms::RoleId)]
    pub then: RoleId,
    /// The resources that this role applies to, if it requires any.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub resources: Option<Vec<ResourceName>>,
    /// How long a time-limited role lasts, from now.
    #[serde(default)]
    #[schema(value_type = Option<forms::Term>)]
    pub duration: Option<Term>,
}

impl Body for TransferOwnershipRequest {
    const REQUIRED: &'static [&'static str] = &["to", "then"];
}

/// The result of transferring ownership.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransferOwnershipResponse {
    /// The new owner.
    pub owner: MemberResponse,
    /// The previous owner, with their new role.
    pub giver: Option<MemberResponse>,
}

/// The billing owner to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamePayingOwnerRequest {
    /// The member who becomes the billing owner. They must be an active owner.
    #[schema(value_type = forms::UserName)]
    pub member: UserName,
}

impl Body for NamePayingOwnerRequest {
    const REQUIRED: &'static [&'static str] = &["member"];
}

/// An organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationResponse {
    /// The organization's id.
    #[schema(value_type = forms::OrganizationId)]
    pub id: OrganizationId,
    /// The organization's name.
    #[schema(value_type = String)]
    pub name: Name,
    /// The organization's role set.
    pub role_set: String,
    /// The organization's settings. Its members can change them.
    pub settings: SettingsResponse,
    /// The plan, which the platform sets.
    pub plan: PlanResponse,
    /// The organization's seats.
    pub seats: SeatsResponse,
    /// The billing owner; null until one is set.
    #[schema(value_type = Option<forms::UserId>)]
    pub paying_owner: Option<UserId>,
    /// The suspension of the organization; null if there is none. Only the platform and active owners can see it.
    pub suspension: Option<SuspensionResponse>,
    /// When the organization was created.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When the organization was deleted; null if it was not. Only the platform can see a deleted organization.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub deleted_at: Option<Timestamp>,
    /// The version, for `If-Match`, in quotation marks.
    pub version: String,
}

/// The settings of an organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingsResponse {
    /// The number of days within which an invitation can be accepted.
    pub invitation_ttl_days: u32,
    /// The default message of invitations. It is used if the inviter writes none.
    #[schema(value_type = Option<String>)]
    pub default_message: Option<Message>,
    /// The optional roles that are turned on.
    #[schema(value_type = Vec<forms::RoleId>)]
    pub optional_roles: BTreeSet<RoleId>,
    /// The URL of the organization's logo in emails; null for the product's.
    #[schema(value_type = Option<String>)]
    pub logo_url: Option<LogoUrl>,
    /// The color of buttons in emails; null for the product's.
    #[schema(value_type = Option<String>)]
    pub accent_color: Option<Color>,
}

impl From<&Settings> for SettingsResponse {
    fn from(settings: &Settings) -> Self {
        Self {
            invitation_ttl_days: settings.invitation_ttl_days,
            default_message: settings.default_message.clone(),
            optional_roles: settings.optional_roles.clone(),
            logo_url: settings.logo_url.clone(),
            accent_color: settings.accent_color.clone(),
        }
    }
}

/// The plan of an organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanResponse {
    /// The seat limit; null for no limit.
    pub seat_limit: Option<u64>,
    /// The allowed domains. Holders of allowlisted roles must have an address in one of them.
    #[schema(value_type = Vec<String>)]
    pub allowed_domains: BTreeSet<Domain>,
    /// The number of emails that members can send per day; null for the default limit of 1,000.
    pub mail_limit: Option<u64>,
    /// The page on which the plan can be changed; null if the platform has set none.
    #[schema(value_type = Option<String>)]
    pub upgrade_url: Option<PageUrl>,
    /// Whether the organization can have its own logo and accent color in emails.
    pub branding: bool,
}

impl From<&Plan> for PlanResponse {
    fn from(plan: &Plan) -> Self {
        Self {
            seat_limit: plan.seat_limit,
            allowed_domains: plan.allowed_domains.clone(),
            mail_limit: plan.mail_limit,
            upgrade_url: plan.upgrade_url.clone(),
            branding: plan.branding,
        }
    }
}

/// A current or scheduled suspension.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuspensionResponse {
    /// The reason.
    #[schema(value_type = String)]
    pub reason: Message,
    /// When the suspension takes effect, or took effect.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Whether the suspension is in effect.
    pub in_effect: bool,
}

impl SuspensionResponse {
    fn of(suspension: &Suspension, now: Timestamp) -> Self {
        Self {
            reason: suspension.reason.clone(),
            at: suspension.at,
            in_effect: suspension.has_begun(now),
        }
    }
}

impl OrganizationResponse {
    /// The organization in this state, as the caller sees it.
    #[must_use]
    pub fn of(organization: &Organization, org: &OrgContext) -> Self {
        let suspension = organization.suspension.as_ref().filter(|_| org.sees_suspension());
        Self {
            suspension: suspension.map(|suspension| SuspensionResponse::of(suspension, org.now)),
            version: org.seen(organization).state(),
            ..Self::created(organization)
        }
    }

    /// An organization that was just created.
    #[must_use]
    pub fn created(organization: &Organization) -> Self {
        Self {
            id: organization.id,
            name: organization.name.clone(),
            role_set: organization.role_set.clone(),
            settings: (&organization.settings).into(),
            plan: (&organization.plan).into(),
            seats: organization.seats().into(),
            paying_owner: organization.paying_owner,
            suspension: None,
            created_at: organization.created_at,
            deleted_at: organization.deleted_at,
            version: SeenOrganization::new(organization, true).state(),
        }
    }
}

/// An organization that the caller is a member of.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyOrganizationResponse {
    /// The organization's id.
    #[schema(value_type = forms::OrganizationId)]
    pub id: OrganizationId,
    /// The organization's name.
    #[schema(value_type = String)]
    pub name: Name,
    /// The organization's role set.
    pub role_set: String,
    /// The caller's role on the organization, or else their highest role on a resource; null if they hold none.
    #[schema(value_type = Option<forms::RoleId>)]
    pub role: Option<RoleId>,
    /// The display name of this role; null if there is none.
    pub role_name: Option<String>,
    /// The status of the caller's membership: `active` or `inactive`.
    #[schema(value_type = words::Status)]
    pub status: Status,
    /// Whether the organization is suspended.
    pub suspended: bool,
    /// When the caller joined.
    #[schema(value_type = String, format = DateTime)]
    pub joined_at: Timestamp,
}
