//! Plays random operations of many people over HTTP against one backend, several at once, while AWS calls fail, invocations
//! are killed and the clock moves; and counts everything anew at quiet moments.
//!
//! An operation follows from the seed, its number and what is known of the world when it is drawn. One after the other
//! (`--concurrency 1`), a seed repeats all of them, with what goes wrong. Several at once meet in an order of their own, and
//! so what is drawn later differs.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that prints what it finds, and must stop when it cannot go on"
)]

mod cast;
mod census;
mod draw;
mod ending;
mod faults;
mod judge;
mod learn;
mod play;
mod request;
mod standing;
mod tally;
mod world;

use cast::Cast;
use clap::Parser;
use draw::Measure;
use faults::Faults;
use muster_local::{Backend, Options};
use muster_tests::Harness;
use play::Play;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

/// Plays random operations against one backend, and counts everything anew as it goes
#[derive(Debug, Parser)]
struct Arguments {
    /// How many operations
    #[arg(long, default_value_t = 5_000)]
    operations: u64,
    /// What they are drawn from; a random one is printed when left out
    #[arg(long)]
    seed: Option<u64>,
    /// How many people play
    #[arg(long, default_value_t = 60)]
    personas: usize,
    /// How many operations are under way at once
    #[arg(long, default_value_t = 8)]
    concurrency: usize,
    /// After how many operations everything is counted; by itself about a hundred times in a run
    #[arg(long)]
    every: Option<u64>,
}

impl Arguments {
    fn every(&self) -> u64 {
        let hundredth = (self.operations / 100).clamp(1_000, 20_000);
        self.every.unwrap_or(hundredth).max(1)
    }

    /// In a short run organizations end early, so that there are some that have.
    fn measure(&self) -> Measure {
        Measure {
            organizations: (self.personas / 3).max(5),
            life: (self.operations / 2).clamp(1_000, 16_000),
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    match runtime.block_on(run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(report) => {
            println!("\nBROKEN: {report}");
            ExitCode::FAILURE
        }
    }
}

async fn start(arguments: &Arguments, seed: u64) -> Play {
    let faults = Faults::new(seed);
    let options = Options {
        timers: false,
        http_client: Some(faults::client()),
        functions: Some(Arc::new(faults.clone())),
        ..Options::default()
    };
    let h = Harness::over(Backend::start(options).await.expect("the backend starts"));
    let cast = Cast::new(&h, arguments.personas.max(1));
    let ordered = arguments.concurrency <= 1;
    Play::new(h, faults, cast, seed, arguments.measure(), ordered)
}

async fn run(arguments: &Arguments) -> Result<(), String> {
    let unknown = draw::unknown_routes();
    if !unknown.is_empty() {
        return Err(unknown.join("\n"));
    }
    let seed = arguments.seed.unwrap_or_else(|| fastrand::u64(0..1_000_000_000));
    let begun = Instant::now();
    println!(
        "seed {seed}: {} operations, {} at once",
        arguments.operations, arguments.concurrency
    );
    let play = Arc::new(start(arguments, seed).await);
    let mut counted = 0;
    while play.begun() < arguments.operations {
        let until = (play.begun() + arguments.every()).min(arguments.operations);
        let workers = (0..arguments.concurrency.max(1)).map(|_| tokio::spawn(play.clone().until(until)));
        for worker in futures::future::join_all(workers).await {
            worker.map_err(|error| format!("seed {seed}, before operation {}: {error}", play.begun()))?;
        }
        if let Some(report) = play.broken() {
            return Err(report);
        }
        let census = census::take(&play).await.map_err(|what| ending::told(&play, &what))?;
        census.tell(&play);
        counted += 1;
        println!(
            "{:>9} operations, {:>6} s: {} organizations, {} items, the clock shows {}",
            play.begun(),
            begun.elapsed().as_secs(),
            census.organizations(),
            census.size(),
            play.h.backend.clock().now()
        );
    }
    ending::erase_some(&play)
        .await
        .map_err(|what| ending::told(&play, &what))?;
    ending::summary(&play, counted + 1, begun);
    ending::covers(&play, arguments.operations)
}
