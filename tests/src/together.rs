//! Requests that set off at the same moment, each from a task of its own.

use crate::harness::{Answer, Harness};
use crate::personas::Persona;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::Barrier;

/// One request, not yet sent.
pub struct Shot(RequestBuilder);

impl Shot {
    /// A request without a body.
    pub fn new(h: &Harness, who: &Persona, method: Method, path: &str) -> Self {
        let url = format!("{}{path}", h.backend.base_url());
        Self(h.http().request(method, url).bearer_auth(who.token(h)))
    }

    /// POST without a body.
    pub fn post(h: &Harness, who: &Persona, path: &str) -> Self {
        Self::new(h, who, Method::POST, path)
    }

    /// DELETE.
    pub fn delete(h: &Harness, who: &Persona, path: &str) -> Self {
        Self::new(h, who, Method::DELETE, path)
    }

    /// PATCH.
    pub fn patch(h: &Harness, who: &Persona, path: &str, body: &Value) -> Self {
        Self::new(h, who, Method::PATCH, path).body(body)
    }

    /// This request with a JSON body.
    #[must_use]
    pub fn body(self, body: &Value) -> Self {
        self.header("content-type", "application/json").raw(body.to_string())
    }

    fn raw(self, body: String) -> Self {
        Self(self.0.body(body))
    }

    /// This request with a header field.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }
}

/// Sends all of them at once; the answers stand in the order of the requests.
pub async fn together(h: &Arc<Harness>, shots: Vec<Shot>) -> Vec<Answer> {
    let start = Arc::new(Barrier::new(shots.len().max(1)));
    let tasks = shots.into_iter().map(|Shot(request)| {
        let (h, start) = (h.clone(), start.clone());
        tokio::spawn(async move {
            start.wait().await;
            h.answered(request).await
        })
    });
    let answers = futures::future::join_all(tasks).await;
    answers.into_iter().map(|a| a.expect("the request was sent")).collect()
}
