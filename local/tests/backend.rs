//! A backend as a whole: its development routes, odd requests, independence of others, restart.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that goes wrong should stop there"
)]

use muster_local::{Backend, Options, StartError, TokenRequest};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn backend() -> Backend {
    Backend::start(Options {
        timers: false,
        ..Options::default()
    })
    .await
    .unwrap()
}

async fn ask(backend: &Backend, method: Method, path: &str, body: &str) -> (u16, Value) {
    let url = format!("{}{path}", backend.base_url());
    let reply = Client::new()
        .request(method, url)
        .body(body.to_owned())
        .send()
        .await
        .unwrap();
    (reply.status().as_u16(), reply.json().await.unwrap())
}

#[tokio::test]
async fn a_token_is_of_the_advertised_issuer_and_key() {
    let backend = backend().await;
    let body = json!({"sub": "ann", "email": "ann@x.example", "name": "Ann", "scope": "muster:platform"});
    let (status, answer) = ask(&backend, Method::POST, "/dev/token", &body.to_string()).await;
    assert_eq!(status, 200);
    let header = jsonwebtoken::decode_header(answer["access_token"].as_str().unwrap()).unwrap();

    let (_, discovery) = ask(&backend, Method::GET, "/dev/.well-known/openid-configuration", "").await;
    assert_eq!(discovery["issuer"], backend.identity().issuer());
    assert_eq!(discovery["jwks_uri"], format!("{}/dev/jwks.json", backend.base_url()));
    let (_, keys) = ask(&backend, Method::GET, "/dev/jwks.json", "").await;
    assert_eq!(keys["keys"][0]["kid"], header.kid.unwrap());
}

#[tokio::test]
async fn the_clock_of_every_part_moves_at_once() {
    let backend = backend().await;
    let before = backend.clock().now();
    let (status, answer) = ask(&backend, Method::POST, "/dev/clock", r#"{"advance":"P8D"}"#).await;
    assert_eq!(status, 200);
    let now: jiff::Timestamp = answer["now"].as_str().unwrap().parse().unwrap();
    assert_eq!(now.duration_since(before).as_hours(), 8 * 24);
    assert!(backend.clock().now() >= now);
}

#[tokio::test]
async fn bad_input_to_the_development_routes_is_a_problem() {
    let backend = backend().await;
    for (method, path, body, status, detail) in [
        (
            Method::POST,
            "/dev/token",
            r#"{"sub":"a","mail":"b"}"#,
            400,
            "unknown field `mail`",
        ),
        (
            Method::POST,
            "/dev/token",
            r#"{"email":"a@b"}"#,
            400,
            "missing field `sub`",
        ),
        (
            Method::POST,
            "/dev/token",
            "[\"a\",null,null,null,null]",
            400,
            "expected a map",
        ),
        (Method::POST, "/dev/token", "", 400, "EOF"),
        (Method::GET, "/dev/token", "", 405, "POST only"),
        (Method::POST, "/dev/mail", "", 405, "GET only"),
        (Method::POST, "/dev/clock", r#"{"advance":"-P1D"}"#, 400, "negative"),
        (Method::POST, "/dev/clock", r#"{"advance":"soon"}"#, 400, "ISO 8601"),
        (Method::POST, "/dev/clock", r#"{"advance":5}"#, 400, "invalid type"),
        (Method::GET, "/dev/nothing", "", 404, "no such"),
    ] {
        let (answered, problem) = ask(&backend, method, path, body).await;
        assert_eq!(answered, status, "{path} {body}");
        assert_eq!(problem["status"], status, "{path} {body}");
        let said = problem["detail"].as_str().unwrap();
        assert!(said.contains(detail), "{path} {body}: {said}");
    }
}

#[tokio::test]
async fn odd_requests_end_neither_the_process_nor_the_next_request() {
    let backend = backend().await;
    let address = backend.base_url().strip_prefix("http://").unwrap();
    for request in [
        "TRACE /v1/organizations HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "BREW /v1/organizations HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "CONNECT localhost:1 HTTP/1.1\r\nHost: localhost:1\r\n\r\n",
        "GET /v1/organizations HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET /v1/organizations HTTP/1.1\r\nHost: [::1\r\n\r\n",
        "GET /v1/organizations HTTP/1.1\r\nHost:\r\n\r\n",
        "GET /v1/organizations HTTP/1.0\r\n\r\n",
        "GET /v1/invitations/%00%ff%3f%23 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET http://[::1]:x/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "no request at all\r\n\r\n",
    ] {
        let mut connection = TcpStream::connect(address).await.unwrap();
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut reply = [0; 1024];
        let length = connection.read(&mut reply).await.unwrap();
        let reply = String::from_utf8_lossy(&reply[..length]);
        assert!(reply.starts_with("HTTP/1."), "{request:?}: {reply:?}");
        assert!(!reply.starts_with("HTTP/1.1 5"), "{request:?}: {reply:?}");
    }
    assert_eq!(ask(&backend, Method::GET, "/dev/mail", "").await, (200, json!([])));
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let backend = backend().await;
    let (status, problem) = ask(
        &backend,
        Method::POST,
        "/v1/organizations",
        &" ".repeat(10 * 1024 * 1024 + 1),
    )
    .await;
    assert_eq!(status, 413);
    assert_eq!(problem["type"], "https://muster.example/problems/body-too-large");
}

#[tokio::test]
async fn backends_of_one_process_know_nothing_of_each_other() {
    let (one, other) = tokio::join!(backend(), backend());
    assert_ne!(one.base_url(), other.base_url());
    assert_ne!(one.dynamodb_endpoint(), other.dynamodb_endpoint());
    assert_ne!(one.identity().key_set(), other.identity().key_set());
    let (before, _) = (
        other.clock().now(),
        one.clock().advance(jiff::SignedDuration::from_hours(1)),
    );
    assert!(other.clock().now().duration_since(before).as_hours() < 1);
    one.stop().await;
    assert_eq!(ask(&other, Method::GET, "/dev/mail", "").await.0, 200);
}

#[tokio::test]
async fn an_idle_backend_is_drained_and_a_stopped_one_takes_no_requests() {
    let backend = backend().await;
    backend.drained().await;
    assert_eq!(backend.dead_letters(), []);
    let url = format!("{}/dev/mail", backend.base_url());
    backend.stop().await;
    assert!(Client::new().get(url).send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn keys_and_names_survive_a_restart_on_another_port() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let data = Some(folder.path().to_owned());
        Backend::start(Options {
            data,
            timers: false,
            ..Options::default()
        })
    };
    let first = start().await.unwrap();
    let (key_set, issuer) = (first.identity().key_set().clone(), first.identity().issuer().to_owned());
    assert!(
        matches!(start().await, Err(StartError::Data(_))),
        "the folder is in use"
    );
    first.stop().await;

    let second = start().await.unwrap();
    assert_eq!(second.identity().key_set(), &key_set);
    assert_eq!(second.identity().issuer(), issuer);
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let first = backend().await;
    let port = first.base_url().rsplit_once(':').unwrap().1.parse().unwrap();
    let second = Backend::start(Options {
        port: Some(port),
        ..Options::default()
    })
    .await;
    assert!(matches!(second, Err(StartError::PortTaken(taken)) if taken == port));
}

#[tokio::test]
async fn a_token_lasts_half_a_day_by_the_backends_clock() {
    let backend = backend().await;
    backend.clock().advance(jiff::SignedDuration::from_hours(24));
    let token = backend
        .issue_token(&TokenRequest {
            sub: "ann".into(),
            ..TokenRequest::default()
        })
        .unwrap();
    let claims = jsonwebtoken::dangerous::insecure_decode::<Value>(token).unwrap().claims;
    let issued = claims["iat"].as_i64().unwrap();
    assert!((backend.clock().now().as_second() - issued).abs() <= 2);
    assert_eq!(claims["exp"].as_i64().unwrap() - issued, 12 * 3600);
}

/// A client that is led nowhere, with what an app asks for to sign its user in.
struct SignIn {
    client: Client,
    url: String,
}

const VERIFIER: &str = "a-verifier-that-only-the-app-knows-0123456789";
/// Its SHA-256 in base64url.
const CHALLENGE: &str = "gVoxHuu_NoUuTvSOJ_mesNe2vxkx4IJ43k9BxoHSyDM";
const APP: &str = "http://127.0.0.1:5173/callback";

impl SignIn {
    fn at(backend: &Backend) -> Self {
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            client,
            url: backend.base_url().to_owned(),
        }
    }

    /// Asks for a sign-in, with these parameters in place of the usual ones.
    async fn authorize(&self, changes: &[(&str, &str)]) -> reqwest::Response {
        let mut url = url::Url::parse(&format!("{}/dev/authorize", self.url)).unwrap();
        let usual = [
            ("response_type", "code"),
            ("client_id", "app"),
            ("redirect_uri", APP),
            ("state", "s"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let changed = |name: &str| changes.iter().any(|(other, _)| *other == name);
        let kept = usual.iter().filter(|(name, _)| !changed(name)).chain(changes);
        url.query_pairs_mut()
            .extend_pairs(kept.filter(|(_, value)| !value.is_empty()));
        self.client.get(url).send().await.unwrap()
    }

    /// A code for Ann.
    async fn code(&self) -> String {
        answer(&self.authorize(&[("email", "ann@acme.example")]).await)["code"].clone()
    }

    async fn exchange(&self, pairs: &[(&str, &str)]) -> (u16, Value) {
        let body = pairs
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("&");
        let reply = self
            .client
            .post(format!("{}/dev/token", self.url))
            .body(body)
            .send()
            .await
            .unwrap();
        (reply.status().as_u16(), reply.json().await.unwrap())
    }

    async fn exchange_code(&self, code: &str, changes: &[(&str, &str)]) -> (u16, Value) {
        let usual = [
            ("grant_type", "authorization_code"),
            ("client_id", "app"),
            ("redirect_uri", APP),
            ("code", code),
            ("code_verifier", VERIFIER),
        ];
        let changed = |name: &str| changes.iter().any(|(other, _)| *other == name);
        let kept: Vec<_> = usual
            .iter()
            .filter(|(name, _)| !changed(name))
            .chain(changes)
            .copied()
            .collect();
        self.exchange(&kept).await
    }
}

/// What an app is led back to with.
fn answer(reply: &reqwest::Response) -> std::collections::BTreeMap<String, String> {
    assert_eq!(reply.status(), 303);
    let url = url::Url::parse(reply.headers()["location"].to_str().unwrap()).unwrap();
    assert!(url.as_str().starts_with(APP), "{url}");
    url.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn an_app_signs_its_user_in_by_code_and_verifier_and_renews_the_token() {
    let backend = backend().await;
    let sign_in = SignIn::at(&backend);
    let chosen = answer(
        &sign_in
            .authorize(&[("email", "ann@acme.example"), ("name", "Ann Lee")])
            .await,
    );
    assert_eq!(chosen["state"], "s");
    assert_eq!(chosen["iss"], backend.identity().issuer());
    let (status, tokens) = sign_in.exchange_code(&chosen["code"], &[]).await;
    assert_eq!(status, 200, "{tokens}");
    let organizations = |token: String| {
        let url = format!("{}/v1/organizations", backend.base_url());
        async move {
            Client::new()
                .get(url)
                .bearer_auth(token)
                .send()
                .await
                .unwrap()
                .status()
                .as_u16()
        }
    };
    let token = |tokens: &Value| tokens["access_token"].as_str().unwrap().to_owned();
    assert_eq!(organizations(token(&tokens)).await, 200);

    let refresh = tokens["refresh_token"].as_str().unwrap();
    let grant = [
        ("grant_type", "refresh_token"),
        ("client_id", "app"),
        ("refresh_token", refresh),
    ];
    let (status, renewed) = sign_in.exchange(&grant).await;
    assert_eq!((status, organizations(token(&renewed)).await), (200, 200));
    assert_eq!(sign_in.exchange(&grant).await, (400, json!({"error": "invalid_grant"})));
}

#[tokio::test]
async fn a_code_is_worth_nothing_a_second_time_too_late_or_without_what_it_was_asked_for_with() {
    let backend = backend().await;
    let sign_in = SignIn::at(&backend);
    let refused = (400, json!({"error": "invalid_grant"}));
    for change in [
        ("code_verifier", "another-verifier"),
        ("client_id", "another"),
        ("redirect_uri", "http://127.0.0.1:5173/other"),
        ("code", "another"),
    ] {
        let code = sign_in.code().await;
        assert_eq!(sign_in.exchange_code(&code, &[change]).await, refused, "{change:?}");
        if change.0 != "code" {
            assert_eq!(
                sign_in.exchange_code(&code, &[]).await,
                refused,
                "{change:?} left the code usable"
            );
        }
    }
    let code = sign_in.code().await;
    assert_eq!(sign_in.exchange_code(&code, &[]).await.0, 200);
    assert_eq!(sign_in.exchange_code(&code, &[]).await, refused);
    let late = sign_in.code().await;
    backend.clock().advance(jiff::SignedDuration::from_secs(61));
    assert_eq!(sign_in.exchange_code(&late, &[]).await, refused);
    let (status, other) = sign_in.exchange(&[("grant_type", "password")]).await;
    assert_eq!((status, other), (400, json!({"error": "unsupported_grant_type"})));
}

#[tokio::test]
async fn a_sign_in_without_a_verifier_is_refused_and_browsers_are_led_to_this_machine_only() {
    let backend = backend().await;
    let sign_in = SignIn::at(&backend);
    for (change, error) in [
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
    ] {
        let told = answer(&sign_in.authorize(&[change, ("email", "ann@acme.example")]).await);
        assert_eq!((told["error"].as_str(), told.get("code")), (error, None), "{change:?}");
    }
    for elsewhere in ["https://evil.example/", "/team", ""] {
        let reply = sign_in
            .authorize(&[("redirect_uri", elsewhere), ("email", "ann@acme.example")])
            .await;
        assert_eq!(reply.status(), 400, "{elsewhere}");
    }
}

#[tokio::test]
async fn a_person_is_chosen_once_until_they_sign_out_or_another_is_asked_for() {
    let backend = backend().await;
    let sign_in = SignIn::at(&backend);
    let offered = sign_in.authorize(&[("state", "\"><script>")]).await;
    assert_eq!(offered.status(), 200);
    assert!(
        offered.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .starts_with("default-src 'none'")
    );
    let html = offered.text().await.unwrap();
    assert!(
        html.contains("olivia@acme.example") && !html.contains("<script>"),
        "{html}"
    );

    let chosen = sign_in.authorize(&[("email", "ann@acme.example")]).await;
    let cookie = chosen.headers()["set-cookie"].to_str().unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let url = format!(
        "{}/dev/authorize?response_type=code&redirect_uri={APP}&code_challenge={CHALLENGE}&code_challenge_method=S256",
        backend.base_url()
    );
    let with_cookie = |url: String| {
        sign_in
            .client
            .get(url)
            .header("cookie", cookie.split(';').next().unwrap())
            .send()
    };
    assert!(answer(&with_cookie(url.clone()).await.unwrap()).contains_key("code"));
    assert_eq!(with_cookie(format!("{url}&prompt=login")).await.unwrap().status(), 200);
    let out = sign_in.client.get(format!(
        "{}/dev/logout?post_logout_redirect_uri={APP}",
        backend.base_url()
    ));
    let out = out.send().await.unwrap();
    assert_eq!(
        (out.status().as_u16(), out.headers()["location"].to_str().unwrap()),
        (303, APP)
    );
    assert!(out.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
}
