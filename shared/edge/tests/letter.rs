//! Tokens by the letter: what header and claims may be, and what they may not.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use axum::Router;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use muster_domain::UserId;
use muster_edge::auth::{Keyring, TokenError, Trust};
use muster_edge::{User, Web};
use serde_json::{Value, json};

const ISSUER: &str = "https://id.example";
const NOW: &str = "2026-01-31T12:00:00Z";

/// A provider with one key, and whoever believes it.
struct Provider {
    key: EncodingKey,
    keyring: Keyring,
    trust: Trust,
}

impl Provider {
    /// One that publishes its key with these members more.
    async fn publishing(more: Value) -> Self {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let key = EncodingKey::from_ec_der(pkcs8.as_ref());
        let mut jwk = json!(Jwk::from_encoding_key(&key, Algorithm::ES256).unwrap());
        let members = jwk.as_object_mut().unwrap();
        members.insert("kid".to_owned(), json!("k1"));
        members.extend(more.as_object().unwrap().clone());
        let set = json!({ "keys": [{ "kty": "NEW", "kid": "k0" }, jwk] }).to_string();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
        let routes = Router::new().route("/jwks.json", get(move || std::future::ready(set.clone())));
        tokio::spawn(async { axum::serve(listener, routes).await });
        Self {
            key,
            keyring: Keyring::new(url, Web::open()),
            trust: Trust {
                issuer: ISSUER.to_owned(),
                audiences: vec!["muster".to_owned()],
                clients: Vec::new(),
                platform_scope: "muster:platform".to_owned(),
            },
        }
    }

    async fn start() -> Self {
        Self::publishing(json!({})).await
    }

    /// A token of these two texts.
    fn signed(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = crypto::sign(message.as_bytes(), &self.key, Algorithm::ES256).unwrap();
        format!("{message}.{signature}")
    }

    async fn verify(&self, token: &str) -> Result<User, TokenError> {
        self.keyring.verify(token, &self.trust, NOW.parse().unwrap()).await
    }

    /// Whether it believes a token with these members of the header, and these claims, beside the usual ones.
    async fn believes(&self, header: Value, claims: Value) -> Result<User, TokenError> {
        let all = |mut usual: Value, more: Value| {
            usual.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            usual.to_string()
        };
        let header = all(json!({ "alg": "ES256", "kid": "k1" }), header);
        let claims = all(
            json!({ "iss": ISSUER, "aud": "muster", "sub": "ann", "exp": 1_769_860_900 }),
            claims,
        );
        self.verify(&self.signed(&header, &claims)).await
    }
}

#[tokio::test]
async fn an_access_token_is_accepted_and_one_that_does_not_say_what_it_is_and_no_other() {
    let p = Provider::start().await;
    assert!(p.believes(json!({}), json!({})).await.is_ok());
    for typ in [
        "JWT",
        "jwt",
        "at+jwt",
        "AT+JWT",
        "application/at+jwt",
        "application/JWT",
    ] {
        assert!(p.believes(json!({ "typ": typ }), json!({})).await.is_ok(), "{typ}");
    }
    for typ in [
        "",
        "logout+jwt",
        "secevent+jwt",
        "dpop+jwt",
        "id+jwt",
        "application/secevent+jwt",
        "JOSE",
    ] {
        let refused = p.believes(json!({ "typ": typ }), json!({})).await;
        assert_eq!(refused.err(), Some(TokenError::Kind), "{typ}");
    }
    // As providers write them that say nothing of the kind in the header.
    let logout = json!({ "events": { "http://schemas.openid.net/event/backchannel-logout": {} } });
    for header in [json!({}), json!({ "typ": "JWT" })] {
        let refused = p.believes(header, logout.clone()).await;
        assert_eq!(refused.err(), Some(TokenError::Kind));
    }
    for typ in [json!(7), json!(null), json!(["JWT"])] {
        let refused = p.believes(json!({ "typ": typ }), json!({})).await;
        assert_eq!(refused.err(), Some(TokenError::Malformed), "{typ}");
    }
}

#[tokio::test]
async fn what_must_be_understood_is_not_and_so_is_refused() {
    let p = Provider::start().await;
    for crit in [
        json!(["exp"]),
        json!(["b64"]),
        json!(["https://x.example"]),
        json!([]),
        json!(null),
        json!("exp"),
    ] {
        for more in [json!({}), json!({ "b64": false, "exp": 1 })] {
            let mut header = more;
            header["crit"] = crit.clone();
            assert_eq!(
                p.believes(header, json!({})).await.err(),
                Some(TokenError::Kind),
                "{crit}"
            );
        }
    }
}

#[tokio::test]
async fn the_issuer_is_one_text() {
    let p = Provider::start().await;
    for (iss, error) in [
        (json!([ISSUER]), TokenError::Malformed),
        (json!([ISSUER, "https://other.example"]), TokenError::Malformed),
        (json!({ "id": ISSUER }), TokenError::Malformed),
        (json!(null), TokenError::Malformed),
        (json!(7), TokenError::Malformed),
        (json!("https://id.example/"), TokenError::Foreign),
        (json!("https://ID.example"), TokenError::Foreign),
        (json!(""), TokenError::Foreign),
    ] {
        assert_eq!(
            p.believes(json!({}), json!({ "iss": iss })).await.err(),
            Some(error),
            "{iss}"
        );
    }
}

#[tokio::test]
async fn times_are_seconds_that_may_have_a_fraction() {
    let p = Provider::start().await;
    let now: Timestamp = NOW.parse().unwrap();
    let at = |seconds: f64| {
        let now = now.as_second() as f64;
        json!(now + seconds)
    };
    for (claims, error) in [
        (json!({ "exp": at(0.5) }), None),
        (json!({ "exp": at(-29.5) }), None),
        (json!({ "exp": at(-30.0) }), Some(TokenError::Time)),
        (json!({ "exp": at(-30.5) }), Some(TokenError::Time)),
        (json!({ "nbf": at(29.5) }), None),
        (json!({ "nbf": at(30.0) }), None),
        (json!({ "nbf": at(30.5) }), Some(TokenError::Time)),
        (json!({ "iat": at(-3.25) }), None),
        (json!({ "exp": 1e300 }), Some(TokenError::Time)),
        (json!({ "exp": -1 }), Some(TokenError::Time)),
        (json!({ "exp": u64::MAX }), Some(TokenError::Time)),
        (json!({ "exp": "1769860900" }), Some(TokenError::Malformed)),
        (json!({ "exp": null }), Some(TokenError::Malformed)),
        (json!({ "exp": [1_769_860_900] }), Some(TokenError::Malformed)),
        (json!({ "nbf": "soon" }), Some(TokenError::Malformed)),
    ] {
        assert_eq!(p.believes(json!({}), claims.clone()).await.err(), error, "{claims}");
    }
}

#[tokio::test]
async fn a_subject_is_counted_in_characters_as_a_contacts_is() {
    let p = Provider::start().await;
    for sub in [
        "a".repeat(255),
        "\u{e9}".repeat(255),
        "\u{1f9d1}".repeat(255),
        " auth0|Ann ".to_owned(),
    ] {
        let user = p.believes(json!({}), json!({ "sub": sub })).await.unwrap();
        assert_eq!(user.id, UserId::of(ISSUER, &sub));
        assert_eq!(user.subject.map(String::from), Some(sub));
    }
    for sub in [
        json!(""),
        json!("a".repeat(256)),
        json!("\u{e9}".repeat(256)),
        json!("a\nb"),
        json!("a\u{0}b"),
        json!(7),
        json!(null),
        json!(["ann"]),
    ] {
        let refused = p.believes(json!({}), json!({ "sub": sub })).await;
        assert_eq!(refused.err(), Some(TokenError::Malformed), "{sub}");
    }
}

#[tokio::test]
async fn each_name_stands_once_in_header_and_claims() {
    let p = Provider::start().await;
    let header = r#"{"alg":"ES256","kid":"k1"}"#;
    let claims = format!(r#"{{"iss":"{ISSUER}","aud":"muster","sub":"ann","exp":1769860900}}"#);
    assert!(p.verify(&p.signed(header, &claims)).await.is_ok());
    for header in [
        r#"{"alg":"ES256","kid":"k1","kid":"k1"}"#,
        r#"{"alg":"none","alg":"ES256","kid":"k1"}"#,
        r#"{"alg":"ES256","kid":"k1","alg":"ES256"}"#,
        r#"{"alg":"ES256","kid":"k1","x":1,"x":1}"#,
        r#"{"alg":"ES256","kid":"k1","jwk":{"kty":"EC","kty":"EC"}}"#,
        r#"{"alg":"ES256","k\u0069d":"k1","kid":"k1"}"#,
        r#"["ES256","k1",null]"#,
        r#"{"alg":{"ES256":null},"kid":"k1"}"#,
        r#"{"alg":"ES256","kid":"k1"} "x""#,
    ] {
        let refused = p.verify(&p.signed(header, &claims)).await;
        assert_eq!(refused.err(), Some(TokenError::Malformed), "{header}");
    }
    for more in [
        r#""sub":"olivia""#,
        r#""s\u0075b":"olivia""#,
        r#""iss":"https://id.example""#,
        r#""aud":"muster""#,
        r#""exp":9999999999"#,
        r#""scope":"a","scope":"muster:platform""#,
        r#""x":{"y":1,"y":2}"#,
    ] {
        let twice = format!("{},{more}}}", claims.strip_suffix('}').unwrap());
        let refused = p.verify(&p.signed(header, &twice)).await;
        assert_eq!(refused.err(), Some(TokenError::Malformed), "{more}");
    }
    let list = format!(r#"["{ISSUER}","ann",1769860900]"#);
    assert!(p.verify(&p.signed(header, &list)).await.is_err());
}

#[tokio::test]
async fn a_token_has_three_parts_in_base64_for_urls_without_padding() {
    let p = Provider::start().await;
    let header = r#"{"alg":"ES256","kid":"k1"}"#;
    let claims = format!(r#"{{"iss":"{ISSUER}","aud":"muster","sub":"ann?>","exp":1769860900}}"#);
    let good = p.signed(header, &claims);
    assert!(p.verify(&good).await.is_ok());
    let padded = |text: &str| URL_SAFE.encode(text);
    let message = format!("{}.{}", padded(header), padded(&claims));
    let signature = crypto::sign(message.as_bytes(), &p.key, Algorithm::ES256).unwrap();
    for bad in [
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.{}", URL_SAFE_NO_PAD.encode("x")),
        good.rsplit_once('.').unwrap().0.to_owned(),
        format!("{good}="),
        format!("{good}\n"),
        good.replace('-', "+").replace('_', "/") + "+",
        format!("{message}.{signature}"),
        String::new(),
        "..".to_owned(),
    ] {
        assert!(p.verify(&bad).await.is_err(), "{bad}");
    }
}

#[tokio::test]
async fn a_key_verifies_only_if_it_is_published_for_that() {
    for (more, good) in [
        (json!({ "use": "sig" }), true),
        (json!({ "key_ops": ["verify"] }), true),
        (json!({ "use": "sig", "key_ops": ["verify", "sign"] }), true),
        (json!({ "use": "enc" }), false),
        (json!({ "use": "other" }), false),
        (json!({ "key_ops": ["encrypt"] }), false),
        (json!({ "key_ops": [] }), false),
    ] {
        let p = Provider::publishing(more.clone()).await;
        assert_eq!(p.believes(json!({}), json!({})).await.is_ok(), good, "{more}");
    }
}
