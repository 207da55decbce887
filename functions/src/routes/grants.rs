//! Single grants: one role on one resource, given, changed or taken away; everything else that the member holds stays.

use super::members::{target, view};
use crate::shapes::member::PutGrant;
use muster_domain::rules::members::{MemberRefusal, WantedGrant, grant_one, manages_all_of, may_see, revoke_one};
use muster_domain::{Instant, Member, OrganizationId, ResourceKey, ResourceRef, permission};
use muster_edge::{Call, Inside, Outcome, Problem, Reply};
use muster_store::Key;

/// The resource of the path; under a name that no resource can have there is none.
fn resource(call: &Call) -> Result<ResourceKey, Problem> {
    let nowhere = |_| Problem::not_found("resource");
    Ok(ResourceKey {
        kind: call.path_named("type").map_err(nowhere)?,
        id: call.path_named("id").map_err(nowhere)?,
    })
}

/// Whether the member holds a role on the resource at present: then the grant is there, and its state is the member's.
fn holds(inside: &Inside, member: &Member, key: &ResourceKey) -> bool {
    let mut live = member.live(&inside.organization, inside.set, inside.now);
    live.any(|(_, on)| on.is_some_and(|on| on.key == *key))
}

/// Gives a member a role on one resource, or changes the one they hold there. Some roles let members do so for themselves.
pub async fn put(call: Call) -> Outcome {
    let user = call.caller().await?;
    let organization: OrganizationId = call.path("org")?;
    let id = target(&call, &user)?;
    let key = resource(&call)?;
    let body: PutGrant = call.body()?;
    let keys = vec![Key::member(organization, id), Key::resource(organization, &key)];
    call.change_inside(&user, organization, keys, |inside, seen, ids| {
        let scene = inside.scene()?;
        let before = seen.member(organization, id)?;
        let wanted = WantedGrant {
            resource: (key.clone(), seen.resource(organization, &key)?),
            role: body.role.clone(),
            expires_at: body.expires_at.and_then(Instant::end),
        };
        let (after, changes) = grant_one(&scene, before.as_ref(), &wanted, ids)?;
        let held = before.as_ref().is_some_and(|member| holds(inside, member, &key));
        match call.precondition_of_part(held, before.as_ref()) {
            // Of somebody out of sight, a condition tells no more than of nobody.
            Err(_) if !before.as_ref().is_some_and(|member| may_see(&scene, member)) => {
                return Err(MemberRefusal::NotFound.into());
            }
            checked => checked?,
        }
        let authority = scene.authority();
        let own = after.id == user.id && inside.is_everywhere();
        let in_sight = |r: &ResourceRef| own || authority.allows(permission::MEMBERS_READ, Some(r));
        let shown = view(inside).member(&after, in_sight);
        let shown = if own || manages_all_of(&scene, &after) {
            shown
        } else {
            shown.for_others()
        };
        Ok(inside.commit(changes, Reply::json(200, &shown)?.showing(&after)))
    })
    .await
}

/// Takes away the role a member holds on one resource.
pub async fn delete(call: Call) -> Outcome {
    let user = call.caller().await?;
    call.no_body()?;
    let organization: OrganizationId = call.path("org")?;
    let id = target(&call, &user)?;
    let key = resource(&call)?;
    let keys = vec![Key::member(organization, id), Key::resource(organization, &key)];
    call.change_inside(&user, organization, keys, |inside, seen, ids| {
        let found = (key.clone(), seen.resource(organization, &key)?);
        let before = seen.member(organization, id)?;
        let (_, changes) = revoke_one(&inside.scene()?, before.as_ref(), &found, ids)?;
        call.precondition(before.as_ref().filter(|member| holds(inside, member, &key)))?;
        Ok(inside.commit(changes, Reply::empty()))
    })
    .await
}
