//! HTTP by hand, for requests that no client would send.

use serde_json::Value;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back over a connection of its own.
#[derive(Debug)]
pub(super) struct Raw {
    /// The status; 0 if the connection was closed without an answer.
    pub(super) status: u16,
    head: String,
    /// The body; null if it is not JSON.
    pub(super) body: Value,
}

impl Raw {
    /// Sends these bytes, and reads until the server closes the connection.
    pub(super) async fn exchange(base_url: &str, bytes: &[u8]) -> Self {
        let address = base_url.strip_prefix("http://").unwrap();
        let mut connection = TcpStream::connect(address).await.unwrap();
        // A server that refuses early may close before everything is written: its answer is what counts.
        let _ = connection.write_all(bytes).await;
        let mut reply = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(60), connection.read_to_end(&mut reply)).await;
        assert!(read.is_ok(), "the server never closed the connection");
        let reply = String::from_utf8_lossy(&reply).into_owned();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap_or((&reply, ""));
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok());
        Self {
            status: status.unwrap_or_default(),
            head: head.to_ascii_lowercase(),
            body: serde_json::from_str(body).unwrap_or_default(),
        }
    }

    /// Asserts that this is a problem of one of these statuses.
    #[track_caller]
    pub(super) fn is_problem(&self, statuses: &[u16], what: &str) {
        assert!(statuses.contains(&self.status), "{what}: {self:#?}");
        assert!(
            self.head.contains("content-type: application/problem+json"),
            "{what}: {self:#?}"
        );
        assert_eq!(self.body["status"], self.status, "{what}");
    }

    /// Asserts that this is a refusal: a problem, or of the HTTP server itself, which has no body.
    #[track_caller]
    pub(super) fn is_refused(&self, what: &str) {
        assert!((400..500).contains(&self.status), "{what}: {self:#?}");
        if self.head.contains("content-type") {
            self.is_problem(&[self.status], what);
        }
    }
}
