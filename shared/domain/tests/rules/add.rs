//! Adding contacts with an account at once.

use crate::team::*;
use muster_domain::email::Rejected;
use muster_domain::rules::invitations::create::{Account, Invite, InviteRefusal, invite};
use muster_domain::rules::members::{Holdings, MemberRefusal, MemberUpdate, update};
use muster_domain::rules::ownership::transfer;
use muster_domain::{
    Changes, Contact, EmailAddress, FormerMember, Invitation, Letter, Member, Organization, Pair, Status, Term, UserId,
    roleset,
};
use std::collections::BTreeMap;

pub(crate) type Sent = Result<(Vec<Invitation>, Changes), InviteRefusal>;

/// The contact `name@x.example` whose account is `account`, as somebody has said.
pub(crate) fn contact(name: &str, account: &str, vouched_by: Option<UserId>) -> Contact {
    Contact {
        organization: organization_id(),
        id: name.parse().unwrap(),
        email: email_address(&format!("{name}@x.example")),
        name: Some(name.parse().unwrap()),
        user: Some(user(account)),
        subject: Some(account.parse().unwrap()),
        vouched: true,
        vouched_by,
        created_at: now(),
        version: 1,
    }
}

pub(crate) fn account(name: &str) -> Account {
    Account {
        contact: contact(name, name, None),
        former: None,
        picked: false,
        is_member: false,
        has_refused: false,
        voucher: None,
    }
}

/// Asks for every account's address, and for `guest@x.example`.
pub(crate) fn ask(organization: &Organization, actor: &Member, role_id: &str, accounts: &[Account]) -> Sent {
    ask_for(organization, actor, role_id, accounts, accounts)
}

/// Asks for the addresses of these people, and for `guest@x.example`, knowing these accounts.
fn ask_for(
    organization: &Organization,
    actor: &Member,
    role_id: &str,
    people: &[Account],
    accounts: &[Account],
) -> Sent {
    let mut emails: Vec<Result<EmailAddress, Rejected>> = people.iter().map(|a| Ok(a.email().clone())).collect();
    emails.push(Ok(email_address("guest@x.example")));
    let wished = role(role_id);
    let defined = set().role(&wished).unwrap();
    let resources = if defined.reach == roleset::Reach::Resource {
        vec![found("spring")]
    } else {
        Vec::new()
    };
    let term = defined.is_time_limited().then_some(Term::Months(1));
    let request = Invite {
        emails: &emails,
        holders: &BTreeMap::new(),
        accounts,
        wanted: wanted(&wished, &resources, term),
        message: None,
        language: None,
    };
    invite(&scene(organization, actor), request, &mut ids())
}

pub(crate) fn added(sent: &Sent) -> Vec<Member> {
    let (_, changes) = sent.as_ref().unwrap();
    changes.members.iter().filter_map(|p| p.after.clone()).collect()
}

#[test]
fn a_contact_with_an_account_becomes_a_member_at_once_with_what_is_offered_and_nothing_else() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let sent = ask(&organization, &owner, "program_admin", &[account("ann")]);
    let [ann] = &added(&sent)[..] else { panic!() };
    assert_eq!(
        (ann.id, ann.email.as_str(), ann.status),
        (user("ann"), "ann@x.example", Status::Active)
    );
    assert_eq!((ann.role.clone(), ann.seat, ann.keys), (None, true, 0));
    assert_eq!(unsourced(ann.clone()).grants, [grant("spring", "program_admin", None)]);
    assert_eq!((ann.joined_at, ann.last_active_at), (now(), None));
    // Ahead of now, so that no key of an earlier membership comes back.
    assert!(ann.keys_valid_from > now());
    assert_eq!(ann.profile, muster_domain::member::Profile::default());
    let (invitations, changes) = sent.unwrap();
    assert_eq!((invitations.len(), changes.seat_delta()), (1, 2));
    assert_eq!(kinds(&changes), ["member.added", "invitation.created"]);
    assert_eq!(changes.mail.len(), 2);
    assert!(matches!(&changes.mail[0].letter, Letter::Added { member, .. } if *member == ann.id));
    assert_eq!(changes.mail[0].to.as_str(), "ann@x.example");
}

#[test]
fn an_allowlisted_role_goes_by_invitation_since_the_address_is_not_verified() {
    let owner = holder("owner", "owner");
    let mut organization = counted(&[&owner], &[]);
    organization.plan.allowed_domains.insert("x.example".parse().unwrap());
    let sent = ask(&organization, &owner, "implementation_admin", &[account("ann")]);
    assert_eq!(added(&sent), []);
    assert_eq!(sent.unwrap().0.len(), 2);
}

#[test]
fn a_contact_without_an_account_is_invited_for_the_same_seat() {
    let owner = holder("owner", "owner");
    let accounts = ["ann", "bob", "eve"].map(account);
    for known in 0..=3 {
        let sent = ask_for(&counted(&[&owner], &[]), &owner, "admin", &accounts, &accounts[..known]);
        assert_eq!(added(&sent).len(), known);
        let (invitations, changes) = sent.unwrap();
        assert_eq!((invitations.len(), changes.seat_delta()), (4 - known, 4));
    }
    let refused = ask(&limited(counted(&[&owner], &[]), 4), &owner, "admin", &accounts);
    assert!(matches!(refused, Err(InviteRefusal::NoSeats { needed: 4, .. })));
}

/// So a caller who has no room for all of them can leave out the last ones.
#[test]
fn members_are_added_in_the_order_of_their_addresses() {
    let (owner, pat) = (holder("owner", "owner"), holder("pat", "admin"));
    let people = ["eve", "ann", "bob"].map(account);
    let mut known = people.clone();
    known.reverse();
    let (_, changes) = ask_for(&counted(&[&owner], &[]), &owner, "admin", &people, &known).unwrap();
    let changed = Changes {
        members: vec![Pair::change(pat.clone(), pat)],
        ..Changes::default()
    };
    let changes = changed.and(changes);
    let added: Vec<UserId> = changes.new_members().map(|member| member.id).collect();
    assert_eq!(added, ["eve", "ann", "bob"].map(user), "and none who was one before");
}

#[test]
fn a_person_who_declined_is_asked_again_for_every_voucher() {
    let (owner, ann) = (holder("owner", "owner"), holder("ann", "admin"));
    let vouched = Account {
        contact: contact("bob", "bob", Some(owner.id)),
        voucher: Some(owner.clone()),
        ..account("bob")
    };
    let former = Account {
        contact: Contact {
            vouched: false,
            email: ann.email.clone(),
            ..contact("ann", "ann", None)
        },
        former: Some(FormerMember::of(&ann, None, false, now())),
        picked: true,
        ..account("ann")
    };
    for willing in [account("eve"), vouched, former] {
        let unwilling = Account {
            has_refused: true,
            ..willing.clone()
        };
        let added_of = |account: Account| added(&ask(&counted(&[&owner], &[]), &owner, "admin", &[account])).len();
        assert_eq!((added_of(willing), added_of(unwilling)), (1, 0));
    }
}

#[test]
fn an_account_that_is_a_member_or_stands_twice_refuses_the_batch_by_address() {
    let owner = holder("owner", "owner");
    let member = Account {
        is_member: true,
        ..account("ann")
    };
    let twin = Account {
        contact: contact("bob2", "bob", None),
        ..account("bob")
    };
    let accounts = [member, account("bob"), twin];
    match ask(&counted(&[&owner], &[]), &owner, "admin", &accounts) {
        Err(InviteRefusal::Invalid(violations)) => assert_eq!(
            codes(&violations),
            ["ann@x.example already_member", "bob2@x.example same_person"]
        ),
        other => panic!("{other:?}"),
    }
}

/// Without this a member who keeps contacts would write an account of their own beside the address of somebody whom an
/// owner is about to make an owner.
#[test]
fn a_member_who_names_an_account_reaches_no_further_by_it_than_themselves() {
    let (owner, admin) = (holder("owner", "owner"), holder("ada", "admin"));
    let organization = counted(&[&owner, &admin], &[]);
    let by = |voucher: Option<&Member>| Account {
        contact: contact("boss", "mole", Some(admin.id)),
        voucher: voucher.cloned(),
        ..account("boss")
    };
    let at_once = |actor: &Member, role: &str, voucher: Option<&Member>| {
        !added(&ask(&organization, actor, role, &[by(voucher)])).is_empty()
    };
    assert!(at_once(&owner, "admin", Some(&admin)));
    assert!(at_once(&admin, "admin", Some(&admin)));
    assert!(at_once(&admin, "admin", None), "it is their own word");
    assert!(!at_once(&owner, "owner", Some(&admin)), "an admin makes no owner");
    assert!(!at_once(&owner, "participant", None), "who told it is gone");
    assert!(!at_once(&owner, "participant", Some(&inactive(admin.clone()))));
    let elsewhere = somebody("ada", None, vec![grant("autumn", "program_admin", None)]);
    assert!(!at_once(&owner, "participant", Some(&elsewhere)));
}

#[test]
fn a_member_who_may_not_invite_there_adds_no_person_there() {
    let (owner, fay) = (holder("owner", "owner"), holder("fay", "program_facilitator"));
    let organization = counted(&[&owner, &fay], &[]);
    let pat = somebody("pat", None, vec![grant("autumn", "program_admin", None)]);
    let asks = |actor: &Member| ask(&organization, actor, "participant", &[account("ann")]);
    assert!(matches!(asks(&fay), Err(InviteRefusal::Forbidden)));
    assert!(matches!(asks(&pat), Err(InviteRefusal::RoleNotAssignable(_))));
}

#[test]
fn whose_address_only_a_member_told_gets_no_allowlisted_role_afterwards_either() {
    let (owner, admin) = (holder("owner", "owner"), holder("ada", "admin"));
    let organization = counted(&[&owner, &admin], &[]);
    let helper = role("implementation_admin");
    for (vouched_by, refused) in [(Some(admin.id), true), (None, false)] {
        let ann = Member {
            email: email_address("ann@partner.example"),
            vouched_by,
            ..holder("ann", "participant")
        };
        let one = Holdings::One(wanted(&helper, &[], Some(Term::Months(1))));
        let mix = Holdings::Mix {
            role: Some(&helper),
            term: Some(Term::Months(1)),
            grants: &[],
        };
        for (holdings, actor) in [(one, &admin), (mix, &owner)] {
            let change = MemberUpdate {
                holdings: Some(holdings),
                ..MemberUpdate::default()
            };
            let done = update(&scene(&organization, actor), Some(&ann), change, &mut ids());
            match done {
                Err(MemberRefusal::Invalid(violations)) if refused => {
                    assert_eq!(codes(&violations), ["ann@partner.example address_not_verified"])
                }
                done => assert!(!refused && done.is_ok(), "{done:?}"),
            }
        }
        // Nor as what an owner keeps who hands ownership on.
        let giver = Member {
            role: Some(held("owner", None)),
            ..ann
        };
        let then = wanted(&helper, &[], Some(Term::Months(1)));
        let done = transfer(&scene(&organization, &giver), Some(&admin), &then, &mut ids());
        assert_eq!(done.is_err(), refused, "{done:?}");
    }
}
