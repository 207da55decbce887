//! Members: as they are shown, changed and listed.

use super::{ResourceName, SeatsBody, forms};
use jiff::Timestamp;
use muster_domain::member::Profile;
use muster_domain::people::FilterContext;
use muster_domain::text::{Color, NotificationId, Skill, TimeZoneName};
use muster_domain::{
    Address, Instant, Invitation, Member, Message, Name, Organization, ResourceId, ResourceRef, ResourceType,
    RoleAssignment, RoleId, RoleSet, Status, Term, UserId,
};
use muster_edge::{Body, Field, given};
use muster_store::Counts;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

/// A role held on a resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrantBody {
    /// The resource's type.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub kind: ResourceType,
    /// The resource's id.
    #[schema(value_type = String)]
    pub id: ResourceId,
    /// The role.
    #[schema(value_type = String)]
    pub role: RoleId,
    /// When it ends, if it does.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

/// What a member tells about themselves.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileBody {
    /// Time zone.
    #[schema(value_type = Option<String>)]
    pub timezone: Option<TimeZoneName>,
    /// Colour that stands for the member.
    #[schema(value_type = Option<String>)]
    pub color: Option<Color>,
    /// Which notifications they want; left out for those whom it does not concern.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, bool>>)]
    pub notifications: Option<BTreeMap<NotificationId, bool>>,
    /// Skills.
    #[schema(value_type = Vec<String>)]
    pub skills: Vec<Skill>,
    /// A text about themselves.
    #[schema(value_type = Option<String>)]
    pub bio: Option<Message>,
}

impl From<&Profile> for ProfileBody {
    fn from(profile: &Profile) -> Self {
        Self {
            timezone: profile.timezone.clone(),
            color: profile.color.clone(),
            notifications: Some(profile.notifications.clone()),
            skills: profile.skills.clone(),
            bio: profile.bio.clone(),
        }
    }
}

/// A member.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberBody {
    /// The user's id.
    #[schema(value_type = String)]
    pub id: UserId,
    /// Their name, if known.
    #[schema(value_type = Option<String>)]
    pub name: Option<Name>,
    /// The address they joined with.
    #[schema(value_type = String)]
    pub email: Address,
    /// The role on the organization, else the highest on a resource in sight; null if they hold none.
    #[schema(value_type = Option<String>)]
    pub role: Option<RoleId>,
    /// The role on the organization itself; null if they hold roles on resources only.
    #[schema(value_type = Option<String>)]
    pub organization_role: Option<RoleId>,
    /// Roles on resources.
    pub grants: Vec<GrantBody>,
    /// `active` or `inactive`.
    #[schema(value_type = String)]
    pub status: Status,
    /// When the role on the organization ends, if it does.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub role_expires_at: Option<Timestamp>,
    /// When they joined.
    #[schema(value_type = String, format = DateTime)]
    pub joined_at: Timestamp,
    /// When they were last seen, within an hour.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_active_at: Option<Timestamp>,
    /// What they tell about themselves.
    pub profile: ProfileBody,
}

impl MemberBody {
    /// The member as others see them: settings are for oneself and for those who manage the member (`client-practice`).
    #[must_use]
    pub fn for_others(mut self) -> Self {
        self.profile.notifications = None;
        self
    }
}

/// Where members are shown from: the organization at one instant, and which of a member's grants are in sight.
pub struct View<'a> {
    /// The organization.
    pub organization: &'a Organization,
    /// Its role set.
    pub set: &'static RoleSet,
    /// The instant.
    pub now: Timestamp,
}

impl View<'_> {
    /// The role on the organization, and the grants that hold.
    fn live<'m>(
        &'m self,
        member: &'m Member,
    ) -> (Option<&'m RoleAssignment>, Vec<(&'m RoleAssignment, &'m ResourceRef)>) {
        let mut role = None;
        let mut grants = Vec::new();
        for (held, on) in member.live(self.organization, self.set, self.now) {
            match on {
                None => role = Some(held),
                Some(resource) => grants.push((held, resource)),
            }
        }
        (role, grants)
    }

    /// The role a row shows: on the organization, else the highest on a resource that is in sight.
    pub fn shown_role(&self, member: &Member, is_visible: impl Fn(&ResourceRef) -> bool) -> Option<RoleId> {
        let setting = FilterContext {
            organization: self.organization,
            set: self.set,
            now: self.now,
        };
        setting.shown_role(member, is_visible)
    }

    fn grants(&self, member: &Member, is_visible: impl Fn(&ResourceRef) -> bool) -> Vec<GrantBody> {
        let (_, grants) = self.live(member);
        grants
            .into_iter()
            .filter(|(_, resource)| is_visible(resource))
            .map(|(held, resource)| GrantBody {
                kind: resource.key.kind.clone(),
                id: resource.key.id.clone(),
                role: held.role.clone(),
                expires_at: held.expires_at,
            })
            .collect()
    }

    /// A member, with those grants that are in sight.
    #[must_use]
    pub fn member(&self, member: &Member, is_visible: impl Fn(&ResourceRef) -> bool) -> MemberBody {
        MemberBody {
            id: member.id,
            name: member.name.clone(),
            email: member.email.clone(),
            role: self.shown_role(member, &is_visible),
            organization_role: self.live(member).0.map(|held| held.role.clone()),
            grants: self.grants(member, is_visible),
            status: member.status,
            role_expires_at: self.live(member).0.and_then(|held| held.expires_at),
            joined_at: member.joined_at,
            last_active_at: member.last_active_at,
            profile: (&member.profile).into(),
        }
    }

    /// A member as a row of the list of people.
    #[must_use]
    pub fn member_row(&self, member: &Member, is_visible: impl Fn(&ResourceRef) -> bool) -> PersonRow {
        PersonRow {
            kind: "member",
            id: member.id.to_string(),
            name: member.name.clone(),
            email: member.email.clone(),
            role: self.shown_role(member, &is_visible),
            grants: self.grants(member, is_visible),
            status: Some(member.status),
            invite_status: "accepted",
            timezone: member.profile.timezone.clone(),
            joined_at: Some(member.joined_at),
            last_active_at: member.last_active_at,
            role_expires_at: self.live(member).0.and_then(|held| held.expires_at),
        }
    }

    /// A pending invitation as a row of the list of people.
    #[must_use]
    pub fn invitation_row(&self, invitation: &Invitation, is_visible: impl Fn(&ResourceRef) -> bool) -> PersonRow {
        let grant = |resource: &ResourceRef| GrantBody {
            kind: resource.key.kind.clone(),
            id: resource.key.id.clone(),
            role: invitation.role.clone(),
            expires_at: None,
        };
        let offered = invitation
            .resources
            .iter()
            .filter(|r| !self.organization.is_ending(r) && is_visible(r));
        PersonRow {
            kind: "invitation",
            id: invitation.id.to_string(),
            name: None,
            email: invitation.email.clone(),
            role: Some(invitation.role.clone()),
            grants: offered.map(grant).collect(),
            status: None,
            invite_status: "pending",
            timezone: None,
            joined_at: None,
            last_active_at: None,
            role_expires_at: None,
        }
    }
}

/// A person of an organization: a member, or somebody whose invitation is pending.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonRow {
    /// `member` or `invitation`.
    pub kind: &'static str,
    /// The member's or the invitation's id.
    pub id: String,
    /// Their name, if known.
    #[schema(value_type = Option<String>)]
    pub name: Option<Name>,
    /// Their address.
    #[schema(value_type = String)]
    pub email: Address,
    /// The role on the organization, else the highest on a resource in sight.
    #[schema(value_type = Option<String>)]
    pub role: Option<RoleId>,
    /// Roles on resources, held or offered.
    pub grants: Vec<GrantBody>,
    /// `active` or `inactive`; null while the invitation is pending.
    #[schema(value_type = Option<String>)]
    pub status: Option<Status>,
    /// `accepted` or `pending`.
    pub invite_status: &'static str,
    /// Time zone.
    #[schema(value_type = Option<String>)]
    pub timezone: Option<TimeZoneName>,
    /// When they joined.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub joined_at: Option<Timestamp>,
    /// When they were last seen, within an hour.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_active_at: Option<Timestamp>,
    /// When the role on the organization ends, if it does.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub role_expires_at: Option<Timestamp>,
}

/// A page of people, with the seat counter.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeopleBody {
    /// Members in the order asked for, then pending invitations in the order they were first sent; with `q` and no `sort` all in the
    /// order of the words that were found.
    pub items: Vec<PersonRow>,
    /// Seats used and allowed.
    pub seats: SeatsBody,
    /// How many people there are, whoever is asked for; seconds behind. Null for those who do not see all of them.
    #[schema(nullable)]
    pub counts: Option<CountsBody>,
    /// Whether there are fewer rows than `limit` though more may follow: many were looked at and few were meant.
    pub partial: bool,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<String>,
}

/// How many people there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountsBody {
    /// Active members.
    pub active: u64,
    /// Inactive members.
    pub inactive: u64,
    /// Pending invitations.
    pub pending: u64,
    /// For each role, members who hold it anywhere and pending invitations that offer it.
    #[schema(value_type = std::collections::BTreeMap<String, u64>)]
    pub roles: BTreeMap<RoleId, u64>,
}

impl CountsBody {
    /// These counts, with each role of the role set.
    #[must_use]
    pub fn of(counts: &Counts, set: &RoleSet) -> Self {
        let of = |role: &RoleId| counts.roles.get(role).copied().unwrap_or_default();
        Self {
            active: counts.active,
            inactive: counts.inactive,
            pending: counts.pending,
            roles: set.roles.iter().map(|role| (role.id.clone(), of(&role.id))).collect(),
        }
    }
}

/// A role to be held on a resource.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantInput {
    /// The resource's type.
    #[serde(rename = "type")]
    #[schema(value_type = forms::ResourceType)]
    pub kind: ResourceType,
    /// The resource's id.
    #[schema(value_type = forms::ResourceId)]
    pub id: ResourceId,
    /// The role.
    #[schema(value_type = forms::RoleId)]
    pub role: RoleId,
    /// When it shall end; null, nothing or never for no end.
    #[serde(default)]
    #[schema(value_type = Option<forms::Instant>)]
    pub expires_at: Option<Instant>,
}

/// The role to be held on the resource of the path.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutGrant {
    /// The role, in place of the one held there.
    #[schema(value_type = forms::RoleId)]
    pub role: RoleId,
    /// When it shall end; null, nothing or never for no end.
    #[serde(default)]
    #[schema(value_type = Option<forms::Instant>)]
    pub expires_at: Option<Instant>,
}

impl Body for PutGrant {
    const REQUIRED: &'static [&'static str] = &["role"];
}

/// A change of a member. `role` with `resources` and `duration`, or with `grants` for a mix: they hold exactly this from then on.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateMember {
    /// The role; with `grants`, the one on the organization, null for none.
    #[serde(default)]
    #[schema(value_type = Option<forms::RoleId>)]
    pub role: Field<RoleId>,
    /// Resources the role is held on.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<ResourceName>, max_items = 50)]
    pub resources: Option<Vec<ResourceName>>,
    /// For a time-limited role: how long from now.
    #[serde(default)]
    #[schema(value_type = Option<forms::Term>)]
    pub duration: Option<Term>,
    /// Any mix of roles on resources.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<GrantInput>, max_items = 64)]
    pub grants: Option<Vec<GrantInput>>,
    /// Their name.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = forms::Name)]
    pub name: Option<Name>,
    /// Time zone; null takes it away.
    #[serde(default)]
    #[schema(value_type = Option<forms::TimeZone>)]
    pub timezone: Field<TimeZoneName>,
    /// Colour; null takes it away.
    #[serde(default)]
    #[schema(value_type = Option<forms::Color>)]
    pub color: Field<Color>,
    /// Notifications to switch; those not named stay.
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = switches)]
    pub notifications: Option<BTreeMap<NotificationId, bool>>,
    /// Skills, 50 at most.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<forms::Skill>, max_items = 50)]
    pub skills: Option<Vec<Skill>>,
    /// A text about themselves; null takes it away.
    #[serde(default)]
    #[schema(value_type = Option<forms::Message>)]
    pub bio: Field<Message>,
    /// `active` or `inactive`: not for oneself.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = forms::Status)]
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
        .description(Some("Notifications to switch, 50 at most; those not named stay."));
    Schema::Object(switches.build())
}

impl Body for UpdateMember {
    const REQUIRED: &'static [&'static str] = &[];
}
