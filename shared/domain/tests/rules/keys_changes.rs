//! What a change of a key holds, and how long a key may last that somebody else makes.

use crate::keys::{made, own};
use crate::team::*;
use muster_domain::resource::MAX_RESOURCES;
use muster_domain::rules::api_keys::{KeyRefusal, MAX_OVERLAP_HOURS, NewApiKey, create, revoke, rotate};
use muster_domain::{ApiKey, EntityRef, Member, NewIds, Pair, Timestamp};
use serde_json::json;

const HELPER: &str = "implementation_admin";

/// The instant at which the helper's power ends.
fn end() -> Timestamp {
    at("2026-04-10T12:00:00Z")
}

fn helper(grants: Vec<muster_domain::Grant>) -> Member {
    somebody("hal", Some(held(HELPER, Some(end()))), grants)
}

fn violations(made: Result<(), KeyRefusal>) -> Vec<String> {
    match made {
        Ok(()) => Vec::new(),
        Err(KeyRefusal::Invalid(violations)) => codes(&violations),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn a_new_key_is_stored_with_its_owner_and_recorded() {
    let ann = holder("ann", "admin");
    let (key, _, changes) = made(&ann, &ann, &[found("spring")], Some(end())).unwrap();
    assert_eq!(changes.keys, [Pair::new(key.clone())]);
    assert_eq!(one_version_on(&changes), 1, "their owner");
    let event = &changes.events[0];
    assert_eq!((&event.subject, &event.before), (&EntityRef::api_key(key.id), &None));
    let told = json!({
        "name": "zapier", "member": ann.id, "made_by": ann.id, "read_only": false,
        "resources": [{ "type": "program", "id": "spring" }], "expires_at": end(),
    });
    assert_eq!(event.after, Some(told));
}

#[test]
fn the_numbers_of_keys_stand_in_the_order_of_time_and_differ_within_a_millisecond() {
    let (acme, ann) = (organization(), holder("ann", "admin"));
    let numbered = |uuid: u128| {
        let mut uuid = || uuid::Uuid::from_u128(uuid);
        let ids: &mut dyn NewIds = &mut uuid;
        let wanted = NewApiKey {
            name: "zapier".parse().unwrap(),
            read_only: false,
            resources: &[],
            expires_at: None,
        };
        let (key, ..) = create(&scene(&acme, &ann), Some(&ann), wanted, 7, ids).unwrap();
        key.id.number
    };
    assert_eq!(
        numbered(0x0123_4567_89ab_7fff_bfff_ffff_ffff_cdef),
        0x0123_4567_89ab_cdef
    );
    assert_eq!(
        numbered(0xfedc_ba98_7654_7000_8000_0000_0000_0001),
        0xfedc_ba98_7654_0001
    );
}

#[test]
fn a_turned_key_is_one_version_on_and_keeps_no_secret_without_an_overlap() {
    let acme = organization();
    let (key, _, ann) = own(&holder("ann", "admin"));
    let key = ApiKey { version: 3, ..key };
    let turn = |hours| rotate(&scene(&acme, &ann), (Some(&ann), Some(&key)), hours, 8, &mut ids());
    let (after, _, changes) = turn(1).unwrap();
    let former = (key.hash.clone(), at("2026-03-10T13:00:00Z"));
    assert_eq!((after.previous.as_ref(), one_version_on(&changes)), (Some(&former), 1));
    assert_eq!(kinds(&changes), ["api_key.rotated"]);
    let told = serde_json::json!({ "name": "zapier", "member": ann.id, "old_secret_until": former.1 });
    let event = &changes.events[0];
    assert_eq!((event.before.as_ref(), event.after.as_ref()), (None, Some(&told)));
    assert_eq!(changes.keys, [Pair::change(key.clone(), after)]);
    assert_eq!(turn(0).unwrap().0.previous, None);
    assert_eq!(violations(turn(MAX_OVERLAP_HOURS).map(|_| ())), Vec::<String>::new());
    let refused = turn(MAX_OVERLAP_HOURS + 1).map(|_| ());
    assert_eq!(violations(refused), ["overlap_hours out_of_range"]);
}

#[test]
fn a_revoked_key_keeps_no_secret_of_before_and_the_change_is_recorded_on_the_word_of_who_did_it() {
    let acme = organization();
    let (key, _, pat) = own(&holder("pat", "program_admin"));
    let key = ApiKey {
        previous: Some((key.hash.clone(), end())),
        version: 3,
        ..key
    };
    let ann = holder("ann", "admin");
    let changes = revoke(&scene(&acme, &ann), Some(&pat), Some(&key), &mut ids()).unwrap();
    let after = ApiKey {
        revoked_at: Some(now()),
        previous: None,
        version: 4,
        ..key.clone()
    };
    assert_eq!(changes.keys, [Pair::change(key.clone(), after)]);
    assert_eq!(
        (one_version_on(&changes), kinds(&changes)),
        (2, vec!["api_key.revoked"])
    );
    assert_eq!(changes.events[0].subject, EntityRef::api_key(key.id));
    assert_eq!(changes.relied_on, [relied(&ann)]);
}

#[test]
fn a_key_for_another_lasts_as_long_as_the_power_over_what_they_hold() {
    let on_spring = || vec![grant("spring", "program_admin", None)];
    let runner = holder("pat", "program_admin");
    let elsewhere = somebody("pia", None, vec![grant("autumn", "program_admin", None)]);
    let below = somebody("max", None, vec![grant("spring", "participant", None)]);
    let waiting = somebody(
        "wil",
        Some(held("participant", None)),
        vec![grant("spring", "participant", None)],
    );
    let managing = vec![grant("spring", "program_facilitator", None)];
    for (what, maker, owner, ends) in [
        ("for a time only", helper(vec![]), &runner, true),
        ("without end on their program", helper(on_spring()), &runner, false),
        ("without end on another program", helper(on_spring()), &elsewhere, true),
        ("beside their programs as well", helper(on_spring()), &waiting, false),
        ("by a role that manages others", helper(managing.clone()), &runner, true),
        ("by a role that manages them", helper(managing), &below, false),
    ] {
        let key = |expires_at| violations(made(&maker, owner, &[], expires_at).map(|_| ()));
        let too_long = if ends {
            vec!["expires_at out_of_range".to_owned()]
        } else {
            vec![]
        };
        assert_eq!(key(None), too_long, "{what}");
        assert_eq!(key(Some(at("2026-04-10T12:00:01Z"))), too_long, "{what}");
        assert_eq!(key(Some(end())), Vec::<String>::new(), "{what}");
    }
}

#[test]
fn no_member_is_told_a_new_secret_that_outlasts_their_authority() {
    let acme = organization();
    let (key, _, pat) = own(&holder("pat", "program_admin"));
    let turn = |maker: &Member, expires_at: Option<Timestamp>| {
        let key = ApiKey {
            expires_at,
            ..key.clone()
        };
        rotate(&scene(&acme, maker), (Some(&pat), Some(&key)), 1, 8, &mut ids()).map(|_| ())
    };
    for (expires_at, done) in [
        (Some(at("2026-04-10T11:59:59Z")), Ok(())),
        (Some(end()), Ok(())),
        (Some(at("2026-04-10T12:00:01Z")), Err(KeyRefusal::Forbidden)),
        (None, Err(KeyRefusal::Forbidden)),
    ] {
        assert_eq!(turn(&helper(vec![]), expires_at), done, "{expires_at:?}");
        assert_eq!(turn(&holder("ann", "admin"), expires_at), Ok(()), "{expires_at:?}");
        assert_eq!(turn(&pat, expires_at), Ok(()), "{expires_at:?}");
    }
}

#[test]
fn a_key_is_limited_to_so_many_resources_and_no_more() {
    let ann = holder("ann", "admin");
    let on = |count: usize| {
        let resources: Vec<_> = (0..count).map(|n| found(&format!("p{n}"))).collect();
        violations(made(&ann, &ann, &resources, None).map(|_| ()))
    };
    assert_eq!(on(MAX_RESOURCES), Vec::<String>::new());
    assert_eq!(on(MAX_RESOURCES + 1), ["resources too_many"]);
    assert_eq!(on(MAX_RESOURCES + 2), ["resources too_many"]);
}
