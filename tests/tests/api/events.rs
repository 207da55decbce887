//! The record: every change writes its event, and nothing else does.

use jiff::Timestamp;
use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::recount;
use muster_tests::shortcuts::invitation_with;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn each_change_writes_one_event_for_each_thing_it_changes() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let (owner, ann) = (&acme.owner, h.person("ann"));
    let mut before = acme.event_kinds(&h).await;
    assert_eq!(
        before,
        ["resource.registered", "resource.registered", "organization.created"]
    );
    let mut id = String::new();
    let mut step = 0;
    loop {
        let member = acme.path(&format!("/members/{}", ann.id()));
        let one = json!({ "members": [ann.id()] });
        let expected: &[&str] = match step {
            0 => {
                acme.plan(&h, Some(9), &[]).await;
                &["organization.plan_set"]
            }
            1 => {
                owner
                    .patch(&h, &acme.path(""), &json!({ "name": "New" }))
                    .await
                    .expect(200);
                &["organization.updated"]
            }
            2 => {
                id = acme.invite(&h, ann.email(), "participant", &[]).await;
                &["invitation.created"]
            }
            3 => {
                let body = json!({ "role": "admin" });
                owner.patch(&h, &acme.invitation(&id, ""), &body).await.expect(200);
                &["invitation.updated"]
            }
            4 => {
                owner
                    .post(&h, &acme.invitation(&id, "/resend"), &Value::Null)
                    .await
                    .expect(200);
                &["invitation.resent"]
            }
            5 => {
                let token = h.invitation_token(ann.email()).await;
                ann.accept(&h, &token).await.expect(200);
                &["member.joined", "invitation.accepted"]
            }
            6 => {
                ann.patch(&h, &member, &json!({ "bio": "Hi" })).await.expect(200);
                &["member.updated"]
            }
            7 => {
                let body = json!({ "role": "program_admin", "resources": [{ "type": "program", "id": "spring" }] });
                owner.patch(&h, &member, &body).await.expect(200);
                &["member.role_changed"]
            }
            8 => {
                owner
                    .post(&h, &acme.path("/members/deactivate"), &one)
                    .await
                    .expect(200);
                &["member.deactivated"]
            }
            9 => {
                owner.post(&h, &acme.path("/members/activate"), &one).await.expect(200);
                &["member.activated"]
            }
            10 => {
                let path = acme.path("/resources/program/spring");
                owner.put(&h, &path, &json!({ "name": "Sp" })).await.expect(200);
                &["resource.renamed"]
            }
            11 => {
                owner.delete(&h, &member).await.expect(204);
                &["contact.created", "member.removed"]
            }
            12 => {
                owner
                    .delete(&h, &acme.path("/resources/program/spring"))
                    .await
                    .expect(204);
                &["resource.deleted"]
            }
            _ => break,
        };
        h.backend.drained().await;
        let after = acme.event_kinds(&h).await;
        let new = after.len() - before.len();
        assert_eq!(after[..new], *expected, "step {step}");
        assert_eq!(after[new..], before[..], "what was recorded stays, older ones last");
        before = after;
        step += 1;
    }
    recount(&h).await;
}

#[tokio::test]
async fn an_event_tells_who_did_what_to_whom_and_when_before_and_after() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let started = h.backend.clock().now();
    let path = acme.path(&format!("/members/{}", pat.id()));
    acme.owner
        .patch(&h, &path, &json!({ "role": "admin" }))
        .await
        .expect(200);
    let event = acme.events(&h).await.remove(0);
    assert_eq!(event["kind"], "member.role_changed");
    assert_eq!(
        event["actor"],
        json!({ "type": "user", "id": acme.owner.id(), "name": "olivia" })
    );
    assert_eq!(
        event["subject"],
        json!({ "type": "user", "id": pat.id(), "name": "pat" })
    );
    let at: jiff::Timestamp = event["at"].as_str().unwrap().parse().unwrap();
    assert!(at >= started && at <= h.backend.clock().now());
    assert_eq!(event["before"]["role"], Value::Null);
    assert_eq!(event["before"]["grants"][0]["role"], "program_admin");
    assert_eq!(event["after"]["role"], "admin");
    assert_eq!(event["after"]["grants"], json!([]));
    assert!(event["id"].as_str().unwrap().starts_with("evt_"));
    acme.plan(&h, Some(5), &[]).await;
    let event = acme.events(&h).await.remove(0);
    assert_eq!(event["actor"]["type"], "platform");
    assert_eq!(event["before"]["seat_limit"], Value::Null);
    assert_eq!(event["after"]["seat_limit"], 5);
}

#[tokio::test]
async fn what_is_refused_or_changes_nothing_is_not_recorded() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.plan(&h, Some(3), &["partner.example"]).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let before = acme.events(&h).await;
    let path = acme.path(&format!("/members/{}", ann.id()));
    acme.plan(&h, Some(3), &["partner.example"]).await;
    for (method, path, body, status) in [
        (
            Method::PATCH,
            acme.path(""),
            json!({ "name": "Acme", "settings": { "invitation_ttl_days": 7 } }),
            200,
        ),
        (Method::PATCH, acme.path(""), json!({}), 200),
        (Method::PATCH, path.clone(), json!({ "role": "admin" }), 200),
        (
            Method::PUT,
            acme.path("/resources/program/spring"),
            json!({ "name": "Spring cohort" }),
            200,
        ),
        (
            Method::POST,
            acme.path("/members/activate"),
            json!({ "members": [ann.id()] }),
            200,
        ),
        (
            Method::POST,
            acme.path("/invitations"),
            invitation_with("a@x.example", "admin", &[], "dry_run", json!(true)),
            200,
        ),
        (
            Method::POST,
            acme.path("/invitations"),
            invitation("a@x.example b@x.example", "admin", &[]),
            409,
        ),
        (Method::PATCH, path, json!({ "role": "editor" }), 422),
        (Method::PATCH, acme.path(""), json!({ "nmae": "X" }), 422),
    ] {
        h.send(Some(&acme.owner), method, &path, Some(&body), &[])
            .await
            .expect(status);
    }
    assert_eq!(acme.events(&h).await, before);
    recount(&h).await;
}

#[tokio::test]
async fn events_are_listed_newest_first_and_page_without_a_gap_or_a_repetition() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let emails: Vec<_> = (0..20).map(|i| format!("p{i}@x.example")).collect();
    acme.try_invite(&h, &json!({ "emails": emails, "role": "participant" }))
        .await
        .expect(201);
    let all = acme.events(&h).await;
    assert_eq!(all.len(), 23);
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = acme.path(&format!("/events?limit=7{cursor}"));
        let page = acme.owner.get(&h, &path).await.expect(200);
        found.extend(page.body["items"].as_array().unwrap().clone());
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
        // What happens meanwhile stands before the first page, and shifts nothing.
        acme.owner
            .patch(&h, &acme.path(""), &json!({ "name": format!("Acme {}", found.len()) }))
            .await
            .expect(200);
    }
    // Names are the present ones, and the organization has got others meanwhile.
    let recorded = |event: &Value| {
        let mut event = event.clone();
        event["actor"]["name"] = Value::Null;
        event["subject"]["name"] = Value::Null;
        event
    };
    assert_eq!(
        found.iter().map(recorded).collect::<Vec<_>>(),
        all.iter().map(recorded).collect::<Vec<_>>()
    );
    // As times: as text, a fraction that ends in zero has fewer digits and comes in another place.
    let time = |event: &Value| -> Timestamp { event["at"].as_str().unwrap().parse().unwrap() };
    let times: Vec<_> = all.iter().map(time).collect();
    assert!(times.windows(2).all(|pair| pair[0] >= pair[1]));
}

#[tokio::test]
async fn events_are_for_those_who_run_the_organization_and_the_platform() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let hal = acme.helper(&h, "hal").await;
    for who in [&acme.owner, &ada, &hal, &h.platform()] {
        who.get(&h, &acme.path("/events")).await.expect(200);
    }
    for (name, role) in [
        ("pat", "program_admin"),
        ("fay", "program_facilitator"),
        ("sam", "program_sponsor"),
        ("pia", "participant"),
    ] {
        let who = acme.join(&h, name, role, &["spring"]).await;
        who.get(&h, &acme.path("/events")).await.problem(403, "forbidden");
    }
    h.person("stranger")
        .get(&h, &acme.path("/events"))
        .await
        .problem(404, "not-found");
}

#[tokio::test]
async fn no_event_holds_a_link_or_a_message() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    let body = invitation_with(ann.email(), "admin", &[], "message", json!("Between us two"));
    acme.try_invite(&h, &body).await.expect(201);
    let token = h.invitation_token(ann.email()).await;
    ann.accept(&h, &token).await.expect(200);
    let all = json!(acme.events(&h).await).to_string();
    assert!(!all.contains(&token) && !all.contains("Between us two"));
}
