//! A role set as Cedar policies: at most two a role, one where it reaches the organization, one where it is held on a resource.

use super::schema::{NAMESPACE, quoted, resource_type};
use muster_domain::RoleSet;
use muster_domain::roleset::{Reach, Resources, Role};

/// How long `held` lasts: a role without an end for ever.
fn lasts(held: &str) -> String {
    format!("(if {held} has expires_at then context.now < {held}.expires_at else true)")
}

/// The condition that an optional role is switched on.
fn enabled(role: &Role) -> Option<String> {
    role.optional.then(|| {
        format!(
            "principal.organization.optional_roles.contains({})",
            quoted(role.id.as_str())
        )
    })
}

fn permit(role: &Role, id: &str, resource: &str, comment: &str, conditions: &[String]) -> String {
    let actions: Vec<String> = role
        .permissions
        .iter()
        .map(|p| format!("{NAMESPACE}::Action::{}", quoted(p)))
        .collect();
    format!(
        "\n// {comment}\n@id({id})\npermit (\n  principal is {NAMESPACE}::User,\n  action in [\n    {actions}\n  ],\n  {resource}\n)\nwhen {{\n  {conditions}\n}};\n",
        id = quoted(id),
        actions = actions.join(",\n    "),
        conditions = conditions.join(" &&\n  "),
    )
}

/// Held on the organization, it holds for that and for every resource of it.
fn on_organization(role: &Role) -> String {
    let held = "principal.role";
    let mut conditions = vec![
        "principal has role".to_owned(),
        format!("{held}.role == {}", quoted(role.id.as_str())),
        lasts(held),
        "resource in principal.organization".to_owned(),
    ];
    conditions.extend(enabled(role));
    let comment = format!("{}, held on the organization.", role.name);
    permit(role, role.id.as_str(), "resource", &comment, &conditions)
}

/// Held on a resource, it holds for that alone.
fn on_resource(set: &RoleSet, role: &Role) -> String {
    let held = "principal.getTag(resource.id)";
    let mut conditions = vec![
        "resource in principal.organization".to_owned(),
        "principal.hasTag(resource.id)".to_owned(),
        format!("{held}.role == {}", quoted(role.id.as_str())),
        lasts(held),
    ];
    conditions.extend(enabled(role));
    let kind = &set.resource_type;
    let comment = format!("{}, held on one {kind}.", role.name);
    let resource = format!("resource is {NAMESPACE}::{}", resource_type(set));
    permit(
        role,
        &format!("{}_on_{kind}", role.id),
        &resource,
        &comment,
        &conditions,
    )
}

pub(super) fn of(set: &RoleSet) -> String {
    let mut text = format!(
        "// {name} (`{id}`): written from shared/domain/role-sets/{id}.toml by the test `cedar`, and not by hand.\n\
         // How to use it is told in docs/VERIFIED-PERMISSIONS.md.\n\
         \n\
         // Whoever is inactive may do nothing.\n\
         @id(\"inactive\")\n\
         forbid (principal is {NAMESPACE}::User, action, resource)\n\
         unless {{ principal.active }};\n",
        name = set.name,
        id = set.id,
    );
    for role in set.roles.iter().filter(|role| !role.permissions.is_empty()) {
        if role.reach == Reach::Organization {
            text.push_str(&on_organization(role));
        }
        if role.resources != Resources::None {
            text.push_str(&on_resource(set, role));
        }
    }
    text
}
