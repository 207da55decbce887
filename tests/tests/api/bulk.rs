//! Bulk actions on chosen rows: a verdict for each, and each as the single request would have it.

mod dry_runs;
mod invitations;
mod members;
mod parts;

use muster_tests::harness::{Harness, Organization};
use muster_tests::{Answer, Persona};
use serde_json::{Value, json};

/// Does this with members.
async fn members(h: &Harness, acme: &Organization, who: &Persona, action: &str, of: &[&str]) -> Answer {
    let path = acme.path(&format!("/members/{action}"));
    who.post(h, &path, &json!({ "members": of })).await
}

/// Gives members a role.
async fn become_all(h: &Harness, acme: &Organization, who: &Persona, of: &[&str], role: &str, on: &[&str]) -> Answer {
    let resources: Vec<Value> = on.iter().map(|id| json!({ "type": "program", "id": id })).collect();
    let body = json!({ "members": of, "role": role, "resources": resources });
    who.post(h, &acme.path("/members/change-role"), &body).await
}

/// Does this with invitations.
async fn invitations(h: &Harness, acme: &Organization, who: &Persona, action: &str, of: &[&str]) -> Answer {
    let path = acme.path(&format!("/invitations/{action}"));
    who.post(h, &path, &json!({ "invitations": of })).await
}
