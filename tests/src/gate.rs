//! Holds one write back until others are through, as a slow process would.

use crate::calls;
use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{Notify, watch};

/// A gate before the table; clones are the same gate.
#[derive(Debug, Clone, Default)]
pub struct Gate {
    shut: Arc<AtomicBool>,
    waiting: Arc<Notify>,
    /// The body of the transaction that is held.
    held: Arc<watch::Sender<Option<Vec<u8>>>>,
}

impl Gate {
    /// What the handlers' AWS calls go through.
    #[must_use]
    pub fn client(&self) -> SharedHttpClient {
        let real = calls::client();
        let gate = self.clone();
        http_client_fn(move |settings, components| {
            SharedHttpConnector::new(Connector {
                real: real.http_connector(settings, components),
                gate: gate.clone(),
            })
        })
    }

    /// Holds back the next transaction; all after it pass.
    pub fn shut(&self) {
        self.shut.store(true, Ordering::SeqCst);
    }

    /// Waits until a transaction is held.
    pub async fn held(&self) {
        self.waiting.notified().await;
    }

    /// Lets the held transaction go.
    pub fn open(&self) {
        self.held.send_replace(None);
    }

    /// Waits for as long as the request is held. Where the SDK loses its patience and sends it again, it is held again.
    async fn pass(&self, request: &HttpRequest) {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        if !target.ends_with(".TransactWriteItems") {
            return;
        }
        let body = request.body().bytes().unwrap_or_default();
        // Counting people goes on in the background, and is not what is waited for.
        let counts = String::from_utf8_lossy(body).contains("COUNTED#");
        if !counts && self.shut.swap(false, Ordering::SeqCst) {
            self.held.send_replace(Some(body.to_vec()));
            self.waiting.notify_one();
        }
        let mut held = self.held.subscribe();
        let _ = held.wait_for(|held| held.as_deref() != Some(body)).await;
    }
}

#[derive(Debug)]
struct Connector {
    real: SharedHttpConnector,
    gate: Gate,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (real, gate) = (self.real.clone(), self.gate.clone());
        HttpConnectorFuture::new(async move {
            gate.pass(&request).await;
            real.call(request).await
        })
    }
}
