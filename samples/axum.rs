//! A layer for axum that asks Muster before a handler runs.
//!
//! ```ignore
//! let muster = Muster::new("https://api.example.com/v1/organizations/org_…", "mk_…");
//! let write = muster.check("content:write", "program");
//! Router::new().route("/programs/{id}", put(update).route_layer(from_fn_with_state(write, authorize)))
//! ```

use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// The user in front of the product, as its own sign-in knows them: the `sub` of their token.
#[derive(Debug, Clone)]
pub struct SignedIn(pub String);

/// The decision point of one organization.
#[derive(Debug, Clone)]
pub struct Muster {
    http: reqwest::Client,
    url: Arc<str>,
    key: Arc<str>,
}

/// A question that is asked for each request: may the user do this to the resource in the path?
#[derive(Debug, Clone)]
pub struct Check {
    muster: Muster,
    action: &'static str,
    resource_type: &'static str,
}

impl Muster {
    /// The decision point at this address, asked with this API key. The key's owner needs `members:read` on the organization.
    pub fn new(organization: &str, key: &str) -> Self {
        Self {
            http: reqwest::Client::new(),
            url: format!("{organization}/access/v1/evaluation").into(),
            key: key.into(),
        }
    }

    /// The question whether the user may do `action` to the resource of this type.
    pub fn check(&self, action: &'static str, resource_type: &'static str) -> Check {
        Check {
            muster: self.clone(),
            action,
            resource_type,
        }
    }

    async fn decides(&self, question: &Value) -> Result<bool, reqwest::Error> {
        let request = self.http.post(&*self.url).bearer_auth(&self.key).json(question);
        let answer = request
            .timeout(Duration::from_secs(2))
            .send()
            .await?
            .error_for_status()?;
        let answer: Value = answer.json().await?;
        Ok(answer["decision"] == true)
    }
}

/// Runs the handler if Muster permits it. Without an answer it does not run.
pub async fn authorize(
    State(check): State<Check>,
    Extension(SignedIn(subject)): Extension<SignedIn>,
    Path(id): Path<String>,
    request: Request,
    next: Next,
) -> Result<Response, StatusCode> {
    // The prefix keeps a `sub` that looks like something else from naming another user.
    let question = json!({
        "subject": { "type": "user", "id": format!("sub:{subject}") },
        "action": { "name": check.action },
        "resource": { "type": check.resource_type, "id": id },
    });
    match check.muster.decides(&question).await {
        Ok(true) => Ok(next.run(request).await),
        Ok(false) => Err(StatusCode::FORBIDDEN),
        Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}
