//! What each route tells each persona.

use super::scenery::Scenery;
use serde_json::{Value, json};

/// What somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// It is done or shown.
    Ok(u16),
    /// It is refused, as this kind of problem.
    Problem(u16, &'static str),
}

use Told::{Ok, Problem};

pub(super) const UNAUTHORIZED: Told = Problem(401, "unauthorized");
pub(super) const NOT_FOUND: Told = Problem(404, "not-found");
const INACTIVE: Told = Problem(403, "member-inactive");
const FORBIDDEN: Told = Problem(403, "forbidden");
const MISMATCH: Told = Problem(403, "email-mismatch");
const UNVERIFIED: Told = Problem(403, "email-not-verified");
const SHOWN: Told = Ok(200);
const MADE: Told = Ok(201);
const DONE: Told = Ok(204);

/// One route, with a request that is right in every other respect.
pub(super) struct Probe {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) body: fn(&Scenery) -> Value,
    /// Without a token, or with one that is not accepted.
    pub(super) nobody: Told,
    pub(super) stranger: Told,
    pub(super) inactive: Told,
    pub(super) participant: Told,
    pub(super) sponsor: Told,
    pub(super) platform: Told,
}

/// A route inside an organization.
const fn inside(
    method: &'static str,
    path: &'static str,
    body: fn(&Scenery) -> Value,
    [participant, sponsor, platform]: [Told; 3],
) -> Probe {
    Probe {
        method,
        path,
        body,
        nobody: UNAUTHORIZED,
        stranger: NOT_FOUND,
        inactive: INACTIVE,
        participant,
        sponsor,
        platform,
    }
}

/// A route for the platform: everybody else is refused before anything is read.
const fn for_the_platform(
    method: &'static str,
    path: &'static str,
    body: fn(&Scenery) -> Value,
    platform: Told,
) -> Probe {
    Probe {
        stranger: FORBIDDEN,
        inactive: FORBIDDEN,
        ..inside(method, path, body, [FORBIDDEN, FORBIDDEN, platform])
    }
}

/// A route of its own: what nobody is told, what everybody is, and the platform, which has no address.
const fn outside(
    method: &'static str,
    path: &'static str,
    body: fn(&Scenery) -> Value,
    [nobody, anybody, platform]: [Told; 3],
) -> Probe {
    Probe {
        method,
        path,
        body,
        nobody,
        stranger: anybody,
        inactive: anybody,
        participant: anybody,
        sponsor: anybody,
        platform,
    }
}

/// A route that asks what the probed member may do.
const fn asking(path: &'static str, body: fn(&Scenery) -> Value) -> Probe {
    Probe {
        method: "POST",
        path,
        body,
        nobody: UNAUTHORIZED,
        stranger: FORBIDDEN,
        inactive: INACTIVE,
        // A sponsor sees members of one program only.
        participant: FORBIDDEN,
        sponsor: FORBIDDEN,
        platform: SHOWN,
    }
}

/// Such a route of one organization, which is not there for strangers.
const fn asking_inside(path: &'static str, body: fn(&Scenery) -> Value) -> Probe {
    Probe {
        stranger: NOT_FOUND,
        ..asking(path, body)
    }
}

fn asked(s: &Scenery) -> Value {
    let context = json!({ "organization": s.acme.id });
    json!({ "subject": { "type": "user", "id": s.member.id() }, "action": { "name": "content:read" },
        "resource": { "type": "program", "id": "spring" }, "context": context })
}

fn none(_: &Scenery) -> Value {
    Value::Null
}

fn spring() -> Value {
    json!([{ "type": "program", "id": "spring" }])
}

fn found(_: &Scenery) -> Value {
    json!({ "name": "Mine", "role_set": "program-delivery" })
}

fn rename(_: &Scenery) -> Value {
    json!({ "name": "Renamed", "settings": { "invitation_ttl_days": 3 } })
}

fn plan(_: &Scenery) -> Value {
    json!({ "seat_limit": 50, "allowed_domains": ["partner.example"] })
}

fn suspended(_: &Scenery) -> Value {
    json!({ "reason": "The plan has ended" })
}

fn handed_on(s: &Scenery) -> Value {
    json!({ "to": s.member.id(), "then": "admin" })
}

fn payer(s: &Scenery) -> Value {
    json!({ "member": s.member.id() })
}

fn named(_: &Scenery) -> Value {
    json!({ "name": "Named" })
}

fn one(_: &Scenery) -> Value {
    json!({ "email": "new@x.example", "role": "participant", "resources": spring() })
}

fn known(_: &Scenery) -> Value {
    json!({ "email": "ann@x.example", "name": "Ann Lee", "subject": "idp|ann" })
}

fn offer(_: &Scenery) -> Value {
    json!({ "emails": "new@x.example", "role": "participant", "resources": spring() })
}

fn reoffer(_: &Scenery) -> Value {
    json!({ "role": "program_facilitator", "message": "Hello" })
}

fn rerole(_: &Scenery) -> Value {
    json!({ "role": "participant", "resources": spring() })
}

fn granted(_: &Scenery) -> Value {
    json!({ "role": "program_facilitator" })
}

fn exported(_: &Scenery) -> Value {
    json!({ "format": "xlsx" })
}

fn members(s: &Scenery) -> Value {
    json!({ "members": [s.member.id(), s.inactive.id()] })
}

fn role_of(s: &Scenery) -> Value {
    json!({ "members": [s.member.id(), s.inactive.id()], "role": "participant", "resources": [] })
}

fn invitations(s: &Scenery) -> Value {
    json!({ "invitations": [s.invitation] })
}

fn key(_: &Scenery) -> Value {
    json!({ "name": "Another" })
}

fn secret(s: &Scenery) -> Value {
    json!({ "key": s.key.secret, "action": "content:read" })
}

/// What those with no say in it at all are told, each of the three.
const REFUSED: [Told; 3] = [FORBIDDEN; 3];
/// What every active member may see.
const FOR_ALL: [Told; 3] = [SHOWN; 3];
/// What a sponsor sees and a participant does not.
const FOR_READERS: [Told; 3] = [FORBIDDEN, SHOWN, SHOWN];

pub(super) const PROBES: &[Probe] = &[
    outside("POST", "/v1/organizations", found, [UNAUTHORIZED, MADE, UNVERIFIED]),
    outside("GET", "/v1/organizations", none, [UNAUTHORIZED, SHOWN, SHOWN]),
    inside("GET", "/v1/organizations/{org}", none, FOR_ALL),
    inside("PATCH", "/v1/organizations/{org}", rename, REFUSED),
    for_the_platform("PUT", "/v1/organizations/{org}/plan", plan, SHOWN),
    inside("DELETE", "/v1/organizations/{org}", none, REFUSED),
    for_the_platform(
        "POST",
        "/v1/organizations/{org}/restore",
        none,
        Problem(409, "organization-not-deleted"),
    ),
    for_the_platform("PUT", "/v1/organizations/{org}/suspension", suspended, SHOWN),
    for_the_platform("DELETE", "/v1/organizations/{org}/suspension", none, DONE),
    inside("POST", "/v1/organizations/{org}/transfer-ownership", handed_on, REFUSED),
    inside("PUT", "/v1/organizations/{org}/paying-owner", payer, REFUSED),
    inside("GET", "/v1/organizations/{org}/view", none, FOR_ALL),
    outside("GET", "/v1/role-sets", none, [SHOWN; 3]),
    inside("GET", "/v1/organizations/{org}/roles", none, FOR_ALL),
    inside("GET", "/v1/organizations/{org}/resources", none, FOR_ALL),
    inside("PUT", "/v1/organizations/{org}/resources/{type}/{id}", named, REFUSED),
    inside("DELETE", "/v1/organizations/{org}/resources/{type}/{id}", none, REFUSED),
    inside("POST", "/v1/organizations/{org}/invitations", offer, REFUSED),
    inside("GET", "/v1/organizations/{org}/invitations", none, FOR_READERS),
    inside("POST", "/v1/organizations/{org}/invitations/resend", none, REFUSED),
    inside(
        "GET",
        "/v1/organizations/{org}/invitations/{invitation}",
        none,
        FOR_READERS,
    ),
    inside(
        "PATCH",
        "/v1/organizations/{org}/invitations/{invitation}",
        reoffer,
        REFUSED,
    ),
    inside(
        "DELETE",
        "/v1/organizations/{org}/invitations/{invitation}",
        none,
        REFUSED,
    ),
    inside(
        "POST",
        "/v1/organizations/{org}/invitations/{invitation}/resend",
        none,
        REFUSED,
    ),
    outside("GET", "/v1/invitations", none, [UNAUTHORIZED, SHOWN, UNVERIFIED]),
    outside("GET", "/v1/invitations/{token}", none, [SHOWN; 3]),
    outside(
        "POST",
        "/v1/invitations/{token}/accept",
        none,
        [UNAUTHORIZED, MISMATCH, MISMATCH],
    ),
    outside(
        "POST",
        "/v1/invitations/{token}/decline",
        none,
        [UNAUTHORIZED, MISMATCH, MISMATCH],
    ),
    inside("GET", "/v1/organizations/{org}/members", none, FOR_READERS),
    // A sponsor sees people of one program only, and the platform reads without taking anything along.
    inside("GET", "/v1/organizations/{org}/members/export", none, REFUSED),
    inside("POST", "/v1/organizations/{org}/exports", exported, REFUSED),
    inside("GET", "/v1/organizations/{org}/exports/{export}", none, REFUSED),
    inside("POST", "/v1/organizations/{org}/members/activate", members, REFUSED),
    inside("POST", "/v1/organizations/{org}/members/deactivate", members, REFUSED),
    inside("POST", "/v1/organizations/{org}/members/change-role", role_of, REFUSED),
    inside("POST", "/v1/organizations/{org}/members/remove", members, REFUSED),
    inside(
        "POST",
        "/v1/organizations/{org}/invitations/cancel",
        invitations,
        REFUSED,
    ),
    inside("GET", "/v1/organizations/{org}/members/{member}", none, FOR_READERS),
    inside("PATCH", "/v1/organizations/{org}/members/{member}", rerole, REFUSED),
    inside("DELETE", "/v1/organizations/{org}/members/{member}", none, REFUSED),
    inside("POST", "/v1/organizations/{org}/members", one, REFUSED),
    inside(
        "GET",
        "/v1/organizations/{org}/contacts",
        none,
        [FORBIDDEN, FORBIDDEN, SHOWN],
    ),
    inside(
        "PUT",
        "/v1/organizations/{org}/contacts/{contact}",
        known,
        [FORBIDDEN, FORBIDDEN, SHOWN],
    ),
    inside(
        "DELETE",
        "/v1/organizations/{org}/contacts/{contact}",
        none,
        [FORBIDDEN, FORBIDDEN, DONE],
    ),
    asking("/access/v1/evaluation", asked),
    asking("/access/v1/evaluations", asked),
    asking("/access/v1/search/subject", asked),
    asking("/access/v1/search/resource", asked),
    asking("/access/v1/search/action", asked),
    outside("GET", "/.well-known/authzen-configuration", none, [SHOWN; 3]),
    asking_inside("/v1/organizations/{org}/access/v1/evaluation", asked),
    asking_inside("/v1/organizations/{org}/access/v1/evaluations", asked),
    asking_inside("/v1/organizations/{org}/access/v1/search/subject", asked),
    asking_inside("/v1/organizations/{org}/access/v1/search/resource", asked),
    asking_inside("/v1/organizations/{org}/access/v1/search/action", asked),
    outside(
        "GET",
        "/.well-known/authzen-configuration/v1/organizations/{org}",
        none,
        [SHOWN; 3],
    ),
    inside(
        "PUT",
        "/v1/organizations/{org}/members/{member}/grants/{type}/{id}",
        granted,
        REFUSED,
    ),
    inside(
        "DELETE",
        "/v1/organizations/{org}/members/{member}/grants/{type}/{id}",
        none,
        REFUSED,
    ),
    inside(
        "POST",
        "/v1/organizations/{org}/members/{member}/api-keys",
        key,
        REFUSED,
    ),
    inside(
        "GET",
        "/v1/organizations/{org}/members/{member}/api-keys",
        none,
        [FORBIDDEN, FORBIDDEN, SHOWN],
    ),
    inside(
        "DELETE",
        "/v1/organizations/{org}/members/{member}/api-keys/{key}",
        none,
        REFUSED,
    ),
    inside(
        "POST",
        "/v1/organizations/{org}/members/{member}/api-keys/{key}/rotate",
        none,
        REFUSED,
    ),
    outside("POST", "/v1/api-keys/verify", secret, [UNAUTHORIZED, SHOWN, SHOWN]),
    inside(
        "GET",
        "/v1/organizations/{org}/events",
        none,
        [FORBIDDEN, FORBIDDEN, SHOWN],
    ),
    outside("GET", "/openapi.json", none, [SHOWN; 3]),
    outside("GET", "/docs", none, [SHOWN; 3]),
    outside("GET", "/docs/{file}", none, [SHOWN; 3]),
    outside("GET", "/team", none, [SHOWN; 3]),
    outside("GET", "/team/{file}", none, [SHOWN; 3]),
    outside("GET", "/team/invitations/{token}", none, [SHOWN; 3]),
    outside("ANY", "$default", none, [NOT_FOUND; 3]),
];
