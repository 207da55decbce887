//! Deleting an organization against everything else: each is done before it or finds nobody at home.

use super::{names, started, won};
use muster_tests::harness::{Organization, invitation};
use muster_tests::sampled::rounds;
use muster_tests::shortcuts::participants;
use muster_tests::{Shot, recount, together};
use reqwest::Method;
use serde_json::json;

const GONE: (u16, &str) = (404, "not-found");

#[tokio::test(flavor = "multi_thread")]
async fn whatever_meets_the_deletion_of_its_organization_is_done_before_it_or_not_at_all() {
    let h = started().await;
    for round in 0..rounds(4) {
        let acme = Organization::of(&h, h.person(&format!("olivia{round}"))).await;
        let ann = acme.join(&h, &format!("ann{round}"), "admin", &[]).await;
        let pat = acme
            .join(&h, &format!("pat{round}"), "program_admin", &["spring"])
            .await;
        let guest = h.person(&format!("gus{round}"));
        acme.invite(&h, guest.email(), "participant", &[]).await;
        let accept = h.accept_path(&guest).await;
        let member = acme.path(&format!("/members/{}", pat.id()));
        let rows = json!({ "members": [pat.id()] });
        let to = json!({ "to": ann.id(), "then": "admin" });
        let shots = vec![
            Shot::delete(&h, &acme.owner, &acme.path("")),
            Shot::post(&h, &guest, &accept),
            Shot::post(&h, &ann, &acme.path("/invitations")).body(&participants(&names("new@x.example", 1))),
            Shot::post(&h, &ann, &acme.path("/invitations")).body(&invitation(
                "b@x.example",
                "program_admin",
                &["spring"],
            )),
            Shot::patch(
                &h,
                &ann,
                &member,
                &json!({ "role": "program_facilitator", "resources": [{ "type": "program", "id": "autumn" }] }),
            ),
            Shot::post(&h, &ann, &acme.path("/members/deactivate")).body(&rows),
            Shot::new(&h, &acme.owner, Method::PUT, &acme.path("/paying-owner"))
                .body(&json!({ "member": acme.owner.id() })),
            Shot::post(&h, &acme.owner, &acme.path("/transfer-ownership")).body(&to),
            Shot::delete(&h, &pat, &acme.path("/members/me")),
            Shot::delete(&h, &ann, &acme.path("/resources/program/autumn")),
        ];
        let answers = together(&h, shots).await;
        // The owner may have handed the organization on before they could delete it.
        won(&answers[..1], 204, &[(403, "forbidden")]);
        for answer in &answers[1..] {
            assert!((200..500).contains(&answer.status), "{:#}", answer.body);
        }
        if answers[0].status == 204 {
            for who in [&acme.owner, &ann, &pat, &guest] {
                let seen = who.get(&h, &acme.path("/members/me")).await;
                won(&[seen], 200, &[GONE]);
                who.get(&h, &acme.path("")).await.problem(404, "not-found");
            }
            h.platform()
                .post(&h, &acme.path("/restore"), &serde_json::Value::Null)
                .await
                .expect(200);
        }
        h.backend.drained().await;
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_delete_at_once_one_does_and_each_owner_hears_of_it_once() {
    let h = started().await;
    let (acme, other) = super::with_another_owner(&h).await;
    let shots = [&acme.owner, &other].map(|who| Shot::delete(&h, who, &acme.path("")));
    let answers = together(&h, shots.into()).await;
    assert_eq!(won(&answers, 204, &[GONE]), 1);
    for who in [&acme.owner, &other] {
        let told = h.mail_to(who.email()).await;
        let told = told.iter().filter(|m| m.subject == "Acme was deleted").count();
        assert_eq!(told, 1);
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn restoring_and_erasing_at_the_same_moment_leave_a_whole_organization_or_none() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    acme.owner.delete(&h, &acme.path("")).await.expect(204);
    h.backend.drained().await;
    // The clock stands just before the end; the job is due a moment later.
    h.advance(jiff::SignedDuration::from_hours(30 * 24) - jiff::SignedDuration::from_secs(2));
    let restore = Shot::post(&h, &h.platform(), &acme.path("/restore"));
    let answers = together(&h, vec![restore]).await;
    won(&answers, 200, &[(409, "organization-erased")]);
    h.advance(jiff::SignedDuration::from_mins(5));
    h.run_schedule().await;
    let seen = pat.get(&h, &acme.path("/members/me")).await;
    assert_eq!(seen.status == 200, answers[0].status == 200);
    recount(&h).await;
}
