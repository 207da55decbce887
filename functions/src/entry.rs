//! The requirements of a route in the table. They are checked before the handler runs, and before anything is read.

use crate::routes::{Access, ROUTES, Route};
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
            Self::Public | Self::User | Self::Oneself | Self::UserPermission(_) | Self::Owner | Self::Platform => false,
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
        match self {
            Self::Platform if !caller.platform => Err(Problem::forbidden("only the platform can do this")),
            Self::WholePermission(_) if caller.platform => {
                Err(Problem::forbidden("this is for members; the platform cannot do this"))
            }
            Self::Oneself
            | Self::UserPermission(_)
            | Self::Owner
            | Self::Permission(_)
            | Self::PermissionOrOneself(_)
                if caller.platform && !call.reads() =>
            {
                Err(Problem::forbidden("the platform can only read here"))
            }
            _ => Ok(Some(caller)),
        }
    }
}

/// Answers a request with the handler of a binary, after checking the route's requirements.
pub async fn answer<P>(app: &App, request: Request, binary: &str, handler: impl Handler<P>) -> Response<Body> {
    serve::answer(app, request, |call| guarded(binary, handler, call)).await
}

/// Serves the handler of a binary as a Lambda function.
///
/// # Errors
/// As [`serve::http`].
pub async fn http<P: 'static>(binary: &'static str, handler: impl Handler<P>) -> Result<(), lambda_runtime::Error> {
    serve::http(move |call| guarded(binary, handler, call)).await
}

/// Serves, as a Lambda function, the handler of a binary that calls no service.
///
/// # Errors
/// As [`serve::http_alone`].
pub async fn http_alone<P: 'static>(
    binary: &'static str,
    handler: impl Handler<P>,
) -> Result<(), lambda_runtime::Error> {
    serve::http_alone(move |call| guarded(binary, handler, call)).await
}

async fn guarded<P>(binary: &str, handler: impl Handler<P>, mut call: Call) -> Outcome {
    let route = Route::of(binary).ok_or_else(Problem::internal)?;
    call.stays_open_to(route.while_suspended);
    let caller = route.access.caller(&call).await?;
    if !route.takes_body && !call.reads() {
        call.no_body()?;
    }
    // Boxed, since `local` links all handlers, and their futures together would not fit a thread's stack.
    Box::pin(handler.handle(call, caller)).await
}

impl Route {
    /// Whether its function may make this AWS call, by the name that the SDK gives it.
    #[must_use]
    pub fn may(&self, operation: &str) -> bool {
        self.calls.iter().any(|call| call.split(' ').next() == Some(operation))
    }

    /// The route of a binary. All routes of one binary have the same requirements.
    fn of(binary: &str) -> Option<&'static Self> {
        ROUTES.iter().find(|route| route.binary == binary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    const HOW: &str = "is stale: run `MUSTER_UPDATE=1 cargo test --workspace --lib -- entry`";

    /// The source of the binary that serves a route.
    fn source(route: &Route) -> String {
        let handler = route.handler.replace(' ', "");
        let (_, name) = handler.rsplit_once("::").unwrap();
        let serve = if route.calls.is_empty() { "http_alone" } else { "http" };
        let Route {
            binary, method, path, ..
        } = route;
        format!(
            "//! `{method} {path}`\n\nuse muster_functions::routes::{handler};\n\n\
             #[tokio::main(flavor = \"current_thread\")]\n\
             async fn main() -> Result<(), lambda_runtime::Error> {{\n    \
             muster_functions::entry::{serve}({binary:?}, {name}).await\n}}\n"
        )
    }

    #[test]
    fn each_binary_is_written_from_the_line_of_its_route() {
        let mut written = BTreeSet::new();
        for route in ROUTES.iter().filter(|route| written.insert(route.binary)) {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/bin/{}.rs", route.binary));
            let expected = source(route);
            if std::env::var_os("MUSTER_UPDATE").is_some() {
                fs::write(&path, expected).unwrap();
            } else {
                assert_eq!(
                    fs::read_to_string(&path).unwrap_or_default(),
                    expected,
                    "{} {HOW}",
                    path.display()
                );
            }
        }
    }

    #[test]
    fn all_routes_of_one_binary_demand_the_same() {
        for route in ROUTES {
            let first = Route::of(route.binary).unwrap();
            assert_eq!(
                (route.access, route.takes_body, route.while_suspended),
                (first.access, first.takes_body, first.while_suspended),
                "{}",
                route.path
            );
            assert_eq!(
                (route.handler, route.calls),
                (first.handler, first.calls),
                "{}",
                route.path
            );
        }
    }
}
