//! An API that a domain leads to with a path of its own: whatever names a place within it names that path.

use lambda_http::{Body, Response};
use muster_edge::{App, Config};
use muster_functions::routes::call;
use muster_tests::calls::run_as;
use muster_tests::harness::{Harness, Organization};
use muster_tests::samples::sample;
use serde_json::{Value, json};

/// A backend whose API is found at this address.
pub(crate) struct Below {
    h: Harness,
    app: App,
}

impl Below {
    async fn at(url: &str) -> Self {
        Self::with(|known| Config {
            api_url: Some(url.to_owned()),
            ..known
        })
        .await
    }

    pub(crate) async fn with(changed: impl FnOnce(Config) -> Config) -> Self {
        let h = Harness::start().await;
        let known = h.backend.app();
        let app = App::new(changed(known.config().clone()), known.sdk(), known.clock().clone());
        app.warm().await;
        Self { h, app }
    }

    pub(crate) async fn answer(&self, binary: &'static str, event: &Value) -> Response<Body> {
        let request = lambda_http::request::from_str(&event.to_string()).unwrap();
        run_as(binary, call(binary, &self.app, request)).await
    }
}

/// The event as a gateway makes it that leaves the path of the domain in front.
fn led(mut event: Value, path: &str) -> Value {
    let below = event["rawPath"].as_str().unwrap();
    let whole = json!(format!("{path}{below}"));
    event["requestContext"]["http"]["path"] = whole.clone();
    event["rawPath"] = whole;
    event
}

fn location(reply: &Response<Body>) -> Option<&str> {
    reply.headers().get("location").map(|place| place.to_str().unwrap())
}

fn body(reply: &Response<Body>) -> Value {
    serde_json::from_slice(reply.body()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_is_found_below_the_path() {
    let api = Below::at("https://api.example/team").await;
    let olivia = api.h.person("olivia");
    let token = vec![("token", olivia.token(&api.h))];
    let made = api
        .answer("create-organization", &sample("create-organization", &token))
        .await;
    assert_eq!(made.status(), 201);
    let id = body(&made)["id"].as_str().unwrap().to_owned();
    let place = format!("/team/v1/organizations/{id}");
    assert_eq!(location(&made), Some(place.as_str()));
    // The same again is answered with what was kept of it.
    let again = api
        .answer("create-organization", &sample("create-organization", &token))
        .await;
    assert_eq!(location(&again), Some(place.as_str()));

    let values = vec![("token", olivia.token(&api.h)), ("org", id)];
    let asked = api.answer("create-export", &sample("create-export", &values)).await;
    assert_eq!(asked.status(), 202);
    let export = body(&asked)["id"].as_str().unwrap().to_owned();
    assert_eq!(location(&asked), Some(format!("{place}/exports/{export}").as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_and_the_document_are_found_below_any_path_and_name_it() {
    let api = Below::at("https://api.example/of/team").await;
    for event in [
        sample("get-docs", &Vec::new()),
        led(sample("get-docs", &Vec::new()), "/of/team"),
    ] {
        let led_on = api.answer("get-docs", &event).await;
        assert_eq!(
            (led_on.status().as_u16(), location(&led_on)),
            (302, Some("docs/index.html"))
        );
    }
    let mut file = led(sample("get-docs", &Vec::new()), "/of/team");
    file["rawPath"] = json!("/of/team/docs/swagger-initializer.js");
    file["pathParameters"] = json!({ "file": "swagger-initializer.js" });
    let shown = api.answer("get-docs", &file).await;
    assert_eq!(shown.status(), 200);
    let script = String::from_utf8_lossy(shown.body()).into_owned();
    assert!(script.contains("\"../openapi.json\""), "{script}");

    let mut event = sample("get-openapi", &Vec::new());
    event["headers"]["accept-encoding"] = json!("gzip");
    let told = api.answer("get-openapi", &event).await;
    assert_eq!(body(&told)["servers"], json!([{ "url": "/of/team" }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_route_takes_is_told_from_what_takes_another_method_whether_or_not_the_path_is_left_in_front() {
    let api = Below::at("https://api.example/team").await;
    for (path, method, status) in [
        ("/v1/organizations", "DELETE", 405_u16),
        ("/team/v1/organizations", "DELETE", 405),
        ("/team/v1/organizations", "OPTIONS", 204),
        ("/teams/v1/organizations", "DELETE", 404),
        ("/team/team/v1/organizations", "DELETE", 404),
        ("/team", "GET", 404),
        ("/v1/nowhere", "GET", 404),
    ] {
        let mut event = sample("not-found", &Vec::new());
        event["rawPath"] = json!(path);
        event["requestContext"]["http"]["path"] = json!(path);
        event["requestContext"]["http"]["method"] = json!(method);
        let reply = api.answer("not-found", &event).await;
        assert_eq!(reply.status(), status, "{method} {path}");
        let allowed = reply.headers().get("allow").map(|methods| methods.to_str().unwrap());
        let expected = (status != 404).then_some("GET, HEAD, OPTIONS, POST");
        assert_eq!(allowed, expected, "{method} {path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_whose_function_has_no_key_of_cursors_fails_rather_than_ends() {
    let api = Below::with(|known| Config {
        cursor_key: None,
        ..known
    })
    .await;
    let acme = Organization::make(&api.h).await;
    let values = vec![("token", acme.owner.token(&api.h)), ("org", acme.id.clone())];
    let reply = api.answer("list-resources", &sample("list-resources", &values)).await;
    assert_eq!(reply.status(), 500);
    assert_eq!(body(&reply)["type"], "https://muster.example/problems/internal");
}
