//! Making the file of an export: the list of people, page by page, as rows of a sheet.

pub mod workbook;

use crate::api::grant::GrantResponse;
use crate::api::person::PersonInFile;
use crate::api::source::SourceResponse;
use muster_domain::export::Format;
use muster_domain::export::sheet::{Cell, Row, Sheet};

/// Number of people on one page of the list.
pub const PAGE: usize = 100;

/// The reason why a sheet was not written.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// As CSV.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// As a workbook.
    #[error(transparent)]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}

/// A person's cells.
#[must_use]
pub fn cells(person: &PersonInFile<'_>, sheet: &Sheet) -> Row {
    let grants: Vec<String> = person.grants.iter().map(|grant| grant_text(grant, sheet)).collect();
    let mut row = vec![
        Cell::text(Some(person.kind)),
        Cell::text(person.name),
        Cell::text(Some(person.email)),
        Cell::text(person.role.as_ref()),
        joined(&grants),
        Cell::text(person.status),
        Cell::text(Some(person.invite_status)),
        Cell::text(person.timezone),
        Cell::at(person.joined_at),
        Cell::at(person.last_active_at),
        Cell::at(person.role_expires_at),
    ];
    if sheet.has_sources() {
        let of_grants = person.grants.iter().filter_map(|grant| grant_source_text(grant, sheet));
        row.push(Cell::text(
            person.role_source.as_ref().map(|source| source_text(source, sheet)),
        ));
        row.push(joined(&of_grants.collect::<Vec<_>>()));
    }
    if sheet.has_subjects() {
        row.push(Cell::text(person.subject));
    }
    row
}

fn joined(texts: &[String]) -> Cell {
    Cell::text(Some(texts.join("; ")).filter(|all| !all.is_empty()))
}

/// A role on a resource, as text. Its end, if any, is in the sheet's time zone like all other times.
fn grant_text(grant: &GrantResponse, sheet: &Sheet) -> String {
    let end = grant.expires_at.map(|at| format!(" until {}", sheet.time(at)));
    let GrantResponse { kind, id, role, .. } = grant;
    format!("{kind}/{id}: {role}{}", end.unwrap_or_default())
}

/// The source of a role on a resource, as text; none if it is hidden or unknown.
fn grant_source_text(grant: &GrantResponse, sheet: &Sheet) -> Option<String> {
    let source = grant.source.as_ref()?.as_ref()?;
    Some(format!("{}/{}: {}", grant.kind, grant.id, source_text(source, sheet)))
}

/// A source as text, such as `invitation inv_… by usr_… at 2026-11-29 20:51:27`.
fn source_text(source: &SourceResponse, sheet: &Sheet) -> String {
    let part = |word: &str, id: Option<String>| id.map(|id| format!(" {word}{id}")).unwrap_or_default();
    let invitation = part("", source.invitation.map(|id| id.to_string()));
    let by = part("by ", source.by.flatten().map(|id| id.to_string()));
    let through = part("through ", source.api_key.flatten().map(|key| key.to_string()));
    format!("{}{invitation}{by}{through} at {}", source.kind, sheet.time(source.at))
}

/// These rows as a whole file.
///
/// # Errors
/// [`SheetError`].
pub fn file(format: Format, sheet: &Sheet, rows: &[Row], at: muster_domain::Timestamp) -> Result<Vec<u8>, SheetError> {
    match format {
        Format::Csv => {
            let mut file = sheet.csv_head()?;
            file.extend(sheet.csv(rows)?);
            Ok(file)
        }
        Format::Xlsx => {
            let mut workbook = workbook::Workbook::begin(sheet.clone(), at)?;
            workbook.add(rows)?;
            let mut file = std::io::Cursor::new(Vec::new());
            workbook.write_to(&mut file)?;
            Ok(file.into_inner())
        }
    }
}
