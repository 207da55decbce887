//! Contacts, and the one that a membership leaves behind.

use crate::add::contact;
use crate::team::*;
use muster_domain::api_key::{Holding, KnownBy, Limits};
use muster_domain::rules::contacts::{
    ContactEditor, ContactRefusal, Details, ExistingContacts, delete, put, remove_leaving_contact,
};
use muster_domain::{
    ApiKey, Contact, DecisionContext, EntityRef, KeyId, Member, NamedUser, Organization, Pair, Secret,
};
use serde_json::json;

fn details(email: &str, name: Option<&str>, account: Option<&str>) -> Details {
    Details {
        email: email_address(email),
        name: Some(name.map(|n| n.parse().unwrap())),
        user: Some(account.map(named)),
    }
}

fn named(name: &str) -> NamedUser {
    NamedUser {
        id: user(name),
        subject: Some(subject(name)),
    }
}

fn keep(keeper: ContactEditor<'_>, before: Option<&Contact>, details: Details) -> Result<Contact, ContactRefusal> {
    let id = before.map_or_else(|| "c".parse().unwrap(), |c| c.id.clone());
    put(&keeper, id, before, None, details, &mut ids()).map(|(contact, _)| contact)
}

fn platform(organization: &Organization) -> ContactEditor<'_> {
    ContactEditor::Platform {
        id: user("operator"),
        organization,
        now: now(),
    }
}

#[test]
fn the_member_who_last_set_account_or_address_vouches_for_it_and_the_platform_for_itself() {
    let (owner, ada) = (holder("owner", "owner"), holder("ada", "admin"));
    let organization = counted(&[&owner, &ada], &[]);
    let of = |member| ContactEditor::Member(scene(&organization, member));
    let by = |contact: &Contact| contact.vouched_by;
    let told = keep(platform(&organization), None, details("a@x.example", None, Some("ann"))).unwrap();
    assert_eq!(by(&told), None);
    let named = keep(of(&ada), Some(&told), details("a@x.example", Some("Ann"), Some("ann"))).unwrap();
    assert_eq!(by(&named), None, "a name is nobody's word for an account");
    let moved = keep(of(&ada), Some(&named), details("boss@x.example", None, Some("ann"))).unwrap();
    assert_eq!(by(&moved), Some(ada.id));
    let unnamed = Details {
        user: None,
        ..details("boss@x.example", None, None)
    };
    let same = keep(of(&owner), Some(&moved), unnamed).unwrap();
    assert_eq!((same.user, by(&same)), (Some(user("ann")), Some(ada.id)));
    let kept = keep(of(&owner), Some(&moved), details("boss@x.example", None, Some("ann"))).unwrap();
    assert_eq!(by(&kept), Some(ada.id), "repeating it is no word for it");
    let other = keep(of(&owner), Some(&moved), details("boss@x.example", None, Some("bob"))).unwrap();
    assert_eq!(by(&other), Some(owner.id));
    let without = keep(of(&ada), Some(&other), details("boss@x.example", None, None)).unwrap();
    assert_eq!((by(&without), without.user), (None, None));
}

/// A key of the owner's that another member made, who may know its secret.
fn made_by_another(owner: &Member) -> ApiKey {
    let id = KeyId {
        owner: owner.id,
        number: 1,
    };
    let ceiling = vec![Holding {
        role: role("owner"),
        resource: None,
    }];
    ApiKey {
        id,
        organization: organization_id(),
        name: "Key".parse().unwrap(),
        limits: Limits {
            ceiling: Some(ceiling),
            ..Limits::default()
        },
        hash: Secret::new(id, organization_id(), 7).hash(),
        previous: None,
        made_by: user("ada"),
        known_by: KnownBy::default(),
        created_at: now(),
        expires_at: None,
        revoked_at: None,
        last_used_at: None,
        version: 1,
    }
}

#[test]
fn a_limited_key_maintains_contacts_but_names_no_account() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let key = made_by_another(&owner);
    let keeper = ContactEditor::Member(DecisionContext {
        key: Some(&key),
        ..scene(&organization, &owner)
    });
    let without = keep(keeper, None, details("a@x.example", None, None)).unwrap();
    assert_eq!(without.user, None);
    let refused = keep(keeper, Some(&without), details("a@x.example", None, Some("mole")));
    assert_eq!(refused, Err(ContactRefusal::Forbidden));
    let known = contact("ann", "ann", None);
    let named = keep(keeper, Some(&known), details("ann@x.example", Some("Ann"), Some("ann"))).unwrap();
    assert_eq!((named.user, named.vouched_by), (known.user, None));
    let unnamed = Details {
        user: None,
        ..details("boss@x.example", None, None)
    };
    for details in [details("boss@x.example", None, Some("ann")), unnamed.clone()] {
        let moved = keep(keeper, Some(&known), details);
        assert_eq!(moved, Err(ContactRefusal::Forbidden));
    }
    // What is no more than a hint may be moved, and stays one.
    let hint = Contact {
        vouched: false,
        ..known
    };
    let moved = keep(keeper, Some(&hint), unnamed).unwrap();
    assert_eq!((moved.user, moved.vouched, moved.vouched_by), (hint.user, false, None));
    let named = keep(keeper, Some(&hint), details("ann@x.example", None, Some("ann")));
    assert_eq!(named, Err(ContactRefusal::Forbidden));
}

#[test]
fn an_account_is_more_than_a_hint_once_a_member_names_it() {
    let (owner, ada) = (holder("owner", "owner"), holder("ada", "admin"));
    let organization = counted(&[&owner, &ada], &[]);
    let of = |member| ContactEditor::Member(scene(&organization, member));
    let hint = Contact {
        vouched: false,
        ..contact("a", "ann", None)
    };
    let words = |contact: &Contact| (contact.user, contact.vouched, contact.vouched_by);
    let ann = Some(user("ann"));
    let unnamed = |email: &str| Details {
        user: None,
        ..details(email, Some("Ann"), None)
    };
    for email in ["a@x.example", "b@x.example"] {
        let kept = keep(of(&ada), Some(&hint), unnamed(email)).unwrap();
        assert_eq!(words(&kept), (ann, false, None), "{email}: nobody has named it");
    }
    let named = keep(of(&ada), Some(&hint), details("a@x.example", None, Some("ann"))).unwrap();
    assert_eq!(words(&named), (ann, true, Some(ada.id)));
    let moved = keep(of(&owner), Some(&named), unnamed("b@x.example")).unwrap();
    assert_eq!(words(&moved), (ann, true, Some(owner.id)), "whoever moves it says so");
    let repeated = keep(
        platform(&organization),
        Some(&named),
        details("a@x.example", None, Some("ann")),
    )
    .unwrap();
    assert_eq!(
        words(&repeated),
        (ann, true, None),
        "the platform's word takes a member's place"
    );
    let without = keep(of(&ada), Some(&repeated), details("a@x.example", None, None)).unwrap();
    assert_eq!(words(&without), (None, false, None));
    let nobody = keep(of(&ada), None, unnamed("n@x.example")).unwrap();
    assert_eq!(words(&nobody), (None, false, None));
}

#[test]
fn who_keeps_no_contacts_on_the_whole_organization_writes_none() {
    let pat = holder("pat", "program_admin");
    let organization = counted(&[&pat], &[]);
    let keeper = ContactEditor::Member(scene(&organization, &pat));
    let refused = keep(keeper, None, details("a@x.example", None, None));
    assert_eq!(refused, Err(ContactRefusal::Forbidden));
    let known = contact("ann", "ann", None);
    for found in [None, Some(&known)] {
        assert_eq!(delete(&keeper, found, &mut ids()), Err(ContactRefusal::Forbidden));
    }
}

fn left(organization: &Organization, owner: &Member, pat: &Member, known: &ExistingContacts<'_>) -> Option<Contact> {
    let changes = remove_leaving_contact(&scene(organization, owner), Some(pat), known, &mut ids()).unwrap();
    assert_eq!(changes.members.len(), 1);
    changes.contacts.into_iter().next().and_then(|pair| pair.after)
}

#[test]
fn the_contact_of_a_former_member_has_their_account_and_no_voucher() {
    let owner = holder("owner", "owner");
    for vouched_by in [Some(user("ada")), None] {
        let pat = Member {
            vouched_by,
            ..holder("pat", "admin")
        };
        let organization = counted(&[&owner, &pat], &[]);
        let contact = left(&organization, &owner, &pat, &ExistingContacts::default()).unwrap();
        assert_eq!(contact.id.as_str(), &*pat.id.to_string());
        assert_eq!(
            (contact.user, contact.vouched, contact.vouched_by),
            (Some(pat.id), false, None)
        );
    }
}

#[test]
fn a_contact_keeps_an_account_that_a_member_vouches_for() {
    let (owner, pat) = (holder("owner", "owner"), holder("pat", "admin"));
    let organization = counted(&[&owner, &pat], &[]);
    let at = contact("pat", "somebody-else", Some(user("ada")));
    let known = |at: &Contact| {
        let known = ExistingContacts {
            at: Some(at),
            ..ExistingContacts::default()
        };
        left(&organization, &owner, &pat, &known)
    };
    assert_eq!(known(&at), None);
    let without = Contact {
        user: None,
        subject: None,
        vouched: false,
        ..at.clone()
    };
    // Of an address that was another person's before, nobody can say whose the contact is.
    let other = Contact { vouched: false, ..at };
    for (before, user) in [(without, Some(pat.id)), (other, None)] {
        let after = known(&before).unwrap();
        assert_eq!((after.user, after.version, after.id), (user, 2, before.id));
        assert_eq!((after.vouched, after.vouched_by), (false, None));
    }
    let same = Contact {
        user: Some(pat.id),
        vouched: false,
        ..contact("pat", "pat", None)
    };
    assert_eq!(known(&same), None, "it is so already");
}

#[test]
fn the_contact_that_a_member_left_behind_goes_with_their_address_and_never_becomes_another_person() {
    let (owner, pat) = (holder("owner", "owner"), holder("pat", "admin"));
    let organization = counted(&[&owner, &pat], &[]);
    let paula = user("paula");
    for id in [paula.to_string(), format!("{paula}~2")] {
        let before = Contact {
            id: id.parse().unwrap(),
            email: pat.email.clone(),
            user: Some(paula),
            vouched: false,
            ..contact("paula", "paula", None)
        };
        let known = ExistingContacts {
            at: Some(&before),
            ..ExistingContacts::default()
        };
        let changes = remove_leaving_contact(&scene(&organization, &owner), Some(&pat), &known, &mut ids()).unwrap();
        let [gone, new] = &changes.contacts[..] else { panic!() };
        assert_eq!(gone, &Pair::removed(before.clone()));
        let new = (new.before.as_ref(), new.after.as_ref().unwrap());
        assert_eq!(
            (new.0, new.1.user, new.1.id.as_str()),
            (None, Some(pat.id), &*pat.id.to_string())
        );
        assert_eq!((&new.1.name, &new.1.email), (&pat.name, &pat.email));
        assert!(kinds(&changes).ends_with(&["contact.deleted", "contact.created"]));
    }
}

#[test]
fn an_address_is_one_contacts_and_it_may_keep_it() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let keeper = ContactEditor::Member(scene(&organization, &owner));
    let (ann, bob) = (contact("ann", "ann", None), contact("bob", "bob", None));
    let put_at = |found: &Contact, at: Option<&Contact>| {
        let details = details("new@x.example", Some("New"), None);
        put(&keeper, found.id.clone(), Some(found), at, details, &mut ids())
    };
    assert_eq!(
        put_at(&ann, Some(&bob)).err(),
        Some(ContactRefusal::EmailTaken(bob.id.clone()))
    );
    assert!(put_at(&ann, Some(&ann)).is_ok() && put_at(&ann, None).is_ok());
}

#[test]
fn each_change_of_a_contact_is_stored_and_recorded_before_and_after() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let keeper = ContactEditor::Member(scene(&organization, &owner));
    let put = |found: Option<&Contact>, details: Details| {
        put(&keeper, "c".parse().unwrap(), found, None, details, &mut ids()).unwrap()
    };
    let picture = |email: &str, name: Option<&str>| {
        Some(json!({ "email": email, "name": name, "user": null, "subject": null, "vouched": false }))
    };
    let (first, changes) = put(None, details("a@x.example", None, None));
    assert_eq!((kinds(&changes), first.version), (vec!["contact.created"], 1));
    let event = &changes.events[0];
    assert_eq!(event.subject, EntityRef::contact(&first.id));
    assert_eq!((&event.before, &event.after), (&None, &picture("a@x.example", None)));
    assert_eq!((first.organization, first.created_at), (organization.id, now()));
    assert_eq!(changes.contacts, [Pair::new(first.clone())]);
    let (second, changes) = put(Some(&first), details("b@x.example", Some("Ann"), None));
    assert_eq!(
        (kinds(&changes), one_version_on(&changes)),
        (vec!["contact.updated"], 1)
    );
    let event = &changes.events[0];
    assert_eq!(event.before, picture("a@x.example", None));
    assert_eq!(event.after, picture("b@x.example", Some("Ann")));
    assert_eq!(changes.contacts, [Pair::change(first, second.clone())]);
    let (same, changes) = put(Some(&second), details("b@x.example", Some("Ann"), None));
    assert!(changes.is_empty() && same == second);
    let changes = delete(&keeper, Some(&second), &mut ids()).unwrap();
    assert_eq!(
        (kinds(&changes), &changes.contacts[..]),
        (vec!["contact.deleted"], &[Pair::removed(second)][..])
    );
    let event = &changes.events[0];
    assert_eq!(
        (&event.before, &event.after),
        (&picture("b@x.example", Some("Ann")), &None)
    );
    assert_eq!(delete(&keeper, None, &mut ids()), Err(ContactRefusal::NotFound));
}
