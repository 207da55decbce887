//! What each event tells: its actor, and the states of its subject before and after, in the form of its schema.
//!
//! The states are written here once more, without the functions of the rules: a field that a rule swaps or drops differs.

use muster_domain::{
    ApiKey, Changes, Contact, EntityRef, Event, Invitation, Member, Organization, Pair, Resource, ResourceRef,
    RoleAssignment,
};
use serde_json::{Value, json};

/// The states before and after.
type States = [Option<Value>; 2];

/// Checks all events of a decision against what the decision changes.
pub(crate) fn check(changes: &Changes) {
    for event in &changes.events {
        crate::schemas::check(event);
        let told = [event.before.clone(), event.after.clone()];
        let kind = &event.kind;
        assert!(may_be_by(event), "`{kind}` by {:?}", event.actor);
        if let Some(expected) = states(event, changes) {
            assert_eq!(told, expected, "the states of `{kind}`");
        }
    }
}

/// Whether such an event can be by this actor. Muster itself is named by the function that acted.
fn may_be_by(event: &Event) -> bool {
    let actor = (event.actor.kind.as_str(), event.actor.id.as_str());
    let is_caller = ["user", "api_key"].contains(&actor.0);
    let (is_platform, is_job) = (actor.0 == "platform", actor == ("system", "finish-work"));
    match event.kind.as_str() {
        "invitation.expired" | "member.role_ended" => actor == ("system", "expire"),
        "member.grant_ended" | "organization.erased" => is_job,
        "organization.plan_set"
        | "organization.restored"
        | "organization.resumed"
        | "organization.suspension_planned"
        | "organization.suspension_cancelled" => is_platform,
        "organization.suspended" => is_platform || is_job,
        "invitation.cancelled" | "invitation.updated" => is_caller || is_job,
        "contact.created" | "contact.updated" | "contact.deleted" => is_caller || is_platform,
        _ => is_caller,
    }
}

/// What the event must tell. None where a test of that rule states it.
fn states(event: &Event, changes: &Changes) -> Option<States> {
    let told = match event.subject.kind.as_str() {
        "user" => {
            let [before, after] = subject(event, &changes.members, |m| EntityRef::user(m.id));
            match (event.kind.as_str(), before, after) {
                ("member.role_ended", Some(before), Some(after)) => role_ended(event, before, after),
                _ => each(before, after, member),
            }
        }
        "invitation" => {
            let [before, after] = subject(event, &changes.invitations, |i| EntityRef::invitation(i.id));
            each(before, after, invitation)
        }
        "resource" => {
            let [before, after] = subject(event, &changes.resources, |r| EntityRef::resource(&r.reference.key));
            each(before, after, |r: &Resource, _| json!({ "name": r.name }))
        }
        "contact" => {
            let [before, after] = subject(event, &changes.contacts, |c| EntityRef::contact(&c.id));
            each(before, after, |c, _| contact(c))
        }
        "api_key" => {
            let [before, after] = subject(event, &changes.keys, |k| EntityRef::api_key(k.id));
            match (event.kind.as_str(), after) {
                ("api_key.rotated", Some(key)) => [None, Some(rotated(key))],
                _ => each(before, after.filter(|key| key.revoked_at.is_none()), |k, _| api_key(k)),
            }
        }
        "organization" => return organization(event, changes),
        other => panic!("`{}` of {other}", event.kind),
    };
    Some(told)
}

/// The event's subject before and after, as the changes have it.
fn subject<'c, T>(event: &Event, pairs: &'c [Pair<T>], entity: impl Fn(&T) -> EntityRef) -> [Option<&'c T>; 2] {
    let is_subject = |pair: &&Pair<T>| {
        pair.before
            .iter()
            .chain(&pair.after)
            .any(|it| entity(it) == event.subject)
    };
    let mut found = pairs.iter().filter(is_subject);
    match (found.next(), found.next()) {
        (Some(pair), None) => [pair.before.as_ref(), pair.after.as_ref()],
        _ => panic!("`{}` of what does not change once: {:?}", event.kind, event.subject),
    }
}

/// The state of each of them, next to the other one.
fn each<T>(before: Option<&T>, after: Option<&T>, state: impl Fn(&T, Option<&T>) -> Value) -> States {
    [before.map(|it| state(it, after)), after.map(|it| state(it, before))]
}

/// Adds the field to the state if it is told.
fn with(mut state: Value, name: &str, value: Option<Value>) -> Value {
    if let Some(value) = value {
        state[name] = value;
    }
    state
}

/// A member, with the sources of the roles that the other state lacks, and with the profile if the other one differs.
fn member(member: &Member, other: Option<&Member>) -> Value {
    let is_news =
        |held: &RoleAssignment, on: Option<&ResourceRef>| other.is_none_or(|m| m.holdings().all(|h| h != (held, on)));
    let news = |held: &RoleAssignment, on: Option<&ResourceRef>| is_news(held, on).then(|| source(held));
    let grants = member.grants.iter().map(|grant| {
        let (held, key) = (&grant.held, &grant.resource.key);
        let state = json!({ "type": key.kind, "id": key.id, "role": held.role, "expires_at": held.expires_at });
        with(state, "source", news(held, Some(&grant.resource)))
    });
    let grants: Vec<Value> = grants.collect();
    let role = member.role.as_ref();
    let state = json!({
        "subject": member.subject, "name": member.name, "email": member.email, "status": member.status,
        "role": role.map(|held| &held.role), "role_expires_at": role.and_then(|held| held.expires_at),
        "grants": grants,
    });
    let state = with(state, "role_source", role.and_then(|held| news(held, None)));
    let profile = other.filter(|other| other.profile != member.profile);
    with(state, "profile", profile.map(|_| json!(member.profile)))
}

fn source(held: &RoleAssignment) -> Value {
    held.source.map_or(Value::Null, |source| {
        json!({
            "kind": source.kind.name(), "invitation": source.kind.invitation(), "at": source.at,
            "by": source.by.map(|by| by.member()), "api_key": source.by.and_then(|by| by.api_key()),
        })
    })
}

/// A role that ended: exactly one that the member held and no longer holds.
fn role_ended(event: &Event, before: &Member, after: &Member) -> States {
    let told = event.before.as_ref().unwrap();
    let gone = before
        .holdings()
        .filter(|held| after.holdings().all(|kept| kept != *held));
    let over = |held: &RoleAssignment| held.expires_at.is_some_and(|end| end <= event.at);
    let of = |(held, on): (&RoleAssignment, Option<&ResourceRef>)| {
        let is_possible = told["reason"] == "switched_off" || (told["reason"] == "expired" && over(held));
        is_possible.then(|| {
            json!({
                "role": held.role, "resource": on.map(|on| json!({ "type": on.key.kind, "id": on.key.id })),
                "expires_at": held.expires_at, "source": source(held), "reason": told["reason"],
            })
        })
    };
    let ended = gone.filter_map(of).find(|state| state == told);
    assert!(ended.is_some(), "not a role that ended: {told}");
    // With which roles the keys end is stated by the tests of keys.
    let keys = json!({ "api_keys_revoked": before.keys });
    let keys = event
        .after
        .as_ref()
        .map(|_| keys)
        .filter(|_| before.keys > 0 && after.keys == 0);
    [ended, keys]
}

/// An invitation, with the message and the language if the other state has another one.
fn invitation(invitation: &Invitation, other: Option<&Invitation>) -> Value {
    let resources: Vec<Value> = invitation
        .resources
        .iter()
        .map(|on| json!({ "type": on.key.kind, "id": on.key.id }))
        .collect();
    let state = json!({
        "email": invitation.email, "role": invitation.role, "resources": resources, "duration": invitation.term,
        "invited_by": invitation.invited_by, "expires_at": invitation.expires_at, "status": invitation.state,
        "cancel_reason": invitation.cancel_reason,
    });
    let message = other.filter(|other| other.message != invitation.message);
    let state = with(state, "message", message.map(|_| json!(invitation.message)));
    let language = other.filter(|other| other.language != invitation.language);
    with(state, "language", language.map(|_| json!(invitation.language)))
}

fn contact(contact: &Contact) -> Value {
    json!({
        "email": contact.email, "name": contact.name, "user": contact.user, "subject": contact.subject,
        "vouched": contact.vouched,
    })
}

fn api_key(key: &ApiKey) -> Value {
    let resources = key.limits.resources.iter();
    let resources: Vec<Value> = resources
        .map(|on| json!({ "type": on.key.kind, "id": on.key.id }))
        .collect();
    json!({
        "name": key.name, "member": key.id.owner, "made_by": key.made_by, "read_only": key.limits.read_only,
        "resources": resources, "expires_at": key.expires_at,
    })
}

/// A rotated key: until when its previous secret works.
fn rotated(key: &ApiKey) -> Value {
    let until = key.previous.as_ref().map(|(_, until)| until);
    json!({ "name": key.name, "member": key.id.owner, "old_secret_until": until })
}

fn organization(event: &Event, changes: &Changes) -> Option<States> {
    let pair = changes.organization.as_ref();
    let [before, after] = [
        pair.and_then(|p| p.before.as_ref()),
        pair.and_then(|p| p.after.as_ref()),
    ];
    let states = |state: fn(&Organization) -> Value| each(before, after, |o, _| state(o));
    let told = match event.kind.as_str() {
        "organization.created" => {
            let owner = changes.new_members().next().map(|m| m.id);
            [
                None,
                after.map(|o| json!({ "name": o.name, "role_set": o.role_set, "owner": owner })),
            ]
        }
        "organization.updated" => states(|o| json!({ "name": o.name, "settings": o.settings })),
        "organization.plan_set" => states(|o| json!(o.plan)),
        "organization.paying_owner_named" => states(|o| json!({ "paying_owner": o.paying_owner })),
        "organization.ownership_transferred" => {
            // The giver asks for it, and the receiver either changes or is relied on.
            let relied_on = changes.relied_on.iter().map(|it| it.member.to_string());
            let changed = changes.members.iter().filter_map(|p| p.before.as_ref());
            let mut others = changed.map(|m| m.id.to_string()).chain(relied_on);
            let receiver = others.find(|id| *id != event.actor.id).unwrap();
            [&event.actor.id, &receiver].map(|id| Some(json!({ "owner": id })))
        }
        "organization.deleted" => {
            let until = after.unwrap().deleted_at.unwrap() + jiff::SignedDuration::from_hours(30 * 24);
            [
                before.map(|o| json!({ "name": o.name })),
                Some(json!({ "restorable_until": until })),
            ]
        }
        "organization.restored" | "organization.erased" => {
            [before.map(|o| json!({ "deleted_at": o.deleted_at.unwrap() })), None]
        }
        "invitations.resend_requested" => [None, None],
        "members.exported"
        | "organization.resumed"
        | "organization.suspended"
        | "organization.suspension_cancelled"
        | "organization.suspension_planned" => return None,
        other => panic!("no state is written for `{other}`"),
    };
    Some(told)
}
