//! An offer: a role with its resources and its term, as made by an invitation or by a change of a member.

use crate::email::EmailAddress;
use crate::member::{Grant, Member, RoleAssignment};
use crate::resource::{MAX_RESOURCES, Resource, ResourceKey, ResourceRef};
use crate::roleset::{Resources, Role};
use crate::rules::DecisionContext;
use crate::rules::organizations;
use crate::text::RoleId;
use crate::time::Term;
use crate::violation::Violation;
use jiff::Timestamp;

/// A requested offer.
#[derive(Debug, Clone)]
pub struct RequestedOffer<'a> {
    /// The role.
    pub role: &'a RoleId,
    /// The resources: each key, with the resource found under it, if any.
    pub resources: &'a [(ResourceKey, Option<Resource>)],
    /// The term.
    pub term: Option<Term>,
}

/// A valid offer.
#[derive(Debug, Clone)]
pub struct Offer<'a> {
    /// The role.
    pub role: &'a Role,
    /// The resources, sorted, each once.
    pub resources: Vec<ResourceRef>,
    /// The term.
    pub term: Option<Term>,
    /// The epoch of an optional role: how often the organization had switched it off.
    pub epoch: u32,
}

/// Checks role, resources and term against each other and against the organization, and reports all violations.
///
/// # Errors
/// Every invalid field.
pub fn check<'a>(ctx: &DecisionContext<'a>, wanted: &RequestedOffer<'_>) -> Result<Offer<'a>, Vec<Violation>> {
    let Some(role) = ctx.set.role(wanted.role) else {
        let known: Vec<&str> = ctx.set.roles.iter().map(|r| r.id.as_str()).collect();
        let detail = format!(
            "`{}` is not a role of this organization; must be one of {}",
            wanted.role,
            known.join(", ")
        );
        return Err(vec![Violation::field("role", "unknown_role", detail)]);
    };
    let mut violations = Vec::new();
    if !ctx.organization.has_enabled(role) {
        violations.push(Violation::field("role", "role_not_enabled", turned_off(role)));
    }
    violations.extend(term_fault(role, wanted.term));
    let resources = check_resources(ctx, role, wanted.resources, &mut violations);
    if !violations.is_empty() {
        return Err(violations);
    }
    Ok(Offer {
        role,
        resources,
        term: wanted.term,
        epoch: ctx.organization.epoch(&role.id),
    })
}

fn term_fault(role: &Role, term: Option<Term>) -> Option<Violation> {
    let choices = || {
        role.durations
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    match term {
        None if role.is_time_limited() => Some(("required", format!("`{}` requires one of {}", role.id, choices()))),
        Some(_) if !role.is_time_limited() => Some(("not_allowed", format!("`{}` has no time limit", role.id))),
        Some(term) if !role.durations.contains(&term) => Some(("not_offered", format!("must be one of {}", choices()))),
        _ => None,
    }
    .map(|(code, detail)| Violation::field("duration", code, detail))
}

fn check_resources(
    ctx: &DecisionContext<'_>,
    role: &Role,
    asked: &[(ResourceKey, Option<Resource>)],
    violations: &mut Vec<Violation>,
) -> Vec<ResourceRef> {
    let kind = &ctx.set.resource_type;
    match role.resources {
        Resources::None if !asked.is_empty() => {
            let detail = format!("`{}` applies to the whole organization", role.id);
            violations.push(Violation::field("resources", "not_allowed", detail));
        }
        Resources::AtLeastOne if asked.is_empty() => {
            let detail = format!("`{}` requires at least one {kind}", role.id);
            violations.push(Violation::field("resources", "required", detail));
        }
        _ => {}
    }
    violations.extend(Violation::too_many("resources", asked.len(), MAX_RESOURCES));
    let mut refs = Vec::new();
    for (i, (key, found)) in asked.iter().enumerate() {
        match ctx.named(key, found.as_ref()) {
            Some(reference) => refs.push(reference),
            None => {
                let detail = format!("there is no {} `{}`", key.kind, key.id);
                violations.push(Violation::field(format!("resources[{i}]"), "unknown_resource", detail));
            }
        }
    }
    refs.sort();
    refs.dedup();
    refs
}

impl Offer<'_> {
    /// As [`domain_fault`], for the role of the offer.
    #[must_use]
    pub fn domain_fault(&self, ctx: &DecisionContext<'_>, email: &EmailAddress) -> Option<Violation> {
        domain_fault(ctx, self.role, email)
    }

    /// As [`member_domain_fault`], for the role of the offer.
    #[must_use]
    pub fn member_domain_fault(&self, ctx: &DecisionContext<'_>, member: &Member) -> Option<Violation> {
        member_domain_fault(ctx, self.role, member)
    }

    /// The role as it is held on the organization from `start`, if it is held there.
    #[must_use]
    pub fn held(&self, start: Timestamp) -> Option<RoleAssignment> {
        self.role.held_on_organization().then(|| self.held_from(start))
    }

    /// The grants that the offer makes from `start`.
    #[must_use]
    pub fn grants(&self, start: Timestamp) -> Vec<Grant> {
        let held = self.held_from(start);
        self.resources
            .iter()
            .map(|resource| Grant {
                resource: resource.clone(),
                held: held.clone(),
            })
            .collect()
    }

    fn held_from(&self, start: Timestamp) -> RoleAssignment {
        RoleAssignment {
            role: self.role.id.clone(),
            expires_at: self.term.and_then(|term| term.end(start)),
            epoch: self.epoch,
            source: None,
        }
    }
}

/// The violation if the address may not have the role; it lists the allowed domains (`program-delivery`).
#[must_use]
pub fn domain_fault(ctx: &DecisionContext<'_>, role: &Role, email: &EmailAddress) -> Option<Violation> {
    if !role.allowlisted || organizations::is_allowed(email, &ctx.organization.plan.allowed_domains) {
        return None;
    }
    Some(Violation::email(
        email.as_str(),
        "domain_not_allowed",
        allowed_domains_text(ctx),
    ))
}

/// The violation if the member may not have the role at the address they joined with (`program-delivery`).
///
/// The address of a member who was added directly, because another member vouched for them, is unverified. For most roles that
/// word suffices, since its giver could give the role anyway. The allowlist is the platform's, so no member's word bypasses it.
#[must_use]
pub fn member_domain_fault(ctx: &DecisionContext<'_>, role: &Role, member: &Member) -> Option<Violation> {
    let outside = domain_fault(ctx, role, &member.email);
    let unverified = || {
        let detail = format!(
            "the address is not verified; `{}` requires a verified address. Invite the person instead",
            role.id
        );
        let violation = Violation::email(member.email.as_str(), "address_not_verified", detail);
        (role.allowlisted && member.vouched_by.is_some()).then_some(violation)
    };
    outside.or_else(unverified)
}

/// The text of a refusal for an optional role that is turned off.
pub(super) fn turned_off(role: &Role) -> String {
    format!(
        "`{}` is turned off; add it to the organization's `settings.optional_roles` first",
        role.id
    )
}

/// The text of a refusal for a domain: the allowed domains.
fn allowed_domains_text(ctx: &DecisionContext<'_>) -> String {
    let domains: Vec<&str> = ctx
        .organization
        .plan
        .allowed_domains
        .iter()
        .map(|d| d.as_str())
        .collect();
    if domains.is_empty() {
        "no domain is allowed for this role yet".to_owned()
    } else {
        format!("the address must be in one of these domains: {}", domains.join(", "))
    }
}
