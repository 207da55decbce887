use super::costs::{INDEXES, Part, queried, read};
use super::*;
use crate::deployment::file;
use dynoxide::types::{AttributeValue, Item};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// An item of so many bytes, with these attributes beside.
fn item(size: usize, more: &[(&str, &str)]) -> Item {
    let mut item: Item = [("PK", "o"), ("SK", "x")]
        .iter()
        .chain(more)
        .map(|(name, value)| ((*name).to_owned(), AttributeValue::S((*value).to_owned())))
        .collect();
    let rest = size - dynoxide::types::item_size(&item) - "fill".len();
    item.insert("fill".to_owned(), AttributeValue::S("x".repeat(rest)));
    assert_eq!(dynoxide::types::item_size(&item), size);
    item
}

fn put(item: &Item) -> Part {
    Part::read(&json!({ "Put": { "Item": item } }))
}

fn delete() -> Part {
    Part::read(&json!({ "Delete": { "Key": { "PK": { "S": "o" }, "SK": { "S": "x" } } } }))
}

fn update(text: &str, values: &Value) -> Part {
    Part::read(&json!({ "Update": {
        "Key": { "PK": { "S": "o" }, "SK": { "S": "x" } },
        "UpdateExpression": text,
        "ExpressionAttributeNames": { "#due_pk": "due_pk" },
        "ExpressionAttributeValues": values,
    } }))
}

/// Units in the table, and in indexes by where.
fn units(costs: &[Cost]) -> (f64, Vec<(&'static str, &str, f64)>) {
    let (of_index, of_table): (Vec<&Cost>, Vec<&Cost>) = costs.iter().partition(|cost| cost.place.index.is_some());
    let of_index = of_index
        .iter()
        .map(|cost| (cost.place.index.unwrap(), cost.place.key.as_str(), cost.units));
    (of_table.iter().map(|cost| cost.units).sum(), of_index.collect())
}

/// "If your item size is 2 KB, you require 2 write capacity units … or 4 for a transactional write request"; "a PutItem of 500 bytes is
/// rounded up to 1 KB"; "UpdateItem considers the size of the item as it appears before and after, … the larger"; "DeleteItem: the size of
/// the deleted item", and 1 where there is none.
#[test]
fn writes_cost_what_the_documentation_says() {
    for (before, after, single) in [
        (None, Some(500), 1.0),
        (None, Some(1_024), 1.0),
        (None, Some(1_025), 2.0),
        (None, Some(2_048), 2.0),
        (Some(3_500), Some(500), 4.0),
        (Some(500), Some(3_500), 4.0),
        (Some(3_500), None, 4.0),
        (None, None, 1.0),
    ] {
        let before = before.map(|size| item(size, &[]));
        let part = after.map_or_else(delete, |size| put(&item(size, &[])));
        for (factor, expected) in [(1.0, single), (2.0, 2.0 * single)] {
            let costs = part.costs(before.as_ref(), factor);
            assert_eq!(units(&costs), (expected, vec![]), "{before:?} {after:?}");
        }
    }
    let check = Part::read(&json!({ "ConditionCheck": { "Key": { "PK": { "S": "o" }, "SK": { "S": "x" } } } }));
    assert_eq!(units(&check.costs(Some(&item(1_500, &[])), 2.0)), (4.0, vec![]));
}

/// "One read capacity unit is a strongly consistent read of an item up to 4 KB, or two eventually consistent ones"; "if your item is 8 KB,
/// 2 or 1"; "BatchGetItem rounds each item up: 1.5 KB and 6.5 KB are 4 KB and 8 KB".
#[test]
fn reads_cost_what_the_documentation_says() {
    let key = ("o".to_owned(), "x".to_owned());
    for (size, consistent, expected) in [
        (4_096, true, 1.0),
        (4_097, true, 2.0),
        (8_192, true, 2.0),
        (8_192, false, 1.0),
        (100, false, 0.5),
        (1_536, true, 1.0),
        (6_656, true, 2.0),
    ] {
        let cost = read(&key, Some(&item(size, &[])), consistent);
        assert_eq!((cost.units, cost.kind), (expected, Kind::Read), "{size} {consistent}");
    }
    assert_eq!(read(&key, None, true).units, 1.0, "what is not there is read as well");
}

/// "If an update changes the value of an indexed key attribute from A to B, two writes are required: one to delete the previous item from
/// the index and another to put the new item"; one to put or to delete it where it was not, or is not any more; none where it stays.
#[test]
fn an_entry_of_an_index_costs_as_it_moves() {
    let without = item(400, &[]);
    let at = |shard, place| item(400, &[("due_pk", shard), ("due_sk", place)]);
    let one = |shard| ("due", shard, 1.0);
    for (before, part, expected) in [
        (None, put(&at("DUE#0", "a")), vec![one("DUE#0")]),
        (Some(&without), put(&at("DUE#0", "a")), vec![one("DUE#0")]),
        (Some(&at("DUE#0", "a")), put(&at("DUE#0", "a")), vec![]),
        (
            Some(&at("DUE#0", "a")),
            put(&at("DUE#0", "b")),
            vec![one("DUE#0"), one("DUE#0")],
        ),
        (
            Some(&at("DUE#0", "a")),
            put(&at("DUE#1", "a")),
            vec![one("DUE#0"), one("DUE#1")],
        ),
        (Some(&at("DUE#0", "a")), put(&without), vec![one("DUE#0")]),
        (Some(&at("DUE#0", "a")), delete(), vec![one("DUE#0")]),
    ] {
        for factor in [1.0, 2.0] {
            assert_eq!(
                units(&part.costs(before, factor)).1,
                expected,
                "a transaction doubles none"
            );
        }
    }
}

#[test]
fn updates_are_read_as_they_are_written() {
    let before = item(400, &[("due_pk", "DUE#0"), ("due_sk", "a")]);
    let long = json!({ "S": "x".repeat(1_500) });
    for (text, values, expected) in [
        ("SET due_sk = :b", json!({ ":b": { "S": "b" } }), (1.0, 2)),
        (
            "SET state = :s REMOVE #due_pk, due_sk",
            json!({ ":s": { "S": "sent" } }),
            (1.0, 1),
        ),
        (
            "SET state = :s, letter = :l",
            json!({ ":s": { "S": "sent" }, ":l": long }),
            (2.0, 0),
        ),
        ("ADD used :one, moves :one", json!({ ":one": { "N": "1" } }), (1.0, 0)),
    ] {
        let costs = update(text, &values).costs(Some(&before), 1.0);
        let (table, indexes) = units(&costs);
        assert_eq!((table, indexes.len()), expected, "{text}");
    }
}

#[test]
fn a_query_is_read_where_its_condition_says() {
    let values = json!({ ":pk": { "S": "DUE#3" }, ":until": { "S": "2026" } });
    for (condition, index, expected) in [
        ("PK = :pk", None, ("DUE#3", "")),
        ("#k = :pk AND due_sk <= :until", Some("due"), ("DUE#3", "2026")),
        ("PK = :pk AND begins_with(SK, :until)", None, ("DUE#3", "2026")),
        ("PK = :pk AND SK BETWEEN :until AND :until", None, ("DUE#3", "2026")),
    ] {
        let (place, sort) = queried(&json!({
            "IndexName": index,
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": { "#k": "due_pk" },
            "ExpressionAttributeValues": values,
        }));
        assert_eq!(
            (place.index, (place.key.as_str(), sort.as_str())),
            (index, expected),
            "{condition}"
        );
    }
}

#[test]
fn the_indexes_are_those_of_the_template() {
    let template: Value = serde_saphyr::from_str(&file("infra/table.yaml")).unwrap();
    let indexes = &template["Resources"]["Table"]["Properties"]["GlobalSecondaryIndexes"];
    let of_template = indexes.as_array().unwrap().iter().map(|index| {
        assert_eq!(index["Projection"]["ProjectionType"], "KEYS_ONLY");
        let key = |n: usize| index["KeySchema"][n]["AttributeName"].as_str().unwrap();
        (index["IndexName"].as_str().unwrap(), key(0), key(1))
    });
    assert_eq!(of_template.collect::<BTreeSet<_>>(), BTreeSet::from(INDEXES));
}

fn cost(place: &str, sort: &str, units: f64) -> Cost {
    Cost {
        place: Place {
            index: None,
            key: place.to_owned(),
        },
        sort: sort.to_owned(),
        kind: Kind::Write,
        units,
    }
}

fn held(limits: Limits) -> Partitions {
    let partitions = Partitions::new(limits);
    partitions.hold();
    partitions
}

#[test]
fn a_partition_gives_its_units_each_second_and_not_one_more() {
    let (partitions, begun) = (held(Limits::of(100.0)), Instant::now());
    let mut given = 0.0;
    for tenth in 0..100 {
        let now = begun + SECOND / 10 * tenth;
        while partitions.take(now, &[vec![cost("o", "a", 3.0)]]).is_ok() {
            given += 3.0;
        }
    }
    assert!(
        (1_088.0..=1_090.0).contains(&given),
        "{given} in 9.9 s, and the second before"
    );
    assert_eq!(partitions.tally().all(Kind::Write), given);
    assert!(
        partitions.take(begun, &[vec![cost("p", "a", 100.0)]]).is_ok(),
        "another partition"
    );
}

#[test]
fn what_does_not_fit_in_one_partition_takes_nothing_of_any() {
    let (partitions, now) = (held(Limits::of(100.0)), Instant::now());
    let parts = |first| [vec![cost("o", "a", first)], vec![cost("p", "a", 90.0)]];
    assert_eq!(partitions.take(now, &parts(50.0)), Ok(()));
    assert_eq!(partitions.take(now, &parts(50.0)), Err(vec![false, true]));
    assert!(
        partitions.take(now, &[vec![cost("o", "b", 50.0)]]).is_ok(),
        "all of it was left"
    );
    assert_eq!(partitions.tally().all(Kind::Write), 190.0);
}

#[test]
fn what_is_larger_than_a_second_gives_is_let_through_to_one_that_has_rested_and_is_paid_off() {
    let (partitions, now) = (held(Limits::of(100.0)), Instant::now());
    assert!(partitions.take(now, &[vec![cost("o", "a", 250.0)]]).is_ok());
    let one = [vec![cost("o", "a", 1.0)]];
    assert!(partitions.take(now + SECOND, &one).is_err());
    assert!(partitions.take(now + SECOND * 2, &one).is_ok());
}

#[test]
fn a_read_leaves_its_partition_in_debt() {
    let (partitions, now) = (held(Limits::of(100.0)), Instant::now());
    let mut read = cost("o", "a", 450.0);
    read.kind = Kind::Read;
    let is_open = |at| partitions.is_open(at, &read.place, "a");
    assert!(is_open(now));
    partitions.charge(now, std::slice::from_ref(&read));
    assert!(!is_open(now + SECOND / 3));
    assert!(is_open(now + SECOND), "300 a second");
    assert!(
        partitions.take(now, &[vec![cost("o", "a", 100.0)]]).is_ok(),
        "writes are apart"
    );
}

#[test]
fn unused_time_is_made_up_for_only_where_bursts_are_allowed() {
    for (burst, expected) in [(Duration::ZERO, 1), (SECOND * 5, 6)] {
        let limits = Limits {
            burst,
            ..Limits::of(100.0)
        };
        let (partitions, now) = (held(limits), Instant::now());
        let all = [vec![cost("o", "a", 100.0)]];
        assert!(partitions.take(now, &all).is_ok());
        let later = now + SECOND * 60;
        let times = (0..10).filter(|_| partitions.take(later, &all).is_ok()).count();
        assert_eq!(times, expected, "{burst:?}");
    }
}

/// Asks twice what a partition gives, for three minutes; gives the units of the last minute, and the splits.
fn heated(split_after: Option<Duration>, sort: impl Fn(u32) -> String) -> (f64, usize) {
    let limits = Limits {
        split_after,
        ..Limits::of(100.0)
    };
    let (partitions, begun) = (held(limits), Instant::now());
    let mut before = 0.0;
    for n in 0..36_000 {
        if n == 24_000 {
            before = partitions.tally().all(Kind::Write);
        }
        let now = begun + SECOND * n / 200;
        let _ = partitions.take(now, &[vec![cost("o", &sort(n), 1.0)]]);
    }
    let tally = partitions.tally();
    (tally.all(Kind::Write) - before, tally.splits)
}

#[test]
fn a_hot_partition_is_split_where_sort_keys_are_spread_and_gives_more_then() {
    let spread = |n: u32| format!("{:08x}", n.wrapping_mul(2_654_435_761));
    let after = Some(SECOND * 30);
    let (units, splits) = heated(None, spread);
    assert!((5_990.0..=6_010.0).contains(&units) && splits == 0, "{units} {splits}");
    let (units, splits) = heated(after, spread);
    assert!(units > 11_000.0 && splits > 0, "{units} {splits}");
    let (units, _) = heated(after, |n| format!("{n:08}"));
    assert!(units < 6_100.0, "sort keys that rise with time win nothing: {units}");
    let (units, splits) = heated(after, |_| "one".to_owned());
    assert!(
        units < 6_100.0 && splits == 0,
        "one item is not split: {units} {splits}"
    );
}

#[test]
fn a_split_in_the_middle_of_a_refusal_leaves_its_reasons_right() {
    let limits = Limits {
        split_after: Some(Duration::ZERO),
        ..Limits::of(100.0)
    };
    let (partitions, now) = (held(limits), Instant::now());
    let part = |sort| vec![cost("o", sort, 60.0)];
    assert!(partitions.take(now, &[part("a")]).is_ok());
    let parts = [part("b"), vec![cost("p", "a", 1.0)], part("c"), part("d")];
    assert_eq!(partitions.take(now, &parts), Err(vec![true, false, true, true]));
    assert!(partitions.tally().splits > 0);
}

#[test]
fn the_floor_is_that_of_the_hottest_partition() {
    let partitions = Partitions::new(Limits::REAL);
    let now = Instant::now();
    let mut reads = cost("p", "a", 6_000.0);
    reads.kind = Kind::Read;
    partitions.charge(now, &[cost("o", "a", 1_500.0), cost("p", "a", 1_400.0), reads]);
    let (place, kind, floor) = partitions.tally().floor(Limits::REAL).unwrap();
    assert_eq!((place.key.as_str(), kind, floor), ("p", Kind::Read, SECOND * 2));
}
