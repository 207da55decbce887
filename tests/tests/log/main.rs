//! What is logged, down to the last detail of the SDK, holds no secret.
//!
//! A program of its own: whether a line is logged at all is decided once a process, and other tests would decide it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

use muster_edge::App;
use muster_functions::routes::call;
use muster_local::Options;
use muster_tests::calls::run_as;
use muster_tests::harness::{Harness, Organization};
use muster_tests::recount;
use muster_tests::samples::{Values, sample};
use serde_json::{Value, json};
use std::io::{Result, Write};
use std::sync::{Arc, Mutex};

/// Everything that is logged, down to the last detail of the SDK.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// Runs a function with its sample, in this thread; gives status and body.
async fn run(app: &App, binary: &str, values: &Values) -> (u16, Value) {
    let event = sample(binary, values).to_string();
    let request = lambda_http::request::from_str(&event).unwrap();
    let reply = run_as(binary, call(binary, app, request)).await;
    let body = serde_json::from_slice(reply.body()).unwrap_or_default();
    (reply.status().as_u16(), body)
}

#[tokio::test]
async fn no_log_line_and_no_item_holds_a_secret() {
    let h = Harness::with(Options {
        timers: false,
        streams: false,
        ..Options::default()
    })
    .await;
    let acme = Organization::make(&h).await;
    let made = acme.key(&h, &acme.owner, &json!({ "name": "zapier" })).await;
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let mut values: Values = vec![
        ("org", acme.id.clone()),
        ("member", acme.owner.id()),
        ("key", made.id.clone()),
        ("secret", made.secret.clone()),
        ("token", acme.owner.token(&h)),
    ];
    let mut secrets = vec![made.secret.clone()];
    {
        let _logging = tracing::subscriber::set_default(subscriber);
        for (binary, status) in [
            ("create-api-key", 201),
            ("verify-api-key", 200),
            ("rotate-api-key", 200),
        ] {
            let (found, body) = run(h.backend.app(), binary, &values).await;
            assert_eq!(found, status, "{binary}: {body:#}");
            secrets.extend(body["secret"].as_str().map(str::to_owned));
        }
        // The same through keys: a good one, one that opens nothing, and a mistyped one.
        let known: muster_domain::Secret = made.secret.parse().unwrap();
        let guess = muster_domain::Secret::new(known.key(), known.organization(), 7);
        secrets.push(guess.reveal().to_owned());
        let other = if made.secret.ends_with('x') { 'y' } else { 'x' };
        let mistyped = format!("{}{other}", &made.secret[..85]);
        for (secret, status) in [
            (made.secret.as_str(), 200),
            (guess.reveal(), 401),
            (mistyped.as_str(), 401),
        ] {
            *values.last_mut().unwrap() = ("token", secret.to_owned());
            assert_eq!(run(h.backend.app(), "list-members", &values).await.0, status);
        }
    }
    assert_eq!(secrets.len(), 4);
    let text = log.text();
    assert!(
        text.contains("answered") && text.contains("an API key was refused"),
        "something was logged: {text}"
    );
    let items = format!("{:?}", muster_tests::recount::items(&h).await);
    for secret in &secrets {
        // What follows the key's and the organization's digits is the secret part of it.
        let part = &secret[58..80];
        assert!(!text.contains(part), "a log line holds a secret");
        assert!(!items.contains(part), "an item holds a secret");
    }
    recount(&h).await;
}
