//! API keys: creating, rotating and revoking them (`coaching-site`).
//!
//! The member who creates or rotates a key learns its secret. So a key for another member holds no more than that member holds
//! at that moment, all of which its maker must manage. It lasts no longer than its maker's power. Each use checks which of
//! those roles the maker could still give ([`KeyUse`]).

mod key_use;
mod requested;

pub use key_use::{KeyRejection, KeyUse, verify};

use crate::api_key::{ApiKey, Holding, KnownBy, Limits, MAX_KEYS, Secret};
use crate::changes::{Changes, Pair};
use crate::event::{EntityRef, EventKind};
use crate::id::{JobId, KeyId, NewIds};
use crate::job::{Job, Work};
use crate::member::{Member, Status};
use crate::resource::{Resource, ResourceKey};
use crate::roleset::permission;
use crate::rules::DecisionContext;
use crate::rules::audit;
use crate::rules::hierarchy;
use crate::text::Name;
use crate::violation::Violation;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// Hours for which the old secret of a rotated key still works by default.
pub const DEFAULT_OVERLAP_HOURS: u32 = 24;

/// The most hours for which it can.
pub const MAX_OVERLAP_HOURS: u32 = 168;

/// How far the clocks of two processes may differ. Ending all keys of a member ends those dated up to this much later, and a
/// key made at the same moment is dated no earlier than that.
pub const MAX_CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(1);

/// The reason for not creating, rotating or revoking a key.
#[derive(Debug, PartialEq, Eq)]
pub enum KeyRefusal {
    /// The actor has no permission for it, or the other member ranks above them.
    Forbidden,
    /// The caller is an API key, and keys cannot manage keys.
    SignInRequired,
    /// There is no such member, or the actor may not see them.
    NoSuchMember,
    /// There is no such key, or it was revoked or ended with a role.
    NoSuchKey,
    /// Invalid fields.
    Invalid(Vec<Violation>),
    /// The member already has the most keys that they can have.
    TooMany,
    /// The key's owner has no access at present.
    OwnerWithoutAccess,
    /// The key has expired.
    Expired,
}

/// A requested key.
#[derive(Debug)]
pub struct NewApiKey<'a> {
    /// Name for people.
    pub name: Name,
    /// Whether it can only read.
    pub read_only: bool,
    /// The resources it is limited to: each key, with the resource found under it, if any.
    pub resources: &'a [(ResourceKey, Option<Resource>)],
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
}

/// The owner of the keys: the actor, or a member all of whose roles the actor manages. The caller must be a signed-in user.
///
/// # Errors
/// [`KeyRefusal::SignInRequired`], [`KeyRefusal::Forbidden`], [`KeyRefusal::NoSuchMember`].
pub fn owner<'m>(ctx: &DecisionContext<'_>, found: Option<&'m Member>) -> Result<&'m Member, KeyRefusal> {
    if !ctx.is_signed_in() {
        return Err(KeyRefusal::SignInRequired);
    }
    if let Some(own) = found.filter(|m| m.id == ctx.actor.id) {
        return Ok(own);
    }
    if !ctx.authority().allows_somewhere(permission::MEMBERS_MANAGE) {
        return Err(KeyRefusal::Forbidden);
    }
    let other = found
        .filter(|m| hierarchy::may_see(ctx, m))
        .ok_or(KeyRefusal::NoSuchMember)?;
    hierarchy::manages_all_of(ctx, other)
        .then_some(other)
        .ok_or(KeyRefusal::Forbidden)
}

/// Whether the actor may create some key for the member.
#[must_use]
pub fn may_create(ctx: &DecisionContext<'_>, member: &Member) -> bool {
    let is_open = owner(ctx, Some(member)).and_then(|owner| holdings(ctx, owner)).is_ok() && member.keys < MAX_KEYS;
    is_open && requested::can_be_limited(ctx, member)
}

/// Creates a key with this random secret. The change is written only if its owner is still as they were read.
///
/// # Errors
/// [`KeyRefusal`].
pub fn create(
    ctx: &DecisionContext<'_>,
    found: Option<&Member>,
    wanted: NewApiKey<'_>,
    random: u128,
    ids: &mut dyn NewIds,
) -> Result<(ApiKey, Secret, Changes), KeyRefusal> {
    let owner = owner(ctx, found)?;
    let oneself = owner.id == ctx.actor.id;
    let held = holdings(ctx, owner)?;
    let resources = requested::check(ctx, owner, &wanted).map_err(KeyRefusal::Invalid)?;
    if owner.keys >= MAX_KEYS {
        return Err(KeyRefusal::TooMany);
    }
    let id = KeyId {
        owner: owner.id,
        number: number(ids),
    };
    let secret = Secret::new(id, ctx.organization.id, random);
    let key = ApiKey {
        id,
        organization: ctx.organization.id,
        name: wanted.name,
        limits: Limits {
            read_only: wanted.read_only,
            resources,
            ceiling: (!oneself).then_some(held),
            until: None,
        },
        hash: secret.hash(),
        previous: None,
        made_by: ctx.actor.id,
        known_by: KnownBy {
            present: (!oneself).then_some(ctx.actor.id),
            ..KnownBy::default()
        },
        created_at: ctx.now.max(owner.keys_valid_from),
        expires_at: wanted.expires_at,
        revoked_at: None,
        last_used_at: None,
        version: 1,
    };
    let event = ctx.recorder(ids).event(
        EventKind::ApiKeyCreated,
        EntityRef::api_key(id),
        None,
        Some(audit::api_key(&key)),
    );
    let changes = Changes {
        members: vec![counted(owner, owner.keys + 1)],
        keys: vec![Pair::new(key.clone())],
        events: vec![event],
        relied_on: hierarchy::relied_on(ctx, owner),
        ..Changes::default()
    };
    Ok((key, secret, changes))
}

/// Gives a key a new secret. The previous one still works for `overlap_hours`, and any older one no longer does.
///
/// The member who rotates the key knows the new secret, besides the owner. The member who knew the previous secret does not
/// know the new one.
///
/// # Errors
/// [`KeyRefusal`].
pub fn rotate(
    ctx: &DecisionContext<'_>,
    (found, key): (Option<&Member>, Option<&ApiKey>),
    overlap_hours: u32,
    random: u128,
    ids: &mut dyn NewIds,
) -> Result<(ApiKey, Secret, Changes), KeyRefusal> {
    let owner = owner(ctx, found)?;
    let before = live_key(owner, key)?;
    if overlap_hours > MAX_OVERLAP_HOURS {
        let detail = format!("must be 0 to {MAX_OVERLAP_HOURS}");
        let violation = Violation::field("overlap_hours", "out_of_range", detail);
        return Err(KeyRefusal::Invalid(vec![violation]));
    }
    if before.expires_at.is_some_and(|end| end <= ctx.now) {
        return Err(KeyRefusal::Expired);
    }
    let oneself = owner.id == ctx.actor.id;
    let limits = rotated_limits(ctx, owner, before, overlap_hours > 0)?;
    let overlap = SignedDuration::from_hours(overlap_hours.into());
    let until = ctx.now.checked_add(overlap).unwrap_or(Timestamp::MAX);
    let secret = Secret::new(before.id, ctx.organization.id, random);
    let after = ApiKey {
        limits,
        hash: secret.hash(),
        previous: (overlap_hours > 0).then(|| (before.hash.clone(), until)),
        known_by: KnownBy {
            present: (!oneself).then_some(ctx.actor.id),
            former: before.known_by.present.filter(|_| overlap_hours > 0),
            relied_on: None,
        },
        version: before.version + 1,
        ..before.clone()
    };
    let told = json!({ "name": after.name, "member": owner.id, "old_secret_until": after.previous.as_ref().map(|(_, until)| until) });
    let event = ctx.recorder(ids).event(
        EventKind::ApiKeyRotated,
        EntityRef::api_key(before.id),
        None,
        Some(told),
    );
    let changes = Changes {
        keys: vec![Pair::change(before.clone(), after.clone())],
        events: vec![event],
        // The owner's item is not written, so the actor is checked even for a key of their own.
        relied_on: ctx.relied_on(),
        ..Changes::default()
    };
    Ok((after, secret, changes))
}

/// The limits of a rotated key. `overlaps`: whether the previous secret still works.
fn rotated_limits(
    ctx: &DecisionContext<'_>,
    owner: &Member,
    before: &ApiKey,
    overlaps: bool,
) -> Result<Limits, KeyRefusal> {
    let mut limits = before.limits.clone();
    let held = holdings(ctx, owner)?;
    // While the previous secret works, the other member who knows it gets no more than it gave them.
    let is_shared = overlaps && before.known_by.present.is_some_and(|by| by != ctx.actor.id);
    if owner.id == ctx.actor.id {
        limits.ceiling = limits.ceiling.filter(|_| is_shared);
        return Ok(limits);
    }
    // The member who learns the new secret must be able to create a key like this.
    let too_long =
        hierarchy::power_ends_at(ctx, owner).is_some_and(|end| before.expires_at.is_none_or(|own| own > end));
    if too_long || !hierarchy::manages_members_on(ctx, &limits.resources) {
        return Err(KeyRefusal::Forbidden);
    }
    limits.ceiling = Some(match limits.ceiling.filter(|_| is_shared) {
        Some(ceiling) => ceiling.into_iter().filter(|h| held.contains(h)).collect(),
        None => held,
    });
    Ok(limits)
}

/// Revokes a key: it is unusable from here on.
///
/// # Errors
/// [`KeyRefusal`].
pub fn revoke(
    ctx: &DecisionContext<'_>,
    found: Option<&Member>,
    key: Option<&ApiKey>,
    ids: &mut dyn NewIds,
) -> Result<Changes, KeyRefusal> {
    let owner = owner(ctx, found)?;
    let before = live_key(owner, key)?;
    let after = ApiKey {
        revoked_at: Some(ctx.now),
        previous: None,
        version: before.version + 1,
        ..before.clone()
    };
    let event = ctx.recorder(ids).event(
        EventKind::ApiKeyRevoked,
        EntityRef::api_key(before.id),
        Some(audit::api_key(before)),
        None,
    );
    Ok(Changes {
        members: vec![counted(owner, owner.keys.saturating_sub(1))],
        keys: vec![Pair::change(before.clone(), after)],
        events: vec![event],
        relied_on: hierarchy::relied_on(ctx, owner),
        ..Changes::default()
    })
}

/// The instant from which keys of a membership that begins now are valid. No key of the person's earlier memberships becomes
/// valid again, whichever clock dated it.
pub(crate) fn valid_from(now: Timestamp) -> Timestamp {
    now.checked_add(MAX_CLOCK_SKEW).unwrap_or(now)
}

/// The job that deletes the keys of a member whose membership ends, in the background.
pub(crate) fn key_cleanup_job(owner: &Member, now: Timestamp, ids: &mut dyn NewIds) -> Vec<Pair<Job>> {
    if owner.keys == 0 {
        return Vec::new();
    }
    let work = Work::EndKeys { owner: owner.id };
    let id = JobId::from_uuid(ids.uuid());
    vec![Pair::new(Job::new(id, owner.organization, work, now))]
}

/// Ends every key of a member who stays (`program-delivery`). Returns how many there were, and the remaining work.
pub(crate) fn end_all(after: &mut Member, now: Timestamp, ids: &mut dyn NewIds) -> (u32, Vec<Pair<Job>>) {
    let left = key_cleanup_job(after, now, ids);
    let count = std::mem::take(&mut after.keys);
    if count > 0 {
        after.keys_valid_from = valid_from(now).max(after.keys_valid_from);
    }
    (count, left)
}

/// The key, if it belongs to this member and was not ended.
fn live_key<'k>(owner: &Member, key: Option<&'k ApiKey>) -> Result<&'k ApiKey, KeyRefusal> {
    key.filter(|key| is_listed(key, owner)).ok_or(KeyRefusal::NoSuchKey)
}

/// Whether the key counts as one of the member's: neither revoked nor ended with a role. An expired one still does.
#[must_use]
pub fn is_listed(key: &ApiKey, owner: &Member) -> bool {
    key.id.owner == owner.id && key.revoked_at.is_none() && key.created_at >= owner.keys_valid_from
}

/// The change of the member to this number of keys.
fn counted(owner: &Member, keys: u32) -> Pair<Member> {
    let after = Member {
        keys,
        version: owner.version + 1,
        ..owner.clone()
    };
    Pair::change(owner.clone(), after)
}

/// The live holdings of the owner.
fn holdings(ctx: &DecisionContext<'_>, owner: &Member) -> Result<Vec<Holding>, KeyRefusal> {
    let live = owner.live(ctx.organization, ctx.set, ctx.now);
    let held: Vec<Holding> = live
        .map(|(held, on)| Holding {
            role: held.role.clone(),
            resource: on.cloned(),
        })
        .collect();
    if owner.status == Status::Active && !held.is_empty() {
        Ok(held)
    } else if owner.id == ctx.actor.id {
        Err(KeyRefusal::Forbidden)
    } else {
        Err(KeyRefusal::OwnerWithoutAccess)
    }
}

/// A number that rises with time.
fn number(ids: &mut dyn NewIds) -> u64 {
    // Milliseconds, and random bits that distinguish two numbers of one millisecond.
    let [a, b, c, d, e, f, .., y, z] = ids.uuid().into_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, y, z])
}
