//! Authenticating the caller: a token's signature, issuer, audience and time, checked against keys held in memory.

mod token;
mod trust;

pub use trust::{PLATFORM_SCOPE, Trust};

use crate::body::given;
use crate::json;
use crate::problem::Problem;
use crate::web::{Web, WebError};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use muster_domain::{EmailAddress, Name, Secret, Subject, UserId};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::RwLock;
use std::time::Duration;
use token::{NumericDate, Token};
use tokio::sync::Mutex;
use tokio::time::Instant;
use trust::TokenClaims;

/// The most that two clocks may differ.
const LEEWAY: SignedDuration = SignedDuration::from_secs(30);
/// The least time between two fetches of the keys, however many unknown key ids arrive.
const MIN_FETCH_INTERVAL: Duration = Duration::from_secs(5);
/// The age at which keys are fetched again, so that a withdrawn one disappears.
const FRESH: Duration = Duration::from_secs(3600);

/// A signed-in user, or the platform.
#[derive(Debug, Clone)]
pub struct User {
    /// The user.
    pub id: UserId,
    /// The subject of the token; none for an API key.
    pub subject: Option<Subject>,
    /// The address in the token.
    pub email: Option<EmailAddress>,
    /// Whether the identity provider has verified it.
    pub email_verified: bool,
    /// The name in the token.
    pub name: Option<Name>,
    /// Whether the token is a platform token.
    pub platform: bool,
    /// The API key that they use instead of a token. It is checked when its organization is read.
    pub key: Option<Secret>,
}

impl User {
    /// The caller with this key: its owner, if the key turns out to be valid.
    #[must_use]
    pub fn with_key(secret: Secret) -> Self {
        Self {
            id: secret.key().owner,
            subject: None,
            email: None,
            email_verified: false,
            name: None,
            platform: false,
            key: Some(secret),
        }
    }

    /// The account that their responses are stored under: an API key has its own, and the platform's is separate from every
    /// member's.
    #[must_use]
    pub fn account(&self) -> String {
        match &self.key {
            Some(secret) => secret.key().to_string(),
            None if self.platform => format!("platform {}", self.id),
            None => self.id.to_string(),
        }
    }

    /// Refuses the platform: the operation makes the caller a member, and a platform token stands for no member.
    ///
    /// # Errors
    /// 403.
    pub fn in_own_name(&self) -> Result<(), Problem> {
        if self.platform {
            return Err(Problem::forbidden(
                "a platform token cannot act as a member; use a token without the scope `muster:platform`",
            ));
        }
        Ok(())
    }
}

/// Why a token is not accepted. Callers learn only that it is not; the log has the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is not a token, or its signature is not by a known key.
    #[error("malformed or wrongly signed")]
    Malformed,
    /// It is a token of another kind, or requires an extension that is not understood here.
    #[error("another kind of token")]
    Kind,
    /// Its algorithm is not an accepted one.
    #[error("algorithm not accepted")]
    Algorithm,
    /// Its key is not among the published ones.
    #[error("unknown key")]
    UnknownKey,
    /// It is from another issuer, or for another audience.
    #[error("other issuer or audience")]
    Foreign,
    /// It is not valid yet, or has expired.
    #[error("outside its time")]
    Time,
    /// The identity provider's keys could not be fetched, and none are in memory.
    #[error("no keys at hand")]
    NoKeys,
}

/// Why the keys were not fetched.
#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error(transparent)]
    Web(#[from] WebError),
    #[error("it is not a set of keys")]
    NoKeySet,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: Subject,
    exp: NumericDate,
    #[serde(default, deserialize_with = "given")]
    nbf: Option<NumericDate>,
    #[serde(default, deserialize_with = "given")]
    iat: Option<NumericDate>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    email_verified: Option<Verified>,
    #[serde(default)]
    name: Option<String>,
    #[serde(flatten)]
    grounds: TokenClaims,
}

/// Some providers write this claim as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Verified {
    Flag(bool),
    Text(String),
}

#[derive(Clone)]
struct KnownKey {
    key: DecodingKey,
    algorithm: Algorithm,
}

/// The identity provider's keys, held in memory.
pub struct Keyring {
    url: String,
    web: Web,
    keys: RwLock<HashMap<String, KnownKey>>,
    asked: Mutex<Option<Instant>>,
}

impl Keyring {
    /// The keys published at this URL; none are fetched yet.
    #[must_use]
    pub fn new(url: String, web: Web) -> Self {
        Self {
            url,
            web,
            keys: RwLock::default(),
            asked: Mutex::new(None),
        }
    }

    fn find(&self, id: &str) -> Option<KnownKey> {
        self.keys.read().ok()?.get(id).cloned()
    }

    /// Fetches the keys, unless a fetch was tried a moment ago. If it fails, those in memory stay in use.
    #[expect(
        clippy::disallowed_methods,
        reason = "how long ago keys were fetched changes no decision"
    )]
    pub async fn refresh(&self) {
        let mut asked = self.asked.lock().await;
        if asked.is_some_and(|at| at.elapsed() < MIN_FETCH_INTERVAL) {
            return;
        }
        *asked = Some(Instant::now());
        match self.fetch().await {
            Ok(set) => {
                let known = set.iter().filter_map(known_key).collect();
                if let Ok(mut keys) = self.keys.write() {
                    *keys = known;
                }
            }
            Err(error) => tracing::warn!(%error, "the identity provider's keys could not be fetched"),
        }
    }

    /// The readable keys of the set: keys of unknown kinds are ignored (RFC 7517, section 5).
    async fn fetch(&self) -> Result<Vec<Jwk>, FetchError> {
        // Any response but a set of keys (a redirect, the page of a proxy) says nothing about the keys in memory.
        let text = json::parse(&self.web.get(&self.url).await?).map_err(|_| FetchError::NoKeySet)?;
        let keys = text.value.get("keys").and_then(Value::as_array);
        let keys = keys.filter(|_| text.repeated.is_empty()).ok_or(FetchError::NoKeySet)?;
        Ok(keys.iter().filter_map(|key| Jwk::deserialize(key).ok()).collect())
    }

    async fn key(&self, id: &str) -> Result<KnownKey, TokenError> {
        let stale = self.asked.lock().await.is_none_or(|at| at.elapsed() > FRESH);
        if let Some(known) = self.find(id).filter(|_| !stale) {
            return Ok(known);
        }
        self.refresh().await;
        let empty = self.keys.read().map_or(true, |keys| keys.is_empty());
        self.find(id).ok_or(if empty {
            TokenError::NoKeys
        } else {
            TokenError::UnknownKey
        })
    }

    /// The user that a token was issued to.
    ///
    /// # Errors
    /// [`TokenError`].
    pub async fn verify(&self, token: &str, trust: &Trust, now: Timestamp) -> Result<User, TokenError> {
        let token = Token::read(token)?;
        let known = self.key(&token.key_id).await?;
        if token.algorithm != known.algorithm {
            return Err(TokenError::Algorithm);
        }
        let claims: Claims = token.claims(&known.key, known.algorithm)?;
        if claims.iss != trust.issuer {
            return Err(TokenError::Foreign);
        }
        trust.accept(&claims.grounds)?;
        // By the same clock as everything else.
        let over = claims.exp.at()?.checked_add(LEEWAY).is_ok_and(|end| end <= now);
        claims.iat.as_ref().map(NumericDate::at).transpose()?;
        let begins = claims.nbf.as_ref().map(NumericDate::at).transpose()?;
        let early = begins.is_some_and(|start| start.checked_sub(LEEWAY).is_ok_and(|start| start > now));
        if over || early {
            return Err(TokenError::Time);
        }
        Ok(user(trust, claims))
    }
}

fn user(trust: &Trust, claims: Claims) -> User {
    let verified = match claims.email_verified {
        Some(Verified::Flag(flag)) => flag,
        Some(Verified::Text(text)) => text == "true",
        None => false,
    };
    User {
        id: UserId::of(&trust.issuer, claims.sub.as_str()),
        email: claims.email.and_then(|email| EmailAddress::parse(&email).ok()),
        email_verified: verified,
        name: claims.name.and_then(|n| n.parse().ok()),
        platform: trust.is_platform(&claims.grounds),
        subject: Some(claims.sub),
        key: None,
    }
}

/// A published key that can verify signatures, with the one algorithm it is used with. Secret keys are never accepted.
fn known_key(jwk: &Jwk) -> Option<(String, KnownKey)> {
    let signs = |operations: &Vec<KeyOperations>| operations.contains(&KeyOperations::Verify);
    if jwk
        .common
        .public_key_use
        .as_ref()
        .is_some_and(|own| *own != PublicKeyUse::Signature)
        || !jwk.common.key_operations.as_ref().is_none_or(signs)
    {
        return None;
    }
    let algorithm = match (jwk.common.key_algorithm, &jwk.algorithm) {
        (Some(KeyAlgorithm::RS256) | None, AlgorithmParameters::RSA(_)) => Algorithm::RS256,
        (Some(KeyAlgorithm::RS384), AlgorithmParameters::RSA(_)) => Algorithm::RS384,
        (Some(KeyAlgorithm::RS512), AlgorithmParameters::RSA(_)) => Algorithm::RS512,
        (Some(KeyAlgorithm::PS256), AlgorithmParameters::RSA(_)) => Algorithm::PS256,
        (Some(KeyAlgorithm::ES256) | None, AlgorithmParameters::EllipticCurve(p)) if p.curve == EllipticCurve::P256 => {
            Algorithm::ES256
        }
        (Some(KeyAlgorithm::ES384) | None, AlgorithmParameters::EllipticCurve(p)) if p.curve == EllipticCurve::P384 => {
            Algorithm::ES384
        }
        (Some(KeyAlgorithm::EdDSA) | None, AlgorithmParameters::OctetKeyPair(_)) => Algorithm::EdDSA,
        _ => return None,
    };
    let key = DecodingKey::from_jwk(jwk).ok()?;
    Some((jwk.common.key_id.clone()?, KnownKey { key, algorithm }))
}
