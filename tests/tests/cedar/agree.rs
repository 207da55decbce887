//! Every decision that a role set can tell apart, by both evaluators.

use super::entities::{self, named};
use super::schema::{actions, resource_type};
use super::{all_sets, read};
use cedar_policy::{Authorizer, Context, Decision, Entities, PolicySet, Request, Schema};
use muster_domain::member::Profile;
use muster_domain::roleset::Resources;
use muster_domain::roleset::condition::{PropertyName, PropertyValue, SentProperties};
use muster_domain::{
    Authority, Grant, Member, Organization, Registration, ResourceKey, ResourceRef, Role, RoleAssignment, RoleId,
    RoleSet, Status, Timestamp, UserId,
};
use muster_tests::sampled::sampled;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn now() -> Timestamp {
    "2026-03-10T12:00:00Z".parse().unwrap()
}

/// Ends of a role: none, ahead, at this very instant, and behind.
fn ends() -> [Option<Timestamp>; 4] {
    let at = |text: &str| Some(text.parse().unwrap());
    [
        None,
        at("2026-03-10T12:00:01Z"),
        at("2026-03-10T12:00:00Z"),
        at("2026-03-10T11:59:59Z"),
    ]
}

fn resource(set: &RoleSet, id: &str) -> ResourceRef {
    ResourceRef {
        key: ResourceKey {
            kind: set.resource_type.clone(),
            id: id.parse().unwrap(),
        },
        registration: Registration::from_bytes([id.len() as u8; 16]),
    }
}

fn organization(set: &RoleSet, optional_on: bool) -> Organization {
    let founder = muster_domain::rules::organizations::Founder {
        id: UserId::of("https://idp.example", "founder"),
        subject: None,
        email: "founder@acme.example".parse().unwrap(),
        name: None,
    };
    struct Ids;
    impl muster_domain::NewIds for Ids {
        fn uuid(&mut self) -> uuid::Uuid {
            uuid::Uuid::from_u128(1)
        }
    }
    let create = muster_domain::rules::organizations::create;
    let (mut organization, _) = create(&founder, "Acme".parse().unwrap(), set, now(), &mut Ids).unwrap();
    if optional_on {
        let optional = set.roles.iter().filter(|r| r.optional).map(|r| r.id.clone());
        organization.settings.optional_roles = optional.collect::<BTreeSet<_>>();
    }
    organization
}

fn member(organization: &Organization, status: Status, role: Option<RoleAssignment>, grants: Vec<Grant>) -> Member {
    Member {
        id: UserId::of("https://idp.example", "somebody"),
        subject: None,
        organization: organization.id,
        email: "somebody@acme.example".parse().unwrap(),
        name: None,
        status,
        role,
        grants,
        seat: false,
        vouched_by: None,
        keys: 0,
        keys_valid_from: now(),
        profile: Profile::default(),
        joined_at: now(),
        last_active_at: None,
        due_at: None,
        version: 1,
    }
}

/// Every role that is held in such a place, with every end; or none.
fn holdings(set: &RoleSet, is_held: fn(&Role) -> bool) -> Vec<Option<RoleAssignment>> {
    let held = |role: &RoleId, expires_at| RoleAssignment {
        role: role.clone(),
        expires_at,
        epoch: 0,
        source: None,
    };
    let each = |role: &Role| ends().map(|end| Some(held(&role.id, end)));
    let mut all: Vec<Option<RoleAssignment>> = set.roles.iter().filter(|r| is_held(r)).flat_map(each).collect();
    all.push(None);
    all
}

/// Everybody there can be: a role on the organization, or none, with a role on the resource asked about, on another, or on none.
fn members(set: &RoleSet, organization: &Organization) -> Vec<Member> {
    let places = [resource(set, "one"), resource(set, "another")];
    let roles = holdings(set, Role::held_on_organization);
    let grants = holdings(set, |role| role.resources != Resources::None);
    let mut all = Vec::new();
    for status in [Status::Active, Status::Inactive] {
        for role in &roles {
            for granted in &grants {
                for place in &places {
                    let grant = granted.clone().map(|held| Grant {
                        resource: place.clone(),
                        held,
                    });
                    all.push(member(organization, status, role.clone(), grant.into_iter().collect()));
                }
            }
        }
    }
    all
}

/// One action on the resource, or on the organization, with the properties that are sent.
struct Question {
    action: String,
    on_resource: bool,
    sent: Value,
    request: Request,
}

/// The properties that questions send: each that the set compares is left out, has a value that it is compared with, or another
/// value, in every mixture.
fn sent(set: &RoleSet) -> Vec<Value> {
    let conditions = set.roles.iter().flat_map(|role| &role.conditions);
    let mut values: BTreeMap<&PropertyName, Vec<Value>> = BTreeMap::new();
    for (name, comparison) in conditions.flat_map(|condition| &condition.when) {
        let compared = values.entry(name).or_insert_with(|| match comparison.value() {
            PropertyValue::Flag(flag) => vec![json!(!flag)],
            PropertyValue::Number(number) => vec![json!(number.wrapping_add(1))],
            PropertyValue::Text(text) => vec![json!(format!("{text}, and more"))],
        });
        let value = json!(comparison.value());
        if !compared.contains(&value) {
            compared.push(value);
        }
    }
    let mut all = vec![json!({})];
    for (name, values) in values {
        let with = |sent: &Value, value: &Value| {
            let mut sent = sent.clone();
            sent[name.entity.name()][&name.name] = value.clone();
            sent
        };
        let more: Vec<Value> = all
            .iter()
            .flat_map(|sent| values.iter().map(|value| with(sent, value)))
            .collect();
        all.extend(more);
    }
    all
}

/// What both evaluators are asked with. Everybody asked about has the same name, so the questions stay the same.
struct Both<'a> {
    set: &'a RoleSet,
    schema: Schema,
    policies: PolicySet,
    questions: Vec<Question>,
}

impl<'a> Both<'a> {
    fn of(set: &'a RoleSet, organization: &Organization) -> Self {
        let (schema, policies) = read(set);
        let user = named(
            "User",
            &member(organization, Status::Active, None, Vec::new()).id.to_string(),
        );
        let places = [
            (false, named("Organization", &organization.id.to_string())),
            (true, named(&resource_type(set), "one")),
        ];
        let now = json!({ "__extn": { "fn": "datetime", "arg": now().to_string() } });
        let mut questions = Vec::new();
        for name in actions(set) {
            let action = named("Action", name);
            for sent in sent(set) {
                let mut context = sent.clone();
                context["now"] = now.clone();
                let context = Context::from_json_value(context, Some((&schema, &action))).unwrap();
                for (on_resource, place) in places.clone() {
                    let (user, action, context) = (user.clone(), action.clone(), context.clone());
                    questions.push(Question {
                        action: name.to_owned(),
                        on_resource,
                        sent: sent.clone(),
                        request: Request::new(user, action, place, context, Some(&schema)).unwrap(),
                    });
                }
            }
        }
        Self {
            set,
            schema,
            policies,
            questions,
        }
    }

    fn cedar_allows(&self, question: &Question, entities: &Entities) -> bool {
        let answer = Authorizer::new().is_authorized(&question.request, &self.policies, entities);
        let errors: Vec<String> = answer.diagnostics().errors().map(ToString::to_string).collect();
        assert!(errors.is_empty(), "{errors:?}");
        answer.decision() == Decision::Allow
    }

    /// Asks both everything about one member; gives how often they said yes.
    fn compare(&self, organization: &Organization, member: &Member) -> usize {
        let one = resource(self.set, "one");
        let entities = entities::of(&self.schema, self.set, organization, member, &one);
        let authority = Authority::of(member, organization, self.set, now());
        let mut allowed = 0;
        for question in &self.questions {
            let granting = authority.granting_roles(&question.action, question.on_resource.then_some(&one));
            let part = |name: &str| question.sent[name].as_object();
            let sent = SentProperties {
                subject: part("subject"),
                action: part("action"),
                resource: part("resource"),
            };
            let own = granting.iter().any(|(role, _)| role.holds(&question.action, &sent));
            let cedar = self.cedar_allows(question, &entities);
            assert_eq!(own, cedar, "{}: {} of {member:?}", self.set.id, question.request);
            allowed += usize::from(own);
        }
        allowed
    }
}

/// Compares these members, on all processors; gives how often both said yes.
fn compare_all(both: &Both<'_>, organization: &Organization, members: &[Member]) -> usize {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let part = members.len().div_ceil(processors).max(1);
    let compared = |part: &[Member]| -> usize { part.iter().map(|member| both.compare(organization, member)).sum() };
    std::thread::scope(|scope| {
        let parts: Vec<_> = members
            .chunks(part)
            .map(|part| scope.spawn(move || compared(part)))
            .collect();
        parts.into_iter().map(|part| part.join().unwrap()).sum()
    })
}

#[test]
fn authority_and_cedar_agree_on_every_decision() {
    let mut total = 0;
    for set in all_sets() {
        let (mut asked, mut allowed) = (0, 0);
        let has_optional = set.roles.iter().any(|r| r.optional);
        for optional_on in [true, false].into_iter().filter(|on| *on || has_optional) {
            let organization = organization(set, optional_on);
            let both = Both::of(set, &organization);
            let all = members(set, &organization);
            total += all.len() * both.questions.len();
            let most = all.len().div_ceil(8);
            let members = sampled(&format!("members of {}, by both evaluators", set.id), all, most);
            allowed += compare_all(&both, &organization, &members);
            asked += members.len() * both.questions.len();
        }
        println!("{}: {asked} decisions compared, {allowed} of them yes", set.id);
        assert!(0 < allowed && allowed < asked, "{}", set.id);
    }
    println!("{total} decisions in all");
    assert!(total > 50_000, "{total}");
}

#[test]
fn no_member_may_do_anything_in_another_organization() {
    for set in all_sets() {
        let own = organization(set, true);
        let owner = RoleAssignment {
            role: set.protected_role().unwrap().id.clone(),
            expires_at: None,
            epoch: 0,
            source: None,
        };
        let member = member(&own, Status::Active, Some(owner), Vec::new());
        let mut other = own.clone();
        other.id = muster_domain::OrganizationId::from_bytes([9; 16]);
        let one = resource(set, "one");
        let both = Both::of(set, &other);
        let entities = entities::of(&both.schema, set, &other, &member, &one);
        for question in &both.questions {
            assert!(!both.cedar_allows(question, &entities), "{}", question.request);
        }
    }
}
