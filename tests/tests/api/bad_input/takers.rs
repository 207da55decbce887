//! The routes that take a body, each with a body that is right.

use super::Ground;
use serde_json::{Value, json};

/// A route that takes a body.
pub(super) struct Taker {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    /// Whether it is for the platform; else the owner uses it.
    pub(super) platform: bool,
    /// A body that is taken.
    pub(super) good: fn(&Ground) -> Value,
    /// Whether an empty object is refused.
    pub(super) requires: bool,
    /// Whether the body can be left out.
    pub(super) can_be_left_out: bool,
}

const fn taker(method: &'static str, path: &'static str, requires: bool, good: fn(&Ground) -> Value) -> Taker {
    Taker {
        method,
        path,
        platform: false,
        good,
        requires,
        can_be_left_out: false,
    }
}

fn spring() -> Value {
    json!([{ "type": "program", "id": "spring" }])
}

pub(super) const FOUND: Taker = taker(
    "POST",
    "/v1/organizations",
    true,
    |_| json!({ "name": "Another", "role_set": "program-delivery" }),
);

pub(super) const UPDATE: Taker = taker("PATCH", "/v1/organizations/{org}", false, |_| {
    json!({ "name": "Acme & Co", "settings": {
        "invitation_ttl_days": 3, "default_message": "Welcome", "optional_roles": ["implementation_admin"] } })
});

pub(super) const PLAN: Taker = Taker {
    platform: true,
    ..taker(
        "PUT",
        "/v1/organizations/{org}/plan",
        false,
        |_| json!({ "seat_limit": 50, "allowed_domains": ["partner.example"], "mail_limit": 500, "upgrade_url": "https://product.example/billing", "branding": true }),
    )
};

/// Far ahead, so that nobody else is kept out.
pub(super) const SUSPEND: Taker = Taker {
    platform: true,
    ..taker(
        "PUT",
        "/v1/organizations/{org}/suspension",
        true,
        |_| json!({ "reason": "The plan ends", "at": "2999-12-31T00:00:00Z" }),
    )
};

pub(super) const TRANSFER: Taker = taker(
    "POST",
    "/v1/organizations/{org}/transfer-ownership",
    true,
    |g| json!({ "to": g.member.id(), "then": "admin", "resources": [], "duration": null }),
);

pub(super) const PAYING_OWNER: Taker = taker(
    "PUT",
    "/v1/organizations/{org}/paying-owner",
    true,
    |g| json!({ "member": g.acme.owner.id() }),
);

pub(super) const PUT_RESOURCE: Taker = taker(
    "PUT",
    "/v1/organizations/{org}/resources/{type}/{id}",
    true,
    |_| json!({ "name": "Springtime" }),
);

pub(super) const PUT_CONTACT: Taker = taker(
    "PUT",
    "/v1/organizations/{org}/contacts/{contact}",
    true,
    |_| json!({ "email": "ann@x.example", "name": "Ann Lee", "subject": "idp|ann" }),
);

pub(super) const ADD_MEMBER: Taker = taker("POST", "/v1/organizations/{org}/members", true, |_| {
    json!({ "email": "newer@x.example", "role": "program_sponsor", "resources": spring(), "duration": null,
        "message": "Hello" })
});

pub(super) const INVITE: Taker = taker("POST", "/v1/organizations/{org}/invitations", true, |_| {
    json!({ "emails": "new@x.example", "role": "program_sponsor", "resources": spring(), "message": "Hello",
        "language": "de", "duration": null, "dry_run": false })
});

pub(super) const UPDATE_INVITATION: Taker = taker(
    "PATCH",
    "/v1/organizations/{org}/invitations/{invitation}",
    false,
    |_| json!({ "role": "program_sponsor", "resources": spring(), "message": "Hello", "language": "fr", "duration": null }),
);

pub(super) const HOLDINGS: Taker = taker(
    "PATCH",
    "/v1/organizations/{org}/members/{member}",
    false,
    |_| json!({ "role": "program_facilitator", "resources": spring(), "duration": null }),
);

pub(super) const MIX: Taker = taker("PATCH", "/v1/organizations/{org}/members/{member}", false, |_| {
    json!({ "role": "admin", "grants": [
        { "type": "program", "id": "spring", "role": "participant", "expires_at": "2999-12-31T00:00:00Z" }] })
});

pub(super) const PROFILE: Taker = taker("PATCH", "/v1/organizations/{org}/members/me", false, |_| {
    json!({ "name": "Olivia", "timezone": "Europe/Paris", "language": "es", "color": "#336699", "notifications": { "mail": true },
        "skills": ["Rust"], "bio": "Hello" })
});

pub(super) const ACTIVATE: Taker = taker(
    "POST",
    "/v1/organizations/{org}/members/activate",
    true,
    |g| json!({ "members": [g.member.id()] }),
);

pub(super) const DEACTIVATE: Taker = taker(
    "POST",
    "/v1/organizations/{org}/members/deactivate",
    true,
    |g| json!({ "members": [g.member.id()] }),
);

pub(super) const CHANGE_ROLES: Taker = taker(
    "POST",
    "/v1/organizations/{org}/members/change-role",
    true,
    |g| json!({ "members": [g.member.id()], "role": "program_facilitator", "resources": spring(), "duration": null }),
);

pub(super) const REMOVE: Taker = taker(
    "POST",
    "/v1/organizations/{org}/members/remove",
    true,
    |g| json!({ "members": [g.member.id()] }),
);

pub(super) const CANCEL: Taker = taker(
    "POST",
    "/v1/organizations/{org}/invitations/cancel",
    true,
    |g| json!({ "invitations": [g.invitation] }),
);

pub(super) const RESEND: Taker = Taker {
    can_be_left_out: true,
    ..taker(
        "POST",
        "/v1/organizations/{org}/invitations/resend",
        true,
        |g| json!({ "invitations": [g.invitation] }),
    )
};

pub(super) const PUT_GRANT: Taker = taker(
    "PUT",
    "/v1/organizations/{org}/members/{member}/grants/{type}/{id}",
    true,
    |_| json!({ "role": "program_facilitator", "expires_at": "2999-12-31T00:00:00Z" }),
);

pub(super) const MAKE_KEY: Taker = taker(
    "POST",
    "/v1/organizations/{org}/members/{member}/api-keys",
    true,
    |_| json!({ "name": "zapier", "read_only": true, "resources": spring(), "expires_at": "2999-12-31T00:00:00Z" }),
);

pub(super) const ROTATE_KEY: Taker = Taker {
    can_be_left_out: true,
    ..taker(
        "POST",
        "/v1/organizations/{org}/members/{member}/api-keys/{key}/rotate",
        false,
        |_| json!({ "overlap_hours": 24 }),
    )
};

pub(super) const VERIFY_KEY: Taker = taker(
    "POST",
    "/v1/api-keys/verify",
    true,
    |_| json!({ "key": "mk_mistyped", "action": "content:read", "resource": { "type": "program", "id": "spring" } }),
);

pub(super) const EXPORT: Taker = taker("POST", "/v1/organizations/{org}/exports", true, |_| {
    json!({ "format": "csv", "timezone": "Europe/Paris", "filter": {
        "q": "pat", "status": "active", "role": ["program_admin"], "invite_status": "accepted", "resource": "program:spring" } })
});

/// All of them; one route stands here once for each kind of change that it takes.
pub(super) const TAKERS: &[Taker] = &[
    FOUND,
    UPDATE,
    PLAN,
    PUT_RESOURCE,
    PUT_CONTACT,
    ADD_MEMBER,
    INVITE,
    UPDATE_INVITATION,
    HOLDINGS,
    MIX,
    PROFILE,
    DEACTIVATE,
    ACTIVATE,
    CHANGE_ROLES,
    RESEND,
    PUT_GRANT,
    MAKE_KEY,
    ROTATE_KEY,
    VERIFY_KEY,
    EXPORT,
    PAYING_OWNER,
    // After it the owner is none any more.
    TRANSFER,
    CANCEL,
    REMOVE,
    // Where it is taken at once, members do nothing any more.
    SUSPEND,
];
