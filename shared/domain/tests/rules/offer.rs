//! Roles with resources and terms: what fits together.

use crate::team::*;
use muster_domain::rules::offer::check;
use muster_domain::{Resource, ResourceKey};

fn verdict(id: &str, resources: &[(ResourceKey, Option<Resource>)], term: Option<&str>) -> Vec<String> {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let wished = role(id);
    let term = term.map(|t| t.parse().unwrap());
    check(&scene(&organization, &owner), &wanted(&wished, resources, term))
        .map_or_else(|violations| codes(&violations), |_| Vec::new())
}

#[test]
fn each_role_takes_the_resources_and_the_term_it_needs_and_no_others() {
    let spring = || vec![found("spring")];
    let cases = [
        ("owner", vec![], None, vec![]),
        ("owner", spring(), None, vec!["resources not_allowed"]),
        ("owner", vec![], Some("1_month"), vec!["duration not_allowed"]),
        ("program_admin", spring(), None, vec![]),
        ("program_admin", vec![], None, vec!["resources required"]),
        (
            "program_admin",
            vec![missing("winter")],
            None,
            vec!["resources[0] unknown_resource"],
        ),
        (
            "program_sponsor",
            vec![],
            Some("forever"),
            vec!["duration not_allowed", "resources required"],
        ),
        ("participant", vec![], None, vec![]),
        ("participant", spring(), None, vec![]),
        ("implementation_admin", vec![], None, vec!["duration required"]),
        ("implementation_admin", vec![], Some("forever"), vec![]),
        ("implementation_admin", vec![], Some("6_months"), vec![]),
        (
            "implementation_admin",
            vec![],
            Some("4_months"),
            vec!["duration not_offered"],
        ),
        (
            "implementation_admin",
            spring(),
            Some("1_month"),
            vec!["resources not_allowed"],
        ),
        ("ghost", spring(), None, vec!["role unknown_role"]),
    ];
    for (id, resources, term, expected) in cases {
        assert_eq!(verdict(id, &resources, term), expected, "{id} {term:?}");
    }
}

#[test]
fn a_role_that_is_switched_off_is_not_offered() {
    let owner = holder("owner", "owner");
    let mut organization = counted(&[&owner], &[]);
    organization.settings.optional_roles.clear();
    let wished = role("implementation_admin");
    let term = Some("1_month".parse().unwrap());
    let violations = check(&scene(&organization, &owner), &wanted(&wished, &[], term)).unwrap_err();
    assert_eq!(codes(&violations), ["role role_not_enabled"]);
}

#[test]
fn a_program_that_is_being_deleted_is_offered_no_more() {
    let owner = holder("owner", "owner");
    let mut organization = counted(&[&owner], &[]);
    organization.ending.insert(reference("spring").registration);
    let wished = role("program_admin");
    let resources = [found("autumn"), found("spring")];
    let violations = check(&scene(&organization, &owner), &wanted(&wished, &resources, None)).unwrap_err();
    assert_eq!(codes(&violations), ["resources[1] unknown_resource"]);
}

#[test]
fn fifty_programs_fit_one_offer_and_repeated_ones_count_once() {
    let many = |n: usize| (0..n).map(|i| found(&format!("p{i}"))).collect::<Vec<_>>();
    assert_eq!(verdict("program_admin", &many(50), None), Vec::<String>::new());
    assert_eq!(verdict("program_admin", &many(51), None), ["resources too_many"]);
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let wished = role("program_admin");
    let twice = [found("spring"), found("spring")];
    let offer = check(&scene(&organization, &owner), &wanted(&wished, &twice, None)).unwrap();
    assert_eq!(offer.resources, [reference("spring")]);
}
