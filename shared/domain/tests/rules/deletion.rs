//! Deleting an organization and bringing it back.

use crate::team::*;
use muster_domain::job::Erasure;
use muster_domain::mail::Recipient;
use muster_domain::organization::gone_at;
use muster_domain::rules::deletion::{DeletionRefusal, begin, delete, end, notify_owners, restore};
use muster_domain::{ApiKey, DecisionContext, EntityRef, Job, Language, Letter, Organization, Work};
use serde_json::json;

/// The organization as it is after its owner deleted it.
fn deleted() -> Organization {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let changes = delete(&scene(&organization, &owner), &mut ids()).unwrap();
    changes.organization.unwrap().after.unwrap()
}

#[test]
fn only_whose_role_says_so_deletes_and_everything_else_is_left_to_a_job() {
    for role in &set().roles {
        let member = holder("member", role.id.as_str());
        let organization = counted(&[&member], &[]);
        let done = delete(&scene(&organization, &member), &mut ids());
        assert_eq!(done.is_ok(), role.allows("organization:delete"), "{}", role.id);
        let Ok(changes) = done else { continue };
        assert!(changes.members.is_empty() && changes.jobs.len() == 1);
        assert_eq!(
            (one_version_on(&changes), kinds(&changes)),
            (1, vec!["organization.deleted"])
        );
        assert_eq!(changes.events[0].before, Some(json!({ "name": "Acme" })));
        assert_eq!(
            changes.events[0].after,
            Some(json!({ "restorable_until": gone_at(now()) }))
        );
        let job = changes.jobs[0].after.clone().unwrap();
        let work = Work::EraseOrganization {
            deleted_at: now(),
            stage: Erasure::Tell { after: None },
        };
        assert_eq!(job, Job::new(job.id, organization.id, work, now()));
        assert_eq!(changes.relied_on, [relied(&member)]);
    }
}

#[test]
fn one_that_was_deleted_is_not_deleted_again_so_its_thirty_days_go_on() {
    let (gone, owner) = (deleted(), holder("owner", "owner"));
    let again = delete(&later(scene(&gone, &owner), "2026-04-08T12:00:00Z"), &mut ids());
    assert_eq!(again, Ok(muster_domain::Changes::default()));
    let admin = holder("ann", "admin");
    assert_eq!(
        delete(&scene(&gone, &admin), &mut ids()),
        Err(DeletionRefusal::Forbidden)
    );
}

#[test]
fn an_api_key_deletes_no_organization() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let key: ApiKey = crate::keys::own(&owner).0;
    let scene = DecisionContext {
        key: Some(&key),
        ..scene(&organization, &owner)
    };
    assert_eq!(delete(&scene, &mut ids()), Err(DeletionRefusal::Forbidden));
}

#[test]
fn the_data_of_a_deleted_organization_goes_after_thirty_days() {
    assert_eq!(gone_at(now()), at("2026-04-09T12:00:00Z"));
}

#[test]
fn it_comes_back_as_it_was_and_who_brought_it_is_recorded() {
    let organization = deleted();
    let later = at("2026-03-12T00:00:00Z");
    let (after, changes) = restore(&organization, user("operator"), later, &mut ids()).unwrap();
    let expected = Organization {
        deleted_at: None,
        version: organization.version + 1,
        ..organization.clone()
    };
    assert_eq!(after, expected);
    let pair = changes.organization.clone().unwrap();
    assert_eq!((pair.before, pair.after), (Some(organization.clone()), Some(after)));
    let [event] = &changes.events[..] else {
        panic!("one event")
    };
    assert_eq!(event.kind.as_str(), "organization.restored");
    assert_eq!(
        (&event.actor, event.at),
        (&EntityRef::platform(user("operator")), later)
    );
    assert_eq!(event.before, Some(json!({ "deleted_at": now() })));
}

#[test]
fn it_can_be_restored_until_the_very_instant_that_its_data_goes() {
    let organization = deleted();
    let until = gone_at(now());
    let restored = |organization: &Organization, at| restore(organization, user("operator"), at, &mut ids());
    let just_before = until - jiff::SignedDuration::from_nanos(1);
    let (after, _) = restored(&organization, just_before).unwrap();
    assert_eq!((after.deleted_at, after.version), (None, organization.version + 1));
    assert_eq!(restored(&organization, until).err(), Some(DeletionRefusal::TooLate));
    assert_eq!(restored(&after, now()).err(), Some(DeletionRefusal::NotDeleted));
    let erasing = begin(&organization).unwrap().after.unwrap();
    let expected = Organization {
        erasing: true,
        version: organization.version + 1,
        ..organization.clone()
    };
    assert_eq!(erasing, expected);
    assert_eq!(restored(&erasing, now()).err(), Some(DeletionRefusal::TooLate));
    assert!(begin(&erasing).is_none(), "it begins once");
}

#[test]
fn only_active_owners_are_told() {
    let members = [
        holder("owner", "owner"),
        inactive(holder("away", "owner")),
        holder("admin", "admin"),
    ];
    let changes = notify_owners(&deleted(), set(), &members, now(), now(), &mut ids());
    let to: Vec<&str> = changes.mail.iter().map(|m| m.to.as_str()).collect();
    assert_eq!(to, ["owner@acme.example"]);
    let expected = Letter::OrganizationDeleted {
        restorable_until: gone_at(now()),
    };
    assert_eq!((&changes.mail[0].letter, changes.mail[0].asked), (&expected, false));
}

#[test]
fn the_end_leaves_one_event_without_personal_data_and_an_email_to_each_owner() {
    let organization = deleted();
    // A job that an earlier version stored has addresses alone.
    let stored = json!(["a@x.example", { "email": "b@x.example", "language": "de" }]);
    let owners: Vec<Recipient> = serde_json::from_value(stored).unwrap();
    let changes = end(&organization, now(), &owners, gone_at(now()), &mut ids());
    assert_eq!(kinds(&changes), ["organization.erased"]);
    let event = &changes.events[0];
    assert_eq!(
        (&event.actor, event.at),
        (&EntityRef::system("finish-work"), gone_at(now()))
    );
    assert_eq!(
        (event.before.clone(), event.after.clone()),
        (Some(json!({ "deleted_at": now() })), None)
    );
    assert_eq!(changes.organization.unwrap().after, None);
    let said = format!("{:?}", changes.events);
    assert!(
        changes.events.len() == 1 && !said.contains('@') && !said.contains("Acme"),
        "{said}"
    );
    for (mail, owner) in changes.mail.iter().zip(&owners) {
        assert_eq!((&mail.to, mail.language), (&owner.email, owner.language));
        assert!(matches!(&mail.letter, Letter::OrganizationErased { name } if name.as_str() == "Acme"));
    }
    assert_eq!(changes.mail.len(), owners.len());
    assert_eq!(owners[1].language, Some(Language::German));
}
