//! The other AWS services that the handlers call: a small SES, a small Secrets Manager and an S3, called by the real
//! SDK.

mod files;
mod secrets;
mod ses;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::json;
use std::time::Duration;

pub(crate) use files::{EXPORT_BUCKET, FileStore};
pub(crate) use secrets::{LINK_SECRET, LinkSecret};
pub(crate) use ses::{MAX_MAILS, SentMails};

/// The addresses of the services for the SDK.
#[derive(Debug, Clone)]
pub(crate) struct Endpoints {
    /// The embedded DynamoDB and its streams.
    pub(crate) dynamodb: String,
    /// SES and Secrets Manager.
    pub(crate) services: String,
    /// S3.
    pub(crate) files: String,
}

impl Endpoints {
    /// The same as environment variables, for a process that reads them as a function in Lambda may.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL_DYNAMODB", self.dynamodb.clone()),
            ("AWS_ENDPOINT_URL_SESV2", self.services.clone()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", self.services.clone()),
            ("AWS_ENDPOINT_URL_S3", self.files.clone()),
        ]
    }
}

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        if key.env() != "AWS_ENDPOINT_URL" {
            return None;
        }
        match key.service_id() {
            "DynamoDB" | "DynamoDB Streams" => Some(self.dynamodb.clone()),
            "SESv2" | "Secrets Manager" => Some(self.services.clone()),
            "S3" => Some(self.files.clone()),
            _ => None,
        }
    }
}

/// The access key that signs all requests here, and its secret.
pub(crate) const CREDENTIALS: (&str, &str) = ("local", "local");

/// A configuration that reaches only this process.
pub(crate) fn sdk_config(endpoints: Endpoints, http_client: Option<SharedHttpClient>) -> SdkConfig {
    let (key, secret) = CREDENTIALS;
    let credentials = Credentials::new(key, secret, None, None, "local");
    let mut config = SdkConfig::builder()
        .timeout_config(patience())
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .service_config(endpoints);
    config.set_http_client(http_client);
    config.build()
}

/// Longer than the product waits in AWS: here the services share a machine with everything else on it, so slow does
/// not mean down. It is still less than the gateway waits.
fn patience() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(20))
        .operation_timeout(Duration::from_secs(25))
        .build()
}

/// The same configuration with the product's own time limits.
pub(crate) fn hurried(sdk: &SdkConfig) -> SdkConfig {
    let mut config = sdk.to_builder();
    config.set_timeout_config(None);
    config.build()
}

/// The two services' routes.
pub(crate) fn services(mailbox: SentMails, secret: LinkSecret) -> Router {
    Router::new()
        .route("/v2/email/outbound-emails", post(ses::send_email).with_state(mailbox))
        .route("/", post(secrets::dispatch).with_state(secret))
        .fallback(|| async { refusal("UnknownOperationException", "no such operation") })
}

/// A refusal in the form that the SDK reads.
fn refusal(kind: &'static str, message: &str) -> Response {
    let body = json!({"__type": kind, "message": message}).to_string();
    let headers = [
        (header::CONTENT_TYPE.as_str(), "application/x-amz-json-1.1"),
        ("x-amzn-errortype", kind),
    ];
    (StatusCode::BAD_REQUEST, headers, body).into_response()
}
