//! The states of things in events, as `before` and `after` show them.

use crate::api_key::ApiKey;
use crate::contact::Contact;
use crate::export::ExportRequest;
use crate::invitation::Invitation;
use crate::member::{Grant, Member, RoleAssignment};
use crate::resource::ResourceRef;
use crate::source::{Giver, RoleSource};
use serde::Serialize;
use serde_json::{Value, json};

/// The state of a member in events, with the source of each role.
pub(super) fn member(member: &Member) -> Value {
    state(member, |_, _| true)
}

/// The state of a member, with the sources of the roles that `has_news` accepts.
fn state(member: &Member, has_news: impl Fn(&RoleAssignment, Option<&ResourceRef>) -> bool) -> Value {
    let grants: Vec<_> = member
        .grants
        .iter()
        .map(|Grant { resource, held }| {
            let key = &resource.key;
            let state = json!({ "type": key.kind, "id": key.id, "role": held.role, "expires_at": held.expires_at });
            let source = has_news(held, Some(resource)).then(|| source_of(held));
            with_field(state, "source", source)
        })
        .collect();
    let role = member.role.as_ref();
    let state = json!({
        "subject": member.subject, "name": member.name, "email": member.email, "status": member.status,
        "role": role.map(|h| &h.role), "role_expires_at": role.and_then(|h| h.expires_at), "grants": grants,
    });
    let source = role.filter(|held| has_news(held, None)).map(source_of);
    with_field(state, "role_source", source)
}

/// The state with one more field, if there is a value for it.
fn with_field(mut state: Value, name: &str, value: Option<Value>) -> Value {
    if let (Some(fields), Some(value)) = (state.as_object_mut(), value) {
        fields.insert(name.to_owned(), value);
    }
    state
}

/// The source of a role in events; null if it is unknown.
pub(super) fn source_of(held: &RoleAssignment) -> Value {
    json!(held.source.map(|RoleSource { kind, by, at }| json!({
        "kind": kind.name(), "invitation": kind.invitation(), "by": by.map(Giver::member),
        "api_key": by.and_then(Giver::api_key), "at": at,
    })))
}

/// The state of an invitation in events.
pub(super) fn invitation(invitation: &Invitation) -> Value {
    let resources: Vec<_> = invitation.resources.iter().map(|r| &r.key).collect();
    json!({
        "email": invitation.email, "role": invitation.role, "resources": resources, "duration": invitation.term,
        "invited_by": invitation.invited_by, "expires_at": invitation.expires_at, "status": invitation.state,
        "cancel_reason": invitation.cancel_reason,
    })
}

/// The state of a contact in events.
pub(super) fn contact(contact: &Contact) -> Value {
    json!({
        "email": contact.email, "name": contact.name, "user": contact.user, "subject": contact.subject,
        "vouched": contact.vouched,
    })
}

/// The state of an API key in events, without any part of its secret.
pub(super) fn api_key(key: &ApiKey) -> Value {
    let resources: Vec<_> = key.limits.resources.iter().map(|r| &r.key).collect();
    json!({
        "name": key.name, "member": key.id.owner, "made_by": key.made_by, "read_only": key.limits.read_only,
        "resources": resources, "expires_at": key.expires_at,
    })
}

/// The state of an export in events: what was exported, and how many rows.
pub(super) fn export(wanted: &ExportRequest, rows: u64) -> Value {
    json!({
        "format": wanted.format, "timezone": wanted.timezone, "filter": wanted.filter, "subjects": wanted.subjects,
        "rows": rows,
    })
}

/// The states of a member before and after a change, with the profile if it changed, and with the sources of roles that came,
/// changed or went.
pub(super) fn member_change(before: &Member, after: &Member) -> [Value; 2] {
    let states = [(before, after), (after, before)]
        .map(|(member, other)| state(member, |held, on| other.holdings().all(|holding| holding != (held, on))));
    with(states, "profile", [&before.profile, &after.profile])
}

/// The states of an invitation before and after a change, with the message and the language if they changed.
pub(super) fn invitation_change(before: &Invitation, after: &Invitation) -> [Value; 2] {
    let states = [invitation(before), invitation(after)];
    let states = with(states, "message", [&before.message, &after.message]);
    with(states, "language", [&before.language, &after.language])
}

/// Adds a long and rarely changed field, if it changed.
fn with<T: PartialEq + Serialize>(states: [Value; 2], name: &str, [before, after]: [&T; 2]) -> [Value; 2] {
    if before == after {
        return states;
    }
    let [mut was, mut is] = states;
    for (state, value) in [(&mut was, before), (&mut is, after)] {
        if let Some(fields) = state.as_object_mut() {
            fields.insert(name.to_owned(), json!(value));
        }
    }
    [was, is]
}
