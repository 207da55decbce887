//! Former members: the record that an organization keeps of an account whose membership has ended, or that declined to become a
//! member.

use crate::email::EmailAddress;
use crate::id::{OrganizationId, UserId};
use crate::member::Member;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An account that was a member, or declined to become one. The record belongs to the account, so deleting or changing a
/// contact, or its address, does not undo it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerMember {
    /// The organization.
    pub organization: OrganizationId,
    /// The user.
    pub id: UserId,
    /// The last address known to be theirs; the one they joined with if none is.
    pub email: EmailAddress,
    /// The member who vouched for the address; `None` if the user or the platform has shown that it is theirs.
    pub vouched_by: Option<UserId>,
    /// Whether they are invited rather than added directly: they left on their own, or have declined an invitation since.
    #[serde(rename = "left")]
    pub requires_invitation: bool,
    /// When the last membership ended, or they last declined after that.
    pub ended_at: Timestamp,
    /// Rises with each membership that ends, and each time they decline.
    pub version: u64,
}

impl FormerMember {
    /// The record of a membership that ends at `now`, combined with the record of earlier ones. Members who leave on their own
    /// require an invitation to come back.
    ///
    /// An address that a member vouched for does not replace one that is known to be theirs.
    #[must_use]
    pub fn of(member: &Member, before: Option<&Self>, requires_invitation: bool, now: Timestamp) -> Self {
        let known = before.filter(|kept| kept.vouched_by.is_none() && member.vouched_by.is_some());
        let (email, vouched_by) = known.map_or((&member.email, member.vouched_by), |kept| (&kept.email, None));
        Self {
            organization: member.organization,
            id: member.id,
            email: email.clone(),
            vouched_by,
            requires_invitation,
            ended_at: now,
            version: before.map_or(0, |kept| kept.version) + 1,
        }
    }

    /// The record of an account that declines an invitation at `now`, having shown that this address is theirs.
    #[must_use]
    pub fn who_declined(
        organization: OrganizationId,
        id: UserId,
        email: &EmailAddress,
        before: Option<&Self>,
        now: Timestamp,
    ) -> Self {
        Self {
            organization,
            id,
            email: email.clone(),
            vouched_by: None,
            requires_invitation: true,
            ended_at: now,
            version: before.map_or(0, |kept| kept.version) + 1,
        }
    }
}
