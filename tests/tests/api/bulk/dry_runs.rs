//! Dry runs of bulk actions: the results that the action would have, and nothing changed.

use super::{become_all, invitations, members};
use muster_tests::harness::{Harness, Organization};
use muster_tests::shortcuts::{named, verdicts};
use muster_tests::{Answer, Persona, recount};
use serde_json::{Value, json};

/// Asks what an action on members would do.
async fn foreseen(h: &Harness, acme: &Organization, who: &Persona, action: &str, body: &Value) -> Answer {
    let mut body = body.clone();
    body["dry_run"] = json!(true);
    who.post(h, &acme.path(action), &body).await
}

/// What anyone could see of a change: the record, people with their versions, seats, contacts and mail.
async fn state(h: &Harness, acme: &Organization) -> Value {
    h.backend.drained().await;
    let mut all = Vec::new();
    for path in [
        "",
        "/members",
        "/invitations",
        "/invitations?status=ended",
        "/events?limit=100",
        "/contacts",
    ] {
        all.push(acme.owner.get(h, &acme.path(path)).await.expect(200).body);
    }
    json!([all, h.backend.mail().len()])
}

#[tokio::test]
async fn a_dry_run_tells_the_results_and_the_seats_of_the_action_and_changes_nothing() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let pia = acme.join(&h, "pia", "participant", &[]).await;
    acme.plan(&h, Some(4), &[]).await;
    let (owner, stranger) = (acme.owner.id(), h.person("stranger").id());
    let one = acme.invite(&h, "one@x.example", "participant", &[]).await;
    let two = acme.invite(&h, "two@x.example", "participant", &[]).await;
    acme.owner.delete(&h, &acme.invitation(&two, "")).await.expect(204);
    h.advance_days(2);
    // Their activity is noted now, and not by the dry runs.
    ada.get(&h, &acme.path("")).await.expect(200);
    let rows = json!([pat.id(), owner, stranger, pia.id(), ada.id()]);
    for (action, body) in [
        ("/members/deactivate", json!({ "members": rows })),
        ("/members/activate", json!({ "members": rows })),
        (
            "/members/change-role",
            json!({ "members": [pat.id(), owner, stranger, pia.id()], "role": "program_facilitator", "resources": [{ "type": "program", "id": "autumn" }] }),
        ),
        ("/invitations/resend", json!({ "invitations": [one, two] })),
        ("/invitations/cancel", json!({ "invitations": [one, two] })),
        (
            "/members/remove",
            json!({ "members": [pat.id(), owner, stranger, pia.id()] }),
        ),
    ] {
        let before = state(&h, &acme).await;
        let told = foreseen(&h, &acme, &ada, action, &body).await.expect(200).body;
        assert_eq!(state(&h, &acme).await, before, "{action}");
        let mut done = ada.post(&h, &acme.path(action), &body).await.expect(200).body;
        assert_eq!((&told["dry_run"], &done["dry_run"]), (&json!(true), &json!(false)));
        done["dry_run"] = json!(true);
        let plain = |mut body: Value| {
            for row in body["results"].as_array_mut().unwrap() {
                row["problem"]["request_id"] = Value::Null;
            }
            body
        };
        assert_eq!(plain(told), plain(done), "{action}");
    }
    recount(&h).await;
}

#[tokio::test]
async fn each_row_of_a_dry_run_finds_the_seats_and_owners_that_the_rows_before_it_would_leave() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        ids.push(acme.join(&h, name, "participant", &[]).await.id());
    }
    acme.plan(&h, Some(3), &[]).await;
    let told = foreseen(
        &h,
        &acme,
        &acme.owner,
        "/members/change-role",
        &json!({ "members": ids, "role": "admin" }),
    )
    .await;
    let told = told.expect(200).body;
    assert_eq!(
        verdicts(&told),
        named(&[("changed", ""), ("changed", ""), ("refused", "no-seats-available")])
    );
    assert_eq!(told["seats"], json!({ "used": 3, "limit": 3, "at_limit": true }));
    assert_eq!(acme.seats_used(&h).await, 1);
    // Two owners: the first of them can go, and then the rows after the caller are left to nobody.
    let ole = acme.join(&h, "ole", "owner", &[]).await;
    let both = [ole.id(), acme.owner.id()];
    let told = foreseen(
        &h,
        &acme,
        &ole,
        "/members/change-role",
        &json!({ "members": both, "role": "admin" }),
    )
    .await;
    assert_eq!(
        verdicts(&told.expect(200).body),
        named(&[("changed", ""), ("refused", "forbidden")])
    );
    let told = foreseen(&h, &acme, &ole, "/members/remove", &json!({ "members": both })).await;
    assert_eq!(
        verdicts(&told.expect(200).body),
        named(&[("removed", ""), ("refused", "not-found")])
    );
    let both: Vec<&str> = both.iter().map(String::as_str).collect();
    let done = become_all(&h, &acme, &ole, &both, "admin", &[]).await.expect(200);
    assert_eq!(
        verdicts(&done.body),
        named(&[("changed", ""), ("refused", "forbidden")])
    );
    recount(&h).await;
}

#[tokio::test]
async fn a_dry_run_counts_the_mail_of_the_rows_before_and_takes_an_address_once() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        ids.push(acme.invite(&h, "one@x.example", "participant", &[]).await);
        h.advance_days(8);
        h.run_schedule().await;
    }
    ids.push(acme.invite(&h, "two@x.example", "participant", &[]).await);
    h.advance_days(2);
    let body = json!({ "invitations": ids });
    for (limit, last) in [(9, ("resent", "")), (1, ("refused", "mail-limit-reached"))] {
        let plan = json!({ "mail_limit": limit });
        h.platform().put(&h, &acme.path("/plan"), &plan).await.expect(200);
        let rows = named(&[("resent", ""), ("refused", "address-taken"), last]);
        let told = foreseen(&h, &acme, &acme.owner, "/invitations/resend", &body).await;
        assert_eq!(verdicts(&told.expect(200).body), rows);
    }
    let done = invitations(
        &h,
        &acme,
        &acme.owner,
        "resend",
        &ids.iter().map(String::as_str).collect::<Vec<_>>(),
    )
    .await;
    let rows = named(&[
        ("resent", ""),
        ("refused", "address-taken"),
        ("refused", "mail-limit-reached"),
    ]);
    assert_eq!(verdicts(&done.expect(200).body), rows);
    recount(&h).await;
}

#[tokio::test]
async fn a_dry_run_is_refused_to_whom_the_action_is_refused() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let sam = acme.join(&h, "sam", "program_sponsor", &["spring"]).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let quinn = acme.join(&h, "quinn", "program_admin", &["autumn"]).await;
    let id = acme.invite(&h, "new@x.example", "participant", &["spring"]).await;
    let key = json!({ "name": "reader", "read_only": true });
    let key = acme
        .owner
        .post(&h, &acme.path("/members/me/api-keys"), &key)
        .await
        .expect(201)
        .text("/secret");
    let header = format!("Bearer {key}");
    for (action, body) in [
        ("/members/deactivate", json!({ "members": [pat.id()] })),
        ("/members/activate", json!({ "members": [pat.id()] })),
        ("/members/remove", json!({ "members": [pat.id()] })),
        (
            "/members/change-role",
            json!({ "members": [pat.id()], "role": "admin" }),
        ),
        ("/invitations/cancel", json!({ "invitations": [id] })),
        ("/invitations/resend", json!({ "invitations": [id] })),
    ] {
        foreseen(&h, &acme, &sam, action, &body).await.problem(403, "forbidden");
        foreseen(&h, &acme, &h.person("stranger"), action, &body)
            .await
            .problem(404, "not-found");
        let mut dry = body.clone();
        dry["dry_run"] = json!(true);
        let path = acme.path(action);
        let through = h
            .send(
                None,
                reqwest::Method::POST,
                &path,
                Some(&dry),
                &[("authorization", &*header)],
            )
            .await;
        through.problem(403, "read-only-key");
        // A member that the caller cannot see gets the same verdict as a member that does not exist.
        let told = foreseen(&h, &acme, &quinn, action, &body).await;
        if action == "/members/change-role" {
            continue;
        }
        assert_eq!(
            verdicts(&told.expect(200).body),
            named(&[("refused", "not-found")]),
            "{action}"
        );
    }
    // What is wrong with the request as a whole is, in a dry run too.
    let none = foreseen(&h, &acme, &acme.owner, "/members/remove", &json!({ "members": [] })).await;
    none.problem(422, "invalid-request");
    assert_eq!(
        members(&h, &acme, &acme.owner, "deactivate", &[&pat.id()])
            .await
            .expect(200)
            .body["dry_run"],
        false
    );
    assert_eq!(
        invitations(&h, &acme, &acme.owner, "cancel", &[&id])
            .await
            .expect(200)
            .body["dry_run"],
        false
    );
}
