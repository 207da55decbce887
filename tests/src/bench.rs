//! A backend whose every AWS call can be watched and disturbed, and which does nothing by itself: its streams and its
//! schedule run when a test says so.

use crate::calls;
use crate::faults::Faults;
use crate::gate::Gate;
use crate::harness::{Answer, Harness};
use crate::personas::Persona;
use crate::requests::Case;
use crate::stream::Stream;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use jiff::{SignedDuration, Timestamp};
use muster_domain::OrganizationId;
use muster_edge::App;
use muster_functions::schedule;
use muster_local::{Options, run_as};
use muster_store::Key;
use muster_store::items::Item;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{Mutex, MutexGuard};

/// The backend with what watches and drives it.
pub struct Bench {
    /// The backend.
    pub h: Harness,
    /// What its handlers' AWS calls go through.
    pub faults: Faults,
    /// The same backend for what a test does beside: nobody watches or disturbs these calls.
    pub quiet: App,
    stream: Mutex<Stream>,
    made: AtomicUsize,
}

impl Bench {
    /// One whose process has served before, and so holds the link secret already.
    pub async fn start() -> Self {
        let bench = Self::cold().await;
        bench.app().links().await.expect("the link secret is there");
        bench.faults.clear();
        bench
    }

    /// One whose writes go through a gate.
    pub async fn gated() -> (Self, Gate) {
        let gate = Gate::default();
        let bench = Self::over(gate.client()).await;
        bench.app().links().await.expect("the link secret is there");
        bench.faults.clear();
        (bench, gate)
    }

    /// One whose process has not served yet.
    pub async fn cold() -> Self {
        Self::over(calls::client()).await
    }

    /// One that reaches AWS by this client.
    async fn over(real: SharedHttpClient) -> Self {
        let faults = Faults::default();
        let options = Options {
            timers: false,
            streams: false,
            http_client: Some(faults.client_over(real)),
            ..Options::default()
        };
        let h = Harness::with(options).await;
        let app = h.backend.app();
        let quiet = App::new(app.config().clone(), &h.quiet_sdk(), app.clock().clone());
        let stream = Mutex::new(Stream::open(&h).await);
        faults.clear();
        Self {
            h,
            faults,
            quiet,
            stream,
            made: AtomicUsize::default(),
        }
    }

    /// The process whose calls are watched.
    pub fn app(&self) -> &App {
        self.h.backend.app()
    }

    /// A number that no other case of this bench has.
    pub fn number(&self) -> usize {
        self.made.fetch_add(1, Ordering::Relaxed)
    }

    /// The table's stream.
    pub async fn stream(&self) -> MutexGuard<'_, Stream> {
        self.stream.lock().await
    }

    /// Feeds the stream functions, undisturbed, until nothing waits for them.
    pub async fn drain(&self) {
        self.stream.lock().await.drain(&self.quiet).await;
    }

    /// Runs the scheduled function in the watched process, with time enough.
    pub async fn expire(&self) -> Result<Value, String> {
        let deadline = Timestamp::now() + SignedDuration::from_mins(10);
        run_as("expire", schedule::expire(self.app(), json!({}), deadline))
            .await
            .map_err(|e| e.to_string())
    }

    /// Sends the request of a case; a POST with its `Idempotency-Key`.
    pub async fn send(&self, case: &Case) -> Answer {
        let key = [("idempotency-key", case.tag.as_str())];
        let headers: &[_] = if case.method == reqwest::Method::POST {
            &key
        } else {
            &[]
        };
        let method = case.method.clone();
        self.h
            .send(case.who.as_ref(), method, &case.path, case.body.as_ref(), headers)
            .await
    }

    /// All that has come of a case once the streams are drained: each thing in the organizations of its owner, and each
    /// mail sent for it, with how many there are of it. Ids and times are left out, so that two cases can be compared.
    pub async fn outcome(&self, case: &Case) -> BTreeMap<String, usize> {
        self.drain().await;
        let mut things = Vec::new();
        let mut organizations: BTreeSet<OrganizationId> = self.owned(&case.owner).await.into_iter().collect();
        // One that was erased has no members any more.
        organizations.extend(
            case.organization
                .as_ref()
                .and_then(|o| o.id.parse::<OrganizationId>().ok()),
        );
        for id in organizations {
            for partition in [format!("ORG#{id}"), format!("EVENTS#{id}")] {
                things.extend(self.partition(None, "PK", partition).await.iter().map(label));
            }
        }
        let mails = self.h.backend.mail().into_iter();
        let mails = mails
            .filter(|m| m.to.contains(&format!("-{}@", case.tag)))
            .map(|m| format!("mailed {} to {}", m.subject, m.to));
        let mut outcome = BTreeMap::new();
        for label in things.into_iter().chain(mails) {
            *outcome.entry(label.replace(&case.tag, "")).or_default() += 1;
        }
        outcome
    }

    /// The organizations of an owner.
    async fn owned(&self, owner: &Persona) -> Vec<OrganizationId> {
        let user = format!("USER#{}", owner.id());
        let memberships = self.partition(Some("by_user"), "gsi1pk", user).await;
        let organization = |item: &Item| Key::of(item)?.organization_of();
        memberships.iter().filter_map(organization).collect()
    }

    /// All items of one partition.
    async fn partition(&self, index: Option<&str>, name: &str, value: String) -> Vec<Item> {
        let query = aws_sdk_dynamodb::Client::new(self.quiet.sdk())
            .query()
            .table_name(self.h.backend.table())
            .set_index_name(index.map(Into::into))
            .key_condition_expression("#key = :value")
            .expression_attribute_names("#key", name)
            .expression_attribute_values(":value", AttributeValue::S(value));
        let mut pages = query.into_paginator().items().send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(item.expect("the table can be read"));
        }
        items
    }
}

fn text<'a>(item: &'a Item, name: &str) -> Option<&'a String> {
    item.get(name)?.as_s().ok()
}

/// What an item says that is the same each time.
fn label(item: &Item) -> String {
    const TOLD: [&str; 20] = [
        "email",
        "name",
        "settings",
        "plan",
        "suspension",
        "seats_used",
        "active_owners",
        "version",
        "status",
        "role",
        "seat",
        "state",
        "mail",
        "generation",
        "message",
        "letter",
        "to",
        "event",
        "work",
        "held_by",
    ];
    let told = TOLD
        .iter()
        .filter_map(|name| Some(format!("{name}={}", plain(item.get(*name)?))));
    let grants = item.get("grants").and_then(|g| g.as_l().ok()).map_or(0, Vec::len);
    let resources = item.get("resources").and_then(|g| g.as_l().ok()).map_or(0, Vec::len);
    let kind = text(item, "kind").cloned().unwrap_or_default();
    let told: Vec<String> = told.collect();
    format!("{kind} {} grants={grants} resources={resources}", told.join(" "))
}

fn plain(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.clone(),
        AttributeValue::M(map) => {
            let lasting = |(name, _): &(&String, &AttributeValue)| {
                !name.ends_with("_at")
                    && !name.ends_with("_until")
                    && !["invitation", "member", "source", "notice", "at"].contains(&name.as_str())
            };
            let sorted: BTreeMap<_, _> = map.iter().filter(lasting).map(|(n, v)| (n, plain(v))).collect();
            format!("{sorted:?}")
        }
        AttributeValue::L(list) => format!("{:?}", list.iter().map(plain).collect::<Vec<_>>()),
        other => format!("{other:?}"),
    }
}
