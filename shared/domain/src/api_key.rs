//! API keys: they act as their owner, within limits of their own, and never beyond what the owner may do at that moment
//! (`coaching-site`).

mod secret;
#[cfg(test)]
mod tests;

pub use secret::{Secret, SecretHash};

use crate::id::{KeyId, OrganizationId, UserId};
use crate::member::{Member, Reliance};
use crate::resource::ResourceRef;
use crate::text::{Name, RoleId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The most live keys that a member can have.
pub const MAX_KEYS: u32 = 20;

/// Minutes by which a key's last use may lag: its requests within them write nothing.
pub const USE_MINUTES: i64 = 60;

/// The limits of a key, in addition to those of its owner.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Whether it can only read.
    pub read_only: bool,
    /// The resources it is limited to; `None` for no such limit.
    pub resources: Vec<ResourceRef>,
    /// For a key made by another member: what its owner held then. That member may know the secret, and could manage all of
    /// this. The key gains nothing that the owner is given later.
    #[serde(default)]
    pub ceiling: Option<Vec<Holding>>,
    /// For a key in use: the instant until which the other member who knows its secret could give all this, if that has an end.
    /// It is determined at each use.
    #[serde(skip)]
    pub until: Option<Timestamp>,
}

/// A role on the organization, or on one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The role.
    pub role: RoleId,
    /// The resource it is held on, if on one.
    pub resource: Option<ResourceRef>,
}

impl Holding {
    /// All that a member holds, whether or not it gives anything at present.
    #[must_use]
    pub fn all_of(member: &Member) -> Vec<Self> {
        let held = member.holdings().map(|(held, on)| Self {
            role: held.role.clone(),
            resource: on.cloned(),
        });
        held.collect()
    }
}

impl Limits {
    /// Whether this holding counts for the key at all.
    #[must_use]
    pub fn cover(&self, role: &RoleId, on: Option<&ResourceRef>) -> bool {
        let same = |held: &Holding| held.role == *role && held.resource.as_ref() == on;
        self.ceiling.as_ref().is_none_or(|ceiling| ceiling.iter().any(same))
    }

    /// Until when this holding counts for the key: [`Timestamp::MAX`] without an end, `None` if it does not count.
    #[must_use]
    pub fn lasting(&self, role: &RoleId, on: Option<&ResourceRef>) -> Option<Timestamp> {
        self.cover(role, on).then(|| self.until.unwrap_or(Timestamp::MAX))
    }

    /// Whether this holding gives the key anything: it counts, and is within the key's resources.
    #[must_use]
    pub fn reach(&self, role: &RoleId, on: Option<&ResourceRef>) -> bool {
        let there = self.resources.is_empty() || on.is_none_or(|on| self.resources.contains(on));
        there && self.cover(role, on)
    }

    /// Whether the limits leave nothing, whatever the owner holds.
    #[must_use]
    pub fn leave_nothing(&self) -> bool {
        self.ceiling.as_ref().is_some_and(Vec::is_empty)
    }

    /// Whether the limits leave all that the owner holds, even if only to read it.
    #[must_use]
    pub fn cover_all_roles(&self) -> bool {
        self.resources.is_empty() && self.ceiling.is_none()
    }
}

/// The members besides the owner who know a key's secrets: they created or rotated it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownBy {
    /// The member who knows the present secret.
    pub present: Option<UserId>,
    /// The member who knows the secret before the last rotation.
    pub former: Option<UserId>,
    /// For a key in use: `present` as they were read, since the key's power rests on them.
    #[serde(skip)]
    pub relied_on: Option<Reliance>,
}

/// An API key as it is stored: everything but the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Its id, which names its owner.
    pub id: KeyId,
    /// The organization that it gives access to.
    pub organization: OrganizationId,
    /// Name for people.
    pub name: Name,
    /// Its limits.
    #[serde(flatten)]
    pub limits: Limits,
    /// Hash of the secret.
    pub hash: SecretHash,
    /// Hash of the secret before the last rotation, and until when that one still works.
    pub previous: Option<(SecretHash, Timestamp)>,
    /// The member who created it.
    pub made_by: UserId,
    /// The members besides the owner who know its secrets: each use checks what the key gives them.
    #[serde(default)]
    pub known_by: KnownBy,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it expires, if it does.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, within [`USE_MINUTES`].
    pub last_used_at: Option<Timestamp>,
    /// Rises with each change except that of `last_used_at`.
    pub version: u64,
}

/// The reason why a key is unusable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnusableReason {
    /// There is no such key, or its secret is another.
    NotFound,
    /// It was revoked, or its owner's access has ended since.
    Revoked,
    /// It has expired.
    Expired,
    /// Its owner is no longer a member.
    OwnerGone,
    /// Its owner is inactive.
    OwnerInactive,
    /// The member who created or rotated it, and so knows its secret, could do neither now.
    MakerLostAuthority,
}

impl UnusableReason {
    /// A stable name of it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::OwnerGone => "owner_gone",
            Self::OwnerInactive => "owner_inactive",
            Self::MakerLostAuthority => "maker_lost_authority",
        }
    }
}

impl ApiKey {
    /// Checks that the key is usable at `now`, apart from its secret. A key that another member knows is narrowed first: see
    /// [`KeyUse`](crate::rules::api_keys::KeyUse).
    ///
    /// # Errors
    /// [`UnusableReason`].
    pub fn usable(&self, owner: Option<&Member>, now: Timestamp) -> Result<(), UnusableReason> {
        let owner = owner
            .filter(|m| m.id == self.id.owner)
            .ok_or(UnusableReason::OwnerGone)?;
        if self.revoked_at.is_some() || self.created_at < owner.keys_valid_from {
            return Err(UnusableReason::Revoked);
        }
        if self.expires_at.is_some_and(|end| end <= now) {
            return Err(UnusableReason::Expired);
        }
        if owner.status != crate::member::Status::Active {
            return Err(UnusableReason::OwnerInactive);
        }
        if self.limits.leave_nothing() {
            return Err(UnusableReason::MakerLostAuthority);
        }
        Ok(())
    }

    /// The member besides the owner who knows this secret, if any. Without a secret, the present one is meant.
    #[must_use]
    pub fn knower(&self, secret: Option<&Secret>) -> Option<UserId> {
        let is_present = secret.is_none_or(|secret| secret.hash().is(&self.hash));
        if is_present {
            self.known_by.present
        } else {
            self.known_by.former
        }
    }

    /// Whether the secret is this key's: the present one, or the previous one while that still works.
    #[must_use]
    pub fn matches_secret(&self, secret: &Secret, now: Timestamp) -> bool {
        let given = secret.hash();
        let before = self.previous.as_ref().filter(|(_, until)| now < *until);
        // Both are compared, whatever the first comparison says.
        let present = given.is(&self.hash);
        let former = before.is_some_and(|(hash, _)| given.is(hash));
        present | former
    }

    /// Whether a request at `now` should record that the key was used.
    #[must_use]
    pub fn use_is_stale(&self, now: Timestamp) -> bool {
        let minutes = jiff::SignedDuration::from_mins(USE_MINUTES);
        self.last_used_at.is_none_or(|used| now.duration_since(used) >= minutes)
    }
}
