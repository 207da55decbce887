//! Ownership: handed on whole, and the owner who pays stays one.

use muster_tests::harness::{Harness, Organization};
use muster_tests::shortcuts::named;
use muster_tests::{Persona, recount};
use serde_json::{Value, json};

async fn transfer(h: &Harness, acme: &Organization, who: &Persona, body: Value) -> muster_tests::Answer {
    who.post(h, &acme.path("/transfer-ownership"), &body).await
}

async fn pays(h: &Harness, acme: &Organization, who: &Persona, whom: &str) -> muster_tests::Answer {
    who.put(h, &acme.path("/paying-owner"), &json!({ "member": whom }))
        .await
}

/// An organization of this kind, with somebody in a role on the whole organization.
async fn with_one(h: &Harness, role_set: &str, role: &str) -> (Organization, Persona) {
    let acme = Organization::with_roles(h, h.person(&format!("olivia-{role_set}")), role_set).await;
    let other = acme.join(h, &format!("ann-{role_set}"), role, &[]).await;
    (acme, other)
}

#[tokio::test(flavor = "multi_thread")]
async fn ownership_is_handed_on_in_every_role_set_and_the_giver_becomes_what_they_ask_for() {
    let h = Harness::start().await;
    for (role_set, role, then, owner) in [
        ("coaching-site", "editor", "admin", "owner"),
        ("client-practice", "contributor", "contributor", "owner"),
        ("website-studio", "developer", "editor", "owner"),
        ("program-delivery", "admin", "admin", "owner"),
    ] {
        let (acme, ann) = with_one(&h, role_set, role).await;
        let seats = acme.seats_used(&h).await;
        let done = transfer(&h, &acme, &acme.owner, json!({ "to": ann.id(), "then": then })).await;
        let done = done.expect(200);
        assert_eq!(done.text("/owner/id"), ann.id(), "{role_set}");
        assert_eq!(done.text("/owner/role"), owner, "{role_set}");
        assert_eq!(done.text("/giver/role"), then, "{role_set}");
        let me = acme.path("/members/me");
        assert_eq!(ann.get(&h, &me).await.expect(200).text("/role"), owner);
        assert_eq!(acme.owner.get(&h, &me).await.expect(200).text("/role"), then);
        let seen = ann.get(&h, &acme.path("")).await.expect(200);
        assert_eq!(seen.body["seats"]["used"], seats, "{role_set}");
        let refused = transfer(&h, &acme, &acme.owner, json!({ "to": ann.id(), "then": then })).await;
        refused.problem(403, "forbidden");
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_giver_whose_new_role_needs_resources_names_them() {
    let h = Harness::start().await;
    let acme = Organization::with_roles(&h, h.person("olivia"), "project-workspace").await;
    let path = acme.path("/resources/project/p1");
    acme.owner.put(&h, &path, &json!({ "name": "One" })).await.expect(201);
    let body = json!({ "emails": "ann@acme.example", "role": "administrator" });
    acme.owner.post(&h, &acme.path("/invitations"), &body).await.expect(201);
    let ann = h.person("ann");
    let token = h.invitation_token(ann.email()).await;
    ann.accept(&h, &token).await.expect(200);

    let without = transfer(
        &h,
        &acme,
        &acme.owner,
        json!({ "to": ann.id(), "then": "collaborator" }),
    )
    .await;
    assert_eq!(
        without.problem(422, "invalid-request").faults(),
        named(&[("resources", "required")])
    );
    let body = json!({ "to": ann.id(), "then": "collaborator", "resources": [{ "type": "project", "id": "p1" }] });
    let done = transfer(&h, &acme, &acme.owner, body).await.expect(200);
    assert_eq!(done.body["giver"]["grants"][0]["id"], "p1");
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ownership_goes_only_from_an_owner_to_another_active_member_and_for_another_role() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let ina = acme.join(&h, "ina", "admin", &[]).await;
    let path = acme.path("/members/deactivate");
    acme.owner
        .post(&h, &path, &json!({ "members": [ina.id()] }))
        .await
        .expect(200);
    let stranger = h.person("stella");

    let asked = |to: &str, then: &str| json!({ "to": to, "then": then });
    let owner = &acme.owner;
    let refused = transfer(&h, &acme, &ann, asked(&owner.id(), "admin")).await;
    refused.problem(403, "forbidden");
    let refused = transfer(&h, &acme, owner, asked(&stranger.id(), "admin")).await;
    refused.problem(404, "not-found");
    let refused = transfer(&h, &acme, owner, asked(&ina.id(), "admin")).await;
    refused.problem(409, "receiver-inactive");
    let oneself = transfer(&h, &acme, owner, asked(&owner.id(), "admin")).await;
    assert_eq!(
        oneself.problem(422, "invalid-request").faults(),
        named(&[("to", "not_allowed")])
    );
    let kept = transfer(&h, &acme, owner, asked(&ann.id(), "owner")).await;
    assert_eq!(
        kept.problem(422, "invalid-request").faults(),
        named(&[("then", "not_allowed")])
    );
    let unknown = transfer(&h, &acme, owner, asked(&ann.id(), "king")).await;
    assert_eq!(
        unknown.problem(422, "invalid-request").faults(),
        named(&[("then", "unknown_role")])
    );
    assert_eq!(acme.recorded(&h, "organization.ownership_transferred").await, 0);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_who_takes_no_seat_yet_needs_a_free_one() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "participant", &["spring"]).await;
    acme.plan(&h, Some(1), &[]).await;
    let body = json!({ "to": pat.id(), "then": "admin" });
    let refused = transfer(&h, &acme, &acme.owner, body)
        .await
        .problem(409, "no-seats-available");
    assert_eq!(refused.body["seats"], json!({ "used": 1, "limit": 1, "needed": 1 }));
    // A giver who gives their own seat up makes room for the receiver.
    let body = json!({ "to": pat.id(), "then": "participant" });
    transfer(&h, &acme, &acme.owner, body).await.expect(200);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_site_with_one_owner_no_member_becomes_a_second_and_only_a_transfer_ends_the_first() {
    let h = Harness::start().await;
    let (acme, ann) = with_one(&h, "coaching-site", "admin").await;
    let body = json!({ "emails": "b@x.example", "role": "owner" });
    acme.try_invite(&h, &body).await.problem(403, "role-not-assignable");
    let path = acme.path(&format!("/members/{}", ann.id()));
    let refused = acme.owner.patch(&h, &path, &json!({ "role": "owner" })).await;
    refused.problem(403, "role-not-assignable");
    let me = acme.path("/members/me");
    acme.owner
        .patch(&h, &me, &json!({ "role": "admin" }))
        .await
        .problem(409, "last-owner");
    acme.owner.delete(&h, &me).await.problem(409, "last-owner");
    let owner = acme.path(&format!("/members/{}", acme.owner.id()));
    for refused in [
        ann.delete(&h, &owner).await,
        ann.patch(&h, &owner, &json!({ "role": "editor" })).await,
    ] {
        refused.problem(403, "forbidden");
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_who_pays_stays_an_active_owner_until_another_is_named() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let oda = acme.join(&h, "oda", "owner", &[]).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    pays(&h, &acme, &ann, &ann.id()).await.problem(403, "forbidden");
    pays(&h, &acme, &acme.owner, &ann.id())
        .await
        .problem(409, "not-an-owner");
    let named = pays(&h, &acme, &oda, &acme.owner.id()).await.expect(200);
    assert_eq!(named.text("/paying_owner"), acme.owner.id());

    let payer = acme.path(&format!("/members/{}", acme.owner.id()));
    oda.patch(&h, &payer, &json!({ "role": "admin" }))
        .await
        .problem(409, "paying-owner");
    oda.patch(&h, &payer, &json!({ "status": "inactive" }))
        .await
        .problem(409, "paying-owner");
    oda.delete(&h, &payer).await.problem(409, "paying-owner");
    acme.owner
        .delete(&h, &acme.path("/members/me"))
        .await
        .problem(409, "paying-owner");
    let body = json!({ "members": [acme.owner.id()] });
    let rows = oda.post(&h, &acme.path("/members/deactivate"), &body).await.expect(200);
    assert!(rows.text("/results/0/problem/type").ends_with("/paying-owner"));

    pays(&h, &acme, &acme.owner, &oda.id()).await.expect(200);
    acme.owner.delete(&h, &acme.path("/members/me")).await.expect(204);
    assert_eq!(
        oda.get(&h, &acme.path("")).await.expect(200).text("/paying_owner"),
        oda.id()
    );
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn naming_the_same_payer_again_changes_and_records_nothing() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for _ in 0..2 {
        pays(&h, &acme, &acme.owner, &acme.owner.id()).await.expect(200);
    }
    assert_eq!(acme.recorded(&h, "organization.paying_owner_named").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paying_owner_who_hands_ownership_on_hands_that_on_too() {
    let h = Harness::start().await;
    let (acme, ann) = with_one(&h, "client-practice", "contributor").await;
    pays(&h, &acme, &acme.owner, &acme.owner.id()).await.expect(200);
    let body = json!({ "to": ann.id(), "then": "contributor" });
    transfer(&h, &acme, &acme.owner, body).await.expect(200);
    let seen = ann.get(&h, &acme.path("")).await.expect(200);
    assert_eq!(seen.text("/paying_owner"), ann.id());
    acme.owner.delete(&h, &acme.path("/members/me")).await.expect(204);
    recount(&h).await;
}
