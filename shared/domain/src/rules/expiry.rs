//! The effects of time: invitations expire, roles end, and coming ends are announced.
//!
//! Access never waits for this: decisions compare the instant themselves. Expiring frees seats and addresses, and notifies
//! members.

use crate::changes::{Changes, Pair};
use crate::event::{EntityRef, EventKind, Recorder};
use crate::id::{MailId, NewIds};
use crate::invitation::{Invitation, InvitationState};
use crate::mail::{EndReason, Letter, Mail, MailState};
use crate::member::{Member, NOTICE_DAYS, RoleAssignment, Status};
use crate::organization::Organization;
use crate::resource::{ResourceKey, ResourceRef};
use crate::roleset::{Reach, Role, RoleSet};
use crate::rules::api_keys;
use crate::rules::audit;
use crate::text::RoleId;
use crate::time::days_before;
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeMap;

/// The most roles of one member that one change ends; the next change ends the rest.
pub const MAX_ENDED_ROLES: usize = 15;

/// Ends a pending invitation that has expired, which frees its seat and its address.
pub fn expire_invitation(before: &Invitation, now: Timestamp, ids: &mut dyn NewIds) -> Changes {
    if before.state != InvitationState::Pending || before.expires_at > now {
        return Changes::default();
    }
    let after = before.ended(InvitationState::Expired, now);
    let mut record = Recorder::new(before.organization, EntityRef::system("expire"), now, ids);
    let event = record.event(
        EventKind::InvitationExpired,
        EntityRef::invitation(before.id),
        Some(audit::invitation(before)),
        Some(audit::invitation(&after)),
    );
    Changes {
        invitations: vec![Pair::change(before.clone(), after)],
        events: vec![event],
        ..Changes::default()
    }
}

/// Ends the expired roles of a member, and announces ends that come near.
pub fn expire_roles(
    organization: &Organization,
    set: &RoleSet,
    before: &Member,
    now: Timestamp,
    ids: &mut dyn NewIds,
) -> Changes {
    let Some(due) = before.due_at.filter(|due| *due <= now) else {
        return Changes::default();
    };
    let over = |held: &RoleAssignment| held.expires_at.is_some_and(|end| end <= now);
    let mut ended: Vec<_> = before.holdings().filter(|(held, _)| over(held)).collect();
    let left_over = ended.len() > MAX_ENDED_ROLES;
    ended.truncate(MAX_ENDED_ROLES);
    let mut changes = end_holdings(set, before, &ended, EndReason::Expired, now, ids);
    let notices = notices(before.live(organization, set, now), due, now);
    if left_over || !(ended.is_empty() || notices.is_empty()) {
        // One transaction holds no more: the rest stays due, and so do the announcements.
        return changes;
    }
    for letter in notices {
        if let Letter::AccessEnding { role, .. } = &letter {
            let role = role.clone();
            changes.mail.extend(notify(set, before, &role, letter, now, ids));
        }
    }
    if changes.members.is_empty() {
        changes
            .members
            .push(Pair::change(before.clone(), before.clone().recomputed(set, now)));
    }
    for after in changes.members.iter_mut().filter_map(|p| p.after.as_mut()) {
        after.due_at = after.next_due(now);
    }
    changes
}

/// Ends a role of a member that the organization switched off.
pub fn end_switched_off(
    set: &RoleSet,
    before: &Member,
    role: &RoleId,
    epoch: u32,
    now: Timestamp,
    ids: &mut dyn NewIds,
) -> Changes {
    let ended: Vec<_> = before
        .holdings()
        .filter(|(held, _)| held.role == *role && held.epoch <= epoch)
        .take(MAX_ENDED_ROLES)
        .collect();
    end_holdings(set, before, &ended, EndReason::SwitchedOff, now, ids)
}

/// The announcements of ends that fell due: one for all resources on which a role ends at the same instant.
fn notices<'a>(
    live: impl Iterator<Item = (&'a RoleAssignment, Option<&'a ResourceRef>)>,
    due: Timestamp,
    now: Timestamp,
) -> Vec<Letter> {
    let mut grouped: BTreeMap<(RoleId, Timestamp, u32), Vec<ResourceKey>> = BTreeMap::new();
    for (held, on) in live {
        if let Some((ends_at, days)) = notice_due(held, due, now) {
            let resources = grouped.entry((held.role.clone(), ends_at, days)).or_default();
            resources.extend(on.map(|r| r.key.clone()));
        }
    }
    let letter = |((role, ends_at, days), resources)| Letter::AccessEnding {
        role,
        resources,
        ends_at,
        days,
    };
    grouped.into_iter().map(letter).collect()
}

/// The nearest notice that fell due in `due..=now`, for a role that is live: its end is still ahead.
///
/// After a long pause of the schedule, only the latest notice is sent.
fn notice_due(held: &RoleAssignment, due: Timestamp, now: Timestamp) -> Option<(Timestamp, u32)> {
    let end = held.expires_at?;
    let fell_due = |days: &u32| (due..=now).contains(&days_before(end, *days));
    NOTICE_DAYS.into_iter().filter(fell_due).min().map(|days| (end, days))
}

fn end_holdings(
    set: &RoleSet,
    before: &Member,
    ended: &[(&RoleAssignment, Option<&ResourceRef>)],
    reason: EndReason,
    now: Timestamp,
    ids: &mut dyn NewIds,
) -> Changes {
    if ended.is_empty() {
        return Changes::default();
    }
    let gone = |held: &RoleAssignment, on: Option<&ResourceRef>| ended.contains(&(held, on));
    let mut after = before.clone();
    after.role = before.role.clone().filter(|held| !gone(held, None));
    after.grants = before
        .grants
        .iter()
        .filter(|g| !gone(&g.held, Some(&g.resource)))
        .cloned()
        .collect();
    let mut after = after.recomputed(set, now);
    // The holder of a temporary or optional role may have left keys behind: all of them end with it (`program-delivery`).
    let for_a_time = |held: &RoleAssignment, on: Option<&ResourceRef>| {
        let ends = |role: &Role| on.is_none() && role.reach == Reach::Organization && held.expires_at.is_some();
        set.role(&held.role)
            .is_some_and(|role| role.is_time_limited() || role.optional || ends(role))
    };
    let (keys, jobs) = if ended.iter().any(|(held, on)| for_a_time(held, *on)) {
        api_keys::end_all(&mut after, now, ids)
    } else {
        (0, Vec::new())
    };
    let mut changes = Changes {
        members: vec![Pair::change(before.clone(), after)],
        jobs,
        ..Changes::default()
    };
    for (held, on) in ended {
        let what = json!({
            "role": held.role, "resource": on.map(|r| &r.key), "expires_at": held.expires_at,
            "source": audit::source_of(held), "reason": reason,
        });
        let revoked = (keys > 0 && for_a_time(held, *on)).then(|| json!({ "api_keys_revoked": keys }));
        let mut record = Recorder::new(before.organization, EntityRef::system("expire"), now, ids);
        changes.events.push(record.event(
            EventKind::MemberRoleEnded,
            EntityRef::user(before.id),
            Some(what),
            revoked,
        ));
    }
    for letter in end_letters(ended, reason) {
        if let Letter::AccessEnded { role, .. } = &letter {
            let role = role.clone();
            changes.mail.extend(notify(set, before, &role, letter, now, ids));
        }
    }
    changes
}

/// The letters about roles that ended: one for all resources of a role.
fn end_letters(ended: &[(&RoleAssignment, Option<&ResourceRef>)], reason: EndReason) -> Vec<Letter> {
    let mut grouped: BTreeMap<(&RoleId, bool), Vec<ResourceKey>> = BTreeMap::new();
    for (held, on) in ended {
        let resources = grouped.entry((&held.role, on.is_some())).or_default();
        resources.extend(on.map(|r| r.key.clone()));
    }
    let letter = |((role, _), resources): ((&RoleId, bool), _)| Letter::AccessEnded {
        role: role.clone(),
        resources,
        reason,
    };
    grouped.into_iter().map(letter).collect()
}

/// An email to the member, unless holders of the role are not notified or the member is inactive.
fn notify(
    set: &RoleSet,
    member: &Member,
    role: &RoleId,
    letter: Letter,
    now: Timestamp,
    ids: &mut dyn NewIds,
) -> Option<Mail> {
    let wanted = member.status == Status::Active && set.role(role).is_some_and(|r| r.notified);
    wanted.then(|| Mail {
        id: MailId::from_uuid(ids.uuid()),
        organization: member.organization,
        to: member.email.clone(),
        language: member.profile.language,
        letter,
        asked: false,
        state: MailState::Queued,
        late: None,
        created_at: now,
    })
}
