//! Each kind of event, as decisions make it: in the form of its schema, of which no field is idle.

mod decisions;

use crate::schemas::{check, sent};
use crate::suspension::{NOW, SOON, suspended};
use crate::team::*;
use decisions::*;
use muster_domain::event::schema::schema;
use muster_domain::rules::deletion;
use muster_domain::rules::expiry::expire_invitation;
use muster_domain::rules::invitations::resend_all;
use muster_domain::rules::invitations::respond::{InvitationReply, Invitee, accept};
use muster_domain::rules::suspension::{begin, resume};
use muster_domain::rules::work::end_grants;
use muster_domain::{Changes, Event, EventKind, Status};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// Decisions that make events of this kind, among others.
fn decisions(kind: EventKind) -> Vec<Changes> {
    let plain = organization();
    let ahead = suspended(organization(), SOON);
    let operator = user("operator");
    let [created_key, rotated_key, revoked_key] = api_keys();
    let [registered, renamed, deleted] = programs();
    let [created_contact, updated_contact, deleted_contact] = people();
    match kind {
        EventKind::OrganizationCreated => vec![founded()],
        EventKind::OrganizationUpdated => arranged(),
        EventKind::PlanSet => planned(),
        EventKind::OwnershipTransferred => vec![transferred()],
        EventKind::PayingOwnerNamed => named_paying_owners(),
        EventKind::Suspended => vec![
            suspend_at(&plain, "Unpaid", None),
            suspend_at(&suspended(organization(), NOW), "Fraud", None),
            begin(&ahead, at(SOON), &mut ids()),
        ],
        EventKind::Resumed => vec![resume(&suspended(organization(), NOW), operator, now(), &mut ids()).1],
        EventKind::SuspensionPlanned => vec![
            suspend_at(&plain, "Unpaid", Some(SOON)),
            suspend_at(&ahead, "Fraud", Some(SOON)),
        ],
        EventKind::SuspensionCancelled => vec![resume(&ahead, operator, now(), &mut ids()).1],
        EventKind::OrganizationDeleted => vec![deleted_organization().1],
        EventKind::OrganizationRestored => {
            vec![
                deletion::restore(&deleted_organization().0, operator, now(), &mut ids())
                    .unwrap()
                    .1,
            ]
        }
        EventKind::OrganizationErased => vec![deletion::end(&deleted_organization().0, now(), &[], now(), &mut ids())],
        EventKind::MemberAdded => added(),
        EventKind::MemberUpdated => described(),
        EventKind::MemberRoleChanged => all_changed(None),
        EventKind::MemberRoleEnded => ended_roles(),
        EventKind::MemberGrantEnded => vec![end_grants(
            set(),
            &reference("spring"),
            &[ann_on(&["autumn", "spring"])],
            now(),
            &mut ids(),
        )],
        EventKind::MemberActivated => all_changed(Some(Status::Active)),
        EventKind::MemberDeactivated => all_changed(Some(Status::Inactive)),
        EventKind::MemberLeft => vec![ended_membership(&ann())],
        EventKind::MemberRemoved => vec![ended_membership(&owner())],
        EventKind::MembersExported => vec![exported()],
        EventKind::InvitationCreated => added(),
        EventKind::InvitationUpdated => offered_anew(),
        EventKind::InvitationResent => resent(),
        EventKind::ResendRequested => vec![by_owner(|scene| resend_all(scene, &mut ids()).unwrap().1)],
        EventKind::InvitationAccepted | EventKind::MemberJoined => answered(true),
        EventKind::InvitationDeclined => answered(false),
        EventKind::InvitationCancelled => cancelled(),
        EventKind::InvitationExpired => vec![expire_invitation(&pending(), at(SOON), &mut ids())],
        EventKind::ApiKeyCreated => vec![created_key],
        EventKind::ApiKeyRotated => vec![rotated_key],
        EventKind::ApiKeyRevoked => vec![revoked_key],
        EventKind::ResourceRegistered => vec![registered],
        EventKind::ResourceRenamed => vec![renamed],
        EventKind::ResourceDeleted => vec![deleted],
        EventKind::ContactCreated => vec![created_contact],
        EventKind::ContactUpdated => vec![updated_contact],
        EventKind::ContactDeleted => vec![deleted_contact],
    }
}

/// The events of this kind among those that the decisions make.
fn made(kind: EventKind) -> Vec<Event> {
    let all = decisions(kind).into_iter().flat_map(|changes| {
        crate::told::check(&changes);
        changes.events
    });
    all.filter(|event| event.kind == kind).collect()
}

#[test]
fn every_kind_of_event_is_made_as_a_cloud_event_with_data_of_its_schema() {
    for kind in EventKind::ALL {
        let made = made(kind);
        assert!(!made.is_empty(), "no `{kind}` was made");
        for event in made {
            assert_eq!(event.subject.kind, kind.subject(), "{kind}");
            check(&event);
        }
    }
}

/// The places of all fields in the schema of a state.
fn described_places(schema: &Value, at: &str, places: &mut BTreeSet<String>) {
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let place = format!("{at}/{name}");
        described_places(field, &place, places);
        described_places(&field["items"], &place, places);
        places.insert(place);
    }
}

/// The places of those fields that a state has.
fn places(state: &Value, at: &str, known: &BTreeSet<String>, found: &mut BTreeSet<String>) {
    for item in state.as_array().into_iter().flatten() {
        places(item, at, known, found);
    }
    for (name, field) in state.as_object().into_iter().flatten() {
        let place = format!("{at}/{name}");
        places(field, &place, known, found);
        if known.contains(&place) {
            found.insert(place);
        }
    }
}

#[test]
fn a_schema_has_no_field_that_no_event_has() {
    for kind in EventKind::ALL {
        let schema = schema(kind);
        let (mut described, mut found) = (BTreeSet::new(), BTreeSet::new());
        for state in ["before", "after"] {
            described_places(&schema["oneOf"][0]["properties"][state], state, &mut described);
        }
        for event in made(kind) {
            for (name, state) in [("before", &event.before), ("after", &event.after)] {
                places(state.as_ref().unwrap_or(&Value::Null), name, &described, &mut found);
            }
        }
        let idle: Vec<_> = described.difference(&found).collect();
        assert!(idle.is_empty(), "{kind}: {idle:?}");
    }
}

const BEGIN: &str = "<!-- example: written by `MUSTER_UPDATE=1 cargo test --workspace --test rules -- events` -->\n";
const END: &str = "<!-- end of the example -->\n";

/// Ann accepts an invitation to a program.
fn example() -> Event {
    let inviters = [owner()];
    let invitation = invitation(&inviters[0], "ann@acme.example", "program_admin");
    let organization = counted(&inviters.each_ref(), &[&invitation]);
    let (name, subject) = ("Ann Lee".parse().unwrap(), subject("auth0|ann"));
    let answer = acceptance(&organization, &invitation, &inviters);
    let invitee = Invitee {
        id: user("ann"),
        subject: Some(&subject),
        name: Some(&name),
        ..answer.invitee
    };
    let mut number = u128::try_from(now().as_millisecond()).unwrap() << 80 | 0x7000_8000_0000_1d3a_5e91;
    let mut ids = || {
        number += 1 << 64;
        uuid::Uuid::from_u128(number)
    };
    let (_, changes) = accept(&InvitationReply { invitee, ..answer }, &mut ids).unwrap();
    let mut joined = changes
        .events
        .into_iter()
        .filter(|event| event.kind == EventKind::MemberJoined);
    joined.next().unwrap()
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the command says whether the example is written"
)]
fn the_example_in_the_documents_is_an_event_as_it_leaves() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/EVENTS.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (block, after) = rest.split_once(END).unwrap();
    let written = serde_json::to_string_pretty(&sent(&example())).unwrap();
    let expected = format!("\n```json\n{written}\n```\n\n");
    if std::env::var_os("MUSTER_UPDATE").is_some() {
        std::fs::write(&path, [before, BEGIN, &expected, END, after].concat()).unwrap();
    } else {
        assert_eq!(block, expected, "see the line above the example");
    }
}
