//! A team to decide about: an organization, two programs, and people made in one line.

use muster_domain::api_key::{KnownBy, Limits};
use muster_domain::invitation::{Delivery, Invitation, InvitationState};
use muster_domain::member::Profile;
use muster_domain::rules::invitations::respond::{InvitationReply, Invitee};
use muster_domain::rules::members::WantedGrant;
use muster_domain::rules::offer::RequestedOffer;
use muster_domain::violation::Violation;
use muster_domain::{
    ApiKey, Changes, DecisionContext, EmailAddress, Grant, InvitationId, KeyId, Member, NewIds, Organization,
    OrganizationId, Pair, Plan, Registration, Reliance, Resource, ResourceKey, ResourceRef, RoleAssignment, RoleId,
    RoleSet, Secret, Settings, Status, Subject, Term, Timestamp, UserId, roleset,
};
use std::collections::{BTreeMap, BTreeSet};

/// Ids in order, so that a decision can be told again.
#[derive(Default)]
pub(crate) struct Ids(u128);

impl NewIds for Ids {
    fn uuid(&mut self) -> uuid::Uuid {
        self.0 += 1;
        uuid::Uuid::from_u128(1_000_000 + self.0)
    }
}

pub(crate) fn ids() -> Ids {
    Ids::default()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The instant of every decision, unless a test says otherwise.
pub(crate) fn now() -> Timestamp {
    at("2026-03-10T12:00:00Z")
}

pub(crate) fn set() -> &'static RoleSet {
    roleset::find("program-delivery").unwrap()
}

pub(crate) fn role(id: &str) -> RoleId {
    id.parse().unwrap()
}

pub(crate) fn user(name: &str) -> UserId {
    UserId::of("https://idp.example", name)
}

pub(crate) fn subject(name: &str) -> Subject {
    name.parse().unwrap()
}

pub(crate) fn email_address(text: &str) -> EmailAddress {
    text.parse().unwrap()
}

pub(crate) fn program(id: &str) -> ResourceKey {
    ResourceKey {
        kind: "program".parse().unwrap(),
        id: id.parse().unwrap(),
    }
}

pub(crate) fn reference(id: &str) -> ResourceRef {
    let number = id.bytes().fold(7, |n: u128, b| n * 257 + u128::from(b));
    ResourceRef {
        key: program(id),
        registration: Registration::from_bytes(number.to_be_bytes()),
    }
}

pub(crate) fn resource(id: &str) -> Resource {
    Resource {
        organization: organization_id(),
        reference: reference(id),
        name: "A program".parse().unwrap(),
        created_at: now(),
        version: 1,
    }
}

/// A program as a request names it, with what was found.
pub(crate) fn found(id: &str) -> (ResourceKey, Option<Resource>) {
    (program(id), Some(resource(id)))
}

pub(crate) fn missing(id: &str) -> (ResourceKey, Option<Resource>) {
    (program(id), None)
}

pub(crate) fn organization_id() -> OrganizationId {
    OrganizationId::from_bytes([1; 16])
}

/// An organization with the helpers' role on, for addresses of `partner.example`; counters are set by [`Team::of`].
pub(crate) fn organization() -> Organization {
    Organization {
        id: organization_id(),
        name: "Acme".parse().unwrap(),
        role_set: "program-delivery".into(),
        settings: Settings {
            optional_roles: BTreeSet::from([role("implementation_admin")]),
            ..Settings::default()
        },
        plan: Plan {
            seat_limit: None,
            allowed_domains: BTreeSet::from(["partner.example".parse().unwrap()]),
            mail_limit: None,
            upgrade_url: None,
            branding: false,
        },
        role_epochs: BTreeMap::new(),
        ending: BTreeSet::new(),
        ending_by: BTreeMap::new(),
        seats_used: 0,
        active_owners: 0,
        paying_owner: None,
        suspension: None,
        deleted_at: None,
        erasing: false,
        created_at: now(),
        version: 1,
        suspension_changes: 0,
    }
}

pub(crate) fn held(id: &str, expires_at: Option<Timestamp>) -> RoleAssignment {
    RoleAssignment {
        role: role(id),
        expires_at,
        epoch: 0,
        source: None,
    }
}

/// The member, as if it were unknown where their roles came from.
pub(crate) fn unsourced(mut member: Member) -> Member {
    let grants = member.grants.iter_mut().map(|grant| &mut grant.held);
    for held in member.role.iter_mut().chain(grants) {
        held.source = None;
    }
    member
}

pub(crate) fn grant(program: &str, id: &str, expires_at: Option<Timestamp>) -> Grant {
    Grant {
        resource: reference(program),
        held: held(id, expires_at),
    }
}

/// Somebody with a role on the organization (or none) and grants.
pub(crate) fn somebody(name: &str, on_organization: Option<RoleAssignment>, grants: Vec<Grant>) -> Member {
    let helper = on_organization
        .as_ref()
        .is_some_and(|h| h.role == role("implementation_admin"));
    let domain = if helper { "partner.example" } else { "acme.example" };
    Member {
        id: user(name),
        subject: Some(subject(name)),
        organization: organization_id(),
        email: email_address(&format!("{name}@{domain}")),
        vouched_by: None,
        name: Some(name.parse().unwrap()),
        status: Status::Active,
        role: on_organization,
        grants,
        seat: false,
        keys: 0,
        keys_valid_from: at("2026-01-01T00:00:00Z"),
        profile: Profile::default(),
        joined_at: now(),
        last_active_at: None,
        due_at: None,
        version: 0,
    }
    .recomputed(set(), now())
}

/// Somebody with one role, held as an invitation would give it, on `spring` if on a program; helpers for a month.
pub(crate) fn holder(name: &str, id: &str) -> Member {
    let defined = set().role(&role(id)).unwrap();
    let end = defined.is_time_limited().then(|| at("2026-04-10T12:00:00Z"));
    let on_organization = defined.held_on_organization().then(|| held(id, end));
    let on_program = defined.reach == roleset::Reach::Resource;
    let grants = on_program.then(|| grant("spring", id, None));
    somebody(name, on_organization, grants.into_iter().collect())
}

pub(crate) fn inactive(member: Member) -> Member {
    Member {
        status: Status::Inactive,
        ..member
    }
    .recomputed(set(), now())
}

/// A pending invitation to `spring` (where the role goes with programs), from `inviter`.
pub(crate) fn invitation(inviter: &Member, email: &str, id: &str) -> Invitation {
    let defined = set().role(&role(id)).unwrap();
    let programs = defined.resources != roleset::Resources::None;
    Invitation {
        id: InvitationId::from_bytes([9; 16]),
        organization: organization_id(),
        email: email_address(email),
        role: role(id),
        resources: programs.then(|| reference("spring")).into_iter().collect(),
        term: defined.is_time_limited().then_some(Term::Months(1)),
        epoch: 0,
        message: None,
        invited_by: inviter.id,
        sent_through: None,
        api_key: None,
        inviter_name: inviter.name.clone(),
        generation: 1,
        state: InvitationState::Pending,
        mail: Delivery::Sent,
        seat: defined.uses_seat,
        created_at: now(),
        sent_at: now(),
        expires_at: at("2026-03-17T12:00:00Z"),
        ended_at: None,
        accepted_by: None,
        cancel_reason: None,
        language: None,
        version: 1,
    }
}

/// An organization whose counters fit these people and invitations.
pub(crate) fn counted(members: &[&Member], invitations: &[&Invitation]) -> Organization {
    let seats = members.iter().filter(|m| m.seat).count() + invitations.iter().filter(|i| i.seat).count();
    Organization {
        seats_used: seats as u64,
        active_owners: members.iter().filter(|m| m.is_active_owner(set())).count() as u64,
        ..organization()
    }
}

/// The same with a seat limit.
pub(crate) fn limited(organization: Organization, seat_limit: u64) -> Organization {
    Organization {
        plan: Plan {
            seat_limit: Some(seat_limit),
            ..organization.plan
        },
        ..organization
    }
}

pub(crate) fn scene<'a>(organization: &'a Organization, actor: &'a Member) -> DecisionContext<'a> {
    DecisionContext {
        organization,
        set: set(),
        actor,
        key: None,
        now: now(),
        known: None,
    }
}

pub(crate) fn later<'a>(scene: DecisionContext<'a>, now: &str) -> DecisionContext<'a> {
    DecisionContext { now: at(now), ..scene }
}

pub(crate) fn wanted<'a>(
    role: &'a RoleId,
    resources: &'a [(ResourceKey, Option<Resource>)],
    term: Option<Term>,
) -> RequestedOffer<'a> {
    RequestedOffer { role, resources, term }
}

pub(crate) fn wanted_grant(program: &str, id: &str, expires_at: Option<Timestamp>) -> WantedGrant {
    WantedGrant {
        resource: found(program),
        role: role(id),
        expires_at,
    }
}

/// That a change rests on this member.
pub(crate) fn relied(member: &Member) -> Reliance {
    Reliance::on(member)
}

/// The codes of faults, with where each is.
pub(crate) fn codes(violations: &[Violation]) -> Vec<String> {
    use muster_domain::violation::Location;
    let place = |spot: &Location| match spot {
        Location::Field(path) => path.clone(),
        Location::Email(email) => email.clone(),
    };
    violations
        .iter()
        .map(|f| format!("{} {}", place(&f.at), f.code))
        .collect()
}

/// How many things these change, each of which must be one version on from what it was. What is new or goes is not counted.
pub(crate) fn one_version_on(changes: &Changes) -> usize {
    changes.events.iter().for_each(crate::schemas::check);
    fn pairs<T>(pairs: &[Pair<T>], version: impl Fn(&T) -> u64) -> usize {
        let changed = pairs.iter().filter_map(|p| p.before.as_ref().zip(p.after.as_ref()));
        let all: Vec<_> = changed
            .map(|(before, after)| (version(before), version(after)))
            .collect();
        assert!(all.iter().all(|(before, after)| before + 1 == *after), "{all:?}");
        all.len()
    }
    let organization: Vec<_> = changes.organization.clone().into_iter().collect();
    pairs(&organization, |o| o.version)
        + pairs(&changes.members, |m| m.version)
        + pairs(&changes.invitations, |i| i.version)
        + pairs(&changes.resources, |r| r.version)
        + pairs(&changes.contacts, |c| c.version)
        + pairs(&changes.former_members, |f| f.version)
        + pairs(&changes.keys, |k| k.version)
        + pairs(&changes.exports, |e| e.version)
}

/// The kinds of events, in order. Each event tells its actor, and the states of its subject before and after.
pub(crate) fn kinds(changes: &Changes) -> Vec<&str> {
    crate::told::check(changes);
    changes.events.iter().map(|e| e.kind.as_str()).collect()
}

/// A key of this member with these limits, as it is stored.
pub(crate) fn key(owner: &Member, limits: Limits) -> ApiKey {
    let id = KeyId {
        owner: owner.id,
        number: 1,
    };
    ApiKey {
        id,
        organization: owner.organization,
        name: "zapier".parse().unwrap(),
        limits,
        hash: Secret::new(id, owner.organization, 7).hash(),
        previous: None,
        made_by: owner.id,
        known_by: KnownBy::default(),
        created_at: now(),
        expires_at: None,
        revoked_at: None,
        last_used_at: None,
        version: 1,
    }
}

/// The acceptance of this invitation by the person to whom it is addressed.
pub(crate) fn acceptance<'a>(
    organization: &'a Organization,
    invitation: &'a Invitation,
    inviters: &'a [Member],
) -> InvitationReply<'a> {
    InvitationReply {
        organization,
        set: set(),
        invitation,
        generation: invitation.generation,
        inviters,
        member: None,
        former: None,
        invitee: Invitee {
            id: user("guest"),
            subject: None,
            email: Some(&invitation.email),
            email_verified: true,
            name: None,
        },
        now: now(),
    }
}
