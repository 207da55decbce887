//! The contradictions that a role set must not have.

use super::{Reach, Resources, Role, RoleSet, permission};
use crate::text::RoleId;
use std::collections::{BTreeMap, BTreeSet};

/// The invalid part of a role set: roles, and the entries of their lists, by number.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Set,
    Read(usize),
    Role(usize),
    Permission(usize, usize),
    Condition(usize, usize),
    Power(usize, Verb, usize),
}

/// The place, and what is wrong there.
pub(super) type Contradiction = (Place, String);

/// Finds the first contradiction.
pub(super) fn check(set: &RoleSet) -> Result<(), Contradiction> {
    let mut seen = BTreeSet::new();
    for (at, role) in set.roles.iter().enumerate() {
        if !seen.insert(&role.id) {
            return Err((Place::Role(at), format!("the role `{}` is defined twice", role.id)));
        }
    }
    for (at, role) in set.roles.iter().enumerate() {
        check_form(role).map_err(|reason| (Place::Role(at), reason))?;
        check_permissions(at, role)?;
        check_conditions(at, role)?;
    }
    check_property_types(set)?;
    check_resource_names(set)?;
    check_protected(set)?;
    check_reads(set)?;
    // One step first, so that the error names the line that gives too much, and not one that leads there.
    check_powers(set, check_step)?;
    check_powers(set, check_next_step)
}

/// Checks one role on its own.
fn check_form(role: &Role) -> Result<(), String> {
    let name = &role.id;
    if role.protected && (role.optional || role.is_time_limited() || role.reach == Reach::Resource) {
        return Err(format!(
            "`{name}` is protected, so it cannot be optional, time-limited or limited to resources"
        ));
    }
    if role.transfer_only && !role.protected {
        return Err(format!("`{name}` is not protected, so it cannot be `transfer_only`"));
    }
    if role.reach == Reach::Organization && role.resources == Resources::AtLeastOne {
        return Err(format!(
            "`{name}` reaches the whole organization, so it cannot require resources"
        ));
    }
    if role.reach == Reach::Resource && role.resources == Resources::None {
        return Err(format!(
            "`{name}` reaches only resources, so it cannot be assigned without any"
        ));
    }
    Ok(())
}

/// A permission that looks like one of Muster's own must be one.
fn check_permissions(at: usize, role: &Role) -> Result<(), Contradiction> {
    let own: BTreeSet<&str> = permission::ALL.iter().filter_map(|p| p.split(':').next()).collect();
    for (number, allowed) in role.permissions.iter().enumerate() {
        let looks_own = allowed.split(':').next().is_some_and(|area| own.contains(area));
        if looks_own && !permission::ALL.contains(&allowed.as_str()) {
            return Err((
                Place::Permission(at, number),
                format!("`{allowed}` is not one of Muster's permissions"),
            ));
        }
    }
    Ok(())
}

/// A condition narrows a permission that the role has. Muster asks for its own permissions without properties, so those have none.
fn check_conditions(at: usize, role: &Role) -> Result<(), Contradiction> {
    for (number, condition) in role.conditions.iter().enumerate() {
        let permission = &condition.permission;
        let reason = if permission::ALL.contains(&permission.as_str()) {
            format!("`{permission}` is one of Muster's permissions, which have no conditions")
        } else if !role.allows(permission) {
            format!("the condition is on `{permission}`, which `{}` does not allow", role.id)
        } else if condition.when.is_empty() {
            format!("the condition on `{permission}` names no property")
        } else {
            continue;
        };
        return Err((Place::Condition(at, number), reason));
    }
    Ok(())
}

/// A property is compared with values of one type everywhere: Cedar's schema has one for each, and no request could meet both.
fn check_property_types(set: &RoleSet) -> Result<(), Contradiction> {
    let mut types = BTreeMap::new();
    for (at, role) in set.roles.iter().enumerate() {
        for (number, condition) in role.conditions.iter().enumerate() {
            for (name, comparison) in &condition.when {
                let kind = comparison.value().kind();
                let known = *types.entry(name).or_insert(kind);
                if known != kind {
                    return Err((
                        Place::Condition(at, number),
                        format!("`{name}` is compared with {kind} here and with {known} elsewhere"),
                    ));
                }
            }
        }
    }
    Ok(())
}

/// Where a role is held on resources, people choose some: there must be words for one and for several.
fn check_resource_names(set: &RoleSet) -> Result<(), Contradiction> {
    let on_resources = set.roles.iter().find(|role| role.resources != Resources::None);
    match (on_resources, &set.resource_name_one, &set.resource_name_other) {
        (_, Some(_), Some(_)) | (None, None, None) => Ok(()),
        (Some(role), _, _) => Err((
            Place::Set,
            format!(
                "`{}` is held on resources, so `resource_name_one` and `resource_name_other` are required",
                role.id
            ),
        )),
        (None, _, _) => Err((
            Place::Set,
            "`resource_name_one` and `resource_name_other` belong together".to_owned(),
        )),
    }
}

fn check_protected(set: &RoleSet) -> Result<(), Contradiction> {
    let mut protected = set.roles.iter().enumerate().filter(|(_, role)| role.protected);
    match (protected.next(), protected.next()) {
        (Some(_), None) => Ok(()),
        (None, _) => Err((Place::Set, "exactly one role must be protected, but none is".to_owned())),
        (Some((_, first)), Some((at, second))) => Err((
            Place::Role(at),
            format!(
                "exactly one role must be protected, but `{}` and `{}` are",
                second.id, first.id
            ),
        )),
    }
}

/// Some role must allow each permission that only reads: a misspelled one would be missing from read-only keys.
fn check_reads(set: &RoleSet) -> Result<(), Contradiction> {
    let is_allowed = |read: &String| set.roles.iter().any(|role| role.allows(read));
    match set.reads.iter().enumerate().find(|(_, read)| !is_allowed(read)) {
        None => Ok(()),
        Some((at, read)) => Err((Place::Read(at), format!("`reads` lists `{read}`, which no role allows"))),
    }
}

/// The way in which a role refers to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Assign,
    Take,
    Manage,
}

impl Verb {
    const fn text(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Take => "self-assign",
            Self::Manage => "manage",
        }
    }

    const fn list(self, role: &Role) -> &Vec<RoleId> {
        match self {
            Self::Assign => &role.assigns,
            Self::Take => &role.self_assigns,
            Self::Manage => &role.manages,
        }
    }

    /// Whether `role` has this verb's power over `other`. A role that may assign another may also take it.
    fn is_of(self, role: &Role, other: &RoleId) -> bool {
        let names = |verb: Self| verb.list(role).contains(other);
        names(self) || (self == Self::Take && names(Self::Assign))
    }
}

const VERBS: [Verb; 3] = [Verb::Assign, Verb::Take, Verb::Manage];

/// A check of one role's power over another, given the set, the role, the power and the other role. It returns what is wrong.
type Check = fn(&RoleSet, &Role, Verb, &RoleId) -> Result<(), String>;

fn check_powers(set: &RoleSet, check: Check) -> Result<(), Contradiction> {
    for (at, role) in set.roles.iter().enumerate() {
        for verb in VERBS {
            for (number, other) in verb.list(role).iter().enumerate() {
                check(set, role, verb, other).map_err(|reason| {
                    let text = format!("`{}` may {} `{other}`, {reason}", role.id, verb.text());
                    (Place::Power(at, verb, number), text)
                })?;
            }
        }
    }
    Ok(())
}

/// A role may not assign, take or manage a role that allows more than itself, or reaches further.
fn check_step(set: &RoleSet, role: &Role, verb: Verb, other: &RoleId) -> Result<(), String> {
    let target = set.role(other).ok_or("which is not a role of this set")?;
    if target.transfer_only {
        return Err("which can only be transferred".to_owned());
    }
    if verb == Verb::Take && target.resources == Resources::None {
        return Err("which cannot be held on resources".to_owned());
    }
    if let Some(more) = target.permissions.iter().find(|p| !role.allows(p)) {
        return Err(format!("which allows `{more}`, but `{}` does not", role.id));
    }
    if let Some(wider) = target.permissions.iter().find(|p| !is_narrower(target, role, p)) {
        return Err(format!(
            "which allows `{wider}` under conditions that `{}` does not have",
            role.id
        ));
    }
    if role.reach == Reach::Resource && target.reach == Reach::Organization {
        return Err(format!(
            "which reaches the whole organization, but `{}` does not",
            role.id
        ));
    }
    Ok(())
}

/// Whether `permission` holds for `target` only where it holds for `role`: each condition of the target is one of the role's.
fn is_narrower(target: &Role, role: &Role, permission: &str) -> bool {
    let own: Vec<_> = role.conditions_on(permission).collect();
    let mut others = target.conditions_on(permission).peekable();
    own.is_empty() || (others.peek().is_some() && others.all(|other| own.contains(&other)))
}

/// A role may not assign or take a role with powers that it does not have itself.
///
/// With [`check_step`] this is transitive: permissions, reach and powers of each such role are a part of one's own. So no
/// number of steps leads above oneself, and roles that may assign each other, directly or in a ring, are all equal.
fn check_next_step(set: &RoleSet, role: &Role, verb: Verb, other: &RoleId) -> Result<(), String> {
    // Managing a role only removes it, so the manager gains nothing by that.
    let Some(target) = set.role(other).filter(|_| verb != Verb::Manage) else {
        return Ok(());
    };
    for power in VERBS {
        if let Some(beyond) = power.list(target).iter().find(|beyond| !power.is_of(role, beyond)) {
            let verb = power.text();
            return Err(format!("which may {verb} `{beyond}`, but `{}` may not", role.id));
        }
    }
    Ok(())
}
