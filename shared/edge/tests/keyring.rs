//! Keys of the identity provider: fetched, kept, and fetched again, whatever the provider does meanwhile.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]
#![expect(clippy::disallowed_methods, reason = "tokens are judged by the system's clock")]

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use jiff::Timestamp;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use muster_edge::auth::{Keyring, TokenError, Trust};
use muster_edge::{User, Web};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const ISSUER: &str = "https://id.example";
const AUDIENCE: &str = "muster";

fn trust() -> Trust {
    Trust {
        issuer: ISSUER.to_owned(),
        audiences: vec![AUDIENCE.to_owned(), "muster-people".to_owned()],
        clients: vec!["operator".to_owned()],
        platform_scope: "muster/platform".to_owned(),
    }
}

/// A provider that answers whatever a test wants, and counts how often it is asked.
#[derive(Clone)]
struct Provider {
    url: String,
    answer: Arc<Mutex<(StatusCode, String)>>,
    asked: Arc<Mutex<usize>>,
}

impl Provider {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Self {
            url: format!("http://{}/jwks.json", listener.local_addr().unwrap()),
            answer: Arc::new(Mutex::new((StatusCode::OK, String::new()))),
            asked: Arc::default(),
        };
        let serve = |State(provider): State<Self>| async move {
            *provider.asked.lock().unwrap() += 1;
            provider.answer.lock().unwrap().clone()
        };
        let routes = Router::new()
            .route("/jwks.json", get(serve))
            .with_state(provider.clone());
        tokio::spawn(async { axum::serve(listener, routes).await });
        provider
    }

    fn answers(&self, status: u16, body: impl ToString) {
        *self.answer.lock().unwrap() = (StatusCode::from_u16(status).unwrap(), body.to_string());
    }

    fn publishes(&self, keys: &[&Value]) {
        self.answers(200, json!({ "keys": keys }));
    }

    fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}

/// A key pair of the provider.
struct Key {
    id: &'static str,
    private: EncodingKey,
    public: Value,
}

impl Key {
    fn new(id: &'static str) -> Self {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let private = EncodingKey::from_ec_der(pkcs8.as_ref());
        let mut jwk = Jwk::from_encoding_key(&private, Algorithm::ES256).unwrap();
        jwk.common.key_id = Some(id.to_owned());
        Self {
            id,
            private,
            public: json!(jwk),
        }
    }

    fn token(&self) -> String {
        self.signed(&json!({ "aud": AUDIENCE }))
    }

    /// A token of Ann's with these claims beside those that every token has.
    fn signed(&self, claims: &Value) -> String {
        let header = Header {
            kid: Some(self.id.to_owned()),
            ..Header::new(Algorithm::ES256)
        };
        let exp = Timestamp::now().as_second() + 3600;
        let mut all = json!({ "iss": ISSUER, "sub": "ann", "exp": exp });
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        jsonwebtoken::encode(&header, &all, &self.private).unwrap()
    }
}

async fn verify(keyring: &Keyring, key: &Key) -> Result<User, TokenError> {
    let token = key.token();
    keyring.verify(&token, &trust(), Timestamp::now()).await
}

/// Lets time pass for whoever measures it, without waiting.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn keys_are_fetched_once_and_then_kept_in_memory() {
    let (provider, key) = (Provider::start().await, Key::new("k1"));
    provider.publishes(&[&key.public]);
    let keyring = Keyring::new(provider.url.clone(), Web::open());
    for _ in 0..20 {
        assert!(verify(&keyring, &key).await.is_ok());
    }
    assert_eq!(provider.asked(), 1);
}

#[tokio::test]
async fn an_unknown_key_id_brings_the_new_keys_at_most_every_few_seconds() {
    let (provider, old, new) = (Provider::start().await, Key::new("old"), Key::new("new"));
    provider.publishes(&[&old.public]);
    let keyring = Keyring::new(provider.url.clone(), Web::open());
    assert!(verify(&keyring, &old).await.is_ok());
    provider.publishes(&[&old.public, &new.public]);
    for _ in 0..20 {
        assert_eq!(verify(&keyring, &new).await.err(), Some(TokenError::UnknownKey));
    }
    assert_eq!(provider.asked(), 1, "it was asked a moment ago");
    pass(Duration::from_secs(6)).await;
    for _ in 0..20 {
        assert!(verify(&keyring, &new).await.is_ok(), "the rotation has arrived");
    }
    assert_eq!(provider.asked(), 2);
    pass(Duration::from_secs(6)).await;
    let foreign: Vec<Key> = ["a", "b", "c", "d"].map(Key::new).into();
    for key in &foreign {
        assert_eq!(verify(&keyring, key).await.err(), Some(TokenError::UnknownKey));
    }
    assert_eq!(
        provider.asked(),
        3,
        "made-up ids do not send us to the provider again and again"
    );
}

#[tokio::test]
async fn keys_at_hand_stay_in_use_when_a_refresh_fails() {
    let (provider, key, unknown) = (Provider::start().await, Key::new("k1"), Key::new("k2"));
    provider.publishes(&[&key.public]);
    let keyring = Keyring::new(provider.url.clone(), Web::open());
    assert!(verify(&keyring, &key).await.is_ok());
    for (status, body) in [
        (500, "down".to_owned()),
        (404, String::new()),
        (302, String::new()),
        (200, "<html>Sign in to the network</html>".to_owned()),
        (200, String::new()),
        (200, "[]".to_owned()),
        (200, json!({ "error": "try later" }).to_string()),
    ] {
        provider.answers(status, &body);
        pass(Duration::from_secs(6)).await;
        let before = provider.asked();
        assert_eq!(
            verify(&keyring, &unknown).await.err(),
            Some(TokenError::UnknownKey),
            "{status} {body}"
        );
        assert_eq!(provider.asked(), before + 1);
        assert!(verify(&keyring, &key).await.is_ok(), "{status} {body}");
    }
    // Also when it is the age of the keys that has them fetched again.
    pass(Duration::from_secs(2 * 3600)).await;
    assert!(verify(&keyring, &key).await.is_ok());
}

#[tokio::test]
async fn without_any_keys_no_caller_is_admitted_and_the_first_that_come_are_used() {
    let (provider, key) = (Provider::start().await, Key::new("k1"));
    provider.answers(503, "");
    let keyring = Keyring::new(provider.url.clone(), Web::open());
    assert_eq!(verify(&keyring, &key).await.err(), Some(TokenError::NoKeys));
    provider.publishes(&[&key.public]);
    pass(Duration::from_secs(6)).await;
    assert!(verify(&keyring, &key).await.is_ok());
}

#[tokio::test]
async fn a_key_that_was_withdrawn_is_forgotten_within_the_hour() {
    let (provider, old, new) = (Provider::start().await, Key::new("old"), Key::new("new"));
    provider.publishes(&[&old.public, &new.public]);
    let keyring = Keyring::new(provider.url.clone(), Web::open());
    assert!(verify(&keyring, &old).await.is_ok());
    provider.publishes(&[&new.public]);
    pass(Duration::from_secs(3601)).await;
    assert_eq!(verify(&keyring, &old).await.err(), Some(TokenError::UnknownKey));
    assert!(verify(&keyring, &new).await.is_ok());
}

#[tokio::test]
async fn keys_of_other_kinds_beside_ours_do_no_harm_and_secret_ones_are_never_used() {
    let (provider, key) = (Provider::start().await, Key::new("k1"));
    let secret = json!({ "kty": "oct", "kid": "shared", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0", "alg": "HS256" });
    let nameless = json!({ "kty": "EC", "crv": "P-256", "x": key.public["x"], "y": key.public["y"] });
    let future = json!({ "kty": "ML-DSA", "kid": "future", "alg": "ML-DSA-65", "pub": "AAAA" });
    let encryption =
        json!({ "kty": "RSA", "kid": "enc", "use": "enc", "alg": "RSA-OAEP-256", "n": "AQAB", "e": "AQAB" });
    let broken = json!({ "kty": "EC", "kid": "broken", "crv": "P-256" });
    provider.publishes(&[&secret, &nameless, &future, &encryption, &broken, &key.public]);
    let keyring = Keyring::new(provider.url.clone(), Web::open());
    assert!(verify(&keyring, &key).await.is_ok());
    let header = Header {
        kid: Some("shared".to_owned()),
        ..Header::new(Algorithm::HS256)
    };
    let claims = json!({ "iss": ISSUER, "aud": AUDIENCE, "sub": "ann", "exp": Timestamp::now().as_second() + 3600 });
    let signing = EncodingKey::from_secret(b"secret-secret-secret-secret");
    let token = jsonwebtoken::encode(&header, &claims, &signing).unwrap();
    let refused = keyring.verify(&token, &trust(), Timestamp::now()).await;
    assert_eq!(refused.err(), Some(TokenError::UnknownKey));
}

#[tokio::test]
async fn a_token_is_for_one_of_our_audiences_or_without_any_an_access_token_of_one_of_our_clients() {
    let (provider, key) = (Provider::start().await, Key::new("k1"));
    provider.publishes(&[&key.public]);
    let keyring = Keyring::new(provider.url.clone(), Web::open());
    for (claims, expected) in [
        (json!({ "aud": AUDIENCE }), None),
        (json!({ "aud": ["other", "muster-people"] }), None),
        (json!({ "client_id": "operator", "token_use": "access" }), None),
        (json!({ "aud": "other" }), Some(TokenError::Foreign)),
        (json!({ "aud": [] }), Some(TokenError::Foreign)),
        (json!({ "aud": null }), Some(TokenError::Foreign)),
        (json!({}), Some(TokenError::Foreign)),
        (
            json!({ "client_id": "stranger", "token_use": "access" }),
            Some(TokenError::Foreign),
        ),
        (
            json!({ "client_id": "operator", "token_use": "id" }),
            Some(TokenError::Foreign),
        ),
        (json!({ "client_id": "operator" }), Some(TokenError::Foreign)),
        (
            json!({ "aud": "other", "client_id": "operator", "token_use": "access" }),
            Some(TokenError::Foreign),
        ),
        (json!({ "aud": 7 }), Some(TokenError::Malformed)),
    ] {
        let verified = keyring.verify(&key.signed(&claims), &trust(), Timestamp::now()).await;
        assert_eq!(verified.err(), expected, "{claims}");
    }
}

#[tokio::test]
async fn the_platforms_scope_counts_as_the_provider_spells_it_and_never_in_an_id_token() {
    let (provider, key) = (Provider::start().await, Key::new("k1"));
    provider.publishes(&[&key.public]);
    let keyring = Keyring::new(provider.url.clone(), Web::open());
    for (claims, expected) in [
        (json!({ "scope": "openid muster/platform" }), true),
        (json!({ "scp": ["openid", "muster/platform"] }), false),
        (json!({ "scp": "muster/platform" }), false),
        (json!({ "scope": ["openid", "muster/platform"] }), false),
        (json!({ "scope": "muster/platform", "token_use": "access" }), true),
        (json!({ "scope": "muster/platform", "token_use": "id" }), false),
        (json!({ "scope": "muster:platform" }), false),
        (json!({ "scope": "muster/platforms" }), false),
        (json!({}), false),
    ] {
        let mut claims = claims;
        claims["aud"] = json!(AUDIENCE);
        let user = keyring.verify(&key.signed(&claims), &trust(), Timestamp::now()).await;
        assert_eq!(user.unwrap().platform, expected, "{claims}");
    }
}
