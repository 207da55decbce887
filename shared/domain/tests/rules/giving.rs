//! What somebody gives is worth no more than they could give at that moment, and lasts no longer than their power to give it.

use crate::team::*;
use muster_domain::email::Rejected;
use muster_domain::rules::giving::{GivingPath, OfferEnds, offer_until};
use muster_domain::rules::invitations::create::{Account, Invite, InviteRefusal, invite};
use muster_domain::rules::invitations::respond::{InvitationReply, ResponseRefusal, accept};
use muster_domain::rules::members::{Holdings, MemberRefusal, MemberUpdate, update};
use muster_domain::{
    Contact, DecisionContext, EmailAddress, Grant, Invitation, Member, ResourceRef, RoleSet, Term, Timestamp, roleset,
};
use std::collections::BTreeMap;

const HELPER: &str = "implementation_admin";
const FOREVER: Timestamp = Timestamp::MAX;

/// When the helper of these tests goes.
pub(crate) fn end() -> Timestamp {
    at("2026-04-10T12:00:00Z")
}

pub(crate) fn helper(grants: Vec<Grant>) -> Member {
    somebody("hal", Some(held(HELPER, Some(end()))), grants)
}

/// The role set with other powers for one of its roles.
pub(crate) fn with(set: &RoleSet, id: &str, change: impl Fn(&mut roleset::Role)) -> RoleSet {
    let mut set = set.clone();
    set.roles.iter_mut().filter(|r| r.id == role(id)).for_each(change);
    set
}

fn offer_ends(set: &RoleSet, giver: &Member, path: GivingPath, id: &str, on: &[&str]) -> Option<OfferEnds> {
    let acme = organization();
    let scene = DecisionContext {
        set,
        ..scene(&acme, giver)
    };
    let on: Vec<ResourceRef> = on.iter().map(|id| reference(id)).collect();
    offer_until(&scene, path, set.role(&role(id)).unwrap(), &on)
}

fn until(whole: Timestamp, each: &[Timestamp]) -> Option<OfferEnds> {
    Some(OfferEnds {
        whole,
        each: each.to_vec(),
    })
}

#[test]
fn whose_power_ends_with_some_programs_offers_nothing_on_the_whole() {
    let (pat, ann) = (holder("pat", "program_admin"), holder("ann", "admin"));
    for (giver, on, may) in [
        (&pat, &["spring"][..], true),
        (&pat, &["spring", "autumn"], false),
        (&pat, &[], false),
        (&ann, &["spring", "autumn"], true),
        (&ann, &[], true),
    ] {
        let offered = offer_ends(set(), giver, GivingPath::Invite, "participant", on);
        assert_eq!(offered.is_some(), may, "{:?} {on:?}", giver.name);
    }
    // One held beside resources that reaches further is nothing that power over resources could give.
    let mut wide = roleset::find("client-practice").unwrap().clone();
    for defined in &mut wide.roles {
        defined.assigns.push(role("contributor"));
        defined.permissions.push("members:invite".into());
    }
    let carl = somebody("carl", None, vec![grant("spring", "participant", None)]);
    assert_eq!(
        offer_ends(&wide, &carl, GivingPath::Invite, "participant", &["spring"]),
        None
    );
    wide.roles[2].assigns.push(role("participant"));
    assert!(offer_ends(&wide, &carl, GivingPath::Invite, "participant", &["spring"]).is_some());
    assert_eq!(
        offer_ends(&wide, &carl, GivingPath::Invite, "contributor", &["spring"]),
        None
    );
}

#[test]
fn an_offer_lasts_as_long_as_the_longest_power_that_allows_just_that() {
    let plain = helper(vec![]);
    let runs_spring = helper(vec![grant("spring", "program_admin", None)]);
    let sooner = helper(vec![grant("spring", "program_admin", Some(at("2026-03-20T00:00:00Z")))]);
    let facilitates = helper(vec![grant("spring", "program_facilitator", None)]);
    let owner = holder("olivia", "owner");
    for (giver, id, on, expected) in [
        (&owner, "owner", &[][..], until(FOREVER, &[])),
        (&owner, "participant", &["spring"], until(FOREVER, &[FOREVER])),
        (&plain, "admin", &[], until(end(), &[])),
        (&plain, "owner", &[], None),
        (&plain, "program_admin", &["spring"], until(end(), &[end()])),
        (&runs_spring, "program_admin", &["spring"], until(FOREVER, &[FOREVER])),
        (
            &runs_spring,
            "program_admin",
            &["autumn", "spring"],
            until(end(), &[end(), FOREVER]),
        ),
        (&runs_spring, "participant", &["spring"], until(FOREVER, &[FOREVER])),
        (&runs_spring, "participant", &[], until(end(), &[])),
        (&runs_spring, "admin", &[], until(end(), &[])),
        (&sooner, "program_admin", &["spring"], until(end(), &[end()])),
        // A facilitator gives the participants' role and invites nobody: it is the helper who does.
        (&facilitates, "participant", &["spring"], until(end(), &[end()])),
    ] {
        assert_eq!(
            offer_ends(set(), giver, GivingPath::Invite, id, on),
            expected,
            "{id} {on:?}"
        );
    }
    // Whoever changes what members hold manages them there, as a facilitator does.
    let managed = offer_ends(set(), &facilitates, GivingPath::Manage, "participant", &["spring"]);
    assert_eq!(managed, until(FOREVER, &[FOREVER]));
    let unmanaged = with(set(), "program_facilitator", |r| {
        r.permissions.retain(|p| p != "members:manage")
    });
    let managed = offer_ends(&unmanaged, &facilitates, GivingPath::Manage, "participant", &["spring"]);
    assert_eq!(managed, until(end(), &[end()]));
}

#[test]
fn a_member_whose_authority_ends_makes_no_owner() {
    let bold = with(set(), HELPER, |r| r.assigns.push(role("owner")));
    for path in [GivingPath::Invite, GivingPath::Manage, GivingPath::TransferOwnership] {
        assert_eq!(offer_ends(&bold, &helper(vec![]), path, "owner", &[]), None);
        assert!(offer_ends(&bold, &helper(vec![]), path, "admin", &[]).is_some());
    }
    let endless = somebody("hal", Some(held(HELPER, None)), vec![]);
    assert_eq!(
        offer_ends(&bold, &endless, GivingPath::Invite, "owner", &[]),
        until(FOREVER, &[])
    );

    let (acme, admin) = (organization(), holder("ann", "admin"));
    let named = |giver: &Member| {
        let scene = DecisionContext {
            set: &bold,
            ..scene(&acme, giver)
        };
        let owner = role("owner");
        let holdings = Some(Holdings::One(wanted(&owner, &[], None)));
        let request = MemberUpdate {
            holdings,
            ..MemberUpdate::default()
        };
        update(&scene, Some(&admin), request, &mut ids()).map(|(after, _)| unsourced(after).role)
    };
    let refused = Err(MemberRefusal::RoleNotAssignable("owner".into()));
    assert_eq!(named(&helper(vec![])), refused);
    assert_eq!(named(&endless), Ok(Some(held("owner", None))));
}

/// An invitation to be accepted, with those who answer for it.
fn accepted(invitation: &Invitation, inviters: &[Member], when: &str) -> Result<Member, ResponseRefusal> {
    let organization = counted(&[], &[invitation]);
    let answer = InvitationReply {
        now: at(when),
        ..acceptance(&organization, invitation, inviters)
    };
    accept(&answer, &mut ids()).map(|(member, _)| member)
}

#[test]
fn what_a_helper_offers_ends_with_the_helper_whenever_it_is_accepted() {
    let later = somebody("hal", Some(held(HELPER, Some(at("2026-05-01T00:00:00Z")))), vec![]);
    let day = "2026-03-12T00:00:00Z";
    for (inviter, id, term, expected) in [
        (&helper(vec![]), "admin", None, Some(end())),
        (&helper(vec![]), HELPER, Some(Term::Months(6)), Some(end())),
        (&helper(vec![]), HELPER, Some(Term::Forever), Some(end())),
        (&later, HELPER, Some(Term::Months(1)), Some(at("2026-04-12T00:00:00Z"))),
        // It is their power at that moment that counts: they were prolonged meanwhile.
        (&later, "admin", None, Some(at("2026-05-01T00:00:00Z"))),
        (&somebody("hal", Some(held("admin", None)), vec![]), "admin", None, None),
    ] {
        let invitation = Invitation {
            term,
            ..invitation(inviter, "guest@partner.example", id)
        };
        let member = accepted(&invitation, std::slice::from_ref(inviter), day).unwrap();
        assert_eq!(member.role.unwrap().expires_at, expected, "{id} {term:?}");
        assert_eq!(member.due_at.is_some(), expected.is_some(), "its end is announced");
    }
    let offer = invitation(&helper(vec![]), "guest@partner.example", "participant");
    let member = unsourced(accepted(&offer, &[helper(vec![])], day).unwrap());
    assert_eq!(member.role, Some(held("participant", Some(end()))));
    assert_eq!(member.grants, [grant("spring", "participant", Some(end()))]);
    let over = accepted(&offer, &[helper(vec![])], "2026-03-12T00:00:00Z");
    assert!(over.is_ok());
}

#[test]
fn a_member_who_may_give_the_role_but_no_longer_invites_there_has_lost_it() {
    let offer = invitation(&holder("pat", "program_admin"), "guest@x.example", "participant");
    let still = |inviter: Member| accepted(&offer, &[inviter], "2026-03-12T00:00:00Z").map(|_| ());
    let lost = Err(ResponseRefusal::InviterLostAuthority);
    assert_eq!(still(holder("pat", "program_admin")), Ok(()));
    assert_eq!(
        still(holder("pat", "program_facilitator")),
        lost,
        "gives it, and does not invite"
    );
    let elsewhere = vec![
        grant("autumn", "program_admin", None),
        grant("spring", "program_facilitator", None),
    ];
    assert_eq!(still(somebody("pat", None, elsewhere)), lost, "invites elsewhere");
}

#[test]
fn an_invitation_through_a_key_that_another_knows_is_asked_of_both() {
    let (owner, ann) = (holder("olivia", "owner"), holder("ann", "admin"));
    let offer = Invitation {
        sent_through: Some(user("hal")),
        ..invitation(&owner, "guest@x.example", "admin")
    };
    let day = "2026-03-12T00:00:00Z";
    let role = |inviters: &[Member]| accepted(&offer, inviters, day).map(|member| member.role.unwrap().expires_at);
    let lost = Err(ResponseRefusal::InviterLostAuthority);
    assert_eq!(role(&[owner.clone(), helper(vec![])]), Ok(Some(end())));
    assert_eq!(
        role(&[owner.clone(), somebody("hal", Some(held("admin", None)), vec![])]),
        Ok(None)
    );
    assert_eq!(role(std::slice::from_ref(&owner)), lost);
    assert_eq!(role(&[helper(vec![])]), lost);
    assert_eq!(role(&[owner.clone(), ann]), lost);
    assert_eq!(role(&[owner, inactive(helper(vec![]))]), lost);
    let answerable: Vec<_> = offer.answerable().collect();
    assert_eq!(answerable, [user("olivia"), user("hal")]);
}

/// What becomes of a contact with an account, on the word of `giver` and, if somebody told of the account, of `voucher`.
fn added(giver: &Member, voucher: Option<&Member>, id: &str) -> Result<Vec<Member>, InviteRefusal> {
    let acme = organization();
    let emails: [Result<EmailAddress, Rejected>; 1] = [Ok(email_address("kim@x.example"))];
    let accounts = [Account {
        contact: Contact {
            organization: acme.id,
            id: "kim".parse().unwrap(),
            email: email_address("kim@x.example"),
            name: None,
            user: Some(user("kim")),
            subject: Some(subject("kim")),
            vouched: true,
            vouched_by: voucher.map(|m| m.id),
            created_at: now(),
            version: 1,
        },
        former: None,
        picked: false,
        is_member: false,
        has_refused: false,
        voucher: voucher.cloned(),
    }];
    let (id, on) = (role(id), [found("spring")]);
    let resources = if set().role(&id).unwrap().resources == roleset::Resources::None {
        &[][..]
    } else {
        &on
    };
    let request = Invite {
        emails: &emails,
        holders: &BTreeMap::new(),
        accounts: &accounts,
        wanted: wanted(&id, resources, None),
        message: None,
        language: None,
    };
    let (_, changes) = invite(&scene(&acme, giver), request, &mut ids())?;
    Ok(changes.members.into_iter().filter_map(|pair| pair.after).collect())
}

#[test]
fn a_person_who_is_added_directly_holds_it_as_long_as_the_giver_could_give_it() {
    let ends = |giver: &Member, id: &str| {
        let members = added(giver, None, id).unwrap();
        let ends: Vec<_> = members[0].holdings().map(|(held, _)| held.expires_at).collect();
        ends
    };
    assert_eq!(ends(&holder("ann", "admin"), "admin"), [None]);
    assert_eq!(ends(&helper(vec![]), "admin"), [Some(end())]);
    assert_eq!(ends(&helper(vec![]), "participant"), [Some(end()), Some(end())]);
    let runs_spring = helper(vec![grant("spring", "program_admin", None)]);
    assert_eq!(ends(&runs_spring, "program_sponsor"), [None]);
}

#[test]
fn a_member_who_tells_whose_account_it_is_could_invite_them_there_themselves() {
    let admin = holder("ann", "admin");
    let count = |voucher: &Member| added(&admin, Some(voucher), "participant").unwrap().len();
    assert_eq!(count(&holder("pat", "program_admin")), 1);
    assert_eq!(count(&holder("pat", "program_facilitator")), 0, "they invite nobody");
}
