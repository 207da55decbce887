//! Compares the problems that routes answered while the tests ran with those that their lines in the table name: some test got
//! each of them, but for the exceptions.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a check that prints what it finds, and cannot go on when something is wrong"
)]

use clap::Parser;
use muster_tests::problems::{ANYWHERE, NEVER, count, faults, noted};
use std::path::PathBuf;
use std::process::ExitCode;

/// Compares problems that were noted by tests with those of the route table.
#[derive(Parser)]
struct Options {
    /// The folder that `MUSTER_RECORD_PROBLEMS` named when the tests ran.
    problems: PathBuf,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let noted = noted(&options.problems).expect("the noted problems can be read");
    assert!(!noted.is_empty(), "nothing was noted in {}", options.problems.display());
    println!("{:8} problems of all routes are named, each once a route", count());
    println!("{:8} of them were answered", noted.len());
    for (kind, reason) in ANYWHERE {
        println!("{} need not be answered by each route: {reason}", kind.slug());
    }
    for (binary, kind, reason) in NEVER {
        println!("{} cannot be answered by {binary}: {reason}", kind.slug());
    }
    let faults = faults(&noted);
    for fault in &faults {
        println!("FAULT {fault}");
    }
    ExitCode::from(u8::from(!faults.is_empty()))
}
