//! Paths, methods and hosts that cannot be, sent by hand.

use super::Ground;
use muster_functions::routes::ROUTES;
use reqwest::Method;
use std::collections::BTreeSet;

/// What no parameter of a path can be; each is sent as it stands here.
fn nonsense() -> Vec<String> {
    let short = [
        "%00",
        "%ff",
        "%C3%28",
        "%2e%2e",
        "..",
        ".",
        "%2F",
        "..%2f..%2fetc%2fpasswd",
        "%5C",
        "%25",
        "%2500",
        "%",
        "%z",
        "%zz",
        "a%20b",
        "+",
        "*",
        "~",
        "org_",
        "usr_",
        "inv_",
        "org_zzzzzzzzzzzzzzzzzzzzzz",
        "inv_zzzzzzzzzzzzzzzzzzzzzz",
        "org_00000000000000000000%30%31x",
        "%F0%9F%92%A9",
        "%E2%80%AEevil",
        "%EF%BB%BF",
        "ORG%23x",
        "a%23b",
        "a%3Fb=c",
        "%0d%0aX-Evil:%20yes",
        "me%00",
        "%6De%20",
        "Me",
        "{org}",
        "$default",
        "null",
        "undefined",
        "-1",
        "0",
        "'%20OR%201=1",
        "%3Cscript%3E",
        "a;b=c",
        "a,b",
        "a:b@c",
        "[",
        "|",
        "%7F",
        "%C2%85",
    ];
    let long = [1_000, 8_000, 30_000].map(|n| "x".repeat(n));
    short.iter().map(|s| (*s).to_owned()).chain(long).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_with_a_nonsensical_part_leads_nowhere() {
    let g = Ground::make().await;
    for route in ROUTES
        .iter()
        .filter(|r| r.path.contains('{') && !["/docs/{file}", "/team/invitations/{token}"].contains(&r.path))
    {
        for part in route.path.split('/').filter(|part| part.starts_with('{')) {
            for bad in nonsense() {
                // A resource's id may hold these; the member `me` has a meaning, and there is none of the name here.
                let fits =
                    part == "{id}" && ["a:b@c", "~", "-1", "0", "Me", "null", "undefined"].contains(&bad.as_str());
                let long_name =
                    part == "{id}" && bad.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && bad.len() <= 128;
                if route.method == "PUT" && (fits || long_name) {
                    continue;
                }
                let path = route.path.replace(part, "HERE").replace("{token}", "nonsense");
                let path = g.path(&path).replace("HERE", &bad);
                let what = format!("{} {}", route.method, path.chars().take(100).collect::<String>());
                let mut bytes = g.head(route.method, &path);
                if ["POST", "PUT", "PATCH"].contains(&route.method) {
                    bytes.extend(b"content-type: application/json\r\ncontent-length: 2\r\n");
                }
                bytes.extend(b"\r\n");
                if ["POST", "PUT", "PATCH"].contains(&route.method) {
                    bytes.extend(b"{}");
                }
                g.raw(&bytes).await.is_problem(&[404, 405, 422, 403], &what);
            }
        }
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resource_with_a_name_that_cannot_be_is_refused_by_field() {
    let g = Ground::make().await;
    for (kind, id, field) in [
        ("program", "a%252Fb", "id"),
        ("program", "%253F", "id"),
        ("program", "a%23b", "id"),
        ("program", "%00", "id"),
        ("program", "%20", "id"),
        ("program", "..", "id"),
        ("program", ".", "id"),
        ("program", "%2e%2e", "id"),
        ("program", "%F0%9F%92%A9", "id"),
        ("Program", "a", "type"),
        ("project", "a", "type"),
        ("program%00", "a", "type"),
        ("program%23spring", "a", "type"),
    ] {
        let mut bytes = g.head("PUT", &g.acme.path(&format!("/resources/{kind}/{id}")));
        bytes.extend(b"content-type: application/json\r\ncontent-length: 12\r\n\r\n{\"name\":\"x\"}");
        let answer = g.raw(&bytes).await;
        answer.is_problem(&[422], &format!("{kind}/{id}"));
        assert_eq!(answer.body["errors"][0]["field"], field, "{kind}/{id}");
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_route_is_not_found() {
    let g = Ground::make().await;
    let long = format!("/v1/{}", "a/".repeat(10_000));
    for path in [
        "/",
        "//",
        "/v1",
        "/v1/",
        "/v2/organizations",
        "/V1/organizations",
        "/v1/organizations/",
        "//v1/organizations",
        "/v1//organizations",
        "/v1/./organizations",
        "/v1/x/../organizations",
        "/v1/%2e%2e/v1/organizations",
        "/v1/organizations;a=b",
        "/v1/organizations%253Flimit=1",
        "/v1%252Forganizations",
        "/v1/organizations%00",
        "/%",
        "/%ff",
        "/.env",
        "/dev",
        "/dev/",
        "/dev/nothing",
        "/team/",
        "/team/nothing",
        "/team/team.html",
        "/team/invitations",
        "/team/invitations/",
        "/team/invitations/x/y",
        "/team/../Cargo.toml",
        "/team/%2e%2e%2fCargo.toml",
        "/team/..%2f..%2fetc%2fpasswd",
        "/team/licenses.txt%00",
        "/docs/",
        "/docs/../Cargo.toml",
        "/docs/%2e%2e%2fCargo.toml",
        "/docs/..%2f..%2fetc%2fpasswd",
        "/docs/nothing",
        "/docs/%00",
        "/$default",
        "/{proxy+}",
        long.as_str(),
    ] {
        let what: String = path.chars().take(80).collect();
        let answer = g.raw(&[g.head("GET", path), b"\r\n".to_vec()].concat()).await;
        answer.is_problem(&[404], &what);
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_is_decoded_once_before_it_leads_anywhere() {
    let g = Ground::make().await;
    let own = g.acme.path("");
    let get = async |path: String| g.raw(&[g.head("GET", &path), b"\r\n".to_vec()].concat()).await;
    let plain = get(own.clone()).await;
    for same in [
        own.replace('/', "%2F").replacen("%2F", "/", 1),
        own.replace("v1", "%76%31"),
        format!("{own}%3F"),
        format!("{own}%3Fnonsense=1"),
        format!("{own}%3f/members/%zz"),
    ] {
        let answer = get(same.clone()).await;
        assert_eq!((answer.status, &answer.body), (200, &plain.body), "{same}");
    }
    // Two parts where one was written; and what is encoded twice stays a part.
    let me = get(format!("{own}/members%2Fme")).await;
    assert_eq!(me.body["id"], g.acme.owner.id(), "{me:?}");
    get(format!("{own}/members%252Fme"))
        .await
        .is_problem(&[404], "encoded twice");
    get(format!("{own}/resources/program/a%2Fb"))
        .await
        .is_problem(&[404], "two parts");
    let list = get(format!("{own}/members%3Flimit=0")).await;
    assert!(list.body["items"].is_array(), "{list:?}");
    get(format!("{own}/members%3Flimit=1?limit=0"))
        .await
        .is_problem(&[400], "the query is the one that was sent");
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_and_header_fields_longer_than_a_server_takes_are_refused() {
    let g = Ground::make().await;
    for length in [60_000, 70_000, 1_000_000] {
        let path = format!("/v1/{}", "x".repeat(length));
        g.raw(&[g.head("GET", &path), b"\r\n".to_vec()].concat())
            .await
            .is_refused(&format!("{length}"));
        let query = format!("/v1/organizations?cursor={}", "x".repeat(length));
        g.raw(&[g.head("GET", &query), b"\r\n".to_vec()].concat())
            .await
            .is_refused(&format!("{length}"));
    }
    let many = "x-a: b\r\n".repeat(1_000);
    g.raw(&[g.head("GET", "/v1/nothing"), many.into_bytes(), b"\r\n".to_vec()].concat())
        .await
        .is_refused("many");
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_method_is_refused_and_the_right_ones_are_named() {
    let g = Ground::make().await;
    let paths: BTreeSet<&str> = ROUTES.iter().map(|r| r.path).filter(|p| p.starts_with('/')).collect();
    let methods = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW", "get", "PROPFIND",
        "M-SEARCH",
    ];
    for path in paths {
        let concrete = g.path(path).replace("{token}", "x").replace("{file}", "x");
        // A literal route may lie where another has a parameter.
        let also = |m: &&str| {
            ROUTES
                .iter()
                .any(|r| r.methods().any(|own| own == *m) && r.matches(&concrete))
        };
        for method in methods.into_iter().filter(|m| *m != "OPTIONS" && !also(m)) {
            let what = format!("{method} {path}");
            if method == "CONNECT" {
                g.raw(&[g.head(method, &concrete), b"\r\n".to_vec()].concat())
                    .await
                    .is_refused(&what);
                continue;
            }
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let answer = g.h.send(Some(&g.acme.owner), method, &concrete, None, &[]).await;
            assert_eq!(answer.status, 405, "{what}");
            assert_eq!(
                answer.header("content-type"),
                Some("application/problem+json"),
                "{what}"
            );
            let allowed: Vec<&str> = answer.header("allow").unwrap().split(", ").collect();
            let own = ROUTES.iter().filter(|route| route.path == path);
            let own: Vec<&str> = own.flat_map(|route| route.methods()).collect();
            let right = methods.iter().filter(|m| **m == "OPTIONS" || own.contains(*m));
            assert_eq!(BTreeSet::from_iter(&allowed), BTreeSet::from_iter(right), "{what}");
            assert!(allowed.is_sorted(), "{what}: {allowed:?}");
        }
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_cannot_be_is_refused() {
    let g = Ground::make().await;
    let hosts: [&[u8]; 22] = [
        b"",
        b"host:\r\n",
        b"host: \r\n",
        b"host: a b\r\n",
        b"host: a/b\r\n",
        b"host: a?b\r\n",
        b"host: a#b\r\n",
        b"host: u@h\r\n",
        b"host: u:p@h\r\n",
        b"host: h:99999\r\n",
        b"host: h:x\r\n",
        b"host: [::1\r\n",
        b"host: 999.1.1.1\r\n",
        b"host: a%zz\r\n",
        b"host: a%00\r\n",
        b"host: a\\b\r\n",
        b"host: a<b\r\n",
        b"host: a|b\r\n",
        b"host: \xff\xfe\r\n",
        b"host: :\r\n",
        b"host: a\r\nhost: b\r\n",
        b"host: a,b c\r\n",
    ];
    let token = g.acme.owner.token(&g.h);
    for host in hosts {
        let mut bytes = b"GET /v1/organizations HTTP/1.1\r\nconnection: close\r\n".to_vec();
        bytes.extend(host);
        bytes.extend(format!("authorization: Bearer {token}\r\n\r\n").bytes());
        g.raw(&bytes).await.is_problem(&[400], &String::from_utf8_lossy(host));
    }
    for odd in [
        "host: evil.example\r\n",
        "host: LOCALHOST\r\n",
        "host: a,b\r\n",
        "host: xn--a\r\n",
        "host: b\u{fc}cher\r\n",
        "host: [::1]:1\r\n",
    ] {
        let bytes = format!(
            "GET /v1/organizations HTTP/1.1\r\nconnection: close\r\n{odd}authorization: Bearer {token}\r\n\r\n"
        );
        let answer = g.raw(bytes.as_bytes()).await;
        assert!([200, 400].contains(&answer.status), "{odd}: {answer:?}");
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hardly_http_is_refused() {
    let g = Ground::make().await;
    let token = g.acme.owner.token(&g.h);
    for bytes in [
        "GARBAGE\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\r\n\r\n",
        "GET /v1/organizations\r\n\r\n",
        "GET  /v1/organizations HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
        "GET /v1/organ izations HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
        "GET /v1/organizations HTTP/9.9\r\nhost: a\r\nconnection: close\r\n\r\n",
        "GET /v1/organizations HTTP/1.1\r\nhost a\r\nconnection: close\r\n\r\n",
        "GET /v1/organizations HTTP/1.1\r\nho st: a\r\nconnection: close\r\n\r\n",
        "GET /v1/organizations HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: -1\r\n\r\n",
        "GET /v1/organizations HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx",
        "GET * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
        "CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n\r\n",
        "GET v1/organizations HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
    ] {
        let answer = g.raw(bytes.as_bytes()).await;
        assert!(
            (400..500).contains(&answer.status) || answer.status == 0,
            "{bytes:?}: {answer:?}"
        );
    }
    // A body that ends before it should, and one cut into pieces that are none.
    for bytes in [
        format!(
            "POST /v1/organizations HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n"
        ),
        format!(
            "POST /v1/organizations HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: 2\r\ntransfer-encoding: nonsense\r\n\r\n{{}}"
        ),
    ] {
        g.raw(bytes.as_bytes()).await.is_refused(&bytes);
    }
    g.stands().await;
}
