//! Activating and deactivating members, in bulk.

use muster_tests::harness::{Harness, Organization};
use muster_tests::recount;
use muster_tests::shortcuts::{named, verdicts};
use serde_json::json;

#[tokio::test]
async fn an_inactive_member_loses_access_at_the_next_request_and_keeps_everything_but_the_seat() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    pat.patch(&h, &acme.path("/members/me"), &json!({ "bio": "Kept" }))
        .await
        .expect(200);
    let body = json!({ "members": [pat.id()] });
    let done = acme.owner.post(&h, &acme.path("/members/deactivate"), &body).await;
    let done = done.expect(200);
    assert_eq!(verdicts(&done.body), named(&[("deactivated", "")]));
    assert_eq!(done.body["results"][0]["member"], json!(pat.id()));
    assert_eq!(done.body["seats"]["used"], 1);
    for path in ["", "/members/me", "/members", "/resources", "/roles"] {
        pat.get(&h, &acme.path(path)).await.problem(403, "member-inactive");
    }
    let mine = pat.get(&h, "/v1/organizations").await.expect(200);
    assert_eq!(mine.body["items"][0]["status"], "inactive");
    let shown = acme.member(&h, &pat.id()).await;
    assert_eq!(shown["status"], "inactive");
    assert_eq!(shown["grants"].as_array().unwrap().len(), 1);
    assert_eq!(shown["profile"]["bio"], "Kept");
    let done = acme.owner.post(&h, &acme.path("/members/activate"), &body).await;
    let done = done.expect(200);
    assert_eq!(verdicts(&done.body), named(&[("activated", "")]));
    assert_eq!(done.body["seats"]["used"], 2);
    pat.get(&h, &acme.path("/members")).await.expect(200);
    recount(&h).await;
}

#[tokio::test]
async fn every_row_has_its_own_verdict_and_none_stops_the_others() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let pia = acme.join(&h, "pia", "participant", &[]).await;
    let ids = [
        pat.id(),
        acme.owner.id(),
        h.person("stranger").id(),
        ada.id(),
        pia.id(),
        pat.id(),
    ];
    let body = json!({ "members": ids });
    let done = ada.post(&h, &acme.path("/members/deactivate"), &body).await.expect(200);
    assert_eq!(
        verdicts(&done.body),
        named(&[
            ("deactivated", ""),
            ("refused", "forbidden"),
            ("refused", "not-found"),
            ("refused", "own-membership"),
            ("deactivated", ""),
        ]),
        "in the order named, repeated ones once"
    );
    // Rows that are there already are no change, and no error.
    let again = ada.post(&h, &acme.path("/members/deactivate"), &body).await.expect(200);
    assert_eq!(verdicts(&again.body)[0].0, "deactivated");
    assert_eq!(acme.recorded(&h, "member.deactivated").await, 2);
    recount(&h).await;
}

#[tokio::test]
async fn activating_takes_seats_as_far_as_there_are_any() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        ids.push(acme.join(&h, name, "admin", &[]).await.id());
    }
    ids.push(acme.join(&h, "pia", "participant", &[]).await.id());
    let body = json!({ "members": ids });
    acme.owner
        .post(&h, &acme.path("/members/deactivate"), &body)
        .await
        .expect(200);
    acme.plan(&h, Some(3), &[]).await;
    let done = acme.owner.post(&h, &acme.path("/members/activate"), &body).await;
    let done = done.expect(200);
    assert_eq!(
        verdicts(&done.body),
        named(&[
            ("activated", ""),
            ("activated", ""),
            ("refused", "no-seats-available"),
            ("activated", ""),
        ])
    );
    let seats = &done.body["results"][2]["problem"]["seats"];
    assert_eq!(*seats, json!({ "used": 3, "limit": 3, "needed": 1 }));
    assert_eq!(done.body["seats"], json!({ "used": 3, "limit": 3, "at_limit": true }));
    recount(&h).await;
}

#[tokio::test]
async fn more_members_than_one_transaction_takes_are_all_brought_there() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let names: Vec<String> = (0..60).map(|i| format!("p{i}")).collect();
    let people = acme.join_many(&h, &names, "admin", &[]).await;
    let ids: Vec<_> = people.iter().map(muster_tests::Persona::id).collect();
    let body = json!({ "members": ids });
    let done = acme.owner.post(&h, &acme.path("/members/deactivate"), &body).await;
    let done = done.expect(200);
    assert_eq!(verdicts(&done.body), vec![("deactivated".into(), String::new()); 60]);
    assert_eq!(done.body["seats"]["used"], 1);
    recount(&h).await;
}

#[tokio::test]
async fn a_bulk_request_repeated_with_its_idempotency_key_gives_its_verdicts_again() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "admin", &[]).await;
    let body = json!({ "members": [pat.id()] });
    let path = acme.path("/members/deactivate");
    for _ in 0..2 {
        let done = h
            .send(
                Some(&acme.owner),
                reqwest::Method::POST,
                &path,
                Some(&body),
                &[("idempotency-key", "k1")],
            )
            .await
            .expect(200);
        assert_eq!(verdicts(&done.body), named(&[("deactivated", "")]));
        assert_eq!(done.body["seats"]["used"], 1);
    }
    assert_eq!(acme.recorded(&h, "member.deactivated").await, 1);
    recount(&h).await;
}

#[tokio::test]
async fn a_bulk_request_names_1_to_100_members() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ids: Vec<_> = (0..101).map(|i| h.person(&format!("p{i}")).id()).collect();
    for members in [json!([]), json!(ids)] {
        let body = json!({ "members": members });
        let refused = acme.owner.post(&h, &acme.path("/members/activate"), &body).await;
        assert_eq!(
            refused.problem(422, "invalid-request").faults(),
            named(&[("members", "out_of_range")])
        );
    }
    let body = json!({ "members": ["usr_x", acme.owner.id(), 7] });
    let refused = acme.owner.post(&h, &acme.path("/members/activate"), &body).await;
    assert_eq!(
        refused.problem(422, "invalid-request").faults(),
        named(&[("members[0]", "invalid_value"), ("members[2]", "wrong_type")])
    );
    let body = json!({ "members": &ids[..100] });
    let all = acme
        .owner
        .post(&h, &acme.path("/members/activate"), &body)
        .await
        .expect(200);
    assert_eq!(verdicts(&all.body).len(), 100);
    let pia = acme.join(&h, "pia", "participant", &["spring"]).await;
    pia.post(&h, &acme.path("/members/activate"), &body)
        .await
        .problem(403, "forbidden");
}
