//! The development identity provider: a real key pair, a key set to verify with, and tokens for anyone who asks.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RsaKeyPair};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};

/// The audience of every token.
pub const AUDIENCE: &str = "muster";

/// Long enough for a day of development. It is measured by the backend's clock, which can be moved.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(12);

/// The algorithm that signs tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Signing {
    /// ECDSA on P-256 (ES256): keys are quick to generate.
    #[default]
    Es256,
    /// RSA of 2048 bits (RS256), which Cognito, Auth0 and Okta use.
    Rs256,
}

impl Signing {
    /// The file that keeps the key.
    pub(crate) const fn file(self) -> &'static str {
        match self {
            Self::Es256 => "identity-key.pk8",
            Self::Rs256 => "identity-key-rsa.pk8",
        }
    }

    /// A fresh key (PKCS #8).
    pub(crate) fn generate_key(self) -> Result<Vec<u8>, KeyError> {
        match self {
            Self::Es256 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                .map(|document| document.as_ref().to_vec())
                .map_err(unusable),
            Self::Rs256 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(unusable)?;
                let document = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).map_err(unusable)?;
                Ok(document.as_ref().to_vec())
            }
        }
    }

    fn key(self, pkcs8: &[u8]) -> Result<EncodingKey, KeyError> {
        match self {
            Self::Es256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map_err(unusable)?;
                Ok(EncodingKey::from_ec_der(pkcs8))
            }
            Self::Rs256 => {
                let inner = pkcs8.get(RSA_FRAME..).unwrap_or_default();
                RsaKeyPair::from_der(inner).map_err(unusable)?;
                Ok(EncodingKey::from_rsa_der(inner))
            }
        }
    }

    const fn algorithm(self) -> Algorithm {
        match self {
            Self::Es256 => Algorithm::ES256,
            Self::Rs256 => Algorithm::RS256,
        }
    }
}

/// Bytes before the RSA key in PKCS #8 (RFC 5208, section 5): version and algorithm, the same for all keys of this size.
const RSA_FRAME: usize = 26;

/// Issues tokens as a real identity provider would, but without authentication.
pub struct IdentityProvider {
    signing: Signing,
    issuer: String,
    key_id: String,
    key: EncodingKey,
    key_set: JwkSet,
}

/// The claims of a token about its bearer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// The user, as the identity provider knows them.
    pub sub: String,
    /// The user's address.
    pub email: Option<String>,
    /// Whether the address was verified; true by default.
    pub email_verified: Option<bool>,
    /// The user's name.
    pub name: Option<String>,
    /// Scopes, separated by spaces. `muster:platform` is for the operator.
    pub scope: Option<String>,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'a str>,
}

/// The signing key could not be made, read or used.
#[derive(Debug, thiserror::Error)]
#[error("the identity provider's signing key is unusable: {0}")]
pub struct KeyError(String);

fn unusable(error: impl std::fmt::Display) -> KeyError {
    KeyError(error.to_string())
}

impl IdentityProvider {
    /// A provider that signs with this key (PKCS #8).
    pub(crate) fn new(issuer: String, signing: Signing, pkcs8: &[u8]) -> Result<Self, KeyError> {
        let key = signing.key(pkcs8)?;
        let mut jwk = Jwk::from_encoding_key(&key, signing.algorithm()).map_err(unusable)?;
        let key_id = jwk.thumbprint(ThumbprintHash::SHA256).map_err(unusable)?;
        jwk.common.key_id = Some(key_id.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(Self {
            signing,
            issuer,
            key_id,
            key,
            key_set: JwkSet { keys: vec![jwk] },
        })
    }

    /// The `iss` of every token.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The public half, as served at `/dev/jwks.json`.
    pub fn key_set(&self) -> &JwkSet {
        &self.key_set
    }

    /// A token for this user, valid from `now` on.
    pub fn issue(&self, request: &TokenRequest, now: Timestamp) -> Result<String, KeyError> {
        let email = request.email.as_deref();
        self.sign(&Claims {
            iss: &self.issuer,
            aud: AUDIENCE,
            iat: now.as_second(),
            exp: now.as_second().saturating_add(TOKEN_LIFE.as_secs()),
            sub: &request.sub,
            email,
            email_verified: email.map(|_| request.email_verified.unwrap_or(true)),
            name: request.name.as_deref(),
            scope: request.scope.as_deref(),
        })
    }

    /// Signs any claims, for tests with claims that must be rejected.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, KeyError> {
        let header = Header {
            kid: Some(self.key_id.clone()),
            ..Header::new(self.signing.algorithm())
        };
        jsonwebtoken::encode(&header, claims, &self.key).map_err(unusable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::{DecodingKey, Validation};
    use serde_json::{Value, json};

    fn provider() -> IdentityProvider {
        let key = Signing::Es256.generate_key().unwrap();
        IdentityProvider::new("http://localhost/dev".into(), Signing::Es256, &key).unwrap()
    }

    fn verified_claims(provider: &IdentityProvider, token: &str) -> Value {
        let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
        let jwk = provider.key_set().find(&kid).unwrap();
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[provider.issuer()]);
        jsonwebtoken::decode::<Value>(token, &DecodingKey::from_jwk(jwk).unwrap(), &validation)
            .unwrap()
            .claims
    }

    #[test]
    fn a_token_verifies_against_the_key_set() {
        let provider = provider();
        let now = Timestamp::now();
        let request = TokenRequest {
            sub: "ann".into(),
            email: Some("ann@x.example".into()),
            ..TokenRequest::default()
        };
        let token = provider.issue(&request, now).unwrap();
        assert_eq!(
            verified_claims(&provider, &token),
            json!({
                "iss": "http://localhost/dev",
                "aud": "muster",
                "iat": now.as_second(),
                "exp": now.as_second() + 12 * 3600,
                "sub": "ann",
                "email": "ann@x.example",
                "email_verified": true,
            })
        );
    }

    #[test]
    fn a_kept_key_signs_the_same_way_again() {
        let key = Signing::Es256.generate_key().unwrap();
        let [first, second] =
            [(); 2].map(|()| IdentityProvider::new("http://localhost/dev".into(), Signing::Es256, &key).unwrap());
        let token = first.issue(&TokenRequest::default(), Timestamp::now()).unwrap();
        assert_eq!(verified_claims(&second, &token)["sub"], "");
    }

    #[test]
    fn a_damaged_key_is_named() {
        for signing in [Signing::Es256, Signing::Rs256] {
            let error = IdentityProvider::new(String::new(), signing, b"no key").err().unwrap();
            assert!(error.to_string().contains("signing key"), "{error}");
        }
    }

    #[test]
    fn an_unknown_field_is_refused_by_name() {
        let error = serde_json::from_value::<TokenRequest>(json!({"sub": "a", "mail": "x"})).unwrap_err();
        assert!(error.to_string().contains("unknown field `mail`"), "{error}");
    }
}
