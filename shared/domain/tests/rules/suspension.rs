//! Suspending an organization and resuming it: from which instant it counts, what stays open, what is recorded and who is told.

use crate::team::*;
use muster_domain::mail::MailState;
use muster_domain::organization::Suspension;
use muster_domain::rules::access::{DenialReason, closed};
use muster_domain::rules::deletion::{delete, restore};
use muster_domain::rules::suspension::{OpenTo, SuspensionRequest, begin, notify_owners, resume, suspend};
use muster_domain::{Changes, EntityRef, Job, JobId, Letter, Member, Organization, Pair, Timestamp, Work};
use serde_json::{Value, json};

pub(crate) const BEFORE: &str = "2026-03-10T11:00:00Z";
pub(crate) const NOW: &str = "2026-03-10T12:00:00Z";
pub(crate) const SOON: &str = "2026-03-20T00:00:00Z";
pub(crate) const LATER: &str = "2026-04-01T00:00:00Z";

/// The organization, suspended from an instant on, which is recorded if it has come.
pub(crate) fn suspended(organization: Organization, from: &str) -> Organization {
    let suspension = Suspension {
        reason: "Unpaid".parse().unwrap(),
        at: at(from),
        notice: JobId::from_bytes([5; 16]),
        recorded: at(from) <= now(),
    };
    Organization {
        suspension: Some(suspension),
        ..organization
    }
}

/// One whose instant has come without a job having run.
fn unrecorded(from: &str) -> Organization {
    let mut organization = suspended(organization(), from);
    organization.suspension.as_mut().unwrap().recorded = false;
    organization
}

fn asked(before: &Organization, reason: &str, from: Option<&str>, now: Timestamp) -> (Organization, Changes) {
    let wanted = SuspensionRequest {
        reason: reason.parse().unwrap(),
        at: from.map(at),
    };
    suspend(before, wanted, user("operator"), now, &mut ids())
}

fn ended(before: &Organization, now: Timestamp) -> (Organization, Changes) {
    resume(before, user("operator"), now, &mut ids())
}

fn works(changes: &Changes) -> Vec<&Work> {
    let new = changes.jobs.iter().filter(|pair| pair.before.is_none());
    new.map(|pair| &pair.after.as_ref().unwrap().work).collect()
}

fn state(reason: &str, from: &str, in_effect: bool) -> Value {
    json!({ "reason": reason, "at": at(from), "in_effect": in_effect })
}

/// What each event says, but for who, when and about what, which are checked.
fn said(changes: &Changes, now: Timestamp) -> Vec<(&str, Option<Value>, Option<Value>)> {
    crate::told::check(changes);
    let tell = |event: &'_ muster_domain::Event| {
        let id = organization_id();
        assert_eq!((event.organization, &event.subject), (id, &EntityRef::organization(id)));
        assert_eq!(event.at, now);
        (event.before.clone(), event.after.clone())
    };
    let all = changes.events.iter().map(|event| (event.kind.as_str(), tell(event)));
    all.map(|(kind, (before, after))| (kind, before, after)).collect()
}

const SUSPENDED: &str = "organization.suspended";
const PLANNED: &str = "organization.suspension_planned";
const CANCELLED: &str = "organization.suspension_cancelled";
const RESUMED: &str = "organization.resumed";

fn announced() -> Work {
    Work::AnnounceSuspension { after: None }
}

fn released() -> Work {
    Work::ReleaseMail { after: None }
}

fn over() -> Work {
    Work::AnnounceResumption { after: None }
}

#[test]
fn it_counts_from_its_instant_on_whether_or_not_a_job_has_run() {
    for (from, expected) in [
        (BEFORE, true),
        (NOW, true),
        ("2026-03-10T12:00:00.000000001Z", false),
        (LATER, false),
    ] {
        for known in [suspended(organization(), from), unrecorded(from)] {
            assert_eq!(known.is_suspended(now()), expected, "{from}");
            let reason = expected.then_some(DenialReason::OrganizationSuspended);
            assert_eq!(closed(&known, now()), reason, "{from}");
        }
    }
    let mut ahead_of_this_clock = suspended(organization(), "2026-03-10T12:00:00.001Z");
    ahead_of_this_clock.suspension.as_mut().unwrap().recorded = true;
    assert!(ahead_of_this_clock.is_suspended(now()));
    assert!(!organization().is_suspended(now()));
    assert_eq!(closed(&organization(), now()), None);
    let both = Organization {
        deleted_at: Some(now()),
        ..suspended(organization(), NOW)
    };
    assert_eq!(closed(&both, now()), Some(DenialReason::OrganizationDeleted));
    assert_eq!(DenialReason::OrganizationSuspended.code(), "organization_suspended");
}

#[test]
fn an_item_of_before_there_were_suspensions_reads_as_one_without() {
    let mut item = serde_json::to_value(organization()).unwrap();
    item.as_object_mut().unwrap().remove("suspension").unwrap();
    assert_eq!(serde_json::from_value::<Organization>(item).unwrap(), organization());
}

#[test]
fn who_is_let_in_meanwhile_is_as_the_route_says() {
    let (owner, admin) = (holder("owner", "owner"), holder("ann", "admin"));
    let resting = inactive(holder("oda", "owner"));
    let cases: [(OpenTo, &Member, bool, bool); 12] = [
        (OpenTo::Nobody, &owner, false, false),
        (OpenTo::Nobody, &owner, true, false),
        (OpenTo::Nobody, &admin, true, false),
        (OpenTo::Leavers, &owner, false, false),
        (OpenTo::Leavers, &owner, true, true),
        (OpenTo::Leavers, &admin, true, true),
        (OpenTo::Leavers, &admin, false, false),
        (OpenTo::Owners, &owner, false, true),
        (OpenTo::Owners, &admin, true, false),
        (OpenTo::Owners, &resting, false, false),
        (OpenTo::Members, &owner, false, true),
        (OpenTo::Members, &admin, false, true),
    ];
    for (open_to, member, leaves, expected) in cases {
        let let_in = open_to.includes(member, leaves, set());
        assert_eq!(let_in, expected, "{open_to:?} {:?} {leaves}", member.email);
    }
    let open = [OpenTo::Nobody, OpenTo::Leavers, OpenTo::Owners, OpenTo::Members];
    assert_eq!(open.map(OpenTo::includes_keys), [false, false, false, true]);
}

#[test]
fn a_suspension_at_once_is_recorded_and_told_and_changes_nothing_else() {
    for from in [None, Some(BEFORE), Some(NOW)] {
        let before = organization();
        let (after, changes) = asked(&before, "Unpaid", from, now());
        let known = after.suspension.clone().unwrap();
        assert_eq!(
            (known.reason.as_str(), known.at, known.recorded),
            ("Unpaid", now(), true)
        );
        let expected = Organization {
            suspension: Some(known.clone()),
            version: 2,
            suspension_changes: 1,
            ..before.clone()
        };
        assert_eq!(after, expected);
        assert_eq!(
            said(&changes, now()),
            [(SUSPENDED, None, Some(state("Unpaid", NOW, true)))]
        );
        assert_eq!(changes.events[0].actor, EntityRef::platform(user("operator")));
        let job = Job::new(known.notice, organization_id(), announced(), now());
        let expected = Changes {
            organization: Some(Pair::change(before, after)),
            jobs: vec![Pair::new(job)],
            events: changes.events.clone(),
            ..Changes::default()
        };
        assert_eq!(changes, expected);
    }
}

#[test]
fn one_with_an_instant_ahead_is_recorded_as_planned_and_its_job_is_due_at_that_instant() {
    let (after, changes) = asked(&organization(), "Ends", Some(SOON), now());
    let known = after.suspension.unwrap();
    assert_eq!((known.at, known.recorded), (at(SOON), false));
    assert_eq!(
        said(&changes, now()),
        [(PLANNED, None, Some(state("Ends", SOON, false)))]
    );
    let job = Job {
        due_at: at(SOON),
        ..Job::new(known.notice, organization_id(), announced(), now())
    };
    assert_eq!(changes.jobs, [Pair::new(job)]);
}

#[test]
fn what_is_so_already_changes_nothing() {
    let running = suspended(organization(), BEFORE);
    let planned = suspended(organization(), SOON);
    for (before, from, now) in [
        (&running, None, NOW),
        (&running, Some(BEFORE), NOW),
        (&running, Some(NOW), NOW),
        (&running, Some(SOON), LATER),
        (&planned, Some(SOON), NOW),
        (&planned, Some(SOON), SOON),
        (&planned, Some(SOON), LATER),
        (&planned, None, LATER),
    ] {
        let (after, changes) = asked(before, "Unpaid", from, at(now));
        assert_eq!((&after, changes), (before, Changes::default()), "{from:?} at {now}");
    }
    let (after, changes) = ended(&organization(), now());
    assert_eq!((after, changes), (organization(), Changes::default()));
}

/// Two processes, of which the second has read the clock before the first.
#[test]
fn a_request_whose_clock_is_behind_finds_what_was_done_already() {
    let first = "2026-03-10T12:00:00.003Z";
    let mut before = suspended(organization(), first);
    before.suspension.as_mut().unwrap().recorded = true;
    for from in [None, Some(BEFORE), Some(first)] {
        let (after, changes) = asked(&before, "Unpaid", from, now());
        assert_eq!((after, changes), (before.clone(), Changes::default()), "{from:?}");
    }
    let (after, changes) = asked(&before, "Fraud", None, now());
    let known = after.suspension.unwrap();
    assert_eq!((known.at, known.recorded, changes.jobs.len()), (at(first), true, 0));
    assert_eq!(kinds(&changes), [SUSPENDED]);
    let (_, changes) = ended(&before, now());
    assert_eq!(kinds(&changes), [RESUMED]);
}

#[test]
fn another_reason_is_recorded_and_keeps_beginning_and_job() {
    for (before, from, was, is, kind) in [
        (suspended(organization(), BEFORE), None, true, true, SUSPENDED),
        (unrecorded(BEFORE), None, false, true, SUSPENDED),
        (suspended(organization(), SOON), Some(SOON), false, false, PLANNED),
    ] {
        let known = before.suspension.clone().unwrap();
        let (after, changes) = asked(&before, "Fraud", from, now());
        let expected = Suspension {
            reason: "Fraud".parse().unwrap(),
            recorded: is,
            ..known.clone()
        };
        assert_eq!(after.suspension, Some(expected));
        let at = known.at.to_string();
        let states = [state("Unpaid", &at, was), state("Fraud", &at, is)].map(Some);
        let [old, new] = states;
        assert_eq!(said(&changes, now()), [(kind, old, new)]);
        assert!(changes.jobs.is_empty(), "the owners are told of one suspension once");
        assert_eq!(one_version_on(&changes), 1);
    }
}

#[test]
fn another_instant_ahead_has_a_job_of_its_own() {
    let before = suspended(organization(), SOON);
    for (from, known, kind) in [
        (Some(LATER), LATER, PLANNED),
        (Some("2026-03-11T00:00:00Z"), "2026-03-11T00:00:00Z", PLANNED),
        (None, NOW, SUSPENDED),
    ] {
        let (after, changes) = asked(&before, "Unpaid", from, now());
        let suspension = after.suspension.unwrap();
        assert_eq!((suspension.at, suspension.recorded), (at(known), kind == SUSPENDED));
        assert_ne!(suspension.notice, before.suspension.as_ref().unwrap().notice);
        let states = (
            Some(state("Unpaid", SOON, false)),
            Some(state("Unpaid", known, kind == SUSPENDED)),
        );
        assert_eq!(said(&changes, now()), [(kind, states.0, states.1)]);
        assert_eq!(works(&changes), [&announced()]);
    }
}

#[test]
fn one_that_is_to_begin_later_after_all_is_resumed_until_then() {
    let before = suspended(organization(), BEFORE);
    let (after, changes) = asked(&before, "Unpaid", Some(SOON), now());
    let known = after.suspension.as_ref().unwrap();
    assert_eq!((known.at, known.recorded), (at(SOON), false));
    assert!(!after.is_suspended(now()));
    assert_eq!(
        said(&changes, now()),
        [
            (RESUMED, Some(state("Unpaid", BEFORE, true)), None),
            (PLANNED, None, Some(state("Unpaid", SOON, false)))
        ]
    );
    assert_eq!(works(&changes), [&released(), &over(), &announced()]);
    assert_eq!(one_version_on(&changes), 1);
}

#[test]
fn resuming_releases_the_mail_and_tells_owners_who_were_told_of_the_suspension() {
    let begun = (
        SUSPENDED,
        Some(state("Unpaid", BEFORE, false)),
        Some(state("Unpaid", BEFORE, true)),
    );
    let resumed = (RESUMED, Some(state("Unpaid", BEFORE, true)), None);
    for (before, events, jobs) in [
        (
            suspended(organization(), BEFORE),
            vec![resumed.clone()],
            vec![released(), over()],
        ),
        // The record lacks no denial, and whoever was not told of the suspension is not told of its end.
        (unrecorded(BEFORE), vec![begun, resumed], vec![released()]),
    ] {
        let (after, changes) = ended(&before, now());
        let expected = Organization {
            suspension: None,
            version: 2,
            suspension_changes: 1,
            ..before.clone()
        };
        assert_eq!(after, expected);
        assert_eq!(said(&changes, now()), events);
        assert_eq!(works(&changes), jobs.iter().collect::<Vec<_>>());
        for job in changes.jobs.iter().filter_map(|pair| pair.after.as_ref()) {
            assert_eq!(*job, Job::new(job.id, organization_id(), job.work.clone(), now()));
        }
        let last = changes.events.last().unwrap();
        assert_eq!(last.actor, EntityRef::platform(user("operator")));
        assert_eq!(changes.organization, Some(Pair::change(before, after)));
    }
}

#[test]
fn a_suspension_that_has_not_begun_is_canceled_without_an_email() {
    let before = suspended(organization(), SOON);
    let (after, changes) = ended(&before, now());
    assert_eq!(after.suspension, None);
    let expected = [(CANCELLED, Some(state("Unpaid", SOON, false)), None)];
    assert_eq!(said(&changes, now()), expected);
    assert!(changes.jobs.is_empty() && changes.mail.is_empty());
}

#[test]
fn the_instant_that_was_set_ahead_is_recorded_once_it_has_come_and_once() {
    let before = unrecorded(NOW);
    let changes = begin(&before, now(), &mut ids());
    let states = [state("Unpaid", NOW, false), state("Unpaid", NOW, true)].map(Some);
    let [old, new] = states;
    assert_eq!(said(&changes, now()), [(SUSPENDED, old, new)]);
    assert_eq!(changes.events[0].actor, EntityRef::system("finish-work"));
    let pair = changes.organization.clone().unwrap();
    assert_eq!(pair.before, Some(before.clone()));
    let after = pair.after.unwrap();
    let expected = Organization {
        version: 2,
        suspension_changes: 1,
        ..suspended(organization(), NOW)
    };
    assert_eq!(after, expected);
    for known in [&after, &suspended(organization(), SOON), &organization()] {
        assert!(begin(known, now(), &mut ids()).is_empty());
    }
}

#[test]
fn only_active_owners_are_told() {
    let members = [
        holder("owner", "owner"),
        inactive(holder("away", "owner")),
        holder("admin", "admin"),
    ];
    let letter = Letter::OrganizationResumed;
    let changes = notify_owners(&organization(), set(), &members, &letter, now(), &mut ids());
    let [mail] = &changes.mail[..] else { panic!("one mail") };
    assert_eq!((mail.to.as_str(), &mail.letter), ("owner@acme.example", &letter));
    assert_eq!(
        (mail.asked, mail.state, mail.created_at),
        (false, MailState::Queued, now())
    );
}

#[test]
fn a_deletion_and_a_restoration_leave_it_as_it_is() {
    let owner = holder("owner", "owner");
    let running = suspended(counted(&[&owner], &[]), NOW);
    let deleted = delete(&scene(&running, &owner), &mut ids()).unwrap();
    let deleted = deleted.organization.unwrap().after.unwrap();
    assert_eq!(deleted.suspension, running.suspension);
    let (restored, _) = restore(&deleted, user("operator"), now(), &mut ids()).unwrap();
    assert_eq!(restored.suspension, running.suspension);
}
