//! Event source mappings in simulated time: what takes the stream's records to functions.

use super::settings::Source;
use crate::stream::{Reader, Taken, taken};
use aws_sdk_dynamodbstreams::types::Record;
use futures::future::LocalBoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use jiff::{SignedDuration, Timestamp};
use muster_edge::{App, Clock};
use muster_functions::streams;
use muster_local::run_as;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// Lambda asks a shard four times a second.
const POLL: Duration = Duration::from_millis(250);
/// Sends mail.
pub(super) const MAIL: &str = "deliver-mail";
/// Does jobs, and counts people.
pub(super) const WORK: &str = "finish-work";

#[derive(Debug, Clone)]
struct Waiting {
    number: String,
    json: Value,
    since: Instant,
    /// When it was written, on the clock of functions.
    written_at: Timestamp,
}

impl Waiting {
    /// The record, as old by the system's clock, which functions compare it with, as it is by their own.
    fn dated(&self, now: Timestamp) -> Value {
        let written_at = Timestamp::now() - now.duration_since(self.written_at);
        let mut json = self.json.clone();
        json["dynamodb"]["ApproximateCreationDateTime"] = json!(written_at.as_second());
        json
    }
}

#[derive(Debug, Default)]
struct Lane {
    waiting: VecDeque<Waiting>,
    tries: u64,
    is_running: bool,
}

/// A mapping at work.
pub(super) struct Mapping {
    source: Source,
    lanes: Vec<Lane>,
    free: Vec<App>,
}

impl Mapping {
    pub(super) fn new(source: Source, processes: Vec<App>) -> Self {
        Self {
            lanes: (0..source.lanes).map(|_| Lane::default()).collect(),
            source,
            free: processes,
        }
    }

    /// Takes out what has become too old, except in lanes whose batch is on its way.
    fn outdated(&mut self, now: Timestamp) -> Vec<Value> {
        let age = SignedDuration::try_from(self.source.age).expect("a time that can be told");
        let mut outdated = Vec::new();
        for lane in self.lanes.iter_mut().filter(|lane| !lane.is_running) {
            let is_old = |record: &&Waiting| now.duration_since(record.written_at) > age;
            let old = lane.waiting.iter().take_while(is_old).count();
            if old > 0 {
                lane.tries = 0;
            }
            outdated.extend(lane.waiting.drain(..old).map(|record| record.json));
        }
        outdated
    }

    fn is_idle(&self) -> bool {
        self.lanes
            .iter()
            .all(|lane| lane.waiting.is_empty() && !lane.is_running)
    }

    /// A lane whose next batch may go, with a process that takes it.
    fn next(&mut self, now: Timestamp) -> Option<(usize, App, Vec<Value>)> {
        let (batch, window) = (self.source.batch, self.source.window);
        let may_go = |lane: &Lane| {
            let waits = lane.waiting.front().map(|first| first.since.elapsed());
            !lane.is_running && waits.is_some_and(|time| time >= window || lane.waiting.len() >= batch)
        };
        let lane = self.lanes.iter().position(may_go)?;
        let app = self.free.pop()?;
        let known = &mut self.lanes[lane];
        known.is_running = true;
        let records = known.waiting.iter().take(batch).map(|record| record.dated(now));
        Some((lane, app, records.collect()))
    }
}

/// A batch that a function has looked at.
struct Ended {
    mapping: usize,
    lane: usize,
    app: App,
    size: usize,
    /// The numbers of records that it did not take.
    failed: Vec<String>,
}

/// Both mappings of the stream.
pub(super) struct Mappings {
    all: RefCell<[Mapping; 2]>,
    dead: RefCell<Vec<Value>>,
    last: Cell<Instant>,
    /// How often the stream has been asked.
    polls: Cell<u64>,
    clock: Clock,
}

impl Mappings {
    pub(super) fn new(all: [Mapping; 2], clock: Clock) -> Self {
        Self {
            all: RefCell::new(all),
            dead: RefCell::default(),
            last: Cell::new(Instant::now()),
            polls: Cell::new(0),
            clock,
        }
    }

    pub(super) fn last_taken(&self) -> Instant {
        self.last.get()
    }

    pub(super) fn dead_letters(&self) -> Vec<Value> {
        self.dead.borrow().clone()
    }

    /// Waits until nothing waits, there and `beside`, at two looks at the stream one after the other.
    pub(super) async fn drained(&self, beside: impl Fn() -> bool) {
        let mut idle = 0;
        while idle < 2 {
            let seen = self.polls.get();
            while self.polls.get() == seen {
                sleep(POLL / 4).await;
            }
            let is_idle = self.all.borrow().iter().all(Mapping::is_idle) && beside();
            idle = if is_idle { idle + 1 } else { 0 };
        }
    }

    /// Hands records to their functions, without end.
    pub(super) async fn run(&self, reader: &mut Reader) {
        let mut running = FuturesUnordered::new();
        loop {
            for record in reader.read().await {
                self.distribute(&record);
            }
            self.polls.set(self.polls.get() + 1);
            let mut pause = std::pin::pin!(sleep(POLL));
            loop {
                running.extend(self.begun());
                tokio::select! {
                    biased;
                    Some(ended) = running.next() => self.end(ended),
                    () = &mut pause => break,
                }
            }
        }
    }

    fn distribute(&self, record: &Record) {
        let Some(Taken {
            taker,
            partition,
            number,
            json,
        }) = taken(record)
        else {
            return;
        };
        let mapping = usize::from(taker != MAIL);
        let mut hasher = DefaultHasher::new();
        partition.hash(&mut hasher);
        let since = Instant::now();
        let lanes = &mut self.all.borrow_mut()[mapping].lanes;
        let lane = hasher.finish() % u64::try_from(lanes.len()).expect("a few lanes");
        lanes[usize::try_from(lane).expect("a lane")]
            .waiting
            .push_back(Waiting {
                number,
                json,
                since,
                written_at: self.clock.now(),
            });
    }

    /// Begins with every batch that may go.
    fn begun(&self) -> Vec<LocalBoxFuture<'static, Ended>> {
        let mut begun: Vec<LocalBoxFuture<'static, Ended>> = Vec::new();
        for (mapping, known) in self.all.borrow_mut().iter_mut().enumerate() {
            self.dead.borrow_mut().extend(known.outdated(self.clock.now()));
            let limit = known.source.limit;
            while let Some((lane, app, records)) = known.next(self.clock.now()) {
                let size = records.len();
                begun.push(Box::pin(async move {
                    let invoked = invoke(mapping, &app, json!({ "Records": records }));
                    let failed = timeout(limit, invoked)
                        .await
                        .expect("a batch ends within the function's time limit");
                    Ended {
                        mapping,
                        lane,
                        app,
                        size,
                        failed,
                    }
                }));
            }
        }
        begun
    }

    /// Takes what was taken out of its lane; what was not comes again, from its first record on.
    fn end(&self, ended: Ended) {
        self.last.set(Instant::now());
        let mapping = &mut self.all.borrow_mut()[ended.mapping];
        mapping.free.push(ended.app);
        let lane = &mut mapping.lanes[ended.lane];
        lane.is_running = false;
        let mut batch = lane.waiting.iter().take(ended.size);
        let failed = batch.position(|record| ended.failed.contains(&record.number));
        let taken = failed.unwrap_or(ended.size);
        if taken > 0 {
            lane.tries = 0;
        }
        lane.waiting.drain(..taken);
        if failed.is_some() {
            lane.tries += 1;
            if lane.tries > mapping.source.retries {
                lane.tries = 0;
                let dead = lane.waiting.pop_front().map(|record| record.json);
                self.dead.borrow_mut().extend(dead);
            }
        }
    }
}

/// Runs a function; gives the numbers of records that it did not take.
async fn invoke(mapping: usize, app: &App, event: Value) -> Vec<String> {
    let answer = match mapping {
        0 => run_as(MAIL, streams::deliver_mail(app, event)).await,
        _ => run_as(WORK, streams::finish_work(app, event)).await,
    };
    let answer = answer.expect("an event of the stream");
    let failures = answer["batchItemFailures"].as_array().into_iter().flatten();
    let number = |failure: &Value| failure["itemIdentifier"].as_str().map(str::to_owned);
    failures.filter_map(number).collect()
}
