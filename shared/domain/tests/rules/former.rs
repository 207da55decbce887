//! Former members: what is kept of them, and whether they are added again or asked.

use crate::add::{account, added, ask, contact};
use crate::team::*;
use muster_domain::rules::contacts::{ExistingContacts, remove_leaving_contact};
use muster_domain::rules::invitations::create::{Account, Invite, InviteRefusal, PickRefusal, invite, pick};
use muster_domain::{Contact, DecisionContext, FormerMember, Invitation, Letter, Member, Pair, RoleSet, UserId};
use std::collections::BTreeMap;

fn former(name: &str, email: &str, vouched_by: Option<UserId>, left: bool) -> FormerMember {
    FormerMember {
        organization: organization_id(),
        id: user(name),
        email: email_address(email),
        vouched_by,
        requires_invitation: left,
        ended_at: at("2026-03-01T00:00:00Z"),
        version: 3,
    }
}

/// The contact `ann@x.example` that a membership of hers has left behind, as it is named or picked.
fn once_a_member(left: bool, picked: bool) -> Account {
    Account {
        contact: Contact {
            vouched: false,
            ..contact("ann", "ann", None)
        },
        former: Some(former("ann", "ann@x.example", None, left)),
        picked,
        ..account("ann")
    }
}

fn mailed(changes: &muster_domain::Changes) -> Vec<&str> {
    let added = |mail: &&muster_domain::Mail| matches!(mail.letter, Letter::Added { .. });
    changes.mail.iter().filter(added).map(|mail| mail.to.as_str()).collect()
}

#[test]
fn what_is_kept_of_a_member_is_how_they_went_and_the_last_address_known_to_be_theirs() {
    let shown = holder("ann", "admin");
    let told = Member {
        email: email_address("typed@x.example"),
        vouched_by: Some(user("ada")),
        ..shown.clone()
    };
    let later = at("2026-05-01T00:00:00Z");
    for (member, before, email, vouched_by, version) in [
        (&shown, None, "ann@acme.example", None, 1),
        (&told, None, "typed@x.example", Some(user("ada")), 1),
        (
            &told,
            Some(former("ann", "old@x.example", None, true)),
            "old@x.example",
            None,
            4,
        ),
        (
            &shown,
            Some(former("ann", "old@x.example", None, true)),
            "ann@acme.example",
            None,
            4,
        ),
        (
            &told,
            Some(former("ann", "old@x.example", Some(user("eve")), false)),
            "typed@x.example",
            Some(user("ada")),
            4,
        ),
        (
            &shown,
            Some(former("ann", "old@x.example", Some(user("eve")), false)),
            "ann@acme.example",
            None,
            4,
        ),
    ] {
        for left in [true, false] {
            let expected = FormerMember {
                ended_at: later,
                version,
                ..former("ann", email, vouched_by, left)
            };
            assert_eq!(FormerMember::of(member, before.as_ref(), left, later), expected);
        }
    }
}

#[test]
fn leaving_and_being_removed_are_kept_apart_whichever_came_before() {
    let (owner, ann) = (holder("owner", "owner"), holder("ann", "admin"));
    let organization = counted(&[&owner, &ann], &[]);
    let before = former("ann", "ann@acme.example", None, false);
    for (actor, left) in [(&owner, false), (&ann, true)] {
        for kept in [None, Some(&before)] {
            let known = ExistingContacts {
                former: kept,
                ..ExistingContacts::default()
            };
            let scene = scene(&organization, actor);
            let changes = remove_leaving_contact(&scene, Some(&ann), &known, &mut ids()).unwrap();
            let expected = Pair {
                before: kept.cloned(),
                after: Some(FormerMember::of(&ann, kept, left, now())),
            };
            assert_eq!(changes.former_members, [expected]);
        }
    }
}

#[test]
fn whether_an_invitation_is_required_is_stored_under_its_first_name() {
    for left in [true, false] {
        let stored = serde_json::to_value(former("ann", "ann@x.example", None, left)).unwrap();
        assert_eq!(
            (&stored["left"], stored.get("requires_invitation")),
            (&left.into(), None)
        );
    }
}

#[test]
fn an_address_that_was_a_members_is_invited_and_the_person_is_picked() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let asks = |account: Account| ask(&organization, &owner, "admin", &[account]);
    assert_eq!(
        added(&asks(once_a_member(false, false))),
        [],
        "an address is no account"
    );
    let picked = asks(once_a_member(false, true));
    let [ann] = &added(&picked)[..] else { panic!() };
    assert_eq!(
        (ann.id, ann.email.as_str(), ann.vouched_by),
        (user("ann"), "ann@x.example", None)
    );
    let (_, changes) = picked.unwrap();
    assert_eq!(changes.relied_on_former, [(user("ann"), Some(3))]);
    // A contact from before it was kept how a membership ended is no more than a hint.
    let old = Account {
        former: None,
        ..once_a_member(false, true)
    };
    assert_eq!(added(&asks(old)), []);
    let member = Account {
        former: None,
        is_member: true,
        ..once_a_member(false, true)
    };
    match asks(member) {
        Err(InviteRefusal::Invalid(violations)) => assert_eq!(codes(&violations), ["ann@x.example already_member"]),
        other => panic!("{other:?}"),
    }
    let unknown = Account {
        contact: Contact {
            user: None,
            ..once_a_member(false, true).contact
        },
        ..once_a_member(false, true)
    };
    assert_eq!(added(&asks(unknown)), []);
}

#[test]
fn a_member_who_left_is_asked_for_every_voucher_and_every_selecting_member() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    for (vouched, vouched_by) in [(false, None), (true, None), (true, Some(owner.id))] {
        for picked in [false, true] {
            let mut gone = once_a_member(true, picked);
            gone.contact.vouched = vouched;
            gone.contact.vouched_by = vouched_by;
            let sent = ask(&organization, &owner, "participant", &[gone.clone()]);
            assert_eq!(added(&sent), [], "{vouched} {vouched_by:?} {picked}");
            let invited: Vec<Invitation> = sent.unwrap().0;
            assert_eq!(invited[0].email.as_str(), "ann@x.example");
            // Removed later on, they may be added where they would have been before.
            gone.former.as_mut().unwrap().requires_invitation = false;
            let again = ask(&organization, &owner, "participant", &[gone]);
            assert_eq!(added(&again).len(), usize::from(vouched || picked));
        }
    }
    let again = Account {
        is_member: true,
        contact: contact("ann", "ann", None),
        ..once_a_member(true, false)
    };
    match ask(&organization, &owner, "participant", &[again]) {
        Err(InviteRefusal::Invalid(violations)) => assert_eq!(codes(&violations), ["ann@x.example already_member"]),
        other => panic!("{other:?}: they have come back since"),
    }
}

#[test]
fn where_members_cannot_leave_every_person_is_asked() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let (role, accounts) = (role("admin"), [account("ann")]);
    for members_may_leave in [true, false] {
        let set = RoleSet {
            members_may_leave,
            ..set().clone()
        };
        let scene = DecisionContext {
            set: &set,
            ..scene(&organization, &owner)
        };
        let request = Invite {
            emails: &[Ok(email_address("ann@x.example"))],
            holders: &BTreeMap::new(),
            accounts: &accounts,
            wanted: wanted(&role, &[], None),
            message: None,
            language: None,
        };
        let (invitations, changes) = invite(&scene, request, &mut ids()).unwrap();
        let expected = if members_may_leave { (0, 1) } else { (1, 0) };
        assert_eq!((invitations.len(), changes.members.len()), expected);
    }
}

#[test]
fn a_person_who_is_added_is_told_at_an_address_that_is_theirs() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let by = |vouched: bool, vouched_by: Option<UserId>, former: Option<FormerMember>| Account {
        contact: Contact {
            email: email_address("typed@x.example"),
            vouched,
            ..contact("ann", "ann", vouched_by)
        },
        former,
        picked: true,
        ..account("ann")
    };
    let last = |email, vouched_by| Some(former("ann", email, vouched_by, false));
    let known = |vouched_by| last("known@x.example", vouched_by);
    let (owners, eves) = (Some(owner.id), Some(user("eve")));
    let same = former("ann", "typed@x.example", None, false);
    for (account, email, mail, vouched_by) in [
        // On the platform's word.
        (by(true, None, None), "typed@x.example", &["typed@x.example"][..], None),
        (
            by(true, None, known(None)),
            "typed@x.example",
            &["typed@x.example"],
            None,
        ),
        // On a member's.
        (by(true, owners, None), "typed@x.example", &["typed@x.example"], owners),
        (
            by(true, owners, known(None)),
            "typed@x.example",
            &["typed@x.example", "known@x.example"],
            owners,
        ),
        (
            by(true, owners, known(eves)),
            "typed@x.example",
            &["typed@x.example"],
            owners,
        ),
        (
            by(true, owners, Some(same)),
            "typed@x.example",
            &["typed@x.example"],
            owners,
        ),
        // As the person who was a member, at the address that the contact still has.
        (
            by(false, None, last("typed@x.example", None)),
            "typed@x.example",
            &["typed@x.example"],
            None,
        ),
        (
            by(false, None, last("typed@x.example", owners)),
            "typed@x.example",
            &["typed@x.example"],
            owners,
        ),
    ] {
        let sent = ask(&organization, &owner, "admin", &[account]);
        let [ann] = &added(&sent)[..] else { panic!() };
        assert_eq!((ann.email.as_str(), ann.vouched_by), (email, vouched_by));
        assert_eq!(mailed(&sent.unwrap().1), mail);
    }
    // And an address on the word of somebody who could not give as much is no account.
    let on_eves_word = by(false, None, last("typed@x.example", eves));
    assert_eq!(on_eves_word.vouched_by(), eves);
    assert_eq!(added(&ask(&organization, &owner, "admin", &[on_eves_word])), []);
    // A contact that has another address since may be made to look like somebody else, so it is invited.
    for vouched_by in [None, owners] {
        let account = by(false, None, known(vouched_by));
        assert_eq!(account.email().as_str(), "typed@x.example");
        assert_eq!(added(&ask(&organization, &owner, "admin", &[account])), []);
    }
}

#[test]
fn no_person_joins_as_a_former_member_while_that_may_have_changed() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let new = ask(&organization, &owner, "admin", &[account("ann")]).unwrap().1;
    assert_eq!(new.relied_on_former, [(user("ann"), None)]);
    let both = new.and(
        ask(&organization, &owner, "admin", &[once_a_member(false, true)])
            .unwrap()
            .1,
    );
    assert_eq!(both.relied_on_former.len(), 2);
}

#[test]
fn a_contact_is_picked_by_those_who_may_invite_and_look_contacts_up() {
    let (owner, pat) = (holder("owner", "owner"), holder("pat", "program_admin"));
    let (fay, pia) = (holder("fay", "program_facilitator"), holder("pia", "participant"));
    let organization = counted(&[&owner, &pat, &fay, &pia], &[]);
    let ann = contact("ann", "ann", None);
    let picks = |actor: &Member, found: Option<&Contact>| pick(&scene(&organization, actor), found.cloned());
    assert_eq!(picks(&owner, Some(&ann)), Ok(ann.clone()));
    assert_eq!(picks(&owner, None), Err(PickRefusal::NotFound));
    for found in [None, Some(&ann)] {
        assert_eq!(picks(&pat, found), Err(PickRefusal::CannotReadContacts));
        assert_eq!(picks(&fay, found), Err(PickRefusal::Forbidden));
        assert_eq!(picks(&pia, found), Err(PickRefusal::Forbidden));
    }
}
