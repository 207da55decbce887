//! What DynamoDB charges, told with each of its answers: asked for on the way there, since the product has no use for it.

use crate::exchange::Exchange;
use aws_smithy_http_client::Builder;
use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// An HTTP client whose requests to DynamoDB ask what they cost.
#[must_use]
pub fn client() -> SharedHttpClient {
    let real = Builder::new().build_http();
    http_client_fn(move |settings, components| {
        SharedHttpConnector::new(Meter(real.http_connector(settings, components)))
    })
}

#[derive(Debug)]
struct Meter(SharedHttpConnector);

impl HttpConnector for Meter {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        if target.starts_with("DynamoDB_") {
            let body = request.body().bytes().unwrap_or_default();
            let mut asked: Value = serde_json::from_slice(body).expect("a request to DynamoDB is JSON");
            asked["ReturnConsumedCapacity"] = json!("INDEXES");
            let asked = asked.to_string();
            request.headers_mut().insert("content-length", asked.len().to_string());
            *request.body_mut() = SdkBody::from(asked);
        }
        self.0.call(request)
    }
}

/// What exchanges with DynamoDB took.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Charge {
    /// Items that were read.
    pub items: usize,
    /// Read request units.
    pub reads: f64,
    /// Write request units, by where: the table, or an index of it.
    pub writes: BTreeMap<String, f64>,
}

impl Charge {
    /// Of these exchanges together.
    #[must_use]
    pub fn of(exchanges: &[Exchange]) -> Self {
        let mut charge = Self::default();
        for exchange in exchanges {
            charge.add(&exchange.operation, &exchange.reply());
        }
        charge
    }

    fn add(&mut self, operation: &str, reply: &Value) {
        let capacity = &reply["ConsumedCapacity"];
        let capacity = capacity.as_array().cloned().unwrap_or_else(|| vec![capacity.clone()]);
        match operation {
            "dynamodb:Query" | "dynamodb:BatchGetItem" | "dynamodb:GetItem" => {
                self.reads += capacity.iter().map(|c| units(&c["CapacityUnits"])).sum::<f64>();
                self.items += reply["ScannedCount"].as_u64().unwrap_or_default() as usize;
                let batches = reply["Responses"].as_object().into_iter().flatten();
                self.items += batches
                    .map(|(_, rows)| rows.as_array().map_or(0, Vec::len))
                    .sum::<usize>();
                self.items += usize::from(reply["Item"].is_object());
            }
            _ => {
                for one in &capacity {
                    *self.writes.entry("table".to_owned()).or_default() += units(&one["Table"]["CapacityUnits"]);
                    for (index, units_of) in one["GlobalSecondaryIndexes"].as_object().into_iter().flatten() {
                        *self.writes.entry(index.clone()).or_default() += units(&units_of["CapacityUnits"]);
                    }
                }
            }
        }
    }

    /// Write request units in all.
    #[must_use]
    pub fn written(&self) -> f64 {
        // From plain zero on: the sum of nothing is a negative one.
        self.writes.values().fold(0.0, |sum, units| sum + units)
    }
}

fn units(value: &Value) -> f64 {
    value.as_f64().unwrap_or_default()
}
