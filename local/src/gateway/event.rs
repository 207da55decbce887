//! An HTTP request as API Gateway passes it to a function: payload format 2.0 of HTTP APIs.
//!
//! It depends only on the arguments, so that the same mapping can feed a function's real binary.

use super::paths::{Match, decoded};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Version, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use std::net::IpAddr;

/// What the gateway knows about a request beyond the request itself.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The request's id.
    pub id: String,
    /// The time of its arrival.
    pub at: Timestamp,
    /// The client's address.
    pub source: IpAddr,
}

/// The event for a request that matches this route.
pub fn event<T>(parts: &Parts, body: &[u8], route: &Match<'_, T>, arrival: &Arrival) -> Value {
    let path = decoded(parts.uri.path());
    let query = parts.uri.query().unwrap_or_default();
    let (body, encoded) = encode_body(&parts.headers, body);
    let mut event = json!({
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers(&parts.headers, arrival),
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": host(&parts.headers),
            "domainPrefix": "local",
            "http": {
                "method": parts.method.as_str(),
                "path": path,
                "protocol": protocol(parts.version),
                "sourceIp": arrival.source.to_string(),
                "userAgent": joined(&parts.headers, &header::USER_AGENT),
            },
            "requestId": arrival.id,
            "routeKey": route.key,
            "stage": "$default",
            "time": log_time(arrival.at),
            "timeEpoch": arrival.at.as_millisecond(),
        },
        "isBase64Encoded": encoded,
    });
    // API Gateway omits empty fields.
    let optional = [
        ("cookies", cookies(&parts.headers)),
        ("queryStringParameters", query_parameters(query)),
        ("pathParameters", path_parameters(route)),
        ("body", body.map(Value::String)),
    ];
    if let Some(event) = event.as_object_mut() {
        for (name, value) in optional {
            event.extend(value.map(|value| (name.to_owned(), value)));
        }
    }
    event
}

/// The header fields: names in lower case, values joined by commas, without cookies, and with those that the gateway adds.
fn headers(headers: &HeaderMap, arrival: &Arrival) -> Value {
    let mut all: Map<String, Value> = headers
        .keys()
        .filter(|name| **name != header::COOKIE)
        .map(|name| (name.as_str().to_owned(), joined(headers, name).into()))
        .collect();
    // The client's own values of these must not pass.
    let port = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok()?.rsplit_once(':'))
        .map_or("80", |(_, port)| port);
    all.insert("x-forwarded-for".into(), arrival.source.to_string().into());
    all.insert("x-forwarded-port".into(), port.into());
    all.insert("x-forwarded-proto".into(), "http".into());
    all.into()
}

fn joined(headers: &HeaderMap, name: &HeaderName) -> String {
    let values: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    values.join(",")
}

fn host(headers: &HeaderMap) -> String {
    let host = joined(headers, &header::HOST);
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name.to_owned(),
        _ => host,
    }
}

fn cookies(headers: &HeaderMap) -> Option<Value> {
    let cookies: Vec<_> = headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|value| {
            String::from_utf8_lossy(value.as_bytes())
                .split(';')
                .map(|cookie| cookie.trim().to_owned())
                .collect::<Vec<_>>()
        })
        .filter(|cookie| !cookie.is_empty())
        .collect();
    (!cookies.is_empty()).then(|| cookies.into())
}

fn query_parameters(query: &str) -> Option<Value> {
    let mut parameters = Map::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match parameters.get_mut(&*name) {
            Some(Value::String(values)) => {
                values.push(',');
                values.push_str(&value);
            }
            _ => {
                parameters.insert(name.into_owned(), value.into_owned().into());
            }
        }
    }
    (!parameters.is_empty()).then(|| parameters.into())
}

fn path_parameters<T>(route: &Match<'_, T>) -> Option<Value> {
    let parameters: Map<_, _> = route
        .parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.as_str().into()))
        .collect();
    (!parameters.is_empty()).then(|| parameters.into())
}

/// Text stays text; everything else is base64.
fn encode_body(headers: &HeaderMap, body: &[u8]) -> (Option<String>, bool) {
    if body.is_empty() {
        return (None, false);
    }
    match std::str::from_utf8(body) {
        Ok(text) if is_text(headers) => (Some(text.to_owned()), false),
        _ => (Some(STANDARD.encode(body)), true),
    }
}

fn is_text(headers: &HeaderMap) -> bool {
    let content_type = joined(headers, &header::CONTENT_TYPE).to_ascii_lowercase();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    !headers.contains_key(header::CONTENT_ENCODING)
        && (essence.starts_with("text/")
            || essence.ends_with("+json")
            || essence.ends_with("+xml")
            || matches!(
                essence,
                "application/json" | "application/xml" | "application/javascript"
            ))
}

fn protocol(version: Version) -> &'static str {
    match version {
        Version::HTTP_09 => "HTTP/0.9",
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2.0",
        Version::HTTP_3 => "HTTP/3.0",
        _ => "HTTP/1.1",
    }
}

/// The time as in an access log: `12/Mar/2026:19:03:58 +0000`.
fn log_time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%d/%b/%Y:%H:%M:%S %z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::paths::Routes;
    use axum::http::Request;
    use axum::http::request::Builder;

    fn mapped(request: Builder, body: &[u8]) -> Value {
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let routes = Routes::new([("GET", "/v1/invitations/{token}", ())], ());
        let path = decoded(parts.uri.path());
        let route = routes.resolve(parts.method.as_str(), &path);
        let arrival = Arrival {
            id: "r1".into(),
            at: "2026-03-12T19:03:58.123Z".parse().unwrap(),
            source: [127, 0, 0, 1].into(),
        };
        event(&parts, body, &route, &arrival)
    }

    #[test]
    fn a_whole_request_becomes_the_documented_event() {
        let request = Request::get("http://localhost:8787/v1/invitations/a%20b?x=1&y=%C3%A4&x=2")
            .header("Host", "localhost:8787")
            .header("Cookie", "a=1; b=2")
            .header("Accept", "text/html")
            .header("Accept", "text/plain")
            .header("User-Agent", "curl")
            .header("X-Forwarded-Proto", "gopher");
        assert_eq!(
            mapped(request, b""),
            json!({
                "version": "2.0",
                "routeKey": "GET /v1/invitations/{token}",
                "rawPath": "/v1/invitations/a b",
                "rawQueryString": "x=1&y=%C3%A4&x=2",
                "cookies": ["a=1", "b=2"],
                "headers": {
                    "host": "localhost:8787",
                    "accept": "text/html,text/plain",
                    "user-agent": "curl",
                    "x-forwarded-for": "127.0.0.1",
                    "x-forwarded-port": "8787",
                    "x-forwarded-proto": "http",
                },
                "queryStringParameters": {"x": "1,2", "y": "ä"},
                "pathParameters": {"token": "a b"},
                "requestContext": {
                    "accountId": "000000000000",
                    "apiId": "local",
                    "domainName": "localhost",
                    "domainPrefix": "local",
                    "http": {
                        "method": "GET",
                        "path": "/v1/invitations/a b",
                        "protocol": "HTTP/1.1",
                        "sourceIp": "127.0.0.1",
                        "userAgent": "curl",
                    },
                    "requestId": "r1",
                    "routeKey": "GET /v1/invitations/{token}",
                    "stage": "$default",
                    "time": "12/Mar/2026:19:03:58 +0000",
                    "timeEpoch": 1_773_342_238_123_i64,
                },
                "isBase64Encoded": false,
            })
        );
    }

    #[test]
    fn text_stays_text_and_the_rest_is_base64() {
        for (content_type, body, expected, encoded) in [
            ("application/json; charset=utf-8", "{}", "{}", false),
            ("application/merge-patch+json", "{}", "{}", false),
            ("TEXT/plain", "ä", "ä", false),
            ("application/x-www-form-urlencoded", "a=1", "YT0x", true),
            ("", "a=1", "YT0x", true),
        ] {
            let request = Request::post("/").header("Content-Type", content_type);
            let event = mapped(request, body.as_bytes());
            assert_eq!(event["body"], expected, "{content_type}");
            assert_eq!(event["isBase64Encoded"], encoded, "{content_type}");
        }
        let json = || Request::post("/").header("Content-Type", "application/json");
        assert_eq!(mapped(json(), b"\xff")["isBase64Encoded"], true);
        let packed = json().header("Content-Encoding", "gzip");
        assert_eq!(mapped(packed, b"{}")["isBase64Encoded"], true);
    }

    #[test]
    fn every_event_is_one_that_the_functions_runtime_reads() {
        for byte in 0..=u8::MAX {
            let request =
                Request::get(format!("/v1/invitations/x%{byte:02x}y?q=%{byte:02x}")).header("Host", "localhost:8787");
            let event = mapped(request, &[byte]);
            let read = lambda_http::request::from_str(&event.to_string()).unwrap();
            assert_eq!(read.method(), "GET");
            assert_eq!(read.body().as_ref(), [byte]);
        }
    }
}
