//! Accepting and declining.

use crate::team::*;
use muster_domain::invitation::CancelReason;
use muster_domain::rules::invitations::respond::{
    InvitationReply, Invitee, ResponseRefusal, accept, decline, end_invitation_of_member,
};
use muster_domain::{
    EmailAddress, FormerMember, Invitation, InvitationState, Member, Organization, Pair, Status, Subject, Timestamp,
};
use std::collections::BTreeSet;

/// Everything an answer rests on, to be changed case by case.
struct Case {
    organization: Organization,
    invitation: Invitation,
    generation: u32,
    inviters: Vec<Member>,
    member: Option<Member>,
    former: Option<FormerMember>,
    subject: Subject,
    email: Option<EmailAddress>,
    verified: bool,
    now: Timestamp,
}

impl Case {
    fn new(id: &str, email: &str) -> Self {
        let inviter = holder("owner", "owner");
        let invitation = invitation(&inviter, email, id);
        Self {
            organization: counted(&[&inviter], &[&invitation]),
            generation: 1,
            inviters: vec![inviter],
            member: None,
            former: None,
            subject: subject("guest"),
            email: Some(email_address(email)),
            verified: true,
            now: now(),
            invitation,
        }
    }

    fn answer(&self) -> InvitationReply<'_> {
        InvitationReply {
            organization: &self.organization,
            set: set(),
            invitation: &self.invitation,
            generation: self.generation,
            inviters: &self.inviters,
            member: self.member.as_ref(),
            former: self.former.as_ref(),
            invitee: Invitee {
                id: user("guest"),
                subject: Some(&self.subject),
                email: self.email.as_ref(),
                email_verified: self.verified,
                name: None,
            },
            now: self.now,
        }
    }

    fn refusal(&self) -> Option<ResponseRefusal> {
        accept(&self.answer(), &mut ids()).err()
    }
}

fn program_admin() -> Case {
    Case::new("program_admin", "guest@x.example")
}

#[test]
fn accepting_makes_a_member_with_what_was_offered_and_costs_no_further_seat() {
    let case = program_admin();
    let (member, changes) = accept(&case.answer(), &mut ids()).unwrap();
    assert_eq!((member.role.clone(), member.status), (None, Status::Active));
    assert_eq!(
        (member.id, member.subject.as_ref()),
        (user("guest"), Some(&case.subject))
    );
    assert_eq!(
        unsourced(member.clone()).grants,
        [grant("spring", "program_admin", None)]
    );
    assert_eq!((changes.seat_delta(), member.seat), (0, true));
    assert_eq!(kinds(&changes), ["invitation.accepted", "member.joined"]);
    let ended = changes.invitations[0].after.as_ref().unwrap();
    assert_eq!(
        (ended.state, ended.accepted_by),
        (InvitationState::Accepted, Some(user("guest")))
    );
}

#[test]
fn a_term_runs_from_acceptance() {
    let mut case = Case::new("implementation_admin", "guest@partner.example");
    case.now = at("2026-03-15T00:00:00Z");
    let (member, _) = accept(&case.answer(), &mut ids()).unwrap();
    assert_eq!(member.role.unwrap().expires_at, Some(at("2026-04-15T00:00:00Z")));
    assert_eq!(member.due_at, Some(at("2026-04-08T00:00:00Z")), "told seven days ahead");
    assert!(!member.seat);
}

#[test]
fn accepting_twice_is_answered_as_the_first_time_and_changes_nothing() {
    let mut case = program_admin();
    let (member, changes) = accept(&case.answer(), &mut ids()).unwrap();
    case.invitation = changes.invitations[0].after.clone().unwrap();
    case.member = Some(member.clone());
    let (again, changes) = accept(&case.answer(), &mut ids()).unwrap();
    assert!(again == member && changes.is_empty());
    case.member = None;
    let gone = Some(ResponseRefusal::Ended(InvitationState::Accepted));
    assert_eq!(case.refusal(), gone, "the link does not bring back who was removed");
    case.member = Some(Member {
        joined_at: at("2026-03-11T00:00:00Z"),
        ..member.clone()
    });
    assert_eq!(case.refusal(), gone, "a later membership is not this invitation's");
    case.member = Some(inactive(member));
    assert_eq!(case.refusal(), Some(ResponseRefusal::Inactive));
}

#[test]
fn no_invitee_joins_a_suspended_organization_and_a_guest_may_decline() {
    let suspend = |case: &mut Case, from: &str| {
        case.organization = crate::suspension::suspended(case.organization.clone(), from);
    };
    let suspended = Some(ResponseRefusal::OrganizationSuspended);
    let mut case = program_admin();
    suspend(&mut case, "2026-03-10T12:00:00.000000001Z");
    let (member, changes) = accept(&case.answer(), &mut ids()).unwrap();
    suspend(&mut case, "2026-03-10T12:00:00Z");
    assert_eq!(case.refusal(), suspended);
    assert_eq!(decline(&case.answer(), &mut ids()).unwrap().seat_delta(), -1);
    // Nothing ends because a member tries their second invitation.
    case.member = Some(holder("guest", "participant"));
    assert_eq!(case.refusal(), suspended);
    case.email = Some(email_address("other@x.example"));
    assert_eq!(
        case.refusal(),
        Some(ResponseRefusal::EmailMismatch),
        "a stranger learns nothing"
    );

    let mut again = program_admin();
    again.invitation = changes.invitations[0].after.clone().unwrap();
    suspend(&mut again, "2026-03-10T12:00:00Z");
    again.member = Some(member.clone());
    assert_eq!(again.refusal(), suspended);
    again.member = Some(inactive(member));
    assert_eq!(again.refusal(), Some(ResponseRefusal::Inactive));
    again.invitation = again.invitation.ended(InvitationState::Cancelled, now());
    assert_eq!(
        again.refusal(),
        Some(ResponseRefusal::Ended(InvitationState::Cancelled))
    );
}

#[test]
fn every_reason_to_refuse_has_its_own_name() {
    use ResponseRefusal as R;
    type Spoil = fn(&mut Case);
    let cases: [(Spoil, ResponseRefusal); 15] = [
        (|c| c.generation = 0, R::LinkReplaced),
        (|c| c.invitation.generation = 2, R::LinkReplaced),
        (|c| c.email = Some(email_address("other@x.example")), R::EmailMismatch),
        (|c| c.email = None, R::EmailMismatch),
        (|c| c.verified = false, R::EmailNotVerified),
        (|c| c.now = c.invitation.expires_at, R::Ended(InvitationState::Expired)),
        (
            |c| c.invitation = c.invitation.ended(InvitationState::Cancelled, now()),
            R::Ended(InvitationState::Cancelled),
        ),
        (
            |c| c.invitation = c.invitation.ended(InvitationState::Declined, now()),
            R::Ended(InvitationState::Declined),
        ),
        (|c| c.member = Some(holder("guest", "participant")), R::AlreadyMember),
        (|c| c.inviters.clear(), R::InviterLostAuthority),
        (
            |c| c.inviters = vec![inactive(c.inviters.remove(0))],
            R::InviterLostAuthority,
        ),
        (
            |c| c.inviters = vec![holder("somebody-else", "owner")],
            R::InviterLostAuthority,
        ),
        (
            |c| c.inviters = vec![holder("owner", "program_facilitator")],
            R::InviterLostAuthority,
        ),
        (
            |c| c.inviters = vec![somebody("owner", Some(held("admin", Some(now()))), vec![])],
            R::InviterLostAuthority,
        ),
        (
            |c| c.organization.ending = BTreeSet::from([reference("spring").registration]),
            R::ResourceGone,
        ),
    ];
    for (i, (spoil, expected)) in cases.into_iter().enumerate() {
        let mut case = program_admin();
        spoil(&mut case);
        assert_eq!(case.refusal(), Some(expected), "case {i}");
    }
}

#[test]
fn the_invitation_of_an_existing_member_ends_says_why_and_frees_its_seat() {
    let mut case = program_admin();
    assert!(
        end_invitation_of_member(&case.answer(), &mut ids()).is_empty(),
        "a guest may still accept"
    );
    case.member = Some(inactive(holder("guest", "participant")));
    assert_eq!(case.refusal(), Some(ResponseRefusal::AlreadyMember));
    let changes = end_invitation_of_member(&case.answer(), &mut ids());
    assert_eq!(
        (changes.seat_delta(), kinds(&changes)),
        (-1, vec!["invitation.cancelled"])
    );
    let expected = case.invitation.ended_because(CancelReason::AlreadyMember, now());
    assert_eq!(changes.invitations[0].after, Some(expected.clone()));
    let member = case.member.as_ref().unwrap();
    assert_eq!(changes.relied_on, [relied(member)]);
    let event = &changes.events[0];
    assert_eq!(event.actor, muster_domain::EntityRef::user(user("guest")));
    assert_eq!(event.after.as_ref().unwrap()["cancel_reason"], "already_member");
    case.invitation = expected;
    assert!(
        end_invitation_of_member(&case.answer(), &mut ids()).is_empty(),
        "once is enough"
    );
    assert_eq!(
        case.refusal(),
        Some(ResponseRefusal::AlreadyMember),
        "as the first time"
    );
    case.member = None;
    let gone = Some(ResponseRefusal::Ended(InvitationState::Cancelled));
    assert_eq!(case.refusal(), gone, "it does not come back for those who leave");
    let mut late = program_admin();
    (late.member, late.now) = (Some(holder("guest", "admin")), late.invitation.expires_at);
    assert!(
        end_invitation_of_member(&late.answer(), &mut ids()).is_empty(),
        "it has expired"
    );
}

#[test]
fn an_invitation_that_ended_with_its_program_goes_on_saying_so() {
    let mut case = program_admin();
    case.invitation = case.invitation.ended_because(CancelReason::ResourceDeleted, now());
    assert_eq!(case.refusal(), Some(ResponseRefusal::ResourceGone));
    case.member = Some(holder("guest", "admin"));
    assert_eq!(case.refusal(), Some(ResponseRefusal::ResourceGone));
}

#[test]
fn a_helper_needs_the_role_on_since_the_invitation_and_the_domain_allowed_still() {
    let helper = || Case::new("implementation_admin", "guest@partner.example");
    assert_eq!(helper().refusal(), None);
    let mut case = helper();
    case.organization.settings.optional_roles.clear();
    assert_eq!(case.refusal(), Some(ResponseRefusal::RoleNotEnabled));
    let mut case = helper();
    case.organization.role_epochs.insert(role("implementation_admin"), 1);
    assert_eq!(
        case.refusal(),
        Some(ResponseRefusal::RoleNotEnabled),
        "off and on again meanwhile"
    );
    let mut case = helper();
    case.organization.plan.allowed_domains.clear();
    assert_eq!(case.refusal(), Some(ResponseRefusal::DomainNotAllowed));
}

#[test]
fn declining_frees_the_seat_once() {
    let mut case = program_admin();
    let changes = decline(&case.answer(), &mut ids()).unwrap();
    assert_eq!(
        (changes.seat_delta(), kinds(&changes)),
        (-1, vec!["invitation.declined"])
    );
    case.invitation = changes.invitations[0].after.clone().unwrap();
    assert!(decline(&case.answer(), &mut ids()).unwrap().is_empty());
    assert_eq!(case.refusal(), Some(ResponseRefusal::Ended(InvitationState::Declined)));
    let mut case = program_admin();
    case.now = case.invitation.expires_at;
    let late = decline(&case.answer(), &mut ids());
    assert_eq!(late.err(), Some(ResponseRefusal::Ended(InvitationState::Expired)));
}

#[test]
fn that_a_person_declined_is_kept_for_their_account_unless_they_are_a_member() {
    let mut case = program_admin();
    let kept = |changes: &muster_domain::Changes| changes.former_members.clone();
    let first = kept(&decline(&case.answer(), &mut ids()).unwrap());
    let expected = FormerMember {
        organization: organization_id(),
        id: user("guest"),
        email: email_address("guest@x.example"),
        vouched_by: None,
        requires_invitation: true,
        ended_at: now(),
        version: 1,
    };
    assert_eq!(first, [Pair::new(expected.clone())]);
    // Of one who was removed, and whose address a member only told, more is known now.
    let removed = FormerMember {
        email: email_address("old@x.example"),
        vouched_by: Some(user("owner")),
        requires_invitation: false,
        ended_at: at("2026-03-01T00:00:00Z"),
        version: 7,
        ..expected.clone()
    };
    case.former = Some(removed.clone());
    let second = kept(&decline(&case.answer(), &mut ids()).unwrap());
    let after = FormerMember { version: 8, ..expected };
    assert_eq!(second, [Pair::change(removed, after)]);
    case.member = Some(holder("guest", "admin"));
    assert_eq!(kept(&decline(&case.answer(), &mut ids()).unwrap()), []);
}

#[test]
fn what_one_account_accepted_another_does_not_accept_again() {
    let mut case = program_admin();
    let (first, changes) = accept(&case.answer(), &mut ids()).unwrap();
    case.invitation = changes.invitations[0].after.clone().unwrap();
    assert_eq!(case.invitation.accepted_by, Some(user("guest")));
    case.invitation.accepted_by = Some(user("somebody-else"));
    case.member = Some(first);
    assert_eq!(case.refusal(), Some(ResponseRefusal::Ended(InvitationState::Accepted)));
}
