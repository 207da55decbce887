//! Requests that are answered once: what an `Idempotency-Key` stands for.

use crate::keys::Key;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Seconds that an answer is kept: a day.
pub const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// A request with an `Idempotency-Key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// Where its answer is kept.
    pub key: Key,
    /// What the request was, so that the same key for another one is noticed.
    pub fingerprint: String,
}

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// What the request was.
    pub fingerprint: String,
    /// The status it was answered with.
    pub status: u16,
    /// The body it was answered with.
    pub body: String,
    /// The `ETag` it was answered with.
    pub etag: Option<String>,
    /// The `location` it was answered with.
    #[serde(default)]
    pub location: Option<String>,
    /// When it is forgotten, in seconds since 1970.
    pub ttl: i64,
}

impl Once {
    /// A request of `caller` (a user or an API key, by its id), with the key they chose.
    #[must_use]
    pub fn new(caller: &str, chosen: &str, method: &str, path: &str, body: &[u8]) -> Self {
        Self {
            key: Key::once(caller, &hash(&[method.as_bytes(), path.as_bytes(), chosen.as_bytes()])),
            fingerprint: hash(&[body]),
        }
    }
}

impl Answered {
    /// Whether it still counts at `now`; DynamoDB itself throws it away some time after.
    #[must_use]
    pub fn counts(&self, now: Timestamp) -> bool {
        self.ttl > now.as_second()
    }
}

fn hash(parts: &[&[u8]]) -> String {
    use base64::Engine as _;
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(hash.finalize())
}
