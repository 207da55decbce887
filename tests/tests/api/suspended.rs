//! A suspended organization: its members, keys and decisions are refused at the next request, its owners keep what they need,
//! and resuming it brings everything back as it was.

mod asking;
mod mail;
mod races;
mod routes;
mod time;

use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::shortcuts::named;
use muster_tests::{Answer, NewKey, Persona, Snapshot, recount};
use reqwest::Method;
use serde_json::{Value, json};

const SUSPENDED: &str = "organization-suspended";
const REASON: &str = "The plan has ended";

/// The suspension of an organization, as the platform sets it.
async fn set(h: &Harness, acme: &Organization, body: &Value) -> Answer {
    h.platform().put(h, &acme.path("/suspension"), body).await
}

/// Suspends an organization at once.
async fn suspend(h: &Harness, acme: &Organization) {
    set(h, acme, &json!({ "reason": REASON })).await.expect(200);
}

async fn resume(h: &Harness, acme: &Organization) {
    h.platform().delete(h, &acme.path("/suspension")).await.expect(204);
}

/// How many mails with this subject an address got.
async fn told(h: &Harness, email: &str, subject: &str) -> usize {
    let mail = h.mail_to(email).await;
    mail.iter().filter(|mail| mail.subject == subject).count()
}

const NEWS: [&str; 2] = ["Acme is suspended", "Acme is active again"];

/// An organization with somebody in each position.
struct Cast {
    acme: Organization,
    /// Another owner.
    oda: Persona,
    admin: Persona,
    participant: Persona,
    inactive: Persona,
    /// The owner's key.
    key: NewKey,
}

impl Cast {
    async fn make(h: &Harness) -> Self {
        let acme = Organization::make(h).await;
        let oda = acme.join(h, "oda", "owner", &[]).await;
        let admin = acme.join(h, "ada", "admin", &[]).await;
        let participant = acme.join(h, "pia", "participant", &["spring"]).await;
        let inactive = acme.join(h, "ina", "admin", &[]).await;
        let body = json!({ "members": [inactive.id()] });
        let path = acme.path("/members/deactivate");
        acme.owner.post(h, &path, &body).await.expect(200);
        let key = acme.key(h, &acme.owner, &json!({ "name": "zapier" })).await;
        Self {
            acme,
            oda,
            admin,
            participant,
            inactive,
            key,
        }
    }
}

const READS: [&str; 8] = [
    "",
    "/members/me",
    "/members",
    "/roles",
    "/events",
    "/resources",
    "/invitations",
    "/contacts",
];

#[tokio::test(flavor = "multi_thread")]
async fn members_and_keys_are_refused_at_the_next_request_and_only_owners_learn_why() {
    let h = Harness::start().await;
    let cast = Cast::make(&h).await;
    let acme = &cast.acme;
    let answer = set(&h, acme, &json!({ "reason": REASON })).await.expect(200);
    let since = answer.text("/suspension/at");
    let stranger = h.person("stella");
    for rest in READS {
        let path = acme.path(rest);
        for who in [&cast.admin, &cast.participant, &cast.key.persona] {
            let detail = who.get(&h, &path).await.problem(403, SUSPENDED).text("/detail");
            assert!(detail.contains(&since) && !detail.contains(REASON), "{detail}");
        }
        cast.inactive.get(&h, &path).await.problem(403, "member-inactive");
        stranger.get(&h, &path).await.problem(404, "not-found");
        acme.owner.get(&h, &path).await.expect(200);
        cast.oda.get(&h, &path).await.expect(200);
    }
    let offer = invitation("new@x.example", "participant", &[]);
    for (who, knows) in [(&acme.owner, true), (&cast.oda, true), (&cast.admin, false)] {
        let refused = who.post(&h, &acme.path("/invitations"), &offer).await;
        let detail = refused.problem(403, SUSPENDED).text("/detail");
        assert!(detail.contains(&since) && detail.contains(REASON) == knows, "{detail}");
    }
    for who in [&acme.owner, &cast.admin, &cast.participant] {
        let mine = who.get(&h, "/v1/organizations").await.expect(200);
        assert_eq!(mine.body["items"][0]["suspended"], true);
    }
    assert_eq!(cast.key.code(&h).await, "organization_suspended");
    assert!(!cast.key.may(&h, "content:read", None).await);

    resume(&h, acme).await;
    for rest in READS {
        for who in [&acme.owner, &cast.admin, &cast.key.persona] {
            who.get(&h, &acme.path(rest)).await.expect(200);
        }
    }
    let mine = cast.participant.get(&h, "/v1/organizations").await.expect(200);
    assert_eq!(mine.body["items"][0]["suspended"], false);
    assert_eq!(cast.key.code(&h).await, "valid");
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_dead_anyway_says_so() {
    let h = Harness::start().await;
    let cast = Cast::make(&h).await;
    let path = format!("{}/{}", cast.acme.keys_of(&cast.acme.owner), cast.key.id);
    cast.acme.owner.delete(&h, &path).await.expect(204);
    suspend(&h, &cast.acme).await;
    assert_eq!(cast.key.code(&h).await, "revoked");
    let refused = cast.key.persona.get(&h, &cast.acme.path("")).await;
    refused.problem(401, "unauthorized");
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_name_who_pays_export_and_delete_and_the_platform_does_what_it_always_does() {
    let h = Harness::start().await;
    let cast = Cast::make(&h).await;
    let acme = &cast.acme;
    suspend(&h, acme).await;
    let payer = json!({ "member": cast.oda.id() });
    let named = acme
        .owner
        .put(&h, &acme.path("/paying-owner"), &payer)
        .await
        .expect(200);
    assert_eq!(named.text("/paying_owner"), cast.oda.id());
    assert_eq!(named.text("/suspension/reason"), REASON);
    cast.admin
        .put(&h, &acme.path("/paying-owner"), &payer)
        .await
        .problem(403, SUSPENDED);

    let export = acme.owner.get(&h, &acme.path("/members/export")).await;
    assert_eq!(export.status, 200);
    let wanted = json!({ "format": "csv" });
    let asked = acme.owner.post(&h, &acme.path("/exports"), &wanted).await.expect(202);
    h.backend.drained().await;
    let ready = acme.path(&format!("/exports/{}", asked.text("/id")));
    assert_eq!(acme.owner.get(&h, &ready).await.expect(200).text("/state"), "ready");

    let platform = h.platform();
    for rest in READS.into_iter().filter(|rest| *rest != "/members/me") {
        platform.get(&h, &acme.path(rest)).await.expect(200);
    }
    acme.plan(&h, Some(9), &[]).await;
    let contact = json!({ "email": "kim@x.example" });
    platform
        .put(&h, &acme.path("/contacts/kim"), &contact)
        .await
        .expect(201);

    acme.owner.delete(&h, &acme.path("")).await.expect(204);
    acme.owner.get(&h, &acme.path("")).await.problem(404, "not-found");
    assert_eq!(cast.key.code(&h).await, "organization_deleted");
    platform
        .post(&h, &acme.path("/restore"), &Value::Null)
        .await
        .expect(200);
    cast.admin.get(&h, &acme.path("")).await.problem(403, SUSPENDED);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_can_leave_and_nothing_else_ends() {
    let h = Harness::start().await;
    let cast = Cast::make(&h).await;
    let acme = &cast.acme;
    suspend(&h, acme).await;
    let me = acme.path("/members/me");
    cast.key.persona.delete(&h, &me).await.problem(403, SUSPENDED);
    let other = acme.path(&format!("/members/{}", cast.participant.id()));
    for who in [&acme.owner, &cast.admin] {
        who.delete(&h, &other).await.problem(403, SUSPENDED);
    }
    for who in [&cast.admin, &cast.inactive, &cast.oda] {
        who.delete(&h, &me).await.expect(204);
        who.get(&h, &acme.path("")).await.problem(404, "not-found");
    }
    acme.owner.delete(&h, &me).await.problem(409, "last-owner");
    resume(&h, acme).await;
    cast.participant.get(&h, &me).await.expect(200);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn setting_it_twice_changes_and_mails_nothing() {
    let h = Harness::start().await;
    let cast = Cast::make(&h).await;
    let acme = &cast.acme;
    let emails = [acme.owner.email(), cast.oda.email()];
    for round in 1..3 {
        for _ in 0..2 {
            suspend(&h, acme).await;
            h.advance(jiff::SignedDuration::from_mins(5));
        }
        for email in emails {
            assert_eq!(told(&h, email, NEWS[0]).await, round, "{email}");
        }
        for _ in 0..2 {
            resume(&h, acme).await;
        }
        for email in emails {
            assert_eq!(told(&h, email, NEWS[1]).await, round, "{email}");
        }
    }
    for who in [&cast.admin, &cast.inactive] {
        let mail = h.mail_to(who.email()).await;
        assert!(!mail.iter().any(|mail| NEWS.contains(&mail.subject.as_str())));
    }
    let events = acme.events(&h).await;
    let own: Vec<&Value> = events
        .iter()
        .filter(|event| event["actor"]["type"] == "platform")
        .collect();
    let kinds: Vec<&str> = own.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    let (off, on) = ("organization.resumed", "organization.suspended");
    assert_eq!(kinds, [off, on, off, on], "newest first");
    assert_eq!(own[0]["before"], own[1]["after"]);
    assert_eq!((&own[0]["after"], &own[1]["before"]), (&Value::Null, &Value::Null));
    assert_eq!(own[1]["after"]["reason"], REASON);
    let text = &h.mail_to(emails[0]).await;
    let text = &text.iter().find(|mail| mail.subject == NEWS[0]).unwrap().text;
    assert!(text.contains(REASON), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_is_checked_and_conditions_hold() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let before = Snapshot::of(&h).await;
    for (body, faults) in [
        (json!({}), [("reason", "missing_field")]),
        (json!({ "reason": " " }), [("reason", "invalid_value")]),
        (
            json!({ "reason": "x", "at": "9999-12-31T23:59:59Z" }),
            [("at", "out_of_range")],
        ),
        (json!({ "reason": "x", "until": null }), [("until", "unknown_field")]),
    ] {
        let refused = set(&h, &acme, &body).await.problem(422, "invalid-request");
        assert_eq!(refused.faults(), named(&faults), "{body}");
    }
    let path = acme.path("/suspension");
    acme.owner
        .put(&h, &path, &json!({ "reason": "x" }))
        .await
        .problem(403, "forbidden");
    acme.owner.delete(&h, &path).await.problem(403, "forbidden");
    let put = async |tag: &str| {
        let body = json!({ "reason": REASON });
        h.send(
            Some(&h.platform()),
            Method::PUT,
            &path,
            Some(&body),
            &[("if-match", tag)],
        )
        .await
    };
    put("\"999.x\"").await.problem(412, "precondition-failed");
    before.assert_unchanged(&h, "requests that are refused").await;
    let seen = h.platform().get(&h, &acme.path("")).await.expect(200);
    let tag = seen.header("etag").unwrap().to_owned();
    let set = put(&tag).await.expect(200);
    assert_ne!(set.header("etag"), Some(tag.as_str()));
    put(&tag).await.problem(412, "precondition-failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_kept_is_given_again_only_once_it_is_resumed() {
    let h = Harness::start().await;
    let cast = Cast::make(&h).await;
    let acme = &cast.acme;
    let body = invitation("new@x.example", "participant", &[]);
    let send = async || {
        let key = [("idempotency-key", "once")];
        let path = acme.path("/invitations");
        h.send(Some(&cast.admin), Method::POST, &path, Some(&body), &key).await
    };
    let first = send().await.expect(201);
    suspend(&h, acme).await;
    send().await.problem(403, SUSPENDED);
    // Whoever made the organization gets the answer to that again, and no other organization.
    let found = async || {
        let body = json!({ "name": "Mine", "role_set": "program-delivery" });
        let key = [("idempotency-key", "found")];
        h.send(Some(&cast.admin), Method::POST, "/v1/organizations", Some(&body), &key)
            .await
            .expect(201)
    };
    let mine = found().await.text("/id");
    let path = format!("/v1/organizations/{mine}/suspension");
    h.platform()
        .put(&h, &path, &json!({ "reason": REASON }))
        .await
        .expect(200);
    assert_eq!(found().await.text("/id"), mine);
    resume(&h, acme).await;
    let again = send().await.expect(201);
    assert_eq!(again.body, first.body);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    recount(&h).await;
}
