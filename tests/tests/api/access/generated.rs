//! In any organization of any role set, what is found is what asking about each one by one would permit, no more and no less.

use super::{ACTIONS, EVALUATION, EVALUATIONS, RESOURCES, SUBJECTS, found_by, user};
use muster_domain::roleset::{self, Reach, Resources, Role, RoleSet};
use muster_tests::Persona;
use muster_tests::harness::{Harness, Organization};
use muster_tests::sampled::sampled;
use proptest::prelude::{Strategy, any};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const REGISTERED: [&str; 3] = ["spring", "autumn", "winter"];
const MEMBERS: usize = 7;

/// What one member holds: a role on the organization, one on each resource, and whether they are active.
type Holds = (Option<usize>, [Option<usize>; 3], bool);

fn holds() -> impl Strategy<Value = Holds> {
    let wide = proptest::option::weighted(0.5, 0..100_usize);
    let narrow = || proptest::option::weighted(0.5, 0..100_usize);
    (
        wide,
        [narrow(), narrow(), narrow()],
        any::<[bool; 2]>().prop_map(|[a, b]| a || b),
    )
}

/// An organization of one role set, with members who hold something of it.
struct World<'h> {
    h: &'h Harness,
    set: &'static RoleSet,
    acme: Organization,
    people: Vec<String>,
    /// The properties that every question sends.
    sent: [Value; 3],
}

/// Roles that can be given without more: no term to choose, not off, not bound to domains.
fn given(set: &'static RoleSet, is_held: fn(&Role) -> bool) -> Vec<&'static str> {
    let plain = |role: &&Role| !role.optional && !role.allowlisted && !role.is_time_limited() && !role.transfer_only;
    let roles = set.roles.iter().filter(plain).filter(|role| is_held(role));
    roles.map(|role| role.id.as_str()).collect()
}

impl<'h> World<'h> {
    async fn make(h: &'h Harness, set: &'static RoleSet, runner: &mut TestRunner, sent: [Value; 3]) -> Self {
        let tag: String = set
            .id
            .chars()
            .chain(sent[2]["status"].as_str().unwrap_or_default().chars())
            .collect();
        let owner = h.person(&format!("olivia-{tag}"));
        let acme = Organization::with_roles(h, owner, &set.id).await;
        for id in REGISTERED {
            let path = acme.path(&format!("/resources/{}/{id}", set.resource_type));
            acme.owner.put(h, &path, &json!({ "name": id })).await.expect(201);
        }
        let (wide, narrow) = (
            given(set, Role::held_on_organization),
            given(set, |role| role.resources != Resources::None),
        );
        let names: Vec<String> = (0..MEMBERS).map(|n| format!("m{n}-{tag}")).collect();
        let first = wide.last().expect("a role to begin with");
        let members = acme.join_many(h, &names, first, &[]).await;
        let world = Self {
            h,
            set,
            people: members.iter().chain([&acme.owner]).map(Persona::id).collect(),
            acme,
            sent,
        };
        for member in &members {
            let holds = holds().new_tree(runner).unwrap().current();
            world.give(member, &holds, &wide, &narrow).await;
        }
        world
    }

    async fn give(&self, member: &Persona, holds: &Holds, wide: &[&str], narrow: &[&str]) {
        let (on_organization, on_each, is_active) = holds;
        let held = REGISTERED.iter().zip(on_each).filter_map(|(id, n)| {
            let role = narrow.get((*n)? % narrow.len().max(1))?;
            Some(json!({ "type": self.set.resource_type, "id": id, "role": role }))
        });
        let grants: Vec<Value> = held.collect();
        let role = on_organization.map(|n| wide[n % wide.len()]);
        let role = role.or_else(|| grants.is_empty().then(|| wide[wide.len() - 1]));
        let path = self.acme.path(&format!("/members/{}", member.id()));
        let body = json!({ "role": role, "grants": grants });
        self.acme.owner.patch(self.h, &path, &body).await.expect(200);
        if !is_active {
            let rows = json!({ "members": [member.id()] });
            let path = self.acme.path("/members/deactivate");
            self.acme.owner.post(self.h, &path, &rows).await.expect(200);
        }
    }

    /// Every permission of the set.
    fn actions(&self) -> BTreeSet<&'static str> {
        let all = self.set.roles.iter().flat_map(|role| &role.permissions);
        all.map(String::as_str).collect()
    }

    fn subject(&self, id: &str) -> Value {
        let mut subject = user(&self.acme, id);
        if let Some(own) = self.sent[0].as_object() {
            subject["properties"].as_object_mut().unwrap().extend(own.clone());
        }
        subject
    }

    fn question(&self, subject: &str, action: &str, on: &str) -> Value {
        json!({
            "subject": self.subject(subject),
            "action": { "name": action, "properties": self.sent[1] },
            "resource": { "type": self.set.resource_type, "id": on, "properties": self.sent[2] },
        })
    }

    /// Whether the platform is told yes, for each of these questions.
    async fn decided(&self, questions: Vec<Value>) -> Vec<bool> {
        let mut decisions = Vec::new();
        for part in questions.chunks(100) {
            let batch = json!({ "evaluations": part });
            let answer = self.h.platform().post(self.h, EVALUATIONS, &batch).await.expect(200);
            let given = answer.body["evaluations"].as_array().unwrap();
            decisions.extend(given.iter().map(|one| one["decision"].as_bool().unwrap()));
        }
        // A batch says what asking one by one says.
        let single = self
            .h
            .platform()
            .post(self.h, EVALUATION, &questions[0])
            .await
            .expect(200);
        assert_eq!(single.body["decision"], decisions[0]);
        decisions
    }

    async fn found(&self, path: &str, search: &Value, limit: usize) -> Vec<String> {
        found_by(self.h, &self.h.platform(), path, search, limit).await
    }

    /// Compares every search with every decision; gives how much was found.
    async fn compare(&self, limit: usize) -> usize {
        let mut found = 0;
        let places = REGISTERED.iter().copied().chain(["not registered"]);
        for on in places {
            for action in self.actions() {
                let questions = self.people.iter().map(|id| self.question(id, action, on)).collect();
                let decisions = self.decided(questions).await;
                let may = self.people.iter().zip(decisions).filter(|(_, may)| *may);
                let naive: BTreeSet<&String> = may.map(|(id, _)| id).collect();
                let searched = self.found(SUBJECTS, &self.question("", action, on), limit).await;
                let each: BTreeSet<&String> = searched.iter().collect();
                assert_eq!(each.len(), searched.len(), "somebody comes twice for {action} on {on}");
                assert_eq!(each, naive, "{}: {action} on {on}", self.set.id);
                found += searched.len();
            }
        }
        for id in &self.people {
            for action in self.actions() {
                let questions = REGISTERED.iter().map(|on| self.question(id, action, on)).collect();
                let decisions = self.decided(questions).await;
                let may = REGISTERED.iter().zip(decisions).filter(|(_, may)| *may);
                let mut naive: Vec<String> = may.map(|(on, _)| (*on).to_owned()).collect();
                naive.sort();
                let searched = self.found(RESOURCES, &self.question(id, action, ""), limit).await;
                assert_eq!(searched, naive, "{}: {id} {action}", self.set.id);
            }
        }
        found + self.compare_actions().await
    }

    async fn compare_actions(&self) -> usize {
        let mut found = 0;
        for id in &self.people {
            for on in ["spring", "not registered"] {
                let question = |action: &&str| {
                    // A search for actions sends no action, and so no properties of one.
                    let mut question = self.question(id, action, on);
                    question["action"] = json!({ "name": action });
                    question
                };
                let decisions = self.decided(self.actions().iter().map(question).collect()).await;
                let permitted = self.actions().into_iter().zip(decisions).filter(|(_, may)| *may);
                let naive: Vec<String> = permitted.map(|(name, _)| name.to_owned()).collect();
                let mut search = self.question(id, "", on);
                search.as_object_mut().unwrap().remove("action");
                let searched = self.found(ACTIONS, &search, 5).await;
                assert_eq!(searched, naive, "{}: {id} on {on}", self.set.id);
                found += searched.len();
            }
        }
        found
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn searches_find_exactly_what_asking_one_by_one_permits_in_every_role_set() {
    let h = Harness::start().await;
    let mut runner = TestRunner::deterministic();
    let nothing = || [json!({}), json!({}), json!({})];
    let mut worlds: Vec<(&str, [Value; 3])> = roleset::names().map(|name| (name, nothing())).collect();
    for name in roleset::test_names() {
        worlds.extend([
            (name, nothing()),
            (
                name,
                [json!({}), json!({ "soft": true }), json!({ "status": "archived" })],
            ),
            (
                name,
                [
                    json!({ "role": "admin" }),
                    json!({ "soft": false }),
                    json!({ "status": "active" }),
                ],
            ),
        ]);
    }
    for (limit, (name, sent)) in sampled("a role set's searches", worlds, 3).into_iter().enumerate() {
        let set = roleset::find(name).unwrap();
        let world = World::make(&h, set, &mut runner, sent).await;
        let found = world.compare(limit + 1).await;
        let wide = set
            .roles
            .iter()
            .filter(|role| role.reach == Reach::Organization)
            .count();
        assert!(found > 40 * wide.min(2), "{name}: {found} found, too little to tell");
    }
}
