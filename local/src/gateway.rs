//! Takes the place of API Gateway: takes HTTP requests, passes events to the routes' handlers, and sends their replies.

pub(crate) mod cors;
pub mod event;
pub mod paths;

use crate::functions::{self, Failure, Functions};
use crate::problem::Problem;
use crate::reply;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use event::Arrival;
use muster_edge::Clock;
use paths::Routes;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// The maximum size of a body in API Gateway.
const BODY_LIMIT: usize = 10 * 1024 * 1024;

/// How long API Gateway waits for a function.
const FUNCTION_TIMEOUT: Duration = Duration::from_secs(30);

/// The product's API, ready for requests.
pub(crate) struct Gateway {
    functions: Arc<dyn Functions>,
    clock: Clock,
    routes: Routes<&'static str>,
}

impl Gateway {
    pub(crate) fn new(functions: Arc<dyn Functions>, clock: Clock) -> Self {
        Self {
            functions,
            clock,
            routes: functions::routes(),
        }
    }
}

/// Takes all requests except those for the development routes.
#[expect(clippy::disallowed_methods, reason = "API Gateway gives requests their ids")]
pub(crate) async fn take(
    State(gateway): State<Arc<Gateway>>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    if !is_addressable(&parts) {
        return Err(Problem::bad_request("a path and a valid `Host` header are required"));
    }
    let body = read(body).await?;
    let arrival = Arrival {
        id: uuid::Uuid::new_v4().to_string(),
        at: gateway.clock.now(),
        source: client.ip(),
    };
    let mut reply = gateway.invoke(&parts, &body, &arrival).await;
    if let Ok(id) = HeaderValue::try_from(arrival.id) {
        reply.headers_mut().insert("apigw-requestid", id);
    }
    Ok(reply)
}

impl Gateway {
    /// Runs the function of the request's route.
    async fn invoke(&self, parts: &Parts, body: &Bytes, arrival: &Arrival) -> Response {
        let path = paths::decoded(parts.uri.path());
        let route = self.routes.resolve(parts.method.as_str(), &path);
        let event = event::event(parts, body, &route, arrival);
        let binary = *route.target;
        answer(binary, functions::invoke(&*self.functions, binary, event)).await
    }
}

/// The function's reply, or API Gateway's own in its place.
async fn answer(binary: &str, run: impl Future<Output = Result<Value, Failure>>) -> Response {
    let (status, message) = match tokio::time::timeout(FUNCTION_TIMEOUT, run).await {
        Ok(Ok(answer)) => match reply::from_event(answer) {
            Ok(reply) => return reply,
            Err(error) => {
                tracing::error!(binary, %error, "the function's answer is no reply");
                (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
            }
        },
        Ok(Err(failure)) => {
            tracing::error!(binary, %failure, "the function failed");
            (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
        }
        Err(_) => {
            tracing::error!(binary, "the function took too long");
            (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
        }
    };
    (status, Json(json!({"message": message}))).into_response()
}

/// Whether a URL can be made from the request. The functions' runtime makes one, and panics if it cannot; in AWS,
/// such requests do not reach it.
fn is_addressable(parts: &Parts) -> bool {
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    let host = hosts.next().filter(|_| hosts.next().is_none());
    let host = host.and_then(|host| host.to_str().ok());
    let plain = |url: url::Url| {
        url.username().is_empty()
            && url.password().is_none()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
    };
    parts.uri.path().starts_with('/')
        && host
            .and_then(|host| url::Url::parse(&format!("http://{host}/")).ok())
            .is_some_and(plain)
}

async fn read(body: Body) -> Result<Bytes, Problem> {
    axum::body::to_bytes(body, BODY_LIMIT).await.map_err(|error| {
        if is_too_large(&error) {
            Problem::body_too_large("the body is larger than 10 MB")
        } else {
            Problem::bad_request("the body could not be read to its end")
        }
    })
}

fn is_too_large(error: &axum::Error) -> bool {
    std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source())
        .any(|error| error.is::<http_body_util::LengthLimitError>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addressable(uri: &str, host: Option<&[u8]>) -> bool {
        let mut request = Request::builder().uri(uri);
        if let Some(host) = host {
            request = request.header("Host", host);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        is_addressable(&parts)
    }

    #[test]
    fn a_request_needs_a_path_and_a_host() {
        for host in ["localhost", "localhost:8787", "127.0.0.1:1", "[::1]:8787"] {
            assert!(addressable("/v1", Some(host.as_bytes())), "{host}");
        }
        assert!(!addressable("*", Some(b"localhost")));
        assert!(!addressable("/v1", None));
        for host in [
            "",
            " ",
            ":",
            "a b",
            "a/b",
            "a?b",
            "a#b",
            "u@h",
            "u:p@h",
            "h:99999",
            "h:x",
            "[::1",
            "999.1.1.1",
            "a%zz",
        ] {
            assert!(!addressable("/v1", Some(host.as_bytes())), "{host}");
        }
        assert!(!addressable("/v1", Some(b"\xff\xfe")));
    }

    async fn said(run: impl Future<Output = Result<Value, Failure>>) -> (StatusCode, String) {
        let reply = answer("a-binary", run).await;
        let status = reply.status();
        let body = read(reply.into_body()).await.unwrap();
        (status, String::from_utf8(body.into()).unwrap())
    }

    #[tokio::test]
    async fn a_function_that_fails_is_answered_for() {
        let expected = (
            StatusCode::INTERNAL_SERVER_ERROR,
            r#"{"message":"Internal Server Error"}"#.to_owned(),
        );
        for answer in [
            Err(Failure::Failed("on purpose".to_owned())),
            Err(Failure::TimedOut),
            Ok(json!({"not": "a reply"})),
        ] {
            assert_eq!(said(std::future::ready(answer)).await, expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_function_that_never_ends_is_answered_for() {
        let expected = (
            StatusCode::SERVICE_UNAVAILABLE,
            r#"{"message":"Service Unavailable"}"#.to_owned(),
        );
        assert_eq!(said(std::future::pending()).await, expected);
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_the_limit() {
        assert!(read(Body::from(vec![0; BODY_LIMIT])).await.is_ok());
        let refusal = read(Body::from(vec![0; BODY_LIMIT + 1])).await.unwrap_err();
        assert_eq!(refusal.status(), 413);
    }
}
