//! Access decisions: the OpenID AuthZEN Authorization API 1.0, on what organizations hold.

mod askers;
mod batch;
mod configuration;
mod evaluation;
mod generated;
mod keys;
mod paging;
mod samples;
mod scenario;
mod searches;
mod standard;

use muster_domain::api_key::{KnownBy, Limits};
use muster_domain::rules::api_keys::MAX_CLOCK_SKEW;
use muster_domain::{ApiKey, Changes, KeyId, Pair, Secret, roleset};
use muster_store::{Commit, Key};
use muster_tests::Persona;
use muster_tests::harness::{Answer, Harness, Organization};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

const EVALUATION: &str = "/access/v1/evaluation";
const EVALUATIONS: &str = "/access/v1/evaluations";
const SUBJECTS: &str = "/access/v1/search/subject";
const RESOURCES: &str = "/access/v1/search/resource";
const ACTIONS: &str = "/access/v1/search/action";

/// A user as a subject in an organization.
fn user(acme: &Organization, id: &str) -> Value {
    json!({ "type": "user", "id": id, "properties": { "organization": acme.id } })
}

fn program(id: &str) -> Value {
    json!({ "type": "program", "id": id })
}

/// The question whether a subject may do this to a program.
fn question(subject: &Value, action: &str, on: &str) -> Value {
    json!({ "subject": subject, "action": { "name": action }, "resource": program(on) })
}

/// What the platform is told of whether a subject may do this to a program.
async fn told(h: &Harness, subject: &Value, action: &str, on: &str) -> Value {
    h.platform()
        .post(h, EVALUATION, &question(subject, action, on))
        .await
        .expect(200)
        .body
}

/// Asserts that this is permitted, by this role on this program (none: on the organization). Where the role came from, if that
/// is told as well, is looked at elsewhere.
#[track_caller]
fn permits(told: &Value, role: &str, on: Option<&str>) {
    let told = without_source(told);
    let expected = json!({ "decision": true, "context": { "role": role, "resource": on.map(program) } });
    assert_eq!(told, expected);
}

/// What is told, without where the role came from.
fn without_source(told: &Value) -> Value {
    let mut told = told.clone();
    if let Some(context) = told["context"].as_object_mut() {
        context.remove("source");
    }
    told
}

/// Asserts that this is denied for this reason.
#[track_caller]
fn denies(told: &Value, reason: &str) {
    assert_eq!(told["decision"], false, "{told:#}");
    assert_eq!(told["context"]["reason"], reason, "{told:#}");
}

/// What was found, as text: ids of resources, names of actions, and for users the ids in Muster.
fn found(answer: &Answer) -> Vec<String> {
    let rows = answer.body["results"].as_array().expect("results");
    assert_eq!(answer.body["page"]["count"], rows.len());
    let text = |row: &Value| {
        row["properties"]["user"]
            .as_str()
            .or(row["id"].as_str())
            .or(row["name"].as_str())
            .expect("an id or a name")
            .to_owned()
    };
    rows.iter().map(text).collect()
}

/// All that a search finds, in pages of this size, in the order in which it comes.
async fn found_by(h: &Harness, who: &Persona, path: &str, search: &Value, limit: usize) -> Vec<String> {
    let mut search = search.clone();
    search["page"] = json!({ "limit": limit });
    let mut all = Vec::new();
    for _ in 0..1_000 {
        let answer = who.post(h, path, &search).await.expect(200);
        let page = found(&answer);
        assert!(page.len() <= limit);
        all.extend(page);
        match answer.text("/page/next_token") {
            token if token.is_empty() => return all,
            token => search["page"] = json!({ "token": token }),
        }
    }
    panic!("the pages of {path} do not end");
}

/// An API key, written as the product writes it but without a request.
struct MadeKey {
    id: String,
    secret: String,
    key: ApiKey,
}

impl MadeKey {
    /// A key of this member's.
    async fn make(h: &Harness, acme: &Organization, owner: &Persona, limits: Limits) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let owner = owner.id().parse().unwrap();
        let id = KeyId { owner, number };
        let organization = acme.id.parse().unwrap();
        let secret = Secret::new(id, organization, number.into());
        let key = ApiKey {
            id,
            organization,
            name: "zapier".parse().unwrap(),
            limits,
            hash: secret.hash(),
            previous: None,
            made_by: owner,
            known_by: KnownBy::default(),
            // As one that is made: no earlier than keys of the membership are good.
            created_at: h.backend.clock().now() + MAX_CLOCK_SKEW,
            expires_at: None,
            revoked_at: None,
            last_used_at: None,
            version: 1,
        };
        write(h, Pair::new(key.clone())).await;
        Self {
            id: id.to_string(),
            secret: secret.reveal().to_owned(),
            key,
        }
    }

    /// Changes the key.
    async fn change(&mut self, h: &Harness, change: impl FnOnce(&mut ApiKey)) {
        let before = self.key.clone();
        change(&mut self.key);
        self.key.version += 1;
        write(h, Pair::change(before, self.key.clone())).await;
    }

    /// The key as a subject.
    fn subject(&self, acme: &Organization) -> Value {
        json!({ "type": "api_key", "id": self.id, "properties": { "organization": acme.id } })
    }

    /// Asks with the key.
    async fn post(&self, h: &Harness, path: &str, body: &Value) -> Answer {
        let url = format!("{}{path}", h.backend.base_url());
        h.answered(h.http().post(url).bearer_auth(&self.secret).json(body))
            .await
    }
}

async fn write(h: &Harness, pair: Pair<ApiKey>) {
    let store = h.backend.app().store();
    let id = pair.after.as_ref().expect("a key").organization;
    let seen = store.read(&[Key::organization(id)]).await.unwrap();
    let organization = seen.organization(id).unwrap().expect("an organization");
    let changes = Changes {
        keys: vec![pair],
        ..Changes::default()
    };
    let commit = Commit {
        changes: &changes,
        set: roleset::find(&organization.role_set).expect("a role set"),
        organization: Some(&organization),
        once: None,
        now: h.backend.clock().now(),
    };
    store.commit(commit).await.expect("the key is written");
}
