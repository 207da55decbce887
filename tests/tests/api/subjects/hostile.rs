//! Subjects that look like something else: each names its own user and no other.

use super::{by_subject, encoded, found};
use muster_tests::harness::{Harness, Organization};
use muster_tests::{Answer, Persona, recount};
use reqwest::Method;
use serde_json::json;

/// Subjects, each of which could be taken for something else.
fn hostile(h: &Harness) -> Vec<String> {
    let short = [
        "me",
        "sub:me",
        "sub:",
        "activate",
        "export",
        ".",
        "..",
        "%",
        "100%",
        "%2F",
        "a%2Fb",
        "%3F",
        "a%252Fb",
        "%00",
        "a+b",
        "a b",
        " ",
        "a&subject=b",
        "a#b",
        "a;b=c",
        "{member}",
        "株式会社",
        "👩‍💻",
        "\u{202e}evil",
        "'; DROP",
        "=1+1",
        "auth0|507f",
        "a,b",
        "\"a\"",
        "a\\b",
        "a/b",
        "/",
        "https://idp.example/ann",
        "x/grants/program/spring",
        "a?b",
        "?",
        "sub64:YWxpY2U",
    ];
    let mut all: Vec<String> = short.map(ToOwned::to_owned).into();
    all.push(h.person("olivia").id());
    all.push("x".repeat(255));
    all.push("é".repeat(255));
    all
}

/// A member with this subject.
async fn join(h: &Harness, acme: &Organization, number: usize, subject: &str) -> Persona {
    let person = h.person(subject).with_email(&format!("h{number}@x.example"), true);
    acme.invite(h, person.email(), "participant", &["spring"]).await;
    let token = h.invitation_token(person.email()).await;
    person.accept(h, &token).await.expect(200);
    person
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_that_looks_like_something_else_names_its_own_user_and_no_other() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for (number, subject) in hostile(&h).iter().enumerate() {
        let person = join(&h, &acme, number, subject).await;
        let path = acme.path(&format!("/members/{}", by_subject(&person)));
        let one = acme.owner.get(&h, &path).await.expect(200);
        assert_eq!(
            (&one.body["id"], &one.body["subject"]),
            (&json!(person.id()), &json!(subject))
        );
        let rows = found(&h, &acme, &acme.owner, subject).await;
        assert_eq!((rows.len(), &rows[0]["id"]), (1, &json!(person.id())), "{subject:?}");
        let bulk = json!({ "members": [format!("sub:{subject}")] });
        let done = acme
            .owner
            .post(&h, &acme.path("/members/deactivate"), &bulk)
            .await
            .expect(200);
        let row = &done.body["results"][0];
        assert_eq!(
            (&row["member"], &row["status"]),
            (&json!(person.id()), &json!("deactivated")),
            "{subject:?}"
        );
        acme.owner.delete(&h, &path).await.expect(204);
        acme.owner.get(&h, &path).await.problem(404, "not-found");
        acme.owner.get(&h, &acme.path("/members/me")).await.expect(200);
    }
    recount(&h).await;
}

/// After `sub:`, a gateway would cut or split some subjects, and what is left names another user, or a role of theirs.
#[tokio::test(flavor = "multi_thread")]
async fn a_path_with_a_subject_that_is_not_in_base64_reaches_no_member() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let fac = join(&h, &acme, 0, "fac").await;
    let before = acme.member(&h, &fac.id()).await;
    for (number, rest) in ["?", "?as=others", "/grants/program/spring", ""]
        .into_iter()
        .enumerate()
    {
        let subject = format!("fac{rest}");
        if !rest.is_empty() {
            join(&h, &acme, number + 1, &subject).await;
        }
        let path = acme.path(&format!("/members/{}", encoded(&format!("sub:{subject}"))));
        for method in [Method::GET, Method::DELETE] {
            // Where it is the path of another route, the document says nothing of what is answered.
            let request = h.http().request(method, format!("{}{path}", h.backend.base_url()));
            let request = request.bearer_auth(acme.owner.token(&h));
            let answer = Answer::read(request.send().await.unwrap()).await;
            assert_eq!(
                answer.status,
                if rest.contains('/') && answer.status == 405 {
                    405
                } else {
                    404
                }
            );
            if answer.status == 404 {
                let detail = answer.text("/detail");
                assert!(detail.contains("sub64:"), "{subject}: {detail}");
            }
        }
    }
    assert_eq!(acme.member(&h, &fac.id()).await, before);
    recount(&h).await;
}
