//! The measurements as a table.

use crate::Measured;
use crate::scene::KINDS;
use muster_tests::markdown::Table;

/// A row for each kind of request, with a value for each number of writes.
pub(crate) fn table(measured: &[Measured]) -> String {
    let mut table = Table::new(&["", "ms", "last : first", "processor ms", "last : first"]);
    let all = |show: &dyn Fn(&Measured) -> String| measured.iter().map(show).collect::<Vec<_>>().join(" · ");
    for (place, kind) in KINDS.iter().enumerate() {
        let ratio = |value: fn(&(f64, f64)) -> f64| match (measured.first(), measured.last()) {
            (Some(first), Some(last)) => format!("{:.2}", value(&last.kinds[place]) / value(&first.kinds[place])),
            _ => String::new(),
        };
        table.row(&[
            kind.name().to_owned(),
            all(&|m| format!("{:.1}", m.kinds[place].0)),
            ratio(|(time, _)| *time),
            all(&|m| format!("{:.1}", m.kinds[place].1)),
            ratio(|(_, processor)| *processor),
        ]);
    }
    let megabytes = |bytes: u64| format!("{} MB", bytes / 1_000_000);
    for (name, value) in [
        ("memory", all(&|m| megabytes(m.memory))),
        ("data on disk", all(&|m| megabytes(m.disk))),
        ("processor while idle", all(&|m| format!("{:.1} %", m.idle))),
    ] {
        table.row(&[name.to_owned(), value, String::new(), String::new(), String::new()]);
    }
    let writes = all(&|m| m.writes.to_string());
    table.with(&format!(
        "Values are those after {writes} changes.\n`ms` is the median time that one client waits.\n`processor ms` is what the whole \
         process takes for a request, with everything that follows from it, such as its mail."
    ))
}
