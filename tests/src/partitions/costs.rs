//! What a request asks of which partitions.

use super::limits::{Cost, Kind, Place};
use dynoxide::types::{
    AttributeValue, Item, item_size, read_capacity_units_with_consistency, table_write_capacity_units,
    write_capacity_units,
};
use muster_store::keys::{
    BY_ACTIVITY, BY_ACTIVITY_PK, BY_ACTIVITY_SK, BY_USER, BY_USER_PK, BY_USER_SK, DUE, DUE_PK, DUE_SK, PK, SK,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// The table's indexes: name, partition key, sort key. Each holds nothing but keys.
pub(super) const INDEXES: [(&str, &str, &str); 3] = [
    (BY_USER, BY_USER_PK, BY_USER_SK),
    (BY_ACTIVITY, BY_ACTIVITY_PK, BY_ACTIVITY_SK),
    (DUE, DUE_PK, DUE_SK),
];

/// What a request does to one item.
#[derive(Debug)]
pub(super) struct Part {
    /// Partition key and sort key.
    pub(super) key: (String, String),
    change: Change,
}

#[derive(Debug)]
enum Change {
    Put(Item),
    Update(Update),
    Delete,
    Check,
}

/// What an update says.
#[derive(Debug)]
struct Update {
    text: String,
    words: Words,
}

/// What the placeholders of an expression stand for.
#[derive(Debug)]
struct Words {
    names: BTreeMap<String, String>,
    values: Item,
}

impl Words {
    fn read(asked: &Value) -> Self {
        let names = asked["ExpressionAttributeNames"].as_object().into_iter().flatten();
        let name = |name: &Value| name.as_str().expect("a name").to_owned();
        let values = asked
            .get("ExpressionAttributeValues")
            .filter(|values| values.is_object());
        Self {
            names: names.map(|(key, value)| (key.clone(), name(value))).collect(),
            values: values.map(item).unwrap_or_default(),
        }
    }

    /// The attribute that a word names.
    fn name(&self, word: &str) -> String {
        self.names.get(word).cloned().unwrap_or_else(|| word.to_owned())
    }
}

fn item(value: &Value) -> Item {
    serde_json::from_value(value.clone()).expect("attributes")
}

fn text(item: &Item, name: &str) -> Option<String> {
    match item.get(name)? {
        AttributeValue::S(text) => Some(text.clone()),
        _ => None,
    }
}

/// Partition key and sort key of an item.
pub(super) fn key(item: &Item) -> (String, String) {
    let of = |name| text(item, name).expect("a key");
    (of(PK), of(SK))
}

impl Part {
    fn of(change: Change, keyed: &Value) -> Self {
        let key = key(&item(keyed));
        Self { key, change }
    }

    /// One action of a transaction, or a request of a batch.
    pub(super) fn read(action: &Value) -> Self {
        let (verb, asked) = action
            .as_object()
            .and_then(|action| action.iter().next())
            .expect("an action");
        match verb.as_str() {
            "Put" | "PutRequest" => Self::of(Change::Put(item(&asked["Item"])), &asked["Item"]),
            "Delete" | "DeleteRequest" => Self::of(Change::Delete, &asked["Key"]),
            "ConditionCheck" => Self::of(Change::Check, &asked["Key"]),
            "Update" => Self::of(Change::Update(Update::read(asked)), &asked["Key"]),
            other => panic!("`{other}` is not modeled"),
        }
    }

    /// What it costs where the item was as it is `before`; `factor` is 2 in a transaction.
    pub(super) fn costs(&self, before: Option<&Item>, factor: f64) -> Vec<Cost> {
        let after = match &self.change {
            Change::Put(item) => Some(item.clone()),
            Change::Update(update) => Some(update.applied(before, &self.key)),
            Change::Delete => None,
            Change::Check => before.cloned(),
        };
        let units = factor * table_write_capacity_units(before.map(item_size), after.as_ref().map(item_size));
        let write = |index, (key, sort), units| Cost {
            place: Place { index, key },
            sort,
            kind: Kind::Write,
            units,
        };
        let mut costs = vec![write(None, self.key.clone(), units)];
        for index in INDEXES {
            let entry = |item: &Item| Some((Self::place(item, index)?, Self::entry(item, index)));
            match (before.and_then(entry), after.as_ref().and_then(entry)) {
                // An entry has no attributes but its keys: it moves, or stays as it is.
                (Some((from, _)), Some((to, _))) if from == to => {}
                (from, to) => {
                    let both = from.into_iter().chain(to);
                    costs.extend(both.map(|(at, size)| write(Some(index.0), at, write_capacity_units(size))));
                }
            }
        }
        costs
    }

    /// Where an item lies in an index; nowhere if it lacks one of its keys.
    fn place(item: &Item, (_, pk, sk): (&str, &str, &str)) -> Option<(String, String)> {
        Some((text(item, pk)?, text(item, sk)?))
    }

    /// The size of an item's entry in an index.
    fn entry(item: &Item, (_, pk, sk): (&str, &str, &str)) -> usize {
        let kept = [PK, SK, pk, sk].into_iter();
        let kept = kept.filter_map(|name| Some((name.to_owned(), item.get(name)?.clone())));
        item_size(&kept.collect())
    }
}

impl Update {
    fn read(asked: &Value) -> Self {
        Self {
            text: asked["UpdateExpression"].as_str().expect("an update").to_owned(),
            words: Words::read(asked),
        }
    }

    /// The item after it.
    fn applied(&self, before: Option<&Item>, key: &(String, String)) -> Item {
        let mut after = before.cloned().unwrap_or_default();
        let own = [(PK, &key.0), (SK, &key.1)];
        after.extend(own.map(|(name, value)| (name.to_owned(), AttributeValue::S(value.clone()))));
        let mut verb = "";
        // A verb, or what stands between two commas, each of words.
        for clause in self.text.split(',') {
            let mut words = clause.split_whitespace().peekable();
            while let Some(word) = words.peek() {
                if let Some(known) = ["SET", "REMOVE", "ADD"].into_iter().find(|known| known == word) {
                    verb = known;
                    words.next();
                    continue;
                }
                let name = self.words.name(words.next().expect("a name"));
                match verb {
                    "REMOVE" => {
                        after.remove(&name);
                    }
                    "ADD" => {
                        let by = self.value(words.next());
                        let sum = sum(after.get(&name), &by);
                        after.insert(name, sum);
                    }
                    _ => {
                        assert_eq!(words.next(), Some("="), "an update that is not modeled: {}", self.text);
                        after.insert(name, self.value(words.next()));
                    }
                }
            }
        }
        after
    }

    fn value(&self, word: Option<&str>) -> AttributeValue {
        let value = word.and_then(|word| self.words.values.get(word));
        value
            .unwrap_or_else(|| panic!("an update that is not modeled: {}", self.text))
            .clone()
    }
}

fn sum(before: Option<&AttributeValue>, by: &AttributeValue) -> AttributeValue {
    let number = |value: &AttributeValue| match value {
        AttributeValue::N(number) => number.parse::<i64>().expect("a whole number"),
        other => panic!("{other:?} is no number"),
    };
    AttributeValue::N((before.map_or(0, number) + number(by)).to_string())
}

/// A single write as an action of a transaction is written.
pub(super) fn single(operation: &str, asked: &Value) -> Option<Value> {
    let verb = operation.strip_prefix("dynamodb:")?.strip_suffix("Item")?;
    Some(serde_json::json!({ verb: asked }))
}

/// What reading an item costs; one that is not there as much as the smallest.
pub(super) fn read(key: &(String, String), found: Option<&Item>, consistent: bool) -> Cost {
    Cost {
        place: Place {
            index: None,
            key: key.0.clone(),
        },
        sort: key.1.clone(),
        kind: Kind::Read,
        units: read_capacity_units_with_consistency(found.map_or(0, item_size), consistent),
    }
}

/// Where a query reads: the partition, and the first sort key if it says so.
pub(super) fn queried(asked: &Value) -> (Place, String) {
    let named = asked["IndexName"].as_str();
    let index = named.map(|name| {
        let known = INDEXES.into_iter().find(|(index, ..)| *index == name);
        known.expect("an index of the table")
    });
    let (pk, sk) = index.map_or((PK, SK), |(_, pk, sk)| (pk, sk));
    let condition = asked["KeyConditionExpression"].as_str().expect("a condition");
    let said: Vec<&str> = condition
        .split([' ', ',', '(', ')'])
        .filter(|word| !word.is_empty())
        .collect();
    let words = Words::read(asked);
    // The first value after an attribute is what it is compared with.
    let compared = |attribute: &str| {
        let mut after = said.iter().skip_while(|word| words.name(word) != attribute);
        match after.find_map(|word| words.values.get(*word))? {
            AttributeValue::S(text) => Some(text.clone()),
            _ => None,
        }
    };
    let place = Place {
        index: index.map(|(name, ..)| name),
        key: compared(pk).expect("a partition key"),
    };
    (place, compared(sk).unwrap_or_default())
}
