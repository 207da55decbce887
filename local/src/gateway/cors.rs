//! Calls from browsers, answered as API Gateway does: with the CORS configuration of the deployment's template.
//!
//! Only the origins differ. A deployment names its own; here, pages that this machine serves may call.

use crate::template::{Template, TemplateError};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, InvalidHeaderValue, ORIGIN,
    VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::sync::Arc;
use url::{Host, Url};

/// The template has no usable CORS configuration.
#[derive(Debug, thiserror::Error)]
pub enum CorsError {
    /// It has none that can be read.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A name in it is not valid in a header field.
    #[error("the template's CORS configuration is not valid in a header: {0}")]
    Value(#[from] InvalidHeaderValue),
}

/// The CORS header fields for browsers.
#[derive(Debug, Clone)]
pub(crate) struct Cors {
    methods: HeaderValue,
    allowed: HeaderValue,
    exposed: HeaderValue,
    max_age: HeaderValue,
}

impl Cors {
    /// The template's configuration for deployments that browsers call.
    pub(crate) fn deployed() -> Result<Self, CorsError> {
        let api: Api = Template::api()?.properties("Api")?;
        let Choice(_, told, _) = api.cors_configuration.choice;
        let list = |names: Vec<String>| HeaderValue::try_from(names.join(","));
        Ok(Self {
            methods: list(told.allow_methods)?,
            allowed: list(told.allow_headers)?,
            exposed: list(told.expose_headers)?,
            max_age: told.max_age.into(),
        })
    }

    /// The header fields of the answer to a preflight from this origin.
    fn preflight(&self, origin: HeaderValue) -> HeaderMap {
        HeaderMap::from_iter([
            (ACCESS_CONTROL_ALLOW_ORIGIN, origin),
            (ACCESS_CONTROL_ALLOW_METHODS, self.methods.clone()),
            (ACCESS_CONTROL_ALLOW_HEADERS, self.allowed.clone()),
            (ACCESS_CONTROL_MAX_AGE, self.max_age.clone()),
        ])
    }

    /// The header fields of any other answer to this origin.
    fn answer(&self, origin: HeaderValue) -> HeaderMap {
        HeaderMap::from_iter([
            (ACCESS_CONTROL_ALLOW_ORIGIN, origin),
            (ACCESS_CONTROL_EXPOSE_HEADERS, self.exposed.clone()),
        ])
    }
}

/// Lets pages of this machine send their requests, and read the answers. As in a deployment, a preflight is answered by the function of
/// requests without a route, whatever its path.
pub(crate) async fn answer(State(cors): State<Arc<Cors>>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let welcome = origin.clone().filter(is_of_this_machine);
    let is_preflight = request.method() == Method::OPTIONS
        && origin.is_some()
        && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let (mut reply, told) = if is_preflight {
        let told = welcome.map(|origin| cors.preflight(origin));
        // The development routes are in front of the functions.
        let reply = if request.uri().path().starts_with("/dev/") {
            StatusCode::NO_CONTENT.into_response()
        } else {
            next.run(request).await
        };
        (reply, told)
    } else {
        let told = welcome.map(|origin| cors.answer(origin));
        (next.run(request).await, told)
    };
    reply.headers_mut().extend(told.unwrap_or_default());
    // A cache must not reuse the answer to one origin for another.
    reply.headers_mut().append(VARY, HeaderValue::from_static("origin"));
    reply
}

/// Whether a page came from a server on this machine, on any port.
pub(crate) fn is_of_this_machine(origin: &HeaderValue) -> bool {
    let page = origin
        .to_str()
        .ok()
        .and_then(|text| Some((text, Url::parse(text).ok()?)));
    let Some((text, page)) = page else { return false };
    let is_here = match page.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    is_here && ["http", "https"].contains(&page.scheme()) && page.origin().ascii_serialization() == text
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Api {
    cors_configuration: Conditional,
}

#[derive(Deserialize)]
struct Conditional {
    #[serde(rename = "Fn::If")]
    choice: Choice,
}

/// A condition, the value if it holds, and the value otherwise.
#[derive(Deserialize)]
struct Choice(serde::de::IgnoredAny, CorsSettings, serde::de::IgnoredAny);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CorsSettings {
    allow_methods: Vec<String>,
    allow_headers: Vec<String>,
    expose_headers: Vec<String>,
    max_age: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_this_machine_may_call_and_no_others() {
        for own in [
            "http://localhost",
            "http://localhost:5173",
            "https://localhost:8443",
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
        ] {
            assert!(is_of_this_machine(&HeaderValue::from_static(own)), "{own}");
        }
        for other in [
            "",
            "null",
            "*",
            "localhost",
            "file://",
            "ftp://localhost",
            "http://localhost/",
            "http://localhost:5173/page",
            "http://localhost:80",
            "http://LOCALHOST",
            "http://localhost.evil.example",
            "http://evil.example:5173",
            "http://user@localhost",
            "http://localhost@evil.example",
            "http://127.0.0.1.evil.example",
            "http://10.0.0.1",
            "http://localhost, http://evil.example",
        ] {
            assert!(!is_of_this_machine(&HeaderValue::from_static(other)), "{other}");
        }
    }

    #[test]
    fn the_template_says_what_browsers_are_told() {
        let cors = Cors::deployed().unwrap();
        assert!(cors.methods.to_str().unwrap().contains("PATCH"));
        assert_eq!(cors.preflight(HeaderValue::from_static("x")).len(), 4);
        assert_eq!(cors.answer(HeaderValue::from_static("x")).len(), 2);
    }
}
