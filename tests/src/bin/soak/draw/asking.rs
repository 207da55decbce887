//! Requests that read, and access decisions.

use super::Draw;
use crate::request::{Request, Who};
use serde_json::{Value, json};

/// Parts of names and addresses that people are looked up by.
const BEGINNINGS: [&str; 6] = ["p", "person1", "acme", "bounce", "Person2 acme", "zz"];

/// Every order of the list of people.
const ORDERS: [&str; 6] = ["name", "-name", "joined", "-joined", "last_active", "-last_active"];

impl Draw<'_> {
    /// Fills a request that reads in; whether it is one.
    pub(super) fn fill_asking(&mut self, request: &mut Request) -> bool {
        match request.route.binary {
            "list-members" | "export-members" => self.list_people(request),
            "list-organizations" | "list-my-invitations" | "list-resources" => {
                request.path = format!("{}?limit={}", request.path, self.limit());
            }
            "list-invitations" => {
                let status = ["pending", "ended"][self.rng.usize(0..2)];
                request.path = format!("{}?status={status}&limit={}", request.path, self.limit());
            }
            "list-contacts" => {
                let q = self.beginning();
                request.path = format!("{}?q={q}&limit={}", request.path, self.limit());
            }
            "list-events" => self.list_events(request),
            "get-export" => {
                let known: Vec<_> = self.organization().exports.iter().cloned().collect();
                let known = self.one(&known);
                let id = known
                    .as_ref()
                    .map_or("exp_0000000000000000000042", |(_, id)| id.as_str());
                request.fill("export", id);
                if let Some((asker, _)) = known.filter(|_| self.rng.u32(0..100) < 80) {
                    request.who = Who::Person(asker);
                }
            }
            "create-export" => {
                let format = ["csv", "xlsx"][self.rng.usize(0..2)];
                let sort = ORDERS[self.rng.usize(0..ORDERS.len())];
                request.body = Some(json!({ "format": format, "filter": { "status": "active", "sort": sort } }));
            }
            "get-docs" => request.fill("file", "index.html"),
            "get-page" => {
                request.fill("file", "licenses.txt");
                request.fill("token", "nonsense");
            }
            "not-found" => request.path = "/v2/nothing".to_owned(),
            "verify-api-key" => self.verify(request),
            path if path.starts_with("evaluate") || path.starts_with("search") => self.decide(request),
            _ => return false,
        }
        true
    }

    fn limit(&mut self) -> usize {
        [1, 3, 10, 50, 100][self.rng.usize(0..5)]
    }

    fn beginning(&mut self) -> String {
        BEGINNINGS[self.rng.usize(0..BEGINNINGS.len())].replace(' ', "%20")
    }

    fn list_people(&mut self, request: &mut Request) {
        let mut query = Vec::new();
        if request.route.binary == "export-members" {
            query.push(format!("format={}", ["csv", "xlsx"][self.rng.usize(0..2)]));
        } else {
            query.push(format!("limit={}", self.limit()));
        }
        if self.chance(30) {
            query.push(format!("q={}", self.beginning()));
        }
        if self.chance(20) {
            query.push(format!("status={}", ["active", "inactive"][self.rng.usize(0..2)]));
        }
        if self.chance(25) {
            query.push(format!("role={}", self.role().id));
        }
        if self.chance(15) {
            query.push(format!(
                "invite_status={}",
                ["accepted", "pending"][self.rng.usize(0..2)]
            ));
        }
        if self.chance(40) {
            query.push(format!("sort={}", ORDERS[self.rng.usize(0..ORDERS.len())]));
        }
        request.path = format!("{}?{}", request.path, query.join("&"));
    }

    fn list_events(&mut self, request: &mut Request) {
        let mut query = format!("limit={}", self.limit());
        if self.chance(20) {
            let person = self.somebody();
            query = format!("{query}&actor={}", self.cast.people[person].id);
        }
        request.path = format!("{}?{query}", request.path);
    }

    /// A key whose secret is known, in most cases one of this organization.
    fn verify(&mut self, request: &mut Request) {
        let keys = &self.organization().keys;
        let action = self.action();
        let resource = self.resources(1).pop().filter(|_| self.rng.bool());
        let mut body = json!({ "key": "mk_nothing", "action": action, "resource": resource });
        if !keys.is_empty() && !self.chance(3) {
            let place = self.rng.usize(0..keys.len());
            body["key"] = json!(keys[place].secret);
            request.key = Some(place);
            request.about = Some(keys[place].owner);
        }
        request.body = Some(body);
    }

    /// A permission that some role of the set gives.
    fn action(&mut self) -> String {
        let role = self.role();
        let one = self.one(&role.permissions);
        one.unwrap_or_else(|| "members:read".to_owned())
    }

    /// A question about somebody, often about oneself.
    fn decide(&mut self, request: &mut Request) {
        let person = self.caller(request.who).filter(|_| self.rng.bool());
        let person = person.unwrap_or_else(|| self.somebody());
        let place = json!({ "organization": self.organization().id });
        let mut subject = json!({ "type": "user", "id": self.cast.people[person].id, "properties": place });
        let kind = &self.organization().set.resource_type;
        let mut resource = json!({ "type": kind, "id": self.resource() });
        if self.chance(30) {
            resource = json!({ "type": "organization", "id": self.organization().id });
        }
        let action = json!({ "name": self.action() });
        let binary = request.route.binary;
        if binary == "search-subjects" {
            subject = json!({ "type": "user", "properties": place });
        } else {
            request.about = Some(person);
        }
        if binary == "search-resources" {
            resource = json!({ "type": kind });
        }
        let mut body = json!({ "subject": subject, "resource": resource });
        if binary != "search-actions" {
            body["action"] = action;
        }
        if binary.starts_with("search") && binary != "search-actions" {
            body["page"] = json!({ "limit": self.limit().min(50) });
        }
        if binary == "evaluate-access-batch" {
            body = self.batch(&body);
        }
        request.body = Some(body);
    }

    fn batch(&mut self, body: &Value) -> Value {
        let asked: Vec<Value> = (0..self.rng.usize(1..5))
            .map(|_| json!({ "action": { "name": self.action() }, "resource": body["resource"] }))
            .collect();
        json!({ "subject": body["subject"], "evaluations": asked })
    }
}
