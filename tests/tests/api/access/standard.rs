//! The example requests of the standard, as they are, and as they are meant.

use super::{ACTIONS, EVALUATION, EVALUATIONS, RESOURCES, SUBJECTS, found, program, without_source};
use muster_tests::Persona;
use muster_tests::harness::{Answer, Harness, Organization};
use muster_tests::shortcuts::named;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

/// An example of the standard.
#[derive(Deserialize)]
struct Example {
    name: String,
    path: String,
    request: Value,
}

fn examples() -> Vec<Example> {
    serde_json::from_str(include_str!("examples.json")).unwrap()
}

fn example(name: &str) -> Example {
    examples()
        .into_iter()
        .find(|e| e.name == name)
        .unwrap_or_else(|| panic!("no example {name}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn examples_that_name_no_organization_are_answered_and_no_caller_is_admitted() {
    let h = Harness::start().await;
    let none = json!({ "decision": false, "context": { "reason": "unknown_organization" } });
    for example in examples() {
        let answer = h.platform().post(&h, &example.path, &example.request).await.expect(200);
        assert_eq!(
            answer.header("content-type"),
            Some("application/json"),
            "{}",
            example.name
        );
        let asked = example.request["evaluations"].as_array().map_or(0, Vec::len);
        let expected = match (example.path.as_str(), example.name.as_str()) {
            (EVALUATION, _) => none.clone(),
            (EVALUATIONS, "deny on first deny") => json!({ "evaluations": [none] }),
            (EVALUATIONS, _) => json!({ "evaluations": vec![none.clone(); asked] }),
            _ => {
                json!({ "page": { "next_token": "", "count": 0 }, "context": { "reason": "unknown_organization" }, "results": [] })
            }
        };
        assert_eq!(answer.body, expected, "{}", example.name);
        // Whoever is no member of anything is told that, whatever the organization would have been.
        let stranger = h.person("stella").post(&h, &example.path, &example.request).await;
        stranger.problem(403, "forbidden");
    }
}

/// Alice facilitates the first and the third program; three are registered.
async fn alice(h: &Harness) -> (Organization, Persona) {
    let acme = Organization::make(h).await;
    let winter = acme.path("/resources/program/winter");
    acme.owner
        .put(h, &winter, &json!({ "name": "Winter cohort" }))
        .await
        .expect(201);
    let alice = acme
        .join(h, "alice", "program_facilitator", &["spring", "winter"])
        .await;
    (acme, alice)
}

/// The example with names that mean something here.
fn translated(example: &Example, acme: &Organization, alice: &Persona) -> Value {
    let mut text = example.request.to_string();
    let ids = [
        ("alice@example.com", alice.id()),
        ("can_read", "content:read".to_owned()),
        ("can_edit", "content:write".to_owned()),
        ("read", "content:read".to_owned()),
        ("boxcarring.md", "spring".to_owned()),
        ("subject-search.md", "autumn".to_owned()),
        ("resource-search.md", "winter".to_owned()),
        ("1", "spring".to_owned()),
        ("123", "spring".to_owned()),
        ("2", "autumn".to_owned()),
        ("3", "winter".to_owned()),
        ("document", "program".to_owned()),
        ("account", "program".to_owned()),
        ("todo", "program".to_owned()),
    ];
    for (from, to) in ids {
        text = text.replace(&format!("\"{from}\""), &format!("\"{to}\""));
    }
    let mut request: Value = serde_json::from_str(&text).unwrap();
    request["context"]["organization"] = json!(acme.id);
    for evaluation in request["evaluations"].as_array_mut().into_iter().flatten() {
        if evaluation["context"].is_object() {
            evaluation["context"]["organization"] = json!(acme.id);
        }
    }
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn examples_of_evaluation_are_answered_as_they_are_meant() {
    let h = Harness::start().await;
    let (acme, alice) = alice(&h).await;
    let cases: [(&str, &[bool]); 6] = [
        ("three evaluations without defaults", &[true, false, true]),
        ("three evaluations of one subject", &[true, false, true]),
        // She reads the third, but does not write it.
        ("three evaluations with an action of its own", &[true, false, false]),
        ("execute all", &[true, false, true]),
        ("deny on first deny", &[true, false]),
        ("permit on first permit", &[true]),
    ];
    // She asks about herself, and is told what the platform is.
    for who in [&alice, &h.platform()] {
        for name in ["one evaluation", "one evaluation over HTTPS"] {
            let example = example(name);
            let answer = who
                .post(&h, &example.path, &translated(&example, &acme, &alice))
                .await
                .expect(200);
            let context = json!({ "role": "program_facilitator", "resource": program("spring") });
            assert_eq!(answer.body["context"]["source"]["kind"], "invitation", "{name}");
            let told = without_source(&answer.body);
            assert_eq!(told, json!({ "decision": true, "context": context }), "{name}");
        }
        for (name, expected) in cases {
            let example = example(name);
            let answer = who
                .post(&h, &example.path, &translated(&example, &acme, &alice))
                .await
                .expect(200);
            let given = answer.body["evaluations"].as_array().unwrap();
            let decisions: Vec<bool> = given.iter().map(|e| e["decision"].as_bool().unwrap()).collect();
            assert_eq!(decisions, expected, "{name}");
            assert!(answer.body.get("decision").is_none(), "{name}");
            assert!(given.iter().all(|e| e["context"].is_object()), "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn examples_of_search_are_answered_as_they_are_meant() {
    let h = Harness::start().await;
    let (acme, alice) = alice(&h).await;
    let ask = async |name: &str, subject: &Persona| -> Answer {
        let example = example(name);
        let request = translated(&example, &acme, subject);
        h.platform().post(&h, &example.path, &request).await.expect(200)
    };
    for name in ["subject search", "subject search over HTTPS"] {
        let answer = ask(name, &alice).await;
        assert_eq!(found(&answer), [alice.id(), acme.owner.id()], "{name}");
        let first = json!({ "type": "user", "id": "alice", "properties": { "user": alice.id() } });
        assert_eq!(answer.body["results"][0], first);
        assert_eq!(answer.body["page"], json!({ "next_token": "", "count": 2 }));
    }
    let answer = ask("resource search", &alice).await;
    assert_eq!(answer.body["results"], json!([program("spring"), program("winter")]));
    let answer = ask("action search", &alice).await;
    let names = [
        "content:read",
        "members:manage",
        "members:read",
        "programs:read",
        "programs:run",
        "resources:read",
    ];
    assert_eq!(answer.body["results"], json!(names.map(|name| json!({ "name": name }))));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_of_paging_goes_on_with_the_token_alone() {
    let h = Harness::start().await;
    let (acme, _) = alice(&h).await;
    let example = example("resource search in pages");
    let mut request = translated(&example, &acme, &acme.owner);
    let first = h.platform().post(&h, &example.path, &request).await.expect(200);
    assert_eq!(found(&first), ["autumn", "spring"]);
    let token = first.text("/page/next_token");
    assert!(!token.is_empty());
    request["page"] = json!({ "token": token });
    let second = h.platform().post(&h, &example.path, &request).await.expect(200);
    assert_eq!(
        second.body,
        json!({ "page": { "next_token": "", "count": 1 }, "results": [program("winter")] })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_standard_requires_and_is_not_there_is_a_bad_request_or_a_denial_in_a_batch() {
    let h = Harness::start().await;
    // The standard's example of options: its evaluation has no action.
    let request = json!({
        "evaluations": [{ "resource": { "type": "doc", "id": "1" }, "subject": { "type": "doc", "id": "2" } }],
        "options": { "evaluations_semantic": "execute_all", "another_option": "value" },
    });
    // In a batch, it is that question alone which fails (certification scenario, 3.4.1).
    let answer = h.platform().post(&h, EVALUATIONS, &request).await.expect(200);
    let denied = json!({ "decision": false, "context": { "reason": "incomplete_request", "missing": ["action"] } });
    assert_eq!(answer.body["evaluations"], json!([denied]));
    let nothing = h
        .platform()
        .post(&h, EVALUATIONS, &json!({ "evaluations": [] }))
        .await
        .problem(400, "invalid-request");
    let all = [
        ("subject", "missing_field"),
        ("action", "missing_field"),
        ("resource", "missing_field"),
    ];
    assert_eq!(nothing.faults(), named(&all));
    let mut request = example("one evaluation").request;
    request["subject"].as_object_mut().unwrap().remove("id");
    let answer = h
        .platform()
        .post(&h, EVALUATION, &request)
        .await
        .problem(400, "invalid-request");
    assert_eq!(answer.faults(), named(&[("subject.id", "missing_field")]));
}

#[tokio::test(flavor = "multi_thread")]
async fn evaluations_without_a_list_are_one_evaluation() {
    let h = Harness::start().await;
    let (acme, alice) = alice(&h).await;
    for list in [None, Some(json!([])), Some(Value::Null)] {
        let mut request = translated(&example("one evaluation"), &acme, &alice);
        if let Some(list) = list {
            request["evaluations"] = list;
        }
        let answer = h.platform().post(&h, EVALUATIONS, &request).await.expect(200);
        assert_eq!(answer.body["decision"], true);
        assert!(answer.body.get("evaluations").is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_callers_own_request_id_comes_back_whatever_the_answer() {
    let h = Harness::start().await;
    let request = example("one evaluation").request;
    let id = "bfe9eb29-ab87-4ca3-be83-a1d5d8305716";
    for path in [EVALUATION, EVALUATIONS, SUBJECTS, RESOURCES, ACTIONS] {
        let platform = h.platform();
        let stranger = h.person("stella");
        for (who, body, status) in [
            (Some(&platform), &request, 200),
            (Some(&platform), &json!({}), 400),
            (Some(&stranger), &request, 403),
            (None, &request, 401),
        ] {
            let answer = h
                .send(who, Method::POST, path, Some(body), &[("x-request-id", id)])
                .await;
            let answer = answer.expect(status);
            assert_eq!(answer.header("x-request-id"), Some(id), "{path}");
            if status != 200 {
                assert_ne!(answer.body["request_id"], id, "the log line has an id of its own");
            }
            let own = h.send(who, Method::POST, path, Some(body), &[]).await;
            assert!(
                own.header("x-request-id")
                    .is_some_and(|own| !own.is_empty() && own != id)
            );
        }
    }
}
