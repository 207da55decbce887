//! Races between owners: one active owner is always left, and nobody acts on a power already lost.

use super::{count, started, with_another_owner, won};
use muster_tests::harness::{Harness, Organization};
use muster_tests::sampled::rounds;
use muster_tests::{Answer, Persona, Shot, recount, together};
use serde_json::{Value, json};

const ROUNDS: usize = 8;
const FORBIDDEN: (u16, &str) = (403, "forbidden");
const LAST_OWNER: (u16, &str) = (409, "last-owner");

fn demote(h: &Harness, acme: &Organization, who: &Persona, whom: &str) -> Shot {
    Shot::patch(
        h,
        who,
        &acme.path(&format!("/members/{whom}")),
        &json!({ "role": "admin" }),
    )
}

fn remove(h: &Harness, acme: &Organization, who: &Persona, whom: &str) -> Shot {
    Shot::delete(h, who, &acme.path(&format!("/members/{whom}")))
}

async fn role(h: &Harness, acme: &Organization, who: &Persona) -> Value {
    who.get(h, &acme.path("/members/me")).await.expect(200).body["role"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_owners_who_demote_each_other_one_stays_owner() {
    let h = started().await;
    let (acme, other) = with_another_owner(&h).await;
    let both = [acme.owner.clone(), other];
    for round in 0..rounds(ROUNDS) {
        let (a, b) = (&both[round % 2], &both[(round + 1) % 2]);
        let shots = vec![demote(&h, &acme, a, &b.id()), demote(&h, &acme, b, &a.id())];
        let answers = together(&h, shots).await;
        assert_eq!(
            won(&answers, 200, &[FORBIDDEN]),
            1,
            "the demoted one is no owner any more"
        );
        let (winner, loser) = if answers[0].status == 200 { (a, b) } else { (b, a) };
        assert_eq!(role(&h, &acme, winner).await, "owner");
        assert_eq!(role(&h, &acme, loser).await, "admin");
        recount(&h).await;
        let path = acme.path(&format!("/members/{}", loser.id()));
        winner.patch(&h, &path, &json!({ "role": "owner" })).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_owners_who_demote_themselves_one_stays_owner() {
    let h = started().await;
    let (acme, other) = with_another_owner(&h).await;
    for _ in 0..rounds(ROUNDS) {
        let shots = [&acme.owner, &other].map(|who| demote(&h, &acme, who, "me"));
        let answers = together(&h, shots.into()).await;
        assert_eq!(won(&answers, 200, &[LAST_OWNER]), 1);
        recount(&h).await;
        let (winner, loser) = if answers[0].status == 200 {
            (&other, &acme.owner)
        } else {
            (&acme.owner, &other)
        };
        let path = acme.path(&format!("/members/{}", loser.id()));
        winner.patch(&h, &path, &json!({ "role": "owner" })).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_three_owners_who_demote_each_other_in_a_ring_the_first_demoted_demotes_no_other() {
    let h = started().await;
    let (acme, other) = with_another_owner(&h).await;
    let third = acme.join(&h, "oda", "owner", &[]).await;
    let ring = [acme.owner.clone(), other, third];
    for _ in 0..rounds(ROUNDS) {
        let shots = (0..3).map(|i| demote(&h, &acme, &ring[i], &ring[(i + 1) % 3].id()));
        let answers = together(&h, shots.collect()).await;
        // One after the other, in whatever order: the first demotes the second, who then demotes nobody; the third demotes the first.
        assert_eq!(won(&answers, 200, &[FORBIDDEN]), 2);
        let loser = answers.iter().position(|a| a.status != 200).unwrap();
        let owner = (loser + 1) % 3;
        for (i, one) in ring.iter().enumerate() {
            let expected = if i == owner { "owner" } else { "admin" };
            assert_eq!(role(&h, &acme, one).await, expected, "{i} where {loser} was refused");
        }
        recount(&h).await;
        for one in ring.iter().filter(|one| one.id() != ring[owner].id()) {
            let path = acme.path(&format!("/members/{}", one.id()));
            ring[owner]
                .patch(&h, &path, &json!({ "role": "owner" }))
                .await
                .expect(200);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_three_owners_who_demote_all_others_one_stays_owner() {
    let h = started().await;
    let (acme, other) = with_another_owner(&h).await;
    let third = acme.join(&h, "oda", "owner", &[]).await;
    let all = [acme.owner.clone(), other, third];
    for _ in 0..rounds(ROUNDS) {
        let mut shots = Vec::new();
        for a in &all {
            shots.extend(
                all.iter()
                    .filter(|b| b.id() != a.id())
                    .map(|b| demote(&h, &acme, a, &b.id())),
            );
        }
        let answers = together(&h, shots).await;
        assert!(won(&answers, 200, &[FORBIDDEN]) >= 2);
        let mut owners = Vec::new();
        for one in &all {
            if role(&h, &acme, one).await == "owner" {
                owners.push(one);
            }
        }
        assert_eq!(owners.len(), 1, "who still was an owner could still demote");
        recount(&h).await;
        for one in all.iter().filter(|one| one.id() != owners[0].id()) {
            let path = acme.path(&format!("/members/{}", one.id()));
            owners[0]
                .patch(&h, &path, &json!({ "role": "owner" }))
                .await
                .expect(200);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_owners_who_leave_one_stays() {
    let h = started().await;
    for _ in 0..rounds(ROUNDS) {
        let (acme, other) = with_another_owner(&h).await;
        let shots = [&acme.owner, &other].map(|who| remove(&h, &acme, who, "me"));
        let answers = together(&h, shots.into()).await;
        assert_eq!(won(&answers, 204, &[LAST_OWNER]), 1);
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_owners_who_remove_each_other_one_stays_and_the_other_is_a_stranger() {
    let h = started().await;
    for _ in 0..rounds(ROUNDS) {
        let (acme, other) = with_another_owner(&h).await;
        let (a, b) = (&acme.owner, &other);
        let shots = vec![remove(&h, &acme, a, &b.id()), remove(&h, &acme, b, &a.id())];
        let answers = together(&h, shots).await;
        assert_eq!(won(&answers, 204, &[(404, "not-found")]), 1);
        let (winner, loser) = if answers[0].status == 204 { (a, b) } else { (b, a) };
        assert_eq!(role(&h, &acme, winner).await, "owner");
        loser.get(&h, &acme.path("")).await.problem(404, "not-found");
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_owners_who_deactivate_each_other_one_stays_active() {
    let h = started().await;
    let (acme, other) = with_another_owner(&h).await;
    let (a, b) = (&acme.owner, &other);
    let switch = |who: &Persona, whom: &Persona| {
        Shot::post(&h, who, &acme.path("/members/deactivate")).body(&json!({ "members": [whom.id()] }))
    };
    for _ in 0..rounds(ROUNDS) {
        let answers = together(&h, vec![switch(a, b), switch(b, a)]).await;
        assert_eq!(won(&answers, 200, &[(403, "member-inactive")]), 1);
        let (winner, loser) = if answers[0].status == 200 { (a, b) } else { (b, a) };
        let first = if answers[0].status == 200 {
            &answers[0]
        } else {
            &answers[1]
        };
        assert_eq!(first.body["results"][0]["status"], "deactivated");
        recount(&h).await;
        let body = json!({ "members": [loser.id()] });
        winner
            .post(&h, &acme.path("/members/activate"), &body)
            .await
            .expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_who_leaves_while_the_other_steps_down_leaves_an_owner() {
    let h = started().await;
    for _ in 0..rounds(ROUNDS) {
        let (acme, other) = with_another_owner(&h).await;
        let shots = vec![remove(&h, &acme, &acme.owner, "me"), demote(&h, &acme, &other, "me")];
        let answers = together(&h, shots).await;
        let done = count(&answers, 204) + count(&answers, 200);
        assert_eq!(done, 1, "{:#} {:#}", answers[0].body, answers[1].body);
        let refused = answers.into_iter().find(|a| a.status >= 400).unwrap();
        refused.problem(409, "last-owner");
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_is_left_when_each_does_something_else_to_the_other() {
    let h = started().await;
    for round in 0..rounds(ROUNDS) {
        let (acme, other) = with_another_owner(&h).await;
        let (a, b) = (&acme.owner, &other);
        let deactivate = Shot::post(&h, a, &acme.path("/members/deactivate")).body(&json!({ "members": [b.id()] }));
        let shots = match round % 4 {
            0 => vec![deactivate, remove(&h, &acme, b, &a.id())],
            1 => vec![deactivate, demote(&h, &acme, b, &a.id())],
            2 => vec![remove(&h, &acme, a, &b.id()), demote(&h, &acme, b, &a.id())],
            _ => vec![remove(&h, &acme, a, "me"), remove(&h, &acme, b, &a.id())],
        };
        let answers = together(&h, shots).await;
        // Switching members tells of each row in a 200.
        let is_refused = |a: &Answer| a.status >= 400 || a.body["results"][0]["status"] == "refused";
        let refused: Vec<_> = answers.into_iter().filter(is_refused).collect();
        assert_eq!(refused.len(), 1, "{refused:#?}");
        let told = [FORBIDDEN, (403, "member-inactive"), (404, "not-found")];
        won(&refused, 200, &told);
        recount(&h).await;
    }
}
