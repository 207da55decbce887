//! What the API says about itself: its description, a page to read it on, and answers to requests that match no route.

use super::{ROUTES, Route};
use muster_edge::{Call, Outcome, Problem, Reply};
use serde_json::json;
use std::sync::{Arc, OnceLock};
use utoipa_swagger_ui::{Config, SwaggerFile};

/// The OpenAPI document on one line.
const OPENAPI: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json"));
/// The same document, compressed with gzip.
const OPENAPI_GZIP: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.gz"));

/// The document's `servers`: the API is at the root of the host that served the document.
const AT_ROOT: &str = r#""servers":[{"url":"/"}]"#;

/// Serves the OpenAPI document, compressed for clients that accept gzip.
pub async fn openapi(call: Call) -> Outcome {
    call.query(&[])?;
    let path = call.app.config().api_path();
    let page = if !path.is_empty() {
        page("application/json", document_at(path).into_bytes())
    } else if call.takes_gzip() {
        page("application/json", OPENAPI_GZIP.to_vec()).header("content-encoding", "gzip")
    } else {
        page("application/json", OPENAPI.to_vec())
    };
    Ok(page.header("vary", "accept-encoding"))
}

/// The document of an API that lives below a path of its host.
fn document_at(path: &str) -> String {
    let servers = json!([{ "url": path }]);
    String::from_utf8_lossy(OPENAPI).replacen(AT_ROOT, &format!(r#""servers":{servers}"#), 1)
}

/// An answer that is the same for every caller until the next deployment.
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
    let file: String = call.path("file")?;
    if file.is_empty() {
        // The page refers to its files relative to itself, and this redirect is relative to `/docs`, so any path may lead there.
        return Ok(Reply {
            status: 302,
            ..Reply::empty()
        }
        .header("location", "docs/index.html"));
    }
    let config = CONFIG.get_or_init(|| Arc::new(Config::from("../openapi.json")));
    match utoipa_swagger_ui::serve(&file, config.clone()) {
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

/// Answers requests that match no route. On a known path, OPTIONS gets the path's methods, and other methods 405; the rest get 404.
///
/// The preflight of a page succeeds on any path: after a 404 the browser would not send the request itself, and the page would see a
/// failed connection in place of the problem.
pub async fn not_found(call: Call) -> Outcome {
    let (path, below) = (call.raw_path(), call.route_path());
    let own: Vec<&Route> = ROUTES
        .iter()
        .filter(|route| route.matches(path) || route.matches(below))
        .collect();
    // A path with a route of its own, such as `members/remove`, is never the path of an item with that name.
    let closest = own.iter().map(|route| route.literals()).max();
    let own = own.into_iter().filter(|route| Some(route.literals()) == closest);
    let mut methods: Vec<&str> = own.flat_map(Route::methods).collect();
    if methods.is_empty() && is_preflight(&call) {
        return Ok(Reply::empty());
    }
    // The team page has routes only where it is deployed.
    if methods.is_empty() || methods.contains(&call.method()) {
        return Err(Problem::not_found("route"));
    }
    methods.push("OPTIONS");
    methods.sort_unstable();
    methods.dedup();
    let methods = methods.join(", ");
    if call.method() == "OPTIONS" {
        return Ok(Reply::empty().header("allow", methods));
    }
    Err(Problem::method_not_allowed(methods))
}

/// Whether a browser asks before it sends a page's request.
fn is_preflight(call: &Call) -> bool {
    let has = |field| call.header(field).is_some();
    call.method() == "OPTIONS" && has("origin") && has("access-control-request-method")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_names_the_path_that_leads_to_the_api_and_differs_in_nothing_else() {
        let told: serde_json::Value = serde_json::from_str(&document_at("/team")).unwrap();
        assert_eq!(told["servers"], json!([{ "url": "/team" }]));
        let mut packed: serde_json::Value = serde_json::from_slice(OPENAPI).unwrap();
        packed["servers"] = json!([{ "url": "/team" }]);
        assert_eq!(told, packed);
    }
}
