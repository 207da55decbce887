//! The HTTP interface of the embedded database, as the SDK speaks it (AWS JSON 1.0).
//!
//! The crate has a server of its own, which words each refusal exactly as DynamoDB does. To do so, it parses each body three times.
//! For each transaction, it also checks the age of every token of the last ten minutes, so a busy process gets slower.
//! The only caller here is the SDK, which sends well-formed requests, so this interface does neither.

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
const WRITES: [&str; 4] = ["DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"];

/// How long DynamoDB knows the token of a transaction.
const TOKEN_LIFE: Duration = Duration::from_secs(600);

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
        let asked = hash(body);
        // The lock is held until the transaction is committed, so a repeat with the same token waits for its answer.
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.forget();
        match made.answers.get(&token) {
            Some((known, answer)) if *known == asked => Ok(answer.clone()),
            Some(_) => Err(DynoxideError::IdempotentParameterMismatchException(
                "the token is that of another transaction".to_owned(),
            )),
            None => {
                let answer = write(request)?;
                made.note(token, asked, answer.clone());
                Ok(answer)
            }
        }
    }
}

/// The transactions that were made, by their tokens.
#[derive(Default)]
struct Made {
    answers: HashMap<String, (u64, String)>,
    /// The oldest first.
    tokens: VecDeque<(Instant, String)>,
}

impl Made {
    fn note(&mut self, token: String, asked: u64, answer: String) {
        self.tokens.push_back((Instant::now(), token.clone()));
        self.answers.insert(token, (asked, answer));
    }

    /// Forgets those whose time is over.
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
    serde_json::from_slice(body).map_err(|error| DynoxideError::SerializationException(error.to_string()))
}

fn written(answer: &impl Serialize) -> Result<String, DynoxideError> {
    serde_json::to_string(answer).map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}

#[cfg(test)]
mod tests {
    use crate::data::DataFolder;
    use crate::database::TABLE;
    use crate::database::tests::started;
    use aws_sdk_dynamodb::Client;
    use aws_sdk_dynamodb::error::SdkError;
    use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
    use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
    use std::collections::HashMap;

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
    async fn an_operation_that_is_not_served_is_refused_by_name() {
        let (client, _database, _server) = started(&DataFolder::open(None).unwrap()).await;
        let refused = client.describe_limits().send().await.unwrap_err();
        assert!(
            format!("{refused:?}").contains("`DescribeLimits` is not served here"),
            "{refused:?}"
        );
    }
}
