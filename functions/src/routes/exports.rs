//! Exports: a short list immediately, a long one in the background.

use super::people::{List, SELECTING, people_query, selected};
use crate::api::export::{CreateExportRequest, ExportResponse};
use crate::exports::{PAGE, cells, file};
use crate::openapi::query::{FORMAT, TIME_ZONE};
use muster_domain::export::sheet::Sheet;
use muster_domain::export::{ExportRequest, LINK_LIFE, State};
use muster_domain::people::Selection;
use muster_domain::rules::exports;
use muster_domain::text::TimeZoneName;
use muster_domain::violation::{Location, Violation};
use muster_domain::{Changes, ExportId, OrganizationId};
use muster_edge::files::FilesError;
use muster_edge::{Call, Ids, OrgContext, Outcome, Problem, Reply, User};
use muster_store::{Key, Obstacle, Tries};
use std::time::{Duration, SystemTime};

/// Maximum number of rows answered immediately.
pub const MAX_DIRECT_ROWS: usize = 1_000;

/// Maximum number of bytes answered immediately. Lambda's limit is 6 MB, and files pass it as base64, which makes four bytes of
/// three.
const MAX_BYTES: usize = 4_500_000;

/// Maximum number of pages read for an export. Pages are short if the filter selects few of many people.
const MAX_PAGES: usize = 50;

/// Maximum number of attempts to write the record of an export if the table is busy.
const MAX_ATTEMPTS: u32 = 3;

fn too_large() -> Problem {
    Problem::export_too_large(MAX_DIRECT_ROWS)
}

/// Answers with the list of people as a file.
pub async fn at_once(call: Call, user: User) -> Outcome {
    let organization: OrganizationId = call.path("org")?;
    let query = call.query(&[&SELECTING[..], &[FORMAT.name, TIME_ZONE.name]].concat())?;
    let format = FORMAT.word(&query)?.parse().map_err(|_| Problem::internal())?;
    let (selection, asked) = (selected(&query), people_query(&query, organization, call.now)?);
    let timezone = query.get(TIME_ZONE.name).map(str::parse).transpose();
    let timezone = timezone.map_err(|error: muster_domain::text::TextError| {
        Problem::invalid_query([Violation::field(TIME_ZONE.name, "invalid_value", error.to_string())])
    })?;
    let keys = asked.filter.resource.iter().map(|key| Key::resource(organization, key));
    let (org, read) = call.read_in_org(&user, organization, keys.collect()).await?;
    let ctx = org.decision_context()?;
    exports::check_may_export(&ctx)?;
    let timezone = timezone.map_or_else(|| own_zone(&org), Ok)?;
    let wanted = ExportRequest {
        format,
        timezone,
        filter: selection,
        sources: exports::shows_sources(&ctx),
        subjects: ctx.sees_subjects(),
    };
    let sheet = Sheet::new(wanted.timezone.clone())
        .with_sources(wanted.sources)
        .with_subjects(wanted.subjects);
    let (mut rows, mut after, mut pages) = (Vec::new(), None, 0);
    let list = List::of(&org, &read, asked)?;
    loop {
        let page = list.page(call.app.store(), after.as_ref(), PAGE).await?;
        rows.extend(page.rows.iter().map(|person| cells(&list.in_file(person), &sheet)));
        pages += 1;
        if pages == MAX_PAGES {
            return Err(too_large());
        }
        let next = page.next;
        if rows.len() > MAX_DIRECT_ROWS {
            return Err(too_large());
        }
        match next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let content = file(format, &sheet, &rows, call.now).map_err(|error| {
        tracing::error!(%error, "an export was not written");
        Problem::internal()
    })?;
    if content.len() > MAX_BYTES {
        return Err(too_large());
    }
    // The record comes before the answer, so every file that leaves is recorded, even if it gets lost. HEAD sends no file.
    if !call.is_head() {
        let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let event = exports::record(&ctx, &wanted, count, &mut Ids::at(call.now));
        record_export(&call, &org, event).await?;
    }
    Ok(Reply::file(format.media_type(), &wanted.file_name(call.now), content))
}

/// The time zone of the caller's profile, else UTC.
fn own_zone(org: &OrgContext) -> Result<TimeZoneName, Problem> {
    match &org.member()?.profile.timezone {
        Some(zone) => Ok(zone.clone()),
        None => "UTC".parse().map_err(|_| Problem::internal()),
    }
}

/// Writes an event that depends on no data but what the answer shows.
async fn record_export(call: &Call, org: &OrgContext, event: muster_domain::Event) -> Result<(), Problem> {
    let changes = Changes {
        events: vec![event],
        ..Changes::default()
    };
    let mut tries = Tries::new(MAX_ATTEMPTS);
    while !call.commit_apart(&org.organization, org.set, &changes).await? {
        if !tries.again(Obstacle::Conflict).await {
            return Err(Problem::conflict());
        }
    }
    Ok(())
}

/// Requests an export in the background.
pub async fn create(call: Call, user: User) -> Outcome {
    let organization: OrganizationId = call.path("org")?;
    let body: CreateExportRequest = call.body()?;
    let filter: Selection = body.filter.clone().unwrap_or_default().into();
    let in_filter = |violations: Vec<Violation>| Problem::invalid(violations.into_iter().map(inside_filter));
    let (asked, _) = filter.read(call.now).map_err(in_filter)?;
    call.change_in_org(&user, organization, Vec::new(), |org, _, ids| {
        let ctx = org.decision_context()?;
        exports::check_may_export(&ctx)?;
        let unknown = asked.unknown_roles(org.set);
        if !unknown.is_empty() {
            return Err(in_filter(unknown));
        }
        let timezone = body.timezone.clone().map_or_else(|| own_zone(org), Ok)?;
        let wanted = ExportRequest {
            format: body.format,
            timezone,
            filter: filter.clone(),
            sources: exports::shows_sources(&ctx),
            subjects: ctx.sees_subjects(),
        };
        let (export, changes) = exports::ask(&ctx, wanted, ids)?;
        let location = call.location(&format!("/v1/organizations/{organization}/exports/{}", export.id));
        let reply = Reply::json(202, &ExportResponse::from(export))?.header("location", location);
        Ok(org.commit(changes, reply))
    })
    .await
}

fn inside_filter(violation: Violation) -> Violation {
    match violation.at {
        Location::Field(field) => Violation::field(format!("filter.{field}"), violation.code, violation.detail),
        Location::Email(_) => violation,
    }
}

/// Shows the state of an export, and the link to its file once the file exists.
pub async fn get(call: Call, user: User) -> Outcome {
    call.query(&[])?;
    let organization: OrganizationId = call.path("org")?;
    let id: ExportId = call.path("export")?;
    let key = Key::export(organization, id);
    let (org, read) = call.read_in_org(&user, organization, vec![key]).await?;
    let export = exports::show(&org.decision_context()?, read.export(organization, id)?)?;
    let (name, kept_as) = (export.file(), export.wanted.file_name(export.created_at));
    let mut body = ExportResponse::from(export);
    if body.state == State::Ready {
        let life = Duration::try_from(LINK_LIFE).map_err(|_| Problem::internal())?;
        let no_link = |error: FilesError| {
            tracing::error!(%error, "no link to an export");
            Problem::unavailable()
        };
        let files = call.app.files().map_err(no_link)?;
        #[expect(clippy::disallowed_methods, reason = "S3 dates a link by the system's clock")]
        let signed_at = SystemTime::now();
        let link = files.link(&name, &kept_as, signed_at, life).await;
        body.url = Some(link.map_err(no_link)?);
        body.url_expires_at = call.now.checked_add(LINK_LIFE).ok();
    }
    Reply::json(200, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_file_that_is_answered_at_once_fits_an_answer_of_lambda() {
        const LAMBDA: usize = 6 * 1024 * 1024;
        let encoded = MAX_BYTES.div_ceil(3) * 4;
        // Header fields and the frame around them take far less than this.
        assert!(encoded + 64 * 1024 < LAMBDA);
    }
}
