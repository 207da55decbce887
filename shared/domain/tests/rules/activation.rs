//! Activating and deactivating.

use crate::team::*;
use muster_domain::rules::activation::{Forbidden, RowRefusal, set_status};
use muster_domain::{Member, Status};

fn rows<'a>(members: &[&'a Member]) -> Vec<(muster_domain::UserId, Option<&'a Member>)> {
    members.iter().map(|m| (m.id, Some(*m))).collect()
}

#[test]
fn each_row_has_its_own_verdict() {
    let (owner, admin) = (holder("owner", "owner"), holder("admin", "admin"));
    let (ann, asleep) = (holder("ann", "program_admin"), inactive(holder("bob", "program_admin")));
    let organization = counted(&[&owner, &admin, &ann, &asleep], &[]);
    let mut named = rows(&[&owner, &admin, &ann, &asleep]);
    named.push((user("nobody"), None));
    let (verdicts, changes) = set_status(&scene(&organization, &admin), Status::Inactive, &named, &mut ids()).unwrap();
    let verdicts: Vec<_> = verdicts.into_iter().map(|(_, verdict)| verdict).collect();
    let expected = [
        Err(RowRefusal::Forbidden),
        Err(RowRefusal::Oneself),
        Ok(Status::Inactive),
        Ok(Status::Inactive),
        Err(RowRefusal::NotFound),
    ];
    assert_eq!(verdicts, expected);
    assert_eq!(
        (kinds(&changes), changes.seat_delta()),
        (vec!["member.deactivated"], -1),
        "who is so already is no change"
    );
    let after = changes.members[0].after.as_ref().unwrap();
    assert_eq!(
        (&after.grants, after.seat),
        (&ann.grants, false),
        "everything but access and seat is kept"
    );
    assert_eq!(changes.relied_on, [(admin.id, admin.version)]);
}

#[test]
fn rows_share_the_seats_that_are_left() {
    let owner = holder("owner", "owner");
    let asleep: Vec<Member> = ["a", "b", "c"].iter().map(|n| inactive(holder(n, "admin"))).collect();
    let learner = inactive(holder("d", "participant"));
    let organization = limited(counted(&[&owner], &[]), 2);
    let named = rows(&[&asleep[0], &asleep[1], &learner, &asleep[2]]);
    let (verdicts, changes) = set_status(&scene(&organization, &owner), Status::Active, &named, &mut ids()).unwrap();
    let full = RowRefusal::NoSeats(organization.seats().after(1));
    let expected = [Ok(Status::Active), Err(full), Ok(Status::Active), Err(full)];
    assert_eq!(verdicts.into_iter().map(|(_, v)| v).collect::<Vec<_>>(), expected);
    assert_eq!((changes.members.len(), changes.seat_delta()), (2, 1));
}

#[test]
fn deactivating_all_owners_at_once_leaves_one() {
    let owners: Vec<Member> = ["a", "b", "c"].iter().map(|n| holder(n, "owner")).collect();
    let organization = counted(&owners.iter().collect::<Vec<_>>(), &[]);
    let named = rows(&[&owners[1], &owners[2]]);
    let (verdicts, changes) =
        set_status(&scene(&organization, &owners[0]), Status::Inactive, &named, &mut ids()).unwrap();
    assert!(verdicts.iter().all(|(_, v)| v.is_ok()));
    assert_eq!(changes.owner_delta(set()), -2);
    // The counter is what counts: were one of them gone meanwhile, the second row would be refused.
    let fewer = muster_domain::Organization {
        active_owners: 2,
        ..organization
    };
    let (verdicts, _) = set_status(&scene(&fewer, &owners[0]), Status::Inactive, &named, &mut ids()).unwrap();
    assert_eq!(verdicts[1].1, Err(RowRefusal::LastOwner));
}

#[test]
fn who_manages_nobody_is_refused_as_a_whole() {
    let actor = holder("actor", "program_sponsor");
    let organization = counted(&[&actor], &[]);
    assert_eq!(
        set_status(&scene(&organization, &actor), Status::Active, &[], &mut ids()),
        Err(Forbidden)
    );
}
