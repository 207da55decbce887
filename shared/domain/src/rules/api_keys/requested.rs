//! The fields of a requested key, checked against its owner and the actor.

use super::NewApiKey;
use crate::authority::Authority;
use crate::member::Member;
use crate::resource::{MAX_RESOURCES, ResourceRef};
use crate::rules::DecisionContext;
use crate::rules::hierarchy;
use crate::violation::Violation;

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
            .filter(|on| can_be_limited_to(ctx, owner, &reach, on));
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
    violations.extend(Violation::too_many("resources", wanted.resources.len(), MAX_RESOURCES));
    if wanted.resources.is_empty() && !can_be_without_limit(ctx, owner) {
        let detail = "you manage members only on some resources; limit the key to those";
        violations.push(Violation::field("resources", "required", detail));
    }
    if wanted.expires_at.is_some_and(|end| end <= ctx.now) {
        violations.push(Violation::field("expires_at", "in_the_past", "must be in the future"));
    }
    if let Some(end) = hierarchy::power_ends_at(ctx, owner).filter(|_| !oneself)
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

/// Whether the actor may limit a key of this owner to the resource: the owner reaches it, and so does the actor's power.
fn can_be_limited_to(ctx: &DecisionContext<'_>, owner: &Member, reach: &Authority<'_>, on: &ResourceRef) -> bool {
    let oneself = owner.id == ctx.actor.id;
    let is_there = !ctx.organization.is_ending(on) && reach.reaches(on);
    is_there && (oneself || hierarchy::manages_members_on(ctx, std::slice::from_ref(on)))
}

/// Whether the actor may create a key of this owner that is limited to no resource.
fn can_be_without_limit(ctx: &DecisionContext<'_>, owner: &Member) -> bool {
    owner.id == ctx.actor.id || hierarchy::manages_members_on(ctx, &[])
}

/// Whether the actor may create some key of this owner: without a limit, or limited to a resource on which the owner holds a role.
pub(super) fn can_be_limited(ctx: &DecisionContext<'_>, owner: &Member) -> bool {
    let reach = Authority::of(owner, ctx.organization, ctx.set, ctx.now);
    let mut held = owner.grants.iter();
    can_be_without_limit(ctx, owner) || held.any(|grant| can_be_limited_to(ctx, owner, &reach, &grant.resource))
}
