//! Requests that run once: what an `Idempotency-Key` identifies.

use crate::keys::Key;
use jiff::Timestamp;
use muster_domain::OrganizationId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Seconds that a response is stored: a day.
pub const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// A request with an `Idempotency-Key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The key of its stored response.
    pub key: Key,
    /// A fingerprint of the request, which reveals the reuse of the key for another one.
    pub fingerprint: String,
}

/// A response that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredResponse {
    /// The request's fingerprint.
    pub fingerprint: String,
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: String,
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `location`.
    #[serde(default)]
    pub location: Option<String>,
    /// The organization it was given in; `None` for a response that was stored before this field existed.
    #[serde(default)]
    pub organization: Option<OrganizationId>,
    /// The caller's standing there: see [`Standing::text`].
    #[serde(default)]
    pub standing: Option<String>,
    /// When it expires, in seconds since 1970.
    pub ttl: i64,
    /// The standing of the stored response that this one may replace, as it was read; empty if that response names none.
    #[serde(skip)]
    pub replaces: Option<String>,
}

/// The standing in which a response was given. The response is stored for that standing alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The organization.
    pub organization: OrganizationId,
    /// The standing itself, as text that differs from membership to membership.
    pub text: String,
}

impl Standing {
    /// The standing of a member since this instant (`None`: not a member), with or without a platform token.
    #[must_use]
    pub fn new(organization: OrganizationId, since: Option<Timestamp>, platform: bool) -> Self {
        let member = since.map(|since| format!("member since {since}"));
        let platform = platform.then(|| "platform".to_owned());
        let parts: Vec<String> = member.into_iter().chain(platform).collect();
        Self {
            organization,
            text: parts.join(", "),
        }
    }
}

impl IdempotencyKey {
    /// A request of `caller` (the id of a user or an API key), with the key they chose.
    ///
    /// A request that takes several transactions stores the response of each: `part` distinguishes them, 0 is the first.
    #[must_use]
    pub fn new(caller: &str, chosen: &str, method: &str, path: &str, part: usize, body: &[u8]) -> Self {
        let number = part.to_be_bytes();
        let mut named = vec![method.as_bytes(), path.as_bytes(), chosen.as_bytes()];
        named.extend((part > 0).then_some(&number[..]));
        Self {
            key: Key::once(caller, &hash(&named)),
            fingerprint: hash(&[body]),
        }
    }
}

impl StoredResponse {
    /// Whether it is still valid at `now`; DynamoDB itself deletes it some time later.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.ttl > now.as_second()
    }

    /// This response, replacing one that was stored for this other standing.
    #[must_use]
    pub fn replacing(self, stale: Option<String>) -> Self {
        Self {
            replaces: stale,
            ..self
        }
    }

    /// The standing in which it was given, if recorded.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        Some(Standing {
            organization: self.organization?,
            text: self.standing.clone()?,
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_footing_is_the_same_for_the_same_membership_alone() {
        let at = |text: &str| Some(text.parse().unwrap());
        let id = |byte| OrganizationId::from_bytes([byte; 16]);
        let all = [
            Standing::new(id(1), at("2026-03-10T12:00:00Z"), false),
            Standing::new(id(1), at("2026-03-10T12:00:00.000000001Z"), false),
            Standing::new(id(1), at("2026-03-10T12:00:00Z"), true),
            Standing::new(id(1), None, true),
            Standing::new(id(2), None, true),
        ];
        for (i, one) in all.iter().enumerate() {
            assert!(all.iter().skip(i + 1).all(|other| other != one));
        }
        assert_eq!(all[3], Standing::new(id(1), None, true));
    }

    #[test]
    fn each_part_of_a_request_has_a_place_of_its_own_and_all_have_its_fingerprint() {
        let part = |chosen: &str, part| IdempotencyKey::new("usr_x", chosen, "POST", "/p", part, b"{}");
        let keys = [part("k", 0), part("k", 1), part("k", 256), part("k1", 0)];
        for (i, one) in keys.iter().enumerate() {
            assert!(keys.iter().skip(i + 1).all(|other| other.key != one.key));
            assert_eq!(one.fingerprint, keys[0].fingerprint);
        }
    }
}
