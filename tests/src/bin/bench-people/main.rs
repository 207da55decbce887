//! Measures the list of people, an access decision and a key check on organizations of several sizes in one table, and what
//! changes of people write. Prints tables; nothing is asserted of time.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement that prints what it finds, and cannot go on when something is wrong"
)]

mod cases;
mod costs;
mod items;
mod load;
mod population;
mod table;

use clap::Parser;
use muster_local::Options;
use muster_tests::faults::Faults;
use muster_tests::harness::Harness;
use muster_tests::meter;

/// Measures the list of people on organizations of several sizes.
#[derive(Debug, Parser)]
struct Arguments {
    /// People of each organization, the smallest first; 100 or more each
    #[arg(long, value_delimiter = ',', default_value = "100,10000,1000000")]
    sizes: Vec<usize>,
    /// How often each request is timed in each organization
    #[arg(long, default_value_t = 41)]
    rounds: usize,
    /// Rows of a page
    #[arg(long, default_value_t = 10)]
    limit: usize,
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir().expect("a folder for the table");
    let loaded = load::load(folder.path(), &arguments.sizes).await;
    let faults = Faults::default();
    let h = Harness::with(Options {
        http_client: Some(faults.client_over(meter::client())),
        ..load::kept(folder.path())
    })
    .await;
    let bench = cases::Bench {
        h: &h,
        faults: &faults,
        loaded: &loaded,
        rounds: arguments.rounds,
        limit: arguments.limit,
    };
    println!("\n## Reads\n\n{}", bench.reads().await);
    println!("## Repair\n\n{}", bench.repairs().await);
    h.backend.stop().await;
    println!("## Writes\n\n{}", costs::writes().await);
}
