//! The sheet as an Excel workbook.
//!
//! Texts are written as texts, never as formulas. Cells are typed in this format, so a name such as `=1+1` is shown as it is, and
//! needs no apostrophe as in CSV. Rows go to a temporary file as they come, so memory does not grow with them.

use muster_domain::Timestamp;
use muster_domain::export::sheet::{COLUMNS, Cell, Row, Sheet};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Worksheet, XlsxError};
use std::io::{Seek, Write};

/// Maximum number of rows in an Excel worksheet, including titles.
const MAX_ROWS: u32 = 1_048_576;

/// The width of each column, in characters.
const WIDTHS: [u16; COLUMNS] = [11, 28, 34, 22, 40, 10, 14, 20, 20, 20, 20, 40, 40, 40];

/// A workbook that is written row by row.
pub struct Workbook {
    book: rust_xlsxwriter::Workbook,
    sheet: Sheet,
    /// The next row of the current worksheet.
    row: u32,
    worksheets: usize,
    most: u32,
    time: Format,
    title: Format,
}

impl Workbook {
    /// Begins an empty workbook with this creation time, so that the same rows make the same file whenever they are written.
    ///
    /// # Errors
    /// An error of the library, here and below: for example, the disk is full.
    pub fn begin(sheet: Sheet, at: Timestamp) -> Result<Self, XlsxError> {
        Self::with_worksheets_of(sheet, at, MAX_ROWS)
    }

    fn with_worksheets_of(sheet: Sheet, at: Timestamp, most: u32) -> Result<Self, XlsxError> {
        let mut book = rust_xlsxwriter::Workbook::new();
        let made = ExcelDateTime::from_timestamp(at.as_second())?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&made));
        let mut workbook = Self {
            book,
            sheet,
            row: 0,
            worksheets: 0,
            most,
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            title: Format::new().set_bold(),
        };
        workbook.turn()?;
        Ok(workbook)
    }

    /// Begins a new worksheet, since Excel opens none with more rows.
    fn turn(&mut self) -> Result<(), XlsxError> {
        self.worksheets += 1;
        let name = match self.worksheets {
            1 => "Members".to_owned(),
            n => format!("Members {n}"),
        };
        let worksheet = self.book.add_worksheet_with_constant_memory()?;
        worksheet.set_name(name)?;
        worksheet.set_freeze_panes(1, 0)?;
        let columns = self.sheet.of_columns(WIDTHS).zip(self.sheet.titles());
        for (column, (width, title)) in (0..).zip(columns) {
            worksheet.set_column_width(column, width)?;
            worksheet.write_string_with_format(0, column, title, &self.title)?;
        }
        self.row = 1;
        Ok(())
    }

    /// Adds rows.
    ///
    /// # Errors
    /// As [`Workbook::begin`].
    pub fn add(&mut self, rows: &[Row]) -> Result<(), XlsxError> {
        for row in rows {
            if self.row == self.most {
                self.turn()?;
            }
            let worksheet = self.book.worksheet_from_index(self.worksheets - 1)?;
            for (column, cell) in (0..).zip(row) {
                write(worksheet, (self.row, column), cell, &self.sheet, &self.time)?;
            }
            self.row += 1;
        }
        Ok(())
    }

    /// Writes the file.
    ///
    /// # Errors
    /// As [`Workbook::begin`].
    pub fn write_to<W: Write + Seek + Send>(mut self, to: W) -> Result<(), XlsxError> {
        self.book.save_to_writer(to)
    }
}

fn write(
    worksheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    sheet: &Sheet,
    time: &Format,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => {
            worksheet.write_string(row, column, text)?;
        }
        Cell::At(at) => match date(sheet, *at) {
            Ok(date) => {
                worksheet.write_datetime_with_format(row, column, &date, time)?;
            }
            // Excel's calendar begins in 1900.
            Err(_) => {
                worksheet.write_string(row, column, sheet.time(*at))?;
            }
        },
    }
    Ok(())
}

/// An instant in Excel's form: a date and a time without a zone, so they are in the sheet's zone.
fn date(sheet: &Sheet, at: Timestamp) -> Result<ExcelDateTime, XlsxError> {
    let local = sheet.local(at);
    let part = |n: i8| u8::try_from(n).unwrap_or_default();
    let year = u16::try_from(local.year()).unwrap_or_default();
    let day = ExcelDateTime::from_ymd(year, part(local.month()), part(local.day()))?;
    day.and_hms(
        u16::from(part(local.hour())),
        part(local.minute()),
        part(local.second()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader as _, Xlsx};
    use std::io::Cursor;

    fn row(name: &str) -> Row {
        let mut row = vec![Cell::Empty; 11];
        row[1] = Cell::Text(name.to_owned());
        row[8] = Cell::At("2026-03-29T01:00:00Z".parse().unwrap());
        row[9] = Cell::At("1800-01-01T00:00:00Z".parse().unwrap());
        row
    }

    fn written(most: u32, names: &[String]) -> Vec<u8> {
        let sheet = Sheet::new("Europe/Berlin".parse().unwrap());
        let at = "2026-11-21T00:00:00Z".parse().unwrap();
        let mut workbook = Workbook::with_worksheets_of(sheet, at, most).unwrap();
        for name in names {
            workbook.add(&[row(name)]).unwrap();
        }
        let mut file = Cursor::new(Vec::new());
        workbook.write_to(&mut file).unwrap();
        file.into_inner()
    }

    #[test]
    fn what_a_worksheet_does_not_hold_goes_to_the_next_with_titles_of_its_own() {
        let names = ["=1+1", "Zoë", "_x0041_ <&>", "\u{1}", "e"].map(ToOwned::to_owned);
        let file = written(3, &names);
        assert_eq!(file, written(3, &names), "the same rows make the same file");
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).unwrap();
        assert_eq!(book.sheet_names(), ["Members", "Members 2", "Members 3"]);
        let mut found = Vec::new();
        for sheet in book.sheet_names() {
            let cells = book.worksheet_range(&sheet).unwrap();
            assert_eq!(cells.get((0, 8)), Some(&Data::String("Joined (Europe/Berlin)".into())));
            for row in 1..cells.height() {
                let Some(Data::DateTime(at)) = cells.get((row, 8)) else {
                    panic!("no date")
                };
                assert_eq!(at.to_ymd_hms_milli(), (2026, 3, 29, 3, 0, 0, 0));
                // Excel has no date this early, so the cell is a text.
                assert!(matches!(cells.get((row, 9)), Some(Data::String(_))));
                found.push(cells.get((row, 1)).unwrap().to_string());
            }
        }
        assert_eq!(found[..3], names[..3]);
        assert_eq!(found[4], names[4]);
    }
}
