//! Partitions that take no more than DynamoDB gives them: what the model of them refuses, and a small one of each scene that makes one
//! hot. `bench-partitions` plays large ones.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, KeysAndAttributes, Put, TransactWriteItem, WriteRequest};
use aws_smithy_http_client::Builder;
use jiff::SignedDuration;
use muster_local::Options;
use muster_store::items::Item;
use muster_tests::deployment::file;
use muster_tests::faults::Faults;
use muster_tests::harness::{Harness, Organization};
use muster_tests::meter::{self, Charge};
use muster_tests::partitions::{Billing, Kind, Limits, Partitions};
use muster_tests::samples;
use muster_tests::simulation::scenes::{
    Played, acceptances, activity, backlog, bulk, erasing, feedback, grants, resending, sweeps,
};
use muster_tests::stream::Stream;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;

/// Partitions so small that a few people make them hot.
const SMALL: Limits = Limits::of(100.0);
/// Partitions that are in debt for long after one write.
const SLOW: Limits = Limits::of(0.1);

/// Asserts that a scene met the limits, and was done in time.
fn met(played: &Played, within: Duration) {
    assert!(played.tally.refusals() > 0, "{played:#?}");
    // A partition that nothing was asked of for a while gives another second's units.
    let least = played.floor().saturating_sub(Duration::from_secs(1));
    assert!((least..within).contains(&played.took), "{played:#?}");
}

#[test]
fn an_organization_is_erased_from_a_hot_partition() {
    met(&erasing(SMALL, 60), Duration::from_secs(30));
}

#[test]
fn grants_on_a_resource_end_in_a_hot_partition() {
    met(&grants(SMALL, 60), Duration::from_secs(240));
}

#[test]
fn invitations_are_accepted_in_a_hot_partition() {
    let played = acceptances(SMALL, 40, Duration::from_millis(6));
    met(&played, Duration::from_secs(60));
    assert!(played.sent_again > 0, "{played:#?}");
}

#[test]
fn members_are_seen_in_a_hot_partition() {
    let played = activity(Limits::of(20.0), 60, Duration::from_millis(6));
    met(&played, Duration::from_secs(30));
}

#[test]
fn all_invitations_are_sent_again_from_a_hot_partition() {
    met(&resending(Limits::of(50.0), 30), Duration::from_secs(240));
}

#[test]
fn members_with_many_grants_are_changed_by_bulk_actions_in_a_hot_partition() {
    met(&bulk(SMALL, 30, 20), Duration::from_secs(120));
}

#[test]
fn what_ses_reports_of_much_mail_is_noted_in_a_hot_partition() {
    met(&feedback(Limits::of(10.0), 30), Duration::from_secs(600));
}

#[test]
fn what_is_due_in_many_organizations_is_settled_in_hot_partitions() {
    met(&sweeps(Limits::of(0.5), 12), Duration::from_secs(240));
}

#[test]
fn mail_that_waits_for_its_turn_for_a_day_is_sent_and_becomes_no_dead_letter() {
    // As `dev` is deployed: one mail in four seconds from a shard's lane, so these need four minutes. Before that their records are
    // older than the mapping keeps them.
    let dev = [("ReserveConcurrency", "false"), ("MailsPerSecond", "1")];
    let took = backlog(&dev, 60, SignedDuration::from_mins(20 * 60 - 2));
    assert!(took < Duration::from_secs(30 * 60), "{took:?}");
}

#[test]
fn mail_whose_turns_are_longer_than_the_function_runs_is_sent() {
    // A mail in a hundred seconds from each process, and ten mails in a batch.
    let slow = [("MailConcurrency", "100"), ("MailsPerSecond", "1")];
    let took = backlog(&slow, 12, SignedDuration::ZERO);
    assert!(took < Duration::from_secs(3_600), "{took:?}");
}

/// Of a time such as `5.2 min`, in seconds.
fn seconds(time: &str) -> f64 {
    let (number, unit) = time.split_once(' ').unwrap();
    let unit = match unit {
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3_600.0,
        unit => panic!("{unit}"),
    };
    unit * number.parse::<f64>().unwrap()
}

#[test]
fn no_scene_of_the_benchmarks_takes_less_than_its_floor() {
    let document = file("docs/BENCHMARKS.md");
    let rows: Vec<Vec<&str>> = document
        .lines()
        .skip_while(|line| !line.contains("| all of it: took |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() > 5, "{rows:?}");
    for row in rows {
        let (took, floor) = (row[9], row[10]);
        assert!(
            seconds(took) >= seconds(floor),
            "{}: {took}, and its floor is {floor}",
            row[1]
        );
    }
}

/// A table of its own, reached through partitions; and a way past them.
struct Table {
    h: Harness,
    partitions: Partitions,
    client: Client,
}

impl Table {
    async fn of(limits: Limits) -> Self {
        let h = Harness::start().await;
        let partitions = Partitions::new(limits);
        let mut sdk = h.quiet_sdk().to_builder();
        sdk.set_http_client(Some(
            partitions.client_over(Builder::new().build_http(), Builder::new().build_http()),
        ));
        let sdk = sdk.build();
        let retries = aws_config::retry::RetryConfig::disabled();
        let config = aws_sdk_dynamodb::config::Builder::from(&sdk).retry_config(retries);
        let client = Client::from_conf(config.build());
        Self { h, partitions, client }
    }

    fn put(&self, pk: &str, sk: &str, size: usize) -> TransactWriteItem {
        let put = Put::builder()
            .table_name(self.h.backend.table())
            .set_item(Some(item(pk, sk, size)));
        TransactWriteItem::builder().put(put.build().unwrap()).build()
    }

    /// The sort keys in a partition, read past the limits.
    async fn there(&self, pk: &str) -> Vec<String> {
        let query = Client::new(&self.h.quiet_sdk())
            .query()
            .table_name(self.h.backend.table())
            .key_condition_expression("PK = :pk")
            .expression_attribute_values(":pk", text(pk));
        let found = query.send().await.unwrap().items.unwrap_or_default();
        found.iter().map(|item| item["SK"].as_s().unwrap().clone()).collect()
    }
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn key(pk: &str, sk: &str) -> Item {
    HashMap::from([("PK".to_owned(), text(pk)), ("SK".to_owned(), text(sk))])
}

fn item(pk: &str, sk: &str, size: usize) -> Item {
    let mut item = key(pk, sk);
    item.insert("fill".to_owned(), text(&"x".repeat(size)));
    item
}

#[tokio::test]
async fn of_a_transaction_that_a_partition_has_no_units_for_nothing_is_done() {
    for (billing, code) in [
        (Billing::OnDemand, "ThrottlingError"),
        (Billing::Provisioned, "ProvisionedThroughputExceeded"),
    ] {
        let t = Table::of(Limits { billing, ..SLOW }).await;
        t.partitions.hold();
        let write = |cold| {
            let write = t.client.transact_write_items().transact_items(t.put(cold, "a", 10));
            write.transact_items(t.put("hot", cold, 4_000))
        };
        write("first").send().await.unwrap();
        let refused = write("second").send().await.unwrap_err().into_service_error();
        assert_eq!(refused.code(), Some("TransactionCanceledException"));
        let aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(
            cancelled,
        ) = refused
        else {
            panic!("{refused}")
        };
        let codes: Vec<_> = cancelled
            .cancellation_reasons()
            .iter()
            .map(|r| r.code().unwrap())
            .collect();
        assert_eq!(codes, ["None", code]);
        assert!(t.there("second").await.is_empty());
        assert_eq!(t.there("hot").await, ["first"]);
    }
}

#[tokio::test]
async fn of_a_batch_what_fits_is_done_and_the_rest_is_named() {
    let t = Table::of(SLOW).await;
    for sk in ["a", "b", "c"] {
        let put = t.client.put_item().table_name(t.h.backend.table());
        put.set_item(Some(item("hot", sk, 4_000))).send().await.unwrap();
    }
    t.partitions.hold();
    let delete = |sk| {
        let delete = DeleteRequest::builder().set_key(Some(key("hot", sk))).build().unwrap();
        WriteRequest::builder().delete_request(delete).build()
    };
    let deletes = ["a", "b", "c"].map(delete).to_vec();
    let batch = |requests: Vec<WriteRequest>| {
        let batch = t.client.batch_write_item();
        batch.request_items(t.h.backend.table(), requests)
    };
    let answer = batch(deletes).send().await.unwrap();
    let left = answer.unprocessed_items.unwrap().remove(t.h.backend.table()).unwrap();
    assert_eq!(left, [delete("b"), delete("c")], "four units each");
    assert_eq!(t.there("hot").await, ["b", "c"]);
    let refused = batch(left).send().await.unwrap_err();
    assert_eq!(refused.code(), Some("ThrottlingException"), "nothing of it fits");
    assert_eq!(t.there("hot").await, ["b", "c"]);
}

#[tokio::test]
async fn what_a_partition_has_no_reads_for_is_named_or_refused() {
    let t = Table::of(SLOW).await;
    let table = t.h.backend.table();
    let put = t.client.put_item().table_name(table);
    put.set_item(Some(item("hot", "a", 20_000))).send().await.unwrap();
    t.partitions.hold();
    let read = |keys: Vec<Item>| {
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true);
        t.client.batch_get_item().request_items(table, keys.build().unwrap())
    };
    let both = |cold| vec![key("hot", "a"), key(cold, "a")];
    let answer = read(both("first")).send().await.unwrap();
    assert!(
        answer.unprocessed_keys.unwrap_or_default().is_empty(),
        "the last units may be overdrawn"
    );
    let answer = read(both("second")).send().await.unwrap();
    assert_eq!(answer.unprocessed_keys.unwrap()[table].keys(), [key("hot", "a")]);
    let refused = read(vec![key("hot", "a")]).send().await.unwrap_err();
    assert_eq!(refused.code(), Some("ThrottlingException"));
    let query = t.client.query().table_name(table).key_condition_expression("PK = :pk");
    let query = query.expression_attribute_values(":pk", text("hot")).send().await;
    assert_eq!(query.unwrap_err().code(), Some("ThrottlingException"));
    assert_eq!(t.partitions.tally().refusals(), 3);
}

#[tokio::test]
async fn the_model_takes_what_the_table_tells_that_each_call_cost() {
    let (faults, partitions) = (Faults::default(), Partitions::new(Limits::REAL));
    let over = partitions.client_over(meter::client(), Builder::new().build_http());
    let h = Harness::with(Options {
        timers: false,
        streams: false,
        http_client: Some(faults.client_over(over)),
        ..Options::default()
    })
    .await;
    let mut stream = Stream::open(&h).await;
    partitions.hold();
    faults.clear();
    let acme = Organization::make(&h).await;
    let ann = samples::join(&h, &acme, "ann", "program_admin", &["spring", "autumn"]).await;
    let people: Vec<String> = (0..30).map(|n| format!("p{n}@acme.example")).collect();
    acme.invite_many(&h, &people, "program_facilitator", &["spring"]).await;
    h.advance(jiff::SignedDuration::from_hours(2));
    ann.get(&h, &acme.path("")).await.expect(200);
    let role = json!({ "role": "program_sponsor" });
    let grant = acme.path(&format!("/members/{}/grants/program/spring", ann.id()));
    acme.owner.put(&h, &grant, &role).await.expect(200);
    for sort in ["name", "-last_active"] {
        let path = acme.path(&format!("/members?sort={sort}"));
        acme.owner.get(&h, &path).await.expect(200);
    }
    acme.owner
        .post(&h, &acme.path("/invitations/resend"), &Value::Null)
        .await
        .expect(202);
    acme.owner
        .delete(&h, &acme.path("/resources/program/spring"))
        .await
        .expect(204);
    h.advance_days(40);
    h.expire().await;
    stream.drain(h.backend.app()).await;
    acme.owner.delete(&h, &acme.path("")).await.expect(204);
    h.advance_days(31);
    h.expire().await;
    stream.drain(h.backend.app()).await;

    let exchanges = faults.exchanges();
    // What a condition refuses costs as well, which the embedded table does not tell.
    let refused = exchanges.iter().find(|exchange| exchange.reply()["__type"].is_string());
    assert!(refused.is_none(), "{:#}", refused.unwrap().reply());
    let told = Charge::of(&exchanges);
    let tally = partitions.tally();
    assert_eq!(tally.all(Kind::Read), told.reads);
    for (name, units) in &told.writes {
        let own = tally
            .units
            .iter()
            .filter(|((place, kind), _)| *kind == Kind::Write && place.index.unwrap_or("table") == name);
        let own: f64 = own.map(|(_, units)| units).sum();
        assert_eq!(own, *units, "{name}");
    }
    assert!(told.writes.len() == 4 && told.written() > 1_000.0, "{told:?}");
}
