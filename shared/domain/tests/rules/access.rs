//! The one decision behind verified keys and access questions.

use crate::team::*;
use muster_domain::api_key::{Holding, Limits, UnusableReason};
use muster_domain::roleset::condition::SentProperties;
use muster_domain::rules::access::{Decision, DenialReason, Question, decide};
use muster_domain::rules::asking::{QuestionSubject, may_ask, sees_beyond_limits};
use muster_domain::{ApiKey, DecisionContext, Member, Organization, ResourceRef};

fn question<'a>(
    organization: &'a Organization,
    member: &'a Member,
    action: &'a str,
    resource: Option<&'a ResourceRef>,
) -> Question<'a> {
    Question {
        organization,
        set: set(),
        member,
        key: None,
        action,
        resource,
        properties: SentProperties::default(),
        now: now(),
    }
}

/// The role and the resource by which it is allowed; or why not, and which roles would do, where.
fn told(decision: &Decision<'_>) -> String {
    let place = |on: &Option<&ResourceRef>| on.map_or_else(|| "organization".to_owned(), |r| r.key.id.to_string());
    match decision {
        Decision::Allowed(granting) => {
            assert!(decision.is_allowed());
            format!("{} on {}", granting.role.id, place(&granting.on))
        }
        Decision::Denied { reason, granted_by } => {
            assert!(!decision.is_allowed());
            let granted_by: Vec<String> = granted_by
                .iter()
                .map(|s| format!("{} on {}", s.role.id, place(&s.on)))
                .collect();
            format!("{}: {}", reason.code(), granted_by.join(", "))
        }
    }
}

#[test]
fn the_answer_names_the_role_that_gave_it_or_those_that_would() {
    let acme = organization();
    let (spring, autumn) = (reference("spring"), reference("autumn"));
    let admin = holder("ann", "admin");
    let runner = holder("pat", "program_admin");
    let both = somebody(
        "bo",
        Some(held("admin", None)),
        vec![grant("spring", "program_admin", None)],
    );
    let writers = "role_missing: owner on organization, admin on organization, implementation_admin on organization";
    let cases = [
        (&admin, "content:write", None, "admin on organization".to_owned()),
        (
            &admin,
            "content:write",
            Some(&spring),
            "admin on organization".to_owned(),
        ),
        (
            &runner,
            "content:write",
            Some(&spring),
            "program_admin on spring".to_owned(),
        ),
        (
            &runner,
            "content:write",
            Some(&autumn),
            format!("{writers}, program_admin on autumn"),
        ),
        // The organization as a whole, or a resource that is not registered: nothing limited to resources helps.
        (&runner, "content:write", None, writers.to_owned()),
        (
            &both,
            "content:write",
            Some(&spring),
            "admin on organization".to_owned(),
        ),
        (
            &admin,
            "billing:manage",
            None,
            "role_missing: owner on organization".to_owned(),
        ),
        (&admin, "nobody:knows", Some(&spring), "role_missing: ".to_owned()),
    ];
    for (member, action, on, expected) in cases {
        assert_eq!(
            told(&decide(&question(&acme, member, action, on))),
            expected,
            "{action}"
        );
    }
}

#[test]
fn what_has_ended_or_is_ending_allows_nothing() {
    let acme = organization();
    let spring = reference("spring");
    let runner = holder("pat", "program_admin");
    let reason = |question: &Question<'_>| match decide(question) {
        Decision::Denied { reason, .. } => reason,
        Decision::Allowed(granting) => panic!("{granting:?}"),
    };
    let resting = inactive(holder("pat", "program_admin"));
    assert_eq!(
        reason(&question(&acme, &resting, "content:read", Some(&spring))),
        DenialReason::Inactive
    );

    let deleted = Organization {
        deleted_at: Some(now()),
        ..organization()
    };
    let asked = question(&deleted, &runner, "content:read", Some(&spring));
    assert_eq!(reason(&asked), DenialReason::OrganizationDeleted);

    let suspended = crate::suspension::suspended(organization(), "2026-03-10T12:00:00Z");
    for member in [&runner, &resting] {
        let asked = question(&suspended, member, "content:read", Some(&spring));
        assert_eq!(reason(&asked), DenialReason::OrganizationSuspended);
    }

    let mut ending = organization();
    ending.ending.insert(spring.registration);
    assert_eq!(
        reason(&question(&ending, &runner, "content:read", Some(&spring))),
        DenialReason::Role
    );

    let short = somebody("sue", None, vec![grant("spring", "program_admin", Some(now()))]);
    assert_eq!(
        reason(&question(&acme, &short, "content:read", Some(&spring))),
        DenialReason::Role
    );
}

#[test]
fn a_key_allows_what_its_owner_may_and_its_limits_leave() {
    let acme = organization();
    let (spring, autumn) = (reference("spring"), reference("autumn"));
    let admin = holder("ann", "admin");
    let reads = Limits {
        read_only: true,
        ..Limits::default()
    };
    let on_spring = Limits {
        resources: vec![spring.clone()],
        ..Limits::default()
    };
    let ceiling = Limits {
        ceiling: Some(vec![Holding {
            role: role("program_admin"),
            resource: Some(spring.clone()),
        }]),
        ..Limits::default()
    };
    let all = "owner on organization, admin on organization, implementation_admin on organization";
    let cases = [
        (
            &reads,
            "content:read",
            Some(&spring),
            "admin on organization".to_owned(),
        ),
        (&reads, "content:write", None, format!("key_limited: {all}")),
        (
            &on_spring,
            "content:write",
            Some(&spring),
            "admin on organization".to_owned(),
        ),
        (
            &on_spring,
            "content:write",
            Some(&autumn),
            format!("key_limited: {all}, program_admin on autumn"),
        ),
        (&on_spring, "content:write", None, format!("key_limited: {all}")),
        (
            &ceiling,
            "content:write",
            Some(&spring),
            format!("key_limited: {all}, program_admin on spring"),
        ),
        (
            &on_spring,
            "billing:manage",
            Some(&spring),
            "role_missing: owner on organization".to_owned(),
        ),
    ];
    for (limits, action, on, expected) in cases {
        let key = key(&admin, limits.clone());
        let asked = Question {
            key: Some(&key),
            ..question(&acme, &admin, action, on)
        };
        assert_eq!(told(&decide(&asked)), expected, "{limits:?} {action}");
    }
}

#[test]
fn a_key_that_opens_nothing_allows_nothing_and_says_why() {
    let acme = organization();
    let admin = holder("ann", "admin");
    let good = key(&admin, Limits::default());
    let elses = key(&holder("bo", "admin"), Limits::default());
    let dead = ApiKey {
        created_at: at("2025-12-31T00:00:00Z"),
        ..good.clone()
    };
    let revoked = ApiKey {
        revoked_at: Some(now()),
        ..good.clone()
    };
    let over = ApiKey {
        expires_at: Some(now()),
        ..good
    };
    for (key, why) in [
        (elses, UnusableReason::OwnerGone),
        (dead, UnusableReason::Revoked),
        (revoked, UnusableReason::Revoked),
        (over, UnusableReason::Expired),
    ] {
        let asked = Question {
            key: Some(&key),
            ..question(&acme, &admin, "content:read", None)
        };
        let Decision::Denied { reason, .. } = decide(&asked) else {
            panic!("{key:?} allows it");
        };
        assert_eq!(reason, DenialReason::Key(why));
    }
}

#[test]
fn a_limited_key_asks_nothing_of_what_its_owner_holds_beside() {
    let acme = organization();
    let ann = somebody(
        "ann",
        Some(held("admin", None)),
        vec![grant("spring", "program_sponsor", None)],
    );
    let sponsor = somebody("sam", None, vec![grant("spring", "program_sponsor", None)]);
    for owner in [&ann, &sponsor] {
        let (whole, ..) = crate::keys::own(owner);
        let with = |limits: Limits| ApiKey {
            limits,
            ..whole.clone()
        };
        let reads = with(Limits {
            read_only: true,
            ..Limits::default()
        });
        let on_spring = with(Limits {
            resources: vec![reference("spring")],
            ..Limits::default()
        });
        let capped = with(Limits {
            ceiling: Some(vec![Holding {
                role: role("program_sponsor"),
                resource: Some(reference("spring")),
            }]),
            ..Limits::default()
        });
        for (key, may) in [(&whole, true), (&reads, true), (&on_spring, false), (&capped, false)] {
            let scene = DecisionContext {
                key: Some(key),
                ..scene(&acme, owner)
            };
            assert_eq!(
                may_ask(&scene, Some(QuestionSubject::User(owner.id))),
                may,
                "{:?}",
                key.limits
            );
            assert_eq!(sees_beyond_limits(&scene), may, "{:?}", key.limits);
            assert!(may_ask(&scene, Some(QuestionSubject::Key(key.id))));
        }
    }
}
