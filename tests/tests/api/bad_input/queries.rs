//! Query parameters and header fields that cannot be.

use super::{Ground, is_problem, names_field};
use muster_tests::harness::invitation;
use reqwest::Method;
use serde_json::{Value, json};

const LISTS: [&str; 7] = [
    "/v1/organizations",
    "/v1/invitations",
    "/v1/organizations/{org}/resources",
    "/v1/organizations/{org}/invitations",
    "/v1/organizations/{org}/members",
    "/v1/organizations/{org}/members/{member}/api-keys",
    "/v1/organizations/{org}/events",
];

#[tokio::test(flavor = "multi_thread")]
async fn query_parameters_that_cannot_be_are_refused_by_name() {
    let g = Ground::make().await;
    let long = "x".repeat(20_000);
    let mut tried: Vec<(String, String)> = Vec::new();
    for limit in [
        "0",
        "-1",
        "101",
        "1000000",
        "99999999999999999999",
        "-99999999999999999999",
        "1.5",
        "1e1",
        "0x10",
        "abc",
        "",
        "%20",
        "+5",
        "5%20",
        "%00",
        "5%00",
        "%ff",
        "%",
        "%zz",
        "%D9%A5",
        "1,2",
        "1;2",
        "null",
        "[]",
        "%5B5%5D",
    ] {
        tried.push((format!("limit={limit}"), "limit".into()));
    }
    for cursor in [
        "",
        "x",
        "%00",
        "%ff",
        "AAAA",
        "e30",
        "e30=",
        "eyJhIjoxfQ",
        "null",
        "../..",
        "%F0%9F%92%A9",
        &long,
    ] {
        tried.push((format!("cursor={cursor}"), "cursor".into()));
    }
    for (query, name) in [
        ("limit=1&limit=1", "limit"),
        ("limit=1&LIMIT=2", "LIMIT"),
        ("cursor=a&cursor=b", "cursor"),
        ("limit=5&nonsense=1", "nonsense"),
        ("nonsense", "nonsense"),
        ("nonsense=1&nonsense=2", "nonsense"),
        ("=x", ""),
        ("limit%00=5", "limit\u{0}"),
        ("limit%5B%5D=5", "limit[]"),
        ("li%6Dit=0", "limit"),
        ("%F0%9F%92%A9=1", "\u{1f4a9}"),
        ("page=2", "page"),
        ("__proto__=1", "__proto__"),
    ] {
        tried.push((query.into(), name.into()));
    }
    tried.push((format!("{long}=1"), long.clone()));
    for list in LISTS {
        for (query, name) in &tried {
            let what = format!("{list}?{}", query.chars().take(60).collect::<String>());
            let path = format!("{}?{query}", g.path(list));
            let answer = g.raw(&[g.head("GET", &path), b"\r\n".to_vec()].concat()).await;
            answer.is_problem(&[400], &what);
            let errors = answer.body["errors"].as_array().unwrap();
            assert!(errors.iter().any(|e| e["field"] == name.as_str()), "{what}: {errors:?}");
        }
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_is_none_is_refused_by_name() {
    let g = Ground::make().await;
    for status in [
        "",
        "PENDING",
        "accepted",
        "pending,ended",
        "pending&status=ended",
        "%00",
        "pending%20",
    ] {
        let answer = g
            .acme
            .owner
            .get(&g.h, &g.acme.path(&format!("/invitations?status={status}")))
            .await;
        is_problem(&answer, &[400], status);
        names_field(&answer, "status", status);
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_parameter_is_named_at_once() {
    let g = Ground::make().await;
    let path = g.acme.path("/members?a=1&limit=1&limit=2&b=2&cursor=x&c=3");
    let answer = g.acme.owner.get(&g.h, &path).await;
    is_problem(&answer, &[400], &path);
    for name in ["a", "b", "c"] {
        names_field(&answer, name, &path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_opens_only_the_list_it_came_from() {
    let g = Ground::make().await;
    let page = g
        .acme
        .owner
        .get(&g.h, &g.acme.path("/events?limit=1"))
        .await
        .expect(200);
    let cursor = page.text("/next_cursor");
    g.acme
        .owner
        .get(&g.h, &g.acme.path(&format!("/events?limit=1&cursor={cursor}")))
        .await
        .expect(200);
    let mut turned: Vec<char> = cursor.chars().collect();
    turned.reverse();
    let turned: String = turned.into_iter().collect();
    let cut = &cursor[..cursor.len() / 2];
    for path in [
        format!("/members?cursor={cursor}"),
        format!("/resources?cursor={cursor}"),
        format!("/invitations?cursor={cursor}"),
        format!("/events?cursor={turned}"),
        format!("/events?cursor={cut}"),
        format!("/events?cursor={cursor}{cursor}"),
    ] {
        let answer = g.acme.owner.get(&g.h, &g.acme.path(&path)).await;
        is_problem(&answer, &[400], &path);
        names_field(&answer, "cursor", &path);
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_if_match_that_is_no_entity_tag_is_refused_and_an_old_one_too() {
    let g = Ground::make().await;
    let targets = [
        (g.acme.path(""), json!({ "name": "Other" })),
        (
            g.path("/v1/organizations/{org}/invitations/{invitation}"),
            json!({ "message": "Other" }),
        ),
        (
            g.path("/v1/organizations/{org}/members/{member}"),
            json!({ "role": "admin" }),
        ),
        (g.acme.path("/members/me"), json!({ "bio": "Other" })),
    ];
    for (path, body) in &targets {
        let ask = async |tag: &str| {
            let headers = [("if-match", tag)];
            g.h.send(Some(&g.acme.owner), Method::PATCH, path, Some(body), &headers)
                .await
        };
        for tag in [
            "",
            "1",
            "nonsense",
            "\"",
            "\"1",
            "W/",
            "\"1\" \"2\"x",
            ",",
            "\"1\",",
            "\u{e4}",
        ] {
            let answer = ask(tag).await;
            is_problem(&answer, &[400, 412], &format!("{tag} for {path}"));
        }
        for tag in [
            "\"0\"",
            "\"999\"",
            "\"\"",
            "\"x\"",
            "W/\"999\"",
            "\"998\", \"999\"",
            "\"-1\"",
            "\"18446744073709551616\"",
        ] {
            is_problem(&ask(tag).await, &[412], &format!("{tag} for {path}"));
        }
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idempotency_key_that_is_too_long_or_empty_is_refused() {
    let g = Ground::make().await;
    let long = "k".repeat(256);
    for key in ["", "   ", &long, "\u{e4}"] {
        let body = invitation("new@x.example", "admin", &[]);
        let headers = [("idempotency-key", key)];
        let answer =
            g.h.send(
                Some(&g.acme.owner),
                Method::POST,
                &g.acme.path("/invitations"),
                Some(&body),
                &headers,
            )
            .await;
        is_problem(&answer, &[400], key);
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_header_fields_disturb_nothing() {
    let g = Ground::make().await;
    let odd = [
        ("cookie", "a=1; b; =; \u{e4}=2"),
        ("x-forwarded-for", "nonsense, ' OR 1=1"),
        ("x-forwarded-proto", "gopher"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-port", "99999999"),
        ("forwarded", "for=\"_mdn\";host=evil"),
        ("accept", "text/html;q=nonsense"),
        ("accept-encoding", "br;q=9, \u{e4}"),
        ("x-request-id", "chosen"),
        ("traceparent", "nonsense"),
        ("range", "bytes=5-1"),
        ("user-agent", "\u{e4}\u{e4}"),
        ("x-http-method-override", "DELETE"),
        ("x-amzn-trace-id", "Root=nonsense"),
        ("upgrade", "h2c"),
    ];
    for header in odd {
        let answer =
            g.h.send(Some(&g.acme.owner), Method::GET, &g.acme.path(""), None, &[header])
                .await;
        let answer = answer.expect(200);
        assert_ne!(answer.header("x-request-id"), Some("chosen"), "{header:?}");
        assert_ne!(answer.body, Value::Null, "{header:?}");
    }
    g.stands().await;
}
