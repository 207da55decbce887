//! Authority: each question with its answer.

use crate::team::*;
use muster_domain::api_key::{Holding, Limits};
use muster_domain::{ApiKey, Authority, DecisionContext, Member, RoleSet, Status, permission, roleset};

fn of<'a>(organization: &'a muster_domain::Organization, member: &'a Member) -> Authority<'a> {
    Authority::of(member, organization, set(), now())
}

/// The contributors of a client practice take on their own work.
fn practice() -> &'static RoleSet {
    roleset::find("client-practice").unwrap()
}

fn contributor() -> Member {
    Member {
        role: Some(held("contributor", None)),
        ..somebody("carl", None, vec![])
    }
}

#[test]
fn somewhere_is_where_any_role_gives_it() {
    let acme = organization();
    for (holder, assigns, may) in [
        (holder("ann", "admin"), "admin", true),
        (holder("ann", "admin"), "owner", false),
        (holder("pat", "program_admin"), "program_sponsor", true),
        (holder("pat", "program_admin"), "admin", false),
        (holder("fay", "program_facilitator"), "participant", true),
        (holder("sam", "program_sponsor"), "participant", false),
    ] {
        let asked = of(&acme, &holder).may_assign_somewhere(&role(assigns));
        assert_eq!(asked, may, "{:?} {assigns}", holder.name);
    }
}

#[test]
fn who_takes_on_work_takes_it_where_their_role_says_so() {
    let acme = organization();
    let (carl, spring) = (contributor(), reference("spring"));
    let own = Authority::of(&carl, &acme, practice(), now());
    let (contributor, owner) = (role("contributor"), role("owner"));
    assert!(own.may_self_assign(&contributor, Some(&spring)) && !own.may_self_assign(&owner, Some(&spring)));
    assert!(own.may_self_assign_somewhere(&contributor) && !own.may_self_assign_somewhere(&owner));
    assert!(own.may_self_assign_any(Some(&spring)) && own.may_self_assign_any_somewhere());
    let (acme, ann) = (organization(), holder("ann", "admin"));
    let other = of(&acme, &ann);
    assert!(!other.may_self_assign_any(Some(&spring)) && !other.may_self_assign_any_somewhere());
    assert!(!other.may_self_assign_somewhere(&role("admin")));
}

#[test]
fn a_key_that_only_reads_gives_takes_and_manages_nothing() {
    let acme = organization();
    let reads = Limits {
        read_only: true,
        ..Limits::default()
    };
    let (ann, carl) = (holder("ann", "admin"), contributor());
    for (limits, may) in [(&Limits::default(), true), (&reads, false)] {
        let admin = of(&acme, &ann).within(limits, set());
        let (given, spring) = (role("program_admin"), reference("spring"));
        assert_eq!(admin.assigns_until(&given, Some(&spring)).is_some(), may);
        assert_eq!(admin.may_assign_somewhere(&given), may);
        assert_eq!(admin.may_manage(&given, Some(&spring)), may);
        let own = Authority::of(&carl, &acme, practice(), now()).within(limits, practice());
        let taken = role("contributor");
        assert_eq!(own.may_self_assign(&taken, Some(&spring)), may);
        assert_eq!(own.may_self_assign_somewhere(&taken), may);
        assert_eq!(own.may_self_assign_any(Some(&spring)), may);
        assert_eq!(own.may_self_assign_any_somewhere(), may);
    }
}

#[test]
fn what_is_named_beside_reads_is_left_to_a_key_that_only_reads() {
    let mut set = set().clone();
    set.reads = vec!["programs:run".to_owned()];
    let (acme, ann) = (organization(), holder("ann", "admin"));
    let reads = Limits {
        read_only: true,
        ..Limits::default()
    };
    let authority = Authority::of(&ann, &acme, &set, now()).within(&reads, &set);
    for (permission, may) in [
        ("programs:run", true),
        ("members:read", true),
        ("members:invite", false),
        ("content:write", false),
    ] {
        assert_eq!(authority.allows(permission, None), may, "{permission}");
        assert_eq!(authority.allows_somewhere(permission), may, "{permission}");
        assert_eq!(
            !authority.granting_roles(permission, None).is_empty(),
            may,
            "{permission}"
        );
    }
}

#[test]
fn a_role_counts_for_a_key_only_within_its_limits() {
    let acme = organization();
    let runner = holder("pat", "program_admin");
    let whole = crate::keys::own(&runner).0;
    let on = |id: &str| ApiKey {
        limits: Limits {
            resources: vec![reference(id)],
            ..Limits::default()
        },
        ..whole.clone()
    };
    let capped = ApiKey {
        limits: Limits {
            ceiling: Some(vec![Holding {
                role: role("program_sponsor"),
                resource: Some(reference("spring")),
            }]),
            ..Limits::default()
        },
        ..whole.clone()
    };
    let (spring, autumn) = (on("spring"), on("autumn"));
    for (key, holds) in [
        (None, true),
        (Some(&whole), true),
        (Some(&spring), true),
        (Some(&autumn), false),
        (Some(&capped), false),
    ] {
        let scene = DecisionContext {
            key,
            ..scene(&acme, &runner)
        };
        assert_eq!(scene.holds_anything(), holds, "{:?}", key.map(|k| &k.limits));
    }
    let over = somebody("sue", None, vec![grant("spring", "program_admin", Some(now()))]);
    assert!(!scene(&acme, &over).holds_anything(), "its time is up");
}

#[test]
fn a_context_uses_a_known_authority_only_where_it_is_its_own() {
    let (acme, later) = (organization(), at("2026-03-20T12:00:00Z"));
    let (admin, runner) = (holder("ann", "admin"), holder("pat", "program_admin"));
    let of_admin = scene(&acme, &admin);
    let known = of_admin.authority();
    let knowing = of_admin.knowing(&known);
    let manages = |ctx: &DecisionContext<'_>| ctx.authority().allows(permission::MEMBERS_MANAGE, None);
    assert!(manages(&knowing));
    let without_role = somebody("ann", None, vec![]);
    let key = crate::keys::own(&admin).0;
    let read_only = ApiKey {
        limits: Limits {
            read_only: true,
            ..Limits::default()
        },
        ..key.clone()
    };
    // Each of these was made of the context that knows another authority.
    for (ctx, may) in [
        (
            DecisionContext {
                actor: &runner,
                ..knowing
            },
            false,
        ),
        (
            DecisionContext {
                actor: &without_role,
                ..knowing
            },
            false,
        ),
        (
            DecisionContext {
                key: Some(&read_only),
                ..knowing
            },
            false,
        ),
        (
            DecisionContext {
                key: Some(&key),
                ..knowing
            },
            true,
        ),
        (
            DecisionContext {
                organization: &organization(),
                ..knowing
            },
            true,
        ),
    ] {
        assert_eq!(manages(&ctx), may);
    }
    let helper = Member {
        role: Some(held("admin", Some(later))),
        ..somebody("hal", None, vec![])
    };
    let of_helper = scene(&acme, &helper);
    let known = of_helper.authority();
    let knowing = of_helper.knowing(&known);
    assert!(manages(&knowing) && !manages(&DecisionContext { now: later, ..knowing }));
}

#[test]
fn a_member_is_seen_once_an_hour_and_each_recomputing_is_one_version_on() {
    let seen = |last: Option<&str>| Member {
        last_active_at: last.map(at),
        ..holder("ann", "admin")
    };
    for (last, stale) in [
        (None, true),
        (Some("2026-03-10T11:00:00Z"), true),
        (Some("2026-03-10T11:00:01Z"), false),
        (Some("2026-03-10T12:00:00Z"), false),
    ] {
        assert_eq!(seen(last).activity_is_stale(now()), stale, "{last:?}");
    }
    let before = Member {
        version: 6,
        status: Status::Inactive,
        ..seen(None)
    };
    let after = before.recomputed(set(), now());
    assert_eq!((after.version, after.seat), (7, false));
}
