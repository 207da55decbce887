//! How much mail members can have sent, and to whom none is sent.

use crate::team::*;
use jiff::SignedDuration;
use muster_domain::feedback::{Deliverability, Mark, RecentMail};
use muster_domain::invitation::Delivery;
use muster_domain::mail::MailState;
use muster_domain::rules::invitations::create::{Invite, InviteRefusal};
use muster_domain::rules::invitations::mail_limits::{MailHistory, invite_within_limits};
use muster_domain::rules::invitations::respond::{self, InvitationReply, Invitee, accept, decline};
use muster_domain::rules::invitations::{InvitationRefusal, Revival, resend};
use muster_domain::rules::pace::{
    DEFAULT_MAIL_LIMIT, MAX_PER_RECIPIENT, MailLimit, PERIOD, SentToday, Wait, day, day_ends, email_allowed_at,
    resend_allowed_at, with_mail_counted,
};
use muster_domain::rules::work::{release, resend_slice};
use muster_domain::{
    Changes, EmailAddress, Invitation, InvitationId, InvitationState, Letter, Mail, MailId, Organization, Plan,
    Timestamp,
};
use std::collections::BTreeMap;

fn mail(number: u8) -> Mail {
    Mail {
        id: MailId::from_bytes([number; 16]),
        organization: organization_id(),
        to: email_address("ann@x.example"),
        letter: Letter::Invitation {
            invitation: InvitationId::from_bytes([9; 16]),
            generation: 1,
        },
        asked: true,
        state: MailState::Queued,
        late: None,
        language: None,
        created_at: now(),
    }
}

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

/// What is known of an address that was mailed so many minutes ago.
fn mailed(email: &str, ago: &[i64]) -> Deliverability {
    let recent = |(number, ago): (usize, &i64)| RecentMail {
        mail: MailId::from_bytes([u8::try_from(number).unwrap(); 16]),
        at: now() - minutes(*ago),
    };
    Deliverability {
        organization: organization_id(),
        email: email_address(email),
        bounced_at: None,
        complained_at: None,
        reached_at: None,
        declined_at: None,
        wanted_at: None,
        mailed: ago.iter().enumerate().map(recent).collect(),
    }
}

const DAY: i64 = 24 * 60;

#[test]
fn an_address_gets_five_mails_within_a_day_and_the_next_when_the_first_is_a_day_old() {
    assert_eq!((MAX_PER_RECIPIENT, PERIOD), (5, minutes(DAY)));
    for (ago, expected) in [
        (&[][..], None),
        (&[0, 0, 0, 0][..], None),
        (&[DAY, 4, 3, 2, 1], None),
        (&[DAY - 1, 4, 3, 2, 1], Some(1)),
        (&[1, 2, 3, 4, 5], Some(DAY - 5)),
        (&[9, 8, 7, 6, 5, 4], Some(DAY - 8)),
    ] {
        let until = email_allowed_at(&mailed("ann@x.example", ago), now());
        assert_eq!(until, expected.map(|left| now() + minutes(left)), "{ago:?}");
    }
}

#[test]
fn a_mail_counts_once_however_often_it_is_tried_and_what_is_old_is_forgotten() {
    let known = |ago: &[i64]| mailed("ann@x.example", ago).mailed;
    let new = RecentMail {
        mail: MailId::from_bytes([77; 16]),
        at: now(),
    };
    assert_eq!(with_mail_counted(&[], &mail(77), now()), Some(vec![new.clone()]));
    let four = known(&[4, 3, 2, 1]);
    let five = with_mail_counted(&four, &mail(77), now()).unwrap();
    assert_eq!(five, [four.as_slice(), std::slice::from_ref(&new)].concat());
    assert_eq!(with_mail_counted(&five, &mail(78), now()), None, "that were too many");
    assert_eq!(
        with_mail_counted(&five, &mail(77), now()),
        Some(five.clone()),
        "it is among them"
    );
    let old = known(&[DAY, 4, 3, 2, 1]);
    let kept = with_mail_counted(&old, &mail(77), now()).unwrap();
    assert_eq!(kept, [&old[1..], std::slice::from_ref(&new)].concat());
}

#[test]
fn an_invitation_rests_longer_the_oftener_it_was_sent() {
    let owner = holder("owner", "owner");
    let sent = |generation| Invitation {
        generation,
        ..invitation(&owner, "ann@x.example", "admin")
    };
    for (generation, rest) in [(1, 0), (2, 0), (3, 10), (4, 60), (5, DAY), (6, DAY)] {
        let invitation = sent(generation);
        let rests = (rest > 0).then(|| now() + minutes(rest));
        assert_eq!(resend_allowed_at(&invitation), rests, "{generation}");
        let organization = counted(&[&owner], &[&invitation]);
        let again = |at: Timestamp| {
            let scene = later(scene(&organization, &owner), &at.to_string());
            resend(&scene, Some(&invitation), &Revival::default(), &mut ids()).map(drop)
        };
        let until = now() + minutes(rest);
        if rest > 0 {
            let just = Wait { until, seconds: 1 };
            let before = until - SignedDuration::from_millis(1);
            assert_eq!(
                again(before),
                Err(InvitationRefusal::SentTooOften(just)),
                "{generation}"
            );
            let whole = Wait {
                until,
                seconds: u64::try_from(rest * 60).unwrap(),
            };
            assert_eq!(
                again(now()),
                Err(InvitationRefusal::SentTooOften(whole)),
                "{generation}"
            );
        }
        assert_eq!(again(until), Ok(()), "{generation}");
        if rest == 0 {
            let earlier = now() - SignedDuration::from_millis(1);
            assert_eq!(again(earlier), Ok(()), "the second of two at once, dated first");
        }
    }
    assert_eq!(
        Wait::between(now(), now() - minutes(1)).seconds,
        0,
        "what is over rests no more"
    );
}

#[test]
fn five_mails_within_any_day_is_the_most_that_resending_comes_to() {
    let owner = holder("owner", "owner");
    let mut invitation = invitation(&owner, "ann@x.example", "admin");
    let mut at = vec![invitation.sent_at];
    for _ in 0..40 {
        invitation.sent_at = resend_allowed_at(&invitation).unwrap_or(invitation.sent_at);
        invitation.generation += 1;
        at.push(invitation.sent_at);
    }
    for first in &at {
        let within = at.iter().filter(|t| **t >= *first && t.duration_since(*first) < PERIOD);
        assert!(within.count() <= MAX_PER_RECIPIENT);
    }
}

#[test]
fn a_person_who_declined_or_complained_is_sent_nothing_again() {
    let owner = holder("owner", "owner");
    for delivery in Delivery::ALL {
        let invitation = Invitation {
            mail: delivery,
            ..invitation(&owner, "ann@x.example", "admin")
        };
        let organization = counted(&[&owner], &[&invitation]);
        let again = resend(
            &scene(&organization, &owner),
            Some(&invitation),
            &Revival::default(),
            &mut ids(),
        );
        let is_unwanted = matches!(delivery, Delivery::Declined | Delivery::Complained);
        assert_eq!(
            again.err() == Some(InvitationRefusal::Unwanted),
            is_unwanted,
            "{delivery:?}"
        );
    }
}

const NOTHING_SENT: MailHistory<'_> = MailHistory {
    known: &[],
    sent: SentToday {
        count: 0,
        now: Timestamp::UNIX_EPOCH,
    },
};

fn asked(
    organization: &Organization,
    emails: &[&str],
    before: MailHistory<'_>,
) -> Result<(Vec<Invitation>, Changes), InviteRefusal> {
    let owner = holder("owner", "owner");
    let admin = role("admin");
    let emails: Vec<_> = emails.iter().map(|text| Ok(email_address(text))).collect();
    let request = Invite {
        emails: &emails,
        holders: &BTreeMap::from([(
            email_address("member@x.example"),
            muster_domain::rules::invitations::create::Holder::Member(user("m")),
        )]),
        accounts: &[],
        wanted: wanted(&admin, &[], None),
        message: None,
        language: None,
    };
    invite_within_limits(&scene(organization, &owner), request, before, &mut ids())
}

fn there() -> Organization {
    counted(&[&holder("owner", "owner")], &[])
}

#[test]
fn every_address_that_was_mailed_too_often_is_named_beside_all_other_faults() {
    let known = [
        mailed("often@x.example", &[1, 1, 1, 1, 1]),
        mailed("seldom@x.example", &[1, 1, 1, 1]),
        mailed("member@x.example", &[1, 1, 1, 1, 1]),
    ];
    let before = MailHistory {
        known: &known,
        ..NOTHING_SENT
    };
    let violations = |emails: &[&str]| match asked(&there(), emails, before) {
        Err(InviteRefusal::Invalid(violations)) => codes(&violations),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        violations(&["often@x.example", "new@x.example"]),
        ["often@x.example mailed_too_often"]
    );
    assert_eq!(
        violations(&["often@x.example", "seldom@x.example", "member@x.example"]),
        ["member@x.example already_member", "often@x.example mailed_too_often"]
    );
    assert!(asked(&there(), &["seldom@x.example"], before).is_ok());
}

#[test]
fn what_is_refused_anyway_tells_members_of_a_part_nothing_of_the_mail_of_others() {
    let pat = holder("pat", "program_admin");
    let participant = role("participant");
    let spring = [found("spring")];
    let known = [mailed("often@x.example", &[1, 1, 1, 1, 1])];
    let before = MailHistory {
        known: &known,
        ..NOTHING_SENT
    };
    let holders = BTreeMap::from([(
        email_address("member@x.example"),
        muster_domain::rules::invitations::create::Holder::Member(user("m")),
    )]);
    let violations = |emails: &[&str]| {
        let emails: Vec<_> = emails.iter().map(|text| Ok(email_address(text))).collect();
        let request = Invite {
            emails: &emails,
            holders: &holders,
            accounts: &[],
            wanted: wanted(&participant, &spring, None),
            message: None,
            language: None,
        };
        let organization = counted(&[&holder("owner", "owner"), &pat], &[]);
        match invite_within_limits(&scene(&organization, &pat), request, before, &mut ids()) {
            Err(InviteRefusal::Invalid(violations)) => codes(&violations),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(violations(&["often@x.example"]), ["often@x.example mailed_too_often"]);
    assert_eq!(
        violations(&["often@x.example", "member@x.example"]),
        ["member@x.example already_member"]
    );
}

#[test]
fn an_invitation_to_a_person_who_wants_no_mail_waits_to_be_found() {
    let known = [
        Deliverability {
            declined_at: Some(now()),
            ..mailed("declined@x.example", &[1, 1, 1, 1, 1])
        },
        Deliverability {
            complained_at: Some(now()),
            ..mailed("complained@x.example", &[])
        },
        Deliverability {
            bounced_at: Some(now()),
            ..mailed("bounced@x.example", &[])
        },
        Deliverability {
            declined_at: Some(now()),
            wanted_at: Some(now()),
            ..mailed("wanted@x.example", &[])
        },
    ];
    let before = MailHistory {
        known: &known,
        ..NOTHING_SENT
    };
    let names = ["declined", "complained", "bounced", "wanted", "new"].map(|name| format!("{name}@x.example"));
    let emails: Vec<&str> = names.iter().map(String::as_str).collect();
    let (sent, changes) = asked(&there(), &emails, before).unwrap();
    let shown: Vec<Delivery> = sent.iter().map(|i| i.mail).collect();
    use Delivery::{Complained, Declined, Queued};
    assert_eq!(shown, [Declined, Complained, Queued, Queued, Queued]);
    let to: Vec<&str> = changes.mail.iter().map(|m| m.to.as_str()).collect();
    assert_eq!(to, &emails[2..]);
    assert_eq!(changes.new_invitations(), sent);
    assert_eq!(changes.seat_delta(), 5, "each holds its seat");
}

#[test]
fn an_invitation_anew_rests_as_if_the_one_before_had_been_sent_again() {
    let known = [mailed("ann@x.example", &[DAY, 3, 2, 1]), mailed("bob@x.example", &[])];
    let before = MailHistory {
        known: &known,
        ..NOTHING_SENT
    };
    let (sent, changes) = asked(&there(), &["ann@x.example", "bob@x.example", "cyd@x.example"], before).unwrap();
    let generations: Vec<u32> = sent.iter().map(|i| i.generation).collect();
    assert_eq!(generations, [4, 1, 1]);
    for (mail, invitation) in changes.mail.iter().zip(&sent) {
        let expected = Letter::Invitation {
            invitation: invitation.id,
            generation: invitation.generation,
        };
        assert_eq!(mail.letter, expected, "its mail has the present link");
    }
}

#[test]
fn an_organization_has_as_much_mail_sent_a_day_as_its_plan_says() {
    assert_eq!((there().mail_limit(), DEFAULT_MAIL_LIMIT), (1_000, 1_000));
    let with_limit = |mail_limit| Organization {
        plan: Plan {
            mail_limit,
            ..there().plan
        },
        ..there()
    };
    let emails = ["a@x.example", "b@x.example"];
    for (limit, count, fits) in [
        (None, 998, true),
        (None, 999, false),
        (Some(5), 3, true),
        (Some(5), 4, false),
        (Some(5), 9, false),
        (Some(2), 0, true),
        (Some(1), 0, false),
        (Some(0), 0, false),
    ] {
        let organization = with_limit(limit);
        let before = MailHistory {
            known: &[],
            sent: SentToday { count, now: now() },
        };
        let done = asked(&organization, &emails, before).map(drop);
        let refused = InviteRefusal::MailLimit(MailLimit {
            limit: limit.unwrap_or(1_000),
            // Two mails fit no day on which one can be sent.
            wait: (limit.is_none_or(|limit| limit >= 2)).then(|| Wait {
                until: at("2026-03-11T00:00:00Z"),
                seconds: 12 * 60 * 60,
            }),
        });
        assert_eq!(done, if fits { Ok(()) } else { Err(refused) }, "{limit:?} {count}");
        assert_eq!(
            before.sent.room(&organization),
            limit.unwrap_or(1_000).saturating_sub(count)
        );
    }
}

#[test]
fn a_day_is_one_of_utc() {
    for (instant, expected, ends) in [
        ("2026-03-10T00:00:00Z", "2026-03-10", "2026-03-11T00:00:00Z"),
        ("2026-03-10T23:59:59.999Z", "2026-03-10", "2026-03-11T00:00:00Z"),
        ("2026-12-31T12:00:00Z", "2026-12-31", "2027-01-01T00:00:00Z"),
    ] {
        assert_eq!(day(at(instant)).to_string(), expected);
        assert_eq!(day_ends(at(instant)), at(ends));
    }
    assert_eq!(day_ends(Timestamp::MAX), Timestamp::MAX);
}

#[test]
fn what_is_sent_by_hand_counts_and_neither_notices_nor_what_was_held() {
    let added = Letter::Added {
        member: user("ann"),
        role: role("admin"),
        resources: Vec::new(),
        by: None,
        message: None,
    };
    let notice = Letter::OrganizationDeleted {
        restorable_until: now(),
    };
    let of = |letter| Mail { letter, ..mail(1) };
    let changes = Changes {
        mail: vec![mail(1), of(added), of(notice)],
        ..Changes::default()
    };
    assert_eq!(changes.member_mail(), 2);
    let released = release(&organization(), changes.mail.clone(), now(), &mut ids());
    assert_eq!(released.member_mail(), 0);
    assert_eq!(released.and(changes).member_mail(), 2);
}

#[test]
fn resending_all_leaves_out_who_was_mailed_too_often() {
    let owner = holder("owner", "owner");
    let pending: Vec<_> = (1..=3_u8)
        .map(|n| Invitation {
            id: InvitationId::from_bytes([n; 16]),
            generation: if n == 3 { 5 } else { 1 },
            ..invitation(&owner, &format!("guest{n}@x.example"), "admin")
        })
        .collect();
    let organization = counted(&[&owner], &pending.iter().collect::<Vec<_>>());
    let known = [
        mailed("guest1@x.example", &[1, 1, 1, 1, 1]),
        mailed("guest2@x.example", &[1, 1, 1, 1]),
    ];
    let changes = resend_slice(
        &scene(&organization, &owner),
        &pending,
        std::slice::from_ref(&owner),
        &known,
        &mut ids(),
    );
    let to: Vec<&EmailAddress> = changes.mail.iter().map(|m| &m.to).collect();
    assert_eq!(
        to,
        [&email_address("guest2@x.example")],
        "the third was sent five times"
    );
}

#[test]
fn declining_is_noted_and_accepting_takes_it_back() {
    let owner = holder("owner", "owner");
    let invitation = invitation(&owner, "ann@x.example", "admin");
    let organization = counted(&[&owner], &[&invitation]);
    let ann = email_address("ann@x.example");
    let answer = InvitationReply {
        organization: &organization,
        set: set(),
        invitation: &invitation,
        generation: 1,
        inviters: std::slice::from_ref(&owner),
        member: None,
        former: None,
        invitee: Invitee {
            id: user("ann"),
            subject: None,
            email: Some(&ann),
            email_verified: true,
            name: None,
        },
        now: now(),
    };
    let known = |complained: bool, declined: bool| Deliverability {
        complained_at: complained.then(|| at("2026-03-01T00:00:00Z")),
        declined_at: declined.then(|| at("2026-03-01T00:00:00Z")),
        ..mailed("ann@x.example", &[])
    };
    let declined = decline(&answer, &mut ids()).unwrap();
    assert_eq!(declined.marks, [(ann.clone(), Mark::Declined, now())]);
    let after = respond::record_wants_mail(declined.clone(), Some(&known(true, true)), now());
    assert_eq!(after, declined, "who declines once more wants nothing");
    let (_, accepted) = accept(&answer, &mut ids()).unwrap();
    assert_eq!(accepted.marks, []);
    for (complained, declined, expected) in [(true, false, 1), (false, true, 1), (false, false, 0)] {
        let after = respond::record_wants_mail(accepted.clone(), Some(&known(complained, declined)), now());
        assert_eq!(after.marks, vec![(ann.clone(), Mark::Wanted, now()); expected]);
    }
    assert_eq!(respond::record_wants_mail(accepted.clone(), None, now()), accepted);
    let ended = Invitation {
        state: InvitationState::Declined,
        ..invitation.clone()
    };
    let again = InvitationReply {
        invitation: &ended,
        ..answer
    };
    assert!(decline(&again, &mut ids()).unwrap().is_empty());
}
