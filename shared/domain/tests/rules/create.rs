//! Inviting.

use crate::team::*;
use muster_domain::email::{Rejected, parse_list};
use muster_domain::invitation::Invitation;
use muster_domain::rules::invitations::create::{Holder, Invite, InviteRefusal, invite};
use muster_domain::{
    Changes, EmailAddress, InvitationId, InvitationState, Letter, Member, Message, Organization, Seats,
};
use std::collections::BTreeMap;

type Sent = Result<(Vec<Invitation>, Changes), InviteRefusal>;

struct Case<'a> {
    emails: &'a str,
    role: &'a str,
    holders: Vec<(&'a str, Holder)>,
    message: Option<Message>,
}

impl Default for Case<'_> {
    fn default() -> Self {
        Self {
            emails: "ann@x.example",
            role: "admin",
            holders: Vec::new(),
            message: None,
        }
    }
}

fn send(organization: &Organization, actor: &Member, case: Case<'_>) -> Sent {
    let input = muster_domain::email::EmailInput::Text(case.emails.to_owned());
    let emails: Vec<Result<EmailAddress, Rejected>> = parse_list(&input).unwrap();
    let holders: BTreeMap<EmailAddress, Holder> = case
        .holders
        .into_iter()
        .map(|(email, holder)| (email_address(email), holder))
        .collect();
    let wished = role(case.role);
    let resources = if case.role.starts_with("program") {
        vec![found("spring")]
    } else {
        Vec::new()
    };
    let request = Invite {
        accounts: &[],
        emails: &emails,
        holders: &holders,
        wanted: wanted(&wished, &resources, None),
        message: case.message,
        language: None,
    };
    invite(&scene(organization, actor), request, &mut ids())
}

fn violations(sent: Sent) -> Vec<String> {
    match sent {
        Err(InviteRefusal::Invalid(violations)) => codes(&violations),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_invitation_is_pending_for_seven_days_holds_its_seat_and_has_one_letter_and_one_event() {
    let owner = holder("owner", "owner");
    let (sent, changes) = send(&counted(&[&owner], &[]), &owner, Case::default()).unwrap();
    let sent = &sent[0];
    assert_eq!(
        (sent.state, sent.seat, sent.generation),
        (InvitationState::Pending, true, 1)
    );
    assert_eq!(sent.expires_at, at("2026-03-17T12:00:00Z"));
    assert_eq!((sent.invited_by, changes.seat_delta()), (owner.id, 1));
    assert_eq!(kinds(&changes), ["invitation.created"]);
    let letter = Letter::Invitation {
        invitation: sent.id,
        generation: 1,
    };
    assert_eq!((changes.mail.len(), &changes.mail[0].letter), (1, &letter));
}

#[test]
fn the_organization_chooses_how_long_and_with_which_words_unless_the_inviter_writes() {
    let owner = holder("owner", "owner");
    let mut organization = counted(&[&owner], &[]);
    organization.settings.invitation_ttl_days = 30;
    organization.settings.default_message = Some("Welcome".parse().unwrap());
    let (sent, _) = send(&organization, &owner, Case::default()).unwrap();
    assert_eq!(sent[0].expires_at, at("2026-04-09T12:00:00Z"));
    assert_eq!(sent[0].message.as_ref().unwrap().as_str(), "Welcome");
    let message = Some("Hello Ann".parse().unwrap());
    let case = Case {
        message,
        ..Case::default()
    };
    let (sent, _) = send(&organization, &owner, case).unwrap();
    assert_eq!(sent[0].message.as_ref().unwrap().as_str(), "Hello Ann");
}

#[test]
fn one_bad_address_refuses_the_whole_batch_and_every_bad_one_is_named() {
    let owner = holder("owner", "owner");
    let case = Case {
        emails: "ann@x.example, not-an-address; bob@x.example\neve@x.example",
        holders: vec![
            ("bob@x.example", Holder::Member(user("bob"))),
            ("eve@x.example", Holder::Invitation(InvitationId::from_bytes([1; 16]))),
        ],
        ..Case::default()
    };
    assert_eq!(
        violations(send(&counted(&[&owner], &[]), &owner, case)),
        [
            "not-an-address invalid_email",
            "bob@x.example already_member",
            "eve@x.example already_invited"
        ]
    );
}

#[test]
fn addresses_outside_the_allowlist_are_named_with_the_domains_that_are_allowed() {
    let owner = holder("owner", "owner");
    let organization = counted(&[&owner], &[]);
    let emails: Vec<Result<EmailAddress, Rejected>> = ["in@partner.example", "out@x.example", "sub@a.partner.example"]
        .map(|text| Ok(email_address(text)))
        .into();
    let wished = role("implementation_admin");
    let request = |term| Invite {
        accounts: &[],
        emails: &emails,
        holders: &HOLDERS,
        wanted: wanted(&wished, &[], term),
        message: None,
        language: None,
    };
    static HOLDERS: BTreeMap<EmailAddress, Holder> = BTreeMap::new();
    let term = Some("1_month".parse().unwrap());
    let refused = invite(&scene(&organization, &owner), request(term), &mut ids());
    let Err(InviteRefusal::Invalid(named)) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(
        codes(&named),
        [
            "out@x.example domain_not_allowed",
            "sub@a.partner.example domain_not_allowed"
        ]
    );
    assert!(named[0].detail.contains("partner.example"));
}

#[test]
fn the_seats_of_the_whole_batch_must_be_free() {
    let owner = holder("owner", "owner");
    let organization = limited(counted(&[&owner], &[]), 3);
    let two = Case {
        emails: "a@x.example b@x.example",
        ..Case::default()
    };
    assert_eq!(send(&organization, &owner, two).unwrap().1.seat_delta(), 2);
    let three = || Case {
        emails: "a@x.example b@x.example c@x.example",
        ..Case::default()
    };
    let seats = Seats {
        used: 1,
        limit: Some(3),
    };
    assert_eq!(
        send(&organization, &owner, three()),
        Err(InviteRefusal::NoSeats { seats, needed: 3 })
    );
    let participants = Case {
        role: "participant",
        ..three()
    };
    let (_, changes) = send(&limited(organization, 0), &owner, participants).unwrap();
    assert_eq!(
        changes.seat_delta(),
        0,
        "participants need no seat, even above the limit"
    );
}

#[test]
fn a_lapsed_invitation_gives_its_address_and_its_seat_to_the_new_one() {
    let owner = holder("owner", "owner");
    let mut old = invitation(&owner, "ann@x.example", "admin");
    old.expires_at = now();
    let organization = limited(counted(&[&owner], &[&old]), 2);
    let case = Case {
        holders: vec![("ann@x.example", Holder::ExpiredInvitation(Box::new(old.clone())))],
        ..Case::default()
    };
    let (sent, changes) = send(&organization, &owner, case).unwrap();
    assert_eq!((sent.len(), changes.seat_delta()), (1, 0));
    assert_eq!(kinds(&changes), ["invitation.expired", "invitation.created"]);
    let ended = changes.invitations[0].after.as_ref().unwrap();
    assert_eq!((ended.id, ended.state), (old.id, InvitationState::Expired));
}

#[test]
fn who_may_not_invite_learns_nothing_about_addresses() {
    for id in ["program_facilitator", "program_sponsor", "participant"] {
        let actor = holder("actor", id);
        let case = Case {
            emails: "broken",
            ..Case::default()
        };
        let refused = send(&counted(&[&actor], &[]), &actor, case);
        assert_eq!(refused, Err(InviteRefusal::Forbidden), "{id}");
    }
}
