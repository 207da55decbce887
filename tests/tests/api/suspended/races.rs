//! Suspending against everything else: each is done before it, or is refused.

use super::{REASON, SUSPENDED, resume};
use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::sampled::rounds;
use muster_tests::{Answer, Shot, recount, together};
use reqwest::Method;
use serde_json::json;
use std::sync::Arc;

/// Asserts that it was done, or refused because of the suspension.
#[track_caller]
fn done_or_suspended(answer: Answer, done: u16, refused: u16) {
    if answer.status != done {
        answer.problem(refused, SUSPENDED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_meets_a_suspension_is_done_before_it_or_refused() {
    let h = Arc::new(Harness::start().await);
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
        let facilitator =
            json!({ "role": "program_facilitator", "resources": [{ "type": "program", "id": "autumn" }] });
        let key = json!({ "name": "zapier" });
        let path = acme.path("/suspension");
        let shots = vec![
            Shot::new(&h, &h.platform(), Method::PUT, &path).body(&json!({ "reason": REASON })),
            Shot::post(&h, &guest, &accept),
            Shot::post(&h, &ann, &acme.path("/invitations")).body(&invitation("new@x.example", "participant", &[])),
            Shot::post(&h, &ann, &acme.path("/invitations")).body(&invitation("b@x.example", "admin", &[])),
            Shot::patch(&h, &ann, &member, &facilitator),
            Shot::post(&h, &ann, &acme.keys_of(&ann)).body(&key),
            Shot::delete(&h, &ann, &acme.path("/resources/program/spring")),
        ];
        let mut answers = together(&h, shots).await.into_iter();
        let mut next = || answers.next().unwrap();
        next().expect(200);
        done_or_suspended(next(), 200, 409);
        for done in [201, 201, 200, 201, 204] {
            done_or_suspended(next(), done, 403);
        }
        for who in [&ann, &pat] {
            who.get(&h, &acme.path("/members/me")).await.problem(403, SUSPENDED);
        }
        let inside = guest.get(&h, &acme.path("/members/me")).await;
        assert!([403, 404].contains(&inside.status), "{:#}", inside.body);
        resume(&h, &acme).await;
        ann.get(&h, &acme.path("/members/me")).await.expect(200);
        h.backend.drained().await;
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_set_it_at_once_one_does_and_its_owner_is_told_once() {
    let h = Arc::new(Harness::start().await);
    let acme = Organization::make(&h).await;
    let path = acme.path("/suspension");
    let body = json!({ "reason": REASON });
    for round in 1..3 {
        let set = |_| Shot::new(&h, &h.platform(), Method::PUT, &path).body(&body);
        for answer in together(&h, (0..6).map(set).collect()).await {
            answer.expect(200);
        }
        let end = |_| Shot::delete(&h, &h.platform(), &path);
        for answer in together(&h, (0..6).map(end).collect()).await {
            answer.expect(204);
        }
        for (kind, subject) in [
            ("organization.suspended", "Acme is suspended"),
            ("organization.resumed", "Acme is active again"),
        ] {
            assert_eq!(acme.recorded(&h, kind).await, round, "{kind}");
            let told = super::told(&h, acme.owner.email(), subject).await;
            // The mail of a suspension that is over by the time it is sent is left out.
            assert!(told <= round, "{subject}");
        }
    }
    recount(&h).await;
}
