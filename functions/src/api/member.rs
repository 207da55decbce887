//! Members: as they are shown and changed.

use super::grant::{GrantInput, GrantResponse};
use super::source::SourceResponse;
use super::{ResourceName, forms, words};
use jiff::Timestamp;
use muster_domain::member::Profile;
use muster_domain::rules::actions::PersonAction;
use muster_domain::text::{Color, NotificationId, Skill, TimeZoneName};
use muster_domain::{EmailAddress, Language, Message, Name, RoleId, Status, Subject, Term, UserId};
use muster_edge::{Body, Field, given};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

/// A member's profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileResponse {
    /// The member's time zone.
    #[schema(value_type = Option<String>)]
    pub timezone: Option<TimeZoneName>,
    /// The language of emails to the member; null for the deployment's.
    #[schema(value_type = Option<words::Language>)]
    pub language: Option<Language>,
    /// The member's color.
    #[schema(value_type = Option<String>)]
    pub color: Option<Color>,
    /// The member's notification settings. Only the member and those who manage the member see them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, bool>>)]
    pub notifications: Option<BTreeMap<NotificationId, bool>>,
    /// The member's skills.
    #[schema(value_type = Vec<String>)]
    pub skills: Vec<Skill>,
    /// A short text about the member.
    #[schema(value_type = Option<String>)]
    pub bio: Option<Message>,
}

impl From<&Profile> for ProfileResponse {
    fn from(profile: &Profile) -> Self {
        Self {
            timezone: profile.timezone.clone(),
            language: profile.language,
            color: profile.color.clone(),
            notifications: Some(profile.notifications.clone()),
            skills: profile.skills.clone(),
            bio: profile.bio.clone(),
        }
    }
}

/// A member.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberResponse {
    /// The user's id.
    #[schema(value_type = forms::UserId)]
    pub id: UserId,
    /// The `sub` of the member's tokens; null if it is not known yet. Only the platform and callers with `members:manage` on the whole organization see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub subject: Option<Option<Subject>>,
    /// The member's name; null if it is not known.
    #[schema(value_type = Option<String>)]
    pub name: Option<Name>,
    /// The email address that the member joined with.
    #[schema(value_type = String)]
    pub email: EmailAddress,
    /// The role on the organization, or else the highest role on a resource that the caller can see; null if there is none.
    #[schema(value_type = Option<forms::RoleId>)]
    pub role: Option<RoleId>,
    /// The role on the organization; null if the member only holds roles on resources.
    #[schema(value_type = Option<forms::RoleId>)]
    pub organization_role: Option<RoleId>,
    /// The member's roles on resources.
    pub grants: Vec<GrantResponse>,
    /// The status: `active` or `inactive`.
    #[schema(value_type = words::Status)]
    pub status: Status,
    /// When the role on the organization expires; null if it does not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub role_expires_at: Option<Timestamp>,
    /// How the role on the organization was given; null if there is none, or if that is unknown. Only the member and those who manage
    /// members of the organization see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SourceResponse>)]
    pub role_source: Option<Option<SourceResponse>>,
    /// When the member joined.
    #[schema(value_type = String, format = DateTime)]
    pub joined_at: Timestamp,
    /// When the member was last active, to the hour; null if they never were.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_active_at: Option<Timestamp>,
    /// The member's profile.
    pub profile: ProfileResponse,
    /// Whether the member is the caller, or the owner of the caller's API key.
    pub is_me: bool,
    /// Whether the member is the billing owner.
    pub is_paying_owner: bool,
    /// What the caller can do with the member now.
    #[schema(value_type = Vec<words::PersonAction>)]
    pub may: Vec<PersonAction>,
    /// The version, for `If-Match`, in quotation marks.
    pub version: String,
}

impl MemberResponse {
    /// The member as others see them: settings are for the member and for those who manage the member (`client-practice`).
    #[must_use]
    pub fn for_others(mut self) -> Self {
        self.profile.notifications = None;
        self
    }

    /// The member as members who manage no one see them: settings and the sources of roles are hidden, and nothing can be done.
    #[must_use]
    pub fn as_others_see(self) -> Self {
        let mut seen = self.for_others();
        seen.is_me = false;
        seen.may = Vec::new();
        seen.role_source = None;
        for grant in &mut seen.grants {
            grant.source = None;
        }
        seen
    }
}

/// Changes to a member. Omitted fields are unchanged. `role` with `resources` and `duration`, or with `grants` for different
/// roles, replaces all roles that the member holds.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMemberRequest {
    /// The role. With `grants`, it is the role on the organization, or null for none.
    #[serde(default)]
    #[schema(value_type = Option<forms::RoleId>)]
    pub role: Field<RoleId>,
    /// The resources that the role applies to.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<ResourceName>, max_items = 50)]
    pub resources: Option<Vec<ResourceName>>,
    /// How long a time-limited role lasts, from now.
    #[serde(default)]
    #[schema(value_type = Option<forms::Term>)]
    pub duration: Option<Term>,
    /// Roles on resources, up to 64.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<GrantInput>, max_items = 64)]
    pub grants: Option<Vec<GrantInput>>,
    /// The member's name.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = forms::Name)]
    pub name: Option<Name>,
    /// The member's time zone. Null removes it.
    #[serde(default)]
    #[schema(value_type = Option<forms::TimeZone>)]
    pub timezone: Field<TimeZoneName>,
    /// The language of emails to the member. Null removes it.
    #[serde(default)]
    #[schema(value_type = Option<words::Language>)]
    pub language: Field<Language>,
    /// The member's color. Null removes it.
    #[serde(default)]
    #[schema(value_type = Option<forms::Color>)]
    pub color: Field<Color>,
    /// Up to 50 notifications to turn on or off. The others are unchanged.
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = switches)]
    pub notifications: Option<BTreeMap<NotificationId, bool>>,
    /// The member's skills, up to 50.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<forms::Skill>, max_items = 50)]
    pub skills: Option<Vec<Skill>>,
    /// A short text about the member. Null removes it.
    #[serde(default)]
    #[schema(value_type = Option<forms::Message>)]
    pub bio: Field<Message>,
    /// `active` or `inactive`. Members cannot change their own status.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = words::Status)]
    pub status: Option<Status>,
}

/// Notifications, each on or off.
fn switches() -> Schema {
    let names = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(forms::WORD));
    let switch = ObjectBuilder::new().schema_type(Type::Boolean).build();
    let switches = ObjectBuilder::new()
        .property_names(Some(names.build()))
        .additional_properties(Some(Schema::Object(switch)))
        .max_properties(Some(50))
        .description(Some(
            "Up to 50 notifications to turn on or off. The others are unchanged.",
        ));
    Schema::Object(switches.build())
}

impl Body for UpdateMemberRequest {
    const REQUIRED: &'static [&'static str] = &[];
}
