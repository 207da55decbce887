//! Handing ownership on, and the owner who pays.

use crate::team::*;
use muster_domain::rules::members::{MemberRefusal, Update, remove, update};
use muster_domain::rules::offer::Wanted;
use muster_domain::rules::ownership::{OwnershipRefusal, name_paying_owner, transfer};
use muster_domain::{Changes, Member, Organization, Status};

fn hand_on(
    organization: &Organization,
    giver: &Member,
    to: &Member,
    then: &str,
) -> Result<(Member, Changes), OwnershipRefusal> {
    let then = role(then);
    let wanted = Wanted {
        role: &then,
        resources: &[],
        term: None,
    };
    transfer(&scene(organization, giver), Some(to), &wanted, &mut ids())
}

#[test]
fn whoever_holds_less_than_ownership_hands_nothing_on() {
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
    assert_eq!(changes.relied_on, [(other.id, other.version)]);
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
    assert_eq!(
        changes.relied_on,
        [(other.id, other.version), (owner.id, owner.version)]
    );

    let before = scene(&organization, &owner);
    let role = role("admin");
    let demoted = Update {
        holdings: Some(muster_domain::rules::members::Holdings::One(wanted(&role, &[], None))),
        ..Update::default()
    };
    let deactivated = Update {
        status: Some(Status::Inactive),
        ..Update::default()
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
