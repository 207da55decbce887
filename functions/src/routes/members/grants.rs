//! Single grants: one role on one resource, given, changed or removed. The member's other roles stay.

use super::{target, view};
use crate::api::grant::PutGrantRequest;
use crate::api::resource::ResourceNames;
use muster_domain::rules::hierarchy;
use muster_domain::rules::members::{self, MemberRefusal, WantedGrant};
use muster_domain::{Instant, Member, OrganizationId, ResourceKey, ResourceRef, permission};
use muster_edge::{Call, OrgContext, Outcome, Problem, Reply, User};
use muster_store::Key;

/// The resource of the path. A name that no resource can have is a resource that does not exist.
fn resource(call: &Call) -> Result<ResourceKey, Problem> {
    let nowhere = |_| Problem::not_found("resource");
    Ok(ResourceKey {
        kind: call.path_named("type").map_err(nowhere)?,
        id: call.path_named("id").map_err(nowhere)?,
    })
}

/// Whether the member currently holds a role on the resource. If so, the grant exists, and its state is the member's.
fn holds(org: &OrgContext, member: &Member, key: &ResourceKey) -> bool {
    let mut live = member.live(&org.organization, org.set, org.now);
    live.any(|(_, on)| on.is_some_and(|on| on.key == *key))
}

/// Gives a member a role on one resource, or changes the one they hold on it. Some roles let members do so for themselves.
pub async fn put(call: Call, user: User) -> Outcome {
    let organization: OrganizationId = call.path("org")?;
    let id = target(&call, &user)?;
    let key = resource(&call)?;
    let body: PutGrantRequest = call.body()?;
    let keys = vec![Key::member(organization, id), Key::resource(organization, &key)];
    call.change_in_org(&user, organization, keys, |org, read, ids| {
        let ctx = org.decision_context()?;
        let before = read.member(organization, id)?;
        let wanted = WantedGrant {
            resource: (key.clone(), read.resource(organization, &key)?),
            role: body.role.clone(),
            expires_at: body.expires_at.and_then(Instant::end),
        };
        let (after, changes) = members::grant_one(&ctx, before.as_ref(), &wanted, ids)?;
        let held = before.as_ref().is_some_and(|member| holds(org, member, &key));
        match call.precondition_of_part(held, before.as_ref()) {
            // A failed condition must not reveal a member whom the caller cannot see.
            Err(_) if !before.as_ref().is_some_and(|member| hierarchy::may_see(&ctx, member)) => {
                return Err(MemberRefusal::NotFound.into());
            }
            checked => checked?,
        }
        let authority = ctx.authority();
        let own = after.id == user.id && org.covers_all_roles();
        let is_visible = |r: &ResourceRef| own || authority.allows(permission::MEMBERS_READ, Some(r));
        let shown = view(&org.after(&changes), ResourceNames::of(read)?).member(&after, is_visible);
        let shown = if own || hierarchy::manages_all_of(&ctx, &after) {
            shown
        } else {
            shown.for_others()
        };
        Ok(org.commit(changes, Reply::json(200, &shown)?.showing(&after)))
    })
    .await
}

/// Removes the role that a member holds on one resource.
pub async fn delete(call: Call, user: User) -> Outcome {
    let organization: OrganizationId = call.path("org")?;
    let id = target(&call, &user)?;
    let key = resource(&call)?;
    let keys = vec![Key::member(organization, id), Key::resource(organization, &key)];
    call.change_in_org(&user, organization, keys, |org, read, ids| {
        let found = (key.clone(), read.resource(organization, &key)?);
        let before = read.member(organization, id)?;
        let (_, changes) = members::revoke_one(&org.decision_context()?, before.as_ref(), &found, ids)?;
        call.precondition(before.as_ref().filter(|member| holds(org, member, &key)))?;
        Ok(org.commit(changes, Reply::empty()))
    })
    .await
}
