//! The binaries of the routes, which follow from the route table. A test writes them, and fails when one is stale.

use crate::routes::{ROUTES, Route};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const HOW: &str = "is stale: run `MUSTER_UPDATE=1 cargo test --workspace --lib -- binaries`";

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
            (route.access, route.takes_body),
            (first.access, first.takes_body),
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
