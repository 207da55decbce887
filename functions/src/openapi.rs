//! The OpenAPI 3.1 document, made from the routes and from the same types that the handlers use.

mod alternatives;
mod headers;
mod names;
pub mod operation;
mod parameters;
mod presence;
mod problems;
pub(crate) mod query;
mod tags;
mod vocabularies;

use self::operation::{Operation, Schemas};
use self::parameters::parameters;
use self::problems::ProblemResponses;
use self::tags::{tag, tags};
use crate::routes::{Access, Route, Trait, operations};
use muster_domain::export::Format;
use muster_domain::rules::suspension::OpenTo;
use muster_edge::Problem;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The operation's id: its binary's name. Of the routes of one binary, those of one organization say so.
fn operation_id(route: &Route) -> String {
    let name = route.binary.replace('-', "_");
    let is_first = Route::of(route.binary).is_some_and(|first| first.path == route.path);
    if is_first {
        name
    } else {
        format!("{name}_in_organization")
    }
}

/// The whole document.
#[must_use]
pub fn document() -> Value {
    let mut document = with_own_names();
    vocabularies::name(&mut document);
    presence::require(&mut document);
    alternatives::tell(&mut document);
    names::publish(&mut document);
    document
}

/// The document, in which schemas have the names of their types.
fn with_own_names() -> Value {
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut schemas = Schemas::new();
    let mut problem = Operation::no_body();
    let problem_reference = problem.reference::<Problem>();
    schemas.append(&mut problem.schemas);
    let mut operations = operations();
    operations.retain(|(_, operation)| !operation.hidden);
    let problems = ProblemResponses::of(operations.iter().map(|(route, _)| *route), problem_reference);
    for (route, mut operation) in operations {
        schemas.append(&mut operation.schemas);
        let described = described(route, &operation, &problems);
        paths
            .entry(route.path)
            .or_default()
            .insert(route.method.to_lowercase(), described);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Muster",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Team management for SaaS products: organizations, members, roles, invitations, seats, contacts, API keys and access decisions. HEAD returns the response of GET, without the body.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }],
        "tags": tags(),
        "paths": paths,
        "components": {
            "headers": headers::components(),
            "responses": problems.components(),
            "schemas": schemas,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "A token from your identity provider, or an API key of the organization (`mk_…`)." },
            },
        },
    })
}

fn described(route: &Route, operation: &Operation, problems: &ProblemResponses) -> Value {
    let mut responses = problems.of_route(route);
    for (status, schema) in &operation.replies {
        let mut reply = json!({
            "description": if *status == 204 { "Success, without a body." } else { "Success." },
            "headers": headers::of_success(route, *status, schema.as_ref()),
        });
        if let (Some(schema), Some(reply)) = (schema, reply.as_object_mut()) {
            reply.insert("content".into(), json!({ "application/json": { "schema": schema } }));
        }
        if let Some(reply) = reply.as_object_mut().filter(|_| route.answers_file) {
            let binary = json!({ "schema": { "type": "string", "format": "binary" } });
            let each = Format::ALL.map(|format| (format.media_type().to_owned(), binary.clone()));
            reply.insert("content".into(), Value::Object(Map::from_iter(each)));
        }
        responses.insert(status.to_string(), reply);
    }
    if route.method == "GET" && !route.answers_file {
        let same = json!({
            "description": "Not modified: a tag in `If-None-Match` matches the current response.",
            "headers": headers::of_success(route, 304, None),
        });
        responses.insert("304".into(), same);
    }
    let mut described = json!({
        "operationId": operation_id(route),
        "tags": [tag(route)],
        "summary": route.summary,
        "description": access_text(route) + suspension_text(route),
        "parameters": parameters(route, operation),
        "responses": responses,
    });
    if let Some(map) = described.as_object_mut() {
        if operation.is_paged {
            map.insert("x-pagination".into(), pagination(operation));
        }
        if let Some(body) = &operation.body {
            map.insert(
                "requestBody".into(),
                json!({ "required": !operation.is_body_optional, "content": { "application/json": { "schema": body } } }),
            );
        }
        if route.access == Access::Public {
            let security = if route.has(Trait::TakesToken) {
                json!([{}, { "token": [] }])
            } else {
                json!([])
            };
            map.insert("security".into(), security);
        }
    }
    described
}

/// Where the cursor of the next page is sent, where it is received, and where the rows are.
fn pagination(operation: &Operation) -> Value {
    if operation.body.is_some() {
        json!({ "cursor": "page.token", "next_cursor": "page.next_token", "items": "results" })
    } else {
        json!({ "cursor": "cursor", "next_cursor": "next_cursor", "items": "items" })
    }
}

/// Who may call a route, in words.
fn access_text(route: &Route) -> String {
    const NO_KEYS: &str = "API keys are refused.";
    const OTHERS: &str = "Inactive members get 403, and users who are not members get 404.";
    let or_platform = match admits_platform(route) {
        true => ", or be the platform",
        false => "",
    };
    let permission = |name: &str, more: &str| format!("The caller must have the permission `{name}`{more}. {OTHERS}");
    match route.access {
        Access::Public if route.has(Trait::TakesToken) => "No authentication required. A token is optional.".into(),
        Access::Public => "No authentication required.".into(),
        Access::User => format!("The caller must be a signed-in user. {NO_KEYS}"),
        Access::Invitee => format!("The caller must be a signed-in user whose verified address was invited. {NO_KEYS}"),
        Access::Member => format!("The caller must be an active member or the platform. {OTHERS}"),
        Access::Oneself => format!(
            "The caller must be a signed-in, active member{or_platform}. Members can do this for themselves and for the members they manage. {NO_KEYS} {OTHERS}"
        ),
        Access::Permission(name) | Access::PermissionOrPlatform(name) => permission(name, or_platform),
        Access::PermissionOrOneself(name) => {
            permission(name, &format!("{or_platform}. Members do not need the permission for themselves (`me`)"))
        }
        Access::WholePermission(name) => permission(name, " on the whole organization. The platform is refused"),
        Access::UserPermission(name) => permission(name, " and be a signed-in user. API keys are refused"),
        Access::Owner => format!(
            "The caller must be a signed-in owner: an active holder of the protected role. {NO_KEYS} {OTHERS}"
        ),
        Access::Asker => "The platform can ask about anyone. Members and API keys can ask about themselves. They can ask about anyone in \
            the organization if they have `members:read` on the whole organization. The route follows the OpenID AuthZEN Authorization API 1.0: \
            invalid requests get 400, and the response returns the `X-Request-ID` of the request."
            .into(),
        Access::Platform => "The caller must be the platform: the `scope` of its token contains `muster:platform`. All other callers get 403.".into(),
    }
}

/// Whether the platform may call a route.
fn admits_platform(route: &Route) -> bool {
    route.access.admits_platform(route.method == "GET")
}

/// What a suspension leaves of a route, in words.
fn suspension_text(route: &Route) -> &'static str {
    match route.while_suspended {
        OpenTo::Owners if admits_platform(route) => {
            " While the organization is suspended, only owners and the platform can do this."
        }
        OpenTo::Owners if route.access == Access::Owner => {
            " Owners can do this while the organization is suspended, too."
        }
        OpenTo::Owners => " While the organization is suspended, only owners can do this.",
        OpenTo::Leavers => " While the organization is suspended, members can only leave it.",
        OpenTo::Nobody | OpenTo::Members => "",
    }
}

/// The document as it is checked in: sorted, indented, with a newline at its end.
#[must_use]
pub fn text() -> String {
    let mut document = document();
    // `Value` sorts its keys itself, unless a crate of the same build turns on serde_json's `preserve_order`.
    document.sort_all_objects();
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    fn references(value: &serde_json::Value, found: &mut std::collections::BTreeSet<String>) {
        match value {
            serde_json::Value::Object(map) => {
                found.extend(map.get("$ref").and_then(|r| r.as_str()).map(ToOwned::to_owned));
                map.values().for_each(|value| references(value, found));
            }
            serde_json::Value::Array(list) => list.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn every_component_that_is_named_is_there_and_every_one_that_is_there_is_named() {
        let document = super::document();
        let mut named = std::collections::BTreeSet::new();
        references(&document, &mut named);
        let there: std::collections::BTreeSet<_> = ["headers", "responses", "schemas"]
            .iter()
            .flat_map(|kind| {
                let components = document["components"][kind].as_object().unwrap();
                components.keys().map(move |name| format!("#/components/{kind}/{name}"))
            })
            .collect();
        assert_eq!(named, there);
    }

    /// `MUSTER_UPDATE=1 cargo test --workspace --lib -- openapi` rewrites it.
    #[test]
    fn the_checked_in_document_is_the_one_the_types_give() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../infra/openapi.json");
        let made = super::text();
        if std::env::var_os("MUSTER_UPDATE").is_some() {
            std::fs::write(path, &made).unwrap();
        }
        let checked_in = std::fs::read_to_string(path).unwrap();
        assert!(
            checked_in == made,
            "infra/openapi.json is stale: run `MUSTER_UPDATE=1 cargo test --workspace --lib -- openapi`"
        );
    }
}
