//! Making and changing organizations.

use crate::team::*;
use muster_domain::rules::organizations::{
    Founder, OrganizationUpdate, UpdateRefusal, create, is_allowed, set_plan, update,
};
use muster_domain::{EntityRef, Pair, Plan, Status, Work};
use serde_json::json;
use std::collections::BTreeSet;

const HELPER: &str = "implementation_admin";

#[test]
fn the_founder_is_the_active_owner_and_takes_the_first_seat() {
    let founder = Founder {
        id: user("founder"),
        subject: Some(subject("founder")),
        email: email_address("founder@x.example"),
        name: None,
    };
    let (organization, changes) = create(&founder, "Acme".parse().unwrap(), set(), now(), &mut ids()).unwrap();
    let member = changes.members[0].after.as_ref().unwrap();
    assert_eq!((member.id, member.status), (founder.id, Status::Active));
    assert_eq!(member.subject, founder.subject);
    assert_eq!(member.role.as_ref().unwrap().role, role("owner"));
    assert_eq!((organization.seats_used, organization.active_owners), (1, 1));
    assert_eq!((changes.seat_delta(), changes.owner_delta(set())), (1, 1));
    assert_eq!(kinds(&changes), ["organization.created"]);
    assert_eq!(changes.organization, Some(Pair::new(organization.clone())));
    assert!(
        organization.settings.optional_roles.is_empty(),
        "helpers are off until switched on"
    );
}

#[test]
fn settings_outside_their_range_are_refused_by_name() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let attempt = |days, roles: &[&str]| {
        let wanted = OrganizationUpdate {
            invitation_ttl_days: Some(days),
            optional_roles: Some(roles.iter().map(|r| role(r)).collect()),
            ..OrganizationUpdate::default()
        };
        match update(&scene(&organization, &owner), wanted, &mut ids()) {
            Ok(_) => Vec::new(),
            Err(UpdateRefusal::Invalid(violations)) => codes(&violations),
            Err(UpdateRefusal::Forbidden) => panic!("an owner may"),
        }
    };
    for days in [1, 30] {
        assert_eq!(attempt(days, &[HELPER]), Vec::<String>::new());
    }
    for days in [0, 31] {
        assert_eq!(attempt(days, &[HELPER]), ["settings.invitation_ttl_days out_of_range"]);
    }
    for id in ["admin", "ghost"] {
        assert_eq!(attempt(7, &[id]), ["settings.optional_roles unknown_role"]);
    }
}

#[test]
fn switching_a_role_off_ends_it_for_good_and_leaves_the_rest_to_a_job() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let switch = |organization: &muster_domain::Organization, on: bool| {
        let optional_roles = Some(on.then(|| role(HELPER)).into_iter().collect::<BTreeSet<_>>());
        let wanted = OrganizationUpdate {
            optional_roles,
            ..OrganizationUpdate::default()
        };
        update(&scene(organization, &owner), wanted, &mut ids()).unwrap()
    };
    let (same, changes) = switch(&organization, true);
    assert!(changes.is_empty() && same == organization);
    let (off, changes) = switch(&organization, false);
    assert_eq!(
        changes.organization,
        Some(Pair::change(organization.clone(), off.clone()))
    );
    assert_eq!(one_version_on(&changes), 1);
    let helper = set().role(&role(HELPER)).unwrap();
    assert!(!off.keeps(helper, 0) && !off.has_enabled(helper));
    let work = Work::EndRole {
        role: role(HELPER),
        epoch: 0,
    };
    assert_eq!(changes.jobs[0].after.as_ref().unwrap().work, work);
    assert_eq!(kinds(&changes), ["organization.updated"]);
    let told = |roles: &[&str]| {
        let settings = json!({ "invitation_ttl_days": 7, "default_message": null, "optional_roles": roles });
        Some(json!({ "name": "Acme", "settings": settings }))
    };
    let event = &changes.events[0];
    assert_eq!((&event.before, &event.after), (&told(&[HELPER]), &told(&[])));
    let (on, changes) = switch(&off, true);
    assert!(on.has_enabled(helper) && !on.keeps(helper, 0) && on.keeps(helper, 1));
    assert!(changes.jobs.is_empty());
}

#[test]
fn only_members_who_manage_the_organization_change_it() {
    for defined in &set().roles {
        let actor = holder("actor", defined.id.as_str());
        let organization = counted(&[&actor], &[]);
        let wanted = OrganizationUpdate {
            name: Some("New name".parse().unwrap()),
            ..OrganizationUpdate::default()
        };
        let allowed = update(&scene(&organization, &actor), wanted, &mut ids()).is_ok();
        assert_eq!(
            allowed,
            ["owner", "admin", HELPER].contains(&defined.id.as_str()),
            "{}",
            defined.id
        );
    }
}

#[test]
fn a_plan_below_use_keeps_every_member_and_blocks_growth() {
    let (owner, admin) = (holder("owner", "owner"), holder("admin", "admin"));
    let organization = counted(&[&owner, &admin], &[]);
    let plan = Plan {
        seat_limit: Some(1),
        ..Plan::default()
    };
    let (after, changes) = set_plan(&organization, plan.clone(), user("platform"), now(), &mut ids());
    assert_eq!(
        (after.seats_used, changes.seat_delta(), kinds(&changes)),
        (2, 0, vec!["organization.plan_set"])
    );
    let event = &changes.events[0];
    assert_eq!(event.actor, EntityRef::platform(user("platform")));
    let told = |seats: Option<u64>, domains: &[&str]| json!({ "seat_limit": seats, "allowed_domains": domains, "mail_limit": null, "upgrade_url": null });
    assert_eq!(event.before, Some(told(None, &["partner.example"])));
    assert_eq!(event.after, Some(told(Some(1), &[])));
    assert_eq!(
        changes.organization,
        Some(Pair::change(organization.clone(), after.clone()))
    );
    assert_eq!(one_version_on(&changes), 1);
    assert!(!after.seats().fit(1) && after.seats().fit(0) && after.seats().fit(-1));
    let (_, again) = set_plan(&after, plan, user("platform"), now(), &mut ids());
    assert!(again.is_empty());
}

#[test]
fn a_domain_allows_itself_only() {
    let domains = BTreeSet::from(["partner.example".parse().unwrap()]);
    for (email, allowed) in [
        ("a@partner.example", true),
        ("A@PARTNER.example", true),
        ("a@sub.partner.example", false),
        ("a@notpartner.example", false),
        ("a@partner.example.org", false),
    ] {
        assert_eq!(is_allowed(&email_address(email), &domains), allowed, "{email}");
    }
}
