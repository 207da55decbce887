//! The problems that follow from a route's line in the table: each route answers each of them, with the status that it has there.

use jiff::{SignedDuration, Timestamp};
use muster_edge::problem::ProblemType;
use muster_functions::routes::{Access, Route};
use muster_tests::bench::Bench;
use muster_tests::document::described;
use muster_tests::harness::Organization;
use muster_tests::problems::{ANYWHERE, NEVER};
use muster_tests::requests::{Case, prepare};
use muster_tests::sampled::sampled;
use muster_tests::{Answer, Persona};
use serde_json::json;

const NOWHERE: &str = "org_0000000000000000000042";

/// A request of a case, in which something can be wrong.
struct Request {
    who: Option<Persona>,
    path: String,
    headers: Vec<(&'static str, String)>,
    media_type: &'static str,
    body: Option<String>,
}

impl Request {
    fn of(case: &Case) -> Self {
        Self {
            who: case.who.clone(),
            path: case.path.clone(),
            headers: Vec::new(),
            media_type: "application/json",
            body: case.body.as_ref().map(ToString::to_string),
        }
    }

    fn with_caller(self, who: &Persona) -> Self {
        Self {
            who: Some(who.clone()),
            ..self
        }
    }

    fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn with_body(self, body: impl Into<String>) -> Self {
        Self {
            body: Some(body.into()),
            ..self
        }
    }

    async fn sent(self, b: &Bench, case: &Case) -> Answer {
        let url = format!("{}{}", b.h.backend.base_url(), self.path);
        let mut call = b.h.http().request(case.method.clone(), url);
        if let Some(who) = self.who {
            call = call.bearer_auth(who.token(&b.h));
        }
        if let Some(body) = self.body {
            call = call.header("content-type", self.media_type).body(body);
        }
        for (name, value) in self.headers {
            call = call.header(name, value);
        }
        b.h.answered(call).await
    }
}

/// Those who may not, in the organization of a case and beside it.
struct Cast {
    /// A member whose role is over.
    without_role: Option<Persona>,
    inactive: Option<Persona>,
    read_only: Option<Persona>,
    /// The owner of another organization, and their API key.
    stranger: Persona,
    key: Persona,
}

impl Cast {
    async fn join(b: &Bench, route: &Route, case: &Case, others: &Organization, key: &Persona) -> Self {
        let mut cast = Self {
            without_role: None,
            inactive: None,
            read_only: None,
            stranger: others.owner.clone(),
            key: key.clone(),
        };
        if !route.problems().contains(&ProblemType::MemberInactive) || route.access == Access::Invitee {
            return cast;
        }
        let acme = case.organization();
        let inactive = case.join_as(b, case.person(b, "ina"), "admin").await;
        let chosen = json!({ "members": [inactive.id()] });
        let path = acme.path("/members/deactivate");
        case.owner.post(&b.h, &path, &chosen).await.expect(200);
        let eve = case.join_as(b, case.person(b, "eve"), "participant").await;
        let end: Timestamp = b.h.backend.clock().now() + SignedDuration::from_mins(1);
        let grant = json!({ "type": "program", "id": "autumn", "role": "participant", "expires_at": end.to_string() });
        let path = acme.path(&format!("/members/{}", eve.id()));
        let body = json!({ "role": null, "grants": [grant] });
        case.owner.patch(&b.h, &path, &body).await.expect(200);
        b.h.advance(SignedDuration::from_mins(2));
        let body = json!({ "name": "reading", "read_only": true });
        cast.read_only = Some(acme.key(&b.h, &case.owner, &body).await.persona);
        cast.without_role = Some(eve);
        cast.inactive = Some(inactive);
        cast
    }
}

/// The request of a case that gets this problem; none for one that several requests bring about, or other tests.
fn faulty(b: &Bench, route: &Route, case: &Case, cast: &Cast, kind: ProblemType) -> Option<Request> {
    let request = Request::of(case);
    let invited = case.who.as_ref().filter(|_| route.access == Access::Invitee);
    Some(match kind {
        ProblemType::MalformedIfMatch => request.with_header("if-match", "x"),
        ProblemType::MalformedIfNoneMatch => request.with_header("if-none-match", "x"),
        ProblemType::PreconditionFailed => request.with_header("if-match", "\"x\""),
        ProblemType::MalformedIdempotencyKey => request.with_header("idempotency-key", "x".repeat(256)),
        ProblemType::InvalidQuery => Request {
            path: format!("{}?nonsense=1", case.path),
            ..request
        },
        ProblemType::MalformedJson => request.with_body("{"),
        ProblemType::InvalidRequest => request.with_body(r#"{"nonsense":1}"#),
        ProblemType::BodyTooLarge => request.with_body(" ".repeat(64 * 1024 + 1)),
        ProblemType::UnsupportedMediaType => Request {
            media_type: "text/plain",
            ..request.with_body("{}")
        },
        ProblemType::Unauthorized => Request { who: None, ..request },
        ProblemType::SignInRequired => request.with_caller(&cast.key),
        ProblemType::ReadOnlyKey => request.with_caller(cast.read_only.as_ref()?),
        ProblemType::MemberInactive => request.with_caller(cast.inactive.as_ref()?),
        ProblemType::NotFound if route.access.is_inside() => Request {
            path: case.path.replace(&case.organization().id, NOWHERE),
            ..request
        },
        ProblemType::NotFound => Request {
            path: route.path.replace("{token}", "x"),
            ..request
        },
        ProblemType::Forbidden => match route.access {
            // At the decision point of one organization, strangers find nothing.
            Access::Asker if route.own_problems.contains(&ProblemType::NotFound) => {
                request.with_caller(cast.without_role.as_ref()?)
            }
            Access::Platform | Access::Asker => request.with_caller(&cast.stranger),
            Access::Invitee => request.with_caller(&b.h.platform().with_email(invited?.email(), true)),
            _ => request.with_caller(cast.without_role.as_ref()?),
        },
        ProblemType::EmailMismatch => request.with_caller(&cast.stranger),
        ProblemType::EmailNotVerified => {
            let unverified = invited?.clone().with_email(invited?.email(), false);
            request.with_caller(&unverified)
        }
        _ => return None,
    })
}

/// Sends a request, and another one under the same `Idempotency-Key`.
async fn key_reused(b: &Bench, case: &Case) -> Answer {
    let key = ("idempotency-key", "once");
    let other = match &case.body {
        Some(body) => format!("{body} "),
        None if case.path.ends_with("/invitations/resend") => {
            let pending = case.organization().pending(&b.h).await;
            json!({ "invitations": [pending[0]["id"]] }).to_string()
        }
        None => "{}".to_owned(),
    };
    let first = Request::of(case).with_header(key.0, key.1).sent(b, case).await;
    assert!(first.status < 300, "{:#}", first.body);
    let second = Request::of(case).with_header(key.0, key.1).with_body(other);
    second.sent(b, case).await
}

/// Suspends the organization of a case, and sends the request through a key where keys are accepted, else as a member.
async fn once_suspended(b: &Bench, route: &Route, case: &Case, cast: &Cast) -> Answer {
    let path = case.organization().path("/suspension");
    let body = json!({ "reason": "The plan has ended" });
    b.h.platform().put(&b.h, &path, &body).await.expect(200);
    let who = if route.access.takes_keys() {
        &cast.read_only
    } else {
        &cast.without_role
    };
    let who = who.as_ref().expect("somebody inside");
    Request::of(case).with_caller(who).sent(b, case).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_route_answers_the_problems_that_follow_from_its_line() {
    let b = Bench::start().await;
    let others = Organization::of(&b.h, b.h.person("stella")).await;
    let key = others
        .key(&b.h, &others.owner, &json!({ "name": "zapier" }))
        .await
        .persona;
    for route in sampled("problems that follow", described().collect(), 8) {
        let case = prepare(&b, route).await;
        let cast = Cast::join(&b, route, &case, &others, &key).await;
        let mut untried = Vec::new();
        let listed = route.own_problems;
        for kind in route.problems().into_iter().filter(|kind| !listed.contains(kind)) {
            let status = route.status(kind);
            match faulty(&b, route, &case, &cast, kind) {
                Some(request) => {
                    request.sent(&b, &case).await.problem(status, kind.slug());
                }
                None => untried.push(kind),
            }
        }
        untried.retain(|kind| !ANYWHERE.iter().any(|(anywhere, _)| anywhere == kind));
        untried.retain(|kind| {
            !NEVER
                .iter()
                .any(|(own, never, _)| (*own, never) == (route.binary, kind))
        });
        if untried.contains(&ProblemType::IdempotencyKeyReused) {
            let kind = ProblemType::IdempotencyKeyReused;
            key_reused(&b, &case).await.problem(route.status(kind), kind.slug());
            untried.retain(|untried| *untried != kind);
        }
        if untried.contains(&ProblemType::OrganizationSuspended) {
            let kind = ProblemType::OrganizationSuspended;
            let answer = once_suspended(&b, route, &case, &cast).await;
            answer.problem(route.status(kind), kind.slug());
            untried.retain(|untried| *untried != kind);
        }
        assert!(untried.is_empty(), "{}: no request gets {untried:?}", route.binary);
    }
}
