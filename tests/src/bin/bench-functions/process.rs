//! A function's own process, started as Lambda starts it, and what it takes of the machine.

use lambda_simulator::{InvocationBuilder, InvocationState, Simulator};
use muster_tests::packaged::package::{archive, built, unpacked};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long an answer may take before the benchmark gives up.
const PATIENCE: Duration = Duration::from_secs(30);
/// After how long an answer is looked for anew.
const LOOKING: Duration = Duration::from_millis(100);

/// A function as it is uploaded, unpacked beside its package.
pub(crate) struct Package {
    /// Its binary's name.
    pub(crate) name: String,
    bootstrap: PathBuf,
    /// Bytes of the archive.
    pub(crate) packed: u64,
}

impl Package {
    /// A function of `target/lambda`.
    pub(crate) fn of(name: &str) -> Self {
        Self::within(&built(), name)
    }

    /// A function of this folder of packages.
    pub(crate) fn within(folder: &Path, name: &str) -> Self {
        let archive = archive(folder, name);
        Self {
            name: name.to_owned(),
            bootstrap: unpacked(&archive),
            packed: archive.metadata().expect("a package is there").len(),
        }
    }
}

/// What one answer took.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    /// Milliseconds from when the process was started, or asked, to its answer.
    pub(crate) ms: f64,
    /// Of these, before the process asked for its first event; nothing for a warm one.
    pub(crate) starting: f64,
    /// What it answered.
    pub(crate) answer: Value,
}

/// Lambda with one or more processes of one function.
pub(crate) struct Running {
    simulator: Simulator,
    children: Vec<Child>,
}

impl Running {
    /// Starts no process yet.
    pub(crate) async fn none(package: &Package) -> Self {
        let simulator = Simulator::builder().function_name(package.name.as_str()).build().await;
        Self {
            simulator: simulator.expect("the simulator starts"),
            children: Vec::new(),
        }
    }

    /// A cold start: the event waits, the process comes up and answers it.
    pub(crate) async fn cold(
        package: &Package,
        environment: &BTreeMap<String, String>,
        event: &Value,
    ) -> (Self, Taken) {
        let mut running = Self::none(package).await;
        let id = running.ask(event).await;
        let begun = now();
        running.start(package, environment);
        let state = running.answered(&id).await;
        let taken = taken(&package.name, begun, &state);
        (running, taken)
    }

    /// Starts one process more.
    pub(crate) fn start(&mut self, package: &Package, environment: &BTreeMap<String, String>) {
        let child = Command::new(&package.bootstrap)
            .env_clear()
            .envs(self.simulator.lambda_env_vars())
            .envs(environment)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        self.children.push(child.expect("the function starts"));
    }

    /// Hands an event in.
    pub(crate) async fn ask(&self, event: &Value) -> String {
        let milliseconds = u64::try_from(PATIENCE.as_millis()).unwrap_or(u64::MAX);
        let invocation = InvocationBuilder::new().payload(event.clone()).timeout_ms(milliseconds);
        self.simulator.enqueue(invocation.build().expect("an invocation")).await
    }

    /// Waits for the answer.
    pub(crate) async fn answered(&self, id: &str) -> InvocationState {
        let until = Instant::now() + PATIENCE;
        loop {
            // The simulator may miss the moment an answer comes, so it is asked again.
            match self.simulator.wait_for_invocation_complete(id, LOOKING).await {
                Ok(state) => return state,
                Err(error) => assert!(Instant::now() < until, "no answer: {error}"),
            }
        }
    }

    /// Asks a process that is there already.
    pub(crate) async fn warm(&self, package: &Package, event: &Value) -> Taken {
        let begun = now();
        let id = self.ask(event).await;
        taken(&package.name, begun, &self.answered(&id).await)
    }

    /// Milliseconds of CPU that all processes have had, in user and system mode.
    pub(crate) fn cpu(&self) -> f64 {
        self.children.iter().map(|child| cpu_of(child.id())).sum()
    }

    /// The most memory that a process had at once, in MB.
    pub(crate) fn memory(&self) -> f64 {
        self.children
            .iter()
            .map(|child| peak_of(child.id()))
            .fold(0.0, f64::max)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn taken(name: &str, begun: f64, state: &InvocationState) -> Taken {
    let response = state.response.as_ref();
    let response = response.unwrap_or_else(|| panic!("{name}: {:?}", state.error));
    let at = |when: Option<i64>| when.unwrap_or_default() as f64 / 1e6;
    let given = state.started_at.and_then(|when| when.timestamp_nanos_opt());
    Taken {
        ms: at(response.received_at.timestamp_nanos_opt()) - begun,
        starting: (at(given) - begun).max(0.0),
        answer: response.payload.clone(),
    }
}

/// Milliseconds by the clock that the simulator writes down as well.
fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs_f64() * 1e3
}

/// The scheduler's own count, in nanoseconds; `stat` counts in hundredths of a second.
fn cpu_of(process: u32) -> f64 {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task"));
    let tasks = tasks.unwrap_or_else(|error| panic!("a process has ended: {error}"));
    let counted = tasks.flatten().map(|task| {
        let text = std::fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
        let first = text.split_whitespace().next().and_then(|word| word.parse::<f64>().ok());
        first.unwrap_or_default() / 1e6
    });
    counted.sum()
}

fn peak_of(process: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1024.0
}
