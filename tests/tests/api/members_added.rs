//! People who are added at once, since they are contacts with an account.

use muster_tests::bench::Bench;
use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::requests::prepare;
use muster_tests::shortcuts::{invitation_with, named};
use muster_tests::{Answer, Persona, recount};
use reqwest::Method;
use serde_json::{Value, json};

/// Tells, as the platform, that the person is a contact with an account.
async fn known(h: &Harness, acme: &Organization, who: &Persona, name: &str) {
    let path = acme.path(&format!("/contacts/{name}"));
    let body = json!({ "email": who.email(), "name": format!("{name} known"), "subject": name });
    h.platform().put(h, &path, &body).await.expect(201);
}

/// A person who is such a contact.
async fn acquaintance(h: &Harness, acme: &Organization, name: &str) -> Persona {
    let person = h.person(name);
    known(h, acme, &person, name).await;
    person
}

fn one(email: &str, role: &str, programs: &[&str]) -> Value {
    let mut body = invitation(email, role, programs);
    let fields = body.as_object_mut().unwrap();
    let sole = fields.remove("emails").unwrap();
    fields.insert("email".into(), sole);
    body
}

async fn add(h: &Harness, acme: &Organization, who: &Persona, role: &str, programs: &[&str]) -> Answer {
    let body = one(who.email(), role, programs);
    acme.owner.post(h, &acme.path("/members"), &body).await
}

fn emails_of(rows: &Value) -> Vec<&str> {
    let rows = rows.as_array().unwrap();
    rows.iter().map(|row| row["email"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_with_an_account_is_a_member_at_once_takes_a_seat_and_is_told_by_mail() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acquaintance(&h, &acme, "ann").await;
    let mut body = one("Ann@ACME.example", "program_admin", &["spring"]);
    body["message"] = json!("Good to have you");
    let done = acme.owner.post(&h, &acme.path("/members"), &body).await.expect(201);
    let member = &done.body["member"];
    assert_eq!(done.body.get("invitation"), None);
    assert_eq!(
        (&member["id"], &member["email"]),
        (&json!(ann.id()), &json!(ann.email()))
    );
    assert_eq!(
        (&member["name"], &member["role"]),
        (&json!("ann known"), &json!("program_admin"))
    );
    assert_eq!(member["grants"][0]["id"], "spring");
    assert_eq!(*member, acme.member(&h, &ann.id()).await);
    assert_eq!(acme.seats_used(&h).await, 2);
    let mine = ann.get(&h, "/v1/organizations").await.expect(200);
    assert_eq!(mine.body["items"][0]["id"], acme.id);
    ann.get(&h, &acme.path("/members")).await.expect(200);
    let mail = h.mail_to(ann.email()).await;
    let [mail] = &mail[..] else { panic!("{mail:#?}") };
    assert_eq!(mail.subject, "olivia added you to Acme");
    for words in ["Program Admin", "Spring cohort", "Good to have you"] {
        assert!(mail.text.contains(words), "{}", mail.text);
    }
    let event = &acme.events(&h).await[0];
    assert_eq!(event["kind"], "member.added");
    assert_eq!(event["actor"]["id"], acme.owner.id());
    assert_eq!(
        (&event["subject"]["type"], &event["subject"]["id"]),
        (&json!("user"), &json!(ann.id()))
    );
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_without_a_contact_or_an_account_is_invited_by_the_same_call() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let path = acme.path("/contacts/bob");
    acme.owner
        .put(&h, &path, &json!({ "email": "bob@acme.example" }))
        .await
        .expect(201);
    for name in ["bob", "new"] {
        let person = h.person(name);
        let done = add(&h, &acme, &person, "admin", &[]).await.expect(201);
        assert_eq!(done.body.get("member"), None);
        assert_eq!(done.body["invitation"]["email"], person.email());
        person
            .accept(&h, &h.invitation_token(person.email()).await)
            .await
            .expect(200);
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn adding_is_refused_as_inviting_is_with_the_same_faults() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acquaintance(&h, &acme, "ann").await;
    acme.invite(&h, "gus@acme.example", "participant", &[]).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let path = acme.path("/members");
    for (email, role, programs, place, code) in [
        (
            "olivia@acme.example",
            "admin",
            &[][..],
            "olivia@acme.example",
            "already_member",
        ),
        ("gus@acme.example", "admin", &[], "gus@acme.example", "already_invited"),
        (ann.email(), "program_admin", &[], "resources", "required"),
        (ann.email(), "admin", &["spring"], "resources", "not_allowed"),
        (
            ann.email(),
            "program_admin",
            &["winter"],
            "resources[0]",
            "unknown_resource",
        ),
        (ann.email(), "nonsense", &[], "role", "unknown_role"),
    ] {
        let refused = acme.owner.post(&h, &path, &one(email, role, programs)).await;
        let refused = refused.problem(422, "invalid-invitations");
        assert_eq!(refused.faults(), named(&[(place, code)]));
    }
    for (role, programs) in [("admin", &[][..]), ("program_admin", &["autumn"])] {
        let refused = pat.post(&h, &path, &one(ann.email(), role, programs)).await;
        refused.problem(403, "role-not-assignable");
    }
    pat.post(&h, &path, &one(ann.email(), "participant", &["spring"]))
        .await
        .expect(201);
    acme.plan(&h, Some(2), &[]).await;
    let ben = acquaintance(&h, &acme, "ben").await;
    let refused = add(&h, &acme, &ben, "admin", &[])
        .await
        .problem(409, "no-seats-available");
    assert_eq!(refused.body["seats"], json!({ "used": 2, "limit": 2, "needed": 1 }));
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_adds_whom_it_can_and_invites_the_rest_all_or_none_with_seats_for_both() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let (ann, ben) = (
        acquaintance(&h, &acme, "ann").await,
        acquaintance(&h, &acme, "ben").await,
    );
    acme.plan(&h, Some(4), &[]).await;
    let all = "ann@acme.example new@acme.example ben@acme.example";
    let before = muster_tests::Snapshot::of(&h).await;
    let dry = invitation_with(all, "admin", &[], "dry_run", json!(true));
    let dry = acme.try_invite(&h, &dry).await.expect(200);
    let verdicts: Vec<_> = dry.body["verdicts"].as_array().unwrap().iter().collect();
    let told: Vec<_> = verdicts.iter().map(|v| v["verdict"].as_str().unwrap()).collect();
    assert_eq!(told, ["add", "invite", "add"]);
    assert_eq!(emails_of(&dry.body["added"]), [ann.email(), ben.email()]);
    assert_eq!(dry.body["seats"], json!({ "used": 1, "limit": 4, "needed": 3 }));
    for bad in ["olivia@acme.example", "nonsense"] {
        let refused = acme
            .try_invite(&h, &invitation(&format!("{all} {bad}"), "admin", &[]))
            .await;
        refused.problem(422, "invalid-invitations");
    }
    let refused = acme
        .try_invite(&h, &invitation(&format!("{all} more@x.example"), "admin", &[]))
        .await;
    let refused = refused.problem(409, "no-seats-available");
    assert_eq!(refused.body["seats"]["needed"], 4);
    before.assert_unchanged(&h, "what was only tried, or refused").await;
    let done = acme.try_invite(&h, &invitation(all, "admin", &[])).await.expect(201);
    assert_eq!(emails_of(&done.body["added"]), [ann.email(), ben.email()]);
    assert_eq!(emails_of(&done.body["invitations"]), ["new@acme.example"]);
    assert_eq!(done.body["seats"], json!({ "used": 4, "limit": 4, "at_limit": true }));
    assert_eq!(h.invitations_mailed(ann.email()).await, 0);
    assert_eq!(h.mail_to(ben.email()).await.len(), 1);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allowlisted_role_always_goes_by_invitation() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let hal = h.person("hal").with_email("hal@partner.example", true);
    known(&h, &acme, &hal, "hal").await;
    let done = add(&h, &acme, &hal, "implementation_admin", &[]).await.expect(201);
    assert_eq!(done.body["invitation"]["email"], hal.email());
    hal.get(&h, &acme.path("")).await.problem(404, "not-found");
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_is_one_member_under_whichever_of_their_addresses() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    let other = ann.clone().with_email("ann@other.example", true);
    known(&h, &acme, &other, "ann").await;
    let already = named(&[("ann@other.example", "already_member")]);
    let refused = add(&h, &acme, &other, "admin", &[]).await;
    assert_eq!(refused.problem(422, "invalid-invitations").faults(), already);
    for dry_run in [true, false] {
        let body = invitation_with(
            "new@x.example, ann@other.example",
            "admin",
            &[],
            "dry_run",
            json!(dry_run),
        );
        let refused = acme.try_invite(&h, &body).await.problem(422, "invalid-invitations");
        assert_eq!(refused.faults(), already);
    }
    let body = json!({ "members": [ann.id()] });
    acme.owner
        .post(&h, &acme.path("/members/deactivate"), &body)
        .await
        .expect(200);
    let refused = add(&h, &acme, &other, "admin", &[]).await;
    assert_eq!(refused.problem(422, "invalid-invitations").faults(), already);
    for (id, email) in [("b1", "bob@x.example"), ("b2", "bob@y.example")] {
        let path = acme.path(&format!("/contacts/{id}"));
        let body = json!({ "email": email, "subject": "bob" });
        h.platform().put(&h, &path, &body).await.expect(201);
    }
    let refused = acme
        .try_invite(&h, &invitation("bob@x.example bob@y.example", "admin", &[]))
        .await;
    let refused = refused.problem(422, "invalid-invitations");
    assert_eq!(refused.faults(), named(&[("bob@y.example", "same_person")]));
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_member_is_selected_again_with_no_earlier_state() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring", "autumn"]).await;
    let profile = json!({ "bio": "Before", "name": "Pat Before" });
    pat.patch(&h, &acme.path("/members/me"), &profile).await.expect(200);
    let member = acme.path(&format!("/members/{}", pat.id()));
    for _ in 0..3 {
        acme.owner.delete(&h, &member).await.expect(204);
        pat.get(&h, &acme.path("")).await.problem(404, "not-found");
        let body = json!({ "contact": pat.id(), "role": "participant" });
        let done = acme.owner.post(&h, &acme.path("/members"), &body).await.expect(201);
        let member = &done.body["member"];
        assert_eq!(
            (&member["role"], &member["grants"]),
            (&json!("participant"), &json!([]))
        );
        assert_eq!(
            (&member["name"], &member["profile"]["bio"]),
            (&json!("Pat Before"), &Value::Null)
        );
        pat.get(&h, &acme.path("/members/me")).await.expect(200);
        recount(&h).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_who_tells_whose_account_it_is_reaches_no_further_by_it_than_themselves() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ada = acme.join(&h, "ada", "admin", &[]).await;
    let boss = h.person("boss");
    // An account of the admin's own, beside the address of somebody whom the owner is about to make an owner.
    let path = acme.path("/contacts/boss");
    let body = json!({ "email": boss.email(), "subject": "mole" });
    ada.put(&h, &path, &body).await.expect(201);
    let done = add(&h, &acme, &boss, "owner", &[]).await.expect(201);
    assert_eq!(done.body["invitation"]["email"], boss.email());
    let mole = h.person("mole").with_email(boss.email(), true);
    mole.get(&h, &acme.path("")).await.problem(404, "not-found");
    let id = done.text("/invitation/id");
    acme.owner.delete(&h, &acme.invitation(&id, "")).await.expect(204);
    // What the admin could give themselves, they may vouch for; and a contact of the platform's that they move is theirs.
    let done = add(&h, &acme, &boss, "participant", &[]).await.expect(201);
    assert_eq!(done.body["member"]["id"], mole.id());
    let eve = acquaintance(&h, &acme, "eve").await;
    let moved = json!({ "email": "chief@acme.example", "subject": "eve" });
    ada.put(&h, &acme.path("/contacts/eve"), &moved).await.expect(200);
    let chief = eve.with_email("chief@acme.example", true);
    let done = add(&h, &acme, &chief, "owner", &[]).await.expect(201);
    assert!(done.body["invitation"].is_object());
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn adding_with_an_idempotency_key_adds_once_and_gives_the_first_answer_again() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acquaintance(&h, &acme, "ann").await;
    let body = one(ann.email(), "admin", &[]);
    let (path, key) = (acme.path("/members"), [("idempotency-key", "k1")]);
    let first = h
        .send(Some(&acme.owner), Method::POST, &path, Some(&body), &key)
        .await
        .expect(201);
    let again = h
        .send(Some(&acme.owner), Method::POST, &path, Some(&body), &key)
        .await
        .expect(201);
    assert_eq!(first.body, again.body);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(h.mail_to(ann.email()).await.len(), 1);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_who_is_removed_before_the_email_goes_out_is_not_told_of_being_added() {
    let b = Bench::start().await;
    let routes = muster_functions::routes::ROUTES;
    let case = prepare(&b, routes.iter().find(|r| r.binary == "add-member").unwrap()).await;
    let added = b.send(&case).await.expect(201);
    let path = case
        .organization()
        .path(&format!("/members/{}", added.text("/member/id")));
    case.owner.delete(&b.h, &path).await.expect(204);
    b.drain().await;
    let to = added.text("/member/email");
    assert!(!b.h.backend.mail().iter().any(|m| m.to == to));
    recount(&b.h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_on_a_members_word_alone_is_no_way_around_the_allowlist() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.plan(&h, Some(3), &["partner.example"]).await;
    acme.optional_roles(&h, &["implementation_admin"]).await;
    let admin = acme.join(&h, "ada", "admin", &[]).await;
    let body = json!({ "email": "eve@partner.example", "subject": "eve" });
    admin.put(&h, &acme.path("/contacts/eve"), &body).await.expect(201);
    let body = json!({ "email": "eve@partner.example", "role": "participant", "resources": [] });
    let added = admin.post(&h, &acme.path("/members"), &body).await.expect(201);
    let path = acme.path(&format!("/members/{}", added.text("/member/id")));
    let body = json!({ "role": "implementation_admin", "duration": "forever" });
    for who in [&admin, &acme.owner] {
        let refused = who.patch(&h, &path, &body).await.problem(422, "invalid-request");
        let fault = ("eve@partner.example".to_owned(), "address_not_verified".to_owned());
        assert_eq!(refused.faults(), [fault]);
    }
    recount(&h).await;
}
