//! Exporting the list of people: who may, what is recorded, and how an export comes to its end.

use crate::api_key::ApiKey;
use crate::changes::{Changes, Pair};
use crate::event::{Event, Party, Recorder};
use crate::export::{EXPORT_LIFE, Export, State, Wanted};
use crate::id::{ExportId, JobId, NewIds};
use crate::job::{Exporting, Job, Work};
use crate::roleset::permission;
use crate::rules::Scene;
use jiff::Timestamp;
use serde_json::json;

/// Why an export is not made, or not handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportRefusal {
    /// They do not see everybody.
    Forbidden,
    /// There is none, or it is somebody else's.
    NotFound,
}

/// Refuses whoever does not see the whole list. Who sees some of it reads it page by page: a file would not say what is missing.
///
/// # Errors
/// [`ExportRefusal::Forbidden`].
pub fn may_export(scene: &Scene<'_>) -> Result<(), ExportRefusal> {
    if scene.authority().allows(permission::MEMBERS_READ, None) {
        Ok(())
    } else {
        Err(ExportRefusal::Forbidden)
    }
}

/// The record of people's data that leaves.
pub fn record(scene: &Scene<'_>, wanted: &Wanted, rows: u64, ids: &mut dyn NewIds) -> Event {
    let mut recorder = Recorder::new(scene.organization.id, scene.party(), scene.now, ids);
    let organization = Party::organization(scene.organization.id);
    recorder.event("members.exported", organization, None, Some(picture(wanted, rows)))
}

fn picture(wanted: &Wanted, rows: u64) -> serde_json::Value {
    json!({ "format": wanted.format, "timezone": wanted.timezone, "filter": wanted.filter, "rows": rows })
}

/// Asks for an export that is made in the background.
///
/// # Errors
/// [`ExportRefusal::Forbidden`].
pub fn ask(scene: &Scene<'_>, wanted: Wanted, ids: &mut dyn NewIds) -> Result<(Export, Changes), ExportRefusal> {
    may_export(scene)?;
    let export = Export {
        id: ExportId::from_uuid(ids.uuid()),
        organization: scene.organization.id,
        by: scene.actor.id,
        key: scene.key.map(|key| key.id),
        wanted,
        state: State::Running,
        rows: 0,
        created_at: scene.now,
        expires_at: day_after(scene.now),
        version: 1,
    };
    let work = Work::Export {
        export: export.id,
        stage: Exporting::Read {
            after: None,
            parts: Vec::new(),
        },
        tries: 0,
        not_before: None,
    };
    let job = Job::new(JobId::from_uuid(ids.uuid()), scene.organization.id, work, scene.now);
    let changes = Changes {
        exports: vec![Pair::new(export.clone())],
        jobs: vec![Pair::new(job)],
        relied_on: scene.relied_on(),
        ..Changes::default()
    };
    Ok((export, changes))
}

/// Shows an export to who asked for it in this membership, in person or through a key of theirs that sees everybody.
///
/// # Errors
/// [`ExportRefusal`].
pub fn show(scene: &Scene<'_>, found: Option<Export>) -> Result<Export, ExportRefusal> {
    may_export(scene)?;
    found
        .filter(|export| export.by == scene.actor.id && export.created_at >= scene.actor.joined_at)
        .filter(|export| export.is_there(scene.now))
        .ok_or(ExportRefusal::NotFound)
}

/// Whether an export is made on: the organization is there, whoever asked sees everybody, and the key they asked through opens it.
#[must_use]
pub fn may_go_on(scene: &Scene<'_>, export: &Export) -> bool {
    let opens = |key: &ApiKey| key.usable(Some(scene.actor), scene.now).is_ok();
    let came = scene.key.map(|key| key.id) == export.key && scene.key.is_none_or(opens);
    came && !scene.organization.is_deleted() && may_export(scene).is_ok()
}

/// The export with more rows.
#[must_use]
pub fn grown(export: &Export, rows: u64) -> Export {
    Export {
        rows: export.rows + rows,
        version: export.version + 1,
        ..export.clone()
    }
}

/// The end of an export whose file is there, with the record of it: from here on it can be fetched.
pub fn ready(scene: &Scene<'_>, export: &Export, ids: &mut dyn NewIds) -> Changes {
    let after = Export {
        state: State::Ready,
        expires_at: day_after(scene.now),
        version: export.version + 1,
        ..export.clone()
    };
    Changes {
        events: vec![record(scene, &export.wanted, export.rows, ids)],
        exports: vec![Pair::change(export.clone(), after)],
        ..Changes::default()
    }
}

/// The end of an export that comes to nothing.
#[must_use]
pub fn failed(export: &Export) -> Changes {
    let after = Export {
        state: State::Failed,
        version: export.version + 1,
        ..export.clone()
    };
    Changes {
        exports: vec![Pair::change(export.clone(), after)],
        ..Changes::default()
    }
}

fn day_after(now: Timestamp) -> Timestamp {
    now.checked_add(EXPORT_LIFE).unwrap_or(Timestamp::MAX)
}
