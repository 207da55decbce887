//! Scopes: where an actor may invite to a role, give it to a member, or take it for themselves.

use crate::id::Registration;
use crate::resource::{ResourceKey, ResourceRef};
use crate::roleset::{Resources, Role};
use crate::rules::DecisionContext;
use crate::rules::giving::{self, GivingPath};
use jiff::Timestamp;

/// Where an actor may do something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Whether they may do it everywhere: on the organization, and on each of its resources.
    pub organization: bool,
    /// The resources on which they may do it, if they may not do it everywhere.
    pub resources: Vec<ResourceRef>,
}

impl Scope {
    fn of(ctx: &DecisionContext<'_>, is_inside: impl Fn(Option<&ResourceRef>) -> bool) -> Self {
        if is_inside(None) {
            return Self {
                organization: true,
                resources: Vec::new(),
            };
        }
        let authority = ctx.authority();
        let resources = authority.resources().into_iter().filter(|on| is_inside(Some(on)));
        Self {
            organization: false,
            resources: resources.cloned().collect(),
        }
    }

    /// Whether they may do it anywhere.
    #[must_use]
    pub fn is_somewhere(&self) -> bool {
        self.organization || !self.resources.is_empty()
    }
}

/// What an actor may do with a role, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleScopes {
    /// Where they may invite people to it.
    pub invite: Scope,
    /// Where they may give it to members.
    pub assign: Scope,
    /// Where they may take it for themselves, and drop it again, without managing anyone.
    pub self_assign: Scope,
}

impl RoleScopes {
    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Scope> {
        [&self.invite, &self.assign, &self.self_assign].into_iter()
    }

    /// The scopes of a role at this moment. A role that no one can get at present has none: one that is turned off, and an
    /// allowlisted one without an allowed domain.
    #[must_use]
    pub fn of(ctx: &DecisionContext<'_>, role: &Role) -> Self {
        let has_holders = !role.allowlisted || !ctx.organization.plan.allowed_domains.is_empty();
        if !has_holders || !ctx.organization.has_enabled(role) {
            return Self::default();
        }
        let authority = ctx.authority();
        let fits = |on: Option<&ResourceRef>| on.is_none() || role.resources != Resources::None;
        let invites = |on: Option<&ResourceRef>| {
            let resources = on.map(std::slice::from_ref).unwrap_or_default();
            giving::offer_until(ctx, GivingPath::Invite, role, resources)
        };
        let assigns = |on: Option<&ResourceRef>| {
            let until = giving::role_until(&authority, GivingPath::Manage, &role.id, on);
            until.filter(|until| !role.protected || *until == Timestamp::MAX)
        };
        Self {
            invite: Scope::of(ctx, |on| fits(on) && invites(on).is_some()),
            assign: Scope::of(ctx, |on| fits(on) && assigns(on).is_some()),
            self_assign: Scope::of(ctx, |on| fits(on) && authority.may_self_assign(&role.id, on)),
        }
    }
}

/// One resource for each kind of power that the actor can have over resources: those that their roles are limited to, and one
/// that stands for all others.
pub(super) fn places(ctx: &DecisionContext<'_>) -> Vec<ResourceRef> {
    let other = "other".parse().ok().map(|id| ResourceRef {
        key: ResourceKey {
            kind: ctx.set.resource_type.clone(),
            id,
        },
        registration: Registration::from_bytes([0; 16]),
    });
    other
        .into_iter()
        .chain(ctx.authority().resources().into_iter().cloned())
        .collect()
}
