//! The roles requested for a member, checked against the organization.

use crate::member::{Grant, MAX_GRANTS, Member, RoleAssignment};
use crate::resource::{Resource, ResourceKey};
use crate::roleset::{Resources, Role};
use crate::rules::DecisionContext;
use crate::rules::offer::{self, Offer, RequestedOffer};
use crate::text::RoleId;
use crate::time::Term;
use crate::violation::Violation;
use jiff::Timestamp;

/// A requested role on one resource.
pub struct WantedGrant {
    /// The resource's key, and the resource found under it, if any.
    pub resource: (ResourceKey, Option<Resource>),
    /// The role.
    pub role: RoleId,
    /// When the grant ends, if it does.
    pub expires_at: Option<Timestamp>,
}

/// All that a member is to hold.
pub enum Holdings<'a> {
    /// One role with its resources and its term.
    One(RequestedOffer<'a>),
    /// A role on the organization (or none) and any mix of grants.
    Mix {
        /// The role on the organization.
        role: Option<&'a RoleId>,
        /// Its term, if it is limited in time.
        term: Option<Term>,
        /// The grants.
        grants: &'a [WantedGrant],
    },
}

/// The role on the organization, and the grants.
type NewHoldings = (Option<RoleAssignment>, Vec<Grant>);

/// The holdings of the member after the change: the role on the organization, and the grants.
pub(super) fn holdings(
    ctx: &DecisionContext<'_>,
    before: &Member,
    wanted: &Holdings<'_>,
) -> Result<NewHoldings, Vec<Violation>> {
    match wanted {
        Holdings::One(wanted) => of_offer(ctx, before, &offer::check(ctx, wanted)?),
        Holdings::Mix { role, term, grants } => mix(ctx, before, *role, *term, grants),
    }
}

/// The holdings of a member who gets this offer in place of all that they hold.
pub(super) fn of_offer(
    ctx: &DecisionContext<'_>,
    before: &Member,
    offer: &Offer<'_>,
) -> Result<NewHoldings, Vec<Violation>> {
    if let Some(violation) = offer.member_domain_fault(ctx, before) {
        return Err(vec![violation]);
    }
    let grants = offer.grants(ctx.now).into_iter();
    let grants = grants.map(|grant| keep_end(before, grant, ctx.now)).collect();
    Ok((offer.held(ctx.now), grants))
}

/// A grant that the member already has with the same role keeps its end: naming it again is no change. An expired one starts
/// anew.
fn keep_end(before: &Member, grant: Grant, now: Timestamp) -> Grant {
    let same = before
        .grants
        .iter()
        .find(|g| g.resource == grant.resource && g.held.role == grant.held.role && g.held.epoch == grant.held.epoch)
        .filter(|g| g.held.expires_at.is_none_or(|end| now < end));
    match same {
        Some(same) if grant.held.expires_at.is_none() => same.clone(),
        _ => grant,
    }
}

fn mix(
    ctx: &DecisionContext<'_>,
    before: &Member,
    role: Option<&RoleId>,
    term: Option<Term>,
    wanted: &[WantedGrant],
) -> Result<NewHoldings, Vec<Violation>> {
    let held = role.map_or(Ok(None), |role| assignment(ctx, before, role, term));
    let grants = distinct_grants(ctx, before, wanted);
    match (held, grants) {
        (Ok(None), Ok(_)) if role.is_none() && wanted.is_empty() => Err(vec![Violation::field(
            "grants",
            "required",
            "a role or at least one grant is required",
        )]),
        (Ok(held), Ok(grants)) => Ok((held, grants)),
        (held, grants) => {
            let mut violations = held.err().unwrap_or_default();
            violations.extend(grants.err().unwrap_or_default());
            Err(violations)
        }
    }
}

/// The role on the organization. One that the member holds and that is named again without a term stays as it is, with its end.
fn assignment(
    ctx: &DecisionContext<'_>,
    before: &Member,
    role: &RoleId,
    term: Option<Term>,
) -> Result<Option<RoleAssignment>, Vec<Violation>> {
    let kept = before
        .role
        .clone()
        .filter(|held| held.role == *role && term.is_none())
        .filter(|held| {
            ctx.set
                .role(&held.role)
                .is_some_and(|r| ctx.organization.keeps(r, held.epoch))
        })
        .filter(|held| held.expires_at.is_none_or(|end| ctx.now < end));
    if kept.is_some() {
        return Ok(kept);
    }
    let wanted = RequestedOffer {
        role,
        resources: &[],
        term,
    };
    let offer = offer::check(ctx, &wanted)?;
    match offer.member_domain_fault(ctx, before) {
        Some(violation) => Err(vec![violation]),
        None => Ok(offer.held(ctx.now)),
    }
}

/// The requested grants, at most one on each resource.
fn distinct_grants(
    ctx: &DecisionContext<'_>,
    before: &Member,
    wanted: &[WantedGrant],
) -> Result<Vec<Grant>, Vec<Violation>> {
    let too_many = Violation::too_many("grants", wanted.len(), MAX_GRANTS);
    let mut violations: Vec<Violation> = too_many.into_iter().collect();
    let mut given: Vec<Grant> = Vec::new();
    for (i, wanted) in wanted.iter().enumerate() {
        match grant(ctx, before, wanted, |field| format!("grants[{i}]{field}")) {
            Ok(grant) if given.iter().any(|g| g.resource == grant.resource) => {
                violations.push(Violation::field(
                    format!("grants[{i}]"),
                    "repeated",
                    "each resource can have only one role",
                ));
            }
            Ok(grant) => given.push(grant),
            Err(violation) => violations.push(violation),
        }
    }
    if violations.is_empty() {
        Ok(given)
    } else {
        Err(violations)
    }
}

/// One requested grant; `path` returns the path of one of its fields in the request.
pub(super) fn grant(
    ctx: &DecisionContext<'_>,
    member: &Member,
    wanted: &WantedGrant,
    path: impl Fn(&str) -> String,
) -> Result<Grant, Violation> {
    let held = held_on_resource(ctx, member, &wanted.role, wanted.expires_at)
        .map_err(|(field, code, detail)| Violation::field(path(field), code, detail))?;
    let (key, found) = &wanted.resource;
    let unknown = || {
        let detail = format!("there is no {} `{}`", key.kind, key.id);
        Violation::field(path(""), "unknown_resource", detail)
    };
    let resource = ctx.named(key, found.as_ref()).ok_or_else(unknown)?;
    Ok(Grant { resource, held })
}

/// What is wrong with a requested grant: the field, the code and the detail.
type GrantFault = (&'static str, &'static str, String);

/// The role as the member would hold it on a resource.
pub(super) fn held_on_resource(
    ctx: &DecisionContext<'_>,
    member: &Member,
    role: &RoleId,
    expires_at: Option<Timestamp>,
) -> Result<RoleAssignment, GrantFault> {
    let known = ctx.set.role(role).filter(|r| r.resources != Resources::None);
    let Some(role) = known else {
        let kind = &ctx.set.resource_type;
        let detail = format!("`{role}` is not a role that can be assigned on a {kind}");
        return Err((".role", "unknown_role", detail));
    };
    if !ctx.organization.has_enabled(role) {
        return Err((".role", "role_not_enabled", offer::turned_off(role)));
    }
    if let Some(Violation { code, detail, .. }) = offer::member_domain_fault(ctx, role, member) {
        return Err((".role", code, detail));
    }
    if expires_at.is_some_and(|end| end <= ctx.now) {
        return Err((".expires_at", "in_the_past", "must be in the future".to_owned()));
    }
    if role.is_time_limited() && outlasts_every_term(role, expires_at, ctx.now) {
        let terms: Vec<String> = role.durations.iter().map(ToString::to_string).collect();
        let detail = format!("must not exceed the durations of `{}`: {}", role.id, terms.join(", "));
        return Err((".expires_at", "out_of_range", detail));
    }
    Ok(RoleAssignment {
        role: role.id.clone(),
        expires_at,
        epoch: ctx.organization.epoch(&role.id),
        source: None,
    })
}

/// Whether a grant would outlast every term that the role offers.
fn outlasts_every_term(role: &Role, end: Option<Timestamp>, now: Timestamp) -> bool {
    !role.durations.iter().any(|term| match (term.end(now), end) {
        (None, _) => true,
        (Some(longest), Some(end)) => end <= longest,
        (Some(_), None) => false,
    })
}
