//! Attempts to become more, last longer or reach further than one's roles allow.

use crate::team::*;
use muster_domain::rules::members::{Holdings, MemberRefusal, MemberUpdate, WantedGrant, grant_one, update};
use muster_domain::{DecisionContext, Member, Organization, RoleSet, Status, Timestamp};

const HELPER: &str = "implementation_admin";

fn mix(
    scene: &DecisionContext<'_>,
    target: &Member,
    role: Option<&str>,
    grants: &[WantedGrant],
) -> Option<MemberRefusal> {
    let role = role.map(crate::team::role);
    let holdings = Some(Holdings::Mix {
        role: role.as_ref(),
        term: None,
        grants,
    });
    let request = MemberUpdate {
        holdings,
        ..MemberUpdate::default()
    };
    update(scene, Some(target), request, &mut ids()).err()
}

fn one(
    scene: &DecisionContext<'_>,
    target: &Member,
    id: &str,
    programs: &[&str],
    term: Option<&str>,
) -> Option<MemberRefusal> {
    let id = role(id);
    let programs: Vec<_> = programs.iter().map(|p| found(p)).collect();
    let holdings = Some(Holdings::One(wanted(&id, &programs, term.map(|t| t.parse().unwrap()))));
    let request = MemberUpdate {
        holdings,
        ..MemberUpdate::default()
    };
    update(scene, Some(target), request, &mut ids()).err()
}

fn not_theirs(id: &str) -> Option<MemberRefusal> {
    Some(MemberRefusal::RoleNotAssignable(id.into()))
}

#[test]
fn a_helper_for_a_month_becomes_no_admin_and_lasts_no_longer_by_their_own_word() {
    let helper = holder("helper", HELPER);
    let organization = counted(&[&helper], &[]);
    let scene = later(scene(&organization, &helper), "2026-03-20T00:00:00Z");
    assert_eq!(one(&scene, &helper, "admin", &[], None), not_theirs("admin"));
    assert_eq!(one(&scene, &helper, "owner", &[], None), not_theirs("owner"));
    for term in ["1_month", "6_months", "forever"] {
        assert_eq!(
            one(&scene, &helper, HELPER, &[], Some(term)),
            not_theirs(HELPER),
            "{term}"
        );
    }
    assert_eq!(
        one(&scene, &helper, "program_admin", &["spring"], None),
        not_theirs("program_admin")
    );
    let end = at("2026-04-10T12:00:00Z");
    let until = |end: Timestamp| [wanted_grant("spring", "program_admin", Some(end))];
    assert_eq!(
        mix(&scene, &helper, None, &until(end + jiff::SignedDuration::from_secs(1))),
        not_theirs("program_admin")
    );
    assert_eq!(
        mix(&scene, &helper, None, &until(end)),
        None,
        "as long as they are helpers anyway"
    );
}

#[test]
fn a_grant_without_end_on_one_program_prolongs_none_on_another() {
    let soon = Some(at("2026-03-12T00:00:00Z"));
    let grants = vec![
        grant("spring", "program_admin", soon),
        grant("autumn", "program_admin", None),
    ];
    let actor = somebody("actor", None, grants);
    let organization = counted(&[&actor], &[]);
    let scene = scene(&organization, &actor);
    let wish = |end| {
        [
            wanted_grant("spring", "program_admin", end),
            wanted_grant("autumn", "program_admin", None),
        ]
    };
    assert_eq!(mix(&scene, &actor, None, &wish(None)), not_theirs("program_admin"));
    assert_eq!(
        mix(&scene, &actor, None, &wish(Some(at("2026-03-11T00:00:00Z")))),
        None,
        "shorter is theirs to choose"
    );
}

#[test]
fn a_program_admin_gives_nothing_on_other_programs_or_on_the_whole_organization() {
    let actor = holder("actor", "program_admin");
    let target = holder("target", "program_sponsor");
    let organization = counted(&[&actor, &target], &[]);
    let scene = scene(&organization, &actor);
    assert_eq!(
        one(&scene, &target, "program_sponsor", &["autumn"], None),
        not_theirs("program_sponsor")
    );
    assert_eq!(one(&scene, &target, "admin", &[], None), not_theirs("admin"));
    let both = [
        wanted_grant("spring", "program_sponsor", None),
        wanted_grant("autumn", "participant", None),
    ];
    assert_eq!(mix(&scene, &target, None, &both), not_theirs("participant"));
    assert_eq!(
        one(&scene, &target, "participant", &[], None),
        not_theirs("participant"),
        "without a program of theirs"
    );
    assert_eq!(one(&scene, &target, "program_facilitator", &["spring"], None), None);
}

#[test]
fn a_program_admin_takes_nothing_on_other_programs() {
    let actor = holder("actor", "program_admin");
    let grants = vec![
        grant("spring", "program_sponsor", None),
        grant("autumn", "program_sponsor", None),
    ];
    let target = somebody("target", None, grants);
    let organization = counted(&[&actor, &target], &[]);
    let scene = scene(&organization, &actor);
    assert_eq!(
        one(&scene, &target, "program_sponsor", &["spring"], None),
        Some(MemberRefusal::Forbidden)
    );
    let elsewhere = somebody("target", None, vec![grant("autumn", "program_sponsor", None)]);
    assert_eq!(
        one(&scene, &elsewhere, "program_sponsor", &["spring"], None),
        Some(MemberRefusal::NotFound)
    );
}

#[test]
fn a_facilitator_manages_participants_of_their_programs_only() {
    let actor = holder("actor", "program_facilitator");
    for id in ["program_admin", "program_facilitator", "program_sponsor"] {
        let target = holder("target", id);
        let organization = counted(&[&actor, &target], &[]);
        let refused = one(&scene(&organization, &actor), &target, "participant", &["spring"], None);
        assert_eq!(refused, Some(MemberRefusal::Forbidden), "{id}");
    }
    let learner = holder("learner", "participant");
    let organization = counted(&[&actor, &learner], &[]);
    let scene = scene(&organization, &actor);
    assert_eq!(
        one(&scene, &learner, "participant", &[], None),
        None,
        "out of the program"
    );
    assert_eq!(
        mix(
            &scene,
            &learner,
            Some("participant"),
            &[wanted_grant("spring", "program_sponsor", None)]
        ),
        not_theirs("program_sponsor")
    );
}

#[test]
fn who_stands_above_is_not_touched() {
    let owner = holder("owner", "owner");
    for id in ["admin", HELPER] {
        let actor = holder("actor", id);
        let organization = counted(&[&owner, &actor], &[]);
        assert_eq!(
            one(&scene(&organization, &actor), &owner, "participant", &[], None),
            Some(MemberRefusal::Forbidden)
        );
    }
}

#[test]
fn a_role_that_is_off_or_was_off_since_or_is_over_gives_no_power() {
    let helper = holder("helper", HELPER);
    let target = holder("target", "participant");
    let attempt = |organization: &Organization, now: &str| {
        one(
            &later(scene(organization, &helper), now),
            &target,
            "program_sponsor",
            &["spring"],
            None,
        )
    };
    let organization = counted(&[&helper, &target], &[]);
    assert_eq!(attempt(&organization, "2026-04-10T11:59:59Z"), None);
    let over = attempt(&organization, "2026-04-10T12:00:00Z");
    assert_eq!(
        over,
        Some(MemberRefusal::Forbidden),
        "to the second, whether or not a job has run"
    );
    let mut off = organization.clone();
    off.settings.optional_roles.clear();
    assert_eq!(attempt(&off, "2026-03-11T00:00:00Z"), Some(MemberRefusal::Forbidden));
    let mut again = organization;
    again.role_epochs.insert(role(HELPER), 1);
    assert_eq!(attempt(&again, "2026-03-11T00:00:00Z"), Some(MemberRefusal::Forbidden));
}

#[test]
fn a_role_on_a_program_that_is_being_deleted_gives_no_power() {
    let actor = holder("actor", "program_admin");
    let target = holder("target", "participant");
    let mut organization = counted(&[&actor, &target], &[]);
    organization.ending.insert(reference("spring").registration);
    let refused = one(&scene(&organization, &actor), &target, "participant", &[], None);
    assert_eq!(refused, Some(MemberRefusal::Forbidden));
}

#[test]
fn helpers_come_from_allowed_domains_only_and_only_while_the_role_is_on() {
    let owner = holder("owner", "owner");
    let target = holder("target", "admin");
    let organization = counted(&[&owner, &target], &[]);
    let code = |refusal| match refusal {
        Some(MemberRefusal::Invalid(violations)) => codes(&violations),
        other => panic!("{other:?}"),
    };
    let refused = one(&scene(&organization, &owner), &target, HELPER, &[], Some("1_month"));
    assert_eq!(code(refused), ["target@acme.example domain_not_allowed"]);
    let mut off = organization;
    off.settings.optional_roles.clear();
    let refused = one(&scene(&off, &owner), &target, HELPER, &[], Some("1_month"));
    assert_eq!(code(refused), ["role role_not_enabled"]);
}

/// A set of an operator's own, whose guests are allowlisted, limited in time and held on resources.
pub(crate) fn guests() -> RoleSet {
    let text = r#"id = "rooms"
name = "Rooms"
resource_type = "program"
resource_name_one = "Program"
resource_name_other = "Programs"
members_may_leave = true
[[role]]
id = "owner"
name = "Owner"
description = "Runs the rooms."
reach = "organization"
resources = "none"
uses_seat = true
protected = true
assigns = ["owner", "guest"]
manages = ["owner", "guest"]
permissions = ["members:read", "members:invite", "members:manage"]
[[role]]
id = "guest"
name = "Guest"
description = "Visits some rooms."
reach = "resource"
resources = "at_least_one"
uses_seat = false
allowlisted = true
durations = ["1_month", "2_months"]
assigns = []
manages = []
permissions = ["members:read"]
"#;
    RoleSet::parse("rooms.toml", text).unwrap()
}

#[test]
fn a_mix_of_grants_is_no_way_around_the_allowlist_or_the_terms_of_a_role() {
    let set = guests();
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let scene = DecisionContext {
        set: &set,
        ..scene(&organization, &owner)
    };
    let give = |email: &str, end: Option<&str>| {
        let target = Member {
            email: email_address(email),
            ..somebody("target", None, vec![grant("autumn", "guest", None)])
        };
        let keep = WantedGrant {
            resource: found("spring"),
            role: role("guest"),
            expires_at: end.map(at),
        };
        match mix(&scene, &target, None, &[keep]) {
            Some(MemberRefusal::Invalid(violations)) => codes(&violations),
            None => Vec::new(),
            other => panic!("{other:?}"),
        }
    };
    let (inside, outside) = ("g@partner.example", "g@x.example");
    assert_eq!(
        give(outside, Some("2026-04-01T00:00:00Z")),
        ["grants[0].role domain_not_allowed"]
    );
    assert_eq!(give(inside, Some("2026-05-10T12:00:00Z")), Vec::<String>::new());
    assert_eq!(
        give(inside, Some("2026-05-10T12:00:01Z")),
        ["grants[0].expires_at out_of_range"]
    );
    assert_eq!(give(inside, None), ["grants[0].expires_at out_of_range"]);
}

#[test]
fn an_inactive_owner_changes_no_member() {
    let owner = inactive(holder("owner", "owner"));
    let target = holder("target", "participant");
    assert_eq!(owner.status, Status::Inactive);
    let organization = counted(&[&owner, &target], &[]);
    let refused = one(&scene(&organization, &owner), &target, "participant", &[], None);
    assert_eq!(refused, Some(MemberRefusal::Forbidden));
}

#[test]
fn a_member_who_may_not_manage_owners_gives_an_owner_nothing() {
    let (owner, other, admin) = (
        holder("owner", "owner"),
        holder("other", "owner"),
        holder("admin", "admin"),
    );
    let organization = counted(&[&owner, &other, &admin], &[]);
    let wanted = wanted_grant("spring", "participant", None);
    let given = |actor| grant_one(&scene(&organization, actor), Some(&owner), &wanted, &mut ids()).map(|_| ());
    assert_eq!(given(&admin), Err(MemberRefusal::Forbidden));
    assert_eq!(given(&other), Ok(()));
    assert_eq!(given(&owner), Ok(()));
}
