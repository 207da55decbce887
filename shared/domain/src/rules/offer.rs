//! An offer: a role with its resources and its term, as an invitation or a change of a member makes one.

use crate::address::Address;
use crate::invitation::MAX_RESOURCES;
use crate::member::{Grant, Held, Member};
use crate::resource::{Resource, ResourceKey, ResourceRef};
use crate::roleset::{Resources, Role};
use crate::rules::organizations::is_allowed;
use crate::rules::{Fault, Scene};
use crate::text::RoleId;
use crate::time::Term;
use jiff::Timestamp;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// The role.
    pub role: &'a RoleId,
    /// The resources, each with what was found under its name.
    pub resources: &'a [(ResourceKey, Option<Resource>)],
    /// The term.
    pub term: Option<Term>,
}

/// What can be given.
#[derive(Debug, Clone)]
pub struct Offer<'a> {
    /// The role.
    pub role: &'a Role,
    /// The resources, in order, each once.
    pub resources: Vec<ResourceRef>,
    /// The term.
    pub term: Option<Term>,
    /// Which switching on of an optional role it belongs to.
    pub epoch: u32,
}

/// Checks role, resources and term against each other and against what the organization has, all faults at once.
///
/// # Errors
/// Every field that does not fit.
pub fn check<'a>(scene: &Scene<'a>, wanted: &Wanted<'_>) -> Result<Offer<'a>, Vec<Fault>> {
    let Some(role) = scene.set.role(wanted.role) else {
        let known: Vec<&str> = scene.set.roles.iter().map(|r| r.id.as_str()).collect();
        let detail = format!(
            "`{}` is no role of this organization; there are {}",
            wanted.role,
            known.join(", ")
        );
        return Err(vec![Fault::field("role", "unknown_role", detail)]);
    };
    let mut faults = Vec::new();
    if !scene.organization.has_enabled(role) {
        let detail = format!(
            "`{}` is switched off; list it in the organization's `settings.optional_roles` first",
            role.id
        );
        faults.push(Fault::field("role", "role_not_enabled", detail));
    }
    faults.extend(term_fault(role, wanted.term));
    let resources = check_resources(scene, role, wanted.resources, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Offer {
        role,
        resources,
        term: wanted.term,
        epoch: scene.organization.epoch(&role.id),
    })
}

fn term_fault(role: &Role, term: Option<Term>) -> Option<Fault> {
    let choices = || {
        role.durations
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    match term {
        None if role.is_time_limited() => Some(("required", format!("`{}` needs one of {}", role.id, choices()))),
        Some(_) if !role.is_time_limited() => Some(("not_allowed", format!("`{}` is not limited in time", role.id))),
        Some(term) if !role.durations.contains(&term) => Some(("not_offered", format!("must be one of {}", choices()))),
        _ => None,
    }
    .map(|(code, detail)| Fault::field("duration", code, detail))
}

fn check_resources(
    scene: &Scene<'_>,
    role: &Role,
    asked: &[(ResourceKey, Option<Resource>)],
    faults: &mut Vec<Fault>,
) -> Vec<ResourceRef> {
    let kind = &scene.set.resource_type;
    match role.resources {
        Resources::None if !asked.is_empty() => {
            let detail = format!("`{}` is held on the whole organization", role.id);
            faults.push(Fault::field("resources", "not_allowed", detail));
        }
        Resources::AtLeastOne if asked.is_empty() => {
            let detail = format!("`{}` needs at least one {kind}", role.id);
            faults.push(Fault::field("resources", "required", detail));
        }
        _ => {}
    }
    if asked.len() > MAX_RESOURCES {
        faults.push(Fault::field(
            "resources",
            "too_many",
            format!("must be at most {MAX_RESOURCES}"),
        ));
    }
    let mut refs = Vec::new();
    for (i, (key, found)) in asked.iter().enumerate() {
        match scene.named(key, found.as_ref()) {
            Some(reference) => refs.push(reference),
            None => {
                let detail = format!("there is no {} `{}`", key.kind, key.id);
                faults.push(Fault::field(format!("resources[{i}]"), "unknown_resource", detail));
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
    pub fn domain_fault(&self, scene: &Scene<'_>, address: &Address) -> Option<Fault> {
        domain_fault(scene, self.role, address)
    }

    /// As [`member_domain_fault`], for the role of the offer.
    #[must_use]
    pub fn member_domain_fault(&self, scene: &Scene<'_>, member: &Member) -> Option<Fault> {
        member_domain_fault(scene, self.role, member)
    }

    /// The role as it is held on the organization from `start`, if it is held there.
    #[must_use]
    pub fn held(&self, start: Timestamp) -> Option<Held> {
        self.role.held_on_organization().then(|| self.held_from(start))
    }

    /// The grants it makes from `start`.
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

    fn held_from(&self, start: Timestamp) -> Held {
        Held {
            role: self.role.id.clone(),
            expires_at: self.term.and_then(|term| term.end(start)),
            epoch: self.epoch,
        }
    }
}

/// Whether the address may be given the role; the answer lists the domains otherwise (004).
#[must_use]
pub fn domain_fault(scene: &Scene<'_>, role: &Role, address: &Address) -> Option<Fault> {
    if !role.allowlisted || is_allowed(address, &scene.organization.plan.allowed_domains) {
        return None;
    }
    Some(Fault::address(
        address.as_str(),
        "domain_not_allowed",
        allowed_domains_text(scene),
    ))
}

/// Whether the member may be given the role at the address they joined with (004).
///
/// Of somebody who was added at once on a member's word nobody has verified that the address is theirs. For most roles that
/// is the word of those who could give them anyway; the allowlist is the platform's, and no member's word gets around it.
#[must_use]
pub fn member_domain_fault(scene: &Scene<'_>, role: &Role, member: &Member) -> Option<Fault> {
    let outside = domain_fault(scene, role, &member.email);
    let unverified = || {
        let detail = format!(
            "nobody has verified the address, which `{}` asks for; invite them instead",
            role.id
        );
        let fault = Fault::address(member.email.as_str(), "address_not_verified", detail);
        (role.allowlisted && member.vouched_by.is_some()).then_some(fault)
    };
    outside.or_else(unverified)
}

/// What a refusal for a domain says: the domains that are allowed.
fn allowed_domains_text(scene: &Scene<'_>) -> String {
    let domains: Vec<&str> = scene
        .organization
        .plan
        .allowed_domains
        .iter()
        .map(|d| d.as_str())
        .collect();
    if domains.is_empty() {
        "no domain is allowed for this role yet".to_owned()
    } else {
        format!("the address must be in one of: {}", domains.join(", "))
    }
}
