//! What time does.

use crate::team::*;
use muster_domain::mail::EndReason;
use muster_domain::rules::expiry::{MAX_ENDED_ROLES, end_switched_off, expire_invitation, expire_roles};
use muster_domain::{Changes, EntityKind, Grant, InvitationState, Letter, Member};

fn expire(member: &Member, now: &str) -> Changes {
    expire_roles(&organization(), set(), member, at(now), &mut ids())
}

fn after(changes: &Changes) -> Member {
    changes.members[0].after.clone().unwrap()
}

/// Days ahead of which the letters speak; none of an end.
fn letters(changes: &Changes) -> Vec<Option<u32>> {
    let days = |letter: &Letter| match letter {
        Letter::AccessEnding { days, .. } => Some(*days),
        Letter::AccessEnded { .. } => None,
        other => panic!("not of an end: {other:?}"),
    };
    changes.mail.iter().map(|m| days(&m.letter)).collect()
}

#[test]
fn an_end_is_announced_seven_days_and_one_day_ahead_once_each_and_then_comes() {
    let helper = holder("helper", "implementation_admin");
    let story = [
        ("2026-04-03T11:59:59Z", None),
        ("2026-04-03T12:00:00Z", Some(Some(7))),
        ("2026-04-03T12:00:00Z", None),
        ("2026-04-09T11:59:59Z", None),
        ("2026-04-09T12:30:00Z", Some(Some(1))),
        ("2026-04-10T11:59:59Z", None),
        ("2026-04-10T12:00:00Z", Some(None)),
    ];
    let mut member = helper;
    for (now, letter) in story {
        let changes = expire(&member, now);
        assert_eq!(letters(&changes), letter.into_iter().collect::<Vec<_>>(), "at {now}");
        assert_eq!(changes.is_empty(), letter.is_none(), "at {now}");
        if letter.is_some() {
            member = after(&changes);
        }
    }
    assert_eq!((member.role, member.due_at), (None, None));
}

#[test]
fn after_a_pause_only_the_latest_announcement_is_made() {
    let helper = holder("helper", "implementation_admin");
    assert_eq!(letters(&expire(&helper, "2026-04-10T11:00:00Z")), [Some(1)]);
    let late = expire(&helper, "2026-05-01T00:00:00Z");
    assert_eq!((letters(&late), kinds(&late)), (vec![None], vec!["member.role_ended"]));
    let [Letter::AccessEnded { reason, .. }] = late.mail.iter().map(|m| m.letter.clone()).collect::<Vec<_>>()[..]
    else {
        panic!("one letter")
    };
    assert_eq!(reason, EndReason::Expired);
}

#[test]
fn a_short_grant_is_announced_only_where_the_days_are_still_ahead() {
    let three_days = Some(at("2026-03-13T12:00:00Z"));
    let member = somebody("m", None, vec![grant("spring", "program_admin", three_days)]);
    assert_eq!(member.due_at, Some(at("2026-03-12T12:00:00Z")));
    let hours = Some(at("2026-03-10T20:00:00Z"));
    let member = somebody("m", None, vec![grant("spring", "program_admin", hours)]);
    assert_eq!(member.due_at, hours);
}

#[test]
fn an_announcement_that_fell_due_before_another_change_is_still_made() {
    let month = Some(at("2026-04-10T12:00:00Z"));
    let member = somebody("m", None, vec![grant("spring", "program_admin", month)]);
    let changed = member.recomputed(set(), at("2026-04-03T12:05:00Z"));
    assert_eq!(letters(&expire(&changed, "2026-04-03T12:10:00Z")), [Some(7)]);
}

#[test]
fn the_seat_is_free_when_the_last_role_with_one_has_ended() {
    let end = Some(at("2026-03-11T00:00:00Z"));
    let both = vec![
        grant("spring", "program_admin", end),
        grant("autumn", "program_admin", None),
    ];
    let changes = expire(&somebody("m", None, both), "2026-03-11T00:00:00Z");
    assert_eq!((changes.seat_delta(), after(&changes).grants.len()), (0, 1));
    let single = somebody(
        "m",
        Some(held("participant", None)),
        vec![grant("spring", "program_admin", end)],
    );
    let changes = expire(&single, "2026-03-11T00:00:00Z");
    assert_eq!(changes.seat_delta(), -1);
    assert_eq!(changes.events[0].actor.kind, EntityKind::System);
}

#[test]
fn more_ends_than_one_change_takes_are_left_over_and_announcements_wait_for_them() {
    let end = Some(at("2026-03-11T00:00:00Z"));
    let mut grants: Vec<Grant> = (0..MAX_ENDED_ROLES + 3)
        .map(|i| grant(&format!("p{i}"), "program_admin", end))
        .collect();
    grants.push(grant("last", "program_admin", Some(at("2026-03-11T18:00:00Z"))));
    let member = somebody("m", None, grants);
    let now = "2026-03-11T00:00:00Z";
    let first = expire(&member, now);
    assert_eq!((letters(&first), first.events.len()), (vec![None], MAX_ENDED_ROLES));
    let left = after(&first);
    assert!(left.due_at <= Some(at(now)), "still due");
    let second = expire(&left, now);
    assert_eq!((letters(&second), second.events.len()), (vec![None], 3));
    let third = expire(&after(&second), now);
    assert_eq!(letters(&third), [Some(1)]);
    assert!(expire(&after(&third), now).is_empty(), "announced once");
}

#[test]
fn sponsors_and_inactive_people_are_not_mailed_and_still_lose_the_role() {
    let end = Some(at("2026-03-11T00:00:00Z"));
    let sponsor = somebody("s", None, vec![grant("spring", "program_sponsor", end)]);
    let asleep = inactive(somebody("a", None, vec![grant("spring", "program_admin", end)]));
    for member in [sponsor, asleep] {
        let changes = expire(&member, "2026-03-11T00:00:00Z");
        assert_eq!((changes.mail.len(), changes.events.len()), (0, 1));
        assert!(after(&changes).grants.is_empty());
    }
}

#[test]
fn an_invitation_expires_at_its_instant_and_once() {
    let owner = holder("owner", "owner");
    let pending = invitation(&owner, "ann@x.example", "admin");
    assert!(expire_invitation(&pending, at("2026-03-17T11:59:59Z"), &mut ids()).is_empty());
    let changes = expire_invitation(&pending, at("2026-03-17T12:00:00Z"), &mut ids());
    assert_eq!(
        (changes.seat_delta(), kinds(&changes)),
        (-1, vec!["invitation.expired"])
    );
    let ended = changes.invitations[0].after.as_ref().unwrap();
    assert_eq!(ended.state, InvitationState::Expired);
    assert!(expire_invitation(ended, at("2026-03-18T00:00:00Z"), &mut ids()).is_empty());
}

#[test]
fn a_role_switched_off_ends_for_those_who_had_it_then() {
    let helper = holder("helper", "implementation_admin");
    let ended = end_switched_off(set(), &helper, &role("implementation_admin"), 0, now(), &mut ids());
    assert_eq!((after(&ended).role, kinds(&ended)), (None, vec!["member.role_ended"]));
    let Letter::AccessEnded { reason, .. } = &ended.mail[0].letter else {
        panic!("a letter of an end")
    };
    assert_eq!(*reason, EndReason::SwitchedOff);
    let mut later = helper.clone();
    later.role.as_mut().unwrap().epoch = 1;
    assert!(end_switched_off(set(), &later, &role("implementation_admin"), 0, now(), &mut ids()).is_empty());
}

#[test]
fn one_letter_tells_of_the_end_of_a_role_on_all_resources_and_another_of_each_other_role() {
    let end = Some(at("2026-03-11T00:00:00Z"));
    let grants = [
        grant("spring", "program_admin", end),
        grant("summer", "program_facilitator", end),
        grant("autumn", "program_admin", end),
        grant("winter", "program_admin", None),
    ];
    let ended = expire(&somebody("m", None, grants.to_vec()), "2026-03-11T00:00:00Z");
    assert_eq!(kinds(&ended), ["member.role_ended"; 3]);
    let told = ended.mail.iter().map(|mail| match &mail.letter {
        Letter::AccessEnded { role, resources, .. } => {
            let on: Vec<&str> = resources.iter().map(|resource| resource.id.as_str()).collect();
            (role.as_str(), on)
        }
        other => panic!("not of an end: {other:?}"),
    });
    let told: Vec<_> = told.collect();
    assert_eq!(
        told,
        [
            ("program_admin", vec!["autumn", "spring"]),
            ("program_facilitator", vec!["summer"])
        ]
    );
}

#[test]
fn as_many_ends_as_one_change_takes_leave_nothing_over_and_more_stay_due_since_then() {
    let (end, later) = ("2026-03-11T00:00:00Z", "2026-03-12T00:00:00Z");
    let ending = |count: usize| {
        let grants = (0..count).map(|i| grant(&format!("p{i}"), "program_admin", Some(at(end))));
        let far = grant("far", "program_admin", Some(at("2026-06-08T00:00:00Z")));
        let grants = grants.chain([far]);
        expire(&somebody("m", None, grants.collect()), later)
    };
    let all = after(&ending(MAX_ENDED_ROLES));
    assert_eq!((all.grants.len(), all.due_at), (1, Some(at("2026-06-01T00:00:00Z"))));
    // What fell due at that instant may still have to be announced, so it is kept.
    let more = after(&ending(MAX_ENDED_ROLES + 3));
    assert_eq!((more.grants.len(), more.due_at), (4, Some(at("2026-03-11T00:00:00Z"))));
}

#[test]
fn keys_end_with_a_role_for_a_time_or_one_that_can_be_switched_off_and_are_told_with_that_one() {
    let end = Some(at("2026-03-11T00:00:00Z"));
    let both = |month: bool| {
        let mut set = set().clone();
        for defined in set.roles.iter_mut().filter(|r| r.id == role("implementation_admin")) {
            if month {
                defined.optional = false;
            } else {
                defined.durations.clear();
            }
        }
        let member = Member {
            keys: 2,
            ..somebody(
                "m",
                Some(held("implementation_admin", end)),
                vec![grant("spring", "program_admin", end)],
            )
        };
        expire_roles(&organization(), &set, &member, at("2026-03-11T00:00:00Z"), &mut ids())
    };
    for changes in [both(true), both(false)] {
        assert_eq!((after(&changes).keys, changes.jobs.len()), (0, 1));
        let told: Vec<_> = changes.events.iter().map(|e| e.after.clone()).collect();
        assert_eq!(told, [Some(serde_json::json!({ "api_keys_revoked": 2 })), None]);
    }
}

#[test]
fn of_keys_that_are_not_there_nothing_is_told_and_their_time_stays() {
    let member = somebody("m", Some(held("implementation_admin", Some(now()))), vec![]);
    let changes = expire(&member, "2026-03-10T12:00:00Z");
    assert_eq!((changes.events[0].after.as_ref(), changes.jobs.len()), (None, 0));
    assert_eq!(after(&changes).keys_valid_from, member.keys_valid_from);
}

#[test]
fn keys_end_with_any_role_on_the_organization_that_had_an_end_and_gave_something_there() {
    let over = Some(at("2026-03-10T12:00:00Z"));
    for (what, role, grants, left) in [
        ("an admin for a time", Some(held("admin", over)), vec![], 0),
        (
            "an admin without an end",
            Some(held("admin", None)),
            vec![grant("spring", "participant", over)],
            2,
        ),
        (
            "a participant, who has nothing there",
            Some(held("participant", over)),
            vec![grant("spring", "program_sponsor", None)],
            2,
        ),
        ("a grant", None, vec![grant("spring", "program_admin", over)], 2),
    ] {
        let member = Member {
            keys: 2,
            ..somebody("pat", role, grants)
        };
        assert_eq!(after(&expire(&member, "2026-03-10T12:00:00Z")).keys, left, "{what}");
    }
}
