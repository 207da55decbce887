//! What the API says of itself: its description, a page to read it on, and answers for what it does not have.

use super::{ROUTES, Route};
use muster_edge::{Call, Outcome, Problem, Reply};
use std::sync::{Arc, OnceLock};
use utoipa_swagger_ui::{Config, SwaggerFile};

/// The OpenAPI document on one line.
const OPENAPI: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json"));
/// The same, packed.
const OPENAPI_GZIP: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.gz"));

/// Serves the OpenAPI document, packed to whoever takes it so.
pub async fn openapi(call: Call) -> Outcome {
    call.query(&[])?;
    let page = if call.takes_gzip() {
        page("application/json", OPENAPI_GZIP.to_vec()).header("content-encoding", "gzip")
    } else {
        page("application/json", OPENAPI.to_vec())
    };
    Ok(page.header("vary", "accept-encoding"))
}

/// An answer that is the same for everybody until the next deployment.
fn page(media_type: &'static str, body: Vec<u8>) -> Reply {
    Reply {
        status: 200,
        media_type,
        body,
        ..Reply::empty()
    }
    .header("cache-control", "public, max-age=300")
}

/// Serves the page that shows the document, and the files it needs, all from this binary.
pub async fn docs(call: Call) -> Outcome {
    call.query(&[])?;
    static CONFIG: OnceLock<Arc<Config<'static>>> = OnceLock::new();
    let file = call
        .raw_path()
        .trim_start_matches("/docs")
        .trim_start_matches('/')
        .to_owned();
    if file.is_empty() && !call.raw_path().ends_with('/') {
        // The page names its files relative to itself.
        return Ok(Reply {
            status: 302,
            ..Reply::empty()
        }
        .header("location", "/docs/index.html"));
    }
    let file = if file.is_empty() { "index.html" } else { file.as_str() };
    let config = CONFIG.get_or_init(|| Arc::new(Config::from("/openapi.json"))).clone();
    match utoipa_swagger_ui::serve(file, config) {
        Ok(Some(SwaggerFile {
            bytes, content_type, ..
        })) => Ok(page(media_type(&content_type), bytes.into_owned())),
        _ => Err(Problem::not_found("page")),
    }
}

fn media_type(content_type: &str) -> &'static str {
    [
        "text/html",
        "text/css",
        "text/javascript",
        "application/javascript",
        "application/json",
        "image/png",
    ]
    .into_iter()
    .find(|known| content_type.starts_with(known))
    .unwrap_or("application/octet-stream")
}

/// Answers what no route matches: which methods a path takes, to OPTIONS, and with 405 to a method that it does not take; else 404.
pub async fn not_found(call: Call) -> Outcome {
    let path = call.raw_path();
    let own = ROUTES.iter().filter(|route| route.matches(path));
    let mut methods: Vec<&str> = own.flat_map(Route::methods).collect();
    if methods.is_empty() {
        return Err(Problem::not_found("route"));
    }
    methods.push("OPTIONS");
    methods.sort_unstable();
    methods.dedup();
    let methods = methods.join(", ");
    if call.method() == "OPTIONS" {
        return Ok(Reply::empty().header("allow", methods));
    }
    Err(Problem::new(405, "method-not-allowed", "Another method is needed")
        .detail(format!("this path takes {methods}"))
        .header("allow", methods))
}

impl Route {
    /// The methods that lead to its function: what takes GET takes HEAD.
    pub fn methods(&self) -> impl Iterator<Item = &'static str> + use<> {
        let head = (self.method == "GET").then_some("HEAD");
        std::iter::once(self.method).chain(head)
    }

    /// Whether a path is one of this route's.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let mut own = self.path.split('/');
        let mut asked = path.split('/');
        loop {
            match (own.next(), asked.next()) {
                (None, None) => return true,
                (Some(own), Some(asked)) if own == asked || (own.starts_with('{') && !asked.is_empty()) => {}
                _ => return false,
            }
        }
    }
}
