//! The state that a process holds from its start to its end.

use crate::auth::Keyring;
use crate::clock::Clock;
use crate::config::Config;
use crate::files::{Files, FilesError};
use crate::mail::{Fault, Stationery};
use crate::metrics::Metrics;
use crate::secrets::{SecretError, Secrets};
use crate::turns::{Pause, Turns};
use crate::web::Web;
use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use aws_types::service_config::ServiceConfigKey;
use muster_domain::link::LinkSecrets;
use muster_store::Store;
use std::any::Any;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// The process: its configuration, its table, the keys it knows, and its clock. Clones share all of it.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    sdk: SdkConfig,
    web: Web,
    store: Store,
    keyring: Keyring,
    secrets: Secrets,
    clock: Clock,
    metrics: Metrics,
    files: OnceLock<Files>,
    mail_turns: Turns,
    /// [`Stationery`]. Its type is erased, so that functions that send no mail do not contain the template engine.
    stationery: OnceLock<Arc<dyn Any + Send + Sync>>,
    notes: Pause,
}

impl App {
    /// A process with this configuration, which reaches AWS through `sdk`.
    #[must_use]
    pub fn new(config: Config, sdk: &SdkConfig, clock: Clock) -> Self {
        let web = Web::open();
        let sdk = with_timeouts(sdk, &web);
        let store = Store::new(aws_sdk_dynamodb::Client::new(&sdk), &config.table);
        let keyring = Keyring::new(config.jwks_url.clone(), web.clone());
        Self {
            inner: Arc::new(Inner {
                metrics: Metrics::new(config.metrics.clone()),
                mail_turns: Turns::new(config.mail_interval),
                notes: Pause::default(),
                config,
                sdk,
                web,
                store,
                keyring,
                secrets: Secrets::default(),
                files: OnceLock::new(),
                stationery: OnceLock::new(),
                clock,
            }),
        }
    }

    /// Opens a connection to the table and fetches the identity provider's keys before the first request: a process has a whole
    /// core while it starts, and a share of one later.
    pub async fn warm(&self) {
        tokio::join!(self.warm_table(), self.keyring().refresh());
    }

    /// Fetches the link secret, for functions that have one configured.
    pub async fn warm_links(&self) {
        if self.config().link_secret_id.is_none() {
            return;
        }
        if let Err(error) = self.links().await {
            tracing::warn!(%error, "the link secret could not be read while starting");
        }
    }

    /// Opens only the connection to the table, for functions that receive no token. It reads nothing: that would take longer, and a
    /// permission. DynamoDB answers a `GET` with its health.
    pub async fn warm_table(&self) {
        let Some(address) = table_address(&self.inner.sdk).await else {
            return;
        };
        if let Err(error) = self.inner.web.reach(&address).await {
            tracing::warn!(%error, "the table did not answer while starting");
        }
    }

    /// Its configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// Its table.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The configuration by which it reaches AWS.
    #[must_use]
    pub fn sdk(&self) -> &SdkConfig {
        &self.inner.sdk
    }

    /// The identity provider's keys.
    #[must_use]
    pub fn keyring(&self) -> &Keyring {
        &self.inner.keyring
    }

    /// Its clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// Its metrics.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }

    /// The turns in which mail is passed to the mail service.
    #[must_use]
    pub fn mail_turns(&self) -> &Turns {
        &self.inner.mail_turns
    }

    /// What letters are written with. A process that needs it reads the operator's templates once.
    ///
    /// # Errors
    /// What is wrong with a template of the operator's.
    pub fn stationery(&self) -> Result<Arc<Stationery>, Fault> {
        let known = self.inner.stationery.get().cloned();
        if let Some(known) = known.and_then(|known| known.downcast().ok()) {
            return Ok(known);
        }
        let opened = Arc::new(Stationery::open(self.config())?);
        let _ = self.inner.stationery.set(opened.clone());
        Ok(opened)
    }

    /// Whether activity notes are paused.
    #[must_use]
    pub fn notes(&self) -> &Pause {
        &self.inner.notes
    }

    /// The bucket of exports. A process that needs it creates its client once.
    ///
    /// # Errors
    /// [`FilesError::NoBucket`].
    pub fn files(&self) -> Result<&Files, FilesError> {
        let bucket = self.config().export_bucket.clone().ok_or(FilesError::NoBucket)?;
        Ok(self.inner.files.get_or_init(|| Files::new(self.sdk(), bucket)))
    }

    /// The secrets that create and open links.
    ///
    /// # Errors
    /// [`SecretError`] if there are none.
    pub async fn links(&self) -> Result<LinkSecrets, SecretError> {
        self.inner
            .secrets
            .links(&self.inner.sdk, self.inner.config.link_secret_id.as_deref())
            .await
    }
}

/// The address for the table's requests: the one from the environment, or the Region's endpoint.
async fn table_address(sdk: &SdkConfig) -> Option<String> {
    let variable = ServiceConfigKey::builder()
        .service_id("DynamoDB")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url");
    let told = sdk
        .service_config()
        .and_then(|all| all.load_config(variable.build().ok()?));
    let place = Params::builder()
        .set_region(sdk.region().map(ToString::to_string))
        .set_endpoint(told)
        .set_use_fips(sdk.use_fips())
        .set_use_dual_stack(sdk.use_dual_stack())
        .build();
    let endpoint = DefaultResolver::new().resolve_endpoint(&place.ok()?).await;
    Some(endpoint.ok()?.url().to_owned())
}

/// Timeouts that leave room for a response before the gateway gives up, quick retries, and one HTTP client for all SDK clients.
fn with_timeouts(sdk: &SdkConfig, web: &Web) -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(2))
        .operation_timeout(Duration::from_secs(7))
        .build();
    let retries = RetryConfig::standard()
        .with_max_attempts(3)
        .with_initial_backoff(Duration::from_millis(50));
    let mut builder = sdk.to_builder();
    if sdk.http_client().is_none() {
        builder = builder.http_client(web.client());
    }
    if sdk
        .timeout_config()
        .is_none_or(|t| t.operation_attempt_timeout().is_none())
    {
        builder = builder.timeout_config(timeouts);
    }
    builder.retry_config(retries).build()
}
