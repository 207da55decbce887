//! Sign-in at the development identity provider: authorization code with PKCE, as a real provider has it, except that a person is chosen
//! and no password is asked for.

mod picker;

use crate::accounts::{Account, AccountGroup};
use crate::dev::Shared;
use crate::gateway::cors::is_of_this_machine;
use crate::identity::TokenRequest;
use crate::problem::Problem;
use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::json;
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Mutex, PoisonError};
use url::Url;

/// How long a code can be exchanged.
const CODE_LIFE: SignedDuration = SignedDuration::from_mins(1);

/// The most grants that are kept; older ones are forgotten.
const MAX_GRANTS: usize = 1000;

/// The cookie that remembers who is signed in here, until the browser or this process ends.
const COOKIE_NAME: &str = "muster-development-account";

/// A request of an app to sign its user in (RFC 6749, section 4.1.1; RFC 7636, section 4.3). Parameters that are not known are ignored, as
/// the standard says.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct AuthorizationRequest {
    #[serde(default)]
    response_type: String,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    redirect_uri: String,
    state: Option<String>,
    #[serde(default)]
    code_challenge: String,
    #[serde(default)]
    code_challenge_method: String,
    /// `login` shows the choice although a person is signed in.
    prompt: Option<String>,
    /// The address that was chosen.
    email: Option<String>,
    /// The name to go with it; by default, it follows from the address.
    name: Option<String>,
}

/// What can be exchanged for tokens, once.
struct Grant {
    key: String,
    person: TokenRequest,
    /// A code is bound to its request; a refresh token is not.
    code: Option<CodeBinding>,
}

struct CodeBinding {
    client_id: String,
    redirect_uri: String,
    challenge: String,
    until: Timestamp,
}

/// The sign-ins of a backend.
pub(crate) struct SignIns {
    grants: Mutex<VecDeque<Grant>>,
    /// Cookies of earlier processes sign in no one.
    instance: String,
}

#[expect(clippy::disallowed_methods, reason = "codes and refresh tokens are random")]
fn random() -> String {
    format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple())
}

impl Default for SignIns {
    fn default() -> Self {
        Self {
            grants: Mutex::default(),
            instance: random(),
        }
    }
}

impl SignIns {
    fn grant(&self, person: TokenRequest, code: Option<CodeBinding>) -> String {
        let key = random();
        let mut grants = self.grants.lock().unwrap_or_else(PoisonError::into_inner);
        let gone = (grants.len() + 1).saturating_sub(MAX_GRANTS);
        grants.drain(..gone);
        grants.push_back(Grant {
            key: key.clone(),
            person,
            code,
        });
        key
    }

    /// The grant with this key, which is used up by that.
    fn take(&self, key: &str) -> Option<Grant> {
        let mut grants = self.grants.lock().unwrap_or_else(PoisonError::into_inner);
        let place = grants.iter().position(|grant| grant.key == key)?;
        grants.remove(place)
    }

    /// Who is signed in by a request's cookies.
    fn remembered(&self, headers: &HeaderMap) -> Option<TokenRequest> {
        let cookies = headers.get(COOKIE)?.to_str().ok()?;
        let mut named = cookies.split(';').filter_map(|cookie| cookie.trim().split_once('='));
        let (_, value) = named.find(|(name, _)| *name == COOKIE_NAME)?;
        let (instance, person) = value.split_once('.')?;
        let person = URL_SAFE_NO_PAD.decode(person).ok()?;
        (instance == self.instance)
            .then(|| serde_json::from_slice(&person).ok())
            .flatten()
    }

    fn cookie(&self, person: &TokenRequest) -> String {
        let person = json!({ "sub": person.sub, "email": person.email, "name": person.name });
        let value = URL_SAFE_NO_PAD.encode(person.to_string());
        format!(
            "{COOKIE_NAME}={}.{value}; Path=/dev; HttpOnly; SameSite=Lax",
            self.instance
        )
    }
}

/// The address of an app that browsers may be led to: only those of this machine.
fn redirect(uri: &str) -> Result<Url, Problem> {
    let url = Url::parse(uri).ok();
    let origin = url.as_ref().map(|url| url.origin().ascii_serialization());
    let is_here = origin
        .and_then(|origin| HeaderValue::try_from(origin).ok())
        .is_some_and(|origin| is_of_this_machine(&origin));
    url.filter(|_| is_here)
        .ok_or_else(|| Problem::bad_request("`redirect_uri` must be a URL of this machine"))
}

/// An answer that leads the browser on.
fn led_to(url: &Url) -> Response {
    let headers = [(LOCATION, url.as_str()), (CACHE_CONTROL, "no-store")];
    (StatusCode::SEE_OTHER, headers).into_response()
}

fn set_cookie(mut reply: Response, cookie: &str) -> Response {
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        reply.headers_mut().append(SET_COOKIE, cookie);
    }
    reply
}

/// The authorization endpoint: leads back with a code for the person who is chosen or still signed in, and offers the choice before.
pub(crate) async fn authorize(
    State(development): Shared,
    Query(request): Query<AuthorizationRequest>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut back = redirect(&request.redirect_uri)?;
    let (issuer, sign_ins) = (development.identity.issuer(), &development.sign_ins);
    let answer = |back: &mut Url, pairs: &[(&str, &str)]| {
        let state = request.state.as_deref().map(|state| ("state", state));
        back.query_pairs_mut()
            .extend_pairs(pairs.iter().copied().chain(state).chain([("iss", issuer)]));
        led_to(back)
    };
    let fault = match &request {
        AuthorizationRequest { response_type, .. } if response_type != "code" => Some("unsupported_response_type"),
        AuthorizationRequest {
            code_challenge_method, ..
        } if code_challenge_method != "S256" => Some("invalid_request"),
        AuthorizationRequest { code_challenge, .. } if code_challenge.is_empty() => Some("invalid_request"),
        _ => None,
    };
    if let Some(error) = fault {
        let why = "this provider takes authorization codes with PKCE, by S256";
        return Ok(answer(&mut back, &[("error", error), ("error_description", why)]));
    }
    let chosen = request
        .email
        .as_deref()
        .filter(|email| email.contains('@'))
        .map(|email| {
            let known = TokenRequest::of_address(email);
            let name = request.name.clone().filter(|name| !name.trim().is_empty());
            TokenRequest {
                name: name.or(known.name),
                ..known
            }
        });
    let asks_again = request.prompt.is_some();
    let person = chosen.or_else(|| sign_ins.remembered(&headers).filter(|_| !asks_again));
    let Some(person) = person else {
        let mut groups = vec![with_mail(&development)];
        groups.extend(development.accounts.groups());
        return Ok(picker::page(&request, &groups));
    };
    let cookie = sign_ins.cookie(&person);
    let code = sign_ins.grant(
        person,
        Some(CodeBinding {
            client_id: request.client_id.clone(),
            redirect_uri: request.redirect_uri.clone(),
            challenge: request.code_challenge.clone(),
            until: development
                .app
                .clock()
                .now()
                .checked_add(CODE_LIFE)
                .unwrap_or(Timestamp::MAX),
        }),
    );
    Ok(set_cookie(answer(&mut back, &[("code", &code)]), &cookie))
}

/// The people who got mail, the latest first, without those who are offered anyway.
fn with_mail(development: &crate::dev::Development) -> AccountGroup {
    let groups = development.accounts.groups();
    let known = groups.into_iter().flat_map(|group| group.accounts);
    let mut seen: BTreeSet<String> = known.filter_map(|account| account.person.email).collect();
    let mails = development.mailbox.mails().into_iter().rev();
    let accounts = mails
        .filter(|mail| seen.insert(mail.to.clone()))
        .take(12)
        .map(|mail| Account {
            person: TokenRequest::of_address(&mail.to),
            role: mail.subject,
        });
    AccountGroup {
        title: "Latest captured mail".to_owned(),
        accounts: accounts.collect(),
    }
}

#[derive(Deserialize)]
pub(crate) struct LogoutRequest {
    post_logout_redirect_uri: Option<String>,
}

/// The end-session endpoint (OpenID Connect RP-Initiated Logout).
pub(crate) async fn log_out(Query(request): Query<LogoutRequest>) -> Result<Response, Problem> {
    let reply = match request.post_logout_redirect_uri {
        Some(uri) => led_to(&redirect(&uri)?),
        None => "You are signed out.\n".into_response(),
    };
    Ok(set_cookie(
        reply,
        &format!("{COOKIE_NAME}=; Path=/dev; Max-Age=0; HttpOnly; SameSite=Lax"),
    ))
}

/// A request for tokens (RFC 6749, sections 4.1.3 and 6; RFC 7636, section 4.5).
#[derive(Default)]
pub(crate) struct GrantRequest {
    grant_type: String,
    client_id: String,
    code: String,
    redirect_uri: String,
    code_verifier: String,
    refresh_token: String,
}

impl GrantRequest {
    /// The request in a form; none in anything else, such as the claims for which `/dev/token` makes a token at once.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let mut request = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let field = match &*name {
                "grant_type" => &mut request.grant_type,
                "client_id" => &mut request.client_id,
                "code" => &mut request.code,
                "redirect_uri" => &mut request.redirect_uri,
                "code_verifier" => &mut request.code_verifier,
                "refresh_token" => &mut request.refresh_token,
                _ => continue,
            };
            *field = value.into_owned();
        }
        (!request.grant_type.is_empty()).then_some(request)
    }

    /// Whether a code may be exchanged by this request.
    fn is_bound_to(&self, code: &CodeBinding, now: Timestamp) -> bool {
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, self.code_verifier.as_bytes()));
        challenge == code.challenge
            && self.client_id == code.client_id
            && self.redirect_uri == code.redirect_uri
            && now < code.until
    }
}

/// The token endpoint for apps.
pub(crate) fn exchange(development: &crate::dev::Development, request: &GrantRequest) -> Result<Response, Problem> {
    let refused = |error| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    let now = development.app.clock().now();
    let grant = match request.grant_type.as_str() {
        "authorization_code" => {
            let grant = development.sign_ins.take(&request.code);
            grant.filter(|grant| grant.code.as_ref().is_some_and(|code| request.is_bound_to(code, now)))
        }
        "refresh_token" => {
            let grant = development.sign_ins.take(&request.refresh_token);
            grant.filter(|grant| grant.code.is_none())
        }
        _ => return Ok(refused("unsupported_grant_type")),
    };
    let Some(grant) = grant else {
        return Ok(refused("invalid_grant"));
    };
    let token = development.identity.issue(&grant.person, now);
    let token = token.map_err(|error| Problem::internal(error.to_string()))?;
    let refresh_token = development.sign_ins.grant(grant.person, None);
    let tokens = json!({ "access_token": token, "token_type": "Bearer", "refresh_token": refresh_token });
    Ok(([(CACHE_CONTROL, "no-store")], Json(tokens)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_led_to_pages_of_this_machine_only() {
        for uri in ["http://127.0.0.1:8787/team", "http://localhost:5173/callback?a=b"] {
            assert!(redirect(uri).is_ok(), "{uri}");
        }
        for uri in [
            "",
            "/team",
            "https://evil.example/",
            "http://127.0.0.1.evil.example/",
            "javascript:alert(1)",
        ] {
            assert!(redirect(uri).is_err(), "{uri}");
        }
    }

    #[test]
    fn claims_are_no_form() {
        assert!(GrantRequest::read(br#"{"sub":"a"}"#).is_none());
        assert!(GrantRequest::read(b"").is_none());
        assert_eq!(
            GrantRequest::read(b"code=x&grant_type=authorization_code")
                .unwrap()
                .code,
            "x"
        );
    }

    #[test]
    fn a_grant_is_used_once_and_the_oldest_are_forgotten() {
        let sign_ins = SignIns::default();
        let first = sign_ins.grant(TokenRequest::of_address("ann@acme.example"), None);
        assert!(sign_ins.take(&first).is_some());
        assert!(sign_ins.take(&first).is_none());
        let oldest = sign_ins.grant(TokenRequest::default(), None);
        for _ in 0..MAX_GRANTS {
            sign_ins.grant(TokenRequest::default(), None);
        }
        assert!(sign_ins.take(&oldest).is_none());
    }

    #[test]
    fn a_cookie_of_another_process_signs_no_one_in() {
        let (sign_ins, later) = (SignIns::default(), SignIns::default());
        let cookie = sign_ins.cookie(&TokenRequest::of_address("ann@acme.example"));
        let (pair, _) = cookie.split_once(';').unwrap();
        let headers = HeaderMap::from_iter([(COOKIE, format!("a=b; {pair}").parse().unwrap())]);
        assert_eq!(sign_ins.remembered(&headers).unwrap().sub, "ann");
        assert!(later.remembered(&headers).is_none());
    }
}
