//! Changing, resending and canceling.

use crate::team::*;
use muster_domain::invitation::Delivery;
use muster_domain::rules::invitations::create::Holder;
use muster_domain::rules::invitations::{
    InvitationRefusal, InvitationUpdate, Revival, cancel, change, resend, resend_all,
};
use muster_domain::{Invitation, InvitationId, InvitationState, Member, Organization, Pair, Seats, Term, Work};
use serde_json::json;

fn expired(invitation: Invitation) -> Invitation {
    Invitation {
        expires_at: now(),
        ..invitation.ended(InvitationState::Expired, now())
    }
}

fn revive(
    organization: &Organization,
    actor: &Member,
    old: &Invitation,
    holder: Option<Holder>,
) -> Result<(Invitation, muster_domain::Changes), InvitationRefusal> {
    let revival = Revival {
        holder: holder.as_ref(),
        resources: &[resource("spring")],
    };
    resend(&scene(organization, actor), Some(old), &revival, &mut ids())
}

#[test]
fn a_change_keeps_address_and_end_and_makes_the_one_who_changed_it_answer_for_it() {
    let (owner, admin) = (holder("owner", "owner"), holder("admin", "admin"));
    let before = invitation(&owner, "ann@x.example", "participant");
    let organization = counted(&[&owner, &admin], &[&before]);
    let wished = role("program_sponsor");
    let programs = [found("autumn")];
    let wanted = InvitationUpdate {
        offer: Some(wanted(&wished, &programs, None)),
        message: None,
        language: None,
    };
    let (after, changes) = change(&scene(&organization, &admin), Some(&before), wanted, &mut ids()).unwrap();
    assert_eq!(
        (&after.email, after.expires_at, after.generation),
        (&before.email, before.expires_at, 1)
    );
    assert_eq!(
        (after.role.as_str(), after.resources.clone()),
        ("program_sponsor", vec![reference("autumn")])
    );
    assert_eq!(
        (after.invited_by, after.seat, changes.seat_delta()),
        (admin.id, true, 1)
    );
    assert_eq!((kinds(&changes), changes.mail.len()), (vec!["invitation.updated"], 0));
    assert_eq!((one_version_on(&changes), after.inviter_name), (1, admin.name));
    let told = serde_json::json!({
        "email": "ann@x.example", "role": "program_sponsor", "resources": [{ "type": "program", "id": "autumn" }],
        "duration": null, "invited_by": admin.id, "expires_at": before.expires_at, "status": "pending",
        "cancel_reason": null,
    });
    assert_eq!(changes.events[0].after, Some(told));
}

#[test]
fn an_offer_for_a_time_has_the_term_and_the_switching_on_of_its_last_change() {
    let owner = holder("owner", "owner");
    let before = invitation(&owner, "ann@partner.example", "admin");
    let mut organization = counted(&[&owner], &[&before]);
    let helper = role("implementation_admin");
    organization.role_epochs.insert(helper.clone(), 3);
    let offered = |email: &str| {
        let before = Invitation {
            email: email_address(email),
            ..before.clone()
        };
        let wanted = InvitationUpdate {
            offer: Some(wanted(&helper, &[], Some(Term::Months(2)))),
            message: None,
            language: None,
        };
        change(&scene(&organization, &owner), Some(&before), wanted, &mut ids())
    };
    let (after, _) = offered("ann@partner.example").unwrap();
    assert_eq!(
        (after.role, after.term, after.epoch),
        (helper.clone(), Some(Term::Months(2)), 3)
    );
    let Err(InvitationRefusal::Invalid(violations)) = offered("ann@x.example") else {
        panic!("no domain of the platform's")
    };
    assert_eq!(codes(&violations), ["ann@x.example domain_not_allowed"]);
}

#[test]
fn who_changes_only_the_message_answers_for_it_and_no_change_is_none() {
    let (owner, admin) = (holder("owner", "owner"), holder("admin", "admin"));
    let before = invitation(&owner, "ann@x.example", "admin");
    let organization = counted(&[&owner, &admin], &[&before]);
    let words = |message| InvitationUpdate {
        offer: None,
        message,
        language: None,
    };
    let scene = scene(&organization, &admin);
    let hello = Some(Some("Hello".parse().unwrap()));
    let (after, changes) = change(&scene, Some(&before), words(hello), &mut ids()).unwrap();
    assert_eq!((after.invited_by, changes.events.len()), (admin.id, 1));
    let [event] = &changes.events[..] else { panic!() };
    let message = |state: &Option<serde_json::Value>| state.as_ref().unwrap()["message"].clone();
    assert_eq!(
        (message(&event.before), message(&event.after)),
        (json!(null), json!("Hello"))
    );
    let (after, changes) = change(&scene, Some(&before), words(Some(None)), &mut ids()).unwrap();
    assert!(changes.is_empty() && after == before);
}

#[test]
fn a_change_to_a_role_with_a_seat_needs_a_free_one() {
    let owner = holder("owner", "owner");
    let before = invitation(&owner, "ann@x.example", "participant");
    let organization = limited(counted(&[&owner], &[&before]), 1);
    let wished = role("admin");
    let wanted = InvitationUpdate {
        offer: Some(wanted(&wished, &[], None)),
        message: None,
        language: None,
    };
    let refused = change(&scene(&organization, &owner), Some(&before), wanted, &mut ids());
    let seats = Seats {
        used: 1,
        limit: Some(1),
    };
    assert_eq!(refused, Err(InvitationRefusal::NoSeats { seats, needed: 1 }));
}

#[test]
fn a_program_admin_cannot_lead_an_invitation_where_they_only_manage_participants() {
    let grants = vec![
        grant("spring", "program_admin", None),
        grant("autumn", "program_facilitator", None),
    ];
    let actor = somebody("actor", None, grants);
    let before = invitation(&actor, "ann@x.example", "participant");
    let organization = counted(&[&actor], &[&before]);
    let wished = role("participant");
    let autumn = [found("autumn")];
    let wanted = InvitationUpdate {
        offer: Some(wanted(&wished, &autumn, None)),
        message: None,
        language: None,
    };
    let refused = change(&scene(&organization, &actor), Some(&before), wanted, &mut ids());
    assert_eq!(refused, Err(InvitationRefusal::RoleNotAssignable("participant".into())));
}

#[test]
fn resending_kills_the_old_link_begins_the_days_anew_and_changes_the_inviter() {
    let (owner, admin) = (holder("owner", "owner"), holder("admin", "admin"));
    let mut before = invitation(&owner, "ann@x.example", "program_admin");
    before.expires_at = at("2026-03-11T00:00:00Z");
    before.sent_at = at("2026-03-04T00:00:00Z");
    let organization = counted(&[&owner, &admin], &[&before]);
    let sent = resend(
        &scene(&organization, &admin),
        Some(&before),
        &Revival::default(),
        &mut ids(),
    );
    let (after, changes) = sent.unwrap();
    assert_eq!((after.id, after.generation, after.invited_by), (before.id, 2, admin.id));
    assert_eq!(after.expires_at, at("2026-03-17T12:00:00Z"));
    assert_eq!((after.mail, after.sent_at), (Delivery::Queued, now()));
    assert_eq!((one_version_on(&changes), &after.inviter_name), (1, &admin.name));
    assert_eq!(
        (kinds(&changes), changes.mail.len(), changes.seat_delta()),
        (vec!["invitation.resent"], 1, 0)
    );
}

#[test]
fn an_expired_invitation_is_revived_in_place_and_takes_its_seat_again() {
    let owner = holder("owner", "owner");
    let old = expired(invitation(&owner, "ann@x.example", "program_admin"));
    let organization = limited(counted(&[&owner], &[&old]), 2);
    let (after, changes) = revive(&organization, &owner, &old, None).unwrap();
    assert_eq!(
        (after.id, after.state, after.ended_at),
        (old.id, InvitationState::Pending, None)
    );
    assert_eq!(changes.seat_delta(), 1);
    let full = limited(organization, 1);
    let seats = full.seats();
    let refused = revive(&full, &owner, &old, None);
    assert_eq!(refused.err(), Some(InvitationRefusal::NoSeats { seats, needed: 1 }));
}

#[test]
fn an_expired_invitation_does_not_come_back_beside_another_of_its_address() {
    let owner = holder("owner", "owner");
    let old = expired(invitation(&owner, "ann@x.example", "program_admin"));
    let organization = counted(&[&owner], &[]);
    let other = InvitationId::from_bytes([8; 16]);
    for holder in [Holder::Member(user("ann")), Holder::Invitation(other)] {
        let refused = revive(&organization, &owner, &old, Some(holder));
        assert_eq!(refused.err(), Some(InvitationRefusal::EmailTaken));
    }
    let lapsed = Invitation {
        id: other,
        expires_at: now(),
        ..invitation(&owner, "ann@x.example", "admin")
    };
    let organization = counted(&[&owner], &[&lapsed]);
    let room = Some(Holder::ExpiredInvitation(Box::new(lapsed)));
    let (_, changes) = revive(&organization, &owner, &old, room).unwrap();
    assert_eq!(kinds(&changes), ["invitation.expired", "invitation.resent"]);
    assert_eq!(changes.seat_delta(), 0, "one seat goes, one comes");
}

#[test]
fn an_expired_invitation_is_sent_again_and_makes_no_room() {
    let owner = holder("owner", "owner");
    let lapsed = Invitation {
        expires_at: now(),
        ..invitation(&owner, "ann@x.example", "program_admin")
    };
    let organization = counted(&[&owner], &[&lapsed]);
    let itself = Some(Holder::ExpiredInvitation(Box::new(lapsed.clone())));
    let (after, changes) = revive(&organization, &owner, &lapsed, itself).unwrap();
    assert_eq!(kinds(&changes), ["invitation.resent"]);
    assert_eq!(changes.invitations, [Pair::change(lapsed, after)]);
}

#[test]
fn an_expired_invitation_comes_back_without_the_programs_that_went_meanwhile() {
    let owner = holder("owner", "owner");
    let mut old = expired(invitation(&owner, "ann@x.example", "program_admin"));
    old.resources.insert(0, reference("autumn"));
    let organization = counted(&[&owner], &[]);
    let (after, _) = revive(&organization, &owner, &old, None).unwrap();
    assert_eq!(after.resources, [reference("spring")]);
    old.resources = vec![reference("autumn")];
    match revive(&organization, &owner, &old, None) {
        Err(InvitationRefusal::Invalid(violations)) => assert_eq!(codes(&violations), ["resources required"]),
        other => panic!("{other:?}"),
    }
    // Its name was registered again since: that is another program.
    let mut again = resource("spring");
    again.reference.registration = reference("other").registration;
    old.resources = vec![reference("spring")];
    let revival = Revival {
        holder: None,
        resources: &[again],
    };
    assert!(resend(&scene(&organization, &owner), Some(&old), &revival, &mut ids()).is_err());
}

#[test]
fn what_was_accepted_declined_or_cancelled_stays_so() {
    use InvitationState::{Accepted, Cancelled, Declined, Expired};
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let scene = scene(&organization, &owner);
    let pending = invitation(&owner, "ann@x.example", "admin");
    for state in [Accepted, Declined, Cancelled, Expired] {
        let ended = pending.ended(state, now());
        let gone = Some(InvitationRefusal::Ended(state));
        let words = InvitationUpdate {
            offer: None,
            message: Some(None),
            language: None,
        };
        assert_eq!(change(&scene, Some(&ended), words, &mut ids()).err(), gone);
        if state != Expired {
            assert_eq!(revive(&organization, &owner, &ended, None).err(), gone);
        }
        match state {
            Cancelled => assert!(cancel(&scene, Some(&ended), &mut ids()).unwrap().is_empty()),
            _ => assert_eq!(cancel(&scene, Some(&ended), &mut ids()).err(), gone),
        }
    }
    let changes = cancel(&scene, Some(&pending), &mut ids()).unwrap();
    assert_eq!(
        (changes.seat_delta(), kinds(&changes)),
        (-1, vec!["invitation.cancelled"])
    );
}

#[test]
fn no_member_changes_an_invitation_to_more_than_they_could_offer() {
    let owner = holder("owner", "owner");
    let cases = [
        ("admin", "owner", InvitationRefusal::Forbidden),
        ("program_admin", "admin", InvitationRefusal::NotFound),
        ("program_facilitator", "participant", InvitationRefusal::Forbidden),
        ("participant", "participant", InvitationRefusal::Forbidden),
    ];
    for (actor, offered, expected) in cases {
        let actor = holder("actor", actor);
        let found = invitation(&owner, "ann@x.example", offered);
        let organization = counted(&[&owner, &actor], &[&found]);
        let scene = scene(&organization, &actor);
        assert_eq!(cancel(&scene, Some(&found), &mut ids()), Err(expected));
        assert!(resend(&scene, Some(&found), &Revival::default(), &mut ids()).is_err());
    }
}

#[test]
fn resending_all_is_a_job_on_the_word_of_who_asked() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let (job, changes) = resend_all(&scene(&organization, &owner), &mut ids()).unwrap();
    let work = Work::ResendAll {
        by: owner.id,
        after: None,
    };
    assert_eq!(changes.jobs, [Pair::new(job.clone())]);
    assert_eq!((job.work, changes.events.len()), (work, 1));
    let sponsor = holder("sponsor", "program_sponsor");
    assert!(resend_all(&scene(&organization, &sponsor), &mut ids()).is_err());
}
