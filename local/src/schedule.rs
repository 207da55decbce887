//! Runs the scheduled function: by itself every minute, and whenever it is asked to.

use crate::aws::FileStore;
use crate::database::EmbeddedDatabase;
use crate::functions::{self, EXPIRE, Functions};
use crate::streams::Pump;
use muster_edge::Clock;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// As in the template's schedule.
const EVERY: Duration = Duration::from_secs(60);

/// The scheduled function, ready to run.
#[derive(Clone)]
pub(crate) struct Schedule {
    functions: Arc<dyn Functions>,
    clock: Clock,
    pump: Pump,
}

impl Schedule {
    pub(crate) fn new(functions: Arc<dyn Functions>, clock: Clock, pump: Pump) -> Self {
        Self { functions, clock, pump }
    }

    /// Runs the function once.
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
        self.pump.nudge();
        result.map_err(|failure| failure.to_string())
    }

    /// Runs it every minute until `stopped`, and lets database and files collect their garbage beside it.
    pub(crate) async fn run(
        self,
        database: Arc<EmbeddedDatabase>,
        files: Arc<FileStore>,
        mut stopped: watch::Receiver<bool>,
    ) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
            if let Err(error) = self.run_now().await {
                tracing::error!(error, "the scheduled function failed");
            }
            database.collect_garbage();
            files.collect_garbage();
        }
    }
}
