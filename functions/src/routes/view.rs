//! What a page needs before it shows anything: the view of an organization, its roles, and the role sets of the deployment.

use super::members::seen;
use crate::api::organization::OrganizationResponse;
use crate::api::role::{Assignability, RoleResponse, ScopeResponse};
use crate::api::view::{AvailableRoleSetResponse, OrganizationViewResponse};
use crate::api::{NamedResource, PageResponse};
use crate::offers::Offers;
use muster_domain::rules::scopes::{RoleScopes, Scope};
use muster_domain::{ResourceKey, Role, roleset};
use muster_edge::{Call, OrgContext, Outcome, Problem, Reply, User};
use muster_store::{Key, ReadSet};
use std::collections::BTreeSet;

/// Shows what a page about an organization needs before it shows anything.
pub async fn get(call: Call, user: User) -> Outcome {
    call.query(&[])?;
    let (org, _) = call.read_in_org(&user, call.path("org")?, Vec::new()).await?;
    org.any_role()?;
    let own = org.member().ok();
    let view = OrganizationViewResponse {
        organization: OrganizationResponse::of(&org.organization, &org),
        role_set: org.set.into(),
        roles: shown_roles(&call, &org).await?,
        // A key that sees no members does not see its owner either.
        me: own.and_then(|own| seen(&org, own, false).ok()),
        may: Offers::to(&org).in_organization(),
    };
    Reply::json(200, &view)
}

/// Lists the roles of the organization, with those the caller may give.
pub async fn roles(call: Call, user: User) -> Outcome {
    call.query(&[])?;
    let (org, _) = call.read_in_org(&user, call.path("org")?, Vec::new()).await?;
    org.any_role()?;
    Reply::json(
        200,
        &PageResponse {
            items: shown_roles(&call, &org).await?,
            next_cursor: None,
        },
    )
}

/// The roles as the caller sees them. If they can give some on single resources only, a second read names these.
async fn shown_roles(call: &Call, org: &OrgContext) -> Result<Vec<RoleResponse>, Problem> {
    let ctx = org.decision_context().ok();
    let scopes = |role: &Role| ctx.map(|ctx| RoleScopes::of(&ctx, role)).unwrap_or_default();
    let scoped: Vec<(&Role, RoleScopes)> = org.set.roles.iter().map(|role| (role, scopes(role))).collect();
    let all = scoped.iter().flat_map(|(_, scopes)| scopes.all());
    let keys: BTreeSet<Key> = all
        .flat_map(|scope| &scope.resources)
        .map(|on| Key::resource(org.organization.id, &on.key))
        .collect();
    let read = match keys.is_empty() {
        true => ReadSet::default(),
        false => call.app.store().read(&Vec::from_iter(keys)).await?,
    };
    let authority = org.authority();
    let shown = |(role, scopes): &(&Role, RoleScopes)| {
        let authority = authority.as_ref();
        let assignability = Assignability {
            assignable: authority.is_some_and(|a| a.may_assign_somewhere(&role.id)),
            self_assignable: authority.is_some_and(|a| a.may_self_assign_somewhere(&role.id)),
            invite: named(org, &read, &scopes.invite)?,
            assign: named(org, &read, &scopes.assign)?,
            self_assign: named(org, &read, &scopes.self_assign)?,
        };
        Ok(RoleResponse::of(role, &org.organization, assignability))
    };
    scoped.iter().map(shown).collect()
}

/// A scope with the names of its resources.
fn named(org: &OrgContext, read: &ReadSet, scope: &Scope) -> Result<ScopeResponse, Problem> {
    let one = |key: &ResourceKey| {
        let found = read.resource(org.organization.id, key)?;
        Ok(NamedResource::from((key, found)))
    };
    let resources = scope.resources.iter().map(|on| one(&on.key));
    Ok(ScopeResponse {
        organization: scope.organization,
        resources: resources.collect::<Result<Vec<_>, Problem>>()?,
    })
}

/// Lists the role sets that an organization can be created with.
pub async fn role_sets(call: Call) -> Outcome {
    call.query(&[])?;
    let sets = roleset::names().filter_map(roleset::find);
    let page = PageResponse {
        items: sets.map(AvailableRoleSetResponse::from).collect(),
        next_cursor: None,
    };
    Ok(Reply::json(200, &page)?.header("cache-control", "public, max-age=3600"))
}
