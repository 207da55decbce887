//! Names of resources, inviters, actors and subjects next to their ids, and which callers see them.

use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::shortcuts::invitation_with;
use muster_tests::{Persona, recount};
use reqwest::Method;
use serde_json::{Value, json};

async fn rows(h: &Harness, acme: &Organization, who: &Persona) -> Vec<Value> {
    let page = who.get(h, &acme.path("/members")).await.expect(200).body;
    page["items"].as_array().unwrap().clone()
}

async fn row(h: &Harness, acme: &Organization, who: &Persona, email: &str) -> Value {
    let rows = rows(h, acme, who).await;
    rows.into_iter().find(|row| row["email"] == email).unwrap()
}

/// The names of resources in a list of them or of grants.
fn names(list: &Value) -> Vec<&Value> {
    list.as_array().unwrap().iter().map(|one| &one["name"]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn resources_are_named_wherever_they_are_shown_and_by_their_present_name() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring", "autumn"]).await;
    let invited = acme.invite(&h, "new@x.example", "program_sponsor", &["spring"]).await;
    let key = json!({ "name": "sync", "resources": [{ "type": "program", "id": "spring" }] });
    let keys = acme.path("/members/me/api-keys");
    let made = pat.post(&h, &keys, &key).await.expect(201).body;
    assert_eq!(
        names(&made["resources"]),
        ["Spring cohort"],
        "of what the request names"
    );
    let spring = acme.path("/resources/program/spring");
    acme.owner
        .put(&h, &spring, &json!({ "name": "Spring" }))
        .await
        .expect(200);
    let path = acme.path(&format!("/members/{}", pat.id()));
    let both = ["Autumn cohort", "Spring"];
    let one = acme.owner.get(&h, &path).await.expect(200).body;
    let view = pat.get(&h, &acme.path("/view")).await.expect(200).body;
    for member in [&one, &view["me"], &row(&h, &acme, &acme.owner, pat.email()).await] {
        let mut shown = names(&member["grants"]);
        shown.sort_by_key(|name| name.to_string());
        assert_eq!(shown, both);
    }
    let listed = acme.owner.get(&h, &acme.path("/invitations")).await.expect(200).body;
    let single = acme
        .owner
        .get(&h, &acme.invitation(&invited, ""))
        .await
        .expect(200)
        .body;
    assert_eq!(names(&listed["items"][0]["resources"]), ["Spring"]);
    assert_eq!(names(&single["resources"]), ["Spring"]);
    let pending = row(&h, &acme, &acme.owner, "new@x.example").await;
    assert_eq!(names(&pending["grants"]), ["Spring"]);
    let listed = pat.get(&h, &keys).await.expect(200).body;
    assert_eq!(names(&listed["items"][0]["resources"]), ["Spring"]);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_names_the_resources_that_it_names_itself() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let path = acme.path(&format!("/members/{}/grants/program/autumn", pat.id()));
    let put = acme
        .owner
        .put(&h, &path, &json!({ "role": "program_admin" }))
        .await
        .expect(200)
        .body;
    let named = |id: &str| {
        put["grants"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["id"] == id)
            .unwrap()["name"]
            .clone()
    };
    assert_eq!(
        (named("autumn"), named("spring")),
        (json!("Autumn cohort"), Value::Null)
    );
    let body = json!({ "role": "program_admin", "resources": [{ "type": "program", "id": "spring" }] });
    let path = acme.path(&format!("/members/{}", pat.id()));
    let changed = acme.owner.patch(&h, &path, &body).await.expect(200).body;
    assert_eq!(names(&changed["grants"]), ["Spring cohort"]);
    let made = acme
        .try_invite(&h, &invitation("new@x.example", "program_admin", &["autumn"]))
        .await
        .expect(201)
        .body;
    assert_eq!(names(&made["invitations"][0]["resources"]), ["Autumn cohort"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resource_that_was_deleted_and_registered_again_does_not_name_what_was_offered_on_the_first() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.invite(&h, "new@x.example", "participant", &["spring", "autumn"])
        .await;
    acme.join(&h, "pia", "participant", &["spring", "autumn"]).await;
    let spring = acme.path("/resources/program/spring");
    acme.owner.delete(&h, &spring).await.expect(204);
    acme.owner
        .put(&h, &spring, &json!({ "name": "Secret plan" }))
        .await
        .expect(201);
    for who in [&acme.owner, &h.platform()] {
        let page = who.get(&h, &acme.path("/members")).await.expect(200);
        assert!(!page.body.to_string().contains("Secret plan"));
        let page = who.get(&h, &acme.path("/invitations")).await.expect(200);
        assert!(!page.body.to_string().contains("Secret plan"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_of_one_program_reads_the_names_of_no_other() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let felix = acme.join(&h, "felix", "program_facilitator", &["spring"]).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring", "autumn"]).await;
    acme.invite(&h, "new@x.example", "program_sponsor", &["spring", "autumn"])
        .await;
    let paths = [
        "/members",
        "/invitations",
        "/view",
        "/roles",
        "/resources",
        "/resources?q=autumn",
        "/resources?ids=autumn",
    ];
    let single = format!("/members/{}", pat.id());
    for path in paths.into_iter().chain([single.as_str()]) {
        let shown = felix.get(&h, &acme.path(path)).await.expect(200).body.to_string();
        assert!(!shown.contains("Autumn"), "{path}: {shown}");
    }
    let other = Organization::of(&h, h.person("otto")).await;
    for who in [&h.person("stranger"), &other.owner] {
        for path in paths {
            who.get(&h, &acme.path(path)).await.problem(404, "not-found");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pending_row_shows_what_its_invitation_shows() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let body = json!({ "emails": "hal@partner.example", "role": "implementation_admin", "duration": "3_months", "message": "Help us" });
    acme.try_invite(&h, &body).await.expect(201);
    h.mail_to("hal@partner.example").await;
    let row = row(&h, &acme, &acme.owner, "hal@partner.example").await;
    let shown = acme.pending(&h).await.remove(0);
    for field in [
        "id",
        "role",
        "duration",
        "message",
        "mail",
        "invited_by",
        "inviter",
        "sent_at",
        "expires_at",
        "may",
        "version",
    ] {
        assert_eq!(row[field], shown[field], "{field}");
    }
    assert_eq!(
        (&row["kind"], &row["duration"], &row["message"]),
        (&json!("invitation"), &json!("3_months"), &json!("Help us"))
    );
    assert_eq!((&row["inviter"], &row["mail"]), (&json!("olivia"), &json!("delivered")));
    assert_eq!(row["invited_by"], acme.owner.id());
    let own = rows(&h, &acme, &acme.owner).await.remove(0);
    assert_eq!(
        (&own["kind"], own.get("mail"), own.get("expires_at")),
        (&json!("member"), None, None)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_of_an_inviter_is_told_to_those_who_see_all_people_and_to_the_inviter() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    acme.invite(&h, "one@x.example", "participant", &["spring"]).await;
    pat.post(
        &h,
        &acme.path("/invitations"),
        &invitation("two@x.example", "participant", &["spring"]),
    )
    .await
    .expect(201);
    let told = async |who: &Persona| {
        let pending = who.get(&h, &acme.path("/invitations")).await.expect(200).body;
        let listed = ["one@x.example", "two@x.example"].map(|email| {
            let all = pending["items"].as_array().unwrap();
            all.iter().find(|one| one["email"] == email).unwrap()["inviter"].clone()
        });
        let rows = [
            row(&h, &acme, who, "one@x.example").await,
            row(&h, &acme, who, "two@x.example").await,
        ];
        assert_eq!(listed, rows.map(|row| row["inviter"].clone()));
        listed
    };
    assert_eq!(told(&acme.owner).await, ["olivia", "pat"]);
    assert_eq!(told(&h.platform()).await, ["olivia", "pat"]);
    assert_eq!(told(&pat).await, [Value::Null, json!("pat")]);
    let felix = acme.join(&h, "felix", "program_facilitator", &["spring"]).await;
    assert_eq!(told(&felix).await, [Value::Null, Value::Null]);
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_are_invited_read_what_they_are_offered_by_name() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    let body = invitation_with(ann.email(), "program_admin", &["spring"], "message", json!("Welcome"));
    acme.try_invite(&h, &body).await.expect(201);
    let waiting = ann.get(&h, "/v1/invitations").await.expect(200).body["items"][0].clone();
    assert_eq!(
        (&waiting["role"], &waiting["role_name"]),
        (&json!("program_admin"), &json!("Program Admin"))
    );
    assert_eq!(names(&waiting["resources"]), ["Spring cohort"]);
    assert_eq!(waiting["duration"], Value::Null);
    let token = h.invitation_token(ann.email()).await;
    let preview = h.preview(&token).await.expect(200).body;
    assert_eq!(
        (&preview["resources"], &preview["more_resources"]),
        (&json!([{ "name": "Spring cohort" }]), &json!(0))
    );
    assert_eq!(
        (&preview["message"], &preview["duration"]),
        (&json!("Welcome"), &Value::Null)
    );
    ann.accept(&h, &token).await.expect(200);
    let mine = ann.get(&h, "/v1/organizations").await.expect(200).body["items"][0].clone();
    assert_eq!(
        (&mine["role"], &mine["role_name"]),
        (&json!("program_admin"), &json!("Program Admin"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_says_whether_it_is_for_the_reader_and_tells_nothing_more_once_it_has_ended() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    let body = invitation_with(ann.email(), "program_admin", &["spring"], "message", json!("Welcome"));
    let id = acme.try_invite(&h, &body).await.expect(201).text("/invitations/0/id");
    let token = h.invitation_token(ann.email()).await;
    let path = format!("/v1/invitations/{token}");
    let unverified = ann.clone().with_email(ann.email(), false);
    for (who, expected) in [
        (&ann, json!(true)),
        (&unverified, json!(false)),
        (&h.person("bob"), json!(false)),
        (&h.platform(), json!(false)),
    ] {
        let shown = who.get(&h, &path).await.expect(200).body;
        assert_eq!(shown["is_for_me"], expected);
        assert_eq!(shown["email"], "a***@acme.example");
    }
    assert_eq!(h.preview(&token).await.expect(200).body["is_for_me"], Value::Null);
    // A token that is not accepted is as good as none: the page is public.
    let bad = [("authorization", "Bearer no.such.token")];
    let shown = h.send(None, Method::GET, &path, None, &bad).await.expect(200).body;
    assert_eq!(shown["is_for_me"], Value::Null);
    acme.owner.delete(&h, &acme.invitation(&id, "")).await.expect(204);
    let spring = acme.path("/resources/program/spring");
    acme.owner
        .put(&h, &spring, &json!({ "name": "Secret plan" }))
        .await
        .expect(200);
    let shown = ann.get(&h, &path).await.expect(200).body;
    assert_eq!(shown["state"], "cancelled");
    assert_eq!((&shown["resources"], &shown["message"]), (&json!([]), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_names_as_many_resources_as_the_mail_and_counts_the_others() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ids: Vec<String> = (0..22).map(|n| format!("p{n:02}")).collect();
    for id in &ids {
        let path = acme.path(&format!("/resources/program/{id}"));
        acme.owner
            .put(&h, &path, &json!({ "name": format!("Program {id}") }))
            .await
            .expect(201);
    }
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    acme.try_invite(&h, &invitation("new@x.example", "program_admin", &ids))
        .await
        .expect(201);
    let token = h.invitation_token("new@x.example").await;
    let preview = h.preview(&token).await.expect(200).body;
    let named = preview["resources"].as_array().unwrap();
    assert_eq!((named.len(), &preview["more_resources"]), (20, &json!(2)));
    let mail = h.mail_to("new@x.example").await.remove(0).text;
    assert!(named.iter().all(|name| mail.contains(name["name"].as_str().unwrap())));
    assert!(mail.contains("and 2 more"));
}

/// The latest event of a kind, as this member reads it.
async fn event(h: &Harness, acme: &Organization, who: &Persona, kind: &str) -> Value {
    let path = acme.path(&format!("/events?kind={kind}&limit=1"));
    who.get(h, &path).await.expect(200).body["items"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_names_who_did_what_to_whom_by_present_names() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let pia = acme.join(&h, "pia", "participant", &["spring"]).await;
    let spring = acme.path("/resources/program/spring");
    ada.put(&h, &spring, &json!({ "name": "Spring" })).await.expect(200);
    let renamed = event(&h, &acme, &acme.owner, "resource.renamed").await;
    assert_eq!(
        (&renamed["actor"]["name"], &renamed["subject"]["name"]),
        (&json!("ada"), &json!("Spring"))
    );
    let created = event(&h, &acme, &ada, "organization.created").await;
    assert_eq!(
        (&created["actor"]["name"], &created["subject"]["name"]),
        (&json!("olivia"), &json!("Acme"))
    );
    let key = ada
        .post(&h, &acme.path("/members/me/api-keys"), &json!({ "name": "sync" }))
        .await
        .expect(201);
    let member = acme.path(&format!("/members/{}", pia.id()));
    let through = [("authorization", &*format!("Bearer {}", key.text("/secret")))];
    let body = json!({ "name": "Pia Novak" });
    h.send(None, Method::PATCH, &member, Some(&body), &through)
        .await
        .expect(200);
    let updated = event(&h, &acme, &acme.owner, "member.updated").await;
    assert_eq!(
        (&updated["actor"]["type"], &updated["actor"]["name"]),
        (&json!("api_key"), &json!("sync"))
    );
    assert_eq!(updated["subject"]["name"], "Pia Novak");
    // Someone who was removed is still a contact; one whose contact is deleted has no name anymore.
    acme.owner.delete(&h, &member).await.expect(204);
    let removed = event(&h, &acme, &acme.owner, "member.removed").await;
    assert_eq!(removed["subject"]["name"], "Pia Novak");
    acme.owner
        .delete(&h, &acme.path(&format!("/contacts/{}", pia.id())))
        .await
        .expect(204);
    let removed = event(&h, &acme, &acme.owner, "member.removed").await;
    assert_eq!(
        (&removed["subject"]["id"], &removed["subject"]["name"]),
        (&json!(pia.id()), &Value::Null)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_read_the_record_and_nothing_else_reads_no_name_but_their_own() {
    let h = Harness::start().await;
    let acme = Organization::with_programs(&h, h.person("olivia"), "single-permissions").await;
    let reader = acme.join(&h, "rea", "only_events_read", &[]).await;
    let page = reader.get(&h, &acme.path("/events")).await.expect(200).body;
    let named: Vec<&Value> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|event| [&event["actor"], &event["subject"]])
        .filter(|one| !one["name"].is_null())
        .collect();
    let is_open = |one: &&Value| one["type"] == "organization" || one["id"] == reader.id();
    assert!(!named.is_empty() && named.iter().all(is_open), "{named:?}");
}
