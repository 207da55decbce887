//! What stands between the handlers and AWS in a test: it counts their calls, and disturbs the one it is told to.
//!
//! A *call* is one operation that a handler asks of the SDK; its *attempts* are the HTTP exchanges the SDK makes of it.

use crate::calls;
pub use crate::exchange::{
    DELETE_FILE, ERASE, Exchange, GET_FILE, PUT_FILE, QUERY, READ, SEND_EMAIL, TRANSACT, UPDATE, operation,
};
use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// AWS answers 500 and has done nothing.
    ServerError,
    /// AWS does it, and the connection breaks before its reply arrives.
    LostReply,
    /// Time is up before the request reached AWS.
    TimeoutBefore,
    /// AWS does it, and time is up before its reply arrives.
    TimeoutAfter,
    /// AWS says that it has too much to do.
    Throttled,
    /// A partition of the table takes no more: a transaction is canceled for it, and of a batch nothing is done.
    Hot,
    /// Another transaction is at the same items.
    Conflict,
    /// AWS refuses the request for good.
    Rejected,
    /// SES refuses a mail since its sender, or in the sandbox its recipient, is not verified.
    Unverified,
    /// SES takes no more mail that day.
    QuotaSpent,
    /// The reply is held back until the clock on the wall shows this.
    Held(Timestamp),
    /// The process ends here: the call never begins, and [`Faults::unless_killed`] drops what made it.
    Killed,
}

/// Which call it happens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The call of this number, from 0.
    Call(usize),
    /// The first call of this operation.
    First(&'static str),
    /// The call of this operation that comes after so many others of it.
    After(usize, &'static str),
    /// Every call of this operation.
    Every(&'static str),
}

/// How far it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// One attempt; what the SDK tries after it goes through.
    Attempt,
    /// Every attempt of the call.
    Call,
    /// The call and all that come after it.
    Rest,
}

/// One disturbance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Which call.
    pub at: At,
    /// What.
    pub kind: Kind,
    /// How far.
    pub reach: Reach,
}

#[derive(Debug, Default)]
struct State {
    exchanges: Vec<Exchange>,
    fault: Option<Fault>,
}

/// Watches and disturbs; clones share what they know.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    state: Arc<Mutex<State>>,
    killed: Arc<Notify>,
}

impl Faults {
    /// What the handlers' AWS calls go through.
    #[must_use]
    pub fn client(&self) -> SharedHttpClient {
        self.client_over(calls::client())
    }

    /// The same, with `real` between it and AWS.
    #[must_use]
    pub fn client_over(&self, real: SharedHttpClient) -> SharedHttpClient {
        let faults = self.clone();
        http_client_fn(move |settings, components| {
            SharedHttpConnector::new(Connector {
                real: real.http_connector(settings, components),
                faults: faults.clone(),
            })
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what was watched, and disturbs nothing from here on.
    pub fn clear(&self) {
        *self.lock() = State::default();
    }

    /// Forgets what was watched, and disturbs what comes in this way.
    pub fn inject(&self, at: At, kind: Kind, reach: Reach) {
        let fault = Some(Fault { at, kind, reach });
        *self.lock() = State {
            fault,
            ..State::default()
        };
    }

    /// All exchanges since the last [`Faults::clear`] or [`Faults::inject`], in the order they began.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.lock().exchanges.clone()
    }

    /// The operation of each call, in the order they began.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        let first = |e: &&Exchange| e.attempt == 1;
        self.lock()
            .exchanges
            .iter()
            .filter(first)
            .map(|e| e.operation.clone())
            .collect()
    }

    /// How many calls there were of an operation.
    #[must_use]
    pub fn count(&self, operation: &str) -> usize {
        self.calls().iter().filter(|o| *o == operation).count()
    }

    /// How many *sequential* round trips there were: the length of the longest chain of exchanges in which each one
    /// began after the one before it had ended. Exchanges that were under way at the same time do not follow one
    /// another, so two reads side by side are one round trip. Begin and end are noted in one order under one lock,
    /// when the SDK hands the request over and when its whole reply is there; no clock is involved.
    #[must_use]
    pub fn round_trips(&self) -> usize {
        self.lock().exchanges.iter().map(|e| e.depth).max().unwrap_or_default()
    }

    /// Runs an invocation to its end, or until [`Kind::Killed`] ends it: then it is dropped where it stands, as a process
    /// that dies between two calls, and there is no result.
    pub async fn unless_killed<T>(&self, invocation: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.killed.notified() => None,
            result = invocation => Some(result),
        }
    }

    /// Notes that an attempt begins; gives its place and what shall happen to it.
    fn begin(&self, request: &HttpRequest) -> (usize, Option<Kind>) {
        let operation = operation(request);
        let invocation = request
            .headers()
            .get("amz-sdk-invocation-id")
            .unwrap_or_default()
            .to_owned();
        let sent = request.body().bytes().unwrap_or_default();
        let mut state = self.lock();
        let of_call: Vec<&Exchange> = state.exchanges.iter().filter(|e| e.invocation == invocation).collect();
        let calls = state.exchanges.iter().map(|e| e.call + 1).max().unwrap_or_default();
        let call = of_call.first().map_or(calls, |e| e.call);
        let attempt = of_call.len() + 1;
        let before = state.exchanges.iter().filter(|e| e.ended).map(|e| e.depth).max();
        let kind = state
            .fault
            .and_then(|f| f.meets(&state.exchanges, &operation, call, attempt));
        state.exchanges.push(Exchange {
            operation,
            call,
            attempt,
            depth: before.unwrap_or_default() + 1,
            fields: request.headers().iter().map(|(name, _)| name.to_owned()).collect(),
            request: sent.to_vec(),
            reply: Vec::new(),
            invocation,
            ended: false,
        });
        (state.exchanges.len() - 1, kind)
    }

    fn end(&self, place: usize, invocation: &str, reply: Option<&[u8]>) {
        let mut state = self.lock();
        // After a `clear` another exchange may stand there.
        if let Some(exchange) = state.exchanges.get_mut(place).filter(|e| e.invocation == invocation) {
            exchange.ended = true;
            exchange.reply = reply.unwrap_or_default().to_vec();
        }
    }
}

impl Fault {
    fn meets(&self, before: &[Exchange], operation: &str, call: usize, attempt: usize) -> Option<Kind> {
        let struck = match self.at {
            At::Call(n) => Some(n),
            At::First(wanted) => before
                .iter()
                .find(|e| e.operation == wanted)
                .map(|e| e.call)
                .or_else(|| (operation == wanted).then_some(call)),
            At::After(count, wanted) => {
                let of_it = before.iter().filter(|e| e.operation == wanted && e.attempt == 1);
                let mut known = of_it
                    .map(|e| e.call)
                    .chain((operation == wanted && attempt == 1).then_some(call));
                known.nth(count)
            }
            At::Every(wanted) => (operation == wanted).then_some(call),
        };
        let meets = match self.reach {
            Reach::Attempt => struck == Some(call) && attempt == 1,
            Reach::Call => struck == Some(call),
            Reach::Rest => struck.is_some_and(|n| call >= n),
        };
        meets.then_some(self.kind)
    }
}

#[derive(Debug)]
struct Connector {
    real: SharedHttpConnector,
    faults: Faults,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (place, kind) = self.faults.begin(&request);
        let invocation = request
            .headers()
            .get("amz-sdk-invocation-id")
            .unwrap_or_default()
            .to_owned();
        let (real, faults) = (self.real.clone(), self.faults.clone());
        HttpConnectorFuture::new(async move {
            let answer = exchange(&real, &faults.killed, request, kind).await;
            let bytes = answer.as_ref().ok().and_then(|r| r.body().bytes());
            faults.end(place, &invocation, bytes);
            answer
        })
    }
}

/// One attempt of a call, with this happening to it; whoever is to be killed is told by `killed`.
///
/// # Errors
/// If there is no reply.
pub async fn exchange(
    real: &SharedHttpConnector,
    killed: &Notify,
    request: HttpRequest,
    kind: Option<Kind>,
) -> Result<HttpResponse, ConnectorError> {
    let name = operation(&request);
    match kind {
        None => whole(real.call(request).await?).await,
        Some(Kind::ServerError) => Ok(refusal(500, "InternalServerError", json!({}))),
        Some(Kind::TimeoutBefore) => Err(timeout()),
        Some(Kind::LostReply) => {
            whole(real.call(request).await?).await?;
            Err(ConnectorError::io("the connection was closed".into()))
        }
        Some(Kind::TimeoutAfter) => {
            whole(real.call(request).await?).await?;
            Err(timeout())
        }
        Some(Kind::Held(until)) => {
            let reply = whole(real.call(request).await?).await?;
            let left = Duration::try_from(until.duration_since(Timestamp::now())).unwrap_or_default();
            tokio::time::sleep(left).await;
            Ok(reply)
        }
        Some(Kind::Throttled) => Ok(throttled(&name)),
        Some(Kind::Hot) => Ok(hot(&name, request.body().bytes().unwrap_or_default())),
        Some(Kind::Conflict) => Ok(conflict(&name, request.body().bytes().unwrap_or_default())),
        Some(Kind::Rejected) => Ok(refusal(400, "MessageRejected", json!({}))),
        Some(Kind::Unverified) => {
            let message = "Email address is not verified. The following identities failed the check in region US-EAST-1: x.example";
            Ok(refusal(400, "MessageRejected", json!({ "message": message })))
        }
        Some(Kind::QuotaSpent) => {
            let message = "Daily message quota exceeded.";
            Ok(refusal(429, "TooManyRequestsException", json!({ "message": message })))
        }
        Some(Kind::Killed) => {
            killed.notify_waiters();
            std::future::pending().await
        }
    }
}

/// The reply once all of it is there.
pub(crate) async fn whole(mut reply: HttpResponse) -> Result<HttpResponse, ConnectorError> {
    let body = reply.take_body().collect().await.map_err(ConnectorError::io)?;
    *reply.body_mut() = SdkBody::from(body.to_bytes());
    Ok(reply)
}

fn timeout() -> ConnectorError {
    ConnectorError::timeout("time is up".into())
}

fn transaction_items(body: &[u8]) -> usize {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    body["TransactItems"].as_array().map_or(0, Vec::len)
}

fn throttled(operation: &str) -> HttpResponse {
    if operation == SEND_EMAIL {
        return refusal(429, "TooManyRequestsException", json!({}));
    }
    if operation.starts_with("dynamodb:") && operation != UPDATE {
        return refusal(400, "ProvisionedThroughputExceededException", json!({}));
    }
    refusal(400, "ThrottlingException", json!({}))
}

fn conflict(operation: &str, sent: &[u8]) -> HttpResponse {
    if operation != TRANSACT {
        return refusal(400, "TransactionConflictException", json!({}));
    }
    cancelled(
        sent,
        &json!({ "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item" }),
    )
}

/// A transaction that is canceled for its first item.
fn cancelled(sent: &[u8], reason: &Value) -> HttpResponse {
    let mut reasons = vec![json!({ "Code": "None" }); transaction_items(sent)];
    if let Some(first) = reasons.first_mut() {
        *first = reason.clone();
    }
    refusal(
        400,
        "TransactionCanceledException",
        json!({ "CancellationReasons": reasons }),
    )
}

fn hot(operation: &str, sent: &[u8]) -> HttpResponse {
    let items = || serde_json::from_slice::<Value>(sent).unwrap_or_default()["RequestItems"].clone();
    let undone = |body: Value| answer(200, &body);
    match operation {
        TRANSACT => cancelled(
            sent,
            &json!({ "Code": "ThrottlingError", "Message": "Throughput exceeds the current capacity" }),
        ),
        READ => undone(json!({ "Responses": {}, "UnprocessedKeys": items() })),
        ERASE => undone(json!({ "UnprocessedItems": items() })),
        other => throttled(other),
    }
}

/// An error in the form of the JSON protocols, which is also that of SES.
pub(crate) fn refusal(status: u16, kind: &str, more: Value) -> HttpResponse {
    let mut body = more;
    body["__type"] = json!(format!("com.amazonaws.dynamodb.v20120810#{kind}"));
    if body["message"].is_null() {
        body["message"] = json!("Rate of requests exceeds the allowed throughput of table muster-internal-name.");
    }
    let mut reply = answer(status, &body);
    reply.headers_mut().insert("x-amzn-errortype", kind.to_owned());
    reply
}

pub(crate) fn answer(status: u16, body: &Value) -> HttpResponse {
    let mut reply = HttpResponse::new(status.try_into().expect("a status"), SdkBody::from(body.to_string()));
    reply.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    reply
}
