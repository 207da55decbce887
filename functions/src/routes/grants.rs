//! Single grants: one role on one resource, given, changed or taken away; everything else that the member holds stays.

use super::members::{target, view};
use crate::shapes::member::PutGrant;
use muster_domain::rules::members::{WantedGrant, grant_one, manages_all_of, revoke_one};
use muster_domain::{OrganizationId, ResourceKey, ResourceRef, permission};
use muster_edge::{Call, Outcome, Problem, Reply};
use muster_store::Key;

/// The resource of the path; under a name that no resource can have there is none.
fn resource(call: &Call) -> Result<ResourceKey, Problem> {
    let nowhere = |_| Problem::not_found("resource");
    Ok(ResourceKey {
        kind: call.path_named("type").map_err(nowhere)?,
        id: call.path_named("id").map_err(nowhere)?,
    })
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
            expires_at: body.expires_at,
        };
        let (after, changes) = grant_one(&scene, before.as_ref(), &wanted, ids)?;
        let authority = scene.authority();
        let own = after.id == user.id && inside.is_everywhere();
        let in_sight = |r: &ResourceRef| own || authority.allows(permission::MEMBERS_READ, Some(r));
        let shown = view(inside).member(&after, in_sight);
        let shown = if own || manages_all_of(&scene, &after) {
            shown
        } else {
            shown.for_others()
        };
        Ok(inside.commit(changes, Reply::json(200, &shown)?.version(after.version)))
    })
    .await
}

/// Takes away the role a member holds on one resource.
pub async fn delete(call: Call) -> Outcome {
    let user = call.caller().await?;
    let organization: OrganizationId = call.path("org")?;
    let id = target(&call, &user)?;
    let key = resource(&call)?;
    let keys = vec![Key::member(organization, id), Key::resource(organization, &key)];
    call.change_inside(&user, organization, keys, |inside, seen, ids| {
        let found = (key.clone(), seen.resource(organization, &key)?);
        let before = seen.member(organization, id)?;
        let (_, changes) = revoke_one(&inside.scene()?, before.as_ref(), &found, ids)?;
        Ok(inside.commit(changes, Reply::empty()))
    })
    .await
}
