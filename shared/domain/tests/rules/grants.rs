//! One role on one resource, given, taken away, and taken on for oneself.

use crate::exports::limited_to_spring;
use crate::role_sets::Firm;
use crate::team::{at, codes, counted, holder, ids, kinds, relied, role, scene, wanted_grant};
use muster_domain::member::MAX_GRANTS;
use muster_domain::rules::members::{MemberRefusal, WantedGrant, grant_one, revoke_one};
use muster_domain::{Changes, DecisionContext, Member, Timestamp};

type Done = Result<(Member, Changes), MemberRefusal>;

impl Firm {
    fn gives(&self, actor: &Member, target: &Member, id: &str, on: &str, expires_at: Option<Timestamp>) -> Done {
        let wanted = WantedGrant {
            resource: self.found(on),
            role: role(id),
            expires_at,
        };
        grant_one(&self.scene(actor), Some(target), &wanted, &mut ids())
    }

    fn takes(&self, actor: &Member, target: &Member, on: &str) -> Done {
        revoke_one(&self.scene(actor), Some(target), &self.found(on), &mut ids())
    }
}

/// The resources somebody holds a role on, with the roles.
fn held(member: &Member) -> Vec<(&str, &str)> {
    let grants = member.grants.iter();
    let mut held: Vec<_> = grants
        .map(|g| (g.resource.key.id.as_str(), g.held.role.as_str()))
        .collect();
    held.sort_unstable();
    held
}

fn violations(done: Done) -> Vec<String> {
    match done {
        Err(MemberRefusal::Invalid(violations)) => codes(&violations),
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_grant_comes_and_goes_and_everything_else_stays() {
    let firm = Firm::of("project-workspace");
    let (ada, cleo) = (
        firm.holder("ada", "administrator"),
        firm.member("cleo", "collaborator", &["one"]),
    );
    let firm = firm.counting(&[&ada, &cleo]);
    let (after, changes) = firm.gives(&ada, &cleo, "collaborator", "two", None).unwrap();
    assert_eq!(held(&after), [("one", "collaborator"), ("two", "collaborator")]);
    assert_eq!(
        (kinds(&changes), changes.seat_delta()),
        (vec!["member.role_changed"], 0)
    );
    assert_eq!(changes.relied_on, [relied(&ada)]);
    let (same, changes) = firm.gives(&ada, &after, "collaborator", "two", None).unwrap();
    assert!(changes.is_empty() && same == after, "what is so already is no change");
    let (after, _) = firm.takes(&ada, &after, "one").unwrap();
    assert_eq!(held(&after), [("two", "collaborator")]);
    assert_eq!(firm.takes(&ada, &after, "one"), Err(MemberRefusal::NoGrant));
}

#[test]
fn the_last_grant_of_one_who_holds_nothing_else_is_not_taken() {
    let firm = Firm::of("project-workspace");
    let (ada, cleo) = (
        firm.holder("ada", "administrator"),
        firm.member("cleo", "collaborator", &["one"]),
    );
    let firm = firm.counting(&[&ada, &cleo]);
    assert_eq!(violations(firm.takes(&ada, &cleo, "one")), ["grants required"]);
    let practice = Firm::of("client-practice");
    let (owner, paul) = (
        practice.holder("owner", "owner"),
        practice.member("paul", "participant", &["one"]),
    );
    let (after, _) = practice.takes(&owner, &paul, "one").unwrap();
    assert!(
        after.grants.is_empty() && after.role.is_some(),
        "a participant may wait for clients"
    );
}

#[test]
fn a_role_that_no_resource_goes_with_is_not_given_on_one() {
    for set in ["website-studio", "coaching-site"] {
        let firm = Firm::of(set);
        let (owner, editor) = (firm.holder("owner", "owner"), firm.holder("eddy", "editor"));
        let firm = firm.counting(&[&owner, &editor]);
        for id in ["editor", "owner", "ghost"] {
            let refused = firm.gives(&owner, &editor, id, "one", None);
            assert_eq!(violations(refused), ["role unknown_role"], "{set} {id}");
        }
    }
}

#[test]
fn contributors_take_clients_on_and_drop_them_for_themselves_alone() {
    let firm = Firm::of("client-practice");
    let (cora, carl, paul) = (
        firm.holder("cora", "contributor"),
        firm.holder("carl", "contributor"),
        firm.member("paul", "participant", &["one"]),
    );
    let firm = firm.counting(&[&cora, &carl, &paul]);
    let (after, changes) = firm.gives(&cora, &cora, "contributor", "one", None).unwrap();
    assert_eq!(held(&after), [("one", "contributor")]);
    assert_eq!(
        changes.relied_on,
        [],
        "their own membership is what changes, under its version"
    );
    assert!(firm.takes(&after, &after, "one").is_ok());

    let not_theirs = |id: &str| Err(MemberRefusal::RoleNotAssignable(id.into()));
    assert_eq!(
        firm.gives(&cora, &cora, "participant", "one", None),
        not_theirs("participant")
    );
    for other in [&carl, &paul] {
        let given = firm.gives(&cora, other, "contributor", "two", None);
        assert_eq!(given, Err(MemberRefusal::Forbidden));
        assert_eq!(firm.takes(&cora, other, "one"), Err(MemberRefusal::Forbidden));
    }
    for id in ["contributor", "participant"] {
        let given = firm.gives(&paul, &paul, id, "two", None);
        assert_eq!(given, Err(MemberRefusal::Forbidden), "a participant takes nothing on");
    }
    assert_eq!(firm.takes(&paul, &paul, "one"), Err(MemberRefusal::Forbidden));
}

#[test]
fn a_role_that_another_member_gave_a_contributor_is_not_theirs_to_drop() {
    let firm = Firm::of("client-practice");
    let mut cora = firm.member("cora", "contributor", &["one"]);
    cora.grants[0].held.role = role("participant");
    assert_eq!(firm.takes(&cora, &cora, "one"), Err(MemberRefusal::Forbidden));
}

#[test]
fn no_member_prolongs_their_access_by_self_assignment() {
    let firm = Firm::of("client-practice");
    let june = Some(at("2026-06-01T00:00:00Z"));
    let mut cora = firm.member("cora", "contributor", &["one"]);
    cora.role = None;
    cora.grants[0].held.expires_at = june;
    let not_theirs = Err(MemberRefusal::RoleNotAssignable("contributor".into()));
    assert_eq!(firm.gives(&cora, &cora, "contributor", "one", None), not_theirs);
    let later = Some(at("2026-06-02T00:00:00Z"));
    assert_eq!(firm.gives(&cora, &cora, "contributor", "one", later), not_theirs);
    let elsewhere = firm.gives(&cora, &cora, "contributor", "two", june);
    assert_eq!(
        elsewhere,
        Err(MemberRefusal::Forbidden),
        "beyond the reach of what they hold"
    );
    let sooner = Some(at("2026-05-01T00:00:00Z"));
    let (after, _) = firm.gives(&cora, &cora, "contributor", "one", sooner).unwrap();
    assert_eq!(after.grants[0].held.expires_at, sooner);
}

#[test]
fn power_on_one_resource_is_asked_for_before_it_is_told_what_is_there() {
    let firm = Firm::of("program-delivery");
    let (pat, sam) = (
        firm.member("pat", "program_admin", &["one"]),
        firm.member("sam", "program_sponsor", &["one", "two"]),
    );
    let firm = firm.counting(&[&pat, &sam]);
    assert!(firm.gives(&pat, &sam, "program_facilitator", "one", None).is_ok());
    assert_eq!(
        firm.gives(&pat, &sam, "participant", "two", None),
        Err(MemberRefusal::Forbidden)
    );
    let unknown = WantedGrant {
        resource: (firm.key("nowhere"), None),
        role: role("participant"),
        expires_at: None,
    };
    for (actor, expected) in [
        (&pat, MemberRefusal::Forbidden),
        (&firm.holder("owner", "owner"), MemberRefusal::NoGrant),
    ] {
        let scene = firm.scene(actor);
        let given = grant_one(&scene, Some(&sam), &unknown, &mut ids());
        assert_eq!(given.err().as_ref(), Some(&expected));
        let taken = revoke_one(&scene, Some(&sam), &unknown.resource, &mut ids());
        assert_eq!(taken.err(), Some(expected));
    }
    assert_eq!(firm.takes(&pat, &sam, "two"), Err(MemberRefusal::Forbidden));
    assert!(firm.takes(&pat, &sam, "one").is_ok());
}

#[test]
fn a_grant_has_an_end_ahead_and_an_end_that_has_come_is_no_grant() {
    let firm = Firm::of("project-workspace");
    let ada = firm.holder("ada", "administrator");
    let mut cleo = firm.member("cleo", "collaborator", &["one", "two"]);
    let past = Some(at("2026-03-10T12:00:00Z"));
    let refused = firm.gives(&ada, &cleo, "collaborator", "one", past);
    assert_eq!(violations(refused), ["expires_at in_the_past"]);
    cleo.grants[0].held.expires_at = past;
    let over = cleo.grants[0].resource.key.id.as_str().to_owned();
    let left = cleo.grants[1].resource.key.id.as_str().to_owned();
    assert_eq!(firm.takes(&ada, &cleo, &over), Err(MemberRefusal::NoGrant));
    assert_eq!(violations(firm.takes(&ada, &cleo, &left)), ["grants required"]);
}

#[test]
fn a_member_holds_so_many_grants_and_no_more() {
    let firm = Firm::of("project-workspace");
    let names: Vec<String> = (0..MAX_GRANTS).map(|n| format!("p{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (ada, cleo) = (
        firm.holder("ada", "administrator"),
        firm.member("cleo", "collaborator", &names),
    );
    let refused = firm.gives(&ada, &cleo, "collaborator", "another", None);
    assert_eq!(violations(refused), ["grants too_many"]);
    let june = Some(at("2026-06-01T00:00:00Z"));
    assert!(
        firm.gives(&ada, &cleo, "collaborator", "p0", june).is_ok(),
        "one that is there changes"
    );
}

#[test]
fn who_manages_members_of_a_program_takes_in_those_they_do_not_see_and_learns_nothing_of_others() {
    let firm = Firm::of("program-delivery");
    let fay = firm.member("fay", "program_facilitator", &["one"]);
    let (pia, pat, owner) = (
        firm.member("pia", "participant", &["two"]),
        firm.member("pat", "program_admin", &["two"]),
        firm.holder("owner", "owner"),
    );
    let firm = firm.counting(&[&fay, &pia, &pat, &owner]);
    for unseen in [&pia, &pat] {
        let (after, changes) = firm.gives(&fay, unseen, "participant", "one", None).unwrap();
        assert!(held(&after).contains(&("one", "participant")));
        assert_eq!(after.grants.len(), 2, "what they held elsewhere stays");
        assert_eq!(kinds(&changes), ["member.role_changed"]);
        assert_eq!(changes.relied_on, [relied(&fay)]);
    }
    let full: Vec<String> = (0..MAX_GRANTS).map(|n| format!("p{n}")).collect();
    let full: Vec<&str> = full.iter().map(String::as_str).collect();
    let max = firm.member("max", "participant", &full);
    let past = Some(at("2026-03-01T00:00:00Z"));
    for (target, id, on, end) in [
        (&owner, "participant", "one", None),
        (&pia, "program_admin", "one", None),
        (&pia, "participant", "three", None),
        (&pia, "participant", "one", past),
        (&max, "participant", "one", None),
    ] {
        let refused = firm.gives(&fay, target, id, on, end);
        assert_eq!(refused, Err(MemberRefusal::NotFound), "{:?} {id} {on}", target.id);
    }
    assert_eq!(firm.takes(&fay, &pia, "two"), Err(MemberRefusal::NotFound));
    // Somebody without any power over members is told so first, as ever.
    let sue = firm.member("sue", "program_sponsor", &["one"]);
    let refused = firm.gives(&sue, &pia, "participant", "one", None);
    assert_eq!(refused, Err(MemberRefusal::Forbidden));
}

#[test]
fn a_want_of_seats_is_told_of_those_who_are_not_seen_as_well() {
    let mut firm = Firm::of("program-delivery");
    let (pat, pia) = (
        firm.member("pat", "program_admin", &["one"]),
        firm.member("pia", "participant", &["two"]),
    );
    firm.organization.plan.seat_limit = Some(1);
    let firm = firm.counting(&[&pat, &pia]);
    let refused = firm.gives(&pat, &pia, "program_sponsor", "one", None);
    assert!(matches!(refused, Err(MemberRefusal::NoSeats { needed: 1, .. })));
    assert!(firm.gives(&pat, &pia, "participant", "one", None).is_ok());
}

#[test]
fn a_key_that_does_not_see_its_owner_gives_them_nothing_either() {
    let admin = holder("ada", "admin");
    let organization = counted(&[&admin], &[]);
    let key = limited_to_spring(&admin);
    let through = DecisionContext {
        key: Some(&key),
        ..scene(&organization, &admin)
    };
    let wanted = wanted_grant("spring", "program_admin", None);
    let refused = grant_one(&through, Some(&admin), &wanted, &mut ids());
    assert_eq!(refused, Err(MemberRefusal::NotFound));
    let pia = holder("pia", "participant");
    assert!(grant_one(&through, Some(&pia), &wanted, &mut ids()).is_ok());
}
