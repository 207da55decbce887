//! One process of a function with the Runtime API that it asks for events: what Lambda calls an execution environment.

use super::{Ahead, clock};
use lambda_simulator::{FreezeMode, InvocationBuilder, InvocationError, InvocationStatus, Simulator, SimulatorError};
use muster_local::Failure;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Between two looks at a process that starts.
const GLANCE: Duration = Duration::from_millis(1);
/// Between two looks at a process that works: it may have ended.
const LOOK: Duration = Duration::from_millis(50);
/// How long a program may be busy: another thread that starts a process holds it open for a moment.
const BUSY: Duration = Duration::from_secs(2);
/// How much of a log tells what went wrong.
const LAST_LINES: usize = 12;

/// What is started, and in which environment.
pub(super) struct Program {
    pub(super) binary: &'static str,
    pub(super) path: PathBuf,
    pub(super) environment: BTreeMap<String, String>,
    pub(super) log: PathBuf,
}

/// A process that was started. Dropping it ends it.
pub(super) struct Sandbox {
    simulator: Simulator,
    process: Child,
    log: PathBuf,
    has_served: bool,
    is_fit: bool,
}

/// The event with its records dated by the clock that the function goes by: the stream dates them by the machine's.
fn dated(mut event: Value, ahead: Ahead) -> Value {
    let records = event.get_mut("Records").and_then(Value::as_array_mut);
    for record in records.into_iter().flatten() {
        let written_at = record.pointer_mut("/dynamodb/ApproximateCreationDateTime");
        if let Some((written_at, seconds)) = written_at.and_then(|at| at.as_f64().map(|seconds| (at, seconds))) {
            *written_at = (seconds + ahead.as_secs_f64()).into();
        }
    }
    event
}

impl Sandbox {
    /// Starts a process, and waits until it asks for its first event.
    pub(super) async fn start(program: &Program, limit: Duration) -> Result<Self, Failure> {
        let simulator = Simulator::builder()
            .function_name(program.binary)
            .freeze_mode(FreezeMode::Process)
            .build()
            .await
            .expect("there is a port for the Runtime API");
        let process = spawn(program, &simulator).await;
        simulator.register_freeze_pid(process.id());
        let mut sandbox = Self {
            simulator,
            process,
            log: program.log.clone(),
            has_served: false,
            is_fit: true,
        };
        let started = Instant::now();
        while !sandbox.simulator.is_initialized().await {
            sandbox.still_runs()?;
            if started.elapsed() > limit {
                return Err(Failure::TimedOut);
            }
            tokio::time::sleep(GLANCE).await;
        }
        Ok(sandbox)
    }

    pub(super) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Whether it can take another event.
    pub(super) fn is_fit(&self) -> bool {
        self.is_fit
    }

    /// Hands it an event and waits for its answer, as long as it may take. The clock that it goes by is that much ahead.
    pub(super) async fn invoke(&mut self, event: Value, limit: Duration, ahead: Ahead) -> Result<Value, Failure> {
        self.is_fit = false;
        self.frozen().await?;
        let milliseconds = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        let event = dated(event, ahead);
        let invocation = InvocationBuilder::new().payload(event).timeout_ms(milliseconds);
        let mut invocation = invocation.build().expect("an invocation with a payload");
        let apart = ahead.unsigned_abs();
        if ahead.is_negative() {
            invocation.deadline -= apart;
        } else {
            invocation.deadline += apart;
        }
        let started = Instant::now();
        let id = self.simulator.enqueue(invocation).await;
        let state = loop {
            // In slices: an answer that comes while the simulator turns to waiting is not noticed before the next.
            match self.simulator.wait_for_invocation_complete(&id, LOOK).await {
                Ok(state) => break state,
                Err(SimulatorError::Timeout(_)) if started.elapsed() < limit => self.still_runs()?,
                Err(SimulatorError::Timeout(_)) => return Err(Failure::TimedOut),
                Err(error) => return Err(Failure::Failed(error.to_string())),
            }
        };
        self.is_fit = true;
        self.has_served = true;
        match (state.status, state.response, state.error) {
            (InvocationStatus::Success, Some(response), _) => Ok(response.payload),
            (_, _, Some(error)) => Err(self.failed(&said(&error))),
            (status, ..) => Err(self.failed(&format!("the invocation is {status:?}"))),
        }
    }

    /// Waits until it is frozen after what it has served. So it is never frozen while it serves.
    async fn frozen(&mut self) -> Result<(), Failure> {
        while self.has_served && !self.is_stopped() {
            self.still_runs()?;
            tokio::time::sleep(GLANCE).await;
        }
        self.still_runs()
    }

    /// Whether the system has stopped the process. The simulator calls it frozen a moment before it sends the signal: an event that
    /// came between would wake a process that then is stopped for good.
    fn is_stopped(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap_or_default();
        // The state follows the program's name, which is in parentheses.
        stat.rsplit_once(") ").is_some_and(|(_, state)| state.starts_with('T'))
    }

    fn still_runs(&mut self) -> Result<(), Failure> {
        match self.process.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(status)) => Err(self.failed(&format!("the process ended: {status}"))),
            Err(error) => Err(self.failed(&error.to_string())),
        }
    }

    /// The failure with the end of the log, which says why.
    fn failed(&self, what: &str) -> Failure {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = lines.get(lines.len().saturating_sub(LAST_LINES)..).unwrap_or_default();
        Failure::Failed(format!("{what}\n{}", last.join("\n")))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        clock::tidy(self.process.id());
    }
}

fn said(error: &InvocationError) -> String {
    format!("{}: {}", error.error_type, error.error_message)
}

async fn spawn(program: &Program, simulator: &Simulator) -> Child {
    let started = Instant::now();
    loop {
        let [out, err] = [(); 2].map(|()| log_of(program));
        let spawned = Command::new(&program.path)
            .env_clear()
            .envs(simulator.lambda_env_vars())
            .envs(&program.environment)
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn();
        match spawned {
            Ok(process) => return process,
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy && started.elapsed() < BUSY => {
                tokio::time::sleep(GLANCE).await;
            }
            Err(error) => panic!("{} does not start: {error}", program.path.display()),
        }
    }
}

fn log_of(program: &Program) -> File {
    let log = OpenOptions::new().create(true).append(true).open(&program.log);
    log.unwrap_or_else(|error| panic!("{}: {error}", program.log.display()))
}
