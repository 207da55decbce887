//! What a run of the schedule costs: as much as is due, whatever else there is; and it stops in time.

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use jiff::{SignedDuration, Timestamp};
use muster_functions::routes::ROUTES;
use muster_functions::schedule;
use muster_store::keys::DUE_SHARDS;
use muster_tests::bench::Bench;
use muster_tests::calls::run_as;
use muster_tests::faults::{At, Exchange, Kind, QUERY, READ, Reach, TRANSACT};
use muster_tests::recount;
use muster_tests::requests::{Case, prepare};
use serde_json::{Value, json};

const SHARDS: usize = DUE_SHARDS as usize;

/// Items of an expired invitation in a transaction: gone from the pending ones, put to the ended ones, its claim, its event; and
/// its entries: three words, its role, its resource.
const ITEMS: usize = 4 + 5;

fn days(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n * 24)
}

/// An organization with so many pending invitations that expire in a week.
async fn inviting(b: &Bench, count: usize) -> Case {
    let route = ROUTES.iter().find(|r| r.binary == "list-members").expect("a route");
    let case = prepare(b, route).await;
    invite(b, &case, "guest", count).await;
    case
}

async fn invite(b: &Bench, case: &Case, name: &str, count: usize) {
    let people: Vec<_> = (0..count).map(|n| case.person(b, &format!("{name}{n}"))).collect();
    let emails: Vec<&str> = people.iter().map(|p| p.email()).collect();
    let organization = case.organization();
    organization
        .invite_many(&b.h, &emails, "program_admin", &["spring"])
        .await;
}

fn sum(exchanges: &[Exchange], operation: &str, count: impl Fn(&Exchange) -> usize) -> usize {
    exchanges.iter().filter(|e| e.operation == operation).map(count).sum()
}

fn length(value: &Value) -> usize {
    value.as_array().map_or(0, Vec::len)
}

/// How many invitations of the organization are pending and hold a seat still.
async fn pending(b: &Bench, case: &Case) -> u64 {
    // The owner has a seat of their own.
    case.organization().seats_used(&b.h).await - 1
}

#[tokio::test(flavor = "multi_thread")]
async fn many_that_are_due_in_one_organization_are_settled_in_few_transactions() {
    const DUE: usize = 100;
    let b = Bench::start().await;
    let case = inviting(&b, DUE).await;
    b.h.advance(days(8));
    b.faults.clear();
    let done = b.expire().await.unwrap();
    assert_eq!(done["processed"], DUE);
    assert_eq!(done["complete"], true);
    let a_transaction = (100 - 2) / ITEMS;
    let most = SHARDS + DUE / a_transaction;
    let transactions = b.faults.count(TRANSACT);
    assert_eq!(done["transactions"], transactions);
    assert!(transactions <= most, "{transactions} transactions for {DUE} things due");
    assert_eq!(pending(&b, &case).await, 0);
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_reads_what_is_due_and_nothing_else() {
    let b = Bench::start().await;
    let early = inviting(&b, 5).await;
    b.h.advance(days(4));
    invite(&b, &early, "later", 40).await;
    let late = inviting(&b, 40).await;
    b.h.advance(days(4));
    b.faults.clear();
    let done = b.expire().await.unwrap();
    assert_eq!(done["processed"], 5);

    let exchanges = b.faults.exchanges();
    assert_eq!(b.faults.count(QUERY), SHARDS, "one look at each shard");
    let found = sum(&exchanges, QUERY, |e| length(&e.reply()["Items"]));
    assert_eq!(found, 5);
    let table = b.h.backend.table();
    let read = sum(&exchanges, READ, |e| {
        length(&e.request()["RequestItems"][table]["Keys"])
    });
    let looks = b.faults.count(READ);
    assert!(looks <= 5, "{looks} reads for 5 things due");
    assert_eq!(read, 5 + looks, "each due thing once, and its organization with it");

    b.faults.clear();
    let done = b.expire().await.unwrap();
    assert_eq!(done["processed"], 0);
    assert_eq!(b.faults.calls(), vec![QUERY; SHARDS], "nothing due costs a look");
    assert_eq!(pending(&b, &early).await, 40);
    assert_eq!(pending(&b, &late).await, 40);
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_time_is_up_touches_nothing_and_the_next_one_does_it_all() {
    let b = Bench::start().await;
    let case = inviting(&b, 20).await;
    b.h.advance(days(8));
    b.faults.clear();
    let done = run_as("expire", schedule::expire(b.app(), json!({}), Timestamp::now()))
        .await
        .unwrap();
    assert_eq!(done["complete"], false);
    assert_eq!(b.faults.calls(), Vec::<String>::new());
    assert_eq!(pending(&b, &case).await, 20);

    let done = b.expire().await.unwrap();
    assert_eq!((&done["processed"], &done["complete"]), (&json!(20), &json!(true)));
    assert_eq!(pending(&b, &case).await, 0);
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_becomes_late_ends_what_it_is_at_and_leaves_the_rest_to_the_next() {
    let b = Bench::start().await;
    let case = inviting(&b, 40).await;
    b.h.advance(days(8));
    // The first transaction's reply comes when the time that the function keeps free before its deadline has begun.
    let late = Timestamp::now() + SignedDuration::from_millis(1500);
    let deadline = late + SignedDuration::from_secs(5);
    b.faults.inject(At::First(TRANSACT), Kind::Held(late), Reach::Call);
    let done = run_as("expire", schedule::expire(b.app(), json!({}), deadline))
        .await
        .unwrap();
    assert_eq!(done["complete"], false);
    assert!(b.faults.count(TRANSACT) <= 1, "nothing more is begun");
    let processed = done["processed"].as_u64().unwrap();
    assert!(processed < 40);
    b.faults.clear();
    assert_eq!(
        pending(&b, &case).await,
        40 - processed,
        "what is processed stays processed"
    );

    let done = b.expire().await.unwrap();
    assert_eq!(done["processed"].as_u64(), Some(40 - processed));
    assert_eq!(done["complete"], true);
    assert_eq!(pending(&b, &case).await, 0);
    recount(&b.h).await;
}

/// Fills the first shard with so many things that are due and of an organization that is gone: no run can end them.
async fn fill(b: &Bench, count: usize) {
    let items = muster_tests::recount::items(&b.h).await;
    let place = items.iter().find_map(|item| item.get("due_sk")?.as_s().ok());
    let instant = place
        .and_then(|place| place.split('#').next())
        .expect("something is due");
    let client = aws_sdk_dynamodb::Client::new(b.quiet.sdk());
    let text = AttributeValue::S;
    let put = |n: usize| {
        let (pk, sk) = ("ORG#org_0351gb06UonDD6Qk3DjTVL", format!("JOB#{n}"));
        let put = PutRequest::builder()
            .item("PK", text(pk.to_owned()))
            .item("due_pk", text("DUE#0".to_owned()))
            .item("due_sk", text(format!("{instant}#{pk}#{sk}")))
            .item("SK", text(sk));
        WriteRequest::builder().put_request(put.build().unwrap()).build()
    };
    let puts: Vec<WriteRequest> = (0..count).map(put).collect();
    for some in puts.chunks(25) {
        let batch = client
            .batch_write_item()
            .request_items(b.h.backend.table(), some.to_vec());
        batch.send().await.unwrap();
    }
}

/// How many things wait for their time in other shards than the first.
async fn in_other_shards(b: &Bench) -> usize {
    let items = muster_tests::recount::items(&b.h).await;
    let shards = items.iter().filter_map(|item| item.get("due_pk")?.as_s().ok());
    shards.filter(|shard| *shard != "DUE#0").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shard_that_never_empties_keeps_no_other_shard_waiting() {
    const DUE: usize = 40;
    /// Pages of a shard, more than there are shards.
    const PAGES: usize = 2 * SHARDS;
    let b = Bench::start().await;
    let case = inviting(&b, DUE).await;
    fill(&b, PAGES * 100).await;
    for name in ["later", "last"] {
        b.h.advance(days(8));
        let due = in_other_shards(&b).await;
        assert!(due > DUE / 2, "{due}");
        // The time is up when the first page comes that is read after one of each shard.
        let late = Timestamp::now() + SignedDuration::from_secs(3);
        let deadline = late + SignedDuration::from_secs(5);
        b.faults.inject(At::After(SHARDS, QUERY), Kind::Held(late), Reach::Call);
        let done = run_as("expire", schedule::expire(b.app(), json!({}), deadline))
            .await
            .unwrap();
        assert_eq!((&done["processed"], &done["complete"]), (&json!(due), &json!(false)));
        assert_eq!(b.faults.count(QUERY), SHARDS + 1);
        b.faults.clear();
        assert_eq!(in_other_shards(&b).await, 0);
        invite(&b, &case, name, DUE).await;
    }
}
