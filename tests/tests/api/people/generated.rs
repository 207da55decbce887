//! After any changes, every list is what looking at each row gives, and the counts are what counting gives.

use super::naive::Question;
use super::{all_pages, rename};
use jiff::SignedDuration;
use muster_tests::bench::Bench;
use muster_tests::crowd::{Holding, crowd};
use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::requests::prepare;
use muster_tests::sampled::sampled;
use muster_tests::{Persona, recount};
use proptest::prelude::{Strategy, any};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Changes made to one organization, and questions asked of it after each part of them.
const PARTS: usize = 4;
const CHANGES: usize = 25;
const QUESTIONS: usize = 45;
/// Accounts that come and go.
const ACCOUNTS: usize = 14;

const NAMES: [&str; 6] = [
    "Ann Lee",
    "Anna Bell",
    "Zoë Annan",
    "lee",
    "Émile O'Brien",
    "Ann-Marie X",
];
const ROLES: [&str; 5] = [
    "admin",
    "program_admin",
    "program_facilitator",
    "program_sponsor",
    "participant",
];
const PROGRAMS: [&[&str]; 3] = [&["spring"], &["autumn"], &["spring", "autumn"]];

/// What happens: which kind of change, to which account, with which of the choices.
type Change = (usize, usize, usize, usize);

fn change() -> impl Strategy<Value = Change> {
    (0..10usize, 0..ACCOUNTS, 0..ROLES.len(), 0..PROGRAMS.len())
}

fn question() -> impl Strategy<Value = (Question, usize)> {
    let of = |choices: &'static [&'static str]| (0..choices.len()).prop_map(move |n| choices[n]);
    let q = of(&["", "", "ann", "an", "lee", "ann le", "acme", "m1", "zo an", "nobody"]);
    let status = of(&["", "", "", "", "active", "inactive"]);
    let roles = proptest::collection::vec(of(&ROLES), 0..3);
    let invite_status = of(&["", "", "", "", "", "accepted", "pending"]);
    let joined = (0..6usize).prop_map(|n| {
        [
            None,
            None,
            None,
            None,
            Some(("last_week", 7)),
            Some(("2000-01-01..2999-12-31", 99_999)),
        ][n]
    });
    let resource = of(&["", "", "", "", "program:spring", "program:autumn"]);
    let sort = of(&["", "name", "-name", "joined", "-joined", "last_active", "-last_active"]);
    (
        q,
        status,
        any::<bool>(),
        roles,
        invite_status,
        joined,
        resource,
        sort,
        1..8usize,
    )
        .prop_map(
            |(q, status, any_role, roles, invite_status, joined_in, resource, sort, limit)| {
                let roles = if any_role { Vec::new() } else { roles };
                let question = Question {
                    q,
                    status,
                    roles,
                    invite_status,
                    joined_in,
                    resource,
                    sort,
                };
                (question, limit)
            },
        )
}

/// Makes a change; many are refused, which is as good.
async fn make(h: &Harness, acme: &Organization, people: &[Persona], (what, who, role, programs): Change) {
    let (person, role, programs) = (&people[who], ROLES[role], PROGRAMS[programs]);
    let member = acme.path(&format!("/members/{}", person.id()));
    let programs = if role == "admin" { &[] } else { programs };
    let rows = json!({ "members": [person.id()] });
    match what {
        0..=2 => {
            let body = invitation(person.email(), role, programs);
            acme.owner.post(h, &acme.path("/invitations"), &body).await;
            if what < 2 && h.invitations_mailed(person.email()).await > 0 {
                let path = h.accept_path(person).await;
                person.post(h, &path, &Value::Null).await;
            }
        }
        3 => {
            let on = invitation("", role, programs)["resources"].clone();
            acme.owner
                .patch(h, &member, &json!({ "role": role, "resources": on }))
                .await;
        }
        4 => drop(acme.owner.post(h, &acme.path("/members/deactivate"), &rows).await),
        5 => drop(acme.owner.post(h, &acme.path("/members/activate"), &rows).await),
        6 => {
            let name = NAMES[who % NAMES.len()];
            person
                .patch(h, &acme.path("/members/me"), &json!({ "name": name }))
                .await;
        }
        7 => drop(acme.owner.delete(h, &member).await),
        8 => {
            let pending = acme.pending(h).await;
            if let Some(one) = pending.get(who % pending.len().max(1)) {
                let id = one["id"].as_str().expect("an id");
                acme.owner.delete(h, &acme.invitation(id, "")).await;
            }
        }
        _ => {
            h.advance(SignedDuration::from_hours(13));
            person.get(h, &acme.path("")).await;
        }
    }
}

async fn compare(h: &Harness, acme: &Organization, question: &Question, limit: usize, all: &[Value]) -> usize {
    let list = acme.path(&format!("/members?{}", question.query()));
    let (mut found, _) = all_pages(h, &acme.owner, &list, limit).await;
    let mut naive = question.answer(all, h.backend.clock().now());
    if question.is_by_words() {
        for rows in [&mut found, &mut naive] {
            rows.sort_by_key(|row| row["id"].as_str().map(str::to_owned));
        }
    }
    assert_eq!(ids(&found), ids(&naive), "{} by {limit}", question.query());
    assert_eq!(found, naive, "{}", question.query());
    found.len()
}

fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["id"].as_str().expect("an id")).collect()
}

/// Counts the rows by hand.
async fn counts_are_right(h: &Harness, acme: &Organization, all: &[Value]) {
    h.backend.drained().await;
    let page = acme.owner.get(h, &acme.path("/members?limit=1")).await.expect(200);
    let told = &page.body["counts"];
    for status in ["active", "inactive"] {
        let number = all.iter().filter(|row| row["status"] == status).count();
        assert_eq!(told[status], json!(number), "{status}");
    }
    let pending = all.iter().filter(|row| row["kind"] == "invitation").count();
    assert_eq!(told["pending"], json!(pending));
    let mut roles: BTreeMap<String, u64> = BTreeMap::new();
    for row in all {
        let grants = row["grants"]
            .as_array()
            .expect("grants")
            .iter()
            .map(|grant| &grant["role"]);
        let held: std::collections::BTreeSet<&str> = grants.chain([&row["role"]]).filter_map(Value::as_str).collect();
        for role in held {
            *roles.entry(role.to_owned()).or_default() += 1;
        }
    }
    for (role, number) in told["roles"].as_object().expect("roles") {
        assert_eq!(*number, json!(roles.get(role).copied().unwrap_or_default()), "{role}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_is_what_looking_at_each_row_gives_and_counts_are_what_counting_gives() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    rename(&h, &acme, &acme.owner, "Olivia Ann").await;
    let people: Vec<Persona> = (0..ACCOUNTS).map(|n| h.person(&format!("m{n}"))).collect();
    let mut runner = TestRunner::deterministic();
    let mut found = 0;
    for _ in 0..PARTS {
        for _ in 0..CHANGES {
            let next = change().new_tree(&mut runner).expect("a change").current();
            make(&h, &acme, &people, next).await;
        }
        h.run_schedule().await;
        // Whoever is seen now is seen for the next hour, so asking changes nothing that is asked for.
        acme.owner.get(&h, &acme.path("")).await.expect(200);
        let (all, _) = all_pages(&h, &acme.owner, &acme.path("/members"), 100).await;
        counts_are_right(&h, &acme, &all).await;
        for _ in 0..QUESTIONS {
            let (question, limit) = question().new_tree(&mut runner).expect("a question").current();
            found += compare(&h, &acme, &question, limit, &all).await;
        }
        recount(&h).await;
    }
    assert!(found > 200, "{found} rows found: too few to tell");
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_that_all_name_many_give_the_same_rows_a_bounded_number_looked_at_for_each_page() {
    let b = Bench::start().await;
    let list = muster_functions::routes::ROUTES
        .iter()
        .find(|route| route.binary == "list-members")
        .expect("the list");
    let case = prepare(&b, list).await;
    let size = muster_store::people::GATHERED + 30;
    crowd(&b, &case, "many", size, Holding::Grant).await;
    // Every fifth is inactive, so that either status is rarer than what is read to put in order, and commoner than a page.
    let rows: Vec<String> = (0..size / 5)
        .map(|n| case.person(&b, &format!("many{}", n * 5)).id())
        .collect();
    for part in rows.chunks(100) {
        let path = case.organization().path("/members/deactivate");
        let body = json!({ "members": part });
        b.h.send(Some(&case.owner), Method::POST, &path, Some(&body), &[])
            .await
            .expect(200);
    }
    let acme = case.organization();
    let (all, _) = all_pages(&b.h, &case.owner, &acme.path("/members"), 100).await;
    assert!(all.len() > size);
    let asked = [
        ("many", "active", "", ""),
        ("many", "active", "", "name"),
        ("many", "active", "program_facilitator", "-joined"),
        ("many", "", "program_facilitator", "last_active"),
        ("many1", "inactive", "program_facilitator", "-name"),
        ("", "active", "program_facilitator", "name"),
    ];
    for (q, status, role, sort) in sampled("filters that all name many", asked.into(), 2) {
        let question = Question {
            q,
            status,
            roles: [role].into_iter().filter(|role| !role.is_empty()).collect(),
            sort,
            ..Question::default()
        };
        compare(&b.h, acme, &question, 30, &all).await;
        b.faults.clear();
        let path = acme.path(&format!("/members?limit=30&{}", question.query()));
        case.owner.get(&b.h, &path).await.expect(200);
        assert_eq!(b.faults.round_trips(), 3, "{path}: {:?}", b.faults.calls());
    }
}
