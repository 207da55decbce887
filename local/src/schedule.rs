//! Runs the scheduled function: every minute, and on request.

use crate::aws::FileStore;
use crate::database::EmbeddedDatabase;
use crate::functions::{self, EXPIRE, Functions};
use muster_edge::Clock;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// The interval, as in the template's schedule.
const EVERY: Duration = Duration::from_secs(60);

/// How many times its own duration the garbage collection rests. It reads the whole table, so this limits it to half a percent
/// of one core.
const REST: u32 = 200;

/// The scheduled function, ready to run.
#[derive(Clone)]
pub(crate) struct Schedule {
    functions: Arc<dyn Functions>,
    clock: Clock,
}

impl Schedule {
    pub(crate) fn new(functions: Arc<dyn Functions>, clock: Clock) -> Self {
        Self { functions, clock }
    }

    /// Runs the function once.
    #[expect(clippy::disallowed_methods, reason = "EventBridge gives events their ids")]
    pub(crate) async fn run_now(&self) -> Result<Value, String> {
        let event = json!({
            "version": "0",
            "id": uuid::Uuid::new_v4().to_string(),
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": "000000000000",
            "time": self.clock.now(),
            "region": "us-east-1",
            "resources": [],
            "detail": {},
        });
        let result = functions::invoke(&*self.functions, EXPIRE, event).await;
        result.map_err(|failure| failure.to_string())
    }

    /// Runs it every minute until `stopped`, and also collects the garbage of the database and the files.
    #[expect(clippy::disallowed_methods, reason = "garbage is collected by the system's clock")]
    pub(crate) async fn run(
        self,
        database: Arc<EmbeddedDatabase>,
        files: Arc<FileStore>,
        mut stopped: watch::Receiver<bool>,
    ) {
        let mut rested = Instant::now();
        loop {
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
            if let Err(error) = self.run_now().await {
                tracing::error!(error, "the scheduled function failed");
            }
            files.collect_garbage();
            if Instant::now() >= rested {
                rested = collect_garbage(database.clone()).await;
            }
        }
    }
}

/// Collects the database's garbage on a thread of its own; returns the instant from which it may run again.
#[expect(clippy::disallowed_methods, reason = "garbage is collected by the system's clock")]
async fn collect_garbage(database: Arc<EmbeddedDatabase>) -> Instant {
    let begun = Instant::now();
    if let Err(error) = tokio::task::spawn_blocking(move || database.collect_garbage()).await {
        tracing::warn!(%error, "expired items stay");
    }
    begun + begun.elapsed() * REST
}
