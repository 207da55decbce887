//! In any organization, what is found is what asking about each one by one would permit, no more and no less.

use super::{ACTIONS, EVALUATION, RESOURCES, SUBJECTS, found_by, program, question, user};
use muster_domain::roleset;
use muster_tests::Persona;
use muster_tests::harness::{Harness, Organization};
use muster_tests::sampled::rounds;
use proptest::prelude::{Strategy, any};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;
use std::collections::BTreeSet;

const PROGRAMS: [&str; 3] = ["spring", "autumn", "winter"];
const WIDE: [&str; 3] = ["owner", "admin", "participant"];
const NARROW: [&str; 4] = ["program_admin", "program_facilitator", "program_sponsor", "participant"];
/// Organizations that are tried.
const WORLDS: usize = 4;
const MEMBERS: usize = 9;

/// What one member holds: a role on the organization, one on each program, and whether they are active.
type Holds = (Option<usize>, [Option<usize>; 3], bool);

fn holds() -> impl Strategy<Value = Holds> {
    let wide = proptest::option::weighted(0.5, 0..WIDE.len());
    let narrow = || proptest::option::weighted(0.5, 0..NARROW.len());
    (
        wide,
        [narrow(), narrow(), narrow()],
        any::<[bool; 2]>().prop_map(|[a, b]| a || b),
    )
}

async fn settle(h: &Harness, acme: &Organization, member: &Persona, holds: &Holds) {
    let (wide, narrow, active) = holds;
    let held = PROGRAMS
        .iter()
        .zip(narrow)
        .filter_map(|(program, role)| Some((program, NARROW[(*role)?])));
    let grants: Vec<_> = held
        .map(|(id, role)| json!({ "type": "program", "id": id, "role": role }))
        .collect();
    let role = wide
        .map(|role| WIDE[role])
        .or(grants.is_empty().then_some("participant"));
    let path = acme.path(&format!("/members/{}", member.id()));
    acme.owner
        .patch(h, &path, &json!({ "role": role, "grants": grants }))
        .await
        .expect(200);
    if !active {
        let rows = json!({ "members": [member.id()] });
        acme.owner
            .post(h, &acme.path("/members/deactivate"), &rows)
            .await
            .expect(200);
    }
}

/// Whether the platform is told yes.
async fn may(h: &Harness, acme: &Organization, id: &str, action: &str, on: &str) -> bool {
    let request = question(&user(acme, id), action, on);
    let answer = h.platform().post(h, EVALUATION, &request).await.expect(200);
    answer.body["decision"].as_bool().unwrap()
}

async fn compare(h: &Harness, acme: &Organization, people: &[String], limit: usize) -> usize {
    let actions = ["content:write", "programs:read", "members:invite", "billing:manage"];
    let mut found = 0;
    for action in actions {
        for on in PROGRAMS.iter().chain(&["not registered"]) {
            let mut naive = BTreeSet::new();
            for id in people {
                if may(h, acme, id, action, on).await {
                    naive.insert(id.clone());
                }
            }
            let search = question(&user(acme, ""), action, on);
            let searched = found_by(h, &h.platform(), SUBJECTS, &search, limit).await;
            let each: BTreeSet<String> = searched.iter().cloned().collect();
            assert_eq!(each.len(), searched.len(), "somebody comes twice for {action} on {on}");
            assert_eq!(each, naive, "{action} on {on}");
            found += searched.len();
        }
    }
    for id in people {
        for action in actions {
            let mut naive = Vec::new();
            for on in PROGRAMS {
                if may(h, acme, id, action, on).await {
                    naive.push(on.to_owned());
                }
            }
            naive.sort();
            let search = question(&user(acme, id), action, "");
            assert_eq!(
                found_by(h, &h.platform(), RESOURCES, &search, limit).await,
                naive,
                "{id} {action}"
            );
        }
    }
    found
}

async fn compare_actions(h: &Harness, acme: &Organization, people: &[String]) {
    let set = roleset::find("program-delivery").unwrap();
    let all: BTreeSet<&String> = set.roles.iter().flat_map(|role| &role.permissions).collect();
    for id in people.iter().take(4) {
        for on in ["spring", "not registered"] {
            let evaluations: Vec<_> = all.iter().map(|name| json!({ "action": { "name": name } })).collect();
            let batch = json!({ "subject": user(acme, id), "resource": program(on), "evaluations": evaluations });
            let answer = h.platform().post(h, super::EVALUATIONS, &batch).await.expect(200);
            let given = answer.body["evaluations"].as_array().unwrap();
            let permitted = all.iter().zip(given).filter(|(_, one)| one["decision"] == true);
            let naive: Vec<String> = permitted.map(|(name, _)| (*name).clone()).collect();
            let search = json!({ "subject": user(acme, id), "resource": program(on) });
            assert_eq!(
                found_by(h, &h.platform(), ACTIONS, &search, 5).await,
                naive,
                "{id} on {on}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn searches_find_exactly_what_asking_one_by_one_permits() {
    let h = Harness::start().await;
    let mut runner = TestRunner::deterministic();
    let mut found = 0;
    let worlds = rounds(WORLDS);
    for world in 0..worlds {
        let acme = Organization::of(&h, h.person(&format!("olivia{world}"))).await;
        let winter = acme.path("/resources/program/winter");
        acme.owner
            .put(&h, &winter, &json!({ "name": "Winter" }))
            .await
            .expect(201);
        let names: Vec<String> = (0..MEMBERS).map(|n| format!("m{n}x{world}")).collect();
        let members = acme.join_many(&h, &names, "participant", &[]).await;
        for member in &members {
            let holds = holds().new_tree(&mut runner).unwrap().current();
            settle(&h, &acme, member, &holds).await;
        }
        let people: Vec<String> = members.iter().chain([&acme.owner]).map(Persona::id).collect();
        found += compare(&h, &acme, &people, world + 1).await;
        compare_actions(&h, &acme, &people).await;
    }
    assert!(
        found > 25 * worlds,
        "{found} found: the organizations are too empty to tell"
    );
}
