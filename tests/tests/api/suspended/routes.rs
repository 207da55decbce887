//! Every route of the table, asked in a suspended organization as a member, as an owner and through a key.

use super::{REASON, SUSPENDED};
use muster_domain::rules::suspension::OpenTo;
use muster_functions::routes::{Access, ROUTES, Route};
use muster_tests::bench::Bench;
use muster_tests::requests::{Case, prepare};
use muster_tests::{Persona, recount};
use serde_json::json;

/// The routes that speak of an organization to its members.
fn inside() -> impl Iterator<Item = &'static Route> {
    let own = |r: &&Route| r.path.contains("{org}") || r.access == Access::Asker;
    let outside = [Access::Platform, Access::Public];
    ROUTES.iter().filter(own).filter(move |r| !outside.contains(&r.access))
}

#[test]
fn owners_read_and_write_only_what_they_need() {
    let of = |open_to| -> Vec<&str> {
        let writes = ROUTES
            .iter()
            .filter(|r| r.while_suspended == open_to && r.method != "GET");
        writes.map(|r| r.binary).collect()
    };
    let writes = ["delete-organization", "name-paying-owner", "create-export"];
    assert_eq!(of(OpenTo::Owners), writes);
    assert_eq!(of(OpenTo::Leavers), ["remove-member"]);
    for route in ROUTES.iter().filter(|r| r.while_suspended == OpenTo::Members) {
        let asks = route.access == Access::Asker;
        assert!(asks || route.binary == "create-organization", "{}", route.binary);
    }
    for route in ROUTES.iter().filter(|r| r.method == "GET") {
        let open = route.while_suspended == OpenTo::Owners;
        let is_inside = route.path.contains("{org}") && route.access != Access::Public;
        assert_eq!(open, is_inside, "{}", route.binary);
    }
}

/// Sends the request of a case as somebody; gives the status, and the kind of problem if it is one.
async fn told(b: &Bench, case: &mut Case, who: Persona) -> (u16, String) {
    case.who = Some(who);
    let answer = b.send(case).await;
    let kind = answer.body["type"].as_str().unwrap_or_default();
    (answer.status, kind.rsplit('/').next().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_route_admits_whom_its_line_says_and_refuses_every_other_caller_alike() {
    let b = Bench::start().await;
    let refused = (403, SUSPENDED.to_owned());
    for route in inside() {
        let mut case = prepare(&b, route).await;
        let admin = case.person(&b, "ada");
        let admin = case.join_as(&b, admin, "admin").await;
        let body = json!({ "name": "zapier" });
        let key = case.organization().key(&b.h, &case.owner, &body).await;
        let path = case.organization().path("/suspension");
        let body = json!({ "reason": REASON });
        b.h.platform().put(&b.h, &path, &body).await.expect(200);
        let before = b.outcome(&case).await;

        let through_key = told(&b, &mut case, key.persona).await;
        if route.while_suspended == OpenTo::Members && route.access.takes_keys() {
            assert_eq!(through_key.0, 200, "{} through a key", route.binary);
        } else if route.access.takes_keys() {
            assert_eq!(through_key, refused, "{} through a key", route.binary);
        } else {
            assert_eq!(through_key, (403, "sign-in-needed".into()), "{}", route.binary);
        }
        let as_member = told(&b, &mut case, admin).await;
        if route.while_suspended == OpenTo::Members {
            assert_eq!(as_member.0, 200, "{} as a member", route.binary);
        } else {
            assert_eq!(as_member, refused, "{} as a member", route.binary);
        }
        let owner = case.owner.clone();
        let admits = matches!(route.while_suspended, OpenTo::Owners | OpenTo::Members);
        if !admits {
            assert_eq!(
                told(&b, &mut case, owner).await,
                refused,
                "{} as an owner",
                route.binary
            );
            assert_eq!(b.outcome(&case).await, before, "{}", route.binary);
            continue;
        }
        assert_eq!(b.outcome(&case).await, before, "{}", route.binary);
        let as_owner = told(&b, &mut case, owner).await;
        assert!(
            (200..300).contains(&as_owner.0),
            "{} as an owner: {as_owner:?}",
            route.binary
        );
    }
    recount(&b.h).await;
}
