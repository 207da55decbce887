//! Conditions narrow what a role allows: by the role set of the certification scenario for AuthZEN.

use crate::team::{key, now, user};
use muster_domain::api_key::Limits;
use muster_domain::member::Profile;
use muster_domain::roleset::condition::SentProperties;
use muster_domain::rules::access::{Decision, DenialReason, Question, decide};
use muster_domain::rules::organizations::{Founder, create};
use muster_domain::{Member, Organization, RoleAssignment, RoleSet, roleset};
use serde_json::{Map, Value, json};

fn set() -> &'static RoleSet {
    roleset::find("authzen-scenario").unwrap()
}

fn acme() -> (Organization, Member) {
    let founder = Founder {
        id: user("olivia"),
        subject: None,
        email: "olivia@acme.example".parse().unwrap(),
        name: None,
    };
    let created = create(&founder, "Acme".parse().unwrap(), set(), now(), &mut crate::team::ids());
    let (organization, changes) = created.unwrap();
    let owner = changes.members[0].after.clone().unwrap();
    (organization, owner)
}

fn holder(owner: &Member, name: &str, role: &str) -> Member {
    let held = RoleAssignment {
        role: role.parse().unwrap(),
        ..owner.role.clone().unwrap()
    };
    Member {
        id: user(name),
        role: Some(held),
        profile: Profile::default(),
        ..owner.clone()
    }
}

fn sent(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap()
}

/// The role that permits it, or the reason of the denial with the roles that would.
fn told(decision: &Decision<'_>) -> String {
    match decision {
        Decision::Allowed(source) => source.role.id.to_string(),
        Decision::Denied { reason, granted_by } => {
            let roles: Vec<&str> = granted_by.iter().map(|source| source.role.id.as_str()).collect();
            format!("{}: {}", reason.code(), roles.join(" "))
        }
    }
}

#[test]
fn a_role_permits_only_where_its_conditions_are_met_and_the_denial_says_that_they_are_not() {
    let (acme, owner) = acme();
    let (alice, bob) = (holder(&owner, "alice", "editor"), holder(&owner, "bob", "archivist"));
    let unmet = "condition_not_met: owner editor archivist";
    let (archived, active) = (json!({ "status": "archived" }), json!({ "status": "active" }));
    let (admin, soft, none) = (json!({ "role": "admin" }), json!({ "soft": true }), json!({}));
    let cases = [
        (&alice, &none, "write", &none, &none, "editor"),
        (&alice, &none, "write", &none, &active, "editor"),
        (&alice, &none, "write", &none, &archived, unmet),
        // What the caller says of a subject meets only conditions of the subject's own roles.
        (&alice, &admin, "write", &none, &archived, unmet),
        (&bob, &none, "write", &none, &none, unmet),
        (&bob, &none, "write", &none, &archived, "archivist"),
        (&bob, &admin, "write", &none, &active, "archivist"),
        (&alice, &none, "delete", &soft, &none, "editor"),
        (&alice, &none, "delete", &none, &none, "condition_not_met: owner editor"),
        (&bob, &none, "delete", &soft, &none, "role_missing: owner editor"),
        (&owner, &none, "write", &none, &archived, "owner"),
        (&alice, &none, "read", &none, &archived, "editor"),
    ];
    for (member, subject, action, of_action, of_resource, expected) in cases {
        let question = Question {
            organization: &acme,
            set: set(),
            member,
            key: None,
            action,
            resource: None,
            properties: SentProperties {
                subject: Some(sent(subject)),
                action: Some(sent(of_action)),
                resource: Some(sent(of_resource)),
            },
            now: now(),
        };
        let what = format!("{:?} {action} {subject} {of_action} {of_resource}", member.id);
        assert_eq!(told(&decide(&question)), expected, "{what}");
    }
}

#[test]
fn a_key_permits_only_where_the_conditions_of_its_owners_role_are_met() {
    let (acme, owner) = acme();
    let bob = holder(&owner, "bob", "archivist");
    let archived = json!({ "status": "archived" });
    let read_only = Limits {
        read_only: true,
        ..Limits::default()
    };
    let cases = [
        (Limits::default(), None, Err(DenialReason::Condition)),
        (Limits::default(), Some(&archived), Ok(())),
        (read_only.clone(), Some(&archived), Err(DenialReason::KeyLimits)),
        // What the owner may not do there comes first.
        (read_only, None, Err(DenialReason::Condition)),
    ];
    for (limits, resource, expected) in cases {
        let key = key(&bob, limits);
        let question = Question {
            organization: &acme,
            set: set(),
            member: &bob,
            key: Some(&key),
            action: "write",
            resource: None,
            properties: SentProperties {
                resource: resource.map(sent),
                ..SentProperties::default()
            },
            now: now(),
        };
        let found = match decide(&question) {
            Decision::Allowed(_) => Ok(()),
            Decision::Denied { reason, .. } => Err(reason),
        };
        assert_eq!(found, expected, "{resource:?} {:?}", key.limits);
    }
}
