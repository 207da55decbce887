//! The AWS calls of functions as they are watched: their operations, and what was sent and came back.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde_json::Value;

/// The operation that hands a mail to SES.
pub const SEND_EMAIL: &str = "ses:SendEmail";
/// The operation that writes a change.
pub const TRANSACT: &str = "dynamodb:TransactWriteItems";
/// The operation that reads by key.
pub const READ: &str = "dynamodb:BatchGetItem";
/// The operation that reads a list.
pub const QUERY: &str = "dynamodb:Query";
/// The operation that deletes what is left of an organization.
pub const ERASE: &str = "dynamodb:BatchWriteItem";
/// The operation that notes something on one item.
pub const UPDATE: &str = "dynamodb:UpdateItem";

/// Whatever reads a file.
pub const GET_FILE: &str = "s3:GetObject";
/// Whatever writes a file, or a piece of one.
pub const PUT_FILE: &str = "s3:PutObject";
/// Whatever deletes files.
pub const DELETE_FILE: &str = "s3:DeleteObject";

/// One attempt of a call, as it was watched.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Service and operation: `dynamodb:BatchGetItem`.
    pub operation: String,
    /// Which call it was an attempt of, counted from 0 in the order the calls began.
    pub call: usize,
    /// Which attempt of it, from 1.
    pub attempt: usize,
    /// How many exchanges had to end one after the other before this one ended: see [`crate::faults::Faults::round_trips`].
    pub depth: usize,
    /// Names of the header fields that were sent.
    pub fields: Vec<String>,
    pub(crate) request: Vec<u8>,
    pub(crate) reply: Vec<u8>,
    pub(crate) invocation: String,
    pub(crate) ended: bool,
}

impl Exchange {
    /// What was sent.
    #[must_use]
    pub fn request(&self) -> Value {
        serde_json::from_slice(&self.request).unwrap_or_default()
    }

    /// What came back; null if nothing did.
    #[must_use]
    pub fn reply(&self) -> Value {
        serde_json::from_slice(&self.reply).unwrap_or_default()
    }
}

/// Service and operation that a request asks for: `dynamodb:BatchGetItem`.
#[must_use]
pub fn operation(request: &HttpRequest) -> String {
    match request.headers().get("x-amz-target").and_then(|t| t.split_once('.')) {
        Some((service, operation)) if service.starts_with("DynamoDB") => format!("dynamodb:{operation}"),
        Some((service, operation)) => format!("{service}:{operation}"),
        None if request.uri().contains("/v2/email/") => SEND_EMAIL.to_owned(),
        // What is left is S3, whose operations go by the names of the permissions that they need.
        None => match (request.method(), request.uri().contains("?delete")) {
            ("GET", _) => GET_FILE.to_owned(),
            ("DELETE", _) | ("POST", true) => DELETE_FILE.to_owned(),
            ("PUT" | "POST", _) => PUT_FILE.to_owned(),
            (other, _) => format!("s3:{other}"),
        },
    }
}
