//! Races around contacts: an address has one of them at most, whoever writes.

use super::{count, names, started, won};
use muster_tests::harness::Organization;
use muster_tests::sampled::rounds;
use muster_tests::{Shot, recount, together};
use reqwest::Method;
use serde_json::json;

const TAKEN: (u16, &str) = (409, "contact-address-taken");
const CONFLICT: (u16, &str) = (409, "conflict");

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_contacts_that_claim_one_address_one_gets_it() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    for round in 0..rounds(5) {
        let body = json!({ "email": format!("ann{round}@x.example"), "name": "Ann Lee" });
        let shots = (0..20).map(|n| {
            let path = acme.path(&format!("/contacts/c{round}-{n}"));
            Shot::new(&h, &acme.owner, Method::PUT, &path).body(&body)
        });
        let answers = together(&h, shots.collect()).await;
        assert_eq!(won(&answers, 201, &[TAKEN, CONFLICT]), 1);
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_and_deletions_of_one_contact_at_once_leave_no_index_item_behind() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    let path = acme.path("/contacts/ann");
    for round in 0..rounds(8) {
        let shots = (0..12).map(|n| match n % 4 {
            0 => Shot::delete(&h, &acme.owner, &path),
            _ => {
                let name = format!("Ann {round} Of{n} Lee{n}");
                let body = json!({ "email": format!("ann{}@x.example", n % 2), "name": name });
                Shot::new(&h, &acme.owner, Method::PUT, &path).body(&body)
            }
        });
        let answers = together(&h, shots.collect()).await;
        let done = [200, 201, 204, 404, 409].map(|status| count(&answers, status));
        assert_eq!(done.iter().sum::<usize>(), answers.len());
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_contacts_that_swap_addresses_at_once_never_share_one() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    for (id, email) in [("a", "a@x.example"), ("b", "b@x.example")] {
        let path = acme.path(&format!("/contacts/{id}"));
        acme.owner.put(&h, &path, &json!({ "email": email })).await.expect(201);
    }
    for round in 0..rounds(6) {
        let shots = ["a", "b", "a", "b"].iter().enumerate().map(|(n, id)| {
            let email = ["a", "b", "c"][(n + round) % 3];
            let path = acme.path(&format!("/contacts/{id}"));
            Shot::new(&h, &acme.owner, Method::PUT, &path).body(&json!({ "email": format!("{email}@x.example") }))
        });
        let answers = together(&h, shots.collect()).await;
        won(&answers, 200, &[TAKEN, CONFLICT]);
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_and_a_contact_registered_at_the_same_address_leave_one_contact() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    for name in names("pat", 8) {
        let pat = acme.join(&h, &name, "program_admin", &["spring", "autumn"]).await;
        let path = acme.path(&format!("/contacts/{name}"));
        let body = json!({ "email": pat.email(), "name": "Pat" });
        let shots = vec![
            Shot::delete(&h, &acme.owner, &acme.path(&format!("/members/{}", pat.id()))),
            Shot::new(&h, &acme.owner, Method::PUT, &path).body(&body),
        ];
        let answers = together(&h, shots).await;
        won(&answers[..1], 204, &[]);
        won(&answers[1..], 201, &[TAKEN]);
        let found = acme
            .owner
            .get(&h, &acme.path(&format!("/contacts?q={}", pat.email())))
            .await;
        let items = found.expect(200).body["items"].clone();
        assert_eq!(items.as_array().map(Vec::len), Some(1), "{items:#}");
        assert_eq!(items[0]["has_account"], true);
        recount(&h).await;
    }
}
