//! Races between two owners while a third looks on: the count of owners would allow both, the order of things does not.

use super::{started, with_another_owner};
use muster_tests::harness::{Harness, Organization};
use muster_tests::{Answer, Persona, Shot, recount, together};
use serde_json::json;

#[derive(Clone, Copy)]
enum Deed {
    Demote,
    Remove,
    Deactivate,
}

use Deed::{Deactivate, Demote, Remove};
use muster_tests::sampled::rounds;

fn shot(h: &Harness, acme: &Organization, deed: Deed, who: &Persona, whom: &Persona) -> Shot {
    let member = acme.path(&format!("/members/{}", whom.id()));
    match deed {
        Demote => Shot::patch(h, who, &member, &json!({ "role": "admin" })),
        Remove => Shot::delete(h, who, &member),
        Deactivate => Shot::post(h, who, &acme.path("/members/deactivate")).body(&json!({ "members": [whom.id()] })),
    }
}

fn is_done(answer: &Answer) -> bool {
    answer.status < 300 && answer.body["results"][0]["status"] != "refused"
}

/// Asserts that this is what somebody is told to whom the other was first.
#[track_caller]
fn came_second(answer: &Answer, first: Deed) {
    let row = &answer.body["results"][0]["problem"];
    let problem = if row.is_object() { row } else { &answer.body };
    let told = problem["type"].as_str().unwrap_or_default().rsplit('/').next();
    let expected = match first {
        Demote => "forbidden",
        Remove => "not-found",
        Deactivate => "member-inactive",
    };
    assert_eq!(told, Some(expected), "{problem:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_owner_acts_on_an_ownership_that_the_other_has_just_ended() {
    let h = started().await;
    let deeds = [
        (Demote, Demote),
        (Remove, Remove),
        (Deactivate, Deactivate),
        (Demote, Remove),
        (Demote, Deactivate),
        (Remove, Deactivate),
    ];
    for round in 0..rounds(24) {
        let (acme, b) = with_another_owner(&h).await;
        acme.join(&h, "oda", "owner", &[]).await;
        let a = &acme.owner;
        let (of_a, of_b) = deeds[round % deeds.len()];
        let mut shots = vec![shot(&h, &acme, of_a, a, &b), shot(&h, &acme, of_b, &b, a)];
        shots.rotate_left(round / deeds.len() % 2);
        let mut answers = together(&h, shots).await;
        answers.rotate_right(round / deeds.len() % 2);
        match (is_done(&answers[0]), is_done(&answers[1])) {
            (true, false) => came_second(&answers[1], of_a),
            (false, true) => came_second(&answers[0], of_b),
            _ => panic!("one of them, not {answers:#?}"),
        }
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ring_of_owners_who_demote_each_other_is_broken_where_it_began() {
    let h = started().await;
    for _ in 0..rounds(8) {
        let (acme, other) = with_another_owner(&h).await;
        let third = acme.join(&h, "oda", "owner", &[]).await;
        acme.join(&h, "ole", "owner", &[]).await;
        let ring = [acme.owner.clone(), other, third];
        let shots = (0..3).map(|i| shot(&h, &acme, Demote, &ring[i], &ring[(i + 1) % 3]));
        let answers = together(&h, shots.collect()).await;
        let done = answers.iter().filter(|a| is_done(a)).count();
        assert_eq!(done, 2, "whoever was demoted first demoted nobody: {answers:#?}");
        recount(&h).await;
    }
}
