//! What ran as a packaged function, written down at a test's end if somebody wants to know.

use super::lock;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::sync::Mutex;

/// The file that takes it.
const FILE: &str = "MUSTER_TEST_TALLY";

#[derive(Default)]
struct Counts {
    invocations: usize,
    processes: usize,
}

/// The counts of one backend, by binary.
pub(super) struct Tally {
    test: String,
    counts: Mutex<BTreeMap<&'static str, Counts>>,
}

impl Tally {
    /// The test is the thread's: the test harness names it so.
    pub(super) fn begin() -> Self {
        let thread = std::thread::current();
        Self {
            test: thread.name().unwrap_or_default().to_owned(),
            counts: Mutex::default(),
        }
    }

    pub(super) fn invoked(&self, binary: &'static str) {
        lock(&self.counts).entry(binary).or_default().invocations += 1;
    }

    pub(super) fn started(&self, binary: &'static str) {
        lock(&self.counts).entry(binary).or_default().processes += 1;
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        let Ok(path) = std::env::var(FILE) else { return };
        let mut lines = String::new();
        for (binary, counts) in lock(&self.counts).iter() {
            let Counts { invocations, processes } = counts;
            let _ = writeln!(lines, "{} {binary} {invocations} {processes}", self.test);
        }
        let file = OpenOptions::new().create(true).append(true).open(path);
        // A lost count is not worth a test.
        let _ = file.and_then(|mut file| file.write_all(lines.as_bytes()));
    }
}
