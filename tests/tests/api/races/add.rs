//! Races around adding at once.

use super::{names, started, won};
use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::sampled::rounds;
use muster_tests::{Persona, Shot, recount, together};
use reqwest::Method;
use serde_json::{Value, json};

const REFUSED: (u16, &str) = (422, "invalid-invitations");
const CONFLICT: (u16, &str) = (409, "conflict");

async fn known(h: &Harness, acme: &Organization, id: &str, email: &str, subject: &str) {
    let path = acme.path(&format!("/contacts/{id}"));
    let body = json!({ "email": email, "subject": subject });
    h.platform().put(h, &path, &body).await.expect(201);
}

fn add(email: &str, role: &str) -> Value {
    json!({ "email": email, "role": role })
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_add_one_person_by_two_addresses_one_does() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    for (round, name) in names("ann", 5).iter().enumerate() {
        let emails = [format!("{name}@x.example"), format!("{name}@y.example")];
        for (n, email) in emails.iter().enumerate() {
            known(&h, &acme, &format!("{name}{n}"), email, name).await;
        }
        let shots = (0..12).map(|n| {
            let body = add(&emails[n % 2], if n % 3 == 0 { "admin" } else { "participant" });
            Shot::post(&h, &acme.owner, &acme.path("/members")).body(&body)
        });
        let answers = together(&h, shots.collect()).await;
        assert_eq!(won(&answers, 201, &[REFUSED, CONFLICT]), 1);
        for refused in answers.iter().filter(|a| a.status == 422) {
            let [(_, code)] = &refused.faults()[..] else { panic!() };
            assert_eq!(code, "already_member");
        }
        let winner = answers.iter().find(|a| a.status == 201).unwrap();
        assert_eq!(winner.body["member"]["id"], h.person(name).id());
        let mailed = h.mail_to(&emails[0]).await.len() + h.mail_to(&emails[1]).await.len();
        assert_eq!(mailed, 1);
        assert_eq!(acme.recorded(&h, "member.added").await, round + 1);
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_either_added_or_invited_whatever_becomes_of_its_contact_meanwhile() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    for name in names("ann", 10) {
        let ann = h.person(&name);
        known(&h, &acme, &name, ann.email(), &name).await;
        let contact = acme.path(&format!("/contacts/{name}"));
        let without = json!({ "email": ann.email(), "subject": null });
        let shots = vec![
            Shot::post(&h, &acme.owner, &acme.path("/members")).body(&add(ann.email(), "admin")),
            Shot::new(&h, &acme.owner, Method::PUT, &contact).body(&without),
            Shot::post(&h, &acme.owner, &acme.path("/invitations")).body(&invitation(ann.email(), "admin", &[])),
            Shot::delete(&h, &acme.owner, &contact),
        ];
        let answers = together(&h, shots).await;
        let both = [answers[0].clone(), answers[2].clone()];
        assert_eq!(won(&both, 201, &[REFUSED, CONFLICT]), 1);
        let member = ann.get(&h, &acme.path("")).await.status == 200;
        let invited = acme.pending(&h).await.iter().any(|i| i["email"] == ann.email());
        assert!(member != invited, "one of the two");
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_added_and_invited_at_once_as_many_win_as_there_are_seats() {
    let h = started().await;
    for round in 0..3 {
        let acme = Organization::make(&h).await;
        let people: Vec<Persona> = names(&format!("p{round}"), 10).iter().map(|n| h.person(n)).collect();
        for (person, name) in people.iter().zip(names(&format!("p{round}"), 10)) {
            known(&h, &acme, &name, person.email(), &name).await;
        }
        acme.plan(&h, Some(6), &[]).await;
        let shots = (0..20).map(|n| {
            let shot = |path: &str, body: &Value| Shot::post(&h, &acme.owner, &acme.path(path)).body(body);
            match n % 2 {
                0 => shot("/members", &add(people[n / 2].email(), "admin")),
                _ => shot(
                    "/invitations",
                    &invitation(&format!("guest{n}@x.example"), "admin", &[]),
                ),
            }
        });
        let answers = together(&h, shots.collect()).await;
        assert_eq!(won(&answers, 201, &[(409, "no-seats-available")]), 5);
        assert_eq!(acme.seats_used(&h).await, 6);
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn adding_again_and_removing_at_once_leaves_a_whole_member_or_none() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "program_admin", &["spring"]).await;
    let member = acme.path(&format!("/members/{}", ann.id()));
    for round in 0..rounds(8) {
        let shots = (0..9).map(|n| match n % 3 {
            0 => Shot::delete(&h, &acme.owner, &member),
            1 => {
                let autumn = json!([{ "type": "program", "id": if round % 2 == 0 { "autumn" } else { "spring" } }]);
                let body = json!({ "email": ann.email(), "role": "program_admin", "resources": autumn });
                Shot::post(&h, &acme.owner, &acme.path("/members")).body(&body)
            }
            _ => {
                let both = json!([{ "type": "program", "id": "spring" }, { "type": "program", "id": "autumn" }]);
                let body = json!({ "role": "program_facilitator", "resources": both });
                Shot::patch(&h, &acme.owner, &member, &body)
            }
        });
        for answer in together(&h, shots.collect()).await {
            assert!(
                [200, 201, 204, 404, 409, 422].contains(&answer.status),
                "{:#}",
                answer.body
            );
        }
        recount(&h).await;
    }
}
