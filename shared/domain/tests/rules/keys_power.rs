//! Whatever people hold, in whatever role set: no key gives anybody more than they have.

use crate::team::{Ids, at, now, organization, reference, resource, somebody};
use muster_domain::rules::api_keys::{NewApiKey, create, rotate};
use muster_domain::{
    ApiKey, Authority, DecisionContext, Grant, Member, Organization, ResourceRef, RoleAssignment, RoleSet, Settings,
    Timestamp, roleset,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

const PLACES: [&str; 3] = ["spring", "autumn", "winter"];

/// A role by its number, and whether it ends in ten days.
type Holding = Option<(usize, bool)>;

/// What a person holds: on the organization, and on each of the places.
type Person = (Holding, [Holding; 3]);

fn holding() -> impl Strategy<Value = Holding> {
    prop::option::weighted(0.6, (0..12usize, prop::bool::weighted(0.3)))
}

fn person() -> impl Strategy<Value = Person> {
    (holding(), [holding(), holding(), holding()])
}

fn held(set: &RoleSet, holding: Holding, on_organization: bool) -> Option<RoleAssignment> {
    let (number, ends) = holding?;
    let fits = |role: &&roleset::Role| match on_organization {
        true => role.held_on_organization(),
        false => role.resources != roleset::Resources::None,
    };
    let roles: Vec<_> = set.roles.iter().filter(fits).collect();
    let role = roles.get(number % roles.len().max(1))?;
    Some(RoleAssignment {
        role: role.id.clone(),
        expires_at: ends.then(|| at("2026-03-20T12:00:00Z")),
        epoch: 0,
        source: None,
    })
}

fn member(set: &RoleSet, name: &str, (role, grants): Person) -> Member {
    let grants = PLACES.iter().zip(grants);
    let grant = |(place, holding): (&&str, Holding)| {
        Some(Grant {
            resource: reference(place),
            held: held(set, holding, false)?,
        })
    };
    somebody(name, held(set, role, true), grants.filter_map(grant).collect())
}

/// An organization of this role set with all of its roles switched on.
fn acme(set: &RoleSet) -> Organization {
    let optional = set.roles.iter().filter(|r| r.optional).map(|r| r.id.clone());
    Organization {
        role_set: set.id.clone(),
        settings: Settings {
            optional_roles: optional.collect(),
            ..Settings::default()
        },
        ..organization()
    }
}

/// Everything that somebody may do, each with where; giving and taking of roles among it.
fn all(set: &RoleSet, authority: &Authority<'_>) -> BTreeSet<String> {
    let permissions: BTreeSet<&String> = set.roles.iter().flat_map(|r| &r.permissions).collect();
    let places: Vec<Option<ResourceRef>> = PLACES.iter().map(|p| Some(reference(p))).chain([None]).collect();
    let mut all = BTreeSet::new();
    for place in &places {
        let on = place.as_ref();
        let told = |what: &str| format!("{what} on {:?}", on.map(|r| r.key.id.to_string()));
        all.extend(permissions.iter().filter(|p| authority.allows(p, on)).map(|p| told(p)));
        for role in &set.roles {
            all.extend(
                authority
                    .assigns_until(&role.id, on)
                    .is_some()
                    .then(|| told(&format!("give {}", role.id))),
            );
            all.extend(
                authority
                    .may_manage(&role.id, on)
                    .then(|| told(&format!("take {}", role.id))),
            );
        }
    }
    all
}

fn through(set: &RoleSet, acme: &Organization, owner: &Member, key: &ApiKey, when: Timestamp) -> BTreeSet<String> {
    if key.usable(Some(owner), when).is_err() {
        return BTreeSet::new();
    }
    all(set, &Authority::of(owner, acme, set, when).within(&key.limits, set))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_key_gives_no_more_than_owner_and_maker_have_now_and_later(
        which in 0..8usize, [maker, owner, later] in [person(), person(), person()], oneself in prop::bool::weighted(0.2),
        read_only: bool, limits in prop::collection::vec(0..3usize, 0..3), days in prop::option::of(1..30i64), turns: bool,
    ) {
        let sets = roleset::all().unwrap();
        let set = &sets[which % sets.len()];
        let acme = acme(set);
        let (maker, owner) = (member(set, "mia", maker), member(set, "otto", owner));
        let owner = if oneself { maker.clone() } else { owner };
        let resources: Vec<_> = limits.iter().map(|n| (reference(PLACES[*n]).key, Some(resource(PLACES[*n])))).collect();
        let end = days.map(|days| now() + jiff::SignedDuration::from_hours(24 * days));
        let scene = |actor, when| DecisionContext { organization: &acme, set, actor, key: None, now: when, known: None };
        let ask = || NewApiKey { name: "zapier".parse().unwrap(), read_only, resources: &resources, expires_at: end };

        // Either the maker's own key, or the owner's that the maker turns: both tell the maker a secret.
        let made = if turns {
            let own = create(&scene(&owner, now()), Some(&owner), ask(), 7, &mut Ids::default());
            own.and_then(|(key, _, changes)| {
                let owner = changes.members[0].after.clone();
                rotate(&scene(&maker, now()), (owner.as_ref(), Some(&key)), 0, 8, &mut Ids::default()).map(|made| made.0)
            })
        } else {
            create(&scene(&maker, now()), Some(&owner), ask(), 7, &mut Ids::default()).map(|made| made.0)
        };
        let Ok(key) = made else { return Ok(()) };

        let promoted = Member { id: owner.id, ..member(set, "otto", later) };
        for when in [now(), at("2026-03-15T12:00:00Z"), at("2026-03-25T12:00:00Z")] {
            let makers = all(set, &Authority::of(&maker, &acme, set, when));
            for owner in [&owner, &promoted] {
                let owners = all(set, &Authority::of(owner, &acme, set, when));
                let keys = through(set, &acme, owner, &key, when);
                prop_assert!(keys.is_subset(&owners), "{keys:?} is more than the owner's {owners:?}");
                if !oneself {
                    prop_assert!(keys.is_subset(&makers), "{keys:?} is more than the maker's {makers:?} at {when}");
                }
            }
        }
    }
}
