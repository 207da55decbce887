//! A Secrets Manager with one secret, from which invitation links are derived.

use super::refusal;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// The secret's name.
pub(crate) const LINK_SECRET: &str = "muster/link-secret";

/// The secret's value, as it is stored in AWS.
#[derive(Clone)]
pub(crate) struct LinkSecret(Arc<str>);

impl LinkSecret {
    pub(crate) fn new(value: &str) -> Self {
        Self(value.into())
    }

    /// A fresh value for [`Self::new`].
    #[expect(
        clippy::disallowed_methods,
        reason = "Secrets Manager makes the secret of a deployment"
    )]
    pub(crate) fn generate() -> Result<Vec<u8>, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        let current = URL_SAFE_NO_PAD.encode(bytes);
        let value = json!({"current": current, "previous": null});
        Ok(value.to_string().into_bytes())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetSecretValue {
    secret_id: String,
}

/// `POST /`; a header names the operation.
pub(super) async fn dispatch(State(secret): State<LinkSecret>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    if target != Some("secretsmanager.GetSecretValue") {
        return refusal("UnknownOperationException", "no such operation");
    }
    let Ok(request) = serde_json::from_slice::<GetSecretValue>(&body) else {
        return refusal("InvalidParameterException", "`SecretId` is required");
    };
    if request.secret_id != LINK_SECRET {
        return refusal(
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret.",
        );
    }
    let answer = json!({
        "ARN": format!("arn:aws:secretsmanager:us-east-1:000000000000:secret:{LINK_SECRET}"),
        "Name": LINK_SECRET,
        "SecretString": &*secret.0,
        "VersionStages": ["AWSCURRENT"],
    });
    let headers = [(header::CONTENT_TYPE, "application/x-amz-json-1.1")];
    (headers, answer.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::ses::tests::serve;
    use aws_sdk_secretsmanager::Client;

    #[tokio::test]
    async fn the_real_client_reads_the_one_secret() {
        let (sdk, _mailbox) = serve().await;
        let client = Client::new(&sdk);
        let answer = client.get_secret_value().secret_id(LINK_SECRET).send().await.unwrap();
        assert_eq!(answer.secret_string(), Some("the secret"));

        let error = client.get_secret_value().secret_id("another").send().await.unwrap_err();
        assert!(
            error.into_service_error().is_resource_not_found_exception(),
            "another secret must not be found"
        );
    }

    #[test]
    fn a_fresh_secret_is_long_and_never_the_same() {
        let [one, other] = [(); 2].map(|()| LinkSecret::generate().unwrap());
        assert_ne!(one, other);
        let value: serde_json::Value = serde_json::from_slice(&one).unwrap();
        assert!(value["current"].as_str().unwrap().len() >= 32);
        assert!(value["previous"].is_null());
    }
}
