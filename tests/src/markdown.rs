//! Tables in Markdown, as benchmarks print them.

use std::fmt::{Display, Write as _};

/// A table that grows row by row.
#[derive(Debug)]
pub struct Table(String);

impl Table {
    /// A table with these columns.
    #[must_use]
    pub fn new(columns: &[&str]) -> Self {
        let mut table = Self(String::new());
        table.row(columns);
        table.row(&vec!["---"; columns.len()]);
        table
    }

    /// One row more.
    pub fn row<T: Display>(&mut self, cells: &[T]) {
        let cells: Vec<String> = cells.iter().map(T::to_string).collect();
        let _ = writeln!(self.0, "| {} |", cells.join(" | "));
    }

    /// The table, and a sentence below it.
    #[must_use]
    pub fn with(self, sentence: &str) -> String {
        format!("{}\n{sentence}\n", self.0)
    }
}

/// The one in the middle.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        length if length % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}
