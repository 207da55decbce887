//! Sources of roles: recorded where a role is given, kept while it stays as it is, and visible to those who manage members.

use crate::authority::Authority;
use crate::id::UserId;
use crate::member::{Member, RoleAssignment};
use crate::resource::ResourceRef;
use crate::roleset::permission;
use crate::rules::DecisionContext;
use crate::source::{Giver, RoleSource, SourceKind};

impl DecisionContext<'_> {
    /// The source of what the actor gives in this way.
    pub(super) fn source(&self, kind: SourceKind) -> RoleSource {
        let owner = Giver::Member(self.actor.id);
        RoleSource {
            kind,
            by: Some(self.key.map_or(owner, |key| Giver::ApiKey(key.id))),
            at: self.now,
        }
    }

    /// The source of what the actor gives this member by hand, or takes for themselves.
    pub(super) fn source_by_hand(&self, receiver: &Member) -> RoleSource {
        self.source(match receiver.id == self.actor.id {
            true => SourceKind::SelfAssigned,
            false => SourceKind::Assigned,
        })
    }
}

/// The member after a change, with this source for each role that the change gave or changed.
///
/// A role that they held there before, with the same end, keeps its source, even an unknown one.
pub(super) fn with_source(before: Option<&Member>, mut after: Member, source: RoleSource) -> Member {
    let of = |held: &RoleAssignment, on: Option<&ResourceRef>| {
        let mut holdings = before.into_iter().flat_map(Member::holdings);
        let kept = holdings.find(|(old, at)| *at == on && old.is_same(held));
        kept.map_or(Some(source), |(old, _)| old.source)
    };
    if let Some(held) = &mut after.role {
        held.source = of(held, None);
    }
    for grant in &mut after.grants {
        grant.held.source = of(&grant.held, Some(&grant.resource));
    }
    after
}

/// How much of a role's source a viewer sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceDetail {
    /// Nothing.
    Hidden,
    /// How it was given and when, but not by whom.
    WithoutGiver,
    /// All of it.
    Full,
}

/// The viewer of members, as far as the sources of roles are concerned.
pub enum SourceViewer<'a> {
    /// The platform, which sees everything.
    Platform,
    /// A member, or an API key.
    Member {
        /// What their roles allow.
        authority: Authority<'a>,
        /// The member, unless an API key limits them to some of their roles.
        oneself: Option<UserId>,
    },
}

impl<'a> SourceViewer<'a> {
    /// The caller of this request.
    #[must_use]
    pub fn of(ctx: &DecisionContext<'a>) -> Self {
        Self::Member {
            authority: ctx.authority(),
            oneself: ctx.covers_all_roles().then_some(ctx.actor.id),
        }
    }

    /// How much they see of the source of a role that `holder` holds on `on` (none: on the organization).
    ///
    /// Those who manage members there see all of it. Members see how they got their own roles and when, and by whom if they see
    /// members there.
    #[must_use]
    pub fn detail(&self, holder: UserId, on: Option<&ResourceRef>) -> SourceDetail {
        let Self::Member { authority, oneself } = self else {
            return SourceDetail::Full;
        };
        if authority.allows(permission::MEMBERS_MANAGE, on) {
            return SourceDetail::Full;
        }
        match (*oneself == Some(holder), authority.allows(permission::MEMBERS_READ, on)) {
            (true, true) => SourceDetail::Full,
            (true, false) => SourceDetail::WithoutGiver,
            (false, _) => SourceDetail::Hidden,
        }
    }
}
