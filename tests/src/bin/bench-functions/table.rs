//! Tables in Markdown, and what stands in them.

use std::fmt::Write as _;

/// A table that grows row by row.
pub(crate) struct Table(String);

impl Table {
    /// A table with these columns.
    pub(crate) fn new(columns: &[&str]) -> Self {
        let mut table = Self(String::new());
        table.row(columns);
        table.row(&vec!["---"; columns.len()]);
        table
    }

    /// One row more.
    pub(crate) fn row<T: AsRef<str>>(&mut self, cells: &[T]) {
        let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
        let _ = writeln!(self.0, "| {} |", cells.join(" | "));
    }

    /// The table, and a sentence below it.
    pub(crate) fn with(self, sentence: &str) -> String {
        format!("{}\n{sentence}\n", self.0)
    }
}

/// A ratio, marked where it is above its limit.
pub(crate) fn ratio(value: f64, limit: f64) -> String {
    if value > limit {
        format!("**{value:.2}**")
    } else {
        format!("{value:.2}")
    }
}

/// The one in the middle.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        length if length % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// The name of whatever has the largest value, and that value.
pub(crate) fn largest<'a>(values: &'a [(&'a str, f64)]) -> (&'a str, f64) {
    let largest = values.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    largest.copied().unwrap_or_default()
}

/// How these ratios lie towards their limits, as a sentence.
pub(crate) fn told(ratios: &[(&str, f64)], limit: f64, of_median: f64) -> String {
    let all: Vec<f64> = ratios.iter().map(|(_, ratio)| *ratio).collect();
    let above = all.iter().filter(|ratio| **ratio > limit).count();
    let (name, most) = largest(ratios);
    format!(
        "{} functions: median {} (limit {of_median:.2}), largest {} (`{name}`, limit {limit:.2}), above the limit {above}.",
        all.len(),
        ratio(median(&all), of_median),
        ratio(most, limit),
    )
}
