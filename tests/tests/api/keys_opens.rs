//! A key opens Muster's own routes as its owner, within its limits, and leaves its name on what it does.

use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::{NewKey, recount};
use reqwest::Method;
use serde_json::{Value, json};

async fn limited(h: &Harness, acme: &Organization) -> NewKey {
    let autumn = json!([{ "type": "program", "id": "autumn" }]);
    acme.key(h, &acme.owner, &json!({ "name": "autumn only", "resources": autumn }))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_key_does_is_recorded_as_the_keys() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let key = acme.key(&h, &acme.owner, &json!({ "name": "zapier" })).await;
    let through = &key.persona;
    let invited = through
        .post(
            &h,
            &acme.path("/invitations"),
            &invitation("new@x.example", "program_sponsor", &["spring"]),
        )
        .await
        .expect(201);
    // The owner answers for it: whoever is invited is shown a person.
    assert_eq!(invited.text("/invitations/0/invited_by"), acme.owner.id());
    through
        .put(
            &h,
            &acme.path("/resources/program/summer"),
            &json!({ "name": "Summer" }),
        )
        .await
        .expect(201);
    through
        .patch(&h, &acme.path(""), &json!({ "name": "Acme & Co" }))
        .await
        .expect(200);
    let events = acme.events(&h).await;
    for kind in ["invitation.created", "resource.registered", "organization.updated"] {
        let event = events.iter().find(|e| e["kind"] == kind).unwrap();
        assert_eq!(
            (&event["actor"]["type"], &event["actor"]["id"]),
            (&json!("api_key"), &json!(key.id)),
            "{kind}"
        );
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_for_people_is_not_for_keys() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let key = acme.key(&h, &acme.owner, &json!({ "name": "zapier" })).await;
    let through = &key.persona;
    for owner in [&acme.owner, &pat] {
        let path = acme.keys_of(owner);
        let other = acme.key(&h, owner, &json!({ "name": "other" })).await;
        let own = format!("{path}/{}", other.id);
        through
            .post(&h, &path, &json!({ "name": "more" }))
            .await
            .problem(403, "sign-in-needed");
        through.get(&h, &path).await.problem(403, "sign-in-needed");
        through
            .post(&h, &format!("{own}/rotate"), &Value::Null)
            .await
            .problem(403, "sign-in-needed");
        through.delete(&h, &own).await.problem(403, "sign-in-needed");
    }
    let found = json!({ "name": "Mine", "role_set": "program-delivery" });
    through
        .post(&h, "/v1/organizations", &found)
        .await
        .problem(403, "sign-in-needed");
    through
        .get(&h, "/v1/organizations")
        .await
        .problem(403, "sign-in-needed");
    through.get(&h, "/v1/invitations").await.problem(403, "sign-in-needed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_organization_is_a_strangers() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    // The owner of both has a key of one.
    let other = Organization::of(&h, acme.owner.clone()).await;
    let key = acme.key(&h, &acme.owner, &json!({ "name": "zapier" })).await;
    for rest in ["", "/members", "/members/me", "/events"] {
        key.persona.get(&h, &acme.path(rest)).await.expect(200);
        key.persona.get(&h, &other.path(rest)).await.problem(404, "not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_limited_to_a_resource_sees_of_its_own_owner_no_more_than_that() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring", "autumn"]).await;
    let autumn = json!([{ "type": "program", "id": "autumn" }]);
    let key = acme
        .key(&h, &pat, &json!({ "name": "autumn", "resources": autumn }))
        .await;
    let through = &key.persona;
    let shown = through.get(&h, &acme.path("/resources")).await.expect(200);
    let text = shown.body.to_string();
    assert!(text.contains("autumn") && !text.contains("spring"), "{:#}", shown.body);
    // What becomes of its owner's own membership through it stands in `keys_limited`.

    // A role on the whole organization reaches through it what the key is limited to.
    let whole = limited(&h, &acme).await;
    let shown = whole.persona.get(&h, &acme.path("/resources")).await.expect(200);
    assert_eq!(shown.body["items"].as_array().unwrap().len(), 1);
    whole
        .persona
        .post(&h, &acme.path("/invitations/resend"), &Value::Null)
        .await
        .problem(403, "forbidden");
    let summer = acme.path("/resources/program/summer");
    whole
        .persona
        .put(&h, &summer, &json!({ "name": "Summer" }))
        .await
        .problem(403, "forbidden");
    let offer = |program: &str| invitation("new@x.example", "participant", &[program]);
    let path = acme.path("/invitations");
    whole
        .persona
        .post(&h, &path, &offer("spring"))
        .await
        .problem(403, "role-not-assignable");
    whole.persona.post(&h, &path, &offer("autumn")).await.expect(201);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn giving_a_single_grant_through_a_limited_key_shows_nothing_beyond_its_limits() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let key = limited(&h, &acme).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let pia = acme.join(&h, "pia", "participant", &["spring", "autumn"]).await;
    let grant = |who: &str, program: &str| acme.path(&format!("/members/{who}/grants/program/{program}"));
    let role = json!({ "role": "program_facilitator" });
    let given = key
        .persona
        .put(&h, &grant(&pia.id(), "autumn"), &role)
        .await
        .expect(200);
    assert!(!given.body.to_string().contains("spring"), "{:#}", given.body);
    let event = &acme.events(&h).await[0];
    assert_eq!(
        (&event["actor"]["type"], &event["actor"]["id"]),
        (&json!("api_key"), &json!(key.id))
    );
    key.persona
        .put(&h, &grant(&pia.id(), "spring"), &role)
        .await
        .problem(403, "forbidden");

    // Nor of what its own owner holds.
    let admin = json!({ "role": "program_admin" });
    acme.owner
        .put(&h, &grant(&pat.id(), "autumn"), &admin)
        .await
        .expect(200);
    let autumn = json!([{ "type": "program", "id": "autumn" }]);
    let own = acme
        .key(&h, &pat, &json!({ "name": "autumn", "resources": autumn }))
        .await;
    own.persona
        .put(&h, &grant("me", "autumn"), &admin)
        .await
        .problem(404, "not-found");
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_kept_for_a_key_are_for_no_other_and_for_none_that_is_dead() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let one = acme.key(&h, &acme.owner, &json!({ "name": "one" })).await;
    let two = acme.key(&h, &acme.owner, &json!({ "name": "two" })).await;
    let path = acme.path("/invitations");
    let send = async |who, email: &str| {
        let body = invitation(email, "participant", &[]);
        h.send(
            Some(who),
            Method::POST,
            &path,
            Some(&body),
            &[("idempotency-key", "same")],
        )
        .await
    };
    let first = send(&one.persona, "a@x.example").await.expect(201);
    assert_eq!(send(&one.persona, "a@x.example").await.expect(201).body, first.body);
    for (who, email) in [(&two.persona, "b@x.example"), (&acme.owner, "c@x.example")] {
        assert_eq!(send(who, email).await.expect(201).header("idempotent-replayed"), None);
    }
    let turned = acme.rotate(&h, &one, 0).await;
    send(&one.persona, "a@x.example").await.problem(401, "unauthorized");
    assert_eq!(send(&turned.persona, "a@x.example").await.expect(201).body, first.body);
    let own = format!("{}/{}", acme.keys_of(&acme.owner), one.id);
    acme.owner.delete(&h, &own).await.expect(204);
    send(&turned.persona, "a@x.example").await.problem(401, "unauthorized");
}
