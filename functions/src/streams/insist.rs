//! Repeating what the table or other changes hold up, in one way for all background functions.

use futures::future::BoxFuture;
use muster_edge::{App, Metric};
use muster_store::{CommitError, Obstacle, StoreError, Tries};

/// An error that may be an obstacle which is over soon.
pub(super) trait Obstructed {
    /// The obstacle, if a retry may succeed.
    fn obstacle(&self) -> Option<Obstacle>;
}

impl Obstructed for StoreError {
    fn obstacle(&self) -> Option<Obstacle> {
        self.obstacle()
    }
}

impl Obstructed for CommitError {
    fn obstacle(&self) -> Option<Obstacle> {
        self.obstacle()
    }
}

/// Does something, with pauses while the table throttles it or others change the same items.
///
/// Lambda retries a failed record immediately and a failed event after minutes, and abandons it after a few times. So this waits
/// for the end of a failure that is over within seconds.
pub(super) async fn insist<'f, T, E: Obstructed>(
    app: &App,
    attempts: u32,
    mut attempt: impl FnMut() -> BoxFuture<'f, Result<T, E>>,
) -> Result<T, E> {
    let mut tries = Tries::new(attempts);
    loop {
        let error = match attempt().await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let Some(obstacle) = error.obstacle() else {
            return Err(error);
        };
        app.metrics().count(Metric::retried(obstacle), 1);
        if !tries.again(obstacle).await {
            return Err(error);
        }
    }
}
