//! Tokens: what is believed, and everything that is not.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jiff::SignedDuration;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use muster_local::{AUDIENCE, Options, Signing};
use muster_tests::Answer;
use muster_tests::harness::Harness;
use serde_json::{Value, json};

/// Claims of a good token for ann.
fn claims(h: &Harness) -> Value {
    let now = h.backend.clock().now().as_second();
    json!({ "iss": h.backend.identity().issuer(), "aud": AUDIENCE, "sub": "ann", "iat": now, "exp": now + 3600,
        "email": "ann@acme.example", "email_verified": true })
}

/// Those claims with one of them changed; null takes it away.
fn with(h: &Harness, name: &str, value: Value) -> Value {
    let mut claims = claims(h);
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = value;
    }
    claims
}

async fn send(h: &Harness, authorization: &str) -> Answer {
    let url = format!("{}/v1/organizations", h.backend.base_url());
    h.answered(h.http().get(url).header("authorization", authorization))
        .await
}

async fn signed(h: &Harness, claims: &Value) -> Answer {
    let token = h.backend.identity().sign(claims).unwrap();
    send(h, &format!("Bearer {token}")).await
}

async fn refused(h: &Harness, claims: &Value) {
    let answer = signed(h, claims).await.problem(401, "unauthorized");
    assert_eq!(
        answer.body["detail"], "the token is not accepted",
        "callers are not told why"
    );
}

#[tokio::test]
async fn a_token_signed_as_cognito_auth0_and_okta_sign_is_believed() {
    let h = Harness::with(Options {
        signing: Signing::Rs256,
        ..Options::default()
    })
    .await;
    let token = h.backend.identity().sign(&claims(&h)).unwrap();
    let header = jsonwebtoken::decode_header(&token).unwrap();
    assert_eq!(header.alg, Algorithm::RS256);
    send(&h, &format!("Bearer {token}")).await.expect(200);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let mut tampered = BASE64.decode(signature).unwrap();
    tampered[10] ^= 1;
    let forged = [format!("{signed}.{}", BASE64.encode(&tampered)), format!("{signed}.")];
    for forged in forged {
        send(&h, &format!("Bearer {forged}")).await.problem(401, "unauthorized");
    }
}

#[tokio::test]
async fn a_good_token_is_believed_and_no_token_is_none() {
    let h = Harness::start().await;
    signed(&h, &claims(&h)).await.expect(200);
    let token = h.backend.identity().sign(&claims(&h)).unwrap();
    send(&h, &format!("bearer {token}")).await.expect(200);
    for bad in [
        "",
        "Bearer",
        "Bearer ",
        &token,
        &format!("Basic {token}"),
        "Bearer x",
        "Bearer a.b.c",
        "Bearer ..",
    ] {
        send(&h, bad).await.problem(401, "unauthorized");
    }
    let url = format!("{}/v1/organizations", h.backend.base_url());
    h.answered(h.http().get(url)).await.problem(401, "unauthorized");
}

#[tokio::test]
async fn issuer_and_audience_must_be_the_configured_ones() {
    let h = Harness::start().await;
    let issuer = h.backend.identity().issuer().to_owned();
    for other in [
        json!("https://evil.example"),
        json!(format!("{issuer}/")),
        json!(issuer.to_uppercase()),
        json!(""),
        Value::Null,
    ] {
        refused(&h, &with(&h, "iss", other)).await;
    }
    for other in [json!("another"), json!(""), json!([]), json!(["another"]), Value::Null] {
        refused(&h, &with(&h, "aud", other)).await;
    }
    signed(&h, &with(&h, "aud", json!(["another", AUDIENCE])))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_token_is_good_from_its_beginning_to_its_end_give_or_take_a_few_seconds() {
    let h = Harness::start().await;
    let now = h.backend.clock().now().as_second();
    for (exp, good) in [(now - 20, true), (now - 40, false), (now - 86_400, false), (0, false)] {
        let answer = signed(&h, &with(&h, "exp", json!(exp))).await;
        assert_eq!(answer.status == 200, good, "ends {} s from now", exp - now);
    }
    for (nbf, good) in [(now - 5, true), (now + 20, true), (now + 60, false)] {
        let answer = signed(&h, &with(&h, "nbf", json!(nbf))).await;
        assert_eq!(answer.status == 200, good, "begins {} s from now", nbf - now);
    }
    signed(&h, &with(&h, "exp", json!(253_402_300_799_i64)))
        .await
        .expect(200);
    for name in ["nbf", "iat"] {
        let mut null = claims(&h);
        null[name] = Value::Null;
        refused(&h, &null).await;
        for odd in [json!("yesterday"), json!([now]), json!({}), json!(true), json!(1e300)] {
            refused(&h, &with(&h, name, odd)).await;
        }
    }
    // When it was issued says nothing of how long it is good.
    signed(&h, &with(&h, "iat", json!(now + 3_600))).await.expect(200);
    for odd in [
        Value::Null,
        json!("tomorrow"),
        json!(-1),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1e300),
    ] {
        refused(&h, &with(&h, "exp", odd)).await;
    }
    // The clock is the one that everything else goes by.
    let ann = h.person("ann");
    let token = ann.token(&h);
    h.advance(SignedDuration::from_hours(13));
    send(&h, &format!("Bearer {token}")).await.problem(401, "unauthorized");
    ann.get(&h, "/v1/organizations").await.expect(200);
}

#[tokio::test]
async fn a_user_needs_a_subject() {
    let h = Harness::start().await;
    for sub in [Value::Null, json!(""), json!(7), json!("x".repeat(256)), json!("a\nb")] {
        refused(&h, &with(&h, "sub", sub)).await;
    }
    signed(&h, &with(&h, "sub", json!("\u{e9}".repeat(255))))
        .await
        .expect(200);
}

/// The contact of a person is found by the very `sub` that their token tells, however long it is.
#[tokio::test]
async fn the_longest_subject_of_a_contact_is_one_that_signs_in() {
    let h = Harness::start().await;
    let acme = muster_tests::harness::Organization::make(&h).await;
    let sub = "\u{e9}".repeat(255);
    let contact = json!({ "email": "ann@acme.example", "subject": sub });
    let platform = h.platform();
    platform
        .put(&h, &acme.path("/contacts/ann"), &contact)
        .await
        .expect(201);
    let body = json!({ "email": "ann@acme.example", "role": "admin" });
    acme.owner.post(&h, &acme.path("/members"), &body).await.expect(201);
    let token = h.backend.identity().sign(&with(&h, "sub", json!(sub))).unwrap();
    let url = format!("{}{}", h.backend.base_url(), acme.path("/members/me"));
    h.answered(h.http().get(url).bearer_auth(token)).await.expect(200);
}

#[tokio::test]
async fn a_token_of_another_kind_is_refused_like_any_other() {
    let h = Harness::start().await;
    let logout = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
    refused(&h, &with(&h, "events", logout)).await;
    refused(&h, &with(&h, "iss", json!([h.backend.identity().issuer()]))).await;
    let exp = h.backend.clock().now().as_second();
    signed(&h, &with(&h, "exp", json!(format!("{exp}.5").parse::<f64>().unwrap())))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_token_without_a_signature_or_with_another_is_not_believed() {
    let h = Harness::start().await;
    let good = h.backend.identity().sign(&claims(&h)).unwrap();
    let parts: Vec<&str> = good.split('.').collect();
    let kid = jsonwebtoken::decode_header(&good).unwrap().kid.unwrap();
    let encoded = |value: &Value| BASE64.encode(value.to_string());
    let other = encoded(&with(&h, "sub", json!("olivia")));
    let mut tampered = BASE64.decode(parts[2]).unwrap();
    tampered[10] ^= 1;
    let none = |alg: &str| encoded(&json!({ "alg": alg, "typ": "JWT", "kid": kid }));
    for token in [
        format!("{}.{other}.{}", parts[0], parts[2]),
        format!("{}.{}.{}", parts[0], parts[1], BASE64.encode(&tampered)),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{}.{}.", none("none"), parts[1]),
        format!("{}.{}.", none("None"), parts[1]),
        format!("{}.{}.{}", none("none"), parts[1], parts[2]),
        format!("{}.{}.{}", none("ES384"), parts[1], parts[2]),
        format!("{}.{}.{}", none("RS256"), parts[1], parts[2]),
    ] {
        send(&h, &format!("Bearer {token}")).await.problem(401, "unauthorized");
    }
}

#[tokio::test]
async fn the_public_key_is_no_secret_to_sign_with() {
    let h = Harness::start().await;
    let good = h.backend.identity().sign(&claims(&h)).unwrap();
    let kid = jsonwebtoken::decode_header(&good).unwrap().kid.unwrap();
    let set = json!(h.backend.identity().key_set());
    let jwk = &set["keys"][0];
    let raw = |name: &str| BASE64.decode(jwk[name].as_str().unwrap()).unwrap();
    let point = [vec![4], raw("x"), raw("y")].concat();
    let texts = [
        jwk.to_string().into_bytes(),
        set.to_string().into_bytes(),
        point,
        raw("x"),
        Vec::new(),
    ];
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        for secret in &texts {
            let header = Header {
                kid: Some(kid.clone()),
                ..Header::new(algorithm)
            };
            let token = jsonwebtoken::encode(&header, &claims(&h), &EncodingKey::from_secret(secret)).unwrap();
            send(&h, &format!("Bearer {token}")).await.problem(401, "unauthorized");
        }
    }
}

#[tokio::test]
async fn an_unpublished_key_is_not_believed_wherever_the_token_says_it_is() {
    let h = Harness::start().await;
    let stranger = Harness::start().await;
    // Properly signed, for this issuer and audience, by another provider's key.
    let foreign = stranger.backend.identity().sign(&claims(&h)).unwrap();
    send(&h, &format!("Bearer {foreign}"))
        .await
        .problem(401, "unauthorized");
    let good = h.backend.identity().sign(&claims(&h)).unwrap();
    let rest: Vec<&str> = foreign.splitn(2, '.').collect();
    let kid = jsonwebtoken::decode_header(&good).unwrap().kid.unwrap();
    let jwk = json!(stranger.backend.identity().key_set())["keys"][0].clone();
    let jku = format!("{}/dev/jwks.json", stranger.backend.base_url());
    for header in [
        json!({ "alg": "ES256", "kid": kid }),
        json!({ "alg": "ES256", "kid": kid, "jku": jku }),
        json!({ "alg": "ES256", "kid": kid, "jwk": jwk }),
        json!({ "alg": "ES256" }),
        json!({ "alg": "ES256", "kid": "" }),
        json!({ "alg": "ES256", "kid": "../../etc/passwd" }),
    ] {
        let token = format!("{}.{}", BASE64.encode(header.to_string()), rest[1]);
        send(&h, &format!("Bearer {token}")).await.problem(401, "unauthorized");
    }
    send(&h, &format!("Bearer {good}")).await.expect(200);
}

#[tokio::test]
async fn an_address_counts_only_where_the_provider_says_it_is_verified() {
    let h = Harness::start().await;
    for (verified, good) in [
        (json!(true), true),
        (json!("true"), true),
        (json!(false), false),
        (json!("false"), false),
        (json!("yes"), false),
        (Value::Null, false),
    ] {
        let answer = {
            let token = h
                .backend
                .identity()
                .sign(&with(&h, "email_verified", verified.clone()))
                .unwrap();
            let url = format!("{}/v1/invitations", h.backend.base_url());
            h.answered(h.http().get(url).bearer_auth(token)).await
        };
        if good {
            answer.expect(200);
        } else {
            answer.problem(403, "email-not-verified");
        }
    }
}

#[tokio::test]
async fn only_the_exact_scope_makes_a_token_one_of_the_platforms() {
    let h = Harness::start().await;
    let acme = muster_tests::harness::Organization::make(&h).await;
    let url = format!("{}{}", h.backend.base_url(), acme.path(""));
    for (scope, good) in [
        ("muster:platform", true),
        ("openid muster:platform email", true),
        ("muster:platforms", false),
        ("xmuster:platform", false),
        ("muster: platform", false),
        ("MUSTER:PLATFORM", false),
        ("", false),
    ] {
        let token = h.backend.identity().sign(&with(&h, "scope", json!(scope))).unwrap();
        let answer = h.answered(h.http().get(&url).bearer_auth(token)).await;
        assert_eq!(answer.status, if good { 200 } else { 404 }, "{scope}");
    }
}
