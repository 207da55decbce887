//! Who may ask about someone's permissions, and how much a denial may explain.

use crate::id::{KeyId, UserId};
use crate::member::RoleAssignment;
use crate::resource::ResourceRef;
use crate::roleset::{Reach, permission};
use crate::rules::DecisionContext;
use crate::rules::access::Question;

/// The subject of a question about access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum QuestionSubject {
    /// A user.
    User(UserId),
    /// An API key.
    Key(KeyId),
}

/// Whether the caller may ask about a user or key (`None`: about anyone).
///
/// Users may ask about themselves and about their own keys. A key may ask about itself. It may ask about its owner unless it is
/// limited to some of their roles: people who know its secret must not learn the other roles.
#[must_use]
pub fn may_ask(ctx: &DecisionContext<'_>, about: Option<QuestionSubject>) -> bool {
    let own = match (about, ctx.key) {
        (Some(QuestionSubject::User(id)), _) => id == ctx.actor.id && ctx.covers_all_roles(),
        (Some(QuestionSubject::Key(id)), Some(key)) => id == key.id,
        (Some(QuestionSubject::Key(id)), None) => id.owner == ctx.actor.id,
        (None, _) => false,
    };
    own || ctx.authority().allows(permission::MEMBERS_READ, None)
}

/// Whether the caller may learn which roles a key's owner holds beyond the key's limits: a limited key may not, unless it can
/// see everyone's roles.
#[must_use]
pub fn sees_beyond_limits(ctx: &DecisionContext<'_>) -> bool {
    ctx.covers_all_roles() || ctx.authority().allows(permission::MEMBERS_READ, None)
}

/// Whether the member has a role that would allow the action but no longer holds: it has expired, was switched off, or its
/// resource is being deleted. For an API key, only roles within its limits count.
#[must_use]
pub fn has_ended(question: &Question<'_>) -> bool {
    let covered = |held: &RoleAssignment, on: Option<&ResourceRef>| {
        question.key.is_none_or(|key| key.limits.reach(&held.role, on))
    };
    let held = question.member.holdings().filter(|(held, on)| covered(held, *on));
    held.filter_map(|(held, on)| Some((question.set.role(&held.role)?, on)))
        .any(|(role, on)| match on {
            None => role.reach == Reach::Organization && role.allows(question.action),
            Some(on) => question.resource == Some(on) && role.allows(question.action),
        })
}
