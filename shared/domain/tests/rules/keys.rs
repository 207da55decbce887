//! API keys: who makes them, for whom, with how much, and what ends them.

use crate::team::*;
use muster_domain::api_key::{Holding, MAX_KEYS, UnusableReason};
use muster_domain::rules::api_keys::{KeyRefusal, KeyRejection, NewApiKey, create, revoke, rotate, verify};
use muster_domain::{
    ApiKey, Changes, DecisionContext, Member, Name, Organization, Resource, ResourceKey, Secret, Timestamp,
};

pub(crate) type Resources<'a> = &'a [(ResourceKey, Option<Resource>)];
pub(crate) type Made = Result<(ApiKey, Secret, Changes), KeyRefusal>;

fn wanted_key(resources: Resources<'_>, expires_at: Option<Timestamp>) -> NewApiKey<'_> {
    NewApiKey {
        name: "zapier".parse::<Name>().unwrap(),
        read_only: false,
        resources,
        expires_at,
    }
}

/// A key for `owner`, made by `maker`.
pub(crate) fn made(maker: &Member, owner: &Member, resources: Resources<'_>, expires_at: Option<Timestamp>) -> Made {
    let acme = organization();
    create(
        &scene(&acme, maker),
        Some(owner),
        wanted_key(resources, expires_at),
        7,
        &mut ids(),
    )
}

pub(crate) fn own(owner: &Member) -> (ApiKey, Secret, Member) {
    let (key, secret, changes) = made(owner, owner, &[], None).unwrap();
    (key, secret, changes.members[0].after.clone().unwrap())
}

fn violations(made: Made) -> Vec<String> {
    match made {
        Err(KeyRefusal::Invalid(violations)) => codes(&violations),
        other => panic!("{other:?}"),
    }
}

#[test]
fn ones_own_key_has_no_ceiling_counts_and_tells_no_secret_in_its_event() {
    for role in ["owner", "admin", "program_admin", "program_sponsor", "participant"] {
        let member = holder("ann", role);
        let (key, secret, changes) = made(&member, &member, &[], None).unwrap();
        assert_eq!((key.limits.ceiling.as_ref(), key.made_by), (None, member.id));
        assert_eq!((secret.key(), secret.organization()), (key.id, organization_id()));
        let after = changes.members[0].after.as_ref().unwrap();
        assert_eq!((after.keys, after.version), (1, member.version + 1));
        assert_eq!((kinds(&changes), changes.relied_on.len()), (vec!["api_key.created"], 0));
        let told = serde_json::to_string(&changes.events).unwrap();
        let hash = serde_json::to_string(&key.hash).unwrap();
        assert!(
            !told.contains("mk_") && !told.contains(hash.trim_matches('"')),
            "{told}"
        );
    }
}

#[test]
fn who_holds_no_role_any_more_makes_no_key() {
    let over = somebody("sue", None, vec![grant("spring", "program_admin", Some(now()))]);
    assert_eq!(made(&over, &over, &[], None).unwrap_err(), KeyRefusal::Forbidden);
}

#[test]
fn a_member_makes_no_key_for_members_above_or_beside_them() {
    let runner = holder("pat", "program_admin");
    let cases = [
        (holder("ann", "admin"), holder("olivia", "owner"), KeyRefusal::Forbidden),
        (
            holder("pat", "program_admin"),
            holder("ann", "admin"),
            KeyRefusal::NoSuchMember,
        ),
        (
            holder("fay", "program_facilitator"),
            runner.clone(),
            KeyRefusal::Forbidden,
        ),
        (holder("sam", "program_sponsor"), runner.clone(), KeyRefusal::Forbidden),
        (
            runner.clone(),
            somebody("pia", None, vec![grant("autumn", "program_sponsor", None)]),
            KeyRefusal::NoSuchMember,
        ),
        (
            runner,
            somebody(
                "max",
                None,
                vec![
                    grant("spring", "participant", None),
                    grant("autumn", "participant", None),
                ],
            ),
            KeyRefusal::Forbidden,
        ),
    ];
    for (maker, owner, refusal) in cases {
        let refused = made(&maker, &owner, &[found("spring")], None).unwrap_err();
        assert_eq!(refused, refusal, "{:?} for {:?}", maker.name, owner.name);
    }
}

#[test]
fn a_key_for_another_holds_what_they_hold_at_that_moment_and_rests_on_both() {
    let admin = holder("ann", "admin");
    let owner = somebody(
        "pat",
        None,
        vec![
            grant("spring", "program_admin", None),
            grant("autumn", "participant", Some(now())),
        ],
    );
    let (key, _, changes) = made(&admin, &owner, &[], None).unwrap();
    let spring = Holding {
        role: role("program_admin"),
        resource: Some(reference("spring")),
    };
    assert_eq!(key.limits.ceiling, Some(vec![spring]));
    assert_eq!((key.id.owner, key.made_by), (owner.id, admin.id));
    assert_eq!(changes.relied_on, [relied(&admin)]);

    let resting = inactive(holder("ina", "admin"));
    assert_eq!(
        made(&admin, &resting, &[], None).unwrap_err(),
        KeyRefusal::OwnerWithoutAccess
    );
}

#[test]
fn one_limited_to_resources_gives_keys_limited_to_theirs() {
    let runner = holder("pat", "program_admin");
    let invitee = holder("sam", "program_sponsor");
    assert_eq!(violations(made(&runner, &invitee, &[], None)), ["resources required"]);
    let (key, ..) = made(&runner, &invitee, &[found("spring"), found("spring")], None).unwrap();
    assert_eq!(key.limits.resources, [reference("spring")]);
}

#[test]
fn resources_that_are_not_there_or_out_of_reach_are_named() {
    let runner = holder("pat", "program_admin");
    let asked = [found("spring"), found("autumn"), missing("winter")];
    let expected = ["resources[1] unknown_resource", "resources[2] unknown_resource"];
    assert_eq!(violations(made(&runner, &runner, &asked, None)), expected);

    let mut ending = organization();
    ending.ending.insert(reference("spring").registration);
    let admin = holder("ann", "admin");
    let refused = create(
        &scene(&ending, &admin),
        Some(&admin),
        wanted_key(&[found("spring")], Some(now())),
        7,
        &mut ids(),
    );
    assert_eq!(
        violations(refused),
        ["resources[0] unknown_resource", "expires_at in_the_past"]
    );
}

#[test]
fn a_helper_for_a_month_leaves_no_key_of_another_that_lasts_longer() {
    let helper = holder("helper", "implementation_admin");
    let admin = holder("ann", "admin");
    assert_eq!(
        violations(made(&helper, &admin, &[], None)),
        ["expires_at out_of_range"]
    );
    let too_late = Some(at("2026-04-10T12:00:01Z"));
    assert_eq!(
        violations(made(&helper, &admin, &[], too_late)),
        ["expires_at out_of_range"]
    );
    made(&helper, &admin, &[], Some(at("2026-04-10T12:00:00Z"))).unwrap();
    // One's own ends with the role anyway.
    made(&helper, &helper, &[], None).unwrap();

    let (endless, _, admin) = own(&admin);
    let acme = organization();
    let both = (Some(&admin), Some(&endless));
    let refused = rotate(&scene(&acme, &helper), both, 24, 8, &mut ids()).unwrap_err();
    assert_eq!(refused, KeyRefusal::Forbidden);
}

#[test]
fn twenty_keys_are_the_most() {
    let full = Member {
        keys: MAX_KEYS,
        ..holder("ann", "admin")
    };
    assert_eq!(made(&full, &full, &[], None).unwrap_err(), KeyRefusal::TooMany);
    let almost = Member {
        keys: MAX_KEYS - 1,
        ..full
    };
    made(&almost, &almost, &[], None).unwrap();
}

#[test]
fn keys_manage_no_keys() {
    let acme = organization();
    let (key, _, admin) = own(&holder("ann", "admin"));
    let through = DecisionContext {
        key: Some(&key),
        ..scene(&acme, &admin)
    };
    let both = (Some(&admin), Some(&key));
    let refusals = [
        create(&through, Some(&admin), wanted_key(&[], None), 7, &mut ids()).unwrap_err(),
        rotate(&through, both, 0, 8, &mut ids()).unwrap_err(),
        revoke(&through, Some(&admin), Some(&key), &mut ids()).unwrap_err(),
    ];
    for refusal in refusals {
        assert_eq!(refusal, KeyRefusal::SignInRequired);
    }
}

#[test]
fn the_old_secret_opens_until_the_overlap_ends_and_the_one_before_no_more() {
    let acme = organization();
    let (key, first, admin) = own(&holder("ann", "admin"));
    let scene = scene(&acme, &admin);
    let turn = |scene: &DecisionContext<'_>, key: &ApiKey, hours, random| {
        rotate(scene, (Some(&admin), Some(key)), hours, random, &mut ids()).unwrap()
    };
    let (rotated, second, changes) = turn(&scene, &key, 24, 8);
    assert_eq!((rotated.id, kinds(&changes)), (key.id, vec!["api_key.rotated"]));
    let open = |key: &ApiKey, secret: &Secret, when: &str| {
        verify(secret, Some(&acme), Some(&admin), Some(key), at(when)).is_ok()
    };
    for (secret, when, expected) in [
        (&first, "2026-03-11T11:59:59Z", true),
        (&first, "2026-03-11T12:00:00Z", false),
        (&second, "2026-03-11T12:00:00Z", true),
    ] {
        assert_eq!(open(&rotated, secret, when), expected, "{when}");
    }
    let (again, third, _) = turn(&later(scene, "2026-03-10T13:00:00Z"), &rotated, 24, 9);
    let opened = [&first, &second, &third].map(|secret| open(&again, secret, "2026-03-10T13:00:01Z"));
    assert_eq!(opened, [false, true, true]);
    let (now_only, fourth, _) = turn(&scene, &again, 0, 10);
    let opened = [&third, &fourth].map(|secret| open(&now_only, secret, "2026-03-10T12:00:00Z"));
    assert_eq!(opened, [false, true]);

    let both = (Some(&admin), Some(&key));
    let refused = rotate(&scene, both, 169, 11, &mut ids()).unwrap_err();
    let KeyRefusal::Invalid(named) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(codes(&named), ["overlap_hours out_of_range"]);
}

#[test]
fn a_member_who_rotates_anothers_key_is_told_no_more_than_they_could_make() {
    let acme = organization();
    let (key, _, pat) = own(&somebody(
        "pat",
        None,
        vec![
            grant("spring", "program_admin", None),
            grant("autumn", "participant", None),
        ],
    ));
    let admin = holder("ann", "admin");
    let both = (Some(&pat), Some(&key));
    let (after, _, changes) = rotate(&scene(&acme, &admin), both, 1, 8, &mut ids()).unwrap();
    assert_eq!(after.limits.ceiling.as_ref().map(Vec::len), Some(2));
    assert_eq!(changes.relied_on, [relied(&admin)]);

    // What the owner holds now is for it, unless somebody else still knows the secret of before: they get what is left of theirs.
    let changed = somebody(
        "pat",
        Some(held("admin", None)),
        vec![grant("spring", "program_admin", None)],
    );
    let owner = holder("owner", "owner");
    let ceiling = |by: &Member, overlap| {
        let both = (Some(&changed), Some(&after));
        let (key, ..) = rotate(&scene(&acme, by), both, overlap, 9, &mut ids()).unwrap();
        key.limits.ceiling
    };
    let now_held = |ceiling: Option<Vec<Holding>>| {
        let ceiling = ceiling.unwrap();
        ceiling
            .iter()
            .map(|holding| holding.resource.clone())
            .collect::<Vec<_>>()
    };
    let spring = Some(reference("spring"));
    for (by, overlap, expected) in [
        (&admin, 1, vec![None, spring.clone()]),
        (&admin, 0, vec![None, spring.clone()]),
        (&owner, 1, vec![spring.clone()]),
        (&owner, 0, vec![None, spring.clone()]),
    ] {
        assert_eq!(now_held(ceiling(by, overlap)), expected, "{} {overlap}", by.id);
    }
    assert_eq!(
        ceiling(&changed, 1),
        after.limits.ceiling,
        "the admin knows a secret that opens"
    );
    assert_eq!(ceiling(&changed, 0), None, "the owner alone knows it");

    let runner = holder("rita", "program_admin");
    let (whole, _, sam) = own(&holder("sam", "program_sponsor"));
    let refused = rotate(&scene(&acme, &runner), (Some(&sam), Some(&whole)), 1, 8, &mut ids()).unwrap_err();
    assert_eq!(refused, KeyRefusal::Forbidden);
}

#[test]
fn a_revoked_key_is_none_any_more_and_one_whose_time_is_up_is_not_rotated() {
    let acme = organization();
    let (key, secret, admin) = own(&holder("ann", "admin"));
    let changes = revoke(&scene(&acme, &admin), Some(&admin), Some(&key), &mut ids()).unwrap();
    let (revoked, member) = (
        changes.keys[0].after.clone().unwrap(),
        changes.members[0].after.clone().unwrap(),
    );
    assert_eq!((revoked.revoked_at, member.keys), (Some(now()), 0));
    let scene = scene(&acme, &member);
    for refused in [
        revoke(&scene, Some(&member), Some(&revoked), &mut ids()).unwrap_err(),
        rotate(&scene, (Some(&member), Some(&revoked)), 0, 8, &mut ids()).unwrap_err(),
        revoke(&scene, Some(&member), None, &mut ids()).unwrap_err(),
    ] {
        assert_eq!(refused, KeyRefusal::NoSuchKey);
    }
    let shut = verify(&secret, Some(&acme), Some(&member), Some(&revoked), now()).unwrap_err();
    assert_eq!(shut.code(), "revoked");

    let over = ApiKey {
        expires_at: Some(now()),
        ..key
    };
    let refused = rotate(&scene, (Some(&member), Some(&over)), 0, 8, &mut ids()).unwrap_err();
    assert_eq!(refused, KeyRefusal::Expired);
}

#[test]
fn only_a_caller_who_knows_the_secret_learns_why_it_is_refused() {
    let acme = organization();
    let (key, secret, admin) = own(&holder("ann", "admin"));
    let deleted = Organization {
        deleted_at: Some(now()),
        ..organization()
    };
    let resting = inactive(admin.clone());
    let guess = Secret::new(key.id, organization_id(), 8);
    type Case<'a> = (
        Option<&'a Organization>,
        Option<&'a Member>,
        Option<&'a ApiKey>,
        &'a str,
    );
    let suspended = crate::suspension::suspended(organization(), "2026-03-10T12:00:00Z");
    let ahead = crate::suspension::suspended(organization(), "2026-03-10T12:00:00.000000001Z");
    assert_eq!(verify(&secret, Some(&ahead), Some(&admin), Some(&key), now()), Ok(()));
    let both = Organization {
        deleted_at: Some(now()),
        ..suspended.clone()
    };
    let cases: [Case<'_>; 8] = [
        (Some(&deleted), Some(&admin), Some(&key), "organization_deleted"),
        (Some(&both), Some(&admin), Some(&key), "organization_deleted"),
        (Some(&suspended), Some(&admin), Some(&key), "organization_suspended"),
        // A key that stays dead afterwards says so.
        (Some(&suspended), Some(&resting), Some(&key), "owner_inactive"),
        (Some(&acme), None, Some(&key), "owner_gone"),
        (Some(&acme), Some(&resting), Some(&key), "owner_inactive"),
        (Some(&acme), Some(&admin), None, "not_found"),
        (None, None, Some(&key), "not_found"),
    ];
    for (organization, owner, key, code) in cases {
        assert_eq!(
            verify(&secret, organization, owner, key, now()).unwrap_err().code(),
            code
        );
        let told = verify(&guess, organization, owner, key, now());
        assert_eq!(told, Err(KeyRejection::Key(UnusableReason::NotFound)));
    }
}
