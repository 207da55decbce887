//! Suspending an organization and resuming it, by the platform: what stays open meanwhile, and who hears of it.
//!
//! A suspension is a fact of the organization's item and the time. It takes effect at its instant, whether or not a job has
//! run, and it touches no member, seat, role or invitation: these go on as if there were none.

use crate::changes::{Changes, Pair};
use crate::event::{EntityRef, Event, EventKind, Recorder};
use crate::id::{JobId, NewIds, UserId};
use crate::job::{Job, Work};
use crate::mail::{Letter, Recipient};
use crate::member::Member;
use crate::organization::{Organization, Suspension};
use crate::roleset::RoleSet;
use crate::rules::deletion;
use crate::text::Message;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The members to whom a route stays open while their organization is suspended. The platform is never refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenTo {
    /// No member.
    Nobody,
    /// Members who end their own membership.
    Leavers,
    /// Active owners.
    Owners,
    /// Every active member, also through an API key: the route itself answers that nothing is allowed.
    Members,
}

impl OpenTo {
    /// Whether it includes this member; `leaves` if the request ends their own membership.
    #[must_use]
    pub fn includes(self, member: &Member, leaves: bool, set: &RoleSet) -> bool {
        match self {
            Self::Nobody => false,
            Self::Leavers => leaves,
            Self::Owners => member.is_active_owner(set),
            Self::Members => true,
        }
    }

    /// Whether it includes this caller: the member as a signed-in user, or through an API key.
    #[must_use]
    pub fn admits(self, member: &Member, has_key: bool, leaves: bool, set: &RoleSet) -> bool {
        if has_key {
            self.includes_keys()
        } else {
            self.includes(member, leaves, set)
        }
    }

    /// Whether it includes the members' API keys. Keys are included only where all members are: leaving, and what stays open to
    /// owners, requires a signed-in user.
    #[must_use]
    pub const fn includes_keys(self) -> bool {
        matches!(self, Self::Members)
    }
}

/// A suspension that the platform asks for.
#[derive(Debug, Clone)]
pub struct SuspensionRequest {
    /// The reason, for owners.
    pub reason: Message,
    /// When it takes effect; `None`, or an instant in the past, for now.
    pub at: Option<Timestamp>,
}

/// Suspends an organization, or changes its suspension to match the request.
///
/// One that is in force already keeps its beginning if it is to be in force now. If it is to begin later, the organization is
/// resumed until then. A request for the existing state changes nothing.
pub fn suspend(
    before: &Organization,
    wanted: SuspensionRequest,
    platform: UserId,
    now: Timestamp,
    ids: &mut dyn NewIds,
) -> (Organization, Changes) {
    let known = before.suspension.as_ref();
    let asked = wanted.at.map_or(now, |at| at.max(now));
    let in_force = known.filter(|known| known.has_begun(now));
    let at = in_force.filter(|_| asked == now).map_or(asked, |known| known.at);
    let kept = known.filter(|known| known.at == at);
    if kept.is_some_and(|kept| kept.reason == wanted.reason) {
        return (before.clone(), Changes::default());
    }
    let begins = at <= now || kept.is_some_and(|kept| kept.recorded);
    let mut changes = match in_force.filter(|_| kept.is_none()) {
        Some(known) => resumption(before, known, platform, now, ids),
        None => Changes::default(),
    };
    let previous = known.filter(|_| changes.is_empty());
    let suspension = Suspension {
        reason: wanted.reason,
        at,
        notice: kept.map_or_else(|| JobId::from_uuid(ids.uuid()), |kept| kept.notice),
        recorded: begins,
    };
    let kind = if begins {
        EventKind::Suspended
    } else {
        EventKind::SuspensionPlanned
    };
    let states = [
        previous.map(|known| state(known, known.recorded)),
        Some(state(&suspension, begins)),
    ];
    changes
        .events
        .push(event(before, EntityRef::platform(platform), kind, states, now, ids));
    if kept.is_none() {
        changes.jobs.push(Pair::new(notice(before, &suspension, now)));
    }
    let after = with(before, Some(suspension));
    changes.organization = Some(Pair::change(before.clone(), after.clone()));
    (after, changes)
}

/// Resumes a suspended organization: everything in it is as if it had not been suspended. A suspension that has not begun yet is
/// canceled. An organization without one stays as it is.
pub fn resume(
    before: &Organization,
    platform: UserId,
    now: Timestamp,
    ids: &mut dyn NewIds,
) -> (Organization, Changes) {
    let Some(known) = &before.suspension else {
        return (before.clone(), Changes::default());
    };
    let mut changes = if known.has_begun(now) {
        resumption(before, known, platform, now, ids)
    } else {
        let actor = EntityRef::platform(platform);
        let states = [Some(state(known, false)), None];
        Changes {
            events: vec![event(before, actor, EventKind::SuspensionCancelled, states, now, ids)],
            ..Changes::default()
        }
    };
    let after = with(before, None);
    changes.organization = Some(Pair::change(before.clone(), after.clone()));
    (after, changes)
}

/// Records that a suspension with an instant ahead has taken effect; nothing if that is recorded, or if it has not.
pub fn begin(before: &Organization, now: Timestamp, ids: &mut dyn NewIds) -> Changes {
    let begun = before.suspension.as_ref().filter(|known| known.has_begun(now));
    let Some(known) = begun.filter(|known| !known.recorded) else {
        return Changes::default();
    };
    let recorded = Suspension {
        recorded: true,
        ..known.clone()
    };
    Changes {
        events: vec![beginning(before, known, now, ids)],
        organization: Some(Pair::change(before.clone(), with(before, Some(recorded)))),
        ..Changes::default()
    }
}

/// This email to the active owners among these members.
pub fn notify_owners(
    organization: &Organization,
    set: &RoleSet,
    members: &[Member],
    letter: &Letter,
    now: Timestamp,
    ids: &mut dyn NewIds,
) -> Changes {
    let owners = members.iter().filter(|member| member.is_active_owner(set));
    Changes {
        mail: owners
            .map(|owner| deletion::mail(organization, &Recipient::of(owner), letter.clone(), now, ids))
            .collect(),
        ..Changes::default()
    }
}

/// The end of a suspension that is in force: its event, the mail that was held meanwhile, and news to the owners if they were
/// to hear of the suspension itself.
fn resumption(
    organization: &Organization,
    known: &Suspension,
    platform: UserId,
    now: Timestamp,
    ids: &mut dyn NewIds,
) -> Changes {
    let mut events = Vec::new();
    let mut works = vec![Work::ReleaseMail { after: None }];
    if known.recorded {
        works.push(Work::AnnounceResumption { after: None });
    } else {
        // No job has run since the instant, and the record would lack that access was denied.
        events.push(beginning(organization, known, now, ids));
    }
    let states = [Some(state(known, true)), None];
    let actor = EntityRef::platform(platform);
    events.push(event(organization, actor, EventKind::Resumed, states, now, ids));
    let job = |work| Pair::new(Job::new(JobId::from_uuid(ids.uuid()), organization.id, work, now));
    Changes {
        events,
        jobs: works.into_iter().map(job).collect(),
        ..Changes::default()
    }
}

/// The event of a suspension that took effect at an instant set ahead.
fn beginning(organization: &Organization, known: &Suspension, now: Timestamp, ids: &mut dyn NewIds) -> Event {
    let states = [Some(state(known, false)), Some(state(known, true))];
    let actor = EntityRef::system("finish-work");
    event(organization, actor, EventKind::Suspended, states, now, ids)
}

/// The job that notifies the owners by email when a suspension takes effect.
fn notice(organization: &Organization, suspension: &Suspension, now: Timestamp) -> Job {
    let work = Work::AnnounceSuspension { after: None };
    let job = Job::new(suspension.notice, organization.id, work, now);
    if suspension.has_begun(now) {
        return job;
    }
    Job {
        due_at: suspension.at,
        ..job
    }
}

/// The organization with this suspension.
fn with(before: &Organization, suspension: Option<Suspension>) -> Organization {
    Organization {
        suspension,
        version: before.version + 1,
        suspension_changes: before.suspension_changes + 1,
        ..before.clone()
    }
}

/// The state of a suspension in events.
fn state(suspension: &Suspension, in_effect: bool) -> Value {
    json!({ "reason": suspension.reason, "at": suspension.at, "in_effect": in_effect })
}

fn event(
    organization: &Organization,
    actor: EntityRef,
    kind: EventKind,
    [before, after]: [Option<Value>; 2],
    now: Timestamp,
    ids: &mut dyn NewIds,
) -> Event {
    let mut record = Recorder::new(organization.id, actor, now, ids);
    record.event(kind, EntityRef::organization(organization.id), before, after)
}
