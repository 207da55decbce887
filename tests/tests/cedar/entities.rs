//! What an organization and its member are told to Cedar as, in the JSON that Verified Permissions takes too.

use super::schema::{NAMESPACE, resource_type};
use cedar_policy::{Entities, EntityUid, Schema};
use muster_domain::{Member, Organization, ResourceRef, RoleAssignment, RoleSet, Status};
use serde_json::{Map, Value, json};

fn uid(kind: &str, id: &str) -> Value {
    json!({ "type": format!("{NAMESPACE}::{kind}"), "id": id })
}

fn held(held: &RoleAssignment) -> Value {
    let mut record = json!({ "role": held.role });
    if let Some(end) = held.expires_at {
        record["expires_at"] = json!({ "__extn": { "fn": "datetime", "arg": end.to_string() } });
    }
    record
}

fn organization(organization: &Organization) -> Value {
    json!({
        "uid": uid("Organization", &organization.id.to_string()),
        "attrs": { "optional_roles": organization.settings.optional_roles },
        "parents": [],
    })
}

fn user(member: &Member) -> Value {
    let mut attrs = json!({
        "organization": { "__entity": uid("Organization", &member.organization.to_string()) },
        "active": member.status == Status::Active,
    });
    if let Some(role) = &member.role {
        attrs["role"] = held(role);
    }
    let tag = |g: &muster_domain::Grant| (g.resource.key.id.to_string(), held(&g.held));
    let tags: Map<String, Value> = member.grants.iter().map(tag).collect();
    json!({ "uid": uid("User", &member.id.to_string()), "attrs": attrs, "tags": tags, "parents": [] })
}

/// The member, their organization and one resource of it.
pub(super) fn of(
    schema: &Schema,
    set: &RoleSet,
    own: &Organization,
    member: &Member,
    resource: &ResourceRef,
) -> Entities {
    let id = resource.key.id.to_string();
    let resource = json!({
        "uid": uid(&resource_type(set), &id),
        "attrs": { "id": id },
        "parents": [uid("Organization", &own.id.to_string())],
    });
    let all = json!([organization(own), user(member), resource]);
    Entities::from_json_value(all, Some(schema)).unwrap_or_else(|e| panic!("{e:?}"))
}

/// A name of an entity.
pub(super) fn named(kind: &str, id: &str) -> EntityUid {
    EntityUid::from_json(uid(kind, id)).unwrap()
}
