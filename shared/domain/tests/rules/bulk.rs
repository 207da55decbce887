//! Several rows at once come out as if they had been asked for one after the other.

use crate::team::*;
use muster_domain::rules::activation::set_status;
use muster_domain::rules::bulk::{Part, RowError, decide, foresee};
use muster_domain::rules::invitations::create::Holder;
use muster_domain::rules::invitations::{InvitationRefusal, Revival, resend};
use muster_domain::rules::members::{Holdings, MemberRefusal, MemberUpdate, remove, update};
use muster_domain::{Changes, DecisionContext, Invitation, InvitationState, Member, Organization, Status, UserId};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::convert::Infallible;

type Decided<R> = Result<Changes, RowError<R, Infallible>>;

/// Decides as many of the rows as there is room for.
fn part<Row, R>(
    scene: &DecisionContext<'_>,
    rows: &[Row],
    row: impl FnMut(&DecisionContext<'_>, &Row) -> Decided<R>,
    fits: impl Fn(&Changes) -> bool,
) -> Part<R> {
    let Ok(part) = decide(scene, rows, row, |_, all| Ok(fits(all)));
    part
}

#[test]
fn rows_share_the_seats_that_are_left() {
    let owner = holder("owner", "owner");
    let asleep: Vec<Member> = ["a", "b", "c"].iter().map(|n| inactive(holder(n, "admin"))).collect();
    let learner = inactive(holder("d", "participant"));
    let organization = limited(counted(&[&owner], &[]), 2);
    let rows = [&asleep[0], &asleep[1], &learner, &asleep[2]];
    let ids = &mut ids();
    let activate =
        |s: &DecisionContext<'_>, m: &&Member| set_status(s, Some(m), Status::Active, ids).map_err(RowError::Refused);
    let got = part(&scene(&organization, &owner), &rows, activate, |_| true);
    let full = || {
        Err(MemberRefusal::NoSeats {
            seats: organization.seats().after(1),
            needed: 1,
        })
    };
    assert_eq!(got.verdicts, [Ok(()), full(), Ok(()), full()]);
    assert_eq!((got.changes.members.len(), got.changes.seat_delta()), (2, 1));
    assert_eq!(got.changes.relied_on, [relied(&owner)], "checked once");
}

#[test]
fn removing_all_owners_at_once_leaves_one() {
    let owners: Vec<Member> = ["a", "b", "c"].iter().map(|n| holder(n, "owner")).collect();
    let organization = counted(&owners.iter().collect::<Vec<_>>(), &[]);
    let ids = &mut ids();
    let mut end = |s: &DecisionContext<'_>, m: &&Member| remove(s, Some(m), ids).map_err(RowError::Refused);
    let rows = [&owners[1], &owners[2], &owners[0]];
    let got = part(&scene(&organization, &owners[0]), &rows, &mut end, |_| true);
    assert_eq!(got.verdicts, [Ok(()), Ok(()), Err(MemberRefusal::LastOwner)]);
    assert_eq!(got.changes.owner_delta(set()), -2);
    // The counter is what counts: were one of them gone meanwhile, the second row would be refused.
    let fewer = Organization {
        active_owners: 2,
        ..organization
    };
    let got = part(&scene(&fewer, &owners[0]), &rows, &mut end, |_| true);
    assert_eq!(got.verdicts[1], Err(MemberRefusal::LastOwner));
}

#[test]
fn a_dry_run_decides_every_row_on_what_the_rows_before_would_leave() {
    let owners: Vec<Member> = ["a", "b", "c"].iter().map(|n| holder(n, "owner")).collect();
    let organization = counted(&owners.iter().collect::<Vec<_>>(), &[]);
    let ids = &mut ids();
    let mut end = |s: &DecisionContext<'_>, before: &Changes, m: &&Member| {
        assert_eq!(s.organization.active_owners, 3 - before.members.len() as u64);
        remove(s, Some(m), ids).map_err(RowError::Refused)
    };
    let left = || MemberRefusal::Forbidden;
    let rows = [&owners[1], &owners[2], &owners[0]];
    let Ok(got) = foresee::<_, _, Infallible>(&scene(&organization, &owners[0]), &rows, &mut end, left);
    assert_eq!(got.verdicts, [Ok(()), Ok(()), Err(MemberRefusal::LastOwner)]);
    assert_eq!(got.changes.owner_delta(set()), -2);
    // After the actor leaves, the remaining rows are refused.
    let rows = [&owners[0], &owners[1], &owners[2]];
    let Ok(got) = foresee::<_, _, Infallible>(&scene(&organization, &owners[0]), &rows, &mut end, left);
    assert_eq!(
        got.verdicts,
        [Ok(()), Err(MemberRefusal::Forbidden), Err(MemberRefusal::Forbidden)]
    );
    assert_eq!(got.changes.members.len(), 1);
}

#[test]
fn a_row_that_does_not_fit_waits_with_all_behind_it_and_one_that_fits_nowhere_goes_alone() {
    let (owner, ann, bob) = (
        holder("owner", "owner"),
        holder("ann", "admin"),
        inactive(holder("bob", "admin")),
    );
    let cid = holder("cid", "admin");
    let organization = counted(&[&owner, &ann, &bob, &cid], &[]);
    let ids = &mut ids();
    let mut end =
        |s: &DecisionContext<'_>, m: &&Member| set_status(s, Some(m), Status::Inactive, ids).map_err(RowError::Refused);
    let rows = [&bob, &ann, &bob, &cid];
    let got = part(&scene(&organization, &owner), &rows, &mut end, |_| false);
    assert_eq!(got.verdicts.len(), 3, "what changes nothing needs no room");
    assert_eq!(got.changes.members.len(), 1);
}

#[test]
fn what_follows_a_change_of_oneself_is_decided_anew() {
    let (owner, other, ann) = (
        holder("owner", "owner"),
        holder("other", "owner"),
        holder("ann", "admin"),
    );
    let organization = counted(&[&owner, &other, &ann], &[]);
    let ids = &mut ids();
    let end = |s: &DecisionContext<'_>, m: &&Member| remove(s, Some(m), ids).map_err(RowError::Refused);
    let got = part(&scene(&organization, &owner), &[&ann, &owner, &other], end, |_| true);
    assert_eq!(got.verdicts, [Ok(()), Ok(())]);
    assert!(
        got.changes.relied_on.is_empty(),
        "the condition of their own change is the check"
    );
}

#[test]
fn two_invitations_of_one_address_are_not_revived_on_the_same_reading() {
    let owner = holder("owner", "owner");
    let one = Invitation {
        state: InvitationState::Expired,
        ended_at: Some(now()),
        ..invitation(&owner, "same@x.example", "participant")
    };
    let two = Invitation {
        id: "inv_0000000000000000000042".parse().unwrap(),
        ..one.clone()
    };
    let organization = counted(&[&owner], &[]);
    let ids = &mut ids();
    let mut again = |s: &DecisionContext<'_>, i: &&Invitation| {
        resend(s, Some(i), &Revival::default(), ids)
            .map(|(_, changes)| changes)
            .map_err(RowError::Refused)
    };
    let scene = scene(&organization, &owner);
    let got = part(&scene, &[&one, &two], &mut again, |_| true);
    assert_eq!(
        got.verdicts,
        [Ok(())],
        "the second waits until it is read who has the address"
    );
    let taken = Holder::Invitation(one.id);
    let revival = Revival {
        holder: Some(&taken),
        ..Revival::default()
    };
    let refused = resend(&scene, Some(&two), &revival, &mut crate::team::ids());
    assert_eq!(refused.unwrap_err(), InvitationRefusal::EmailTaken);
}

const ROLES: [&str; 4] = ["owner", "admin", "program_admin", "participant"];

/// What is done with each row.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Activate,
    Deactivate,
    Remove,
    Become(&'static str),
}

/// The members of a team, and its counters.
#[derive(Debug, Clone, PartialEq)]
struct Team {
    organization: Organization,
    members: BTreeMap<UserId, Member>,
}

impl Team {
    fn row(&self, scene: &DecisionContext<'_>, deed: Deed, id: UserId) -> Result<Changes, MemberRefusal> {
        let member = self.members.get(&id);
        let ids = &mut ids();
        match deed {
            Deed::Activate => set_status(scene, member, Status::Active, ids),
            Deed::Deactivate => set_status(scene, member, Status::Inactive, ids),
            Deed::Remove => remove(scene, member, ids),
            Deed::Become(to) => {
                let resources: Vec<_> = (to == "program_admin").then(|| found("spring")).into_iter().collect();
                let role = role(to);
                let holdings = Some(Holdings::One(wanted(&role, &resources, None)));
                let wanted = MemberUpdate {
                    holdings,
                    ..MemberUpdate::default()
                };
                update(scene, member, wanted, ids).map(|(_, changes)| changes)
            }
        }
    }

    fn take(&mut self, changes: &Changes) {
        self.organization = changes.apply_to(&self.organization, set());
        for pair in &changes.members {
            let id = pair.before.as_ref().unwrap().id;
            match &pair.after {
                Some(after) => self.members.insert(id, after.clone()),
                None => self.members.remove(&id),
            };
        }
    }

    /// Whoever asks, while they are in.
    fn actor(&self, id: UserId) -> Option<Member> {
        self.members.get(&id).filter(|m| m.status == Status::Active).cloned()
    }
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        Just(Deed::Activate),
        Just(Deed::Deactivate),
        Just(Deed::Remove),
        prop::sample::select(&ROLES[..]).prop_map(Deed::Become),
    ]
}

proptest! {
    #[test]
    fn rows_in_any_parts_come_out_as_single_requests_one_after_the_other(
        roles in prop::collection::vec((0..ROLES.len(), prop::bool::weighted(0.7)), 2..8),
        rows in Just((0..8usize).collect::<Vec<_>>()).prop_shuffle(),
        actor in 0..2usize,
        room in 0..4u64,
        fit in 1..4usize,
        deed in deed(),
    ) {
        let name = |i: usize| format!("m{i}");
        let member = |(i, (role, active)): (usize, &(usize, bool))| {
            let one = holder(&name(i), if i == 0 { "owner" } else { ROLES[*role] });
            if *active || i == actor { one } else { inactive(one) }
        };
        let members: Vec<Member> = roles.iter().enumerate().map(member).collect();
        let organization = counted(&members.iter().collect::<Vec<_>>(), &[]);
        let limit = organization.seats_used + room;
        let team = Team {
            organization: limited(organization, limit),
            members: members.iter().map(|m| (m.id, m.clone())).collect(),
        };
        let rows: Vec<UserId> = rows.into_iter().map(|i| user(&name(i))).collect();
        let actor = members[actor].id;

        let mut singly = team.clone();
        let mut expected = Vec::new();
        for id in &rows {
            let Some(asks) = singly.actor(actor) else { break };
            let verdict = singly.row(&scene(&singly.organization, &asks), deed, *id);
            if let Ok(changes) = &verdict {
                singly.take(changes);
            }
            expected.push(verdict.map(drop));
        }

        let mut together = team;
        let mut verdicts = Vec::new();
        while verdicts.len() < rows.len() {
            let Some(asks) = together.actor(actor) else { break };
            let left = &rows[verdicts.len()..];
            let scene = scene(&together.organization, &asks);
            let row = |s: &DecisionContext<'_>, id: &UserId| together.row(s, deed, *id).map_err(RowError::Refused);
            let got = part(&scene, left, row, |all| all.members.len() <= fit);
            prop_assert!(!got.verdicts.is_empty(), "each part gets on");
            verdicts.extend(got.verdicts);
            together.take(&got.changes);
        }
        prop_assert_eq!(verdicts, expected);
        prop_assert_eq!(together, singly);
    }
}
