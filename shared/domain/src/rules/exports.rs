//! Exporting the list of people: who may do so, what is recorded, and how an export ends.

use crate::api_key::ApiKey;
use crate::changes::{Changes, Pair};
use crate::event::{EntityRef, Event, EventKind, Recorder};
use crate::export::{EXPORT_LIFE, Export, ExportRequest, State};
use crate::id::{ExportId, JobId, NewIds};
use crate::job::{Exporting, Job, Work};
use crate::roleset::permission;
use crate::rules::DecisionContext;
use crate::rules::audit;
use jiff::Timestamp;

/// The reason for not making an export, or not showing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportRefusal {
    /// The caller cannot see every member.
    Forbidden,
    /// There is no such export, or it is someone else's.
    NotFound,
}

/// Refuses callers who cannot see the whole list. Callers who can see a part read it page by page: a file would not say what is
/// missing.
///
/// # Errors
/// [`ExportRefusal::Forbidden`].
pub fn check_may_export(ctx: &DecisionContext<'_>) -> Result<(), ExportRefusal> {
    if ctx.authority().allows(permission::MEMBERS_READ, None) {
        Ok(())
    } else {
        Err(ExportRefusal::Forbidden)
    }
}

/// Whether the caller's files have columns for the sources of roles: only those who manage members of the whole organization see
/// all sources.
#[must_use]
pub fn shows_sources(ctx: &DecisionContext<'_>) -> bool {
    ctx.authority().allows(permission::MEMBERS_MANAGE, None)
}

/// Refuses callers who cannot see all that this export has.
fn check_may_see(ctx: &DecisionContext<'_>, wanted: &ExportRequest) -> Result<(), ExportRefusal> {
    if (wanted.subjects && !ctx.sees_subjects()) || (wanted.sources && !shows_sources(ctx)) {
        return Err(ExportRefusal::Forbidden);
    }
    check_may_export(ctx)
}

/// The event that records an export of people's data.
pub fn record(ctx: &DecisionContext<'_>, wanted: &ExportRequest, rows: u64, ids: &mut dyn NewIds) -> Event {
    let mut recorder = Recorder::new(ctx.organization.id, ctx.actor_ref(), ctx.now, ids);
    let organization = EntityRef::organization(ctx.organization.id);
    recorder.event(
        EventKind::MembersExported,
        organization,
        None,
        Some(audit::export(wanted, rows)),
    )
}

/// Starts an export in the background.
///
/// # Errors
/// [`ExportRefusal::Forbidden`].
pub fn ask(
    ctx: &DecisionContext<'_>,
    wanted: ExportRequest,
    ids: &mut dyn NewIds,
) -> Result<(Export, Changes), ExportRefusal> {
    check_may_see(ctx, &wanted)?;
    let export = Export {
        id: ExportId::from_uuid(ids.uuid()),
        organization: ctx.organization.id,
        by: ctx.actor.id,
        key: ctx.key.map(|key| key.id),
        wanted,
        state: State::Running,
        rows: 0,
        created_at: ctx.now,
        expires_at: day_after(ctx.now),
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
    let job = Job::new(JobId::from_uuid(ids.uuid()), ctx.organization.id, work, ctx.now);
    let changes = Changes {
        exports: vec![Pair::new(export.clone())],
        jobs: vec![Pair::new(job)],
        relied_on: ctx.relied_on(),
        ..Changes::default()
    };
    Ok((export, changes))
}

/// Shows an export to the member who asked for it in this membership, either as a signed-in user or through a key of theirs
/// that can see all that it has.
///
/// # Errors
/// [`ExportRefusal`].
pub fn show(ctx: &DecisionContext<'_>, found: Option<Export>) -> Result<Export, ExportRefusal> {
    check_may_export(ctx)?;
    let export = found
        .filter(|export| export.by == ctx.actor.id && export.created_at >= ctx.actor.joined_at)
        .filter(|export| export.is_there(ctx.now))
        .ok_or(ExportRefusal::NotFound)?;
    check_may_see(ctx, &export.wanted)?;
    Ok(export)
}

/// Whether an export may continue: the organization is not deleted, its requester can still see all that it has, and the key
/// that asked for it is usable.
#[must_use]
pub fn may_go_on(ctx: &DecisionContext<'_>, export: &Export) -> bool {
    let opens = |key: &ApiKey| key.usable(Some(ctx.actor), ctx.now).is_ok();
    let came = ctx.key.map(|key| key.id) == export.key && ctx.key.is_none_or(opens);
    came && !ctx.organization.is_deleted() && check_may_see(ctx, &export.wanted).is_ok()
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

/// The end of an export whose file is complete, with its event: from here on it can be fetched.
pub fn ready(ctx: &DecisionContext<'_>, export: &Export, ids: &mut dyn NewIds) -> Changes {
    let after = Export {
        state: State::Ready,
        expires_at: day_after(ctx.now),
        version: export.version + 1,
        ..export.clone()
    };
    Changes {
        events: vec![record(ctx, &export.wanted, export.rows, ids)],
        exports: vec![Pair::change(export.clone(), after)],
        ..Changes::default()
    }
}

/// The end of an export that failed.
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
