//! What access decisions and links say of a suspended organization.

use super::{Cast, REASON, SUSPENDED, resume, suspend};
use muster_tests::harness::{Harness, Organization};
use muster_tests::{Persona, Snapshot, recount};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn decisions_say_that_it_is_suspended_to_every_caller_who_may_ask() {
    let h = Harness::start().await;
    let cast = Cast::make(&h).await;
    let acme = &cast.acme;
    let other = Organization::of(&h, h.person("otis")).await;
    let spring = json!({ "type": "program", "id": "spring" });
    let about = |who: &Persona, organization: &Organization| {
        let place = json!({ "organization": organization.id });
        json!({ "subject": { "type": "user", "id": who.id(), "properties": place },
            "action": { "name": "content:read" }, "resource": spring })
    };
    let own = about(&cast.participant, acme);
    let batch = json!({ "evaluations": [own, about(&other.owner, &other)] });
    let reason = "organization_suspended";
    for is_on in [false, true, false] {
        if is_on {
            suspend(&h, acme).await;
        } else {
            resume(&h, acme).await;
        }
        for who in [&h.platform(), &acme.owner, &cast.admin, &cast.participant] {
            let answer = who.post(&h, "/access/v1/evaluation", &own).await.expect(200);
            assert_eq!(answer.body["decision"], !is_on);
            for search in ["resource", "action"] {
                let found = who.post(&h, &format!("/access/v1/search/{search}"), &own).await;
                let found = found.expect(200).body;
                assert_eq!(found["results"].as_array().unwrap().is_empty(), is_on, "{search}");
                assert_eq!(found["context"]["reason"] == reason, is_on, "{search}");
            }
            if is_on {
                assert_eq!(answer.body["context"], json!({ "reason": reason }));
            }
        }
        let found = h
            .platform()
            .post(&h, "/access/v1/search/subject", &own)
            .await
            .expect(200);
        assert_eq!(found.body["results"].as_array().unwrap().is_empty(), is_on);
        let answer = h
            .platform()
            .post(&h, "/access/v1/evaluations", &batch)
            .await
            .expect(200);
        assert_eq!(answer.body["evaluations"][0]["decision"], !is_on);
        assert_eq!(answer.body["evaluations"][1]["decision"], true, "the others go on");
        // The subject's own key is judged as its owner is, and opens nothing itself.
        let mut of_key = own.clone();
        of_key["subject"]["type"] = json!("api_key");
        of_key["subject"]["id"] = json!(cast.key.id);
        let answer = h
            .platform()
            .post(&h, "/access/v1/evaluation", &of_key)
            .await
            .expect(200);
        assert_eq!(answer.body["decision"], !is_on);
        // A caller that only asks, such as a gateway with a key, hears of the suspension and not of an error.
        for path in ["/access/v1".to_owned(), acme.path("/access/v1")] {
            for question in [&own, &of_key] {
                let asked = cast.key.persona.post(&h, &format!("{path}/evaluation"), question).await;
                let asked = asked.expect(200);
                assert_eq!(asked.body["decision"], !is_on, "{path}");
                assert_eq!(asked.body["context"] == json!({ "reason": reason }), is_on, "{path}");
            }
            let found = cast.key.persona.post(&h, &format!("{path}/search/subject"), &own).await;
            assert_eq!(found.expect(200).body["results"].as_array().unwrap().is_empty(), is_on);
        }
        h.person("stella")
            .post(&h, "/access/v1/evaluation", &own)
            .await
            .problem(403, "forbidden");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitee_cannot_join_and_the_link_shows_nothing_new() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let (gus, uma) = (h.person("gus"), h.person("uma"));
    for who in [&gus, &uma] {
        acme.invite(&h, who.email(), "program_admin", &["spring"]).await;
    }
    let tokens = [
        h.invitation_token(gus.email()).await,
        h.invitation_token(uma.email()).await,
    ];
    let before = h.preview(&tokens[0]).await.expect(200);
    let waiting = gus.get(&h, "/v1/invitations").await.expect(200);
    suspend(&h, &acme).await;
    assert_eq!(h.preview(&tokens[0]).await.expect(200).body, before.body);
    assert_eq!(gus.get(&h, "/v1/invitations").await.expect(200).body, waiting.body);
    let table = Snapshot::of(&h).await;
    let refused = gus.accept(&h, &tokens[0]).await.problem(409, SUSPENDED);
    assert!(!refused.text("/detail").contains(REASON));
    // A stranger gets the answer that strangers get.
    h.person("stella")
        .accept(&h, &tokens[0])
        .await
        .problem(403, "email-mismatch");
    table.assert_unchanged(&h, "a refused acceptance").await;
    uma.decline(&h, &tokens[1]).await.expect(204);
    resume(&h, &acme).await;
    gus.accept(&h, &tokens[0]).await.expect(200);
    suspend(&h, &acme).await;
    gus.accept(&h, &tokens[0]).await.problem(409, SUSPENDED);
    recount(&h).await;
}
