//! Whose an export in the background is: who gets it, for how long, and what they may ask for.

use super::exports_background::files;
use jiff::SignedDuration;
use muster_tests::harness::{Harness, Organization};
use muster_tests::samples::{ids, join};
use muster_tests::stream::Stream;
use serde_json::json;

#[tokio::test]
async fn a_member_who_no_longer_sees_all_members_gets_no_file() {
    let (h, mut stream) = Stream::apart().await;
    let acme = Organization::make(&h).await;
    let path = acme.path("/exports");
    let wanted = json!({ "format": "csv" });
    let ada = join(&h, &acme, "ada", "admin", &[]).await;
    let key = acme.key(&h, &ada, &json!({ "name": "crm" })).await;
    stream.drain(h.backend.app()).await;

    // What is made for a key ends with the key.
    let of_key = key.persona.post(&h, &path, &wanted).await.expect(202).text("/id");
    let revoked = format!("{}/{}", acme.keys_of(&ada), key.id);
    ada.delete(&h, &revoked).await.expect(204);
    // What was made before the demotion is not handed out after it, and what was asked for is not made.
    let ready = ada.post(&h, &path, &wanted).await.expect(202).text("/id");
    stream.drain(h.backend.app()).await;
    let export = |id: &str| acme.path(&format!("/exports/{id}"));
    let state = async |id: &str| ada.get(&h, &export(id)).await.expect(200).body["state"].clone();
    assert_eq!(
        (state(&of_key).await, state(&ready).await),
        (json!("failed"), json!("ready"))
    );
    let running = ada.post(&h, &path, &wanted).await.expect(202).text("/id");
    let demoted = json!({ "role": "program_admin", "resources": [{ "type": "program", "id": "spring" }] });
    let member = acme.path(&format!("/members/{}", ada.id()));
    acme.owner.patch(&h, &member, &demoted).await.expect(200);
    stream.drain(h.backend.app()).await;
    for id in [&of_key, &ready, &running] {
        ada.get(&h, &export(id)).await.problem(403, "forbidden");
        acme.owner.get(&h, &export(id)).await.problem(404, "not-found");
    }
    acme.owner
        .patch(&h, &member, &json!({ "role": "admin" }))
        .await
        .expect(200);
    assert_eq!(state(&running).await, "failed");
    assert!(files(&h, &acme.id, &running).await.is_empty());
    assert_eq!(acme.recorded(&h, "members.exported").await, 1);
}

#[tokio::test]
async fn an_export_is_its_askers_alone_for_a_day() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let other = Organization::of(&h, h.person("oto")).await;
    let asked = acme
        .owner
        .post(&h, &acme.path("/exports"), &json!({ "format": "xlsx" }))
        .await
        .expect(202);
    let id = asked.text("/id");
    h.backend.drained().await;
    let path = acme.path(&format!("/exports/{id}"));
    let ready = acme.owner.get(&h, &path).await.expect(200);
    assert_eq!(ready.body["state"], "ready");
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    ada.get(&h, &path).await.problem(404, "not-found");
    other.owner.get(&h, &path).await.problem(404, "not-found");
    other
        .owner
        .get(&h, &other.path(&format!("/exports/{id}")))
        .await
        .problem(404, "not-found");
    let key = acme.key(&h, &acme.owner, &json!({ "name": "crm" })).await;
    key.persona.get(&h, &path).await.expect(200);

    let link = ready.text("/url");
    assert_eq!(h.follow(&link).await.status, 200);
    assert!(link.contains("X-Amz-Expires=900&"), "{link}");
    let unsigned = link.split('?').next().unwrap();
    for bad in [
        unsigned.to_owned(),
        link.replace("X-Amz-Expires=900", "X-Amz-Expires=9000"),
        link.replace(&id, "exp_0000000000000000000001"),
        link.replace(&acme.id, &other.id),
    ] {
        assert_eq!(h.follow(&bad).await.status, 403, "{bad}");
    }

    h.advance(SignedDuration::from_hours(24));
    acme.owner.get(&h, &path).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_link_opens_nothing_once_its_time_is_over() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let asked = acme
        .owner
        .post(&h, &acme.path("/exports"), &json!({ "format": "csv" }))
        .await
        .expect(202);
    h.backend.drained().await;
    let name = format!(
        "exports/{}/{}/members-{}.csv",
        acme.id,
        asked.text("/id"),
        &asked.text("/created_at")[..10]
    );
    let store = h.backend.app().files().unwrap();
    let life = std::time::Duration::from_secs(15 * 60);
    for (minutes, status) in [(14, 200), (16, 403)] {
        let made = std::time::SystemTime::now() - std::time::Duration::from_secs(minutes * 60);
        let link = store.link(&name, "members.csv", made, life).await.unwrap();
        assert_eq!(h.follow(&link).await.status, status, "made {minutes} minutes ago");
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_is_refused_by_field() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for (body, field) in [
        (json!({}), "format"),
        (json!({ "format": "pdf" }), "format"),
        (json!({ "format": "csv", "timezone": "Mars/Base" }), "timezone"),
        (
            json!({ "format": "csv", "filter": { "nonsense": 1 } }),
            "filter.nonsense",
        ),
        (json!({ "format": "csv", "filter": [] }), "filter"),
    ] {
        let refused = acme.owner.post(&h, &acme.path("/exports"), &body).await;
        assert_eq!(refused.problem(422, "invalid-request").faults()[0].0, field, "{body}");
    }
}

#[tokio::test]
async fn nothing_is_made_for_a_deleted_organization_and_erasing_it_takes_its_exports_along() {
    let (h, mut stream) = Stream::apart().await;
    let acme = Organization::make(&h).await;
    let wanted = json!({ "format": "csv" });
    let asked = acme
        .owner
        .post(&h, &acme.path("/exports"), &wanted)
        .await
        .expect(202)
        .text("/id");
    acme.owner.delete(&h, &acme.path("")).await.expect(204);
    stream.drain(h.backend.app()).await;
    assert!(files(&h, &acme.id, &asked).await.is_empty());
    assert_eq!(ids(&h, &acme.id, "EXPORT#").await, [asked]);
    h.advance(SignedDuration::from_hours(24 * 31));
    h.expire().await;
    stream.drain(h.backend.app()).await;
    assert!(ids(&h, &acme.id, "EXPORT#").await.is_empty());
}
