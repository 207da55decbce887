//! The most that somebody can be in an organization, whatever the order in which requests under way take effect.
//!
//! What somebody is, is known from the table at a quiet moment, and from answers. Whatever may give them more makes it unknown
//! from the moment it is sent; whatever takes away makes it less once it is answered, if nothing that may give more was
//! under way beside it. So what is known is never too little, and a request that not even this allows must not succeed.

use crate::request::Request;
use muster_domain::RoleId;
use muster_domain::roleset::{Role, RoleSet};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What somebody is in an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing.
    Stranger,
    /// A member without access.
    Inactive,
    /// A member who holds these roles, on the organization or on resources.
    Active(BTreeSet<RoleId>),
}

impl Standing {
    /// As the API shows a member to somebody who sees everything.
    pub(crate) fn shown(member: &Value) -> Self {
        if member["status"] != "active" {
            return Self::Inactive;
        }
        let grants = member["grants"].as_array().into_iter().flatten();
        let held = [&member["role"], &member["organization_role"]].into_iter();
        let roles = held.chain(grants.map(|grant| &grant["role"]));
        Self::Active(roles.filter_map(|role| role.as_str()?.parse().ok()).collect())
    }

    /// The roles, if there is access at all.
    pub(crate) fn roles<'s>(&'s self, set: &'s RoleSet) -> impl Iterator<Item = &'s Role> {
        let held = match self {
            Self::Active(roles) => Some(roles),
            _ => None,
        };
        held.into_iter().flatten().filter_map(move |role| set.role(role))
    }

    /// Whether any of the roles allows this, somewhere.
    pub(crate) fn allows(&self, set: &RoleSet, permission: &str) -> bool {
        self.roles(set).any(|role| role.allows(permission))
    }

    /// Whether any of the roles may give this one, somewhere.
    pub(crate) fn may_give(&self, set: &RoleSet, given: &RoleId) -> bool {
        self.roles(set).any(|role| role.assigns.contains(given))
    }

    /// Whether any of the roles may be made this one by its holder.
    pub(crate) fn may_take(&self, set: &RoleSet, taken: &RoleId) -> bool {
        self.roles(set).any(|role| role.self_assigns.contains(taken))
    }
}

/// The most that one person can be.
#[derive(Debug, Clone)]
struct Bound {
    /// None: anything.
    most: Option<Standing>,
    /// How many requests that may give them more are under way.
    raising: usize,
    /// How many there ever were.
    raised: u64,
}

impl Default for Bound {
    fn default() -> Self {
        Self {
            most: Some(Standing::Stranger),
            raising: 0,
            raised: 0,
        }
    }
}

/// What was known of somebody when a request began.
#[derive(Debug, Clone)]
pub(crate) struct Before {
    most: Option<Standing>,
    raised: u64,
    /// How many other requests that may give them more were under way.
    raising: usize,
}

/// The most that each person can be in one organization.
#[derive(Debug, Default)]
pub(crate) struct Bounds(BTreeMap<usize, Bound>);

impl Bounds {
    /// What is known of somebody now.
    pub(crate) fn before(&self, person: usize) -> Before {
        let bound = self.0.get(&person).cloned().unwrap_or_default();
        Before {
            most: bound.most,
            raised: bound.raised,
            raising: bound.raising,
        }
    }

    /// The most that somebody was at any moment since, if that is known; this request itself gives nothing beforehand.
    pub(crate) fn most_since(&self, person: usize, before: &Before, request: &Request) -> Option<Standing> {
        let own = request.gains_of(person);
        before
            .most
            .clone()
            .filter(|_| self.raises(person) == before.raised + own)
    }

    /// How many requests that may give somebody more there ever were.
    pub(crate) fn raises(&self, person: usize) -> u64 {
        self.0.get(&person).map_or(0, |bound| bound.raised)
    }

    /// Whether nothing but this request may have given somebody more since then, nor was under way by then.
    pub(crate) fn is_alone(&self, person: usize, before: &Before, request: &Request) -> bool {
        self.raises(person) == before.raised + request.gains_of(person) && before.raising == 0
    }

    /// A request that may give somebody more is about to be sent.
    pub(crate) fn raise(&mut self, person: usize) {
        let bound = self.0.entry(person).or_default();
        bound.most = None;
        bound.raising += 1;
        bound.raised += 1;
    }

    /// It was answered.
    pub(crate) fn raised(&mut self, person: usize) {
        let bound = self.0.entry(person).or_default();
        bound.raising = bound.raising.saturating_sub(1);
    }

    /// The answer to a request says what somebody is. It is believed only if nothing else that may give them more was under way
    /// meanwhile.
    pub(crate) fn learn(&mut self, person: usize, before: &Before, request: &Request, standing: Standing) {
        if self.is_alone(person, before, request) {
            self.0.entry(person).or_default().most = Some(standing);
        }
    }

    /// At a quiet moment the table says what everybody is; who is not named is nothing.
    pub(crate) fn count(&mut self, all: impl IntoIterator<Item = (usize, Standing)>) {
        for bound in self.0.values_mut() {
            bound.most = Some(Standing::Stranger);
        }
        for (person, standing) in all {
            self.0.entry(person).or_default().most = Some(standing);
        }
    }
}
