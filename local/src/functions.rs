//! The product's own functions, as this process calls them. Nothing else here knows the crate that has them.

use crate::gateway::paths::Routes;
use jiff::Timestamp;
use lambda_http::{Body, Request, Response};
use lambda_runtime::Error;
use muster_edge::App;
use serde_json::{Value, json};
use std::pin::Pin;

/// A function that is fed from the table's stream.
pub(crate) struct StreamFunction {
    /// Its name in the template.
    pub(crate) logical_id: &'static str,
    pub(crate) run: fn(App, Value) -> Running,
}

/// An invocation under way.
type Running = Pin<Box<dyn Future<Output = Result<Value, Error>> + Send>>;

/// All of them.
pub(crate) static STREAM_FUNCTIONS: [StreamFunction; 2] = [
    StreamFunction {
        logical_id: "DeliverMailFunction",
        run: |app, event| {
            Box::pin(async move {
                let _ = (app, event);
                Ok(json!({}))
            })
        },
    },
    StreamFunction {
        logical_id: "FinishWorkFunction",
        run: |app, event| {
            Box::pin(async move {
                let _ = (app, event);
                Ok(json!({}))
            })
        },
    },
];

/// The API's routes, each leading to its binary.
pub(crate) fn routes() -> Routes<&'static str> {
    Routes::new([], "not-found")
}

/// Runs a route's handler.
pub(crate) async fn call(binary: &str, app: &App, request: Request) -> Response<Body> {
    let _ = (binary, app, request);
    Response::new(Body::Empty)
}

/// Runs the scheduled function.
pub(crate) async fn expire(app: &App, event: Value, deadline: Timestamp) -> Result<Value, Error> {
    let _ = (app, event, deadline);
    Ok(json!({}))
}
