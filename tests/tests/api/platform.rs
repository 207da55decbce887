//! A token of the platform is the platform's, even where its user is a member as well.

use muster_local::TokenRequest;
use muster_tests::harness::{Answer, Harness, Organization, invitation};
use muster_tests::{Persona, Snapshot, recount};
use reqwest::Method;
use serde_json::{Value, json};

/// Sends a request with a platform token of this person's.
async fn as_platform(h: &Harness, who: &Persona, method: Method, path: &str, body: Value) -> Answer {
    let request = TokenRequest {
        sub: who.name().to_owned(),
        email: Some(who.email().to_owned()),
        email_verified: Some(true),
        scope: Some("openid muster:platform".into()),
        ..TokenRequest::default()
    };
    let token = h.backend.issue_token(&request).unwrap();
    let call = h.http().request(method, format!("{}{path}", h.backend.base_url()));
    let call = call.bearer_auth(token);
    let call = if body.is_null() { call } else { call.json(&body) };
    h.answered(call).await
}

/// Everything that only members change, with what is refused: all of it is an owner's to do.
fn changes(acme: &Organization, pat: &Persona) -> Vec<(Method, String, Value)> {
    let member = |rest: &str| format!("/members/{}{rest}", pat.id());
    let sponsor = json!({ "role": "program_sponsor" });
    let chosen = json!({ "members": [pat.id()] });
    [
        (Method::DELETE, String::new(), Value::Null),
        (Method::PATCH, String::new(), json!({ "name": "Mine" })),
        (
            Method::PUT,
            "/resources/program/summer".into(),
            json!({ "name": "Summer" }),
        ),
        (Method::DELETE, "/resources/program/spring".into(), Value::Null),
        (
            Method::POST,
            "/invitations".into(),
            invitation("new@x.example", "participant", &[]),
        ),
        (Method::POST, "/invitations/resend".into(), Value::Null),
        (
            Method::POST,
            "/members".into(),
            json!({ "email": "new@x.example", "role": "participant" }),
        ),
        (Method::PATCH, member(""), json!({ "role": "admin" })),
        (Method::DELETE, member(""), Value::Null),
        (Method::PUT, member("/grants/program/autumn"), sponsor),
        (Method::DELETE, member("/grants/program/spring"), Value::Null),
        (Method::POST, member("/api-keys"), json!({ "name": "zapier" })),
        (Method::PATCH, "/members/me".into(), json!({ "bio": "Me" })),
        (Method::DELETE, "/members/me".into(), Value::Null),
        (Method::POST, "/members/me/api-keys".into(), json!({ "name": "zapier" })),
        (Method::POST, "/members/deactivate".into(), chosen.clone()),
        (Method::POST, "/members/remove".into(), chosen),
        (Method::POST, "/exports".into(), json!({ "format": "csv" })),
        (
            Method::POST,
            "/transfer-ownership".into(),
            json!({ "to": pat.id(), "then": "admin" }),
        ),
        (Method::PUT, "/paying-owner".into(), json!({ "member": pat.id() })),
    ]
    .map(|(method, rest, body)| (method, acme.path(&rest), body))
    .into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_token_of_an_owner_changes_nothing_that_is_for_members() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    for deleted in [false, true] {
        if deleted {
            acme.owner.delete(&h, &acme.path("")).await.expect(204);
            h.backend.drained().await;
        }
        // Far enough on that a member would be noted as seen.
        h.advance_days(1);
        let before = Snapshot::of(&h).await;
        for (method, path, body) in changes(&acme, &pat) {
            let told = as_platform(&h, &acme.owner, method.clone(), &path, body).await;
            assert_eq!(told.status, 403, "{method} {path}: {:#}", told.body);
        }
        let contact = json!({ "email": "kim@x.example" });
        if deleted {
            let put = as_platform(&h, &acme.owner, Method::PUT, &acme.path("/contacts/kim"), contact).await;
            put.problem(404, "not-found");
        }
        for rest in [
            "",
            "/members",
            "/members/me",
            "/events",
            "/resources",
            "/invitations",
            "/roles",
        ] {
            let read = as_platform(&h, &acme.owner, Method::GET, &acme.path(rest), Value::Null).await;
            read.expect(200);
        }
        before.assert_unchanged(&h, "a platform token of an owner").await;
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_is_deleted_once_and_its_thirty_days_begin_once() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.owner.delete(&h, &acme.path("")).await.expect(204);
    h.backend.drained().await;
    let deleted_at = async || h.platform().get(&h, &acme.path("")).await.expect(200).body["deleted_at"].clone();
    let first = deleted_at().await;
    assert!(first.is_string());
    h.advance_days(29);
    let me = acme.path("");
    acme.owner.delete(&h, &me).await.problem(404, "not-found");
    as_platform(&h, &acme.owner, Method::DELETE, &me, Value::Null)
        .await
        .problem(403, "forbidden");
    h.platform().delete(&h, &me).await.problem(403, "forbidden");
    // What the platform does with it meanwhile does not begin them anew either.
    let plan = json!({ "seat_limit": 7 });
    h.platform().put(&h, &acme.path("/plan"), &plan).await.expect(200);
    assert_eq!(deleted_at().await, first);
    h.advance_days(1);
    h.run_schedule().await;
    h.run_schedule().await;
    h.platform().get(&h, &me).await.problem(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn its_own_routes_are_the_platforms_even_if_its_user_is_a_member() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "participant", &["spring"]).await;
    let plan = json!({ "seat_limit": 7 });
    // A participant in person, and the platform with another token of the same account.
    pat.put(&h, &acme.path("/plan"), &plan).await.problem(403, "forbidden");
    pat.get(&h, &acme.path("/events")).await.problem(403, "forbidden");
    as_platform(&h, &pat, Method::PUT, &acme.path("/plan"), plan)
        .await
        .expect(200);
    as_platform(&h, &pat, Method::GET, &acme.path("/events"), Value::Null)
        .await
        .expect(200);
    let contact = json!({ "email": "kim@x.example" });
    as_platform(&h, &pat, Method::PUT, &acme.path("/contacts/kim"), contact)
        .await
        .expect(201);
    // Switched off as a member, the platform reads on.
    let chosen = json!({ "members": [pat.id()] });
    acme.owner
        .post(&h, &acme.path("/members/deactivate"), &chosen)
        .await
        .expect(200);
    pat.get(&h, &acme.path("")).await.problem(403, "member-inactive");
    as_platform(&h, &pat, Method::GET, &acme.path(""), Value::Null)
        .await
        .expect(200);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_token_makes_no_user_a_member() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = h.person("pat");
    acme.invite(&h, pat.email(), "participant", &[]).await;
    let token = h.invitation_token(pat.email()).await;
    let answer = |verb: &str| format!("/v1/invitations/{token}/{verb}");
    let before = Snapshot::of(&h).await;
    for verb in ["accept", "decline"] {
        let told = as_platform(&h, &pat, Method::POST, &answer(verb), Value::Null).await;
        told.problem(403, "forbidden");
    }
    let body = json!({ "name": "Mine", "role_set": "program-delivery" });
    let told = as_platform(&h, &pat, Method::POST, "/v1/organizations", body).await;
    told.problem(403, "forbidden");
    before.assert_unchanged(&h, "a platform token of a guest").await;
    pat.accept(&h, &token).await.expect(200);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_kept_for_the_platform_is_not_given_to_its_user_as_a_member() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.owner.delete(&h, &acme.path("")).await.expect(204);
    let request = TokenRequest {
        sub: acme.owner.name().to_owned(),
        scope: Some("muster:platform".into()),
        ..TokenRequest::default()
    };
    let platform = h.backend.issue_token(&request).unwrap();
    let restore = async |token: String| {
        let url = format!("{}{}", h.backend.base_url(), acme.path("/restore"));
        let call = h.http().post(url).bearer_auth(token).header("idempotency-key", "back");
        h.answered(call).await
    };
    restore(platform.clone()).await.expect(200);
    let again = restore(platform).await.expect(200);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    restore(acme.owner.token(&h)).await.problem(403, "forbidden");
    recount(&h).await;
}
