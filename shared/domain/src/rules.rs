//! The rules. Each is a pure function from the state that was read to the changes, or to a named refusal.

pub mod access;
pub mod actions;
pub mod activation;
pub mod api_keys;
pub mod asking;
mod audit;
pub mod bulk;
pub mod contacts;
pub mod deletion;
pub mod expiry;
pub mod exports;
pub mod giving;
pub mod hierarchy;
pub mod invitations;
pub mod members;
pub mod offer;
pub mod organizations;
pub mod ownership;
pub mod pace;
pub mod resources;
pub mod scopes;
pub mod sources;
pub mod suspension;
pub mod work;

use crate::api_key::{ApiKey, Limits};
use crate::authority::Authority;
use crate::event::{EntityRef, Recorder};
use crate::id::{NewIds, Registration};
use crate::member::{Member, Reliance};
use crate::organization::Organization;
use crate::resource::{Resource, ResourceKey, ResourceRef};
use crate::roleset::{RoleSet, permission};
use crate::text::RoleId;
use jiff::Timestamp;

/// The context of every decision in an organization: the organization, its role set, the actor, and the time.
#[derive(Clone, Copy)]
pub struct DecisionContext<'a> {
    /// The organization as it was read.
    pub organization: &'a Organization,
    /// Its role set.
    pub set: &'a RoleSet,
    /// The member who makes the request, or whose API key does.
    pub actor: &'a Member,
    /// The API key that made the request; `None` for a signed-in user.
    pub key: Option<&'a ApiKey>,
    /// The instant of the decision.
    pub now: Timestamp,
    /// The authority of the same context, if it is known already.
    pub known: Option<KnownAuthority<'a>>,
}

/// The authority of a context, computed once for the many questions of one page.
#[derive(Clone, Copy)]
pub struct KnownAuthority<'a> {
    authority: &'a Authority<'a>,
    organization: &'a Organization,
    actor: &'a Member,
    key: Option<&'a ApiKey>,
    now: Timestamp,
}

impl KnownAuthority<'_> {
    /// Whether it is the authority of this context: a context that was made of another one can have another organization or actor.
    fn is_of(&self, ctx: &DecisionContext<'_>) -> bool {
        let is_same_key = match (self.key, ctx.key) {
            (Some(one), Some(other)) => std::ptr::eq(one, other),
            (None, None) => true,
            _ => false,
        };
        is_same_key
            && std::ptr::eq(self.organization, ctx.organization)
            && std::ptr::eq(self.actor, ctx.actor)
            && self.now == ctx.now
    }
}

impl<'a> DecisionContext<'a> {
    /// This context with its authority, which is then not computed for each question again.
    #[must_use]
    pub fn knowing(self, authority: &'a Authority<'a>) -> Self {
        let known = KnownAuthority {
            authority,
            organization: self.organization,
            actor: self.actor,
            key: self.key,
            now: self.now,
        };
        Self {
            known: Some(known),
            ..self
        }
    }

    /// The authority of the actor, within the limits of the API key if there is one.
    #[must_use]
    pub fn authority(&self) -> Authority<'a> {
        if let Some(known) = self.known.filter(|known| known.is_of(self)) {
            return known.authority.shared();
        }
        let own = Authority::of(self.actor, self.organization, self.set, self.now);
        match self.key {
            Some(key) => own.within(&key.limits, self.set),
            None => own,
        }
    }

    /// The members on whose authority a decision rests: the actor, and the other member who knows the secret of the API key, if
    /// any.
    #[must_use]
    pub fn relied_on(&self) -> Vec<Reliance> {
        let knower = self.key.and_then(|key| key.known_by.relied_on);
        [Reliance::on(self.actor)].into_iter().chain(knower).collect()
    }

    /// The actor that events name.
    #[must_use]
    pub fn actor_ref(&self) -> EntityRef {
        self.key
            .map_or_else(|| EntityRef::user(self.actor.id), |key| EntityRef::api_key(key.id))
    }

    /// Whether the caller can act on the actor's own membership: a signed-in user can, and so can a key without limits.
    #[must_use]
    pub fn is_unrestricted(&self) -> bool {
        self.key.is_none_or(|key| key.limits == Limits::default())
    }

    /// Whether the caller has all roles of the actor: a signed-in user does, and so does a key that is not limited to some of
    /// them.
    #[must_use]
    pub fn covers_all_roles(&self) -> bool {
        self.key.is_none_or(|key| key.limits.cover_all_roles())
    }

    /// Whether the caller can see the actor's own membership like any other: a key that is limited to resources cannot.
    #[must_use]
    pub fn reaches_oneself(&self) -> bool {
        self.key.is_none_or(|key| key.limits.resources.is_empty())
    }

    /// Whether the caller sees the identity provider's subjects of members: only those who manage members of the whole
    /// organization do.
    #[must_use]
    pub fn sees_subjects(&self) -> bool {
        self.authority().allows(permission::MEMBERS_MANAGE, None)
    }

    /// Whether the caller has any role at this time.
    #[must_use]
    pub fn holds_anything(&self) -> bool {
        let counts = |role: &RoleId, on: Option<&ResourceRef>| self.key.is_none_or(|key| key.limits.reach(role, on));
        let mut live = self.actor.live(self.organization, self.set, self.now);
        live.any(|(held, on)| counts(&held.role, on))
    }

    /// Whether the caller is a signed-in user, and not an API key.
    #[must_use]
    pub fn is_signed_in(&self) -> bool {
        self.key.is_none()
    }

    /// The resource with this key; `None` if there is no such resource.
    ///
    /// If the actor's roles would not reach it, a missing resource counts as an existing one out of reach. Both get the same
    /// refusal, so the refusal does not reveal what exists.
    #[must_use]
    pub fn named(&self, key: &ResourceKey, found: Option<&Resource>) -> Option<ResourceRef> {
        let known = found.map(|resource| &resource.reference);
        let known = known.filter(|on| !self.organization.is_ending(on));
        let nowhere = || ResourceRef {
            key: key.clone(),
            registration: Registration::from_bytes([0; 16]),
        };
        let hidden = || {
            let possible = key.kind == self.set.resource_type;
            Some(nowhere()).filter(|on| possible && !self.authority().reaches(on))
        };
        known.cloned().or_else(hidden)
    }

    /// A recorder for the actor's events.
    pub fn recorder(&self, ids: &'a mut dyn NewIds) -> Recorder<'a> {
        Recorder::new(self.organization.id, self.actor_ref(), self.now, ids)
    }
}
