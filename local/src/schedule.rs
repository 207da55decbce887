//! Runs the scheduled function: by itself every minute, and whenever it is asked to.

use crate::aws::FileStore;
use crate::database::EmbeddedDatabase;
use crate::functions;
use crate::streams::Pump;
use jiff::{SignedDuration, Timestamp};
use muster_edge::App;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// As in the template's schedule.
const EVERY: Duration = Duration::from_secs(60);

/// As the template's timeout for the function.
const TIME_LIMIT: SignedDuration = SignedDuration::from_secs(50);

/// The scheduled function, ready to run.
#[derive(Clone)]
pub(crate) struct Schedule {
    app: App,
    pump: Pump,
}

impl Schedule {
    pub(crate) fn new(app: App, pump: Pump) -> Self {
        Self { app, pump }
    }

    /// Runs the function once, in a task of its own, so that a panic is a failure like any other.
    pub(crate) async fn run_now(&self) -> Result<Value, String> {
        let now = self.app.clock().now();
        let event = json!({
            "version": "0",
            "id": uuid::Uuid::new_v4().to_string(),
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": "000000000000",
            "time": now,
            "region": "us-east-1",
            "resources": [],
            "detail": {},
        });
        let deadline = now.checked_add(TIME_LIMIT).unwrap_or(Timestamp::MAX);
        let app = self.app.clone();
        let run = tokio::spawn(async move { functions::expire(&app, event, deadline).await });
        let result = match run.await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(error)) => Err(error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        self.pump.nudge();
        result
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
