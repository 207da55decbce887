//! Calls from pages in a browser: preflights, and who may read an answer, as the template has it for deployments.

use lambda_http::request::from_str;
use muster_functions::routes::{ROUTES, call};
use muster_tests::deployment::file;
use muster_tests::harness::{Answer, Harness, Organization, invitation};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::LazyLock;

const PAGE: &str = "http://localhost:5173";
const ELSEWHERE: &str = "https://evil.example";

/// What the template tells browsers.
fn deployed() -> &'static Value {
    static DEPLOYED: LazyLock<Value> = LazyLock::new(|| {
        let template: Value = serde_saphyr::from_str(&file("template.yaml")).unwrap();
        template["Resources"]["Api"]["Properties"]["CorsConfiguration"]["Fn::If"][1].clone()
    });
    &DEPLOYED
}

/// The names in a list of the template.
fn listed(list: &str) -> BTreeSet<String> {
    let names = deployed()[list].as_array().unwrap();
    names.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// The names in a header field.
fn told(answer: &Answer, field: &str) -> BTreeSet<String> {
    let names = answer.header(field).unwrap_or_default().split(',');
    names
        .filter(|name| !name.is_empty())
        .map(|name| name.trim().to_owned())
        .collect()
}

/// Whether an answer has a field by which a page could read it.
fn is_readable(answer: &Answer) -> bool {
    answer
        .headers
        .keys()
        .any(|name| name.as_str().starts_with("access-control-"))
}

async fn preflight(h: &Harness, path: &str, method: &str, origin: &str) -> Answer {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", method),
        ("access-control-request-headers", "authorization,content-type"),
    ];
    h.send(None, Method::OPTIONS, path, None, &headers).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_preflight_of_a_page_here_is_answered_as_the_template_says_and_of_others_tells_nothing() {
    let h = Harness::start().await;
    let paths = ROUTES.iter().filter(|route| route.path.starts_with('/'));
    let paths: BTreeSet<&str> = paths
        .map(|route| route.path)
        .chain(["/nowhere", "/dev/token"])
        .collect();
    let mut asked: Vec<(String, &str)> = paths
        .into_iter()
        .map(|path| (path.replace(['{', '}'], ""), "PATCH"))
        .collect();
    for query in ["limit=5&q=a%20b", "nonsense=%zz", "cursor="] {
        asked.push((format!("/v1/organizations?{query}"), "GET"));
    }
    asked.push(("/v1/organizations".to_owned(), "BREW"));
    for (path, method) in asked {
        let answer = preflight(&h, &path, method, PAGE).await.expect(204);
        assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE), "{path}");
        assert_eq!(told(&answer, "access-control-allow-methods"), listed("AllowMethods"));
        assert_eq!(told(&answer, "access-control-allow-headers"), listed("AllowHeaders"));
        let age = deployed()["MaxAge"].to_string();
        assert_eq!(answer.header("access-control-max-age"), Some(&*age));
        assert_eq!(answer.header("access-control-allow-credentials"), None);
    }
    for origin in [
        ELSEWHERE,
        "null",
        "http://localhost.evil.example",
        "http://localhost:5173/",
    ] {
        let answer = preflight(&h, "/v1/organizations", "GET", origin).await.expect(204);
        assert!(!is_readable(&answer), "{origin}: {:?}", answer.headers);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_here_may_read_whatever_is_answered_and_others_nothing() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let body = json!({ "name": "Acme & Co" });
    let missing = acme.path("/members/usr_0000000000000000000000");
    for (who, method, path, body, status) in [
        (Some(&acme.owner), Method::GET, acme.path(""), None, 200),
        (Some(&acme.owner), Method::HEAD, acme.path(""), None, 200),
        (Some(&acme.owner), Method::PATCH, acme.path(""), Some(&body), 200),
        (None, Method::GET, acme.path(""), None, 401),
        (Some(&acme.owner), Method::GET, missing, None, 404),
        (Some(&acme.owner), Method::PUT, acme.path(""), Some(&body), 405),
        (None, Method::GET, "/dev/mail".to_owned(), None, 200),
    ] {
        let answer = h
            .send(who, method.clone(), &path, body, &[("origin", PAGE)])
            .await
            .expect(status);
        assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE), "{path}");
        assert_eq!(told(&answer, "access-control-expose-headers"), listed("ExposeHeaders"));
        let varies = answer.headers.get_all("vary").iter().any(|vary| vary == "origin");
        assert!(varies, "{path}: what is kept for one page is not for another");
        for headers in [&[("origin", ELSEWHERE)][..], &[("origin", "null")], &[]] {
            let answer = h.send(who, method.clone(), &path, body, headers).await.expect(status);
            assert!(!is_readable(&answer), "{headers:?}: {:?}", answer.headers);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_may_send_and_read_every_field_that_the_api_goes_by() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let allowed = listed("AllowHeaders");
    for field in [
        "authorization",
        "content-type",
        "idempotency-key",
        "if-match",
        "if-none-match",
        "x-request-id",
    ] {
        assert!(allowed.contains(field), "{field}");
    }
    // What instruments a page, such as OpenTelemetry, adds of its own.
    for field in ["traceparent", "tracestate", "baggage"] {
        assert!(allowed.contains(field), "{field}");
    }
    let body = invitation("new@x.example", "participant", &["spring"]);
    let once = [("idempotency-key", "one")];
    let path = acme.path("/invitations");
    let mut answers = Vec::new();
    for _ in 0..2 {
        answers.push(
            h.send(Some(&acme.owner), Method::POST, &path, Some(&body), &once)
                .await
                .expect(201),
        );
    }
    let export = json!({ "format": "csv" });
    answers.push(acme.owner.post(&h, &acme.path("/exports"), &export).await.expect(202));
    answers.push(acme.owner.get(&h, &acme.path("/members/export")).await.expect(200));
    answers.push(acme.owner.get(&h, &acme.path("")).await.expect(200));
    answers.push(acme.owner.put(&h, &acme.path(""), &json!({})).await.expect(405));
    let found: BTreeSet<String> = answers
        .iter()
        .flat_map(|answer| answer.headers.keys().map(|name| name.as_str().to_owned()))
        .collect();
    // These a page reads anyway, or has no use for.
    let open = [
        "cache-control",
        "content-length",
        "content-type",
        "date",
        "vary",
        "x-content-type-options",
    ];
    let exposed = listed("ExposeHeaders");
    let hidden: Vec<_> = found
        .iter()
        .filter(|name| !exposed.contains(*name) && !open.contains(&name.as_str()))
        .collect();
    assert!(
        hidden.is_empty(),
        "answers have {hidden:?}, which the template does not expose"
    );
    for field in [
        "allow",
        "apigw-requestid",
        "content-disposition",
        "etag",
        "idempotent-replayed",
        "location",
    ] {
        assert!(found.contains(field), "{field} was tried");
    }
    assert!(exposed.contains("retry-after"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_asks_for_the_methods_is_no_preflight() {
    let h = Harness::start().await;
    for headers in [
        &[][..],
        &[("origin", PAGE)],
        &[("access-control-request-method", "GET")],
    ] {
        let answer = h
            .send(None, Method::OPTIONS, "/v1/organizations", None, headers)
            .await
            .expect(204);
        assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS, POST"), "{headers:?}");
        assert_eq!(answer.header("access-control-allow-methods"), None, "{headers:?}");
    }
}

/// API Gateway hands preflights on through the route of their own, and adds its fields to whatever success comes back.
#[tokio::test]
async fn the_function_behind_preflights_answers_them_whatever_their_query_is() {
    let h = Harness::start().await;
    for (path, query) in [
        ("/v1/organizations", ""),
        ("/v1/organizations/org_x/members", "q=ann&limit=5"),
        ("/v1/organizations", "nonsense=%zz"),
        ("/nope", ""),
        ("/v1/companies", "q=ann"),
        ("/v1//", ""),
    ] {
        let mut event: Value = serde_json::from_str(&file("events/not-found.json")).unwrap();
        event["routeKey"] = json!("OPTIONS /{proxy+}");
        event["requestContext"]["routeKey"] = json!("OPTIONS /{proxy+}");
        event["requestContext"]["http"]["method"] = json!("OPTIONS");
        event["requestContext"]["http"]["path"] = json!(path);
        event["rawPath"] = json!(path);
        event["rawQueryString"] = json!(query);
        // Where a browser does not ask, a path without a route is not found.
        let is_known = path.starts_with("/v1/organizations");
        for (asks, expected) in [(true, 204), (false, if is_known { 204 } else { 404 })] {
            let headers = event["headers"].as_object_mut().unwrap();
            for (name, value) in [("origin", PAGE), ("access-control-request-method", "GET")] {
                headers.remove(name);
                if asks {
                    headers.insert(name.to_owned(), json!(value));
                }
            }
            let request = from_str(&event.to_string()).unwrap();
            let answer = call("not-found", h.backend.app(), request).await;
            assert_eq!(answer.status(), expected, "{path}?{query}, asked by a browser: {asks}");
            assert_eq!(answer.headers().contains_key("allow"), is_known, "{path}");
        }
    }
}
