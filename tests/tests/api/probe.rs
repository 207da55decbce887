//! Every route as everybody who may not use it, or only read.

mod keys;
mod scenery;
mod table;

use muster_functions::routes::{Access, ROUTES, Route};
use muster_tests::{Answer, Harness, Persona, Snapshot};
use reqwest::Method;
use scenery::Scenery;
use serde_json::{Value, json};
use table::{PROBES, Probe, Told};

impl Probe {
    fn route(&self) -> &'static Route {
        let own = |r: &&Route| r.method == self.method && r.path == self.path;
        ROUTES.iter().find(own).unwrap()
    }

    fn is_inside(&self) -> bool {
        self.path.contains("{org}") && self.route().access != Access::Public
    }

    fn method(&self) -> Method {
        match self.method {
            "ANY" => Method::GET,
            method => method.parse().unwrap(),
        }
    }

    /// Whether the probe, answered like this, changes nothing.
    fn is_harmless(&self, told: Told) -> bool {
        let writes = self.route().may(muster_tests::faults::TRANSACT);
        matches!(told, Told::Problem(..)) || !writes
    }
}

fn check(probe: &Probe, who: &str, answer: Answer, told: Told) {
    let (status, kind) = match told {
        Told::Ok(status) => (status, None),
        Told::Problem(status, kind) => (status, Some(kind)),
    };
    let place = format!("{} {} as {who}: {:#}", probe.method, probe.path, answer.body);
    assert_eq!(answer.status, status, "{place}");
    if let Some(kind) = kind {
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json"),
            "{place}"
        );
        let found = answer.body["type"].as_str().unwrap_or_default();
        assert!(found.ends_with(&format!("/{kind}")), "{place}");
        assert!(answer.body["request_id"].is_string(), "{place}");
    }
}

async fn send(h: &Harness, s: &Scenery, probe: &Probe, who: Option<&Persona>, organization: &str) -> Answer {
    let body = (probe.body)(s);
    let body = Some(&body).filter(|b| !b.is_null());
    h.send(who, probe.method(), &s.path(probe, organization), body, &[])
        .await
}

/// Sends every probe that changes nothing when it is answered as it should be, and checks the answers and the table.
async fn probe_all(h: &Harness, s: &Scenery, name: &str, who: Option<&Persona>, told: impl Fn(&Probe) -> Told) {
    let before = Snapshot::of(h).await;
    for probe in PROBES.iter().filter(|p| p.is_harmless(told(p))) {
        let answer = send(h, s, probe, who, &s.acme.id).await;
        check(probe, name, answer, told(probe));
    }
    before.assert_unchanged(h, &format!("the probes as {name}")).await;
}

#[test]
fn every_route_has_a_probe_and_every_probe_a_route() {
    let probed = |r: &&Route| {
        PROBES
            .iter()
            .filter(|p| p.method == r.method && p.path == r.path)
            .count()
            != 1
    };
    let missing: Vec<_> = ROUTES.iter().filter(probed).map(|r| (r.method, r.path)).collect();
    assert!(missing.is_empty(), "no probe, or more than one: {missing:?}");
    assert_eq!(PROBES.len(), ROUTES.len());
    for probe in PROBES {
        let public = probe.route().access == Access::Public;
        assert_eq!(
            public,
            probe.nobody != table::UNAUTHORIZED,
            "{} {}",
            probe.method,
            probe.path
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_without_a_token_gets_401_wherever_a_route_is_not_public() {
    let h = Harness::start().await;
    let s = Scenery::make(&h).await;
    probe_all(&h, &s, "nobody", None, |p| p.nobody).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_accepted_counts_as_none() {
    let h = Harness::start().await;
    let s = Scenery::make(&h).await;
    let elsewhere = Harness::start().await;
    let good = s.acme.owner.token(&h);
    let (rest, signature) = good.rsplit_once('.').unwrap();
    let (_, claims) = rest.split_once('.').unwrap();
    let turned: String = signature.chars().rev().collect();
    // {"alg":"none","typ":"JWT"}
    let none = format!("Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.");
    let bad = [
        "Bearer garbage".to_owned(),
        "Bearer".to_owned(),
        "Bearer  ".to_owned(),
        "Bearer a.b.c".to_owned(),
        "Basic b2xpdmlhOnNlY3JldA==".to_owned(),
        good.clone(),
        format!("Bearer {rest}.{turned}"),
        format!("Bearer {rest}."),
        none,
        format!("Bearer {}", s.acme.owner.token(&elsewhere)),
    ];
    let before = Snapshot::of(&h).await;
    for probe in PROBES {
        for header in &bad {
            let body = (probe.body)(&s);
            let body = Some(&body).filter(|b| !b.is_null());
            let path = s.path(probe, &s.acme.id);
            let answer = h
                .send(None, probe.method(), &path, body, &[("authorization", header)])
                .await;
            if probe.nobody == table::UNAUTHORIZED {
                assert!(answer.header("www-authenticate").is_some(), "{header}");
            }
            check(probe, header, answer, probe.nobody);
        }
    }
    before.assert_unchanged(&h, "requests with bad tokens").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_counts_as_none() {
    let h = Harness::start().await;
    let s = Scenery::make(&h).await;
    let old = format!("Bearer {}", s.acme.owner.token(&h));
    h.advance(jiff::SignedDuration::from_hours(13));
    for probe in PROBES.iter().filter(|p| p.nobody == table::UNAUTHORIZED) {
        let path = s.path(probe, &s.acme.id);
        let answer = h
            .send(None, probe.method(), &path, None, &[("authorization", &old)])
            .await;
        check(probe, "an expired owner", answer, probe.nobody);
    }
}

/// What an answer tells: everything but what differs from request to request.
fn telling(answer: &Answer) -> (u16, Value, Vec<(String, String)>) {
    let mut body = answer.body.clone();
    if let Some(body) = body.as_object_mut() {
        body.remove("request_id");
    }
    let own = ["date", "x-request-id", "apigw-requestid"];
    let headers = answer.headers.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let text = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        (name.to_string(), value.to_str().unwrap().to_owned())
    };
    (answer.status, body, headers.map(text).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_gets_the_same_404_as_for_an_organization_that_does_not_exist() {
    let h = Harness::start().await;
    let s = Scenery::make(&h).await;
    probe_all(&h, &s, "a stranger", Some(&s.stranger), |p| p.stranger).await;
    let nowhere = ["org_0000000000000000000042", "org_nonsense", "acme"];
    for probe in PROBES.iter().filter(|p| p.is_inside()) {
        let here = send(&h, &s, probe, Some(&s.stranger), &s.acme.id).await;
        for nowhere in nowhere {
            let there = send(&h, &s, probe, Some(&s.stranger), nowhere).await;
            assert_eq!(
                telling(&here),
                telling(&there),
                "{} {} {nowhere}",
                probe.method,
                probe.path
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_learns_nothing_from_faulty_requests_either() {
    let h = Harness::start().await;
    let s = Scenery::make(&h).await;
    let before = Snapshot::of(&h).await;
    let nowhere = "org_0000000000000000000042";
    let bodies = [
        json!({}),
        json!({ "nonsense": 1 }),
        json!([]),
        json!({ "emails": "x", "role": "x", "members": [] }),
    ];
    let headers = [
        ("if-match", "\"999\""),
        ("if-match", "nonsense"),
        ("idempotency-key", "key-1"),
    ];
    for probe in PROBES.iter().filter(|p| p.is_inside()) {
        for body in &bodies {
            for header in headers {
                let ask = |organization| {
                    let path = s.path(probe, organization);
                    let (h, s) = (&h, &s);
                    async move {
                        h.send(Some(&s.stranger), probe.method(), &path, Some(body), &[header])
                            .await
                    }
                };
                let (here, there) = (ask(s.acme.id.as_str()).await, ask(nowhere).await);
                assert!((400..500).contains(&here.status), "{:#}", here.body);
                assert_eq!(
                    telling(&here),
                    telling(&there),
                    "{} {} {body}",
                    probe.method,
                    probe.path
                );
            }
        }
        let query = |organization| format!("{}?limit=0&cursor=x", s.path(probe, organization));
        let here = h
            .send(Some(&s.stranger), probe.method(), &query(&s.acme.id), None, &[])
            .await;
        let there = h
            .send(Some(&s.stranger), probe.method(), &query(nowhere), None, &[])
            .await;
        assert_eq!(telling(&here), telling(&there), "{} {}", probe.method, probe.path);
    }
    before.assert_unchanged(&h, "a stranger's faulty requests").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_of_another_organization_name_nothing_in_ones_own() {
    let h = Harness::start().await;
    let s = Scenery::make(&h).await;
    let own = s.others.as_str();
    let before = Snapshot::of(&h).await;
    let mut tried = 0;
    for probe in PROBES.iter().filter(|p| p.is_inside()) {
        // The id of a resource or a contact is chosen by who registers it, so registering takes it.
        let names = |names: &[&str]| names.iter().any(|name| probe.path.contains(name));
        let chosen = names(&["{id}", "{contact}"]) && probe.method == "DELETE";
        if chosen || names(&["{invitation}", "{member}", "{export}"]) {
            let answer = send(&h, &s, probe, Some(&s.stranger), own).await;
            check(probe, "the owner of another", answer, table::NOT_FOUND);
            tried += 1;
        }
    }
    assert_eq!(tried, 16);

    let path = |rest: &str| format!("/v1/organizations/{own}{rest}");
    let members = json!({ "members": [s.acme.owner.id(), s.inactive.id(), s.member.id()] });
    let mut role = members.clone();
    role["role"] = json!("admin");
    let invitations = json!({ "invitations": [s.invitation] });
    for (bulk, body) in [
        ("members/activate", &members),
        ("members/deactivate", &members),
        ("members/remove", &members),
        ("members/change-role", &role),
        ("invitations/cancel", &invitations),
        ("invitations/resend", &invitations),
    ] {
        let answer = s.stranger.post(&h, &path(&format!("/{bulk}")), body).await.expect(200);
        for row in answer.body["results"].as_array().unwrap() {
            assert_eq!(row["status"], "refused");
            assert_eq!(row["problem"]["status"], 404);
        }
    }
    let spring = json!([{ "type": "program", "id": "spring" }]);
    let offer = json!({ "emails": "new@x.example", "role": "participant", "resources": spring });
    let answer = s.stranger.post(&h, &path("/invitations"), &offer).await.expect(422);
    assert_eq!(
        answer.faults(),
        [("resources[0]".to_owned(), "unknown_resource".to_owned())]
    );
    let body = json!({ "role": "owner", "grants": [{ "type": "program", "id": "spring", "role": "participant" }] });
    let answer = s.stranger.patch(&h, &path("/members/me"), &body).await.expect(422);
    assert_eq!(
        answer.faults(),
        [("grants[0]".to_owned(), "unknown_resource".to_owned())]
    );
    before
        .assert_unchanged(&h, "a stranger's requests in their own organization")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_another_organization_opens_nothing() {
    let h = Harness::start().await;
    let s = Scenery::make(&h).await;
    for list in ["/members", "/invitations", "/resources", "/contacts", "/events"] {
        let page = s
            .acme
            .owner
            .get(&h, &s.acme.path(&format!("{list}?limit=1")))
            .await
            .expect(200);
        let Some(cursor) = page.body["next_cursor"].as_str() else {
            assert_eq!(list, "/invitations", "there is more than one row in {list}");
            continue;
        };
        let path = format!("/v1/organizations/{}{list}?limit=1&cursor={cursor}", s.others);
        let answer = s.stranger.get(&h, &path).await.problem(400, "invalid-query");
        assert_eq!(answer.faults(), [("cursor".to_owned(), "invalid_cursor".to_owned())]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inactive_member_is_told_so_and_gets_in_nowhere() {
    let h = Harness::start().await;
    let s = Scenery::make(&h).await;
    probe_all(&h, &s, "an inactive admin", Some(&s.inactive), |p| p.inactive).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_reads_what_participants_may_and_changes_nothing() {
    let h = Harness::start().await;
    let s = Scenery::make(&h).await;
    probe_all(&h, &s, "a participant", Some(&s.participant), |p| p.participant).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sponsor_reads_and_changes_nothing() {
    let h = Harness::start().await;
    let s = Scenery::make(&h).await;
    probe_all(&h, &s, "a sponsor", Some(&s.sponsor), |p| p.sponsor).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_reads_any_organization_sets_plans_keeps_contacts_and_changes_nothing_else() {
    let h = Harness::start().await;
    let s = Scenery::make(&h).await;
    let platform = h.platform();
    probe_all(&h, &s, "the platform", Some(&platform), |p| p.platform).await;
    let may: Vec<_> = PROBES.iter().filter(|p| !p.is_harmless(p.platform)).collect();
    let binaries: Vec<_> = may.iter().map(|p| p.route().binary).collect();
    assert_eq!(
        binaries,
        [
            "set-plan",
            "suspend-organization",
            "resume-organization",
            "put-contact",
            "delete-contact"
        ]
    );
    for probe in &may {
        let missing = send(&h, &s, probe, Some(&platform), "org_0000000000000000000042").await;
        missing.problem(404, "not-found");
        let done = send(&h, &s, probe, Some(&platform), &s.acme.id).await;
        check(probe, "the platform", done, probe.platform);
    }
    let shown = platform.get(&h, &s.acme.path("")).await.expect(200);
    assert_eq!(shown.body["plan"]["seat_limit"], 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_set_no_plans() {
    let h = Harness::start().await;
    let s = Scenery::make(&h).await;
    let before = Snapshot::of(&h).await;
    let body = json!({ "seat_limit": null });
    s.acme
        .owner
        .put(&h, &s.acme.path("/plan"), &body)
        .await
        .problem(403, "forbidden");
    before.assert_unchanged(&h, "an owner's plan").await;
}
