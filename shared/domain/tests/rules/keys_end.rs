//! What ends the keys of a member, and what a key does not do to its own owner.

use crate::add::{account, added, ask};
use crate::keys::{made, own};
use crate::team::*;
use muster_domain::api_key::UnusableReason;
use muster_domain::rules::api_keys::is_listed;
use muster_domain::rules::expiry::{end_switched_off, expire_roles};
use muster_domain::rules::members::{Holdings, MemberUpdate, remove, update};
use muster_domain::{DecisionContext, Work};

#[test]
fn the_end_of_a_role_for_a_time_ends_every_key_and_that_of_another_none() {
    let end = at("2026-04-10T12:00:00Z");
    let (key, _, helper) = own(&somebody(
        "helper",
        Some(held("implementation_admin", Some(end))),
        vec![grant("spring", "program_admin", None)],
    ));
    let by_time = expire_roles(&organization(), set(), &helper, end, &mut ids());
    let by_switch = end_switched_off(set(), &helper, &role("implementation_admin"), 0, now(), &mut ids());
    for changes in [by_time, by_switch] {
        let after = changes.members[0].after.as_ref().unwrap();
        assert_eq!((after.keys, is_listed(&key, after)), (0, false));
        assert!(!after.grants.is_empty());
        assert_eq!(
            changes.jobs[0].after.as_ref().unwrap().work,
            Work::EndKeys { owner: helper.id }
        );
        assert_eq!(changes.events[0].after.as_ref().unwrap()["api_keys_revoked"], 1);
        // One made in the same moment, by whatever clock, counts as made after it.
        let (next, _, changes) = made(after, after, &[], None).unwrap();
        assert!(is_listed(&next, changes.members[0].after.as_ref().unwrap()));
    }

    let (key, _, invitee) = own(&somebody(
        "gus",
        None,
        vec![grant("spring", "program_admin", Some(end))],
    ));
    let changes = expire_roles(&organization(), set(), &invitee, end, &mut ids());
    let after = changes.members[0].after.as_ref().unwrap();
    assert_eq!((after.keys, is_listed(&key, after), changes.jobs.len()), (1, true, 0));
}

#[test]
fn removing_a_member_leaves_work_only_where_there_are_keys() {
    let owner = holder("olivia", "owner");
    let acme = counted(&[&owner], &[]);
    let (_, _, with) = own(&holder("ann", "admin"));
    for (member, jobs) in [(with, 1), (holder("bo", "admin"), 0)] {
        let changes = remove(&scene(&acme, &owner), Some(&member), &mut ids()).unwrap();
        assert_eq!(changes.jobs.len(), jobs);
    }
}

#[test]
fn a_key_limited_to_a_resource_does_not_touch_its_own_owner() {
    let acme = organization();
    let admin = somebody(
        "ann",
        Some(held("admin", None)),
        vec![grant("spring", "program_admin", None)],
    );
    let (key, _, changes) = made(&admin, &admin, &[found("spring")], None).unwrap();
    let admin = changes.members[0].after.clone().unwrap();
    let scene = DecisionContext {
        key: Some(&key),
        ..scene(&acme, &admin)
    };
    let rename = MemberUpdate {
        name: Some("Anna".parse().unwrap()),
        ..MemberUpdate::default()
    };
    let (participant, spring) = (role("participant"), [found("spring")]);
    let demote = MemberUpdate {
        holdings: Some(Holdings::One(wanted(&participant, &spring, None))),
        ..MemberUpdate::default()
    };
    for wanted in [rename, demote] {
        update(&scene, Some(&admin), wanted, &mut ids()).unwrap_err();
    }
    remove(&scene, Some(&admin), &mut ids()).unwrap_err();
}

#[test]
fn no_key_of_an_earlier_membership_is_good_again_though_it_was_dated_by_a_clock_ahead() {
    let (owner, ann) = (holder("owner", "owner"), holder("ann", "admin"));
    let acme = counted(&[&owner], &[]);
    let (key, ..) = own(&ann);
    // Removed and added again in the same instant.
    let accounts = [account("ann")];
    let sent = ask(&acme, &owner, "admin", &accounts);
    let again = &added(&sent)[0];
    assert_eq!(key.usable(Some(again), now()), Err(UnusableReason::Revoked));
    let (new, ..) = own(again);
    assert_eq!(new.usable(Some(again), now()), Ok(()));
}
