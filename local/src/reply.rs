//! A function's reply: as the event that Lambda gets, and as the HTTP response.

use axum::body::Body;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use lambda_http::http::StatusCode;
use lambda_http::http::header::{InvalidHeaderValue, SET_COOKIE};
use serde_json::Value;

/// A function's answer is not an HTTP reply.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoReply {
    #[error("malformed response: {0}")]
    Form(#[from] serde_json::Error),
    #[error("invalid status: {0}")]
    Status(i64),
    #[error("body is not base64: {0}")]
    Body(#[from] base64::DecodeError),
    #[error("a cookie cannot be sent: {0}")]
    Cookie(#[from] InvalidHeaderValue),
}

/// Converts a reply for the server here.
pub(crate) fn from_lambda(reply: lambda_http::Response<lambda_http::Body>) -> Response {
    reply.map(|body| match body {
        lambda_http::Body::Text(text) => text.into(),
        lambda_http::Body::Binary(bytes) => bytes.into(),
        _ => Body::empty(),
    })
}

/// The reply as the functions' runtime passes it to Lambda: payload format 2.0.
pub(crate) fn to_event(reply: lambda_http::Response<lambda_http::Body>) -> serde_json::Result<Value> {
    let (mut parts, body) = reply.into_parts();
    let mut event = ApiGatewayV2httpResponse::default();
    let cookies = parts.headers.get_all(SET_COOKIE).iter();
    event.cookies = cookies
        .map(|cookie| String::from_utf8_lossy(cookie.as_bytes()).into_owned())
        .collect();
    parts.headers.remove(SET_COOKIE);
    event.status_code = parts.status.as_u16().into();
    event.headers = parts.headers;
    event.is_base64_encoded = matches!(body, lambda_http::Body::Binary(_));
    event.body = (!matches!(body, lambda_http::Body::Empty)).then_some(body);
    serde_json::to_value(event)
}

/// The reply that API Gateway makes from a function's answer.
pub(crate) fn from_event(answer: Value) -> Result<Response, NoReply> {
    let event: ApiGatewayV2httpResponse = serde_json::from_value(answer)?;
    let status = u16::try_from(event.status_code).ok();
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let body = match event.body {
        Some(body) if event.is_base64_encoded => STANDARD.decode(body.as_ref())?,
        Some(body) => body.to_vec(),
        None => Vec::new(),
    };
    let mut reply = Response::new(Body::from(body));
    *reply.status_mut() = status.ok_or(NoReply::Status(event.status_code))?;
    *reply.headers_mut() = event.headers;
    for cookie in event.cookies {
        reply.headers_mut().append(SET_COOKIE, cookie.parse()?);
    }
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_http::Body as Sent;
    use serde_json::json;

    async fn there_and_back(body: Sent) -> (Value, Response) {
        let reply = lambda_http::Response::builder()
            .status(201)
            .header("content-type", "text/x")
            .header("set-cookie", "a=1")
            .header("set-cookie", "b=2");
        let event = to_event(reply.body(body).unwrap()).unwrap();
        (event.clone(), from_event(event).unwrap())
    }

    #[tokio::test]
    async fn a_reply_survives_being_an_event() {
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        for (body, sent) in [
            (Sent::Text("ä".to_owned()), "ä".as_bytes()),
            (Sent::Binary(bytes.clone()), &bytes),
            (Sent::Empty, b""),
        ] {
            let (event, reply) = there_and_back(body).await;
            assert_eq!(event["headers"], json!({"content-type": "text/x"}));
            assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
            assert_eq!(reply.status(), 201);
            assert_eq!(reply.headers()["content-type"], "text/x");
            assert_eq!(reply.headers().get_all("set-cookie").iter().count(), 2);
            let body = axum::body::to_bytes(reply.into_body(), usize::MAX).await.unwrap();
            assert_eq!(body, sent);
        }
    }

    #[test]
    fn what_is_no_reply_is_refused() {
        let reply = |status: i64| json!({"statusCode": status, "headers": {}, "cookies": []});
        assert!(from_event(reply(204)).is_ok());
        assert!(from_event(reply(99)).is_err());
        assert!(from_event(json!({"batchItemFailures": []})).is_err());
        let mut broken = reply(200);
        broken["isBase64Encoded"] = true.into();
        broken["body"] = "%".into();
        assert!(from_event(broken).is_err());
    }
}
