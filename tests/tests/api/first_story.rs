//! The first story, from an organization to the end of a helper's access.

use jiff::SignedDuration;
use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::recount;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_invites_its_team_people_accept_and_a_helpers_access_ends_on_time() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.plan(&h, Some(3), &["partner.example"]).await;
    acme.optional_roles(&h, &["implementation_admin"]).await;

    let pat = h.person("pat");
    acme.invite(&h, pat.email(), "program_admin", &["spring"]).await;
    assert_eq!(acme.seats_used(&h).await, 2, "a pending invitation holds its seat");
    let token = h.invitation_token(pat.email()).await;
    let shown = h
        .send(
            None,
            reqwest::Method::GET,
            &format!("/v1/invitations/{token}"),
            None,
            &[],
        )
        .await
        .expect(200);
    assert_eq!(shown.body["email"], "p***@acme.example");
    pat.post(&h, &format!("/v1/invitations/{token}/accept"), &Value::Null)
        .await
        .expect(200);
    assert_eq!(acme.seats_used(&h).await, 2, "accepting costs no further seat");

    let helper = h.person("hal").with_email("hal@partner.example", true);
    acme.owner
        .post(
            &h,
            &acme.path("/invitations"),
            &invitation(helper.email(), "implementation_admin", &[]),
        )
        .await
        .expect(201);
    let token = h.invitation_token(helper.email()).await;
    helper
        .post(&h, &format!("/v1/invitations/{token}/accept"), &Value::Null)
        .await
        .expect(200);
    let body = json!({ "name": "Summer cohort" });
    helper
        .put(&h, &acme.path("/resources/program/summer"), &body)
        .await
        .expect(201);

    h.advance(SignedDuration::from_hours(24 * 31));
    helper
        .put(&h, &acme.path("/resources/program/winter"), &body)
        .await
        .problem(403, "forbidden");
    let me = helper.get(&h, &acme.path("/members/me")).await.expect(200);
    assert_eq!(me.body["role"], Value::Null, "the role is over though no job has run");

    h.expire().await;
    h.backend.drained().await;
    let told: Vec<_> = h
        .backend
        .mail()
        .into_iter()
        .filter(|m| m.to == helper.email())
        .collect();
    assert!(
        told.iter().any(|m| m.subject.contains("ended")),
        "{:?}",
        told.iter().map(|m| &m.subject).collect::<Vec<_>>()
    );
    recount(&h).await;
}
