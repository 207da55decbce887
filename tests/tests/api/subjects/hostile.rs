//! Subjects that look like something else: each names its own user and no other.

use super::{by_subject, encoded, found};
use muster_tests::harness::{Harness, Organization};
use muster_tests::{Answer, Persona, recount};
use serde_json::json;

/// Subjects that a path can name, although each of them could be taken for something else.
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

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_with_a_slash_or_a_question_mark_is_found_by_the_list_and_has_no_path() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let subjects = [
        "a/b",
        "/",
        "https://idp.example/ann",
        "x/grants/program/spring",
        "a?b",
        "?",
    ];
    for (number, subject) in subjects.into_iter().enumerate() {
        let person = join(&h, &acme, number, subject).await;
        for segment in [by_subject(&person), encoded(&by_subject(&person))] {
            let path = acme.path(&format!("/members/{segment}"));
            // It is a path of another route, or of none: what is answered is not what the document says of this one.
            let request = h.http().get(format!("{}{path}", h.backend.base_url()));
            let request = request.bearer_auth(acme.owner.token(&h));
            let answer = Answer::read(request.send().await.unwrap()).await;
            assert!([404, 405].contains(&answer.status), "{subject}: {:#}", answer.body);
        }
        let rows = found(&h, &acme, &acme.owner, subject).await;
        assert_eq!((rows.len(), &rows[0]["id"]), (1, &json!(person.id())), "{subject}");
        assert_eq!(acme.member(&h, &person.id()).await["subject"], subject);
    }
    recount(&h).await;
}
