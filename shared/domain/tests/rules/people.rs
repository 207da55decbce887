//! The list of people: which people a filter matches, and what each row shows.

use crate::team::*;
use muster_domain::people::{By, Filter, FilterContext, InviteStatus, Period, Person, PersonId};
use muster_domain::{Invitation, InvitationState, Member, Organization, ResourceRef, Status};
use std::collections::BTreeSet;

fn setting(organization: &Organization) -> FilterContext<'_> {
    FilterContext {
        organization,
        set: set(),
        now: now(),
    }
}

fn everywhere(_: &ResourceRef) -> bool {
    true
}

fn member(member: &Member) -> Person {
    Person::Member(Box::new(member.clone()))
}

fn invited(invitation: &Invitation) -> Person {
    Person::Invitation(Box::new(invitation.clone()))
}

/// A member with a grant on spring and an ended grant on autumn.
fn lee() -> Member {
    let grants = vec![
        grant("spring", "program_admin", None),
        grant("autumn", "program_sponsor", Some(now())),
    ];
    Member {
        name: Some("Ann Lee".parse().unwrap()),
        ..somebody("ann", Some(held("participant", None)), grants)
    }
}

fn roles(ids: &[&str]) -> Filter {
    Filter {
        roles: ids.iter().map(|id| role(id)).collect(),
        ..Filter::default()
    }
}

fn terms(words: &[&str]) -> Filter {
    Filter {
        terms: words.iter().map(|word| (*word).to_owned()).collect(),
        ..Filter::default()
    }
}

fn on(id: &str) -> Filter {
    Filter {
        resource: Some(program(id)),
        ..Filter::default()
    }
}

fn status(status: Status) -> Filter {
    Filter {
        status: Some(status),
        ..Filter::default()
    }
}

fn joined(from: &str) -> Filter {
    Filter {
        joined: Some(Period {
            from: at(from),
            until: None,
        }),
        ..Filter::default()
    }
}

fn invite_status(status: InviteStatus) -> Filter {
    Filter {
        invite_status: Some(status),
        ..Filter::default()
    }
}

#[test]
fn what_only_members_have_means_no_invitation() {
    let all = Filter::default();
    let both = Filter {
        joined: joined("2026-01-01T00:00:00Z").joined,
        ..status(Status::Active)
    };
    for (filter, members, invitations) in [
        (&all, true, true),
        (&invite_status(InviteStatus::Accepted), true, false),
        (&invite_status(InviteStatus::Pending), false, true),
        (&status(Status::Inactive), true, false),
        (&joined("2026-01-01T00:00:00Z"), true, false),
        (&both, true, false),
    ] {
        let takes = (filter.takes_members(), filter.takes_invitations());
        assert_eq!(takes, (members, invitations), "{filter:?}");
    }
}

#[test]
fn a_member_is_meant_by_what_they_are_and_hold_at_present() {
    let acme = organization();
    let person = member(&lee());
    for (filter, meant) in [
        (Filter::default(), true),
        (terms(&["le", "ann"]), true),
        (terms(&["bob"]), false),
        (status(Status::Active), true),
        (status(Status::Inactive), false),
        (roles(&["participant"]), true),
        (roles(&["owner", "program_admin"]), true),
        (roles(&["program_sponsor"]), false),
        (roles(&["owner"]), false),
        (on("spring"), true),
        (on("autumn"), false),
        (on("summer"), false),
        (joined("2026-03-10T12:00:00Z"), true),
        (joined("2026-03-10T12:00:01Z"), false),
        (invite_status(InviteStatus::Accepted), true),
        (invite_status(InviteStatus::Pending), false),
    ] {
        let matches = setting(&acme).matches(&filter, &person, everywhere);
        assert_eq!(matches, meant, "{filter:?}");
    }
}

#[test]
fn a_filter_asks_for_all_it_names_at_once() {
    let acme = organization();
    let person = member(&lee());
    let good = Filter {
        terms: terms(&["ann"]).terms,
        status: Some(Status::Active),
        roles: roles(&["program_admin"]).roles,
        invite_status: Some(InviteStatus::Accepted),
        joined: joined("2026-03-10T12:00:00Z").joined,
        resource: Some(program("spring")),
    };
    assert!(setting(&acme).matches(&good, &person, everywhere));
    let bad = [
        Filter {
            terms: terms(&["bob"]).terms,
            ..good.clone()
        },
        Filter {
            status: Some(Status::Inactive),
            ..good.clone()
        },
        Filter {
            roles: roles(&["owner"]).roles,
            ..good.clone()
        },
        Filter {
            joined: joined("2027-01-01T00:00:00Z").joined,
            ..good.clone()
        },
        Filter {
            resource: Some(program("autumn")),
            ..good.clone()
        },
    ];
    for filter in bad {
        assert!(!setting(&acme).matches(&filter, &person, everywhere), "{filter:?}");
    }
}

#[test]
fn a_hidden_role_matches_no_member() {
    let acme = organization();
    let person = member(&lee());
    let nowhere = |_: &ResourceRef| false;
    for (filter, meant) in [
        (roles(&["program_admin"]), false),
        (on("spring"), false),
        (roles(&["participant"]), true),
        (Filter::default(), true),
    ] {
        assert_eq!(setting(&acme).matches(&filter, &person, nowhere), meant, "{filter:?}");
    }
    let pending = invited(&invitation(&lee(), "bob@x.example", "program_admin"));
    assert!(!setting(&acme).matches(&on("spring"), &pending, nowhere));
    assert!(setting(&acme).matches(&roles(&["program_admin"]), &pending, nowhere));
}

#[test]
fn a_pending_invitation_is_meant_by_what_it_offers() {
    let acme = organization();
    let pending = invitation(&lee(), "bob@x.example", "program_admin");
    for (filter, meant) in [
        (Filter::default(), true),
        (terms(&["bob"]), true),
        (terms(&["lee"]), false),
        (roles(&["program_admin", "owner"]), true),
        (roles(&["owner"]), false),
        (on("spring"), true),
        (on("autumn"), false),
        (
            Filter {
                roles: roles(&["owner"]).roles,
                ..on("spring")
            },
            false,
        ),
        (
            Filter {
                roles: roles(&["program_admin"]).roles,
                ..on("autumn")
            },
            false,
        ),
        (status(Status::Active), false),
        (invite_status(InviteStatus::Pending), true),
        (invite_status(InviteStatus::Accepted), false),
    ] {
        let matches = setting(&acme).matches(&filter, &invited(&pending), everywhere);
        assert_eq!(matches, meant, "{filter:?}");
    }
    let accepted = Invitation {
        state: InvitationState::Accepted,
        ..pending.clone()
    };
    let lapsed = Invitation {
        expires_at: now(),
        ..pending.clone()
    };
    for ended in [accepted, lapsed] {
        assert!(!setting(&acme).matches(&Filter::default(), &invited(&ended), everywhere));
    }
    let mut ending = organization();
    ending.ending.insert(reference("spring").registration);
    assert!(!setting(&ending).matches(&on("spring"), &invited(&pending), everywhere));
}

#[test]
fn a_row_shows_the_role_on_the_organization_else_the_highest_on_a_program() {
    let acme = organization();
    let below = vec![
        grant("autumn", "program_sponsor", None),
        grant("spring", "program_facilitator", None),
        grant("summer", "participant", None),
    ];
    let over = vec![
        grant("autumn", "program_admin", Some(now())),
        grant("spring", "program_sponsor", None),
    ];
    for (who, shown) in [
        (lee(), Some("participant")),
        (somebody("a", None, below), Some("program_facilitator")),
        (somebody("b", None, over), Some("program_sponsor")),
        (somebody("c", None, vec![]), None),
    ] {
        let row = setting(&acme).shown_role(&who, everywhere);
        assert_eq!(row, shown.map(role), "{:?}", who.name);
    }
}

#[test]
fn a_row_shows_nothing_of_what_is_held_out_of_sight() {
    let acme = organization();
    let both = vec![
        grant("autumn", "program_admin", None),
        grant("spring", "participant", None),
    ];
    let kim = somebody("kim", None, both);
    let shown = |seen: &[&str]| setting(&acme).shown_role(&kim, |on| seen.iter().any(|id| *on == reference(id)));
    for (seen, expected) in [
        (&["spring", "autumn"][..], Some("program_admin")),
        (&["spring"], Some("participant")),
        (&["autumn"], Some("program_admin")),
        (&[], None),
    ] {
        assert_eq!(shown(seen), expected.map(role), "{seen:?}");
    }
    let admin = Member {
        role: Some(held("admin", None)),
        ..kim.clone()
    };
    assert_eq!(setting(&acme).shown_role(&admin, |_| false), Some(role("admin")));
}

#[test]
fn a_person_is_found_by_name_and_address_and_keeps_each_role_that_is_over() {
    let (lee, words) = (lee(), |person: &Person| person.words());
    let pending = invitation(&lee, "bob@x.example", "program_admin");
    let all = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(words(&member(&lee)), all(&["acme.example", "ann@acme.example", "lee"]));
    assert_eq!(words(&invited(&pending)), all(&["bob@x.example", "x.example"]));
    let held = ["participant", "program_admin", "program_sponsor"].map(role);
    assert_eq!(member(&lee).roles(), BTreeSet::from(held));
    assert_eq!(invited(&pending).roles(), BTreeSet::from([role("program_admin")]));
    assert_eq!(member(&lee).id(), PersonId::Member(lee.id));
    assert_eq!(invited(&pending).id(), PersonId::Invitation(pending.id));
    let organizations = [member(&lee).organization(), invited(&pending).organization()];
    assert_eq!(organizations, [organization_id(); 2]);
}

#[test]
fn a_member_stands_in_each_order_by_what_it_is_of() {
    let seen = Member {
        last_active_at: Some(at("2026-03-11T00:00:00Z")),
        ..lee()
    };
    let nameless = Member { name: None, ..lee() };
    for (by, who, place) in [
        (By::Name, &seen, "ann$lee"),
        (By::Name, &nameless, "ann@acme.example"),
        (By::Joined, &seen, "2026-03-10T12:00:00.000Z"),
        (By::LastActive, &seen, "2026-03-11T00:00:00.000Z"),
        (By::LastActive, &nameless, "0"),
    ] {
        assert_eq!(by.place(who), place, "{by:?}");
    }
}

#[test]
fn a_contact_is_found_by_name_and_address() {
    let known = crate::add::contact("zoe", "zoe", None);
    let words: Vec<String> = known.words().into_iter().collect();
    assert_eq!(words, ["x.example", "zoe@x.example"]);
}
