//! Many members at once, written as the product writes them but without a request each.

use crate::bench::Bench;
use crate::harness;
use crate::personas::Persona;
use crate::requests::Case;
use jiff::{SignedDuration, Timestamp};
use muster_domain::member::{Grant, RoleAssignment};
use muster_domain::{Changes, Member, Organization, Pair, Resource, RoleId, UserId, roleset};
use muster_edge::App;
use muster_store::{Commit, Key};

/// Members of one transaction: each is at most four items.
const AT_ONCE: usize = 20;

/// What the members of a crowd hold.
#[derive(Debug, Clone, Copy)]
pub enum Holding {
    /// Program facilitator of `spring`.
    Grant,
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

/// Makes these people members of an organization that has the program `spring`.
///
/// # Panics
/// If they cannot be written.
pub async fn join(app: &App, organization: &harness::Organization, people: &[Persona], holding: Holding) {
    let id = organization.id.parse().unwrap();
    let spring = muster_domain::ResourceKey {
        kind: "program".parse().unwrap(),
        id: "spring".parse().unwrap(),
    };
    let owner: UserId = organization.owner.id().parse().unwrap();
    let keys = [
        Key::organization(id),
        Key::member(id, owner),
        Key::resource(id, &spring),
    ];
    let store = app.store();
    let seen = store.read(&keys).await.unwrap();
    let organization = seen.organization(id).unwrap().expect("an organization");
    let owner = seen.member(id, owner).unwrap().expect("its owner");
    let spring = seen.resource(id, &spring).unwrap().expect("its program");
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
                ..held(&owner, &organization, &spring, holding, now)
            };
            Pair::new(member.recomputed(set, now))
        })
        .collect();
    for part in members.chunks(AT_ONCE) {
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

fn held(owner: &Member, organization: &Organization, spring: &Resource, holding: Holding, now: Timestamp) -> Member {
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
        Holding::Grant => {
            let grant = Grant {
                resource: spring.reference.clone(),
                held: held("program_facilitator", None),
            };
            (None, vec![grant])
        }
        Holding::Limited(time) => (Some(held("implementation_admin", Some(now + time))), Vec::new()),
    };
    Member {
        role,
        grants,
        ..owner.clone()
    }
}
