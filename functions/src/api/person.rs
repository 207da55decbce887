//! People: members and pending invitations, as one reader sees them.

use super::grant::GrantResponse;
use super::member::MemberResponse;
use super::source::SourceResponse;
use super::{SeatsResponse, words};
use crate::offers::Offers;
use jiff::Timestamp;
use muster_domain::people::{FilterContext, InviteStatus, PersonKind};
use muster_domain::rules::actions::PersonAction;
use muster_domain::rules::sources::SourceViewer;
use muster_domain::text::TimeZoneName;
use muster_domain::{
    EmailAddress, Invitation, Member, Name, Organization, ResourceRef, RoleAssignment, RoleId, RoleSet, Status, Subject,
};
use muster_edge::etag::Stated;
use muster_store::Counts;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

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
    pub fn member_row(&self, member: &Member, is_visible: impl Fn(&ResourceRef) -> bool) -> PersonRow {
        PersonRow {
            kind: PersonKind::Member,
            id: member.id.to_string(),
            subject: self.subject(member),
            name: member.name.clone(),
            email: member.email.clone(),
            role: self.shown_role(member, &is_visible),
            grants: self.grants(member, is_visible),
            status: Some(member.status),
            invite_status: InviteStatus::Accepted,
            timezone: member.profile.timezone.clone(),
            joined_at: Some(member.joined_at),
            last_active_at: member.last_active_at,
            role_expires_at: self.live(member).0.and_then(|held| held.expires_at),
            role_source: self.role_source(member),
            is_me: self.offers.is_me(member),
            is_paying_owner: self.is_paying_owner(member),
            may: self.offers.with_member(member),
            version: member.state(),
        }
    }

    /// A pending invitation as a row of the list of people.
    #[must_use]
    pub fn invitation_row(&self, invitation: &Invitation, is_visible: impl Fn(&ResourceRef) -> bool) -> PersonRow {
        let grant = |resource: &ResourceRef| GrantResponse {
            kind: resource.key.kind.clone(),
            id: resource.key.id.clone(),
            role: invitation.role.clone(),
            expires_at: None,
            source: None,
        };
        let offered = invitation
            .resources
            .iter()
            .filter(|r| !self.organization.is_ending(r) && is_visible(r));
        PersonRow {
            kind: PersonKind::Invitation,
            id: invitation.id.to_string(),
            subject: self.with_subjects.then_some(None),
            name: None,
            email: invitation.email.clone(),
            role: Some(invitation.role.clone()),
            grants: offered.map(grant).collect(),
            status: None,
            invite_status: InviteStatus::Pending,
            timezone: None,
            joined_at: None,
            last_active_at: None,
            role_expires_at: None,
            role_source: None,
            is_me: false,
            is_paying_owner: false,
            may: self.offers.with_invitation(invitation),
            version: invitation.state(),
        }
    }
}

/// A row of the people list: a member or a pending invitation.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonRow {
    /// The kind of row: `member` or `invitation`.
    #[schema(value_type = words::PersonKind)]
    pub kind: PersonKind,
    /// The id of the member or the invitation.
    pub id: String,
    /// The `sub` of the member's tokens; null for an invitation, and if it is not known yet. Only the platform and callers with `members:manage` on the whole organization see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub subject: Option<Option<Subject>>,
    /// The member's name; null if it is not known.
    #[schema(value_type = Option<String>)]
    pub name: Option<Name>,
    /// The person's email address.
    #[schema(value_type = String)]
    pub email: EmailAddress,
    /// The role on the organization, or else the highest role on a resource that the caller can see; null if there is none.
    #[schema(value_type = Option<String>)]
    pub role: Option<RoleId>,
    /// The roles on resources that the person holds or is offered.
    pub grants: Vec<GrantResponse>,
    /// The member's status: `active` or `inactive`. Null for an invitation.
    #[schema(value_type = Option<words::Status>)]
    pub status: Option<Status>,
    /// `accepted` for a member, `pending` for an invitation.
    #[schema(value_type = words::InviteStatus)]
    pub invite_status: InviteStatus,
    /// The member's time zone.
    #[schema(value_type = Option<String>)]
    pub timezone: Option<TimeZoneName>,
    /// When the member joined; null for an invitation.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub joined_at: Option<Timestamp>,
    /// When the member was last active, to the hour; null if they never were.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_active_at: Option<Timestamp>,
    /// When the role on the organization expires; null if it does not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub role_expires_at: Option<Timestamp>,
    /// How the role on the organization was given; null if there is none, or if that is unknown. Only the member and those who manage
    /// members of the organization see it. An invitation has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SourceResponse>)]
    pub role_source: Option<Option<SourceResponse>>,
    /// Whether the row is the caller, or the owner of the caller's API key.
    pub is_me: bool,
    /// Whether the row is the billing owner.
    pub is_paying_owner: bool,
    /// What the caller can do with the person now.
    #[schema(value_type = Vec<words::PersonAction>)]
    pub may: Vec<PersonAction>,
    /// The version, for `If-Match`, in quotation marks.
    pub version: String,
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
