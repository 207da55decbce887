//! The binaries: their sources follow from the route table, and so does their list in the manifest.

use crate::generated::{assert_current, read, replaced};
use crate::routes::{BACKGROUND, ROUTES, Route};
use std::collections::BTreeSet;

/// The source of the binary that serves a route.
fn source(route: &Route) -> String {
    let handler = route.handler.replace(' ', "");
    let (_, name) = handler.rsplit_once("::").unwrap();
    let serve = if route.calls.is_empty() { "http_alone" } else { "http" };
    let Route {
        binary, method, path, ..
    } = route;
    format!(
        "//! `{method} {path}`\n\nuse muster_functions::routes::Route;\nuse muster_functions::routes::{handler};\n\n\
         #[tokio::main(flavor = \"current_thread\")]\n\
         async fn main() -> Result<(), lambda_runtime::Error> {{\n    \
         muster_functions::entry::{serve}(Route::of({binary:?}), {name}).await\n}}\n"
    )
}

/// The list of all binaries in the manifest.
fn list() -> String {
    let routes = ROUTES.iter().map(|route| route.binary);
    let binaries: BTreeSet<&str> = routes
        .chain(BACKGROUND.iter().map(|function| function.binary))
        .collect();
    let entries: Vec<String> = binaries
        .iter()
        .map(|binary| format!("[[bin]]\nname = {binary:?}\ntest = false\n\n"))
        .collect();
    format!("\n{}", entries.concat())
}

#[test]
fn each_binary_is_written_from_the_line_of_its_route() {
    let mut written = BTreeSet::new();
    for route in ROUTES.iter().filter(|route| written.insert(route.binary)) {
        let path = format!("src/bin/{}.rs", route.binary);
        assert_current(&path, &source(route), "binaries");
    }
}

#[test]
fn the_manifest_lists_the_binaries_of_the_route_table() {
    let path = "Cargo.toml";
    assert_current(path, &replaced(&read(path), "binaries", &list()), "binaries");
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
            (route.handler, route.calls, route.traits),
            (first.handler, first.calls, first.traits),
            "{}",
            route.path
        );
    }
}
