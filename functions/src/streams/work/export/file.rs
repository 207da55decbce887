//! The file of an export, made part by part.

use super::super::{Progress, with_job};
use super::{ExportError, ExportProgress, at};
use crate::api::person::PeopleView;
use crate::api::resource::ResourceNames;
use crate::exports::workbook::Workbook;
use crate::exports::{PAGE, SheetError, cells};
use crate::offers::Offers;
use crate::routes::people::List;
use muster_domain::export::sheet::{Row, Sheet};
use muster_domain::export::{Format, WORKBOOK_STALL_TIMEOUT};
use muster_domain::job::Exporting;
use muster_domain::rules::DecisionContext;
use muster_domain::rules::exports;
use muster_domain::rules::sources::SourceViewer;
use muster_domain::{Changes, Job, Pair, Timestamp, Work};
use muster_edge::Ids;
use muster_store::{Cursor, Key, PeopleQuery};
use sha2::{Digest, Sha256};
use std::io::{Read, Seek, SeekFrom};

/// Number of rows in one part.
const PART_ROWS: usize = 1_000;
/// Maximum number of pages of the list read for one part.
const MAX_PAGES: usize = 50;
/// Number of bytes in one piece of an upload. S3 requires at least 5 MiB, except for the last piece.
const PIECE: usize = 8 * 1024 * 1024;

impl ExportProgress<'_> {
    /// One slice of an export that goes on.
    pub(super) async fn slice(&self, ctx: &DecisionContext<'_>, stage: &Exporting) -> Result<Progress, ExportError> {
        match (stage, self.export.wanted.format) {
            (Exporting::Read { after, parts }, _) => self.read(ctx, after.as_deref(), parts).await,
            (Exporting::Join { .. }, Format::Csv) => self.join_text(ctx, stage).await,
            (Exporting::Join { parts, .. }, Format::Xlsx) => self.join_workbook(ctx, parts).await,
            (Exporting::Tidy { parts }, _) => self.tidy(parts).await,
        }
    }

    fn sheet(&self) -> Sheet {
        let wanted = &self.export.wanted;
        Sheet::new(wanted.timezone.clone())
            .with_sources(wanted.sources)
            .with_subjects(wanted.subjects)
    }

    /// Reads rows for one part and writes it.
    async fn read(
        &self,
        ctx: &DecisionContext<'_>,
        after: Option<&str>,
        parts: &[String],
    ) -> Result<Progress, ExportError> {
        let runner = self.runner;
        let view = PeopleView {
            organization: runner.organization,
            set: runner.set,
            now: runner.now,
            with_subjects: self.export.wanted.subjects,
            viewer: SourceViewer::of(ctx),
            offers: Offers::Nobody,
            names: ResourceNames::default(),
        };
        let list = self.list(view).await?;
        let sheet = self.sheet();
        let mut after = after.map(|key| Cursor::after(key.to_owned()));
        let (mut lines, mut count, mut pages) = (Vec::new(), 0, 0);
        loop {
            let page = list.page(runner.store, after.as_ref(), PAGE).await?;
            for person in &page.rows {
                serde_json::to_writer(&mut lines, &cells(&list.in_file(person), &sheet))?;
                lines.push(b'\n');
            }
            count += page.rows.len();
            pages += 1;
            after = page.next;
            // If the filter selects few of many people, pages are short, and so is the part.
            if after.is_none() || count >= PART_ROWS || pages >= MAX_PAGES {
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
        Ok(runner.advance(self.job, at(self.job, stage), changes))
    }

    /// The requested list. Relative times still count back from the time of the request.
    async fn list<'v>(&self, view: PeopleView<'v>) -> Result<List<'v>, ExportError> {
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
            return Ok(self.runner.give_up(self.job, self.export, stage));
        };
        let (name, sheet) = (self.export.file(), self.sheet());
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
            return Ok(self.finish(ctx, self.job, parts));
        }
        let stage = Exporting::Join {
            parts: parts.clone(),
            joined,
            upload: Some(upload),
            pieces,
        };
        Ok(self.runner.advance(self.job, at(self.job, stage), Changes::default()))
    }

    /// Writes the workbook in one slice, since a compressed file cannot be continued. Each attempt is recorded before it starts,
    /// since a process that runs out of room or time ends without a report.
    async fn join_workbook(&self, ctx: &DecisionContext<'_>, parts: &[String]) -> Result<Progress, ExportError> {
        let (job, tries) = self.record_attempt().await?;
        match self.workbook(parts).await {
            Ok(()) => Ok(self.finish(ctx, &job, parts)),
            Err(error) => Ok(self.runner.retry_later(&job, tries, error)?),
        }
    }

    async fn workbook(&self, parts: &[String]) -> Result<(), ExportError> {
        let mut workbook = Workbook::begin(self.sheet(), self.export.created_at).map_err(SheetError::from)?;
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
    async fn record_attempt(&self) -> Result<(Job, u8), ExportError> {
        let runner = self.runner;
        let until = runner.now.checked_add(WORKBOOK_STALL_TIMEOUT).unwrap_or(Timestamp::MAX);
        let mut work = self.job.work.clone();
        let mut tried = 0;
        if let Work::Export { tries, not_before, .. } = &mut work {
            tried = tries.saturating_add(1);
            (*tries, *not_before) = (tried, Some(until));
        }
        let job = self.job.waiting(work, until);
        let begun = Pair::change(self.job.clone(), job.clone());
        runner.write(&with_job(Changes::default(), begun)).await?;
        Ok((job, tried))
    }

    /// Marks the file as ready to download; its parts are deleted next.
    fn finish(&self, ctx: &DecisionContext<'_>, job: &Job, parts: &[String]) -> Progress {
        let tidy = at(job, Exporting::Tidy { parts: parts.to_vec() });
        let changes = exports::ready(ctx, self.export, &mut Ids::at(self.runner.now));
        self.runner.advance(job, tidy, changes)
    }

    /// Deletes the parts, once the file is made or the export has failed.
    pub(super) async fn tidy(&self, parts: &[String]) -> Result<Progress, ExportError> {
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
