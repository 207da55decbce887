//! Bulk actions that meet: each row comes out as if one had been asked for after the other.

use super::late::gated;
use super::{names, started};
use muster_tests::harness::{Harness, Organization};
use muster_tests::sampled::rounds;
use muster_tests::shortcuts::verdicts;
use muster_tests::{Persona, Shot, recount, together};
use serde_json::{Value, json};

const ROUNDS: usize = 4;

fn shot(h: &Harness, acme: &Organization, who: &Persona, path: &str, body: &Value) -> Shot {
    Shot::post(h, who, &acme.path(path)).body(body)
}

/// How many rows of an answer were done.
fn done(answer: &Value) -> usize {
    verdicts(answer)
        .iter()
        .filter(|(status, _)| status != "refused")
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_remove_the_same_members_remove_each_once() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    let rounds = rounds(ROUNDS);
    for round in 0..rounds {
        let people = acme.join_many(&h, &names(&format!("r{round}"), 40), "admin", &[]).await;
        let ids: Vec<String> = people.iter().map(Persona::id).collect();
        let turned: Vec<&String> = ids.iter().rev().collect();
        let shots = vec![
            shot(&h, &acme, &acme.owner, "/members/remove", &json!({ "members": ids })),
            shot(&h, &acme, &acme.owner, "/members/remove", &json!({ "members": turned })),
        ];
        let answers = together(&h, shots).await;
        let removed: usize = answers.iter().map(|a| done(&a.clone().expect(200).body)).sum();
        assert_eq!(removed, 40);
        assert_eq!(acme.seats_used(&h).await, 1);
        recount(&h).await;
    }
    assert_eq!(acme.recorded(&h, "member.removed").await, 40 * rounds);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_owners_who_demote_all_owners_at_once_one_stays() {
    let h = started().await;
    for _ in 0..rounds(ROUNDS) {
        let acme = Organization::make(&h).await;
        let others = acme.join_many(&h, &names("owner", 3), "owner", &[]).await;
        let all: Vec<Persona> = std::iter::once(acme.owner.clone()).chain(others).collect();
        let ids: Vec<String> = all.iter().map(Persona::id).collect();
        let shots = all.iter().map(|who| {
            let others: Vec<&String> = ids.iter().filter(|id| **id != who.id()).collect();
            let rows: Vec<&String> = others
                .into_iter()
                .chain(ids.iter().filter(|id| **id == who.id()))
                .collect();
            let body = json!({ "members": rows, "role": "admin" });
            shot(&h, &acme, who, "/members/change-role", &body)
        });
        together(&h, shots.collect()).await;
        let mut owners = 0;
        for one in &all {
            let role = one.get(&h, &acme.path("/members/me")).await.expect(200).text("/role");
            owners += usize::from(role == "owner");
        }
        assert_eq!(owners, 1);
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_and_revivals_at_once_take_no_more_seats_than_there_are() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    let people = acme.join_many(&h, &names("learner", 8), "participant", &[]).await;
    let members: Vec<String> = people.iter().map(Persona::id).collect();
    let mut expired = Vec::new();
    for name in names("guest", 8) {
        expired.push(acme.invite(&h, &format!("{name}@x.example"), "admin", &[]).await);
    }
    h.advance_days(8);
    h.run_schedule().await;
    acme.plan(&h, Some(6), &[]).await;
    let promote = |ids: &[String]| {
        let body = json!({ "members": ids, "role": "admin" });
        shot(&h, &acme, &acme.owner, "/members/change-role", &body)
    };
    let revive = |ids: &[String]| {
        let body = json!({ "invitations": ids });
        shot(&h, &acme, &acme.owner, "/invitations/resend", &body)
    };
    let shots = vec![
        promote(&members),
        revive(&expired),
        promote(&members[4..]),
        revive(&expired[4..]),
    ];
    for answer in together(&h, shots).await {
        for (status, kind) in verdicts(&answer.expect(200).body) {
            assert!(status != "refused" || kind == "no-seats-available", "{kind}");
        }
    }
    assert_eq!(acme.seats_used(&h).await, 6);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_and_resending_the_same_invitations_ends_or_mails_each() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    let rounds = rounds(ROUNDS);
    for round in 0..rounds {
        let emails: Vec<String> = names(&format!("g{round}"), 20)
            .iter()
            .map(|n| format!("{n}@x.example"))
            .collect();
        let body = json!({ "emails": emails, "role": "participant" });
        let made = acme.try_invite(&h, &body).await.expect(201);
        let ids: Vec<Value> = made.body["invitations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["id"].clone())
            .collect();
        h.backend.drained().await;
        let body = json!({ "invitations": ids });
        let shots = vec![
            shot(&h, &acme, &acme.owner, "/invitations/cancel", &body),
            shot(&h, &acme, &acme.owner, "/invitations/resend", &body),
            shot(&h, &acme, &acme.owner, "/invitations/cancel", &body),
        ];
        let answers = together(&h, shots).await;
        for answer in &answers {
            for (status, kind) in verdicts(&answer.clone().expect(200).body) {
                assert!(status != "refused" || kind == "invitation-cancelled", "{kind}");
            }
        }
        assert_eq!((done(&answers[0].body), done(&answers[2].body)), (20, 20));
        assert!(acme.pending(&h).await.is_empty());
        recount(&h).await;
    }
    assert_eq!(acme.recorded(&h, "invitation.cancelled").await, 20 * rounds);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_request_sent_twice_at_once_under_one_key_is_done_once() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    let emails: Vec<String> = names("guest", 60).iter().map(|n| format!("{n}@x.example")).collect();
    let ids = acme.invite_many(&h, &emails, "participant", &[]).await;
    h.backend.drained().await;
    let body = json!({ "invitations": ids });
    for round in 1..=rounds(ROUNDS) {
        let key = format!("k{round}");
        let twin = || shot(&h, &acme, &acme.owner, "/invitations/resend", &body).header("idempotency-key", &key);
        let answers = together(&h, vec![twin(), twin(), twin()]).await;
        for answer in &answers {
            assert_eq!(done(&answer.clone().expect(200).body), 60, "{:#}", answer.body);
        }
        assert_eq!(acme.recorded(&h, "invitation.resent").await, 60 * round);
        for email in &emails {
            assert_eq!(h.invitations_mailed(email).await, 1 + round, "{email}");
        }
        // So often an invitation is sent on different days alone.
        h.advance_days(1);
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_is_demoted_half_way_is_refused_the_remaining_rows_and_told_of_the_finished_ones() {
    let (h, gate) = gated().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let people = acme.join_many(&h, &names("member", 60), "participant", &[]).await;
    let body = json!({ "members": people.iter().map(Persona::id).collect::<Vec<_>>() });
    let path = acme.path("/members/deactivate");
    gate.shut();
    let (own, who) = (h.clone(), ada.clone());
    let asking = tokio::spawn(async move { who.post(&own, &path, &body).await });
    gate.held().await;
    gate.shut();
    gate.open();
    gate.held().await;
    let demoted = acme.path(&format!("/members/{}", ada.id()));
    let body = json!({ "role": "participant" });
    acme.owner.patch(&h, &demoted, &body).await.expect(200);
    gate.open();
    let answer = asking.await.unwrap().expect(200);
    let told = verdicts(&answer.body);
    assert_eq!(told.len(), 60);
    let through = told.iter().take_while(|(status, _)| status == "deactivated").count();
    assert!((1..60).contains(&through), "{through}");
    assert!(told[through..].iter().all(|(_, kind)| kind == "forbidden"), "{told:?}");
    assert_eq!(acme.recorded(&h, "member.deactivated").await, through);
    recount(&h).await;
}
