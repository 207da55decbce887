//! Writers that come late: what they had read is over, and the work that ends it has been through, before they write.

use super::ends::{all_work_done, mentions};
use muster_local::Options;
use muster_tests::harness::{Harness, Organization};
use muster_tests::{Gate, Persona, recount};
use serde_json::{Value, json};
use std::sync::Arc;

/// A backend whose writes go through a gate.
pub(super) async fn gated() -> (Arc<Harness>, Gate) {
    let gate = Gate::default();
    let options = Options {
        timers: false,
        http_client: Some(gate.client()),
        ..Options::default()
    };
    (Arc::new(Harness::with(options).await), gate)
}

/// Lets the person accept, but holds the write back until `first` is done and all its work with it.
async fn accepts_late(h: &Arc<Harness>, gate: &Gate, who: &Persona, first: impl Future<Output = ()>) -> u16 {
    let path = h.accept_path(who).await;
    gate.shut();
    let (own, person) = (h.clone(), who.clone());
    let accepting = tokio::spawn(async move { person.post(&own, &path, &Value::Null).await });
    gate.held().await;
    first.await;
    h.backend.drained().await;
    gate.open();
    accepting.await.unwrap().status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_accepted_late_ends_as_all_the_others_did_when_it_was_switched_off() {
    let (h, gate) = gated().await;
    let acme = Organization::make(&h).await;
    acme.plan(&h, None, &["acme.example"]).await;
    acme.optional_roles(&h, &["implementation_admin"]).await;
    acme.join(&h, "hana", "implementation_admin", &[]).await;
    let helper = h.person("hal");
    acme.invite(&h, helper.email(), "implementation_admin", &[]).await;
    let status = accepts_late(&h, &gate, &helper, acme.optional_roles(&h, &[])).await;
    assert_eq!(status, 200, "what it rests on was right when it was read");
    let me = helper.get(&h, &acme.path("/members/me")).await.expect(200);
    assert_eq!(me.body["role"], Value::Null, "the role gives nothing all the same");
    all_work_done(&h).await;
    assert_eq!(mentions(&h, "HOLDER#implementation_admin#").await, Vec::<String>::new());
    let ends = h.backend.mail();
    let ends = ends
        .iter()
        .filter(|m| m.to == helper.email() && m.subject.contains("ended"));
    assert_eq!(ends.count(), 1, "the late one is told as well");
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_joined_and_left_while_they_were_selected_is_asked() {
    let (h, gate) = gated().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "participant", &[]).await;
    let member = acme.path(&format!("/members/{}", ann.id()));
    acme.owner.delete(&h, &member).await.expect(204);
    let other = ann.with_email("ann@home.example", true);
    acme.invite(&h, other.email(), "participant", &[]).await;
    let accept = h.accept_path(&other).await;
    gate.shut();
    let (own, owner, path) = (h.clone(), acme.owner.clone(), acme.path("/members"));
    let body = json!({ "contact": other.id(), "role": "participant" });
    let picking = tokio::spawn(async move { owner.post(&own, &path, &body).await });
    gate.held().await;
    other.post(&h, &accept, &Value::Null).await.expect(200);
    other.delete(&h, &acme.path("/members/me")).await.expect(204);
    gate.open();
    let picked = picking.await.unwrap().expect(201);
    assert!(picked.body["invitation"].is_object(), "{:#}", picked.body);
    other.get(&h, &acme.path("")).await.problem(404, "not-found");
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_accepted_late_is_taken_off_the_deleted_resource() {
    let (h, gate) = gated().await;
    let acme = Organization::make(&h).await;
    let learner = h.person("lena");
    acme.invite(&h, learner.email(), "participant", &["spring", "autumn"])
        .await;
    let deletes = async {
        acme.owner
            .delete(&h, &acme.path("/resources/program/spring"))
            .await
            .expect(204);
    };
    assert_eq!(accepts_late(&h, &gate, &learner, deletes).await, 200);
    let me = learner.get(&h, &acme.path("/members/me")).await.expect(200);
    assert_eq!(
        me.body["grants"].as_array().unwrap().len(),
        1,
        "autumn alone: {:#}",
        me.body
    );
    all_work_done(&h).await;
    assert_eq!(mentions(&h, "spring").await, Vec::<String>::new());
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_made_late_is_taken_off_the_deleted_resource() {
    let (h, gate) = gated().await;
    let acme = Organization::make(&h).await;
    let early = acme.invite(&h, "early@acme.example", "participant", &["autumn"]).await;
    acme.invite(&h, "later@acme.example", "participant", &["autumn"]).await;
    gate.shut();
    let (own, owner, path) = (
        h.clone(),
        acme.owner.clone(),
        acme.path(&format!("/invitations/{early}")),
    );
    let both = json!({ "resources": [{ "type": "program", "id": "spring" }, { "type": "program", "id": "autumn" }] });
    let changing = tokio::spawn(async move { owner.patch(&own, &path, &both).await });
    gate.held().await;
    acme.owner
        .delete(&h, &acme.path("/resources/program/spring"))
        .await
        .expect(204);
    h.backend.drained().await;
    gate.open();
    changing.await.unwrap().expect(200);
    all_work_done(&h).await;
    assert_eq!(mentions(&h, "spring").await, Vec::<String>::new());
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_replaced_meanwhile_is_not_accepted_late() {
    let (h, gate) = gated().await;
    let acme = Organization::make(&h).await;
    let guest = h.person("gus");
    let id = acme.invite(&h, guest.email(), "admin", &[]).await;
    let resends = async {
        let path = acme.path(&format!("/invitations/{id}/resend"));
        acme.owner.post(&h, &path, &Value::Null).await.expect(200);
    };
    assert_eq!(accepts_late(&h, &gate, &guest, resends).await, 410);
    guest.get(&h, &acme.path("")).await.problem(404, "not-found");
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_who_was_demoted_meanwhile_demotes_no_member_late() {
    let (h, gate) = gated().await;
    let (acme, other) = super::with_another_owner(&h).await;
    let third = acme.join(&h, "oda", "owner", &[]).await;
    gate.shut();
    let (own, who, path) = (h.clone(), other.clone(), acme.path(&format!("/members/{}", third.id())));
    let demoting = tokio::spawn(async move { who.patch(&own, &path, &json!({ "role": "admin" })).await });
    gate.held().await;
    let path = acme.path(&format!("/members/{}", other.id()));
    acme.owner
        .patch(&h, &path, &json!({ "role": "admin" }))
        .await
        .expect(200);
    gate.open();
    demoting.await.unwrap().problem(403, "forbidden");
    recount(&h).await;
}
