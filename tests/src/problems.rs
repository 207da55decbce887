//! The problems that routes answered in tests, held against those that their lines in the table name.
//!
//! The harness refuses a problem that a route does not name. With `MUSTER_RECORD_PROBLEMS` set to a folder, the others are noted
//! there, so that `answered-problems` finds what a route names and never answers.

use crate::deployment::repository;
use crate::document::{described, requested};
use muster_edge::problem::ProblemType::{
    self, Conflict, IdempotencyKeyReused, Internal, RoleNotAssignable, Throttled, Unavailable,
};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};

/// Environment variable: the folder that problems are noted in, from the repository's on.
pub const RECORD: &str = "MUSTER_RECORD_PROBLEMS";

/// Types that tests need not get from each route, with the reason.
pub const ANYWHERE: [(ProblemType, &str); 4] = [
    (
        Conflict,
        "a request gets it after ten lost races; `races` brings that about on some routes",
    ),
    (Internal, "no request is to get it"),
    (
        Throttled,
        "`throttles.rs` and `hot_partitions.rs` bring it about on some routes",
    ),
    (
        Unavailable,
        "`faults.rs` brings it about at each AWS call that a route makes",
    ),
];

/// Problems of single routes that no test can get, with the reason.
pub const NEVER: [(&str, ProblemType, &str); 2] = [
    (
        "decline-invitation",
        IdempotencyKeyReused,
        "no response is stored for it, since declining again gets the same one",
    ),
    (
        "transfer-ownership",
        RoleNotAssignable,
        "in the role sets of this repository, owners may assign every role",
    ),
];

/// A binary and a type of problem, as they are noted.
fn line(binary: &str, kind: ProblemType) -> String {
    format!("{binary} {}", kind.slug())
}

/// The file that problems are noted in, and what is in it.
type Notes = (File, BTreeSet<String>);

/// Notes that a request got a problem with this `type`.
pub(crate) fn note(method: &str, path: &str, uri: &str) {
    static NOTES: LazyLock<Option<Mutex<Notes>>> = LazyLock::new(|| {
        let folder = repository().join(std::env::var_os(RECORD)?);
        fs::create_dir_all(&folder).expect("the folder can be made");
        let file = File::create(folder.join(format!("{}.txt", std::process::id())));
        Some(Mutex::new((file.expect("problems can be noted"), BTreeSet::new())))
    });
    let Some(notes) = NOTES.as_ref() else { return };
    let (Some(route), Some(kind)) = (requested(method, path), ProblemType::of(uri)) else {
        return;
    };
    let (file, known) = &mut *notes.lock().unwrap_or_else(PoisonError::into_inner);
    let line = line(route.binary, kind);
    if !known.contains(&line) {
        writeln!(file, "{line}").expect("problems can be noted");
        known.insert(line);
    }
}

/// What was noted in a folder: a line for each route and type.
///
/// # Errors
/// If it cannot be read.
pub fn noted(folder: &Path) -> std::io::Result<BTreeSet<String>> {
    let mut lines = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let text = fs::read_to_string(entry?.path())?;
        lines.extend(text.lines().map(ToOwned::to_owned));
    }
    Ok(lines)
}

/// How many problems the described routes name, over all of them.
#[must_use]
pub fn count() -> usize {
    described().map(|route| route.problems().len()).sum()
}

/// What is wrong with what was noted: problems that a route names and no test got, and exceptions that are none.
#[must_use]
pub fn faults(noted: &BTreeSet<String>) -> Vec<String> {
    let is_excepted = |binary: &str, kind: ProblemType| {
        ANYWHERE.iter().any(|(anywhere, _)| *anywhere == kind)
            || NEVER.iter().any(|(own, never, _)| (*own, *never) == (binary, kind))
    };
    let mut faults = Vec::new();
    for route in described() {
        let wanted = route.problems().into_iter();
        let wanted = wanted.filter(|kind| !is_excepted(route.binary, *kind));
        let missing = wanted
            .map(|kind| line(route.binary, kind))
            .filter(|line| !noted.contains(line));
        faults.extend(missing.map(|line| format!("{line}: no test gets it")));
    }
    for (binary, kind, _) in NEVER {
        let named = described().any(|route| route.binary == binary && route.problems().contains(&kind));
        if !named || noted.contains(&line(binary, kind)) {
            faults.push(format!("{}: is no exception", line(binary, kind)));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_test_gets_is_found_and_so_is_an_exception_that_is_none() {
        let every = described().flat_map(|route| {
            let problems = route.problems().into_iter();
            problems.map(|kind| line(route.binary, kind))
        });
        let mut all: BTreeSet<String> = every.collect();
        for (binary, kind, _) in NEVER {
            assert!(faults(&all).contains(&format!("{}: is no exception", line(binary, kind))));
            all.remove(&line(binary, kind));
        }
        assert!(faults(&all).is_empty());
        all.remove("update-member last-owner");
        assert_eq!(faults(&all), ["update-member last-owner: no test gets it"]);
    }
}
