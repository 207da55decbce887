//! The functions as they are packaged for Lambda: each in processes of its own, under a Runtime API that stands for
//! Lambda's, with the environment and the time limit that the template gives it. Between two invocations a process is
//! frozen.

mod clock;
pub mod package;
mod sandbox;
mod tally;

use crate::deployment::{Function, functions, variables};
use clock::ClockFile;
use jiff::SignedDuration;
use muster_local::{Failure, Functions, Launcher, Running, Surroundings};
use sandbox::{Program, Sandbox};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;
use tally::Tally;
use tokio::sync::Semaphore;

/// Says how the tests' functions run: in the tests' own process (when it is not set), or `packaged`.
const MODE: &str = "MUSTER_TEST_FUNCTIONS";
/// Environment variable of a function: with `true`, organizations can be made with the role sets of tests.
const TEST_ROLE_SETS: &str = "MUSTER_TEST_ROLE_SETS";

/// The template is the same for all.
static DEPLOYED: LazyLock<BTreeMap<String, Function>> = LazyLock::new(functions);

/// How packaged functions run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Most processes of one function at a time; whatever comes beside them waits.
    pub processes: usize,
    /// How long a process may take until it asks for its first event. In Lambda it is ten seconds.
    pub start_limit: Duration,
    /// How long an invocation may take, if not as long as the template says.
    pub time_limit: Option<Duration>,
    /// Environment variables that a process gets in place of those that lead to the backend.
    pub variables: Vec<(&'static str, String)>,
    /// Functions in whose place the package of another runs, which only tests have.
    pub packages: Vec<(&'static str, &'static str)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            processes: 4,
            start_limit: Duration::from_secs(10),
            time_limit: None,
            variables: Vec::new(),
            packages: Vec::new(),
        }
    }
}

/// The packaged functions of a backend, as a test starts and watches them; clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Packaged {
    settings: Settings,
    running: Arc<OnceLock<Weak<Fleets>>>,
}

impl Packaged {
    /// Functions that run so.
    #[must_use]
    pub fn with(settings: Settings) -> Self {
        Self {
            settings,
            running: Arc::default(),
        }
    }

    /// What runs the functions of a test, by the environment; none if the test's own process does.
    ///
    /// # Panics
    /// If the environment asks for something that is unknown.
    #[must_use]
    pub fn wanted() -> Option<Arc<dyn Launcher>> {
        match std::env::var(MODE).as_deref() {
            Err(_) => None,
            Ok("packaged") => Some(Arc::new(Self::default())),
            Ok(other) => panic!("{MODE} must be `packaged`, or not set; it is `{other}`"),
        }
    }

    /// The processes of a function that are warm and have nothing to do.
    #[must_use]
    pub fn idle(&self, binary: &'static str) -> Vec<u32> {
        let idle = |fleets: Arc<Fleets>| lock(&fleets.fleet(binary).idle).iter().map(Sandbox::pid).collect();
        self.fleets().map(idle).unwrap_or_default()
    }

    /// Why invocations and starts of a function came to nothing, in their order.
    #[must_use]
    pub fn failures(&self, binary: &'static str) -> Vec<String> {
        let failures = |fleets: Arc<Fleets>| lock(&fleets.fleet(binary).failures).clone();
        self.fleets().map(failures).unwrap_or_default()
    }

    /// Invokes a function with an event.
    ///
    /// # Errors
    /// Why there is no answer.
    ///
    /// # Panics
    /// If no backend was started with these functions, or it is gone.
    pub async fn invoke(&self, binary: &'static str, event: Value) -> Result<Value, Failure> {
        let fleets = self.fleets().expect("a backend runs");
        fleets.invoke(binary, event).await
    }

    /// All that the processes of a function have logged.
    #[must_use]
    pub fn log(&self, binary: &'static str) -> String {
        let log = |fleets: Arc<Fleets>| std::fs::read_to_string(fleets.log(binary)).unwrap_or_default();
        self.fleets().map(log).unwrap_or_default()
    }

    fn fleets(&self) -> Option<Arc<Fleets>> {
        self.running.get()?.upgrade()
    }
}

impl Launcher for Packaged {
    fn launch(&self, surroundings: Surroundings, _here: Arc<dyn Functions>) -> Arc<dyn Functions> {
        let folder = tempfile::tempdir().expect("a folder for clock and logs");
        let fleets = Arc::new(Fleets {
            settings: self.settings.clone(),
            clock: ClockFile::new(surroundings.clock.clone(), folder.path()),
            surroundings,
            folder,
            fleets: Mutex::default(),
            tally: Tally::begin(),
        });
        let _ = self.running.set(Arc::downgrade(&fleets));
        Arc::new(Lambda(fleets))
    }
}

/// One backend's functions.
struct Lambda(Arc<Fleets>);

impl Functions for Lambda {
    fn invoke(&self, binary: &'static str, event: Value) -> Running {
        let fleets = self.0.clone();
        Box::pin(async move { fleets.invoke(binary, event).await })
    }
}

struct Fleets {
    settings: Settings,
    surroundings: Surroundings,
    clock: ClockFile,
    folder: tempfile::TempDir,
    fleets: Mutex<BTreeMap<&'static str, Arc<Fleet>>>,
    tally: Tally,
}

/// The processes of one function.
struct Fleet {
    room: Semaphore,
    idle: Mutex<Vec<Sandbox>>,
    failures: Mutex<Vec<String>>,
}

impl Fleets {
    async fn invoke(&self, binary: &'static str, event: Value) -> Result<Value, Failure> {
        let fleet = self.fleet(binary);
        let _place = fleet.room.acquire().await.expect("a fleet is never closed");
        let ahead = self.clock.tell()?;
        let limit = self.settings.time_limit.unwrap_or(DEPLOYED[binary].timeout);
        self.tally.invoked(binary);
        let warm = lock(&fleet.idle).pop();
        let mut sandbox = match warm {
            Some(sandbox) => sandbox,
            None => self.start(binary, limit).await?,
        };
        let answer = sandbox.invoke(event, limit, ahead).await;
        if sandbox.is_fit() {
            lock(&fleet.idle).push(sandbox);
        }
        answer.inspect_err(|failure| self.tell(binary, failure))
    }

    /// A test that goes wrong should show what its functions said.
    #[expect(
        clippy::print_stderr,
        reason = "the test harness captures it, and shows it with a failure"
    )]
    fn tell(&self, binary: &'static str, failure: &Failure) {
        eprintln!("{binary}: {failure}");
        lock(&self.fleet(binary).failures).push(failure.to_string());
    }

    /// Starts a process. As in Lambda, one that does not come up in time is started once more, as a part of the
    /// invocation that waits for it.
    async fn start(&self, binary: &'static str, limit: Duration) -> Result<Sandbox, Failure> {
        let replaced = self.settings.packages.iter().find(|(name, _)| *name == binary);
        let program = Program {
            binary,
            path: package::unpacked(&package::archive(
                &package::built(),
                replaced.map_or(binary, |(_, package)| package),
            )),
            environment: self.environment(binary),
            log: self.log(binary),
        };
        self.tally.started(binary);
        let first = Sandbox::start(&program, self.settings.start_limit).await;
        let Err(failure) = first else { return first };
        self.tell(binary, &failure);
        self.tally.started(binary);
        let second = Sandbox::start(&program, limit).await;
        second.inspect_err(|failure| self.tell(binary, failure))
    }

    /// The variables that the template gives a function, and of ours only the one that lets tests use their role sets.
    fn environment(&self, binary: &str) -> BTreeMap<String, String> {
        let mut environment = variables(&DEPLOYED[binary].environment, &self.surroundings.environment);
        let own = self.settings.variables.iter();
        environment.extend(own.map(|(name, value)| ((*name).to_owned(), value.clone())));
        environment.extend(self.clock.environment());
        environment.insert(TEST_ROLE_SETS.to_owned(), "true".to_owned());
        environment
    }

    fn log(&self, binary: &str) -> PathBuf {
        self.folder.path().join(format!("{binary}.log"))
    }

    fn fleet(&self, binary: &'static str) -> Arc<Fleet> {
        let mut fleets = lock(&self.fleets);
        let fleet = fleets.entry(binary).or_insert_with(|| {
            Arc::new(Fleet {
                room: Semaphore::new(self.settings.processes),
                idle: Mutex::default(),
                failures: Mutex::default(),
            })
        });
        fleet.clone()
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How far one clock is ahead of another.
type Ahead = SignedDuration;
