//! The routes that the local gateway adds under `/dev`, for development and tests only.

mod mail;

use crate::accounts::Accounts;
use crate::aws::SentMails;
use crate::backlog::Backlog;
use crate::identity::{IdentityProvider, TokenRequest};
use crate::problem::Problem;
use crate::schedule::Schedule;
use crate::sign_in::{self, GrantRequest, SignIns};
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use jiff::fmt::temporal::SpanParser;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use muster_edge::App;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The clock must stay before this year, well before the last possible date, so that later ends still have one.
const LAST_YEAR: i16 = 9000;

/// The parts of the backend that the development routes use.
pub(crate) struct Development {
    pub(crate) identity: Arc<IdentityProvider>,
    pub(crate) base_url: String,
    pub(crate) app: App,
    pub(crate) mailbox: SentMails,
    pub(crate) backlog: Backlog,
    pub(crate) schedule: Schedule,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) sign_ins: SignIns,
}

pub(crate) type Shared = State<Arc<Development>>;

/// The routes.
pub(crate) fn routes(development: Development) -> Router {
    let routes = Router::new()
        .route("/token", only("POST", post(issue_token)))
        .route("/authorize", only("GET", get(sign_in::authorize)))
        .route("/logout", only("GET", get(sign_in::log_out)))
        .route("/jwks.json", only("GET", get(key_set)))
        .route(
            "/.well-known/openid-configuration",
            only("GET", get(openid_configuration)),
        )
        .route("/clock", only("POST", post(move_clock)))
        .route("/jobs/expire", only("POST", post(expire)))
        .merge(mail::routes())
        .fallback(|| async { Problem::not_found("no such development route") })
        .with_state(Arc::new(development));
    Router::new().nest("/dev", routes)
}

/// A route that answers other methods with the one it supports.
fn only<S: Clone + Send + Sync + 'static>(method: &'static str, route: MethodRouter<S>) -> MethodRouter<S> {
    route.fallback(move || async move { Problem::method_not_allowed(method) })
}

/// Exchanges what an app got at the authorization endpoint, or makes a token with any claims at once.
async fn issue_token(State(development): Shared, body: Bytes) -> Result<Response, Problem> {
    if let Some(request) = GrantRequest::read(&body) {
        return sign_in::exchange(&development, &request);
    }
    let request: TokenRequest = read(&body)?;
    development
        .identity
        .issue(&request, development.app.clock().now())
        .map(|token| Json(json!({"access_token": token})).into_response())
        .map_err(|error| Problem::internal(error.to_string()))
}

async fn key_set(State(development): Shared) -> impl IntoResponse {
    Json(development.identity.key_set().clone())
}

async fn openid_configuration(State(development): Shared) -> impl IntoResponse {
    let base_url = &development.base_url;
    Json(json!({
        "issuer": development.identity.issuer(),
        "jwks_uri": format!("{base_url}/dev/jwks.json"),
        "authorization_endpoint": format!("{base_url}/dev/authorize"),
        "token_endpoint": format!("{base_url}/dev/token"),
        "end_session_endpoint": format!("{base_url}/dev/logout"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "authorization_response_iss_parameter_supported": true,
        "subject_types_supported": ["public"],
        "scopes_supported": ["openid", "email", "profile"],
        "id_token_signing_alg_values_supported": ["ES256"],
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MoveClock {
    advance: String,
}

async fn move_clock(State(development): Shared, body: Bytes) -> Result<impl IntoResponse, Problem> {
    let request: MoveClock = read(&body)?;
    let advance = duration(&request.advance, development.app.clock().now()).map_err(Problem::bad_request)?;
    development.app.clock().advance(advance);
    Ok(Json(json!({"now": development.app.clock().now()})))
}

async fn expire(State(development): Shared) -> Result<impl IntoResponse, Problem> {
    development
        .schedule
        .run_now()
        .await
        .map(Json)
        .map_err(Problem::internal)
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // This parses an object first, since serde would otherwise accept a list for a struct.
    serde_json::from_slice(body)
        .and_then(|object: Map<String, Value>| serde_json::from_value(object.into()))
        .map_err(|error| Problem::bad_request(format!("the body is invalid: {error}")))
}

/// The length of an ISO 8601 duration from `now` on: a month is as long as the one that begins now.
fn duration(text: &str, now: Timestamp) -> Result<SignedDuration, String> {
    let span: Span = SpanParser::new()
        .parse_span(text)
        .map_err(|error| format!("`advance` is not an ISO 8601 duration, such as `P8D`: {error}"))?;
    if span.is_negative() {
        return Err("`advance` must not be negative: the clock only goes forward".to_owned());
    }
    let now = now.to_zoned(TimeZone::UTC);
    now.checked_add(span)
        .ok()
        .filter(|then| then.year() < LAST_YEAR)
        .and_then(|_| span.to_duration(SpanRelativeTo::from(&now)).ok())
        .ok_or_else(|| format!("`advance` is too far in the future: `{text}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn durations_are_iso_8601() {
        for (text, hours) in [("P8D", 192), ("PT90M", 1), ("P1M", 31 * 24), ("P1W", 168), ("P0D", 0)] {
            assert_eq!(duration(text, NOW).unwrap().as_hours(), hours, "{text}");
        }
    }

    #[test]
    fn other_durations_are_refused_with_the_reason() {
        for (text, reason) in [
            ("-P1D", "must not be negative"),
            ("8 days", "is not an ISO 8601 duration"),
            ("", "is not an ISO 8601 duration"),
            ("P9999Y", "is too far in the future"),
            ("P7500Y", "is too far in the future"),
        ] {
            let refusal = duration(text, NOW).unwrap_err();
            assert!(refusal.contains(reason), "{text}: {refusal}");
        }
    }
}
