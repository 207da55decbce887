//! The table's stream in the hands of a test: which records a stream function still has to take, and giving them to it
//! when the test says so.

use crate::harness::Harness;
use aws_config::SdkConfig;
use aws_sdk_dynamodbstreams::types::{AttributeValue, OperationType, Record, ShardIteratorType};
use muster_edge::App;
use muster_functions::streams;
use muster_local::{Options, StreamFilters, run_as};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::LazyLock;

/// More rounds than any test needs: work that is not finished after them never will be.
const ROUNDS: usize = 60;

/// A function that is fed from the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Sends mail.
    DeliverMail,
    /// Finishes long work.
    FinishWork,
    /// The same function, as it counts people.
    CountPeople,
}

impl Function {
    /// Most records a batch has here. People are counted together, as the template has it; what works or mails takes one
    /// record, so that a test knows which it is at.
    fn batch(self) -> usize {
        match self {
            Self::DeliverMail | Self::FinishWork => 1,
            Self::CountPeople => 10,
        }
    }
}

/// A record that a function has to take.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Which function.
    pub function: Function,
    json: Value,
}

impl Waiting {
    /// The record as its function gets it.
    #[must_use]
    pub const fn json(&self) -> &Value {
        &self.json
    }
}

/// What of the stream has not been taken yet, oldest first. A record stays until its function takes it, as in Lambda.
pub struct Stream {
    reader: Reader,
    waiting: Vec<Waiting>,
}

/// What reads the stream's one shard from its first record on.
pub(crate) struct Reader {
    client: aws_sdk_dynamodbstreams::Client,
    iterator: Option<String>,
}

impl Reader {
    /// Opens the stream of a table.
    pub(crate) async fn open(sdk: &SdkConfig, table: &str) -> Self {
        let described = aws_sdk_dynamodb::Client::new(sdk);
        let described = described.describe_table().table_name(table).send().await;
        let arn = described
            .expect("the table is there")
            .table
            .and_then(|t| t.latest_stream_arn)
            .expect("the table has a stream");
        let client = aws_sdk_dynamodbstreams::Client::new(sdk);
        let stream = client.describe_stream().stream_arn(&arn).send().await;
        let stream = stream.expect("the stream is there").stream_description;
        let shard = stream
            .and_then(|s| s.shards?.into_iter().next()?.shard_id)
            .expect("the stream has a shard");
        let iterator = client
            .get_shard_iterator()
            .stream_arn(&arn)
            .shard_id(shard)
            .shard_iterator_type(ShardIteratorType::TrimHorizon)
            .send()
            .await
            .expect("the shard can be read");
        Self {
            client,
            iterator: iterator.shard_iterator,
        }
    }

    /// All records that have not been read yet.
    pub(crate) async fn read(&mut self) -> Vec<Record> {
        let mut all = Vec::new();
        loop {
            let iterator = self.iterator.take().expect("the shard stays open");
            let read = self.client.get_records().shard_iterator(iterator).send().await;
            let read = read.expect("the stream can be read");
            self.iterator = read.next_shard_iterator;
            let records = read.records.unwrap_or_default();
            if records.is_empty() {
                return all;
            }
            all.extend(records);
        }
    }
}

impl Stream {
    /// A backend that does nothing by itself, and its stream.
    pub async fn apart() -> (Harness, Self) {
        let options = Options {
            timers: false,
            streams: false,
            ..Options::default()
        };
        let h = Harness::with(options).await;
        let stream = Self::open(&h).await;
        (h, stream)
    }

    /// The stream of a backend that does not feed its functions itself.
    pub async fn open(h: &Harness) -> Self {
        Self {
            reader: Reader::open(&h.quiet_sdk(), h.backend.table()).await,
            waiting: Vec::new(),
        }
    }

    /// What waits to be taken at this moment, oldest first.
    pub async fn waiting(&mut self) -> &[Waiting] {
        let records = self.reader.read().await;
        self.waiting.extend(records.iter().filter_map(waiting));
        &self.waiting
    }

    /// Forgets what waits for a function: the test is not about it.
    pub async fn skip(&mut self, function: Function) {
        self.waiting().await;
        self.waiting.retain(|w| w.function != function);
    }

    /// Dates what waits back by so many seconds, as if it had waited for longer.
    pub async fn date_back(&mut self, seconds: f64) {
        self.waiting().await;
        for waiting in &mut self.waiting {
            let written_at = &mut waiting.json["dynamodb"]["ApproximateCreationDateTime"];
            *written_at = json!(written_at.as_f64().expect("an instant") - seconds);
        }
    }

    /// Hands the oldest waiting records of a function to it in one batch; false if none waits. A batch of which the function
    /// reports nothing as failed is taken. It is an error if the function itself fails.
    pub async fn feed(&mut self, app: &App, function: Function) -> bool {
        self.waiting().await;
        let places = self.waiting.iter().enumerate().filter(|(_, w)| w.function == function);
        let batch: Vec<usize> = places.map(|(place, _)| place).take(function.batch()).collect();
        if batch.is_empty() {
            return false;
        }
        let records: Vec<&Value> = batch.iter().map(|place| &self.waiting[*place].json).collect();
        let event = json!({ "Records": records });
        let answer = match function {
            Function::DeliverMail => run_as("deliver-mail", streams::deliver_mail(app, event)).await,
            Function::FinishWork | Function::CountPeople => {
                run_as("finish-work", streams::finish_work(app, event)).await
            }
        };
        let answer = answer.expect("the event is one of the stream");
        if answer["batchItemFailures"].as_array().is_none_or(Vec::is_empty) {
            for place in batch.into_iter().rev() {
                self.waiting.remove(place);
            }
        }
        true
    }

    /// Feeds both functions until nothing waits for them.
    ///
    /// # Panics
    /// If something still waits after many rounds.
    pub async fn drain(&mut self, app: &App) {
        let enough = ROUNDS * (1 + self.waiting().await.len());
        for _ in 0..enough {
            let worked = self.feed(app, Function::FinishWork).await;
            let mailed = self.feed(app, Function::DeliverMail).await;
            let counted = self.feed(app, Function::CountPeople).await;
            if !worked && !mailed && !counted {
                return;
            }
        }
        panic!("{} records are never taken", self.waiting.len());
    }
}

/// A record that a function gets, and what else to know of it.
pub(crate) struct Taken {
    /// The binary of the function.
    pub(crate) taker: &'static str,
    /// The partition key of its item.
    pub(crate) partition: String,
    /// Its number in the stream.
    pub(crate) number: String,
    /// The record as the function gets it, with as much of the images as filters and functions look at.
    pub(crate) json: Value,
}

/// What the filters and functions look at of an item's images.
const LOOKED_AT: [&str; 5] = ["kind", "noted", "to", "asked", "version"];

/// The record as its function gets it; none if the template's filters keep it from both.
pub(crate) fn taken(record: &Record) -> Option<Taken> {
    static FILTERS: LazyLock<StreamFilters> =
        LazyLock::new(|| StreamFilters::of_template().expect("the template feeds the stream to functions"));
    let change = record.dynamodb()?;
    let image = |image: Option<&HashMap<String, AttributeValue>>| {
        let known = LOOKED_AT
            .into_iter()
            .filter_map(|name| Some((name, json_of(image?.get(name)?)?)));
        image.map(|_| {
            known
                .map(|(name, value)| (name.to_owned(), value))
                .collect::<Map<_, _>>()
        })
    };
    let keys = change.keys()?.iter();
    let keys = keys.filter_map(|(name, value)| Some((name.clone(), json_of(value)?)));
    let mut json = json!({
        "eventName": record.event_name().map(OperationType::as_str),
        "dynamodb": {
            "Keys": keys.collect::<Map<_, _>>(),
            "SequenceNumber": change.sequence_number()?,
            "ApproximateCreationDateTime": change.approximate_creation_date_time()?.as_secs_f64(),
        },
    });
    for (name, image) in [
        ("NewImage", image(change.new_image())),
        ("OldImage", image(change.old_image())),
    ] {
        if let Some(image) = image {
            json["dynamodb"][name] = image.into();
        }
    }
    Some(Taken {
        taker: FILTERS.taker(&json)?,
        partition: change.keys()?.get("PK")?.as_s().ok()?.clone(),
        number: change.sequence_number()?.to_owned(),
        json,
    })
}

/// An attribute in the JSON of DynamoDB, if it is of a kind that the filters know.
fn json_of(value: &AttributeValue) -> Option<Value> {
    match value {
        AttributeValue::S(text) => Some(json!({ "S": text })),
        AttributeValue::N(number) => Some(json!({ "N": number })),
        AttributeValue::Bool(truth) => Some(json!({ "BOOL": truth })),
        _ => None,
    }
}

/// The record with the function that takes it. Of `finish-work`, jobs are told from people.
fn waiting(record: &Record) -> Option<Waiting> {
    let Taken { taker, json, .. } = taken(record)?;
    let function = match taker {
        "deliver-mail" => Function::DeliverMail,
        "finish-work" if json["dynamodb"]["NewImage"]["kind"]["S"] == "job" => Function::FinishWork,
        "finish-work" => Function::CountPeople,
        other => panic!("no test feeds `{other}`"),
    };
    Some(Waiting { function, json })
}

/// Hands what SES tells to its function.
///
/// # Errors
/// It was not noted.
pub async fn hear(app: &App, event: Value) -> Result<Value, lambda_runtime::Error> {
    run_as("note-feedback", streams::note_feedback(app, event)).await
}
