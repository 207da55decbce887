//! Reading a role set's file, and refusing one that contradicts itself.

use super::{Reach, Resources, Role, RoleSet, permission};
use crate::text::{ResourceType, RoleId};
use crate::time::Term;
use serde::Deserialize;
use std::collections::BTreeSet;
use toml::Spanned;

/// Why a role set is refused, with file and line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub struct RoleSetError {
    /// Name of the file.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: Spanned<String>,
    name: String,
    resource_type: ResourceType,
    members_may_leave: bool,
    #[serde(default)]
    reads: Vec<Spanned<String>>,
    role: Vec<FileRole>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRole {
    id: Spanned<RoleId>,
    name: String,
    reach: Reach,
    resources: Resources,
    uses_seat: bool,
    #[serde(default)]
    protected: bool,
    #[serde(default)]
    transfer_only: bool,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    allowlisted: bool,
    #[serde(default = "yes")]
    notified: bool,
    #[serde(default)]
    durations: Vec<Term>,
    assigns: Vec<Spanned<RoleId>>,
    #[serde(default)]
    self_assigns: Vec<Spanned<RoleId>>,
    manages: Vec<Spanned<RoleId>>,
    permissions: Vec<Spanned<String>>,
}

const fn yes() -> bool {
    true
}

impl RoleSet {
    /// Reads a role set from the text of its file.
    ///
    /// # Errors
    /// The first thing in it that is malformed or contradicts another, with file and line.
    pub fn parse(file: &str, text: &str) -> Result<Self, RoleSetError> {
        let refuse = |offset: usize, reason: String| RoleSetError {
            file: file.to_owned(),
            line: 1 + text.bytes().take(offset).filter(|b| *b == b'\n').count(),
            reason,
        };
        let read: File =
            toml::from_str(text).map_err(|e| refuse(e.span().map_or(0, |s| s.start), e.message().to_owned()))?;
        check(&read).map_err(|(offset, reason)| refuse(offset, reason))?;
        Ok(Self {
            id: read.id.into_inner(),
            name: read.name,
            resource_type: read.resource_type,
            members_may_leave: read.members_may_leave,
            reads: read.reads.into_iter().map(Spanned::into_inner).collect(),
            roles: read.role.into_iter().map(FileRole::into_role).collect(),
        })
    }
}

impl FileRole {
    fn into_role(self) -> Role {
        let plain = |ids: Vec<Spanned<RoleId>>| ids.into_iter().map(Spanned::into_inner).collect();
        Role {
            id: self.id.into_inner(),
            name: self.name,
            reach: self.reach,
            resources: self.resources,
            uses_seat: self.uses_seat,
            protected: self.protected,
            transfer_only: self.transfer_only,
            optional: self.optional,
            allowlisted: self.allowlisted,
            notified: self.notified,
            durations: self.durations,
            assigns: plain(self.assigns),
            self_assigns: plain(self.self_assigns),
            manages: plain(self.manages),
            permissions: self.permissions.into_iter().map(Spanned::into_inner).collect(),
        }
    }
}

type Contradiction = (usize, String);

fn check(file: &File) -> Result<(), Contradiction> {
    let mut seen = BTreeSet::new();
    for role in &file.role {
        if !seen.insert(role.id.get_ref()) {
            return Err((
                role.id.span().start,
                format!("role `{}` stands twice", role.id.get_ref()),
            ));
        }
    }
    for (rank, role) in file.role.iter().enumerate() {
        check_role(file, rank, role)?;
    }
    match file.role.iter().filter(|r| r.protected).count() {
        1 => Ok(()),
        n => Err((file.id.span().start, format!("one role must be protected, not {n}"))),
    }
}

fn check_role(file: &File, rank: usize, role: &FileRole) -> Result<(), Contradiction> {
    let at = role.id.span().start;
    let name = role.id.get_ref();
    if role.protected && (role.optional || !role.durations.is_empty() || role.reach == Reach::Resource) {
        return Err((
            at,
            format!(
                "`{name}` is protected, so it can be neither optional, nor limited in time, nor held on resources only"
            ),
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
    for (list, verb) in [(&role.assigns, "assign"), (&role.manages, "manage")] {
        for other in list {
            check_power(file, rank, role, other, verb)?;
        }
    }
    for allowed in &role.permissions {
        let own = ["organization:", "members:", "resources:", "events:", "contacts:"];
        let text = allowed.get_ref();
        if own.iter().any(|p| text.starts_with(p)) && !permission::ALL.contains(&text.as_str()) {
            return Err((
                allowed.span().start,
                format!("`{text}` is no permission of Muster's own"),
            ));
        }
    }
    Ok(())
}

/// Nobody may assign or manage a role that stands above their own or allows more.
fn check_power(
    file: &File,
    rank: usize,
    role: &FileRole,
    other: &Spanned<RoleId>,
    verb: &str,
) -> Result<(), Contradiction> {
    let at = other.span().start;
    let (name, id) = (role.id.get_ref(), other.get_ref());
    let Some((place, target)) = file.role.iter().enumerate().find(|(_, r)| r.id.get_ref() == id) else {
        return Err((at, format!("`{name}` may {verb} `{id}`, which is no role of this set")));
    };
    let more = target
        .permissions
        .iter()
        .find(|p| !role.permissions.iter().any(|q| q.get_ref() == p.get_ref()));
    if let Some(more) = more {
        return Err((
            at,
            format!(
                "`{name}` may {verb} `{id}`, which allows `{}` and so is more than `{name}`",
                more.get_ref()
            ),
        ));
    }
    let reaches_less = role.reach == Reach::Resource && target.reach == Reach::Organization;
    if reaches_less || (place < rank && target.permissions.len() > role.permissions.len()) {
        return Err((at, format!("`{name}` may {verb} `{id}`, which stands above it")));
    }
    Ok(())
}
