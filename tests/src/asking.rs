//! People who ask the API.

use crate::harness::{Answer, Harness};
use crate::personas::Persona;
use reqwest::Method;
use serde_json::Value;

impl Persona {
    /// A fresh token, or their API key.
    pub fn token(&self, h: &Harness) -> String {
        if let Some(key) = self.key() {
            return key.clone();
        }
        h.backend.issue_token(self.request()).expect("a token is issued")
    }

    /// GET.
    pub async fn get(&self, h: &Harness, path: &str) -> Answer {
        h.send(Some(self), Method::GET, path, None, &[]).await
    }

    /// POST; a null body is none.
    pub async fn post(&self, h: &Harness, path: &str, body: &Value) -> Answer {
        h.send(Some(self), Method::POST, path, Some(body).filter(|b| !b.is_null()), &[])
            .await
    }

    /// PUT.
    pub async fn put(&self, h: &Harness, path: &str, body: &Value) -> Answer {
        h.send(Some(self), Method::PUT, path, Some(body), &[]).await
    }

    /// PATCH.
    pub async fn patch(&self, h: &Harness, path: &str, body: &Value) -> Answer {
        h.send(Some(self), Method::PATCH, path, Some(body), &[]).await
    }

    /// DELETE.
    pub async fn delete(&self, h: &Harness, path: &str) -> Answer {
        h.send(Some(self), Method::DELETE, path, None, &[]).await
    }
}
