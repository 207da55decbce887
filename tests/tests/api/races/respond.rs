//! Races around invitations: one end each, told rightly to everybody who wanted another.

use super::{count, names, started, won};
use jiff::SignedDuration;
use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::sampled::rounds;
use muster_tests::{Persona, Shot, recount, together};
use serde_json::Value;

/// Statuses and problems that those who lost may be answered with.
type Refusals<'a> = &'a [(u16, &'a str)];

/// How often each kind of event stands in the organization's record for one invitation.
async fn ends(h: &Harness, acme: &Organization, invitation: &str) -> Vec<String> {
    let events = acme.owner.get(h, &acme.path("/events?limit=100")).await.expect(200);
    let ends = ["accepted", "declined", "cancelled", "expired"].map(|end| format!("invitation.{end}"));
    let rows = events.body["items"].as_array().unwrap().iter();
    let own = rows.filter(|e| e["subject"]["id"] == invitation);
    let kinds = own.map(|e| e["kind"].as_str().unwrap().to_owned());
    kinds.filter(|kind| ends.contains(kind)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_accept_decline_and_cancel_exactly_one_ends_an_invitation_and_the_others_are_told_how() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    for (round, name) in names("guest", 10).iter().enumerate() {
        let guest = h.person(name);
        let role = if round % 2 == 0 { "admin" } else { "participant" };
        let id = acme.invite(&h, guest.email(), role, &[]).await;
        let accept = h.accept_path(&guest).await;
        let mut shots = vec![
            Shot::post(&h, &guest, &accept),
            Shot::delete(&h, &acme.owner, &acme.path(&format!("/invitations/{id}"))),
            Shot::post(&h, &guest, &accept.replace("/accept", "/decline")),
        ];
        shots.rotate_left(round % 3);
        let mut answers = together(&h, shots).await;
        answers.rotate_right(round % 3);
        let ended = ends(&h, &acme, &id).await;
        let [accepted, cancelled, declined] = &answers[..] else {
            unreachable!()
        };
        let (of_guest, of_owner): (Refusals<'_>, Refusals<'_>) = match ended[..] {
            [ref one] if one == "invitation.accepted" => {
                assert_eq!(accepted.status, 200);
                (
                    &[(410, "invitation-already-accepted")],
                    &[(409, "invitation-already-accepted")],
                )
            }
            [ref one] if one == "invitation.cancelled" => {
                assert_eq!(cancelled.status, 204);
                (&[(410, "invitation-cancelled")], &[])
            }
            [ref one] if one == "invitation.declined" => {
                assert_eq!(declined.status, 204);
                (&[(410, "invitation-declined")], &[(409, "invitation-declined")])
            }
            _ => panic!("one end, not {ended:?}"),
        };
        let done = count(&answers, 200) + count(&answers, 204);
        assert_eq!(done, 1, "{answers:#?}");
        won(std::slice::from_ref(accepted), 200, of_guest);
        won(std::slice::from_ref(declined), 204, of_guest);
        won(std::slice::from_ref(cancelled), 204, of_owner);
        recount(&h).await;
    }
}

/// Accept, cancel and the schedule at once, around the instant at which the invitations of these people expire.
async fn at_the_end_of_their_time(h: &std::sync::Arc<Harness>, acme: &Organization, guests: &[Persona], first: usize) {
    let mut ids = Vec::new();
    let mut shots = Vec::new();
    for guest in guests {
        let id = acme.invite(h, guest.email(), "admin", &[]).await;
        let cancel = Shot::delete(h, &acme.owner, &acme.path(&format!("/invitations/{id}")));
        shots.push((Some(Shot::post(h, guest, &h.accept_path(guest).await)), Some(cancel)));
        ids.push(id);
    }
    let week = SignedDuration::from_hours(7 * 24);
    h.advance(week - SignedDuration::from_mins(1));
    // Tokens last half a day: those of before have run out, so the requests are made anew.
    for ((accept, cancel), (guest, id)) in shots.iter_mut().zip(guests.iter().zip(&ids)) {
        let path = h.accept_path(guest).await;
        *accept = Some(Shot::post(h, guest, &path));
        *cancel = Some(Shot::delete(h, &acme.owner, &acme.path(&format!("/invitations/{id}"))));
    }
    let mut flat: Vec<Shot> = shots.into_iter().flat_map(|(a, c)| [a, c]).flatten().collect();
    let turn = first % flat.len();
    flat.rotate_left(turn);
    let time = async {
        h.advance(SignedDuration::from_mins(2));
        h.expire().await
    };
    let (mut answers, _) = tokio::join!(together(h, flat), time);
    answers.rotate_right(turn);
    // What the schedule lost to somebody else it leaves to its next run.
    h.expire().await;
    for (id, pair) in ids.iter().zip(answers.chunks(2)) {
        let ended = ends(h, acme, id).await;
        let (of_guest, of_owner): (Refusals<'_>, Refusals<'_>) = match ended[..] {
            // Each request is decided as of the instant it came: one that came after the time was up may be told that it
            // has expired while one that came before is still being written.
            [ref one] if one == "invitation.accepted" => (
                &[],
                &[(409, "invitation-already-accepted"), (409, "invitation-expired")],
            ),
            [ref one] if one == "invitation.cancelled" => {
                (&[(410, "invitation-cancelled"), (410, "invitation-expired")], &[])
            }
            [ref one] if one == "invitation.expired" => {
                (&[(410, "invitation-expired")], &[(409, "invitation-expired")])
            }
            _ => panic!("one end, not {ended:?}"),
        };
        let accepted = won(&pair[..1], 200, of_guest);
        let cancelled = won(&pair[1..], 204, of_owner);
        assert_eq!(accepted, usize::from(ended[0] == "invitation.accepted"));
        assert_eq!(cancelled, usize::from(ended[0] == "invitation.cancelled"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_accept_cancel_and_expire_exactly_one_ends_an_invitation_and_the_others_are_told_how() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    for round in 0..rounds(6) {
        let guests: Vec<Persona> = names(&format!("guest-{round}"), 4)
            .iter()
            .map(|n| h.person(n))
            .collect();
        at_the_end_of_their_time(&h, &acme, &guests, round).await;
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_resend_and_accept_the_later_one_is_told_of_the_earlier_and_one_good_link_is_left() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    for (round, name) in names("guest", 10).iter().enumerate() {
        let guest = h.person(name);
        let id = acme.invite(&h, guest.email(), "admin", &[]).await;
        let old = h.accept_path(&guest).await;
        let mut shots = vec![
            Shot::post(&h, &guest, &old),
            Shot::post(&h, &acme.owner, &acme.path(&format!("/invitations/{id}/resend"))),
        ];
        shots.rotate_left(round % 2);
        let mut answers = together(&h, shots).await;
        answers.rotate_right(round % 2);
        let accepted = won(&answers[..1], 200, &[(410, "invitation-link-replaced")]);
        let resent = won(&answers[1..], 200, &[(409, "invitation-already-accepted")]);
        assert_eq!(accepted + resent, 1);
        assert_eq!(h.invitations_mailed(guest.email()).await, 1 + resent);
        if resent == 1 {
            guest
                .post(&h, &old, &Value::Null)
                .await
                .problem(410, "invitation-link-replaced");
            let new = h.accept_path(&guest).await;
            guest.post(&h, &new, &Value::Null).await.expect(200);
        }
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_acceptance_twenty_times_makes_one_member_and_twenty_equal_answers() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    for (round, name) in names("guest", 6).iter().enumerate() {
        let guest = h.person(name);
        let id = acme
            .invite(&h, guest.email(), "program_admin", &["spring", "autumn"])
            .await;
        let path = h.accept_path(&guest).await;
        let answers = together(&h, (0..20).map(|_| Shot::post(&h, &guest, &path)).collect()).await;
        for answer in &answers {
            assert_eq!((answer.status, &answer.body), (200, &answers[0].body));
        }
        assert_eq!(ends(&h, &acme, &id).await, ["invitation.accepted"]);
        assert_eq!(acme.seats_used(&h).await, 2 + round as u64);
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_callers_who_invite_the_same_address_one_does() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    let other = acme.join(&h, "otto", "owner", &[]).await;
    for round in 0..rounds(6) {
        let email = format!("guest-{round}@acme.example");
        let shots = (0..20).map(|n| {
            let who = if n % 2 == 0 { &acme.owner } else { &other };
            let role = if n % 3 == 0 { "admin" } else { "participant" };
            // Each batch has a guest of its own, who must go the way of the whole batch.
            let both = format!("{email}, own-{round}-{n}@acme.example");
            Shot::post(&h, who, &acme.path("/invitations")).body(&invitation(&both, role, &[]))
        });
        let answers = together(&h, shots.collect()).await;
        assert_eq!(
            won(&answers, 201, &[(422, "invalid-invitations"), (409, "conflict")]),
            1
        );
        for refused in answers.iter().filter(|a| a.status == 422) {
            assert_eq!(refused.faults(), [(email.clone(), "already_invited".to_owned())]);
        }
        assert_eq!(h.invitations_mailed(&email).await, 1);
        let list = acme
            .owner
            .get(&h, &acme.path("/invitations?limit=100"))
            .await
            .expect(200);
        assert_eq!(
            list.body["items"].as_array().unwrap().len(),
            2 * (round + 1),
            "two a round"
        );
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_sent_twenty_times_with_one_idempotency_key_takes_effect_once() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    for round in 0..rounds(6) {
        let email = format!("guest-{round}@acme.example");
        let key = format!("key-{round}");
        let invite = || {
            Shot::post(&h, &acme.owner, &acme.path("/invitations"))
                .body(&invitation(&email, "admin", &[]))
                .header("idempotency-key", &key)
        };
        let found = || {
            let body = serde_json::json!({ "name": format!("Round {round}"), "role_set": "program-delivery" });
            Shot::post(&h, &acme.owner, "/v1/organizations")
                .body(&body)
                .header("idempotency-key", &key)
        };
        let answers = together(&h, (0..20).map(|_| invite()).chain((0..20).map(|_| found())).collect()).await;
        for twins in answers.chunks(20) {
            assert!(won(twins, 201, &[(409, "conflict")]) >= 1);
            let first = twins.iter().find(|a| a.status == 201).unwrap();
            for twin in twins.iter().filter(|a| a.status == 201) {
                assert_eq!(twin.body, first.body);
            }
            let fresh = twins
                .iter()
                .filter(|a| a.status == 201 && a.header("idempotent-replayed").is_none());
            assert_eq!(fresh.count(), 1, "one of them did it");
        }
        assert_eq!(h.invitations_mailed(&email).await, 1);
        let made = 2 + round;
        assert_eq!(acme.seats_used(&h).await, made as u64);
        let mine = acme.owner.get(&h, "/v1/organizations?limit=100").await.expect(200);
        assert_eq!(mine.body["items"].as_array().unwrap().len(), made);
        recount(&h).await;
    }
}
