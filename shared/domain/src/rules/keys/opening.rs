//! Opening: what a key is worth to whoever comes with it.

use crate::api_key::{ApiKey, Holding, KnownBy, Secret, Unusable};
use crate::changes::Reliance;
use crate::member::Member;
use crate::organization::Organization;
use crate::roleset::RoleSet;
use crate::rules::DecisionContext;
use crate::rules::giving::power_until;
use jiff::Timestamp;

/// A key that is used or asked about, and what it depends on.
#[derive(Clone, Copy)]
pub struct Opening<'a> {
    /// The organization as it was read.
    pub organization: &'a Organization,
    /// Its role set.
    pub set: &'a RoleSet,
    /// The key.
    pub key: &'a ApiKey,
    /// The secret that is used; none where somebody asks about the key by its id, which speaks of the present one.
    pub secret: Option<&'a Secret>,
    /// Whose it is, if they are a member still.
    pub owner: Option<&'a Member>,
    /// Who else knows the secret ([`ApiKey::knower`]), if somebody does and is a member still.
    pub knower: Option<&'a Member>,
    /// The instant of the use.
    pub now: Timestamp,
}

impl Opening<'_> {
    /// The key within what the member who knows its secret could give the owner at this moment. A key that the owner alone
    /// knows stays as it is.
    ///
    /// Whoever made it or rotated it could manage all that it holds. Of what they manage no more, because they are gone or
    /// inactive, have lost a role, or it ended or was switched off, the key is left with nothing.
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
        });
        // INVARIANT 7: of what the key may do, only what the member who knows its secret manages now is left.
        let until = |held: &Holding| power_until(&ctx?, owner, &held.role, held.resource.as_ref());
        let held = key.limits.ceiling.unwrap_or_else(|| Holding::all_of(owner));
        let lasting = |held: Holding| until(&held).map(|until| (held, until));
        let left: Vec<(Holding, Timestamp)> = held.into_iter().filter_map(lasting).collect();
        key.limits.until = left.iter().map(|(_, until)| *until).min();
        key.limits.ceiling = Some(left.into_iter().map(|(held, _)| held).collect());
        key
    }
}

/// Why a secret opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRejection {
    /// The key opens nothing.
    Key(Unusable),
    /// The organization was deleted.
    OrganizationDeleted,
}

impl KeyRejection {
    /// A stable name of it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Key(why) => why.code(),
            Self::OrganizationDeleted => "organization_deleted",
        }
    }
}

/// Whether the secret opens something; the key is [`narrowed`](Opening::narrowed) already. Who does not know the secret learns nothing of key, owner or organization.
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
    let unknown = KeyRejection::Key(Unusable::NotFound);
    let key = key.filter(|key| key.matches_secret(secret, now)).ok_or(unknown)?;
    if organization.ok_or(unknown)?.is_deleted() {
        return Err(KeyRejection::OrganizationDeleted);
    }
    key.usable(owner, now).map_err(KeyRejection::Key)
}
