//! What is offered is what is allowed: for each role and key, with every member, in every product, an action is on the list exactly if the rule
//! that would refuse it accepts some request.

use crate::role_sets::{FIVE, Firm};
use crate::team::{at, ids, key, now};
use muster_domain::api_key::Limits;
use muster_domain::roleset::{Resources, Role};
use muster_domain::rules::actions::{self, OrganizationAction, PersonAction};
use muster_domain::rules::api_keys::{self, NewApiKey};
use muster_domain::rules::hierarchy;
use muster_domain::rules::members::{Holdings, MemberUpdate, WantedGrant, grant_one, remove, revoke_one, update};
use muster_domain::rules::offer::RequestedOffer;
use muster_domain::{ApiKey, DecisionContext, Member, Resource, ResourceKey, RoleAssignment, Status, Term};

pub(crate) type Named = (ResourceKey, Option<Resource>);

/// Every choice of the resources that somebody may hold a role on; nobody holds one on `three`.
const CHOICES: [&[&str]; 6] = [&[], &["one"], &["two"], &["one", "two"], &["three"], &["one", "three"]];

pub(crate) fn choices(firm: &Firm) -> Vec<Vec<Named>> {
    let found = |ids: &&[&str]| ids.iter().map(|id| firm.found(id)).collect();
    CHOICES.iter().map(found).collect()
}

pub(crate) fn terms(role: &Role) -> Vec<Option<Term>> {
    match role.durations.as_slice() {
        [] => vec![None],
        all => all.iter().copied().map(Some).collect(),
    }
}

/// A firm of this role set, with all optional roles on, and everybody's domain allowed.
pub(crate) fn firm(role_set: &str) -> Firm {
    let mut firm = Firm::of(role_set);
    let optional = firm.set.roles.iter().filter(|role| role.optional);
    firm.organization.settings.optional_roles = optional.map(|role| role.id.clone()).collect();
    firm.organization
        .plan
        .allowed_domains
        .insert("acme.example".parse().unwrap());
    firm
}

/// Somebody with each role on each choice of resources that goes with it; somebody with two roles, and somebody with none.
pub(crate) fn people(firm: &Firm, prefix: &str) -> Vec<Member> {
    let mut all = Vec::new();
    for defined in &firm.set.roles {
        let placed: &[&[&str]] = match defined.resources {
            Resources::None => &[&[]],
            Resources::Optional => &[&[], &["one"], &["two"], &["one", "two"]],
            Resources::AtLeastOne => &[&["one"], &["two"], &["one", "two"]],
        };
        for on in placed {
            let name = format!("{prefix}-{}-{}", defined.id, on.concat());
            let mut member = firm.member(&name, defined.id.as_str(), on);
            if let (true, Some(held)) = (defined.is_time_limited(), member.role.as_mut()) {
                held.expires_at = Some(at("2026-04-10T12:00:00Z"));
            }
            all.push(member.recomputed(firm.set, now()));
        }
    }
    let on_resources: Vec<&Role> = firm
        .set
        .roles
        .iter()
        .filter(|r| r.resources != Resources::None)
        .collect();
    if let [first, .., last] = on_resources.as_slice() {
        let mut both = firm.member(&format!("{prefix}-both"), first.id.as_str(), &["one"]);
        let other = firm.member("other", last.id.as_str(), &["two"]);
        both.grants.extend(other.grants);
        all.push(both.recomputed(firm.set, now()));
    }
    let mut nothing = firm.holder(&format!("{prefix}-nothing"), firm.set.roles[0].id.as_str());
    nothing.role = None;
    all.push(nothing.recomputed(firm.set, now()));
    all
}

/// The limits of the keys that somebody may call with; none for the person themselves.
pub(crate) fn limits(firm: &Firm) -> Vec<Option<Limits>> {
    let on = |id: &str| vec![firm.resource(id).reference];
    let limited = |read_only, resources| Limits {
        read_only,
        resources,
        ..Limits::default()
    };
    vec![
        None,
        Some(Limits::default()),
        Some(limited(true, Vec::new())),
        Some(limited(false, on("one"))),
        Some(limited(true, on("two"))),
    ]
}

fn may_change_role(ctx: &DecisionContext<'_>, firm: &Firm, target: &Member) -> bool {
    let is_other = |role: &Role| {
        let mut held = target.holdings();
        role.is_time_limited() || target.holdings().next().is_none() || held.any(|(held, _)| held.role != role.id)
    };
    let open: Vec<&Role> = ctx.set.roles.iter().filter(|role| is_other(role)).collect();
    open.iter().any(|role| {
        choices(firm).iter().any(|resources| {
            terms(role).into_iter().any(|term| {
                let wanted = MemberUpdate {
                    holdings: Some(Holdings::One(RequestedOffer {
                        role: &role.id,
                        resources,
                        term,
                    })),
                    ..MemberUpdate::default()
                };
                update(ctx, Some(target), wanted, &mut ids()).is_ok_and(|(_, changes)| !changes.is_empty())
            })
        })
    })
}

fn may_change_grants(ctx: &DecisionContext<'_>, firm: &Firm, target: &Member) -> bool {
    let mut all = ["one", "two", "three"].into_iter().map(|id| firm.found(id));
    all.any(|resource| {
        let mut roles = ctx.set.roles.iter();
        revoke_one(ctx, Some(target), &resource, &mut ids()).is_ok()
            || roles.any(|role| {
                let wanted = WantedGrant {
                    resource: resource.clone(),
                    role: role.id.clone(),
                    expires_at: Some(at("2026-03-10T13:00:00Z")),
                };
                grant_one(ctx, Some(target), &wanted, &mut ids()).is_ok_and(|(_, changes)| !changes.is_empty())
            })
    })
}

pub(crate) fn may_create_key(ctx: &DecisionContext<'_>, firm: &Firm, target: &Member) -> bool {
    choices(firm).iter().any(|resources| {
        let wanted = NewApiKey {
            name: "zapier".parse().unwrap(),
            read_only: false,
            resources,
            expires_at: Some(at("2026-03-11T12:00:00Z")),
        };
        api_keys::create(ctx, Some(target), wanted, 7, &mut ids()).is_ok()
    })
}

/// Whether the rules accept some request of this action.
fn is_allowed(action: PersonAction, ctx: &DecisionContext<'_>, firm: &Firm, target: &Member) -> bool {
    let oneself = target.id == ctx.actor.id;
    let updates = |wanted| update(ctx, Some(target), wanted, &mut ids()).is_ok_and(|(_, done)| !done.is_empty());
    let switches = |status| {
        updates(MemberUpdate {
            status: Some(status),
            ..MemberUpdate::default()
        })
    };
    let removes = || remove(ctx, Some(target), &mut ids()).is_ok();
    match action {
        PersonAction::ChangeRole => may_change_role(ctx, firm, target),
        PersonAction::ChangeGrants => may_change_grants(ctx, firm, target),
        PersonAction::Activate => switches(Status::Active),
        PersonAction::Deactivate => switches(Status::Inactive),
        PersonAction::Remove => !oneself && removes(),
        PersonAction::Leave => oneself && removes(),
        PersonAction::EditProfile => updates(MemberUpdate {
            name: Some("Another name".parse().unwrap()),
            ..MemberUpdate::default()
        }),
        PersonAction::ReadApiKeys => api_keys::owner(ctx, Some(target)).is_ok(),
        PersonAction::CreateApiKey => may_create_key(ctx, firm, target),
        PersonAction::Edit | PersonAction::Resend | PersonAction::Cancel => false,
    }
}

/// Checks what one caller is offered with one member.
fn compare(ctx: &DecisionContext<'_>, firm: &Firm, target: &Member) {
    let offered = actions::with_member(ctx, target);
    assert_eq!(offered, actions::with_member(&ctx.knowing(&ctx.authority()), target));
    // A list shows an actor only visible members. The actor can still give the others a role, by id.
    if !hierarchy::may_see(ctx, target) {
        assert_eq!(offered, [], "{:?} with {:?}", ctx.actor, target);
        return;
    }
    for action in PersonAction::ALL {
        assert_eq!(
            offered.contains(&action),
            is_allowed(action, ctx, firm, target),
            "{} {} as {:?} {:?} (key {:?}) with {:?} {:?} {:?}",
            firm.set.id,
            action.as_str(),
            ctx.actor.role,
            ctx.actor.grants,
            ctx.key.map(|key| &key.limits),
            target.role,
            target.grants,
            target.status,
        );
    }
}

/// The firm as it counts its owners: the actor, the target if they are another person, and `more`.
pub(crate) fn counted(mut firm: Firm, actor: &Member, target: &Member, more: u64) -> Firm {
    let other = (actor.id != target.id).then_some(target);
    let owners = [Some(actor), other]
        .into_iter()
        .flatten()
        .filter(|m| m.is_active_owner(firm.set));
    firm.organization.active_owners = (owners.count() as u64 + more).max(1);
    firm
}

pub(crate) fn key_of(actor: &Member, limits: Option<Limits>) -> Option<ApiKey> {
    limits.map(|limits| key(actor, limits))
}

#[test]
fn what_is_offered_with_a_member_is_what_some_request_is_allowed_to_everybody_in_every_product() {
    for role_set in FIVE {
        let some = firm(role_set);
        for actor in people(&some, "actor") {
            for limits in limits(&some) {
                let own = key_of(&actor, limits);
                let mut targets = people(&some, "target");
                let inactive: Vec<Member> = targets.iter().cloned().map(|m| switched_off(&some, m)).collect();
                targets.extend(inactive);
                targets.push(actor.clone());
                for target in targets {
                    let firm = counted(firm(role_set), &actor, &target, 0);
                    let ctx = DecisionContext {
                        key: own.as_ref(),
                        ..firm.scene(&actor)
                    };
                    compare(&ctx, &firm, &target);
                }
            }
        }
    }
}

pub(crate) fn switched_off(firm: &Firm, member: Member) -> Member {
    Member {
        status: Status::Inactive,
        ..member
    }
    .recomputed(firm.set, now())
}

#[test]
fn nothing_is_offered_that_takes_the_last_owner_or_the_billing_owner() {
    for role_set in FIVE {
        let some = firm(role_set);
        let owner = some.set.protected_role().unwrap().id.clone();
        let (olivia, oscar) = (
            some.holder("olivia", owner.as_str()),
            some.holder("oscar", owner.as_str()),
        );
        for (more, payer) in [(0, None), (1, None), (1, Some(olivia.id)), (1, Some(oscar.id))] {
            for (actor, target) in [(&olivia, &olivia), (&olivia, &oscar)] {
                let mut firm = counted(firm(role_set), actor, target, more);
                firm.organization.paying_owner = payer;
                compare(&firm.scene(actor), &firm, target);
                let offered = actions::with_member(&firm.scene(actor), target);
                let goes = [PersonAction::Deactivate, PersonAction::Remove, PersonAction::Leave];
                let is_last = more == 0 && actor.id == target.id;
                if is_last || payer == Some(target.id) {
                    assert!(offered.iter().all(|action| !goes.contains(action)), "{offered:?}");
                }
            }
        }
    }
}

#[test]
fn whoever_has_twenty_keys_is_offered_no_other() {
    let firm = firm("program-delivery");
    let mut owner = firm.holder("olivia", "owner");
    let may = |owner: &Member| actions::with_member(&firm.scene(owner), owner).contains(&PersonAction::CreateApiKey);
    assert!(may(&owner));
    owner.keys = 20;
    assert!(!may(&owner));
    let in_organization = actions::in_organization(&firm.scene(&owner));
    assert!(!in_organization.contains(&OrganizationAction::CreateApiKey));
}

#[test]
fn a_helper_gives_nobody_what_lasts_longer_than_they_do_and_is_offered_as_much() {
    let firm = firm("program-delivery");
    let mut helper = firm.member("helper", "implementation_admin", &[]);
    helper.role = Some(RoleAssignment {
        expires_at: Some(at("2026-03-20T12:00:00Z")),
        ..helper.role.unwrap()
    });
    for target in people(&firm, "target").into_iter().chain([helper.clone()]) {
        let firm = counted(self::firm("program-delivery"), &helper, &target, 0);
        compare(&firm.scene(&helper), &firm, &target);
    }
}
