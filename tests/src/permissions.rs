//! What a role must allow for an AWS call to be made.

use crate::faults::{Exchange, SEND_EMAIL, TRANSACT};
use serde_json::Value;

/// The permissions that a call needs, as IAM names them: `dynamodb:BatchGetItem`. A query of an index has the index behind
/// it (`dynamodb:Query by_user`), and a transaction needs one for each kind of part (`dynamodb:TransactWriteItems PutItem`).
///
/// # Panics
/// If the call is not of a kind that Muster makes.
pub fn needed(exchange: &Exchange) -> Vec<String> {
    let request = exchange.request();
    match exchange.operation.as_str() {
        TRANSACT => parts(&request),
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

fn parts(request: &Value) -> Vec<String> {
    let items = request["TransactItems"].as_array().expect("a transaction has items");
    let kinds = items.iter().flat_map(|item| item.as_object().expect("an item").keys());
    let part = |kind: &String| match kind.as_str() {
        "ConditionCheck" => format!("{TRANSACT} ConditionCheckItem"),
        "Put" => format!("{TRANSACT} PutItem"),
        "Update" => format!("{TRANSACT} UpdateItem"),
        "Delete" => format!("{TRANSACT} DeleteItem"),
        other => panic!("an unknown part of a transaction: {other}"),
    };
    kinds.map(part).collect()
}
