//! Files, and parts of files, that tests write from the route table.

use std::path::Path;

/// A file below the folder of this crate.
pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_default()
}

/// Writes the file if `MUSTER_UPDATE` is set. Otherwise fails unless it is as expected; `tests` are those that write it.
pub(crate) fn assert_current(path: &str, expected: &str, tests: &str) {
    if std::env::var_os("MUSTER_UPDATE").is_some() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(path), expected).unwrap();
    } else {
        let is_current = read(path) == expected;
        assert!(
            is_current,
            "{path} is stale: run `MUSTER_UPDATE=1 cargo test --workspace --lib -- {tests}`"
        );
    }
}

/// The file with the text between the marks of a part replaced.
pub(crate) fn replaced(file: &str, part: &str, text: &str) -> String {
    let (begin, end) = (
        format!("# Written from the route table: {part}.\n"),
        format!("# End of {part}.\n"),
    );
    let (before, rest) = file.split_once(&begin).unwrap_or_else(|| panic!("{part} has no begin"));
    let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("{part} has no end"));
    let indent: String = before.chars().rev().take_while(|c| *c == ' ').collect();
    [before, &begin, text, &indent, &end, after].concat()
}
