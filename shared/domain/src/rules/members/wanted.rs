//! The roles requested for a member, checked against the organization.

use super::{Holdings, MemberRefusal, WantedGrant};
use crate::member::{Grant, MAX_GRANTS, Member, RoleAssignment};
use crate::roleset::{Resources, Role};
use crate::rules::offer::{RequestedOffer, check, member_domain_fault};
use crate::rules::{DecisionContext, Violation};
use crate::text::RoleId;
use crate::time::Term;
use jiff::Timestamp;

type NewHoldings = (Option<RoleAssignment>, Vec<Grant>);

/// The holdings of the member after the change: the role on the organization, and the grants.
pub(super) fn wanted_holdings(
    ctx: &DecisionContext<'_>,
    before: &Member,
    wanted: &Holdings<'_>,
) -> Result<NewHoldings, MemberRefusal> {
    match wanted {
        Holdings::One(wanted) => {
            let offer = check(ctx, wanted).map_err(MemberRefusal::Invalid)?;
            if let Some(violation) = offer.member_domain_fault(ctx, before) {
                return Err(MemberRefusal::Invalid(vec![violation]));
            }
            let grants = offer
                .grants(ctx.now)
                .into_iter()
                .map(|g| keep_end(before, g, ctx.now))
                .collect();
            Ok((offer.held(ctx.now), grants))
        }
        Holdings::Mix { role, term, grants } => mix(ctx, before, *role, *term, grants),
    }
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
    grants: &[WantedGrant],
) -> Result<NewHoldings, MemberRefusal> {
    let mut violations = Vec::new();
    let mut held = None;
    let kept = before
        .role
        .clone()
        .filter(|held| Some(&held.role) == role && term.is_none())
        .filter(|held| {
            ctx.set
                .role(&held.role)
                .is_some_and(|r| ctx.organization.keeps(r, held.epoch))
        })
        .filter(|held| held.expires_at.is_none_or(|end| ctx.now < end));
    if kept.is_some() {
        // The role is named again without a term, so it stays as it is, with its end.
        held = kept;
    } else if let Some(role) = role {
        match check(
            ctx,
            &RequestedOffer {
                role,
                resources: &[],
                term,
            },
        ) {
            Ok(offer) => {
                violations.extend(offer.member_domain_fault(ctx, before));
                held = offer.held(ctx.now);
            }
            Err(more) => violations.extend(more),
        }
    }
    if grants.len() > MAX_GRANTS {
        violations.push(Violation::field(
            "grants",
            "too_many",
            format!("must have at most {MAX_GRANTS} entries"),
        ));
    }
    let mut given: Vec<Grant> = Vec::new();
    for (i, wanted) in grants.iter().enumerate() {
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
    if role.is_none() && grants.is_empty() {
        violations.push(Violation::field(
            "grants",
            "required",
            "a role or at least one grant is required",
        ));
    }
    if violations.is_empty() {
        Ok((held, given))
    } else {
        Err(MemberRefusal::Invalid(violations))
    }
}

/// One requested grant; `path` returns the path of one of its fields in the request.
pub(super) fn grant(
    ctx: &DecisionContext<'_>,
    member: &Member,
    wanted: &WantedGrant,
    path: impl Fn(&str) -> String,
) -> Result<Grant, Violation> {
    let (key, found) = &wanted.resource;
    let violation = |field: &str, code, detail: String| Violation::field(path(field), code, detail);
    let role = ctx.set.role(&wanted.role);
    let Some(role) = role.filter(|r| r.resources != Resources::None) else {
        let kind = &ctx.set.resource_type;
        let detail = format!("`{}` is not a role that can be assigned on a {kind}", wanted.role);
        return Err(violation(".role", "unknown_role", detail));
    };
    if !ctx.organization.has_enabled(role) {
        let detail = format!("`{}` is turned off", role.id);
        return Err(violation(".role", "role_not_enabled", detail));
    }
    if let Some(Violation { code, detail, .. }) = member_domain_fault(ctx, role, member) {
        return Err(violation(".role", code, detail));
    }
    if wanted.expires_at.is_some_and(|end| end <= ctx.now) {
        return Err(violation(
            ".expires_at",
            "in_the_past",
            "must be in the future".to_owned(),
        ));
    }
    if role.is_time_limited() && outlasts_every_term(role, wanted.expires_at, ctx.now) {
        let terms: Vec<String> = role.durations.iter().map(ToString::to_string).collect();
        let detail = format!(
            "must be within one of the durations of `{}`: {}",
            role.id,
            terms.join(", ")
        );
        return Err(violation(".expires_at", "out_of_range", detail));
    }
    let resource = ctx
        .named(key, found.as_ref())
        .ok_or_else(|| violation("", "unknown_resource", format!("there is no {} `{}`", key.kind, key.id)))?;
    Ok(Grant {
        resource,
        held: RoleAssignment {
            role: role.id.clone(),
            expires_at: wanted.expires_at,
            epoch: ctx.organization.epoch(&role.id),
            source: None,
        },
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
