//! Many members at once, written as the product writes them but without a request each.

use crate::bench::Bench;
use crate::harness;
use crate::personas::Persona;
use crate::requests::Case;
use jiff::{SignedDuration, Timestamp};
use muster_domain::member::{Grant, RoleAssignment};
use muster_domain::{Changes, Member, Organization, Pair, Resource, ResourceKey, RoleId, UserId, roleset};
use muster_edge::App;
use muster_store::{Commit, Key};

/// Items of one transaction. A member is at most three, and each of their grants is another.
const ITEMS_AT_ONCE: usize = 80;

/// What the members of a crowd hold.
#[derive(Debug, Clone, Copy)]
pub enum Holding {
    /// Program facilitator of `spring`.
    Grant,
    /// Program facilitator of so many programs, `program0` and so on.
    Grants(usize),
    /// Implementation admin, for so long from now.
    Limited(SignedDuration),
}

/// Makes members `name0`, `name1`, … of a case's organization.
///
/// # Panics
/// If they cannot be written.
pub async fn crowd(b: &Bench, case: &Case, name: &str, size: usize, holding: Holding) {
    let people: Vec<Persona> = (0..size).map(|n| case.person(b, &format!("{name}{n}"))).collect();
    join(&b.quiet, case.organization(), &people, holding).await;
}

impl Holding {
    /// The ids of the programs that a member has a role on.
    #[must_use]
    pub fn programs(self) -> Vec<String> {
        match self {
            Self::Grant => vec!["spring".to_owned()],
            Self::Grants(count) => (0..count).map(|n| format!("program{n}")).collect(),
            Self::Limited(_) => Vec::new(),
        }
    }
}

/// Makes these people members of an organization that has the programs.
///
/// # Panics
/// If they cannot be written.
pub async fn join(app: &App, organization: &harness::Organization, people: &[Persona], holding: Holding) {
    let id = organization.id.parse().unwrap();
    let programs = holding.programs().into_iter();
    let programs: Vec<ResourceKey> = programs
        .map(|id| ResourceKey {
            kind: "program".parse().unwrap(),
            id: id.parse().unwrap(),
        })
        .collect();
    let owner: UserId = organization.owner.id().parse().unwrap();
    let mut keys = vec![Key::organization(id), Key::member(id, owner)];
    keys.extend(programs.iter().map(|program| Key::resource(id, program)));
    let store = app.store();
    let seen = store.read(&keys).await.unwrap();
    let organization = seen.organization(id).unwrap().expect("an organization");
    let owner = seen.member(id, owner).unwrap().expect("its owner");
    let programs: Vec<Resource> = programs
        .iter()
        .map(|program| seen.resource(id, program).unwrap().expect("its program"))
        .collect();
    let set = roleset::find(&organization.role_set).expect("a role set");
    let now = app.clock().now();
    let members: Vec<_> = people
        .iter()
        .map(|person| {
            let member = Member {
                id: person.id().parse().unwrap(),
                subject: None,
                email: person.email().parse().unwrap(),
                version: 0,
                ..held(&owner, &organization, &programs, holding, now)
            };
            Pair::new(member.recomputed(set, now))
        })
        .collect();
    for part in members.chunks(ITEMS_AT_ONCE / (3 + programs.len())) {
        let changes = Changes {
            members: part.to_vec(),
            ..Changes::default()
        };
        let commit = Commit {
            changes: &changes,
            set,
            organization: Some(&organization),
            once: None,
            now,
        };
        store.commit(commit).await.expect("the members are written");
    }
}

fn held(
    owner: &Member,
    organization: &Organization,
    programs: &[Resource],
    holding: Holding,
    now: Timestamp,
) -> Member {
    let held = |role: &str, expires_at| {
        let role: RoleId = role.parse().unwrap();
        let epoch = organization.epoch(&role);
        RoleAssignment {
            role,
            expires_at,
            epoch,
            source: None,
        }
    };
    let (role, grants) = match holding {
        Holding::Grant | Holding::Grants(_) => {
            let grants = programs.iter().map(|program| Grant {
                resource: program.reference.clone(),
                held: held("program_facilitator", None),
            });
            (None, grants.collect())
        }
        Holding::Limited(time) => (Some(held("implementation_admin", Some(now + time))), Vec::new()),
    };
    Member {
        role,
        grants,
        ..owner.clone()
    }
}
