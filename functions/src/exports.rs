//! Making the file of an export: the list of people, page by page, as rows of a sheet.

pub mod workbook;

use crate::shapes::member::{GrantBody, PersonRow, View};
use muster_domain::export::sheet::{Cell, Row, Sheet};
use muster_domain::export::{Format, Selection};
use muster_domain::rules::Fault;
use muster_domain::{InvitationState, ResourceId, ResourceType, RoleId, Status, search};
use muster_store::{Cursor, Page, Store, StoreError, TeamRow};

/// People of one page of the list.
pub const PAGE: usize = 100;

/// A sheet was not written.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// As CSV.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// As a workbook.
    #[error(transparent)]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}

/// A page of the list of people that a selection is of.
pub async fn people_page(
    store: &Store,
    view: &View<'_>,
    selection: &Selection,
    after: Option<&Cursor>,
) -> Result<(Vec<PersonRow>, Option<Cursor>), StoreError> {
    let Page { items, next } = store.team(view.organization.id, after, PAGE).await?;
    let shown = items.iter().filter_map(|row| match row {
        TeamRow::Invitation(i) => {
            (i.state_at(view.now) == InvitationState::Pending).then(|| view.invitation_row(i, |_| true))
        }
        TeamRow::Member(m) => Some(view.member_row(m, |_| true)),
    });
    Ok((shown.filter(|row| is_meant(selection, row)).collect(), next))
}

fn is_meant(selection: &Selection, row: &PersonRow) -> bool {
    let equal = |wanted: &Option<String>, is: Option<&str>| wanted.as_deref().is_none_or(|wanted| is == Some(wanted));
    let holds = |role: &String| {
        let shown = row.role.iter().chain(row.grants.iter().map(|grant| &grant.role));
        shown.into_iter().any(|held| held.as_str() == role)
    };
    let on = |wanted: &String| {
        let mut grants = row.grants.iter();
        grants.any(|grant| format!("{}:{}", grant.kind, grant.id) == *wanted)
    };
    let terms = search::terms(selection.q.as_deref().unwrap_or_default());
    equal(&selection.status, row.status.map(status))
        && equal(&selection.invite_status, Some(row.invite_status))
        && (selection.role.is_empty() || selection.role.iter().any(holds))
        && selection.resource.as_ref().is_none_or(on)
        && (terms.is_empty() || search::matches(&search::words(row.name.as_ref(), &row.email), &terms))
}

const fn status(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::Inactive => "inactive",
    }
}

/// Longest text that is searched for.
const LONGEST: usize = 200;

/// What of a selection cannot be asked for.
#[must_use]
pub fn faults(selection: &Selection) -> Vec<Fault> {
    let is_resource = |text: &str| {
        let (kind, id) = text.split_once(':').unwrap_or_default();
        kind.parse::<ResourceType>().is_ok() && id.parse::<ResourceId>().is_ok()
    };
    let fits = |text: &Option<String>, fits: &dyn Fn(&str) -> bool| text.as_deref().is_none_or(fits);
    let checked = [
        ("q", fits(&selection.q, &|text| text.chars().count() <= LONGEST)),
        (
            "status",
            fits(&selection.status, &|word| ["active", "inactive"].contains(&word)),
        ),
        ("role", selection.role.iter().all(|role| role.parse::<RoleId>().is_ok())),
        (
            "invite_status",
            fits(&selection.invite_status, &|word| {
                ["accepted", "pending"].contains(&word)
            }),
        ),
        ("joined_in", selection.joined_in.is_none()),
        ("resource", fits(&selection.resource, &is_resource)),
        ("sort", selection.sort.is_none()),
    ];
    let wrong = checked.into_iter().filter(|(_, fits)| !fits);
    wrong
        .map(|(name, _)| Fault::field(name, "invalid_value", "cannot be asked for"))
        .collect()
}

/// A person's cells.
#[must_use]
pub fn cells(person: &PersonRow, sheet: &Sheet) -> Row {
    let grants: Vec<String> = person.grants.iter().map(|grant| told(grant, sheet)).collect();
    [
        Cell::text(Some(person.kind)),
        Cell::text(person.name.as_ref()),
        Cell::text(Some(&person.email)),
        Cell::text(person.role.as_ref()),
        Cell::text(Some(grants.join("; ")).filter(|all| !all.is_empty())),
        Cell::text(person.status.map(status)),
        Cell::text(Some(person.invite_status)),
        Cell::text(person.timezone.as_ref()),
        Cell::at(person.joined_at),
        Cell::at(person.last_active_at),
        Cell::at(person.role_expires_at),
    ]
}

/// A role on a resource, as text. Its end, if it has one, is in the time zone of the sheet like all others.
fn told(grant: &GrantBody, sheet: &Sheet) -> String {
    let end = grant.expires_at.map(|at| format!(" until {}", sheet.time(at)));
    let GrantBody { kind, id, role, .. } = grant;
    format!("{kind}/{id}: {role}{}", end.unwrap_or_default())
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
