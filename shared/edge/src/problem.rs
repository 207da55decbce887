//! Problems: every response that is not a success, as RFC 9457 `application/problem+json` with a stable type.

mod catalog;
mod codes;
mod refusals;

pub use catalog::{ProblemType, TYPE_BASE};
pub use codes::FAULT_CODES;

use muster_domain::violation::{Location, Violation};
use muster_domain::{Seats, Suspension};
use muster_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

/// Longest `Idempotency-Key`.
pub const MAX_IDEMPOTENCY_KEY: usize = 255;

const MALFORMED_TAGS: &str = "send `*`, or the tag exactly as in the `ETag` of a response, with its quotation marks";

/// An invalid field or address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FaultBody {
    /// The field, as a path into the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The email address, as the request has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// A stable error code.
    pub code: String,
    /// A human-readable explanation.
    pub detail: String,
}

/// The seats in use, the seat limit, and the seats that the request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct NeededSeats {
    /// Seats in use, including those of pending invitations.
    pub used: u64,
    /// The plan's seat limit; null for no limit.
    pub limit: Option<u64>,
    /// The number of additional seats the request needs.
    pub needed: i64,
}

/// A problem, RFC 9457.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// A URI that identifies the problem type. It does not change.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short summary of the problem type.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Details of this occurrence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Every invalid field and address.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FaultBody>,
    /// Seat usage. Only present for `no-seats-available`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seats: Option<NeededSeats>,
    /// The request's id. Quote it when you ask for help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Header fields that go with it.
    #[serde(skip)]
    pub headers: Vec<(&'static str, String)>,
}

impl From<Violation> for FaultBody {
    fn from(violation: Violation) -> Self {
        let (field, email) = match violation.at {
            Location::Field(field) => (Some(field), None),
            Location::Email(email) => (None, Some(email)),
        };
        Self {
            field,
            email,
            code: violation.code.to_owned(),
            detail: violation.detail,
        }
    }
}

impl Problem {
    /// A problem of this type, with its usual status.
    fn new(kind: ProblemType) -> Self {
        Self {
            kind: kind.uri(),
            title: kind.title().to_owned(),
            status: kind.status(),
            detail: None,
            errors: Vec::new(),
            seats: None,
            request_id: None,
            headers: Vec::new(),
        }
    }

    /// This problem, with more detail.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// This problem, with these violations.
    #[must_use]
    pub fn violations(mut self, violations: impl IntoIterator<Item = Violation>) -> Self {
        self.errors.extend(violations.into_iter().map(FaultBody::from));
        self
    }

    /// This problem, with a header field.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// 400: the body is not JSON.
    #[must_use]
    pub fn malformed_json(line: usize, column: usize) -> Self {
        Self::new(ProblemType::MalformedJson).detail(format!("at line {line}, column {column}"))
    }

    /// 400: the `Idempotency-Key` is empty, too long, or no plain text.
    #[must_use]
    pub fn malformed_idempotency_key() -> Self {
        Self::new(ProblemType::MalformedIdempotencyKey)
            .detail(format!("send 1 to {MAX_IDEMPOTENCY_KEY} printable ASCII characters"))
    }

    /// 400: `If-Match` is no list of entity tags.
    #[must_use]
    pub fn malformed_if_match() -> Self {
        Self::new(ProblemType::MalformedIfMatch).detail(MALFORMED_TAGS)
    }

    /// 400: `If-None-Match` is no list of entity tags.
    #[must_use]
    pub fn malformed_if_none_match() -> Self {
        Self::new(ProblemType::MalformedIfNoneMatch).detail(MALFORMED_TAGS)
    }

    /// 401: no token, or one that is not accepted.
    #[must_use]
    pub fn unauthorized(detail: &str) -> Self {
        Self::new(ProblemType::Unauthorized)
            .detail(detail)
            .header("www-authenticate", "Bearer realm=\"muster\"")
    }

    /// 401: an API key that gives no access, for any reason.
    #[must_use]
    pub fn key_refused() -> Self {
        Self::unauthorized("the API key is not valid")
    }

    /// 403: the caller may see the thing, but not do this.
    #[must_use]
    pub fn forbidden(detail: &str) -> Self {
        Self::new(ProblemType::Forbidden).detail(detail)
    }

    /// 403: the caller is a member, but an inactive one.
    #[must_use]
    pub fn member_inactive() -> Self {
        Self::new(ProblemType::MemberInactive).detail("ask an admin to activate your membership")
    }

    /// 403: the organization is suspended. Only its owners get the reason.
    #[must_use]
    pub fn organization_suspended(suspension: &Suspension, is_owner: bool) -> Self {
        let Suspension { reason, at, .. } = suspension;
        let detail = if is_owner {
            format!("the organization has been suspended since {at}: {reason}")
        } else {
            format!("the organization has been suspended since {at}; its owners can see the reason")
        };
        Self::new(ProblemType::OrganizationSuspended).detail(detail)
    }

    /// 403: the token carries no verified address.
    #[must_use]
    pub fn email_not_verified() -> Self {
        Self::new(ProblemType::EmailNotVerified)
            .detail("the token must contain `email`, and `email_verified` must be true; verify the address with your identity provider")
    }

    /// 403: for signed-in people only.
    #[must_use]
    pub fn sign_in_required() -> Self {
        Self::new(ProblemType::SignInRequired)
            .detail("this route does not accept API keys; use the token of a signed-in user")
    }

    /// 403: the API key may only read.
    #[must_use]
    pub fn read_only_key() -> Self {
        Self::new(ProblemType::ReadOnlyKey)
    }

    /// 404: it does not exist, or the caller cannot see it: one answer for both.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(ProblemType::NotFound).detail(format!("the {what} does not exist, or you have no access to it"))
    }

    /// 405: the path has other methods, which the detail and the header field name.
    #[must_use]
    pub fn method_not_allowed(methods: String) -> Self {
        Self::new(ProblemType::MethodNotAllowed)
            .detail(format!("this path supports {methods}"))
            .header("allow", methods)
    }

    /// 413: the body is larger than this number of bytes.
    #[must_use]
    pub fn body_too_large(limit: usize) -> Self {
        Self::new(ProblemType::BodyTooLarge).detail(format!("the limit is {limit} bytes"))
    }

    /// 415: the body has another media type than JSON.
    #[must_use]
    pub fn unsupported_media_type() -> Self {
        Self::new(ProblemType::UnsupportedMediaType).detail("send `content-type: application/json`, in UTF-8")
    }

    /// 415: the body has a content coding.
    #[must_use]
    pub fn unsupported_content_coding() -> Self {
        Self::new(ProblemType::UnsupportedMediaType)
            .detail("send the JSON without `content-encoding`")
            .header("accept-encoding", "identity")
    }

    /// 422: the `Idempotency-Key` was used for another request.
    #[must_use]
    pub fn idempotency_key_reused() -> Self {
        let detail = "this key was already used with a different body";
        let violation = Violation::field("Idempotency-Key", "reused", detail);
        Self::new(ProblemType::IdempotencyKeyReused).violations([violation])
    }

    /// 422: invalid fields.
    #[must_use]
    pub fn invalid(violations: impl IntoIterator<Item = Violation>) -> Self {
        Self::new(ProblemType::InvalidRequest).violations(violations)
    }

    /// 400: invalid query parameters.
    #[must_use]
    pub fn invalid_query(violations: impl IntoIterator<Item = Violation>) -> Self {
        Self::new(ProblemType::InvalidQuery).violations(violations)
    }

    /// 409: too few seats, with the figures (`program-delivery`).
    #[must_use]
    pub fn no_seats(seats: Seats, needed: i64) -> Self {
        let mut problem = Self::new(ProblemType::NoSeatsAvailable).detail("upgrade the plan or free a seat first");
        problem.seats = Some(NeededSeats {
            used: seats.used,
            limit: seats.limit,
            needed,
        });
        problem
    }

    /// 409: the list has more rows than are returned as a file immediately, or is too large otherwise.
    #[must_use]
    pub fn export_too_large(max_rows: usize) -> Self {
        Self::new(ProblemType::ExportTooLarge).detail(format!(
            "the list has more than {max_rows} rows, is too large or takes too long to search; use `POST …/exports` for a background export"
        ))
    }

    /// 409: others kept changing the same items.
    #[must_use]
    pub fn conflict() -> Self {
        Self::new(ProblemType::Conflict)
            .detail("nothing was changed; try again")
            .header("retry-after", "1")
    }

    /// 412: the resource is not as the caller last saw it.
    #[must_use]
    pub fn precondition_failed() -> Self {
        Self::new(ProblemType::PreconditionFailed)
            .detail("the condition in `If-Match` or `If-None-Match` does not hold; get the current state and try again")
    }

    /// 503: a service that Muster depends on does not respond.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::new(ProblemType::Unavailable)
            .detail("it is unknown whether the request took effect; repeat a POST with the same `Idempotency-Key`, and any other method as it is")
            .header("retry-after", "1")
    }

    /// 503: the table throttles this at present. Unlike with [`Problem::unavailable`], it is certain that nothing was done.
    #[must_use]
    pub fn throttled() -> Self {
        Self::new(ProblemType::Throttled)
            .detail("nothing was changed; try again in a few seconds")
            .header("retry-after", "2")
    }

    /// Whether it is [`Problem::throttled`].
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.problem_type() == Some(ProblemType::Throttled)
    }

    /// Its type; `None` for one that the catalog does not have.
    #[must_use]
    pub fn problem_type(&self) -> Option<ProblemType> {
        ProblemType::of(&self.kind)
    }

    /// 500: an error of Muster's own. Only the log says which.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(ProblemType::Internal)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let problem = match error {
            StoreError::Throttled { .. } => {
                tracing::warn!(%error, "the table takes no more at present");
                return Self::throttled();
            }
            StoreError::Call { .. } => Self::unavailable(),
            StoreError::Malformed { .. } | StoreError::NotRead { .. } => Self::internal(),
        };
        tracing::error!(%error, "the table did not answer as it should");
        problem
    }
}

impl From<crate::secrets::SecretError> for Problem {
    fn from(error: crate::secrets::SecretError) -> Self {
        tracing::error!(%error, "no link secret");
        Self::unavailable()
    }
}
