//! Resources: list, register or rename, delete.

use crate::api::PageResponse;
use crate::api::resource::{PutResourceRequest, ResourceResponse};
use muster_domain::rules::resources;
use muster_domain::{OrganizationId, Resource, ResourceKey, permission};
use muster_edge::org_context::Visibility;
use muster_edge::{Call, CallerKind, Outcome, Problem, Reply, User};
use muster_store::{Cursor, Key, Page};

/// Lists resources: all of them, or those the caller's roles are limited to.
pub async fn list(call: Call, user: User) -> Outcome {
    let id: OrganizationId = call.path("org")?;
    let query = call.query(&["limit", "cursor"])?;
    let (cursor, limit) = (query.cursor()?, query.limit()?);
    let store = call.app.store();
    let (org, _) = call.read_in_org(&user, id, Vec::new()).await?;
    let page = match org.visibility(permission::RESOURCES_READ)? {
        Visibility::All => store.resources(id, cursor.as_ref(), limit).await?,
        // The member's grants and the key's limits name all visible resources, so the read is bounded however many there are.
        Visibility::Some(authority) => {
            let CallerKind::Member(member) = &org.caller_kind else {
                return Err(Problem::internal());
            };
            let sees = |r: &Resource| authority.allows(permission::RESOURCES_READ, Some(&r.reference));
            // Through a key, a role on the whole organization reaches the resources that the key is limited to.
            let limits = org.key.iter().flat_map(|key| &key.limits.resources);
            let held = member.grants.iter().map(|g| &g.resource);
            let mut keys: Vec<ResourceKey> = held.chain(limits).map(|r| r.key.clone()).collect();
            keys.sort();
            keys.dedup();
            let place = |key: &ResourceKey| Key::resource(id, key).sk;
            keys.retain(|key| cursor.as_ref().is_none_or(|c| place(key).as_str() > c.sort_key()));
            let next = keys.get(limit).is_some();
            keys.truncate(limit);
            let read = store
                .read(&keys.iter().map(|key| Key::resource(id, key)).collect::<Vec<_>>())
                .await?;
            let mut items = Vec::new();
            for key in &keys {
                items.extend(read.resource(id, key)?.filter(|r| sees(r)));
            }
            let next = keys.last().filter(|_| next).map(|last| Cursor::after(place(last)));
            Page { items, next }
        }
    };
    let items = page.items.iter().map(ResourceResponse::from).collect();
    Reply::json(
        200,
        &PageResponse {
            items,
            next_cursor: query.seal(page.next.as_ref()),
        },
    )
}

fn key(call: &Call) -> Result<ResourceKey, Problem> {
    Ok(ResourceKey {
        kind: call.path_named("type")?,
        id: call.path_named("id")?,
    })
}

/// Registers a resource, or renames it.
pub async fn put(call: Call, user: User) -> Outcome {
    let id: OrganizationId = call.path("org")?;
    let key = key(&call)?;
    let body: PutResourceRequest = call.body()?;
    call.change_in_org(&user, id, vec![Key::resource(id, &key)], |org, read, ids| {
        let found = read.resource(id, &key)?;
        let (resource, changes) = resources::put(
            &org.decision_context()?,
            key.clone(),
            found.as_ref(),
            body.name.clone(),
            ids,
        )?;
        call.precondition(found.as_ref())?;
        let status = if found.is_some() { 200 } else { 201 };
        Ok(org.commit(
            changes,
            Reply::json(status, &ResourceResponse::from(&resource))?.showing(&resource),
        ))
    })
    .await
}

/// Deletes a resource. Access through it ends immediately; the rest of its data is deleted in the background.
pub async fn delete(call: Call, user: User) -> Outcome {
    let id: OrganizationId = call.path("org")?;
    let key = key(&call).map_err(|_| Problem::not_found("resource"))?;
    call.change_in_org(&user, id, vec![Key::resource(id, &key)], |org, read, ids| {
        let found = read.resource(id, &key)?;
        let changes = resources::delete(&org.decision_context()?, found.as_ref(), ids)?;
        call.precondition(found.as_ref())?;
        Ok(org.commit(changes, Reply::empty()))
    })
    .await
}
