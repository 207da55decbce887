//! Many questions at once.

use super::{EVALUATION, EVALUATIONS, program, question, user};
use muster_tests::bench::Bench;
use muster_tests::harness::{Harness, Organization};
use muster_tests::shortcuts::named;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_questions_about_a_hundred_people_take_one_round_trip_and_more_are_refused() {
    let b = Bench::start().await;
    let acme = Organization::make(&b.h).await;
    let asked = |n: usize| -> Value {
        let one = |n: usize| {
            let id = if n.is_multiple_of(2) {
                acme.owner.id()
            } else {
                b.h.person(&format!("p{n}")).id()
            };
            json!({ "subject": { "type": "user", "id": id }, "resource": program(&format!("p{n}")) })
        };
        let evaluations: Vec<Value> = (0..n).map(one).collect();
        json!({ "action": { "name": "content:read" }, "context": { "organization": acme.id }, "evaluations": evaluations })
    };
    acme.owner.get(&b.h, &acme.path("")).await.expect(200);
    b.faults.clear();
    let answer = acme.owner.post(&b.h, EVALUATIONS, &asked(100)).await.expect(200);
    assert_eq!(b.faults.round_trips(), 1, "{:?}", b.faults.calls());
    let given = answer.body["evaluations"].as_array().unwrap();
    assert_eq!(given.len(), 100);
    for (n, one) in given.iter().enumerate() {
        assert_eq!(one["decision"], n.is_multiple_of(2), "{n}");
    }
    let refused = acme
        .owner
        .post(&b.h, EVALUATIONS, &asked(101))
        .await
        .problem(400, "invalid-request");
    assert_eq!(refused.faults(), named(&[("evaluations", "too_many")]));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_question_says_what_the_request_does_not_or_says_otherwise() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_sponsor", &["spring"]).await;
    let request = json!({
        "subject": user(&acme, &pat.id()), "action": { "name": "programs:read" }, "resource": program("spring"),
        "evaluations": [
            {},
            { "resource": program("autumn") },
            { "action": { "name": "content:write" } },
            { "subject": user(&acme, &acme.owner.id()), "action": { "name": "content:write" } },
            { "subject": { "type": "user", "id": pat.id() } },
        ],
    });
    let answer = h.platform().post(&h, EVALUATIONS, &request).await.expect(200);
    let decisions: Vec<&Value> = answer.body["evaluations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["decision"])
        .collect();
    // The last one's subject is another one, which names no organization.
    assert_eq!(decisions, [true, false, false, true, false]);
    super::denies(&answer.body["evaluations"][4], "unknown_organization");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_again_and_of_two_organizations_by_turns_is_answered_as_if_asked_alone() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let other = Organization::of(&h, h.person("otto")).await;
    let pat = acme.join(&h, "pat", "program_sponsor", &["spring"]).await;
    other.invite(&h, pat.email(), "program_sponsor", &["autumn"]).await;
    let token = h.invitation_token(pat.email()).await;
    pat.accept(&h, &token).await.expect(200);
    let mut evaluations = Vec::new();
    for (action, on) in ["programs:read", "content:write"]
        .map(|a| ["spring", "autumn", "none"].map(|on| (a, on)))
        .as_flattened()
    {
        for id in [pat.id(), acme.owner.id(), h.person("nobody").id()] {
            for place in [&acme, &other] {
                evaluations.push(question(&user(place, &id), action, on));
            }
        }
    }
    let request = json!({ "evaluations": evaluations });
    let together = h.platform().post(&h, EVALUATIONS, &request).await.expect(200);
    let together = together.body["evaluations"].as_array().unwrap().clone();
    let mut alone = Vec::new();
    for one in &evaluations {
        alone.push(h.platform().post(&h, EVALUATION, one).await.expect(200).body);
    }
    assert_eq!(together, alone);
    super::permits(&together[0], "program_sponsor", Some("spring"));
    super::denies(&together[1], "role_missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_end_with_the_first_that_decides_and_are_all_there_if_none_does() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ask = async |semantic: Value, actions: &[&str]| -> Vec<bool> {
        let evaluations: Vec<Value> = actions
            .iter()
            .map(|name| json!({ "action": { "name": name } }))
            .collect();
        let request = json!({
            "subject": user(&acme, &acme.owner.id()), "resource": program("spring"),
            "evaluations": evaluations, "options": semantic,
        });
        let answer = h.platform().post(&h, EVALUATIONS, &request).await.expect(200);
        let given = answer.body["evaluations"].as_array().unwrap();
        given.iter().map(|e| e["decision"].as_bool().unwrap()).collect()
    };
    let (yes, no) = ("content:read", "content:burn");
    let (all, deny, permit) = (
        json!({ "evaluations_semantic": "execute_all", "more": 1 }),
        json!({ "evaluations_semantic": "deny_on_first_deny" }),
        json!({ "evaluations_semantic": "permit_on_first_permit" }),
    );
    for semantic in [all, json!({}), Value::Null] {
        assert_eq!(ask(semantic, &[no, yes, no]).await, [false, true, false]);
    }
    assert_eq!(ask(deny.clone(), &[yes, yes, no, yes, no]).await, [true, true, false]);
    assert_eq!(ask(deny, &[yes, yes]).await, [true, true]);
    assert_eq!(ask(permit.clone(), &[no, no, yes, no, yes]).await, [false, false, true]);
    assert_eq!(ask(permit, &[no, no]).await, [false, false]);
    for odd in [json!("first"), json!("EXECUTE_ALL"), json!(1), json!(["execute_all"])] {
        let request = json!({ "subject": user(&acme, "x"), "action": { "name": yes }, "resource": program("spring"),
            "evaluations": [{}], "options": { "evaluations_semantic": odd } });
        let refused = h
            .platform()
            .post(&h, EVALUATIONS, &request)
            .await
            .problem(400, "invalid-request");
        assert_eq!(refused.faults()[0].0, "options.evaluations_semantic");
    }
}
