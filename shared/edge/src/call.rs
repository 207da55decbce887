//! One request, and its parts, parsed strictly.

use crate::app::App;
use crate::auth::{TokenError, User};
use crate::body::{self, Body, Empty};
use crate::cursors::CursorKey;
use crate::encoding;
use crate::etag::Stated;
use crate::preconditions::Preconditions;
use crate::problem::{MAX_IDEMPOTENCY_KEY, Problem};
use crate::query::{self, Query};
use http::HeaderValue;
use http::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use jiff::Timestamp;
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};
use muster_domain::rules::suspension::OpenTo;
use muster_domain::violation::Violation;
use muster_domain::{OrganizationId, Secret};
use muster_store::IdempotencyKey;
use std::str::FromStr;

/// One request.
pub struct Call {
    /// The process.
    pub app: App,
    /// The instant of the request. Every decision about the request uses it as the present.
    pub now: Timestamp,
    /// The request's id.
    pub request_id: String,
    pub(crate) conditions: Preconditions,
    pub(crate) open_to: OpenTo,
    permission: Option<&'static str>,
    part: usize,
    request: Request,
}

impl Call {
    /// Checks the request as far as possible without knowing its route: its conditions are well formed, and its method takes its
    /// query.
    ///
    /// # Errors
    /// 400.
    pub(crate) fn new(app: App, request_id: String, request: Request) -> Result<Self, Problem> {
        let call = Self {
            now: app.clock().now(),
            app,
            request_id,
            conditions: Preconditions::of(request.headers())?,
            open_to: OpenTo::Nobody,
            permission: None,
            part: 0,
            request,
        };
        if !call.reads() && !call.is_astray() {
            call.query(&[])?;
        }
        Ok(call)
    }

    /// Sets the members to whom the route stays open while their organization is suspended. No member is admitted otherwise.
    pub fn stays_open_to(&mut self, members: OpenTo) {
        self.open_to = members;
    }

    /// Sets the permission that the route's line names. The route's rule decides where a caller must have it.
    pub fn names_permission(&mut self, permission: Option<&'static str>) {
        self.permission = permission;
    }

    /// The permission that the route's line names.
    ///
    /// # Errors
    /// 500 if it names none.
    pub fn permission(&self) -> Result<&'static str, Problem> {
        self.permission.ok_or_else(Problem::internal)
    }

    /// Whether the method only reads. Only such methods take query parameters.
    #[must_use]
    pub fn reads(&self) -> bool {
        matches!(self.method(), "GET" | "HEAD")
    }

    /// Whether the response is sent without its body, so that nothing in it reaches the caller.
    #[must_use]
    pub fn is_head(&self) -> bool {
        self.method() == "HEAD"
    }

    /// Whether no route takes the request, or it only asks for the allowed methods: browsers send that with the whole address,
    /// including the query.
    fn is_astray(&self) -> bool {
        match self.request.request_context_ref() {
            _ if self.method() == "OPTIONS" => true,
            Some(RequestContext::ApiGatewayV2(context)) => context.route_key.as_deref() == Some("$default"),
            _ => false,
        }
    }

    /// Moves on to the part of this request that begins here. Each part stores its own response for the `Idempotency-Key`.
    pub fn start_part(&mut self, part: usize) {
        self.part = part;
    }

    /// A header field; none if it is missing or no text.
    #[must_use]
    pub fn header(&self, name: impl http::header::AsHeaderName) -> Option<&str> {
        self.request.headers().get(name)?.to_str().ok()
    }

    /// The HTTP method.
    #[must_use]
    pub fn method(&self) -> &str {
        self.request.method().as_str()
    }

    /// The path as the caller requested it.
    #[must_use]
    pub fn raw_path(&self) -> &str {
        self.request.raw_http_path()
    }

    /// The path as routes name it. A gateway that serves this API under a path of its own (`MUSTER_API_URL`) may leave that path in
    /// front.
    #[must_use]
    pub fn route_path(&self) -> &str {
        let path = self.raw_path();
        let below = path.strip_prefix(self.app.config().api_path());
        below.filter(|rest| rest.starts_with('/')).unwrap_or(path)
    }

    /// The path at which callers find a route's path: below that of `MUSTER_API_URL`.
    #[must_use]
    pub fn location(&self, path: &str) -> String {
        format!("{}{path}", self.app.config().api_path())
    }

    /// The key that seals cursors.
    ///
    /// # Errors
    /// As [`query::cursor_key`].
    pub fn cursor_key(&self) -> Result<&CursorKey, Problem> {
        query::cursor_key(self.app.config())
    }

    /// The issuer of all tokens: it and a subject determine a user's id.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.app.config().trust.issuer
    }

    /// The host name by which the caller reached the gateway, as the gateway reports it.
    #[must_use]
    pub fn domain(&self) -> Option<&str> {
        match self.request.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => context.domain_name.as_deref(),
            _ => None,
        }
    }

    /// Whether the caller accepts responses compressed with gzip (RFC 9110, section 12.5.3).
    #[must_use]
    pub fn takes_gzip(&self) -> bool {
        let mut codings = self.header(ACCEPT_ENCODING).unwrap_or_default().split(',');
        codings.any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
            let weights = parts.filter_map(|part| part.split_once('='));
            let refused = weights
                .filter(|(name, _)| name.eq_ignore_ascii_case("q"))
                .any(|(_, weight)| !weight.parse::<f32>().is_ok_and(|weight| weight > 0.0));
            is_gzip && !refused
        })
    }

    fn bearer(&self) -> Result<&str, Problem> {
        let header = self.header(AUTHORIZATION).unwrap_or_default();
        match header.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() => {
                Ok(token.trim())
            }
            _ => Err(Problem::unauthorized("send `authorization: Bearer <token>`")),
        }
    }

    /// The caller: a signed-in user, or the holder of an API key.
    ///
    /// A mistyped key is refused here, before any read. A well-formed one is checked when its organization is read.
    ///
    /// # Errors
    /// As [`Call::user`].
    pub async fn caller(&self) -> Result<User, Problem> {
        let bearer = self.bearer()?;
        if !bearer.starts_with(Secret::PREFIX) {
            return self.user().await;
        }
        match bearer.parse() {
            Ok(secret) => Ok(User::with_key(secret)),
            Err(error) => {
                tracing::info!(%error, "an API key was refused");
                Err(Problem::key_refused())
            }
        }
    }

    /// The signed-in user. API keys give no access to anything outside an organization.
    ///
    /// # Errors
    /// 401, or 503 while no keys are available; 403 for an API key.
    pub async fn user(&self) -> Result<User, Problem> {
        let token = self.bearer()?;
        if token.starts_with(Secret::PREFIX) {
            return Err(match token.parse::<Secret>() {
                Ok(_) => Problem::sign_in_required(),
                Err(_) => Problem::key_refused(),
            });
        }
        let config = self.app.config();
        match self.app.keyring().verify(token, &config.trust, self.now).await {
            Ok(user) => Ok(user),
            Err(TokenError::NoKeys) => Err(Problem::unavailable()),
            Err(error) => {
                tracing::info!(%error, "a token was refused");
                Err(Problem::unauthorized("the token is not accepted"))
            }
        }
    }

    /// A segment of the path. A malformed one names nothing, so it is not found.
    ///
    /// # Errors
    /// 404.
    pub fn path<T: FromStr>(&self, name: &str) -> Result<T, Problem> {
        let text = self
            .request
            .path_parameters_ref()
            .and_then(|p| p.first(name))
            .unwrap_or_default();
        text.parse()
            .map_err(|_| Problem::not_found(if name == "org" { "organization" } else { name }))
    }

    /// The organization that the path names, if the route is one of an organization.
    ///
    /// # Errors
    /// 404 if it can be none.
    pub fn organization_in_path(&self) -> Result<Option<OrganizationId>, Problem> {
        let parameters = self.request.path_parameters_ref();
        match parameters.is_some_and(|p| p.first("org").is_some()) {
            true => self.path("org").map(Some),
            false => Ok(None),
        }
    }

    /// A segment of the path whose value the caller chooses, such as the id of a resource to register.
    ///
    /// # Errors
    /// 422, naming the segment.
    pub fn path_named<T: FromStr<Err: std::fmt::Display>>(&self, name: &str) -> Result<T, Problem> {
        let text = self
            .request
            .path_parameters_ref()
            .and_then(|p| p.first(name))
            .unwrap_or_default();
        text.parse()
            .map_err(|e: T::Err| Problem::invalid([Violation::field(name, "invalid_value", e.to_string())]))
    }

    /// The query, which may contain only these parameters, each once.
    ///
    /// # Errors
    /// 400, naming every unknown or repeated parameter.
    pub fn query(&self, known: &[&str]) -> Result<Query<'_>, Problem> {
        let (mut violations, mut accepted) = (Vec::new(), Vec::new());
        let map = self.request.query_string_parameters_ref();
        let mut names: Vec<&str> = map.iter().flat_map(|m| m.iter()).map(|(name, _)| name).collect();
        names.sort_unstable();
        names.dedup();
        violations.extend(encoding::violations(self.request.uri().query().unwrap_or_default()));
        for name in names {
            let values = map.and_then(|m| m.all(name)).unwrap_or_default();
            match (known.iter().find(|k| **k == name), values.as_slice()) {
                (None, _) => violations.push(Violation::field(name, "unknown_parameter", self.unknown_parameter())),
                (Some(known), [value]) => accepted.push(((*known).to_owned(), (*value).to_owned())),
                (Some(_), _) => violations.push(Violation::field(name, "repeated_parameter", "may be given only once")),
            }
        }
        if violations.is_empty() {
            Ok(Query::new(self.raw_path(), self.app.config(), accepted))
        } else {
            Err(Problem::invalid_query(violations))
        }
    }

    fn unknown_parameter(&self) -> &'static str {
        if self.reads() {
            "unknown parameter"
        } else {
            "this method takes no query parameters; send them in the body"
        }
    }

    /// The body.
    ///
    /// # Errors
    /// See [`body::read`].
    pub fn body<T: Body>(&self) -> Result<T, Problem> {
        let codings = self.request.headers().get_all(CONTENT_ENCODING);
        body::plain(codings.iter().map(HeaderValue::as_bytes))?;
        body::read(self.request.body(), self.header(CONTENT_TYPE))
    }

    /// The body, or its default if the request has none.
    ///
    /// # Errors
    /// See [`body::read`].
    pub fn body_or_default<T: Body + Default>(&self) -> Result<T, Problem> {
        Ok(self.body_if_any()?.unwrap_or_default())
    }

    /// The body, if the request has one.
    ///
    /// # Errors
    /// See [`body::read`].
    pub fn body_if_any<T: Body>(&self) -> Result<Option<T>, Problem> {
        if self.request.body().is_empty() {
            Ok(None)
        } else {
            self.body().map(Some)
        }
    }

    /// Ensures that a request whose path says everything has no content in its body: a caller who sends `{"dry_run": true}` must
    /// not find it done. An empty object counts as no content.
    ///
    /// # Errors
    /// See [`body::read`].
    pub fn no_body(&self) -> Result<(), Problem> {
        self.body_if_any::<Empty>().map(drop)
    }

    /// The identity of a request by its `Idempotency-Key` header, on a POST that has one.
    ///
    /// # Errors
    /// 400 for a key that is too long or not plain text.
    pub fn once(&self, caller: &User) -> Result<Option<IdempotencyKey>, Problem> {
        let Some(chosen) = self
            .request
            .headers()
            .get("idempotency-key")
            .filter(|_| self.method() == "POST")
        else {
            return Ok(None);
        };
        let is_plain = |key: &&str| key.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let chosen = chosen
            .to_str()
            .ok()
            .filter(is_plain)
            .map(str::trim)
            .filter(|k| (1..=MAX_IDEMPOTENCY_KEY).contains(&k.len()));
        let chosen = chosen.ok_or_else(Problem::malformed_idempotency_key)?;
        Ok(Some(IdempotencyKey::new(
            &caller.account(),
            chosen,
            self.method(),
            self.raw_path(),
            self.part,
            self.request.body(),
        )))
    }

    /// Refuses unless the request's conditions hold for this resource as it was read; `None` for one that does not exist.
    ///
    /// Call this only once it is known that the caller may see or change the resource: no condition may reveal what the caller
    /// cannot see.
    ///
    /// # Errors
    /// 412.
    pub fn precondition(&self, thing: Option<&impl Stated>) -> Result<(), Problem> {
        self.conditions.check(thing)
    }

    /// Like [`Call::precondition`], for a part of a resource that shares its state. A part that does not exist yet can be created
    /// in the state that the caller has read of the whole, and `*` refers to the part.
    ///
    /// # Errors
    /// 412.
    pub fn precondition_of_part(&self, is_there: bool, whole: Option<&impl Stated>) -> Result<(), Problem> {
        self.conditions.check_part(is_there, whole)
    }
}
