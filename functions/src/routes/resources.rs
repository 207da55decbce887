//! Resources: list, register or rename, delete.

use crate::api::PageResponse;
use crate::api::resource::{PutResourceRequest, ResourceResponse};
use crate::openapi::query::{MAX_IDS, RESOURCE_IDS, SEARCH_WORDS, terms};
use muster_domain::rules::resources;
use muster_domain::search::matches;
use muster_domain::violation::Violation;
use muster_domain::{OrganizationId, Resource, ResourceId, ResourceKey, permission};
use muster_edge::org_context::Visibility;
use muster_edge::{Call, CallerKind, Outcome, Problem, Reply, User};
use muster_store::{Cursor, Key, Page, Store, StoreError};
use std::collections::BTreeSet;

/// Lists resources: all of them, or those the caller's roles are limited to. `q` selects those in which each word begins a word, and
/// `ids` those with one of these ids.
pub async fn list(call: Call, user: User) -> Outcome {
    let id: OrganizationId = call.path("org")?;
    let query = call.query(&[SEARCH_WORDS.name, RESOURCE_IDS.name, "limit", "cursor"])?;
    let (cursor, limit) = (query.cursor()?, query.limit()?);
    let terms = terms(&query)?;
    let named = query.get(RESOURCE_IDS.name).map(resource_ids).transpose()?;
    let store = call.app.store();
    let (org, _) = call.read_in_org(&user, id, Vec::new()).await?;
    let of_type = |id: &ResourceId| ResourceKey {
        kind: org.set.resource_type.clone(),
        id: id.clone(),
    };
    let page = match (org.visibility(permission::RESOURCES_READ)?, named) {
        (Visibility::All, None) => store.resources_by(id, &terms, cursor.as_ref(), limit).await?,
        (Visibility::All, Some(named)) => {
            let keys = named.iter().map(of_type).collect();
            among(store, id, keys, cursor.as_ref(), limit, |found| {
                matches(&found.words(), &terms)
            })
            .await?
        }
        // The member's grants and the key's limits name all visible resources, so the read is bounded however many there are.
        (Visibility::Some(authority), named) => {
            let CallerKind::Member(member) = &org.caller_kind else {
                return Err(Problem::internal());
            };
            // Through a key, a role on the whole organization reaches the resources that the key is limited to.
            let limits = org.key.iter().flat_map(|key| &key.limits.resources);
            let held = member.grants.iter().map(|g| &g.resource);
            let keys = held.chain(limits).map(|r| r.key.clone());
            let is_named = |key: &ResourceKey| named.as_ref().is_none_or(|named| named.contains(&key.id));
            let sees = |found: &Resource| {
                authority.allows(permission::RESOURCES_READ, Some(&found.reference)) && matches(&found.words(), &terms)
            };
            let keys = keys.filter(is_named).collect();
            among(store, id, keys, cursor.as_ref(), limit, sees).await?
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

/// A page of those of these resources that are there and pass.
async fn among(
    store: &Store,
    organization: OrganizationId,
    keys: BTreeSet<ResourceKey>,
    after: Option<&Cursor>,
    limit: usize,
    passes: impl Fn(&Resource) -> bool,
) -> Result<Page<Resource>, StoreError> {
    let place = |key: &ResourceKey| Key::resource(organization, key).sk;
    let is_ahead = |key: &ResourceKey| after.is_none_or(|after| place(key).as_str() > after.sort_key());
    let mut keys: Vec<ResourceKey> = keys.into_iter().filter(is_ahead).collect();
    let more = keys.get(limit).is_some();
    keys.truncate(limit);
    let read = store
        .read(
            &keys
                .iter()
                .map(|key| Key::resource(organization, key))
                .collect::<Vec<_>>(),
        )
        .await?;
    let mut items = Vec::new();
    for key in &keys {
        items.extend(read.resource(organization, key)?.filter(|found| passes(found)));
    }
    let next = keys.last().filter(|_| more).map(|last| Cursor::after(place(last)));
    Ok(Page { items, next })
}

/// The ids that a query names.
fn resource_ids(text: &str) -> Result<BTreeSet<ResourceId>, Problem> {
    let fault = |code, detail: &str| {
        let violation = Violation::field(RESOURCE_IDS.name, code, detail);
        Problem::invalid_query([violation])
    };
    let ids: Vec<&str> = text.split(',').collect();
    if ids.len() > MAX_IDS {
        return Err(fault("too_many", &format!("must have at most {MAX_IDS} entries")));
    }
    let parsed = ids.into_iter().map(str::parse::<ResourceId>);
    let parsed: Result<BTreeSet<ResourceId>, _> = parsed.collect();
    parsed.map_err(|error| fault("invalid_value", &error.to_string()))
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
