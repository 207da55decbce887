//! The permission that a route's line names is the one that its rule asks for: without it, a member who has all others is refused, and
//! with it alone a member is not. Who invites or manages others must see them, so `members:read` comes with those permissions.

use muster_domain::roleset;
use muster_functions::routes::{Access, ROUTES, Route};
use muster_tests::bench::Bench;
use muster_tests::requests::prepare;
use muster_tests::sampled::sampled;
use muster_tests::{Answer, Persona};
use serde_json::json;

/// Its roles are named for the permissions that they have, or lack.
const SET: &str = "single-permissions";

/// The name of a role of the set.
fn role(kind: &str, permission: &str) -> String {
    let role = format!("{kind}_{}", permission.replace(':', "_"));
    let set = roleset::find(SET).expect("the role set for tests");
    assert!(
        set.roles.iter().any(|known| known.id.as_str() == role),
        "{SET}.toml needs a role `{role}`"
    );
    role
}

/// Who is refused and who is not: the names of their roles. None where no member needs a permission.
fn roles(route: &Route) -> Option<(String, String)> {
    match (route.access, route.access.permission()) {
        (_, Some(permission)) => Some((role("all_but", permission), role("only", permission))),
        // It has every permission, and is not the protected role.
        (Access::Owner, _) => Some(("admin".to_owned(), "owner".to_owned())),
        _ => None,
    }
}

/// The answer to a request for the route, by a member with this role.
async fn asked(b: &Bench, route: &Route, role: &str) -> Answer {
    let mut case = prepare(b, route).await;
    let caller: Persona = case.join_as(b, case.person(b, "cara"), role).await;
    if route.binary == "get-export" && role.starts_with("only") {
        // An export is shown to the member who asked for it.
        let body = json!({ "format": "csv" });
        let exports = case.organization().path("/exports");
        let made = caller.post(&b.h, &exports, &body).await.expect(202);
        case.path = format!("{exports}/{}", made.text("/id"));
    }
    case.who = Some(caller);
    b.send(&case).await
}

/// The problems of an answer: its own, or those of its rows.
fn problems(answer: &Answer) -> Vec<String> {
    let rows = answer.body["results"].as_array().into_iter().flatten();
    let own = (answer.status >= 400).then_some(&answer.body);
    let all = rows.map(|row| &row["problem"]).chain(own);
    let kinds = all.filter_map(|problem| problem["type"].as_str()?.rsplit('/').next());
    kinds.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_permission_of_a_routes_line_is_the_one_that_its_rule_asks_for() {
    let b = Bench::with_roles(SET).await;
    let routes: Vec<_> = ROUTES.iter().filter_map(|route| Some((route, roles(route)?))).collect();
    assert!(routes.len() > 30, "{}", routes.len());
    let mut wrong = Vec::new();
    for (route, (without, with)) in sampled("routes and their permissions", routes, 12) {
        let refused = asked(&b, route, &without).await;
        let found = problems(&refused);
        if ![403, 404].contains(&refused.status) || !["forbidden", "not-found"].contains(&found.concat().as_str()) {
            wrong.push(format!("{} as {without}: {} {found:?}", route.binary, refused.status));
        }
        let taken = asked(&b, route, &with).await;
        let found = problems(&taken);
        if taken.status >= 400 || !found.is_empty() {
            wrong.push(format!("{} as {with}: {} {found:?}", route.binary, taken.status));
        }
    }
    assert!(
        wrong.is_empty(),
        "the line in ROUTES names another permission than the rule asks for: {wrong:#?}"
    );
}
