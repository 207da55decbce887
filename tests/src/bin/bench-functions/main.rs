//! Measures the packaged functions against a minimal one with the same clients, in one run on one machine: their size, their cold start, what
//! CPU a request takes, their memory, and how many requests several processes answer. Prints tables; what is above its limit is
//! marked, and only sizes end the program with an error.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement that prints what it finds, and cannot go on when something is wrong"
)]

mod beside;
mod costs;
mod measure;
mod process;
mod scene;
mod table;
mod throughput;

use clap::{Parser, ValueEnum};
use measure::Bench;
use std::path::PathBuf;
use std::process::ExitCode;

/// Measures the packaged functions of `target/lambda` against a minimal one.
#[derive(Debug, Parser)]
struct Arguments {
    /// What to measure; all of it when left out
    #[arg(long, value_delimiter = ',')]
    only: Vec<What>,
    /// The functions to measure; all of them when left out
    #[arg(long, value_delimiter = ',')]
    functions: Vec<String>,
    /// How often each function is started, and the minimal one beside it
    #[arg(long, default_value_t = 31)]
    starts: usize,
    /// How many requests of each route are counted
    #[arg(long, default_value_t = 100)]
    requests: usize,
    /// A folder with packages of another build of the same functions, to measure by turns with in place of the minimal one
    #[arg(long, value_name = "DIR")]
    beside: Option<PathBuf>,
    /// In how many requests the memory of a process is watched, more than 100
    #[arg(long, default_value_t = 1000)]
    watched: usize,
}

/// One of the measurements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Sizes,
    Starts,
    Requests,
    Memory,
    Throughput,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let wanted = |what: What| arguments.only.is_empty() || arguments.only.contains(&what);
    let bench = Bench::of(&arguments.functions);
    if let Some(folder) = &arguments.beside {
        let text = bench.beside(folder, arguments.starts, arguments.requests).await;
        println!("## Beside the packages of {}\n\n{text}", folder.display());
        return ExitCode::SUCCESS;
    }
    let mut small_enough = true;
    if wanted(What::Sizes) {
        let (text, held) = bench.sizes();
        small_enough = held;
        println!("## Sizes\n\n{text}");
    }
    if wanted(What::Starts) {
        println!("## Cold starts\n\n{}", bench.starts(arguments.starts).await);
    }
    if wanted(What::Requests) {
        println!("## Requests\n\n{}", bench.requests(arguments.requests).await);
    }
    if wanted(What::Memory) {
        println!("## Memory\n\n{}", bench.memory(arguments.watched).await);
    }
    if wanted(What::Throughput) {
        println!("## Throughput\n\n{}", throughput::table().await);
    }
    if small_enough {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
