//! Query parameters and header fields that cannot be.

use super::{Ground, is_problem, names_field};
use muster_tests::harness::invitation;
use reqwest::Method;
use serde_json::{Value, json};

const LISTS: [&str; 8] = [
    "/v1/organizations",
    "/v1/invitations",
    "/v1/organizations/{org}/resources",
    "/v1/organizations/{org}/invitations",
    "/v1/organizations/{org}/members",
    "/v1/organizations/{org}/members/{member}/api-keys",
    "/v1/organizations/{org}/contacts",
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
        "%2B5",
        "01",
        "005",
        "00",
        "%205",
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

/// Parameters that are no percent-encoded UTF-8, each with its name.
const UNDECODABLE: [(&str, &str); 10] = [
    ("q=%zz", "q"),
    ("q=%", "q"),
    ("q=50%", "q"),
    ("q=a%2", "q"),
    ("q=%ff", "q"),
    ("q=%C3%28", "q"),
    ("q=%ED%A0%80", "q"),
    ("q=ann&q%ff=1", "q\u{fffd}"),
    ("%zz=1&q=ann", "%zz"),
    ("q=%u0041", "q"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_that_cannot_be_decoded_is_refused_by_name_and_not_read_as_something_near() {
    let g = Ground::make().await;
    for list in ["/members", "/contacts", "/resources", "/members/export"] {
        for (query, name) in UNDECODABLE {
            let path = g.acme.path(&format!("{list}?{query}"));
            let answer = g.raw(&[g.head("GET", &path), b"\r\n".to_vec()].concat()).await;
            answer.is_problem(&[400], &path);
            let errors = answer.body["errors"].as_array().unwrap();
            let is_it = |e: &Value| e["field"] == name && e["code"] == "invalid_encoding";
            assert!(errors.iter().any(is_it), "{path}: {errors:?}");
        }
        for fine in [
            "q=%C3%A9",
            "q=a+b",
            "q=a%2Bb",
            "q=%E2%82%AC%25",
            "q=%f0%9f%92%a9",
            "q=",
            "q",
        ] {
            // A file that was had is recorded.
            let path = g.acme.path(&format!("{list}?{fine}")).replace("/export", "");
            let answer = g.raw(&[g.head("GET", &path), b"\r\n".to_vec()].concat()).await;
            assert_eq!(answer.status, 200, "{path}");
        }
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_taken_in_the_one_form_that_the_document_tells() {
    let g = Ground::make().await;
    let many = |role: &str, count: usize| format!("role={}", vec![role; count].join(","));
    for (query, name) in [
        ("role=%20admin".to_owned(), "role"),
        ("role=admin%20".to_owned(), "role"),
        ("role=admin,%20owner".to_owned(), "role"),
        ("role=admin,".to_owned(), "role"),
        ("role=Admin".to_owned(), "role"),
        (many("admin", 17), "role"),
        ("joined_in=-0001".to_owned(), "joined_in"),
        ("joined_in=-000001-01-01..2026-01-01".to_owned(), "joined_in"),
        ("joined_in=-009999-01-01..-009998-01-01".to_owned(), "joined_in"),
        ("joined_in=%202026".to_owned(), "joined_in"),
        ("joined_in=2026-01-01..2026-02-30".to_owned(), "joined_in"),
        ("resource=program:%20spring".to_owned(), "resource"),
        ("resource=%20program:spring".to_owned(), "resource"),
        ("status=%20active".to_owned(), "status"),
        ("sort=+name".to_owned(), "sort"),
    ] {
        for list in ["/members", "/members/export"] {
            let answer = g.acme.owner.get(&g.h, &g.acme.path(&format!("{list}?{query}"))).await;
            is_problem(&answer, &[400], &query);
            names_field(&answer, name, &query);
        }
    }
    for query in [
        many("admin", 16),
        "role=admin,owner,admin".to_owned(),
        "joined_in=0000".to_owned(),
    ] {
        g.acme
            .owner
            .get(&g.h, &g.acme.path(&format!("/members?{query}")))
            .await
            .expect(200);
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
async fn a_search_for_too_much_is_refused_by_name_and_one_for_anything_else_finds_what_there_is() {
    let g = Ground::make().await;
    for long in ["x".repeat(201), "x%20".repeat(201), "%F0%9F%92%A9".repeat(201)] {
        let path = g.acme.path(&format!("/contacts?q={long}"));
        let answer = g.acme.owner.get(&g.h, &path).await;
        is_problem(&answer, &[400], &long);
        names_field(&answer, "q", &long);
    }
    let longest = "x%20".repeat(100);
    for odd in [
        "",
        "%20",
        "%00",
        "%23",
        "a%23b",
        "%25",
        "%2B",
        "'",
        "\u{202e}",
        "CONTACT%23",
        "%EF%B7%BA",
        &longest,
    ] {
        let path = g.acme.path(&format!("/contacts?q={odd}"));
        let answer = g.acme.owner.get(&g.h, &path).await.expect(200);
        assert_eq!(answer.body["items"], json!([]), "{odd}");
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
    for key in ["", "   ", &long, "\u{e4}", "a\tb", "a b\t\tc"] {
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
