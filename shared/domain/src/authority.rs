//! Authority: what a member's roles allow at one instant.

use crate::api_key::Limits;
use crate::member::{Member, RoleAssignment, Status};
use crate::organization::Organization;
use crate::resource::ResourceRef;
use crate::roleset::{Reach, Role, RoleSet};
use crate::text::RoleId;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// A role that holds at one instant.
#[derive(Clone, Copy)]
struct Power<'a> {
    role: &'a Role,
    /// The resource it is limited to.
    on: Option<&'a ResourceRef>,
    /// When it ends; [`Timestamp::MAX`] if it does not.
    until: Timestamp,
}

impl Power<'_> {
    /// Whether it holds for `on` (`None`: the organization as a whole).
    fn covers(&self, on: Option<&ResourceRef>) -> bool {
        self.on.is_none() || self.on == on
    }
}

/// Powers, computed here or before.
enum Powers<'a> {
    Own(Vec<Power<'a>>),
    Shared(&'a [Power<'a>]),
}

impl<'a> std::ops::Deref for Powers<'a> {
    type Target = [Power<'a>];

    fn deref(&self) -> &Self::Target {
        match self {
            Self::Own(powers) => powers,
            Self::Shared(powers) => powers,
        }
    }
}

/// The roles of a member that hold at one instant, each with the resource it is limited to and its end.
pub struct Authority<'a> {
    powers: Powers<'a>,
    limits: Option<(&'a Limits, &'a RoleSet)>,
}

impl<'a> Authority<'a> {
    /// The authority of `member` at `now`; empty if they are inactive.
    #[must_use]
    pub fn of(member: &'a Member, organization: &'a Organization, set: &'a RoleSet, now: Timestamp) -> Self {
        let power = |(held, on): (&'a RoleAssignment, Option<&'a ResourceRef>)| {
            Some(Power {
                role: set.role(&held.role)?,
                on,
                until: held.ends_at(),
            })
        };
        let powers = member
            .live(organization, set, now)
            .filter(|_| member.status == Status::Active)
            .filter_map(power)
            // A role that reaches only resources gives nothing on the organization (a participant without programs).
            .filter(|power| power.on.is_some() || power.role.reach == Reach::Organization)
            .collect();
        Self {
            powers: Powers::Own(powers),
            limits: None,
        }
    }

    /// The same authority, without computing it again.
    #[must_use]
    pub fn shared(&'a self) -> Self {
        Self {
            powers: Powers::Shared(&self.powers),
            limits: self.limits,
        }
    }

    /// This authority within the limits of an API key: on its resources, read-only if it is, and within its ceiling.
    #[must_use]
    pub fn within(self, limits: &'a Limits, set: &'a RoleSet) -> Self {
        // INVARIANT 7: the powers of a key are those of its owner at this moment; limits only remove some.
        let capped = |power: Power<'a>| {
            let until = limits.lasting(&power.role.id, power.on)?.min(power.until);
            Some(Power { until, ..power })
        };
        let mut powers: Vec<Power<'a>> = self.powers.iter().copied().filter_map(capped).collect();
        if !limits.resources.is_empty() {
            let on_each = |power: Power<'a>| {
                let covered = limits.resources.iter().filter(move |r| power.covers(Some(*r)));
                covered.map(move |on| Power { on: Some(on), ..power })
            };
            powers = powers.into_iter().flat_map(on_each).collect();
        }
        Self {
            powers: Powers::Own(powers),
            limits: Some((limits, set)),
        }
    }

    /// Whether the limits of the key, if any, allow this permission.
    fn key_allows(&self, permission: &str) -> bool {
        self.limits
            .is_none_or(|(limits, set)| !limits.read_only || set.only_reads(permission))
    }

    /// Whether the limits of the key, if any, allow changes.
    fn key_allows_changes(&self) -> bool {
        self.limits.is_none_or(|(limits, _)| !limits.read_only)
    }

    /// The roles that give `permission` for `on` (`None`: the organization as a whole), highest first, with where each is held.
    #[must_use]
    pub fn granting_roles(
        &self,
        permission: &str,
        on: Option<&ResourceRef>,
    ) -> Vec<(&'a Role, Option<&'a ResourceRef>)> {
        let gives =
            |power: &&Power<'a>| power.covers(on) && power.role.allows(permission) && self.key_allows(permission);
        let mut found: Vec<_> = self.powers.iter().filter(gives).map(|p| (p.role, p.on)).collect();
        found.sort_by_key(|(_, limit)| limit.is_some());
        found
    }

    /// The roles that hold for `on` (`None`: the organization as a whole).
    fn roles_on<'s>(&'s self, on: Option<&'s ResourceRef>) -> impl Iterator<Item = &'s Power<'a>> + 's {
        self.powers.iter().filter(move |power| power.covers(on))
    }

    /// Whether `permission` holds for `on` (`None`: the organization as a whole).
    #[must_use]
    pub fn allows(&self, permission: &str, on: Option<&ResourceRef>) -> bool {
        self.allows_until(permission, on).is_some()
    }

    /// Until when `permission` holds for `on`: [`Timestamp::MAX`] without an end, `None` if it does not hold.
    #[must_use]
    pub fn allows_until(&self, permission: &str, on: Option<&ResourceRef>) -> Option<Timestamp> {
        let powers = self.roles_on(on).filter(|power| power.role.allows(permission));
        powers
            .map(|power| power.until)
            .max()
            .filter(|_| self.key_allows(permission))
    }

    /// The resources that these roles are limited to, each once. Roles of the whole organization are limited to none.
    #[must_use]
    pub fn resources(&self) -> BTreeSet<&'a ResourceRef> {
        self.powers.iter().filter_map(|power| power.on).collect()
    }

    /// Whether any role holds for the resource.
    #[must_use]
    pub fn reaches(&self, on: &ResourceRef) -> bool {
        self.roles_on(Some(on)).next().is_some()
    }

    /// Whether `permission` holds anywhere.
    #[must_use]
    pub fn allows_somewhere(&self, permission: &str) -> bool {
        self.key_allows(permission) && self.powers.iter().any(|power| power.role.allows(permission))
    }

    /// The end of the longest of these powers whose role `names` accepts; `None` if there is none, or if the key's limits allow
    /// no changes.
    fn longest<'s>(
        &self,
        powers: impl Iterator<Item = &'s Power<'a>>,
        names: impl Fn(&Role) -> bool,
    ) -> Option<Timestamp>
    where
        'a: 's,
    {
        // INVARIANT 4: only a role that holds now and names the other role can give it, and only until its own end.
        let naming = powers.filter(|power| names(power.role));
        naming
            .map(|power| power.until)
            .max()
            .filter(|_| self.key_allows_changes())
    }

    /// Until when the member may assign `role` on `on`: [`Timestamp::MAX`] without an end, `None` if they may not.
    #[must_use]
    pub fn assigns_until(&self, role: &RoleId, on: Option<&ResourceRef>) -> Option<Timestamp> {
        self.longest(self.roles_on(on), |own| own.assigns.contains(role))
    }

    /// Whether the member may assign `role` anywhere.
    #[must_use]
    pub fn may_assign_somewhere(&self, role: &RoleId) -> bool {
        self.assigns_somewhere_until(role).is_some()
    }

    /// Until when the member may assign `role` anywhere.
    #[must_use]
    pub fn assigns_somewhere_until(&self, role: &RoleId) -> Option<Timestamp> {
        self.longest(self.powers.iter(), |own| own.assigns.contains(role))
    }

    /// Whether the member may take `role` on `on` for themselves and drop it again, without managing anyone
    /// (`client-practice`).
    #[must_use]
    pub fn may_self_assign(&self, role: &RoleId, on: Option<&ResourceRef>) -> bool {
        self.self_assigns_until(role, on).is_some()
    }

    /// Until when the member may take `role` on `on` for themselves.
    #[must_use]
    pub fn self_assigns_until(&self, role: &RoleId, on: Option<&ResourceRef>) -> Option<Timestamp> {
        self.longest(self.roles_on(on), |own| own.self_assigns.contains(role))
    }

    /// Whether the member may take `role` anywhere for themselves.
    #[must_use]
    pub fn may_self_assign_somewhere(&self, role: &RoleId) -> bool {
        self.longest(self.powers.iter(), |own| own.self_assigns.contains(role))
            .is_some()
    }

    /// Whether the member may take any role on `on` for themselves.
    #[must_use]
    pub fn may_self_assign_any(&self, on: Option<&ResourceRef>) -> bool {
        self.longest(self.roles_on(on), |own| !own.self_assigns.is_empty())
            .is_some()
    }

    /// Whether the member may take any role anywhere for themselves.
    #[must_use]
    pub fn may_self_assign_any_somewhere(&self) -> bool {
        self.longest(self.powers.iter(), |own| !own.self_assigns.is_empty())
            .is_some()
    }

    /// Whether the member may change or remove `role` on `on`.
    #[must_use]
    pub fn may_manage(&self, role: &RoleId, on: Option<&ResourceRef>) -> bool {
        self.manages_until(role, on).is_some()
    }

    /// Until when the member may change or remove `role` on `on`.
    #[must_use]
    pub fn manages_until(&self, role: &RoleId, on: Option<&ResourceRef>) -> Option<Timestamp> {
        self.longest(self.roles_on(on), |own| own.manages.contains(role))
    }
}
