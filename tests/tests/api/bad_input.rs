//! Bad input of every kind: always a problem that names what is at fault, nothing changed, and a server that lives on.

mod access;
mod bodies;
mod document;
mod emails;
mod fields;
mod forms;
mod paths;
mod queries;
mod raw;
mod takers;
mod values;

use muster_tests::harness::{Harness, Organization};
use muster_tests::{Answer, Persona, Snapshot, recount};
use raw::Raw;
use reqwest::Method;
use serde_json::json;
use takers::Taker;

/// An organization to throw bad input at, and the table as it was before.
struct Ground {
    h: Harness,
    acme: Organization,
    /// A program admin.
    member: Persona,
    /// A pending invitation.
    invitation: String,
    /// An API key of the member.
    key: String,
    before: Snapshot,
}

impl Ground {
    async fn make() -> Self {
        let h = Harness::start().await;
        let acme = Organization::make(&h).await;
        acme.plan(&h, None, &["acme.example"]).await;
        h.platform()
            .put(&h, &acme.path("/plan"), &serde_json::json!({ "branding": true }))
            .await
            .expect(200);
        let member = acme.join(&h, "pat", "program_admin", &["spring"]).await;
        let invitation = acme.invite(&h, "gus@acme.example", "participant", &["spring"]).await;
        let key = acme.key(&h, &member, &json!({ "name": "zapier" })).await.id;
        let before = Snapshot::of(&h).await;
        Self {
            h,
            acme,
            member,
            invitation,
            key,
            before,
        }
    }

    /// A path, with what stands in braces put in.
    fn path(&self, template: &str) -> String {
        let path = template
            .replace("{org}", &self.acme.id)
            .replace("{invitation}", &self.invitation);
        let path = path.replace("{member}", &self.member.id()).replace("{type}", "program");
        let path = path.replace("{contact}", "ann");
        let path = path.replace("{export}", "exp_0000000000000000000001");
        path.replace("{id}", "spring").replace("{key}", &self.key)
    }

    /// Sends these bytes to the route as the one who may use it.
    async fn send(&self, taker: &Taker, media_type: Option<&str>, body: impl Into<reqwest::Body>) -> Answer {
        let url = format!("{}{}", self.h.backend.base_url(), self.path(taker.path));
        let who = if taker.platform {
            self.h.platform()
        } else {
            self.acme.owner.clone()
        };
        let method: Method = taker.method.parse().unwrap();
        let mut request = self
            .h
            .http()
            .request(method, url)
            .bearer_auth(who.token(&self.h))
            .body(body);
        if let Some(media_type) = media_type {
            request = request.header("content-type", media_type);
        }
        self.h.answered(request).await
    }

    /// Sends these bytes as JSON.
    async fn json(&self, taker: &Taker, body: impl Into<reqwest::Body>) -> Answer {
        self.send(taker, Some("application/json"), body).await
    }

    /// A raw request of the owner, as far as its blank line.
    fn head(&self, method: &str, path: &str) -> Vec<u8> {
        let token = self.acme.owner.token(&self.h);
        format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer {token}\r\n")
            .into_bytes()
    }

    /// Sends bytes over a connection of their own.
    async fn raw(&self, bytes: &[u8]) -> Raw {
        Raw::exchange(self.h.backend.base_url(), bytes).await
    }

    /// Asserts that nothing has changed, and that the server still answers.
    async fn stands(&self) {
        self.before.assert_unchanged(&self.h, "bad input").await;
        self.acme.owner.get(&self.h, &self.acme.path("")).await.expect(200);
        recount(&self.h).await;
        assert!(self.h.backend.dead_letters().is_empty());
    }
}

/// Asserts that this is a problem of one of these statuses, in full form.
#[track_caller]
fn is_problem(answer: &Answer, statuses: &[u16], what: &str) {
    let body = &answer.body;
    assert!(statuses.contains(&answer.status), "{what}: {} {body:#}", answer.status);
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json"),
        "{what}"
    );
    assert_eq!(body["status"], answer.status, "{what}: {body:#}");
    let kind = body["type"].as_str().unwrap_or_default();
    assert!(kind.starts_with("https://muster.example/problems/"), "{what}: {body:#}");
    assert!(body["title"].is_string(), "{what}: {body:#}");
}

/// Whether the problem names this field, or something inside it.
fn is_named(answer: &Answer, field: &str) -> bool {
    let is_it = |(found, _): &(String, String)| {
        let rest = found.strip_prefix(field);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    answer.faults().iter().any(is_it)
}

/// Asserts that the problem names this field, or something inside it.
#[track_caller]
fn names_field(answer: &Answer, field: &str, what: &str) {
    assert!(is_named(answer, field), "{what}: no `{field}` in {:#}", answer.body);
}
