//! The product's own functions, as this process calls them. Nothing else here knows the crate that has them.

use crate::gateway::paths::{DEFAULT, Routes};
use lambda_runtime::Error;
use muster_edge::App;
use muster_functions::{routes::ROUTES, streams};
use serde_json::Value;
use std::pin::Pin;

pub(crate) use muster_functions::routes::call;
pub(crate) use muster_functions::schedule::expire;

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
        run: |app, event| Box::pin(async move { streams::deliver_mail(&app, event).await }),
    },
    StreamFunction {
        logical_id: "FinishWorkFunction",
        run: |app, event| Box::pin(async move { streams::finish_work(&app, event).await }),
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
