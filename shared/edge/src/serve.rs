//! Running a handler, in Lambda and in `local` alike.

use crate::Outcome;
use crate::app::App;
use crate::call::Call;
use crate::clock::Clock;
use crate::config::Config;
use crate::metrics::Metric;
use crate::problem::Problem;
use aws_config::BehaviorVersion;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use futures::FutureExt as _;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Method};
use jiff::Timestamp;
use lambda_http::request::RequestContext;
use lambda_http::{Body, IntoResponse, Request, RequestExt, Response};
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::time::Instant;
use tracing::Instrument as _;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// A request makes thousands of small allocations, most of them within the SDK. With the C library's allocator they take an eighth
/// of its processor time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The header field that carries the request's id.
pub const REQUEST_ID: &str = "x-request-id";

/// The part of the paths whose responses return the request's own id: those of the access standard.
const ECHOING: &str = "/access/v1/";
/// Longest caller-supplied id that is returned; a response to any other has Muster's id.
const MAX_REQUEST_ID_BYTES: usize = 512;
/// Most characters of a caller-supplied id that are logged.
const LOGGED: usize = 128;

/// Answers one request with one handler. Problems become HTTP, a panic becomes a 500, and every response has its request id and one
/// log line.
#[expect(clippy::disallowed_methods, reason = "the log tells how long a request took")]
pub async fn answer<F, R>(app: &App, request: Request, handler: F) -> Response<Body>
where
    F: FnOnce(Call) -> R,
    R: Future<Output = Outcome>,
{
    let started = Instant::now();
    let (request_id, route) = id_and_route(&request);
    let asked_as = own_id(&request);
    let is_head = request.method() == Method::HEAD;
    let call = Call::new(app.clone(), request_id.clone(), request);
    let span = tracing::info_span!("request", request_id, route, asked_as = tracing::field::Empty);
    if let Some(text) = asked_as.as_ref().and_then(|id| id.to_str().ok()) {
        span.record("asked_as", text.get(..LOGGED).unwrap_or(text));
    }
    let outcome = AssertUnwindSafe(answered(call, handler))
        .catch_unwind()
        .instrument(span.clone())
        .await;
    let mut response = match outcome {
        Ok(Ok(reply)) => reply.into_response(),
        Ok(Err(problem)) => {
            app.metrics()
                .count(Metric::Throttled, usize::from(problem.is_throttled()));
            with_id(problem, &request_id)
        }
        Err(_panic) => {
            tracing::error!(parent: &span, "the handler panicked");
            with_id(Problem::internal(), &request_id)
        }
    };
    let told = asked_as.or_else(|| HeaderValue::from_str(&request_id).ok());
    if let Some(id) = told {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    if is_head {
        without_body(&mut response);
    }
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(parent: &span, status = response.status().as_u16(), ms, "answered");
    app.metrics().write("route", &route);
    response
}

/// The handler's reply, subject to the request's conditions.
async fn answered<F, R>(call: Result<Call, Problem>, handler: F) -> Outcome
where
    F: FnOnce(Call) -> R,
    R: Future<Output = Outcome>,
{
    let call = call?;
    let conditions = call.reads().then(|| call.conditions.clone());
    let reply = handler(call).await?;
    match conditions {
        Some(conditions) => conditions.shown(reply),
        None => Ok(reply),
    }
}

/// Turns the response to GET into the one to HEAD: the same fields, and no body.
fn without_body(response: &mut Response<Body>) {
    let length = std::mem::take(response.body_mut()).len();
    if length > 0 {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
}

fn with_id(mut problem: Problem, request_id: &str) -> Response<Body> {
    problem.request_id = Some(request_id.to_owned());
    problem.into_response()
}

/// The id that the caller gave the request, on the routes that return it.
fn own_id(request: &Request) -> Option<HeaderValue> {
    let given = request.headers().get(REQUEST_ID)?;
    let plain = given
        .to_str()
        .is_ok_and(|id| (1..=MAX_REQUEST_ID_BYTES).contains(&id.len()));
    (request.uri().path().contains(ECHOING) && plain).then(|| given.clone())
}

/// The request's id and the route it was sent to. The path itself is not logged: it may hold an invitation's token.
fn id_and_route(request: &Request) -> (String, String) {
    // INVARIANT 5: the log names the route and not its path.
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => (
            context.request_id.clone().unwrap_or_default(),
            context.route_key.clone().unwrap_or_default(),
        ),
        _ => (String::new(), String::new()),
    }
}

/// Structured logs on standard output, filtered by `MUSTER_LOG` (default `info`).
#[expect(
    clippy::disallowed_methods,
    reason = "logging starts before the configuration is read, and reports its errors"
)]
pub fn log() {
    let wanted = std::env::var("MUSTER_LOG").ok().and_then(|text| text.parse().ok());
    let filter = wanted.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
    let lines = tracing_subscriber::fmt::layer().json().with_target(false);
    let _ = tracing_subscriber::registry().with(lines).with(filter).try_init();
}

/// Sets the process up from its environment: the configuration, and Lambda's credentials. It makes no network calls yet.
///
/// # Errors
/// The variable that is invalid.
pub async fn start() -> Result<App, lambda_runtime::Error> {
    log();
    let config = Config::from_env()?;
    let sdk = aws_config::defaults(BehaviorVersion::latest())
        .credentials_provider(EnvironmentVariableCredentialsProvider::new())
        .load()
        .await;
    Ok(App::new(config, &sdk, Clock::system()))
}

/// Serves one handler as a Lambda function.
///
/// # Errors
/// Any error that keeps the process from starting, or ends the runtime.
pub async fn http<F, R>(handler: F) -> Result<(), lambda_runtime::Error>
where
    F: Fn(Call) -> R + Copy + Send + Sync + 'static,
    R: Future<Output = Outcome> + Send + 'static,
{
    let app = started().await?;
    tokio::join!(app.warm(), app.warm_links());
    requests(&app, handler).await
}

/// Serves one handler that needs no service and no signed-in user, so no connection is opened for it.
///
/// # Errors
/// As [`http`].
pub async fn http_alone<F, R>(handler: F) -> Result<(), lambda_runtime::Error>
where
    F: Fn(Call) -> R + Copy + Send + Sync + 'static,
    R: Future<Output = Outcome> + Send + 'static,
{
    requests(&started().await?, handler).await
}

async fn started() -> Result<App, lambda_runtime::Error> {
    start()
        .await
        .inspect_err(|error| tracing::error!(%error, "cannot start"))
}

async fn requests<F, R>(app: &App, handler: F) -> Result<(), lambda_runtime::Error>
where
    F: Fn(Call) -> R + Copy + Send + Sync + 'static,
    R: Future<Output = Outcome> + Send + 'static,
{
    lambda_http::run(lambda_http::service_fn(move |request: Request| async move {
        Ok::<_, std::convert::Infallible>(Verbatim(answer(app, request, handler).await))
    }))
    .await
}

/// A reply whose body is sent unchanged: text as text, bytes as base64. On its own, `lambda_http` decodes every body with a text
/// media type, and so strips the byte order mark from a CSV file, by which spreadsheets recognize UTF-8.
struct Verbatim(Response<Body>);

impl IntoResponse for Verbatim {
    fn into_response(self) -> Pin<Box<dyn Future<Output = Response<Body>> + Send>> {
        Box::pin(std::future::ready(self.0))
    }
}

/// Serves an event handler as a Lambda function, and passes it the deadline.
///
/// # Errors
/// Any error that keeps the process from starting, or ends the runtime.
pub async fn events<F>(handler: F) -> Result<(), lambda_runtime::Error>
where
    F: AsyncFn(&App, serde_json::Value, Timestamp) -> Result<serde_json::Value, lambda_runtime::Error>,
{
    run(&started().await?, handler).await
}

/// Serves the function that sends mail, as [`events`]. A template of the operator's that is not valid keeps it from starting, so
/// that no email is written with it: the stream keeps its records until a version starts.
///
/// # Errors
/// As [`events`].
pub async fn mail<F>(handler: F) -> Result<(), lambda_runtime::Error>
where
    F: AsyncFn(&App, serde_json::Value, Timestamp) -> Result<serde_json::Value, lambda_runtime::Error>,
{
    let app = started().await?;
    app.stationery()
        .inspect_err(|fault| tracing::error!(%fault, "cannot start"))?;
    run(&app, handler).await
}

async fn run<F>(app: &App, handler: F) -> Result<(), lambda_runtime::Error>
where
    F: AsyncFn(&App, serde_json::Value, Timestamp) -> Result<serde_json::Value, lambda_runtime::Error>,
{
    let handler = &handler;
    tokio::join!(app.warm_table(), app.warm_links());
    lambda_runtime::run(lambda_runtime::service_fn(
        move |event: lambda_runtime::LambdaEvent<serde_json::Value>| async move {
            let deadline = i64::try_from(event.context.deadline)
                .ok()
                .and_then(|ms| Timestamp::from_millisecond(ms).ok());
            // Boxed: the compiler gives up on futures nested as deeply as the SDK's.
            let done = Box::pin(handler(app, event.payload, deadline.unwrap_or(Timestamp::MAX))).await;
            app.metrics().write("invocation", &event.context.request_id);
            done
        },
    ))
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::Reply;

    #[tokio::test]
    async fn a_file_goes_out_with_its_mark_of_utf_8() {
        let file = Reply::file("text/csv; charset=utf-8", "people.csv", "\u{feff}Name".into());
        let sent = Verbatim(file.into_response()).into_response().await;
        assert_eq!(sent.body(), &Body::Binary("\u{feff}Name".into()));
    }
}
