//! Bodies that are wrong as a whole.

use super::access::ASKERS;
use super::takers::{PLAN, TAKERS, Taker, UPDATE};
use super::{Ground, is_problem, names_field};
use muster_functions::routes::{Access, ROUTES, Route};
use muster_tests::shortcuts::named;
use serde_json::{Value, json};

/// Bodies that are no JSON.
pub(super) fn no_json() -> Vec<(&'static str, Vec<u8>)> {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000)).into_bytes();
    let mut utf16: Vec<u8> = vec![0xff, 0xfe];
    utf16.extend(r#"{"name":"x"}"#.encode_utf16().flat_map(u16::to_le_bytes));
    let endless = format!(r#"{{"name":{}}}"#, "9".repeat(20_000)).into_bytes();
    vec![
        ("nothing", Vec::new()),
        ("white space", b" \r\n\t ".to_vec()),
        ("garbage", (0..=255).collect()),
        ("zeros", vec![0; 100]),
        ("half an object", b"{".to_vec()),
        ("half a text", br#"{"name":"x"#.to_vec()),
        ("half a word", b"nul".to_vec()),
        ("two objects", b"{}{}".to_vec()),
        ("more behind the object", b"{} x".to_vec()),
        ("single quotes", b"{'name':'x'}".to_vec()),
        ("a comment", b"{/* */}".to_vec()),
        ("a comma too many", br#"{"name":"x",}"#.to_vec()),
        ("no number", br#"{"name":NaN}"#.to_vec()),
        ("a number beyond all", br#"{"name":1e999}"#.to_vec()),
        ("an endless number", endless),
        ("a byte order mark", b"\xef\xbb\xbf{}".to_vec()),
        ("two bytes a letter", utf16),
        ("no UTF-8", b"{\"name\":\"\xff\xfe\"}".to_vec()),
        ("a naked control character", b"{\"name\":\"a\x01b\"}".to_vec()),
        ("a lone high surrogate", br#"{"name":"\ud800"}"#.to_vec()),
        ("a lone low surrogate", br#"{"name":"\udc00x"}"#.to_vec()),
        ("surrogates the wrong way round", br#"{"name":"\udc00\ud800"}"#.to_vec()),
        ("a lone surrogate as a name", br#"{"\ud800":1}"#.to_vec()),
        ("an escape that is none", br#"{"name":"\x41"}"#.to_vec()),
        ("deep lists", deep("[", "]")),
        ("deep lists, open", b"[".repeat(10_000)),
        ("deep objects", deep("{\"a\":", "}")),
        (
            "deep within a field",
            format!(r#"{{"name":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000)).into_bytes(),
        ),
        ("form", b"name=x&role=admin".to_vec()),
        (
            "XML",
            b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>".to_vec(),
        ),
    ]
}

#[test]
fn every_route_that_takes_a_body_is_tried() {
    let bodies = muster_functions::openapi::document();
    for route in ROUTES.iter().filter(|r| r.method != "ANY") {
        let operation = &bodies["paths"][route.path][route.method.to_lowercase()];
        let path = |t: &str| t == route.path || t.replace("/me", "/{member}") == route.path;
        let tried = TAKERS
            .iter()
            .chain(&ASKERS)
            .any(|t| t.method == route.method && path(t.path));
        assert_eq!(
            tried,
            operation["requestBody"].is_object(),
            "{} {}",
            route.method,
            route.path
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_is_refused_as_that() {
    let g = Ground::make().await;
    for taker in TAKERS {
        let left_out = |body: &[u8]| body.is_empty() && taker.can_be_left_out;
        for (what, body) in no_json().into_iter().filter(|(_, body)| !left_out(body)) {
            let what = format!("{what} to {} {}", taker.method, taker.path);
            let answer = g.json(taker, body).await;
            is_problem(&answer, &[400], &what);
            assert!(answer.text("/type").ends_with("/malformed-json"), "{what}");
        }
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn json_that_is_no_object_is_refused_as_that() {
    let g = Ground::make().await;
    for taker in TAKERS {
        let good = (taker.good)(&g);
        for body in [
            json!(null),
            json!(true),
            json!(7),
            json!("text"),
            json!([]),
            json!([good]),
            json!(good.to_string()),
        ] {
            let what = format!("{body} to {} {}", taker.method, taker.path);
            let answer = g.json(taker, body.to_string()).await;
            is_problem(&answer, &[422], &what);
            assert_eq!(answer.faults(), [(String::new(), "wrong_type".to_owned())], "{what}");
        }
        if taker.requires {
            let answer = g.json(taker, "{}").await;
            is_problem(&answer, &[422], taker.path);
            assert!(
                answer.faults().iter().all(|(_, code)| code == "missing_field"),
                "{:#}",
                answer.body
            );
        }
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_another_type_is_refused_as_that() {
    let g = Ground::make().await;
    let types = [
        None,
        Some(""),
        Some("text/plain"),
        Some("application/xml"),
        Some("application/jsonp"),
        Some("application/merge-patch+json"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("text/json; application/json"),
        Some("application/json, text/plain"),
        Some("json"),
        Some("\u{e4}"),
        Some("application/json; charset=utf-16"),
        Some("application/json; charset=ISO-8859-1"),
        Some("application/json;charset=\"latin1\""),
        Some("application/json; charset"),
        Some("application/json; charset=utf-8; charset=utf-7"),
    ];
    for taker in TAKERS {
        let good = (taker.good)(&g).to_string();
        for media_type in types {
            let what = format!("{media_type:?} to {} {}", taker.method, taker.path);
            let answer = g.send(taker, media_type, good.clone()).await;
            is_problem(&answer, &[415], &what);
        }
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_with_a_content_coding_is_refused_as_that_and_utf_8_may_be_named() {
    let g = Ground::make().await;
    let sent = async |taker: &Taker, headers: &[(&str, &str)], body: Vec<u8>| {
        let who = if taker.platform {
            g.h.platform()
        } else {
            g.acme.owner.clone()
        };
        let url = format!("{}{}", g.h.backend.base_url(), g.path(taker.path));
        let mut request = g.h.http().request(taker.method.parse().unwrap(), url).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        g.h.answered(request.bearer_auth(who.token(&g.h))).await
    };
    let json = ("content-type", "application/json");
    for (taker, invalid) in super::forms::all() {
        let good = (taker.good)(&g).to_string().into_bytes();
        // In the access standard, every bad request is a 400.
        let refusal = if invalid == 400 { 400 } else { 415 };
        let gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3];
        for (coding, body) in [
            ("gzip", gzip),
            ("gzip", good.clone()),
            ("br", good.clone()),
            ("identity, deflate", good.clone()),
            ("nonsense", good.clone()),
        ] {
            let what = format!("{coding} to {} {}", taker.method, taker.path);
            let answer = sent(taker, &[json, ("content-encoding", coding)], body).await;
            is_problem(&answer, &[refusal], &what);
            assert_eq!(answer.header("accept-encoding"), Some("identity"), "{what}");
        }
    }
    g.stands().await;
    let good = || (UPDATE.good)(&g).to_string().into_bytes();
    let utf_8 = ("content-type", "application/json; charset=UTF-8");
    for headers in [&[json, ("content-encoding", "identity")][..], &[utf_8]] {
        let answer = sent(&UPDATE, headers, good()).await;
        assert_eq!(answer.status, 200, "{headers:?}: {:#}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_whole_only_if_it_is_written_so() {
    let g = Ground::make().await;
    let settings = |days: &str| format!(r#"{{"settings":{{"invitation_ttl_days":{days}}}}}"#);
    for days in [
        "0.9999999999999999",
        "0.99999999999999999999999",
        "29.99999999999999999999",
        "1.00000000000000000000001",
        "1.5",
        "1e-400",
        "15e-1",
    ] {
        let answer = g.json(&UPDATE, settings(days)).await;
        is_problem(&answer, &[422], days);
        assert_eq!(
            answer.faults(),
            named(&[("settings.invitation_ttl_days", "wrong_type")]),
            "{days}"
        );
    }
    for limit in [
        "4294967296.0",
        "1e10",
        "18446744073709551616",
        "4294967295.00000000000000000001",
        "-1.0",
    ] {
        let answer = g.json(&PLAN, format!(r#"{{"seat_limit":{limit}}}"#)).await;
        is_problem(&answer, &[422], limit);
        names_field(&answer, "seat_limit", limit);
    }
    g.stands().await;
    for (days, number) in [
        ("7.0", 7),
        ("7", 7),
        ("0.3e1", 3),
        ("3000e-2", 30),
        ("1.00000000000000000000000", 1),
    ] {
        let answer = g.json(&UPDATE, settings(days)).await;
        assert_eq!(
            answer.body["settings"]["invitation_ttl_days"], number,
            "{days}: {:#}",
            answer.body
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_fields_are_refused_by_name_all_at_once() {
    let g = Ground::make().await;
    let long = "x".repeat(10_000);
    let names = [
        "nonsense",
        "__proto__",
        "constructor",
        "",
        " ",
        "na\u{0}me",
        "Name",
        "\u{202e}eman",
        "name ",
        "$ref",
        &long,
    ];
    for taker in TAKERS {
        let mut body = (taker.good)(&g);
        for name in names {
            body[name] = json!({ "x": [1] });
        }
        let answer = g.json(taker, body.to_string()).await;
        is_problem(&answer, &[422], taker.path);
        let mut faults = answer.faults();
        faults.sort();
        let mut expected = names.map(|name| (name.to_owned(), "unknown_field".to_owned()));
        expected.sort();
        assert_eq!(faults, expected, "{} {}", taker.method, taker.path);

        // As many as fit: the answer stays of a size.
        let mut body = (taker.good)(&g);
        for n in 0..2_000 {
            body[format!("x{n}")] = Value::Null;
        }
        let answer = g.json(taker, body.to_string()).await;
        is_problem(&answer, &[422], taker.path);
        assert!(answer.faults().iter().all(|(_, code)| code == "unknown_field"));
        assert!(answer.faults().len() <= 100, "{}", answer.faults().len());
        // Names with what the library quotes names in.
        let mut body = (taker.good)(&g);
        body["a`b"] = json!(1);
        is_problem(&g.json(taker, body.to_string()).await, &[422], taker.path);
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn large_bodies_are_refused_as_too_large() {
    let g = Ground::make().await;
    let megabyte = 1 << 20;
    for taker in TAKERS {
        let good = (taker.good)(&g).to_string();
        let text = format!(r#"{{"name":"{}"}}"#, "x".repeat(megabyte));
        let padded = format!("{good}{}", " ".repeat(megabyte));
        let barely = format!("{good}{}", " ".repeat(64 * 1024 + 1 - good.len()));
        for body in [text, padded, barely, "[".repeat(megabyte)] {
            let answer = g.json(taker, body).await;
            is_problem(&answer, &[413], taker.path);
        }
    }
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_beyond_the_gateways_limit_are_refused_by_the_gateway() {
    let g = Ground::make().await;
    let declared = 11 << 20;
    let sent = (10 << 20) + 1;
    for taker in TAKERS {
        let mut bytes = g.head(taker.method, &g.path(taker.path));
        bytes.extend(format!("content-type: application/json\r\ncontent-length: {declared}\r\n\r\n").bytes());
        bytes.extend(std::iter::repeat_n(b' ', sent));
        g.raw(&bytes).await.is_problem(&[413], taker.path);
    }
    let mut chunked = g.head("POST", "/v1/organizations");
    chunked.extend(b"content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nA00001\r\n");
    chunked.extend(std::iter::repeat_n(b' ', sent));
    g.raw(&chunked).await.is_problem(&[413], "chunks");
    g.stands().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn routes_that_take_no_body_do_nothing_that_one_says() {
    let g = Ground::make().await;
    let document = muster_functions::openapi::document();
    let takes_none = |route: &&Route| {
        let operation = &document["paths"][route.path][route.method.to_lowercase()];
        ["POST", "PUT", "PATCH", "DELETE"].contains(&route.method) && operation["requestBody"].is_null()
    };
    let routes: Vec<&Route> = ROUTES.iter().filter(takes_none).collect();
    assert!(routes.len() >= 11, "{routes:#?}");
    for route in routes {
        let platform = route.access == Access::Platform;
        let path: &'static str = route.path;
        let taker = Taker {
            method: route.method,
            path,
            platform,
            ..UPDATE
        };
        for body in [
            json!({ "dry_run": true }),
            json!({ "members": [] }),
            json!({ "": null }),
        ] {
            let what = format!("{body} to {}", route.binary);
            let answer = g.json(&taker, body.to_string()).await;
            is_problem(&answer, &[422], &what);
            let name = body.as_object().unwrap().keys().next().unwrap();
            assert_eq!(answer.faults(), [(name.clone(), "unknown_field".into())], "{what}");
        }
        for (what, body) in no_json().into_iter().filter(|(_, body)| !body.is_empty()) {
            let answer = g.json(&taker, body).await;
            is_problem(&answer, &[400, 422], &format!("{what} to {}", route.binary));
        }
        let answer = g.send(&taker, Some("text/plain"), "{}").await;
        is_problem(&answer, &[415], route.binary);
    }
    g.stands().await;

    let resend = format!("/invitations/{}/resend", g.invitation);
    let path = g.acme.path(&resend);
    g.acme.owner.post(&g.h, &path, &json!({})).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_missing_field_is_named() {
    let g = Ground::make().await;
    for taker in TAKERS.iter().filter(|t| t.requires) {
        let answer = g.json(taker, "{}").await;
        let good = (taker.good)(&g);
        let missing: Vec<String> = answer.faults().into_iter().map(|(field, _)| field).collect();
        assert!(missing.iter().all(|field| good[field] != Value::Null), "{missing:?}");
        for field in &missing {
            let mut body = good.clone();
            body.as_object_mut().unwrap().remove(field);
            let answer = g.json(taker, body.to_string()).await;
            is_problem(&answer, &[422], field);
            names_field(&answer, field, taker.path);
            assert_eq!(answer.faults().len(), 1);
        }
    }
    g.stands().await;
}
