//! How many requests a second gateway and processes answer, all on one machine: with each other, the table, and whoever asks.

use futures::StreamExt as _;
use muster_local::Options;
use muster_tests::Packaged;
use muster_tests::harness::{Harness, Organization};
use muster_tests::markdown::Table;
use muster_tests::packaged::Settings;
use std::sync::Arc;
use std::time::Instant;

/// Requests that are under way at a time.
const AT_ONCE: usize = 16;
/// Requests before time is taken, so that all processes are warm.
const WARMING: usize = 100;
/// Requests that are counted.
const COUNTED: usize = 1000;

/// One function that reads, in so and so many processes behind the gateway.
pub(crate) async fn table() -> String {
    let mut table = Table::new(&["processes", "requests a second", "ratio to one process", "not answered"]);
    let mut alone = 0.0;
    for processes in [1, 2, 4, 8] {
        let (rate, failed) = rate(processes).await;
        if processes == 1 {
            alone = rate;
        }
        table.row(&[
            processes.to_string(),
            format!("{rate:.0}"),
            format!("{:.2}", rate / alone),
            failed.to_string(),
        ]);
    }
    table.with("`GET /v1/organizations/{org}/members/me`, 16 at a time.")
}

async fn rate(processes: usize) -> (f64, usize) {
    let settings = Settings {
        processes,
        ..Settings::default()
    };
    let h = Harness::with(Options {
        timers: false,
        streams: false,
        functions: Some(Arc::new(Packaged::with(settings))),
        ..Options::default()
    })
    .await;
    let acme = Organization::make(&h).await;
    let path = acme.path("/members/me");
    ask(&h, &acme, &path, WARMING).await;
    let begun = Instant::now();
    let failed = ask(&h, &acme, &path, COUNTED).await;
    let rate = COUNTED as f64 / begun.elapsed().as_secs_f64();
    h.backend.stop().await;
    (rate, failed)
}

/// Asks so often; gives how many requests were not answered well.
async fn ask(h: &Harness, acme: &Organization, path: &str, count: usize) -> usize {
    let requests = (0..count).map(|_| async { acme.owner.get(h, path).await.status });
    let answers = futures::stream::iter(requests).buffer_unordered(AT_ONCE);
    answers
        .filter(|status| std::future::ready(*status != 200))
        .count()
        .await
}
