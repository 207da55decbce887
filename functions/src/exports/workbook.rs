//! The sheet as an Excel workbook.
//!
//! Texts are written as texts, never as formulas: what a cell holds is part of its type there, so that a name such as `=1+1` is
//! shown as it is, and needs no apostrophe as in CSV. Rows go to a temporary file as they come, so memory does not grow with them.

use muster_domain::Timestamp;
use muster_domain::export::sheet::{COLUMNS, Cell, Row, Sheet};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Worksheet, XlsxError};
use std::io::{Seek, Write};

/// Rows that a worksheet of Excel holds, titles included.
const MAX_ROWS: u32 = 1_048_576;

/// The width of each column, in characters.
const WIDTHS: [u16; COLUMNS] = [11, 28, 34, 22, 40, 10, 14, 20, 20, 20, 20];

/// A workbook that is being written, row after row.
pub struct Workbook {
    book: rust_xlsxwriter::Workbook,
    sheet: Sheet,
    /// The row of the present worksheet that comes next.
    row: u32,
    worksheets: usize,
    most: u32,
    time: Format,
    title: Format,
}

impl Workbook {
    /// An empty one, made at this instant: the same rows make the same file whenever they are written.
    ///
    /// # Errors
    /// The library's own, here and below: the disk is full, for one.
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

    /// Begins a worksheet: Excel opens no longer ones.
    fn turn(&mut self) -> Result<(), XlsxError> {
        self.worksheets += 1;
        let name = match self.worksheets {
            1 => "Members".to_owned(),
            n => format!("Members {n}"),
        };
        let worksheet = self.book.add_worksheet_with_constant_memory()?;
        worksheet.set_name(name)?;
        worksheet.set_freeze_panes(1, 0)?;
        for (column, width) in (0..).zip(WIDTHS) {
            worksheet.set_column_width(column, width)?;
        }
        for (column, title) in (0..).zip(self.sheet.titles()) {
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

/// An instant as Excel has it: a day and a time without a zone, so those of the sheet's.
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
