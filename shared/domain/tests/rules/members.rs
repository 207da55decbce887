//! Changing members, and ending memberships.

use crate::team::*;
use muster_domain::member::{MAX_GRANTS, MAX_NOTIFICATIONS, MAX_SKILLS, Profile};
use muster_domain::rules::members::{
    Holdings, MAX_GRANT_CHANGES, MemberRefusal, MemberUpdate, WantedGrant, remove, update,
};
use muster_domain::{Changes, DecisionContext, Grant, Member, Organization, RoleSet};
use serde_json::json;

type Updated = Result<(Member, Changes), MemberRefusal>;

fn one(organization: &Organization, actor: &Member, target: &Member, id: &str, programs: &[&str]) -> Updated {
    let id = role(id);
    let programs: Vec<_> = programs.iter().map(|p| found(p)).collect();
    let holdings = Some(Holdings::One(wanted(&id, &programs, None)));
    let request = MemberUpdate {
        holdings,
        ..MemberUpdate::default()
    };
    update(&scene(organization, actor), Some(target), request, &mut ids())
}

fn mix(organization: &Organization, actor: &Member, target: &Member, grants: &[WantedGrant]) -> Updated {
    let holdings = Some(Holdings::Mix {
        role: None,
        term: None,
        grants,
    });
    let request = MemberUpdate {
        holdings,
        ..MemberUpdate::default()
    };
    update(&scene(organization, actor), Some(target), request, &mut ids())
}

fn violations(updated: Updated) -> Vec<String> {
    match updated {
        Err(MemberRefusal::Invalid(violations)) => codes(&violations),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_member_becomes_exactly_what_is_asked_and_the_change_rests_on_who_asked() {
    let (owner, target) = (holder("owner", "owner"), holder("target", "program_admin"));
    let organization = counted(&[&owner, &target], &[]);
    let (after, changes) = one(&organization, &owner, &target, "program_sponsor", &["spring", "autumn"]).unwrap();
    let expected = [
        grant("autumn", "program_sponsor", None),
        grant("spring", "program_sponsor", None),
    ];
    assert_eq!(unsourced(after.clone()).grants, expected);
    assert_eq!(
        (kinds(&changes), changes.seat_delta()),
        (vec!["member.role_changed"], 0)
    );
    assert_eq!(changes.relied_on, [relied(&owner)]);
    let (same, changes) = one(&organization, &owner, &after, "program_sponsor", &["autumn", "spring"]).unwrap();
    assert!(changes.is_empty() && same == after, "asking again changes nothing");
}

#[test]
fn a_role_with_a_seat_takes_one_and_a_role_without_gives_it_back() {
    let owner = holder("owner", "owner");
    let learner = holder("target", "participant");
    let full = limited(counted(&[&owner, &learner], &[]), 1);
    let refused = one(&full, &owner, &learner, "admin", &[]);
    let seats = full.seats();
    assert_eq!(refused.err(), Some(MemberRefusal::NoSeats { seats, needed: 1 }));
    let admin = holder("target", "admin");
    let over = limited(counted(&[&owner, &admin], &[]), 1);
    let (_, changes) = one(&over, &owner, &admin, "program_admin", &["spring"]).unwrap();
    assert_eq!(
        changes.seat_delta(),
        0,
        "within the roles with seats it costs nothing, even above the limit"
    );
    let (_, changes) = one(&over, &owner, &admin, "participant", &[]).unwrap();
    assert_eq!(changes.seat_delta(), -1);
    let asleep = inactive(holder("target", "participant"));
    let (_, changes) = one(&full, &owner, &asleep, "admin", &[]).unwrap();
    assert_eq!(changes.seat_delta(), 0, "somebody inactive takes no seat");
}

#[test]
fn the_last_active_owner_is_neither_demoted_nor_removed_nor_leaves() {
    let owner = holder("owner", "owner");
    let asleep = inactive(holder("other", "owner"));
    let organization = counted(&[&owner, &asleep], &[]);
    let demoted = one(&organization, &owner, &owner, "admin", &[]);
    assert_eq!(demoted.err(), Some(MemberRefusal::LastOwner));
    let left = remove(&scene(&organization, &owner), Some(&owner), &mut ids());
    assert_eq!(left, Err(MemberRefusal::LastOwner));
    let second = holder("second", "owner");
    let two = counted(&[&owner, &second], &[]);
    assert!(one(&two, &owner, &owner, "admin", &[]).is_ok());
    assert!(remove(&scene(&two, &owner), Some(&second), &mut ids()).is_ok());
    assert_eq!(
        kinds(&remove(&scene(&two, &owner), Some(&owner), &mut ids()).unwrap()),
        ["member.left"]
    );
    assert!(remove(&scene(&organization, &owner), Some(&asleep), &mut ids()).is_ok());
}

#[test]
fn ends_of_grants_lie_ahead_can_be_moved_and_are_kept_when_named_again() {
    let (owner, target) = (holder("owner", "owner"), holder("target", "program_admin"));
    let organization = counted(&[&owner, &target], &[]);
    for past in ["2026-03-10T12:00:00Z", "2020-01-01T00:00:00Z"] {
        let grants = [wanted_grant("spring", "program_admin", Some(at(past)))];
        let refused = mix(&organization, &owner, &target, &grants);
        assert_eq!(violations(refused), ["grants[0].expires_at in_the_past"]);
    }
    let june = Some(at("2026-06-01T00:00:00Z"));
    let (limited, _) = mix(
        &organization,
        &owner,
        &target,
        &[wanted_grant("spring", "program_admin", june)],
    )
    .unwrap();
    assert_eq!(limited.due_at, Some(at("2026-05-25T00:00:00Z")));
    let (same, _) = one(&organization, &owner, &limited, "program_admin", &["spring"]).unwrap();
    assert_eq!(
        same.grants[0].held.expires_at, june,
        "naming the role again does not make it endless"
    );
    let july = Some(at("2026-07-01T00:00:00Z"));
    let (longer, _) = mix(
        &organization,
        &owner,
        &limited,
        &[wanted_grant("spring", "program_admin", july)],
    )
    .unwrap();
    assert_eq!(longer.grants[0].held.expires_at, july);
}

#[test]
fn a_grant_that_is_over_begins_anew_when_it_is_given_again() {
    let owner = holder("owner", "owner");
    let over = grant("spring", "program_admin", Some(at("2026-03-10T11:00:00Z")));
    let target = somebody("target", None, vec![over]);
    let organization = counted(&[&owner, &target], &[]);
    let (after, _) = one(&organization, &owner, &target, "program_admin", &["spring"]).unwrap();
    assert_eq!(unsourced(after).grants, [grant("spring", "program_admin", None)]);
}

#[test]
fn a_change_before_the_schedule_runs_keeps_what_fell_due() {
    let soon = grant("spring", "program_admin", Some(at("2026-03-11T10:00:00Z")));
    let over = grant("autumn", "program_admin", Some(at("2026-03-10T11:00:00Z")));
    for (held, due) in [(soon, "2026-03-10T10:00:00Z"), (over, "2026-03-10T11:00:00Z")] {
        let target = Member {
            due_at: Some(at(due)),
            ..somebody("target", None, vec![held])
        };
        let organization = counted(&[&target], &[]);
        let request = MemberUpdate {
            name: Some("Another name".parse().unwrap()),
            ..MemberUpdate::default()
        };
        let (after, _) = update(&scene(&organization, &target), Some(&target), request, &mut ids()).unwrap();
        assert_eq!(after.due_at, Some(at(due)));
    }
}

#[test]
fn limits_of_one_member_and_of_one_change_are_named() {
    let (owner, target) = (holder("owner", "owner"), holder("target", "program_admin"));
    let organization = counted(&[&owner, &target], &[]);
    let many = |n: usize| {
        (0..n)
            .map(|i| wanted_grant(&format!("p{i}"), "program_admin", None))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        violations(mix(&organization, &owner, &target, &many(MAX_GRANTS + 1))),
        ["grants too_many"]
    );
    // One goes, so one less may come.
    assert!(mix(&organization, &owner, &target, &many(MAX_GRANT_CHANGES - 1)).is_ok());
    let refused = mix(&organization, &owner, &target, &many(MAX_GRANT_CHANGES));
    assert_eq!(violations(refused), ["grants too_many_changes"]);
    let twice = [
        wanted_grant("spring", "program_admin", None),
        wanted_grant("spring", "participant", None),
    ];
    assert_eq!(
        violations(mix(&organization, &owner, &target, &twice)),
        ["grants[1] repeated"]
    );
    assert_eq!(
        violations(mix(&organization, &owner, &target, &[])),
        ["grants required"]
    );
    let whole = [wanted_grant("spring", "admin", None)];
    assert_eq!(
        violations(mix(&organization, &owner, &target, &whole)),
        ["grants[0].role unknown_role"]
    );
}

#[test]
fn members_themselves_and_those_who_manage_all_they_hold_edit_what_they_tell() {
    let (owner, target) = (holder("owner", "owner"), holder("target", "participant"));
    let other = holder("other", "participant");
    let organization = counted(&[&owner, &target], &[]);
    let profile = || MemberUpdate {
        name: Some("Tess".parse().unwrap()),
        profile: Some(Profile::default()),
        ..MemberUpdate::default()
    };
    let by_other = update(&scene(&organization, &other), Some(&target), profile(), &mut ids());
    assert_eq!(by_other.err(), Some(MemberRefusal::Forbidden));
    let by_owner = update(&scene(&organization, &owner), Some(&target), profile(), &mut ids());
    assert_eq!(by_owner.unwrap().1.relied_on, [relied(&owner)]);
    let (after, changes) = update(&scene(&organization, &target), Some(&target), profile(), &mut ids()).unwrap();
    assert_eq!(
        (after.name.unwrap().as_str(), kinds(&changes)),
        ("Tess", vec!["member.updated"])
    );
    assert!(changes.relied_on.is_empty());
}

#[test]
fn removing_frees_seat_and_address_and_a_hidden_member_is_not_told_apart_from_a_missing_one() {
    let (owner, target) = (holder("owner", "owner"), holder("target", "program_admin"));
    let organization = counted(&[&owner, &target], &[]);
    let changes = remove(&scene(&organization, &owner), Some(&target), &mut ids()).unwrap();
    assert_eq!((changes.seat_delta(), kinds(&changes)), (-1, vec!["member.removed"]));
    assert!(changes.members[0].after.is_none());
    let elsewhere = somebody("elsewhere", None, vec![grant("autumn", "program_admin", None)]);
    let scene = scene(&organization, &elsewhere);
    assert_eq!(remove(&scene, Some(&target), &mut ids()), Err(MemberRefusal::NotFound));
    assert_eq!(remove(&scene, None, &mut ids()), Err(MemberRefusal::NotFound));
}

#[test]
fn a_participant_is_for_those_who_manage_each_of_their_programs() {
    let learner = |grants: Vec<Grant>| somebody("learner", Some(held("participant", None)), grants);
    let actor = holder("actor", "program_facilitator");
    let organization = counted(&[&actor], &[]);
    let attempt = |target: &Member| remove(&scene(&organization, &actor), Some(target), &mut ids()).err();
    let spring = || grant("spring", "participant", None);
    assert_eq!(attempt(&learner(vec![spring()])), None);
    let both = vec![spring(), grant("autumn", "participant", None)];
    assert_eq!(attempt(&learner(both)), Some(MemberRefusal::Forbidden));
    assert_eq!(attempt(&learner(vec![])), Some(MemberRefusal::NotFound));
    assert_eq!(
        attempt(&somebody(
            "x",
            Some(held("participant", None)),
            vec![grant("spring", "program_sponsor", None)]
        )),
        Some(MemberRefusal::Forbidden)
    );
}

#[test]
fn one_who_holds_nothing_is_for_those_who_manage_the_whole_organization() {
    let nothing = somebody("nobody", None, vec![]);
    let admin = holder("admin", "admin");
    let organization = counted(&[&admin], &[]);
    assert!(remove(&scene(&organization, &admin), Some(&nothing), &mut ids()).is_ok());
}

#[test]
fn no_member_leaves_where_the_role_set_does_not_let_them() {
    let stay = RoleSet {
        members_may_leave: false,
        ..set().clone()
    };
    let (owner, admin) = (holder("owner", "owner"), holder("admin", "admin"));
    let organization = counted(&[&owner, &admin], &[]);
    let scene = DecisionContext {
        set: &stay,
        ..scene(&organization, &admin)
    };
    assert_eq!(
        remove(&scene, Some(&admin), &mut ids()),
        Err(MemberRefusal::CannotLeave)
    );
}

#[test]
fn a_deactivated_member_leaves_and_can_do_nothing_else() {
    let (owner, ina) = (holder("owner", "owner"), inactive(holder("ina", "admin")));
    let organization = counted(&[&owner, &ina], &[]);
    let scene = scene(&organization, &ina);
    let changes = remove(&scene, Some(&ina), &mut ids()).unwrap();
    assert_eq!((changes.seat_delta(), kinds(&changes)), (0, vec!["member.left"]));
    assert_eq!(remove(&scene, Some(&owner), &mut ids()), Err(MemberRefusal::Forbidden));
}

#[test]
fn an_event_shows_a_profile_where_it_changed_and_only_there() {
    let (owner, target) = (holder("owner", "owner"), holder("target", "admin"));
    let organization = counted(&[&owner, &target], &[]);
    let scene = scene(&organization, &owner);
    let moved = MemberUpdate {
        profile: Some(Profile {
            timezone: Some("Europe/Paris".parse().unwrap()),
            ..Profile::default()
        }),
        ..MemberUpdate::default()
    };
    let (_, changes) = update(&scene, Some(&target), moved, &mut ids()).unwrap();
    let zone = |state: &Option<serde_json::Value>| state.as_ref().unwrap()["profile"]["timezone"].clone();
    let [event] = &changes.events[..] else { panic!() };
    assert_eq!(
        (zone(&event.before), zone(&event.after)),
        (json!(null), json!("Europe/Paris"))
    );

    let renamed = MemberUpdate {
        name: Some("Tara".parse().unwrap()),
        ..MemberUpdate::default()
    };
    let (_, changes) = update(&scene, Some(&target), renamed, &mut ids()).unwrap();
    let [event] = &changes.events[..] else { panic!() };
    for state in [&event.before, &event.after] {
        assert!(state.as_ref().unwrap().get("profile").is_none());
    }
}

#[test]
fn a_profile_has_so_many_skills_and_notifications_at_most() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let refused = |skills: usize, notifications: usize| {
        let profile = Profile {
            skills: (0..skills).map(|n| format!("s{n}").parse().unwrap()).collect(),
            notifications: (0..notifications)
                .map(|n| (format!("n{n}").parse().unwrap(), true))
                .collect(),
            ..Profile::default()
        };
        let wanted = MemberUpdate {
            profile: Some(profile),
            ..MemberUpdate::default()
        };
        match update(&scene(&organization, &owner), Some(&owner), wanted, &mut ids()) {
            Ok(_) => Vec::new(),
            Err(MemberRefusal::Invalid(violations)) => codes(&violations),
            Err(other) => panic!("{other:?}"),
        }
    };
    let (skills, notifications) = ("skills too_many", "notifications too_many");
    assert_eq!(refused(MAX_SKILLS, MAX_NOTIFICATIONS), Vec::<String>::new());
    assert_eq!(refused(MAX_SKILLS + 1, MAX_NOTIFICATIONS), [skills]);
    assert_eq!(refused(MAX_SKILLS, MAX_NOTIFICATIONS + 1), [notifications]);
    assert_eq!(refused(MAX_SKILLS + 1, MAX_NOTIFICATIONS + 1), [skills, notifications]);
}
