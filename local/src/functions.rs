//! The product's own functions, as this process calls them. Nothing else here knows the crate that has them.

use crate::gateway::paths::{DEFAULT, Routes};
use aws_config::SdkConfig;
use jiff::{SignedDuration, Timestamp};
use lambda_http::{Body, Request, Response};
use lambda_runtime::Error;
use serde_json::{Value, json};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

// TEMPORARY until muster-functions is on main.
#[derive(Clone)]
pub struct App;
#[derive(Clone, Default)]
pub struct Clock(Arc<AtomicI64>);
impl Clock {
    pub fn system() -> Self {
        Self::default()
    }
    pub fn adjustable() -> Self {
        Self::default()
    }
    pub fn advance(&self, by: SignedDuration) {
        self.0.fetch_add(by.as_secs(), Ordering::Relaxed);
    }
    pub fn now(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.0.load(Ordering::Relaxed))
    }
}

/// What the functions need to know of where they run.
pub(crate) struct Settings {
    pub(crate) table: String,
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) jwks_url: String,
    pub(crate) app_url: String,
    pub(crate) link_secret_id: String,
    pub(crate) mail_from: String,
}

/// What the functions work with.
pub(crate) fn app(settings: &Settings, sdk: &SdkConfig, clock: Clock) -> Result<App, String> {
    let _ = (settings, sdk, clock);
    Ok(App)
}

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
    let _ = DEFAULT;
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
