//! The sample events in `events/`, with their placeholders filled.

use crate::deployment::file;
use crate::harness::{Answer, Harness, Organization, invitation};
use crate::personas::Persona;
use serde_json::Value;

/// What stands in a sample's placeholders, by their names.
pub type Values = Vec<(&'static str, String)>;

/// The sample event of a binary.
///
/// # Panics
/// If a placeholder is left, or the sample is not JSON.
pub fn sample(binary: &str, values: &Values) -> Value {
    let mut text = file(&format!("events/{binary}.json"));
    for (name, value) in values {
        text = text.replace(&format!("{{{{{name}}}}}"), value);
    }
    assert!(
        !text.contains("{{"),
        "{binary}: a placeholder is not filled: write its value in events/{binary}.json, or give it in `prepared`: {text}"
    );
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{binary}: {error}"))
}

/// The token of the one invitation that waits for this person, as they see it themselves.
pub async fn waiting_token(h: &Harness, person: &Persona) -> String {
    person
        .get(h, "/v1/invitations")
        .await
        .expect(200)
        .text("/items/0/token")
}

/// Makes a person a member without any mail.
pub async fn join(h: &Harness, acme: &Organization, name: &str, role: &str, programs: &[&str]) -> Persona {
    let person = h.person(name);
    invite(h, acme, person.email(), role, programs).await;
    let token = waiting_token(h, &person).await;
    let path = format!("/v1/invitations/{token}/accept");
    person.post(h, &path, &Value::Null).await.expect(200);
    person
}

/// Invites an address; answers with what the owner was answered.
pub async fn invite(h: &Harness, acme: &Organization, email: &str, role: &str, programs: &[&str]) -> Answer {
    let body = invitation(email, role, programs);
    acme.owner.post(h, &acme.path("/invitations"), &body).await.expect(201)
}

/// The addresses of which it is noted what came of mail to them.
pub async fn marked(h: &Harness, organization: &str) -> Vec<String> {
    let partition = format!("ORG#{organization}");
    let items = crate::recount::items(h).await;
    let noted = |item: &&muster_store::items::Item| {
        ["reached_at", "bounced_at", "complained_at"]
            .iter()
            .any(|name| item.contains_key(*name))
    };
    let keys = items.iter().filter(noted).filter_map(muster_store::Key::of);
    keys.filter(|key| key.pk == partition)
        .filter_map(|key| key.sk.strip_prefix("DELIVERABILITY#").map(str::to_owned))
        .collect()
}

/// The ids of an organization's items of a kind, such as `MAIL#`.
pub async fn ids(h: &Harness, organization: &str, kind: &str) -> Vec<String> {
    let partition = format!("ORG#{organization}");
    let items = crate::recount::items(h).await;
    let keys = items.iter().filter_map(muster_store::Key::of);
    keys.filter(|key| key.pk == partition)
        .filter_map(|key| key.sk.strip_prefix(kind).map(str::to_owned))
        .collect()
}
