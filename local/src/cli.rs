//! The command line.

mod demo;
mod story;

use crate::{Backend, Options, StartError};
use clap::Parser;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Runs the whole Muster backend in one process, for development: the HTTP API, an embedded DynamoDB, captured mail
/// and an identity provider that issues any token.
#[derive(Debug, Parser)]
#[command(name = "muster-local", version)]
struct Arguments {
    /// Port of the API on the loopback interface; 0 picks a free port
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// Folder for the table, keys and secrets; without it, they are in memory and lost on exit
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Folder with files that replace templates and words of emails
    #[arg(long, value_name = "DIR")]
    mail_templates: Option<PathBuf>,
    /// Fill an organization of each role set with sample data
    #[arg(long)]
    demo: bool,
}

/// The reason why the command fails.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}; choose another with --port")]
    PortTaken(StartError),
    #[error(transparent)]
    Start(StartError),
    #[error("cannot fill the demo organization: {0}")]
    Demo(#[from] demo::DemoError),
    #[error(transparent)]
    Token(#[from] crate::KeyError),
    #[error("cannot run: {0}")]
    System(#[from] io::Error),
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::PortTaken(_) => Self::PortTaken(error),
            error => Self::Start(error),
        }
    }
}

/// Runs the command line's backend until Ctrl-C.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match start(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // If even this cannot be written, only the exit code reports the failure.
            let _ = writeln!(io::stderr(), "error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn start(arguments: Arguments) -> Result<(), Failure> {
    let filter = EnvFilter::try_from_env("MUSTER_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(run(arguments))
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    // Listening begins before the start, so that no signal is lost during it.
    let stopped = stop_signal()?;
    let backend = Backend::start(Options {
        port: Some(arguments.port),
        data: arguments.data,
        mail_templates: arguments.mail_templates,
        ..Options::default()
    })
    .await?;
    let demo = match arguments.demo {
        true => Some(demo::fill(&backend).await?),
        false => None,
    };
    say(&story::text(&backend, demo.as_deref())?);
    stopped.await;
    say("\nStopping.\n");
    backend.stop().await;
    Ok(())
}

/// Completes at Ctrl-C or SIGTERM.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Completes at Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "cannot wait for Ctrl-C");
        }
    })
}

/// Prints text to the terminal, which may be closed.
fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn all_arguments_are_optional() {
        let arguments = Arguments::try_parse_from(["muster-local"]).unwrap();
        assert_eq!(arguments.port, 8787);
        assert!(arguments.data.is_none());
        assert!(arguments.mail_templates.is_none());
        assert!(!arguments.demo);
    }

    #[test]
    fn a_taken_port_comes_with_advice() {
        let failure = Failure::from(StartError::PortTaken(8787));
        assert_eq!(
            failure.to_string(),
            "port 8787 is already in use; choose another with --port"
        );
    }
}
