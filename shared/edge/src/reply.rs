//! Replies, and how they and problems become HTTP.

use crate::etag::{Stated, tag};
use crate::problem::Problem;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, VARY};
use lambda_http::{Body, Response};
use muster_store::once::{Standing, StoredResponse};
use serde::Serialize;

/// The media type of problems.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// The header field of a stored response.
const REPLAYED: (&str, &str) = ("idempotent-replayed", "true");

/// A successful response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body's media type.
    pub media_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
    /// Whether the body is bytes, even if it is valid text: bytes go through Lambda as base64.
    pub binary: bool,
    /// The entity tag of its content.
    pub etag: Option<String>,
    /// Other header fields.
    pub headers: Vec<(&'static str, String)>,
    /// The body to store for an `Idempotency-Key` instead of this one, if this one contains a secret.
    pub kept: Option<Vec<u8>>,
}

impl Reply {
    /// A JSON response.
    ///
    /// # Errors
    /// An internal problem if the body cannot be serialized, which the types of replies rule out.
    pub fn json(status: u16, body: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_vec(body).map_err(|_| Problem::internal())?;
        Ok(Self {
            status,
            media_type: "application/json",
            body,
            binary: false,
            etag: None,
            headers: Vec::new(),
            kept: None,
        })
    }

    /// A file, to be saved under this name.
    #[must_use]
    pub fn file(media_type: &'static str, name: &str, content: Vec<u8>) -> Self {
        Self {
            status: 200,
            media_type,
            body: content,
            binary: true,
            etag: None,
            headers: vec![("content-disposition", crate::files::attachment(name))],
            kept: None,
        }
    }

    /// 204: done, no content.
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            status: 204,
            media_type: "",
            body: Vec::new(),
            binary: false,
            etag: None,
            headers: Vec::new(),
            kept: None,
        }
    }

    /// This reply, of which only `body` is stored for retries.
    ///
    /// # Errors
    /// As [`Reply::json`].
    pub fn keeping(mut self, body: &impl Serialize) -> Result<Self, Problem> {
        self.kept = Some(serde_json::to_vec(body).map_err(|_| Problem::internal())?);
        Ok(self)
    }

    /// This reply, which shows this resource: its tag names the state and the content.
    #[must_use]
    pub fn showing(mut self, thing: &impl Stated) -> Self {
        self.etag = Some(tag(Some(&thing.state()), &self.body));
        self
    }

    /// This reply for a caller who already has its content (RFC 9110, section 15.4.5).
    pub(crate) fn not_modified(mut self) -> Self {
        self.headers
            .retain(|(name, _)| [CACHE_CONTROL.as_str(), VARY.as_str()].contains(name));
        Self {
            status: 304,
            media_type: "",
            body: Vec::new(),
            ..self
        }
    }

    /// This reply, with a header field.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The stored form of this reply, for a day, until `ttl`, and only for a caller who is still in this standing.
    pub(crate) fn kept(&self, fingerprint: &str, standing: &Standing, ttl: i64) -> StoredResponse {
        StoredResponse {
            fingerprint: fingerprint.to_owned(),
            status: self.status,
            body: String::from_utf8_lossy(self.kept.as_ref().unwrap_or(&self.body)).into_owned(),
            etag: self.etag.clone(),
            location: self
                .headers
                .iter()
                .find(|(name, _)| *name == "location")
                .map(|(_, to)| to.clone()),
            organization: Some(standing.organization),
            standing: Some(standing.text.clone()),
            ttl,
            replaces: None,
        }
    }

    /// The response that was given before.
    pub(crate) fn again(answered: StoredResponse) -> Self {
        Self {
            status: answered.status,
            media_type: "application/json",
            body: answered.body.into_bytes(),
            binary: false,
            etag: answered.etag,
            headers: answered.location.map(|to| ("location", to)).into_iter().collect(),
            kept: None,
        }
        .replayed(true)
    }

    /// Whether it is a response that was given before.
    #[must_use]
    pub fn is_replayed(&self) -> bool {
        self.headers.iter().any(|(name, _)| *name == REPLAYED.0)
    }

    /// This reply, marked as a repeated response if `again`.
    #[must_use]
    pub fn replayed(self, again: bool) -> Self {
        let (name, value) = REPLAYED;
        if again { self.header(name, value) } else { self }
    }

    /// This reply as HTTP.
    #[must_use]
    pub fn into_response(self) -> Response<Body> {
        let body = match String::from_utf8(self.body) {
            Ok(text) if text.is_empty() => Body::Empty,
            Ok(text) if self.binary => Body::Binary(text.into_bytes()),
            Ok(text) => Body::Text(text),
            Err(binary) => Body::Binary(binary.into_bytes()),
        };
        let mut headers = self.headers;
        if !self.media_type.is_empty() {
            headers.push((CONTENT_TYPE.as_str(), self.media_type.to_owned()));
        }
        if let Some(etag) = self.etag {
            headers.push((ETAG.as_str(), etag));
        }
        response(self.status, headers, body)
    }
}

impl Problem {
    /// This problem as HTTP.
    #[must_use]
    pub fn into_response(mut self) -> Response<Body> {
        let mut headers = std::mem::take(&mut self.headers);
        headers.push((CONTENT_TYPE.as_str(), PROBLEM_JSON.to_owned()));
        let status = self.status;
        let body = serde_json::to_string(&self).unwrap_or_default();
        response(status, headers, Body::Text(body))
    }
}

fn response(status: u16, headers: Vec<(&'static str, String)>, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let map = response.headers_mut();
    // Responses contain personal data and access rights: no cache on the way may store them.
    map.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    map.insert(
        http::header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            map.insert(name, value);
        }
    }
    response
}
