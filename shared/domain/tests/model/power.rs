//! Nobody gains, gives or takes more than a role of theirs may, by the plain model.

use crate::plain::{Power, powers};
use crate::world::World;
use muster_domain::{Changes, Invitation, Member, ResourceRef, Timestamp, UserId};

/// On whose word something changes.
#[derive(Debug, Clone)]
pub(crate) enum Cause {
    /// A member's.
    Member(UserId),
    /// Somebody's who answers an invitation.
    Invitee(UserId),
    /// The platform's.
    Platform(UserId),
    /// Time's, or that of a job which carries out what was decided before.
    System,
}

type Holding = (String, Option<ResourceRef>, Option<Timestamp>, u32);

fn holdings(member: &Option<Member>) -> Vec<Holding> {
    let plain = |held: &muster_domain::RoleAssignment, on| (held.role.to_string(), on, held.expires_at, held.epoch);
    let mut all = Vec::new();
    for member in member.iter() {
        all.extend(member.role.iter().map(|held| plain(held, None)));
        all.extend(member.grants.iter().map(|g| plain(&g.held, Some(g.resource.clone()))));
    }
    all
}

fn without(these: &[Holding], those: &[Holding]) -> Vec<Holding> {
    these.iter().filter(|h| !those.contains(h)).cloned().collect()
}

pub(crate) fn check(world: &World, cause: &Cause, changes: &Changes) {
    match cause {
        // A job may outlive the member it works for; then it may only go.
        Cause::Member(id) => match world.members.get(id) {
            Some(member) => check_member(world, member, changes),
            None => assert!(changes.events.is_empty() && changes.mail.is_empty()),
        },
        Cause::Invitee(_) => check_guest(world, changes),
        Cause::Platform(_) => assert!(changes.members.is_empty() && changes.invitations.is_empty()),
        Cause::System => check_system(world, changes),
    }
}

fn check_member(world: &World, actor: &Member, changes: &Changes) {
    let own = powers(world, actor);
    for pair in &changes.members {
        let target = pair.before.as_ref().expect("members come by accepting only");
        let (before, after) = (holdings(&pair.before), holdings(&pair.after));
        let oneself = target.id == actor.id;
        assert!(
            !oneself || pair.after.is_some() || world.kind.may_leave,
            "left where nobody leaves"
        );
        let statuses = pair.after.as_ref().map(|m| m.status);
        let manages = own.iter().any(|p| p.may("members:manage"));
        if oneself && !manages && pair.after.is_some() {
            for (role, on, ..) in without(&before, &after) {
                assert!(takes_on(&own, &role, on.as_ref()), "{own:?} dropped {role} on {on:?}");
            }
        }
        if !oneself {
            // Switching somebody off and on, and removing them, touches all they hold.
            let touched = if statuses == Some(target.status) {
                without(&before, &after)
            } else {
                before.clone()
            };
            for (role, on, ..) in touched {
                assert!(
                    takes(world, &own, target, &role, on.as_ref()),
                    "{own:?} took {role} on {on:?}"
                );
            }
        }
        for (role, on, end, epoch) in without(&after, &before) {
            let gives = |p: &Power| p.rules_over(&role) && p.covers(on.as_ref());
            // Nobody gives what lasts longer than their own power; what is there already may keep a later end.
            let kept = before
                .iter()
                .any(|(r, o, had, e)| (r, o, e) == (&role, &on, &epoch) && ends(*had) >= ends(end));
            let lasts = |p: &Power| ends(end) <= ends(p.end) || (!oneself && kept);
            let beside =
                waits(world, &role) && on.is_none() && after.len() > 1 && own.iter().any(|p| p.rules_over(&role));
            let given = own.iter().any(|p| gives(p) && lasts(p));
            let taken = own
                .iter()
                .any(|p| p.takes_on(&role) && p.covers(on.as_ref()) && lasts(p));
            let given = given || (oneself && on.is_some() && taken);
            assert!(given || beside, "{own:?} gave {role} on {on:?} until {end:?}");
        }
    }
    for pair in &changes.invitations {
        let expired = pair
            .after
            .as_ref()
            .is_some_and(|i| i.state == muster_domain::InvitationState::Expired);
        if expired {
            continue;
        }
        for invitation in [&pair.before, &pair.after].into_iter().flatten() {
            // What an ended invitation once offered on a program that is gone binds nobody.
            assert!(offers(&own, invitation), "{own:?} offered {invitation:?}");
        }
        let after = pair.after.as_ref().expect("invitations stay");
        let answers = after.invited_by == actor.id || after.state != muster_domain::InvitationState::Pending;
        // Sent again with all others, it stays with those who answer for it and could offer it as well as whoever asked.
        let stays = |before: &Invitation| {
            let could = |id| world.members.get(&id).is_some_and(|m| offers(&powers(world, m), after));
            before.answerable().eq(after.answerable()) && after.answerable().all(could)
        };
        let stays = pair.before.as_ref().is_some_and(stays);
        assert!(answers || stays, "somebody else answers for what was offered");
    }
    let needs = |permission: &str| own.iter().any(|p| p.on.is_none() && p.may(permission));
    assert!(changes.resources.is_empty() || needs("resources:manage"));
    // Deleting a resource notes it in the organization, and needs no more than that.
    let touched = changes.organization.is_some() && changes.resources.is_empty();
    assert!(!touched || needs("organization:update"));
}

/// Whether these powers take the role on, and drop it, for themselves.
fn takes_on(own: &[Power], role: &str, on: Option<&ResourceRef>) -> bool {
    on.is_some() && own.iter().any(|p| p.takes_on(role) && p.covers(on))
}

/// Whether a role that is held on the organization gives nothing there, and waits for resources.
fn waits(world: &World, role: &str) -> bool {
    !world.kind.said(role).everywhere
}

fn takes(world: &World, own: &[Power], target: &Member, role: &str, on: Option<&ResourceRef>) -> bool {
    let over = |on: Option<&ResourceRef>| own.iter().any(|p| p.rules_over(role) && p.covers(on));
    let beside = waits(world, role) && on.is_none() && !target.grants.is_empty();
    over(on) || (beside && target.grants.iter().all(|g| over(Some(&g.resource))))
}

/// Whether these powers may offer this: the role, and inviting, on each program; or everywhere.
fn offers(own: &[Power], invitation: &Invitation) -> bool {
    let role = invitation.role.as_str();
    let there = |on: Option<&ResourceRef>| {
        own.iter().any(|p| p.rules_over(role) && p.covers(on))
            && own.iter().any(|p| p.may("members:invite") && p.covers(on))
    };
    let programs = &invitation.resources;
    there(None) || (!programs.is_empty() && programs.iter().all(|r| there(Some(r))))
}

/// When something ends, what has no end last.
fn ends(end: Option<Timestamp>) -> Timestamp {
    end.unwrap_or(Timestamp::MAX)
}

/// Until when these powers offer the role there: as long as one gives it, and one invites.
fn offered_until(own: &[Power], role: &str, on: Option<&ResourceRef>) -> Option<Timestamp> {
    let longest =
        |has: &dyn Fn(&Power) -> bool| own.iter().filter(|p| p.covers(on) && has(p)).map(|p| ends(p.end)).max();
    let gives = longest(&|p| p.rules_over(role))?;
    Some(gives.min(longest(&|p| p.may("members:invite"))?))
}

/// Who accepts gets what was offered, for as long as the inviter may still give it; nobody else is touched.
fn check_guest(world: &World, changes: &Changes) {
    for pair in &changes.members {
        let (offer, after) = (
            changes.invitations[0].before.as_ref().unwrap(),
            pair.after.as_ref().unwrap(),
        );
        assert!(pair.before.is_none() && after.email == offer.email);
        let inviter = world.members.get(&offer.invited_by).expect("the inviter is a member");
        let powers = powers(world, inviter);
        for (role, on, end, _) in holdings(&pair.after) {
            let beside = waits(world, &role) && on.is_none();
            let each = after
                .grants
                .iter()
                .map(|g| offered_until(&powers, &role, Some(&g.resource)));
            let beside = beside.then(|| each.min().flatten()).flatten();
            let until = offered_until(&powers, &role, on.as_ref()).max(beside);
            let until = until.unwrap_or_else(|| panic!("{powers:?} gave {role} on {on:?}"));
            assert_eq!(role, offer.role.as_str());
            assert!(on.is_none_or(|on| offer.resources.contains(&on)));
            assert_eq!(
                ends(end),
                ends(offer.term.and_then(|term| term.end(world.now))).min(until)
            );
        }
    }
}

/// Time and jobs only ever take; resending is on the word of a member, and is looked at as theirs.
fn check_system(world: &World, changes: &Changes) {
    for pair in &changes.members {
        let (before, after) = (holdings(&pair.before), holdings(&pair.after));
        assert_eq!(without(&after, &before), Vec::new(), "time gave a role");
        for (role, on, end, epoch) in without(&before, &after) {
            let over = end.is_some_and(|end| end <= world.now);
            let off = Some(role.as_str()) == world.kind.helper && epoch < world.switched_off;
            let gone = on.is_some_and(|r| world.resources.get(&r.key).is_none_or(|found| found.reference != r));
            assert!(over || off || gone, "time took {role} too early");
        }
    }
}
