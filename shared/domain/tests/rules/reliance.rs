//! On whom each change rests: the member who makes it must still be as they were read when it is written.

use crate::add::{self, account, contact};
use crate::keys::own;
use crate::team::*;
use muster_domain::export::{ExportRequest, Format};
use muster_domain::member::Reliance;
use muster_domain::people::Selection;
use muster_domain::rules::api_keys::rotate;
use muster_domain::rules::contacts::{self, ContactEditor, Details};
use muster_domain::rules::invitations::{InvitationUpdate, Revival, cancel, change, resend, resend_all};
use muster_domain::rules::organizations::{self, OrganizationUpdate};
use muster_domain::rules::work::resend_slice;
use muster_domain::rules::{exports, resources};
use muster_domain::{Changes, Member, Timestamp};

fn details(email: &str) -> Details {
    Details {
        email: email_address(email),
        name: None,
        user: None,
    }
}

/// Every change of something else than a member, as this one makes it, by its name.
fn made_by(actor: &Member) -> Vec<(&'static str, Changes)> {
    let organization = counted(&[actor], &[]);
    let scene = scene(&organization, actor);
    let pending = invitation(actor, "ann@x.example", "participant");
    let (message, known) = (Some(Some("Hello".parse().unwrap())), contact("ann", "ann", None));
    let reworded = InvitationUpdate {
        offer: None,
        message,
        language: None,
    };
    let renamed = OrganizationUpdate {
        name: Some("Acme and Sons".parse().unwrap()),
        ..OrganizationUpdate::default()
    };
    let wanted = ExportRequest {
        format: Format::Csv,
        timezone: "UTC".parse().unwrap(),
        filter: Selection::default(),
        sources: false,
        subjects: false,
    };
    let (key, _, owner) = own(actor);
    let of_owner = crate::team::scene(&organization, &owner);
    let keeper = ContactEditor::Member(scene);
    let (spring, name) = (resource("spring"), "Summer".parse().unwrap());
    vec![
        (
            "organization",
            organizations::update(&scene, renamed, &mut ids()).unwrap().1,
        ),
        (
            "new resource",
            resources::put(&scene, program("summer"), None, name, &mut ids())
                .unwrap()
                .1,
        ),
        (
            "resource",
            resources::delete(&scene, Some(&spring), &mut ids()).unwrap(),
        ),
        (
            "invitation changed",
            change(&scene, Some(&pending), reworded, &mut ids()).unwrap().1,
        ),
        (
            "invitation resent",
            resend(&scene, Some(&pending), &Revival::default(), &mut ids())
                .unwrap()
                .1,
        ),
        ("all resent", resend_all(&scene, &mut ids()).unwrap().1),
        (
            "invitation cancelled",
            cancel(&scene, Some(&pending), &mut ids()).unwrap(),
        ),
        ("export", exports::ask(&scene, wanted, &mut ids()).unwrap().1),
        (
            "contact",
            contacts::put(
                &keeper,
                known.id.clone(),
                None,
                None,
                details("c@x.example"),
                &mut ids(),
            )
            .unwrap()
            .1,
        ),
        (
            "contact deleted",
            contacts::delete(&keeper, Some(&known), &mut ids()).unwrap(),
        ),
        (
            "own key turned",
            rotate(&of_owner, (Some(&owner), Some(&key)), 1, 8, &mut ids())
                .unwrap()
                .2,
        ),
        (
            "added at once",
            add::ask(&organization, actor, "admin", &[account("bob")]).unwrap().1,
        ),
    ]
}

#[test]
fn every_change_rests_on_the_member_who_makes_it() {
    let owner = holder("owner", "owner");
    for (name, changes) in made_by(&owner) {
        let version = if name == "own key turned" {
            own(&owner).2.version
        } else {
            owner.version
        };
        let expected = Reliance {
            member: owner.id,
            version,
            joined_at: owner.joined_at,
        };
        assert_eq!(changes.relied_on, [expected], "{name}");
    }
}

#[test]
fn an_invitation_relies_on_no_member_since_its_inviter_is_checked_again_when_it_is_accepted() {
    let owner = holder("owner", "owner");
    let sent = add::ask(&counted(&[&owner], &[]), &owner, "admin", &[]);
    assert_eq!(sent.unwrap().1.relied_on, []);
}

#[test]
fn an_invitation_that_a_job_resends_relies_on_no_member_either() {
    let owner = holder("owner", "owner");
    let pending = invitation(&owner, "ann@x.example", "participant");
    let organization = counted(&[&owner], &[&pending]);
    let changes = resend_slice(
        &scene(&organization, &owner),
        &[pending],
        std::slice::from_ref(&owner),
        &[],
        &mut ids(),
    );
    assert_eq!((changes.mail.len(), changes.relied_on), (1, Vec::new()));
}

#[test]
fn what_the_platform_changes_rests_on_no_member() {
    let organization = organization();
    let keeper = ContactEditor::Platform {
        id: user("operator"),
        organization: &organization,
        now: now(),
    };
    let known = contact("ann", "ann", None);
    let changes = contacts::delete(&keeper, Some(&known), &mut ids()).unwrap();
    assert_eq!(changes.relied_on, []);
}

#[test]
fn a_change_of_nothing_relies_on_no_member() {
    let owner = holder("owner", "owner");
    assert!(Changes::default().relying_on(vec![relied(&owner)]).is_empty());
    let organization = counted(&[&owner], &[]);
    let keeper = ContactEditor::Member(scene(&organization, &owner));
    let known = contact("ann", "ann", None);
    let same = details(known.email.as_str());
    let (_, changes) = contacts::put(&keeper, known.id.clone(), Some(&known), None, same, &mut ids()).unwrap();
    assert!(changes.is_empty());
}

#[test]
fn a_later_membership_of_the_same_version_is_another_one() {
    let owner = holder("owner", "owner");
    let later: Timestamp = at("2026-03-11T00:00:00Z");
    let again = Member {
        joined_at: later,
        ..owner.clone()
    };
    assert_ne!(relied(&owner), relied(&again));
}

#[test]
fn a_changed_member_is_checked_by_that_change_alone() {
    let (owner, admin) = (holder("owner", "owner"), holder("admin", "admin"));
    let organization = counted(&[&owner, &admin], &[]);
    let removed = muster_domain::rules::members::remove(&scene(&organization, &owner), Some(&admin), &mut ids());
    let event = Changes {
        events: removed.as_ref().unwrap().events.clone(),
        ..Changes::default()
    };
    let both = removed.unwrap().and(event.relying_on(vec![relied(&admin)]));
    assert_eq!(both.relied_on, [relied(&owner)]);
}
