//! The schemas of members, and of what ends with their roles.

use super::resource;
use crate::event::schema::forms::{self, Object, Presence, or_null};
use crate::language::Language;
use crate::mail::EndReason;
use crate::member::Status;
use crate::source::SourceType;
use serde_json::{Value, json};

/// What the states of members have in a kind of event.
#[derive(Clone, Copy)]
pub(in super::super) struct Member<'a> {
    /// The statuses.
    pub(in super::super) statuses: &'a [Status],
    /// The source of the role on the organization.
    pub(in super::super) role_source: Presence,
    /// The source of a role on a resource.
    pub(in super::super) grant_source: Presence,
    /// The profile.
    pub(in super::super) profile: Presence,
}

/// A member.
pub(in super::super) fn member(has: Member<'_>) -> Value {
    let statuses: Vec<&str> = has.statuses.iter().map(|status| status.as_str()).collect();
    let about_source = match has.grant_source {
        Presence::Always => {
            "The source of the role on the organization. Null if it is unknown, and absent without such a role."
        }
        Presence::Sometimes | Presence::Never => {
            "The source of the role on the organization. Null if it is unknown, and present only if the role, its end or its source \
             differs from the other state."
        }
    };
    Object::new("The member.")
        .with(
            "subject",
            "The member's subject at the identity provider. Null until it is known.",
            or_null(forms::text()),
        )
        .with("name", "The name. Null if there is none.", or_null(forms::text()))
        .with("email", "The email address.", forms::email())
        .with("status", "Whether the member has access.", forms::one_of(&statuses))
        .with(
            "role",
            "The role on the organization. Null if there is none.",
            or_null(forms::word()),
        )
        .with(
            "role_expires_at",
            "When the role on the organization ends. Null if it has no end, or if there is no role.",
            or_null(forms::instant()),
        )
        .field(has.role_source, "role_source", about_source, or_null(source()))
        .with(
            "grants",
            "The roles on single resources, at most one on each.",
            forms::list(grant(has.grant_source)),
        )
        .field(
            has.profile,
            "profile",
            "The profile. Present only if it differs from the other state.",
            profile(),
        )
        .schema()
}

/// A role on one resource, with or without its source.
fn grant(has_source: Presence) -> Value {
    let about_source = match has_source {
        Presence::Always => "The source of the role. Null if it is unknown.",
        Presence::Sometimes | Presence::Never => {
            "The source of the role. Null if it is unknown, and present only if the role, its end or its source differs from the other \
             state."
        }
    };
    resource("A role on one resource.")
        .with("role", "The role.", forms::word())
        .with(
            "expires_at",
            "When the role ends. Null if it has no end.",
            or_null(forms::instant()),
        )
        .field(has_source, "source", about_source, or_null(source()))
        .schema()
}

fn source() -> Value {
    Object::new("Who gave a role, when, and in which way.")
        .with(
            "kind",
            "The way in which the role was given.",
            forms::one_of(SourceType::WORDS),
        )
        .with(
            "invitation",
            "The accepted invitation. Null if the role was given in another way.",
            or_null(forms::invitation()),
        )
        .with(
            "by",
            "The user who gave the role. Null if no member gave it.",
            or_null(forms::user()),
        )
        .with(
            "api_key",
            "The API key through which it was given. Null if it was given without one.",
            or_null(forms::api_key()),
        )
        .with("at", "When it was given.", forms::instant())
        .schema()
}

fn profile() -> Value {
    let notifications = json!({
        "type": "object", "propertyNames": forms::word(), "additionalProperties": forms::flag(),
    });
    Object::new("The profile.")
        .with(
            "timezone",
            "The time zone. Null if none was chosen.",
            or_null(forms::time_zone()),
        )
        .perhaps(
            "language",
            "The language of emails. Absent if none was chosen.",
            forms::one_of(Language::WORDS),
        )
        .with("color", "The color. Null if none was chosen.", or_null(forms::color()))
        .with(
            "notifications",
            "Whether the member wants each notification, by its name.",
            notifications,
        )
        .with("skills", "The skills.", forms::list(forms::text()))
        .with(
            "bio",
            "What the member wrote about themselves. Null if nothing.",
            or_null(forms::text()),
        )
        .schema()
}

/// A role that ended.
pub(in super::super) fn ended_role() -> Value {
    let on = or_null(resource("The resource.").schema());
    Object::new("The role that ended.")
        .with("role", "The role.", forms::word())
        .with(
            "resource",
            "The resource that it was on. Null if it was on the organization.",
            on,
        )
        .with(
            "expires_at",
            "When it was to end. Null if it had no end.",
            or_null(forms::instant()),
        )
        .with(
            "source",
            "Who gave the role, when, and in which way. Null if that is unknown.",
            or_null(source()),
        )
        .with("reason", "Why it ended.", forms::one_of(EndReason::WORDS))
        .schema()
}

/// What ended with a role.
pub(in super::super) fn ended_keys() -> Value {
    Object::new("What ended with the role. Null if nothing did.")
        .with(
            "api_keys_revoked",
            "How many API keys of the member were revoked.",
            forms::count(1),
        )
        .schema()
}
