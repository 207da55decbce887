//! Loading organizations of any size through the store's own items, past the API.

use crate::items::{Sums, items_of};
use crate::population::{Setting, people};
use dynoxide::types::AttributeValue as Value;
use dynoxide::{Database, ImportOptions};
use jiff::Timestamp;
use muster_domain::{
    OrganizationId, Person, Registration, Resource, ResourceKey, ResourceRef, Status, UserId, roleset,
};
use muster_local::Options;
use muster_store::Key;
use muster_store::items::{Item, StoredEntity as _};
use muster_tests::harness::{Harness, Organization};
use std::path::Path;
use std::time::Instant;

/// Items that are written at once, in the order of their keys: the more of them, the fewer places of a large file are written to.
const BATCH: usize = 200_000;
/// Programs of an organization.
const PROGRAMS: usize = 200;

/// An organization of the benchmark.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    pub(crate) id: OrganizationId,
    pub(crate) size: usize,
    /// The id of somebody on the first program.
    pub(crate) somebody: UserId,
}

/// Options of a backend that keeps its table in a folder and does nothing by itself.
pub(crate) fn kept(folder: &Path) -> Options {
    Options {
        timers: false,
        streams: false,
        data: Some(folder.to_owned()),
        ..Options::default()
    }
}

/// Makes organizations of these sizes in the folder's table.
pub(crate) async fn load(folder: &Path, sizes: &[usize]) -> Vec<Loaded> {
    let h = Harness::with(kept(folder)).await;
    let mut made = Vec::new();
    for _ in sizes {
        let owner = h.person("olivia");
        let organization = Organization::with_roles(&h, owner, "program-delivery").await;
        organization.optional_roles(&h, &["implementation_admin"]).await;
        made.push((
            organization.id.parse::<OrganizationId>().unwrap(),
            organization.owner.id().parse().unwrap(),
        ));
    }
    let mut parts = Vec::new();
    for (id, owner) in made {
        let seen = h
            .backend
            .app()
            .store()
            .read(&[Key::organization(id), Key::member(id, owner)])
            .await
            .unwrap();
        let organization = seen.organization(id).unwrap().expect("it was made");
        let owner = seen.member(id, owner).unwrap().expect("it has an owner");
        parts.push((organization, owner));
    }
    let now = h.backend.clock().now();
    let table = h.backend.table().to_owned();
    h.backend.stop().await;
    let database = Database::new(&folder.join("muster.db").to_string_lossy()).expect("the table's file opens");
    database.enable_bulk_loading().expect("SQLite takes the settings");
    let import = |mut items: Vec<Item>| {
        items.sort_by_cached_key(Key::of);
        let items = items
            .into_iter()
            .map(|item| item.into_iter().map(|(name, v)| (name, value(v))).collect());
        database
            .import_items(&table, items.collect(), ImportOptions::default())
            .expect("the items are written");
    };
    let mut loaded = Vec::new();
    for ((mut organization, owner), size) in parts.into_iter().zip(sizes) {
        let began = Instant::now();
        let set = roleset::find(&organization.role_set).expect("a role set");
        let programs = programs(organization.id, now);
        import(programs.iter().map(|p| p.to_item().unwrap()).collect());
        let inviter = owner.id;
        let mut sums = Sums::default();
        let (mut batch, mut written, mut somebody) = (Vec::new(), 0, None);
        let (mut seats, mut owners) = (0, 0);
        let setting_of = organization.clone();
        let setting = Setting {
            organization: &setting_of,
            set,
            programs: &programs,
            inviter,
            now,
        };
        for person in std::iter::once(Person::Member(Box::new(owner))).chain(people(&setting, *size)) {
            sums.add(&person);
            match &person {
                Person::Member(member) => {
                    seats += u64::from(member.seat);
                    owners += u64::from(member.is_active_owner(set));
                    let on_first = member.grants.iter().any(|g| g.resource == programs[0].reference);
                    if on_first && member.status == Status::Active {
                        somebody = somebody.or(Some(member.id));
                    }
                }
                Person::Invitation(invitation) => seats += u64::from(invitation.seat),
            }
            batch.extend(items_of(&person));
            if batch.len() >= BATCH {
                written += batch.len();
                import(std::mem::take(&mut batch));
            }
        }
        organization.seats_used = seats;
        organization.active_owners = owners;
        batch.push(organization.to_item().unwrap());
        batch.push(sums.item(organization.id));
        written += batch.len();
        import(batch);
        println!(
            "loaded {size} people, {written} items, in {:.1} s",
            began.elapsed().as_secs_f64()
        );
        loaded.push(Loaded {
            id: organization.id,
            size: *size,
            somebody: somebody.expect("somebody is on the program"),
        });
    }
    database.disable_bulk_loading().expect("SQLite takes the settings");
    loaded
}

fn programs(organization: OrganizationId, now: Timestamp) -> Vec<Resource> {
    (0..PROGRAMS)
        .map(|n| Resource {
            organization,
            reference: ResourceRef {
                key: ResourceKey {
                    kind: "program".parse().unwrap(),
                    id: format!("p{n:03}").parse().unwrap(),
                },
                registration: Registration::from_bytes((n as u128 + 1).to_be_bytes()),
            },
            name: format!("Program {n}").parse().unwrap(),
            created_at: now,
            version: 1,
        })
        .collect()
}

/// A value as the embedded table has it.
fn value(value: aws_sdk_dynamodb::types::AttributeValue) -> Value {
    use aws_sdk_dynamodb::types::AttributeValue as Aws;
    match value {
        Aws::S(text) => Value::S(text),
        Aws::N(number) => Value::N(number),
        Aws::Bool(truth) => Value::BOOL(truth),
        Aws::Null(null) => Value::NULL(null),
        Aws::L(list) => Value::L(list.into_iter().map(self::value).collect()),
        Aws::M(map) => Value::M(map.into_iter().map(|(name, v)| (name, self::value(v))).collect()),
        Aws::Ss(texts) => Value::SS(texts),
        other => panic!("no item of the product holds {other:?}"),
    }
}
