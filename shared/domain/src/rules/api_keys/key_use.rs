//! The use of a key: the power that it gives to the bearer of its secret.

use crate::api_key::{ApiKey, Holding, KnownBy, Secret, UnusableReason};
use crate::member::{Member, Reliance};
use crate::organization::Organization;
use crate::roleset::RoleSet;
use crate::rules::DecisionContext;
use crate::rules::hierarchy;
use jiff::Timestamp;

/// A key that is used or asked about, and what it depends on.
#[derive(Clone, Copy)]
pub struct KeyUse<'a> {
    /// The organization as it was read.
    pub organization: &'a Organization,
    /// Its role set.
    pub set: &'a RoleSet,
    /// The key.
    pub key: &'a ApiKey,
    /// The secret that is used; `None` if the question names the key by its id, and so is about the present secret.
    pub secret: Option<&'a Secret>,
    /// The key's owner, if they are still a member.
    pub owner: Option<&'a Member>,
    /// The other member who knows the secret ([`ApiKey::knower`]), if there is one and they are still a member.
    pub knower: Option<&'a Member>,
    /// The instant of the use.
    pub now: Timestamp,
}

impl KeyUse<'_> {
    /// The key, limited to the power that the member who knows its secret could give the owner at this moment. A key that only
    /// the owner knows stays as it is.
    ///
    /// The member who created or rotated it could manage all that it holds. The key loses every holding that this member no
    /// longer manages: because they are gone or inactive, or because their role was removed, expired or was switched off.
    #[must_use]
    pub fn narrowed(&self) -> ApiKey {
        let mut key = self.key.clone();
        let id = key.knower(self.secret);
        let knower = self.knower.filter(|member| Some(member.id) == id);
        key.known_by = KnownBy {
            present: id,
            former: None,
            relied_on: knower.map(Reliance::on),
        };
        let (Some(_), Some(owner)) = (id, self.owner) else {
            return key;
        };
        let ctx = knower.map(|actor| DecisionContext {
            organization: self.organization,
            set: self.set,
            actor,
            key: None,
            now: self.now,
            known: None,
        });
        // INVARIANT 7: the key keeps only those of its holdings that the member who knows its secret manages now.
        let until = |held: &Holding| hierarchy::power_until(&ctx?, owner, &held.role, held.resource.as_ref());
        let held = key.limits.ceiling.unwrap_or_else(|| Holding::all_of(owner));
        let with_end = |held: Holding| until(&held).map(|until| (held, until));
        let left: Vec<(Holding, Timestamp)> = held.into_iter().filter_map(with_end).collect();
        key.limits.until = left.iter().map(|(_, until)| *until).min();
        key.limits.ceiling = Some(left.into_iter().map(|(held, _)| held).collect());
        key
    }
}

/// The reason for rejecting a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRejection {
    /// The key is unusable.
    Key(UnusableReason),
    /// The organization was deleted.
    OrganizationDeleted,
    /// The key would be usable, but the organization is suspended.
    OrganizationSuspended,
}

impl KeyRejection {
    /// A stable name of it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Key(why) => why.code(),
            Self::OrganizationDeleted => "organization_deleted",
            Self::OrganizationSuspended => "organization_suspended",
        }
    }
}

/// Checks that the secret works; the key is [`narrowed`](KeyUse::narrowed) already. A caller who does not know the secret
/// learns nothing about key, owner or organization.
///
/// # Errors
/// [`KeyRejection`].
pub fn verify(
    secret: &Secret,
    organization: Option<&Organization>,
    owner: Option<&Member>,
    key: Option<&ApiKey>,
    now: Timestamp,
) -> Result<(), KeyRejection> {
    let unknown = KeyRejection::Key(UnusableReason::NotFound);
    let key = key.filter(|key| key.matches_secret(secret, now)).ok_or(unknown)?;
    let organization = organization.ok_or(unknown)?;
    if organization.is_deleted() {
        return Err(KeyRejection::OrganizationDeleted);
    }
    key.usable(owner, now).map_err(KeyRejection::Key)?;
    // A key that stays dead after the suspension says why, so that people do not wait for it.
    if organization.is_suspended(now) {
        return Err(KeyRejection::OrganizationSuspended);
    }
    Ok(())
}
