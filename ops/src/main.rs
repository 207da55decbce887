//! `muster`: commands for engineers who run Muster, with their own AWS credentials against the deployed table.

mod repair;

use clap::{Parser, Subcommand};
use std::io::{self, Write as _};
use std::process::ExitCode;

/// Maintenance commands for a deployed Muster. They use your AWS credentials.
#[derive(Debug, Parser)]
#[command(name = "muster", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Checks counters and indexes, prints the differences and fixes them on request; safe while in use
    Repair(repair::Arguments),
}

/// The outcome of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// No differences.
    Clean,
    /// Some differences remain.
    Differences,
    /// Some items could not be checked.
    Trouble,
}

impl From<End> for ExitCode {
    fn from(end: End) -> Self {
        Self::from(match end {
            End::Clean => 0,
            End::Differences => 1,
            End::Trouble => 2,
        })
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let end = match (runtime, arguments.command) {
        (Ok(runtime), Command::Repair(arguments)) => runtime.block_on(repair::run(&arguments)),
        (Err(error), _) => {
            complain(&error.to_string());
            End::Trouble
        }
    };
    end.into()
}

/// Prints text. A closed output is ignored.
fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints an error.
fn complain(text: &str) {
    let _ = writeln!(io::stderr(), "error: {text}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
