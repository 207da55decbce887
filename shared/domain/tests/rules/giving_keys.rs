//! A key whose secret somebody else knows opens what that person could give at the moment of its use.

use crate::keys::{made, own};
use crate::team::*;
use muster_domain::api_key::{KnownBy, UnusableReason};
use muster_domain::rules::api_keys::{KeyUse, rotate, verify};
use muster_domain::rules::hierarchy::may_see;
use muster_domain::rules::invitations::create::{Invite, invite};
use muster_domain::rules::invitations::{InvitationUpdate, change};
use muster_domain::rules::members::grant_one;
use muster_domain::{
    ApiKey, Authority, DecisionContext, Grant, Invitation, Limits, Member, Organization, Secret, Timestamp, UserId,
};
use std::collections::BTreeMap;

const HELPER: &str = "implementation_admin";

/// The key as it is opened, with whoever knows its secret as they are now.
fn narrowed(key: &ApiKey, secret: Option<&Secret>, owner: &Member, knower: Option<&Member>) -> ApiKey {
    in_acme(&organization(), key, secret, owner, knower)
}

fn in_acme(
    acme: &Organization,
    key: &ApiKey,
    secret: Option<&Secret>,
    owner: &Member,
    knower: Option<&Member>,
) -> ApiKey {
    let key_use = KeyUse {
        organization: acme,
        set: set(),
        key,
        secret,
        owner: Some(owner),
        knower,
        now: now(),
    };
    key_use.narrowed()
}

/// What a key is left with: each role, with the resource it is held on.
fn left(key: &ApiKey) -> Vec<String> {
    let ceiling = key.limits.ceiling.iter().flatten();
    let told = |h: &muster_domain::api_key::Holding| match &h.resource {
        Some(on) => format!("{} on {}", h.role, on.key.id),
        None => h.role.to_string(),
    };
    ceiling.map(told).collect()
}

/// A member with a role on the organization and one on a program.
fn pat() -> Member {
    somebody(
        "pat",
        Some(held("participant", None)),
        vec![
            grant("spring", "program_admin", None),
            grant("autumn", "participant", None),
        ],
    )
}

fn ann(role: Option<&str>, grants: Vec<Grant>) -> Member {
    somebody("ann", role.map(|id| held(id, None)), grants)
}

#[test]
fn a_key_that_another_made_is_left_with_what_they_manage_still() {
    let (owner, admin) = (pat(), ann(Some("admin"), vec![]));
    let (key, secret, _) = made(&admin, &owner, &[], None).unwrap();
    let all = ["participant", "participant on autumn", "program_admin on spring"];
    let on = |id: &str, role: &str| vec![grant(id, role, None)];
    let both = vec![
        grant("spring", "program_admin", None),
        grant("autumn", "program_facilitator", None),
    ];
    for (what, maker, expected) in [
        ("as they were", Some(admin.clone()), &all[..]),
        ("risen", Some(ann(Some("owner"), vec![])), &all),
        ("a manager of both programs", Some(ann(None, both)), &all),
        (
            "a manager of one",
            Some(ann(None, on("spring", "program_admin"))),
            &all[2..],
        ),
        (
            "below the owner there",
            Some(ann(None, on("spring", "program_facilitator"))),
            &[],
        ),
        (
            "a manager of participants",
            Some(ann(None, on("autumn", "program_facilitator"))),
            &all[1..2],
        ),
        ("a reader", Some(ann(None, on("spring", "program_sponsor"))), &[]),
        ("inactive", Some(inactive(admin.clone())), &[]),
        ("gone", None, &[]),
        ("somebody else", Some(holder("ada", "admin")), &[]),
    ] {
        let opened = narrowed(&key, Some(&secret), &owner, maker.as_ref());
        assert_eq!(left(&opened), expected, "{what}");
        let acme = organization();
        let open = verify(&secret, Some(&acme), Some(&owner), Some(&opened), now());
        let shut = open.err().map(|why| why.code());
        assert_eq!(shut, expected.is_empty().then_some("maker_lost_authority"), "{what}");
        // Nothing of it is written: the next use asks again.
        assert_eq!(left(&key), all);
    }
}

#[test]
fn a_maker_whose_role_ended_or_was_switched_off_leaves_a_key_that_opens_nothing() {
    let end = at("2026-04-10T12:00:00Z");
    let hal = somebody("hal", Some(held(HELPER, Some(end))), vec![]);
    let owner = holder("ann", "admin");
    let (key, secret, _) = made(&hal, &owner, &[], Some(end)).unwrap();
    let left = |acme: &Organization, hal: &Member| {
        let opened = in_acme(acme, &key, Some(&secret), &owner, Some(hal));
        (left(&opened), opened.limits.until)
    };
    let all = vec!["admin".to_owned()];
    assert_eq!(left(&organization(), &hal), (all.clone(), Some(end)));
    let over = somebody("hal", Some(held(HELPER, Some(now()))), vec![]);
    assert_eq!(left(&organization(), &over), (vec![], None));
    let mut off = organization();
    off.settings.optional_roles.clear();
    assert_eq!(left(&off, &hal), (vec![], None));
    let mut again = organization();
    again.role_epochs.insert(role(HELPER), 1);
    assert_eq!(left(&again, &hal), (vec![], None), "switched off meanwhile");
    let sooner = somebody("hal", Some(held(HELPER, Some(at("2026-03-11T00:00:00Z")))), vec![]);
    assert_eq!(left(&organization(), &sooner), (all, Some(at("2026-03-11T00:00:00Z"))));
}

#[test]
fn a_key_that_its_owner_alone_knows_needs_no_other_member() {
    let (key, secret, owner) = own(&holder("ann", "admin"));
    assert_eq!((key.known_by, key.knower(Some(&secret))), (KnownBy::default(), None));
    assert_eq!(narrowed(&key, Some(&secret), &owner, None), key);
    assert_eq!(narrowed(&key, None, &owner, None), key);
}

#[test]
fn each_secret_is_known_by_the_member_who_was_told_it() {
    let (acme, admin) = (organization(), holder("ann", "admin"));
    let (other, owner) = (holder("ada", "admin"), holder("pat", "program_admin"));
    let turn = |who: &Member, key: &ApiKey, hours, random| {
        let both = (Some(&owner), Some(key));
        let (after, secret, _) = rotate(&scene(&acme, who), both, hours, random, &mut ids()).unwrap();
        (after, secret)
    };
    let knowers = |key: &ApiKey, secrets: &[&Secret]| -> Vec<Option<UserId>> {
        secrets.iter().map(|secret| key.knower(Some(secret))).collect()
    };
    let (key, first, _) = made(&admin, &owner, &[], None).unwrap();
    assert_eq!(
        (key.knower(None), key.knower(Some(&first))),
        (Some(admin.id), Some(admin.id))
    );
    // The owner rotates it: of the new secret nobody else knows, of the old one its maker does while it opens.
    let (own, second) = turn(&owner, &key, 24, 8);
    assert_eq!(knowers(&own, &[&second, &first]), [None, Some(admin.id)]);
    assert_eq!(own.knower(None), None);
    assert_eq!(left(&narrowed(&own, Some(&first), &owner, None)), Vec::<String>::new());
    assert_eq!(
        left(&narrowed(&own, Some(&second), &owner, None)),
        ["program_admin on spring"]
    );
    let (without, third) = turn(&owner, &key, 0, 9);
    assert_eq!(without.known_by, KnownBy::default());
    assert_eq!(knowers(&without, &[&third]), [None]);
    // Another rotates it: from then on it is their power that is asked.
    let (theirs, fourth) = turn(&other, &key, 24, 10);
    assert_eq!(knowers(&theirs, &[&fourth, &first]), [Some(other.id), Some(admin.id)]);
    let (theirs, fifth) = turn(&other, &own, 24, 11);
    assert_eq!(knowers(&theirs, &[&fifth, &second]), [Some(other.id), None]);
    assert_eq!(
        left(&narrowed(&theirs, Some(&fifth), &owner, Some(&admin))),
        Vec::<String>::new()
    );
    assert_eq!(
        left(&narrowed(&theirs, Some(&fifth), &owner, Some(&other))),
        ["program_admin on spring"]
    );
    let opened = narrowed(&theirs, Some(&fifth), &owner, Some(&other));
    assert_eq!(opened.knower(None), Some(other.id), "as it is used");
}

#[test]
fn a_key_without_a_ceiling_that_another_knows_has_what_its_owner_holds_for_one() {
    let (owner, admin) = (pat(), ann(Some("admin"), vec![]));
    let (key, secret, _) = made(&admin, &owner, &[], None).unwrap();
    let key = ApiKey {
        limits: Limits::default(),
        ..key
    };
    assert_eq!(left(&narrowed(&key, Some(&secret), &owner, Some(&admin))).len(), 3);
    assert_eq!(left(&narrowed(&key, Some(&secret), &owner, None)), Vec::<String>::new());
    let acme = organization();
    let key_use = KeyUse {
        organization: &acme,
        set: set(),
        key: &key,
        secret: None,
        owner: None,
        knower: None,
        now: now(),
    };
    assert_eq!(key_use.narrowed().usable(None, now()), Err(UnusableReason::OwnerGone));
}

/// A key of an admin for good, made by a helper who goes in a month, as it is used.
fn helpers_key() -> (ApiKey, Member) {
    let end = at("2026-04-10T12:00:00Z");
    let hal = somebody("hal", Some(held(HELPER, Some(end))), vec![]);
    let owner = holder("ann", "admin");
    let (key, secret, changes) = made(&hal, &owner, &[], Some(end)).unwrap();
    let owner = changes.members[0].after.clone().unwrap();
    (narrowed(&key, Some(&secret), &owner, Some(&hal)), owner)
}

#[test]
fn what_is_given_through_a_key_that_a_helper_knows_ends_with_the_helper() {
    let (acme, (key, owner)) = (organization(), helpers_key());
    let through = |key| DecisionContext {
        key,
        ..scene(&acme, &owner)
    };
    let pia = somebody("pia", None, vec![grant("autumn", "participant", None)]);
    let wish = wanted_grant("spring", "program_sponsor", None);
    let given = |key| {
        let (after, _) = grant_one(&through(key), Some(&pia), &wish, &mut ids()).unwrap();
        after
            .grants
            .iter()
            .find(|g| g.resource == reference("spring"))
            .unwrap()
            .held
            .expires_at
    };
    assert_eq!(given(None), None);
    assert_eq!(given(Some(&key)), Some(at("2026-04-10T12:00:00Z")));
    // It rests on both: whoever of them is changed meanwhile, it is decided anew.
    let relied_on = |key, target: &Member| {
        let (_, changes) = grant_one(&through(key), Some(target), &wish, &mut ids()).unwrap();
        changes.relied_on
    };
    let (asks, knows) = (relied(&owner), key.known_by.relied_on.unwrap());
    assert_eq!(knows.member, user("hal"));
    assert_eq!(through(None).relied_on(), [asks]);
    assert_eq!(through(Some(&key)).relied_on(), [asks, knows]);
    assert_eq!(relied_on(None, &pia), [asks]);
    assert_eq!(relied_on(Some(&key), &pia), [asks, knows]);
    let hal = Member {
        id: user("hal"),
        ..pia.clone()
    };
    assert_eq!(
        relied_on(Some(&key), &hal),
        [asks],
        "what changes is held to its version anyway"
    );
    let authority = Authority::of(&owner, &acme, set(), now()).within(&key.limits, set());
    assert_eq!(
        authority.assigns_until(&role("admin"), None),
        Some(at("2026-04-10T12:00:00Z"))
    );
}

#[test]
fn the_member_who_knows_the_key_that_sends_an_invitation_answers_for_it() {
    let (acme, (key, owner)) = (organization(), helpers_key());
    let through = |key| DecisionContext {
        key,
        ..scene(&acme, &owner)
    };
    let emails = [Ok(email_address("kim@x.example"))];
    let admin = role("admin");
    let sent = |key| -> Invitation {
        let request = Invite {
            emails: &emails,
            holders: &BTreeMap::new(),
            accounts: &[],
            wanted: wanted(&admin, &[], None),
            message: None,
            language: None,
        };
        invite(&through(key), request, &mut ids()).unwrap().0.remove(0)
    };
    assert_eq!((sent(None).invited_by, sent(None).sent_through), (owner.id, None));
    let offer = sent(Some(&key));
    assert_eq!((offer.invited_by, offer.sent_through), (owner.id, Some(user("hal"))));
    // Whoever changes it in person answers for it alone, and the other way round.
    let reworded = |key, invitation: &Invitation| {
        let wanted = InvitationUpdate {
            offer: None,
            message: Some(Some("Come along".parse().unwrap())),
            language: None,
        };
        change(&through(key), Some(invitation), wanted, &mut ids())
            .unwrap()
            .0
            .sent_through
    };
    assert_eq!(reworded(None, &offer), None);
    assert_eq!(reworded(Some(&key), &sent(None)), Some(user("hal")));
}

#[test]
fn a_key_limited_to_resources_does_not_see_whose_it_is() {
    let acme = organization();
    for owner in [
        holder("olivia", "owner"),
        holder("pat", "program_admin"),
        holder("ann", "admin"),
    ] {
        let other = holder("max", "participant");
        let (limited, ..) = made(&owner, &owner, &[found("spring")], None).unwrap();
        let reading = ApiKey {
            limits: Limits {
                read_only: true,
                ..Limits::default()
            },
            ..limited.clone()
        };
        let whole = ApiKey {
            limits: Limits::default(),
            ..limited.clone()
        };
        for (key, reaches) in [
            (Some(&limited), false),
            (Some(&reading), true),
            (Some(&whole), true),
            (None, true),
        ] {
            let scene = DecisionContext {
                key,
                ..scene(&acme, &owner)
            };
            assert_eq!(scene.reaches_oneself(), reaches);
            assert_eq!(may_see(&scene, &owner), reaches, "{:?}", key.map(|k| &k.limits));
            assert!(may_see(&scene, &other), "others on the program it does");
        }
    }
}

#[test]
fn a_ceiling_without_anything_is_no_key_and_an_end_is_kept() {
    let (key, _, owner) = own(&holder("ann", "admin"));
    let with = |ceiling: Option<Vec<muster_domain::api_key::Holding>>, until: Option<Timestamp>| Limits {
        ceiling,
        until,
        ..key.limits.clone()
    };
    let admin = || muster_domain::api_key::Holding::all_of(&owner);
    let soon = at("2026-03-11T00:00:00Z");
    for (limits, usable, lasting) in [
        (with(None, None), Ok(()), Some(Timestamp::MAX)),
        (with(Some(admin()), None), Ok(()), Some(Timestamp::MAX)),
        (with(Some(admin()), Some(soon)), Ok(()), Some(soon)),
        (with(Some(vec![]), None), Err(UnusableReason::MakerLostAuthority), None),
    ] {
        assert_eq!(limits.lasting(&role("admin"), None), lasting);
        assert_eq!(limits.leave_nothing(), usable.is_err());
        let key = ApiKey { limits, ..key.clone() };
        assert_eq!(key.usable(Some(&owner), now()), usable);
    }
}
