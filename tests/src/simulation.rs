//! The product under a simulated clock: its functions, its stream and its schedule, with all pauses and time limits of theirs, in a time
//! that goes on when nobody has anything to do.
//!
//! **What is real:** the functions' code, in this process; the SDK with its tries and pauses; the embedded table, which each call reaches
//! over HTTP, under the role of its function; the table's stream; the limits of partitions ([`crate::partitions`]).
//!
//! **What is simulated:** time. Functions run in a runtime of one thread whose clock is paused ([`tokio::time::pause`]): it leaps to the
//! next timer once every task waits for one. Another runtime makes the calls to AWS while that thread waits for them, so they take no
//! simulated time by themselves; then each takes what is usual within a Region (5 ms for a read, 15 ms for a
//! transaction). What functions compute takes none. So a run says the same on
//! a busy machine as on an idle one, and a simulated hour takes as long as its calls.
//!
//! **What stands for Lambda:** requests are spread over some processes, each with clients and rests of its own. An event source mapping
//! takes records four times a second and in as many lanes as the template and a new table's four shards make. What failed is handed back
//! at once. SES reports of each mail that it was sent, and then that it was delivered; an event that was not noted comes again after one
//! minute, and then after two. The schedule comes every minute. All else of this is read from the template: batches, windows, retries,
//! the age of records, concurrency, time limits and the rate of mail. Cold starts and limits of concurrent requests are left out.

mod bridge;
mod feedback;
mod mappings;
pub mod scenes;
mod settings;

use crate::calls;
use crate::harness::Harness;
use crate::partitions::{Limits, Partitions};
use crate::samples::{Values, sample};
use crate::stream::Reader;
use aws_config::SdkConfig;
use aws_smithy_http_client::Builder as Http;
use bridge::{Mails, Time, Timed};
use feedback::Feedback;
use jiff::{SignedDuration, Timestamp};
use mappings::{Mapping, Mappings};
use muster_edge::App;
use muster_functions::routes::call;
use muster_functions::schedule;
use muster_local::{Backend, Options, run_as};
use serde_json::{Value, json};
use settings::Settings;
use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, sleep, sleep_until};

/// Time between two runs of the schedule.
const MINUTE: Duration = Duration::from_secs(60);
/// Processes of a function that nothing bounds but a small account.
const UNRESERVED: usize = 4;
/// Steps in which the clock of functions follows simulated time, where they make no call.
const TICK: Duration = Duration::from_millis(100);

/// A backend, the partitions of its table, and the threads that serve it in real time.
pub struct Simulation {
    cloud: Runtime,
    /// The backend. What a test asks of it itself meets no limits.
    pub h: Harness,
    /// The partitions of its table.
    pub partitions: Partitions,
    settings: Settings,
}

impl Simulation {
    /// A fresh backend, deployed with these values of the template's parameters.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start(limits: Limits, parameters: &[(&str, &str)]) -> Self {
        let cloud = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let cloud = cloud.expect("a runtime");
        let options = Options {
            timers: false,
            streams: false,
            http_client: Some(calls::client()),
            ..Options::default()
        };
        let backend = cloud.block_on(Backend::start(options)).expect("the backend starts");
        Self {
            cloud,
            h: Harness::over(backend),
            partitions: Partitions::new(limits),
            settings: Settings::read(parameters),
        }
    }

    /// Does something in real time and without limits.
    pub fn prepare<T>(&self, work: impl Future<Output = T>) -> T {
        self.cloud.block_on(work)
    }

    /// Plays a scene in simulated time, on so many processes; with everything that the stream and the schedule start.
    ///
    /// # Panics
    /// If the scene does.
    pub fn play<T>(&self, processes: usize, scene: impl AsyncFnOnce(&Stage<'_>) -> T) -> T {
        // All chance in pauses comes from this thread.
        fastrand::seed(1);
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let played = runtime.block_on(async {
            let mut reader = Reader::open(&self.sdk_beside(), self.h.backend.table()).await;
            let stage = Stage::set(self, processes).await;
            tokio::time::pause();
            stage.time.begin();
            let behind = async {
                let feedback = stage.feedback.run(&stage.mails);
                tokio::join!(
                    stage.mappings.run(&mut reader),
                    feedback,
                    stage.schedule(),
                    stage.tick()
                )
            };
            tokio::select! {
                biased;
                played = Box::pin(scene(&stage)) => played,
                _ = behind => unreachable!("what goes on behind the scene does not end"),
            }
        });
        self.partitions.release();
        played
    }

    /// The way to AWS from simulated time, unwatched and without limits.
    fn sdk_beside(&self) -> SdkConfig {
        let beside = bridge::client(Http::new().build_http(), self.cloud.handle().clone());
        let mut sdk = self.h.backend.app().sdk().to_builder();
        sdk.set_http_client(Some(beside));
        sdk.build()
    }

    /// The way of functions.
    fn sdk(&self, timed: &Timed) -> SdkConfig {
        let over = |real| bridge::client(real, self.cloud.handle().clone());
        let limited = self
            .partitions
            .client_over(over(calls::client()), over(Http::new().build_http()));
        let mut sdk = self.h.backend.app().sdk().to_builder();
        sdk.set_http_client(Some(timed.client_over(limited)));
        // The product's own time limits.
        sdk.set_timeout_config(None);
        sdk.build()
    }
}

/// Where a scene is played.
pub struct Stage<'a> {
    /// What it is played with.
    pub simulation: &'a Simulation,
    time: Arc<Time>,
    mails: Mails,
    processes: Vec<App>,
    next: Cell<usize>,
    sweeper: App,
    /// How long a run of the schedule has.
    run: SignedDuration,
    is_scheduled: Cell<bool>,
    mappings: Mappings,
    feedback: Feedback,
}

/// What a request was answered with.
#[derive(Debug)]
pub struct Answered {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Value,
    /// After how much time it may be sent again, if it says so.
    pub retry_after: Option<Duration>,
}

impl<'a> Stage<'a> {
    async fn set(simulation: &'a Simulation, processes: usize) -> Self {
        let backend = &simulation.h.backend;
        let time = Arc::new(Time::of(backend.clock().clone()));
        let mails = Mails::default();
        let sdk = simulation.sdk(&Timed::new(time.clone(), mails.clone()));
        let process = |mail_interval: Duration| {
            let mut config = backend.app().config().clone();
            config.mail_interval = mail_interval;
            App::new(config, &sdk, backend.clock().clone())
        };
        let many = |count: usize, interval| (0..count).map(|_| process(interval)).collect::<Vec<App>>();
        let serving = many(processes, Duration::ZERO);
        for app in &serving {
            app.keyring().refresh().await;
        }
        let settings = &simulation.settings;
        let [mail, work] = [mappings::MAIL, mappings::WORK].map(|binary| settings.source(binary));
        let deliverers = many(mail.concurrency, settings.mail_interval());
        let workers = many(work.concurrency, Duration::ZERO);
        let both = [Mapping::new(mail, deliverers), Mapping::new(work, workers)];
        let mappings = Mappings::new(both, backend.clock().clone());
        let noting = settings.concurrency(feedback::BINARY).unwrap_or(UNRESERVED);
        let noting = many(noting, Duration::ZERO);
        Self {
            simulation,
            sweeper: process(Duration::ZERO),
            run: SignedDuration::try_from(settings.timeout("expire")).expect("a time limit"),
            feedback: Feedback::new(settings, noting),
            time,
            mails,
            processes: serving,
            next: Cell::new(0),
            is_scheduled: Cell::new(false),
            mappings,
        }
    }

    /// Lets the clock of functions follow, also while they make no call.
    async fn tick(&self) {
        loop {
            sleep(TICK).await;
            self.time.follow();
        }
    }

    /// Runs the scheduled function every minute, once it may.
    async fn schedule(&self) {
        let mut next = Instant::now();
        loop {
            next += MINUTE;
            sleep_until(next).await;
            if self.is_scheduled.get() {
                self.sweep().await;
            }
        }
    }

    /// Runs the scheduled function; gives what it says.
    ///
    /// # Panics
    /// If it fails for another reason than that a shard could not be read.
    pub async fn sweep(&self) -> Value {
        self.time.follow();
        let deadline = Timestamp::now() + self.run;
        let swept = schedule::expire(&self.sweeper, json!({}), deadline);
        match run_as("expire", swept).await {
            Ok(done) => done,
            Err(error) => {
                let error = error.to_string();
                assert!(error.contains("throttled"), "the schedule failed: {error}");
                json!({ "failed": error })
            }
        }
    }

    /// Lets the schedule run from the next minute on.
    pub fn let_schedule_run(&self) {
        self.is_scheduled.set(true);
    }

    /// Moves the clock of functions on, at once.
    pub fn advance(&self, by: SignedDuration) {
        self.time.advance(by);
    }

    /// Waits until no record and no event waits for a function.
    pub async fn drained(&self) {
        let is_noted = || self.mails.is_reported() && self.feedback.is_idle();
        self.mappings.drained(is_noted).await;
    }

    /// Holds back what SES reports.
    pub fn hold_feedback(&self) {
        self.feedback.hold(true);
    }

    /// Hands over what SES has reported, all of it at once.
    pub fn release_feedback(&self) {
        self.feedback.hold(false);
    }

    /// When the function that notes what SES reports ended last.
    #[must_use]
    pub fn last_noted(&self) -> Instant {
        self.feedback.last_noted()
    }

    /// Sends the sample request of a function, with these values in it.
    pub async fn request(&self, binary: &'static str, values: &Values) -> Answered {
        self.send(binary, &sample(binary, values)).await
    }

    /// Sends a request as API Gateway makes an event of it.
    ///
    /// # Panics
    /// If it is no such event.
    pub async fn send(&self, binary: &'static str, event: &Value) -> Answered {
        self.time.follow();
        let number = self.next.get();
        self.next.set(number + 1);
        let process = &self.processes[number % self.processes.len()];
        let request = lambda_http::request::from_str(&event.to_string()).expect("an event of API Gateway");
        let reply = run_as(binary, call(binary, process, request)).await;
        let retry_after = reply.headers().get("retry-after").and_then(|after| after.to_str().ok());
        Answered {
            status: reply.status().as_u16(),
            body: serde_json::from_slice(reply.body()).unwrap_or_default(),
            retry_after: retry_after.and_then(|s| s.parse().ok()).map(Duration::from_secs),
        }
    }

    /// Begins to hold limits, with partitions that have little left of the second before, and to measure.
    #[must_use]
    pub fn begin(&self) -> Instant {
        self.simulation.partitions.hold_after(TICK);
        self.mails.forget();
        Instant::now()
    }

    /// When a function that the stream starts ended last.
    #[must_use]
    pub fn last_taken(&self) -> Instant {
        self.mappings.last_taken()
    }

    /// Records and events that a function did not take.
    #[must_use]
    pub fn dead_letters(&self) -> Vec<Value> {
        [self.mappings.dead_letters(), self.feedback.dead_letters()].concat()
    }

    /// The addresses of all mail that SES took since [`Stage::begin`].
    #[must_use]
    pub fn mailed(&self) -> Vec<String> {
        self.mails.all()
    }
}
