//! Races about API keys.

use super::{count, started, won};
use muster_domain::api_key::MAX_KEYS;
use muster_tests::harness::Organization;
use muster_tests::sampled::rounds;
use muster_tests::{NewKey, Shot, recount, together};
use serde_json::json;

const ROUNDS: usize = 6;

#[tokio::test(flavor = "multi_thread")]
async fn of_rotating_and_revoking_the_end_wins_in_either_order() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    let path = acme.keys_of(&acme.owner);
    for _ in 0..rounds(ROUNDS) {
        let key = acme.key(&h, &acme.owner, &json!({ "name": "zapier" })).await;
        let own = format!("{path}/{}", key.id);
        let turn = || Shot::post(&h, &acme.owner, &format!("{own}/rotate"));
        let shots = vec![
            turn(),
            Shot::delete(&h, &acme.owner, &own),
            turn(),
            Shot::delete(&h, &acme.owner, &own),
        ];
        let answers = together(&h, shots).await;
        let gone = (404, "not-found");
        let revoked = [answers[1].clone(), answers[3].clone()];
        assert_eq!(won(&revoked, 204, &[gone]), 1);
        won(&[answers[0].clone(), answers[2].clone()], 200, &[gone]);
        assert_eq!(key.code(&h).await.replace("not_found", "revoked"), "revoked");
        for turned in answers.iter().filter(|a| a.status == 200) {
            let secret = turned.text("/secret");
            let code = NewKey { secret, ..key.clone() }.code(&h).await;
            assert!(["revoked", "not_found"].contains(&code.as_str()), "{code}");
        }
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_keys_for_the_last_place_one_is_made() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    let path = acme.keys_of(&acme.owner);
    let body = json!({ "name": "zapier" });
    let mut last = None;
    for _ in 1..MAX_KEYS {
        last = Some(acme.key(&h, &acme.owner, &body).await);
    }
    for _ in 0..rounds(ROUNDS) {
        let shots = (0..4).map(|_| Shot::post(&h, &acme.owner, &path).body(&body)).collect();
        let answers = together(&h, shots).await;
        assert_eq!(won(&answers, 201, &[(409, "too-many-api-keys")]), 1);
        recount(&h).await;
        let own = format!("{path}/{}", last.unwrap().id);
        acme.owner.delete(&h, &own).await.expect(204);
        let made = answers.iter().find(|a| a.status == 201).unwrap();
        last = Some(NewKey {
            id: made.text("/id"),
            secret: made.text("/secret"),
            persona: acme.owner.clone(),
        });
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn once_deactivating_is_answered_no_verification_says_valid() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let key = acme.key(&h, &ann, &json!({ "name": "zapier" })).await;
    let body = json!({ "members": [ann.id()] });
    for _ in 0..rounds(ROUNDS) {
        let ask = || Shot::post(&h, &h.platform(), "/v1/api-keys/verify").body(&json!({ "key": key.secret }));
        let use_it = || Shot::new(&h, &key.persona, reqwest::Method::GET, &acme.path("/members"));
        let end = Shot::post(&h, &acme.owner, &acme.path("/members/deactivate")).body(&body);
        let answers = together(&h, vec![ask(), use_it(), end, ask(), use_it()]).await;
        for told in [&answers[0], &answers[3]] {
            let code = told.text("/code");
            assert!(["valid", "owner_inactive"].contains(&code.as_str()), "{code}");
        }
        won(&[answers[1].clone(), answers[4].clone()], 200, &[(401, "unauthorized")]);
        assert_eq!(answers[2].status, 200);
        assert_eq!(key.code(&h).await, "owner_inactive");
        recount(&h).await;
        acme.owner
            .post(&h, &acme.path("/members/activate"), &body)
            .await
            .expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demoted_member_makes_no_key_for_another_after_it() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let (own, others) = (acme.keys_of(&ann), acme.keys_of(&pat));
    let path = acme.path(&format!("/members/{}", ann.id()));
    let body = json!({ "name": "zapier" });
    for _ in 0..rounds(ROUNDS) {
        let shots = vec![
            Shot::post(&h, &ann, &others).body(&body),
            Shot::patch(&h, &acme.owner, &path, &json!({ "role": "participant" })),
            Shot::post(&h, &ann, &own).body(&body),
        ];
        let answers = together(&h, shots).await;
        assert_eq!(answers[1].status, 200, "{:#}", answers[1].body);
        won(&answers[..1], 201, &[(403, "forbidden")]);
        // One's own is made either way, and is worth what is left.
        assert_eq!(count(&answers[2..], 201), 1, "{:#}", answers[2].body);
        let secret = answers[2].text("/secret");
        let key = NewKey {
            id: answers[2].text("/id"),
            persona: ann.through(&secret),
            secret,
        };
        assert!(!key.may(&h, "content:write", None).await);
        key.persona
            .get(&h, &acme.path("/events"))
            .await
            .problem(403, "forbidden");
        ann.post(&h, &others, &body).await.problem(403, "forbidden");
        recount(&h).await;
        acme.owner
            .patch(&h, &path, &json!({ "role": "admin" }))
            .await
            .expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_member_removed_while_they_make_keys_none_is_left() {
    let h = started().await;
    let acme = Organization::make(&h).await;
    let body = json!({ "name": "zapier" });
    for round in 0..rounds(ROUNDS) {
        let ann = acme.join(&h, &format!("ann-{round}"), "admin", &[]).await;
        let path = acme.path(&format!("/members/{}", ann.id()));
        let make = || Shot::post(&h, &ann, &acme.keys_of(&ann)).body(&body);
        let answers = together(&h, vec![make(), Shot::delete(&h, &acme.owner, &path), make()]).await;
        assert_eq!(answers[1].status, 204, "{:#}", answers[1].body);
        won(&[answers[0].clone(), answers[2].clone()], 201, &[(404, "not-found")]);
        h.backend.drained().await;
        assert!(muster_tests::samples::ids(&h, &acme.id, "KEY#").await.is_empty());
        recount(&h).await;
    }
}
