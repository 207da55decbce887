//! A function's reply, as it goes out.

use axum::body::Body;
use axum::response::Response;

/// The same reply for the server here.
pub(crate) fn from_lambda(reply: lambda_http::Response<lambda_http::Body>) -> Response {
    reply.map(|body| match body {
        lambda_http::Body::Text(text) => text.into(),
        lambda_http::Body::Binary(bytes) => bytes.into(),
        _ => Body::empty(),
    })
}
