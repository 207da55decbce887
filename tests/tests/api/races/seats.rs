//! Races for seats.

use super::{count, names, started, won};
use muster_tests::harness::{Organization, invitation};
use muster_tests::sampled::rounds;
use muster_tests::{Shot, recount, together};
use reqwest::Method;
use serde_json::{Value, json};

const NO_SEATS: (u16, &str) = (409, "no-seats-available");

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_callers_for_the_last_ten_seats_exactly_ten_win() {
    let h = started().await;
    for round in 0..rounds(5) {
        let acme = Organization::make(&h).await;
        let other = acme.join(&h, "otto", "owner", &[]).await;
        acme.plan(&h, Some(12), &[]).await;
        let shots = (0..50).map(|n| {
            let who = if n % 2 == 0 { &acme.owner } else { &other };
            let body = invitation(&format!("guest-{round}-{n}@acme.example"), "admin", &[]);
            Shot::post(&h, who, &acme.path("/invitations")).body(&body)
        });
        let answers = together(&h, shots.collect()).await;
        assert_eq!(won(&answers, 201, &[NO_SEATS]), 10);
        for refused in answers.iter().filter(|a| a.status != 201) {
            assert_eq!(refused.body["seats"], json!({ "used": 12, "limit": 12, "needed": 1 }));
        }
        assert_eq!(acme.seats_used(&h).await, 12);
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invitations_activations_and_new_roles_together_take_no_more_seats_than_there_are() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    let off = acme.join_many(&h, &names("off", 8), "admin", &[]).await;
    let learners = acme
        .join_many(&h, &names("learner", 8), "participant", &["spring"])
        .await;
    let ids: Vec<String> = off.iter().map(|p| p.id()).collect();
    for round in 0..rounds(6) {
        acme.plan(&h, None, &[]).await;
        acme.owner
            .post(&h, &acme.path("/members/deactivate"), &json!({ "members": ids }))
            .await
            .expect(200);
        for learner in &learners {
            let body = json!({ "role": "participant", "resources": [{ "type": "program", "id": "spring" }] });
            let path = acme.path(&format!("/members/{}", learner.id()));
            acme.owner.patch(&h, &path, &body).await.expect(200);
        }
        let used = acme.seats_used(&h).await;
        acme.plan(&h, Some(u32::try_from(used).unwrap() + 7), &[]).await;

        let mut shots = Vec::new();
        for n in 0..8 {
            let body = invitation(&format!("guest-{round}-{n}@acme.example"), "admin", &[]);
            shots.push(Shot::post(&h, &acme.owner, &acme.path("/invitations")).body(&body));
            let body = json!({ "role": "admin" });
            let path = acme.path(&format!("/members/{}", learners[n].id()));
            shots.push(Shot::patch(&h, &acme.owner, &path, &body));
            let body = json!({ "members": [off[n].id()] });
            shots.push(Shot::post(&h, &acme.owner, &acme.path("/members/activate")).body(&body));
        }
        let answers = together(&h, shots).await;
        let mut taken = 0;
        for answer in answers {
            taken += match answer.status {
                201 => 1,
                200 if answer.body["results"].is_array() => {
                    usize::from(answer.body["results"][0]["status"] == "activated")
                }
                200 => 1,
                _ => won(&[answer], 200, &[NO_SEATS]),
            };
        }
        assert_eq!(taken, 7);
        assert_eq!(acme.seats_used(&h).await, used + 7);
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_members_activated_for_five_seats_exactly_five_become_active() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    let people = acme.join_many(&h, &names("member", 10), "admin", &[]).await;
    let ids: Vec<String> = people.iter().map(|p| p.id()).collect();
    let activate =
        |ids: &[String]| Shot::post(&h, &acme.owner, &acme.path("/members/activate")).body(&json!({ "members": ids }));
    for round in 0..rounds(6) {
        acme.owner
            .post(&h, &acme.path("/members/deactivate"), &json!({ "members": ids }))
            .await
            .expect(200);
        assert_eq!(acme.seats_used(&h).await, 1);
        acme.plan(&h, Some(6), &[]).await;
        let shots = match round % 3 {
            0 => ids.chunks(1).map(activate).collect(),
            1 => vec![activate(&ids), activate(&ids), activate(&ids)],
            _ => ids.chunks(4).chain(ids.chunks(1)).map(activate).collect(),
        };
        for answer in together(&h, shots).await {
            let answer = answer.expect(200);
            for row in answer.body["results"].as_array().unwrap() {
                let told = row["problem"]["type"].as_str().unwrap_or_default();
                assert!(
                    row["status"] == "activated" || told.ends_with("/no-seats-available"),
                    "{row:#}"
                );
            }
        }
        let list = acme.owner.get(&h, &acme.path("/members?limit=100")).await.expect(200);
        let active = |row: &&Value| row["status"] == "active" && row["id"] != acme.owner.id();
        let rows = list.body["items"].as_array().unwrap();
        assert_eq!(rows.iter().filter(active).count(), 5, "round {round}");
        assert_eq!(list.body["seats"], json!({ "used": 6, "limit": 6, "at_limit": true }));
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acceptance_finds_its_seat_while_others_compete_for_a_freed_one() {
    let h = started().await;
    for round in 0..rounds(8) {
        let acme = Organization::make(&h).await;
        let leaver = acme.join(&h, "lea", "admin", &[]).await;
        let guest = h.person("gus");
        acme.invite(&h, guest.email(), "admin", &[]).await;
        let accept = h.accept_path(&guest).await;
        acme.plan(&h, Some(3), &[]).await;
        let deactivate = json!({ "members": [leaver.id()] });
        let mut shots = vec![
            Shot::post(&h, &acme.owner, &acme.path("/members/deactivate")).body(&deactivate),
            Shot::post(&h, &guest, &accept),
        ];
        for n in 0..4 {
            let body = invitation(&format!("another-{round}-{n}@acme.example"), "admin", &[]);
            shots.push(Shot::post(&h, &acme.owner, &acme.path("/invitations")).body(&body));
        }
        let answers = together(&h, shots).await;
        assert_eq!(
            answers[0].clone().expect(200).body["results"][0]["status"],
            "deactivated"
        );
        answers[1].clone().expect(200);
        let invited = won(&answers[2..], 201, &[NO_SEATS]) as u64;
        assert!(invited <= 1, "one seat was freed");
        assert_eq!(acme.seats_used(&h).await, 2 + invited);
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_lowered_while_people_are_invited_keeps_who_is_there_and_blocks_the_rest() {
    let h = started().await;
    for round in 0..rounds(6) {
        let acme = Organization::make(&h).await;
        acme.plan(&h, Some(40), &[]).await;
        let mut shots: Vec<Shot> = (0..20)
            .map(|n| {
                let body = invitation(&format!("guest-{round}-{n}@acme.example"), "admin", &[]);
                Shot::post(&h, &acme.owner, &acme.path("/invitations")).body(&body)
            })
            .collect();
        let lower = json!({ "seat_limit": 5 });
        shots.insert(
            10,
            Shot::new(&h, &h.platform(), Method::PUT, &acme.path("/plan")).body(&lower),
        );
        let mut answers = together(&h, shots).await;
        answers.remove(10).expect(200);
        let invited = won(&answers, 201, &[NO_SEATS]) as u64;
        for refused in answers.iter().filter(|a| a.status != 201) {
            let seats = &refused.body["seats"];
            assert_eq!(seats["limit"], 5, "nothing was refused under the old plan");
            assert!(
                seats["used"].as_u64().unwrap() >= 5,
                "refused only where no seat was free: {seats}"
            );
        }
        assert!(invited >= 4, "the new plan has room for four beside the owner");
        assert_eq!(acme.seats_used(&h).await, 1 + invited);
        let body = invitation("late@acme.example", "admin", &[]);
        acme.owner
            .post(&h, &acme.path("/invitations"), &body)
            .await
            .problem(409, "no-seats-available");
        assert_eq!(count(&answers, 201) as u64, invited);
    }
    recount(&h).await;
}
