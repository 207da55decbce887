//! Runs the scheduled function: every minute, and on request.

use crate::aws::FileStore;
use crate::database::GarbageCollector;
use crate::functions::{self, EXPIRE, Functions};
use muster_edge::Clock;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// The interval, as in the template's schedule.
const EVERY: Duration = Duration::from_secs(60);

/// How many times its own duration each step of the garbage collection rests. All steps read the whole table, so this limits them
/// to half a percent of one core, at any time.
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
    pub(crate) async fn run(self, garbage: GarbageCollector, files: Arc<FileStore>, stopped: watch::Receiver<bool>) {
        tokio::join!(
            self.run_each_minute(files, stopped.clone()),
            collect_garbage(garbage, stopped)
        );
    }

    async fn run_each_minute(self, files: Arc<FileStore>, mut stopped: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
            if let Err(error) = self.run_now().await {
                tracing::error!(error, "the scheduled function failed");
            }
            files.collect_garbage();
        }
    }
}

/// Collects the database's garbage until `stopped`, each step on a thread of its own.
#[expect(clippy::disallowed_methods, reason = "only how long it pauses depends on it")]
async fn collect_garbage(garbage: GarbageCollector, mut stopped: watch::Receiver<bool>) {
    let mut begun = garbage.clone();
    let mut pause = EVERY;
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        let step = tokio::task::spawn_blocking(move || {
            let start = Instant::now();
            let more = begun.step();
            (begun, more, start.elapsed())
        });
        pause = EVERY;
        begun = match step.await {
            Ok((begun, more, took)) => {
                pause = rest(took, more.as_ref().is_ok_and(|more| *more));
                if let Err(error) = more {
                    tracing::warn!(%error, "expired items stay");
                }
                begun
            }
            Err(error) => {
                tracing::warn!(%error, "expired items stay");
                garbage.clone()
            }
        };
    }
}

/// The pause after a step that took so long; a pass begins once a minute at most.
fn rest(took: Duration, more: bool) -> Duration {
    let rest = took * REST;
    if more { rest } else { rest.max(EVERY) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_take_half_a_percent_and_a_pass_begins_once_a_minute_at_most() {
        let took = Duration::from_millis(5);
        assert_eq!(rest(took, true), Duration::from_secs(1));
        assert_eq!(rest(took, false), EVERY);
        assert_eq!(rest(took * 100, false), Duration::from_secs(100));
    }
}
