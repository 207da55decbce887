//! Before the table: calls are let through, in part or not at all, and what they cost is taken.

use super::Partitions;
use super::costs::{Part, key, queried, read, single};
use super::limits::{Billing, Cost, Kind};
use crate::exchange::{ERASE, QUERY, READ, TRANSACT, UPDATE, operation};
use crate::faults::{answer, refusal, whole};
use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use dynoxide::types::Item;
use muster_store::keys::{PK, SK};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio::time::Instant;

/// What DynamoDB says of a partition that takes no more.
const EXCEEDED: &str = "Throughput exceeds the current capacity of your table or index.";

impl Partitions {
    /// What functions' calls go through on their way to `real`. The model itself looks at items by way of `beside`.
    #[must_use]
    pub fn client_over(&self, real: SharedHttpClient, beside: SharedHttpClient) -> SharedHttpClient {
        let partitions = self.clone();
        http_client_fn(move |settings, components| {
            SharedHttpConnector::new(Front {
                partitions: partitions.clone(),
                real: real.http_connector(settings, components),
                beside: beside.http_connector(settings, components),
            })
        })
    }

    /// The error of one call.
    fn refusal(&self) -> HttpResponse {
        let kind = match self.limits().billing {
            Billing::OnDemand => "ThrottlingException",
            Billing::Provisioned => "ProvisionedThroughputExceededException",
        };
        refusal(400, kind, json!({ "message": EXCEEDED }))
    }

    /// The error of a transaction, for those of its actions that find too little.
    fn cancellation(&self, why: &[bool]) -> HttpResponse {
        let code = match self.limits().billing {
            Billing::OnDemand => "ThrottlingError",
            Billing::Provisioned => "ProvisionedThroughputExceeded",
        };
        let reason = |is_why: &bool| match is_why {
            true => json!({ "Code": code, "Message": EXCEEDED }),
            false => json!({ "Code": "None" }),
        };
        let reasons: Vec<Value> = why.iter().map(reason).collect();
        refusal(
            400,
            "TransactionCanceledException",
            json!({ "CancellationReasons": reasons }),
        )
    }
}

#[derive(Debug, Clone)]
struct Front {
    partitions: Partitions,
    real: SharedHttpConnector,
    beside: SharedHttpConnector,
}

impl HttpConnector for Front {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let front = self.clone();
        HttpConnectorFuture::new(async move {
            let name = operation(&request);
            let asked = request.body().bytes().unwrap_or_default();
            let asked: Value = serde_json::from_slice(asked).unwrap_or_default();
            match name.as_str() {
                TRANSACT => front.transact(request, &asked).await,
                ERASE => front.write_batch(request, &asked).await,
                READ => front.read_batch(request, &asked).await,
                QUERY => front.query(request, &asked).await,
                UPDATE | "dynamodb:PutItem" | "dynamodb:DeleteItem" => front.write(request, &name, &asked).await,
                "dynamodb:GetItem" | "dynamodb:TransactGetItems" | "dynamodb:Scan" => {
                    panic!("{name} is not modeled: no function makes it")
                }
                _ => front.real.call(request).await,
            }
        })
    }
}

/// The one table of a batch and what is asked of it.
fn of_table(asked: &Value) -> (String, Value) {
    let tables = asked["RequestItems"].as_object().expect("a batch");
    let (table, wanted) = tables.iter().next().expect("a table");
    assert_eq!(tables.len(), 1, "there is one table");
    (table.clone(), wanted.clone())
}

fn parsed(reply: &HttpResponse) -> Value {
    serde_json::from_slice(reply.body().bytes().unwrap_or_default()).unwrap_or_default()
}

/// The same request with another body.
fn with_body(mut request: HttpRequest, body: &Value) -> HttpRequest {
    let body = body.to_string();
    request.headers_mut().insert("content-length", body.len().to_string());
    *request.body_mut() = SdkBody::from(body);
    request
}

impl Front {
    async fn passed(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        whole(self.real.call(request).await?).await
    }

    /// The items at these keys, as they are.
    async fn items(
        &self,
        like: &HttpRequest,
        table: &str,
        keys: impl Iterator<Item = &(String, String)>,
    ) -> Result<BTreeMap<(String, String), Item>, ConnectorError> {
        let keys: Vec<Value> = keys
            .map(|(pk, sk)| json!({ PK: { "S": pk }, SK: { "S": sk } }))
            .collect();
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_uri(like.uri()).expect("the address of the table");
        request.set_method("POST").expect("a method");
        for (name, value) in like.headers() {
            request.headers_mut().insert(name.to_owned(), value.to_owned());
        }
        request
            .headers_mut()
            .insert("x-amz-target", "DynamoDB_20120810.BatchGetItem");
        let body = json!({ "RequestItems": { table: { "Keys": keys, "ConsistentRead": true } } });
        let reply = whole(self.beside.call(with_body(request, &body)).await?).await?;
        let reply = parsed(&reply);
        let found = reply["Responses"][table].as_array().expect("items").iter();
        let found = found.map(|item| serde_json::from_value::<Item>(item.clone()).expect("an item"));
        Ok(found.map(|item| (key(&item), item)).collect())
    }

    async fn costs(
        &self,
        like: &HttpRequest,
        table: &str,
        parts: &[Part],
        factor: f64,
    ) -> Result<Vec<Vec<Cost>>, ConnectorError> {
        let before = self.items(like, table, parts.iter().map(|part| &part.key)).await?;
        let costs = parts.iter().map(|part| part.costs(before.get(&part.key), factor));
        Ok(costs.collect())
    }

    async fn transact(&self, request: HttpRequest, asked: &Value) -> Result<HttpResponse, ConnectorError> {
        let actions = asked["TransactItems"].as_array().expect("a transaction");
        let table = actions.iter().find_map(|action| {
            let (_, action) = action.as_object()?.iter().next()?;
            action["TableName"].as_str()
        });
        let parts: Vec<Part> = actions.iter().map(Part::read).collect();
        let costs = self.costs(&request, table.expect("a table"), &parts, 2.0).await?;
        match self.partitions.take(Instant::now(), &costs) {
            Ok(()) => self.passed(request).await,
            Err(why) => {
                self.partitions.refused(TRANSACT);
                Ok(self.partitions.cancellation(&why))
            }
        }
    }

    async fn write(&self, request: HttpRequest, name: &str, asked: &Value) -> Result<HttpResponse, ConnectorError> {
        let table = asked["TableName"].as_str().expect("a table");
        let part = Part::read(&single(name, asked).expect("a write of one item"));
        let costs = self.costs(&request, table, &[part], 1.0).await?;
        match self.partitions.take(Instant::now(), &costs) {
            Ok(()) => self.passed(request).await,
            Err(_) => {
                self.partitions.refused(name);
                Ok(self.partitions.refusal())
            }
        }
    }

    async fn write_batch(&self, request: HttpRequest, asked: &Value) -> Result<HttpResponse, ConnectorError> {
        let (table, wanted) = of_table(asked);
        let wanted = wanted.as_array().expect("requests");
        let parts: Vec<Part> = wanted.iter().map(Part::read).collect();
        let costs = self.costs(&request, &table, &parts, 1.0).await?;
        let now = Instant::now();
        let (mut let_in, mut left) = (Vec::new(), Vec::new());
        for (one, costs) in wanted.iter().zip(costs) {
            match self.partitions.take(now, &[costs]) {
                Ok(()) => let_in.push(one.clone()),
                Err(_) => left.push(one.clone()),
            }
        }
        if !left.is_empty() {
            self.partitions.refused(ERASE);
        }
        if let_in.is_empty() {
            return Ok(self.partitions.refusal());
        }
        let mut body = asked.clone();
        body["RequestItems"][&table] = json!(let_in);
        let reply = self.passed(with_body(request, &body)).await?;
        Ok(with_left(
            reply,
            "UnprocessedItems",
            (!left.is_empty()).then(|| json!({ table: left })),
        ))
    }

    async fn read_batch(&self, request: HttpRequest, asked: &Value) -> Result<HttpResponse, ConnectorError> {
        let (table, wanted) = of_table(asked);
        assert!(
            wanted["ProjectionExpression"].is_null(),
            "a part of items is not modeled"
        );
        let consistent = wanted["ConsistentRead"].as_bool().unwrap_or_default();
        let now = Instant::now();
        let (mut let_in, mut left) = (Vec::new(), Vec::new());
        let mut keys = Vec::new();
        for one in wanted["Keys"].as_array().expect("keys") {
            let at = key(&serde_json::from_value(one.clone()).expect("a key"));
            let cost = read(&at, None, consistent);
            if self.partitions.is_open(now, &cost.place, &cost.sort) {
                let_in.push(one.clone());
                keys.push(at);
            } else {
                left.push(one.clone());
            }
        }
        if !left.is_empty() {
            self.partitions.refused(READ);
        }
        if let_in.is_empty() {
            return Ok(self.partitions.refusal());
        }
        let mut body = asked.clone();
        body["RequestItems"][&table]["Keys"] = json!(let_in);
        let reply = self.passed(with_body(request, &body)).await?;
        let found = parsed(&reply);
        let found = found["Responses"][&table].as_array().into_iter().flatten();
        let found = found.map(|item| serde_json::from_value::<Item>(item.clone()).expect("an item"));
        let found: BTreeMap<_, _> = found.map(|item| (key(&item), item)).collect();
        let costs: Vec<Cost> = keys.iter().map(|key| read(key, found.get(key), consistent)).collect();
        self.partitions.charge(now, &costs);
        let mut undone = wanted.clone();
        undone["Keys"] = json!(left);
        Ok(with_left(
            reply,
            "UnprocessedKeys",
            (!left.is_empty()).then(|| json!({ table: undone })),
        ))
    }

    /// What a query read is all in one partition, so what the table itself tells of it is taken there.
    async fn query(&self, request: HttpRequest, asked: &Value) -> Result<HttpResponse, ConnectorError> {
        let (place, sort) = queried(asked);
        let now = Instant::now();
        if !self.partitions.is_open(now, &place, &sort) {
            self.partitions.refused(QUERY);
            return Ok(self.partitions.refusal());
        }
        let mut body = asked.clone();
        body["ReturnConsumedCapacity"] = json!("TOTAL");
        let reply = self.passed(with_body(request, &body)).await?;
        let units = parsed(&reply)["ConsumedCapacity"]["CapacityUnits"].as_f64();
        let kind = Kind::Read;
        let units = units.unwrap_or_default();
        self.partitions.charge(
            now,
            &[Cost {
                place,
                sort,
                kind,
                units,
            }],
        );
        Ok(reply)
    }
}

/// A reply that says as well what was left undone.
fn with_left(reply: HttpResponse, name: &str, left: Option<Value>) -> HttpResponse {
    let Some(left) = left else { return reply };
    let mut body = parsed(&reply);
    body[name] = left;
    answer(reply.status().as_u16(), &body)
}
