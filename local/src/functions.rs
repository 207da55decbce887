//! The product's own functions, as this process calls them. Nothing else here knows the crate that has them.

use crate::gateway::paths::{DEFAULT, Routes};
use jiff::Timestamp;
use lambda_http::{Body, Request, Response};
use lambda_runtime::Error;
use muster_edge::App;
use muster_functions::routes::{self, ROUTES};
use muster_functions::{schedule, streams};
use serde_json::Value;
use std::pin::Pin;

tokio::task_local! {
    static RUNNING: &'static str;
}

/// Stands for every function's start: in Lambda each has its own, here one process has one for all.
pub const START: &str = "start";

/// Runs an invocation as one of this binary. Its calls of AWS know it by [`running`], since no function starts tasks.
pub fn run_as<T>(binary: &'static str, invocation: impl Future<Output = T>) -> impl Future<Output = T> {
    // A handler is too large to be copied about on a stack.
    RUNNING.scope(binary, Box::pin(invocation))
}

/// The binary whose invocation this task is; none outside of one.
pub fn running() -> Option<&'static str> {
    RUNNING.try_with(|binary| *binary).ok()
}

/// Answers a request with the handler of a binary.
pub(crate) async fn call(binary: &'static str, app: &App, request: Request) -> Response<Body> {
    run_as(binary, routes::call(binary, app, request)).await
}

/// Runs the scheduled function.
pub(crate) async fn expire(app: &App, event: Value, deadline: Timestamp) -> Result<Value, Error> {
    run_as("expire", schedule::expire(app, event, deadline)).await
}

/// The binary that takes what no other route does.
const FALLBACK: &str = "not-found";

/// A function that is fed from the table's stream.
pub(crate) struct StreamFunction {
    /// Its name in the template.
    pub(crate) logical_id: &'static str,
    /// Runs it on a batch.
    pub(crate) run: fn(App, Value) -> Running,
}

/// An invocation under way.
type Running = Pin<Box<dyn Future<Output = Result<Value, Error>> + Send>>;

/// All of them.
pub(crate) static STREAM_FUNCTIONS: [StreamFunction; 2] = [
    StreamFunction {
        logical_id: "DeliverMailFunction",
        run: |app, event| {
            Box::pin(run_as("deliver-mail", async move {
                streams::deliver_mail(&app, event).await
            }))
        },
    },
    StreamFunction {
        logical_id: "FinishWorkFunction",
        run: |app, event| {
            Box::pin(run_as(
                "finish-work",
                async move { streams::finish_work(&app, event).await },
            ))
        },
    },
];

/// The API's routes, each leading to its binary.
pub(crate) fn routes() -> Routes<&'static str> {
    let routes = ROUTES
        .iter()
        .filter(|route| route.path != DEFAULT)
        .map(|route| (route.method, route.path, route.binary));
    Routes::new(routes, FALLBACK)
}
