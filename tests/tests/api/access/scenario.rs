//! The certification scenario for the OpenID AuthZEN Authorization API 1.0, section by section, with the fixture that it requires.
//!
//! Each test names the sections of the scenario. It is asked of both decision points that need no organization in the body: that
//! of one organization, and that of the deployment with an API key.

use muster_tests::Persona;
use muster_tests::harness::{Answer, Harness, Organization};
use reqwest::Method;
use serde_json::{Value, json};

/// A decision point with the fixture behind it (section 1).
struct DecisionPoint {
    h: Harness,
    /// What stands before the endpoints: the path of one organization, or nothing.
    base: String,
    caller: Persona,
}

impl DecisionPoint {
    /// The decision point of one organization, asked by the platform, and that of the deployment, asked with an API key.
    async fn both() -> [Self; 2] {
        let own = Self::fixture(|acme, _| (acme.path(""), None)).await;
        let with_key = Self::fixture(|_, key| (String::new(), Some(key.clone()))).await;
        [own, with_key]
    }

    async fn fixture(choose: impl Fn(&Organization, &Persona) -> (String, Option<Persona>)) -> Self {
        let h = Harness::start().await;
        let acme = Organization::with_roles(&h, h.person("olivia"), "authzen-scenario").await;
        for (id, name) in [("record-1", "Active"), ("record-2", "Archived")] {
            let path = acme.path(&format!("/resources/record/{id}"));
            acme.owner.put(&h, &path, &json!({ "name": name })).await.expect(201);
        }
        acme.join(&h, "alice", "editor", &[]).await;
        acme.join(&h, "bob", "archivist", &[]).await;
        let key = acme.key(&h, &acme.owner, &json!({ "name": "gateway" })).await;
        let (base, caller) = choose(&acme, &key.persona);
        let caller = caller.unwrap_or_else(|| h.platform());
        Self { h, base, caller }
    }

    async fn ask(&self, endpoint: &str, body: &Value) -> Answer {
        let path = format!("{}/access/v1/{endpoint}", self.base);
        self.caller.post(&self.h, &path, body).await
    }

    /// The decision on one question, whose answer is well-formed (2.3).
    async fn decides(&self, body: &Value) -> bool {
        let answer = self.ask("evaluation", body).await.expect(200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert!(answer.body["context"].is_object(), "{:#}", answer.body);
        answer.body["decision"].as_bool().expect("a boolean")
    }

    /// The decisions on a batch (3.3).
    async fn decides_all(&self, body: &Value) -> Vec<bool> {
        let answer = self.ask("evaluations", body).await.expect(200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert!(answer.body.get("decision").is_none(), "{:#}", answer.body);
        let given = answer.body["evaluations"].as_array().expect("a list");
        given.iter().map(|one| one["decision"].as_bool().unwrap()).collect()
    }

    /// The results of a search.
    async fn finds(&self, endpoint: &str, body: &Value) -> Vec<Value> {
        let answer = self.ask(&format!("search/{endpoint}"), body).await.expect(200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert!(answer.body["page"]["next_token"].is_string(), "{:#}", answer.body);
        answer.body["results"].as_array().expect("a list").clone()
    }

    /// Sends a body as it is, with these headers.
    async fn send(&self, endpoint: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
        let url = format!("{}{}/access/v1/{endpoint}", self.h.backend.base_url(), self.base);
        let request = self.h.http().request(Method::POST, url);
        let request = request.bearer_auth(self.caller.token(&self.h)).body(body.to_owned());
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value));
        self.h.answered(request).await
    }
}

fn user(id: &str) -> Value {
    json!({ "type": "user", "id": id })
}

fn action(name: &str) -> Value {
    json!({ "name": name })
}

fn record(id: &str) -> Value {
    json!({ "type": "record", "id": id })
}

/// A record that is sent with its status.
fn record_with(id: &str, status: &str) -> Value {
    json!({ "type": "record", "id": id, "properties": { "status": status } })
}

/// Bob, who is sent as an administrator.
fn admin() -> Value {
    json!({ "type": "user", "id": "bob", "properties": { "role": "admin" } })
}

fn question(subject: &Value, action: &Value, resource: &Value) -> Value {
    json!({ "subject": subject, "action": action, "resource": resource })
}

fn first() -> Value {
    question(&user("alice"), &action("read"), &record("record-1"))
}

/// The names that results have under this member.
fn named(results: &[Value], member: &str) -> Vec<String> {
    results
        .iter()
        .map(|one| one[member].as_str().unwrap().to_owned())
        .collect()
}

/// 1.4, 2.2.1 to 2.2.7, 2.6.
#[tokio::test(flavor = "multi_thread")]
async fn basic_the_eight_decisions_are_those_that_the_fixture_requires_each_time() {
    let soft = |is_soft: bool| json!({ "name": "delete", "properties": { "soft": is_soft } });
    let cases = [
        (user("alice"), action("read"), record("record-1"), true),
        (user("alice"), action("write"), record("record-1"), true),
        (user("bob"), action("read"), record("record-1"), true),
        (user("bob"), action("write"), record("record-1"), false),
        (
            user("alice"),
            action("write"),
            record_with("record-2", "archived"),
            false,
        ),
        (admin(), action("write"), record_with("record-2", "archived"), true),
        (user("alice"), soft(true), record("record-1"), true),
        (user("alice"), soft(false), record("record-1"), false),
    ];
    for point in DecisionPoint::both().await {
        for (subject, action, resource, decision) in &cases {
            let asked = question(subject, action, resource);
            for _ in 0..3 {
                assert_eq!(point.decides(&asked).await, *decision, "{asked}");
            }
            // A context changes none of them (1.6).
            let mut with_context = asked.clone();
            with_context["context"] = json!({ "time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1" });
            assert_eq!(point.decides(&with_context).await, *decision, "{with_context}");
        }
    }
}

/// 2.2.3, 2.2.8, 2.2.9.
#[tokio::test(flavor = "multi_thread")]
async fn basic_context_further_properties_and_unknown_fields_are_taken() {
    let mut context = first();
    context["context"] = json!({ "time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1" });
    let properties = json!({
        "subject": { "type": "user", "id": "alice", "properties": { "department": "Sales", "role": "manager" } },
        "action": { "name": "read", "properties": { "method": "GET" } },
        "resource": { "type": "record", "id": "record-1", "properties": { "status": "active", "owner": "bob" } },
    });
    let mut unknown = first();
    unknown["foo"] = json!("bar");
    unknown["futureField"] = json!({ "nested": true });
    for point in DecisionPoint::both().await {
        for asked in [&context, &properties, &unknown] {
            assert!(point.decides(asked).await, "{asked}");
        }
    }
}

/// 2.4, 4.7, 5.3.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_incomplete_or_malformed_is_a_400() {
    let without = |path: &[&str]| {
        let mut asked = first();
        let (last, parents) = path.split_last().unwrap();
        let at = parents.iter().fold(&mut asked, |at, name| &mut at[*name]);
        at.as_object_mut().unwrap().remove(*last);
        asked
    };
    let required: [&[&str]; 8] = [
        &["subject"],
        &["action"],
        &["resource"],
        &["subject", "type"],
        &["subject", "id"],
        &["action", "name"],
        &["resource", "type"],
        &["resource", "id"],
    ];
    let of_type = |member: &str, value: Value| {
        let mut asked = first();
        asked[member] = value;
        asked
    };
    let sought = json!({ "type": "user" });
    let searches = [
        (
            "search/subject",
            json!({ "subject": sought, "resource": record("record-1") }),
        ),
        (
            "search/subject",
            question(&sought, &action("read"), &json!({ "type": "record" })),
        ),
        (
            "search/resource",
            json!({ "action": action("read"), "resource": { "type": "record" } }),
        ),
        (
            "search/resource",
            question(&sought, &action("read"), &json!({ "type": "record" })),
        ),
        ("search/action", json!({ "subject": user("alice") })),
    ];
    let json_type = ("content-type", "application/json");
    for point in DecisionPoint::both().await {
        for endpoint in ["evaluation", "evaluations"] {
            for path in required {
                let answer = point.ask(endpoint, &without(path)).await;
                answer.problem(400, "invalid-request");
            }
            for asked in [
                of_type("subject", json!("alice")),
                of_type("action", json!({ "name": 123 })),
            ] {
                point.ask(endpoint, &asked).await.problem(400, "invalid-request");
            }
        }
        for (endpoint, asked) in &searches {
            point.ask(endpoint, asked).await.problem(400, "invalid-request");
        }
        for endpoint in [
            "evaluation",
            "evaluations",
            "search/subject",
            "search/resource",
            "search/action",
        ] {
            let text = first().to_string();
            for headers in [
                &[][..],
                &[("content-type", "text/plain")],
                &[("content-type", "application/xml")],
            ] {
                let answer = point.send(endpoint, &text, headers).await;
                answer.problem(400, "unsupported-media-type");
            }
            for text in ["", "{", "nonsense", "{\"subject\":"] {
                let answer = point.send(endpoint, text, &[json_type]).await;
                assert_eq!(answer.status, 400, "{endpoint} {text:?}: {:#}", answer.body);
            }
        }
    }
}

/// 2.5.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_id_comes_back_and_none_is_needed() {
    for point in DecisionPoint::both().await {
        let json_type = ("content-type", "application/json");
        let text = first().to_string();
        let id = ("x-request-id", "bfe9eb29-ab87-4ca3-be83-a1d5d8305716");
        let answer = point.send("evaluation", &text, &[json_type, id]).await.expect(200);
        assert_eq!(answer.header("x-request-id"), Some(id.1));
        point.send("evaluation", &text, &[json_type]).await.expect(200);
    }
}

/// 3.2.1 to 3.2.7, 3.3.
#[tokio::test(flavor = "multi_thread")]
async fn batch_every_question_is_decided_in_order_with_its_defaults() {
    let (alice, bob, read, write) = (user("alice"), user("bob"), action("read"), action("write"));
    let cases = [
        (
            json!({ "subject": bob, "resource": record("record-1"), "evaluations": [{ "action": read }, { "action": write }] }),
            [true, false],
        ),
        (
            json!({ "subject": alice, "action": write, "evaluations": [
                { "resource": record_with("record-1", "active") }, { "resource": record_with("record-2", "archived") }] }),
            [true, false],
        ),
        (
            json!({ "action": write, "resource": record_with("record-2", "archived"),
                "evaluations": [{ "subject": alice }, { "subject": admin() }] }),
            [false, true],
        ),
        (
            json!({ "evaluations": [question(&alice, &read, &record("record-1")), question(&bob, &write, &record("record-1"))] }),
            [true, false],
        ),
        // A required field that an entry leaves out is the default's; the rest of an entity is not.
        (
            json!({ "subject": alice, "action": write, "resource": { "type": "record" }, "evaluations": [
                { "resource": { "id": "record-1", "properties": { "status": "active" } } },
                { "resource": record_with("record-2", "archived") }] }),
            [true, false],
        ),
        (
            json!({ "subject": alice, "action": write, "resource": record_with("record-2", "archived"), "evaluations": [
                { "resource": { "id": "record-2" } }, {}] }),
            [true, false],
        ),
    ];
    let open = [
        json!({ "subject": alice, "action": read,
            "evaluations": [{ "resource": record("record-1") }, { "resource": record("record-2") }] }),
        json!({ "subject": alice, "action": read, "context": { "time": "2025-06-27T18:03-07:00" }, "evaluations": [
            { "resource": record("record-1") },
            { "resource": record("record-2"), "context": { "time": "2025-06-27T19:00-07:00", "source": "batch-override" } }] }),
    ];
    for point in DecisionPoint::both().await {
        for (asked, decisions) in &cases {
            assert_eq!(point.decides_all(asked).await, decisions, "{asked}");
        }
        for asked in &open {
            assert_eq!(point.decides_all(asked).await.len(), 2, "{asked}");
        }
    }
}

/// 3.4.
#[tokio::test(flavor = "multi_thread")]
async fn batch_an_incomplete_question_is_denied_alone_and_no_list_is_one_question() {
    for point in DecisionPoint::both().await {
        let asked = json!({ "subject": user("alice"), "action": action("read"), "evaluations": [
            { "resource": record("record-1") },
            {},
            { "resource": { "type": "record" } },
            { "resource": { "id": "record-1" }, "action": {} },
            { "resource": record("record-1") }] });
        assert_eq!(point.decides_all(&asked).await, [true, false, false, false, true]);
        let answer = point.ask("evaluations", &asked).await.expect(200);
        let reason = |n: usize| answer.body["evaluations"][n]["context"].clone();
        let incomplete = |missing: Value| json!({ "reason": "incomplete_request", "missing": missing });
        assert_eq!(reason(1), incomplete(json!(["resource"])));
        assert_eq!(reason(2), incomplete(json!(["resource.id"])));
        assert_eq!(reason(3), incomplete(json!(["resource.type"])));
        let one = point.ask("evaluations", &first()).await.expect(200);
        assert_eq!(one.body["decision"], true);
        let mut empty = first();
        empty["evaluations"] = json!([]);
        assert_eq!(
            point.ask("evaluations", &empty).await.expect(200).body["decision"],
            true
        );
    }
}

/// 1.5, 4.2 to 4.4.
#[tokio::test(flavor = "multi_thread")]
async fn search_finds_what_the_fixture_requires() {
    let (sought, context) = (json!({ "type": "user" }), json!({ "ip": "192.168.1.1" }));
    for point in DecisionPoint::both().await {
        let mut readers = question(&sought, &action("read"), &record("record-1"));
        for _ in 0..2 {
            let found = point.finds("subject", &readers).await;
            assert!(found.iter().all(|one| one["type"] == "user"), "{found:?}");
            let ids = named(&found, "id");
            assert!(
                ["alice", "bob"].iter().all(|id| ids.contains(&(*id).to_owned())),
                "{ids:?}"
            );
            readers["context"] = context.clone();
        }
        let writers = question(&sought, &action("write"), &record_with("record-2", "archived"));
        let ids = named(&point.finds("subject", &writers).await, "id");
        assert!(
            ids.contains(&"bob".to_owned()) && !ids.contains(&"alice".to_owned()),
            "{ids:?}"
        );

        let records = json!({ "type": "record" });
        let readable = point
            .finds("resource", &question(&user("alice"), &action("read"), &records))
            .await;
        assert!(readable.iter().all(|one| one["type"] == "record"), "{readable:?}");
        assert_eq!(named(&readable, "id"), ["record-1", "record-2"]);
        let writable = point
            .finds("resource", &question(&admin(), &action("write"), &records))
            .await;
        assert!(named(&writable, "id").contains(&"record-2".to_owned()), "{writable:?}");
        let unproven = point
            .finds("resource", &question(&user("bob"), &action("write"), &records))
            .await;
        assert!(unproven.is_empty(), "{unproven:?}");

        let mut actions = json!({ "subject": user("alice"), "resource": record("record-1") });
        for _ in 0..2 {
            let names = named(&point.finds("action", &actions).await, "name");
            assert_eq!(names, ["read", "resources:read", "write"]);
            actions["context"] = context.clone();
        }
        let archived = json!({ "subject": admin(), "resource": record_with("record-2", "archived") });
        assert!(named(&point.finds("action", &archived).await, "name").contains(&"write".to_owned()));
    }
}

/// 4.5.
#[tokio::test(flavor = "multi_thread")]
async fn search_pages_until_the_token_is_empty() {
    for point in DecisionPoint::both().await {
        let mut asked = question(&json!({ "type": "user" }), &action("read"), &record("record-1"));
        asked["page"] = json!({ "limit": 1 });
        let mut found = Vec::new();
        for _ in 0..10 {
            let answer = point.ask("search/subject", &asked).await.expect(200);
            found.extend(named(answer.body["results"].as_array().unwrap(), "id"));
            let token = answer.body["page"]["next_token"].as_str().unwrap().to_owned();
            if token.is_empty() {
                break;
            }
            asked["page"] = json!({ "token": token });
        }
        found.sort();
        assert_eq!(found, ["alice", "bob", "olivia"]);
    }
}

/// 4.6.
#[tokio::test(flavor = "multi_thread")]
async fn search_for_what_is_unknown_finds_nothing_and_is_no_error() {
    for point in DecisionPoint::both().await {
        let nobody = json!({ "subject": user("nonexistent-user"), "resource": record("record-1") });
        assert!(point.finds("action", &nobody).await.is_empty());
        let of = |kind: &str| json!({ "type": kind });
        let spaceships = question(&of("spaceship"), &action("read"), &record("record-1"));
        assert!(point.finds("subject", &spaceships).await.is_empty());
        let of_alice = question(&user("alice"), &action("read"), &of("spaceship"));
        assert!(point.finds("resource", &of_alice).await.is_empty());
        let by_nobody = question(&user("nonexistent-user"), &action("read"), &of("record"));
        assert!(point.finds("resource", &by_nobody).await.is_empty());
    }
}

/// 6, but for HTTPS, which the gateway of a deployment speaks.
#[tokio::test(flavor = "multi_thread")]
async fn discovery_names_the_point_that_was_asked_for_and_its_endpoints_answer() {
    let [point, _] = DecisionPoint::both().await;
    let path = format!("/.well-known/authzen-configuration{}", point.base);
    let answer = point.h.send(None, Method::GET, &path, None, &[]).await.expect(200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let root = point.h.backend.base_url();
    assert_eq!(answer.body["policy_decision_point"], format!("{root}{}", point.base));
    let alice = user("alice");
    let asked = [
        ("access_evaluation_endpoint", first()),
        ("access_evaluations_endpoint", first()),
        (
            "search_subject_endpoint",
            question(&json!({ "type": "user" }), &action("read"), &record("record-1")),
        ),
        (
            "search_resource_endpoint",
            question(&alice, &action("read"), &json!({ "type": "record" })),
        ),
        (
            "search_action_endpoint",
            json!({ "subject": alice, "resource": record("record-1") }),
        ),
    ];
    for (endpoint, body) in asked {
        let path = answer.text(&format!("/{endpoint}")).replacen(root, "", 1);
        point.caller.post(&point.h, &path, &body).await.expect(200);
    }
    // Whether there is such an organization is told to nobody; what can be none has no decision point.
    let other = "/.well-known/authzen-configuration/v1/organizations/org_0000000000000000000042";
    point.h.send(None, Method::GET, other, None, &[]).await.expect(200);
    let none = "/.well-known/authzen-configuration/v1/organizations/acme";
    point
        .h
        .send(None, Method::GET, none, None, &[])
        .await
        .problem(404, "not-found");
}

/// The decision point of one organization decides nothing about another, and is there for nobody else.
#[tokio::test(flavor = "multi_thread")]
async fn the_decision_point_of_an_organization_is_of_that_one_alone() {
    let [point, _] = DecisionPoint::both().await;
    let other = Organization::with_roles(&point.h, point.h.person("otto"), "authzen-scenario").await;
    let mut asked = first();
    asked["context"] = json!({ "organization": other.id });
    let answer = point.ask("evaluation", &asked).await.expect(200);
    assert_eq!(answer.body["context"]["reason"], "unknown_organization");
    let elsewhere = json!({ "subject": user("alice"), "resource": record("record-1"), "context": asked["context"] });
    assert!(point.finds("action", &elsewhere).await.is_empty());
    asked["context"] = json!({ "organization": point.base.rsplit('/').next() });
    assert!(point.decides(&asked).await);
    let path = format!("{}/access/v1/evaluation", point.base);
    for stranger in [&other.owner, &point.h.person("stella")] {
        stranger.post(&point.h, &path, &first()).await.problem(404, "not-found");
    }
    let key = other.key(&point.h, &other.owner, &json!({ "name": "gateway" })).await;
    key.persona
        .post(&point.h, &path, &first())
        .await
        .problem(404, "not-found");
}

/// The "why" of a decision under a condition.
#[tokio::test(flavor = "multi_thread")]
async fn a_decision_tells_the_condition_that_is_met_or_those_that_would_permit_it() {
    let not_archived = json!({ "resource.status": { "is_not": "archived" } });
    for point in DecisionPoint::both().await {
        let why = async |asked: &Value| point.ask("evaluation", asked).await.expect(200).body["context"].clone();
        let write = |subject: &Value, resource: &Value| question(subject, &action("write"), resource);
        let permitted = why(&write(&user("alice"), &record("record-1"))).await;
        assert_eq!(permitted["role"], "editor");
        assert_eq!(permitted["when"], not_archived);
        let unconditional = why(&first()).await;
        assert!(unconditional.get("when").is_none(), "{unconditional:#}");
        let denied = why(&write(&user("alice"), &record_with("record-2", "archived"))).await;
        assert_eq!(denied["reason"], "condition_not_met");
        assert_eq!(denied["needed"]["roles"], json!(["owner", "editor", "archivist"]));
        let conditions = json!([
            { "role": "editor", "when": not_archived },
            { "role": "archivist", "when": { "resource.status": { "is": "archived" } } },
            { "role": "archivist", "when": { "subject.role": { "is": "admin" } } },
        ]);
        assert_eq!(denied["needed"]["conditions"], conditions);
    }
}

/// A role set for tests is none where the configuration does not name it.
#[tokio::test(flavor = "multi_thread")]
async fn organizations_are_made_with_the_fixture_only_where_the_configuration_allows_it() {
    let h = Harness::start().await;
    let known = h.backend.app();
    let config = muster_edge::Config {
        test_role_sets: false,
        ..known.config().clone()
    };
    let app = muster_edge::App::new(config, known.sdk(), known.clock().clone());
    let token = h.person("olivia").token(&h);
    let mut event = muster_tests::samples::sample("create-organization", &vec![("token", token)]);
    event["body"] = json!({ "name": "Acme", "role_set": "authzen-scenario" })
        .to_string()
        .into();
    let request = lambda_http::request::from_str(&event.to_string()).unwrap();
    let call = muster_functions::routes::call("create-organization", &app, request);
    let reply = muster_tests::calls::run_as("create-organization", call).await;
    assert_eq!(reply.status(), 422);
    let body: Value = serde_json::from_slice(reply.body()).unwrap();
    assert_eq!(body["errors"][0]["code"], "unknown_role_set", "{body:#}");
}
