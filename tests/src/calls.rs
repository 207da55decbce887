//! The AWS calls of functions, as tests make them: each is looked at as AWS would, by the role of the function that makes
//! it, and ends the test if the role does not allow it.
//!
//! With `MUSTER_RECORD_CALLS` set to a folder, they are noted there as well, for `least-privilege` to look at together.

use crate::deployment::repository;
use crate::permissions::{Needed, asked, behind_link};
use crate::roles::WRITTEN;
use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use muster_functions::routes::{BACKGROUND, ROUTES};
use muster_local::running;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};

/// Environment variable: the folder that calls are noted in, from the repository's on.
pub const RECORD: &str = "MUSTER_RECORD_CALLS";

/// A permission that a function used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Used {
    /// The function's binary.
    pub binary: String,
    /// The permission; see [`Needed::shape`].
    pub needed: Needed,
}

impl Used {
    fn new(binary: &str, needed: &Needed) -> Self {
        Self {
            binary: binary.to_owned(),
            needed: needed.shape(),
        }
    }
}

/// What functions' AWS calls go through in tests. Whose they are is known from the invocation that they are made in; what
/// a test calls itself is in none, and passes.
#[must_use]
pub fn client() -> SharedHttpClient {
    let real = Builder::new().build_http();
    http_client_fn(move |settings, components| {
        SharedHttpConnector::new(Connector(real.http_connector(settings, components)))
    })
}

#[derive(Debug)]
struct Connector(SharedHttpConnector);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if let Some(binary) = running() {
            note(binary, asked(&request));
        }
        self.0.call(request)
    }
}

/// Notes that somebody got a file by a link, which `get-export` has signed.
pub fn followed(link: &str) {
    note("get-export", vec![behind_link(link)]);
}

/// Runs an invocation as a function's, where no gateway, stream or schedule does.
///
/// # Panics
/// If there is no such function.
pub fn run_as<T>(binary: &str, invocation: impl Future<Output = T>) -> impl Future<Output = T> {
    let routes = ROUTES.iter().map(|route| route.binary);
    let mut known = routes.chain(BACKGROUND.iter().map(|function| function.binary));
    let binary = known.find(|known| *known == binary).expect("a function's binary");
    muster_local::run_as(binary, invocation)
}

/// What of this the role of a binary does not allow. Each shape is asked for once.
#[must_use]
pub fn denied(binary: &str, needed: &[Needed]) -> Vec<Used> {
    static KNOWN: Mutex<BTreeMap<Used, bool>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut is_denied = |(used, needed): &(Used, &Needed)| {
        let allowed = known.get(used).copied();
        let allowed = allowed.unwrap_or_else(|| WRITTEN.of_binary(binary).allows(needed));
        known.insert(used.clone(), allowed);
        !allowed
    };
    let used = needed.iter().map(|needed| (Used::new(binary, needed), needed));
    used.filter(|both| is_denied(both)).map(|(used, _)| used).collect()
}

fn note(binary: &str, needed: Vec<Needed>) {
    let denied = denied(binary, &needed);
    record(binary, &needed);
    assert!(
        denied.is_empty(),
        "the role does not allow what its function does: {denied:#?}"
    );
}

/// The file that calls are noted in, and what is in it.
type Record = (File, BTreeSet<Used>);

/// Writes down that there was a call, and what had not been needed before.
fn record(binary: &str, needed: &[Needed]) {
    static FILE: LazyLock<Option<Mutex<Record>>> = LazyLock::new(|| {
        let folder = repository().join(std::env::var_os(RECORD)?);
        fs::create_dir_all(&folder).expect("the folder can be made");
        let file = File::create(folder.join(format!("{}.jsonl", std::process::id())));
        Some(Mutex::new((file.expect("calls can be noted"), BTreeSet::new())))
    });
    let Some(file) = FILE.as_ref() else { return };
    let (file, known) = &mut *file.lock().unwrap_or_else(PoisonError::into_inner);
    let mut lines = format!("{binary}\n");
    for used in needed.iter().map(|needed| Used::new(binary, needed)) {
        if !known.contains(&used) {
            lines.push_str(&serde_json::to_string(&used).expect("plain data"));
            lines.push('\n');
            known.insert(used);
        }
    }
    file.write_all(lines.as_bytes()).expect("calls can be noted");
}

/// What was noted in a folder: how many calls, and each permission that they used.
///
/// # Errors
/// If it cannot be read.
pub fn noted(folder: &Path) -> std::io::Result<(usize, BTreeSet<Used>)> {
    let (mut calls, mut used) = (0, BTreeSet::new());
    for entry in fs::read_dir(folder)? {
        for line in fs::read_to_string(entry?.path())?.lines() {
            match line.starts_with('{') {
                true => used.extend(serde_json::from_str::<Used>(line)),
                false => calls += 1,
            }
        }
    }
    Ok((calls, used))
}
