//! The requirements of a route in the table that need nothing read: the kind of its caller, and whether it takes a body. They are checked
//! before the handler runs. The permission that a line names is checked by the route's rule (`shared/domain/src/rules`).

use crate::routes::route::{Access, Route};
use lambda_http::{Body, Request, Response};
use muster_edge::{App, Call, Outcome, Problem, User, serve};
use std::future::Future;

/// A handler: of a request, or of a request and its caller.
pub trait Handler<Parameters>: Copy + Send + Sync + 'static {
    /// Answers the request.
    fn handle(self, call: Call, caller: Option<User>) -> impl Future<Output = Outcome> + Send;
}

impl<F, R> Handler<Call> for F
where
    F: Fn(Call) -> R + Copy + Send + Sync + 'static,
    R: Future<Output = Outcome> + Send,
{
    fn handle(self, call: Call, _: Option<User>) -> impl Future<Output = Outcome> + Send {
        self(call)
    }
}

impl<F, R> Handler<(Call, User)> for F
where
    F: Fn(Call, User) -> R + Copy + Send + Sync + 'static,
    R: Future<Output = Outcome> + Send,
{
    async fn handle(self, call: Call, caller: Option<User>) -> Outcome {
        // Public routes have no caller, so they do not use this kind of handler.
        self(call, caller.ok_or_else(Problem::internal)?).await
    }
}

impl Access {
    /// Whether API keys may call the route.
    #[must_use]
    pub const fn takes_keys(self) -> bool {
        match self {
            Self::Public
            | Self::User
            | Self::Invitee
            | Self::Oneself
            | Self::UserPermission(_)
            | Self::Owner
            | Self::Platform => false,
            Self::Member
            | Self::Permission(_)
            | Self::PermissionOrOneself(_)
            | Self::PermissionOrPlatform(_)
            | Self::WholePermission(_)
            | Self::Asker => true,
        }
    }

    /// The caller, as far as it is known before anything is read; none for a public route.
    ///
    /// # Errors
    /// 401; 403 for API keys where a signed-in user is required, for callers other than the platform where only the platform may
    /// call, and for writes by the platform where it may only read.
    async fn caller(self, call: &Call) -> Result<Option<User>, Problem> {
        let caller = match self {
            Self::Public => return Ok(None),
            _ if self.takes_keys() => call.caller().await?,
            _ => call.user().await?,
        };
        if self == Self::Platform && !caller.platform {
            return Err(Problem::forbidden("only the platform can do this"));
        }
        if caller.platform && !self.admits_platform(call.reads()) {
            return Err(Problem::forbidden(match self.admits_platform(true) {
                true => "the platform can only read here",
                false => "the platform cannot do this",
            }));
        }
        Ok(Some(caller))
    }
}

/// Answers a request with a route's handler, after checking the route's requirements. Without a route, the answer is 500.
pub async fn answer<P>(
    app: &App,
    request: Request,
    route: Option<&'static Route>,
    handler: impl Handler<P>,
) -> Response<Body> {
    serve::answer(app, request, |call| guarded(route, handler, call)).await
}

/// Serves a route's handler as a Lambda function.
///
/// # Errors
/// As [`serve::http`].
pub async fn http<P: 'static>(
    route: Option<&'static Route>,
    handler: impl Handler<P>,
) -> Result<(), lambda_runtime::Error> {
    serve::http(move |call| guarded(route, handler, call)).await
}

/// Serves, as a Lambda function, the handler of a route that calls no service.
///
/// # Errors
/// As [`serve::http_alone`].
pub async fn http_alone<P: 'static>(
    route: Option<&'static Route>,
    handler: impl Handler<P>,
) -> Result<(), lambda_runtime::Error> {
    serve::http_alone(move |call| guarded(route, handler, call)).await
}

/// The response of a route's handler. A problem has the status that its type has on the route.
async fn guarded<P>(route: Option<&'static Route>, handler: impl Handler<P>, call: Call) -> Outcome {
    let route = route.ok_or_else(Problem::internal)?;
    let outcome = handled(route, handler, call).await;
    outcome.map_err(|problem| route.answered(problem))
}

async fn handled<P>(route: &Route, handler: impl Handler<P>, mut call: Call) -> Outcome {
    call.stays_open_to(route.while_suspended);
    call.names_permission(route.access.permission());
    let caller = route.access.caller(&call).await?;
    if !route.takes_body && !call.reads() {
        call.no_body()?;
    }
    // Boxed, since `local` links all handlers, and their futures together would not fit a thread's stack.
    Box::pin(handler.handle(call, caller)).await
}
