//! Registering, renaming and deleting resources.

use crate::changes::{Changes, Pair, Reliance};
use crate::event::Party;
use crate::id::{JobId, NewIds, Registration};
use crate::job::{Job, Work};
use crate::organization::Organization;
use crate::resource::{Resource, ResourceKey, ResourceRef};
use crate::roleset::permission;
use crate::rules::{Fault, Scene};
use crate::text::Name;
use serde_json::json;

/// How many deletions may be under way at once: the organization names them, so that grants on them are dead at once.
pub const MAX_ENDING: usize = 100;

/// Why a resource is not changed.
#[derive(Debug, PartialEq, Eq)]
pub enum ResourceRefusal {
    /// The member has no say in it.
    Forbidden,
    /// There is no such resource.
    NotFound,
    /// Fields that cannot be.
    Invalid(Vec<Fault>),
    /// Too many deletions are still being carried out.
    TooManyDeletions,
}

/// Registers a resource, or renames it.
///
/// # Errors
/// [`ResourceRefusal::Forbidden`], [`ResourceRefusal::Invalid`] for a type that the role set does not know.
pub fn put(
    scene: &Scene<'_>,
    key: ResourceKey,
    found: Option<&Resource>,
    name: Name,
    ids: &mut dyn NewIds,
) -> Result<(Resource, Changes), ResourceRefusal> {
    if !scene.authority().allows(permission::RESOURCES_MANAGE, None) {
        return Err(ResourceRefusal::Forbidden);
    }
    if key.kind != scene.set.resource_type {
        let detail = format!(
            "resources of this organization are of the type `{}`",
            scene.set.resource_type
        );
        return Err(ResourceRefusal::Invalid(vec![Fault::field(
            "type",
            "unknown_type",
            detail,
        )]));
    }
    let after = match found {
        Some(before) if before.name == name => return Ok((before.clone(), Changes::default())),
        Some(before) => Resource {
            name,
            version: before.version + 1,
            ..before.clone()
        },
        None => Resource {
            organization: scene.organization.id,
            reference: ResourceRef {
                key,
                registration: Registration::from_uuid(ids.uuid()),
            },
            name,
            created_at: scene.now,
            version: 1,
        },
    };
    let kind = if found.is_some() {
        "resource.renamed"
    } else {
        "resource.registered"
    };
    let subject = Party::resource(&after.reference.key);
    let event = scene.recorder(ids).event(
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
        relied_on: vec![Reliance::on(scene.actor)],
        ..Changes::default()
    };
    Ok((after, changes))
}

/// Deletes a resource. Every grant on it is dead from here on; the items go in the background.
///
/// # Errors
/// [`ResourceRefusal`], but for `Invalid`.
pub fn delete(scene: &Scene<'_>, found: Option<&Resource>, ids: &mut dyn NewIds) -> Result<Changes, ResourceRefusal> {
    if !scene.authority().allows(permission::RESOURCES_MANAGE, None) {
        return Err(ResourceRefusal::Forbidden);
    }
    let resource = found.ok_or(ResourceRefusal::NotFound)?;
    let before = scene.organization;
    if before.ending.len() >= MAX_ENDING {
        return Err(ResourceRefusal::TooManyDeletions);
    }
    let mut after = Organization {
        version: before.version + 1,
        ..before.clone()
    };
    after.ending.insert(resource.reference.registration);
    let work = Work::EndResource {
        resource: resource.reference.clone(),
        after: None,
        late: false,
    };
    let job = Job::new(JobId::from_uuid(ids.uuid()), before.id, work, scene.now);
    let subject = Party::resource(&resource.reference.key);
    let event = scene.recorder(ids).event(
        "resource.deleted",
        subject,
        Some(json!({ "name": resource.name })),
        None,
    );
    Ok(Changes {
        organization: Some(Pair::change(before.clone(), after)),
        resources: vec![Pair::gone(resource.clone())],
        jobs: vec![Pair::new(job)],
        events: vec![event],
        relied_on: vec![Reliance::on(scene.actor)],
        ..Changes::default()
    })
}
