//! The smallest function that can be compared with Muster's: it makes the calls to DynamoDB that its request lists, and counts
//! the items that came back. It checks no token, decides nothing and logs nothing.

use aws_config::BehaviorVersion;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, Put, TransactWriteItem};
use lambda_http::{Body, Error, Request, Response};
use serde_json::{Value, json};
use std::collections::HashMap;

type Item = HashMap<String, AttributeValue>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let sdk = aws_config::defaults(BehaviorVersion::latest())
        .credentials_provider(EnvironmentVariableCredentialsProvider::new())
        .load()
        .await;
    let (client, table) = (Client::new(&sdk), std::env::var("MUSTER_TABLE")?);
    let (client, table) = (&client, table.as_str());
    lambda_http::run(lambda_http::service_fn(move |request: Request| async move {
        let steps: Vec<Vec<Value>> = serde_json::from_slice(request.body())?;
        let mut items = 0;
        for side_by_side in &steps {
            let calls = side_by_side.iter().map(|call| made(client, table, call));
            items += futures::future::try_join_all(calls).await?.into_iter().sum::<usize>();
        }
        let answer = Response::builder().header("content-type", "application/json");
        Ok::<_, Error>(answer.body(Body::from(json!({ "items": items }).to_string()))?)
    }))
    .await
}

/// Makes one call; gives how many items it brought.
async fn made(client: &Client, table: &str, call: &Value) -> Result<usize, Error> {
    if let Some(keys) = call["get"].as_array() {
        let keys = keys.iter().map(|key| key_of(text(&key[0]), text(&key[1]))).collect();
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true);
        let call = client.batch_get_item().request_items(table, keys.build()?);
        let found = call.send().await?.responses.unwrap_or_default();
        return Ok(found.values().map(Vec::len).sum());
    }
    if call["query"].is_object() {
        return queried(client, table, &call["query"]).await;
    }
    if let Some(weight) = call["put"].as_u64() {
        let put = client.put_item().table_name(table).set_item(Some(item(0, weight)));
        put.send().await?;
        return Ok(0);
    }
    let weights = call["write"].as_array().into_iter().flatten();
    let mut parts = Vec::new();
    for (number, weight) in weights.enumerate() {
        let item = item(number, weight.as_u64().unwrap_or_default());
        let put = Put::builder().table_name(table).set_item(Some(item)).build()?;
        parts.push(TransactWriteItem::builder().put(put).build());
    }
    client
        .transact_write_items()
        .set_transact_items(Some(parts))
        .send()
        .await?;
    Ok(0)
}

async fn queried(client: &Client, table: &str, query: &Value) -> Result<usize, Error> {
    let mut call = client
        .query()
        .table_name(table)
        .set_index_name(query["index"].as_str().map(Into::into))
        .set_consistent_read(query["consistent"].as_bool())
        .set_scan_index_forward(query["forward"].as_bool())
        .set_limit(query["limit"].as_i64().and_then(|limit| limit.try_into().ok()))
        .key_condition_expression(text(&query["condition"]));
    for (name, value) in query["names"].as_object().into_iter().flatten() {
        call = call.expression_attribute_names(name, text(value));
    }
    for (name, value) in query["values"].as_object().into_iter().flatten() {
        call = call.expression_attribute_values(name, AttributeValue::S(text(&value["S"])));
    }
    Ok(call.send().await?.items.unwrap_or_default().len())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn key_of(pk: String, sk: String) -> Item {
    [("PK", pk), ("SK", sk)]
        .map(|(name, value)| (name.to_owned(), AttributeValue::S(value)))
        .into()
}

/// An item of about as many bytes.
fn item(number: usize, weight: u64) -> Item {
    let mut item = key_of("MINIMAL".to_owned(), format!("MINIMAL#{number}"));
    let filling = "x".repeat(usize::try_from(weight).unwrap_or_default());
    item.insert("filling".to_owned(), AttributeValue::S(filling));
    item
}
