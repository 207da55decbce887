//! Registering, renaming and deleting resources.

use crate::changes::{Changes, Pair};
use crate::event::{EntityRef, EventKind};
use crate::id::{JobId, NewIds, Registration};
use crate::job::{Job, Work};
use crate::organization::Organization;
use crate::resource::{Resource, ResourceKey, ResourceRef};
use crate::roleset::permission;
use crate::rules::DecisionContext;
use crate::text::Name;
use crate::violation::Violation;
use serde_json::json;

/// The most deletions in progress at the same time: the organization lists them, so that grants on them end immediately.
pub const MAX_ENDING: usize = 100;
/// The most of them that one member may have asked for, so that no member takes up all of them.
pub const MAX_ENDING_EACH: usize = 50;
/// The most deletions in progress for holders of the protected role: it is higher, so that some are left to them, whatever
/// others delete.
pub const MAX_ENDING_OWNED: usize = 150;

/// The reason for not changing a resource.
#[derive(Debug, PartialEq, Eq)]
pub enum ResourceRefusal {
    /// The actor has no permission for it.
    Forbidden,
    /// There is no such resource.
    NotFound,
    /// Invalid fields.
    Invalid(Vec<Violation>),
    /// Too many deletions are in progress, in all or for this member.
    TooManyDeletions,
}

/// Whether the actor may register, rename and delete resources.
#[must_use]
pub fn may_manage(ctx: &DecisionContext<'_>) -> bool {
    ctx.authority().allows(permission::RESOURCES_MANAGE, None)
}

/// Registers a resource, or renames it.
///
/// # Errors
/// [`ResourceRefusal::Forbidden`], [`ResourceRefusal::Invalid`] for a type that the role set does not know.
pub fn put(
    ctx: &DecisionContext<'_>,
    key: ResourceKey,
    found: Option<&Resource>,
    name: Name,
    ids: &mut dyn NewIds,
) -> Result<(Resource, Changes), ResourceRefusal> {
    if !may_manage(ctx) {
        return Err(ResourceRefusal::Forbidden);
    }
    check_type(ctx, &key)?;
    let after = match found {
        Some(before) if before.name == name => return Ok((before.clone(), Changes::default())),
        Some(before) => Resource {
            name,
            version: before.version + 1,
            ..before.clone()
        },
        None => Resource {
            organization: ctx.organization.id,
            reference: ResourceRef {
                key,
                registration: Registration::from_uuid(ids.uuid()),
            },
            name,
            created_at: ctx.now,
            version: 1,
        },
    };
    let kind = if found.is_some() {
        EventKind::ResourceRenamed
    } else {
        EventKind::ResourceRegistered
    };
    let subject = EntityRef::resource(&after.reference.key);
    let event = ctx.recorder(ids).event(
        kind,
        subject,
        found.map(|r| json!({ "name": r.name })),
        Some(json!({ "name": after.name })),
    );
    let changes = Changes {
        resources: vec![Pair {
            before: found.cloned(),
            after: Some(after.clone()),
        }],
        events: vec![event],
        relied_on: ctx.relied_on(),
        ..Changes::default()
    };
    Ok((after, changes))
}

fn check_type(ctx: &DecisionContext<'_>, key: &ResourceKey) -> Result<(), ResourceRefusal> {
    let expected = &ctx.set.resource_type;
    if key.kind == *expected {
        return Ok(());
    }
    let detail = format!("resources of this organization have the type `{expected}`");
    let violation = Violation::field("type", "unknown_type", detail);
    Err(ResourceRefusal::Invalid(vec![violation]))
}

/// Deletes a resource. Every grant on it is dead from here on; a background job deletes the items.
///
/// # Errors
/// [`ResourceRefusal`], except `Invalid`.
pub fn delete(
    ctx: &DecisionContext<'_>,
    found: Option<&Resource>,
    ids: &mut dyn NewIds,
) -> Result<Changes, ResourceRefusal> {
    if !may_manage(ctx) {
        return Err(ResourceRefusal::Forbidden);
    }
    let resource = found.ok_or(ResourceRefusal::NotFound)?;
    let before = ctx.organization;
    if !has_room(ctx) {
        return Err(ResourceRefusal::TooManyDeletions);
    }
    let mut after = Organization {
        version: before.version + 1,
        ..before.clone()
    };
    after.ending.insert(resource.reference.registration);
    after.ending_by.insert(resource.reference.registration, ctx.actor.id);
    let work = Work::EndResource {
        resource: resource.reference.clone(),
        after: None,
        late: false,
    };
    let job = Job::new(JobId::from_uuid(ids.uuid()), before.id, work, ctx.now);
    let subject = EntityRef::resource(&resource.reference.key);
    let event = ctx.recorder(ids).event(
        EventKind::ResourceDeleted,
        subject,
        Some(json!({ "name": resource.name })),
        None,
    );
    Ok(Changes {
        organization: Some(Pair::change(before.clone(), after)),
        resources: vec![Pair::removed(resource.clone())],
        jobs: vec![Pair::new(job)],
        events: vec![event],
        relied_on: ctx.relied_on(),
        ..Changes::default()
    })
}

/// Whether the organization can list one more deletion for the actor.
fn has_room(ctx: &DecisionContext<'_>) -> bool {
    let organization = ctx.organization;
    if ctx.actor.is_active_owner(ctx.set) {
        return organization.ending.len() < MAX_ENDING_OWNED;
    }
    let own = organization
        .ending_by
        .values()
        .filter(|by| **by == ctx.actor.id)
        .count();
    organization.ending.len() < MAX_ENDING && own < MAX_ENDING_EACH
}
