//! What those are told whose power is limited to some programs: nothing of roles, people and programs beyond them.

use muster_tests::harness::{Answer, Harness, Organization, invitation};
use muster_tests::shortcuts::{invitation_with, named};
use muster_tests::{Persona, recount};
use reqwest::Method;
use serde_json::{Value, json};

/// What an answer tells, with each of these names replaced by one word.
fn telling(answer: &Answer, names: &[&str]) -> (u16, String) {
    let mut body = answer.body.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.remove("request_id");
    }
    let text = names
        .iter()
        .fold(body.to_string(), |text, name| text.replace(name, "NAMED"));
    (answer.status, text)
}

fn program(id: &str) -> Value {
    json!([{ "type": "program", "id": id }])
}

fn rows(page: &Answer) -> Vec<(String, Value)> {
    let items = page.body["items"].as_array().unwrap();
    let row = |row: &Value| (row["email"].as_str().unwrap().to_owned(), row["role"].clone());
    items.iter().map(row).collect()
}

/// Kim and Lee learn in spring; Kim runs autumn as well, and Lee watches it. Pat runs spring alone.
struct Scene {
    h: Harness,
    acme: Organization,
    pat: Persona,
    kim: Persona,
    lee: Persona,
}

impl Scene {
    async fn make() -> Self {
        let h = Harness::start().await;
        let acme = Organization::make(&h).await;
        let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
        let kim = acme.join(&h, "kim", "participant", &["spring"]).await;
        let lee = acme.join(&h, "lee", "participant", &["spring"]).await;
        for (who, role) in [(&kim, "program_admin"), (&lee, "program_sponsor")] {
            let path = acme.path(&format!("/members/{}/grants/program/autumn", who.id()));
            acme.owner.put(&h, &path, &json!({ "role": role })).await.expect(200);
            // So that nothing but the programs decides.
            let path = acme.path(&format!("/members/{}", who.id()));
            let grants = json!([{ "type": "program", "id": "spring", "role": "participant" },
                { "type": "program", "id": "autumn", "role": role }]);
            let body = json!({ "role": null, "grants": grants });
            acme.owner.patch(&h, &path, &body).await.expect(200);
        }
        Self { h, acme, pat, kim, lee }
    }

    async fn get(&self, who: &Persona, rest: &str) -> Answer {
        who.get(&self.h, &self.acme.path(rest)).await.expect(200)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_shows_the_highest_role_in_sight_and_no_higher_one_beyond() {
    let s = Scene::make().await;
    for (who, role) in [(&s.kim, "program_admin"), (&s.lee, "program_sponsor")] {
        let path = format!("/members/{}", who.id());
        assert_eq!(s.get(&s.acme.owner, &path).await.body["role"], role);
        assert_eq!(s.get(who, "/members/me").await.body["role"], role, "their own they see");
        let seen = s.get(&s.pat, &path).await.body;
        assert_eq!(seen["role"], "participant");
        assert_eq!(seen["grants"].as_array().map(Vec::len), Some(1));
        let listed = rows(&s.get(&s.pat, "/members").await);
        assert!(
            listed.contains(&(who.email().to_owned(), json!("participant"))),
            "{listed:?}"
        );
        // An answer to a change shows what the one who makes it sees.
        let changed = s.acme.path(&format!("/members/{}/grants/program/spring", who.id()));
        let wanted = json!({ "role": "program_facilitator" });
        let changed = s.pat.put(&s.h, &changed, &wanted).await.expect(200);
        assert_eq!(changed.body["role"], "program_facilitator");
    }
    let mine = s.kim.get(&s.h, "/v1/organizations").await.expect(200);
    assert_eq!(mine.body["items"][0]["role"], "program_admin");
    recount(&s.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_and_pages_tell_nothing_of_roles_held_beyond() {
    let s = Scene::make().await;
    let nobody: Vec<(String, Value)> = Vec::new();
    for filter in [
        "role=program_sponsor",
        "role=program_sponsor&sort=-joined",
        "role=program_sponsor&invite_status=accepted&status=active",
        "role=program_sponsor&joined_in=last_week",
        "role=program_sponsor&q=lee",
        "role=program_sponsor&sort=last_active",
    ] {
        // Page after page of one row, as short as pages can be: an empty one with more behind it would tell.
        let page = s.get(&s.pat, &format!("/members?limit=1&{filter}")).await;
        assert_eq!(rows(&page), nobody, "{filter}");
        assert_eq!(page.body["next_cursor"], Value::Null, "{filter}");
        assert_eq!(page.body["partial"], false, "{filter}");
        let whole = s.get(&s.acme.owner, &format!("/members?{filter}")).await;
        assert_eq!(rows(&whole).len(), 1, "{filter}: whoever sees all finds Lee");
    }
    // What is in sight is found as before, each once.
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = s
            .get(&s.pat, &format!("/members?limit=1&role=participant{cursor}"))
            .await;
        found.extend(rows(&page).into_iter().map(|(email, _)| email));
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(found, [s.kim.email(), s.lee.email()]);
    assert_eq!(s.get(&s.pat, "/members").await.body["counts"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_out_of_reach_is_answered_as_one_that_is_not_there() {
    let s = Scene::make().await;
    let sent = s
        .acme
        .invite(&s.h, "gus@acme.example", "participant", &["spring"])
        .await;
    let key = s
        .acme
        .key(
            &s.h,
            &s.acme.owner,
            &json!({ "name": "spring", "resources": program("spring") }),
        )
        .await;
    let kim = format!("/members/{}", s.kim.id());
    let offer = |id: &str| invitation("new@x.example", "participant", &[id]);
    type Asked = (Method, String, fn(&str) -> Value);
    let asked: [Asked; 11] = [
        (Method::POST, "/invitations".into(), |id| {
            invitation("new@x.example", "participant", &[id])
        }),
        (Method::POST, "/invitations".into(), |id| {
            invitation_with("new@x.example", "participant", &[id], "dry_run", json!(true))
        }),
        (
            Method::POST,
            "/members".into(),
            |id| json!({ "email": "new@x.example", "role": "participant", "resources": program(id) }),
        ),
        (
            Method::PATCH,
            format!("/invitations/{sent}"),
            |id| json!({ "role": "participant", "resources": program(id) }),
        ),
        (
            Method::PATCH,
            kim.clone(),
            |id| json!({ "role": "participant", "resources": program(id) }),
        ),
        (Method::PATCH, kim.clone(), |id| {
            json!({ "role": null, "grants": [{ "type": "program", "id": "spring", "role": "participant" },
                { "type": "program", "id": id, "role": "program_admin" }] })
        }),
        (
            Method::PUT,
            format!("{kim}/grants/program/ID"),
            |_| json!({ "role": "participant" }),
        ),
        (Method::DELETE, format!("{kim}/grants/program/ID"), |_| Value::Null),
        (
            Method::PUT,
            "/resources/program/ID".into(),
            |_| json!({ "name": "Mine" }),
        ),
        (Method::DELETE, "/resources/program/ID".into(), |_| Value::Null),
        (Method::GET, "/members?resource=program:ID".into(), |_| Value::Null),
    ];
    for who in [&s.pat, &key.persona] {
        for (method, path, body) in &asked {
            let tell = async |id: &str| {
                let (path, body) = (s.acme.path(&path.replace("ID", id)), body(id));
                let body = Some(&body).filter(|b| !b.is_null());
                let answer = s.h.send(Some(who), method.clone(), &path, body, &[]).await;
                telling(&answer, &["autumn", "winter"])
            };
            let (there, nowhere) = (tell("autumn").await, tell("winter").await);
            assert_eq!(there, nowhere, "{method} {path}");
            assert!(there.0 != 201 && there.0 < 500, "{method} {path}: {there:?}");
        }
        let both = async |id: &str| {
            let body = json!({ "members": [s.kim.id()], "role": "participant", "resources": program(id) });
            let answer = who.post(&s.h, &s.acme.path("/members/change-role"), &body).await;
            telling(&answer, &["autumn", "winter"])
        };
        assert_eq!(both("autumn").await, both("winter").await);
    }
    let own = async |id: &str| {
        let body = json!({ "name": "own", "resources": program(id) });
        let answer = s.pat.post(&s.h, &s.acme.keys_of(&s.pat), &body).await;
        telling(&answer, &["autumn", "winter"])
    };
    assert_eq!(own("autumn").await, own("winter").await);
    // Who sees all of it is told what is not there, by name.
    let refused = s
        .acme
        .owner
        .post(&s.h, &s.acme.path("/invitations"), &offer("winter"))
        .await;
    let refused = refused.problem(422, "invalid-invitations");
    assert_eq!(refused.faults(), named(&[("resources[0]", "unknown_resource")]));
    recount(&s.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_what_one_lacks_tells_nothing_of_what_is_there() {
    let s = Scene::make().await;
    let path = s.acme.path("/resources/program/summer");
    let body = json!({ "name": "Summer" });
    s.acme.owner.put(&s.h, &path, &body).await.expect(201);
    for who in [&s.pat, &s.kim] {
        let tell = async |id: &str, action: &str| {
            let body = json!({
                "subject": { "type": "user", "id": who.id(), "properties": { "organization": s.acme.id } },
                "action": { "name": action }, "resource": { "type": "program", "id": id },
            });
            let answer = who.post(&s.h, "/access/v1/evaluation", &body).await.expect(200);
            telling(&answer, &["summer", "winter"])
        };
        for action in ["content:read", "content:write", "members:manage"] {
            let there = tell("summer", action).await;
            assert_eq!(there, tell("winter", action).await, "{action}");
            assert!(there.1.contains("role_missing"), "{there:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn naming_what_a_member_holds_elsewhere_is_no_way_to_find_it_out() {
    let s = Scene::make().await;
    let path = s.acme.path(&format!("/members/{}", s.lee.id()));
    let mut told = Vec::new();
    for (id, role) in [
        ("autumn", "program_sponsor"),
        ("autumn", "program_admin"),
        ("winter", "program_sponsor"),
    ] {
        let grants = json!([{ "type": "program", "id": "spring", "role": "participant" },
            { "type": "program", "id": id, "role": role }]);
        let body = json!({ "role": null, "grants": grants });
        let answer = s.pat.patch(&s.h, &path, &body).await;
        told.push(telling(
            &answer,
            &["autumn", "winter", "program_sponsor", "program_admin"],
        ));
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], told[2]);
    assert_eq!(told[0].0, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_an_address_is_is_told_to_those_who_see_them() {
    let s = Scene::make().await;
    s.acme
        .invite(&s.h, "gus@acme.example", "participant", &["autumn"])
        .await;
    s.acme
        .invite(&s.h, "ina@acme.example", "participant", &["spring"])
        .await;
    // Nobody who is limited to a program gives the owner a role there, so the owner is not taken in.
    let owner = s.acme.owner.email();
    let beyond = [owner, "gus@acme.example"];
    for path in ["/invitations", "/members"] {
        let mut told = Vec::new();
        for email in beyond {
            let mut body = invitation(email, "participant", &["spring"]);
            if path == "/members" {
                body = json!({ "email": email, "role": "participant", "resources": program("spring") });
            }
            let answer = s.pat.post(&s.h, &s.acme.path(path), &body).await;
            told.push(telling(&answer, &[email]));
        }
        assert!(told.iter().all(|one| *one == told[0]), "{told:#?}");
        assert!(told[0].1.contains("not_available"), "{told:#?}");
    }
    let all = &format!("{owner} gus@acme.example kim@acme.example ina@acme.example");
    let in_sight = [
        ("kim@acme.example", "already_member"),
        ("ina@acme.example", "already_invited"),
    ];
    // What is only tried, or refused anyway, tells nothing of those out of sight.
    for dry_run in [true, false] {
        let body = invitation_with(all, "participant", &["spring"], "dry_run", json!(dry_run));
        let refused = s.pat.post(&s.h, &s.acme.path("/invitations"), &body).await;
        assert_eq!(refused.problem(422, "invalid-invitations").faults(), named(&in_sight));
    }
    let refused = s
        .acme
        .try_invite(&s.h, &invitation(all, "participant", &["spring"]))
        .await;
    let codes: Vec<_> = refused.expect(422).faults().into_iter().map(|(_, code)| code).collect();
    assert_eq!(
        codes,
        ["already_member", "already_invited", "already_member", "already_invited"]
    );
    recount(&s.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_cannot_succeed_is_refused_the_same_way_for_every_holder_of_the_address() {
    let s = Scene::make().await;
    s.acme.plan(&s.h, None, &["partner.example"]).await;
    s.acme
        .invite(&s.h, "gus@acme.example", "participant", &["autumn"])
        .await;
    let ada = s.acme.join(&s.h, "ada", "admin", &[]).await;
    let emails = [
        s.acme.owner.email(),
        ada.email(),
        "gus@acme.example",
        "nobody@acme.example",
    ];
    let spring = &["spring"][..];
    for (role, resources, also) in [
        ("admin", &[][..], ""),
        ("participant", spring, " not-an-address"),
        ("nosuch", spring, ""),
        ("participant", &["autumn"], ""),
        ("participant", &["nowhere"], ""),
        ("program_sponsor", &["autumn"], ""),
        ("implementation_admin", &[], ""),
    ] {
        let mut told = Vec::new();
        for email in emails {
            let body = invitation(&format!("{email}{also}"), role, resources);
            let answer = s.pat.post(&s.h, &s.acme.path("/invitations"), &body).await;
            assert!(answer.status >= 400, "{role} {email}: {:#}", answer.body);
            told.push(telling(&answer, &[email]));
        }
        assert!(
            told.iter().all(|one| *one == told[3]),
            "{role} {resources:?}: {told:#?}"
        );
        assert!(!told[0].1.contains("not_available"), "{told:#?}");
    }
    recount(&s.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_those_who_may_not_list_contacts_nothing_of_the_mail_of_others() {
    let s = Scene::make().await;
    for _ in 0..5 {
        let id = s
            .acme
            .invite(&s.h, "far@acme.example", "participant", &["autumn"])
            .await;
        s.h.backend.drained().await;
        s.acme.owner.delete(&s.h, &s.acme.invitation(&id, "")).await.expect(204);
    }
    let path = s.acme.path("/invitations");
    for email in ["far@acme.example", "nobody@acme.example"] {
        let body = invitation_with(email, "participant", &["spring"], "dry_run", json!(true));
        let tried = s.pat.post(&s.h, &path, &body).await.expect(200);
        assert_eq!(tried.body["verdicts"][0]["verdict"], "invite", "{email}");
    }
    let body = invitation_with("far@acme.example", "participant", &["spring"], "dry_run", json!(true));
    let tried = s.acme.try_invite(&s.h, &body).await;
    assert_eq!(tried.faults(), named(&[("far@acme.example", "mailed_too_often")]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_shows_contacts_to_those_who_may_list_them() {
    let s = Scene::make().await;
    // Ann has an account and two addresses; Kim's account has another address.
    for (id, email, subject) in [
        ("ann1", "ann@x.example", "ann"),
        ("ann2", "ann@y.example", "ann"),
        ("kim2", "kim@y.example", "kim"),
    ] {
        let body = json!({ "email": email, "name": "Known", "subject": subject });
        let path = s.acme.path(&format!("/contacts/{id}"));
        s.h.platform().put(&s.h, &path, &body).await.expect(201);
    }
    let tried = |emails: &str| invitation_with(emails, "participant", &["spring"], "dry_run", json!(true));
    let path = s.acme.path("/invitations");
    let shown = s
        .acme
        .owner
        .post(&s.h, &path, &tried("ann@x.example new@x.example"))
        .await
        .expect(200);
    assert_eq!(shown.body["added"][0]["name"], "Known");
    assert_eq!(shown.body["verdicts"][0]["verdict"], "add");
    let mut told = Vec::new();
    for emails in [
        "ann@x.example new@x.example",
        "new@y.example new@x.example",
        "ann@x.example ann@y.example",
        "kim@y.example new@x.example",
    ] {
        let hidden = s.pat.post(&s.h, &path, &tried(emails)).await.expect(200);
        assert_eq!(hidden.body["added"], json!([]), "{emails}");
        let names: Vec<&str> = emails.split(' ').collect();
        told.push(telling(&hidden, &names));
    }
    assert!(told.iter().all(|one| *one == told[0]), "{told:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn invitations_beyond_are_not_counted_by_the_pages_of_those_in_sight() {
    let s = Scene::make().await;
    for (n, on) in ["autumn", "spring", "autumn", "spring", "autumn"].iter().enumerate() {
        s.acme
            .invite(&s.h, &format!("g{n}@x.example"), "participant", &[on])
            .await;
    }
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = s.get(&s.pat, &format!("/invitations?limit=1{cursor}")).await;
        pages.push(rows(&page).into_iter().map(|(email, _)| email).collect::<Vec<_>>());
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(pages.concat(), ["g1@x.example", "g3@x.example"]);
    let (_, full) = pages.split_last().unwrap();
    assert!(full.iter().all(|page| page.len() == 1), "{pages:?}");
    assert_eq!(
        s.get(&s.acme.owner, "/invitations").await.body["items"]
            .as_array()
            .map(Vec::len),
        Some(5)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_of_a_hidden_member_make_no_difference() {
    let s = Scene::make().await;
    let mia = s.acme.join(&s.h, "mia", "participant", &["autumn"]).await;
    let many: serde_json::Map<String, Value> = (0..50).map(|n| (format!("n{n}"), json!(true))).collect();
    let set = json!({ "notifications": many });
    mia.patch(&s.h, &s.acme.path("/members/me"), &set).await.expect(200);
    let one_more = json!({ "notifications": { "more": true } });
    let nobody = s.h.person("nobody").id();
    let learner = s.acme.join(&s.h, "lou", "participant", &["spring"]).await;
    for who in [&s.pat, &learner] {
        let tell = async |id: &str| {
            let path = s.acme.path(&format!("/members/{id}"));
            telling(&who.patch(&s.h, &path, &one_more).await, &[])
        };
        assert_eq!(tell(&mia.id()).await, tell(&nobody).await);
    }
    let refused = mia.patch(&s.h, &s.acme.path("/members/me"), &one_more).await;
    refused.problem(422, "invalid-request");
}
