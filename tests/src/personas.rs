//! People, by name: each has an account with the identity provider, and calls the API as themselves.

use muster_domain::UserId;
use muster_local::TokenRequest;

/// A person with an account.
#[derive(Debug, Clone)]
pub struct Persona {
    request: TokenRequest,
    issuer: String,
    key: Option<String>,
}

impl Persona {
    pub(crate) fn new(issuer: &str, name: &str) -> Self {
        Self::of(issuer, name, Some(format!("{name}@acme.example")), Some(true), None)
    }

    pub(crate) fn platform(issuer: &str) -> Self {
        Self::of(issuer, "operator", None, None, Some("muster:platform".into()))
    }

    fn of(issuer: &str, sub: &str, email: Option<String>, email_verified: Option<bool>, scope: Option<String>) -> Self {
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
            issuer: issuer.to_owned(),
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

    /// The API key that they call with, if any.
    pub(crate) fn key(&self) -> Option<&String> {
        self.key.as_ref()
    }

    /// What a token is issued for.
    pub(crate) const fn request(&self) -> &TokenRequest {
        &self.request
    }
}
