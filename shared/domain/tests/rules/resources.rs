//! Registering, renaming and deleting programs.

use crate::team::*;
use muster_domain::rules::resources::{MAX_ENDING, MAX_ENDING_EACH, MAX_ENDING_OWNED, ResourceRefusal, delete, put};
use muster_domain::{Member, Pair, Registration, ResourceKey, UserId, Work};

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
        Err(ResourceRefusal::Invalid(violations)) => assert_eq!(codes(&violations), ["type unknown_type"]),
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
    let by: Vec<_> = after.ending_by.into_iter().collect();
    assert_eq!(by, [(spring.reference.registration, owner.id)]);
}

#[test]
fn deleting_is_for_those_who_manage_programs_and_finds_something() {
    let (owner, admin) = (holder("owner", "owner"), holder("admin", "program_admin"));
    let organization = counted(&[&owner, &admin], &[]);
    let spring = resource("spring");
    let by_other = delete(&scene(&organization, &admin), Some(&spring), &mut ids());
    assert_eq!(by_other, Err(ResourceRefusal::Forbidden));
    let none = delete(&scene(&organization, &owner), None, &mut ids());
    assert_eq!(none, Err(ResourceRefusal::NotFound));
}

/// Whether one more program is deleted, while so many deletions are under way: of each member, and of nobody who is known.
fn has_room(actor: &Member, under_way: &[(Option<UserId>, usize)]) -> bool {
    let mut organization = counted(&[&holder("owner", "owner")], &[]);
    let mut ids = (0u128..).map(|n| Registration::from_bytes(n.to_be_bytes()));
    for (by, count) in under_way {
        for registration in ids.by_ref().take(*count) {
            organization.ending.insert(registration);
            organization.ending_by.extend(by.map(|by| (registration, by)));
        }
    }
    match delete(
        &scene(&organization, actor),
        Some(&resource("spring")),
        &mut crate::team::ids(),
    ) {
        Ok(_) => true,
        Err(ResourceRefusal::TooManyDeletions) => false,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_one_member_deletes_leaves_room_for_others_and_what_others_delete_for_owners() {
    let (owner, ada, eve) = (holder("owner", "owner"), holder("ada", "admin"), holder("eve", "admin"));
    let (adas, eves, owners) = (Some(ada.id), Some(eve.id), Some(owner.id));
    let full = [(adas, MAX_ENDING_EACH)];
    assert!(has_room(&ada, &[(adas, MAX_ENDING_EACH - 1)]));
    assert!(!has_room(&ada, &full) && has_room(&eve, &full) && has_room(&owner, &full));
    let all = [(adas, MAX_ENDING_EACH), (eves, MAX_ENDING - MAX_ENDING_EACH)];
    let third = holder("tom", "admin");
    assert!(!has_room(&third, &all) && has_room(&owner, &all));
    assert!(has_room(&third, &[(None, MAX_ENDING - 1)]) && !has_room(&third, &[(None, MAX_ENDING)]));
    let whole = |count| [(adas, MAX_ENDING_EACH), (owners, count - MAX_ENDING_EACH)];
    assert!(has_room(&owner, &whole(MAX_ENDING_OWNED - 1)));
    assert!(!has_room(&owner, &whole(MAX_ENDING_OWNED)));
}
