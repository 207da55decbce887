//! Where a role came from: recorded where it is given, kept while it stays, and shown to those who manage members.

use crate::add::{account, added, ask};
use crate::role_sets::Firm;
use crate::team::*;
use muster_domain::api_key::Limits;
use muster_domain::invitation::InvitationState;
use muster_domain::rules::invitations::create::{Holder, Invite, invite};
use muster_domain::rules::invitations::respond::{InvitationReply, accept};
use muster_domain::rules::invitations::{InvitationUpdate, Revival, change, resend};
use muster_domain::rules::members::{Holdings, MemberUpdate, WantedGrant, grant_one, update};
use muster_domain::rules::organizations::{Founder, create};
use muster_domain::rules::ownership::transfer;
use muster_domain::{
    ApiKey, Changes, DecisionContext, EmailAddress, Giver, Invitation, Member, ResourceRef, RoleSource, SourceKind,
};
use std::collections::BTreeMap;

/// A source of this instant.
pub(crate) fn from(kind: SourceKind, giver: &str) -> RoleSource {
    RoleSource {
        kind,
        by: Some(Giver::Member(user(giver))),
        at: now(),
    }
}

/// A source of long ago.
pub(crate) fn earlier() -> RoleSource {
    RoleSource {
        at: at("2026-01-05T00:00:00Z"),
        ..from(SourceKind::Added, "somebody")
    }
}

/// The member, who got all they hold long ago.
pub(crate) fn had(mut member: Member) -> Member {
    let grants = member.grants.iter_mut().map(|grant| &mut grant.held);
    for held in member.role.iter_mut().chain(grants) {
        held.source = Some(earlier());
    }
    member
}

/// Each holding's place with its source, the one on the organization first.
pub(crate) fn sources(member: &Member) -> Vec<(&str, Option<RoleSource>)> {
    member.holdings().map(|(held, on)| (place(on), held.source)).collect()
}

fn place(on: Option<&ResourceRef>) -> &str {
    on.map_or("all", |on| on.key.id.as_str())
}

pub(crate) fn after(changes: &Changes) -> Member {
    changes.members[0].after.clone().unwrap()
}

/// The actor, through a key of their own.
pub(crate) fn through<'a>(key: &'a ApiKey, scene: DecisionContext<'a>) -> DecisionContext<'a> {
    DecisionContext {
        key: Some(key),
        ..scene
    }
}

pub(crate) fn key_of(member: &Member, limits: Limits) -> ApiKey {
    ApiKey {
        limits,
        ..crate::keys::own(member).0
    }
}

pub(crate) fn made(ctx: &DecisionContext<'_>, target: &Member, holdings: Holdings<'_>) -> (Member, Changes) {
    let request = MemberUpdate {
        holdings: Some(holdings),
        ..MemberUpdate::default()
    };
    update(ctx, Some(target), request, &mut ids()).unwrap()
}

#[test]
fn who_makes_an_organization_is_its_founder() {
    let founder = Founder {
        id: user("olivia"),
        subject: None,
        email: email_address("olivia@acme.example"),
        name: None,
    };
    let (_, changes) = create(&founder, "Acme".parse().unwrap(), set(), now(), &mut ids()).unwrap();
    let expected = from(SourceKind::Founder, "olivia");
    assert_eq!(sources(&after(&changes)), [("all", Some(expected))]);
}

fn accepted(invitation: &Invitation, inviter: &Member) -> Member {
    let organization = counted(&[inviter], &[invitation]);
    let answer = InvitationReply {
        now: at("2026-03-12T08:00:00Z"),
        ..acceptance(&organization, invitation, std::slice::from_ref(inviter))
    };
    let (member, changes) = accept(&answer, &mut ids()).unwrap();
    assert_eq!(
        changes.invitations[0].after.as_ref().unwrap().state,
        InvitationState::Accepted
    );
    member
}

#[test]
fn an_invitee_has_each_role_from_the_member_who_answers_for_the_invitation_since_they_accepted() {
    let (owner, admin) = (holder("olivia", "owner"), holder("ada", "admin"));
    let key = key_of(&admin, Limits::default());
    let first = invitation(&owner, "guest@acme.example", "participant");
    let organization = counted(&[&owner, &admin], &[&first]);
    let by_admin = scene(&organization, &admin);
    let worded = |ctx: &DecisionContext<'_>| {
        let wanted = InvitationUpdate {
            offer: None,
            message: Some(Some("Welcome".parse().unwrap())),
            language: None,
        };
        change(ctx, Some(&first), wanted, &mut ids()).unwrap().0
    };
    let resent = |ctx: &DecisionContext<'_>| {
        let later = later(*ctx, "2026-03-11T12:00:00Z");
        resend(&later, Some(&first), &Revival::default(), &mut ids()).unwrap().0
    };
    let (ada, olivia) = (Giver::Member(admin.id), Giver::Member(owner.id));
    let by_key = through(&key, by_admin);
    for (offer, inviter, giver) in [
        (first.clone(), &owner, olivia),
        (worded(&by_admin), &admin, ada),
        (worded(&by_key), &admin, Giver::ApiKey(key.id)),
        (resent(&by_admin), &admin, ada),
        (resent(&by_key), &admin, Giver::ApiKey(key.id)),
    ] {
        let source = RoleSource {
            kind: SourceKind::Invitation(first.id),
            by: Some(giver),
            at: at("2026-03-12T08:00:00Z"),
        };
        let member = accepted(&offer, inviter);
        assert_eq!(
            sources(&member),
            [("all", Some(source)), ("spring", Some(source))],
            "{giver:?}"
        );
    }
}

/// What the owner offers to these, through a key or not.
fn offered(ctx: &DecisionContext<'_>, email: &str, holders: &BTreeMap<EmailAddress, Holder>) -> Changes {
    let (wished, programs) = (role("program_sponsor"), [found("spring")]);
    let request = Invite {
        emails: &[Ok(email_address(email))],
        holders,
        accounts: &[],
        wanted: wanted(&wished, &programs, None),
        message: None,
        language: None,
    };
    invite(ctx, request, &mut ids()).unwrap().1
}

#[test]
fn an_invitation_keeps_the_key_through_which_it_was_sent() {
    let owner = holder("olivia", "owner");
    let (acme, key) = (organization(), key_of(&owner, Limits::default()));
    let sent = |ctx: &DecisionContext<'_>| {
        let changes = offered(ctx, "guest@x.example", &BTreeMap::new());
        changes.invitations[0].after.clone().unwrap()
    };
    let by_owner = scene(&acme, &owner);
    assert_eq!(sent(&by_owner).api_key, None);
    let through_key = sent(&through(&key, by_owner));
    assert_eq!(through_key.api_key, Some(key.id));
    assert_eq!(
        accepted(&through_key, &owner).grants[0].held.source.unwrap().by,
        Some(Giver::ApiKey(key.id))
    );
    // Whoever changes it in person is the one who gives it.
    let wanted = InvitationUpdate {
        offer: None,
        message: Some(Some("Hello".parse().unwrap())),
        language: None,
    };
    let (changed, _) = change(&by_owner, Some(&through_key), wanted, &mut ids()).unwrap();
    assert_eq!(changed.api_key, None);
}

#[test]
fn who_is_added_at_once_or_taken_in_is_told_apart_from_who_was_invited() {
    let owner = holder("olivia", "owner");
    let acme = counted(&[&owner], &[]);
    let sent = ask(&acme, &owner, "participant", &[account("ann")]);
    let source = Some(from(SourceKind::Added, "olivia"));
    assert_eq!(sources(&added(&sent)[0]), [("all", source), ("spring", source)]);

    let pia = had(somebody("pia", None, vec![grant("autumn", "participant", None)]));
    let holders = BTreeMap::from([(pia.email.clone(), Holder::HiddenMember(Box::new(pia.clone())))]);
    let (pat, key) = (
        holder("pat", "program_admin"),
        key_of(&holder("pat", "program_admin"), Limits::default()),
    );
    let by_pat = scene(&acme, &pat);
    for (ctx, giver) in [
        (by_pat, Giver::Member(pat.id)),
        (through(&key, by_pat), Giver::ApiKey(key.id)),
    ] {
        let taken_in = RoleSource {
            by: Some(giver),
            ..from(SourceKind::Added, "pat")
        };
        let pia = after(&offered(&ctx, pia.email.as_str(), &holders));
        assert_eq!(sources(&pia), [("autumn", Some(earlier())), ("spring", Some(taken_in))]);
    }
}

#[test]
fn what_is_given_by_hand_says_so_and_what_is_taken_on_does_too() {
    let (owner, ada) = (holder("olivia", "owner"), had(holder("ada", "admin")));
    let pat = had(holder("pat", "program_admin"));
    let acme = counted(&[&owner, &ada, &pat], &[]);
    let (by_ada, key) = (scene(&acme, &ada), key_of(&ada, Limits::default()));
    let runner = role("program_admin");
    let both = [found("spring"), found("autumn")];
    let (admin, grants) = (role("admin"), [wanted_grant("spring", "program_admin", None)]);
    for (ctx, giver) in [
        (by_ada, Giver::Member(ada.id)),
        (through(&key, by_ada), Giver::ApiKey(key.id)),
    ] {
        let by_hand = |kind| {
            Some(RoleSource {
                by: Some(giver),
                ..from(kind, "ada")
            })
        };
        let given = by_hand(SourceKind::Assigned);
        let (one, _) = made(&ctx, &pat, Holdings::One(wanted(&runner, &both, None)));
        assert_eq!(sources(&one), [("autumn", given), ("spring", Some(earlier()))]);
        let mix = Holdings::Mix {
            role: Some(&admin),
            term: None,
            grants: &grants,
        };
        let (mixed, _) = made(&ctx, &pat, mix);
        assert_eq!(sources(&mixed), [("all", given), ("spring", Some(earlier()))]);
        let wish = wanted_grant("spring", "program_sponsor", None);
        let (other, _) = grant_one(&ctx, Some(&pat), &wish, &mut ids()).unwrap();
        assert_eq!(sources(&other), [("spring", given)], "another role in its place");

        let taken = by_hand(SourceKind::SelfAssigned);
        let (own, _) = grant_one(&ctx, Some(&ada), &wish, &mut ids()).unwrap();
        assert_eq!(sources(&own), [("all", Some(earlier())), ("spring", taken)]);
        let mix = Holdings::Mix {
            role: Some(&admin),
            term: None,
            grants: &grants,
        };
        let (own, _) = made(&ctx, &ada, mix);
        assert_eq!(sources(&own), [("all", Some(earlier())), ("spring", taken)]);
    }
    // A contributor manages no one, and takes clients on all the same.
    let firm = Firm::of("client-practice");
    let cora = had(firm.holder("cora", "contributor"));
    let firm = firm.counting(&[&cora]);
    let wish = WantedGrant {
        resource: firm.found("one"),
        role: role("contributor"),
        expires_at: None,
    };
    let (cora, _) = grant_one(&firm.scene(&cora), Some(&cora), &wish, &mut ids()).unwrap();
    let taken = from(SourceKind::SelfAssigned, "cora");
    assert_eq!(sources(&cora), [("all", Some(earlier())), ("one", Some(taken))]);
}

#[test]
fn ownership_is_transferred_and_so_is_what_the_giver_gets() {
    let owner = had(somebody(
        "olivia",
        Some(held("owner", None)),
        vec![
            grant("spring", "program_sponsor", None),
            grant("autumn", "program_admin", None),
        ],
    ));
    let ada = had(somebody(
        "ada",
        Some(held("admin", None)),
        vec![grant("spring", "program_admin", None)],
    ));
    let acme = counted(&[&owner, &ada], &[]);
    let (then, programs) = (role("program_sponsor"), [found("spring"), found("autumn")]);
    let wish = wanted(&then, &programs, None);
    let (receiver, changes) = transfer(&scene(&acme, &owner), Some(&ada), &wish, &mut ids()).unwrap();
    let transferred = Some(from(SourceKind::Transferred, "olivia"));
    assert_eq!(sources(&receiver), [("all", transferred), ("spring", Some(earlier()))]);
    let giver = after(&changes);
    assert_eq!(sources(&giver), [("autumn", transferred), ("spring", Some(earlier()))]);
    // Who is an owner already stays one as before.
    let second = had(holder("oda", "owner"));
    let (receiver, _) = transfer(&scene(&acme, &owner), Some(&second), &wish, &mut ids()).unwrap();
    assert_eq!(sources(&receiver), [("all", Some(earlier()))]);
}
