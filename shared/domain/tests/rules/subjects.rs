//! The identity provider's subjects: who is stored with theirs, and who sees them.

use crate::add::{account, added, ask, contact};
use crate::exports::limited_to_spring;
use crate::team::*;
use muster_domain::api_key::Limits;
use muster_domain::export::{ExportRequest, Format};
use muster_domain::people::Selection;
use muster_domain::rules::contacts::{ContactEditor, Details, ExistingContacts, put, remove_leaving_contact};
use muster_domain::rules::exports::{self, ExportRefusal};
use muster_domain::rules::invitations::create::Account;
use muster_domain::{ApiKey, Contact, DecisionContext, Export, FormerMember, Member, NamedUser, Subject};

fn of(text: Option<&str>) -> Option<Subject> {
    text.map(subject)
}

#[test]
fn only_who_manages_members_of_the_whole_organization_sees_subjects() {
    let acme = organization();
    for (role, sees) in [
        ("owner", true),
        ("admin", true),
        ("implementation_admin", true),
        ("program_admin", false),
        ("program_facilitator", false),
        ("program_sponsor", false),
        ("participant", false),
    ] {
        let member = holder("member", role);
        assert_eq!(scene(&acme, &member).sees_subjects(), sees, "{role}");
        let resting = inactive(member);
        assert!(!scene(&acme, &resting).sees_subjects(), "an inactive {role}");
    }
    let admin = holder("ann", "admin");
    let reading = ApiKey {
        limits: Limits {
            read_only: true,
            ..Limits::default()
        },
        ..crate::keys::own(&admin).0
    };
    for (key, sees) in [
        (&crate::keys::own(&admin).0, true),
        (&reading, false),
        (&limited_to_spring(&admin), false),
    ] {
        let through = DecisionContext {
            key: Some(key),
            ..scene(&acme, &admin)
        };
        assert_eq!(through.sees_subjects(), sees, "{:?}", key.limits);
    }
}

#[test]
fn who_is_added_at_once_has_the_subject_of_the_contact_if_it_is_known() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let former = FormerMember {
        organization: organization_id(),
        id: user("ann"),
        email: email_address("ann@x.example"),
        vouched_by: None,
        requires_invitation: false,
        ended_at: now(),
        version: 1,
    };
    for known in [Some("ann"), None] {
        for vouched in [true, false] {
            let account = Account {
                contact: Contact {
                    subject: of(known),
                    vouched,
                    ..contact("ann", "ann", None)
                },
                former: (!vouched).then(|| former.clone()),
                picked: !vouched,
                ..account("ann")
            };
            let sent = ask(&organization, &owner, "admin", &[account]);
            let [ann] = &added(&sent)[..] else { panic!() };
            assert_eq!(
                (ann.id, ann.subject.clone()),
                (user("ann"), of(known)),
                "vouched: {vouched}"
            );
        }
    }
}

#[test]
fn a_contact_has_the_subject_of_its_account_and_never_of_another() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let keeper = ContactEditor::Member(scene(&organization, &owner));
    let named = |id: &str, known: bool| {
        Some(Some(NamedUser {
            id: user(id),
            subject: known.then(|| subject(id)),
        }))
    };
    let ann = |known: Option<&str>, vouched: bool| Contact {
        subject: of(known),
        vouched,
        ..contact("ann", "ann", vouched.then_some(owner.id))
    };
    for (before, user, expected) in [
        (None, named("ann", true), Some("ann")),
        (None, named("ann", false), None),
        (None, None, None),
        (Some(ann(None, true)), named("ann", true), Some("ann")),
        (Some(ann(None, false)), named("ann", true), Some("ann")),
        (Some(ann(Some("ann"), true)), named("ann", false), Some("ann")),
        (Some(ann(Some("ann"), false)), named("ann", false), Some("ann")),
        (Some(ann(Some("ann"), true)), None, Some("ann")),
        (Some(ann(Some("ann"), true)), named("bob", true), Some("bob")),
        (Some(ann(Some("ann"), true)), named("bob", false), None),
        (Some(ann(Some("ann"), true)), Some(None), None),
    ] {
        for email in ["ann@x.example", "new@x.example"] {
            let details = Details {
                email: email_address(email),
                name: None,
                user: user.clone(),
            };
            let id = "ann".parse().unwrap();
            let (after, changes) = put(&keeper, id, before.as_ref(), None, details, &mut ids()).unwrap();
            assert_eq!(after.subject, of(expected), "{before:?} {user:?}");
            let kept = changes.contacts.first().and_then(|pair| pair.after.clone());
            assert_eq!(kept.or_else(|| before.clone()), Some(after), "{before:?} {user:?}");
        }
    }
}

#[test]
fn through_a_limited_key_a_subject_is_added_to_a_known_account_alone() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let key = ApiKey {
        limits: Limits {
            ceiling: Some(vec![muster_domain::api_key::Holding {
                role: role("owner"),
                resource: None,
            }]),
            ..Limits::default()
        },
        ..crate::keys::own(&owner).0
    };
    let keeper = ContactEditor::Member(DecisionContext {
        key: Some(&key),
        ..scene(&organization, &owner)
    });
    let before = Contact {
        subject: None,
        ..contact("ann", "ann", None)
    };
    for (name, expected) in [("ann", Some(Some("ann"))), ("bob", None)] {
        let details = Details {
            email: before.email.clone(),
            name: None,
            user: Some(Some(NamedUser {
                id: user(name),
                subject: Some(subject(name)),
            })),
        };
        let after = put(&keeper, before.id.clone(), Some(&before), None, details, &mut ids());
        let found = after.ok().map(|(contact, _)| (contact.subject, contact.vouched_by));
        assert_eq!(found, expected.map(|known| (of(known), None)), "{name}");
    }
}

#[test]
fn the_contact_that_a_member_becomes_has_their_subject_if_it_has_their_account() {
    let (owner, pat) = (holder("owner", "owner"), holder("pat", "admin"));
    let unknown = Member {
        subject: None,
        ..pat.clone()
    };
    let organization = counted(&[&owner, &pat], &[]);
    let hint = |user: Option<&str>, known: Option<&str>| Contact {
        user: user.map(crate::team::user),
        subject: of(known),
        vouched: false,
        ..contact("pat", "pat", None)
    };
    for (member, at, expected) in [
        (&pat, None, Some("pat")),
        (&unknown, None, None),
        (&pat, Some(hint(None, None)), Some("pat")),
        (&pat, Some(hint(Some("pat"), None)), Some("pat")),
        (&unknown, Some(hint(Some("pat"), Some("pat"))), Some("pat")),
        (&pat, Some(hint(Some("paula"), Some("paula"))), None),
    ] {
        let known = ExistingContacts {
            at: at.as_ref(),
            ..ExistingContacts::default()
        };
        let changes = remove_leaving_contact(&scene(&organization, &owner), Some(member), &known, &mut ids()).unwrap();
        let written = changes.contacts.into_iter().filter_map(|pair| pair.after).next_back();
        let left = written.or_else(|| at.clone()).unwrap();
        assert_eq!(left.subject, of(expected), "{at:?}");
    }
}

#[test]
fn an_export_with_subjects_is_made_for_and_shown_to_those_alone_who_see_them() {
    let (acme, ann) = (organization(), holder("ann", "admin"));
    let whole = scene(&acme, &ann);
    let reading = ApiKey {
        limits: Limits {
            read_only: true,
            ..Limits::default()
        },
        ..crate::keys::own(&ann).0
    };
    let less = DecisionContext {
        key: Some(&reading),
        ..whole
    };
    for subjects in [true, false] {
        let wanted = ExportRequest {
            format: Format::Csv,
            timezone: "UTC".parse().unwrap(),
            filter: Selection::default(),
            sources: false,
            subjects,
        };
        let export = exports::ask(&whole, wanted.clone(), &mut ids()).unwrap().0;
        let event = exports::record(&whole, &wanted, 1, &mut ids());
        assert_eq!(event.after.unwrap()["subjects"], subjects);
        let refusal = subjects.then_some(ExportRefusal::Forbidden);
        assert_eq!(exports::ask(&less, wanted, &mut ids()).err(), refusal);
        assert_eq!(exports::show(&whole, Some(export.clone())), Ok(export.clone()));
        assert_eq!(exports::show(&less, Some(export.clone())).err(), refusal);
        assert!(exports::may_go_on(&whole, &export));
        let by_key = Export {
            key: Some(reading.id),
            ..export.clone()
        };
        assert_eq!(exports::may_go_on(&less, &by_key), !subjects);
        let bobs = Export {
            by: user("bob"),
            ..export
        };
        assert_eq!(exports::show(&less, Some(bobs)), Err(ExportRefusal::NotFound));
    }
}
