//! What is found, and what never is.

use super::{ACTIONS, MadeKey, RESOURCES, SUBJECTS, found, found_by, program, user};
use muster_domain::{Limits, ResourceKey, ResourceRef};
use muster_store::Key;
use muster_tests::harness::{Harness, Organization};
use serde_json::{Value, json};

/// The registration of a program.
pub(super) async fn reference(h: &Harness, acme: &Organization, id: &str) -> ResourceRef {
    let key = ResourceKey {
        kind: "program".parse().unwrap(),
        id: id.parse().unwrap(),
    };
    let organization = acme.id.parse().unwrap();
    let seen = h
        .backend
        .app()
        .store()
        .read(&[Key::resource(organization, &key)])
        .await
        .unwrap();
    seen.resource(organization, &key).unwrap().expect("a program").reference
}

fn who(acme: &Organization, action: &str, on: &str) -> Value {
    let subject = json!({ "type": "user", "properties": { "organization": acme.id } });
    json!({ "subject": subject, "action": { "name": action }, "resource": program(on) })
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn only_subjects_with_permission_are_found_and_each_once() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let helper = acme.helper(&h, "hal").await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    acme.join(&h, "sam", "program_sponsor", &["spring"]).await;
    acme.join(&h, "ota", "program_admin", &["autumn"]).await;
    let ina = acme.join(&h, "ina", "admin", &[]).await;
    let rows = json!({ "members": [ina.id()] });
    acme.owner
        .post(&h, &acme.path("/members/deactivate"), &rows)
        .await
        .expect(200);
    // One with a role on the organization and one on the program.
    let grants = json!([{ "type": "program", "id": "spring", "role": "program_sponsor" }]);
    let path = acme.path(&format!("/members/{}", ann.id()));
    acme.owner
        .patch(&h, &path, &json!({ "role": "admin", "grants": grants }))
        .await
        .expect(200);

    let writers = sorted(vec![helper.id(), pat.id(), ann.id(), acme.owner.id()]);
    for limit in [1, 2, 3, 100] {
        let all = found_by(&h, &acme.owner, SUBJECTS, &who(&acme, "content:write", "spring"), limit).await;
        assert_eq!(sorted(all), writers, "in pages of {limit}");
    }
    // On what is not registered, and on the organization as a whole.
    let wide = sorted(vec![helper.id(), ann.id(), acme.owner.id()]);
    let all = found_by(&h, &acme.owner, SUBJECTS, &who(&acme, "content:write", "winter"), 2).await;
    assert_eq!(sorted(all), wide);
    let all = found_by(&h, &acme.owner, SUBJECTS, &who(&acme, "billing:manage", "spring"), 2).await;
    assert_eq!(all, [acme.owner.id()]);

    // Switching the role off ends it before any job has run.
    acme.optional_roles(&h, &[]).await;
    let all = found_by(&h, &acme.owner, SUBJECTS, &who(&acme, "content:write", "spring"), 2).await;
    assert_eq!(sorted(all), sorted(vec![pat.id(), ann.id(), acme.owner.id()]));
    h.backend.drained().await;
    acme.owner
        .delete(&h, &acme.path(&format!("/members/{}", pat.id())))
        .await
        .expect(204);
    let all = found_by(&h, &acme.owner, SUBJECTS, &who(&acme, "content:write", "spring"), 2).await;
    assert_eq!(sorted(all), sorted(vec![ann.id(), acme.owner.id()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_what_is_sought_is_left_unread() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for id in [json!("alice@example.com"), json!(7), Value::Null] {
        let mut search = who(&acme, "content:write", "spring");
        search["subject"]["id"] = id.clone();
        assert_eq!(found_by(&h, &acme.owner, SUBJECTS, &search, 1).await, [acme.owner.id()]);
        let mut search = json!({ "subject": user(&acme, &acme.owner.id()), "action": { "name": "content:read" },
            "resource": { "type": "program" } });
        search["resource"]["id"] = id;
        assert_eq!(
            found_by(&h, &acme.owner, RESOURCES, &search, 1).await,
            ["autumn", "spring"]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_may_are_found() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let whole = MadeKey::make(&h, &acme, &acme.owner, Limits::default()).await;
    let reads = MadeKey::make(
        &h,
        &acme,
        &acme.owner,
        Limits {
            read_only: true,
            ..Limits::default()
        },
    )
    .await;
    let pats = MadeKey::make(&h, &acme, &pat, Limits::default()).await;
    let mut gone = MadeKey::make(&h, &acme, &pat, Limits::default()).await;
    let now = h.backend.clock().now();
    gone.change(&h, |key| key.revoked_at = Some(now)).await;
    let mut search = who(&acme, "content:write", "spring");
    search["subject"]["type"] = json!("api_key");
    for limit in [1, 2, 100] {
        let all = found_by(&h, &acme.owner, SUBJECTS, &search, limit).await;
        assert_eq!(
            sorted(all),
            sorted(vec![whole.id.clone(), pats.id.clone()]),
            "in pages of {limit}"
        );
    }
    search["action"]["name"] = json!("content:read");
    search["resource"]["id"] = json!("autumn");
    let all = found_by(&h, &acme.owner, SUBJECTS, &search, 100).await;
    assert_eq!(sorted(all), sorted(vec![whole.id, reads.id]));
}

#[tokio::test(flavor = "multi_thread")]
async fn resources_are_all_for_some_and_what_they_hold_roles_on_for_others() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for id in ["p1", "p2", "p3"] {
        acme.owner
            .put(
                &h,
                &acme.path(&format!("/resources/program/{id}")),
                &json!({ "name": id }),
            )
            .await
            .expect(201);
    }
    let pat = acme.join(&h, "pat", "program_admin", &["spring", "p1", "p3"]).await;
    let search = |id: &str, action: &str| json!({ "subject": user(&acme, id), "action": { "name": action }, "resource": { "type": "program" } });
    for limit in [1, 2, 100] {
        let all = found_by(
            &h,
            &acme.owner,
            RESOURCES,
            &search(&acme.owner.id(), "content:read"),
            limit,
        )
        .await;
        assert_eq!(all, ["autumn", "p1", "p2", "p3", "spring"], "in pages of {limit}");
        // They ask about themselves.
        let own = found_by(&h, &pat, RESOURCES, &search(&pat.id(), "content:write"), limit).await;
        assert_eq!(own, ["p1", "p3", "spring"], "in pages of {limit}");
    }
    acme.owner
        .delete(&h, &acme.path("/resources/program/p1"))
        .await
        .expect(204);
    acme.owner
        .put(&h, &acme.path("/resources/program/p1"), &json!({ "name": "Again" }))
        .await
        .expect(201);
    let own = found_by(&h, &pat, RESOURCES, &search(&pat.id(), "content:write"), 1).await;
    assert_eq!(own, ["p3", "spring"], "another registration is another program");
    assert_eq!(
        found_by(&h, &pat, RESOURCES, &search(&pat.id(), "billing:manage"), 1).await,
        Vec::<String>::new()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_found_where_there_is_nothing_and_it_is_said_why() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let own = user(&acme, &acme.owner.id());
    let base = json!({ "subject": own, "action": { "name": "content:read" }, "resource": program("spring") });
    for (path, part, name, value, reason) in [
        (SUBJECTS, "subject", "type", "service", "unknown_subject"),
        (SUBJECTS, "action", "name", "content:burn", "unknown_action"),
        (RESOURCES, "subject", "id", "alice@example.com", "unknown_subject"),
        (RESOURCES, "action", "name", "content:burn", "unknown_action"),
        (RESOURCES, "resource", "type", "room", "unknown_resource_type"),
        (ACTIONS, "subject", "id", "alice@example.com", "unknown_subject"),
        (ACTIONS, "subject", "type", "service", "unknown_subject"),
    ] {
        let mut search = base.clone();
        search[part][name] = json!(value);
        let answer = acme.owner.post(&h, path, &search).await.expect(200);
        assert!(found(&answer).is_empty());
        assert_eq!(answer.text("/page/next_token"), "");
        assert_eq!(answer.text("/context/reason"), reason, "{path} {part}");
    }
}
