//! Refusals of this process itself, in the same form as the API's.

use crate::reply;
use axum::response::{IntoResponse, Response};
use muster_edge::problem::TYPE_BASE;

/// The reason why a request is refused.
#[derive(Debug)]
pub(crate) struct Problem(Box<muster_edge::Problem>);

impl Problem {
    /// A 400 from the gateway or a development route, not from a function.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        let problem = muster_edge::Problem {
            kind: format!("{TYPE_BASE}bad-request"),
            title: "The request cannot be read".to_owned(),
            status: 400,
            ..muster_edge::Problem::invalid([])
        };
        Self(Box::new(problem.detail(detail)))
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::with(muster_edge::Problem::not_found("resource"), detail)
    }

    pub(crate) fn method_not_allowed(allowed: &str) -> Self {
        let problem = muster_edge::Problem::method_not_allowed(allowed.to_owned());
        Self::with(problem, format!("this route supports {allowed} only"))
    }

    pub(crate) fn body_too_large(detail: impl Into<String>) -> Self {
        Self::with(muster_edge::Problem::body_too_large(0), detail)
    }

    pub(crate) fn internal(detail: impl Into<String>) -> Self {
        Self::with(muster_edge::Problem::internal(), detail)
    }

    /// This problem, with another detail.
    fn with(problem: muster_edge::Problem, detail: impl Into<String>) -> Self {
        Self(Box::new(problem.detail(detail)))
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
