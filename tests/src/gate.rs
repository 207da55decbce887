//! Holds one write back until others are through, as a slow process would.

use crate::calls;
use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// A gate before the table; clones are the same gate.
#[derive(Debug, Clone, Default)]
pub struct Gate {
    shut: Arc<AtomicBool>,
    waiting: Arc<Notify>,
    open: Arc<Notify>,
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
        self.open.notify_one();
    }

    fn holds(&self, request: &HttpRequest) -> bool {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        // Counting people goes on in the background, and is not what is waited for.
        let counts = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).contains("COUNTED#");
        target.ends_with(".TransactWriteItems") && !counts && self.shut.swap(false, Ordering::SeqCst)
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
            if gate.holds(&request) {
                gate.waiting.notify_one();
                gate.open.notified().await;
            }
            real.call(request).await
        })
    }
}
