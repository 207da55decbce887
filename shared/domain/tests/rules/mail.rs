//! What becomes of a mail while its organization is there, deleted, restored or gone.

use crate::team::*;
use jiff::SignedDuration;
use muster_domain::feedback::RecentMail;
use muster_domain::job::Erasure;
use muster_domain::mail::{Dispatch, EndReason, Late, MAX_LATE, MailState, NotNow, days_left};
use muster_domain::organization::gone_at;
use muster_domain::rules::deletion::restore;
use muster_domain::rules::pace;
use muster_domain::rules::work::{RESTORE_CHECK_INTERVAL, put_off, release, send_late};
use muster_domain::{Job, JobId, Letter, Mail, MailId, Organization, Work};

fn mail(number: u8, letter: Letter) -> Mail {
    Mail {
        id: MailId::from_bytes([number; 16]),
        organization: organization_id(),
        to: email_address("ann@x.example"),
        letter,
        asked: false,
        state: MailState::Held,
        late: None,
        language: None,
        created_at: at("2026-03-09T12:00:00Z"),
    }
}

fn invited() -> Letter {
    Letter::Invitation {
        invitation: muster_domain::InvitationId::from_bytes([9; 16]),
        generation: 1,
    }
}

fn ended() -> Letter {
    Letter::AccessEnded {
        role: role("participant"),
        resources: Vec::new(),
        reason: EndReason::Expired,
    }
}

fn ending(ends_at: &str) -> Letter {
    Letter::AccessEnding {
        role: role("participant"),
        resources: Vec::new(),
        ends_at: at(ends_at),
        days: 7,
    }
}

/// Of the deletion at this instant.
fn deletion(deleted_at: &str) -> Letter {
    Letter::OrganizationDeleted {
        restorable_until: gone_at(at(deleted_at)),
    }
}

fn erased() -> Letter {
    Letter::OrganizationErased {
        name: organization().name,
    }
}

#[test]
fn a_deleted_organization_sends_only_the_news_of_that_deletion_and_holds_the_rest() {
    let there = organization();
    let deleted = Organization {
        deleted_at: Some(now()),
        ..organization()
    };
    let erasing = Organization {
        erasing: true,
        ..deleted.clone()
    };
    let states = [Some(&there), Some(&deleted), Some(&erasing), None];
    let (just, later) = ("2026-03-10T12:00:00Z", "2026-03-10T12:00:01Z");
    use Dispatch::{Hold, Send, Skip};
    for (letter, expected) in [
        (invited(), [Send, Hold, Skip, Skip]),
        (ended(), [Send, Hold, Skip, Skip]),
        (ending(later), [Send, Hold, Skip, Skip]),
        (ending(just), [Skip, Hold, Skip, Skip]),
        (deletion(just), [Skip, Send, Send, Skip]),
        (deletion(later), [Skip, Skip, Skip, Skip]),
        (erased(), [Send, Send, Send, Send]),
    ] {
        let mail = mail(1, letter);
        let turns = states.map(|known| mail.dispatch(known, now()));
        assert_eq!(turns, expected, "{:?}", mail.letter);
    }
}

#[test]
fn what_was_held_goes_out_as_new_mail_and_the_held_mail_goes() {
    let held = vec![mail(1, invited()), mail(2, ended())];
    let changes = release(&organization(), held.clone(), now(), &mut ids());
    assert_eq!(changes.released, held);
    for (new, old) in changes.mail.iter().zip(&held) {
        assert_ne!(new.id, old.id, "only a new mail is delivered");
        let expected = Mail {
            id: new.id,
            state: MailState::Queued,
            ..old.clone()
        };
        assert_eq!(*new, expected);
    }
    assert_eq!(changes.mail.len(), 2);
    let both = changes
        .clone()
        .and(release(&organization(), vec![mail(3, ended())], now(), &mut ids()));
    assert_eq!((both.mail.len(), both.released.len()), (3, 3));
}

#[test]
fn a_mail_that_is_not_taken_waits_a_minute_or_half_an_hour_and_no_longer_than_three_days() {
    let late = |since: &str, due_at: Option<&str>| Late {
        since: Some(at(since)),
        due_at: due_at.map(at),
    };
    let fresh = mail(1, invited());
    let tried = Mail {
        late: Some(late("2026-03-07T12:00:00.001Z", None)),
        ..mail(1, invited())
    };
    let old = Mail {
        late: Some(late("2026-03-07T12:00:00Z", None)),
        ..mail(1, invited())
    };
    let (soon, later) = (Some("2026-03-10T12:01:00Z"), Some("2026-03-10T12:30:00Z"));
    for (mail, why, expected) in [
        (&fresh, NotNow::Throttled, Some(late("2026-03-10T12:00:00Z", soon))),
        (&fresh, NotNow::Closed, Some(late("2026-03-10T12:00:00Z", later))),
        (&tried, NotNow::Closed, Some(late("2026-03-07T12:00:00.001Z", later))),
        (&old, NotNow::Closed, None),
        (&old, NotNow::Throttled, None),
    ] {
        assert_eq!(mail.put_off(why, now()), expected, "{why:?} {:?}", mail.late);
    }
    assert_eq!(MAX_LATE, SignedDuration::from_hours(72));
}

#[test]
fn a_mail_that_waits_for_its_turn_is_never_given_up_for_that() {
    let since = |since: Option<&str>| Mail {
        late: Some(Late {
            since: since.map(at),
            due_at: None,
        }),
        ..mail(1, invited())
    };
    let soon = Some(at("2026-03-10T12:10:00Z"));
    for (mail, expected) in [
        (mail(1, invited()), None),
        (since(None), None),
        (since(Some("2026-03-01T12:00:00Z")), Some(at("2026-03-01T12:00:00Z"))),
    ] {
        let wait = Late {
            since: expected,
            due_at: soon,
        };
        assert_eq!(mail.put_off(NotNow::Behind, now()), Some(wait), "{:?}", mail.late);
    }
    let only_behind = since(None).put_off(NotNow::Closed, now()).unwrap();
    assert_eq!(
        only_behind.since,
        Some(now()),
        "the three days begin when it is refused"
    );

    let until = at("2026-03-11T06:00:00Z");
    let rests = since(None).put_off(NotNow::Resting(until), now()).unwrap();
    assert_eq!((rests.since, rests.due_at), (Some(now()), Some(until)));
    let refused_long_ago = since(Some("2026-03-01T12:00:00Z"));
    assert_eq!(refused_long_ago.put_off(NotNow::Resting(until), now()), None);
}

/// One try after the other, at the instants at which the schedule makes them; gives how many there were, and how long they went on.
fn tried(why: NotNow) -> (usize, SignedDuration) {
    let (begun, mut now, mut ids) = (now(), now(), ids());
    let mut mail = Mail {
        state: MailState::Queued,
        ..mail(1, invited())
    };
    let mut mailed: Vec<RecentMail> = Vec::new();
    for tries in 1.. {
        assert!(!mail.is_waiting());
        mailed =
            pace::with_mail_counted(&mailed, &mail, now).expect("what was never sent takes no place of the day's mail");
        assert_eq!(mailed.len(), 1, "it counts once");
        let late = mail.put_off(why, now);
        mailed = pace::without(&mailed, &mail).expect("it was counted");
        assert_eq!(mailed, [], "nor does it count while it waits");
        let Some(late) = late else {
            return (tries, now.duration_since(begun));
        };
        let waiting = Mail {
            late: Some(late),
            ..mail
        };
        now = late.due_at.unwrap();
        let changes = send_late(&waiting, now, &mut ids);
        mail = changes.mail.into_iter().next().expect("it goes out again");
    }
    unreachable!("it is given up")
}

#[test]
fn a_mail_that_is_not_taken_is_tried_for_three_days_and_counts_only_while_it_is() {
    let days = SignedDuration::from_hours(72);
    assert_eq!(tried(NotNow::Closed), (1 + 3 * 24 * 2, days));
    assert_eq!(tried(NotNow::Throttled), (1 + 3 * 24 * 60, days));
}

#[test]
fn what_was_not_sent_is_taken_out_and_nothing_else() {
    let sending = |number: u8| RecentMail {
        mail: MailId::from_bytes([number; 16]),
        at: now(),
    };
    let all = [sending(1), sending(2), sending(3)];
    let others = pace::without(&all, &mail(2, invited()));
    assert_eq!(others, Some(vec![sending(1), sending(3)]));
    assert_eq!(pace::without(&all, &mail(4, invited())), None);
    assert_eq!(pace::without(&[], &mail(4, invited())), None);
}

#[test]
fn a_mail_that_waits_goes_out_as_a_new_one_when_its_instant_has_come() {
    let waiting = |state, due_at: Option<&str>| Mail {
        state,
        late: Some(Late {
            since: Some(at("2026-03-09T12:00:00Z")),
            due_at: due_at.map(at),
        }),
        ..mail(1, ended())
    };
    let (past, just, ahead) = (
        Some("2026-03-10T11:59:59Z"),
        Some("2026-03-10T12:00:00Z"),
        Some("2026-03-10T12:00:00.001Z"),
    );
    for (state, due_at, waits, goes) in [
        (MailState::Queued, past, true, true),
        (MailState::Queued, just, true, true),
        (MailState::Queued, ahead, true, false),
        (MailState::Queued, None, false, false),
        (MailState::Sent, past, true, false),
        (MailState::Held, past, true, false),
    ] {
        let mail = waiting(state, due_at);
        assert_eq!(mail.is_waiting(), waits, "{due_at:?}");
        let changes = send_late(&mail, now(), &mut ids());
        assert_eq!(changes.is_empty(), !goes, "{state:?} {due_at:?}");
        let [new] = &changes.mail[..] else { continue };
        assert_eq!(changes.released, std::slice::from_ref(&mail));
        assert_ne!(new.id, mail.id, "only a new mail is delivered");
        let expected = Mail {
            id: new.id,
            late: Some(Late {
                since: Some(at("2026-03-09T12:00:00Z")),
                due_at: None,
            }),
            ..mail
        };
        assert_eq!(*new, expected);
        assert!(!new.is_waiting());
        // What is late because of the mail service is not late any more once it was held for another reason.
        assert_eq!(new.released(&mut ids()).late, None);
    }
    let fresh = Mail {
        state: MailState::Queued,
        ..mail(1, ended())
    };
    assert!(!fresh.is_waiting() && send_late(&fresh, now(), &mut ids()).is_empty());
}

#[test]
fn a_restoration_brings_the_job_that_sends_what_was_held() {
    let deleted = Organization {
        deleted_at: Some(now()),
        ..organization()
    };
    let later = at("2026-03-12T00:00:00Z");
    let (_, changes) = restore(&deleted, user("operator"), later, &mut ids()).unwrap();
    let [job] = &changes.jobs[..] else { panic!("one job") };
    let job = job.after.clone().unwrap();
    let work = Work::ReleaseMail { after: None };
    assert_eq!(job, Job::new(job.id, organization_id(), work, later));
}

#[test]
fn a_job_that_is_put_off_waits_half_an_hour_at_least() {
    let work = Work::EraseOrganization {
        deleted_at: now(),
        stage: Erasure::Wait,
    };
    let job = Job::new(JobId::from_bytes([1; 16]), organization_id(), work.clone(), now());
    assert_eq!(RESTORE_CHECK_INTERVAL, jiff::SignedDuration::from_mins(30));
    for (until, due) in [
        ("2026-03-10T12:00:00Z", "2026-03-10T12:30:00Z"),
        ("2026-03-10T12:30:00Z", "2026-03-10T12:30:00Z"),
        ("2026-03-11T00:00:00Z", "2026-03-11T00:00:00Z"),
    ] {
        let pair = put_off(&job, work.clone(), at(until), now());
        assert_eq!(pair.before.as_ref(), Some(&job));
        assert_eq!(pair.after, Some(job.waiting(work.clone(), at(due))));
        assert!(pair.after.unwrap().is_waiting(now()), "{until}");
    }
    assert!(!job.is_waiting(now()), "what was just moved on is gone on with");
    let late = job.waiting(work, at("2026-03-10T12:02:00.001Z"));
    assert!(late.is_waiting(now()) && !late.is_waiting(at("2026-03-10T12:00:00.001Z")));
}

#[test]
fn an_announcement_that_was_held_says_how_many_days_are_left() {
    for (announced, ends_at, expected) in [
        (7, "2026-03-17T12:00:00Z", 7),
        (7, "2026-03-17T11:59:00Z", 7),
        (7, "2026-03-16T12:00:01Z", 7),
        (7, "2026-03-16T12:00:00Z", 6),
        (7, "2026-03-11T12:00:01Z", 2),
        (7, "2026-03-11T12:00:00Z", 1),
        (7, "2026-03-10T13:00:00Z", 1),
        (1, "2026-03-11T12:00:00Z", 1),
        (1, "2026-03-10T12:30:00Z", 1),
    ] {
        assert_eq!(days_left(announced, at(ends_at), now()), expected, "{ends_at}");
    }
}
