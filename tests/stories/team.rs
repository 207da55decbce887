//! An organization as its people use it: each story asks and acts through this.

use muster_tests::harness::{Harness, Organization};
use muster_tests::{Answer, Persona};
use serde_json::{Value, json};

/// An organization of one product, with the resources that product has.
pub(crate) struct Team {
    /// The running backend.
    pub(crate) h: Harness,
    /// The organization.
    pub(crate) acme: Organization,
    kind: &'static str,
}

impl Team {
    /// Somebody makes an organization, and the product registers its resources: id and name.
    pub(crate) async fn found(role_set: &str, owner: &str, kind: &'static str, resources: &[(&str, &str)]) -> Self {
        let h = Harness::start().await;
        let acme = Organization::with_roles(&h, h.person(owner), role_set).await;
        let team = Self { h, acme, kind };
        for (id, name) in resources {
            let path = format!("/resources/{kind}/{id}");
            team.put(&team.acme.owner, &path, json!({ "name": name }))
                .await
                .expect(201);
        }
        team
    }

    /// GET inside the organization.
    pub(crate) async fn get(&self, who: &Persona, rest: &str) -> Answer {
        who.get(&self.h, &self.acme.path(rest)).await
    }

    /// POST inside the organization.
    pub(crate) async fn post(&self, who: &Persona, rest: &str, body: Value) -> Answer {
        who.post(&self.h, &self.acme.path(rest), &body).await
    }

    /// PUT inside the organization.
    pub(crate) async fn put(&self, who: &Persona, rest: &str, body: Value) -> Answer {
        who.put(&self.h, &self.acme.path(rest), &body).await
    }

    /// PATCH inside the organization.
    pub(crate) async fn patch(&self, who: &Persona, rest: &str, body: Value) -> Answer {
        who.patch(&self.h, &self.acme.path(rest), &body).await
    }

    /// DELETE inside the organization.
    pub(crate) async fn delete(&self, who: &Persona, rest: &str) -> Answer {
        who.delete(&self.h, &self.acme.path(rest)).await
    }

    /// Resources of the product, as requests name them.
    pub(crate) fn on(&self, ids: &[&str]) -> Value {
        ids.iter().map(|id| json!({ "type": self.kind, "id": id })).collect()
    }

    /// Somebody's role on one resource, as a path.
    pub(crate) fn grant(&self, who: &Persona, id: &str) -> String {
        format!("/members/{}/grants/{}/{id}", who.id(), self.kind)
    }

    /// Somebody invites one person or more.
    pub(crate) async fn invite(&self, who: &Persona, emails: &str, role: &str, on: &[&str]) -> Answer {
        let body = json!({ "emails": emails, "role": role, "resources": self.on(on) });
        self.post(who, "/invitations", body).await
    }

    /// Whoever was invited opens the link of the latest mail, signs up and accepts.
    pub(crate) async fn accept(&self, who: &Persona) -> Answer {
        let token = self.h.invitation_token(who.email()).await;
        who.accept(&self.h, &token).await
    }

    /// The owner invites somebody, who accepts.
    pub(crate) async fn join(&self, name: &str, role: &str, on: &[&str]) -> Persona {
        let person = self.h.person(name);
        self.invite(&self.acme.owner, person.email(), role, on)
            .await
            .expect(201);
        self.accept(&person).await.expect(200);
        person
    }

    /// Who of these people may do this on a resource, or where none is named on the organization: what the product asks.
    pub(crate) async fn who_may<'p>(&self, people: &[&'p Persona], action: &str, on: Option<&str>) -> Vec<&'p str> {
        let resource = on.map_or_else(
            || json!({ "type": "organization", "id": self.acme.id }),
            |id| json!({ "type": self.kind, "id": id }),
        );
        let subject = |who: &&Persona| json!({ "subject": { "type": "user", "id": who.id() } });
        let questions: Vec<Value> = people.iter().map(subject).collect();
        let body = json!({ "action": { "name": action }, "resource": resource,
            "context": { "organization": self.acme.id }, "evaluations": questions });
        let told = self.h.platform().post(&self.h, "/access/v1/evaluations", &body).await;
        let told = told.expect(200).body["evaluations"].as_array().cloned().unwrap();
        assert_eq!(told.len(), people.len());
        let known = told.iter().all(|one| one["context"]["reason"] != "unknown_action");
        assert!(known, "no role has {action}");
        let yes = people.iter().zip(told).filter(|(_, one)| one["decision"] == true);
        yes.map(|(who, _)| who.name()).collect()
    }

    /// Whether somebody may do this.
    pub(crate) async fn may(&self, who: &Persona, action: &str, on: Option<&str>) -> bool {
        !self.who_may(&[who], action, on).await.is_empty()
    }

    /// The resources somebody sees, in order; none at all if they are told that there is nothing for them.
    pub(crate) async fn sees(&self, who: &Persona) -> Vec<String> {
        let page = self.get(who, "/resources").await;
        if page.status == 403 {
            return Vec::new();
        }
        let mut ids = texts(&page.expect(200).body["items"], "id");
        ids.sort();
        ids
    }

    /// The list of people as somebody sees it.
    pub(crate) async fn list(&self, who: &Persona) -> Answer {
        self.get(who, "/members?limit=100").await.expect(200)
    }

    /// The row of an address in that list; null if there is none.
    pub(crate) async fn row(&self, who: &Persona, email: &str) -> Value {
        let page = self.list(who).await;
        let rows = page.body["items"].as_array().unwrap();
        rows.iter()
            .find(|row| row["email"] == email)
            .cloned()
            .unwrap_or_default()
    }

    /// What the owner sees of seats: used and allowed.
    pub(crate) async fn seats(&self) -> (u64, Option<u64>) {
        let seen = self.get(&self.acme.owner, "").await.expect(200);
        let seats = &seen.body["seats"];
        (seats["used"].as_u64().unwrap(), seats["limit"].as_u64())
    }
}

/// Where somebody's membership is.
pub(crate) fn member(who: &Persona) -> String {
    format!("/members/{}", who.id())
}

/// One field of each row.
pub(crate) fn texts(rows: &Value, field: &str) -> Vec<String> {
    let rows = rows.as_array().expect("a list").iter();
    rows.map(|row| row[field].as_str().expect("a text").to_owned())
        .collect()
}
