//! A role set as Cedar policies: at most two a role, one where it reaches the organization, one where it is held on a resource.

use super::schema::{NAMESPACE, quoted, resource_type};
use muster_domain::RoleSet;
use muster_domain::roleset::condition::{Comparison, Condition, PropertyName, PropertyValue};
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

/// One policy.
struct Policy<'a> {
    role: &'a Role,
    id: &'a str,
    resource: &'a str,
    comment: &'a str,
    conditions: &'a [String],
}

impl Policy<'_> {
    /// The policy for these permissions, with the properties under which they hold.
    fn text(&self, id: &str, permissions: &[&str], properties: Option<String>) -> String {
        let actions = permissions
            .iter()
            .map(|p| format!("{NAMESPACE}::Action::{}", quoted(p)));
        let conditions: Vec<String> = self.conditions.iter().cloned().chain(properties).collect();
        format!(
            "\n// {comment}\n@id({id})\npermit (\n  principal is {NAMESPACE}::User,\n  action in [\n    {actions}\n  ],\n  {resource}\n)\nwhen {{\n  {conditions}\n}};\n",
            comment = self.comment,
            id = quoted(id),
            resource = self.resource,
            actions = actions.collect::<Vec<_>>().join(",\n    "),
            conditions = conditions.join(" &&\n  "),
        )
    }

    /// One for all permissions that always hold, and one for each that has conditions.
    fn all(&self) -> String {
        let has_conditions = |permission: &&str| self.role.conditions_on(permission).next().is_some();
        let permissions = self.role.permissions.iter().map(String::as_str);
        let (narrowed, plain): (Vec<&str>, Vec<&str>) = permissions.partition(has_conditions);
        let mut text = String::new();
        if !plain.is_empty() {
            text.push_str(&self.text(self.id, &plain, None));
        }
        for permission in narrowed {
            let each: Vec<String> = self.role.conditions_on(permission).map(condition).collect();
            let id = format!("{}_{}", self.id, permission.replace(':', "_"));
            text.push_str(&self.text(&id, &[permission], Some(format!("({})", each.join(" || ")))));
        }
        text
    }
}

/// A condition: each of its properties, which come in the context.
fn condition(condition: &Condition) -> String {
    let each: Vec<String> = condition.when.iter().map(|(name, is)| comparison(name, is)).collect();
    each.join(" && ")
}

fn comparison(name: &PropertyName, is: &Comparison) -> String {
    let equals = |value: &PropertyValue| {
        let value = match value {
            PropertyValue::Flag(flag) => flag.to_string(),
            PropertyValue::Number(number) => number.to_string(),
            PropertyValue::Text(text) => quoted(text),
        };
        format!("(context has {name} && context.{name} == {value})")
    };
    match is {
        Comparison::Is(value) => equals(value),
        Comparison::IsNot(value) => format!("!{}", equals(value)),
    }
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
    let policy = Policy {
        role,
        id: role.id.as_str(),
        resource: "resource",
        comment: &comment,
        conditions: &conditions,
    };
    policy.all()
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
    let policy = Policy {
        role,
        id: &format!("{}_on_{kind}", role.id),
        resource: &resource,
        comment: &comment,
        conditions: &conditions,
    };
    policy.all()
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
