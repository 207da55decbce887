//! The deployment's link secret, from Secrets Manager. It is fetched when first needed, and kept for a few minutes.

use aws_config::SdkConfig;
use muster_domain::link::LinkSecrets;
use serde::Deserialize;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How long a fetched secret is used before it is fetched again, so that a rotation takes effect.
const FRESH: Duration = Duration::from_secs(300);

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// `MUSTER_LINK_SECRET_ID` is not set for a function that needs it.
    #[error("MUSTER_LINK_SECRET_ID is not set")]
    NotConfigured,
    /// Secrets Manager did not return it.
    #[error("the link secret cannot be fetched: {0}")]
    Fetch(String),
    /// It does not have the expected form. Its text is not repeated here.
    #[error("the link secret must be JSON with `current`, of 32 characters or more")]
    Malformed,
}

#[derive(Deserialize)]
struct Stored {
    current: String,
    #[serde(default)]
    previous: Option<String>,
}

/// The link secret of this process.
#[derive(Default)]
pub struct Secrets {
    cached: Mutex<Option<(LinkSecrets, Instant)>>,
}

impl Secrets {
    /// The secrets that create and open links. If a new fetch fails, those in memory stay in use.
    ///
    /// # Errors
    /// [`SecretError`] if none are in memory.
    #[expect(
        clippy::disallowed_methods,
        reason = "how long ago secrets were fetched changes no decision"
    )]
    pub async fn links(&self, sdk: &SdkConfig, id: Option<&str>) -> Result<LinkSecrets, SecretError> {
        let mut cached = self.cached.lock().await;
        if let Some((secrets, _)) = cached.as_ref().filter(|(_, fetched)| fetched.elapsed() < FRESH) {
            return Ok(secrets.clone());
        }
        match fetch(sdk, id).await {
            Ok(secrets) => {
                *cached = Some((secrets.clone(), Instant::now()));
                Ok(secrets)
            }
            Err(error) => match cached.as_ref() {
                Some((secrets, _)) => {
                    tracing::warn!(%error, "the link secret at hand stays in use");
                    Ok(secrets.clone())
                }
                None => Err(error),
            },
        }
    }
}

async fn fetch(sdk: &SdkConfig, id: Option<&str>) -> Result<LinkSecrets, SecretError> {
    let id = id.ok_or(SecretError::NotConfigured)?;
    let client = aws_sdk_secretsmanager::Client::new(sdk);
    let reply = client.get_secret_value().secret_id(id).send().await;
    let reply =
        reply.map_err(|e| SecretError::Fetch(aws_sdk_secretsmanager::error::DisplayErrorContext(e).to_string()))?;
    let text = reply.secret_string().ok_or(SecretError::Malformed)?;
    let stored: Stored = serde_json::from_str(text).map_err(|_| SecretError::Malformed)?;
    LinkSecrets::new(&stored.current, stored.previous.as_deref()).map_err(|_| SecretError::Malformed)
}
