//! Who may request an access decision, and how a denial is explained.

use crate::team::*;
use muster_domain::api_key::Limits;
use muster_domain::roleset::condition::SentProperties;
use muster_domain::rules::access::Question;
use muster_domain::rules::asking::{QuestionSubject, has_ended, may_ask};
use muster_domain::{ApiKey, DecisionContext, KeyId, Member};

fn other_key(key: &ApiKey) -> KeyId {
    KeyId {
        number: key.id.number + 1,
        ..key.id
    }
}

#[test]
fn a_member_asks_about_themselves_and_their_keys_and_one_who_sees_all_members_about_each() {
    let acme = organization();
    let (sam, ann) = (holder("sam", "program_sponsor"), holder("ann", "admin"));
    let (own, others) = (crate::keys::own(&sam).0, crate::keys::own(&ann).0);
    for (about, sponsor, admin) in [
        (Some(QuestionSubject::User(sam.id)), true, true),
        (Some(QuestionSubject::User(ann.id)), false, true),
        (Some(QuestionSubject::Key(own.id)), true, true),
        (Some(QuestionSubject::Key(others.id)), false, true),
        (None, false, true),
    ] {
        assert_eq!(may_ask(&scene(&acme, &sam), about), sponsor, "{about:?}");
        assert_eq!(may_ask(&scene(&acme, &ann), about), admin, "{about:?}");
    }
}

#[test]
fn a_key_asks_about_itself_and_its_owner_and_about_no_other_key() {
    let acme = organization();
    let sam = holder("sam", "program_sponsor");
    let key = crate::keys::own(&sam).0;
    let scene = DecisionContext {
        key: Some(&key),
        ..scene(&acme, &sam)
    };
    for (about, may) in [
        (QuestionSubject::Key(key.id), true),
        (QuestionSubject::Key(other_key(&key)), false),
        (QuestionSubject::User(sam.id), true),
        (QuestionSubject::User(user("ann")), false),
    ] {
        assert_eq!(may_ask(&scene, Some(about)), may, "{about:?}");
    }
}

#[test]
fn a_denial_tells_of_a_role_that_would_do_and_holds_no_more() {
    let acme = organization();
    let (spring, autumn) = (reference("spring"), reference("autumn"));
    let over = Some(now());
    let runner = somebody("pat", None, vec![grant("spring", "program_admin", over)]);
    let helper = Member {
        role: Some(held("implementation_admin", over)),
        ..somebody("hal", None, vec![])
    };
    // What reaches programs only gives nothing where it is held beside them.
    let waiting = somebody("wil", Some(held("participant", over)), vec![]);
    for (member, action, on, ended) in [
        (&runner, "content:write", Some(&spring), true),
        (&runner, "content:write", Some(&autumn), false),
        (&runner, "content:write", None, false),
        (&runner, "billing:manage", Some(&spring), false),
        (&helper, "content:write", None, true),
        (&helper, "content:write", Some(&autumn), true),
        (&helper, "billing:manage", None, false),
        (&waiting, "content:read", None, false),
        (&waiting, "content:read", Some(&spring), false),
    ] {
        let question = Question {
            organization: &acme,
            set: set(),
            member,
            key: None,
            action,
            resource: on,
            properties: SentProperties::default(),
            now: now(),
        };
        assert_eq!(has_ended(&question), ended, "{:?} {action} {on:?}", member.name);
    }
}

#[test]
fn a_denial_of_a_key_tells_nothing_of_what_lies_beyond_its_limits() {
    let acme = organization();
    let spring = reference("spring");
    let runner = somebody("pat", None, vec![grant("spring", "program_admin", Some(now()))]);
    let key = crate::keys::own(&holder("pat", "program_admin")).0;
    let limited = |id: &str| ApiKey {
        limits: Limits {
            resources: vec![reference(id)],
            ..Limits::default()
        },
        ..key.clone()
    };
    for (key, ended) in [
        (key.clone(), true),
        (limited("spring"), true),
        (limited("autumn"), false),
    ] {
        let question = Question {
            organization: &acme,
            set: set(),
            member: &runner,
            key: Some(&key),
            action: "content:write",
            resource: Some(&spring),
            properties: SentProperties::default(),
            now: now(),
        };
        assert_eq!(has_ended(&question), ended, "{:?}", key.limits);
    }
}
