//! What a member is given by a change of what they hold lasts no longer than the power of whoever gives it.

use crate::giving::{end, helper, with};
use crate::team::*;
use muster_domain::rules::members::{Holdings, MemberUpdate, grant_one, update};
use muster_domain::rules::ownership::transfer;
use muster_domain::{DecisionContext, Member, Organization, RoleSet, Term, Timestamp};

const HELPER: &str = "implementation_admin";

fn changed(giver: &Member, target: &Member, wished: &Holdings<'_>, organization: &Organization) -> Member {
    let holdings = match wished {
        Holdings::One(wanted) => Holdings::One(wanted.clone()),
        Holdings::Mix { role, term, grants } => Holdings::Mix {
            role: *role,
            term: *term,
            grants,
        },
    };
    let request = MemberUpdate {
        holdings: Some(holdings),
        ..MemberUpdate::default()
    };
    let (after, _) = update(&scene(organization, giver), Some(target), request, &mut ids()).unwrap();
    unsourced(after)
}

#[test]
fn a_role_that_a_helper_gives_ends_with_the_helper_and_an_owner_makes_it_last() {
    let (acme, owner, hal) = (organization(), holder("olivia", "owner"), helper(vec![]));
    let pat = holder("pat", "program_admin");
    let (admin, runner, participant) = (role("admin"), role("program_admin"), role("participant"));
    let spring = [found("spring")];
    let as_admin = Holdings::One(wanted(&admin, &[], None));
    let promoted = changed(&hal, &pat, &as_admin, &acme);
    assert_eq!(promoted.role, Some(held("admin", Some(end()))));
    assert_eq!(
        changed(&hal, &promoted, &as_admin, &acme),
        promoted,
        "named again it is the same"
    );
    assert_eq!(
        changed(&owner, &promoted, &as_admin, &acme).role,
        Some(held("admin", None))
    );
    // What somebody holds already stays as it is.
    let ann = holder("ann", "admin");
    assert_eq!(changed(&hal, &ann, &as_admin, &acme), ann);

    let on_spring = Holdings::One(wanted(&participant, &spring, None));
    let learner = changed(&hal, &ann, &on_spring, &acme);
    let ends: Vec<_> = learner.holdings().map(|(held, _)| held.expires_at).collect();
    assert_eq!(ends, [Some(end()), Some(end())]);
    let mixed = [
        wanted_grant("spring", "program_admin", None),
        wanted_grant("autumn", "program_sponsor", Some(at("2026-03-20T00:00:00Z"))),
        wanted_grant("winter", "program_sponsor", Some(at("2026-06-01T00:00:00Z"))),
    ];
    let mix = Holdings::Mix {
        role: None,
        term: None,
        grants: &mixed,
    };
    let after = changed(&hal, &pat, &mix, &acme);
    let expected = [
        grant("autumn", "program_sponsor", Some(at("2026-03-20T00:00:00Z"))),
        grant("spring", "program_admin", None),
        grant("winter", "program_sponsor", Some(end())),
    ];
    assert_eq!(
        after.grants, expected,
        "what is new ends no later, what was there stays"
    );
    let same = Holdings::One(wanted(&runner, &spring, None));
    assert_eq!(changed(&hal, &pat, &same, &acme), pat);
}

#[test]
fn a_term_that_a_helper_prolongs_reaches_to_their_own_end() {
    let acme = organization();
    let ivy = somebody("ivy", Some(held(HELPER, Some(at("2026-03-20T00:00:00Z")))), vec![]);
    let helpers = role(HELPER);
    for (giver, term, expected) in [
        (helper(vec![]), Term::Months(6), Some(end())),
        (helper(vec![]), Term::Forever, Some(end())),
        (
            holder("ann", "admin"),
            Term::Months(6),
            Some(at("2026-09-10T12:00:00Z")),
        ),
        (holder("ann", "admin"), Term::Forever, None),
    ] {
        let longer = Holdings::One(wanted(&helpers, &[], Some(term)));
        assert_eq!(changed(&giver, &ivy, &longer, &acme).role.unwrap().expires_at, expected);
    }
    // Nobody takes away by prolonging: a later end stays, and is shortened only where that is asked for.
    let late = somebody("ivy", Some(held(HELPER, Some(at("2026-07-01T00:00:00Z")))), vec![]);
    for (term, expected) in [
        (Term::Months(6), at("2026-07-01T00:00:00Z")),
        (Term::Months(2), at("2026-05-10T12:00:00Z")),
        (Term::Months(1), end()),
    ] {
        let longer = Holdings::One(wanted(&helpers, &[], Some(term)));
        let after = changed(&helper(vec![]), &late, &longer, &acme);
        assert_eq!(after.role.unwrap().expires_at, Some(expected), "{term}");
    }
    // One that is over, or of another time when the role was on, has no end to keep.
    let mut off = organization();
    off.role_epochs.insert(role(HELPER), 1);
    let hal = Member {
        role: Some(muster_domain::RoleAssignment {
            epoch: 1,
            ..held(HELPER, Some(end()))
        }),
        ..helper(vec![])
    };
    let longer = Holdings::One(wanted(&helpers, &[], Some(Term::Months(6))));
    assert_eq!(
        changed(&hal, &late, &longer, &off).role.unwrap().expires_at,
        Some(end())
    );
}

#[test]
fn a_single_grant_of_a_helper_ends_with_them_and_of_an_admin_as_it_says() {
    let acme = organization();
    let given = |giver: &Member, target: &Member, end: Option<Timestamp>| {
        let wish = wanted_grant("spring", "program_sponsor", end);
        let (after, _) = grant_one(&scene(&acme, giver), Some(target), &wish, &mut ids()).unwrap();
        after
            .grants
            .iter()
            .find(|g| g.resource == reference("spring"))
            .unwrap()
            .held
            .expires_at
    };
    let (hal, ann) = (helper(vec![]), holder("ann", "admin"));
    let pia = somebody("pia", None, vec![grant("autumn", "participant", None)]);
    let late = somebody(
        "pia",
        None,
        vec![grant("spring", "program_sponsor", Some(at("2026-06-01T00:00:00Z")))],
    );
    let other = somebody(
        "pia",
        None,
        vec![grant("spring", "participant", Some(at("2026-06-01T00:00:00Z")))],
    );
    for (giver, target, wish, expected) in [
        (&hal, &pia, None, Some(end())),
        (
            &hal,
            &pia,
            Some(at("2026-03-11T00:00:00Z")),
            Some(at("2026-03-11T00:00:00Z")),
        ),
        (&hal, &late, None, Some(at("2026-06-01T00:00:00Z"))),
        (&hal, &other, None, Some(end())),
        (&ann, &pia, None, None),
        (&ann, &late, None, None),
    ] {
        assert_eq!(given(giver, target, wish), expected, "{wish:?}");
    }
}

#[test]
fn an_owner_hands_on_and_becomes_nothing_that_outlasts_what_lets_them() {
    let plain = with(set(), "owner", |r| r.assigns.retain(|id| *id != role("program_admin")));
    let owner = somebody(
        "olivia",
        Some(held("owner", None)),
        vec![grant("spring", "program_admin", Some(end()))],
    );
    let ada = holder("ada", "admin");
    let acme = counted(&[&owner, &ada], &[]);
    let becomes = |set: &RoleSet, id: &str, on: &[&str]| {
        let scene = DecisionContext {
            set,
            ..scene(&acme, &owner)
        };
        let (id, on): (_, Vec<_>) = (role(id), on.iter().map(|on| found(on)).collect());
        let (_, changes) = transfer(&scene, Some(&ada), &wanted(&id, &on, None), &mut ids()).ok()?;
        let giver = changes.members[0].after.clone().unwrap();
        let ends: Vec<_> = giver.holdings().map(|(held, _)| held.expires_at).collect();
        Some(ends)
    };
    assert_eq!(becomes(set(), "program_admin", &["spring"]), Some(vec![None]));
    assert_eq!(becomes(&plain, "program_admin", &["spring"]), Some(vec![Some(end())]));
    assert_eq!(becomes(&plain, "program_admin", &["autumn"]), None);
    assert_eq!(becomes(&plain, "admin", &[]), Some(vec![None]));
}
