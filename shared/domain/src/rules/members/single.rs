//! One role on one resource, given or taken away; everything else that the member holds stays.

use super::wanted::grant;
use super::{MemberRefusal, WantedGrant, changed, check_power, has_a_say, target};
use crate::changes::Changes;
use crate::id::NewIds;
use crate::member::{Grant, Held, MAX_GRANTS, Member, Status};
use crate::resource::{Resource, ResourceKey, ResourceRef};
use crate::roleset::{RoleSet, permission};
use crate::rules::giving::bounded;
use crate::rules::{Fault, Scene};

/// Gives a member a role on one resource, in place of the one they hold there. What is so already is no change.
///
/// Members give themselves what their role lets them take on (001), without managing anybody. And who manages members of a resource
/// takes in people of the organization whom they do not see yet; where that fails they are told no more than of nobody, but for a want
/// of seats.
///
/// # Errors
/// [`MemberRefusal`].
pub fn grant_one(
    scene: &Scene<'_>,
    found: Option<&Member>,
    wanted: &WantedGrant,
    ids: &mut dyn NewIds,
) -> Result<(Member, Changes), MemberRefusal> {
    match (target(scene, found), found) {
        (Ok(before), _) => given(scene, before, wanted, ids),
        (Err(MemberRefusal::NotFound), Some(unseen)) if may_be_taken_in(scene, unseen) => {
            match given(scene, unseen, wanted, ids) {
                Err(MemberRefusal::NoSeats { seats, needed }) => Err(MemberRefusal::NoSeats { seats, needed }),
                done => done.map_err(|_| MemberRefusal::NotFound),
            }
        }
        (Err(refusal), _) => Err(refusal),
    }
}

/// Whether a member whom the one who asks does not see may be given something. Nobody is who was deactivated: that is the word of
/// somebody who sees all of them.
fn may_be_taken_in(scene: &Scene<'_>, unseen: &Member) -> bool {
    unseen.id != scene.actor.id && unseen.status == Status::Active
}

fn given(
    scene: &Scene<'_>,
    before: &Member,
    wanted: &WantedGrant,
    ids: &mut dyn NewIds,
) -> Result<(Member, Changes), MemberRefusal> {
    let (authority, on) = (scene.authority(), there(scene, &wanted.resource));
    let takes = before.id == scene.actor.id && authority.may_take_any(on);
    if !takes && !authority.allows(permission::MEMBERS_MANAGE, on) {
        return Err(MemberRefusal::Forbidden);
    }
    on.ok_or(MemberRefusal::NoGrant)?;
    let invalid = |fault| MemberRefusal::Invalid(vec![fault]);
    let field = |field: &str| field.trim_start_matches('.').to_owned();
    let given = grant(scene, before, wanted, field).map_err(invalid)?;
    let after = granted(scene, before, vec![given])?;
    changed(scene, before, after, "member.role_changed", ids)
}

/// The member with these grants, each in place of the one they hold there, if the one who asks may give them.
pub(in crate::rules) fn granted(
    scene: &Scene<'_>,
    before: &Member,
    given: Vec<Grant>,
) -> Result<Member, MemberRefusal> {
    let mut after = before.clone();
    after
        .grants
        .retain(|g| given.iter().all(|new| new.resource != g.resource));
    after.grants.extend(given);
    let mut after = bounded(scene, before, after);
    after.grants.sort_by(|a, b| a.resource.cmp(&b.resource));
    if after.grants.len() > before.grants.len().max(MAX_GRANTS) {
        let detail = format!("a member holds {MAX_GRANTS} at most");
        let fault = Fault::field("grants", "too_many", detail);
        return Err(MemberRefusal::Invalid(vec![fault]));
    }
    check_power(scene, before, &after)?;
    Ok(after)
}

/// Takes away the role a member holds on one resource. The last thing that somebody holds is not taken so: that is for removing
/// them, or for another role (002).
///
/// # Errors
/// [`MemberRefusal`].
pub fn revoke_one(
    scene: &Scene<'_>,
    found: Option<&Member>,
    resource: &(ResourceKey, Option<Resource>),
    ids: &mut dyn NewIds,
) -> Result<(Member, Changes), MemberRefusal> {
    let before = target(scene, found)?;
    let on = there(scene, resource);
    let oneself = before.id == scene.actor.id && scene.is_whole() && has_a_say(scene, before);
    if !oneself && !scene.authority().allows(permission::MEMBERS_MANAGE, on) {
        return Err(MemberRefusal::Forbidden);
    }
    let on = on.ok_or(MemberRefusal::NoGrant)?;
    let mut live = before.live(scene.organization, scene.set, scene.now);
    let (gone, _) = live.find(|(_, at)| *at == Some(on)).ok_or(MemberRefusal::NoGrant)?;
    let mut after = before.clone();
    after.grants.retain(|g| g.resource != *on);
    check_power(scene, before, &after)?;
    if after.live(scene.organization, scene.set, scene.now).next().is_none() {
        return Err(MemberRefusal::Invalid(vec![last_one(scene.set, gone)]));
    }
    changed(scene, before, after, "member.role_changed", ids)
}

/// The resource, unless it is being deleted.
///
/// Whoever has no say there is told so before they could learn whether it exists: where there is none, power over the whole
/// organization is asked for.
fn there<'a>(scene: &Scene<'_>, (_, found): &'a (ResourceKey, Option<Resource>)) -> Option<&'a ResourceRef> {
    let found = found.as_ref().map(|r| &r.reference);
    found.filter(|on| !scene.organization.is_ending(on))
}

fn last_one(set: &RoleSet, gone: &Held) -> Fault {
    let detail = format!(
        "`{}` needs at least one {}; give another first, or remove the member",
        gone.role, set.resource_type
    );
    Fault::field("grants", "required", detail)
}
