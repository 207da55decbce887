//! A member with as many grants as there can be: nothing about them outgrows one transaction.

use jiff::SignedDuration;
use muster_domain::member::MAX_GRANTS;
use muster_tests::harness::{Harness, Organization};
use muster_tests::recount;
use serde_json::{Value, json};

async fn with_the_most_grants(h: &Harness, acme: &Organization, ends_at: &str) -> muster_tests::Persona {
    let pat = acme.join(h, "pat", "program_facilitator", &["spring"]).await;
    for i in 0..=MAX_GRANTS {
        let path = acme.path(&format!("/resources/program/p{i}"));
        acme.owner
            .put(h, &path, &json!({ "name": format!("P{i}") }))
            .await
            .expect(201);
    }
    let path = acme.path(&format!("/members/{}", pat.id()));
    let held = |n: usize| -> Vec<Value> {
        let grant = |i| json!({ "type": "program", "id": format!("p{i}"), "role": "program_facilitator", "expires_at": ends_at });
        (0..n).map(grant).collect()
    };
    let many = acme
        .owner
        .patch(h, &path, &json!({ "role": null, "grants": held(MAX_GRANTS + 1) }))
        .await;
    assert_eq!(
        many.problem(422, "invalid-request").faults(),
        [("grants".to_owned(), "too_many".to_owned())]
    );
    acme.owner
        .patch(h, &path, &json!({ "role": null, "grants": held(MAX_GRANTS / 2) }))
        .await
        .expect(200);
    acme.owner
        .patch(h, &path, &json!({ "role": null, "grants": held(MAX_GRANTS) }))
        .await
        .expect(200);
    pat
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ends_of_the_most_grants_are_announced_in_one_email_and_keep_no_other_member_waiting() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let end = h.backend.clock().now() + SignedDuration::from_hours(24 * 9);
    let pat = with_the_most_grants(&h, &acme, &end.to_string()).await;
    acme.invite(&h, "late@acme.example", "program_admin", &["spring"]).await;
    h.advance(SignedDuration::from_hours(24 * 8));
    assert_eq!(h.expire().await["left"], 0);
    h.backend.drained().await;
    let to_pat = || {
        h.backend
            .mail()
            .into_iter()
            .filter(|m| m.to == pat.email() && !m.text.contains("/invitations/"))
    };
    assert_eq!(to_pat().count(), 1, "one announcement for all of them");
    assert_eq!(
        acme.seats_used(&h).await,
        2,
        "the invitation that expired has given its seat back"
    );
    h.advance(SignedDuration::from_hours(24 * 2));
    while h.expire().await["complete"] != true {}
    let member = acme
        .owner
        .get(&h, &acme.path(&format!("/members/{}", pat.id())))
        .await
        .expect(200);
    assert_eq!(member.body["grants"], json!([]));
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_with_the_most_grants_can_be_deactivated_and_removed() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let end = h.backend.clock().now() + SignedDuration::from_hours(24 * 90);
    let pat = with_the_most_grants(&h, &acme, &end.to_string()).await;
    // More words than the contact that is left of them is found by.
    let name = json!({ "name": "a b c d e f g h i j k l m n o p q r s t u v w x y z" });
    pat.patch(&h, &acme.path("/members/me"), &name).await.expect(200);
    let rows = json!({ "members": [pat.id()] });
    let done = acme
        .owner
        .post(&h, &acme.path("/members/deactivate"), &rows)
        .await
        .expect(200);
    assert_eq!(done.body["results"][0]["status"], "deactivated");
    acme.owner
        .delete(&h, &acme.path(&format!("/members/{}", pat.id())))
        .await
        .expect(204);
    recount(&h).await;
}
