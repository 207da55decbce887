//! What a role set must not say of itself.

use super::parse::{File, FileRole};
use super::{Reach, Resources, permission};
use crate::text::RoleId;
use std::collections::BTreeSet;
use toml::Spanned;

/// Where in the text, and what is wrong there.
pub(super) type Contradiction = (usize, String);

/// Finds the first contradiction.
pub(super) fn check(file: &File) -> Result<(), Contradiction> {
    let mut seen = BTreeSet::new();
    for role in &file.role {
        if !seen.insert(name(role)) {
            return Err((start(role), format!("role `{}` stands twice", name(role))));
        }
    }
    for role in &file.role {
        check_form(role)?;
        check_permissions(role)?;
    }
    check_protected(file)?;
    check_reads(file)?;
    // One step first, so that the line that gives too much is named, and not one that leads there.
    check_powers(file, check_step)?;
    check_powers(file, check_next_step)
}

fn name(role: &FileRole) -> &RoleId {
    role.id.get_ref()
}

fn start(role: &FileRole) -> usize {
    role.id.span().start
}

/// What one role says of itself.
fn check_form(role: &FileRole) -> Result<(), Contradiction> {
    let (at, name) = (start(role), name(role));
    if role.protected && (role.optional || !role.durations.is_empty() || role.reach == Reach::Resource) {
        return Err((
            at,
            format!(
                "`{name}` is protected, so it can be neither optional, nor limited in time, nor held on resources only"
            ),
        ));
    }
    if role.transfer_only && !role.protected {
        return Err((
            at,
            format!("`{name}` is not protected, so it cannot be handed on only (`transfer_only`)"),
        ));
    }
    if role.reach == Reach::Organization && role.resources == Resources::AtLeastOne {
        return Err((
            at,
            format!("`{name}` reaches the whole organization, so it cannot need resources"),
        ));
    }
    if role.reach == Reach::Resource && role.resources == Resources::None {
        return Err((
            at,
            format!("`{name}` reaches resources only, so it cannot be held without any"),
        ));
    }
    Ok(())
}

/// A name that looks like one of Muster's own is one.
fn check_permissions(role: &FileRole) -> Result<(), Contradiction> {
    let own: BTreeSet<&str> = permission::ALL.iter().filter_map(|p| p.split(':').next()).collect();
    for allowed in &role.permissions {
        let text = allowed.get_ref();
        let looks_own = text.split(':').next().is_some_and(|area| own.contains(area));
        if looks_own && !permission::ALL.contains(&text.as_str()) {
            return Err((
                allowed.span().start,
                format!("`{text}` is no permission of Muster's own"),
            ));
        }
    }
    Ok(())
}

fn check_protected(file: &File) -> Result<(), Contradiction> {
    let protected: Vec<&FileRole> = file.role.iter().filter(|r| r.protected).collect();
    match protected.as_slice() {
        [_] => Ok(()),
        [] => Err((
            file.id.span().start,
            "one role must be protected, and none is".to_owned(),
        )),
        [first, second, ..] => Err((
            start(second),
            format!(
                "`{}` is protected, and so is `{}`: one role must be",
                name(second),
                name(first)
            ),
        )),
    }
}

/// What only reads is allowed by some role: a misspelt name would leave read-only keys without it.
fn check_reads(file: &File) -> Result<(), Contradiction> {
    let allowed: BTreeSet<&str> = file
        .role
        .iter()
        .flat_map(|r| r.permissions.iter().map(|p| p.get_ref().as_str()))
        .collect();
    match file.reads.iter().find(|p| !allowed.contains(p.get_ref().as_str())) {
        None => Ok(()),
        Some(read) => Err((
            read.span().start,
            format!("`reads` names `{}`, which no role allows", read.get_ref()),
        )),
    }
}

/// How a role is named beside another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Assign,
    Take,
    Manage,
}

impl Verb {
    const fn text(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Take => "take",
            Self::Manage => "manage",
        }
    }

    const fn list(self, role: &FileRole) -> &Vec<Spanned<RoleId>> {
        match self {
            Self::Assign => &role.assigns,
            Self::Take => &role.self_assigns,
            Self::Manage => &role.manages,
        }
    }

    /// Whether `role` has the power that this verb has over `other`; who may assign a role may as well take it.
    fn is_of(self, role: &FileRole, other: &RoleId) -> bool {
        let names = |verb: Self| verb.list(role).iter().any(|r| r.get_ref() == other);
        names(self) || (self == Self::Take && names(Self::Assign))
    }
}

const VERBS: [Verb; 3] = [Verb::Assign, Verb::Take, Verb::Manage];

/// One role's power over another: the file, the role, the power, and where it names the other.
type Check = fn(&File, &FileRole, Verb, &Spanned<RoleId>) -> Result<(), Contradiction>;

fn check_powers(file: &File, check: Check) -> Result<(), Contradiction> {
    for role in &file.role {
        for verb in VERBS {
            for other in verb.list(role) {
                check(file, role, verb, other)?;
            }
        }
    }
    Ok(())
}

fn refuse(role: &FileRole, verb: Verb, other: &Spanned<RoleId>, reason: &str) -> Result<(), Contradiction> {
    let text = format!("`{}` may {} `{}`, {reason}", name(role), verb.text(), other.get_ref());
    Err((other.span().start, text))
}

/// Nobody may assign, take or manage a role that allows more than their own, or reaches further.
fn check_step(file: &File, role: &FileRole, verb: Verb, other: &Spanned<RoleId>) -> Result<(), Contradiction> {
    let Some(target) = file.role.iter().find(|r| name(r) == other.get_ref()) else {
        return refuse(role, verb, other, "which is no role of this set");
    };
    if target.transfer_only {
        return refuse(role, verb, other, "which can be handed on only");
    }
    if verb == Verb::Take && target.resources == Resources::None {
        return refuse(role, verb, other, "which is not held on resources");
    }
    let mine = |p: &&Spanned<String>| role.permissions.iter().any(|q| q.get_ref() == p.get_ref());
    if let Some(more) = target.permissions.iter().find(|p| !mine(p)) {
        let reason = format!("which allows `{}` and so is more than `{}`", more.get_ref(), name(role));
        return refuse(role, verb, other, &reason);
    }
    if role.reach == Reach::Resource && target.reach == Reach::Organization {
        let reason = "which reaches the whole organization and so stands above it";
        return refuse(role, verb, other, reason);
    }
    Ok(())
}

/// Nobody may assign or take a role that has powers their own has not.
///
/// With [`check_step`] this is transitive: permissions, reach and powers are each a part of one's own. So nobody ends above
/// themselves by however many steps, and roles that may assign each other, directly or in a ring, are all equal.
fn check_next_step(file: &File, role: &FileRole, verb: Verb, other: &Spanned<RoleId>) -> Result<(), Contradiction> {
    let target = file.role.iter().find(|r| name(r) == other.get_ref());
    // Who manages a role takes it away, and gets nothing by that.
    let Some(target) = target.filter(|_| verb != Verb::Manage) else {
        return Ok(());
    };
    for power in VERBS {
        let beyond = power.list(target).iter().map(Spanned::get_ref);
        if let Some(beyond) = beyond.into_iter().find(|beyond| !power.is_of(role, beyond)) {
            let reason = format!(
                "which may {} `{beyond}` and so is more than `{}`",
                power.text(),
                name(role)
            );
            return refuse(role, verb, other, &reason);
        }
    }
    Ok(())
}
