//! What a member is asked to hold, checked against what the organization has.

use super::{Holdings, MemberRefusal, WantedGrant};
use crate::member::{Grant, Held, MAX_GRANTS, Member};
use crate::roleset::{Resources, Role};
use crate::rules::offer::{Wanted, check, member_domain_fault};
use crate::rules::{Fault, Scene};
use crate::text::RoleId;
use crate::time::Term;
use jiff::Timestamp;

type Held2 = (Option<Held>, Vec<Grant>);

/// What the member would hold: the role on the organization and the grants.
pub(super) fn wanted_holdings(
    scene: &Scene<'_>,
    before: &Member,
    wanted: &Holdings<'_>,
) -> Result<Held2, MemberRefusal> {
    match wanted {
        Holdings::One(wanted) => {
            let offer = check(scene, wanted).map_err(MemberRefusal::Invalid)?;
            if let Some(fault) = offer.member_domain_fault(scene, before) {
                return Err(MemberRefusal::Invalid(vec![fault]));
            }
            let grants = offer
                .grants(scene.now)
                .into_iter()
                .map(|g| keep_end(before, g, scene.now))
                .collect();
            Ok((offer.held(scene.now), grants))
        }
        Holdings::Mix { role, term, grants } => mix(scene, before, *role, *term, grants),
    }
}

/// A grant that is there already with the same role keeps its end: naming it again is no change. One that is over begins anew.
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
    scene: &Scene<'_>,
    before: &Member,
    role: Option<&RoleId>,
    term: Option<Term>,
    grants: &[WantedGrant],
) -> Result<Held2, MemberRefusal> {
    let mut faults = Vec::new();
    let mut held = None;
    let kept = before
        .role
        .clone()
        .filter(|held| Some(&held.role) == role && term.is_none())
        .filter(|held| {
            scene
                .set
                .role(&held.role)
                .is_some_and(|r| scene.organization.keeps(r, held.epoch))
        })
        .filter(|held| held.expires_at.is_none_or(|end| scene.now < end));
    if kept.is_some() {
        // Named again without a term: it stays as it is, with its end.
        held = kept;
    } else if let Some(role) = role {
        match check(
            scene,
            &Wanted {
                role,
                resources: &[],
                term,
            },
        ) {
            Ok(offer) => {
                faults.extend(offer.member_domain_fault(scene, before));
                held = offer.held(scene.now);
            }
            Err(more) => faults.extend(more),
        }
    }
    if grants.len() > MAX_GRANTS {
        faults.push(Fault::field(
            "grants",
            "too_many",
            format!("must be at most {MAX_GRANTS}"),
        ));
    }
    let mut given: Vec<Grant> = Vec::new();
    for (i, wanted) in grants.iter().enumerate() {
        match grant(scene, before, wanted, |field| format!("grants[{i}]{field}")) {
            Ok(grant) if given.iter().any(|g| g.resource == grant.resource) => {
                faults.push(Fault::field(
                    format!("grants[{i}]"),
                    "repeated",
                    "there is at most one role on each resource",
                ));
            }
            Ok(grant) => given.push(grant),
            Err(fault) => faults.push(fault),
        }
    }
    if role.is_none() && grants.is_empty() {
        faults.push(Fault::field("grants", "required", "name a role or at least one grant"));
    }
    if faults.is_empty() {
        Ok((held, given))
    } else {
        Err(MemberRefusal::Invalid(faults))
    }
}

/// One grant as it is asked for; `path` tells where a field of it stands in the request.
pub(super) fn grant(
    scene: &Scene<'_>,
    member: &Member,
    wanted: &WantedGrant,
    path: impl Fn(&str) -> String,
) -> Result<Grant, Fault> {
    let (key, found) = &wanted.resource;
    let fault = |field: &str, code, detail: String| Fault::field(path(field), code, detail);
    let role = scene.set.role(&wanted.role);
    let Some(role) = role.filter(|r| r.resources != Resources::None) else {
        let kind = &scene.set.resource_type;
        let detail = format!("`{}` is no role that is held on a {kind}", wanted.role);
        return Err(fault(".role", "unknown_role", detail));
    };
    if !scene.organization.has_enabled(role) {
        let detail = format!("`{}` is switched off", role.id);
        return Err(fault(".role", "role_not_enabled", detail));
    }
    if let Some(Fault { code, detail, .. }) = member_domain_fault(scene, role, member) {
        return Err(fault(".role", code, detail));
    }
    if wanted.expires_at.is_some_and(|end| end <= scene.now) {
        return Err(fault(".expires_at", "in_the_past", "must lie in the future".to_owned()));
    }
    if role.is_time_limited() && outlasts_every_term(role, wanted.expires_at, scene.now) {
        let terms: Vec<String> = role.durations.iter().map(ToString::to_string).collect();
        let detail = format!("`{}` is held for at most one of {}", role.id, terms.join(", "));
        return Err(fault(".expires_at", "out_of_range", detail));
    }
    let resource = scene
        .named(key, found.as_ref())
        .ok_or_else(|| fault("", "unknown_resource", format!("there is no {} `{}`", key.kind, key.id)))?;
    Ok(Grant {
        resource,
        held: Held {
            role: role.id.clone(),
            expires_at: wanted.expires_at,
            epoch: scene.organization.epoch(&role.id),
        },
    })
}

/// Whether a grant would last longer than any term the role is given for.
fn outlasts_every_term(role: &Role, end: Option<Timestamp>, now: Timestamp) -> bool {
    !role.durations.iter().any(|term| match (term.end(now), end) {
        (None, _) => true,
        (Some(longest), Some(end)) => end <= longest,
        (Some(_), None) => false,
    })
}
