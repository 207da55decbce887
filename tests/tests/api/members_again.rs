//! People who were members before: asked again, or picked as the person they are.

use aws_sdk_dynamodb::Client;
use muster_store::Key;
use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::shortcuts::named;
use muster_tests::{Answer, Persona, recount};
use serde_json::{Value, json};

async fn add(h: &Harness, acme: &Organization, whom: Value) -> Answer {
    let mut body = json!({ "role": "admin" });
    body.as_object_mut().unwrap().extend(whom.as_object().unwrap().clone());
    acme.owner.post(h, &acme.path("/members"), &body).await
}

/// Picks a contact as the person they are.
async fn pick(h: &Harness, acme: &Organization, contact: &str) -> Answer {
    add(h, acme, json!({ "contact": contact })).await
}

/// Takes back what was offered, so that the address is free for the next try.
async fn invited(h: &Harness, acme: &Organization, done: Answer, email: &str) {
    let done = done.expect(201);
    assert_eq!(done.body.get("member"), None, "{:#}", done.body);
    assert_eq!(done.body["invitation"]["email"], email);
    let id = done.text("/invitation/id");
    acme.owner.delete(h, &acme.invitation(&id, "")).await.expect(204);
}

async fn remove(h: &Harness, acme: &Organization, who: &Persona) {
    let path = acme.path(&format!("/members/{}", who.id()));
    acme.owner.delete(h, &path).await.expect(204);
}

async fn leave(h: &Harness, acme: &Organization, who: &Persona) {
    who.delete(h, &acme.path("/members/me")).await.expect(204);
}

async fn is_out(h: &Harness, acme: &Organization, who: &Persona) {
    who.get(h, &acme.path("")).await.problem(404, "not-found");
}

/// Writes a contact, as whoever it is.
async fn put(h: &Harness, who: &Persona, acme: &Organization, id: &str, body: Value) {
    let answer = who.put(h, &acme.path(&format!("/contacts/{id}")), &body).await;
    assert!([200, 201].contains(&answer.status), "{:#}", answer.body);
}

async fn added_mails(h: &Harness, email: &str) -> usize {
    let mail = h.mail_to(email).await;
    mail.iter()
        .filter(|mail| mail.subject.contains(" added you to "))
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_was_a_members_is_invited_and_acceptance_tells_whose_it_is() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let first = acme.join(&h, "post", "admin", &[]).await;
    remove(&h, &acme, &first).await;
    let dry = json!({ "emails": first.email(), "role": "admin", "dry_run": true });
    let dry = acme.try_invite(&h, &dry).await.expect(200);
    assert_eq!(dry.body["verdicts"][0]["verdict"], "invite");
    let done = acme.try_invite(&h, &invitation(first.email(), "admin", &[])).await;
    let done = done.expect(201);
    assert_eq!(
        (&done.body["added"], &done.body["seats"]["used"]),
        (&json!([]), &json!(2))
    );
    is_out(&h, &acme, &first).await;
    // The mailbox is another account's by now.
    let token = h.invitation_token(first.email()).await;
    let second = h.person("post-2").with_email(first.email(), true);
    let joined = second.accept(&h, &token).await.expect(200);
    assert_eq!(joined.body["member"]["id"], second.id());
    is_out(&h, &acme, &first).await;
    recount(&h).await;
    // Nor does adding take the address for either account.
    remove(&h, &acme, &second).await;
    let done = add(&h, &acme, json!({ "email": first.email() })).await;
    invited(&h, &acme, done, first.email()).await;
    // The contact at the address is known as the last of them, and is picked as that person.
    let found = acme.owner.get(&h, &acme.path("/contacts?q=post")).await.expect(200);
    let again = pick(&h, &acme, &found.text("/items/0/id")).await.expect(201);
    assert_eq!(again.text("/member/id"), second.id());
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_former_member_is_picked_and_hears_of_it_at_the_address_they_had_joined_with() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "program_admin", &["spring"]).await;
    remove(&h, &acme, &ann).await;
    let id = ann.id();
    // A contact that was made to look like somebody else is not taken for the former member.
    let typed = "somebody@else.example";
    put(&h, &acme.owner, &acme, &id, json!({ "email": typed })).await;
    let done = pick(&h, &acme, &id).await;
    invited(&h, &acme, done, typed).await;
    put(&h, &acme.owner, &acme, &id, json!({ "email": ann.email() })).await;
    for n in 0..2 {
        let done = add(&h, &acme, json!({ "email": ann.email() })).await;
        invited(&h, &acme, done, ann.email()).await;
        let done = pick(&h, &acme, &id).await.expect(201);
        let member = &done.body["member"];
        assert_eq!(
            (&member["id"], &member["email"]),
            (&json!(id), &json!("ann@acme.example"))
        );
        assert_eq!((&member["role"], &member["grants"]), (&json!("admin"), &json!([])));
        ann.get(&h, &acme.path("/members/me")).await.expect(200);
        assert_eq!(added_mails(&h, "ann@acme.example").await, n + 1);
        assert_eq!(added_mails(&h, typed).await, 0);
        let again = pick(&h, &acme, &id).await.problem(422, "invalid-invitations");
        assert_eq!(again.faults(), named(&[("ann@acme.example", "already_member")]));
        recount(&h).await;
        remove(&h, &acme, &ann).await;
    }
    // No address is mailed more than five times a day.
    h.advance_days(1);
    // An invitation is in the way that holds the address they had joined with.
    let way = acme.invite(&h, ann.email(), "participant", &[]).await;
    let refused = pick(&h, &acme, &id).await.problem(422, "invalid-invitations");
    assert_eq!(refused.faults(), named(&[(ann.email(), "already_invited")]));
    // Unless its time is up.
    h.advance_days(8);
    assert_eq!(pick(&h, &acme, &id).await.expect(201).text("/member/id"), id);
    let way = acme.owner.get(&h, &acme.invitation(&way, "")).await.expect(200);
    assert_eq!(way.body["status"], "expired");
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_who_left_is_asked_for_every_voucher_and_every_selecting_member() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    leave(&h, &acme, &ann).await;
    let contact = ann.id();
    let named = json!({ "email": ann.email(), "subject": "ann" });
    for (keeper, id) in [
        (None, &*contact),
        (Some(acme.owner.clone()), &*contact),
        (Some(h.platform()), &*contact),
        (Some(acme.owner.clone()), "another"),
        (Some(h.platform()), "another"),
    ] {
        // No address is mailed more than five times a day.
        h.advance_days(1);
        if id == "another" {
            // A contact that nothing is known of but what is told now.
            acme.owner.delete(&h, &acme.path(&format!("/contacts/{contact}"))).await;
        }
        if let Some(keeper) = keeper {
            put(&h, &keeper, &acme, id, named.clone()).await;
        }
        let done = pick(&h, &acme, id).await;
        invited(&h, &acme, done, ann.email()).await;
        let done = add(&h, &acme, json!({ "email": ann.email() })).await;
        invited(&h, &acme, done, ann.email()).await;
        let body = invitation(ann.email(), "admin", &[]);
        let done = acme.try_invite(&h, &body).await.expect(201);
        assert_eq!(done.body["added"], json!([]));
        let invitation = done.text("/invitations/0/id");
        acme.owner
            .delete(&h, &acme.invitation(&invitation, ""))
            .await
            .expect(204);
        is_out(&h, &acme, &ann).await;
    }
    // They were asked, and came; then somebody else had them go.
    h.advance_days(1);
    acme.join(&h, "ann", "admin", &[]).await;
    remove(&h, &acme, &ann).await;
    let again = pick(&h, &acme, "another").await.expect(201);
    assert_eq!(again.text("/member/id"), ann.id());
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_is_added_is_told_leaves_and_is_not_added_again() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    let typed = json!({ "email": "typed@x.example", "subject": "ann" });
    put(&h, &acme.owner, &acme, "ann", typed.clone()).await;
    pick(&h, &acme, "ann").await.expect(201);
    assert_eq!(added_mails(&h, "typed@x.example").await, 1);
    leave(&h, &acme, &ann).await;
    put(&h, &acme.owner, &acme, "ann", typed.clone()).await;
    let done = pick(&h, &acme, "ann").await;
    invited(&h, &acme, done, "typed@x.example").await;
    // Once they have shown an address of theirs, they hear of it there as well, whatever a member says.
    acme.join(&h, "ann", "admin", &[]).await;
    remove(&h, &acme, &ann).await;
    let added = add(&h, &acme, json!({ "email": "typed@x.example" })).await.expect(201);
    assert_eq!(added.text("/member/email"), "typed@x.example");
    for email in ["typed@x.example", ann.email()] {
        let expected = if email == ann.email() { 1 } else { 2 };
        assert_eq!(added_mails(&h, email).await, expected, "{email}");
    }
    recount(&h).await;
    // And that address is what is kept of them, not the one that was typed.
    remove(&h, &acme, &ann).await;
    let found = acme.owner.get(&h, &acme.path("/contacts?q=ann@acme")).await.expect(200);
    let again = pick(&h, &acme, &found.text("/items/0/id")).await.expect(201);
    assert_eq!(again.text("/member/email"), ann.email());
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_members_cannot_leave_every_person_is_asked_before_they_are_added() {
    let h = Harness::start().await;
    for (role_set, role, at_once) in [
        ("project-workspace", "administrator", false),
        ("website-studio", "editor", true),
    ] {
        let acme = Organization::with_roles(&h, h.person("olivia"), role_set).await;
        let ann = h.person("ann");
        let known = json!({ "email": ann.email(), "subject": "ann" });
        put(&h, &h.platform(), &acme, "ann", known).await;
        for (n, whom) in [json!({ "email": ann.email() }), json!({ "contact": "ann" })]
            .iter()
            .enumerate()
        {
            let mut body = json!({ "role": role });
            body.as_object_mut().unwrap().extend(whom.as_object().unwrap().clone());
            let done = acme.owner.post(&h, &acme.path("/members"), &body).await.expect(201);
            assert_eq!(done.body["member"].is_object(), at_once, "{role_set} {n}");
            let path = if at_once {
                acme.path(&format!("/members/{}", ann.id()))
            } else {
                acme.invitation(&done.text("/invitation/id"), "")
            };
            acme.owner.delete(&h, &path).await.expect(204);
        }
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_declined_is_asked_for_every_voucher_and_every_selecting_member() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;
    remove(&h, &acme, &ann).await;
    let id = ann.id();
    acme.invite(&h, ann.email(), "admin", &[]).await;
    let token = h.invitation_token(ann.email()).await;
    ann.post(&h, &format!("/v1/invitations/{token}/decline"), &Value::Null)
        .await
        .expect(204);
    h.backend.drained().await;
    let done = pick(&h, &acme, &id).await;
    invited(&h, &acme, done, ann.email()).await;
    let body = json!({ "email": ann.email(), "subject": "ann" });
    put(&h, &h.platform(), &acme, &id, body).await;
    for whom in [json!({ "email": ann.email() }), json!({ "contact": id })] {
        let done = add(&h, &acme, whom).await;
        invited(&h, &acme, done, ann.email()).await;
    }
    is_out(&h, &acme, &ann).await;
    assert_eq!(added_mails(&h, ann.email()).await, 0);
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_is_picked_by_those_who_may_look_contacts_up_and_faults_are_named() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    put(&h, &acme.owner, &acme, "bob", json!({ "email": "bob@x.example" })).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let fay = acme.join(&h, "fay", "program_facilitator", &["spring"]).await;
    let path = acme.path("/members");
    for contact in ["bob", "nobody"] {
        let body = json!({ "contact": contact, "role": "participant",
            "resources": [{ "type": "program", "id": "spring" }] });
        pat.post(&h, &path, &body).await.problem(403, "forbidden");
        fay.post(&h, &path, &body).await.problem(403, "forbidden");
    }
    for (whom, code) in [
        (json!({}), ("email", "missing_field")),
        (json!({ "email": null, "contact": null }), ("email", "missing_field")),
        (
            json!({ "email": "bob@x.example", "contact": "bob" }),
            ("contact", "not_allowed"),
        ),
        (json!({ "contact": "a#b" }), ("contact", "invalid_value")),
    ] {
        let refused = add(&h, &acme, whom).await.problem(422, "invalid-request");
        assert_eq!(refused.faults(), named(&[code]));
    }
    let unknown = pick(&h, &acme, "nobody").await.problem(422, "invalid-invitations");
    assert_eq!(unknown.faults(), named(&[("contact", "unknown_contact")]));
    let other = Organization::of(&h, h.person("otto")).await;
    put(
        &h,
        &other.owner,
        &other,
        "eve",
        json!({ "email": "eve@x.example", "subject": "eve" }),
    )
    .await;
    pick(&h, &acme, "eve").await.problem(422, "invalid-invitations");
    // Whoever has no account is asked.
    let done = pick(&h, &acme, "bob").await;
    invited(&h, &acme, done, "bob@x.example").await;
    recount(&h).await;
}

/// Brings a contact's items back to what they were before it was noted who stands for its account.
async fn age(h: &Harness, acme: &Organization, id: &str, email: &str) {
    let organization = acme.id.parse().unwrap();
    let client = Client::new(&h.quiet_sdk());
    let (id, email) = (id.parse().unwrap(), email.parse().unwrap());
    let words = muster_domain::search::words(None, &email);
    let words = words.iter().map(|word| Key::contact_word(organization, word, &id));
    let own = [Key::contact(organization, &id), Key::contact_at(organization, &email)];
    for key in own.into_iter().chain(words) {
        client
            .update_item()
            .table_name(h.backend.table())
            .set_key(Some(key.attributes()))
            .update_expression("REMOVE vouched")
            .condition_expression("attribute_exists(PK)")
            .send()
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_from_before_it_was_noted_who_stands_for_its_account_is_a_hint_until_that_is_said_again() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    let known = json!({ "email": ann.email(), "subject": "ann" });
    put(&h, &h.platform(), &acme, "ann", known.clone()).await;
    age(&h, &acme, "ann", ann.email()).await;
    recount(&h).await;
    for whom in [json!({ "email": ann.email() }), json!({ "contact": "ann" })] {
        let done = add(&h, &acme, whom).await;
        invited(&h, &acme, done, ann.email()).await;
    }
    put(&h, &h.platform(), &acme, "ann", known).await;
    let done = add(&h, &acme, json!({ "email": ann.email() })).await.expect(201);
    assert_eq!(done.text("/member/id"), ann.id());
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_declined_is_asked_at_every_address_of_their_account() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let dec = h.person("dec").with_email("dec@acme.example", true);
    let invited_at = |body: Value| {
        let (h, acme) = (&h, &acme);
        async move {
            let done = acme.try_invite(h, &body).await.expect(201);
            assert_eq!(done.body["added"], json!([]), "{:#}", done.body);
            done.text("/invitations/0/id")
        }
    };
    invited_at(invitation(dec.email(), "admin", &[])).await;
    let token = h.invitation_token(dec.email()).await;
    dec.post(&h, &format!("/v1/invitations/{token}/decline"), &Value::Null)
        .await
        .expect(204);
    for (who, id, email) in [
        (&acme.owner, "d1", "dec@home.example"),
        (&h.platform(), "d2", "dec@work.example"),
    ] {
        put(
            &h,
            who,
            &acme,
            id,
            json!({ "email": email, "name": "D", "subject": "dec" }),
        )
        .await;
        invited(&h, &acme, add(&h, &acme, json!({ "email": email })).await, email).await;
        invited(&h, &acme, pick(&h, &acme, id).await, email).await;
    }
    is_out(&h, &acme, &dec).await;
    assert_eq!(added_mails(&h, "dec@home.example").await, 0);

    // Whoever accepts, and is removed later, has changed their mind.
    invited_at(invitation(dec.email(), "admin", &[])).await;
    let waiting = dec.get(&h, "/v1/invitations").await.expect(200);
    dec.accept(&h, &waiting.text("/items/0/token")).await.expect(200);
    remove(&h, &acme, &dec).await;
    let back = pick(&h, &acme, "d2").await.expect(201);
    assert_eq!(back.body["member"]["id"], dec.id());
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_whose_address_has_had_too_much_mail_is_not_added() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let vic = acme.join(&h, "vic", "admin", &[]).await;
    remove(&h, &acme, &vic).await;
    let mut refused = None;
    for round in 0..6 {
        let email = format!("a{round}@att.example");
        put(
            &h,
            &acme.owner,
            &acme,
            "cc",
            json!({ "email": email, "subject": "vic" }),
        )
        .await;
        let done = add(&h, &acme, json!({ "email": email })).await;
        if done.status != 201 {
            refused = Some((done, round));
            break;
        }
        h.backend.drained().await;
        remove(&h, &acme, &vic).await;
    }
    let (refused, rounds) = refused.expect("five mails a day are the most");
    assert_eq!(rounds, 4, "the first was the invitation");
    assert_eq!(refused.faults(), named(&[(vic.email(), "mailed_too_often")]));
    assert_eq!(added_mails(&h, vic.email()).await, 4);
    is_out(&h, &acme, &vic).await;
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn selecting_a_contact_never_adds_a_person_who_had_the_same_address_later() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let paula = acme.join(&h, "post", "admin", &[]).await;
    remove(&h, &acme, &paula).await;
    acme.try_invite(&h, &invitation(paula.email(), "admin", &[]))
        .await
        .expect(201);
    let token = h.invitation_token(paula.email()).await;
    let quentin = h.person("quentin").with_email(paula.email(), true);
    quentin.accept(&h, &token).await.expect(200);
    remove(&h, &acme, &quentin).await;
    let gone = pick(&h, &acme, &paula.id()).await;
    assert_eq!(gone.faults(), named(&[("contact", "unknown_contact")]));
    let contacts = acme.owner.get(&h, &acme.path("/contacts")).await.expect(200);
    assert_eq!(contacts.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(contacts.body["items"][0]["id"], quentin.id());
    let back = pick(&h, &acme, &quentin.id()).await.expect(201);
    assert_eq!(back.body["member"]["id"], quentin.id());
    is_out(&h, &acme, &paula).await;
    recount(&h).await;
}
