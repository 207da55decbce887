//! The team page: its files, and what it says about itself to browsers.

use crate::below_a_path::Below;
use lambda_http::{Body, Response};
use muster_edge::Config;
use muster_edge::config::PageConfig;
use muster_tests::deployment::repository;
use muster_tests::harness::Harness;
use muster_tests::samples::sample;
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::collections::BTreeSet;

/// A response as a browser gets it.
struct Got {
    status: StatusCode,
    headers: reqwest::header::HeaderMap,
    body: Vec<u8>,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

async fn ask(h: &Harness, method: Method, path: &str, headers: &[(&str, &str)]) -> Got {
    let url = format!("{}{path}", h.backend.base_url());
    let request = headers
        .iter()
        .fold(h.http().request(method, url), |request, (name, value)| {
            request.header(*name, *value)
        });
    let reply = request.send().await.unwrap();
    Got {
        status: reply.status(),
        headers: reply.headers().clone(),
        body: reply.bytes().await.unwrap().into(),
    }
}

async fn get(h: &Harness, path: &str) -> Got {
    ask(h, Method::GET, path, &[]).await
}

/// The files that are checked in, but the page itself.
fn files() -> BTreeSet<String> {
    let entries = std::fs::read_dir(repository().join("web/dist")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != "team.html").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_lets_browsers_do_nothing_but_what_it_needs_and_is_kept_by_no_cache() {
    let h = Harness::start().await;
    for path in [
        "/team",
        "/team?code=a&state=b&session_state=c",
        "/team/invitations/nonsense",
    ] {
        let page = get(&h, path).await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' {}; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html",
            h.backend.base_url()
        );
        assert_eq!(page.header("content-security-policy"), policy);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_link_of_an_invitation_opens_the_same_page_and_nothing_of_the_request_is_in_it() {
    let h = Harness::start().await;
    let page = get(&h, "/team").await;
    for path in [
        "/team/invitations/secret-of-mine",
        "/team/invitations/%22%3E%3Cscript%3Esecret-of-mine",
        "/team?state=secret-of-mine&error=%22%3E%3Cscript%3E",
    ] {
        let other = get(&h, path).await;
        assert_eq!(other.text(), page.text(), "{path}");
        let told = format!("{:?}", other.headers);
        assert!(!told.contains("secret-of-mine"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_file_is_the_one_that_is_checked_in_and_is_kept_forever_under_its_name() {
    let h = Harness::start().await;
    let files = files();
    assert!(files.len() > 10, "{files:?}");
    for name in files {
        let path = format!("/team/{name}");
        let file = get(&h, &path).await;
        assert_eq!(file.status, 200, "{name}");
        assert_eq!(
            file.body,
            std::fs::read(repository().join("web/dist").join(&name)).unwrap(),
            "{name}"
        );
        let media_type = match name.rsplit_once('.').unwrap().1 {
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            _ => "text/plain; charset=utf-8",
        };
        let age = match name.as_str() {
            "licenses.txt" => "public, max-age=300",
            _ => "public, max-age=31536000, immutable",
        };
        assert_eq!(
            (file.header("content-type"), file.header("cache-control")),
            (media_type, age),
            "{name}"
        );
        assert_eq!(file.header("x-content-type-options"), "nosniff");
        assert!(
            file.headers
                .get_all("vary")
                .iter()
                .any(|field| field == "accept-encoding"),
            "{name}"
        );

        let packed = ask(&h, Method::GET, &path, &[("accept-encoding", "gzip")]).await;
        assert_eq!(packed.header("content-encoding"), "gzip", "{name}");
        let mut unpacked = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&*packed.body), &mut unpacked).unwrap();
        assert_eq!(unpacked, file.body, "{name}");
        assert_ne!(packed.header("etag"), file.header("etag"), "{name}");

        let again = ask(&h, Method::GET, &path, &[("if-none-match", file.header("etag"))]).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{name}");
        assert_eq!(again.header("cache-control"), age, "{name}");
        let head = ask(&h, Method::HEAD, &path, &[]).await;
        assert_eq!((head.status.as_u16(), head.body.len()), (200, 0), "{name}");
        assert_eq!(head.header("content-length"), file.body.len().to_string(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_loads_only_files_that_are_there() {
    let h = Harness::start().await;
    let page = get(&h, "/team").await;
    let named: Vec<&str> = page
        .text()
        .split("=\"/team/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(named.len() >= 3, "{named:?}");
    for name in named {
        assert_eq!(get(&h, &format!("/team/{name}")).await.status, 200, "{name}");
    }
}

fn text(reply: &Response<Body>) -> String {
    String::from_utf8(reply.body().to_vec()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_names_its_files_below_the_path_of_the_api_and_what_it_signs_in_with() {
    let api = Below::with(|known| Config {
        api_url: Some("https://api.example/of/team".to_owned()),
        page: Some(PageConfig {
            client_id: "the\"client".to_owned(),
            discovery_url: "https://id.example/pool/.well-known/openid-configuration".to_owned(),
            token_origin: Some("https://sign-in.example".to_owned()),
        }),
        ..known
    })
    .await;
    let page = api.answer("get-page", &sample("get-page", &Vec::new())).await;
    let html = text(&page);
    assert!(html.contains("src=\"/of/team/team/page-"), "{html}");
    assert!(html.contains("data-client=\"the&quot;client\""), "{html}");
    assert!(
        html.contains("data-discovery=\"https://id.example/pool/.well-known/openid-configuration\""),
        "{html}"
    );
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("connect-src 'self' https://id.example https://sign-in.example;"),
        "{policy}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_without_the_page_has_nothing_at_its_addresses() {
    let h = Harness::start().await;
    let app = h.backend.app();
    for (method, status) in [("GET", 404), ("HEAD", 404), ("POST", 405)] {
        let mut event = sample("not-found", &Vec::new());
        event["rawPath"] = json!("/team");
        event["requestContext"]["http"]["path"] = json!("/team");
        event["requestContext"]["http"]["method"] = json!(method);
        let request = lambda_http::request::from_str(&event.to_string()).unwrap();
        let reply = muster_functions::routes::call("not-found", app, request).await;
        assert_eq!(reply.status(), status, "{method}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn links_of_mail_lead_to_the_page() {
    let h = Harness::start().await;
    let acme = muster_tests::harness::Organization::make(&h).await;
    acme.invite(&h, "ann@x.example", "participant", &[]).await;
    let token = h.invitation_token("ann@x.example").await;
    let link = format!("{}/team/invitations/{token}", h.backend.base_url());
    let mail = h
        .backend
        .mail()
        .into_iter()
        .rfind(|mail| mail.to == "ann@x.example")
        .unwrap();
    assert!(mail.text.contains(&link) && mail.html.contains(&link), "{}", mail.text);
    assert_eq!(get(&h, &format!("/team/invitations/{token}")).await.status, 200);
}
