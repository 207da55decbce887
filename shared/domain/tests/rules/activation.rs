//! Activating and deactivating.

use crate::team::*;
use muster_domain::Status;
use muster_domain::rules::activation::set_status;
use muster_domain::rules::members::MemberRefusal;

#[test]
fn a_deactivated_member_keeps_everything_but_access_and_seat() {
    let (owner, admin, ann) = (
        holder("owner", "owner"),
        holder("admin", "admin"),
        holder("ann", "program_admin"),
    );
    let organization = counted(&[&owner, &admin, &ann], &[]);
    let changes = set_status(&scene(&organization, &admin), Some(&ann), Status::Inactive, &mut ids()).unwrap();
    assert_eq!(
        (kinds(&changes), changes.seat_delta()),
        (vec!["member.deactivated"], -1)
    );
    let after = changes.members[0].after.as_ref().unwrap();
    assert_eq!((&after.grants, after.seat), (&ann.grants, false));
    assert_eq!(changes.relied_on, [relied(&admin)]);
}

#[test]
fn no_member_activates_or_deactivates_themselves_or_members_above_them_not_even_without_effect() {
    let (owner, admin) = (holder("owner", "owner"), holder("admin", "admin"));
    let organization = counted(&[&owner, &admin], &[]);
    let scene = scene(&organization, &admin);
    for status in [Status::Active, Status::Inactive] {
        let tried = |found| set_status(&scene, found, status, &mut ids());
        assert_eq!(tried(Some(&owner)), Err(MemberRefusal::Forbidden));
        assert_eq!(tried(Some(&admin)), Err(MemberRefusal::OwnStatus));
        assert_eq!(tried(None), Err(MemberRefusal::NotFound));
    }
}

#[test]
fn who_is_there_already_is_no_change() {
    let (owner, asleep) = (holder("owner", "owner"), inactive(holder("bob", "program_admin")));
    let organization = counted(&[&owner, &asleep], &[]);
    let same = set_status(
        &scene(&organization, &owner),
        Some(&asleep),
        Status::Inactive,
        &mut ids(),
    );
    assert!(same.unwrap().is_empty());
}
