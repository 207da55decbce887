//! The limits of the power of a key's maker: its resources, and its end.

use super::NewApiKey;
use crate::api_key::MAX_KEY_RESOURCES;
use crate::authority::Authority;
use crate::member::{Member, RoleAssignment};
use crate::resource::ResourceRef;
use crate::roleset::permission;
use crate::rules::DecisionContext;
use crate::rules::giving::power_until;
use crate::violation::Violation;
use jiff::Timestamp;

/// Whether the actor manages members on each of these resources, or everywhere.
pub(super) fn within_power(ctx: &DecisionContext<'_>, resources: &[ResourceRef]) -> bool {
    let authority = ctx.authority();
    let there = |r: &ResourceRef| authority.allows(permission::MEMBERS_MANAGE, Some(r));
    authority.allows(permission::MEMBERS_MANAGE, None) || (!resources.is_empty() && resources.iter().all(there))
}

/// The end of the actor's power over the other, if it has one: the earliest end among the roles by which they manage what the
/// other holds.
pub(super) fn power_ends(ctx: &DecisionContext<'_>, other: &Member) -> Option<Timestamp> {
    let over = |(held, on): (&RoleAssignment, Option<&ResourceRef>)| power_until(ctx, other, &held.role, on);
    other
        .holdings()
        .filter_map(over)
        .min()
        .filter(|end| *end < Timestamp::MAX)
}

/// The resources of the key, sorted, each once; or every invalid field.
pub(super) fn check(
    ctx: &DecisionContext<'_>,
    owner: &Member,
    wanted: &NewApiKey<'_>,
) -> Result<Vec<ResourceRef>, Vec<Violation>> {
    let mut violations = Vec::new();
    let oneself = owner.id == ctx.actor.id;
    let reach = Authority::of(owner, ctx.organization, ctx.set, ctx.now);
    let mut resources = Vec::new();
    for (i, (key, found)) in wanted.resources.iter().enumerate() {
        let there = found
            .as_ref()
            .map(|r| &r.reference)
            .filter(|r| !ctx.organization.is_ending(r) && reach.reaches(r))
            .filter(|r| oneself || within_power(ctx, std::slice::from_ref(r)));
        match there {
            Some(reference) => resources.push(reference.clone()),
            // A resource out of reach gets the same answer as a missing one.
            None => {
                let detail = format!("there is no {} `{}` that the key can be limited to", key.kind, key.id);
                violations.push(Violation::field(format!("resources[{i}]"), "unknown_resource", detail));
            }
        }
    }
    resources.sort();
    resources.dedup();
    if wanted.resources.len() > MAX_KEY_RESOURCES {
        let detail = format!("must have at most {MAX_KEY_RESOURCES} entries");
        violations.push(Violation::field("resources", "too_many", detail));
    }
    if !oneself && wanted.resources.is_empty() && !within_power(ctx, &[]) {
        let detail = "you manage members only on some resources; limit the key to those";
        violations.push(Violation::field("resources", "required", detail));
    }
    if wanted.expires_at.is_some_and(|end| end <= ctx.now) {
        violations.push(Violation::field("expires_at", "in_the_past", "must be in the future"));
    }
    if let Some(end) = power_ends(ctx, owner).filter(|_| !oneself)
        && wanted.expires_at.is_none_or(|asked| asked > end)
    {
        let detail = format!("must be no later than {end}, when your own permission ends");
        violations.push(Violation::field("expires_at", "out_of_range", detail));
    }
    if violations.is_empty() {
        Ok(resources)
    } else {
        Err(violations)
    }
}
