//! Answers that are kept for an `Idempotency-Key`, and people who are out since: they get what anybody in their place gets now.

use jiff::{SignedDuration, Timestamp};
use muster_functions::routes::{Access, ROUTES, Route};
use muster_tests::bench::Bench;
use muster_tests::harness::{Answer, Harness, Organization, invitation};
use muster_tests::requests::{Case, prepare};
use muster_tests::sampled::sampled;
use muster_tests::{Persona, recount};
use reqwest::Method;
use serde_json::{Value, json};

const REPLAYED: &str = "idempotent-replayed";

/// A way of going out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Left,
    Removed,
    Deactivated,
    OrganizationDeleted,
    /// Removed, and a member again as before.
    Back,
    /// The API key that was used is revoked.
    KeyRevoked,
    /// Its time is up.
    KeyExpired,
    /// Whose key it is, is removed.
    KeyOwnerRemoved,
    /// The token is not the platform's any more.
    ScopeGone,
}

use Way::{Back, Deactivated, KeyExpired, KeyOwnerRemoved, KeyRevoked, Left, OrganizationDeleted, Removed, ScopeGone};

/// The ways out that need no key.
const IN_PERSON: [Way; 5] = [Left, Removed, Deactivated, OrganizationDeleted, Back];

impl Way {
    fn through_key(self) -> bool {
        matches!(self, KeyRevoked | KeyExpired | KeyOwnerRemoved)
    }
}

/// The routes that keep answers: every POST, but for those that are harmless to repeat.
fn keeping() -> Vec<&'static Route> {
    let keeps = |r: &&Route| r.method == "POST" && r.access != Access::Asker && r.binary != "verify-api-key";
    ROUTES.iter().filter(keeps).collect()
}

/// The ways in which whoever calls a route can go out.
fn ways(route: &Route) -> Vec<Way> {
    let in_person = ["transfer-ownership", "create-api-key", "rotate-api-key"].contains(&route.binary);
    match (route.binary, route.access) {
        ("restore-organization", _) => vec![ScopeGone],
        ("accept-invitation", _) => IN_PERSON.to_vec(),
        ("decline-invitation", _) => vec![OrganizationDeleted],
        ("create-organization", _) => Vec::new(),
        _ if in_person => IN_PERSON.to_vec(),
        _ => [&IN_PERSON[..], &[KeyRevoked, KeyExpired, KeyOwnerRemoved]].concat(),
    }
}

#[test]
fn every_route_that_keeps_answers_is_tried() {
    let untried: Vec<_> = keeping()
        .iter()
        .filter(|r| ways(r).is_empty())
        .map(|r| r.binary)
        .collect();
    assert_eq!(untried, ["create-organization"], "which has tests of its own");
}

/// Somebody else who owns the organization of a case.
async fn another_owner(b: &Bench, case: &Case) -> Persona {
    let otto = case.person(b, "otto");
    case.join_as(b, otto, "owner").await
}

async fn go(b: &Bench, case: &mut Case, who: &Persona, other: &Persona, way: Way) {
    let (h, acme) = (&b.h, case.organization());
    let member = acme.path(&format!("/members/{}", who.id()));
    match way {
        Left => {
            who.delete(h, &acme.path("/members/me")).await.expect(204);
        }
        Removed | KeyOwnerRemoved => {
            other.delete(h, &member).await.expect(204);
        }
        Deactivated => {
            other
                .patch(h, &member, &json!({ "status": "inactive" }))
                .await
                .expect(200);
        }
        OrganizationDeleted => {
            other.delete(h, &acme.path("")).await.expect(204);
        }
        Back => {
            other.delete(h, &member).await.expect(204);
            let body = invitation(who.email(), "owner", &[]);
            let sent = other.post(h, &acme.path("/invitations"), &body).await.expect(201);
            if sent.body["added"] == json!([]) {
                b.drain().await;
                let token = h.invitation_token(who.email()).await;
                who.accept(h, &token).await.expect(200);
            }
        }
        KeyRevoked => {
            let keys = acme.keys_of(who);
            let listed = who.get(h, &keys).await.expect(200);
            for key in listed.body["items"].as_array().unwrap() {
                let path = format!("{keys}/{}", key["id"].as_str().unwrap());
                who.delete(h, &path).await.expect(204);
            }
        }
        KeyExpired => h.advance(SignedDuration::from_hours(2)),
        // The same account, with a token like anybody's.
        ScopeGone => case.who = Some(h.person("operator")),
    }
}

/// The request of a case, without its key.
async fn anew(b: &Bench, case: &Case) -> Answer {
    let method = case.method.clone();
    b.h.send(case.who.as_ref(), method, &case.path, case.body.as_ref(), &[])
        .await
}

/// What an answer tells, apart from what differs from request to request.
fn telling(answer: &Answer) -> (u16, Value) {
    let mut body = answer.body.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.remove("request_id");
    }
    (answer.status, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_former_member_gets_what_every_stranger_gets_and_no_stored_response() {
    let b = Bench::start().await;
    let each = keeping()
        .into_iter()
        .flat_map(|route| ways(route).into_iter().map(move |way| (route, way)));
    for (route, way) in sampled("answers kept", each.collect(), 10) {
        let mut case = prepare(&b, route).await;
        let mut who = case.who.clone().unwrap();
        let other = if who.id() == case.owner.id() {
            another_owner(&b, &case).await
        } else {
            case.owner.clone()
        };
        if way.through_key() {
            let soon = b.h.backend.clock().now() + SignedDuration::from_hours(1);
            let end = (way == KeyExpired).then_some(soon.to_string());
            let wanted = json!({ "name": "own", "expires_at": end });
            who = case.owner.clone();
            case.who = Some(case.organization().key(&b.h, &who, &wanted).await.persona);
        }
        let place = format!("{} as one who is {way:?}", route.binary);
        let first = b.send(&case).await;
        assert!(first.status < 300, "{place}: {:#}", first.body);
        go(&b, &mut case, &who, &other, way).await;
        let again = b.send(&case).await;
        assert_eq!(again.header(REPLAYED), None, "{place}: {:#}", again.body);
        if way != Back {
            assert!(
                [401, 403, 404, 410].contains(&again.status),
                "{place}: {:#}",
                again.body
            );
            assert_eq!(telling(&again), telling(&anew(&b, &case).await), "{place}");
        }
    }
}

async fn post(h: &Harness, who: &Persona, path: &str, body: &Value) -> Answer {
    let key = [("idempotency-key", "k1")];
    h.send(Some(who), Method::POST, path, Some(body).filter(|b| !b.is_null()), &key)
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_membership_keeps_answers_of_its_own() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let (path, wanted) = (acme.path("/exports"), json!({ "format": "csv" }));
    let mut ids = Vec::new();
    for _ in 0..3 {
        let ada = acme.join(&h, "ada", "admin", &[]).await;
        let first = post(&h, &ada, &path, &wanted).await.expect(202);
        assert_eq!(first.header(REPLAYED), None);
        let again = post(&h, &ada, &path, &wanted).await.expect(202);
        assert_eq!((again.header(REPLAYED), &again.body), (Some("true"), &first.body));
        ids.push(first.text("/id"));
        let member = acme.path(&format!("/members/{}", ada.id()));
        acme.owner.delete(&h, &member).await.expect(204);
        // Without the contact that is left behind, they are invited again.
        let contact = acme.path(&format!("/contacts/{}", ada.id()));
        acme.owner.delete(&h, &contact).await.expect(204);
    }
    ids.dedup();
    assert_eq!(ids.len(), 3, "each membership asked for an export of its own");
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_without_roles_gets_no_stored_response() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let helper = acme.helper(&h, "hal").await;
    // The month of the helper ends within the day that an answer is kept.
    let me = helper.get(&h, &acme.path("/members/me")).await.expect(200);
    let end: Timestamp = me.text("/role_expires_at").parse().unwrap();
    let left = end.duration_since(h.backend.clock().now());
    h.advance(left - SignedDuration::from_hours(1));
    let (path, body) = (acme.path("/invitations"), invitation("a@x.example", "participant", &[]));
    post(&h, &helper, &path, &body).await.expect(201);
    let again = post(&h, &helper, &path, &body).await.expect(201);
    assert_eq!(again.header(REPLAYED), Some("true"));
    h.advance(SignedDuration::from_hours(1));
    post(&h, &helper, &path, &body).await.problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_founder_is_told_of_their_organization_as_long_as_they_are_in_it() {
    let h = Harness::start().await;
    let body = json!({ "name": "Acme", "role_set": "program-delivery" });
    let found = async |who: &Persona| post(&h, who, "/v1/organizations", &body).await.expect(201);
    for way in ["deleted", "left", "deactivated"] {
        let founder = h.person(way);
        let first = found(&founder).await;
        assert_eq!(found(&founder).await.body, first.body);
        let acme = Organization {
            id: first.text("/id"),
            owner: founder.clone(),
        };
        let otto = acme.join(&h, &format!("otto-{way}"), "owner", &[]).await;
        match way {
            "deleted" => {
                otto.delete(&h, &acme.path("")).await.expect(204);
            }
            "left" => {
                founder.delete(&h, &acme.path("/members/me")).await.expect(204);
            }
            _ => {
                let own = acme.path(&format!("/members/{}", founder.id()));
                otto.patch(&h, &own, &json!({ "status": "inactive" })).await.expect(200);
            }
        }
        // Anybody in their place makes an organization; from then on that is the one of this key.
        let second = found(&founder).await;
        assert_eq!(second.header(REPLAYED), None, "{way}");
        assert_ne!(second.text("/id"), acme.id, "{way}");
        let again = found(&founder).await;
        assert_eq!(
            (again.header(REPLAYED), &again.body),
            (Some("true"), &second.body),
            "{way}"
        );
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_was_accepted_shows_no_membership_that_rests_or_that_came_later() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    acme.invite(&h, ann.email(), "admin", &[]).await;
    let accept = h.accept_path(&ann).await;
    let first = post(&h, &ann, &accept, &Value::Null).await.expect(200);
    // With the key and without it: the answer is that of the membership that began with it.
    let without = ann.post(&h, &accept, &Value::Null).await.expect(200);
    assert_eq!(without.body["member"]["id"], first.body["member"]["id"]);
    let member = acme.path(&format!("/members/{}", ann.id()));
    let switched = async |status: &str| {
        let body = json!({ "status": status });
        acme.owner.patch(&h, &member, &body).await.expect(200);
    };
    switched("inactive").await;
    for answer in [
        post(&h, &ann, &accept, &Value::Null).await,
        ann.post(&h, &accept, &Value::Null).await,
    ] {
        answer.problem(403, "member-inactive");
    }
    switched("active").await;
    let again = post(&h, &ann, &accept, &Value::Null).await.expect(200);
    assert_eq!((again.header(REPLAYED), &again.body), (Some("true"), &first.body));
    acme.owner.delete(&h, &member).await.expect(204);
    let contact = acme.path(&format!("/contacts/{}", ann.id()));
    acme.owner.delete(&h, &contact).await.expect(204);
    acme.join(&h, "ann", "participant", &[]).await;
    for answer in [
        post(&h, &ann, &accept, &Value::Null).await,
        ann.post(&h, &accept, &Value::Null).await,
    ] {
        answer.problem(410, "invitation-already-accepted");
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn declining_again_is_answered_as_the_first_time_while_there_is_an_organization() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    acme.invite(&h, ann.email(), "admin", &[]).await;
    let decline = h.accept_path(&ann).await.replace("/accept", "/decline");
    for _ in 0..2 {
        post(&h, &ann, &decline, &Value::Null).await.expect(204);
    }
    assert_eq!(acme.recorded(&h, "invitation.declined").await, 1);
    acme.owner.delete(&h, &acme.path("")).await.expect(204);
    post(&h, &ann, &decline, &Value::Null).await.problem(404, "not-found");
}
