//! A table that takes no more for a while: that is told from conflicts, nothing is lost by it, and nothing becomes a dead letter.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::SignedDuration;
use muster_domain::Member;
use muster_edge::Metric;
use muster_functions::streams;
use muster_local::run_as;
use muster_store::items::StoredEntity as _;
use muster_tests::bench::Bench;
use muster_tests::crowd::{Holding, crowd};
use muster_tests::faults::{At, ERASE, Kind, QUERY, READ, Reach, TRANSACT, UPDATE};
use muster_tests::recount;
use muster_tests::requests::case_of;
use muster_tests::samples::{ids, sample};
use muster_tests::shortcuts::verdicts;
use muster_tests::stream::Function;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// More records than any of these tests has.
const ENOUGH: usize = 200;

/// What was counted of throttles, of conflicts, and of changes that were given up for these.
fn counted(b: &Bench) -> [u64; 3] {
    [Metric::Throttled, Metric::ConflictsRetried, Metric::CommitsRefused]
        .map(|metric| b.app().metrics().counted(metric))
}

/// Hands everything that waits to a function in the watched process, until nothing waits.
async fn taken(b: &Bench, function: Function) {
    let mut stream = b.stream().await;
    for _ in 0..ENOUGH {
        if !stream.feed(b.app(), function).await {
            return;
        }
    }
    panic!("records are handed back without end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_change_is_tried_again_and_then_answered_as_a_throttle_and_not_as_a_conflict() {
    let b = Bench::start().await;
    for kind in [Kind::Hot, Kind::Throttled] {
        let case = case_of(&b, "put-resource").await;
        let [throttled, retried, refused] = counted(&b);
        b.faults.inject(At::First(TRANSACT), kind, Reach::Call);
        b.send(&case).await.expect(201);
        assert_eq!(counted(&b), [throttled + 1, retried, refused], "{kind:?}");

        let case = case_of(&b, "put-resource").await;
        b.faults.inject(At::Every(TRANSACT), kind, Reach::Rest);
        let answer = b.send(&case).await;
        assert_eq!(answer.header("retry-after"), Some("2"));
        answer.problem(503, "throttled");
        assert_eq!(
            counted(&b),
            [throttled + 1 + 5, retried, refused],
            "{kind:?}: five tries"
        );
        b.faults.clear();
        b.send(&case).await.expect(201);
    }
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_read_is_answered_as_a_throttle() {
    let b = Bench::start().await;
    let case = case_of(&b, "get-organization").await;
    for kind in [Kind::Hot, Kind::Throttled] {
        let [throttled, ..] = counted(&b);
        b.faults.inject(At::Every(READ), kind, Reach::Rest);
        b.send(&case).await.problem(503, "throttled");
        assert_eq!(counted(&b)[0], throttled + 1, "{kind:?}");
        b.faults.clear();
        b.send(&case).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_action_tells_what_the_table_had_no_throughput_for_and_goes_on_when_repeated() {
    const COUNT: usize = 40;
    let b = Bench::start().await;
    let of_many = async || {
        let mut case = case_of(&b, "remove-members").await;
        crowd(&b, &case, "many", COUNT, Holding::Grant).await;
        let ids: Vec<String> = (0..COUNT).map(|n| case.person(&b, &format!("many{n}")).id()).collect();
        case.body = Some(json!({ "members": ids }));
        b.faults.clear();
        case
    };
    let case = of_many().await;
    b.send(&case).await.expect(200);
    let calls = b.faults.calls();
    let writes: Vec<usize> = (0..calls.len()).filter(|n| calls[*n] == TRANSACT).collect();

    let case = of_many().await;
    let before = case.organization().seats_used(&b.h).await;
    b.faults.inject(At::Call(writes[1]), Kind::Hot, Reach::Rest);
    let answer = b.send(&case).await;
    b.faults.clear();
    let first = verdicts(&answer.expect(200).body);
    let done = first.iter().filter(|(status, _)| status == "removed").count();
    let left = first
        .iter()
        .filter(|verdict| **verdict == ("refused".into(), "throttled".into()))
        .count();
    assert!(done > 0 && left > 0 && done + left == COUNT, "{first:?}");
    assert_eq!(case.organization().seats_used(&b.h).await, before - done as u64);

    let again = b.send(&case).await.expect(200);
    assert!(verdicts(&again.body).iter().all(|(status, _)| status == "removed"));
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_throttled_is_left_to_the_schedule() {
    let b = Bench::start().await;
    let case = case_of(&b, "list-members").await;
    crowd(&b, &case, "member", 25, Holding::Grant).await;
    let spring = case.organization().path("/resources/program/spring");
    let answer = case.owner.delete(&b.h, &spring).await;
    assert!((200..300).contains(&answer.status), "{:#}", answer.body);
    for operation in [TRANSACT, READ] {
        let [throttled, ..] = counted(&b);
        b.faults.inject(At::Every(operation), Kind::Hot, Reach::Rest);
        taken(&b, Function::FinishWork).await;
        b.faults.clear();
        assert!(counted(&b)[0] > throttled, "{operation}");
        assert!(holders(&b).await >= 25, "{operation}");
        // Nobody has moved it on for two minutes.
        b.h.advance(SignedDuration::from_mins(3));
        b.expire().await.unwrap();
    }
    taken(&b, Function::FinishWork).await;
    assert_eq!(holders(&b).await, 0);
    b.drain().await;
    recount(&b.h).await;
}

/// How many members hold something on `spring`.
async fn holders(b: &Bench) -> usize {
    let items = muster_tests::recount::items(&b.h).await.into_iter();
    let members = items.filter(|item| {
        item.get("kind")
            .and_then(|kind| kind.as_s().ok())
            .is_some_and(|kind| kind == "member")
    });
    let members = members.map(|item| Member::from_item(item).expect("a member"));
    let on_spring = |member: &Member| {
        member
            .grants
            .iter()
            .any(|grant| grant.resource.key.id.to_string() == "spring")
    };
    members.filter(on_spring).count()
}

/// Each slice of a long job is a record of it, so a batch may hold nothing else; whoever waits behind does so once and not for each.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_many_records_of_a_job_goes_on_with_it_once() {
    let b = Bench::start().await;
    let case = case_of(&b, "list-members").await;
    crowd(&b, &case, "member", 60, Holding::Grant).await;
    let spring = case.organization().path("/resources/program/spring");
    let answer = case.owner.delete(&b.h, &spring).await;
    assert!((200..300).contains(&answer.status), "{:#}", answer.body);
    let jobs = ids(&b.h, &case.organization().id, "JOB#").await;
    let [job] = jobs.as_slice() else {
        panic!("one job: {jobs:?}")
    };
    let mut event = sample(
        "finish-work",
        &vec![("org", case.organization().id.clone()), ("job", job.clone())],
    );
    let record = event["Records"][0].clone();
    event["Records"] = json!([record, record, record]);
    // The job waits for the table after its first look, and would be looked at again.
    b.faults.inject(At::Every(QUERY), Kind::Throttled, Reach::Rest);
    let done = run_as("finish-work", streams::finish_work(b.app(), event))
        .await
        .unwrap();
    assert_eq!(done, json!({ "batchItemFailures": [] }));
    assert_eq!(b.faults.count(QUERY), 6, "the tries of one slice");
    b.faults.clear();
    b.drain().await;
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_counted_in_smaller_parts_where_the_counts_are_throttled_at_first() {
    let b = Bench::start().await;
    let case = case_of(&b, "list-members").await;
    b.drain().await;
    crowd(&b, &case, "member", 10, Holding::Grant).await;
    b.faults.inject(At::First(TRANSACT), Kind::Hot, Reach::Call);
    taken(&b, Function::CountPeople).await;
    let writes = b.faults.exchanges().into_iter();
    let sizes = writes.filter(|e| e.operation == TRANSACT).map(|e| {
        let items = e.request()["TransactItems"].as_array().map(Vec::len);
        items.expect("a transaction")
    });
    assert_eq!(
        sizes.collect::<Vec<_>>(),
        [11, 6, 6],
        "those of the people, and the counts themselves"
    );
    b.faults.clear();
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_people_who_could_not_all_be_counted_only_the_rest_comes_again() {
    let b = Bench::start().await;
    let case = case_of(&b, "list-members").await;
    b.drain().await;
    crowd(&b, &case, "member", 100, Holding::Grant).await;
    let records: Vec<Value> = {
        let mut stream = b.stream().await;
        let waiting = stream.waiting().await.iter();
        let counting = waiting.filter(|waiting| waiting.function == Function::CountPeople);
        counting.map(|waiting| waiting.json().clone()).collect()
    };
    assert_eq!(records.len(), 100);
    // Ninety are read and written; the rest are read.
    let is_second_write = At::Call(4);
    b.faults.inject(is_second_write, Kind::ServerError, Reach::Rest);
    let event = json!({ "Records": records });
    let done = run_as("finish-work", streams::finish_work(b.app(), event))
        .await
        .unwrap();
    assert_eq!(b.faults.calls(), [READ, READ, TRANSACT, READ, TRANSACT]);
    let rest: Vec<Value> = records[90..]
        .iter()
        .map(|record| json!({ "itemIdentifier": record["dynamodb"]["SequenceNumber"] }))
        .collect();
    assert_eq!(done, json!({ "batchItemFailures": rest }));
    b.faults.clear();
    b.drain().await;
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_leaves_an_organization_that_is_throttled_to_the_next_and_settles_it_then() {
    let b = Bench::start().await;
    let mut case = case_of(&b, "list-members").await;
    case.invite(&b, "ann").await;
    case.invite(&b, "bob").await;
    b.h.advance_days(8);
    let [throttled, ..] = counted(&b);
    b.faults.inject(At::Every(TRANSACT), Kind::Hot, Reach::Rest);
    let swept = b.expire().await.unwrap();
    b.faults.clear();
    assert_eq!((&swept["processed"], &swept["complete"]), (&json!(0), &json!(false)));
    assert!(swept["left"].as_u64() >= Some(2), "{swept}");
    assert_eq!(counted(&b)[0], throttled + 5, "five tries");
    let swept = b.expire().await.unwrap();
    assert_eq!((&swept["left"], &swept["complete"]), (&json!(0), &json!(true)));
    assert!(swept["processed"].as_u64() >= Some(2), "{swept}");
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_is_erased_though_batches_come_back_undone_and_jobs_are_throttled() {
    let month = SignedDuration::from_hours(31 * 24);
    let b = Bench::start().await;
    let case = case_of(&b, "list-members").await;
    crowd(&b, &case, "member", 16, Holding::Grant).await;
    let path = case.organization().path("");
    let answer = case.owner.delete(&b.h, &path).await;
    assert!((200..300).contains(&answer.status), "{:#}", answer.body);
    b.drain().await;
    b.h.advance(month);
    b.expire().await.unwrap();
    b.faults.inject(At::First(ERASE), Kind::Hot, Reach::Call);
    taken(&b, Function::FinishWork).await;
    let erased = b.faults.exchanges();
    let writes = erased.iter().filter(|e| e.operation == ERASE);
    let sizes: Vec<usize> = writes.map(|e| deletes(&e.request())).collect();
    assert!(
        sizes.len() > 2 && sizes.iter().all(|size| (1..=25).contains(size)),
        "{sizes:?}"
    );
    b.faults.clear();
    b.drain().await;
    let id = &case.organization().id;
    let partitions = [format!("ORG#{id}"), format!("EVENTS#{id}")];
    let items = muster_tests::recount::items(&b.h).await;
    let left = items
        .iter()
        .filter(|item| partitions.contains(item["PK"].as_s().unwrap()));
    let left: BTreeSet<&str> = left.map(|item| item["kind"].as_s().unwrap().as_str()).collect();
    assert_eq!(left, BTreeSet::from(["event", "mail"]), "what tells of the end");
    recount(&b.h).await;
}

fn deletes(request: &Value) -> usize {
    let tables = request["RequestItems"].as_object().expect("a batch");
    tables.values().filter_map(Value::as_array).map(Vec::len).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_note_is_tried_once_costs_the_caller_nothing_and_rests() {
    let b = Bench::start().await;
    let case = case_of(&b, "get-organization").await;
    b.h.advance(SignedDuration::from_hours(2));
    let [throttled, ..] = counted(&b);
    b.faults.inject(At::Every(UPDATE), Kind::Throttled, Reach::Rest);
    for _ in 0..3 {
        b.send(&case).await.expect(200);
    }
    let notes = b
        .faults
        .exchanges()
        .into_iter()
        .filter(|e| e.operation == UPDATE)
        .count();
    assert_eq!((notes, counted(&b)[0]), (1, throttled + 1), "and none while notes rest");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organizations_notes_are_spread_over_partitions_and_members_of_every_partition_are_listed_in_order() {
    const COUNT: usize = 40;
    let b = Bench::start().await;
    let case = case_of(&b, "list-members").await;
    crowd(&b, &case, "many", COUNT, Holding::Grant).await;
    let organization = format!("ORG#{}", case.organization().id);
    let members = || async {
        let items = muster_tests::recount::items(&b.h).await.into_iter();
        let own = items.filter(|item| item["PK"].as_s() == Ok(&organization));
        own.filter(|item| item.contains_key("activity_pk")).collect::<Vec<_>>()
    };
    let spread: BTreeSet<String> = members()
        .await
        .iter()
        .map(|item| item["activity_pk"].as_s().unwrap().clone())
        .collect();
    assert!(
        spread.len() > 4 && spread.iter().all(|pk| pk.starts_with(&organization)),
        "{spread:?}"
    );

    // Where all of them lay before there were several.
    let client = aws_sdk_dynamodb::Client::new(&b.h.quiet_sdk());
    for (n, item) in members().await.iter().enumerate().filter(|(n, _)| n % 2 == 0) {
        let update = client.update_item().table_name(b.h.backend.table());
        let update = update.key("PK", item["PK"].clone()).key("SK", item["SK"].clone());
        let update = update.update_expression("SET activity_pk = :pk");
        let one = AttributeValue::S(organization.clone());
        update
            .expression_attribute_values(":pk", one)
            .send()
            .await
            .unwrap_or_else(|error| panic!("{n}: {error}"));
    }
    for sort in ["last_active", "-last_active"] {
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = case
                .organization()
                .path(&format!("/members?sort={sort}&limit=7{cursor}"));
            let page = case.owner.get(&b.h, &path).await.expect(200).body;
            let rows = page["items"].as_array().unwrap().iter();
            seen.extend(rows.map(|row| row["id"].as_str().unwrap().to_owned()));
            let Some(next) = page["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
        let unique: BTreeSet<&String> = seen.iter().collect();
        assert_eq!((seen.len(), unique.len()), (COUNT + 1, COUNT + 1), "{sort}");
    }
}
