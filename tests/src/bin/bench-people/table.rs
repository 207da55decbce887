//! What was measured, as a table.

use muster_tests::markdown::{Table, median};
use std::time::Duration;

/// What a request took in one organization.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    /// Rows of the list, if it is one.
    pub(crate) rows: Option<usize>,
    pub(crate) round_trips: usize,
    pub(crate) items: usize,
    pub(crate) units: f64,
    pub(crate) times: Vec<Duration>,
}

impl Measured {
    /// The median, in milliseconds.
    fn time(&self) -> f64 {
        let times: Vec<f64> = self.times.iter().map(|time| time.as_secs_f64() * 1_000.0).collect();
        median(&times)
    }
}

/// The rows of each case, with one value for each size, and ratios of the largest to the smallest and to the one before it.
pub(crate) fn table(sizes: Vec<usize>, rows: &[(&str, Vec<Measured>)]) -> String {
    let sizes: Vec<String> = sizes.into_iter().map(short).collect();
    let sizes = sizes.join(" · ");
    let columns = [
        "",
        "rows",
        "round trips",
        "items read",
        "read units",
        "ms",
        "ratio: round trips",
        "read units",
        "ms",
    ];
    let mut table = Table::new(&columns);
    for (name, measured) in rows {
        let all = |show: &dyn Fn(&Measured) -> String| measured.iter().map(show).collect::<Vec<_>>().join(" · ");
        let ratio = |value: &dyn Fn(&Measured) -> f64| match (measured.first(), measured.last()) {
            (Some(first), Some(last)) => format!("{:.2}", value(last) / value(first)),
            _ => String::new(),
        };
        table.row(&[
            (*name).to_owned(),
            all(&|m| m.rows.map_or_else(|| "–".to_owned(), |rows| rows.to_string())),
            all(&|m| m.round_trips.to_string()),
            all(&|m| m.items.to_string()),
            all(&|m| m.units.to_string()),
            all(&|m| format!("{:.1}", m.time())),
            ratio(&|m| m.round_trips as f64),
            ratio(&|m| m.units),
            ratio(&Measured::time),
        ]);
    }
    table.with(&format!(
        "Values are those of organizations of {sizes} people. Ratios are those of the last to the first."
    ))
}

/// `10k` for ten thousand.
fn short(size: usize) -> String {
    match size {
        1_000_000.. if size.is_multiple_of(1_000_000) => format!("{}M", size / 1_000_000),
        1_000.. if size.is_multiple_of(1_000) => format!("{}k", size / 1_000),
        _ => size.to_string(),
    }
}
