//! What a role must allow for an AWS call to be made.

use crate::cloudformation::TABLE;
use crate::exchange::{Exchange, SEND_EMAIL, TRANSACT};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Condition key: the partition keys that a request names.
pub const LEADING_KEYS: &str = "dynamodb:LeadingKeys";
/// Condition key: the transaction that a request is a part of.
pub const ENCLOSING: &str = "dynamodb:EnclosingOperation";
/// Condition key: the attributes that a request names.
pub const ATTRIBUTES: &str = "dynamodb:Attributes";
/// Condition key: what of the item a request is answered with.
pub const RETURN_VALUES: &str = "dynamodb:ReturnValues";
/// By what a write asks to be answered with the item where its condition fails. IAM has no condition key for it.
const UNGUARDED_READ: &str = "\"ReturnValuesOnConditionCheckFailure\":";
/// Condition key: the sender of a mail.
pub const FROM: &str = "ses:FromAddress";

/// One question that AWS asks a role: may it do this to that?
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Needed {
    /// As IAM names it: `dynamodb:PutItem`.
    pub action: String,
    /// The ARN of what it is done to.
    pub resource: String,
    /// What conditions can look at.
    pub context: BTreeMap<String, Vec<String>>,
}

impl Needed {
    /// An action on a resource.
    #[must_use]
    pub fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            resource: resource.into(),
            context: BTreeMap::new(),
        }
    }

    /// The same with something that conditions can look at.
    #[must_use]
    pub fn with(mut self, key: &str, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.context.insert(key.to_owned(), values);
        self
    }

    /// The same without what no policy tells apart: of a partition its kind, of a file its first folder.
    #[must_use]
    pub fn shape(&self) -> Self {
        let mut shape = self.clone();
        if let Some((bucket, file)) = shape
            .resource
            .split_once('/')
            .filter(|(b, _)| b.starts_with("arn:aws:s3:"))
        {
            let folder = file.split_once('/').map_or("", |(folder, _)| folder);
            shape.resource = format!("{bucket}/{folder}/_");
        }
        if let Some(keys) = shape.context.get_mut(LEADING_KEYS) {
            for key in keys.iter_mut() {
                if let Some((kind, _)) = key.split_once('#') {
                    *key = format!("{kind}#_");
                }
            }
            keys.sort_unstable();
            keys.dedup();
        }
        shape
    }
}

/// What AWS asks when this request comes.
///
/// AWS documents that a transaction needs the permissions of its parts, and not whether [`LEADING_KEYS`] of a part are
/// its own or those of all parts. So each part is asked for both ways, and a role must allow both.
///
/// # Panics
/// If the call is not of a kind that Muster makes.
#[must_use]
pub fn asked(request: &HttpRequest) -> Vec<Needed> {
    let body = request.body().bytes().unwrap_or_default();
    // No policy can forbid it, so no call may do it.
    let reads = String::from_utf8_lossy(body).contains(UNGUARDED_READ);
    assert!(!reads, "a write asks for an item that its role may not let it read");
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    match request.headers().get("x-amz-target").and_then(|t| t.split_once('.')) {
        Some(("secretsmanager", operation)) => {
            let name = text(&body["SecretId"]);
            let arn = format!("arn:aws:secretsmanager:us-east-1:000000000000:secret:{name}");
            vec![Needed::new(format!("secretsmanager:{operation}"), arn)]
        }
        Some((_, operation)) => table_call(operation, &body),
        None if request.uri().contains("/v2/email/outbound-emails") => mail(&body),
        None => files(request),
    }
}

fn table_call(operation: &str, body: &Value) -> Vec<Needed> {
    match operation {
        "BatchGetItem" => {
            let tables = body["RequestItems"].as_object().expect("a batch has items");
            let of_table = |(table, keys): (&String, &Value)| {
                let keys = keys["Keys"].as_array().expect("a batch has keys");
                on_table("BatchGetItem", table).with(LEADING_KEYS, keys.iter().map(partition))
            };
            tables.iter().map(of_table).collect()
        }
        "BatchWriteItem" => {
            let tables = body["RequestItems"].as_object().expect("a batch has items");
            let of_table = |(table, writes): (&String, &Value)| {
                let writes = writes.as_array().expect("a batch has writes").iter();
                let keys: Vec<&Value> = writes.map(|write| &write["DeleteRequest"]["Key"]).collect();
                let named = keys
                    .iter()
                    .flat_map(|key| key.as_object().expect("a batch only deletes").keys());
                let named: BTreeSet<&String> = named.collect();
                let call = on_table(operation, table).with(ATTRIBUTES, named);
                call.with(LEADING_KEYS, keys.into_iter().map(partition))
            };
            tables.iter().map(of_table).collect()
        }
        "Query" => vec![query(body)],
        "TransactWriteItems" => transaction(body),
        "UpdateItem" => {
            let call = on_table(operation, text(&body["TableName"]));
            let call = call.with(LEADING_KEYS, [partition(&body["Key"])]);
            let call = call.with(ATTRIBUTES, attributes(body));
            vec![match body["ReturnValues"].as_str() {
                Some(values) => call.with(RETURN_VALUES, [values]),
                None => call,
            }]
        }
        other => panic!("what a role needs for {other} is not known here"),
    }
}

fn on_table(operation: &str, table: &str) -> Needed {
    let arn = TABLE.rsplit_once('/').map_or("", |(before, _)| before);
    Needed::new(format!("dynamodb:{operation}"), format!("{arn}/{table}"))
}

/// The attributes that an update names, in its key and in its expressions.
fn attributes(body: &Value) -> BTreeSet<String> {
    let mut named: BTreeSet<String> = body["Key"].as_object().expect("a key").keys().cloned().collect();
    for expression in ["UpdateExpression", "ConditionExpression"] {
        let expression = body[expression].as_str().unwrap_or_default();
        let words = expression.split(|letter: char| !(letter.is_alphanumeric() || "_#:".contains(letter)));
        let names = words.filter(|word| !word.is_empty() && !word.starts_with(':') && !WORDS.contains(word));
        named.extend(names.map(|name| match name.starts_with('#') {
            true => text(&body["ExpressionAttributeNames"][name]).to_owned(),
            false => name.to_owned(),
        }));
    }
    named
}

/// What stands in expressions and is no attribute.
const WORDS: [&str; 8] = [
    "SET",
    "REMOVE",
    "AND",
    "OR",
    "NOT",
    "IN",
    "attribute_exists",
    "attribute_not_exists",
];

fn query(body: &Value) -> Needed {
    let mut call = on_table("Query", text(&body["TableName"]));
    if let Some(index) = body["IndexName"].as_str() {
        call.resource = format!("{}/index/{index}", call.resource);
    }
    // The partition stands first: `PK = :pk AND …`, with names of attributes that are set apart or not.
    let condition = text(&body["KeyConditionExpression"]);
    let value = condition.split_whitespace().find(|word| word.starts_with(':'));
    let value = &body["ExpressionAttributeValues"][value.expect("a query has a partition")]["S"];
    call.with(LEADING_KEYS, [text(value)])
}

fn transaction(body: &Value) -> Vec<Needed> {
    let items = body["TransactItems"].as_array().expect("a transaction has items");
    let parts: Vec<(Needed, String)> = items
        .iter()
        .flat_map(|item| item.as_object().expect("an item"))
        .map(|(kind, part)| {
            let key = if kind == "Put" { &part["Item"] } else { &part["Key"] };
            let call = on_table(part_action(kind), text(&part["TableName"]));
            (call.with(ENCLOSING, ["TransactWriteItems"]), partition(key))
        })
        .collect();
    let all: Vec<&String> = parts.iter().map(|(_, key)| key).collect();
    let both = |(call, own): &(Needed, String)| {
        let alone = call.clone().with(LEADING_KEYS, [own]);
        [alone, call.clone().with(LEADING_KEYS, all.iter().copied())]
    };
    parts.iter().flat_map(both).collect()
}

fn part_action(kind: &str) -> &'static str {
    match kind {
        "ConditionCheck" => "ConditionCheckItem",
        "Put" => "PutItem",
        "Update" => "UpdateItem",
        "Delete" => "DeleteItem",
        other => panic!("an unknown part of a transaction: {other}"),
    }
}

fn partition(key: &Value) -> String {
    text(&key["PK"]["S"]).to_owned()
}

/// A mail is sent from an identity, and under a configuration set if it names one: the role needs both.
fn mail(body: &Value) -> Vec<Needed> {
    assert!(body["Content"]["Raw"].is_object(), "mail of another form");
    let from = text(&body["FromEmailAddress"]);
    let (_, domain) = from.split_once('@').expect("a sender is an address");
    let mut resources = vec![format!("identity/{domain}")];
    let set = body["ConfigurationSetName"].as_str();
    resources.extend(set.map(|name| format!("configuration-set/{name}")));
    let on = |resource: String| {
        let arn = format!("arn:aws:ses:us-east-1:000000000000:{resource}");
        Needed::new("ses:SendRawEmail", arn).with(FROM, [from])
    };
    resources.into_iter().map(on).collect()
}

/// S3: who may write a file may write it in pieces.
fn files(request: &HttpRequest) -> Vec<Needed> {
    let (path, query) = request.uri().split_once('?').unwrap_or((request.uri(), ""));
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let (_, path) = path.split_once('/').expect("a bucket is named");
    let (bucket, file) = path.split_once('/').unwrap_or((path, ""));
    let on = |action: &str, file: &str| Needed::new(format!("s3:{action}"), format!("arn:aws:s3:::{bucket}/{file}"));
    match request.method() {
        "GET" => vec![on("GetObject", file)],
        "POST" if query.split('&').any(|word| word == "delete" || word == "delete=") => {
            let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default());
            let names = body.split("<Key>").skip(1).filter_map(|rest| rest.split_once("</Key>"));
            let asked: Vec<Needed> = names.map(|(name, _)| on("DeleteObject", name)).collect();
            assert!(!asked.is_empty(), "nothing is deleted: {body}");
            asked
        }
        "POST" | "PUT" => vec![on("PutObject", file)],
        other => panic!("what a role needs for {other} {path} is not known here"),
    }
}

/// What a link leads to that a function has signed: whoever follows it acts with that function's permissions.
#[must_use]
pub fn behind_link(link: &str) -> Needed {
    let (path, _) = link.split_once('?').expect("a link is signed");
    let (_, path) = path
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('/'))
        .expect("a link has a path");
    Needed::new("s3:GetObject", format!("arn:aws:s3:::{path}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// The names of the permissions that a call needs: `dynamodb:BatchGetItem`. A query of an index has the index behind
/// it (`dynamodb:Query by_user`), and a transaction needs one for each kind of part (`dynamodb:TransactWriteItems PutItem`).
///
/// # Panics
/// If the call is not of a kind that Muster makes.
pub fn needed(exchange: &Exchange) -> Vec<String> {
    let request = exchange.request();
    match exchange.operation.as_str() {
        TRANSACT => {
            let items = request["TransactItems"].as_array().expect("a transaction has items");
            let kinds = items.iter().flat_map(|item| item.as_object().expect("an item").keys());
            kinds.map(|kind| format!("{TRANSACT} {}", part_action(kind))).collect()
        }
        SEND_EMAIL => {
            assert!(request["Content"]["Raw"].is_object(), "mail of another form: {request}");
            vec!["ses:SendRawEmail".to_owned()]
        }
        operation => {
            let index = request["IndexName"].as_str().map(|name| format!(" {name}"));
            vec![format!("{operation}{}", index.unwrap_or_default())]
        }
    }
}
