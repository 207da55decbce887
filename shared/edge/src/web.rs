//! Outgoing connections of a process: one set of trusted certificates and one connection pool, for AWS and for the identity
//! provider.
//!
//! Otherwise each SDK client would read and parse the system's certificates again, and another HTTP library once more: most of a
//! cold start.

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{
    HttpConnector as _, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::HttpError;
use aws_smithy_types::byte_stream::{ByteStream, error::Error as StreamError};
use std::time::Duration;
use tokio::time::error::Elapsed;

/// How long opening a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// How long a response may take, including opening the connection.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Why a page was not fetched.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// Its address cannot be requested.
    #[error("invalid address: {0}")]
    Address(#[from] HttpError),
    /// No server responded.
    #[error("no response: {0:?}")]
    Connection(#[from] ConnectorError),
    /// The response was incomplete.
    #[error("the response was cut off: {0}")]
    Broken(#[from] StreamError),
    /// It took too long.
    #[error("it took too long")]
    Late(#[from] Elapsed),
    /// The response was not a page.
    #[error("the response was {0}")]
    Status(u16),
}

/// Connections to other services. Clones share them.
#[derive(Debug, Clone)]
pub struct Web {
    connector: SharedHttpConnector,
}

impl Web {
    /// Reads the system's certificates; opens no connection yet.
    #[must_use]
    pub fn open() -> Self {
        let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT);
        let connector = Connector::builder()
            .connector_settings(settings.build())
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .build();
        Self {
            connector: SharedHttpConnector::new(connector),
        }
    }

    /// The same connections, for SDK clients.
    #[must_use]
    pub fn client(&self) -> SharedHttpClient {
        let connector = self.connector.clone();
        http_client_fn(move |_, _| connector.clone())
    }

    /// The page at this address. A redirect is not followed.
    ///
    /// # Errors
    /// [`WebError`], also for every response but a 200.
    pub async fn get(&self, url: &str) -> Result<Vec<u8>, WebError> {
        match self.asked(url).await? {
            (200, page) => Ok(page),
            (status, _) => Err(WebError::Status(status)),
        }
    }

    /// Opens a connection to this address for the next request there. The response does not matter.
    ///
    /// # Errors
    /// [`WebError`], but not for any status.
    pub async fn reach(&self, url: &str) -> Result<(), WebError> {
        self.asked(url).await.map(drop)
    }

    /// The status and the whole response: a connection whose response is left unread is closed.
    async fn asked(&self, url: &str) -> Result<(u16, Vec<u8>), WebError> {
        let mut request = HttpRequest::empty();
        request.set_uri(url)?;
        tokio::time::timeout(RESPONSE_TIMEOUT, async {
            let reply = self.connector.call(request).await?;
            let status = reply.status().as_u16();
            let page = ByteStream::new(reply.into_body()).collect().await?.to_vec();
            Ok((status, page))
        })
        .await?
    }
}
