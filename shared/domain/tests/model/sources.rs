//! Each role says how it was given, by whom and when; one that a step does not touch says what it said before.

use crate::power::Cause;
use crate::world::World;
use muster_domain::{Changes, Giver, Member, ResourceRef, RoleAssignment, RoleSource, SourceKind};

pub(crate) fn check(world: &World, cause: &Cause, changes: &Changes) {
    for pair in &changes.members {
        let Some(after) = &pair.after else { continue };
        for (held, on) in after.holdings() {
            let before = pair.before.as_ref().and_then(|before| same(before, held, on));
            let expected = match before {
                Some(before) => before.source,
                None => Some(given(world, cause, changes, after)),
            };
            assert_eq!(held.source, expected, "{held:?} on {on:?}, by {cause:?}");
        }
    }
}

/// What they held there before, with the same end.
fn same<'m>(before: &'m Member, held: &RoleAssignment, on: Option<&ResourceRef>) -> Option<&'m RoleAssignment> {
    let mut holdings = before.holdings();
    let found = holdings.find(|(old, at)| {
        *at == on && (&old.role, old.expires_at, old.epoch) == (&held.role, held.expires_at, held.epoch)
    });
    found.map(|(old, _)| old)
}

/// Where what this step gives comes from.
fn given(world: &World, cause: &Cause, changes: &Changes, receiver: &Member) -> RoleSource {
    let (kind, by) = match cause {
        Cause::Member(actor) if *actor == receiver.id => (SourceKind::SelfAssigned, *actor),
        Cause::Member(actor) => (SourceKind::Assigned, *actor),
        Cause::Invitee(_) => {
            let invitation = changes.invitations[0].before.as_ref().unwrap();
            (SourceKind::Invitation(invitation.id), invitation.invited_by)
        }
        Cause::Platform(_) | Cause::System => panic!("{cause:?} gave a role"),
    };
    RoleSource {
        kind,
        by: Some(Giver::Member(by)),
        at: world.now,
    }
}

/// No role is without a source.
pub(crate) fn are_known(world: &World) {
    for member in world.members.values() {
        for (held, on) in member.holdings() {
            assert!(held.source.is_some(), "{held:?} on {on:?}");
        }
    }
}
