//! A role keeps its source until it is changed.

use crate::sources::{after, earlier, from, had, made, sources};
use crate::sources_shown::told_as;
use crate::team::*;
use muster_domain::rules::activation::set_status;
use muster_domain::rules::expiry::{end_switched_off, expire_roles};
use muster_domain::rules::members::{Holdings, MemberUpdate, grant_one, revoke_one, update};
use muster_domain::rules::work::end_grants;
use muster_domain::{Registration, SourceKind, Status, Term};
use serde_json::Value;

const HELPER: &str = "implementation_admin";

#[test]
fn a_role_that_stays_as_it_is_keeps_its_source_even_an_unknown_one() {
    let owner = holder("olivia", "owner");
    let plain = somebody(
        "pat",
        Some(held("participant", None)),
        vec![
            grant("spring", "program_admin", None),
            grant("autumn", "program_sponsor", None),
        ],
    );
    let acme = counted(&[&owner, &plain], &[]);
    let ctx = scene(&acme, &owner);
    for (pat, source) in [(plain.clone(), None), (had(plain), Some(earlier()))] {
        let all = [("all", source), ("autumn", source), ("spring", source)];
        assert_eq!(sources(&pat), all);
        let mixed = [
            wanted_grant("spring", "program_admin", None),
            wanted_grant("autumn", "program_sponsor", None),
        ];
        let participant = role("participant");
        let mix = Holdings::Mix {
            role: Some(&participant),
            term: None,
            grants: &mixed,
        };
        let (same, changes) = made(&ctx, &pat, mix);
        assert!(changes.is_empty() && same == pat, "the same set again is no change");
        let again = grant_one(&ctx, Some(&pat), &mixed[0], &mut ids()).unwrap();
        assert!(again.1.is_empty() && again.0 == pat);
        let named = MemberUpdate {
            name: Some("Pat".parse().unwrap()),
            ..MemberUpdate::default()
        };
        let (renamed, _) = update(&ctx, Some(&pat), named, &mut ids()).unwrap();
        assert_eq!(sources(&renamed), all);
        let away = after(&set_status(&ctx, Some(&pat), Status::Inactive, &mut ids()).unwrap());
        assert_eq!(sources(&away), all);
        let back = after(&set_status(&ctx, Some(&away), Status::Active, &mut ids()).unwrap());
        assert_eq!(sources(&back), all);
        let (fewer, _) = revoke_one(&ctx, Some(&pat), &found("autumn"), &mut ids()).unwrap();
        assert_eq!(sources(&fewer), [all[0], all[2]]);
        let ended = after(&end_grants(
            set(),
            &reference("spring"),
            std::slice::from_ref(&pat),
            now(),
            &mut ids(),
        ));
        assert_eq!(sources(&ended), [all[0], all[1]]);
        let more = grant_one(
            &ctx,
            Some(&pat),
            &wanted_grant("winter", "participant", None),
            &mut ids(),
        );
        let assigned = Some(from(SourceKind::Assigned, "olivia"));
        assert_eq!(
            sources(&more.unwrap().0),
            [all[0], all[1], all[2], ("winter", assigned)]
        );
    }
}

#[test]
fn a_role_with_another_end_or_held_anew_has_the_member_who_changed_it_as_its_source() {
    let owner = holder("olivia", "owner");
    let (june, july) = (at("2026-06-01T00:00:00Z"), at("2026-07-01T00:00:00Z"));
    let hal = had(somebody(
        "hal",
        Some(held(HELPER, Some(june))),
        vec![grant("spring", "program_admin", Some(june))],
    ));
    let acme = counted(&[&owner, &hal], &[]);
    let ctx = scene(&acme, &owner);
    let assigned = Some(from(SourceKind::Assigned, "olivia"));
    for end in [None, Some(july), Some(at("2026-05-01T00:00:00Z"))] {
        let wish = wanted_grant("spring", "program_admin", end);
        let (after, _) = grant_one(&ctx, Some(&hal), &wish, &mut ids()).unwrap();
        assert_eq!(
            sources(&after),
            [("all", Some(earlier())), ("spring", assigned)],
            "{end:?}"
        );
    }
    let helper = role(HELPER);
    let mixed = [wanted_grant("spring", "program_admin", Some(june))];
    let longer = Holdings::Mix {
        role: Some(&helper),
        term: Some(Term::Months(6)),
        grants: &mixed,
    };
    let (after_term, _) = made(&ctx, &hal, longer);
    assert_eq!(sources(&after_term), [("all", assigned), ("spring", Some(earlier()))]);
    // Switched off and on since, it is another role than the one they held.
    let mut switched = acme.clone();
    switched.role_epochs.insert(role("program_admin"), 1);
    let wish = wanted_grant("spring", "program_admin", Some(june));
    let (anew, _) = grant_one(&scene(&switched, &owner), Some(&hal), &wish, &mut ids()).unwrap();
    assert_eq!(sources(&anew)[1], ("spring", assigned));
    // So it is on a program that was registered anew under its name.
    let mut elsewhere = hal.clone();
    elsewhere.grants[0].resource.registration = Registration::from_bytes([5; 16]);
    let (anew, _) = grant_one(&ctx, Some(&elsewhere), &wish, &mut ids()).unwrap();
    let found: Vec<_> = anew
        .grants
        .iter()
        .filter(|g| g.resource == reference("spring"))
        .collect();
    assert_eq!(found[0].held.source, assigned);
}

#[test]
fn time_ends_roles_and_leaves_the_others_where_they_came_from() {
    let hal = had(somebody(
        "hal",
        Some(held(HELPER, Some(at("2026-03-10T12:00:00Z")))),
        vec![grant("spring", "program_admin", None)],
    ));
    let left = [("spring", Some(earlier()))];
    let expired = expire_roles(&organization(), set(), &hal, now(), &mut ids());
    let off = end_switched_off(set(), &hal, &role(HELPER), 0, now(), &mut ids());
    for changes in [expired, off] {
        assert_eq!(sources(&after(&changes)), left);
        let told = changes.events[0].before.as_ref().unwrap();
        assert_eq!(told["source"], told_as("added", "somebody", earlier().at));
    }
    let unknown = expire_roles(&organization(), set(), &unsourced(hal), now(), &mut ids());
    assert_eq!(
        unknown.events[0].before.as_ref().unwrap().get("source"),
        Some(&Value::Null)
    );
}
