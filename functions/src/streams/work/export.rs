//! Making the file of an export: the list is read in parts, the parts are joined, and then deleted.
//!
//! Each slice writes files first and then advances the job. If it dies in between, its successor writes the same files again,
//! under the same names. Each part shows the list as it was when its slice was read, as pages of the list do.

use super::{JobRunner, Progress};
use crate::exports::workbook::Workbook;
use crate::exports::{PAGE, SheetError, cells};
use crate::routes::people::List;
use crate::shapes::member::View;
use muster_domain::export::sheet::{Row, Sheet};
use muster_domain::export::{Format, MAX_TRIES, PAUSE, State, WORKBOOK_PATIENCE};
use muster_domain::job::Exporting;
use muster_domain::rules::DecisionContext;
use muster_domain::rules::exports;
use muster_domain::rules::sources::SourceViewer;
use muster_domain::rules::work;
use muster_domain::{ApiKey, Changes, Export, ExportId, Job, Member, Pair, Timestamp, Work};
use muster_edge::api_key::{narrowed, unread_knower};
use muster_edge::files::{Files, FilesError};
use muster_edge::{App, Ids};
use muster_store::{Commit, CommitError, Cursor, Key, PeopleQuery, StoreError};
use sha2::{Digest, Sha256};
use std::io::{Read, Seek, SeekFrom};

/// Number of rows in one part.
const PART_ROWS: usize = 1_000;
/// Maximum number of pages of the list read for one part.
const LOOKS: usize = 50;
/// Number of bytes in one piece of an upload. S3 requires at least 5 MiB, except for the last piece.
const PIECE: usize = 8 * 1024 * 1024;

/// The reason why a slice failed.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    /// The table did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another process was at the job.
    #[error("others were at the same items")]
    Busy,
    /// The table was throttled.
    #[error("the table was throttled")]
    Throttled,
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Sheet(#[from] SheetError),
    #[error("a part cannot be read: {0}")]
    Part(#[from] serde_json::Error),
    #[error("no room for the workbook: {0}")]
    Disk(#[from] std::io::Error),
}

/// The context of a slice: its job, its export and the bucket's files.
struct ExportProgress<'a> {
    runner: &'a JobRunner<'a>,
    job: &'a Job,
    export: &'a Export,
    files: Files,
}

impl JobRunner<'_> {
    /// One slice. The requester must still see everyone; otherwise the export is given up, as it is after too many attempts.
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
        let (member, key) = self.asker(&export).await?;
        let ctx = member.as_ref().map(|actor| DecisionContext {
            organization: self.organization,
            set: self.set,
            actor,
            key: key.as_ref(),
            now: self.now,
        });
        let may = ctx.filter(|ctx| exports::may_go_on(ctx, &export));
        let outcome = match (app.files().cloned(), stage, may) {
            (Ok(files), Exporting::Tidy { parts }, _) if *tries < MAX_TRIES => {
                self.course(job, &export, files).tidy(parts).await
            }
            (_, Exporting::Tidy { .. }, _) => Ok(Progress::Last(Changes::default())),
            (Ok(files), _, Some(ctx)) if *tries < MAX_TRIES && export.state == State::Running => {
                self.course(job, &export, files).slice(&ctx, stage).await
            }
            (Err(error), _, Some(_)) if *tries < MAX_TRIES => Err(error.into()),
            _ => Ok(self.given_up(job, &export, stage)),
        };
        outcome.or_else(|error| self.again(job, tries.saturating_add(1), error))
    }

    /// The requester and their key, as far as they still exist.
    async fn asker(&self, export: &Export) -> Result<(Option<Member>, Option<ApiKey>), StoreError> {
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

    fn course<'a>(&'a self, job: &'a Job, export: &'a Export, files: Files) -> ExportProgress<'a> {
        ExportProgress {
            runner: self,
            job,
            export,
            files,
        }
    }

    /// Gives the export up: the requester sees that it failed, and its parts are deleted.
    fn given_up(&self, job: &Job, export: &Export, stage: &Exporting) -> Progress {
        tracing::warn!(export = %export.id, "an export was given up");
        let (Exporting::Read { parts, .. } | Exporting::Join { parts, .. } | Exporting::Tidy { parts }) = stage;
        let tidy = at(job, Exporting::Tidy { parts: parts.clone() });
        let changes = match export.state {
            State::Running => exports::failed(export),
            State::Ready | State::Failed => Changes::default(),
        };
        Progress::More(with_job(changes, work::moved_on(job, tidy, self.now)))
    }

    /// Retries a slice after this number of attempts, and after a pause that doubles with each attempt. Throttling is not the
    /// slice's fault, and does not count as an attempt.
    fn again(&self, job: &Job, tried: u8, error: ExportError) -> Result<Progress, StoreError> {
        let is_throttled = match &error {
            ExportError::Throttled => true,
            ExportError::Store(error) => error.is_throttled(),
            _ => false,
        };
        match error {
            ExportError::Busy => return Ok(Progress::Lost),
            ExportError::Store(error) if !is_throttled => return Err(error),
            error => tracing::warn!(%error, job = %job.id, "a slice of an export was not done; it will be tried again"),
        }
        let pause = match is_throttled {
            true => PAUSE,
            false => PAUSE.saturating_mul(1 << tried.min(MAX_TRIES)),
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

fn with_job(changes: Changes, job: Pair<Job>) -> Changes {
    changes.and(Changes {
        jobs: vec![job],
        ..Changes::default()
    })
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

impl ExportProgress<'_> {
    async fn slice(&self, ctx: &DecisionContext<'_>, stage: &Exporting) -> Result<Progress, ExportError> {
        match (stage, self.export.wanted.format) {
            (Exporting::Read { after, parts }, _) => self.read(ctx, after.as_deref(), parts).await,
            (Exporting::Join { .. }, Format::Csv) => self.join_text(ctx, stage).await,
            (Exporting::Join { parts, .. }, Format::Xlsx) => self.join_workbook(ctx, parts).await,
            (Exporting::Tidy { parts }, _) => self.tidy(parts).await,
        }
    }

    fn sheet(&self, ctx: &DecisionContext<'_>) -> Sheet {
        Sheet::new(self.export.wanted.timezone.clone()).with_sources(exports::shows_sources(ctx))
    }

    /// Reads rows for one part and writes it.
    async fn read(
        &self,
        ctx: &DecisionContext<'_>,
        after: Option<&str>,
        parts: &[String],
    ) -> Result<Progress, ExportError> {
        let runner = self.runner;
        let view = View {
            organization: runner.organization,
            set: runner.set,
            now: runner.now,
            viewer: SourceViewer::of(ctx),
        };
        let list = self.list(view).await?;
        let sheet = self.sheet(ctx);
        let mut after = after.map(|key| Cursor::after(key.to_owned()));
        let (mut lines, mut count, mut looks) = (Vec::new(), 0, 0);
        loop {
            let page = list.page(runner.store, after.as_ref(), PAGE).await?;
            for person in &page.rows {
                serde_json::to_writer(&mut lines, &cells(&list.row(person), &sheet))?;
                lines.push(b'\n');
            }
            count += page.rows.len();
            looks += 1;
            after = page.next;
            // If the filter selects few of many people, pages are short, and so is the part.
            if after.is_none() || count >= PART_ROWS || looks >= LOOKS {
                break;
            }
        }
        let mark = mark(&lines);
        self.files.put(&self.export.part(parts.len(), &mark), lines).await?;
        let parts: Vec<String> = parts.iter().cloned().chain([mark]).collect();
        let rows = u64::try_from(count).unwrap_or(u64::MAX);
        let changes = Changes {
            exports: vec![Pair::change(self.export.clone(), exports::grown(self.export, rows))],
            ..Changes::default()
        };
        let stage = match after {
            Some(next) => Exporting::Read {
                after: Some(next.sort_key().to_owned()),
                parts,
            },
            None => Exporting::Join {
                parts,
                joined: 0,
                upload: None,
                pieces: Vec::new(),
            },
        };
        let job = work::moved_on(self.job, at(self.job, stage), runner.now);
        Ok(Progress::More(with_job(changes, job)))
    }

    /// The requested list. Relative times still count back from the time of the request.
    async fn list<'v>(&self, view: View<'v>) -> Result<List<'v>, ExportError> {
        let export = self.export;
        // An invalid filter was refused at the request.
        let (filter, order) = export.wanted.filter.read(export.created_at).unwrap_or_default();
        let organization = export.organization;
        let keys: Vec<Key> = filter
            .resource
            .iter()
            .map(|key| Key::resource(organization, key))
            .collect();
        let read = self.runner.store.read(&keys).await?;
        let asked = PeopleQuery {
            order,
            ..PeopleQuery::of(organization, filter)
        };
        Ok(List::whole(view, &read, asked)?)
    }

    async fn rows(&self, number: usize, mark: &str) -> Result<Vec<Row>, ExportError> {
        let lines = self.files.get(&self.export.part(number, mark)).await?;
        let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        Ok(lines.map(serde_json::from_slice).collect::<Result<_, _>>()?)
    }

    /// Joins as many parts as make one piece of the file; the last piece completes the file.
    async fn join_text(&self, ctx: &DecisionContext<'_>, stage: &Exporting) -> Result<Progress, ExportError> {
        let Exporting::Join {
            parts,
            joined,
            upload,
            pieces,
        } = stage
        else {
            return Ok(self.runner.given_up(self.job, self.export, stage));
        };
        let (name, sheet) = (self.export.file(), self.sheet(ctx));
        let upload = match upload {
            Some(upload) => upload.clone(),
            None => self.files.begin(&name, self.export.wanted.format.media_type()).await?,
        };
        let mut piece = match joined {
            0 => sheet.csv_head().map_err(SheetError::from)?,
            _ => Vec::new(),
        };
        let mut joined = *joined;
        while piece.len() < PIECE
            && let Some(mark) = parts.get(joined)
        {
            let rows = self.rows(joined, mark).await?;
            piece.extend(sheet.csv(&rows).map_err(SheetError::from)?);
            joined += 1;
        }
        let tag = self.files.piece(&name, &upload, pieces.len() + 1, piece).await?;
        let pieces: Vec<String> = pieces.iter().cloned().chain([tag]).collect();
        if joined == parts.len() {
            self.files.finish(&name, &upload, &pieces).await?;
            return Ok(self.done(ctx, self.job, parts));
        }
        let stage = Exporting::Join {
            parts: parts.clone(),
            joined,
            upload: Some(upload),
            pieces,
        };
        let job = work::moved_on(self.job, at(self.job, stage), self.runner.now);
        Ok(Progress::More(with_job(Changes::default(), job)))
    }

    /// Writes the workbook in one slice, since a compressed file cannot be continued. Each attempt is recorded before it starts,
    /// since a process that runs out of room or time ends without a report.
    async fn join_workbook(&self, ctx: &DecisionContext<'_>, parts: &[String]) -> Result<Progress, ExportError> {
        let (job, tries) = self.begun().await?;
        match self.workbook(ctx, parts).await {
            Ok(()) => Ok(self.done(ctx, &job, parts)),
            Err(error) => Ok(self.runner.again(&job, tries, error)?),
        }
    }

    async fn workbook(&self, ctx: &DecisionContext<'_>, parts: &[String]) -> Result<(), ExportError> {
        let mut workbook = Workbook::begin(self.sheet(ctx), self.export.created_at).map_err(SheetError::from)?;
        for (number, mark) in parts.iter().enumerate() {
            let rows = self.rows(number, mark).await?;
            workbook.add(&rows).map_err(SheetError::from)?;
        }
        let mut file = tempfile::tempfile()?;
        workbook.write_to(&mut file).map_err(SheetError::from)?;
        file.seek(SeekFrom::Start(0))?;
        let name = self.export.file();
        let media_type = self.export.wanted.format.media_type();
        let upload = self.files.begin(&name, media_type).await?;
        let mut pieces = Vec::new();
        loop {
            let mut piece = Vec::new();
            let limit = u64::try_from(PIECE).unwrap_or(u64::MAX);
            if Read::take(&mut file, limit).read_to_end(&mut piece)? == 0 {
                break;
            }
            let tag = self.files.piece(&name, &upload, pieces.len() + 1, piece).await?;
            pieces.push(tag);
        }
        Ok(self.files.finish(&name, &upload, &pieces).await?)
    }

    /// Records an attempt that may end without a report, and keeps other processes away meanwhile.
    async fn begun(&self) -> Result<(Job, u8), ExportError> {
        let runner = self.runner;
        let until = runner.now.checked_add(WORKBOOK_PATIENCE).unwrap_or(Timestamp::MAX);
        let mut work = self.job.work.clone();
        let mut tried = 0;
        if let Work::Export { tries, not_before, .. } = &mut work {
            tried = tries.saturating_add(1);
            (*tries, *not_before) = (tried, Some(until));
        }
        let job = self.job.waiting(work, until);
        let begun = Pair::change(self.job.clone(), job.clone());
        let commit = Commit {
            changes: &with_job(Changes::default(), begun),
            set: runner.set,
            organization: Some(runner.organization),
            once: None,
            now: runner.now,
        };
        match runner.store.commit(commit).await {
            Ok(()) => Ok((job, tried)),
            Err(CommitError::Lost(_) | CommitError::Busy) => Err(ExportError::Busy),
            Err(CommitError::Throttled) => Err(ExportError::Throttled),
            Err(CommitError::Failed(error)) => Err(error.into()),
        }
    }

    /// Marks the file as ready to download; its parts are deleted next.
    fn done(&self, ctx: &DecisionContext<'_>, job: &Job, parts: &[String]) -> Progress {
        let tidy = at(job, Exporting::Tidy { parts: parts.to_vec() });
        let changes = exports::ready(ctx, self.export, &mut Ids::at(self.runner.now));
        Progress::More(with_job(changes, work::moved_on(job, tidy, self.runner.now)))
    }

    async fn tidy(&self, parts: &[String]) -> Result<Progress, ExportError> {
        let names: Vec<String> = parts
            .iter()
            .enumerate()
            .map(|(n, mark)| self.export.part(n, mark))
            .collect();
        self.files.delete(&names).await?;
        Ok(Progress::Last(Changes::default()))
    }
}

/// The mark that distinguishes a part from other attempts at it.
fn mark(lines: &[u8]) -> String {
    let digest = Sha256::digest(lines);
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
