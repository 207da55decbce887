//! Who may do what to whom: every role against every role of each role set, as golden tables.

use crate::role_sets::{FIVE, Firm};
use crate::team::{at, email_address, ids, role};
use muster_domain::email::Rejected;
use muster_domain::roleset::{Reach, Resources, RoleSet};
use muster_domain::rules::activation::set_status;
use muster_domain::rules::invitations::create::{Invite, InviteRefusal, invite};
use muster_domain::rules::members::{Holdings, MemberRefusal, MemberUpdate, remove, update};
use muster_domain::rules::offer::RequestedOffer;
use muster_domain::{EmailAddress, Member, Resource, ResourceKey, Status, Term};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What a cell says, and what that means.
const LEGEND: [(&str, &str); 11] = [
    ("yes", "allowed"),
    ("same", "nothing changes"),
    ("no", "the actor's roles do not allow it for this person"),
    ("role", "the actor's roles do not let them assign this role"),
    ("unseen", "the actor cannot see this person"),
    ("invalid", "this person cannot hold this role"),
    ("self", "members cannot do this to themselves"),
    ("last-owner", "an organization needs an active owner"),
    ("billing", "the person is the billing owner"),
    ("seats", "there are too few seats"),
    ("mail", "there is too much mail"),
];

fn cell(refusal: &MemberRefusal) -> &'static str {
    match refusal {
        MemberRefusal::Forbidden => "no",
        MemberRefusal::NotFound | MemberRefusal::NoGrant => "unseen",
        MemberRefusal::RoleNotAssignable(_) => "role",
        MemberRefusal::Invalid(_) => "invalid",
        MemberRefusal::LastOwner => "last-owner",
        MemberRefusal::NoSeats { .. } => "seats",
        MemberRefusal::CannotLeave | MemberRefusal::OwnStatus => "self",
        MemberRefusal::PayingOwner => "billing",
    }
}

fn roles(set: &RoleSet) -> Vec<String> {
    set.roles.iter().map(|r| r.id.to_string()).collect()
}

/// A firm with all optional roles switched on, whose people may hold any role.
fn firm(role_set: &str) -> Firm {
    let mut firm = Firm::of(role_set);
    let optional = firm.set.roles.iter().filter(|role| role.optional);
    firm.organization.settings.optional_roles = optional.map(|role| role.id.clone()).collect();
    firm.organization.plan.allowed_domains = ["acme.example".parse().unwrap()].into();
    firm
}

/// Somebody with one role, held as an invitation would give it: on `one` where it is held on resources, for a month where it ends.
fn holder(firm: &Firm, name: &str, id: &str) -> Member {
    let defined = firm.set.role(&role(id)).unwrap();
    let on_resource = defined.reach == Reach::Resource;
    let mut member = firm.member(name, id, if on_resource { &["one"] } else { &[] });
    let end = defined.is_time_limited().then(|| at("2026-04-10T12:00:00Z"));
    for held in member
        .role
        .iter_mut()
        .chain(member.grants.iter_mut().map(|grant| &mut grant.held))
    {
        held.expires_at = end;
    }
    member
}

/// The role as an invitation or a change asks for it: for a month where it has to end, on `place` where it is held on resources.
fn ask(firm: &Firm, id: &str, place: &str) -> (Vec<(ResourceKey, Option<Resource>)>, Option<Term>) {
    let defined = firm.set.role(&role(id)).unwrap();
    let term = defined.is_time_limited().then_some(Term::Months(1));
    let resources = (defined.resources != Resources::None).then(|| firm.found(place));
    (resources.into_iter().collect(), term)
}

fn changed(role_set: &str, actor: &str, target: Option<&str>, id: &str) -> &'static str {
    let firm = firm(role_set);
    let actor = holder(&firm, "actor", actor);
    // Another owner, so that the last one's protection stays out of this table.
    let other = holder(&firm, "other", owner(firm.set));
    let target = target.map(|id| holder(&firm, "target", id));
    let firm = firm.counting(&[&actor, &other].into_iter().chain(&target).collect::<Vec<_>>());
    let wished = role(id);
    let (resources, term) = ask(&firm, id, "one");
    let offer = RequestedOffer {
        role: &wished,
        resources: &resources,
        term,
    };
    let request = MemberUpdate {
        holdings: Some(Holdings::One(offer)),
        ..MemberUpdate::default()
    };
    let target = target.as_ref().unwrap_or(&actor);
    match update(&firm.scene(&actor), Some(target), request, &mut ids()) {
        Ok((_, changes)) if changes.is_empty() => "same",
        Ok(_) => "yes",
        Err(refusal) => cell(&refusal),
    }
}

fn owner(set: &RoleSet) -> &str {
    set.roles.iter().find(|role| role.protected).unwrap().id.as_str()
}

/// A golden table of each role set.
fn assert_tables(name: &str, table: impl Fn(&str, &[String]) -> String) {
    for role_set in FIVE {
        let roles = roles(firm(role_set).set);
        let mut text = table(role_set, &roles);
        text = format!("{}\n\nColumns: ", text.trim_end());
        let columns: Vec<String> = roles
            .iter()
            .enumerate()
            .map(|(n, id)| format!("{} {id}", n + 1))
            .collect();
        text += &columns.join(", ");
        text.push('\n');
        for (says, means) in LEGEND {
            if text.split([' ', '\n']).any(|word| word == says) {
                let _ = writeln!(text, "{says}: {means}");
            }
        }
        insta::assert_snapshot!(format!("{name}-{role_set}"), text);
    }
}

fn head(corner: &str, roles: &[String]) -> String {
    let numbers: String = (1..=roles.len()).map(|n| format!("{n:>11}")).collect();
    format!("{corner:>24} {numbers}\n")
}

fn row(name: &str, cells: impl Iterator<Item = &'static str>) -> String {
    let cells: String = cells.map(|cell| format!("{cell:>11}")).collect();
    format!("{name:>24} {cells}\n")
}

#[test]
fn who_may_remove_and_deactivate_whom_is_exactly_this() {
    assert_tables("who_may_remove_and_deactivate_whom", |role_set, roles| {
        let mut table = head("removes", roles);
        for actor in roles {
            let cells = roles.iter().map(|id| {
                let firm = firm(role_set);
                let (actor, target) = (holder(&firm, "actor", actor), holder(&firm, "target", id));
                let other = holder(&firm, "other", owner(firm.set));
                let firm = firm.counting(&[&actor, &target, &other]);
                let scene = firm.scene(&actor);
                let removed = remove(&scene, Some(&target), &mut ids()).map(|_| "yes");
                let switched = set_status(&scene, Some(&target), Status::Inactive, &mut ids());
                assert_eq!(removed.is_ok(), switched.is_ok(), "{} on {id}", actor.id);
                removed.unwrap_or_else(|refusal| cell(&refusal))
            });
            table += &row(actor, cells);
        }
        table
    });
}

#[test]
fn who_may_give_which_role_to_whom_is_exactly_this() {
    assert_tables("who_may_give_which_role_to_whom", |role_set, roles| {
        let mut table = String::new();
        for actor in roles {
            table += &head(&format!("{actor} changes"), roles);
            for before in roles {
                let cells = roles.iter().map(|after| changed(role_set, actor, Some(before), after));
                table += &row(&format!("from {before}"), cells);
            }
            table.push('\n');
        }
        table
    });
}

#[test]
fn what_each_role_may_make_of_itself_is_exactly_this() {
    assert_tables("what_each_role_may_make_of_itself", |role_set, roles| {
        let mut table = head("oneself becomes", roles);
        for actor in roles {
            table += &row(actor, roles.iter().map(|after| changed(role_set, actor, None, after)));
        }
        table
    });
}

#[test]
fn who_may_invite_to_which_role_is_exactly_this() {
    assert_tables("who_may_invite_to_which_role", |role_set, roles| {
        let mut table = String::new();
        for (place, what) in [("one", "a resource of the actor"), ("other", "another resource")] {
            table += &head(&format!("to {what}"), roles);
            for actor in roles {
                let cells = roles.iter().map(|id| invited(role_set, actor, id, place));
                table += &row(actor, cells);
            }
            table.push('\n');
        }
        table
    });
}

fn invited(role_set: &str, actor: &str, id: &str, place: &str) -> &'static str {
    let firm = firm(role_set);
    let member = holder(&firm, "actor", actor);
    let firm = firm.counting(&[&member]);
    let emails: [Result<EmailAddress, Rejected>; 1] = [Ok(email_address("new@acme.example"))];
    let wished = role(id);
    let (resources, term) = ask(&firm, id, place);
    let request = Invite {
        accounts: &[],
        emails: &emails,
        holders: &BTreeMap::new(),
        wanted: RequestedOffer {
            role: &wished,
            resources: &resources,
            term,
        },
        message: None,
        language: None,
    };
    match invite(&firm.scene(&member), request, &mut ids()) {
        Ok(_) => "yes",
        Err(InviteRefusal::Forbidden) => "no",
        Err(InviteRefusal::RoleNotAssignable(_)) => "role",
        Err(InviteRefusal::Invalid(_)) => "invalid",
        Err(InviteRefusal::NoSeats { .. }) => "seats",
        Err(InviteRefusal::MailLimit(_)) => "mail",
    }
}

#[test]
fn no_inactive_member_may_do_anything() {
    for role_set in FIVE {
        let firm = firm(role_set);
        for actor in roles(firm.set) {
            let actor = Member {
                status: Status::Inactive,
                ..holder(&firm, "actor", &actor)
            };
            let target = holder(&firm, "target", firm.set.roles.last().unwrap().id.as_str());
            let scene = firm.scene(&actor);
            for permission in muster_domain::permission::ALL {
                assert!(!scene.authority().allows_somewhere(permission), "{permission}");
            }
            assert_eq!(remove(&scene, Some(&target), &mut ids()), Err(MemberRefusal::Forbidden));
        }
    }
}
