//! Creating an organization, and changing its name, settings and plan.

use crate::branding::LogoUrl;
use crate::changes::{Changes, Pair};
use crate::email::{Domain, EmailAddress};
use crate::event::{EntityRef, EventKind, Recorder};
use crate::id::{JobId, NewIds, OrganizationId, UserId};
use crate::job::{Job, Work};
use crate::member::{Member, Profile, RoleAssignment, Status};
use crate::organization::{Organization, Plan, Settings};
use crate::roleset::{Role, RoleSet, permission};
use crate::rules::DecisionContext;
use crate::source::{Giver, RoleSource, SourceKind};
use crate::text::{Color, Message, Name, RoleId, Subject};
use crate::violation::Violation;
use jiff::Timestamp;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Days for which an invitation may stay open.
pub const INVITATION_DAYS: std::ops::RangeInclusive<u32> = 1..=30;

/// The creator of an organization.
pub struct Founder {
    /// The user.
    pub id: UserId,
    /// Their subject at the identity provider.
    pub subject: Option<Subject>,
    /// Their verified address.
    pub email: EmailAddress,
    /// Their name, if the identity provider reports it.
    pub name: Option<Name>,
}

/// Creates an organization whose first owner is the founder (`website-studio`).
///
/// `None` if the role set has no protected role, which cannot be: loading rejects such a set.
pub fn create(
    founder: &Founder,
    name: Name,
    set: &RoleSet,
    now: Timestamp,
    ids: &mut dyn NewIds,
) -> Option<(Organization, Changes)> {
    let owner = set.protected_role()?;
    let id = OrganizationId::from_uuid(ids.uuid());
    let member = first_owner(founder, id, owner, now).recomputed(set, now);
    let organization = Organization {
        seats_used: u64::from(member.seat),
        ..new_organization(id, name, set, now)
    };
    let mut record = Recorder::new(id, EntityRef::user(founder.id), now, ids);
    let after = json!({ "name": organization.name, "role_set": organization.role_set, "owner": founder.id });
    let events = vec![record.event(
        EventKind::OrganizationCreated,
        EntityRef::organization(id),
        None,
        Some(after),
    )];
    let changes = Changes {
        organization: Some(Pair::new(organization.clone())),
        members: vec![Pair::new(member)],
        events,
        ..Changes::default()
    };
    Some((organization, changes))
}

/// The founder as the first owner.
fn first_owner(founder: &Founder, organization: OrganizationId, owner: &Role, now: Timestamp) -> Member {
    Member {
        id: founder.id,
        subject: founder.subject.clone(),
        organization,
        email: founder.email.clone(),
        vouched_by: None,
        name: founder.name.clone(),
        status: Status::Active,
        role: Some(RoleAssignment {
            role: owner.id.clone(),
            expires_at: None,
            epoch: 0,
            source: Some(RoleSource {
                kind: SourceKind::Founder,
                by: Some(Giver::Member(founder.id)),
                at: now,
            }),
        }),
        grants: Vec::new(),
        seat: false,
        keys: 0,
        keys_valid_from: now,
        profile: Profile::default(),
        joined_at: now,
        last_active_at: Some(now),
        due_at: None,
        version: 0,
    }
}

/// A new organization, with one owner.
fn new_organization(id: OrganizationId, name: Name, set: &RoleSet, now: Timestamp) -> Organization {
    Organization {
        id,
        name,
        role_set: set.id.clone(),
        settings: Settings::default(),
        plan: Plan::default(),
        role_epochs: BTreeMap::new(),
        ending: BTreeSet::new(),
        ending_by: BTreeMap::new(),
        seats_used: 0,
        active_owners: 1,
        paying_owner: None,
        suspension: None,
        deleted_at: None,
        erasing: false,
        created_at: now,
        version: 1,
        suspension_changes: 0,
    }
}

/// A change of name and settings; fields that are `None` stay unchanged.
#[derive(Default)]
pub struct OrganizationUpdate {
    /// The new name.
    pub name: Option<Name>,
    /// Days for which invitations stay open.
    pub invitation_ttl_days: Option<u32>,
    /// The message of invitations whose inviter writes none; an inner `None` removes it.
    pub default_message: Option<Option<Message>>,
    /// The optional roles that are switched on.
    pub optional_roles: Option<BTreeSet<RoleId>>,
    /// The logo in emails; an inner `None` removes it.
    pub logo_url: Option<Option<LogoUrl>>,
    /// The accent color in emails; an inner `None` removes it.
    pub accent_color: Option<Option<Color>>,
}

/// The reason for not changing name or settings.
#[derive(Debug, PartialEq, Eq)]
pub enum UpdateRefusal {
    /// The actor has no permission for it.
    Forbidden,
    /// Invalid fields.
    Invalid(Vec<Violation>),
}

/// Whether the actor may change name and settings.
#[must_use]
pub fn may_update(ctx: &DecisionContext<'_>) -> bool {
    ctx.authority().allows(permission::ORGANIZATION_UPDATE, None)
}

/// Changes name and settings. Switching an optional role off ends it immediately for everyone who holds it (`program-delivery`).
///
/// # Errors
/// [`UpdateRefusal`].
pub fn update(
    ctx: &DecisionContext<'_>,
    wanted: OrganizationUpdate,
    ids: &mut dyn NewIds,
) -> Result<(Organization, Changes), UpdateRefusal> {
    if !may_update(ctx) {
        return Err(UpdateRefusal::Forbidden);
    }
    let mut violations = update_faults(ctx.set, &wanted);
    violations.extend(branding_faults(ctx.organization, &wanted));
    if !violations.is_empty() {
        return Err(UpdateRefusal::Invalid(violations));
    }
    let before = ctx.organization;
    let mut after = before.clone();
    if let Some(name) = wanted.name {
        after.name = name;
    }
    if let Some(days) = wanted.invitation_ttl_days {
        after.settings.invitation_ttl_days = days;
    }
    if let Some(message) = wanted.default_message {
        after.settings.default_message = message;
    }
    if let Some(roles) = wanted.optional_roles {
        after.settings.optional_roles = roles;
    }
    if let Some(logo) = wanted.logo_url {
        after.settings.logo_url = logo;
    }
    if let Some(color) = wanted.accent_color {
        after.settings.accent_color = color;
    }
    if after == *before {
        return Ok((after, Changes::default()));
    }
    after.version += 1;
    let jobs = switch_off(before, &mut after, ctx.now, ids);
    let picture = |o: &Organization| json!({ "name": o.name, "settings": o.settings });
    let event = ctx.recorder(ids).event(
        EventKind::OrganizationUpdated,
        EntityRef::organization(before.id),
        Some(picture(before)),
        Some(picture(&after)),
    );
    let changes = Changes {
        organization: Some(Pair::change(before.clone(), after.clone())),
        jobs,
        events: vec![event],
        relied_on: ctx.relied_on(),
        ..Changes::default()
    };
    Ok((after, changes))
}

/// Raises the epoch of each optional role that is switched off. Returns the jobs that end these roles for all who hold them.
fn switch_off(before: &Organization, after: &mut Organization, now: Timestamp, ids: &mut dyn NewIds) -> Vec<Pair<Job>> {
    let kept = &after.settings.optional_roles;
    let mut jobs = Vec::new();
    for role in before.settings.optional_roles.difference(kept) {
        let epoch = before.epoch(role);
        after.role_epochs.insert(role.clone(), epoch + 1);
        let work = Work::EndRole {
            role: role.clone(),
            epoch,
        };
        jobs.push(Pair::new(Job::new(JobId::from_uuid(ids.uuid()), before.id, work, now)));
    }
    jobs
}

fn update_faults(set: &RoleSet, wanted: &OrganizationUpdate) -> Vec<Violation> {
    let mut violations = Vec::new();
    if wanted
        .invitation_ttl_days
        .is_some_and(|days| !INVITATION_DAYS.contains(&days))
    {
        violations.push(Violation::field(
            "settings.invitation_ttl_days",
            "out_of_range",
            "must be 1 to 30 days",
        ));
    }
    for role in wanted.optional_roles.iter().flatten() {
        if !set.role(role).is_some_and(|r| r.optional) {
            let detail = format!("`{role}` is not an optional role of this role set");
            violations.push(Violation::field("settings.optional_roles", "unknown_role", detail));
        }
    }
    violations
}

/// A violation for each part of a look that the plan does not include. Removing one is always possible.
fn branding_faults(organization: &Organization, wanted: &OrganizationUpdate) -> Vec<Violation> {
    let sets = |field, is_set: bool| {
        let detail = "the plan does not include a logo or an accent color of the organization's own";
        (is_set && !organization.plan.branding).then(|| Violation::field(field, "not_in_plan", detail))
    };
    let logo = sets("settings.logo_url", matches!(wanted.logo_url, Some(Some(_))));
    let color = sets("settings.accent_color", matches!(wanted.accent_color, Some(Some(_))));
    logo.into_iter().chain(color).collect()
}

/// Sets the plan: limits and allowed domains. A seat limit below the seats in use removes no one and blocks growth.
pub fn set_plan(
    before: &Organization,
    plan: Plan,
    platform: UserId,
    now: Timestamp,
    ids: &mut dyn NewIds,
) -> (Organization, Changes) {
    let mut after = Organization { plan, ..before.clone() };
    if after == *before {
        return (after, Changes::default());
    }
    after.version += 1;
    let mut record = Recorder::new(before.id, EntityRef::platform(platform), now, ids);
    let event = record.event(
        EventKind::PlanSet,
        EntityRef::organization(before.id),
        Some(json!(before.plan)),
        Some(json!(after.plan)),
    );
    let changes = Changes {
        organization: Some(Pair::change(before.clone(), after.clone())),
        events: vec![event],
        ..Changes::default()
    };
    (after, changes)
}

/// The most domains that the allowlist may hold.
pub const MAX_DOMAINS: usize = 100;

/// Whether the address is directly in one of the domains that the platform allows (`program-delivery`). A subdomain is another
/// domain.
#[must_use]
pub fn is_allowed(email: &EmailAddress, domains: &BTreeSet<Domain>) -> bool {
    domains.iter().any(|domain| domain.as_str() == email.domain())
}
