//! A cast: an organization of any role set with somebody of each role, and an invitation to each, written as the product writes them
//! but without a request each.

use crate::bench::Bench;
use crate::harness;
use crate::personas::Persona;
use jiff::{SignedDuration, Timestamp};
use muster_domain::invitation::Delivery;
use muster_domain::member::{Grant, RoleAssignment};
use muster_domain::roleset::{Resources, Role};
use muster_domain::{
    Changes, Invitation, InvitationId, InvitationState, Member, Organization, OrganizationId, Pair, Resource,
    ResourceKey, RoleSet, Status, UserId, roleset,
};
use muster_store::{Commit, Key};
use serde_json::json;

/// The resources of a cast.
pub const RESOURCES: [&str; 2] = ["one", "two"];

/// A member of a cast.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The role, and the resource that it is held on, if any: `program_admin one`.
    pub part: String,
    /// Who it is.
    pub persona: Persona,
    /// Whether they are active.
    pub is_active: bool,
}

/// An invitation of a cast.
#[derive(Debug, Clone)]
pub struct Invited {
    /// The offered role.
    pub role: String,
    /// Its id.
    pub id: String,
}

/// An organization with its people.
pub struct Cast {
    /// The organization. Its owner is the first of the members.
    pub organization: harness::Organization,
    /// Its role set.
    pub set: &'static RoleSet,
    /// The members.
    pub members: Vec<Actor>,
    /// The pending invitations.
    pub invitations: Vec<Invited>,
}

impl Cast {
    /// Makes one. Every name is the same in each.
    ///
    /// # Panics
    /// If it cannot be made.
    pub async fn make(b: &Bench, role_set: &str) -> Self {
        let set = roleset::find(role_set).expect("a role set");
        let owner = b.h.person("olivia");
        let organization = harness::Organization::with_roles(&b.h, owner.clone(), role_set).await;
        for id in RESOURCES {
            let path = organization.path(&format!("/resources/{}/{id}", set.resource_type));
            owner.put(&b.h, &path, &json!({ "name": id })).await.expect(201);
        }
        organization.plan(&b.h, None, &["acme.example"]).await;
        let optional = set.roles.iter().filter(|role| role.optional);
        let optional: Vec<&str> = optional.map(|role| role.id.as_str()).collect();
        organization.optional_roles(&b.h, &optional).await;
        let mut members = vec![Actor {
            part: "founder".to_owned(),
            persona: owner,
            is_active: true,
        }];
        let scene = Scene::read(b, &organization, set).await;
        let (more, joined) = scene.members(b);
        members.extend(more);
        scene.write(b, joined, Vec::new()).await;
        let scene = Scene::read(b, &organization, set).await;
        let (invitations, pending) = scene.invitations();
        scene.write(b, Vec::new(), pending).await;
        Self {
            organization,
            set,
            members,
            invitations,
        }
    }

    /// The member who plays this part.
    ///
    /// # Panics
    /// If nobody does.
    #[must_use]
    pub fn actor(&self, part: &str) -> &Actor {
        let found = self.members.iter().find(|actor| actor.part == part);
        found.unwrap_or_else(|| panic!("nobody plays {part}"))
    }
}

/// What there is already.
struct Scene {
    organization: Organization,
    set: &'static RoleSet,
    owner: Member,
    resources: Vec<Resource>,
    now: Timestamp,
}

impl Scene {
    async fn read(b: &Bench, of: &harness::Organization, set: &'static RoleSet) -> Self {
        let id: OrganizationId = of.id.parse().unwrap();
        let owner: UserId = of.owner.id().parse().unwrap();
        let named = RESOURCES.map(|name| ResourceKey {
            kind: set.resource_type.clone(),
            id: name.parse().unwrap(),
        });
        let mut keys = vec![Key::organization(id), Key::member(id, owner)];
        keys.extend(named.iter().map(|key| Key::resource(id, key)));
        let read = b.quiet.store().read(&keys).await.unwrap();
        let resource = |key| read.resource(id, key).unwrap().expect("a resource");
        Self {
            organization: read.organization(id).unwrap().expect("an organization"),
            set,
            owner: read.member(id, owner).unwrap().expect("its owner"),
            resources: named.iter().map(resource).collect(),
            now: b.app().clock().now(),
        }
    }

    /// The places of a role: on the organization, or on each resource by itself.
    fn places(&self, role: &Role) -> Vec<Option<&Resource>> {
        match role.resources {
            Resources::None => vec![None],
            Resources::Optional | Resources::AtLeastOne => self.resources.iter().map(Some).collect(),
        }
    }

    fn members(&self, b: &Bench) -> (Vec<Actor>, Vec<Member>) {
        let (mut actors, mut all) = (Vec::new(), Vec::new());
        for role in &self.set.roles {
            // The only owner of a set whose ownership can only be transferred is the founder.
            let places = if role.transfer_only {
                Vec::new()
            } else {
                self.places(role)
            };
            for on in places {
                let part = [role.id.as_str(), on.map_or("", |on| on.reference.key.id.as_str())].join(" ");
                let part = part.trim_end().to_owned();
                let persona = b.h.person(&part.replace(['_', ' '], "-"));
                all.push(self.member(&persona, role, on, Status::Active));
                actors.push(Actor {
                    part,
                    persona,
                    is_active: true,
                });
            }
        }
        let lowest = self.set.roles.last().expect("a role");
        let persona = b.h.person("inactive");
        let place = self.places(lowest).into_iter().next().flatten();
        all.push(self.member(&persona, lowest, place, Status::Inactive));
        actors.push(Actor {
            part: "inactive".to_owned(),
            persona,
            is_active: false,
        });
        (actors, all)
    }

    fn member(&self, persona: &Persona, role: &Role, on: Option<&Resource>, status: Status) -> Member {
        let end = self.now + SignedDuration::from_hours(24 * 20);
        let held = RoleAssignment {
            role: role.id.clone(),
            expires_at: role.is_time_limited().then_some(end),
            epoch: self.organization.epoch(&role.id),
            source: None,
        };
        let grant = |on: &Resource| Grant {
            resource: on.reference.clone(),
            held: held.clone(),
        };
        Member {
            id: persona.id().parse().unwrap(),
            subject: Some(persona.name().parse().unwrap()),
            email: persona.email().parse().unwrap(),
            name: Some(persona.name().parse().unwrap()),
            status,
            role: role.held_on_organization().then(|| held.clone()),
            grants: on.map(grant).into_iter().collect(),
            version: 0,
            ..self.owner.clone()
        }
        .recomputed(self.set, self.now)
    }

    fn invitations(&self) -> (Vec<Invited>, Vec<Invitation>) {
        let roles = self.set.roles.iter().filter(|role| !role.transfer_only);
        let all: Vec<Invitation> = roles
            .enumerate()
            .map(|(number, role)| self.invitation(number, role))
            .collect();
        let told = |invitation: &Invitation| Invited {
            role: invitation.role.to_string(),
            id: invitation.id.to_string(),
        };
        (all.iter().map(told).collect(), all)
    }

    /// One that was sent long enough ago to be sent again.
    fn invitation(&self, number: usize, role: &Role) -> Invitation {
        let place = self.places(role).into_iter().next().flatten();
        let sent_at = self.now - SignedDuration::from_hours(24 * 3);
        let id = [u8::try_from(number + 1).unwrap(); 16];
        Invitation {
            id: InvitationId::from_bytes(id),
            organization: self.organization.id,
            email: format!("guest{number}@acme.example").parse().unwrap(),
            role: role.id.clone(),
            resources: place.map(|on| on.reference.clone()).into_iter().collect(),
            term: role.durations.first().copied(),
            epoch: self.organization.epoch(&role.id),
            message: None,
            invited_by: self.owner.id,
            sent_through: None,
            api_key: None,
            inviter_name: self.owner.name.clone(),
            generation: 1,
            state: InvitationState::Pending,
            mail: Delivery::Sent,
            seat: role.uses_seat,
            created_at: sent_at,
            sent_at,
            expires_at: self.now + SignedDuration::from_hours(24 * 4),
            ended_at: None,
            accepted_by: None,
            cancel_reason: None,
            language: None,
            version: 1,
        }
    }

    async fn write(&self, b: &Bench, members: Vec<Member>, invitations: Vec<Invitation>) {
        let changes = Changes {
            members: members.into_iter().map(Pair::new).collect(),
            invitations: invitations.into_iter().map(Pair::new).collect(),
            ..Changes::default()
        };
        let commit = Commit {
            changes: &changes,
            set: self.set,
            organization: Some(&self.organization),
            once: None,
            now: self.now,
        };
        b.quiet.store().commit(commit).await.expect("the cast is written");
    }
}
