//! How often each route was asked, and what it said.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Counts by what was done and the status it was answered with, 0 where there is none.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<BTreeMap<&'static str, BTreeMap<u16, u64>>>);

impl Tally {
    /// One more.
    pub(crate) fn count(&self, what: &'static str, status: u16) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *all.entry(what).or_default().entry(status).or_default() += 1;
    }

    /// Whether this was done at least once as it was asked.
    pub(crate) fn has_succeeded(&self, what: &str) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(what)
            .is_some_and(|statuses| statuses.keys().any(|status| (200..400).contains(status)))
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (what, statuses) in all.iter() {
            let told = statuses.iter().map(|(status, count)| match status {
                0 => count.to_string(),
                status => format!("{status}: {count}"),
            });
            writeln!(f, "  {what:26} {}", told.collect::<Vec<_>>().join(", "))?;
        }
        Ok(())
    }
}
