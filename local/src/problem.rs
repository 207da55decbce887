//! Refusals of this process itself, in the form that the API's own have.

use crate::reply;
use axum::response::{IntoResponse, Response};

/// Why a request is not served.
#[derive(Debug)]
pub(crate) struct Problem(Box<muster_edge::Problem>);

impl Problem {
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(400, "bad-request", "The request cannot be read", detail)
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(404, "not-found", "Not found", detail)
    }

    pub(crate) fn method_not_allowed(allowed: &str) -> Self {
        let detail = format!("this route supports {allowed} only");
        let Self(problem) = Self::new(405, "method-not-allowed", "Method not allowed", detail);
        Self(Box::new(problem.header("allow", allowed)))
    }

    pub(crate) fn body_too_large(detail: impl Into<String>) -> Self {
        Self::new(413, "body-too-large", "The body is too large", detail)
    }

    pub(crate) fn internal(detail: impl Into<String>) -> Self {
        Self::new(500, "internal", "Something went wrong here", detail)
    }

    fn new(status: u16, name: &str, title: &str, detail: impl Into<String>) -> Self {
        Self(Box::new(muster_edge::Problem::new(status, name, title).detail(detail)))
    }

    #[cfg(test)]
    pub(crate) fn status(&self) -> u16 {
        self.0.status
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        reply::from_lambda(self.0.into_response())
    }
}
