//! Requests about members, what they hold, their keys, and invitations.

use super::Draw;
use crate::request::{Request, Who};
use crate::standing::Standing;
use jiff::SignedDuration;
use muster_domain::roleset::{Resources, Role};
use serde_json::{Value, json};

/// Of the form of an invitation's id, and none.
const NO_INVITATION: &str = "inv_0000000000000000000042";

impl Draw<'_> {
    /// Fills a request about members or keys in; whether it is one.
    pub(super) fn fill_people(&mut self, request: &mut Request) -> bool {
        match request.route.binary {
            "get-member" | "remove-member" => self.fill_member(request),
            "update-member" => {
                self.fill_member(request);
                request.body = Some(self.membership(request));
            }
            "put-grant" | "delete-grant" => self.fill_grant(request),
            "activate-members" | "deactivate-members" | "remove-members" | "change-members-role" => {
                self.fill_chosen(request);
            }
            "create-api-key" | "list-api-keys" | "rotate-api-key" | "revoke-api-key" => self.fill_key(request),
            _ => return false,
        }
        true
    }

    /// Any role of the organization's role set.
    pub(super) fn role(&mut self) -> &'static Role {
        let roles = &self.organization().set.roles;
        &roles[self.rng.usize(0..roles.len())]
    }

    /// A role that the caller may give, as far as is known, in most cases.
    fn givable(&mut self, request: &Request) -> &'static Role {
        let organization = self.organization();
        let set = organization.set;
        let caller = self
            .caller(request.who)
            .and_then(|person| organization.roster.get(&person));
        let roles: Vec<&Role> = caller.into_iter().flat_map(|standing| standing.roles(set)).collect();
        let givable: Vec<&'static Role> = set
            .roles
            .iter()
            .filter(|role| roles.iter().any(|own| own.assigns.contains(&role.id)))
            .collect();
        let one = self.one(&givable).filter(|_| self.rng.u32(0..100) < 85);
        one.unwrap_or_else(|| self.role())
    }

    /// As many resources as go with a role.
    fn fitting(&mut self, role: &Role) -> Vec<Value> {
        let count = match role.resources {
            Resources::None => 0,
            Resources::Optional => self.rng.usize(0..3),
            Resources::AtLeastOne => self.rng.usize(1..4),
        };
        self.resources(count)
    }

    fn duration(&mut self, role: &Role) -> Value {
        let one = self.one(&role.durations);
        one.map_or(Value::Null, |term| json!(term))
    }

    /// A member, often oneself.
    fn fill_member(&mut self, request: &mut Request) {
        let caller = self.caller(request.who);
        let own = caller.filter(|_| self.rng.u32(0..100) < 12);
        let person = own.unwrap_or_else(|| self.somebody());
        request.about = Some(person);
        let me = caller == Some(person) && self.rng.bool();
        let id: &str = if me { "me" } else { &self.cast.people[person].id };
        request.fill("member", id);
    }

    /// What a member becomes, or tells about themselves.
    fn membership(&mut self, request: &mut Request) -> Value {
        if self.chance(15) {
            return json!({ "bio": format!("Since {}", self.number), "timezone": "Europe/Paris" });
        }
        if self.chance(10) {
            let status = ["active", "inactive"][self.rng.usize(0..2)];
            request.gains = request.about.into_iter().filter(|_| status == "active").collect();
            return json!({ "status": status });
        }
        let role = self.givable(request);
        request.gives = Some(role.id.clone());
        request.gains = request.about.into_iter().collect();
        json!({ "role": role.id, "resources": self.fitting(role), "duration": self.duration(role) })
    }

    fn fill_grant(&mut self, request: &mut Request) {
        self.fill_member(request);
        let id = self.resource();
        request.fill("type", self.organization().set.resource_type.as_str());
        request.fill("id", &id);
        if request.route.method == "PUT" {
            let role = self.givable(request);
            request.gives = Some(role.id.clone());
            request.gains = request.about.into_iter().collect();
            let ends = self
                .chance(40)
                .then(|| self.now + SignedDuration::from_hours(self.rng.i64(1..900)));
            request.body = Some(json!({ "role": role.id, "expires_at": ends }));
        }
    }

    fn fill_chosen(&mut self, request: &mut Request) {
        let inactive = self
            .organization()
            .roster
            .iter()
            .filter(|(_, is)| **is == Standing::Inactive);
        let inactive: Vec<usize> = inactive.map(|(person, _)| *person).collect();
        let count = self.rng.usize(1..4);
        let mut people: Vec<usize> = (0..count).map(|_| self.somebody()).collect();
        if request.route.binary == "activate-members" {
            people.extend(inactive);
        }
        people.sort_unstable();
        people.dedup();
        let ids: Vec<&str> = people
            .iter()
            .map(|person| self.cast.people[*person].id.as_str())
            .collect();
        let mut body = json!({ "members": ids });
        if request.route.binary == "change-members-role" {
            let role = self.givable(request);
            body["role"] = json!(role.id);
            body["resources"] = json!(self.fitting(role));
            body["duration"] = self.duration(role);
        }
        if ["activate-members", "change-members-role"].contains(&request.route.binary) {
            request.gains.clone_from(&people);
        }
        if let [one] = people.as_slice() {
            request.about = Some(*one);
        }
        request.body = Some(body);
    }

    fn fill_key(&mut self, request: &mut Request) {
        let keys = &self.organization().keys;
        if ["rotate-api-key", "revoke-api-key"].contains(&request.route.binary) && !keys.is_empty() {
            let place = self.rng.usize(0..keys.len());
            request.key = Some(place);
            request.about = Some(keys[place].owner);
            request.fill("member", &self.cast.people[keys[place].owner].id);
            request.fill("key", &keys[place].id);
            if request.route.method == "POST" {
                request.body = Some(json!({ "overlap_hours": self.rng.u32(0..48) }));
            }
            return;
        }
        let own = self.caller(request.who).filter(|_| self.rng.u32(0..100) < 70);
        let person = own.unwrap_or_else(|| self.somebody());
        request.about = Some(person);
        request.fill("member", &self.cast.people[person].id);
        request.fill("key", "key_000000000000000000000000000000042");
        if request.route.binary == "create-api-key" {
            let ends = self
                .chance(40)
                .then(|| self.now + SignedDuration::from_hours(self.rng.i64(1..900)));
            let count = if self.chance(30) { 1 } else { 0 };
            request.body = Some(
                json!({ "name": format!("Key {}", self.number), "read_only": self.chance(35),
                "resources": self.resources(count), "expires_at": ends }),
            );
        }
    }

    /// Fills a request about invitations in; whether it is one.
    pub(super) fn fill_inviting(&mut self, request: &mut Request) -> bool {
        match request.route.binary {
            "create-invitations" => self.fill_invitations(request),
            "add-member" => self.fill_addition(request),
            "preview-invitation" | "accept-invitation" | "decline-invitation" => self.fill_answer(request),
            "cancel-invitations" | "resend-invitations" => {
                let ids: Vec<String> = self.organization().invitations.iter().map(|i| i.id.clone()).collect();
                let mut chosen: Vec<String> = self.rng.choose_multiple(ids, 3);
                if chosen.is_empty() {
                    chosen.push(NO_INVITATION.to_owned());
                }
                // Without a body everybody is sent their invitation again.
                let all = request.route.binary == "resend-invitations" && self.chance(10);
                request.body = (!all).then(|| json!({ "invitations": chosen }));
            }
            "get-invitation" | "update-invitation" | "cancel-invitation" | "resend-invitation" => {
                let known = self.organization().invitations.clone();
                let one = self.one(&known);
                let id = one.as_ref().map_or(NO_INVITATION, |invitation| invitation.id.as_str());
                request.fill("invitation", id);
                if request.route.binary == "update-invitation" {
                    let role = self.givable(request);
                    request.body = Some(json!({ "role": role.id, "resources": self.fitting(role),
                        "duration": self.duration(role) }));
                }
            }
            _ => return false,
        }
        true
    }

    /// Somebody at an address, or picked from the contacts. A contact's id tells who it is: all are of the form of `c7`, or
    /// that of the account.
    fn fill_addition(&mut self, request: &mut Request) {
        let known = self.organization().contacts.clone();
        let picked = self.one(&known).filter(|_| self.rng.u32(0..100) < 40);
        let of_picked = picked.as_ref().and_then(|id| {
            let number = id.strip_prefix('c').and_then(|number| number.parse().ok());
            number.or_else(|| self.cast.of_id(id))
        });
        let person = of_picked.unwrap_or_else(|| self.anybody());
        let role = self.givable(request);
        request.about = Some(person);
        request.gains = vec![person];
        request.gives = Some(role.id.clone());
        let mut body = json!({ "role": role.id, "resources": self.fitting(role), "duration": self.duration(role) });
        match picked.filter(|_| of_picked.is_some()) {
            Some(contact) => body["contact"] = json!(contact),
            None => body["email"] = json!(self.cast.email(person)),
        }
        request.body = Some(body);
    }

    fn fill_invitations(&mut self, request: &mut Request) {
        let count = if self.chance(75) { 1 } else { self.rng.usize(2..9) };
        let people: Vec<usize> = (0..count).map(|_| self.anybody()).collect();
        let role = self.givable(request);
        let emails: Vec<&str> = people.iter().map(|person| self.cast.email(*person)).collect();
        let mut body = json!({ "emails": emails.join(", "), "role": role.id, "resources": self.fitting(role),
            "duration": self.duration(role) });
        if self.chance(10) {
            body["dry_run"] = json!(true);
        } else {
            request.gains.clone_from(&people);
        }
        if self.chance(20) {
            body["message"] = json!("Welcome");
        }
        if let [one] = people.as_slice() {
            request.about = Some(*one);
        }
        request.gives = Some(role.id.clone());
        request.body = Some(body);
    }

    /// Mostly by the one who was invited, and mostly by the last link.
    fn fill_answer(&mut self, request: &mut Request) {
        request.organization = Some(self.place);
        let links = &self.organization().links;
        let place = self.rng.usize(0..links.len().max(1));
        let last = links.len().saturating_sub(1 + place / 3);
        let (person, token) = match links.get(last) {
            Some((person, token)) => (*person, token.as_str()),
            None => (self.anybody(), "nothing"),
        };
        request.fill("token", token);
        request.about = Some(person);
        if request.route.binary != "preview-invitation" && !self.chance(15) {
            request.who = Who::Person(person);
        }
        if request.route.binary == "accept-invitation" {
            request.gains = self.caller(request.who).into_iter().collect();
        }
    }
}
