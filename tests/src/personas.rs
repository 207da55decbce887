//! People, by name: each has an account with the identity provider, and calls the API as themselves.

use crate::harness::{Answer, Harness};
use muster_domain::UserId;
use muster_local::TokenRequest;
use reqwest::Method;
use serde_json::Value;

/// A person with an account.
#[derive(Debug, Clone)]
pub struct Persona {
    request: TokenRequest,
    issuer: String,
    key: Option<String>,
}

impl Persona {
    pub(crate) fn new(h: &Harness, name: &str) -> Self {
        Self::of(h, name, Some(format!("{name}@acme.example")), Some(true), None)
    }

    pub(crate) fn platform(h: &Harness) -> Self {
        Self::of(h, "operator", None, None, Some("muster:platform".into()))
    }

    fn of(h: &Harness, sub: &str, email: Option<String>, email_verified: Option<bool>, scope: Option<String>) -> Self {
        let name = Some(sub.to_owned());
        let request = TokenRequest {
            sub: sub.to_owned(),
            email,
            email_verified,
            name,
            scope,
        };
        Self {
            request,
            issuer: h.backend.identity().issuer().to_owned(),
            key: None,
        }
    }

    /// This person, calling with an API key of theirs.
    #[must_use]
    pub fn through(&self, secret: &str) -> Self {
        Self {
            key: Some(secret.to_owned()),
            ..self.clone()
        }
    }

    /// This person with another address.
    #[must_use]
    pub fn with_email(mut self, email: &str, verified: bool) -> Self {
        self.request.email = Some(email.to_owned());
        self.request.email_verified = Some(verified);
        self
    }

    /// This person, signed in.
    #[must_use]
    pub fn in_person(&self) -> Self {
        Self {
            key: None,
            ..self.clone()
        }
    }

    /// The name of the account.
    pub fn name(&self) -> &str {
        &self.request.sub
    }

    /// The address of the account.
    pub fn email(&self) -> &str {
        self.request.email.as_deref().unwrap_or_default()
    }

    /// The user's id.
    pub fn id(&self) -> String {
        UserId::of(&self.issuer, &self.request.sub).to_string()
    }

    /// A fresh token, or their API key.
    pub fn token(&self, h: &Harness) -> String {
        if let Some(key) = &self.key {
            return key.clone();
        }
        h.backend.issue_token(&self.request).expect("a token is issued")
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
