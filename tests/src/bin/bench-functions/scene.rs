//! What each function is asked, and the calls to DynamoDB that its answer takes, for the minimal function to make as well.

use jiff::SignedDuration;
use lambda_http::Request;
use muster_edge::App;
use muster_functions::routes::call;
use muster_functions::{schedule, streams};
use muster_tests::faults::{Exchange, Faults, SEND_EMAIL};
use muster_tests::harness::Harness;
use muster_tests::meter::Charge;
use muster_tests::prepared::{Case, prepared};
use muster_tests::samples::{Values, sample};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Functions that an event can be handed to again and again, and that do the same each time.
const READERS: &[&str] = &[
    "evaluate-access",
    "evaluate-access-batch",
    "search-actions",
    "search-resources",
    "search-subjects",
    "verify-api-key",
];

/// Whether the sample of a function is answered in the same way each time.
pub(crate) fn repeats(binary: &str) -> bool {
    let event: Value = sample_text(binary);
    event["requestContext"]["http"]["method"] == "GET" || READERS.contains(&binary)
}

fn sample_text(binary: &str) -> Value {
    let text = muster_tests::deployment::file(&format!("events/{binary}.json"));
    serde_json::from_str(&text).expect("a sample is JSON")
}

/// A function's sample, with all it speaks of brought about anew. The functions go by the system's clock, and the harness ends at
/// it: what lies behind happened before.
pub(crate) async fn event(h: &Harness, binary: &str) -> (Value, Values) {
    let past = if binary == "expire" { 24 * 8 + 2 } else { 2 };
    h.advance(-SignedDuration::from_hours(past));
    let values = prepared(h, binary, Case::Usual)
        .await
        .expect("every function has a sample");
    let mut event = sample(binary, &values);
    if let Some(key) = event.pointer_mut("/headers/idempotency-key") {
        // Else whoever asks for the second time would be told what was done the first time.
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        *key = json!(format!("asked-{}", ASKED.fetch_add(1, Ordering::Relaxed)));
    }
    (event, values)
}

/// The same, asked by a stranger: where a token is needed, who asks is read, and they are told that there is nothing.
pub(crate) fn by_a_stranger(h: &Harness, binary: &str, values: &Values) -> Value {
    let token = h.person("stranger").token(h);
    let changed = values.iter().map(|(name, value)| match *name {
        "token" => (*name, token.clone()),
        name => (name, value.clone()),
    });
    sample(binary, &changed.collect())
}

/// What an event takes.
#[derive(Debug, Clone)]
pub(crate) struct Calls {
    /// Calls to DynamoDB, in steps that follow one another.
    steps: Vec<Vec<Value>>,
    /// Calls to other services.
    pub(crate) others: usize,
    /// Calls of these that hand a mail over.
    pub(crate) mails: usize,
    /// How many calls follow one another.
    pub(crate) round_trips: usize,
    /// What DynamoDB charges.
    pub(crate) charge: Charge,
}

impl Calls {
    /// How many calls to DynamoDB there are.
    pub(crate) fn count(&self) -> usize {
        self.steps.iter().map(Vec::len).sum()
    }

    /// How many of them read.
    pub(crate) fn reads(&self) -> usize {
        let reads = |call: &&Value| call["get"].is_array() || call["query"].is_object();
        self.steps.iter().flatten().filter(reads).count()
    }

    fn of(exchanges: &[Exchange]) -> Self {
        let (own, others): (Vec<_>, Vec<_>) = exchanges.iter().partition(|e| e.operation.starts_with("dynamodb:"));
        let mut steps: BTreeMap<usize, Vec<Value>> = BTreeMap::new();
        for exchange in own {
            steps.entry(exchange.depth).or_default().push(alike(exchange));
        }
        Self {
            steps: steps.into_values().collect(),
            others: others.len(),
            mails: others.iter().filter(|e| e.operation == SEND_EMAIL).count(),
            round_trips: exchanges.iter().map(|e| e.depth).max().unwrap_or_default(),
            charge: Charge::of(exchanges),
        }
    }

    /// The event by which the minimal function makes the same calls.
    pub(crate) fn event(&self) -> Value {
        let mut event = sample_text("create-organization");
        event["headers"]["authorization"] = json!("none");
        event["body"] = json!(serde_json::to_string(&self.steps).expect("calls are JSON"));
        event
    }
}

/// A call like this one: the same keys are read, the same list is asked for, and as many items of as many bytes are written.
fn alike(exchange: &Exchange) -> Value {
    let sent = exchange.request();
    match exchange.operation.as_str() {
        "dynamodb:BatchGetItem" => {
            let tables = sent["RequestItems"].as_object().into_iter().flatten();
            let keys = tables.flat_map(|(_, asked)| asked["Keys"].as_array().cloned().unwrap_or_default());
            json!({ "get": keys.map(|key| json!([key["PK"]["S"], key["SK"]["S"]])).collect::<Vec<_>>() })
        }
        "dynamodb:Query" => json!({ "query": {
            "index": sent["IndexName"],
            "consistent": sent["ConsistentRead"],
            "forward": sent["ScanIndexForward"],
            "limit": sent["Limit"],
            "condition": sent["KeyConditionExpression"],
            "names": sent["ExpressionAttributeNames"],
            "values": sent["ExpressionAttributeValues"],
        } }),
        "dynamodb:TransactWriteItems" => {
            let parts = sent["TransactItems"].as_array().cloned().unwrap_or_default();
            json!({ "write": parts.iter().map(weight).collect::<Vec<_>>() })
        }
        "dynamodb:UpdateItem" => json!({ "put": weight(&sent) }),
        other => panic!("{other} has no equal in the minimal function"),
    }
}

/// Bytes of what a part of a transaction writes.
fn weight(part: &Value) -> usize {
    let item = &part["Put"]["Item"];
    if item.is_object() { item } else { part }.to_string().len()
}

/// Runs a function in this process as at a cold start, and gives the calls that it made.
pub(crate) async fn calls(h: &Harness, watch: &Faults, binary: &str, event: &Value) -> Calls {
    let known = h.backend.app();
    let app = App::new(known.config().clone(), known.sdk(), known.clock().clone());
    watch.clear();
    match binary {
        "expire" => drop(schedule::expire(&app, event.clone(), jiff::Timestamp::MAX).await),
        "deliver-mail" => drop(streams::deliver_mail(&app, event.clone()).await),
        "finish-work" => drop(streams::finish_work(&app, event.clone()).await),
        "note-feedback" => drop(streams::note_feedback(&app, event.clone()).await),
        _ => {
            let request: Request = lambda_http::request::from_str(&event.to_string()).expect("a request");
            drop(call(binary, &app, request).await);
        }
    }
    Calls::of(&watch.exchanges())
}
