//! Sees every AWS call on its way out.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Notes what passes through its client, by the name that IAM has for it: `dynamodb:BatchGetItem`. A query of an index has
/// the index behind it (`dynamodb:Query by_user`), and a transaction is a note for each kind of part
/// (`dynamodb:TransactWriteItems PutItem`).
#[derive(Debug, Clone, Default)]
pub struct Watch {
    seen: Arc<Mutex<BTreeSet<String>>>,
}

impl Watch {
    /// The client to hand to a backend.
    pub fn client(&self) -> SharedHttpClient {
        SharedHttpClient::new(Watched {
            inner: aws_smithy_http_client::Builder::new().build_http(),
            watch: self.clone(),
        })
    }

    /// What was seen since this was asked last.
    pub fn take(&self) -> BTreeSet<String> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, request: &HttpRequest) {
        let calls = named(request);
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).extend(calls);
    }
}

fn named(request: &HttpRequest) -> Vec<String> {
    let body: Value = request
        .body()
        .bytes()
        .and_then(|body| serde_json::from_slice(body).ok())
        .unwrap_or_default();
    let Some(target) = request.headers().get("x-amz-target") else {
        let raw = request.uri().ends_with("/v2/email/outbound-emails") && body["Content"]["Raw"].is_object();
        assert!(raw, "an unknown call to {}", request.uri());
        return vec!["ses:SendRawEmail".into()];
    };
    match target.split_once('.') {
        Some(("DynamoDB_20120810", "TransactWriteItems")) => parts(&body),
        Some(("DynamoDB_20120810", operation)) => {
            let index = body["IndexName"].as_str().map(|name| format!(" {name}"));
            vec![format!("dynamodb:{operation}{}", index.unwrap_or_default())]
        }
        Some((service, operation)) => vec![format!("{service}:{operation}")],
        None => panic!("an unknown call: {target}"),
    }
}

fn parts(body: &Value) -> Vec<String> {
    let items = body["TransactItems"].as_array().expect("a transaction has items");
    let kinds = items.iter().flat_map(|item| item.as_object().expect("an item").keys());
    kinds
        .map(|kind| {
            let action = match kind.as_str() {
                "ConditionCheck" => "ConditionCheckItem",
                "Put" => "PutItem",
                "Update" => "UpdateItem",
                "Delete" => "DeleteItem",
                other => panic!("an unknown part of a transaction: {other}"),
            };
            format!("dynamodb:TransactWriteItems {action}")
        })
        .collect()
}

#[derive(Debug)]
struct Watched {
    inner: SharedHttpClient,
    watch: Watch,
}

impl HttpClient for Watched {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(WatchedConnector {
            inner: self.inner.http_connector(settings, components),
            watch: self.watch.clone(),
        })
    }
}

#[derive(Debug)]
struct WatchedConnector {
    inner: SharedHttpConnector,
    watch: Watch,
}

impl HttpConnector for WatchedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.watch.note(&request);
        self.inner.call(request)
    }
}
