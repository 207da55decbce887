//! What holds after every step.

use crate::action::{PEOPLE, PROGRAMS};
use crate::plain::{owners, powers, seats};
use crate::sources;
use crate::world::{ISSUER, World};
use muster_domain::rules::expiry::{expire_invitation, expire_roles};
use muster_domain::{Authority, ResourceRef, UserId, permission};
use std::collections::BTreeSet;

pub(crate) fn check(world: &World) {
    let organization = &world.organization;
    let used = seats(world);
    assert_eq!(organization.seats_used, used, "seats");
    if let Some(limit) = organization.plan.seat_limit {
        assert!(used <= limit || used <= world.seats_before, "grew beyond the limit");
    }
    assert_eq!(organization.active_owners, owners(world), "owners");
    assert!(owners(world) >= 1, "no owner is left");
    assert!(owners(world) == 1 || !world.kind.one_owner, "a second owner");

    let mut holders = BTreeSet::new();
    let people = world.members.values().map(|m| &m.email);
    for email in people.chain(world.pending().map(|i| &i.email)) {
        assert!(holders.insert(email.clone()), "{email} stands twice");
    }
    assert!(world.members.len() <= PEOPLE && world.resources.len() <= PROGRAMS);
    for member in world.members.values() {
        let subject = member
            .subject
            .as_ref()
            .map(|subject| UserId::of(ISSUER, subject.as_str()));
        assert_eq!(subject, Some(member.id), "the subject of another user");
        let places: BTreeSet<_> = member.grants.iter().map(|g| &g.resource).collect();
        assert_eq!(places.len(), member.grants.len(), "two roles on one program");
    }
    sources::are_known(world);
    authority_is_what_the_model_says(world);
    what_is_over_is_due(world);
}

/// Each permission, on each program and on the whole: the rules and the model say the same.
fn authority_is_what_the_model_says(world: &World) {
    let mut places: Vec<Option<ResourceRef>> = world.resources.values().map(|r| Some(r.reference.clone())).collect();
    places.push(None);
    // What people hold on programs that are gone gives nothing either.
    let held = world.members.values().flat_map(|m| &m.grants);
    places.extend(held.map(|g| Some(g.resource.clone())));
    for member in world.members.values() {
        let authority = Authority::of(member, &world.organization, world.set, world.now);
        let plain = powers(world, member);
        for place in &places {
            for permission in permission::ALL {
                let model = plain.iter().any(|p| p.covers(place.as_ref()) && p.may(permission));
                let rules = authority.allows(permission, place.as_ref());
                assert_eq!(rules, model, "{permission} on {place:?} of {member:?}");
            }
        }
    }
}

/// Whatever is over is found by the schedule, which looks at what is due only.
fn what_is_over_is_due(world: &World) {
    for member in world.members.values() {
        let over = member
            .holdings()
            .any(|(h, _)| h.expires_at.is_some_and(|end| end <= world.now));
        let due = member.due_at.is_some_and(|due| due <= world.now);
        assert!(due || !over, "nobody will end what is over: {member:?}");
    }
}

/// After the schedule has run nothing is due any more, and a second run changes nothing.
pub(crate) fn nothing_is_due(world: &mut World) {
    for member in world.members.values() {
        let over = member
            .holdings()
            .any(|(h, _)| h.expires_at.is_some_and(|end| end <= world.now));
        assert!(!over, "left over: {member:?}");
        let again = expire_roles(&world.organization, world.set, member, world.now, &mut world.ids);
        assert!(again.is_empty(), "expired twice");
    }
    for invitation in world.invitations.values() {
        assert!(expire_invitation(invitation, world.now, &mut world.ids).is_empty());
    }
}
