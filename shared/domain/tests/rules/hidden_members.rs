//! Inviting somebody who is in the organization already, but out of sight.

use crate::add::{Sent, account};
use crate::team::*;
use muster_domain::member::MAX_GRANTS;
use muster_domain::rules::invitations::create::{Account, Holder, Invite, InviteRefusal, invite};
use muster_domain::{Letter, Member, Organization, Pair, Resource, ResourceKey};
use std::collections::BTreeMap;

/// Asks for the address of somebody who is not seen, for that of an account, and for a guest's.
fn ask(
    organization: &Organization,
    actor: &Member,
    unseen: &Member,
    role_id: &str,
    programs: &[(ResourceKey, Option<Resource>)],
) -> Sent {
    let accounts: [Account; 1] = [account("ann")];
    let emails = [unseen.email.as_str(), "ann@x.example", "guest@x.example"].map(|email| Ok(email_address(email)));
    let holders = BTreeMap::from([(unseen.email.clone(), Holder::HiddenMember(Box::new(unseen.clone())))]);
    let wished = role(role_id);
    let request = Invite {
        emails: &emails,
        holders: &holders,
        accounts: &accounts,
        wanted: wanted(&wished, programs, None),
        message: Some("Welcome".parse().unwrap()),
        language: None,
    };
    invite(&scene(organization, actor), request, &mut ids())
}

fn elsewhere(id: &str) -> Member {
    somebody("pia", None, vec![grant("autumn", id, None)])
}

#[test]
fn a_member_who_is_not_seen_gets_what_is_offered_beside_what_they_hold_and_is_told() {
    let pat = holder("pat", "program_admin");
    for (id, seats) in [("participant", 2), ("program_facilitator", 1)] {
        let pia = elsewhere(id);
        let organization = counted(&[&pat, &pia], &[]);
        let (invitations, changes) = ask(&organization, &pat, &pia, "program_sponsor", &[found("spring")]).unwrap();
        assert_eq!(invitations.len(), 1);
        assert_eq!(
            kinds(&changes),
            ["member.role_changed", "member.added", "invitation.created"],
            "one account is added, whoever gets grants beside it"
        );
        let [taken_in, _] = &changes.members[..] else { panic!() };
        let mut expected = pia.clone();
        expected.grants.push(grant("spring", "program_sponsor", None));
        expected = expected.recomputed(set(), now());
        assert_eq!(taken_in.clone().map(unsourced), Pair::change(pia.clone(), expected));
        assert_eq!(changes.seat_delta(), seats + 1, "who has a seat needs no other");
        assert_eq!(changes.relied_on, [relied(&pat)]);
        let mail = &changes.mail[0];
        assert_eq!(mail.to, pia.email);
        match &mail.letter {
            Letter::Added {
                member,
                resources,
                message,
                ..
            } => {
                assert_eq!((member, resources.len()), (&pia.id, 1));
                assert_eq!(message.as_ref().unwrap().as_str(), "Welcome");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_is_so_already_is_no_change_and_no_mail() {
    let pat = holder("pat", "program_admin");
    let pia = somebody("pia", None, vec![grant("spring", "program_sponsor", None)]);
    let organization = counted(&[&pat, &pia], &[]);
    let (_, changes) = ask(&organization, &pat, &pia, "program_sponsor", &[found("spring")]).unwrap();
    assert_eq!(kinds(&changes), ["member.added", "invitation.created"]);
    assert_eq!(changes.mail.len(), 2);
}

#[test]
fn whom_they_may_not_give_it_to_is_not_available() {
    let (pat, owner) = (holder("pat", "program_admin"), holder("owner", "owner"));
    let many = (0..MAX_GRANTS).map(|n| grant(&format!("p{n}"), "participant", None));
    let full = somebody("max", None, many.collect());
    let organization = counted(&[&pat, &owner, &full], &[]);
    for unseen in [&owner, &full] {
        match ask(&organization, &pat, unseen, "participant", &[found("spring")]) {
            Err(InviteRefusal::Invalid(violations)) => {
                assert_eq!(codes(&violations), [format!("{} not_available", unseen.email)]);
            }
            other => panic!("{other:?}"),
        }
    }
    // On no program there is nothing to take them into.
    match ask(&organization, &owner, &full, "participant", &[]) {
        Err(InviteRefusal::Invalid(violations)) => assert_eq!(codes(&violations), ["max@acme.example not_available"]),
        other => panic!("{other:?}"),
    }
    // Where they can give nothing, as on a program out of their reach, that is all they are told.
    let refused = ask(&organization, &pat, &full, "participant", &[(program("nowhere"), None)]);
    assert_eq!(refused, Err(InviteRefusal::RoleNotAssignable("participant".into())));
}

#[test]
fn a_helpers_role_is_not_given_to_an_unverified_address() {
    let owner = holder("owner", "owner");
    let mut organization = counted(&[&owner], &[]);
    organization.plan.allowed_domains.clear();
    let pia = elsewhere("participant");
    let refused = ask(&organization, &owner, &pia, "implementation_admin", &[]);
    assert!(matches!(refused, Err(InviteRefusal::Invalid(_))));
}
