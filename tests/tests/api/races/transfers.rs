//! Races of ownership: it is handed on once, to somebody who is there, and the one who pays stays an owner.

use super::{started, with_another_owner, won};
use muster_tests::harness::{Harness, Organization};
use muster_tests::sampled::rounds;
use muster_tests::{Persona, Shot, recount, together};
use serde_json::json;

const ROUNDS: usize = 8;
const FORBIDDEN: (u16, &str) = (403, "forbidden");
const GONE: (u16, &str) = (404, "not-found");

fn transfer(h: &Harness, acme: &Organization, from: &Persona, to: &Persona) -> Shot {
    let body = json!({ "to": to.id(), "then": "admin" });
    Shot::post(h, from, &acme.path("/transfer-ownership")).body(&body)
}

fn remove(h: &Harness, acme: &Organization, who: &Persona, whom: &Persona) -> Shot {
    Shot::delete(h, who, &acme.path(&format!("/members/{}", whom.id())))
}

async fn owners(h: &Harness, acme: &Organization, people: &[&Persona]) -> usize {
    let mut count = 0;
    for person in people {
        let me = person.get(h, &acme.path("/members/me")).await;
        count += usize::from(me.status == 200 && me.body["role"] == "owner");
    }
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_transfers_of_one_owner_one_is_made_and_one_owner_is_left() {
    let h = started().await;
    for round in 0..rounds(ROUNDS) {
        let owner = h.person(&format!("olivia{round}"));
        let acme = Organization::with_roles(&h, owner, "coaching-site").await;
        let ann = acme.join(&h, &format!("ann{round}"), "admin", &[]).await;
        let bob = acme.join(&h, &format!("bob{round}"), "editor", &[]).await;
        let shots = vec![
            transfer(&h, &acme, &acme.owner, &ann),
            transfer(&h, &acme, &acme.owner, &bob),
        ];
        let answers = together(&h, shots).await;
        assert_eq!(won(&answers, 200, &[FORBIDDEN]), 1);
        assert_eq!(owners(&h, &acme, &[&acme.owner, &ann, &bob]).await, 1);
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ownership_transferred_to_a_member_who_is_removed_at_that_moment_is_never_lost() {
    let h = started().await;
    for round in 0..rounds(ROUNDS) {
        let acme = Organization::of(&h, h.person(&format!("olivia{round}"))).await;
        let ann = acme.join(&h, &format!("ann{round}"), "admin", &[]).await;
        let bob = acme.join(&h, &format!("bob{round}"), "admin", &[]).await;
        let shots = vec![transfer(&h, &acme, &acme.owner, &ann), remove(&h, &acme, &bob, &ann)];
        let answers = together(&h, shots).await;
        let (handed, removed) = (answers[0].status == 200, answers[1].status == 204);
        // Whoever comes second finds that nobody is there, or that an admin may not touch an owner.
        assert!(handed != removed, "{} {}", answers[0].status, answers[1].status);
        won(&answers[..1], 200, &[GONE]);
        won(&answers[1..], 204, &[FORBIDDEN]);
        assert_eq!(owners(&h, &acme, &[&acme.owner, &ann]).await, 1);
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_one_who_is_named_to_pay_while_being_demoted_is_an_owner_or_does_not_pay() {
    let h = started().await;
    let (acme, other) = with_another_owner(&h).await;
    for _ in 0..rounds(ROUNDS) {
        let body = json!({ "member": other.id() });
        let path = acme.path(&format!("/members/{}", other.id()));
        let shots = vec![
            Shot::new(&h, &acme.owner, reqwest::Method::PUT, &acme.path("/paying-owner")).body(&body),
            Shot::patch(&h, &acme.owner, &path, &json!({ "role": "admin" })),
        ];
        let answers = together(&h, shots).await;
        won(&answers[..1], 200, &[(409, "not-an-owner")]);
        won(&answers[1..], 200, &[(409, "paying-owner")]);
        let seen = acme.owner.get(&h, &acme.path("")).await.expect(200);
        let pays = seen.body["paying_owner"] == json!(other.id());
        let owns = owners(&h, &acme, &[&other]).await == 1;
        assert!(owns || !pays, "who pays is an owner");
        recount(&h).await;
        // As before, for the next round.
        let body = json!({ "member": acme.owner.id() });
        acme.owner.put(&h, &acme.path("/paying-owner"), &body).await.expect(200);
        acme.owner
            .patch(&h, &path, &json!({ "role": "owner" }))
            .await
            .expect(200);
    }
}
