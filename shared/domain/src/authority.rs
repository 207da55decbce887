//! Authority: what a member's roles allow at one instant.

use crate::api_key::Limits;
use crate::member::{Member, Status};
use crate::organization::Organization;
use crate::resource::ResourceRef;
use crate::roleset::{Reach, Role, RoleSet};
use crate::text::RoleId;
use jiff::Timestamp;

/// The roles of a member that hold at one instant, each with the resource it is limited to.
pub struct Authority<'a> {
    powers: Vec<(&'a Role, Option<&'a ResourceRef>)>,
    limits: Option<(&'a Limits, &'a RoleSet)>,
}

impl<'a> Authority<'a> {
    /// What `member` may do at `now`; nothing at all if inactive.
    #[must_use]
    pub fn of(member: &'a Member, organization: &'a Organization, set: &'a RoleSet, now: Timestamp) -> Self {
        let powers = member
            .live(organization, set, now)
            .filter(|_| member.status == Status::Active)
            .filter_map(|(held, resource)| Some((set.role(&held.role)?, resource)))
            // A role that reaches resources only gives nothing where it is held on the organization (a participant without programs).
            .filter(|(role, resource)| resource.is_some() || role.reach == Reach::Organization)
            .collect();
        Self { powers, limits: None }
    }

    /// This authority as an API key with these limits has it: on its resources only, reading only, and within its ceiling.
    #[must_use]
    pub fn within(self, limits: &'a Limits, set: &'a RoleSet) -> Self {
        let mut powers = self.powers;
        powers.retain(|(role, on)| limits.cover(&role.id, *on));
        if !limits.resources.is_empty() {
            let on_each = |(role, on): (&'a Role, Option<&'a ResourceRef>)| {
                let covered = limits.resources.iter().filter(move |r| on.is_none_or(|own| own == *r));
                covered.map(move |resource| (role, Some(resource)))
            };
            powers = powers.into_iter().flat_map(on_each).collect();
        }
        Self {
            powers,
            limits: Some((limits, set)),
        }
    }

    /// Whether the limits of a key, if there is one, leave this permission.
    fn leaves(&self, permission: &str) -> bool {
        self.limits
            .is_none_or(|(limits, set)| !limits.read_only || set.only_reads(permission))
    }

    /// Whether the limits of a key, if there is one, leave any change.
    fn changes(&self) -> bool {
        self.limits.is_none_or(|(limits, _)| !limits.read_only)
    }

    /// The roles that hold for `on` (none: the organization as a whole), highest first, with where each is held.
    #[must_use]
    pub fn sources(&self, permission: &str, on: Option<&ResourceRef>) -> Vec<(&'a Role, Option<&'a ResourceRef>)> {
        let holds = |limit: &Option<&ResourceRef>| limit.is_none() || *limit == on;
        let mut found: Vec<_> = self
            .powers
            .iter()
            .filter(|(role, limit)| holds(limit) && role.allows(permission) && self.leaves(permission))
            .copied()
            .collect();
        found.sort_by_key(|(_, limit)| limit.is_some());
        found
    }

    /// The roles that hold for `on` (none: the organization as a whole).
    fn over<'s>(&'s self, on: Option<&'s ResourceRef>) -> impl Iterator<Item = &'a Role> + 's {
        self.powers
            .iter()
            .filter(move |(_, limit)| limit.is_none() || (limit.is_some() && *limit == on))
            .map(|(role, _)| *role)
    }

    /// Whether `permission` holds for `on` (none: the organization as a whole).
    #[must_use]
    pub fn allows(&self, permission: &str, on: Option<&ResourceRef>) -> bool {
        self.leaves(permission) && self.over(on).any(|role| role.allows(permission))
    }

    /// Whether any role holds for the resource.
    #[must_use]
    pub fn reaches(&self, on: &ResourceRef) -> bool {
        self.over(Some(on)).next().is_some()
    }

    /// Whether `permission` holds anywhere.
    #[must_use]
    pub fn allows_somewhere(&self, permission: &str) -> bool {
        self.leaves(permission) && self.powers.iter().any(|(role, _)| role.allows(permission))
    }

    /// Whether the member may give `role` on `on`.
    #[must_use]
    pub fn may_assign(&self, role: &RoleId, on: Option<&ResourceRef>) -> bool {
        self.changes() && self.over(on).any(|own| own.assigns.contains(role))
    }

    /// Whether the member may give `role` on something.
    #[must_use]
    pub fn may_assign_somewhere(&self, role: &RoleId) -> bool {
        self.changes() && self.powers.iter().any(|(own, _)| own.assigns.contains(role))
    }

    /// Whether the member may take `role` on `on` for themselves, and drop it again, without managing anybody (001).
    #[must_use]
    pub fn may_take(&self, role: &RoleId, on: Option<&ResourceRef>) -> bool {
        self.changes() && self.over(on).any(|own| own.self_assigns.contains(role))
    }

    /// Whether the member may take `role` on something for themselves.
    #[must_use]
    pub fn may_take_somewhere(&self, role: &RoleId) -> bool {
        self.changes() && self.powers.iter().any(|(own, _)| own.self_assigns.contains(role))
    }

    /// Whether the member may take any role on `on` for themselves.
    #[must_use]
    pub fn may_take_any(&self, on: Option<&ResourceRef>) -> bool {
        self.changes() && self.over(on).any(|own| !own.self_assigns.is_empty())
    }

    /// Whether the member may take any role on something for themselves.
    #[must_use]
    pub fn may_take_something(&self) -> bool {
        self.changes() && self.powers.iter().any(|(own, _)| !own.self_assigns.is_empty())
    }

    /// Whether the member may change or take away `role` on `on`.
    #[must_use]
    pub fn may_manage(&self, role: &RoleId, on: Option<&ResourceRef>) -> bool {
        self.changes() && self.over(on).any(|own| own.manages.contains(role))
    }

    /// Whether the member may give a whole offer: the role on each of the resources, and on the organization where it is held there.
    ///
    /// One whose own power is limited to resources may offer a role that is held beside resources (a participant) only with resources.
    #[must_use]
    pub fn may_offer(&self, role: &Role, resources: &[ResourceRef]) -> bool {
        let each = resources.iter().all(|r| self.may_assign(&role.id, Some(r)));
        let whole = self.may_assign(&role.id, None);
        each && (whole || (role.reach == Reach::Resource && !resources.is_empty()))
    }
}
