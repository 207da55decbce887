//! Naming a user by subject: whatever takes an id takes it, and does the same.

use super::{by_subject, encoded, found, tells};
use muster_functions::routes::{Access, ROUTES, Route};
use muster_tests::bench::Bench;
use muster_tests::harness::{Harness, Organization};
use muster_tests::requests::{Case, prepare};
use muster_tests::shortcuts::named;
use muster_tests::{Persona, recount};
use regex::Regex;
use serde_json::{Value, json};

/// The functions that take the name of a user, without those that decide about access.
const NAMING: [&str; 15] = [
    "transfer-ownership",
    "name-paying-owner",
    "activate-members",
    "deactivate-members",
    "change-members-role",
    "remove-members",
    "get-member",
    "update-member",
    "remove-member",
    "create-api-key",
    "list-api-keys",
    "revoke-api-key",
    "rotate-api-key",
    "put-grant",
    "delete-grant",
];

/// The same request, with each user named by subject; whether it names any.
fn renamed(b: &Bench, case: &mut Case) -> bool {
    let (path, body) = (case.path.clone(), case.body.clone());
    let people: Vec<Persona> = ["olivia", "ann", "bob"].map(|name| case.person(b, name)).into();
    for person in people {
        let text = case.body.as_ref().map(Value::to_string);
        let text = text.map(|text| text.replace(&person.id(), &format!("sub:{}", person.name())));
        case.body = text.map(|text| serde_json::from_str(&text).unwrap());
        case.path = case.path.replace(&person.id(), &by_subject(&person));
    }
    (path, body) != (case.path.clone(), case.body.clone())
}

/// What an answer says, without what differs between two cases.
fn plain(case: &Case, body: &Value) -> String {
    let ids = Regex::new("(usr|org|inv|key|mk|evt)_[0-9A-Za-z]+").unwrap();
    let times = Regex::new(r"\d{4}-\d\d-\d\dT[0-9:.]+Z").unwrap();
    // A version begins with the instant at which its member joined.
    let versions = Regex::new(r#""version":"[0-9a-f]+-"#).unwrap();
    let text = body.to_string().replace(&case.tag, "");
    let text = versions.replace_all(&text, r#""version":"then-"#);
    times.replace_all(&ids.replace_all(&text, "$1"), "then").into_owned()
}

/// The rows of a bulk action tell how the request named them.
fn without_names(mut body: Value) -> Value {
    let rows = body.get_mut("results").and_then(Value::as_array_mut);
    for row in rows.into_iter().flatten() {
        row.as_object_mut().unwrap().remove("subject");
    }
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_that_names_a_user_does_the_same_by_id_and_by_subject() {
    let b = Bench::start().await;
    let mut naming = Vec::new();
    for route in ROUTES.iter().filter(|route| route.access != Access::Asker) {
        let mut by_name = prepare(&b, route).await;
        if !renamed(&b, &mut by_name) {
            continue;
        }
        let by_id = prepare(&b, route).await;
        let answers = [b.send(&by_id).await, b.send(&by_name).await];
        let [one, other] = &answers;
        assert!((200..300).contains(&one.status), "{}: {:#}", route.binary, one.body);
        assert_eq!(other.status, one.status, "{}: {:#}", route.binary, other.body);
        assert_eq!(
            plain(&by_name, &without_names(other.body.clone())),
            plain(&by_id, &one.body),
            "{}",
            route.binary
        );
        assert_eq!(b.outcome(&by_name).await, b.outcome(&by_id).await, "{}", route.binary);
        naming.push(route.binary);
    }
    naming.sort_unstable();
    let mut expected = NAMING.to_vec();
    expected.sort_unstable();
    assert_eq!(
        naming, expected,
        "`NAMING` in tests/tests/api/subjects/names.rs lists the routes that take the name of a user"
    );
    recount(&b.h).await;
}

/// What names nobody in the organization, in a path and in a body.
fn nobodies(other: &Persona) -> Vec<String> {
    let unknown = ["usr_0000000000000000000042".to_owned(), "sub64:bm9ib2R5".to_owned()];
    let elsewhere = [other.id(), by_subject(other)];
    unknown.into_iter().chain(elsewhere).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_member_is_not_found_by_either_name_and_nonsense_names_no_member() {
    let b = Bench::start().await;
    let oto = b.h.person("oto");
    let other = Organization::of(&b.h, oto.clone()).await;
    let mut nonsense: Vec<String> = [
        "usr_",
        "usr_1",
        "ann",
        "Me",
        "sub64:",
        "SUB64:YW5u",
        "sub64",
        ":ann",
        "sub64:YW5u=",
        "sub64:YQpi",
    ]
    .map(ToOwned::to_owned)
    .into();
    nonsense.push(format!("sub64:{}", "eHh4".repeat(86)));
    let in_path = |route: &&Route| route.path.contains("{member}");
    for route in ROUTES.iter().filter(in_path) {
        let case = prepare(&b, route).await;
        let ann = case.person(&b, "ann").id();
        let ask = async |who: &Persona, name: &str| {
            let path = case.path.replace(&ann, &encoded(name));
            let answer =
                b.h.send(Some(who), case.method.clone(), &path, case.body.as_ref(), &[])
                    .await;
            let mut body = answer.body;
            body.as_object_mut().unwrap().remove("request_id");
            (answer.status, body)
        };
        let mut told = Vec::new();
        for name in nobodies(&oto).iter().chain(&nonsense) {
            let answer = ask(&case.owner, name).await;
            assert_eq!(answer.0, 404, "{} {name}: {:#}", route.binary, answer.1);
            told.push(answer);
        }
        told.dedup();
        assert_eq!(told.len(), 1, "{}: {told:#?}", route.binary);
        // A stranger is told the same of those who are there and of those who are not.
        let mut told = Vec::new();
        let there = by_subject(&case.person(&b, "ann"));
        for name in nobodies(&oto).iter().chain([&there, &ann]) {
            told.push(ask(&other.owner, name).await);
        }
        told.dedup();
        assert_eq!((told.len(), told[0].0), (1, 404), "{}: {told:#?}", route.binary);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_bulk_actions_are_told_by_id_and_by_the_subject_that_named_them() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ian = acme.join(&h, "ian", "participant", &["spring"]).await;
    let eve = acme.join(&h, "eve", "participant", &["spring"]).await;
    let names = json!([ian.id(), "sub:eve", "sub:ian", eve.id(), "sub:nobody"]);
    let path = acme.path("/members/deactivate");
    let done = acme
        .owner
        .post(&h, &path, &json!({ "members": names }))
        .await
        .expect(200);
    let rows = done.body["results"].as_array().unwrap();
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row["member"].as_str().unwrap(),
                row["subject"].as_str(),
                row["status"].as_str().unwrap(),
            )
        })
        .collect();
    let nobody = h.person("nobody").id();
    assert_eq!(
        told,
        [
            (&*ian.id(), Some("ian"), "deactivated"),
            (&*eve.id(), Some("eve"), "deactivated"),
            (&*nobody, Some("nobody"), "refused"),
        ]
    );
    let names = json!({ "members": [ian.id()] });
    let done = acme
        .owner
        .post(&h, &acme.path("/members/activate"), &names)
        .await
        .expect(200);
    assert!(!tells(&done.body), "by id: {:#}", done.body);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_filtered_by_either_name_and_by_a_contact_that_is_called_like_one() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ian = acme.join(&h, "ian", "participant", &["spring"]).await;
    let contact = json!({ "email": "c@x.example" });
    acme.owner
        .put(&h, &acme.path("/contacts/sub:ian"), &contact)
        .await
        .expect(201);
    let listed = async |query: &str| {
        let page = acme
            .owner
            .get(&h, &acme.path(&format!("/events?{query}")))
            .await
            .expect(200);
        page.body["items"].as_array().unwrap().clone()
    };
    for (field, who) in [("actor", &acme.owner), ("actor", &ian)] {
        let by_id = listed(&format!("{field}={}", who.id())).await;
        assert!(!by_id.is_empty());
        assert_eq!(
            listed(&format!("{field}={}", encoded(&format!("sub:{}", who.name())))).await,
            by_id
        );
    }
    let by_id = listed(&format!("subject={}", ian.id())).await;
    let by_name = listed("subject=sub%3Aian").await;
    let kinds =
        |events: &[Value]| -> Vec<String> { events.iter().map(|e| e["kind"].as_str().unwrap().to_owned()).collect() };
    assert_eq!(kinds(&by_id), ["member.joined"]);
    assert_eq!(kinds(&by_name), ["contact.created", "member.joined"]);
    assert!(listed("actor=sub%3Anobody").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_names_its_account_by_subject_or_in_either_form_and_who_is_added_has_the_subject() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let add = async |email: &str| {
        let body = json!({ "email": email, "role": "participant" });
        acme.owner
            .post(&h, &acme.path("/members"), &body)
            .await
            .expect(201)
            .body["member"]
            .clone()
    };
    for (name, field, text, subject) in [
        ("a", "subject", "zoe".to_owned(), Some("zoe")),
        ("b", "subject", "sub:yan".to_owned(), Some("sub:yan")),
        ("c", "user", "sub:xia".to_owned(), Some("xia")),
        ("d", "user", h.person("wes").id(), None),
        // As a subject, whatever it looks like, it is one.
        ("e", "subject", h.person("vic").id(), Some("")),
    ] {
        let subject = subject.map(|known| {
            if known.is_empty() {
                text.clone()
            } else {
                known.to_owned()
            }
        });
        let email = format!("{name}@x.example");
        let body = json!({ "email": email, field: text });
        let known = acme
            .owner
            .put(&h, &acme.path(&format!("/contacts/{name}")), &body)
            .await
            .expect(201);
        assert_eq!(known.body["has_account"], true, "{text}");
        assert!(!tells(&known.body), "{text}");
        let member = add(&email).await;
        assert_eq!(member["subject"], json!(subject), "{text}");
        let user = h.person(subject.as_deref().unwrap_or("wes"));
        assert_eq!(member["id"], user.id(), "{text}");
    }
    let both = json!({ "email": "f@x.example", "subject": "zoe", "user": "sub:zoe" });
    let refused = acme.owner.put(&h, &acme.path("/contacts/f"), &both).await;
    let refused = refused.problem(422, "invalid-request");
    assert_eq!(refused.faults(), named(&[("user", "not_allowed")]));

    // Who is removed stays known by their subject, and has it when they are picked.
    let zoe = h.person("zoe");
    acme.owner
        .delete(&h, &acme.path(&format!("/members/{}", by_subject(&zoe))))
        .await
        .expect(204);
    let again = json!({ "contact": "a", "role": "participant" });
    let again = acme.owner.post(&h, &acme.path("/members"), &again).await.expect(201);
    assert_eq!(again.body["member"]["subject"], "zoe", "{:#}", again.body);
    assert_eq!(found(&h, &acme, &acme.owner, "zoe").await.len(), 1);
    recount(&h).await;
}
