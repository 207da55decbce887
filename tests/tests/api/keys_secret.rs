//! A key's secret goes to whoever made the key, and nowhere else.

use muster_domain::{OrganizationId, Secret};
use muster_tests::NewKey;
use muster_tests::harness::{Harness, Organization};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_but_the_first_shows_a_secret() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let key = acme.key(&h, &acme.owner, &json!({ "name": "zapier" })).await;
    let turned = acme.rotate(&h, &key, 24).await;
    let (path, own) = (
        acme.keys_of(&acme.owner),
        format!("{}/{}", acme.keys_of(&acme.owner), key.id),
    );
    let taken = json!({ "name": 7, "secret": "x" });
    let answers = [
        acme.owner.get(&h, &path).await,
        acme.owner.get(&h, &acme.path("/events")).await,
        acme.owner.get(&h, &acme.path("/members/me")).await,
        acme.owner.post(&h, &path, &taken).await,
        turned.verify(&h, &json!({})).await,
        turned.verify(&h, &json!({ "nonsense": 1 })).await,
        turned.persona.get(&h, &acme.path("/members")).await,
        turned.persona.post(&h, &path, &json!({})).await,
        acme.owner
            .post(&h, &format!("{own}/rotate"), &json!({ "overlap_hours": 999 }))
            .await,
    ];
    for answer in answers {
        let text = answer.body.to_string();
        for NewKey { secret, .. } in [&key, &turned] {
            assert!(!text.contains(&secret[58..80]), "{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_made_up_key_is_not_told_whether_its_organization_exists() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let gone = Organization::make(&h).await;
    let key = gone.key(&h, &gone.owner, &json!({ "name": "zapier" })).await;
    gone.owner.delete(&h, &gone.path("")).await.expect(204);

    let known: Secret = key.secret.parse().unwrap();
    let absent = OrganizationId::from_bytes([7; 16]);
    for id in [acme.id.parse().unwrap(), known.organization(), absent] {
        let made_up = Secret::new(known.key(), id, 7);
        let caller = acme.owner.through(made_up.reveal());
        for path in ["", "/members", "/events"] {
            let path = format!("/v1/organizations/{id}{path}");
            caller.get(&h, &path).await.problem(401, "unauthorized");
        }
    }
    // Whoever knows the secret is told as every member is.
    key.persona.get(&h, &gone.path("")).await.problem(404, "not-found");
}
