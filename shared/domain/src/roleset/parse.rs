//! Reading a role set's file, and refusing one that contradicts itself.

use super::check::check;
use super::{Reach, Resources, Role, RoleSet};
use crate::text::{ResourceType, RoleId};
use crate::time::Term;
use serde::Deserialize;
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

/// A file as it is written, with the places of what can contradict something.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) id: Spanned<String>,
    pub(super) name: String,
    pub(super) resource_type: ResourceType,
    pub(super) members_may_leave: bool,
    #[serde(default)]
    pub(super) reads: Vec<Spanned<String>>,
    pub(super) role: Vec<FileRole>,
}

/// One `[[role]]` of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileRole {
    pub(super) id: Spanned<RoleId>,
    pub(super) name: String,
    pub(super) reach: Reach,
    pub(super) resources: Resources,
    pub(super) uses_seat: bool,
    #[serde(default)]
    pub(super) protected: bool,
    #[serde(default)]
    pub(super) transfer_only: bool,
    #[serde(default)]
    pub(super) optional: bool,
    #[serde(default)]
    pub(super) allowlisted: bool,
    #[serde(default = "yes")]
    pub(super) notified: bool,
    #[serde(default)]
    pub(super) durations: Vec<Term>,
    pub(super) assigns: Vec<Spanned<RoleId>>,
    #[serde(default)]
    pub(super) self_assigns: Vec<Spanned<RoleId>>,
    pub(super) manages: Vec<Spanned<RoleId>>,
    pub(super) permissions: Vec<Spanned<String>>,
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
