//! The schemas of states, as `before` and `after` have them.

mod member;

pub(super) use member::{Member, ended_keys, ended_role, member};

use super::forms::{self, Object, Presence, described, or_null};
use crate::export::Format;
use crate::invitation::{CancelReason, InvitationState};
use crate::language::Language;
use crate::member::Status;
use crate::people::{InviteStatus, Order};
use serde_json::Value;

/// The resource with this type and this id.
fn resource(about: &'static str) -> Object {
    Object::new(about)
        .with(
            "type",
            "The type of the resource, which the role set defines.",
            forms::word(),
        )
        .with(
            "id",
            "The id of the resource, which the product chose.",
            forms::own_id(),
        )
}

/// The name of the organization before it was deleted.
pub(super) fn named_organization() -> Value {
    Object::new("The organization before it was deleted.")
        .with("name", "Its name.", forms::text())
        .schema()
}

/// A new organization.
pub(super) fn new_organization() -> Value {
    Object::new("The new organization.")
        .with("name", "Its name.", forms::text())
        .with("role_set", "The id of its role set.", forms::text())
        .with("owner", "The user who created it, its first owner.", forms::user())
        .schema()
}

/// An organization with its settings.
pub(super) fn organization() -> Value {
    Object::new("The name and the settings of the organization.")
        .with("name", "Its name.", forms::text())
        .with("settings", "The settings that its members choose.", settings())
        .schema()
}

fn settings() -> Value {
    Object::new("The settings.")
        .with(
            "invitation_ttl_days",
            "Days for which an invitation stays open.",
            forms::count(1),
        )
        .with(
            "default_message",
            "The message of invitations whose inviter writes none. Null if there is none.",
            or_null(forms::text()),
        )
        .with(
            "optional_roles",
            "The optional roles that are turned on.",
            forms::set(forms::word()),
        )
        .perhaps(
            "logo_url",
            "The organization's logo in emails. Absent if it has none.",
            forms::web_address(),
        )
        .perhaps(
            "accent_color",
            "The organization's accent color in emails. Absent if it has none.",
            forms::color(),
        )
        .schema()
}

/// A plan.
pub(super) fn plan() -> Value {
    Object::new("The plan.")
        .with(
            "seat_limit",
            "The most seats that can be used. Null for no limit.",
            or_null(forms::count(0)),
        )
        .with(
            "allowed_domains",
            "The domains that the addresses of people with some roles must be in.",
            forms::set(forms::domain()),
        )
        .with(
            "mail_limit",
            "The most emails a day that members can send. Null for the default limit.",
            or_null(forms::count(0)),
        )
        .with(
            "upgrade_url",
            "The page on which the plan can be changed. Null if there is none.",
            or_null(forms::web_address()),
        )
        .perhaps(
            "branding",
            "True if emails can have the organization's own logo and accent color, and otherwise absent.",
            forms::always(true),
        )
        .schema()
}

/// The owner before or after a transfer.
pub(super) fn owner(about: &str) -> Value {
    Object::new("One side of the transfer.")
        .with("owner", about, forms::user())
        .schema()
}

/// The billing owner.
pub(super) fn paying_owner(user: Value, about: &str) -> Value {
    Object::new("The billing owner of the organization.")
        .with("paying_owner", about, user)
        .schema()
}

/// A suspension.
pub(super) fn suspension(in_effect: Value) -> Value {
    Object::new("The suspension.")
        .with("reason", "The reason, for owners.", forms::text())
        .with("at", "When it takes effect, or took effect.", forms::instant())
        .with(
            "in_effect",
            "Whether an earlier event, or this one, records that it took effect.",
            in_effect,
        )
        .schema()
}

/// Until when a deleted organization can be restored.
pub(super) fn restorable() -> Value {
    Object::new("The deleted organization.")
        .with(
            "restorable_until",
            "The platform can restore it before this instant.",
            forms::instant(),
        )
        .schema()
}

/// When the organization was deleted.
pub(super) fn deleted() -> Value {
    Object::new("The deleted organization.")
        .with("deleted_at", "When it was deleted.", forms::instant())
        .schema()
}

/// An export.
pub(super) fn export() -> Value {
    Object::new("The exported file.")
        .with("format", "The format of the file.", forms::one_of(Format::WORDS))
        .with(
            "timezone",
            "The time zone of the times in the file.",
            forms::time_zone(),
        )
        .with("filter", "The people who were exported, and their order.", selection())
        .with(
            "subjects",
            "Whether the file has the subjects at the identity provider.",
            forms::flag(),
        )
        .with("rows", "How many people the file has.", forms::count(0))
        .schema()
}

fn selection() -> Value {
    Object::new("The filters and the order, as they were requested. Those that were not requested are absent.")
        .perhaps("q", "Beginnings of words of name and address.", forms::text())
        .perhaps("status", "The status of members.", forms::one_of(Status::WORDS))
        .perhaps(
            "role",
            "Roles, one of which is held or offered.",
            forms::list(forms::word()),
        )
        .perhaps(
            "invite_status",
            "Members, or pending invitations.",
            forms::one_of(InviteStatus::WORDS),
        )
        .perhaps("joined_in", "The period in which members joined.", forms::text())
        .perhaps(
            "resource",
            "The resource on which a role is held or offered, as `type:id`.",
            forms::resource_filter(),
        )
        .perhaps("sort", "The order.", forms::one_of(Order::WORDS))
        .schema()
}

/// An invitation in one of these states. `changes`: whether it has the message and the language if they changed.
pub(super) fn invitation(states: &[InvitationState], changes: bool) -> Value {
    let words: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
    let reason = if states.contains(&InvitationState::Cancelled) {
        let about = "Why it was canceled, if no member canceled it. Null if a member did.";
        described(or_null(forms::one_of(CancelReason::WORDS)), about)
    } else {
        forms::null("Null: the invitation is not canceled.")
    };
    let changed = if changes { Presence::Sometimes } else { Presence::Never };
    Object::new("The invitation.")
        .with("email", "The invited address.", forms::email())
        .with("role", "The offered role.", forms::word())
        .with(
            "resources",
            "The offered resources.",
            forms::list(resource("A resource.").schema()),
        )
        .with(
            "duration",
            "How long the role lasts from acceptance. Null if the role is not limited in time.",
            or_null(forms::term()),
        )
        .with(
            "invited_by",
            "The user who answers for it: the last one who sent, resent or changed it.",
            forms::user(),
        )
        .with("expires_at", "When it expires.", forms::instant())
        .with("status", "Its status.", forms::one_of(&words))
        .with_schema("cancel_reason", reason)
        .field(
            changed,
            "message",
            "The message. Null if there is none. Present only if it changed.",
            or_null(forms::text()),
        )
        .field(
            changed,
            "language",
            "The language of its email. Null if none was chosen. Present only if it changed.",
            or_null(forms::one_of(Language::WORDS)),
        )
        .schema()
}

/// An API key.
pub(super) fn api_key() -> Value {
    Object::new("The API key, without any part of its secret.")
        .with("name", "Its name.", forms::text())
        .with("member", "The user whose key it is.", forms::user())
        .with("made_by", "The user who created it.", forms::user())
        .with("read_only", "Whether it can only read.", forms::flag())
        .with(
            "resources",
            "The resources that it is limited to. Empty without such a limit.",
            forms::list(resource("A resource.").schema()),
        )
        .with(
            "expires_at",
            "When it expires. Null if it does not.",
            or_null(forms::instant()),
        )
        .schema()
}

/// An API key with a new secret.
pub(super) fn rotated_key() -> Value {
    Object::new("The API key with its new secret, of which the event has no part.")
        .with("name", "Its name.", forms::text())
        .with("member", "The user whose key it is.", forms::user())
        .with(
            "old_secret_until",
            "Until when the previous secret works. Null if it no longer does.",
            or_null(forms::instant()),
        )
        .schema()
}

/// A registered resource.
pub(super) fn named_resource() -> Value {
    Object::new("The resource. The subject has its type and its id.")
        .with("name", "Its name.", forms::text())
        .schema()
}

/// A contact.
pub(super) fn contact() -> Value {
    Object::new("The contact.")
        .with("email", "The email address.", forms::email())
        .with("name", "The name. Null if there is none.", or_null(forms::text()))
        .with(
            "user",
            "The contact's account. Null if none is known.",
            or_null(forms::user()),
        )
        .with(
            "subject",
            "The account's subject at the identity provider. Null until it is known.",
            or_null(forms::text()),
        )
        .with(
            "vouched",
            "Whether the platform, or a member, vouches for the account. Otherwise it is only a hint.",
            forms::flag(),
        )
        .schema()
}
