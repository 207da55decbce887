//! Races against the end of a resource, and of an optional role.

use super::{names, started, won};
use jiff::SignedDuration;
use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::recount::items;
use muster_tests::sampled::rounds;
use muster_tests::{Persona, Shot, recount, together};
use serde_json::{Value, json};

const GONE: (u16, &str) = (409, "resource-gone");
const UNKNOWN: (u16, &str) = (422, "invalid-request");

/// Lets the background work end, and with it the time it gives to late writers.
pub(super) async fn all_work_done(h: &Harness) {
    for _ in 0..3 {
        h.backend.drained().await;
        h.advance(SignedDuration::from_mins(5));
        h.expire().await;
    }
    h.backend.drained().await;
}

/// Kinds and sort keys of all items that name this text, but for what only remembers: events and ended invitations.
pub(super) async fn mentions(h: &Harness, text: &str) -> Vec<String> {
    let all = items(h).await;
    let key = |item: &muster_store::items::Item| muster_store::Key::of(item).unwrap();
    let remembers = |k: &muster_store::Key| k.pk.starts_with("EVENTS#") || k.sk.starts_with("PAST#");
    let found = all.iter().filter(|item| format!("{item:?}").contains(text)).map(key);
    found.filter(|k| !remembers(k)).map(|k| k.sk).collect()
}

/// The ids of programs on which the list of people shows anybody a role.
async fn granted(h: &Harness, acme: &Organization) -> Vec<Value> {
    let list = acme.owner.get(h, &acme.path("/members?limit=100")).await.expect(200);
    let rows = list.body["items"].as_array().unwrap().iter();
    rows.flat_map(|row| row["grants"].as_array().unwrap())
        .map(|g| g["id"].clone())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_on_a_deleted_resource_whatever_was_given_on_it_at_that_moment() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    let people = acme.join_many(&h, &names("learner", 4), "participant", &[]).await;
    for round in 0..rounds(6) {
        let program = format!("ending-{round}");
        let on = json!([{ "type": "program", "id": program }]);
        let resource = acme.path(&format!("/resources/program/{program}"));
        acme.owner
            .put(&h, &resource, &json!({ "name": "Ending" }))
            .await
            .expect(201);
        let guests: Vec<Persona> = names(&format!("guest-{round}"), 4)
            .iter()
            .map(|n| h.person(n))
            .collect();
        for (n, guest) in guests.iter().enumerate() {
            let role = if n % 2 == 0 { "program_admin" } else { "participant" };
            acme.invite(&h, guest.email(), role, &[&program]).await;
        }
        // Each kind of change of a grant, an offer or an acceptance, with a seat and without one.
        let mut shots = Vec::new();
        for (n, (person, guest)) in people.iter().zip(&guests).enumerate() {
            let role = if n % 2 == 0 { "program_sponsor" } else { "participant" };
            let body = json!({ "role": role, "resources": on });
            shots.push(Shot::patch(
                &h,
                &acme.owner,
                &acme.path(&format!("/members/{}", person.id())),
                &body,
            ));
            let body = invitation(&format!("late-{round}-{n}@acme.example"), role, &[&program]);
            shots.push(Shot::post(&h, &acme.owner, &acme.path("/invitations")).body(&body));
            shots.push(Shot::post(&h, guest, &h.accept_path(guest).await));
        }
        shots.insert(round * 2, Shot::delete(&h, &acme.owner, &resource));
        let mut answers = together(&h, shots).await;
        answers.remove(round * 2).expect(204);
        for turn in answers.chunks(3) {
            won(&turn[..1], 200, &[UNKNOWN]);
            won(&turn[1..2], 201, &[(422, "invalid-invitations")]);
            won(&turn[2..], 200, &[GONE]);
        }
        assert!(
            !granted(&h, &acme).await.contains(&json!(program)),
            "access ends at once, work done or not"
        );
        recount(&h).await;
        all_work_done(&h).await;
        assert_eq!(mentions(&h, &program).await, Vec::<String>::new());
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resource_registered_anew_at_the_moment_of_its_deletion_gives_back_no_access() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    let learner = acme.join(&h, "lena", "participant", &["spring"]).await;
    let path = acme.path("/resources/program/spring");
    for round in 0..rounds(6) {
        let put =
            || Shot::new(&h, &acme.owner, reqwest::Method::PUT, &path).body(&json!({ "name": format!("{round}") }));
        let delete = || Shot::delete(&h, &acme.owner, &path);
        let answers = together(&h, vec![put(), delete(), put(), delete(), put()]).await;
        for (i, answer) in answers.iter().enumerate() {
            match i % 2 {
                0 => assert!([200, 201].contains(&answer.status), "{:#}", answer.body),
                _ => assert!([204, 404].contains(&answer.status), "{:#}", answer.body),
            }
        }
        assert!(answers.iter().any(|a| a.status == 204));
        let me = learner.get(&h, &acme.path("/members/me")).await.expect(200);
        assert_eq!(
            me.body["grants"],
            json!([]),
            "the grant was on the deleted registration"
        );
        acme.owner.put(&h, &path, &json!({ "name": "Again" })).await;
        all_work_done(&h).await;
        let me = learner.get(&h, &acme.path("/members/me")).await.expect(200);
        assert_eq!(me.body["grants"], json!([]));
        recount(&h).await;
        let body = json!({ "role": "participant", "resources": [{ "type": "program", "id": "spring" }] });
        let member = acme.path(&format!("/members/{}", learner.id()));
        acme.owner.patch(&h, &member, &body).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_member_keeps_a_role_that_was_turned_off_while_they_accepted_it() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    acme.plan(&h, None, &["acme.example"]).await;
    for round in 0..rounds(6) {
        acme.optional_roles(&h, &["implementation_admin"]).await;
        let guests: Vec<Persona> = names(&format!("helper-{round}"), 6)
            .iter()
            .map(|n| h.person(n))
            .collect();
        let mut shots = Vec::new();
        for guest in &guests {
            acme.invite(&h, guest.email(), "implementation_admin", &[]).await;
            shots.push(Shot::post(&h, guest, &h.accept_path(guest).await));
        }
        let off = json!({ "settings": { "optional_roles": [] } });
        shots.insert(round, Shot::patch(&h, &acme.owner, &acme.path(""), &off));
        let mut answers = together(&h, shots).await;
        answers.remove(round).expect(200);
        won(&answers, 200, &[(409, "role-not-enabled")]);
        let joined = guests.iter().zip(&answers).filter(|(_, a)| a.status == 200);
        let joined: Vec<&Persona> = joined.map(|(guest, _)| guest).collect();
        for helper in &joined {
            let me = helper.get(&h, &acme.path("/members/me")).await.expect(200);
            assert_eq!(me.body["role"], Value::Null, "it ended at once");
        }
        all_work_done(&h).await;
        acme.optional_roles(&h, &["implementation_admin"]).await;
        let events = acme.owner.get(&h, &acme.path("/events?limit=100")).await.expect(200);
        for helper in joined {
            let me = helper.get(&h, &acme.path("/members/me")).await.expect(200);
            assert_eq!(me.body["role"], Value::Null, "switching it on again gives nothing back");
            let told = h.backend.mail();
            let told = told
                .iter()
                .filter(|m| m.to == helper.email() && m.subject.contains("ended"));
            assert_eq!(told.count(), 1, "each is told of the end once");
            let events = events.body["items"].as_array().unwrap().iter();
            let ended = events.filter(|e| e["kind"] == "member.role_ended" && e["subject"]["id"] == helper.id());
            assert_eq!(ended.count(), 1);
        }
        assert_eq!(mentions(&h, "HOLDER#implementation_admin#").await, Vec::<String>::new());
        recount(&h).await;
    }
}
