//! What a page needs before it shows anything: the view of an organization, its roles, and the role sets of the deployment.

use super::lookup::{name_keys, resource_names};
use super::members::{Sight, shown};
use crate::api::PageResponse;
use crate::api::organization::OrganizationResponse;
use crate::api::resource::ResourceNames;
use crate::api::role::{Assignability, RoleResponse, ScopeResponse};
use crate::api::view::{AvailableRoleSetResponse, OrganizationViewResponse};
use crate::offers::Offers;
use muster_domain::rules::scopes::{RoleScopes, Scope};
use muster_domain::{OrganizationId, ResourceRef, Role, roleset};
use muster_edge::{Call, OrgContext, Outcome, Reply, User};

/// Shows what a page about an organization needs before it shows anything.
pub async fn get(call: Call, user: User) -> Outcome {
    call.query(&[])?;
    let (org, _) = call.read_in_org(&user, call.path("org")?, Vec::new()).await?;
    org.any_role()?;
    // A key that sees no members does not see its owner either.
    let own = org.member().ok();
    let own = own.and_then(|own| Some((own, Sight::of(&org, own).ok()?)));
    let scoped = scoped_roles(&org);
    let held = own.iter().flat_map(|(own, sight)| sight.resources(own));
    let keys = name_keys(within(&org, held.chain(resources_of(&scoped))));
    let names = resource_names(call.app.store(), &keys).await?;
    let me = own.map(|(own, sight)| shown(&org, own, &sight, names.clone(), false));
    let view = OrganizationViewResponse {
        organization: OrganizationResponse::of(&org.organization, &org),
        role_set: org.set.into(),
        roles: shown_roles(&org, &scoped, &names),
        me,
        may: Offers::to(&org).in_organization(),
    };
    Reply::json(200, &view)
}

/// Lists the roles of the organization, with those the caller may give.
pub async fn roles(call: Call, user: User) -> Outcome {
    call.query(&[])?;
    let (org, _) = call.read_in_org(&user, call.path("org")?, Vec::new()).await?;
    org.any_role()?;
    let scoped = scoped_roles(&org);
    let keys = name_keys(within(&org, resources_of(&scoped)));
    let names = resource_names(call.app.store(), &keys).await?;
    Reply::json(
        200,
        &PageResponse {
            items: shown_roles(&org, &scoped, &names),
            next_cursor: None,
        },
    )
}

/// The roles, each with where the caller can give it.
fn scoped_roles(org: &OrgContext) -> Vec<(&'static Role, RoleScopes)> {
    let ctx = org.decision_context().ok();
    let scopes = |role: &Role| ctx.map(|ctx| RoleScopes::of(&ctx, role)).unwrap_or_default();
    org.set.roles.iter().map(|role| (role, scopes(role))).collect()
}

/// The resources on which the caller can give roles, if only on some.
fn resources_of<'s>(scoped: &'s [(&'static Role, RoleScopes)]) -> impl Iterator<Item = &'s ResourceRef> {
    let all = scoped.iter().flat_map(|(_, scopes)| scopes.all());
    all.flat_map(|scope| &scope.resources)
}

/// These resources, as those of the organization.
fn within<'r>(
    org: &OrgContext,
    resources: impl Iterator<Item = &'r ResourceRef>,
) -> impl Iterator<Item = (OrganizationId, &'r ResourceRef)> {
    let id = org.organization.id;
    resources.map(move |on| (id, on))
}

/// The roles as the caller sees them.
fn shown_roles(org: &OrgContext, scoped: &[(&'static Role, RoleScopes)], names: &ResourceNames) -> Vec<RoleResponse> {
    let authority = org.authority();
    let shown = |(role, scopes): &(&Role, RoleScopes)| {
        let authority = authority.as_ref();
        let assignability = Assignability {
            assignable: authority.is_some_and(|a| a.may_assign_somewhere(&role.id)),
            self_assignable: authority.is_some_and(|a| a.may_self_assign_somewhere(&role.id)),
            invite: named(names, &scopes.invite),
            assign: named(names, &scopes.assign),
            self_assign: named(names, &scopes.self_assign),
        };
        RoleResponse::of(role, &org.organization, assignability)
    };
    scoped.iter().map(shown).collect()
}

/// A scope with the names of its resources.
fn named(names: &ResourceNames, scope: &Scope) -> ScopeResponse {
    ScopeResponse {
        organization: scope.organization,
        resources: names.all(&scope.resources),
    }
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
