//! Every route with API keys: one that only reads, and one that is limited to another resource than those probed.

use super::scenery::Scenery;
use super::table::{NOT_FOUND, PROBES, Told, UNAUTHORIZED};
use super::{check, send};
use jiff::SignedDuration;
use muster_functions::routes::{Access, ROUTES};
use muster_tests::{Harness, Snapshot};
use serde_json::json;

use Told::{Ok, Problem};

const SHOWN: Told = Ok(200);
const READ_ONLY: Told = Problem(403, "read-only-key");
const IN_PERSON: Told = Problem(403, "sign-in-needed");
const FORBIDDEN: Told = Problem(403, "forbidden");
const NOT_ASSIGNABLE: Told = Problem(403, "role-not-assignable");

/// A route, what the owner's read-only key is told, and what the owner's key for `autumn` is.
type Keyed = (&'static str, &'static str, Told, Told);

/// A row for every route that is not public.
const KEYED: &[Keyed] = &[
    ("POST", "/v1/organizations", IN_PERSON, IN_PERSON),
    ("GET", "/v1/organizations", IN_PERSON, IN_PERSON),
    ("GET", "/v1/organizations/{org}", SHOWN, SHOWN),
    ("PATCH", "/v1/organizations/{org}", READ_ONLY, FORBIDDEN),
    ("PUT", "/v1/organizations/{org}/plan", IN_PERSON, IN_PERSON),
    ("DELETE", "/v1/organizations/{org}", IN_PERSON, IN_PERSON),
    ("POST", "/v1/organizations/{org}/restore", IN_PERSON, IN_PERSON),
    ("PUT", "/v1/organizations/{org}/suspension", IN_PERSON, IN_PERSON),
    ("DELETE", "/v1/organizations/{org}/suspension", IN_PERSON, IN_PERSON),
    (
        "POST",
        "/v1/organizations/{org}/transfer-ownership",
        IN_PERSON,
        IN_PERSON,
    ),
    ("PUT", "/v1/organizations/{org}/paying-owner", IN_PERSON, IN_PERSON),
    ("GET", "/v1/organizations/{org}/view", SHOWN, SHOWN),
    ("GET", "/v1/organizations/{org}/roles", SHOWN, SHOWN),
    ("GET", "/v1/organizations/{org}/resources", SHOWN, SHOWN),
    (
        "PUT",
        "/v1/organizations/{org}/resources/{type}/{id}",
        READ_ONLY,
        FORBIDDEN,
    ),
    (
        "DELETE",
        "/v1/organizations/{org}/resources/{type}/{id}",
        READ_ONLY,
        FORBIDDEN,
    ),
    ("POST", "/v1/organizations/{org}/invitations", READ_ONLY, NOT_ASSIGNABLE),
    ("GET", "/v1/organizations/{org}/invitations", SHOWN, SHOWN),
    (
        "POST",
        "/v1/organizations/{org}/invitations/resend",
        READ_ONLY,
        FORBIDDEN,
    ),
    (
        "GET",
        "/v1/organizations/{org}/invitations/{invitation}",
        SHOWN,
        NOT_FOUND,
    ),
    (
        "PATCH",
        "/v1/organizations/{org}/invitations/{invitation}",
        READ_ONLY,
        NOT_FOUND,
    ),
    (
        "DELETE",
        "/v1/organizations/{org}/invitations/{invitation}",
        READ_ONLY,
        NOT_FOUND,
    ),
    (
        "POST",
        "/v1/organizations/{org}/invitations/{invitation}/resend",
        READ_ONLY,
        NOT_FOUND,
    ),
    ("GET", "/v1/invitations", IN_PERSON, IN_PERSON),
    ("POST", "/v1/invitations/{token}/accept", IN_PERSON, IN_PERSON),
    ("POST", "/v1/invitations/{token}/decline", IN_PERSON, IN_PERSON),
    ("GET", "/v1/organizations/{org}/members", SHOWN, SHOWN),
    ("GET", "/v1/organizations/{org}/members/export", SHOWN, FORBIDDEN),
    ("POST", "/v1/organizations/{org}/exports", READ_ONLY, FORBIDDEN),
    // The owner's export has subjects, which a key that manages no one does not see.
    ("GET", "/v1/organizations/{org}/exports/{export}", FORBIDDEN, FORBIDDEN),
    // Each row is refused: none is in sight.
    ("POST", "/v1/organizations/{org}/members/activate", READ_ONLY, SHOWN),
    ("POST", "/v1/organizations/{org}/members/deactivate", READ_ONLY, SHOWN),
    ("POST", "/v1/organizations/{org}/members/change-role", READ_ONLY, SHOWN),
    ("POST", "/v1/organizations/{org}/members/remove", READ_ONLY, SHOWN),
    ("POST", "/v1/organizations/{org}/invitations/cancel", READ_ONLY, SHOWN),
    ("GET", "/v1/organizations/{org}/members/{member}", SHOWN, NOT_FOUND),
    (
        "PATCH",
        "/v1/organizations/{org}/members/{member}",
        READ_ONLY,
        NOT_FOUND,
    ),
    (
        "DELETE",
        "/v1/organizations/{org}/members/{member}",
        READ_ONLY,
        NOT_FOUND,
    ),
    (
        "POST",
        "/v1/organizations/{org}/members/{member}/api-keys",
        IN_PERSON,
        IN_PERSON,
    ),
    (
        "GET",
        "/v1/organizations/{org}/members/{member}/api-keys",
        IN_PERSON,
        IN_PERSON,
    ),
    (
        "DELETE",
        "/v1/organizations/{org}/members/{member}/api-keys/{key}",
        IN_PERSON,
        IN_PERSON,
    ),
    (
        "POST",
        "/v1/organizations/{org}/members/{member}/api-keys/{key}/rotate",
        IN_PERSON,
        IN_PERSON,
    ),
    ("POST", "/v1/api-keys/verify", IN_PERSON, IN_PERSON),
    (
        "PUT",
        "/v1/organizations/{org}/members/{member}/grants/{type}/{id}",
        READ_ONLY,
        NOT_FOUND,
    ),
    (
        "DELETE",
        "/v1/organizations/{org}/members/{member}/grants/{type}/{id}",
        READ_ONLY,
        NOT_FOUND,
    ),
    ("POST", "/v1/organizations/{org}/members", READ_ONLY, NOT_ASSIGNABLE),
    ("GET", "/v1/organizations/{org}/contacts", SHOWN, FORBIDDEN),
    (
        "PUT",
        "/v1/organizations/{org}/contacts/{contact}",
        READ_ONLY,
        FORBIDDEN,
    ),
    (
        "DELETE",
        "/v1/organizations/{org}/contacts/{contact}",
        READ_ONLY,
        FORBIDDEN,
    ),
    // Asking is reading; about others it takes sight of the whole organization.
    ("POST", "/access/v1/evaluation", SHOWN, FORBIDDEN),
    ("POST", "/access/v1/evaluations", SHOWN, FORBIDDEN),
    ("POST", "/access/v1/search/subject", SHOWN, FORBIDDEN),
    ("POST", "/access/v1/search/resource", SHOWN, FORBIDDEN),
    ("POST", "/access/v1/search/action", SHOWN, FORBIDDEN),
    ("POST", "/v1/organizations/{org}/access/v1/evaluation", SHOWN, FORBIDDEN),
    (
        "POST",
        "/v1/organizations/{org}/access/v1/evaluations",
        SHOWN,
        FORBIDDEN,
    ),
    (
        "POST",
        "/v1/organizations/{org}/access/v1/search/subject",
        SHOWN,
        FORBIDDEN,
    ),
    (
        "POST",
        "/v1/organizations/{org}/access/v1/search/resource",
        SHOWN,
        FORBIDDEN,
    ),
    (
        "POST",
        "/v1/organizations/{org}/access/v1/search/action",
        SHOWN,
        FORBIDDEN,
    ),
    ("GET", "/v1/organizations/{org}/events", SHOWN, FORBIDDEN),
];

fn told((method, path): (&str, &str)) -> Vec<(Told, Told)> {
    let same = |row: &&Keyed| (row.0, row.1) == (method, path);
    KEYED.iter().filter(same).map(|row| (row.2, row.3)).collect()
}

#[test]
fn every_route_that_is_not_public_is_probed_with_keys() {
    for route in ROUTES.iter().filter(|r| r.access != Access::Public) {
        let rows = told((route.method, route.path)).len();
        assert_eq!(rows, 1, "rows of {} {}", route.method, route.path);
    }
    let known = |row: &&Keyed| !ROUTES.iter().any(|r| (r.method, r.path) == (row.0, row.1));
    let unknown: Vec<_> = KEYED.iter().filter(known).map(|row| (row.0, row.1)).collect();
    assert!(unknown.is_empty(), "no routes: {unknown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_key_reads_what_its_owner_may_and_changes_nothing() {
    let h = Harness::start().await;
    let s = Scenery::make(&h).await;
    let body = json!({ "name": "reading", "read_only": true });
    let key = s.acme.key(&h, &s.acme.owner, &body).await;
    let before = Snapshot::of(&h).await;
    for probe in PROBES {
        // That people's data left is recorded, whoever took it along.
        let is_recorded = probe.path.ends_with("/members/export");
        if let [(told, _)] = told((probe.method, probe.path))[..]
            && !is_recorded
        {
            let answer = send(&h, &s, probe, Some(&key.persona), &s.acme.id).await;
            check(probe, "a read-only key", answer, told);
        }
    }
    before.assert_unchanged(&h, "the probes with a read-only key").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_limited_to_another_resource_sees_and_changes_nothing_of_what_is_probed() {
    let h = Harness::start().await;
    let s = Scenery::make(&h).await;
    let autumn = json!([{ "type": "program", "id": "autumn" }]);
    let key = s
        .acme
        .key(&h, &s.acme.owner, &json!({ "name": "autumn", "resources": autumn }))
        .await;
    let before = Snapshot::of(&h).await;
    for probe in PROBES {
        let [(_, told)] = told((probe.method, probe.path))[..] else {
            continue;
        };
        // Its use is noted once an hour, by whichever function it comes to.
        h.advance(SignedDuration::from_mins(61));
        let answer = send(&h, &s, probe, Some(&key.persona), &s.acme.id).await;
        if let Ok(_) = told {
            let text = answer.body.to_string();
            assert!(!text.contains("spring"), "{} {}: {text}", probe.method, probe.path);
            for row in answer.body["results"].as_array().into_iter().flatten() {
                assert_eq!(
                    (&row["status"], &row["problem"]["status"]),
                    (&json!("refused"), &json!(404))
                );
            }
        }
        check(probe, "a key for autumn", answer, told);
    }
    before.assert_unchanged(&h, "the probes with a key for autumn").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_organization_and_a_revoked_one_get_in_nowhere() {
    let h = Harness::start().await;
    let s = Scenery::make(&h).await;
    let elsewhere = format!("/v1/organizations/{}/members/me/api-keys", s.others);
    let body = json!({ "name": "elsewhere" });
    let foreign = s.stranger.post(&h, &elsewhere, &body).await.expect(201).text("/secret");
    let revoked = s.acme.key(&h, &s.acme.owner, &body).await;
    let own = format!("{}/{}", s.acme.keys_of(&s.acme.owner), revoked.id);
    s.acme.owner.delete(&h, &own).await.expect(204);
    let before = Snapshot::of(&h).await;
    for probe in PROBES.iter().filter(|p| p.is_inside()) {
        // Where no key is accepted, none is looked up.
        let takes_keys = probe.route().access.takes_keys();
        let told = |told| if takes_keys { told } else { IN_PERSON };
        let answer = send(&h, &s, probe, Some(&s.stranger.through(&foreign)), &s.acme.id).await;
        check(probe, "a key of another organization", answer, told(NOT_FOUND));
        let answer = send(&h, &s, probe, Some(&revoked.persona), &s.acme.id).await;
        check(probe, "a revoked key", answer, told(UNAUTHORIZED));
    }
    before
        .assert_unchanged(&h, "the probes with keys that open nothing here")
        .await;
}
