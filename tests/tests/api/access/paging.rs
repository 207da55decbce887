//! Pages of searches: tokens go on with their own search only, and with all that stays while others come and go.

use super::{ACTIONS, RESOURCES, SUBJECTS, found, found_by, program, user};
use muster_tests::harness::{Harness, Organization};
use muster_tests::shortcuts::named;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn searches(acme: &Organization) -> [(&'static str, Value); 3] {
    let own = user(acme, &acme.owner.id());
    let search = json!({ "subject": own, "action": { "name": "content:read" }, "resource": program("spring"),
        "context": { "time": "2024-10-26T01:22-07:00" } });
    [
        (SUBJECTS, search.clone()),
        (RESOURCES, search.clone()),
        (ACTIONS, search),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_the_search_it_came_from_and_no_other() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let other = Organization::of(&h, h.person("otto")).await;
    for (path, mut search) in searches(&acme) {
        search["page"] = json!({ "limit": 1 });
        let token = acme
            .owner
            .post(&h, path, &search)
            .await
            .expect(200)
            .text("/page/next_token");
        search["page"] = json!({ "token": token });
        acme.owner.post(&h, path, &search).await.expect(200);
        search["page"]["limit"] = json!(1);
        acme.owner.post(&h, path, &search).await.expect(200);

        let refused = async |search: &Value, path: &str| {
            let answer = h
                .platform()
                .post(&h, path, search)
                .await
                .problem(400, "invalid-request");
            assert_eq!(answer.faults(), named(&[("page.token", "invalid_token")]), "{search}");
        };
        let mut changed = search.clone();
        changed["context"]["time"] = json!("2025");
        refused(&changed, path).await;
        changed = search.clone();
        changed["subject"]["properties"]["organization"] = json!(other.id);
        refused(&changed, path).await;
        if path != ACTIONS {
            changed = search.clone();
            changed["action"]["name"] = json!("content:write");
            refused(&changed, path).await;
        }
        changed = search.clone();
        changed["page"]["properties"] = json!({ "sort": "name" });
        refused(&changed, path).await;
        for (elsewhere, _) in searches(&acme).iter().filter(|(elsewhere, _)| *elsewhere != path) {
            refused(&search, elsewhere).await;
        }
        for bad in [
            "x",
            "é",
            "AAAAAAAAAAAAAAAAAAAA",
            &format!("{token}A"),
            &token[1..],
            &token.to_lowercase(),
        ] {
            changed = search.clone();
            changed["page"]["token"] = json!(bad);
            refused(&changed, path).await;
        }
        search["page"]["limit"] = json!(2);
        let answer = h
            .platform()
            .post(&h, path, &search)
            .await
            .problem(400, "invalid-request");
        assert_eq!(answer.faults(), named(&[("page.limit", "changed")]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_at_least_one_and_above_a_hundred_a_hundred() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for (path, mut search) in searches(&acme) {
        for limit in [json!(1), json!(100), json!(101), json!(u64::MAX), Value::Null] {
            search["page"] = json!({ "limit": limit });
            acme.owner.post(&h, path, &search).await.expect(200);
        }
        search["page"] = json!({ "token": "" });
        acme.owner.post(&h, path, &search).await.expect(200);
        for limit in [json!(0), json!(-1), json!("1"), json!(1.5), json!([])] {
            search["page"] = json!({ "limit": limit });
            let answer = acme.owner.post(&h, path, &search).await.problem(400, "invalid-request");
            assert_eq!(answer.faults()[0].0, "page.limit");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_stay_are_found_once_while_others_come_and_go() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let names: Vec<String> = (0..14).map(|n| format!("m{n}")).collect();
    let stay = acme.join_many(&h, &names[..7], "program_admin", &["spring"]).await;
    let go = acme.join_many(&h, &names[7..], "program_admin", &["spring"]).await;
    let admin = acme.join(&h, "ada", "admin", &[]).await;
    let mut search = searches(&acme)[0].1.clone();
    search["page"] = json!({ "limit": 2 });
    let mut seen = Vec::new();
    let mut leaving = go.iter();
    let mut round = 0;
    loop {
        let answer = acme.owner.post(&h, SUBJECTS, &search).await.expect(200);
        seen.extend(found(&answer));
        // Between any two pages somebody leaves, and somebody joins.
        if let Some(one) = leaving.next() {
            acme.owner
                .delete(&h, &acme.path(&format!("/members/{}", one.id())))
                .await
                .expect(204);
            acme.join(&h, &format!("new{round}"), "program_facilitator", &["spring"])
                .await;
            round += 1;
        }
        match answer.text("/page/next_token") {
            token if token.is_empty() => break,
            token => search["page"] = json!({ "token": token }),
        }
    }
    let each: BTreeSet<&String> = seen.iter().collect();
    assert_eq!(each.len(), seen.len(), "nobody twice");
    let stayed = stay.iter().chain([&admin, &acme.owner]);
    for one in stayed {
        assert!(each.contains(&one.id()), "{} is missing", one.id());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_any_size_hold_the_same_together() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for (path, search) in searches(&acme) {
        let all = found_by(&h, &acme.owner, path, &search, 100).await;
        for limit in 1..4 {
            assert_eq!(
                found_by(&h, &acme.owner, path, &search, limit).await,
                all,
                "{path} by {limit}"
            );
        }
    }
}
