//! The plain model: seats, owners, powers and events, as the product's description has them.

use crate::kind::{Kind, Said};
use crate::power::Cause;
use crate::told;
use crate::world::World;
use muster_domain::{Changes, EntityRef, Member, Organization, Pair, ResourceRef, Status, Timestamp, Work};

/// A role that gives power at this moment.
#[derive(Debug, Clone)]
pub(crate) struct Power {
    pub(crate) said: &'static Said,
    pub(crate) on: Option<ResourceRef>,
    pub(crate) end: Option<Timestamp>,
}

impl Power {
    pub(crate) fn covers(&self, on: Option<&ResourceRef>) -> bool {
        self.on.is_none() || self.on.as_ref() == on
    }

    /// The roles it gives and takes, as described.
    pub(crate) fn rules_over(&self, role: &str) -> bool {
        self.said.rules.contains(&role)
    }

    /// The roles it takes on and drops for itself.
    pub(crate) fn takes_on(&self, role: &str) -> bool {
        self.said.takes_on.contains(&role)
    }

    /// Whether it gives one of Muster's own permissions, as described.
    pub(crate) fn may(&self, permission: &str) -> bool {
        self.said.may.contains(&permission)
    }
}

/// What gives a member power now: not expired, not switched off since, not on a program that is gone.
pub(crate) fn powers(world: &World, member: &Member) -> Vec<Power> {
    if member.status != Status::Active {
        return Vec::new();
    }
    let on_organization = member.role.iter().map(|held| (held, None));
    let on_programs = member.grants.iter().map(|g| (&g.held, Some(g.resource.clone())));
    let optional = &world.organization.settings.optional_roles;
    let kind: &'static Kind = world.kind;
    let mut powers = Vec::new();
    for (held, on) in on_organization.chain(on_programs) {
        let role = held.role.as_str();
        let over = held.expires_at.is_some_and(|end| end <= world.now);
        let off = Some(role) == kind.helper && (held.epoch != world.switched_off || !optional.contains(&held.role));
        let gone = on
            .as_ref()
            .is_some_and(|r| world.resources.get(&r.key).is_none_or(|found| found.reference != *r));
        let powerless = on.is_none() && !kind.said(role).everywhere;
        if !(over || off || gone || powerless) {
            powers.push(Power {
                said: kind.said(role),
                on,
                end: held.expires_at,
            });
        }
    }
    powers
}

/// One seat for each active person with a role that uses one, and one for each pending offer of such a role.
pub(crate) fn seats(world: &World) -> u64 {
    let role_seat = |role: &str| world.kind.said(role).seat;
    let uses = |m: &&Member| {
        let on_programs = m.grants.iter().any(|g| role_seat(g.held.role.as_str()));
        m.status == Status::Active && (on_programs || m.role.iter().any(|h| role_seat(h.role.as_str())))
    };
    let people = world.members.values().filter(uses).count();
    let offers = world.pending().filter(|i| role_seat(i.role.as_str())).count();
    (people + offers) as u64
}

pub(crate) fn owners(world: &World) -> u64 {
    let owns = |m: &&Member| m.status == Status::Active && m.role.iter().any(|h| h.role.as_str() == world.kind.owner());
    world.members.values().filter(owns).count() as u64
}

/// How many things a member held that are gone.
fn lost(before: &Member, after: &Member) -> usize {
    let grants = before.grants.iter().filter(|g| !after.grants.contains(g)).count();
    grants + usize::from(before.role.is_some() && before.role != after.role)
}

/// Whether only what the schedule keeps for itself differs.
fn same_to_people(before: &Member, after: &Member) -> bool {
    let aligned = Member {
        due_at: before.due_at,
        version: before.version,
        ..after.clone()
    };
    aligned == *before
}

/// One event for each thing that changed; one for each role, where time or a job ended several.
pub(crate) fn check_events(changes: &Changes, cause: &Cause) {
    let mut expected: Vec<String> = Vec::new();
    for pair in &changes.members {
        let id = pair.after.as_ref().or(pair.before.as_ref()).unwrap().id.to_string();
        let times = match pair {
            Pair {
                before: Some(before),
                after: Some(after),
            } if same_to_people(before, after) => 0,
            Pair {
                before: Some(before),
                after: Some(after),
            } if matches!(cause, Cause::System) => lost(before, after),
            _ => 1,
        };
        expected.extend(std::iter::repeat_n(id, times));
    }
    let invitations = changes.invitations.iter().filter_map(|p| p.after.as_ref());
    expected.extend(invitations.map(|i| i.id.to_string()));
    let resources = changes
        .resources
        .iter()
        .filter_map(|p| p.after.as_ref().or(p.before.as_ref()));
    expected.extend(resources.map(|r| format!("{}/{}", r.reference.key.kind, r.reference.key.id)));
    let by_people = !matches!(cause, Cause::System) && changes.resources.is_empty();
    let organization = changes.organization.iter().filter(|_| by_people);
    let own = |o: &Pair<Organization>| o.after.as_ref().map(|o| o.id.to_string());
    expected.extend(organization.filter_map(own));
    let asked = changes.jobs.iter().filter(|p| p.before.is_none());
    let asked = asked
        .filter_map(|p| p.after.as_ref())
        .filter(|j| matches!(j.work, Work::ResendAll { .. }));
    expected.extend(asked.map(|j| j.organization.to_string()));
    let mut told: Vec<String> = changes.events.iter().map(|e| e.subject.id.clone()).collect();
    expected.sort();
    told.sort();
    assert_eq!(told, expected, "events");
}

/// What each event tells, and on whose word: ends that time brings are by the schedule, whoever came upon them.
pub(crate) fn check_told(changes: &Changes, cause: &Cause) {
    told::check(changes);
    let caller = match cause {
        Cause::Member(id) | Cause::Invitee(id) => EntityRef::user(*id),
        Cause::Platform(id) => EntityRef::platform(*id),
        Cause::System => EntityRef::system("finish-work"),
    };
    for event in &changes.events {
        let by_time = ["invitation.expired", "member.role_ended"].contains(&event.kind.as_str());
        let expected = if by_time {
            EntityRef::system("expire")
        } else {
            caller.clone()
        };
        assert_eq!(event.actor, expected, "the actor of `{}`", event.kind);
    }
}
