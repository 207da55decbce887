//! Making the file of an export: the list is read in parts, the parts are joined, and then deleted.
//!
//! Each slice writes files first and then advances the job. If it dies in between, its successor writes the same files again,
//! under the same names. Each part shows the list as it was when its slice was read, as pages of the list do.

mod file;

use super::{JobRunner, Progress, with_job};
use crate::exports::SheetError;
use muster_domain::export::{MAX_TRIES, RETRY_PAUSE, State};
use muster_domain::job::Exporting;
use muster_domain::rules::DecisionContext;
use muster_domain::rules::exports;
use muster_domain::{ApiKey, Changes, Export, ExportId, Job, Member, Pair, Timestamp, Work};
use muster_edge::App;
use muster_edge::api_key::{narrowed, unread_knower};
use muster_edge::files::{Files, FilesError};
use muster_store::{CommitError, Key, StoreError};

/// The reason why a slice failed.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error(transparent)]
    Commit(#[from] CommitError),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Sheet(#[from] SheetError),
    #[error("a part cannot be read: {0}")]
    Part(#[from] serde_json::Error),
    #[error("no room for the workbook: {0}")]
    Disk(#[from] std::io::Error),
}

impl From<StoreError> for ExportError {
    fn from(error: StoreError) -> Self {
        Self::Commit(error.into())
    }
}

/// The context of a slice: its job, its export and the bucket's files.
struct ExportProgress<'a> {
    runner: &'a JobRunner<'a>,
    job: &'a Job,
    export: &'a Export,
    files: Files,
}

impl JobRunner<'_> {
    /// One slice. The requester must still see everyone; otherwise the export fails, as it does after too many attempts.
    pub(super) async fn export(&self, app: &App, job: &Job, id: ExportId) -> Result<Progress, StoreError> {
        let Work::Export {
            stage,
            tries,
            not_before,
            ..
        } = &job.work
        else {
            return Ok(Progress::Last(Changes::default()));
        };
        if not_before.is_some_and(|at| self.now < at) {
            return Ok(Progress::Later);
        }
        let organization = self.organization.id;
        let read = self.store.read(&[Key::export(organization, id)]).await?;
        // After its day, an export has no file either, since the bucket deletes it.
        let Some(export) = read
            .export(organization, id)?
            .filter(|export| export.is_there(self.now))
        else {
            return Ok(Progress::Last(Changes::default()));
        };
        let (member, key) = self.requester(&export).await?;
        let ctx = member.as_ref().map(|actor| DecisionContext {
            organization: self.organization,
            set: self.set,
            actor,
            key: key.as_ref(),
            now: self.now,
            known: None,
        });
        let may = ctx.filter(|ctx| exports::may_go_on(ctx, &export));
        let outcome = match (app.files().cloned(), stage, may) {
            (Ok(files), Exporting::Tidy { parts }, _) if *tries < MAX_TRIES => {
                self.progress(job, &export, files).tidy(parts).await
            }
            (_, Exporting::Tidy { .. }, _) => Ok(Progress::Last(Changes::default())),
            (Ok(files), _, Some(ctx)) if *tries < MAX_TRIES && export.state == State::Running => {
                self.progress(job, &export, files).slice(&ctx, stage).await
            }
            (Err(error), _, Some(_)) if *tries < MAX_TRIES => Err(error.into()),
            _ => Ok(self.give_up(job, &export, stage)),
        };
        outcome.or_else(|error| self.retry_later(job, tries.saturating_add(1), error))
    }

    /// The requester and their key, as far as they still exist.
    async fn requester(&self, export: &Export) -> Result<(Option<Member>, Option<ApiKey>), StoreError> {
        let organization = self.organization.id;
        let mut keys = vec![Key::member(organization, export.by)];
        keys.extend(export.key.map(|key| Key::api_key(organization, key)));
        let read = self.store.read(&keys).await?;
        let key = export
            .key
            .map(|key| read.api_key(organization, key))
            .transpose()?
            .flatten();
        let Some(key) = key else {
            return Ok((read.member(organization, export.by)?, None));
        };
        let knower = unread_knower(&read, organization, key.id, None, self.now)?;
        let read = read.and(self.store.read(knower.as_slice()).await?);
        let key = narrowed(&read, self.organization, self.set, (&key, None), self.now)?;
        Ok((read.member(organization, export.by)?, Some(key)))
    }

    /// The making of an export's file.
    fn progress<'a>(&'a self, job: &'a Job, export: &'a Export, files: Files) -> ExportProgress<'a> {
        ExportProgress {
            runner: self,
            job,
            export,
            files,
        }
    }

    /// Ends an export that failed: the requester sees that it failed, and its parts are deleted.
    fn give_up(&self, job: &Job, export: &Export, stage: &Exporting) -> Progress {
        tracing::warn!(export = %export.id, "an export failed");
        let (Exporting::Read { parts, .. } | Exporting::Join { parts, .. } | Exporting::Tidy { parts }) = stage;
        let tidy = at(job, Exporting::Tidy { parts: parts.clone() });
        let changes = match export.state {
            State::Running => exports::failed(export),
            State::Ready | State::Failed => Changes::default(),
        };
        self.advance(job, tidy, changes)
    }

    /// Retries a slice after this number of attempts, and after a pause that doubles with each attempt. Throttling is not the
    /// slice's fault, and does not count as an attempt.
    fn retry_later(&self, job: &Job, tried: u8, error: ExportError) -> Result<Progress, StoreError> {
        let is_throttled = matches!(&error, ExportError::Commit(CommitError::Throttled));
        match error {
            ExportError::Commit(CommitError::Lost(_) | CommitError::Busy) => return Ok(Progress::Lost),
            ExportError::Commit(CommitError::Failed(error)) => return Err(error),
            error => tracing::warn!(%error, job = %job.id, "a slice of an export was not done; it will be tried again"),
        }
        let pause = match is_throttled {
            true => RETRY_PAUSE,
            false => RETRY_PAUSE.saturating_mul(1 << tried.min(MAX_TRIES)),
        };
        let until = self.now.checked_add(pause).unwrap_or(Timestamp::MAX);
        let mut work = job.work.clone();
        if let Work::Export { tries, not_before, .. } = &mut work {
            *tries = if is_throttled { *tries } else { tried };
            *not_before = Some(until);
        }
        let waiting = Pair::change(job.clone(), job.waiting(work, until));
        Ok(Progress::Pause(with_job(Changes::default(), waiting)))
    }
}

/// The work of a job at another stage, with all attempts left.
fn at(job: &Job, stage: Exporting) -> Work {
    match &job.work {
        Work::Export { export, .. } => Work::Export {
            export: *export,
            stage,
            tries: 0,
            not_before: None,
        },
        other => other.clone(),
    }
}
