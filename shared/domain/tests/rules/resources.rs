//! Registering, renaming and deleting programs.

use crate::team::*;
use muster_domain::rules::resources::{MAX_ENDING, ResourceRefusal, delete, put};
use muster_domain::{Pair, Registration, ResourceKey, Work};

#[test]
fn a_program_is_registered_once_and_renamed_in_place() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let scene = scene(&organization, &owner);
    let named = |name: &str| name.parse().unwrap();
    let (first, changes) = put(&scene, program("spring"), None, named("Spring"), &mut ids()).unwrap();
    assert_eq!(kinds(&changes), ["resource.registered"]);
    assert_eq!(changes.resources, [Pair::new(first.clone())]);
    assert_eq!((first.organization, first.created_at), (organization.id, now()));
    let (same, changes) = put(&scene, program("spring"), Some(&first), named("Spring"), &mut ids()).unwrap();
    assert!(changes.is_empty() && same == first);
    let (renamed, changes) = put(&scene, program("spring"), Some(&first), named("Spring 2"), &mut ids()).unwrap();
    assert_eq!(
        (kinds(&changes), &renamed.reference),
        (vec!["resource.renamed"], &first.reference)
    );
    assert_eq!((renamed.name.as_str(), one_version_on(&changes)), ("Spring 2", 1));
    assert_eq!(changes.resources, [Pair::change(first, renamed)]);
}

#[test]
fn a_type_that_the_role_set_does_not_know_is_refused() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let key = ResourceKey {
        kind: "site".parse().unwrap(),
        ..program("spring")
    };
    let refused = put(
        &scene(&organization, &owner),
        key,
        None,
        "S".parse().unwrap(),
        &mut ids(),
    );
    match refused {
        Err(ResourceRefusal::Invalid(faults)) => assert_eq!(codes(&faults), ["type unknown_type"]),
        other => panic!("{other:?}"),
    }
}

#[test]
fn access_through_a_deleted_program_ends_with_the_deletion_itself() {
    let (owner, admin) = (holder("owner", "owner"), holder("admin", "program_admin"));
    let organization = counted(&[&owner, &admin], &[]);
    let spring = resource("spring");
    let changes = delete(&scene(&organization, &owner), Some(&spring), &mut ids()).unwrap();
    let after = changes.organization.as_ref().unwrap().after.clone().unwrap();
    let authority = |o| muster_domain::Authority::of(&admin, o, set(), now()).allows_somewhere("members:read");
    assert!(authority(&organization) && !authority(&after));
    let work = Work::EndResource {
        resource: spring.reference.clone(),
        after: None,
        late: false,
    };
    assert_eq!(changes.jobs[0].after.as_ref().unwrap().work, work);
    assert_eq!(kinds(&changes), ["resource.deleted"]);
    assert_eq!(one_version_on(&changes), 1, "the organization");
    assert!(changes.resources[0].after.is_none());
}

#[test]
fn deleting_is_for_those_who_manage_programs_finds_something_and_has_a_limit() {
    let (owner, admin) = (holder("owner", "owner"), holder("admin", "program_admin"));
    let mut organization = counted(&[&owner, &admin], &[]);
    let spring = resource("spring");
    let by_other = delete(&scene(&organization, &admin), Some(&spring), &mut ids());
    assert_eq!(by_other, Err(ResourceRefusal::Forbidden));
    let none = delete(&scene(&organization, &owner), None, &mut ids());
    assert_eq!(none, Err(ResourceRefusal::NotFound));
    let under_way = (0..MAX_ENDING as u128).map(|n| Registration::from_bytes(n.to_be_bytes()));
    organization.ending = under_way.collect();
    let full = delete(&scene(&organization, &owner), Some(&spring), &mut ids());
    assert_eq!(full, Err(ResourceRefusal::TooManyDeletions));
}
