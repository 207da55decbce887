//! Requests about the organization itself: settings, plan, ownership, its end; resources and contacts.

use super::Draw;
use crate::request::Request;
use muster_domain::roleset;
use serde_json::{Value, json};

impl Draw<'_> {
    /// Fills a request that changes what is not a person in; whether it is one.
    pub(super) fn fill_changing(&mut self, request: &mut Request) -> bool {
        match request.route.binary {
            "create-organization" => {
                let sets: Vec<&str> = roleset::names().collect();
                let set = sets[self.rng.usize(0..sets.len())];
                request.body = Some(json!({ "name": format!("Organization {}", self.number), "role_set": set }));
            }
            "update-organization" => request.body = Some(self.settings()),
            "set-plan" => {
                let limit = self.chance(60).then(|| self.rng.u32(2..14));
                let domains: &[&str] = if self.chance(80) { &["partner.example"] } else { &[] };
                let mut body = json!({ "seat_limit": limit, "allowed_domains": domains });
                if self.chance(30) {
                    body["mail_limit"] = self.chance(50).then(|| self.rng.u32(3..30)).into();
                }
                request.body = Some(body);
            }
            "transfer-ownership" => {
                let person = self.somebody();
                request.about = Some(person);
                // The giver becomes something else, which is not in all less.
                request.gains = self.caller(request.who).into_iter().chain([person]).collect();
                let then = self.role().id.clone();
                request.body = Some(json!({ "to": self.cast.people[person].id, "then": then }));
            }
            "name-paying-owner" => {
                let person = self.somebody();
                request.body = Some(json!({ "member": self.cast.people[person].id }));
            }
            // Far ahead, so that nobody is kept out of what the soak is about.
            "suspend-organization" => {
                let year = self.rng.u32(2990..3000);
                request.body = Some(json!({ "reason": "The plan ends", "at": format!("{year}-01-01T00:00:00Z") }));
            }
            "resume-organization" => {}
            // Only whoever wants it abandons an organization before its time; who tries it without a right may do so at any time.
            "delete-organization" | "restore-organization" => {}
            "put-resource" | "delete-resource" => self.fill_resource(request),
            "put-contact" | "delete-contact" => self.fill_contact(request),
            _ => return false,
        }
        true
    }

    fn settings(&mut self) -> Value {
        let optional = self.organization().set.roles.iter().filter(|role| role.optional);
        let optional: Vec<_> = optional.map(|role| &role.id).collect();
        let mut settings = json!({ "invitation_ttl_days": self.rng.u32(1..31) });
        if self.chance(70) {
            settings["optional_roles"] = if self.chance(75) { json!(optional) } else { json!([]) };
        }
        let mut body = json!({ "settings": settings });
        if self.rng.bool() {
            body["name"] = json!(format!("Renamed {}", self.rng.u32(0..100)));
        }
        body
    }

    fn fill_resource(&mut self, request: &mut Request) {
        let id = match request.route.method {
            "PUT" => format!("r{}", self.rng.usize(0..5)),
            _ => self.resource(),
        };
        request.fill("type", self.organization().set.resource_type.as_str());
        request.fill("id", &id);
        if request.route.method == "PUT" {
            request.body = Some(json!({ "name": format!("Resource {id}") }));
        }
    }

    /// A contact is one person, who has an account or has not; at most one contact is at an address.
    fn fill_contact(&mut self, request: &mut Request) {
        if request.route.method == "DELETE" {
            let known = self.organization().contacts.clone();
            let id = self.one(&known).unwrap_or_else(|| "c0".to_owned());
            request.fill("contact", &id);
            return;
        }
        let person = self.anybody();
        let persona = &self.cast.people[person].persona;
        let subject = self.chance(60).then(|| persona.name());
        request.fill("contact", &format!("c{person}"));
        request.body =
            Some(json!({ "email": persona.email(), "name": format!("Person {person}"), "subject": subject }));
    }
}
