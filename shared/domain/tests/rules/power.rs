//! Who may do what to whom: every role against every role, as a golden table.

use crate::team::*;
use muster_domain::address::Rejected;
use muster_domain::rules::activation::set_status;
use muster_domain::rules::invitations::create::{AddableContacts, Invite, InviteRefusal, invite};
use muster_domain::rules::members::{Holdings, MemberRefusal, MemberUpdate, remove, update};
use muster_domain::{Address, Member, Status, Term};
use std::collections::BTreeMap;

fn short(refusal: &MemberRefusal) -> &'static str {
    match refusal {
        MemberRefusal::Forbidden => "forbidden",
        MemberRefusal::NotFound => "not seen",
        MemberRefusal::NoGrant => "no grant",
        MemberRefusal::RoleNotAssignable(_) => "not theirs",
        MemberRefusal::Invalid(_) => "invalid",
        MemberRefusal::LastOwner => "last owner",
        MemberRefusal::NoSeats { .. } => "no seats",
        MemberRefusal::Oneself | MemberRefusal::OwnStatus => "oneself",
        MemberRefusal::PayingOwner => "pays",
    }
}

fn roles() -> Vec<String> {
    set().roles.iter().map(|r| r.id.to_string()).collect()
}

/// The role as an invitation or a change asks for it: with a month where it needs a term, on `place` where it goes with programs.
fn ask(
    id: &str,
    place: &str,
) -> (
    Vec<(muster_domain::ResourceKey, Option<muster_domain::Resource>)>,
    Option<Term>,
) {
    let defined = set().role(&role(id)).unwrap();
    let programs = defined.resources != muster_domain::roleset::Resources::None;
    let term = defined.is_time_limited().then_some(Term::Months(1));
    (programs.then(|| found(place)).into_iter().collect(), term)
}

fn changed(actor: &Member, target: &Member, id: &str, place: &str) -> &'static str {
    // Another owner, so that the last one's protection stays out of this table.
    let other = holder("other", "owner");
    let organization = counted(&[actor, target, &other], &[]);
    let wished = role(id);
    let (resources, term) = ask(id, place);
    let holdings = Some(Holdings::One(wanted(&wished, &resources, term)));
    let request = MemberUpdate {
        holdings,
        ..MemberUpdate::default()
    };
    match update(&scene(&organization, actor), Some(target), request, &mut ids()) {
        Ok((_, changes)) if changes.is_empty() => "same",
        Ok(_) => "yes",
        Err(refusal) => short(&refusal),
    }
}

fn row(name: &str, cells: impl Iterator<Item = &'static str>) -> String {
    let cells: Vec<String> = cells.map(|cell| format!("{cell:>10}")).collect();
    format!("{name:>25} | {}\n", cells.join(" "))
}

fn head(corner: &str) -> String {
    let short: Vec<String> = roles().iter().map(|r| r.chars().take(10).collect()).collect();
    let cells: Vec<String> = short.iter().map(|r| format!("{r:>10}")).collect();
    format!("{corner:>25} | {}\n", cells.join(" "))
}

/// The target's address is in the allowed domain, so that helpers can be made.
fn target(id: &str) -> Member {
    Member {
        email: address("target@partner.example"),
        ..holder("target", id)
    }
}

#[test]
fn who_may_remove_and_deactivate_whom_is_exactly_this() {
    let mut table = head("removes");
    for actor in roles() {
        let cells = roles().into_iter().map(|id| {
            let (actor, target, other) = (holder("actor", &actor), target(&id), holder("other", "owner"));
            let organization = counted(&[&actor, &target, &other], &[]);
            let scene = scene(&organization, &actor);
            let removed = remove(&scene, Some(&target), &mut ids()).map(|_| "yes");
            let switched = set_status(&scene, Some(&target), Status::Inactive, &mut ids());
            assert_eq!(removed.is_ok(), switched.is_ok(), "{} on {id}", actor.id);
            removed.unwrap_or_else(|refusal| short(&refusal))
        });
        table += &row(&actor, cells.collect::<Vec<_>>().into_iter());
    }
    insta::assert_snapshot!(table);
}

#[test]
fn who_may_give_which_role_to_whom_is_exactly_this() {
    let mut table = String::new();
    for actor in roles() {
        table += &head(&format!("{actor}:"));
        for before in roles() {
            let cells = roles().into_iter().map(|after| {
                let (actor, target) = (holder("actor", &actor), target(&before));
                changed(&actor, &target, &after, "spring")
            });
            table += &row(&format!("from {before}"), cells.collect::<Vec<_>>().into_iter());
        }
        table.push('\n');
    }
    insta::assert_snapshot!(table);
}

#[test]
fn what_each_role_may_make_of_itself_is_exactly_this() {
    let mut table = head("oneself becomes");
    for actor in roles() {
        let own = Member {
            email: address("target@partner.example"),
            ..holder("actor", &actor)
        };
        let cells = roles().into_iter().map(|after| changed(&own, &own, &after, "spring"));
        table += &row(&actor, cells.collect::<Vec<_>>().into_iter());
    }
    insta::assert_snapshot!(table);
}

#[test]
fn who_may_invite_to_which_role_is_exactly_this() {
    let mut table = head("invites");
    for place in ["spring", "autumn"] {
        for actor in roles() {
            let member = holder("actor", &actor);
            let organization = counted(&[&member], &[]);
            let cells = roles().into_iter().map(|id| {
                let addresses: [Result<Address, Rejected>; 1] = [Ok(address("new@partner.example"))];
                let wished = role(&id);
                let (resources, term) = ask(&id, place);
                let request = Invite {
                    known: AddableContacts::default(),
                    addresses: &addresses,
                    holders: &BTreeMap::new(),
                    wanted: wanted(&wished, &resources, term),
                    message: None,
                };
                match invite(&scene(&organization, &member), request, &mut ids()) {
                    Ok(_) => "yes",
                    Err(InviteRefusal::Forbidden) => "forbidden",
                    Err(InviteRefusal::RoleNotAssignable(_)) => "not theirs",
                    Err(InviteRefusal::Invalid(_)) => "invalid",
                    Err(InviteRefusal::NoSeats { .. }) => "no seats",
                    Err(InviteRefusal::MailLimit(_)) => "too much mail",
                }
            });
            table += &row(
                &format!("{actor} {}", &place[..1]),
                cells.collect::<Vec<_>>().into_iter(),
            );
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn nobody_inactive_may_do_anything() {
    for actor in roles() {
        let actor = inactive(holder("actor", &actor));
        let target = target("participant");
        let organization = counted(&[&actor, &target], &[]);
        let scene = scene(&organization, &actor);
        for permission in muster_domain::permission::ALL {
            assert!(!scene.authority().allows_somewhere(permission), "{permission}");
        }
        assert_eq!(remove(&scene, Some(&target), &mut ids()), Err(MemberRefusal::Forbidden));
    }
}
