//! Decisions of an owner, of the platform and of jobs, that change all that such a decision can change.

use crate::add::{self, account, contact};
use crate::keys::own;
use crate::suspension::SOON;
use crate::team::*;
use muster_domain::export::{ExportRequest, Format};
use muster_domain::member::Profile;
use muster_domain::people::Selection;
use muster_domain::rules::api_keys::{NewApiKey, create as create_key, revoke, rotate};
use muster_domain::rules::contacts::{self, ContactEditor, Details};
use muster_domain::rules::deletion;
use muster_domain::rules::expiry::{expire_invitation, expire_roles};
use muster_domain::rules::exports;
use muster_domain::rules::invitations::respond::{accept, decline};
use muster_domain::rules::invitations::{InvitationUpdate, Revival, cancel, change, resend};
use muster_domain::rules::members::{Holdings, MemberUpdate, remove, update};
use muster_domain::rules::organizations::{self, OrganizationUpdate, set_plan};
use muster_domain::rules::ownership::{name_paying_owner, transfer};
use muster_domain::rules::resources;
use muster_domain::rules::suspension::{SuspensionRequest, suspend};
use muster_domain::rules::work::end_offers;
use muster_domain::{
    Changes, ContactId, DecisionContext, Giver, Invitation, InvitationId, Language, Member, Organization, Plan,
    Resource, RoleSource, SourceKind, Status, UserId,
};
use std::collections::BTreeSet;

pub(super) fn owner() -> Member {
    holder("owner", "owner")
}

/// An organization of the owner, whose plan has everything.
pub(super) fn acme() -> Organization {
    let organization = counted(&[&owner()], &[]);
    let plan = Plan {
        seat_limit: Some(9),
        mail_limit: Some(100),
        upgrade_url: Some("https://acme.example/plans".parse().unwrap()),
        branding: true,
        ..organization.plan.clone()
    };
    Organization { plan, ..organization }
}

/// The member, all of whose roles were given by an invitation that an API key sent.
pub(super) fn invited(mut member: Member) -> Member {
    let source = RoleSource {
        kind: SourceKind::Invitation(InvitationId::from_bytes([9; 16])),
        by: Some(Giver::ApiKey(own(&owner()).0.id)),
        at: now(),
    };
    let grants = member.grants.iter_mut().map(|grant| &mut grant.held);
    for held in member.role.iter_mut().chain(grants) {
        held.source = Some(source);
    }
    member
}

/// A member with a role on the organization and one on a program.
pub(super) fn ann() -> Member {
    ann_on(&["spring"])
}

/// The same with a role on each of these programs.
pub(super) fn ann_on(programs: &[&str]) -> Member {
    let grants = programs.iter().map(|on| grant(on, "program_admin", None)).collect();
    invited(somebody("ann", Some(held("participant", None)), grants))
}

pub(super) fn profile() -> Profile {
    Profile {
        timezone: Some("Europe/Paris".parse().unwrap()),
        language: Some(Language::French),
        color: Some("#3366ff".parse().unwrap()),
        notifications: [("news".parse().unwrap(), true)].into(),
        skills: vec!["Rust".parse().unwrap()],
        bio: Some("Ann\nof Acme".parse().unwrap()),
    }
}

/// The changes of this member that one request can make: other roles, a name, a profile, and a status.
pub(super) fn rearranged(before: &Member, name: &str, profile: Profile, status: Option<Status>) -> Changes {
    let (id, programs) = (role("program_admin"), [found("autumn")]);
    let (other, program) = (role("participant"), [found("spring")]);
    let is_new = before.role.is_none();
    let holdings = Holdings::One(match is_new {
        true => wanted(&other, &[], None),
        false => wanted(&id, if name == "Ann" { &program } else { &programs }, None),
    });
    let request = MemberUpdate {
        holdings: Some(holdings),
        name: Some(name.parse().unwrap()),
        profile: Some(profile),
        status,
    };
    let organization = counted(&[&owner(), before], &[]);
    update(&scene(&organization, &owner()), Some(before), request, &mut ids())
        .unwrap()
        .1
}

/// All that one request can change, there and back.
pub(super) fn all_changed(status: Option<Status>) -> Vec<Changes> {
    let before = match status {
        Some(Status::Active) => inactive(ann()),
        Some(Status::Inactive) | None => ann(),
    };
    let there = rearranged(&before, "Anna", profile(), status);
    let mut after = there.members[0].after.clone().unwrap();
    after.status = before.status;
    let back = rearranged(&after, "Ann", Profile::default(), status);
    vec![there, back]
}

/// A change of name and profile alone, there and back.
pub(super) fn described() -> Vec<Changes> {
    let organization = counted(&[&owner(), &ann()], &[]);
    let changed = |before: &Member, profile| {
        let request = MemberUpdate {
            name: Some("Anna".parse().unwrap()),
            profile: Some(profile),
            ..MemberUpdate::default()
        };
        update(&scene(&organization, &owner()), Some(before), request, &mut ids())
            .unwrap()
            .1
    };
    let there = changed(&ann(), profile());
    let after = there.members[0].after.clone().unwrap();
    vec![there, changed(&after, Profile::default())]
}

pub(super) fn pending() -> Invitation {
    invitation(&owner(), "guest@x.example", "program_admin")
}

pub(super) fn by_owner<T>(decide: impl FnOnce(&DecisionContext<'_>) -> T) -> T {
    let (organization, owner) = (acme(), owner());
    decide(&scene(&organization, &owner))
}

pub(super) fn founded() -> Changes {
    let founder = organizations::Founder {
        id: user("founder"),
        subject: None,
        email: email_address("founder@x.example"),
        name: None,
    };
    let made = organizations::create(&founder, "Acme".parse().unwrap(), set(), now(), &mut ids());
    made.unwrap().1
}

/// A change of name and of all settings, there and back.
pub(super) fn arranged() -> Vec<Changes> {
    let change = |organization: &Organization, wanted: OrganizationUpdate| {
        let owner = owner();
        organizations::update(&scene(organization, &owner), wanted, &mut ids()).unwrap()
    };
    let there = OrganizationUpdate {
        name: Some("Acme and Sons".parse().unwrap()),
        invitation_ttl_days: Some(3),
        default_message: Some(Some("Welcome".parse().unwrap())),
        optional_roles: Some(BTreeSet::new()),
        logo_url: Some(Some("https://cdn.acme.example/logo.png".parse().unwrap())),
        accent_color: Some(Some("#3366ff".parse().unwrap())),
    };
    let (after, changes) = change(&acme(), there);
    let back = OrganizationUpdate {
        logo_url: Some(None),
        accent_color: Some(None),
        default_message: Some(None),
        ..OrganizationUpdate::default()
    };
    vec![changes, change(&after, back).1]
}

pub(super) fn planned() -> Vec<Changes> {
    let plain = Organization {
        plan: Plan::default(),
        ..acme()
    };
    let plan =
        |from: &Organization, to: &Organization| set_plan(from, to.plan.clone(), user("operator"), now(), &mut ids()).1;
    vec![plan(&plain, &acme()), plan(&acme(), &plain)]
}

pub(super) fn named_paying_owners() -> Vec<Changes> {
    let (first, second) = (owner(), holder("second", "owner"));
    let name = |paying_owner: Option<UserId>| {
        let organization = Organization {
            paying_owner,
            ..counted(&[&first, &second], &[])
        };
        name_paying_owner(&scene(&organization, &first), Some(&second), &mut ids())
            .unwrap()
            .1
    };
    vec![name(None), name(Some(first.id))]
}

pub(super) fn transferred() -> Changes {
    let then = role("admin");
    let receiver = holder("receiver", "admin");
    let organization = counted(&[&owner(), &receiver], &[]);
    let wanted = wanted(&then, &[], None);
    transfer(&scene(&organization, &owner()), Some(&receiver), &wanted, &mut ids())
        .unwrap()
        .1
}

pub(super) fn suspend_at(before: &Organization, reason: &str, from: Option<&str>) -> Changes {
    let wanted = SuspensionRequest {
        reason: reason.parse().unwrap(),
        at: from.map(at),
    };
    suspend(before, wanted, user("operator"), now(), &mut ids()).1
}

pub(super) fn exported() -> Changes {
    let text = |text: &str| Some(text.to_owned());
    let filter = Selection {
        q: text("ann"),
        status: text("active"),
        role: vec!["admin".into(), "owner".into()],
        invite_status: text("accepted"),
        joined_in: text("last_year"),
        resource: text("program:spring"),
        sort: text("-joined"),
    };
    filter.read(now()).unwrap();
    let wanted = ExportRequest {
        format: Format::Xlsx,
        timezone: "Europe/Paris".parse().unwrap(),
        filter,
        sources: true,
        subjects: true,
    };
    Changes {
        events: vec![by_owner(|scene| exports::record(scene, &wanted, 25, &mut ids()))],
        ..Changes::default()
    }
}

/// A change of all of an offer, there and back.
pub(super) fn offered_anew() -> Vec<Changes> {
    let wished = role("program_sponsor");
    let programs = [found("autumn")];
    let changed = |before: &Invitation, message: Option<&str>, language| {
        let request = InvitationUpdate {
            offer: Some(wanted(&wished, &programs, None)),
            message: Some(message.map(|text| text.parse().unwrap())),
            language: Some(language),
        };
        by_owner(|scene| change(scene, Some(before), request, &mut ids()).unwrap())
    };
    let (after, there) = changed(&pending(), Some("Welcome"), Some(Language::German));
    let (_, back) = changed(&after, None, None);
    let two = Invitation {
        resources: vec![reference("autumn"), reference("spring")],
        ..pending()
    };
    let reduced = end_offers(set(), &reference("spring"), &[two], now(), &mut ids());
    vec![there, back, reduced]
}

pub(super) fn resent() -> Vec<Changes> {
    let late = at("2026-03-18T12:00:00Z");
    let expired = expire_invitation(&pending(), late, &mut ids())
        .invitations
        .remove(0)
        .after;
    let revival = Revival {
        holder: None,
        resources: &[resource("spring")],
    };
    let again = |found: &Invitation| {
        let anew = |scene: &DecisionContext<'_>| {
            let scene = DecisionContext { now: late, ..*scene };
            resend(&scene, Some(found), &revival, &mut ids()).unwrap().1
        };
        by_owner(anew)
    };
    vec![again(&pending()), again(&expired.unwrap())]
}

pub(super) fn answered(is_accepted: bool) -> Vec<Changes> {
    let inviters = [owner()];
    let answered = |role: &str| {
        let invitation = Invitation {
            api_key: Some(own(&owner()).0.id),
            ..invitation(&owner(), "guest@x.example", role)
        };
        let organization = counted(&[&owner()], &[&invitation]);
        let answer = acceptance(&organization, &invitation, &inviters);
        match is_accepted {
            true => accept(&answer, &mut ids()).unwrap().1,
            false => decline(&answer, &mut ids()).unwrap(),
        }
    };
    ["program_admin", "admin"].map(answered).into()
}

/// A key that is created, then rotated, and revoked.
pub(super) fn api_keys() -> [Changes; 3] {
    let owner = owner();
    let wanted = NewApiKey {
        name: "zapier".parse().unwrap(),
        read_only: true,
        resources: &[found("spring")],
        expires_at: Some(at(SOON)),
    };
    let (key, _, created) = by_owner(|scene| create_key(scene, Some(&owner), wanted, 7, &mut ids()).unwrap());
    let after = created.members[0].after.clone().unwrap();
    let rotated = by_owner(|scene| rotate(scene, (Some(&after), Some(&key)), 24, 8, &mut ids()).unwrap());
    let revoked = by_owner(|scene| revoke(scene, Some(&after), Some(&key), &mut ids()).unwrap());
    [created, rotated.2, revoked]
}

pub(super) fn programs() -> [Changes; 3] {
    let put = |found: Option<&Resource>, name: &str| {
        let name = name.parse().unwrap();
        by_owner(|scene| resources::put(scene, program("spring"), found, name, &mut ids()).unwrap())
    };
    let (first, registered) = put(None, "Spring");
    let (second, renamed) = put(Some(&first), "Spring 2026");
    let deleted = by_owner(|scene| resources::delete(scene, Some(&second), &mut ids()).unwrap());
    [registered, renamed, deleted]
}

pub(super) fn people() -> [Changes; 3] {
    let details = |email: &str| Details {
        email: email_address(email),
        name: None,
        user: None,
    };
    let (known, id) = (contact("ann", "ann", None), "ann".parse::<ContactId>().unwrap());
    let put = |found, email: &str| {
        by_owner(|scene| {
            let editor = ContactEditor::Member(*scene);
            contacts::put(&editor, id.clone(), found, None, details(email), &mut ids())
                .unwrap()
                .1
        })
    };
    let deleted = by_owner(|scene| contacts::delete(&ContactEditor::Member(*scene), Some(&known), &mut ids()).unwrap());
    [put(None, "ann@x.example"), put(Some(&known), "anna@x.example"), deleted]
}

/// The helper and the guest whose roles end with the month.
pub(super) fn ended_roles() -> Vec<Changes> {
    let end = at("2026-04-10T12:00:00Z");
    let helper = own(&invited(holder("helper", "implementation_admin"))).2;
    let guest = invited(somebody("gus", None, vec![grant("spring", "program_admin", Some(end))]));
    [helper, guest]
        .map(|member| expire_roles(&organization(), set(), &member, end, &mut ids()))
        .into()
}

pub(super) fn ended_membership(actor: &Member) -> Changes {
    let organization = counted(&[&owner(), &ann()], &[]);
    remove(&scene(&organization, actor), Some(&ann()), &mut ids()).unwrap()
}

pub(super) fn added() -> Vec<Changes> {
    let organization = counted(&[&owner()], &[]);
    let asked = |role| add::ask(&organization, &owner(), role, &[account("ann")]);
    ["program_admin", "admin"].map(|role| asked(role).unwrap().1).into()
}

pub(super) fn cancelled() -> Vec<Changes> {
    let by_member = by_owner(|scene| cancel(scene, Some(&pending()), &mut ids()).unwrap());
    let by_job = end_offers(set(), &reference("spring"), &[pending()], now(), &mut ids());
    vec![by_member, by_job]
}

pub(super) fn deleted_organization() -> (Organization, Changes) {
    let changes = by_owner(|scene| deletion::delete(scene, &mut ids()).unwrap());
    (changes.organization.clone().unwrap().after.unwrap(), changes)
}
