//! Slices of background work.

use crate::team::*;
use muster_domain::invitation::CancelReason;
use muster_domain::rules::work::{deletion_done, end_grants, end_offers, moved_on, resend_slice};
use muster_domain::{Invitation, InvitationId, InvitationState, Job, JobId, Member, Organization, Status, Work};

#[test]
fn a_slice_ends_grants_on_the_deleted_program_and_no_others() {
    let spring = somebody("a", None, vec![grant("spring", "program_admin", None)]);
    let both = somebody(
        "b",
        Some(held("participant", None)),
        vec![
            grant("spring", "participant", None),
            grant("autumn", "program_admin", None),
        ],
    );
    let autumn = somebody("c", None, vec![grant("autumn", "program_admin", None)]);
    let members = [spring, both, autumn.clone()];
    let changes = end_grants(set(), &reference("spring"), &members, now(), &mut ids());
    assert_eq!(kinds(&changes), ["member.grant_ended", "member.grant_ended"]);
    assert_eq!(
        changes.seat_delta(),
        -1,
        "only who holds no other role with a seat frees theirs"
    );
    let again: Vec<_> = changes
        .members
        .iter()
        .filter_map(|p| p.after.clone())
        .chain([autumn])
        .collect();
    assert!(
        end_grants(set(), &reference("spring"), &again, now(), &mut ids()).is_empty(),
        "a second time changes nothing"
    );
}

#[test]
fn a_slice_takes_the_deleted_program_out_of_offers() {
    let owner = holder("owner", "owner");
    let mut offer = invitation(&owner, "ann@x.example", "program_admin");
    offer.resources.push(reference("autumn"));
    let other = Invitation {
        id: InvitationId::from_bytes([3; 16]),
        resources: vec![reference("autumn")],
        ..invitation(&owner, "bob@x.example", "program_admin")
    };
    let changes = end_offers(set(), &reference("spring"), &[offer, other], now(), &mut ids());
    assert_eq!(
        (changes.invitations.len(), kinds(&changes)),
        (1, vec!["invitation.updated"])
    );
    assert_eq!(one_version_on(&changes), 1);
    assert_eq!(
        changes.invitations[0].after.as_ref().unwrap().resources,
        [reference("autumn")]
    );
}

#[test]
fn an_offer_of_nothing_ends_says_why_and_frees_its_seat_where_its_role_needs_something() {
    let owner = holder("owner", "owner");
    let offers = ["program_admin", "program_sponsor", "participant"].map(|id| invitation(&owner, "ann@x.example", id));
    for (offer, ends) in offers.into_iter().zip([true, true, false]) {
        let changes = end_offers(
            set(),
            &reference("spring"),
            std::slice::from_ref(&offer),
            now(),
            &mut ids(),
        );
        let after = changes.invitations[0].after.clone().unwrap();
        assert_eq!(one_version_on(&changes), 1);
        let event = changes.events[0].after.as_ref().unwrap();
        if ends {
            assert_eq!(after, offer.ended_because(CancelReason::ResourceDeleted, now()));
            assert_eq!(
                (changes.seat_delta(), kinds(&changes)),
                (-1, vec!["invitation.cancelled"])
            );
            assert_eq!(
                (&event["status"], &event["cancel_reason"]),
                (&"cancelled".into(), &"resource_deleted".into())
            );
        } else {
            assert_eq!(
                (after.state, after.resources, after.seat),
                (InvitationState::Pending, vec![], false)
            );
            assert_eq!(kinds(&changes), ["invitation.updated"]);
            assert!(event["cancel_reason"].is_null());
        }
        let again = end_offers(set(), &reference("spring"), &[], now(), &mut ids());
        assert!(again.is_empty());
    }
    // The only thing, named twice, is the only thing.
    let mut twice = invitation(&owner, "ann@x.example", "program_admin");
    twice.resources.push(reference("spring"));
    let changes = end_offers(set(), &reference("spring"), &[twice], now(), &mut ids());
    assert_eq!(kinds(&changes), ["invitation.cancelled"]);
}

#[test]
fn an_offer_whose_time_is_up_has_expired_whatever_becomes_of_its_program() {
    let owner = holder("owner", "owner");
    let offer = invitation(&owner, "ann@x.example", "program_admin");
    let late = offer.expires_at;
    let changes = end_offers(
        set(),
        &reference("spring"),
        std::slice::from_ref(&offer),
        late,
        &mut ids(),
    );
    assert_eq!(kinds(&changes), ["invitation.expired"]);
    assert_eq!(
        changes.invitations[0].after,
        Some(offer.ended(InvitationState::Expired, late))
    );
}

#[test]
fn resending_all_leaves_out_what_the_one_who_asked_may_not_offer_and_what_lapsed() {
    let owner = holder("owner", "owner");
    let admin = holder("admin", "admin");
    let numbered = |n: u8, email: &str, id: &str| Invitation {
        id: InvitationId::from_bytes([n; 16]),
        ..invitation(&owner, email, id)
    };
    let mut lapsed = numbered(3, "c@x.example", "admin");
    lapsed.expires_at = now();
    let pending = [
        numbered(1, "a@x.example", "admin"),
        numbered(2, "b@x.example", "owner"),
        lapsed,
    ];
    let organization = counted(&[&owner, &admin], &pending.iter().collect::<Vec<_>>());
    let changes = resend_slice(
        &scene(&organization, &admin),
        &pending,
        &[owner.clone(), admin.clone()],
        &[],
        &mut ids(),
    );
    let sent: Vec<_> = changes
        .invitations
        .iter()
        .filter_map(|p| p.after.as_ref())
        .map(|i| i.id)
        .collect();
    assert_eq!(
        (sent, changes.mail.len(), changes.events.len()),
        (vec![pending[0].id], 1, 1)
    );
    let deleted = Organization {
        deleted_at: Some(now()),
        ..organization
    };
    assert!(
        resend_slice(
            &scene(&deleted, &admin),
            &pending,
            &[owner.clone(), admin.clone()],
            &[],
            &mut ids()
        )
        .is_empty()
    );
}

#[test]
fn resending_all_leaves_each_invitation_to_those_who_answer_for_it_and_out_what_they_could_not_offer_any_more() {
    let (owner, admin, ann) = (
        holder("owner", "owner"),
        holder("admin", "admin"),
        holder("ann", "admin"),
    );
    let of = |n: u8, by: &Member, through: Option<&Member>| Invitation {
        id: InvitationId::from_bytes([n; 16]),
        sent_through: through.map(|m| m.id),
        ..invitation(by, &format!("a{n}@x.example"), "admin")
    };
    let demoted = holder("dan", "participant");
    let inactive = Member {
        status: Status::Inactive,
        ..holder("ida", "admin")
    };
    let pending = [
        of(1, &ann, None),
        of(2, &ann, Some(&admin)),
        of(3, &ann, Some(&demoted)),
        of(4, &demoted, None),
        of(5, &inactive, None),
        of(6, &holder("gone", "admin"), None),
    ];
    let organization = counted(&[&owner, &admin, &ann], &pending.iter().collect::<Vec<_>>());
    let inviters = [owner.clone(), admin, ann, demoted, inactive];
    let changes = resend_slice(&scene(&organization, &owner), &pending, &inviters, &[], &mut ids());
    let sent: Vec<&Invitation> = changes.invitations.iter().filter_map(|p| p.after.as_ref()).collect();
    let word = |i: &Invitation| (i.id, i.invited_by, i.sent_through, i.inviter_name.clone());
    let expected = [&pending[0], &pending[1]].map(word);
    assert_eq!(sent.into_iter().map(word).collect::<Vec<_>>(), expected);
}

#[test]
fn a_job_moves_on_by_one_version_and_a_deletion_is_done_once() {
    let work = Work::ResendAll {
        by: user("owner"),
        after: None,
    };
    let job = Job::new(JobId::from_bytes([1; 16]), organization_id(), work.clone(), now());
    let later = at("2026-03-10T13:00:00Z");
    let moved = moved_on(&job, work, later).after.unwrap();
    assert_eq!((moved.version, moved.created_at), (2, now()));
    assert_eq!(
        moved.due_at,
        at("2026-03-10T13:02:00Z"),
        "taken up again if nobody moves it on"
    );
    let mut organization = organization();
    assert!(deletion_done(&organization, &reference("spring")).is_none());
    for program in ["spring", "autumn"] {
        organization.ending.insert(reference(program).registration);
        organization
            .ending_by
            .insert(reference(program).registration, user("owner"));
    }
    let after = deletion_done(&organization, &reference("spring"))
        .unwrap()
        .after
        .unwrap();
    let left = reference("autumn").registration;
    assert_eq!(after.ending.into_iter().collect::<Vec<_>>(), [left]);
    assert_eq!(after.ending_by.into_iter().collect::<Vec<_>>(), [(left, user("owner"))]);
    assert_eq!(after.version, 2);
}
