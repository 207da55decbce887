//! A key that is limited to resources neither sees nor changes its owner's membership, whatever its owner may there.

use muster_tests::harness::{Harness, Organization};
use muster_tests::shortcuts::verdicts;
use muster_tests::{Answer, NewKey, Persona, Snapshot, recount};
use reqwest::Method;
use serde_json::{Value, json};

/// A request about one member, whose id stands for `{}`.
type Request = (Method, &'static str, Value);

/// Everything that a member does with their own membership, and others with theirs.
fn requests() -> Vec<Request> {
    let autumn = json!([{ "type": "program", "id": "autumn" }]);
    vec![
        (Method::GET, "/members/{}", Value::Null),
        (Method::GET, "/members/{}?as=others", Value::Null),
        (Method::PATCH, "/members/{}", json!({})),
        (Method::PATCH, "/members/{}", json!({ "bio": "taken over" })),
        (Method::PATCH, "/members/{}", json!({ "name": "Somebody else" })),
        (Method::PATCH, "/members/{}", json!({ "status": "inactive" })),
        (
            Method::PATCH,
            "/members/{}",
            json!({ "role": "participant", "resources": autumn }),
        ),
        (
            Method::PATCH,
            "/members/{}",
            json!({ "role": null, "grants": [{ "type": "program", "id": "autumn", "role": "program_sponsor" }] }),
        ),
        (
            Method::PUT,
            "/members/{}/grants/program/autumn",
            json!({ "role": "program_sponsor" }),
        ),
        (Method::DELETE, "/members/{}/grants/program/autumn", Value::Null),
        (Method::DELETE, "/members/{}", Value::Null),
    ]
}

/// What is done with chosen members.
fn bulk(id: &str) -> Vec<(&'static str, Value)> {
    let chosen = json!({ "members": [id] });
    let mut role = chosen.clone();
    role["role"] = json!("participant");
    role["resources"] = json!([{ "type": "program", "id": "autumn" }]);
    vec![
        ("/members/deactivate", chosen.clone()),
        ("/members/activate", chosen.clone()),
        ("/members/change-role", role),
        ("/members/remove", chosen),
    ]
}

async fn sent(h: &Harness, acme: &Organization, who: &Persona, (method, path, body): &Request, id: &str) -> Answer {
    let path = acme.path(&path.replace("{}", id));
    let body = Some(body).filter(|body| !body.is_null());
    h.send(Some(who), method.clone(), &path, body, &[]).await
}

async fn limited(h: &Harness, acme: &Organization, owner: &Persona, read_only: bool) -> NewKey {
    let autumn = json!([{ "type": "program", "id": "autumn" }]);
    let body = json!({ "name": "autumn", "resources": autumn, "read_only": read_only });
    acme.key(h, owner, &body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_of_a_limited_key_neither_sees_nor_changes_its_owner() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    // Another owner, so that no refusal is for want of one; and one whose whole power is the program of the key.
    let olga = acme.join(&h, "olga", "owner", &[]).await;
    let pat = acme.join(&h, "pat", "program_admin", &["autumn"]).await;
    let both = acme.join(&h, "bo", "program_admin", &["autumn", "spring"]).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let fay = acme.join(&h, "fay", "program_facilitator", &["autumn"]).await;
    for owner in [&olga, &pat, &both, &ann, &fay] {
        let key = limited(&h, &acme, owner, false).await;
        let reading = limited(&h, &acme, owner, true).await;
        let before = Snapshot::of(&h).await;
        for id in ["me".to_owned(), owner.id()] {
            for request in requests() {
                let told = sent(&h, &acme, &key.persona, &request, &id).await;
                told.problem(404, "not-found");
                let told = sent(&h, &acme, &reading.persona, &request, &id).await;
                let (status, kind) = if request.0 == Method::GET {
                    (404, "not-found")
                } else {
                    (403, "read-only-key")
                };
                told.problem(status, kind);
            }
        }
        for (path, body) in bulk(&owner.id()) {
            let told = key.persona.post(&h, &acme.path(path), &body).await.expect(200);
            let expected = ("refused".to_owned(), "not-found".to_owned());
            assert_eq!(verdicts(&told.body), [expected], "{path}");
        }
        // Nor by their address: nobody takes themselves in.
        let autumn = json!([{ "type": "program", "id": "autumn" }]);
        for role in ["participant", "program_facilitator"] {
            let mut body = json!({ "email": owner.email(), "role": role, "resources": autumn });
            let told = key.persona.post(&h, &acme.path("/members"), &body).await;
            assert!([403, 422].contains(&told.status), "{:#}", told.body);
            body.as_object_mut().unwrap().remove("email");
            body["emails"] = json!(owner.email());
            let told = key.persona.post(&h, &acme.path("/invitations"), &body).await;
            assert!([403, 422].contains(&told.status), "{:#}", told.body);
        }
        for through in [&key, &reading] {
            let listed = through.persona.get(&h, &acme.path("/members")).await.expect(200);
            assert!(!listed.body.to_string().contains(&owner.id()), "{:#}", listed.body);
        }
        before.assert_unchanged(&h, owner.name()).await;
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn others_on_its_resource_it_sees_and_changes_as_its_owner_may() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["autumn"]).await;
    let max = acme.join(&h, "max", "participant", &["autumn", "spring"]).await;
    let key = limited(&h, &acme, &pat, false).await;
    let path = acme.path(&format!("/members/{}", max.id()));
    let shown = key.persona.get(&h, &path).await.expect(200);
    assert!(!shown.body.to_string().contains("spring"));
    let listed = key.persona.get(&h, &acme.path("/members")).await.expect(200);
    assert!(listed.body.to_string().contains(&max.id()));
    let sponsor = json!({ "role": "program_sponsor" });
    let grant = format!("{path}/grants/program/autumn");
    key.persona.put(&h, &grant, &sponsor).await.expect(200);
    key.persona.delete(&h, &grant).await.expect(204);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_members_take_roles_on_a_limited_key_of_theirs_does_not() {
    let h = Harness::start().await;
    let owner = h.person("olivia");
    let body = json!({ "name": "Practice", "role_set": "client-practice" });
    let id = owner.post(&h, "/v1/organizations", &body).await.expect(201).text("/id");
    let path = |rest: &str| format!("/v1/organizations/{id}{rest}");
    for client in ["c1", "c2"] {
        let name = json!({ "name": client });
        owner
            .put(&h, &path(&format!("/resources/client/{client}")), &name)
            .await
            .expect(201);
    }
    let carl = h.person("carl");
    let offer = json!({ "emails": carl.email(), "role": "contributor" });
    owner.post(&h, &path("/invitations"), &offer).await.expect(201);
    let token = h.invitation_token(carl.email()).await;
    carl.accept(&h, &token).await.expect(200);
    let contributor = json!({ "role": "contributor" });
    carl.put(&h, &path("/members/me/grants/client/c1"), &contributor)
        .await
        .expect(200);
    let body = json!({ "name": "c1", "resources": [{ "type": "client", "id": "c1" }] });
    let made = carl.post(&h, &path("/members/me/api-keys"), &body).await.expect(201);
    let through = carl.through(&made.text("/secret"));
    let before = Snapshot::of(&h).await;
    for client in ["c1", "c2"] {
        let grant = path(&format!("/members/me/grants/client/{client}"));
        through.put(&h, &grant, &contributor).await.problem(403, "forbidden");
        through.delete(&h, &grant).await.problem(403, "forbidden");
    }
    through.get(&h, &path("/members/me")).await.problem(403, "forbidden");
    through.delete(&h, &path("/members/me")).await.problem(403, "forbidden");
    before.assert_unchanged(&h, "a limited key of a contributor").await;
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_without_limits_is_its_owner_and_one_that_only_reads_sees_them() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["autumn"]).await;
    let whole = acme.key(&h, &pat, &json!({ "name": "whole" })).await;
    let reading = acme
        .key(&h, &pat, &json!({ "name": "reading", "read_only": true }))
        .await;
    let me = acme.path("/members/me");
    for key in [&whole, &reading] {
        assert_eq!(key.persona.get(&h, &me).await.expect(200).text("/id"), pat.id());
        let listed = key.persona.get(&h, &acme.path("/members")).await.expect(200);
        assert!(listed.body.to_string().contains(&pat.id()));
    }
    let bio = json!({ "bio": "Runs autumn" });
    reading.persona.patch(&h, &me, &bio).await.problem(403, "read-only-key");
    reading.persona.delete(&h, &me).await.problem(403, "read-only-key");
    whole.persona.patch(&h, &me, &bio).await.expect(200);
    whole.persona.delete(&h, &me).await.expect(204);
    recount(&h).await;
}
