//! Measures `cargo run` over time: each kind of request after more and more writes, and the process's use of
//! processor, memory and disk. Prints tables; nothing is asserted of time.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement that prints what it finds, and cannot go on when something is wrong"
)]

mod scene;
mod server;
mod table;

use clap::Parser;
use muster_tests::markdown::median;
use scene::{KINDS, Scene};
use server::Server;
use std::process::ExitCode;
use std::time::Duration;

/// Measures requests after more and more writes, in memory and on disk
#[derive(Debug, Parser)]
struct Arguments {
    /// After how many writes each kind of request is measured, the fewest first
    #[arg(long, value_delimiter = ',', default_value = "0,1000,10000,100000")]
    writes: Vec<usize>,
    /// How often each kind of request is sent at each of them
    #[arg(long, default_value_t = 60)]
    rounds: usize,
    /// How many requests are under way at once while writing
    #[arg(long, default_value_t = 8)]
    writers: usize,
    /// How long the process is watched while nothing is asked of it, in seconds
    #[arg(long, default_value_t = 20)]
    idle: u64,
}

/// The measurements after some number of writes.
struct Measured {
    writes: usize,
    /// Median latency and processor time of each kind, in milliseconds.
    kinds: Vec<(f64, f64)>,
    memory: u64,
    disk: u64,
    idle: f64,
}

fn main() -> ExitCode {
    if server::is_server() {
        return muster_local::cli::main();
    }
    let arguments = Arguments::parse();
    tokio::runtime::Runtime::new()
        .expect("a runtime")
        .block_on(measure(&arguments));
    ExitCode::SUCCESS
}

async fn measure(arguments: &Arguments) {
    let folder = tempfile::tempdir().expect("a folder for the data");
    for (title, data) in [("In memory", None), ("With `--data`", Some(folder.path()))] {
        let server = Server::start(data);
        let mut scene = Scene::open(server.base_url()).await;
        // The first requests of a process fill caches that all later ones have.
        for kind in KINDS {
            scene.prepare(kind, 5).await;
            for _ in 0..5 {
                scene.send().await;
            }
        }
        let mut all = Vec::new();
        let mut written = 0;
        for writes in &arguments.writes {
            scene.write(writes.saturating_sub(written), arguments.writers).await;
            written = written.max(*writes);
            all.push(at(&server, &mut scene, written, arguments).await);
        }
        println!("\n### {title}\n\n{}", table::table(&all));
    }
}

/// Measures each kind of request now.
async fn at(server: &Server, scene: &mut Scene, writes: usize, arguments: &Arguments) -> Measured {
    let mut kinds = Vec::new();
    for kind in KINDS {
        scene.prepare(kind, arguments.rounds).await;
        server.rest().await;
        let before = server.processor();
        let mut times = Vec::with_capacity(arguments.rounds);
        for _ in 0..arguments.rounds {
            times.push(scene.send().await.as_secs_f64() * 1_000.0);
        }
        server.rest().await;
        let taken = (server.processor() - before).as_secs_f64() * 1_000.0;
        kinds.push((median(&times), taken / arguments.rounds as f64));
    }
    let before = server.processor();
    let watched = Duration::from_secs(arguments.idle);
    tokio::time::sleep(watched).await;
    Measured {
        writes,
        kinds,
        memory: server.memory(),
        disk: server.disk(),
        idle: (server.processor() - before).as_secs_f64() / watched.as_secs_f64() * 100.0,
    }
}
