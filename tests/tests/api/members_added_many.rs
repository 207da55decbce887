//! Many people added at once, to many programs: one transaction holds it, or what of it can be added.

use jiff::SignedDuration;
use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::sampled::sampled;
use muster_tests::{Persona, recount};
use reqwest::Method;
use serde_json::{Value, json};

/// Tells, as the platform, that the person is a contact with an account.
async fn known(h: &Harness, acme: &Organization, who: &Persona, name: &str) {
    let path = acme.path(&format!("/contacts/{name}"));
    let body = json!({ "email": who.email(), "name": format!("{name} known"), "subject": name });
    h.platform().put(h, &path, &body).await.expect(201);
}

fn emails_of(rows: &Value) -> Vec<&str> {
    let rows = rows.as_array().unwrap();
    rows.iter().map(|row| row["email"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_most_people_with_the_most_programs_are_added_as_far_as_one_transaction_goes_and_invited_beyond() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let names: Vec<String> = (0..20).map(|n| format!("a{n:02}")).collect();
    let programs: Vec<String> = (0..50).map(|n| format!("p{n:02}")).collect();
    for id in &programs {
        let path = acme.path(&format!("/resources/program/{id}"));
        acme.owner.put(&h, &path, &json!({ "name": id })).await.expect(201);
    }
    let tried = sampled(
        "many added at once",
        [(0, 16), (1, 16), (2, 8), (4, 4), (50, 0)].into(),
        2,
    );
    for (n, (count, expected)) in tried.into_iter().enumerate() {
        let people: Vec<Persona> = names.iter().map(|name| h.person(&format!("{name}x{n}"))).collect();
        for (person, name) in people.iter().zip(&names) {
            known(&h, &acme, person, &format!("{name}x{n}")).await;
        }
        let emails: Vec<&str> = people.iter().map(Persona::email).collect();
        let programs: Vec<&str> = programs[..count].iter().map(String::as_str).collect();
        let role = if count == 0 { "admin" } else { "program_admin" };
        let body = invitation(&emails.join(" "), role, &programs);
        let mut dry = body.clone();
        dry["dry_run"] = json!(true);
        let dry = acme.try_invite(&h, &dry).await.expect(200);
        let key = format!("{role}{count}");
        let key = [("idempotency-key", key.as_str())];
        let path = acme.path("/invitations");
        let done = h
            .send(Some(&acme.owner), Method::POST, &path, Some(&body), &key)
            .await
            .expect(201);
        let (added, invited) = (emails_of(&done.body["added"]), emails_of(&done.body["invitations"]));
        assert_eq!(added, emails_of(&dry.body["added"]), "{count} programs");
        assert!(added.len() >= expected, "{} added to {count} programs", added.len());
        assert_eq!([added, invited].concat(), emails, "{count} programs: in their order");
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_is_added_at_once_to_as_many_programs_as_can_be_offered() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let programs: Vec<String> = (0..50).map(|n| format!("p{n:02}")).collect();
    for id in &programs {
        let path = acme.path(&format!("/resources/program/{id}"));
        acme.owner.put(&h, &path, &json!({ "name": id })).await.expect(201);
    }
    let programs: Vec<&str> = programs.iter().map(String::as_str).collect();
    let ann = h.person("ann");
    known(&h, &acme, &ann, "ann").await;
    let done = acme
        .try_invite(&h, &invitation(ann.email(), "program_admin", &programs))
        .await
        .expect(201);
    assert_eq!(done.body["added"][0]["grants"].as_array().map(Vec::len), Some(50));
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lapsed_invitations_on_addresses_of_contacts_give_way_however_many() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let names: Vec<String> = (0..20).map(|n| format!("a{n:02}")).collect();
    let people: Vec<Persona> = names.iter().map(|name| h.person(name)).collect();
    let emails: Vec<&str> = people.iter().map(Persona::email).collect();
    let body = invitation(&emails.join(" "), "admin", &[]);
    acme.try_invite(&h, &body).await.expect(201);
    for (person, name) in people.iter().zip(&names) {
        known(&h, &acme, person, name).await;
    }
    h.advance(SignedDuration::from_hours(24 * 8));
    let done = acme.try_invite(&h, &body).await.expect(201);
    let (added, invited) = (emails_of(&done.body["added"]), emails_of(&done.body["invitations"]));
    assert!(added.len() >= 16, "{} added", added.len());
    assert_eq!([added, invited].concat(), emails);
    assert_eq!(acme.seats_used(&h).await, 21);
    recount(&h).await;
}
