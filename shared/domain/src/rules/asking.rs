//! Who may ask what somebody may do, and what more there is to say of a denial.

use crate::api_key::KeyId;
use crate::id::UserId;
use crate::member::RoleAssignment;
use crate::resource::ResourceRef;
use crate::roleset::{Reach, permission};
use crate::rules::DecisionContext;
use crate::rules::access::Question;

/// Whom a question about access is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A user.
    User(UserId),
    /// An API key.
    Key(KeyId),
}

/// Whether a member may ask about somebody (none: about whoever there is).
///
/// About oneself anybody may, and about one's own keys. A key may about itself, and about whom it belongs to unless it is
/// limited to some of what they hold: the rest is not for those who know its secret.
#[must_use]
pub fn may_ask(ctx: &DecisionContext<'_>, about: Option<About>) -> bool {
    let own = match (about, ctx.key) {
        (Some(About::User(id)), _) => id == ctx.actor.id && ctx.covers_all_roles(),
        (Some(About::Key(id)), Some(key)) => id == key.id,
        (Some(About::Key(id)), None) => id.owner == ctx.actor.id,
        (None, _) => false,
    };
    own || ctx.authority().allows(permission::MEMBERS_READ, None)
}

/// Whether whoever asks may be told what the owner of a limited key holds beside what the key is left with: not through such a
/// key, unless they see everybody's roles.
#[must_use]
pub fn sees_beyond_limits(ctx: &DecisionContext<'_>) -> bool {
    ctx.covers_all_roles() || ctx.authority().allows(permission::MEMBERS_READ, None)
}

/// Whether the member still has a role that would allow it, but one that holds no more: its time is up, it was switched off, or
/// its resource is being deleted. Of an API key only what lies within its limits counts.
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
