//! The plain model: seats, owners, powers and events, as the product's description has them.

use crate::power::Cause;
use crate::world::World;
use muster_domain::{Changes, Member, Organization, Pair, ResourceRef, Status, Timestamp, Work};

/// The role for outside help.
pub(crate) const HELPER: &str = "implementation_admin";
/// Everyone but participants and helpers uses a seat (004).
pub(crate) const WITHOUT_SEAT: [&str; 2] = ["participant", HELPER];
/// Roles that hold everywhere.
pub(crate) const EVERYWHERE: [&str; 3] = ["owner", "admin", HELPER];

/// A role that gives power at this moment.
#[derive(Debug, Clone)]
pub(crate) struct Power {
    pub(crate) role: String,
    pub(crate) on: Option<ResourceRef>,
    pub(crate) end: Option<Timestamp>,
}

impl Power {
    pub(crate) fn covers(&self, on: Option<&ResourceRef>) -> bool {
        self.on.is_none() || self.on.as_ref() == on
    }

    /// The roles it gives and takes: owners all, those above programs all but owners, in programs as described (004).
    pub(crate) fn rules_over(&self, role: &str) -> bool {
        match self.role.as_str() {
            "owner" => true,
            "admin" | HELPER => role != "owner",
            "program_admin" => role.starts_with("program_") || role == "participant",
            "program_facilitator" => role == "participant",
            _ => false,
        }
    }

    pub(crate) fn invites(&self) -> bool {
        ["owner", "admin", HELPER, "program_admin"].contains(&self.role.as_str())
    }

    fn reads_events(&self) -> bool {
        EVERYWHERE.contains(&self.role.as_str())
    }

    /// Whether it gives one of some permissions, as described.
    pub(crate) fn allows(&self, permission: &str) -> bool {
        match permission {
            "organization:delete" | "billing:manage" => self.role == "owner",
            "organization:update" | "resources:manage" => EVERYWHERE.contains(&self.role.as_str()),
            "events:read" => self.reads_events(),
            "members:invite" => self.invites(),
            "members:manage" => self.invites() || self.role == "program_facilitator",
            "members:read" => self.role != "participant",
            "resources:read" => true,
            other => panic!("the model does not know `{other}`"),
        }
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
    let mut powers = Vec::new();
    for (held, on) in on_organization.chain(on_programs) {
        let role = held.role.as_str();
        let over = held.expires_at.is_some_and(|end| end <= world.now);
        let off = role == HELPER && (held.epoch != world.switched_off || !optional.contains(&held.role));
        let gone = on
            .as_ref()
            .is_some_and(|r| world.resources.get(&r.key).is_none_or(|found| found.reference != *r));
        let powerless = on.is_none() && !EVERYWHERE.contains(&role);
        if !(over || off || gone || powerless) {
            powers.push(Power {
                role: role.to_owned(),
                on,
                end: held.expires_at,
            });
        }
    }
    powers
}

fn role_seat(role: &str) -> bool {
    !WITHOUT_SEAT.contains(&role)
}

/// One seat for each active person with a role that uses one, and one for each pending offer of such a role.
pub(crate) fn seats(world: &World) -> u64 {
    let uses = |m: &&Member| {
        let on_programs = m.grants.iter().any(|g| role_seat(g.held.role.as_str()));
        m.status == Status::Active && (on_programs || m.role.iter().any(|h| role_seat(h.role.as_str())))
    };
    let people = world.members.values().filter(uses).count();
    let offers = world.pending().filter(|i| role_seat(i.role.as_str())).count();
    (people + offers) as u64
}

pub(crate) fn owners(world: &World) -> u64 {
    let owns = |m: &&Member| m.status == Status::Active && m.role.iter().any(|h| h.role.as_str() == "owner");
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
