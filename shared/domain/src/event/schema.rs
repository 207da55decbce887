//! The catalog of events: a JSON Schema (draft 2020-12) for what each kind of event carries as `data`.
//!
//! A released schema never changes, not even by one more field: its objects are closed, and consumers validate against it. Such
//! a change is the next version of the type.

mod forms;
mod states;
#[cfg(test)]
mod tests;

use super::{EntityKind, EventKind};
use crate::invitation::InvitationState;
use crate::member::Status;
use forms::{Object, Presence, described, or_null};
use serde_json::{Value, json};
use states::{Member, invitation, member};

/// The version of all types.
const VERSION: u32 = 1;

/// The beginning of the `$id` of every schema.
pub const ID_BASE: &str = "https://muster.example/events/";

impl EventKind {
    /// The name of its type after the publisher's prefix, such as `member.joined.v1`.
    #[must_use]
    pub fn versioned(self) -> String {
        format!("{self}.v{VERSION}")
    }

    /// The name of the file that has its schema, such as `member.joined.v1.json`.
    #[must_use]
    pub fn schema_file(self) -> String {
        format!("{}.json", self.versioned())
    }
}

/// The schema of the `data` of this kind of event, with its fields sorted.
///
/// Data has the states before and after, or, if they are too large for one entry, a link to them.
#[must_use]
pub fn schema(kind: EventKind) -> Value {
    let data = |about| {
        Object::new(about)
            .with_schema("actor", json!({ "$ref": "#/$defs/actor" }))
            .with_schema("subject", json!({ "$ref": "#/$defs/subject" }))
    };
    let [before, after] = states_of(kind);
    let whole = data("The change, with the states before and after it.")
        .with_schema("before", before)
        .with_schema("after", after);
    let linked = data("A change whose states are too large for the entry.").with(
        "link",
        "The address at which the API lists the event, for callers who can read events.",
        forms::uri(),
    );
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("{ID_BASE}{}", kind.schema_file()),
        "title": kind.versioned(),
        "description": kind.text(),
        "type": "object",
        "oneOf": [whole.schema(), linked.schema()],
        "$defs": {
            "actor": actor(),
            "subject": entity(kind.subject(), "What the change is about."),
        },
    });
    schema.sort_all_objects();
    schema
}

/// Who can make a change.
fn actor() -> Value {
    let can_act = |kind: &EntityKind| match kind {
        EntityKind::User | EntityKind::ApiKey | EntityKind::Platform | EntityKind::System => true,
        EntityKind::Organization | EntityKind::Invitation | EntityKind::Resource | EntityKind::Contact => false,
    };
    let kinds = EntityKind::ALL.into_iter().filter(can_act);
    let actors: Vec<Value> = kinds.map(|kind| entity(kind, kind.text())).collect();
    json!({ "description": "The actor that made the change.", "oneOf": actors })
}

/// An actor or a subject of this kind.
fn entity(kind: EntityKind, about: &'static str) -> Value {
    let id = match kind {
        EntityKind::User | EntityKind::Platform => forms::user(),
        EntityKind::ApiKey => forms::api_key(),
        EntityKind::System => forms::job(),
        EntityKind::Organization => forms::organization(),
        EntityKind::Invitation => forms::invitation(),
        EntityKind::Resource => forms::resource(),
        EntityKind::Contact => forms::own_id(),
    };
    Object::new(about)
        .with("type", kind.text(), forms::one_of(&[kind.as_str()]))
        .with("id", "Its id.", id)
        .schema()
}

/// No state before a change.
fn nothing_before() -> Value {
    forms::null("Null: there is no state before.")
}

/// No state after a change.
fn nothing_after() -> Value {
    forms::null("Null: there is no state after.")
}

/// Twice the same schema.
fn both(state: Value) -> [Value; 2] {
    [state.clone(), state]
}

/// A member as a whole, with the source of each role.
fn whole_member(statuses: &[Status]) -> Value {
    member(Member {
        statuses,
        role_source: Presence::Sometimes,
        grant_source: Presence::Always,
        profile: Presence::Never,
    })
}

/// A member whose roles may have changed, with the sources of those that did.
fn changed_member(statuses: &[Status]) -> Value {
    member(Member {
        statuses,
        role_source: Presence::Sometimes,
        grant_source: Presence::Sometimes,
        profile: Presence::Sometimes,
    })
}

/// An invitation in these states before, and in this one after.
fn invitation_change(before: &[InvitationState], after: InvitationState) -> [Value; 2] {
    [invitation(before, false), invitation(&[after], false)]
}

/// A suspension that there may have been before.
fn previous_suspension(in_effect: Value) -> Value {
    let known = or_null(states::suspension(in_effect));
    described(known, "The suspension as it was. Null if there was none.")
}

/// The schemas of the states before and after.
fn states_of(kind: EventKind) -> [Value; 2] {
    use InvitationState::{Accepted, Cancelled, Declined, Expired, Pending};
    let either = Status::ALL;
    match kind {
        EventKind::OrganizationCreated => [nothing_before(), states::new_organization()],
        EventKind::OrganizationUpdated => both(states::organization()),
        EventKind::PlanSet => both(states::plan()),
        EventKind::OwnershipTransferred => [
            states::owner("The user who gave ownership away."),
            states::owner("The user who received it."),
        ],
        EventKind::PayingOwnerNamed => [
            states::paying_owner(
                or_null(forms::user()),
                "The previous billing owner. Null if there was none.",
            ),
            states::paying_owner(forms::user(), "The new billing owner."),
        ],
        EventKind::Suspended => [
            previous_suspension(forms::flag()),
            states::suspension(forms::always(true)),
        ],
        EventKind::Resumed => [states::suspension(forms::always(true)), nothing_after()],
        EventKind::SuspensionPlanned => [
            previous_suspension(forms::always(false)),
            states::suspension(forms::always(false)),
        ],
        EventKind::SuspensionCancelled => [states::suspension(forms::always(false)), nothing_after()],
        EventKind::OrganizationDeleted => [states::named_organization(), states::restorable()],
        EventKind::OrganizationRestored | EventKind::OrganizationErased => [states::deleted(), nothing_after()],
        EventKind::MemberAdded | EventKind::MemberJoined => [nothing_before(), whole_member(&[Status::Active])],
        EventKind::MemberUpdated => both(member(Member {
            statuses: &either,
            role_source: Presence::Never,
            grant_source: Presence::Never,
            profile: Presence::Sometimes,
        })),
        EventKind::MemberRoleChanged => both(changed_member(&either)),
        EventKind::MemberRoleEnded => [states::ended_role(), or_null(states::ended_keys())],
        EventKind::MemberGrantEnded => [Presence::Sometimes, Presence::Never].map(|grant_source| {
            member(Member {
                statuses: &either,
                role_source: Presence::Never,
                grant_source,
                profile: Presence::Never,
            })
        }),
        EventKind::MemberActivated => [Status::Inactive, Status::Active].map(|status| changed_member(&[status])),
        EventKind::MemberDeactivated => [Status::Active, Status::Inactive].map(|status| changed_member(&[status])),
        EventKind::MemberLeft | EventKind::MemberRemoved => [whole_member(&either), nothing_after()],
        EventKind::MembersExported => [nothing_before(), states::export()],
        EventKind::InvitationCreated => [nothing_before(), invitation(&[Pending], false)],
        EventKind::InvitationUpdated => both(invitation(&[Pending], true)),
        EventKind::InvitationResent => invitation_change(&[Pending, Expired], Pending),
        EventKind::ResendRequested => [nothing_before(), nothing_after()],
        EventKind::InvitationAccepted => invitation_change(&[Pending], Accepted),
        EventKind::InvitationDeclined => invitation_change(&[Pending], Declined),
        EventKind::InvitationCancelled => invitation_change(&[Pending], Cancelled),
        EventKind::InvitationExpired => invitation_change(&[Pending], Expired),
        EventKind::ApiKeyCreated => [nothing_before(), states::api_key()],
        EventKind::ApiKeyRotated => [nothing_before(), states::rotated_key()],
        EventKind::ApiKeyRevoked => [states::api_key(), nothing_after()],
        EventKind::ResourceRegistered => [nothing_before(), states::named_resource()],
        EventKind::ResourceRenamed => both(states::named_resource()),
        EventKind::ResourceDeleted => [states::named_resource(), nothing_after()],
        EventKind::ContactCreated => [nothing_before(), states::contact()],
        EventKind::ContactUpdated => both(states::contact()),
        EventKind::ContactDeleted => [states::contact(), nothing_after()],
    }
}
