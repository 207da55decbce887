//! What is told of mail: its order does not matter, and who is mailed after it.

use crate::team::*;
use muster_domain::feedback::{Deliverability, DeliveryEvent, Mark, Reason};
use muster_domain::invitation::Delivery;
use muster_domain::mail::{EndReason, MailState};
use muster_domain::rules::work::resend_slice;
use muster_domain::{EmailAddress, Letter, Mail, MailId, Timestamp};
use proptest::prelude::*;

fn deliverability(bounced: Option<i64>, complained: Option<i64>, reached: Option<i64>) -> Deliverability {
    let second = |at: Option<i64>| at.map(|at| Timestamp::from_second(at).unwrap());
    Deliverability {
        organization: organization_id(),
        email: email_address("ann@x.example"),
        bounced_at: second(bounced),
        complained_at: second(complained),
        reached_at: second(reached),
        declined_at: None,
        wanted_at: None,
        mailed: Vec::new(),
    }
}

fn mail(to: &str, asked: bool) -> Mail {
    Mail {
        id: MailId::from_bytes([7; 16]),
        organization: organization_id(),
        to: email_address(to),
        letter: Letter::AccessEnded {
            role: role("participant"),
            resources: Vec::new(),
            reason: EndReason::Expired,
        },
        asked,
        state: MailState::Queued,
        late: None,
        language: None,
        created_at: now(),
    }
}

/// What an invitation shows after these were noted one after the other.
fn shown(told: &[DeliveryEvent]) -> Delivery {
    let note = |shown: Delivery, told: &DeliveryEvent| {
        let next = told.delivery();
        if next.after().any(|earlier| earlier == shown) {
            next
        } else {
            shown
        }
    };
    told.iter().fold(Delivery::Queued, note)
}

/// Where a mail that was handed over stands after these were noted one after the other.
fn stands(told: &[DeliveryEvent]) -> MailState {
    stands_from(MailState::Sending, told)
}

fn stands_from(first: MailState, told: &[DeliveryEvent]) -> MailState {
    let note = |state: MailState, told: &DeliveryEvent| {
        let (from, to) = told.outbox_states();
        if from.contains(&state) { to } else { state }
    };
    told.iter().fold(first, note)
}

#[test]
fn what_is_told_gives_way_to_what_weighs_more() {
    use DeliveryEvent::*;
    let cases: [(&[DeliveryEvent], Delivery); 9] = [
        (&[], Delivery::Queued),
        (&[Sent], Delivery::Sent),
        (&[Sent, Rejected], Delivery::Failed),
        (&[Sent, Delivered], Delivery::Delivered),
        // An absence note comes after the delivery, and looks like a bounce that may pass.
        (&[Sent, Delivered, Returned], Delivery::Delivered),
        (&[Sent, Returned], Delivery::Returned),
        // Some servers take a mail and find out afterwards that nobody is there.
        (&[Sent, Delivered, Bounced], Delivery::Bounced),
        (&[Sent, Delivered, Complained], Delivery::Complained),
        (&[Sent, Complained, Bounced], Delivery::Complained),
    ];
    for (told, expected) in cases {
        assert_eq!(shown(told), expected, "{told:?}");
    }
    assert_eq!(Delivery::Queued.after().count(), 0);
}

#[test]
fn a_mail_that_the_service_has_taken_is_sent_unless_it_is_not_passed_on() {
    use DeliveryEvent::{Bounced, Complained, Delivered, Rejected, Returned, Sent};
    for told in [Sent, Returned, Delivered, Bounced, Complained] {
        assert_eq!(stands(&[told]), MailState::Sent, "{told:?}");
        assert_eq!(stands(&[told, Rejected]), MailState::Failed, "{told:?}");
        assert_eq!(stands(&[Rejected, told]), MailState::Failed, "{told:?}");
    }
    assert_eq!(stands(&[Rejected]), MailState::Failed);
    // Handed over by a try whose end is not known, and held by the next: it is not sent again.
    assert_eq!(stands_from(MailState::Held, &[Sent]), MailState::Sent);
    assert_eq!(stands_from(MailState::Held, &[Rejected]), MailState::Failed);
}

#[test]
fn words_are_stored_as_they_are_answered() {
    for delivery in Delivery::ALL {
        assert_eq!(serde_json::to_value(delivery).unwrap(), delivery.as_str());
    }
    for state in [
        MailState::Queued,
        MailState::Sending,
        MailState::Held,
        MailState::Sent,
        MailState::Skipped,
        MailState::Failed,
    ] {
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
    }
}

#[test]
fn an_address_is_out_until_mail_reaches_it_and_after_a_complaint_for_good() {
    let cases = [
        ((None, None, None), None),
        ((None, None, Some(5)), None),
        ((Some(5), None, None), Some(Reason::Bounced)),
        ((Some(5), None, Some(4)), Some(Reason::Bounced)),
        ((Some(5), None, Some(5)), None),
        ((Some(5), None, Some(6)), None),
        ((None, Some(5), None), Some(Reason::Complained)),
        ((Some(9), Some(5), Some(10)), Some(Reason::Complained)),
    ];
    for ((bounced, complained, reached), expected) in cases {
        let known = deliverability(bounced, complained, reached);
        assert_eq!(known.reason(), expected, "{known:?}");
    }
}

#[test]
fn a_person_who_complained_or_declined_wants_mail_again_once_they_accept() {
    let second = |at: Option<i64>| at.map(|at| Timestamp::from_second(at).unwrap());
    let cases = [
        ((Some(5), None, None), Some(Reason::Complained)),
        ((Some(5), Some(6), None), Some(Reason::Complained)),
        ((None, Some(5), None), Some(Reason::Declined)),
        ((Some(5), Some(4), Some(5)), None),
        ((Some(5), Some(6), Some(5)), Some(Reason::Declined)),
        ((Some(6), Some(5), Some(5)), Some(Reason::Complained)),
        ((None, None, Some(5)), None),
    ];
    for ((complained, declined, wanted), expected) in cases {
        let known = Deliverability {
            declined_at: second(declined),
            wanted_at: second(wanted),
            ..deliverability(None, complained, None)
        };
        assert_eq!(known.reason(), expected, "{known:?}");
        assert_eq!(known.is_refused(), expected.is_some(), "{known:?}");
    }
    let bounced = deliverability(Some(5), None, None);
    assert!(!bounced.is_refused(), "a mailbox that is not there says nothing");
    assert_eq!(Reason::Declined.delivery(), Delivery::Declined);
}

#[test]
fn a_person_is_never_mailed_against_their_own_word() {
    let noted = |bounced, complained, declined: bool| Deliverability {
        declined_at: declined.then(now),
        ..deliverability(bounced, complained, None)
    };
    let invitation = |asked| Mail {
        letter: Letter::Invitation {
            invitation: muster_domain::InvitationId::from_bytes([9; 16]),
            generation: 1,
        },
        ..mail("ann@x.example", asked)
    };
    let notice = |asked| mail("ann@x.example", asked);
    for (known, asked, of_invitation, of_notice) in [
        (
            noted(None, Some(5), false),
            true,
            Some(Reason::Complained),
            Some(Reason::Complained),
        ),
        (
            noted(None, Some(5), true),
            true,
            Some(Reason::Complained),
            Some(Reason::Complained),
        ),
        (noted(None, None, true), true, Some(Reason::Declined), None),
        (noted(None, None, true), false, Some(Reason::Declined), None),
        (
            noted(Some(5), None, true),
            false,
            Some(Reason::Declined),
            Some(Reason::Bounced),
        ),
        (noted(Some(5), None, false), true, None, None),
        (
            noted(Some(5), None, false),
            false,
            Some(Reason::Bounced),
            Some(Reason::Bounced),
        ),
    ] {
        assert_eq!(
            invitation(asked).withheld(Some(&known)),
            of_invitation,
            "{known:?} {asked}"
        );
        assert_eq!(notice(asked).withheld(Some(&known)), of_notice, "{known:?} {asked}");
    }
}

#[test]
fn only_automatic_mail_is_withheld_and_only_from_that_address() {
    let known = deliverability(Some(5), None, None);
    let ann = |asked| mail("ann@x.example", asked);
    assert_eq!(ann(false).withheld(Some(&known)), Some(Reason::Bounced));
    assert_eq!(ann(true).withheld(Some(&known)), None, "somebody named the address");
    assert_eq!(ann(false).withheld(None), None);
    assert_eq!(mail("bob@x.example", false).withheld(Some(&known)), None);
    let elsewhere = Deliverability {
        organization: muster_domain::OrganizationId::from_bytes([3; 16]),
        ..known
    };
    assert_eq!(ann(false).withheld(Some(&elsewhere)), None, "another organization's");
}

#[test]
fn an_earlier_email_was_asked_for_and_the_last_email_of_an_organization_marks_no_address() {
    let mut stored = serde_json::to_value(mail("ann@x.example", false)).unwrap();
    stored.as_object_mut().unwrap().remove("asked");
    assert!(serde_json::from_value::<Mail>(stored).unwrap().asked);

    let notice = mail("ann@x.example", false);
    assert!(notice.marks());
    let name = organization().name;
    let last = Mail {
        letter: Letter::OrganizationErased { name },
        ..notice
    };
    assert!(!last.marks());
}

#[test]
fn resending_all_leaves_out_addresses_that_bounced_or_complained() {
    let owner = holder("owner", "owner");
    let pending: Vec<_> = ["ann@x.example", "bob@x.example", "cyd@x.example"]
        .into_iter()
        .enumerate()
        .map(|(n, email)| muster_domain::Invitation {
            id: muster_domain::InvitationId::from_bytes([u8::try_from(n).unwrap(); 16]),
            ..invitation(&owner, email, "admin")
        })
        .collect();
    let organization = counted(&[&owner], &pending.iter().collect::<Vec<_>>());
    let of = |email: &str, known: Deliverability| Deliverability {
        email: email_address(email),
        ..known
    };
    let known = [
        of("ann@x.example", deliverability(Some(5), None, None)),
        of("bob@x.example", deliverability(Some(5), None, Some(6))),
        of("cyd@x.example", deliverability(None, Some(5), Some(6))),
    ];
    let changes = resend_slice(
        &scene(&organization, &owner),
        &pending,
        std::slice::from_ref(&owner),
        &known,
        &mut ids(),
    );
    let mailed: Vec<&EmailAddress> = changes.mail.iter().map(|m| &m.to).collect();
    assert_eq!(mailed, [&email_address("bob@x.example")], "mail has reached him since");
    assert_eq!(changes.invitations.len(), 1, "the others keep their links");
    assert!(changes.mail.iter().all(|m| !m.asked));
}

proptest! {
    #[test]
    fn neither_order_nor_repetition_of_what_is_told_matters(
        told in prop::collection::vec(prop::sample::select(DeliveryEvent::ALL.to_vec()), 0..6),
        again in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        order in any::<prop::sample::Index>(),
    ) {
        let mut other = told.clone();
        if !told.is_empty() {
            other.extend(again.iter().map(|index| told[index.index(told.len())]));
            let middle = order.index(other.len());
            other.rotate_left(middle);
        }
        other.reverse();
        prop_assert_eq!(shown(&told), shown(&other));
        prop_assert_eq!(stands(&told), stands(&other));
        let most = told.iter().map(|told| told.delivery()).max();
        prop_assert_eq!(shown(&told), most.unwrap_or(Delivery::Queued));
        let marks = |told: &[DeliveryEvent]| told.iter().any(|t| matches!(t.mark(), Some(Mark::Bounced | Mark::Complained)));
        prop_assert_eq!(marks(&told), shown(&told) >= Delivery::Bounced);
    }
}
