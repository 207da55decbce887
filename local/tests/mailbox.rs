//! The mailbox at `/dev/mail`, as a browser and as a program see it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop"
)]

use muster_local::{Backend, Options};
use reqwest::header::{ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn get(backend: &Backend, path: &str, accept: &str) -> (StatusCode, HeaderMap, String) {
    let url = format!("{}{path}", backend.base_url());
    let answer = Client::new().get(url).header(ACCEPT, accept).send().await.unwrap();
    (answer.status(), answer.headers().clone(), answer.text().await.unwrap())
}

async fn page(backend: &Backend, path: &str) -> String {
    let (status, headers, body) = get(backend, path, BROWSER).await;
    assert_eq!(status, StatusCode::OK, "{path}: {body}");
    assert_eq!(headers[CONTENT_TYPE], "text/html; charset=utf-8");
    let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'") && !policy.contains("script-src"),
        "{policy}"
    );
    assert!(!body.contains("<script"), "{body}");
    body
}

/// Founds an organization whose name and message are hostile, and invites a person.
async fn invite(backend: &Backend) {
    let request = serde_json::from_value(json!({ "sub": "olivia", "email": "olivia@acme.example", "name": "Olivia" }));
    let token = backend.issue_token(&request.unwrap()).unwrap();
    let post = async |path: &str, body: Value| {
        let url = format!("{}{path}", backend.base_url());
        let answer = Client::new()
            .post(url)
            .bearer_auth(&token)
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        answer.json::<Value>().await.unwrap()
    };
    let name = "<script>alert(1)</script><img src=x onerror=alert(1)>";
    let made = post(
        "/v1/organizations",
        json!({ "name": name, "role_set": "program-delivery" }),
    )
    .await;
    let path = format!("/v1/organizations/{}/invitations", made["id"].as_str().unwrap());
    let body = json!({ "emails": "ann@acme.example", "role": "admin", "message": name, "language": "ar" });
    post(&path, body).await;
}

#[tokio::test]
async fn a_browser_gets_pages_and_a_program_gets_json() {
    let backend = Backend::start(Options::default()).await.unwrap();
    assert!(page(&backend, "/dev/mail").await.contains("No email was sent yet"));
    invite(&backend).await;
    for accept in ["*/*", "application/json"] {
        let (_, headers, body) = get(&backend, "/dev/mail", accept).await;
        assert_eq!(headers[CONTENT_TYPE], "application/json");
        assert_eq!(
            headers["vary"]
                .to_str()
                .unwrap()
                .to_lowercase()
                .matches("accept")
                .count(),
            1
        );
        let mails: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            (mails[0]["to"].as_str(), mails.as_array().unwrap().len()),
            (Some("ann@acme.example"), 1)
        );
    }
    let list = page(&backend, "/dev/mail").await;
    assert!(
        list.contains("ann@acme.example") && list.contains("href=\"/dev/mail/0\""),
        "{list}"
    );
    let letter = page(&backend, "/dev/mail/0").await;
    assert!(
        letter.contains("<iframe src=\"&#x2f;dev&#x2f;mail&#x2f;0/html\"")
            || letter.contains("<iframe src=\"/dev/mail/0/html\""),
        "{letter}"
    );
    assert!(
        letter.contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\""),
        "{letter}"
    );
    let sample = page(&backend, "/dev/mail/samples/de/added").await;
    assert!(
        sample.contains("/samples/ar/added") && !letter.contains("/samples/ar/"),
        "a sample leads to its other languages: {sample}"
    );
    assert!(
        letter.contains("Content-Language: ar") && letter.contains("rel=\"noopener noreferrer\""),
        "{letter}"
    );
}

/// Whatever an email holds, its document has a policy of its own under which nothing of it can run, also outside its frame.
#[tokio::test]
async fn nothing_of_an_email_can_run_a_script() {
    let backend = Backend::start(Options::default()).await.unwrap();
    invite(&backend).await;
    get(&backend, "/dev/mail", "*/*").await;
    for path in ["/dev/mail/0/html", "/dev/mail/samples/de/invitation/html"] {
        let html = page(&backend, path).await;
        assert!(
            html.contains("<base target=\"_blank\">") && !html.contains("<img src=x"),
            "{html}"
        );
        let (_, headers, _) = get(&backend, path, BROWSER).await;
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.contains("sandbox allow-popups allow-popups-to-escape-sandbox"),
            "{policy}"
        );
        assert!(
            !policy.contains("allow-scripts") && !policy.contains("allow-same-origin"),
            "{policy}"
        );
    }
    let (_, headers, raw) = get(&backend, "/dev/mail/0/raw", BROWSER).await;
    assert_eq!(headers[CONTENT_TYPE], "text/plain; charset=utf-8");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert!(raw.contains("multipart/alternative"));
}

#[tokio::test]
async fn there_is_a_sample_of_each_letter_in_each_language() {
    let backend = Backend::start(Options::default()).await.unwrap();
    let list = page(&backend, "/dev/mail/samples").await;
    let mut seen = 0;
    for link in list.split("href=\"").filter_map(|piece| piece.split('"').next()) {
        let link = link.replace("&#x2f;", "/");
        if link.starts_with("/dev/mail/samples/") {
            page(&backend, &link).await;
            page(&backend, &format!("{link}/html")).await;
            seen += 1;
        }
    }
    assert_eq!(seen, 14 * 5);
    for path in [
        "/dev/mail/0",
        "/dev/mail/0/html",
        "/dev/mail/samples/it/invitation",
        "/dev/mail/samples/de/none",
        "/dev/mail/samples/de/invitation/pdf",
    ] {
        let (status, _, body) = get(&backend, path, BROWSER).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}: {body}");
    }
}

#[tokio::test]
async fn a_bad_template_keeps_the_backend_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("invitation.html"), "{{ link }}\n{{ nothing }}").unwrap();
    let options = Options {
        mail_templates: Some(folder.path().to_owned()),
        ..Options::default()
    };
    let error = Backend::start(options).await.err().unwrap().to_string();
    assert!(error.contains("invitation.html:2: "), "{error}");
}
