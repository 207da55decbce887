//! What members tell about themselves, and when they were last seen.

use jiff::SignedDuration;
use muster_tests::harness::{Harness, Organization};
use muster_tests::recount;
use serde_json::{Value, json};

#[tokio::test]
async fn members_edit_their_own_profile_field_by_field() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pia = acme.join(&h, "pia", "participant", &[]).await;
    let me = acme.path("/members/me");
    let all = json!({ "name": "Pia P.", "timezone": "europe/paris", "language": "fr", "color": "#ABCDEF",
        "notifications": { "weekly_digest": false }, "skills": ["Rust", "Tea"], "bio": "Two\nlines" });
    let said = pia.patch(&h, &me, &all).await.expect(200);
    let expected = json!({ "timezone": "Europe/Paris", "language": "fr", "color": "#abcdef",
        "notifications": { "weekly_digest": false }, "skills": ["Rust", "Tea"], "bio": "Two\nlines" });
    assert_eq!(said.body["profile"], expected);
    assert_eq!(said.body["name"], "Pia P.");
    let more = json!({ "notifications": { "mentions": true }, "bio": null });
    let said = pia.patch(&h, &me, &more).await.expect(200);
    assert_eq!(
        said.body["profile"]["notifications"],
        json!({ "mentions": true, "weekly_digest": false })
    );
    assert_eq!(said.body["profile"]["bio"], Value::Null);
    assert_eq!(
        said.body["profile"]["timezone"], "Europe/Paris",
        "what is not named stays"
    );
    assert_eq!(
        said.body["role"], "participant",
        "and a profile changes nothing of what they hold"
    );
    let row = acme.owner.get(&h, &acme.path("/members")).await.expect(200);
    let row = row.body["items"].as_array().unwrap().clone();
    let row = row.iter().find(|r| r["id"] == json!(pia.id())).unwrap();
    assert_eq!(row["timezone"], "Europe/Paris");
    assert_eq!(row["color"], "#abcdef");
    assert_eq!(row["name"], "Pia P.");
    recount(&h).await;
}

#[tokio::test]
async fn every_field_of_a_profile_that_is_at_fault_is_named() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let many: Vec<_> = (0..51).map(|i| format!("s{i}")).collect();
    let switches: serde_json::Map<String, Value> = (0..51).map(|i| (format!("n{i}"), json!(true))).collect();
    for (body, place) in [
        (json!({ "timezone": "Mars/Base" }), "timezone"),
        (json!({ "color": "red" }), "color"),
        (json!({ "language": "tlh" }), "language"),
        (json!({ "skills": ["ok", ""] }), "skills[1]"),
        (json!({ "skills": many }), "skills"),
        (json!({ "notifications": { "Bad Name": true } }), "notifications"),
        (json!({ "notifications": { "digest": "yes" } }), "notifications.digest"),
        (json!({ "notifications": switches }), "notifications"),
        (json!({ "bio": "x".repeat(2001) }), "bio"),
        (json!({ "name": "a\u{202e}b" }), "name"),
        (json!({ "email": "x@x.example" }), "email"),
        (json!({ "status": "away" }), "status"),
        (json!({ "last_active_at": null }), "last_active_at"),
    ] {
        let refused = acme.owner.patch(&h, &acme.path("/members/me"), &body).await;
        let faults = refused.problem(422, "invalid-request").faults();
        assert_eq!(faults.len(), 1, "{body}: {faults:?}");
        assert!(faults[0].0.starts_with(place), "{body}: {faults:?}");
    }
}

#[tokio::test]
async fn when_a_member_was_last_seen_is_kept_without_a_write_a_request() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let seen = async || {
        acme.member(&h, &ann.id()).await["last_active_at"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let first = seen().await;
    h.advance(SignedDuration::from_mins(50));
    for path in ["", "/members", "/roles", "/events"] {
        ann.get(&h, &acme.path(path)).await.expect(200);
    }
    assert_eq!(seen().await, first, "within the hour nothing is written");
    h.advance(SignedDuration::from_mins(15));
    ann.get(&h, &acme.path("")).await.expect(200);
    let second = seen().await;
    assert!(second > first);
    h.advance(SignedDuration::from_mins(61));
    ann.put(&h, &acme.path("/resources/program/new"), &json!({ "name": "New" }))
        .await
        .expect(201);
    let third = seen().await;
    assert!(third > second, "a change counts as well as a look");
    h.advance(SignedDuration::from_mins(61));
    acme.owner.get(&h, &acme.path("/members")).await.expect(200);
    assert_eq!(seen().await, third, "being looked at is not being there");
    recount(&h).await;
}

#[tokio::test]
async fn being_seen_is_no_change_that_others_could_collide_with() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let path = acme.path(&format!("/members/{}", ann.id()));
    let read = acme.owner.get(&h, &path).await.expect(200);
    let tag = read.header("etag").unwrap().to_owned();
    h.advance(SignedDuration::from_mins(61));
    ann.get(&h, &acme.path("")).await.expect(200);
    let body = json!({ "role": "program_admin", "resources": [{ "type": "program", "id": "spring" }] });
    h.send(
        Some(&acme.owner),
        reqwest::Method::PATCH,
        &path,
        Some(&body),
        &[("if-match", &tag)],
    )
    .await
    .expect(200);
    recount(&h).await;
}

#[tokio::test]
async fn only_members_who_manage_a_member_edit_their_profile_and_status() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let sam = acme.join(&h, "sam", "program_sponsor", &["spring"]).await;
    let path = acme.path(&format!("/members/{}", sam.id()));
    let body = json!({ "color": "#336699", "bio": "Watches", "notifications": { "digest": true }, "name": "Sam S." });
    for who in [&acme.owner, &ann, &pat] {
        let said = who.patch(&h, &path, &body).await.expect(200);
        assert_eq!(said.body["profile"]["color"], "#336699");
        assert_eq!(said.body["name"], "Sam S.");
    }
    let owner = acme.path(&format!("/members/{}", acme.owner.id()));
    ann.patch(&h, &owner, &body).await.problem(403, "forbidden");
    sam.patch(&h, &acme.path(&format!("/members/{}", pat.id())), &body)
        .await
        .problem(403, "forbidden");

    let said = pat.patch(&h, &path, &json!({ "status": "inactive" })).await.expect(200);
    assert_eq!(said.body["status"], "inactive");
    sam.get(&h, &acme.path("/members/me"))
        .await
        .problem(403, "member-inactive");
    pat.patch(&h, &path, &json!({ "status": "active" })).await.expect(200);
    sam.get(&h, &acme.path("/members/me")).await.expect(200);
    pat.patch(&h, &acme.path("/members/me"), &json!({ "status": "inactive" }))
        .await
        .problem(409, "own-membership");
    recount(&h).await;
}

#[tokio::test]
async fn a_member_sees_their_profile_as_others_do_and_others_see_no_settings_in_it() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let sam = acme.join(&h, "sam", "program_sponsor", &["spring"]).await;
    let fay = acme.join(&h, "fay", "program_sponsor", &["spring"]).await;
    let body = json!({ "skills": ["Tea"], "notifications": { "digest": true } });
    sam.patch(&h, &acme.path("/members/me"), &body).await.expect(200);
    let own = sam.get(&h, &acme.path("/members/me")).await.expect(200);
    assert_eq!(own.body["profile"]["notifications"], json!({ "digest": true }));
    let as_others = sam.get(&h, &acme.path("/members/me?as=others")).await.expect(200);
    let seen = fay
        .get(&h, &acme.path(&format!("/members/{}", sam.id())))
        .await
        .expect(200);
    assert_eq!(as_others.body, seen.body);
    assert_eq!(seen.body["profile"]["skills"], json!(["Tea"]));
    assert!(seen.body["profile"].get("notifications").is_none());
    let managed = acme.member(&h, &sam.id()).await;
    assert_eq!(managed["profile"]["notifications"], json!({ "digest": true }));
}
