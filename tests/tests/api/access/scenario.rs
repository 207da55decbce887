//! The certification scenario for the OpenID AuthZEN Authorization API 1.0, section by section, with the fixture that it requires.
//!
//! Each test names the sections of the scenario. It is asked of both decision points that need no organization in the body: that
//! of one organization, and that of the deployment with an API key.

mod basic;
mod batch;
mod discovery;
mod search;

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
