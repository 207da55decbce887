//! A backend whose every AWS call can be watched and disturbed, and which does nothing by itself: its streams and its
//! schedule run when a test says so.

use crate::calls;
use crate::faults::Faults;
use crate::gate::Gate;
use crate::harness::Harness;
use crate::stream::Stream;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use jiff::{SignedDuration, Timestamp};
use muster_edge::App;
use muster_functions::schedule;
use muster_local::{Options, run_as};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{Mutex, MutexGuard};

/// The backend with what watches and drives it.
pub struct Bench {
    /// The backend.
    pub h: Harness,
    /// What its handlers' AWS calls go through.
    pub faults: Faults,
    /// The same backend for what a test does beside: nobody watches or disturbs these calls.
    pub quiet: App,
    /// The role set of its cases.
    pub role_set: &'static str,
    stream: Mutex<Stream>,
    made: AtomicUsize,
}

impl Bench {
    /// One whose process has served before, and so holds the link secret already.
    pub async fn start() -> Self {
        let bench = Self::cold().await;
        bench.app().links().await.expect("the link secret is there");
        bench.faults.clear();
        bench
    }

    /// One whose cases are in organizations of this role set, which has a role `program_admin` on programs.
    pub async fn with_roles(role_set: &'static str) -> Self {
        Self {
            role_set,
            ..Self::start().await
        }
    }

    /// One whose writes go through a gate.
    pub async fn gated() -> (Self, Gate) {
        let gate = Gate::default();
        let bench = Self::over(gate.client()).await;
        bench.app().links().await.expect("the link secret is there");
        bench.faults.clear();
        (bench, gate)
    }

    /// One whose process has not served yet.
    pub async fn cold() -> Self {
        Self::over(calls::client()).await
    }

    /// One that reaches AWS by this client.
    async fn over(real: SharedHttpClient) -> Self {
        let faults = Faults::default();
        let options = Options {
            timers: false,
            streams: false,
            http_client: Some(faults.client_over(real)),
            ..Options::default()
        };
        let h = Harness::with(options).await;
        let app = h.backend.app();
        let quiet = App::new(app.config().clone(), &h.quiet_sdk(), app.clock().clone());
        let stream = Mutex::new(Stream::open(&h).await);
        faults.clear();
        Self {
            h,
            faults,
            quiet,
            role_set: "program-delivery",
            stream,
            made: AtomicUsize::default(),
        }
    }

    /// The process whose calls are watched.
    pub fn app(&self) -> &App {
        self.h.backend.app()
    }

    /// A number that no other case of this bench has.
    pub fn number(&self) -> usize {
        self.made.fetch_add(1, Ordering::Relaxed)
    }

    /// The table's stream.
    pub async fn stream(&self) -> MutexGuard<'_, Stream> {
        self.stream.lock().await
    }

    /// Feeds the stream functions, undisturbed, until nothing waits for them.
    pub async fn drain(&self) {
        self.stream.lock().await.drain(&self.quiet).await;
    }

    /// Runs the scheduled function in the watched process, with time enough.
    pub async fn expire(&self) -> Result<Value, String> {
        let deadline = Timestamp::now() + SignedDuration::from_mins(10);
        run_as("expire", schedule::expire(self.app(), json!({}), deadline))
            .await
            .map_err(|e| e.to_string())
    }
}
