//! What an answer tells of the world.

use crate::cast::Cast;
use crate::judge::{Known, Reply};
use crate::request::{Request, Who};
use crate::standing::Standing;
use crate::world::{Invitation, Key, Organization, World, keep};
use jiff::{SignedDuration, Timestamp};
use muster_domain::roleset;
use serde_json::Value;

/// How many exports of an organization are asked for again.
const EXPORTS: usize = 8;

/// Takes in what was answered.
pub(crate) struct Lesson<'a> {
    pub(crate) cast: &'a Cast,
    pub(crate) request: &'a Request,
    pub(crate) reply: &'a Reply,
    pub(crate) known: &'a Known,
    pub(crate) now: Timestamp,
    /// The operation at which an organization that is made now ends.
    pub(crate) ends: u64,
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

impl Lesson<'_> {
    /// Notes all that the answer tells.
    pub(crate) fn take(&self, world: &mut World) {
        if !self.reply.is_done() {
            return self.take_refusal(world);
        }
        let cursors = [&self.reply.body["next_cursor"], &self.reply.body["page"]["next_token"]];
        if let Some(cursor) = cursors.into_iter().find_map(text).filter(|cursor| !cursor.is_empty()) {
            world.turn(self.request.clone(), cursor);
        }
        let keyed = self.request.headers.iter().any(|(name, _)| *name == "idempotency-key");
        if keyed && !self.request.repeated && !self.request.spoiled {
            world.may_repeat(self.request.clone(), self.now);
        }
        match self.request.organization {
            None => self.take_founding(world),
            Some(number) => {
                self.take_ids(world, number);
                self.take_end(world, number);
                let organization = &mut world.organizations[number];
                if let Some(tag) = &self.reply.tag {
                    organization.tags.insert(self.request.path.clone(), tag.clone());
                }
                self.take_people(organization);
                self.take_things(organization);
                self.take_keys(organization);
            }
        }
    }

    /// The platform sees everybody, so who is not there for it is not there.
    fn take_refusal(&self, world: &mut World) {
        let looked = self.request.route.binary == "get-member" && self.request.who == Who::Platform;
        let (Some(number), Some((person, before))) = (self.request.organization, &self.known.about) else {
            return;
        };
        if looked && !self.request.spoiled && self.reply.status == 404 {
            let organization = &mut world.organizations[number];
            organization.roster.remove(person);
            organization
                .bounds
                .learn(*person, before, self.request, Standing::Stranger);
        }
    }

    fn take_founding(&self, world: &mut World) {
        let (Who::Person(owner), "create-organization") = (self.request.who, self.request.route.binary) else {
            return;
        };
        let set = self.reply.body["role_set"].as_str().and_then(roleset::find);
        if let (Some(id), Some(set)) = (text(&self.reply.body["id"]), set)
            && world.owner_of(&id).is_none()
        {
            world.add(Organization::new(id, set, owner, self.ends));
        }
    }

    /// What belongs to which organization.
    fn take_ids(&self, world: &mut World, number: usize) {
        let body = &self.reply.body;
        let made = body["invitations"].as_array().into_iter().flatten();
        let made = made.chain([&body["invitation"], body]);
        for id in made.filter_map(|one| one["id"].as_str()) {
            if self.request.route.method == "POST" && !id.starts_with("usr_") {
                world.owns(number, id);
            }
        }
    }

    fn take_end(&self, world: &mut World, number: usize) {
        match self.request.route.binary {
            "delete-organization" => {
                let organization = &mut world.organizations[number];
                organization.closed = !self.known.restoring && organization.restores == self.known.restores;
                world.retire(number);
            }
            "restore-organization" => {
                world.organizations[number].closed = false;
                world.revive(number);
            }
            _ => {}
        }
    }

    fn take_people(&self, organization: &mut Organization) {
        let body = &self.reply.body;
        match self.request.route.binary {
            "create-invitations" => {
                for one in body["invitations"].as_array().into_iter().flatten() {
                    self.take_invitation(organization, one);
                }
            }
            "add-member" if body["invitation"].is_object() => self.take_invitation(organization, &body["invitation"]),
            "add-member" => self.take_member(organization, &body["member"]),
            "accept-invitation" => {
                let own = |invitation: &Invitation| Some(invitation.person) == self.request.about;
                organization.invitations.retain(|invitation| !own(invitation));
                self.take_member(organization, &body["member"]);
            }
            "decline-invitation" => {
                let about = self.request.about;
                organization
                    .invitations
                    .retain(|invitation| Some(invitation.person) != about);
            }
            "cancel-invitation" => {
                organization
                    .invitations
                    .retain(|invitation| !self.request.path.ends_with(&invitation.id));
            }
            "cancel-invitations" => {
                let gone = |id: &str| {
                    self.verdicts("invitation", "cancelled")
                        .any(|cancelled| cancelled == id)
                };
                organization.invitations.retain(|invitation| !gone(&invitation.id));
            }
            "get-member" | "update-member" | "put-grant" => self.take_member(organization, body),
            "remove-member" => {
                if let Some((person, _)) = &self.known.about {
                    self.take_standing(organization, *person, Standing::Stranger);
                }
            }
            "remove-members" => self.take_verdicts(organization, "removed", &Standing::Stranger),
            "deactivate-members" => self.take_verdicts(organization, "deactivated", &Standing::Inactive),
            _ => {}
        }
    }

    fn take_invitation(&self, organization: &mut Organization, one: &Value) {
        let person = one["email"].as_str().and_then(|email| self.cast.of_email(email));
        if let (Some(id), Some(person)) = (text(&one["id"]), person) {
            organization
                .invitations
                .retain(|invitation| invitation.person != person);
            organization.invitations.push(Invitation { id, person });
            self.take_inviter(organization, person, one);
        }
    }

    /// Who answers for a new invitation, if nothing else was under way for its address.
    fn take_inviter(&self, organization: &mut Organization, invited: usize, one: &Value) {
        organization.inviters.remove(&invited);
        let inviter = one["invited_by"].as_str().and_then(|id| self.cast.of_id(id));
        let before = self.known.about.as_ref().filter(|(person, _)| *person == invited);
        if let (Some(inviter), Some((_, before)), Who::Person(_)) = (inviter, before, self.request.who)
            && !organization.resending
            && !self.reply.replayed
            && organization.bounds.is_alone(invited, before, self.request)
        {
            let raises = organization.bounds.raises(invited);
            organization.inviters.insert(invited, (inviter, raises));
        }
    }

    /// A member as the answer shows them. Only one who sees the whole organization is shown all that a member holds.
    fn take_member(&self, organization: &mut Organization, body: &Value) {
        let Some(person) = body["id"].as_str().and_then(|id| self.cast.of_id(id)) else {
            return;
        };
        let standing = Standing::shown(body);
        if self.request.who == Who::Platform || self.request.who == Who::Person(person) {
            self.take_standing(organization, person, standing);
        } else {
            organization.roster.insert(person, standing);
        }
    }

    fn take_standing(&self, organization: &mut Organization, person: usize, standing: Standing) {
        let known = [&self.known.about, &self.known.caller];
        let before = known.into_iter().flatten().find(|(known, _)| *known == person);
        match &standing {
            Standing::Stranger => drop(organization.roster.remove(&person)),
            _ => drop(organization.roster.insert(person, standing.clone())),
        }
        if let Some((_, before)) = before.filter(|_| !self.reply.replayed) {
            organization.bounds.learn(person, before, self.request, standing);
        }
    }

    fn verdicts<'s>(&'s self, name: &'s str, status: &'s str) -> impl Iterator<Item = &'s str> {
        let rows = self.reply.body["results"].as_array().into_iter().flatten();
        rows.filter(move |row| row["status"] == status)
            .filter_map(move |row| row[name].as_str())
    }

    fn take_verdicts(&self, organization: &mut Organization, status: &str, standing: &Standing) {
        let people: Vec<usize> = self
            .verdicts("member", status)
            .filter_map(|id| self.cast.of_id(id))
            .collect();
        for person in people {
            self.take_standing(organization, person, standing.clone());
        }
    }

    fn take_things(&self, organization: &mut Organization) {
        let body = &self.reply.body;
        let named = self.request.path.rsplit('/').next().unwrap_or_default().to_owned();
        match self.request.route.binary {
            "put-resource" if !organization.resources.contains(&named) => organization.resources.push(named),
            "delete-resource" => organization.resources.retain(|id| *id != named),
            "put-contact" if !organization.contacts.contains(&named) => organization.contacts.push(named),
            "delete-contact" => organization.contacts.retain(|id| *id != named),
            "create-export" => {
                if let (Some(id), Some((asker, _))) = (text(&body["id"]), &self.known.caller) {
                    keep(&mut organization.exports, (*asker, id), EXPORTS);
                }
            }
            _ => {}
        }
    }

    fn take_keys(&self, organization: &mut Organization) {
        let body = &self.reply.body;
        match self.request.route.binary {
            "create-api-key" | "rotate-api-key" => {
                if let Some(old) = self.request.key.and_then(|key| organization.keys.get_mut(key)) {
                    let overlap = self
                        .request
                        .body
                        .as_ref()
                        .and_then(|body| body["overlap_hours"].as_i64());
                    let over = overlap.map(|hours| self.now + SignedDuration::from_hours(hours));
                    old.until = old.until.into_iter().chain(over).min();
                }
                if let (Some(id), Some(secret), Some(owner), Who::Person(maker)) = (
                    text(&body["id"]),
                    text(&body["secret"]),
                    self.request.about,
                    self.request.who,
                ) {
                    let ends = body["expires_at"].as_str().and_then(|at| at.parse().ok());
                    organization.keys.push(Key {
                        id,
                        secret,
                        owner,
                        maker,
                        read_only: body["read_only"] == true,
                        limited: body["resources"].as_array().is_some_and(|on| !on.is_empty()),
                        until: ends,
                        dead: false,
                    });
                }
            }
            "revoke-api-key" => {
                let id = self.request.path.rsplit('/').next().unwrap_or_default();
                for key in organization.keys.iter_mut().filter(|key| key.id == id) {
                    key.dead = true;
                }
            }
            _ => {}
        }
    }
}
