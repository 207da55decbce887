//! Running functions: with the product's own code in this process, or with a given replacement. No other module here
//! knows the crate that has the code.

use crate::gateway::paths::{DEFAULT, Routes};
use crate::reply;
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::Error;
use muster_edge::{App, Clock};
use muster_functions::routes::{ROUTES, call};
use muster_functions::{schedule, streams};
use serde_json::Value;
use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;

tokio::task_local! {
    static RUNNING: &'static str;
}

/// Runs an invocation as one of this binary. Its AWS calls find it through [`running`], since functions start no tasks.
pub fn run_as<T>(binary: &'static str, invocation: impl Future<Output = T>) -> impl Future<Output = T> {
    // A handler is too large to be moved around on a stack.
    RUNNING.scope(binary, Box::pin(invocation))
}

/// The binary whose invocation this task runs; none outside an invocation.
pub fn running() -> Option<&'static str> {
    RUNNING.try_with(|binary| *binary).ok()
}

/// The binary for requests that match no other route.
const FALLBACK: &str = "not-found";

/// The binary that the schedule starts.
pub(crate) const EXPIRE: &str = "expire";

/// The binary that EventBridge starts with feedback from SES.
pub(crate) const NOTE_FEEDBACK: &str = "note-feedback";

/// The same as its timeout in the template.
const EXPIRE_TIME_LIMIT: SignedDuration = SignedDuration::from_secs(50);

/// A running invocation.
pub type Running = Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send>>;

/// Runs the functions: takes an event as AWS makes it, and returns the function's answer.
pub trait Functions: Send + Sync {
    /// Runs the function of this binary once.
    fn invoke(&self, binary: &'static str, event: Value) -> Running;
}

/// Starts the functions of one backend outside its process, or wraps those in it.
pub trait Launcher: Debug + Send + Sync {
    /// Starts the functions of a backend. They end when the returned value is dropped. `here` are those of the backend's process.
    fn launch(&self, surroundings: Surroundings, here: Arc<dyn Functions>) -> Arc<dyn Functions>;
}

/// The surroundings of a backend's functions.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The environment variables that lead to the backend, as a deployment would set them.
    pub environment: Vec<(&'static str, String)>,
    /// Their clock.
    pub clock: Clock,
}

/// The reason why a function gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The function answered with an error, panicked, ended, or never started.
    #[error("{0}")]
    Failed(String),
    /// The function exceeded its time limit.
    #[error("the function took longer than it may")]
    TimedOut,
}

impl Failure {
    fn of(error: impl ToString) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Invokes a function in a task of its own, as Lambda does: a panic does not end this process, and the function does
/// not stop halfway when its caller goes away.
pub(crate) async fn invoke(functions: &dyn Functions, binary: &'static str, event: Value) -> Result<Value, Failure> {
    match tokio::spawn(functions.invoke(binary, event)).await {
        Ok(answer) => answer,
        Err(error) => Err(Failure::of(error)),
    }
}

/// The functions in this process, all on one [`App`].
pub(crate) struct InProcess(pub(crate) App);

impl Functions for InProcess {
    fn invoke(&self, binary: &'static str, event: Value) -> Running {
        let app = self.0.clone();
        Box::pin(run_as(binary, async move {
            run(&app, binary, event).await.map_err(Failure::of)
        }))
    }
}

async fn run(app: &App, binary: &str, event: Value) -> Result<Value, Error> {
    match binary {
        "deliver-mail" => streams::deliver_mail(app, event).await,
        "finish-work" => streams::finish_work(app, event).await,
        NOTE_FEEDBACK => streams::note_feedback(app, event).await,
        EXPIRE => {
            let deadline = app.clock().now().checked_add(EXPIRE_TIME_LIMIT);
            schedule::expire(app, event, deadline.unwrap_or(Timestamp::MAX)).await
        }
        _ => {
            let request = lambda_http::request::from_str(&event.to_string())?;
            Ok(reply::to_event(call(binary, app, request).await)?)
        }
    }
}

/// A function that is fed from the table's stream.
pub(crate) struct StreamFunction {
    /// Its name in the template.
    pub(crate) logical_id: &'static str,
    /// Its binary.
    pub(crate) binary: &'static str,
}

/// All stream functions.
pub(crate) static STREAM_FUNCTIONS: [StreamFunction; 2] = [
    StreamFunction {
        logical_id: "DeliverMailFunction",
        binary: "deliver-mail",
    },
    StreamFunction {
        logical_id: "FinishWorkFunction",
        binary: "finish-work",
    },
];

/// The API's routes, each leading to its binary.
pub(crate) fn routes() -> Routes<&'static str> {
    let routes = ROUTES.iter().filter(|route| route.path != DEFAULT);
    let routes = routes.flat_map(|route| route.methods().map(move |method| (method, route.path, route.binary)));
    Routes::new(routes, FALLBACK)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken;

    impl Functions for Broken {
        fn invoke(&self, _: &'static str, _: Value) -> Running {
            Box::pin(async { panic!("on purpose") })
        }
    }

    #[tokio::test]
    async fn a_panic_is_a_failure_like_any_other() {
        let failure = invoke(&Broken, "a-binary", Value::Null).await.unwrap_err();
        assert!(failure.to_string().contains("panicked"), "{failure}");
    }
}
