//! A role set as a Cedar schema: who, on what, and the permissions as actions.

use muster_domain::RoleSet;
use muster_domain::roleset::condition::{Comparison, Entity, PropertyValue};
use std::collections::BTreeMap;

/// The namespace; a policy store of Verified Permissions has one.
pub(super) const NAMESPACE: &str = "Muster";

/// The entity type of the set's resources, such as `Collection`.
pub(super) fn resource_type(set: &RoleSet) -> String {
    let words = set.resource_type.as_str().split('_');
    words
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        })
        .collect()
}

/// Every permission that some role allows, in the order of the file.
pub(super) fn actions(set: &RoleSet) -> Vec<&str> {
    let mut actions: Vec<&str> = Vec::new();
    for permission in set.roles.iter().flat_map(|role| &role.permissions) {
        if !actions.contains(&permission.as_str()) {
            actions.push(permission);
        }
    }
    actions
}

/// A text as Cedar quotes it.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.escape_default())
}

/// The properties that conditions compare, as a part of the context: each may be left out.
fn properties(set: &RoleSet) -> String {
    let conditions = set.roles.iter().flat_map(|role| &role.conditions);
    let mut types: BTreeMap<Entity, BTreeMap<&str, &str>> = BTreeMap::new();
    for (name, comparison) in conditions.flat_map(|condition| &condition.when) {
        let (Comparison::Is(value) | Comparison::IsNot(value)) = comparison;
        let kind = match value {
            PropertyValue::Flag(_) => "Bool",
            PropertyValue::Number(_) => "Long",
            PropertyValue::Text(_) => "String",
        };
        types.entry(name.entity).or_default().insert(&name.name, kind);
    }
    let record = |(entity, properties): (Entity, BTreeMap<&str, &str>)| {
        let each: Vec<String> = properties
            .iter()
            .map(|(name, kind)| format!("{name}?: {kind}"))
            .collect();
        format!(", {}?: {{ {} }}", entity.name(), each.join(", "))
    };
    types.into_iter().map(record).collect()
}

pub(super) fn of(set: &RoleSet) -> String {
    let kind = resource_type(set);
    let actions: Vec<String> = actions(set).into_iter().map(quoted).collect();
    format!(
        "// {name} (`{id}`): written from shared/domain/role-sets/{id}.toml by the test `cedar`, and not by hand.\n\
         // How to use it is told in docs/VERIFIED-PERMISSIONS.md.\n\
         \n\
         namespace {NAMESPACE} {{\n\
         \x20 // A role as somebody holds it: on the organization or on a resource, for ever or until an end.\n\
         \x20 type Held = {{ role: String, expires_at?: datetime }};\n\
         \n\
         \x20 // `optional_roles` are those of the organization's settings: a role that is off until listed gives nothing before.\n\
         \x20 entity Organization = {{ optional_roles: Set<String> }};\n\
         \n\
         \x20 // `id` is the product's own, as in the entity's name: it is looked up among the tags of a user.\n\
         \x20 entity {kind} in [Organization] = {{ id: String }};\n\
         \n\
         \x20 // A user as a member of one organization. `role` is held on the organization; the tags are the roles held on\n\
         \x20 // resources, each under the id of its resource.\n\
         \x20 entity User = {{ organization: Organization, active: Bool, role?: Held }} tags Held;\n\
         \n\
         \x20 action\n    {actions}\n\
         \x20   appliesTo {{ principal: [User], resource: [Organization, {kind}], context: {{ now: datetime{properties} }} }};\n\
         }}\n",
        name = set.name,
        id = set.id,
        actions = actions.join(",\n    "),
        properties = properties(set),
    )
}
