//! API keys, as tests make and use them.

use crate::harness::{Answer, Harness, Organization};
use crate::personas::Persona;
use serde_json::{Value, json};

/// A key that was made, with its secret.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// Whose it is, calling through it.
    pub persona: Persona,
}

impl NewKey {
    fn of(owner: &Persona, made: &Answer) -> Self {
        let secret = made.text("/secret");
        Self {
            id: made.text("/id"),
            persona: owner.through(&secret),
            secret,
        }
    }

    /// What verification says of it, asked by the platform, with these fields more.
    pub async fn verify(&self, h: &Harness, more: &Value) -> Answer {
        verify(h, &self.secret, more).await
    }

    /// Whether verification says that it may do this, on a program if one is named.
    pub async fn may(&self, h: &Harness, action: &str, program: Option<&str>) -> bool {
        let resource = program.map(|id| json!({ "type": "program", "id": id }));
        let answer = self.verify(h, &json!({ "action": action, "resource": resource })).await;
        answer.expect(200).body["allowed"] == true
    }

    /// The code that verification tells.
    pub async fn code(&self, h: &Harness) -> String {
        self.verify(h, &json!({})).await.expect(200).text("/code")
    }
}

/// What verification says of a secret, asked by the platform.
pub async fn verify(h: &Harness, secret: &str, more: &Value) -> Answer {
    let mut body = more.clone();
    body["key"] = json!(secret);
    h.platform().post(h, "/v1/api-keys/verify", &body).await
}

impl Organization {
    /// Where the keys of a member are.
    pub fn keys_of(&self, owner: &Persona) -> String {
        self.path(&format!("/members/{}/api-keys", owner.id()))
    }

    /// Makes a key of somebody's own.
    pub async fn key(&self, h: &Harness, owner: &Persona, body: &Value) -> NewKey {
        let made = owner.post(h, &self.keys_of(owner), body).await.expect(201);
        NewKey::of(owner, &made)
    }

    /// Makes a key for somebody else.
    pub async fn key_for(&self, h: &Harness, maker: &Persona, owner: &Persona, body: &Value) -> NewKey {
        let made = maker.post(h, &self.keys_of(owner), body).await.expect(201);
        NewKey::of(owner, &made)
    }

    /// Gives a key a new secret.
    pub async fn rotate(&self, h: &Harness, key: &NewKey, hours: u32) -> NewKey {
        let owner = key.persona.in_person();
        let path = format!("{}/{}/rotate", self.keys_of(&owner), key.id);
        let turned = owner
            .post(h, &path, &json!({ "overlap_hours": hours }))
            .await
            .expect(200);
        NewKey::of(&owner, &turned)
    }
}
