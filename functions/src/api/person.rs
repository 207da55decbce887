//! People: members and pending invitations, as one reader sees them.

use super::grant::GrantResponse;
use super::member::MemberResponse;
use super::resource::ResourceNames;
use super::source::SourceResponse;
use super::{SeatsResponse, forms, words};
use crate::offers::Offers;
use jiff::Timestamp;
use muster_domain::invitation::Delivery;
use muster_domain::people::{FilterContext, InviteStatus, PersonKind};
use muster_domain::rules::actions::PersonAction;
use muster_domain::rules::sources::SourceViewer;
use muster_domain::text::{Color, TimeZoneName};
use muster_domain::{
    EmailAddress, Invitation, InvitationId, Member, Message, Name, Organization, Person, ResourceRef, RoleAssignment,
    RoleId, RoleSet, Status, Subject, Term, UserId,
};
use muster_edge::etag::Stated;
use muster_store::Counts;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

/// A view of people: the organization at one instant, and what the viewer may see.
pub struct PeopleView<'a> {
    /// The organization.
    pub organization: &'a Organization,
    /// Its role set.
    pub set: &'static RoleSet,
    /// The instant.
    pub now: Timestamp,
    /// Whether the reader sees the identity provider's subjects of members.
    pub with_subjects: bool,
    /// The reader, as far as the sources of roles are concerned.
    pub viewer: SourceViewer<'a>,
    /// The reader, as far as their actions are concerned.
    pub offers: Offers<'a>,
    /// The names of resources, as far as they were read.
    pub names: ResourceNames,
}

impl PeopleView<'_> {
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

    /// The role a row shows: on the organization, or else the highest on a resource that is visible.
    fn shown_role(&self, member: &Member, is_visible: impl Fn(&ResourceRef) -> bool) -> Option<RoleId> {
        let setting = FilterContext {
            organization: self.organization,
            set: self.set,
            now: self.now,
        };
        setting.shown_role(member, is_visible)
    }

    fn grants(&self, member: &Member, is_visible: impl Fn(&ResourceRef) -> bool) -> Vec<GrantResponse> {
        let (_, grants) = self.live(member);
        grants
            .into_iter()
            .filter(|(_, resource)| is_visible(resource))
            .map(|(held, resource)| GrantResponse {
                kind: resource.key.kind.clone(),
                id: resource.key.id.clone(),
                name: self.names.get(resource),
                role: held.role.clone(),
                expires_at: held.expires_at,
                source: SourceResponse::visible(held.source, self.viewer.detail(member.id, Some(resource))),
            })
            .collect()
    }

    fn role_source(&self, member: &Member) -> Option<Option<SourceResponse>> {
        let source = self.live(member).0.and_then(|held| held.source);
        SourceResponse::visible(source, self.viewer.detail(member.id, None))
    }

    fn is_paying_owner(&self, member: &Member) -> bool {
        self.organization.paying_owner == Some(member.id)
    }

    fn subject(&self, member: &Member) -> Option<Option<Subject>> {
        self.with_subjects.then(|| member.subject.clone())
    }

    /// A member, with those grants that are visible.
    #[must_use]
    pub fn member(&self, member: &Member, is_visible: impl Fn(&ResourceRef) -> bool) -> MemberResponse {
        MemberResponse {
            id: member.id,
            subject: self.subject(member),
            name: member.name.clone(),
            email: member.email.clone(),
            role: self.shown_role(member, &is_visible),
            organization_role: self.live(member).0.map(|held| held.role.clone()),
            grants: self.grants(member, is_visible),
            status: member.status,
            role_expires_at: self.live(member).0.and_then(|held| held.expires_at),
            role_source: self.role_source(member),
            joined_at: member.joined_at,
            last_active_at: member.last_active_at,
            profile: (&member.profile).into(),
            is_me: self.offers.is_me(member),
            is_paying_owner: self.is_paying_owner(member),
            may: self.offers.with_member(member),
            version: member.state(),
        }
    }

    /// A member as a row of the list of people.
    #[must_use]
    pub fn member_row(&self, member: &Member, is_visible: impl Fn(&ResourceRef) -> bool) -> MemberRow {
        MemberRow {
            kind: PersonKind::Member,
            id: member.id,
            subject: self.subject(member),
            name: member.name.clone(),
            email: member.email.clone(),
            role: self.shown_role(member, &is_visible),
            grants: self.grants(member, is_visible),
            status: member.status,
            invite_status: InviteStatus::Accepted,
            timezone: member.profile.timezone.clone(),
            color: member.profile.color.clone(),
            joined_at: member.joined_at,
            last_active_at: member.last_active_at,
            role_expires_at: self.live(member).0.and_then(|held| held.expires_at),
            role_source: self.role_source(member),
            is_me: self.offers.is_me(member),
            is_paying_owner: self.is_paying_owner(member),
            may: self.offers.with_member(member),
            version: member.state(),
        }
    }

    /// The resources that an invitation offers, with its role.
    fn offered(&self, invitation: &Invitation, is_visible: impl Fn(&ResourceRef) -> bool) -> Vec<GrantResponse> {
        let grant = |resource: &ResourceRef| GrantResponse {
            kind: resource.key.kind.clone(),
            id: resource.key.id.clone(),
            name: self.names.get(resource),
            role: invitation.role.clone(),
            expires_at: None,
            source: None,
        };
        let offered = invitation.resources.iter();
        let offered = offered.filter(|r| !self.organization.is_ending(r) && is_visible(r));
        offered.map(grant).collect()
    }

    /// A person as a file has them. Files do not say what their reader may do, so this asks no rule about that.
    #[must_use]
    pub fn in_file<'p>(&self, person: &'p Person, is_visible: impl Fn(&ResourceRef) -> bool) -> PersonInFile<'p> {
        match person {
            Person::Member(member) => PersonInFile {
                kind: PersonKind::Member,
                name: member.name.as_ref(),
                email: &member.email,
                role: self.shown_role(member, &is_visible),
                grants: self.grants(member, is_visible),
                status: Some(member.status),
                invite_status: InviteStatus::Accepted,
                timezone: member.profile.timezone.as_ref(),
                joined_at: Some(member.joined_at),
                last_active_at: member.last_active_at,
                role_expires_at: self.live(member).0.and_then(|held| held.expires_at),
                role_source: self.role_source(member).flatten(),
                subject: member.subject.as_ref().filter(|_| self.with_subjects),
            },
            Person::Invitation(invitation) => PersonInFile {
                kind: PersonKind::Invitation,
                name: None,
                email: &invitation.email,
                role: Some(invitation.role.clone()),
                grants: self.offered(invitation, is_visible),
                status: None,
                invite_status: InviteStatus::Pending,
                timezone: None,
                joined_at: None,
                last_active_at: None,
                role_expires_at: None,
                role_source: None,
                subject: None,
            },
        }
    }

    /// A pending invitation as a row of the list of people.
    #[must_use]
    pub fn invitation_row(&self, invitation: &Invitation, is_visible: impl Fn(&ResourceRef) -> bool) -> InvitationRow {
        InvitationRow {
            kind: PersonKind::Invitation,
            id: invitation.id,
            subject: self.with_subjects.then_some(()),
            name: (),
            email: invitation.email.clone(),
            role: invitation.role.clone(),
            grants: self.offered(invitation, is_visible),
            status: (),
            invite_status: InviteStatus::Pending,
            timezone: (),
            color: (),
            joined_at: (),
            last_active_at: (),
            role_expires_at: (),
            duration: invitation.term,
            message: invitation.message.clone(),
            mail: invitation.mail,
            invited_by: invitation.invited_by,
            inviter: self.offers.inviter(invitation),
            sent_at: invitation.sent_at,
            expires_at: invitation.expires_at,
            is_me: false,
            is_paying_owner: false,
            may: self.offers.with_invitation(invitation),
            version: invitation.state(),
        }
    }
}

/// A person as a file has them.
pub struct PersonInFile<'p> {
    /// The kind of person.
    pub kind: PersonKind,
    /// A member's name.
    pub name: Option<&'p Name>,
    /// The address.
    pub email: &'p EmailAddress,
    /// The role on the organization, or else the highest on a resource; or the one that is offered.
    pub role: Option<RoleId>,
    /// The roles on resources, held or offered.
    pub grants: Vec<GrantResponse>,
    /// A member's status.
    pub status: Option<Status>,
    /// Whether the person has joined.
    pub invite_status: InviteStatus,
    /// A member's time zone.
    pub timezone: Option<&'p TimeZoneName>,
    /// When a member joined.
    pub joined_at: Option<Timestamp>,
    /// When a member was last active.
    pub last_active_at: Option<Timestamp>,
    /// When the role on the organization expires.
    pub role_expires_at: Option<Timestamp>,
    /// How the role on the organization was given, if the reader sees it.
    pub role_source: Option<SourceResponse>,
    /// A member's subject, if the reader sees it.
    pub subject: Option<&'p Subject>,
}

/// A row of the people list: a member or a pending invitation. Its `kind` says which.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(discriminator(
    property_name = "kind",
    mapping(
        ("member" = "#/components/schemas/MemberRow"),
        ("invitation" = "#/components/schemas/InvitationRow")
    )
))]
pub enum PersonRow {
    /// A member.
    Member(Box<MemberRow>),
    /// A pending invitation.
    Invitation(Box<InvitationRow>),
}

/// A member in the people list.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberRow {
    /// The kind of row.
    #[schema(schema_with = of_member)]
    pub kind: PersonKind,
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
    /// The member's roles on resources.
    pub grants: Vec<GrantResponse>,
    /// The status: `active` or `inactive`.
    #[schema(value_type = words::Status)]
    pub status: Status,
    /// Always `accepted`.
    #[schema(schema_with = accepted)]
    pub invite_status: InviteStatus,
    /// The member's time zone.
    #[schema(value_type = Option<String>)]
    pub timezone: Option<TimeZoneName>,
    /// The member's color.
    #[schema(value_type = Option<String>)]
    pub color: Option<Color>,
    /// When the member joined.
    #[schema(value_type = String, format = DateTime)]
    pub joined_at: Timestamp,
    /// When the member was last active, to the hour; null if they never were.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_active_at: Option<Timestamp>,
    /// When the role on the organization expires; null if it does not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub role_expires_at: Option<Timestamp>,
    /// How the role on the organization was given; null if there is none, or if that is unknown. Only the member and those who manage
    /// members of the organization see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SourceResponse>)]
    pub role_source: Option<Option<SourceResponse>>,
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

/// A pending invitation in the people list. The fields that only members have are null.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationRow {
    /// The kind of row.
    #[schema(schema_with = of_invitation)]
    pub kind: PersonKind,
    /// The invitation's id.
    #[schema(value_type = forms::InvitationId)]
    pub id: InvitationId,
    /// Always null, and only there for callers who see the subjects of members.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = null)]
    pub subject: Option<()>,
    /// Always null.
    #[schema(schema_with = null)]
    pub name: (),
    /// The invited email address.
    #[schema(value_type = String)]
    pub email: EmailAddress,
    /// The role that the invitation offers.
    #[schema(value_type = forms::RoleId)]
    pub role: RoleId,
    /// The resources that the role is offered on.
    pub grants: Vec<GrantResponse>,
    /// Always null.
    #[schema(schema_with = null)]
    pub status: (),
    /// Always `pending`.
    #[schema(schema_with = pending)]
    pub invite_status: InviteStatus,
    /// Always null.
    #[schema(schema_with = null)]
    pub timezone: (),
    /// Always null.
    #[schema(schema_with = null)]
    pub color: (),
    /// Always null.
    #[schema(schema_with = null)]
    pub joined_at: (),
    /// Always null.
    #[schema(schema_with = null)]
    pub last_active_at: (),
    /// Always null.
    #[schema(schema_with = null)]
    pub role_expires_at: (),
    /// How long a time-limited role lasts, from acceptance.
    #[schema(value_type = Option<String>)]
    pub duration: Option<Term>,
    /// The inviter's message; null if there is none.
    #[schema(value_type = Option<String>)]
    pub message: Option<Message>,
    /// The status of the latest email.
    #[schema(value_type = words::Delivery)]
    pub mail: Delivery,
    /// The member responsible for the invitation: the one who last sent, resent or changed it.
    #[schema(value_type = forms::UserId)]
    pub invited_by: UserId,
    /// That member's name when they did. Null if it is not known, and for callers who do not see all people, unless they are that member.
    #[schema(value_type = Option<String>)]
    pub inviter: Option<Name>,
    /// When the invitation was last sent.
    #[schema(value_type = String, format = DateTime)]
    pub sent_at: Timestamp,
    /// When the invitation expires.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Always false.
    pub is_me: bool,
    /// Always false.
    pub is_paying_owner: bool,
    /// What the caller can do with the invitation now.
    #[schema(value_type = Vec<words::PersonAction>)]
    pub may: Vec<PersonAction>,
    /// The version, for `If-Match`, in quotation marks.
    pub version: String,
}

/// One word.
fn only(word: &'static str) -> Schema {
    let schema = ObjectBuilder::new().schema_type(Type::String);
    Schema::Object(schema.enum_values(Some([word])).build())
}

fn of_member() -> Schema {
    only(PersonKind::Member.as_str())
}

fn of_invitation() -> Schema {
    only(PersonKind::Invitation.as_str())
}

fn accepted() -> Schema {
    only(InviteStatus::Accepted.as_str())
}

fn pending() -> Schema {
    only(InviteStatus::Pending.as_str())
}

fn null() -> Schema {
    Schema::Object(ObjectBuilder::new().schema_type(Type::Null).build())
}

/// A page of the people list, with the seat counter.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeopleResponse {
    /// Members in the requested order, then pending invitations in the order in which they were first sent. With `q` and without `sort`,
    /// both together, in the order of their matching words.
    pub items: Vec<PersonRow>,
    /// The organization's seats.
    pub seats: SeatsResponse,
    /// The number of people in the organization, regardless of the filters. It can be a few seconds old. Null for callers who
    /// cannot see everyone.
    #[schema(nullable)]
    pub counts: Option<CountsResponse>,
    /// Whether the page has fewer rows than `limit` although there are more. Continue with `next_cursor`.
    pub partial: bool,
    /// The cursor of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

/// The number of people in an organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountsResponse {
    /// The number of active members.
    pub active: u64,
    /// The number of inactive members.
    pub inactive: u64,
    /// The number of pending invitations.
    pub pending: u64,
    /// For each role, the number of members who hold it anywhere and of pending invitations that offer it.
    #[schema(value_type = std::collections::BTreeMap<String, u64>)]
    pub roles: BTreeMap<RoleId, u64>,
}

impl CountsResponse {
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
