//! Who may ask what somebody may do, and what more there is to say of a denial.

use crate::api_key::KeyId;
use crate::id::UserId;
use crate::roleset::{Reach, permission};
use crate::rules::Scene;
use crate::rules::access::Question;

/// Whom a question about access is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A user.
    User(UserId),
    /// An API key.
    Key(KeyId),
}

/// Whether a member may ask about somebody (none: about whoever there is).
///
/// About oneself anybody may, and about one's own keys. A key may about itself and about whom it belongs to.
#[must_use]
pub fn may_ask(scene: &Scene<'_>, about: Option<About>) -> bool {
    let own = match (about, scene.key) {
        (Some(About::User(id)), _) => id == scene.actor.id,
        (Some(About::Key(id)), Some(key)) => id == key.id,
        (Some(About::Key(id)), None) => id.owner == scene.actor.id,
        (None, _) => false,
    };
    own || scene.authority().allows(permission::MEMBERS_READ, None)
}

/// Whether the member still has a role that would allow it, but one that holds no more: its time is up, it was switched off, or
/// its resource is being deleted.
#[must_use]
pub fn has_ended(question: &Question<'_>) -> bool {
    let held = question.member.holdings();
    held.filter_map(|(held, on)| Some((question.set.role(&held.role)?, on)))
        .any(|(role, on)| match on {
            None => role.reach == Reach::Organization && role.allows(question.action),
            Some(on) => question.resource == Some(on) && role.allows(question.action),
        })
}
