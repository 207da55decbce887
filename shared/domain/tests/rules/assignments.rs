//! Roles that members give themselves and each other, at the limits of their authority.

use crate::team::*;
use muster_domain::roleset;
use muster_domain::rules::members::{Holdings, MemberRefusal, MemberUpdate, WantedGrant, grant_one, remove, update};
use muster_domain::{Changes, DecisionContext, Member, RoleId, RoleSet, Term, Timestamp};

const HELPER: &str = "implementation_admin";

type Updated = Result<(Member, Changes), MemberRefusal>;

fn mix(
    scene: &DecisionContext<'_>,
    target: &Member,
    role: Option<&RoleId>,
    term: Option<Term>,
    grants: &[WantedGrant],
) -> Updated {
    let holdings = Some(Holdings::Mix { role, term, grants });
    let request = MemberUpdate {
        holdings,
        ..MemberUpdate::default()
    };
    update(scene, Some(target), request, &mut ids())
}

/// What it is about: none if it is done, else the role that is not theirs to give.
fn not_theirs(updated: Updated) -> Option<String> {
    match updated {
        Ok(_) => None,
        Err(MemberRefusal::RoleNotAssignable(role)) => Some(role),
        Err(other) => panic!("{other:?}"),
    }
}

/// The set with a role that gives only these.
fn giving(set: &RoleSet, id: &str, assigns: &[&str]) -> RoleSet {
    let mut set = set.clone();
    for defined in set.roles.iter_mut().filter(|r| r.id == role(id)) {
        defined.assigns = assigns.iter().map(|id| role(id)).collect();
    }
    set
}

#[test]
fn a_member_who_manages_no_others_adds_nothing_to_themselves() {
    let sponsor = holder("sam", "program_sponsor");
    let acme = organization();
    let more = [
        wanted_grant("spring", "program_sponsor", None),
        wanted_grant("autumn", "participant", None),
    ];
    let refused = mix(&scene(&acme, &sponsor), &sponsor, None, None, &more);
    assert_eq!(refused, Err(MemberRefusal::Forbidden));
}

#[test]
fn a_member_gives_themselves_nothing_outside_their_programs_that_they_could_not_give_others() {
    let (acme, fay) = (organization(), holder("fay", "program_facilitator"));
    let same = [wanted_grant("spring", "program_facilitator", None)];
    let participant = role("participant");
    let given = |set: &RoleSet| {
        let scene = DecisionContext {
            set,
            ..scene(&acme, &fay)
        };
        not_theirs(mix(&scene, &fay, Some(&participant), None, &same))
    };
    assert_eq!(given(set()), None);
    assert_eq!(
        given(&giving(set(), "program_facilitator", &[])),
        Some("participant".into())
    );
}

#[test]
fn a_role_that_gives_another_gives_it_only_where_members_are_managed() {
    let acme = organization();
    let both = vec![
        grant("spring", "program_sponsor", None),
        grant("autumn", "program_admin", None),
    ];
    let pat = somebody("pat", None, both);
    let set = giving(set(), "program_sponsor", &["program_sponsor", "participant"]);
    let scene = DecisionContext {
        set: &set,
        ..scene(&acme, &pat)
    };
    let given = |on: &str| {
        not_theirs(grant_one(
            &scene,
            Some(&pat),
            &wanted_grant(on, "participant", None),
            &mut ids(),
        ))
    };
    assert_eq!(given("autumn"), None);
    let whole = MemberUpdate {
        holdings: Some(Holdings::Mix {
            role: None,
            term: None,
            grants: &[
                wanted_grant("spring", "participant", None),
                wanted_grant("autumn", "program_admin", None),
            ],
        }),
        ..MemberUpdate::default()
    };
    let refused = update(&scene, Some(&pat), whole, &mut ids());
    assert_eq!(not_theirs(refused), Some("participant".into()));
}

#[test]
fn a_role_that_members_take_for_themselves_they_give_no_other_member() {
    let practice = roleset::find("client-practice").unwrap();
    let mut set = practice.clone();
    // A participant who manages on their own client beside being a contributor.
    for defined in set.roles.iter_mut().filter(|r| r.id == role("participant")) {
        defined.permissions.push("members:manage".into());
        defined.permissions.push("members:read".into());
    }
    set.resource_type = "program".parse().unwrap();
    let acme = organization();
    let carl = Member {
        role: Some(held("contributor", None)),
        grants: vec![grant("spring", "participant", None)],
        ..somebody("carl", None, vec![])
    };
    let other = somebody("otto", None, vec![grant("spring", "participant", None)]);
    let scene = DecisionContext {
        set: &set,
        ..scene(&acme, &carl)
    };
    let given = |to: &Member, on: &str| {
        let wish = wanted_grant(on, "contributor", None);
        grant_one(&scene, Some(to), &wish, &mut ids()).map(|(after, _)| after.grants.len())
    };
    assert_eq!(given(&carl, "autumn"), Ok(2));
    let more = [
        wanted_grant("spring", "participant", None),
        wanted_grant("autumn", "contributor", None),
    ];
    let refused = mix(&scene, &other, None, None, &more);
    assert_eq!(not_theirs(refused), Some("contributor".into()));
}

#[test]
fn a_role_beside_that_gives_nothing_prolongs_no_helper() {
    let acme = organization();
    let end = at("2026-04-10T12:00:00Z");
    let hal = somebody(
        "hal",
        Some(held(HELPER, Some(end))),
        vec![grant("spring", "program_sponsor", None)],
    );
    let given = |expires_at: Option<Timestamp>| {
        let wish = wanted_grant("spring", "program_admin", expires_at);
        not_theirs(grant_one(&scene(&acme, &hal), Some(&hal), &wish, &mut ids()))
    };
    assert_eq!(given(Some(end)), None);
    assert_eq!(given(None), Some("program_admin".into()));
    assert_eq!(given(Some(at("2026-04-10T12:00:01Z"))), Some("program_admin".into()));
}

#[test]
fn a_role_named_again_keeps_its_end_unless_a_new_term_is_asked_for() {
    let (owner, acme) = (holder("owner", "owner"), organization());
    let (helper, admin) = (role(HELPER), role("admin"));
    let end = at("2026-03-20T00:00:00Z");
    let hal = |end| somebody("hal", Some(held(HELPER, Some(end))), vec![]);
    let asked = |target: &Member, id: &RoleId, term| mix(&scene(&acme, &owner), target, Some(id), term, &[]);
    let (same, changes) = asked(&hal(end), &helper, None).unwrap();
    assert!(changes.is_empty() && same == hal(end));
    let (longer, _) = asked(&hal(end), &helper, Some(Term::Months(1))).unwrap();
    assert_eq!(
        unsourced(longer).role,
        Some(held(HELPER, Some(at("2026-04-10T12:00:00Z"))))
    );
    let (other, _) = asked(&hal(end), &admin, None).unwrap();
    assert_eq!(unsourced(other).role, Some(held("admin", None)));
    // At its very end it is over, and is given anew.
    match asked(&hal(now()), &helper, None) {
        Err(MemberRefusal::Invalid(violations)) => assert_eq!(codes(&violations), ["duration required"]),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_grant_named_again_keeps_its_end_until_it_has_come_or_a_term_is_asked_for() {
    let (owner, set) = (holder("owner", "owner"), crate::attacks::guests());
    let acme = organization();
    let scene = DecisionContext {
        set: &set,
        ..scene(&acme, &owner)
    };
    let (invitee, spring) = (role("guest"), [found("spring")]);
    let ends = |end: &str, months: u8| {
        let target = Member {
            email: email_address("g@partner.example"),
            ..somebody("g", None, vec![grant("spring", "guest", Some(at(end)))])
        };
        let holdings = Some(Holdings::One(wanted(&invitee, &spring, Some(Term::Months(months)))));
        let request = MemberUpdate {
            holdings,
            ..MemberUpdate::default()
        };
        let (after, _) = update(&scene, Some(&target), request, &mut ids()).unwrap();
        after.grants[0].held.expires_at
    };
    assert_eq!(ends("2026-03-20T00:00:00Z", 2), Some(at("2026-05-10T12:00:00Z")));
    let over = somebody("pat", None, vec![grant("spring", "program_admin", Some(now()))]);
    let (runner, plain) = (role("program_admin"), crate::team::scene(&acme, &owner));
    let request = MemberUpdate {
        holdings: Some(Holdings::One(wanted(&runner, &spring, None))),
        ..MemberUpdate::default()
    };
    let (after, _) = update(&plain, Some(&over), request, &mut ids()).unwrap();
    let expected = [grant("spring", "program_admin", None)];
    assert_eq!(unsourced(after).grants, expected, "it begins anew");
}

#[test]
fn a_removal_rests_on_who_removed_and_tells_what_was_held() {
    let (owner, pat) = (holder("owner", "owner"), holder("pat", "program_admin"));
    let acme = counted(&[&owner, &pat], &[]);
    let changes = remove(&scene(&acme, &owner), Some(&pat), &mut ids()).unwrap();
    assert_eq!(changes.relied_on, [relied(&owner)]);
    let grants = serde_json::json!([
        { "type": "program", "id": "spring", "role": "program_admin", "expires_at": null, "source": null },
    ]);
    let told = serde_json::json!({
        "subject": "pat", "name": "pat", "email": "pat@acme.example", "status": "active", "role": null, "role_expires_at": null, "grants": grants,
    });
    assert_eq!(
        (&changes.events[0].before, &changes.events[0].after),
        (&Some(told), &None)
    );
}
