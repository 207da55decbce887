//! What is told to one whose power is limited to some programs: nothing of what lies beyond them.

use crate::add::{account, contact};
use crate::team::*;
use muster_domain::api_key::Limits;
use muster_domain::email::Rejected;
use muster_domain::rules::invitations::create::{Account, Holder, Invite, InviteRefusal, invite, sees_contacts};
use muster_domain::rules::members::{Holdings, MemberRefusal, MemberUpdate, WantedGrant, update};
use muster_domain::rules::offer::check;
use muster_domain::{ApiKey, DecisionContext, EmailAddress, Member, Resource, ResourceKey, RoleId};
use std::collections::BTreeMap;

type Named = (ResourceKey, Option<Resource>);

fn limited_to_spring(owner: &Member) -> ApiKey {
    let limits = Limits {
        resources: vec![reference("spring")],
        ..Limits::default()
    };
    ApiKey {
        limits,
        ..crate::keys::own(owner).0
    }
}

/// One with power on spring alone, by their role or by the limits of the key of an owner.
fn each_limited(asked: impl Fn(&str, &DecisionContext<'_>)) {
    let (pat, owner) = (holder("pat", "program_admin"), holder("owner", "owner"));
    let organization = counted(&[&pat, &owner], &[]);
    let key = limited_to_spring(&owner);
    asked("a program admin", &scene(&organization, &pat));
    let through = DecisionContext {
        key: Some(&key),
        ..scene(&organization, &owner)
    };
    asked("a limited key", &through);
}

#[test]
fn a_name_stands_for_what_is_there_and_out_of_reach_for_something_whether_or_not_there_is() {
    each_limited(|who, scene| {
        let known = |named: &Named| scene.named(&named.0, named.1.as_ref());
        assert_eq!(known(&found("spring")), Some(reference("spring")), "{who}");
        assert_eq!(known(&found("autumn")), Some(reference("autumn")), "{who}");
        let nowhere = known(&missing("winter")).unwrap();
        assert_eq!(nowhere.key, program("winter"), "{who}");
        assert!(!scene.authority().reaches(&nowhere), "{who}");
        let other = ResourceKey {
            kind: "site".parse().unwrap(),
            ..program("winter")
        };
        assert_eq!(scene.named(&other, None), None, "{who}: no program can have that type");
    });
    let owner = holder("owner", "owner");
    let mut organization = counted(&[&owner], &[]);
    let ending = reference("spring");
    assert_eq!(scene(&organization, &owner).named(&program("winter"), None), None);
    organization.ending.insert(ending.registration);
    assert_eq!(
        scene(&organization, &owner).named(&ending.key, Some(&resource("spring"))),
        None
    );
    let pat = holder("pat", "program_admin");
    let gone = scene(&organization, &pat).named(&ending.key, Some(&resource("spring")));
    assert_ne!(
        gone.unwrap(),
        ending,
        "what is being deleted is nowhere, to them as well"
    );
}

fn invited(
    scene: &DecisionContext<'_>,
    on: &Named,
    holders: &BTreeMap<EmailAddress, Holder>,
    accounts: &[Account],
) -> String {
    let emails: Vec<Result<EmailAddress, Rejected>> = ["ann@x.example", "bob@x.example", "eve@x.example"]
        .map(|text| Ok(email_address(text)))
        .into();
    let wished = role("participant");
    let request = Invite {
        emails: &emails,
        holders,
        accounts,
        wanted: wanted(&wished, std::slice::from_ref(on), None),
        message: None,
        language: None,
    };
    match invite(scene, request, &mut ids()) {
        Ok((sent, changes)) => format!("{} invited, {} added", sent.len(), changes.members.len()),
        Err(InviteRefusal::Invalid(violations)) => codes(&violations).join(", "),
        Err(other) => format!("{other:?}"),
    }
}

#[test]
fn inviting_to_what_is_out_of_reach_is_refused_as_inviting_to_what_is_not_there() {
    each_limited(|who, scene| {
        let told = |on: Named| invited(scene, &on, &BTreeMap::new(), &[]);
        assert_eq!(told(found("spring")), "3 invited, 0 added", "{who}");
        let refused = told(missing("winter"));
        assert_eq!(refused, told(found("autumn")), "{who}");
        assert_eq!(refused, "RoleNotAssignable(\"participant\")", "{who}");
    });
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let told = invited(&scene(&organization, &owner), &missing("winter"), &BTreeMap::new(), &[]);
    assert_eq!(told, "resources[0] unknown_resource", "who sees all is told");
}

fn changed(scene: &DecisionContext<'_>, target: &Member, holdings: Holdings<'_>) -> Result<bool, MemberRefusal> {
    let wanted = MemberUpdate {
        holdings: Some(holdings),
        ..MemberUpdate::default()
    };
    update(scene, Some(target), wanted, &mut ids()).map(|(_, changes)| !changes.is_empty())
}

fn on(named: Named, id: &str) -> WantedGrant {
    WantedGrant {
        resource: named,
        role: role(id),
        expires_at: None,
    }
}

#[test]
fn hidden_roles_of_a_member_are_not_found_out_by_naming_them() {
    let not_theirs = |id: &str| Err(MemberRefusal::RoleNotAssignable(id.into()));
    let both = vec![
        grant("spring", "participant", None),
        grant("autumn", "program_sponsor", None),
    ];
    let (lee, only) = (
        somebody("lee", None, both),
        somebody("kim", None, vec![grant("spring", "participant", None)]),
    );
    each_limited(|who, scene| {
        let mix = |target: &Member, more: WantedGrant| {
            let grants = [on(found("spring"), "participant"), more];
            let (role, term) = (None, None);
            changed(
                scene,
                target,
                Holdings::Mix {
                    role,
                    term,
                    grants: &grants,
                },
            )
        };
        for target in [&lee, &only] {
            // As it is, as it is not, and where there is nothing.
            for named in [found("autumn"), missing("winter")] {
                for id in ["program_sponsor", "participant"] {
                    assert_eq!(mix(target, on(named.clone(), id)), not_theirs(id), "{who} {id}");
                }
            }
        }
        let participant: RoleId = role("participant");
        for named in [found("autumn"), missing("winter")] {
            let programs = [found("spring"), named];
            let told = changed(scene, &only, Holdings::One(wanted(&participant, &programs, None)));
            assert_eq!(told, not_theirs("participant"), "{who}");
        }
    });
    // Who reaches both names both, and changes nothing by it.
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner, &lee], &[]);
    let same = [
        on(found("spring"), "participant"),
        on(found("autumn"), "program_sponsor"),
    ];
    let holdings = Holdings::Mix {
        role: None,
        term: None,
        grants: &same,
    };
    assert_eq!(changed(&scene(&organization, &owner), &lee, holdings), Ok(false));
}

#[test]
fn who_has_no_say_is_told_so_whatever_they_name() {
    let sam = holder("sam", "program_sponsor");
    let organization = counted(&[&sam], &[]);
    for named in [found("autumn"), missing("winter")] {
        let grants = [on(found("spring"), "program_sponsor"), on(named, "participant")];
        let holdings = Holdings::Mix {
            role: None,
            term: None,
            grants: &grants,
        };
        let told = changed(&scene(&organization, &sam), &sam, holdings);
        assert_eq!(told, Err(MemberRefusal::Forbidden));
    }
    // Nor is an owner touched by one below them, in whatever they are given beside it.
    let owner = Member {
        grants: vec![grant("spring", "participant", None)],
        ..holder("owner", "owner")
    };
    let pat = holder("pat", "program_admin");
    let grants = [on(missing("winter"), "participant")];
    let holdings = Holdings::Mix {
        role: None,
        term: None,
        grants: &grants,
    };
    let told = changed(&scene(&counted(&[&owner, &pat], &[]), &pat), &owner, holdings);
    assert_eq!(told, Err(MemberRefusal::Forbidden));
}

#[test]
fn hidden_holders_of_an_address_are_not_told_apart_and_not_revealed_by_what_is_refused_anyway() {
    let unseen = Box::new(holder("ann", "owner"));
    let bob = (email_address("bob@x.example"), Holder::Member(user("bob")));
    let holds = |holder| BTreeMap::from([(email_address("ann@x.example"), holder)]);
    each_limited(|who, scene| {
        let nobody = BTreeMap::new();
        for hidden in [Holder::HiddenInvitation, Holder::HiddenMember(unseen.clone())] {
            let mut holders = holds(hidden);
            assert_eq!(
                invited(scene, &found("spring"), &holders, &[]),
                "ann@x.example not_available",
                "{who}"
            );
            for named in [&found("autumn"), &missing("winter")] {
                let told = invited(scene, named, &holders, &[]);
                assert_eq!(told, invited(scene, named, &nobody, &[]), "{who}");
                assert!(!told.contains("not_available"), "{who}: {told}");
            }
            holders.extend([bob.clone()]);
            let told = invited(scene, &found("spring"), &holders, &[]);
            assert_eq!(told, "bob@x.example already_member", "{who}");
        }
    });
}

#[test]
fn what_is_in_the_way_of_an_account_is_told_to_those_who_see_contacts_and_others_invite() {
    let member = Account {
        is_member: true,
        ..account("ann")
    };
    let twin = Account {
        contact: contact("eve", "bob", None),
        ..account("eve")
    };
    let accounts = [member, account("bob"), twin];
    each_limited(|who, scene| {
        assert!(!sees_contacts(scene), "{who}");
        let told = invited(scene, &found("spring"), &BTreeMap::new(), &accounts);
        assert_eq!(told, "2 invited, 1 added", "{who}");
    });
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let scene = scene(&organization, &owner);
    assert!(sees_contacts(&scene));
    assert_eq!(
        invited(&scene, &found("spring"), &BTreeMap::new(), &accounts),
        "ann@x.example already_member, eve@x.example same_person"
    );
}

#[test]
fn an_offer_beyond_ones_reach_is_checked_like_any_other() {
    each_limited(|who, scene| {
        let wished = role("participant");
        for named in [found("autumn"), missing("winter")] {
            let term = Some("1_month".parse().unwrap());
            let violations = check(scene, &wanted(&wished, &[named], term)).unwrap_err();
            assert_eq!(codes(&violations), ["duration not_allowed"], "{who}");
        }
    });
}
