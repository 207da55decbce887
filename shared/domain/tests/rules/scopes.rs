//! Where somebody may invite to a role, give it and take it.

use crate::role_sets::Firm;
use muster_domain::Member;
use muster_domain::rules::scopes::{RoleScopes, Scope};

/// A scope in a word: `all`, `none`, or the resources.
fn told(scope: &Scope) -> String {
    let resources: Vec<&str> = scope.resources.iter().map(|on| on.key.id.as_str()).collect();
    match (scope.organization, resources.as_slice()) {
        (true, []) => "all".to_owned(),
        (false, []) => "none".to_owned(),
        (_, some) => some.join(" "),
    }
}

/// What the member may do with each role: invite, assign, take.
fn of(firm: &Firm, member: &Member) -> Vec<String> {
    let each = firm.set.roles.iter().map(|role| {
        let scopes = RoleScopes::of(&firm.scene(member), role);
        let [invite, assign, take] = [&scopes.invite, &scopes.assign, &scopes.self_assign].map(told);
        format!("{}: {invite}, {assign}, {take}", role.id)
    });
    each.filter(|row| !row.ends_with(": none, none, none")).collect()
}

#[test]
fn a_program_admin_invites_to_their_programs_and_a_facilitator_only_gives_a_role_there() {
    let firm = Firm::of("program-delivery");
    let admin = firm.member("pat", "program_admin", &["one", "two"]);
    let expected = ["program_admin", "program_facilitator", "program_sponsor", "participant"];
    let expected = expected.map(|id| format!("{id}: one two, one two, none"));
    assert_eq!(of(&firm, &admin), expected);
    let facilitator = firm.member("felix", "program_facilitator", &["one"]);
    assert_eq!(of(&firm, &facilitator), ["participant: none, one, none"]);
    assert!(of(&firm, &firm.member("sue", "program_sponsor", &["one"])).is_empty());
}

#[test]
fn somebody_with_two_roles_does_with_each_what_it_allows_where_it_is_held() {
    let firm = Firm::of("program-delivery");
    let mut both = firm.member("pat", "program_admin", &["one"]);
    let other = firm.member("pat", "program_facilitator", &["two"]);
    both.grants.extend(other.grants);
    assert_eq!(of(&firm, &both).last().unwrap(), "participant: one, one two, none");
}

#[test]
fn whoever_manages_everyone_does_it_everywhere_and_only_an_owner_names_owners() {
    let mut firm = Firm::of("program-delivery");
    let admin = firm.holder("ann", "admin");
    assert_eq!(
        of(&firm, &admin).len(),
        5,
        "neither owners nor helpers, whose role is off"
    );
    assert!(of(&firm, &admin).iter().all(|row| row.ends_with(": all, all, none")));
    firm.organization.settings.optional_roles = ["implementation_admin".parse().unwrap()].into();
    assert_eq!(of(&firm, &admin).len(), 5, "no domain may have it");
    firm.organization.plan.allowed_domains = ["partner.example".parse().unwrap()].into();
    assert_eq!(of(&firm, &admin).len(), 6);
    assert_eq!(of(&firm, &firm.holder("olivia", "owner")).len(), 7);
}

#[test]
fn a_contributor_takes_any_client_on_and_invites_nobody() {
    let firm = Firm::of("client-practice");
    let contributor = firm.member("carl", "contributor", &["one"]);
    assert_eq!(of(&firm, &contributor), ["contributor: none, none, all"]);
}

#[test]
fn a_role_that_can_only_be_transferred_is_in_nobodys_scope() {
    let firm = Firm::of("coaching-site");
    let rows = of(&firm, &firm.holder("olivia", "owner"));
    assert!(rows.iter().all(|row| !row.starts_with("owner")), "{rows:?}");
    assert_eq!(rows.len(), 4);
}
