//! Former members: what an organization keeps of an account whose membership has ended, or that declined to become a member.

use crate::address::Address;
use crate::id::{OrganizationId, UserId};
use crate::member::Member;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An account that was a member, or declined to become one. It is kept by the account, so neither deleting nor changing a contact,
/// nor writing another address to it, undoes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerMember {
    /// The organization.
    pub organization: OrganizationId,
    /// The user.
    pub id: UserId,
    /// The last address that is known to be theirs; the one they joined with if none is.
    pub email: Address,
    /// The member on whose word the address is theirs; none if they or the platform have shown it.
    pub vouched_by: Option<UserId>,
    /// Whether they left of their own accord, or have declined an invitation since: then they are asked before they are added again.
    pub left: bool,
    /// When the last membership ended, or they declined since.
    pub ended_at: Timestamp,
    /// Rises with each membership that ends, and each time they decline.
    pub version: u64,
}

impl FormerMember {
    /// What is kept of a membership that ends at `now`, beside what was kept of those before it.
    ///
    /// An address that a member told of does not take the place of one that is known to be theirs.
    #[must_use]
    pub fn of(member: &Member, before: Option<&Self>, left: bool, now: Timestamp) -> Self {
        let known = before.filter(|kept| kept.vouched_by.is_none() && member.vouched_by.is_some());
        let (email, vouched_by) = known.map_or((&member.email, member.vouched_by), |kept| (&kept.email, None));
        Self {
            organization: member.organization,
            id: member.id,
            email: email.clone(),
            vouched_by,
            left,
            ended_at: now,
            version: before.map_or(0, |kept| kept.version) + 1,
        }
    }

    /// What is kept of an account that declines an invitation at `now`, having shown that this address is theirs.
    #[must_use]
    pub fn who_declined(
        organization: OrganizationId,
        id: UserId,
        email: &Address,
        before: Option<&Self>,
        now: Timestamp,
    ) -> Self {
        Self {
            organization,
            id,
            email: email.clone(),
            vouched_by: None,
            left: true,
            ended_at: now,
            version: before.map_or(0, |kept| kept.version) + 1,
        }
    }
}
