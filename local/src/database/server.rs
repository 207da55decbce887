//! The HTTP interface of the embedded database, as the SDK speaks it (AWS JSON 1.0).
//!
//! The crate has a server of its own, which words each refusal exactly as DynamoDB does. To do so, it parses each body three times.
//! For each transaction, it also checks the age of every token of the last ten minutes, so a busy process gets slower.
//! The only caller here is the SDK, which sends well-formed requests, so this interface does neither.
//!
//! It checks no signatures. A page in a browser could reach it under a domain name that resolves to this machine, so it answers
//! only to the address that the SDK calls.

use super::TableStream;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use dynoxide::actions::transact_write_items::TransactWriteItemsRequest;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The prefixes of an operation's name in `X-Amz-Target`.
const PREFIXES: [&str; 2] = ["DynamoDB_20120810.", "DynamoDBStreams_20120810."];

/// The operations that write items.
const WRITES: [&str; 5] = [
    "BatchWriteItem",
    "DeleteItem",
    "PutItem",
    "TransactWriteItems",
    "UpdateItem",
];

/// How long DynamoDB remembers the token of a transaction.
const TOKEN_LIFE: Duration = Duration::from_secs(600);

/// Maximum length of a transaction's token, in characters.
const MAX_TOKEN: usize = 36;

/// The host of this interface. Its port varies.
const HOST: &str = "127.0.0.1";

/// The interface's one route.
pub(super) fn routes(database: Database, stream: Arc<TableStream>) -> Router {
    let served = Served {
        database,
        stream,
        made: Mutex::default(),
    };
    Router::new()
        .route("/", post(answer))
        .layer(axum::extract::DefaultBodyLimit::max(16 * 1024 * 1024))
        .with_state(Arc::new(served))
}

struct Served {
    database: Database,
    stream: Arc<TableStream>,
    made: Mutex<Made>,
}

async fn answer(State(served): State<Arc<Served>>, headers: HeaderMap, body: Bytes) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    if host.and_then(|host| host.split(':').next()) != Some(HOST) {
        return StatusCode::MISDIRECTED_REQUEST.into_response();
    }
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let operation = target.and_then(|target| PREFIXES.iter().find_map(|prefix| target.strip_prefix(prefix)));
    let operation = operation.unwrap_or_default();
    let answer = served.run(operation, &body);
    if WRITES.contains(&operation) {
        served.stream.note_write();
    }
    let (status, body) = match answer {
        Ok(body) => (StatusCode::OK, body),
        Err(error) => {
            let status = StatusCode::from_u16(error.status_code());
            (status.unwrap_or(StatusCode::BAD_REQUEST), error.to_json())
        }
    };
    (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.0")], body).into_response()
}

impl Served {
    fn run(&self, operation: &str, body: &[u8]) -> Result<String, DynoxideError> {
        let database = &self.database;
        match operation {
            "BatchGetItem" => call(body, |request| database.batch_get_item(request)),
            "BatchWriteItem" => call(body, |request| database.batch_write_item(request)),
            "CreateTable" => call(body, |request| database.create_table(request)),
            "DeleteItem" => call(body, |request| database.delete_item(request)),
            "DescribeStream" => call(body, |request| database.describe_stream(request)),
            "DescribeTable" => call(body, |request| database.describe_table(request)),
            "DescribeTimeToLive" => call(body, |request| database.describe_time_to_live(request)),
            "GetItem" => call(body, |request| database.get_item(request)),
            "GetRecords" => call(body, |request| database.get_records(request)),
            "GetShardIterator" => call(body, |request| database.get_shard_iterator(request)),
            "PutItem" => call(body, |request| database.put_item(request)),
            "Query" => call(body, |request| database.query(request)),
            "Scan" => call(body, |request| database.scan(request)),
            "TransactGetItems" => call(body, |request| database.transact_get_items(request)),
            "TransactWriteItems" => self.transact(body),
            "UpdateItem" => call(body, |request| database.update_item(request)),
            "UpdateTimeToLive" => call(body, |request| database.update_time_to_live(request)),
            _ => Err(DynoxideError::ValidationException(format!(
                "`{operation}` is not served here"
            ))),
        }
    }

    /// Makes a transaction, once for each token.
    fn transact(&self, body: &[u8]) -> Result<String, DynoxideError> {
        let mut request: TransactWriteItemsRequest = read(body)?;
        let write = |request| written(&self.database.transact_write_items(request)?);
        let Some(token) = request.client_request_token.take() else {
            return write(request);
        };
        if token.is_empty() || token.chars().count() > MAX_TOKEN {
            let detail = format!("`ClientRequestToken` must have 1 to {MAX_TOKEN} characters");
            return Err(DynoxideError::ValidationException(detail));
        }
        let asked = hash(body);
        // The lock is held until the transaction is committed, so a retry with the same token waits for its answer.
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.forget();
        match made.answers.get(&token) {
            Some((known, answer)) if *known == asked => Ok(answer.clone()),
            Some(_) => Err(DynoxideError::IdempotentParameterMismatchException(
                "the token belongs to another transaction".to_owned(),
            )),
            None => {
                let answer = write(request)?;
                made.note(token, asked, answer.clone());
                Ok(answer)
            }
        }
    }
}

/// The committed transactions, by their tokens.
#[derive(Default)]
struct Made {
    answers: HashMap<String, (u64, String)>,
    /// The tokens, oldest first.
    tokens: VecDeque<(Instant, String)>,
}

impl Made {
    #[expect(clippy::disallowed_methods, reason = "DynamoDB forgets tokens by its own clock")]
    fn note(&mut self, token: String, asked: u64, answer: String) {
        self.tokens.push_back((Instant::now(), token.clone()));
        self.answers.insert(token, (asked, answer));
    }

    /// Forgets expired tokens.
    fn forget(&mut self) {
        while let Some((_, token)) = self.tokens.pop_front_if(|(at, _)| at.elapsed() > TOKEN_LIFE) {
            self.answers.remove(&token);
        }
    }
}

fn hash(body: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    hasher.finish()
}

fn call<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    run: impl FnOnce(Q) -> Result<A, DynoxideError>,
) -> Result<String, DynoxideError> {
    written(&run(read(body)?)?)
}

fn read<Q: DeserializeOwned>(body: &[u8]) -> Result<Q, DynoxideError> {
    serde_json::from_slice(body).map_err(|error| {
        let detail = error.to_string();
        // The crate uses this prefix for a value that has the right type but is invalid.
        match detail.strip_prefix("VALIDATION:") {
            Some(detail) => DynoxideError::ValidationException(detail.to_owned()),
            None => DynoxideError::SerializationException(detail),
        }
    })
}

fn written(answer: &impl Serialize) -> Result<String, DynoxideError> {
    serde_json::to_string(answer).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::DataFolder;
    use crate::database::tests::started;
    use crate::database::{EmbeddedDatabase, TABLE};
    use aws_sdk_dynamodb::Client;
    use aws_sdk_dynamodb::error::{ProvideErrorMetadata as _, SdkError};
    use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
    use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
    use tokio::net::TcpListener;

    fn key() -> HashMap<String, AttributeValue> {
        let text = || AttributeValue::S("a".to_owned());
        HashMap::from([("PK".to_owned(), text()), ("SK".to_owned(), text())])
    }

    /// Adds to a counter.
    fn adding(number: u8) -> TransactWriteItem {
        let update = Update::builder()
            .table_name(TABLE)
            .set_key(Some(key()))
            .update_expression("ADD n :n")
            .expression_attribute_values(":n", AttributeValue::N(number.to_string()))
            .build();
        TransactWriteItem::builder().update(update.unwrap()).build()
    }

    /// Makes a transaction under a token.
    async fn make(client: &Client, token: &str, item: &TransactWriteItem) -> Result<(), TransactWriteItemsError> {
        let call = client.transact_write_items().client_request_token(token);
        let made = call.transact_items(item.clone()).send().await;
        made.map(drop).map_err(SdkError::into_service_error)
    }

    #[tokio::test]
    async fn a_transaction_is_made_once_for_each_token() {
        let (client, _database, _server) = started(&DataFolder::open(None).unwrap()).await;
        let one = adding(1);
        for token in ["first", "first", "second"] {
            make(&client, token, &one).await.unwrap();
        }
        let another = make(&client, "first", &adding(2)).await.unwrap_err();
        assert!(another.is_idempotent_parameter_mismatch_exception(), "{another:?}");
        let read = client.get_item().table_name(TABLE).set_key(Some(key())).send().await;
        assert_eq!(read.unwrap().item.unwrap()["n"], AttributeValue::N("2".to_owned()));
    }

    #[tokio::test]
    async fn a_token_that_dynamodb_refuses_is_refused() {
        let (client, _database, _server) = started(&DataFolder::open(None).unwrap()).await;
        for token in [String::new(), "x".repeat(MAX_TOKEN + 1)] {
            let refused = make(&client, &token, &adding(1)).await.unwrap_err();
            assert_eq!(refused.code(), Some("ValidationException"), "{token}: {refused:?}");
        }
        make(&client, &"x".repeat(MAX_TOKEN), &adding(1)).await.unwrap();
    }

    #[test]
    fn a_token_is_forgotten_when_dynamodb_would_forget_it() {
        let mut made = Made::default();
        made.note("old".to_owned(), 1, String::new());
        made.note("new".to_owned(), 2, String::new());
        made.tokens[0].0 -= TOKEN_LIFE + Duration::from_secs(1);
        made.forget();
        assert_eq!(made.tokens.len(), 1);
        assert_eq!(made.answers.keys().collect::<Vec<_>>(), ["new"]);
    }

    #[tokio::test]
    async fn it_answers_only_to_its_own_address() {
        let database = EmbeddedDatabase::open(&DataFolder::open(None).unwrap()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = database.routes();
        let _server = tokio::spawn(async { axum::serve(listener, routes).await.unwrap() });
        let http = reqwest::Client::new();
        let status = async |host: &str| {
            let call = http.post(&url).header("host", host);
            let call = call.header("x-amz-target", "DynamoDB_20120810.DescribeTable");
            let answer = call.body(r#"{"TableName": "muster"}"#).send().await.unwrap();
            answer.status().as_u16()
        };
        assert_eq!(status("127.0.0.1:4000").await, 400, "there is no such table");
        for host in [
            "evil.example",
            "evil.example:4000",
            "127.0.0.1.evil.example",
            "localhost:4000",
        ] {
            assert_eq!(status(host).await, 421, "{host}");
        }
    }

    #[tokio::test]
    async fn an_operation_that_is_not_served_is_refused_by_name() {
        let (client, _database, _server) = started(&DataFolder::open(None).unwrap()).await;
        let refused = client.describe_limits().send().await.unwrap_err();
        assert!(
            format!("{refused:?}").contains("`DescribeLimits` is not served here"),
            "{refused:?}"
        );
    }
}
