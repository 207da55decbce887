//! Handing ownership on, and the owner who pays.

use crate::team::*;
use muster_domain::rules::members::{MAX_GRANT_CHANGES, MemberRefusal, MemberUpdate, remove, update};
use muster_domain::rules::offer::RequestedOffer;
use muster_domain::rules::ownership::{OwnershipRefusal, name_paying_owner, transfer};
use muster_domain::{Changes, Member, Organization, Pair, Status};

fn hand_on(
    organization: &Organization,
    giver: &Member,
    to: &Member,
    then: &str,
) -> Result<(Member, Changes), OwnershipRefusal> {
    let then = role(then);
    let wanted = RequestedOffer {
        role: &then,
        resources: &[],
        term: None,
    };
    transfer(&scene(organization, giver), Some(to), &wanted, &mut ids())
}

#[test]
fn a_member_without_ownership_transfers_nothing() {
    let receiver = holder("receiver", "admin");
    for role in set().roles.iter().filter(|r| !r.protected) {
        let giver = holder("giver", role.id.as_str());
        let organization = counted(&[&giver, &receiver], &[]);
        let refused = hand_on(&organization, &giver, &receiver, "participant").err();
        assert!(
            matches!(refused, Some(OwnershipRefusal::Forbidden | OwnershipRefusal::NotFound)),
            "{}: {refused:?}",
            role.id
        );
    }
}

#[test]
fn the_number_of_owners_stays_and_seats_follow_from_both() {
    let owner = holder("owner", "owner");
    for (role, then, seats) in [
        ("admin", "admin", 0),
        ("participant", "admin", 1),
        ("participant", "participant", 0),
        ("admin", "participant", -1),
    ] {
        let receiver = holder("receiver", role);
        let organization = counted(&[&owner, &receiver], &[]);
        let (after, changes) = hand_on(&organization, &owner, &receiver, then).unwrap();
        assert!(after.is_active_owner(set()));
        assert_eq!(
            after.grants, receiver.grants,
            "the receiver keeps what they hold on programs"
        );
        assert_eq!(
            (changes.owner_delta(set()), changes.seat_delta()),
            (0, seats),
            "{role} {then}"
        );
    }
}

#[test]
fn a_receiver_who_is_an_owner_already_must_still_be_one_when_it_is_written() {
    let (owner, other) = (holder("owner", "owner"), holder("other", "owner"));
    let organization = counted(&[&owner, &other], &[]);
    let (_, changes) = hand_on(&organization, &owner, &other, "admin").unwrap();
    assert_eq!(changes.relied_on, [relied(&other)]);
    assert_eq!(changes.owner_delta(set()), -1);
}

#[test]
fn an_inactive_receiver_and_too_few_seats_refuse_it_whole() {
    let owner = holder("owner", "owner");
    let away = inactive(holder("away", "admin"));
    let organization = counted(&[&owner, &away], &[]);
    assert_eq!(
        hand_on(&organization, &owner, &away, "admin").err(),
        Some(OwnershipRefusal::Inactive)
    );
    let receiver = holder("receiver", "participant");
    let full = limited(counted(&[&owner, &receiver], &[]), 1);
    let refused = hand_on(&full, &owner, &receiver, "admin").err();
    assert!(
        matches!(refused, Some(OwnershipRefusal::NoSeats { needed: 1, .. })),
        "{refused:?}"
    );
}

#[test]
fn the_one_who_pays_is_an_active_owner_and_stays_one_whatever_others_try() {
    let (owner, other, admin) = (
        holder("owner", "owner"),
        holder("other", "owner"),
        holder("admin", "admin"),
    );
    let organization = counted(&[&owner, &other, &admin], &[]);
    let named = |whom: &Member| name_paying_owner(&scene(&organization, &owner), Some(whom), &mut ids());
    for no_owner in [&admin, &inactive(holder("other", "owner"))] {
        assert_eq!(named(no_owner).err(), Some(OwnershipRefusal::NotAnOwner));
    }
    let (organization, changes) = named(&other).unwrap();
    assert_eq!(changes.relied_on, [relied(&other), relied(&owner)]);

    let before = scene(&organization, &owner);
    let role = role("admin");
    let demoted = MemberUpdate {
        holdings: Some(muster_domain::rules::members::Holdings::One(wanted(&role, &[], None))),
        ..MemberUpdate::default()
    };
    let deactivated = MemberUpdate {
        status: Some(Status::Inactive),
        ..MemberUpdate::default()
    };
    for wish in [demoted, deactivated] {
        let refused = update(&before, Some(&other), wish, &mut ids()).err();
        assert_eq!(refused, Some(MemberRefusal::PayingOwner));
    }
    let refused = remove(&before, Some(&other), &mut ids()).err();
    assert_eq!(refused, Some(MemberRefusal::PayingOwner));
    let leaves = remove(&scene(&organization, &other), Some(&other), &mut ids()).err();
    assert_eq!(leaves, Some(MemberRefusal::PayingOwner));
    // Handing ownership on is the way out: the receiver pays from then on.
    let (_, changes) = hand_on(&organization, &other, &admin, "admin").unwrap();
    let after = changes.organization.unwrap().after.unwrap();
    assert_eq!(after.paying_owner, Some(admin.id));
}

#[test]
fn the_giver_ends_with_exactly_what_they_asked_for_and_all_of_it_is_recorded() {
    let (owner, receiver) = (holder("owner", "owner"), holder("receiver", "admin"));
    let owner = Member {
        grants: vec![grant("autumn", "program_admin", None)],
        ..owner
    };
    let organization = counted(&[&owner, &receiver], &[]);
    let then = role("program_sponsor");
    let programs = [found("spring")];
    let wish = wanted(&then, &programs, None);
    let scene = scene(&organization, &owner);
    let (after, changes) = transfer(&scene, Some(&receiver), &wish, &mut ids()).unwrap();
    let giver = changes.members[0].after.as_ref().unwrap();
    assert_eq!((giver.id, giver.role.as_ref()), (owner.id, None));
    assert_eq!(
        unsourced(giver.clone()).grants,
        [grant("spring", "program_sponsor", None)]
    );
    assert_eq!(changes.members[1].after.as_ref(), Some(&after));
    assert_eq!((one_version_on(&changes), &changes.organization), (2, &None));
    let changed = [
        "organization.ownership_transferred",
        "member.role_changed",
        "member.role_changed",
    ];
    assert_eq!(kinds(&changes), changed);
    let told = &changes.events[0];
    assert_eq!(told.before, Some(serde_json::json!({ "owner": owner.id })));
    assert_eq!(told.after, Some(serde_json::json!({ "owner": receiver.id })));
}

#[test]
fn what_a_giver_cannot_become_is_named_as_what_comes_then() {
    let (owner, receiver) = (holder("owner", "owner"), holder("receiver", "admin"));
    let organization = counted(&[&owner, &receiver], &[]);
    for (then, named) in [
        ("ghost", "then unknown_role"),
        ("owner", "then not_allowed"),
        ("program_admin", "resources required"),
    ] {
        match hand_on(&organization, &owner, &receiver, then) {
            Err(OwnershipRefusal::Invalid(violations)) => assert_eq!(codes(&violations), [named]),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn handing_on_takes_and_gives_so_many_grants_and_no_more() {
    let receiver = holder("receiver", "admin");
    let programs: Vec<_> = (0..40).map(|n| found(&format!("p{n}"))).collect();
    let then = role("program_sponsor");
    let attempt = |gone: usize, kept: usize| {
        let old = (0..gone).map(|n| grant(&format!("old{n}"), "program_admin", None));
        let same = (0..kept).map(|n| grant(&format!("p{n}"), "program_sponsor", None));
        let owner = Member {
            grants: old.chain(same).collect(),
            ..holder("owner", "owner")
        };
        let organization = counted(&[&owner, &receiver], &[]);
        let wish = wanted(&then, &programs, None);
        match transfer(&scene(&organization, &owner), Some(&receiver), &wish, &mut ids()) {
            Ok(_) => Vec::new(),
            Err(OwnershipRefusal::Invalid(violations)) => codes(&violations),
            Err(other) => panic!("{other:?}"),
        }
    };
    assert_eq!(attempt(MAX_GRANT_CHANGES - 40, 0), Vec::<String>::new());
    assert_eq!(attempt(MAX_GRANT_CHANGES - 39, 0), ["resources too_many_changes"]);
    assert_eq!(
        attempt(MAX_GRANT_CHANGES - 39, 1),
        Vec::<String>::new(),
        "what stays is no change"
    );
    assert_eq!(attempt(MAX_GRANT_CHANGES - 38, 1), ["resources too_many_changes"]);
}

#[test]
fn naming_the_one_who_pays_is_one_change_with_its_event_and_the_same_again_is_none() {
    let (owner, other) = (holder("owner", "owner"), holder("other", "owner"));
    let before = counted(&[&owner, &other], &[]);
    let named = |before: &Organization| name_paying_owner(&scene(before, &owner), Some(&other), &mut ids()).unwrap();
    let (after, changes) = named(&before);
    let expected = Organization {
        paying_owner: Some(other.id),
        version: before.version + 1,
        ..before.clone()
    };
    assert_eq!(after, expected);
    assert_eq!(changes.organization, Some(Pair::change(before, after.clone())));
    assert_eq!(kinds(&changes), ["organization.paying_owner_named"]);
    let event = &changes.events[0];
    assert_eq!(event.before, Some(serde_json::json!({ "paying_owner": null })));
    assert_eq!(event.after, Some(serde_json::json!({ "paying_owner": other.id })));
    let (same, changes) = named(&after);
    assert!(changes.is_empty() && same == after);
}
