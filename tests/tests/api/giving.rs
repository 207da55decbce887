//! What somebody gives lasts no longer than their power to give it, whichever way they give it.

use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::shortcuts::verdicts;
use muster_tests::{Answer, Persona, recount};
use serde_json::{Value, json};

/// An organization with a helper for a month, and the instant at which that month is over.
async fn with_helper(h: &Harness) -> (Organization, Persona, Value) {
    let acme = Organization::make(h).await;
    acme.allow_helpers(h).await;
    let hal = acme.helper(h, "hal").await;
    let end = acme.member(h, &hal.id()).await["role_expires_at"].clone();
    assert!(end.is_string());
    (acme, hal, end)
}

async fn changed(h: &Harness, acme: &Organization, by: &Persona, whom: &Persona, body: &Value) -> Answer {
    let path = acme.path(&format!("/members/{}", whom.id()));
    by.patch(h, &path, body).await.expect(200)
}

/// Accepts what this person is invited to.
async fn joined(h: &Harness, person: &Persona) -> Value {
    let token = h.invitation_token(person.email()).await;
    person.accept(h, &token).await.expect(200).body["member"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_address_that_a_helper_invites_is_in_no_longer_than_the_helper() {
    let h = Harness::start().await;
    let (acme, hal, end) = with_helper(&h).await;
    let [second, helper, learner] = ["second", "hetty", "lea"].map(|name| h.person(name));
    let helper = helper.with_email("hetty@partner.example", true);
    for (person, role, programs) in [(&second, "admin", &[][..]), (&learner, "participant", &["spring"])] {
        let body = invitation(person.email(), role, programs);
        hal.post(&h, &acme.path("/invitations"), &body).await.expect(201);
    }
    let mut body = invitation(helper.email(), "implementation_admin", &[]);
    body["duration"] = json!("6_months");
    hal.post(&h, &acme.path("/invitations"), &body).await.expect(201);
    h.advance_days(5);
    assert_eq!(joined(&h, &second).await["role_expires_at"], end);
    assert_eq!(joined(&h, &helper).await["role_expires_at"], end);
    let learner = joined(&h, &learner).await;
    assert_eq!(
        (&learner["role_expires_at"], &learner["grants"][0]["expires_at"]),
        (&end, &end)
    );

    // They make no more of it together, and nobody prolongs themselves.
    for (by, whom) in [(&second, &hal), (&hal, &helper), (&second, &helper)] {
        let longer = json!({ "role": "implementation_admin", "duration": "forever" });
        assert_eq!(changed(&h, &acme, by, whom, &longer).await.body["role_expires_at"], end);
    }
    for duration in ["6_months", "forever"] {
        let longer = json!({ "role": "implementation_admin", "duration": duration });
        let me = acme.path("/members/me");
        hal.patch(&h, &me, &longer).await.problem(403, "role-not-assignable");
    }
    h.advance_past(end.as_str().unwrap());
    for person in [&hal, &second, &helper] {
        person.get(&h, &acme.path("/events")).await.problem(403, "forbidden");
        let body = invitation("third@x.example", "admin", &[]);
        person
            .post(&h, &acme.path("/invitations"), &body)
            .await
            .problem(403, "forbidden");
    }
    h.run_schedule().await;
    second.get(&h, &acme.path("/events")).await.problem(403, "forbidden");
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_helper_gives_members_ends_with_the_helper_and_an_owner_makes_it_last() {
    let h = Harness::start().await;
    let (acme, hal, end) = with_helper(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let pia = acme.join(&h, "pia", "participant", &["spring"]).await;
    let ann = acme.join(&h, "ann", "admin", &[]).await;

    // By a change of role, which an owner repeats.
    let admin = json!({ "role": "admin" });
    for (by, expected) in [
        (&hal, &end),
        (&hal, &end),
        (&acme.owner, &Value::Null),
        (&hal, &Value::Null),
    ] {
        assert_eq!(
            &changed(&h, &acme, by, &pat, &admin).await.body["role_expires_at"],
            expected
        );
    }
    assert_eq!(
        changed(&h, &acme, &hal, &ann, &admin).await.body["role_expires_at"],
        Value::Null
    );

    // By a single grant.
    let grant = acme.path(&format!("/members/{}/grants/program/autumn", pia.id()));
    let sponsor = json!({ "role": "program_sponsor" });
    let on_autumn = |member: &Value| {
        let grants = member["grants"].as_array().unwrap();
        grants.iter().find(|g| g["id"] == "autumn").unwrap()["expires_at"].clone()
    };
    let mut until = sponsor.clone();
    until["expires_at"] = json!("2999-01-01T00:00:00Z");
    for (by, body, expected) in [
        (&hal, &sponsor, &end),
        (&hal, &until, &end),
        (&ann, &sponsor, &Value::Null),
        (&hal, &sponsor, &Value::Null),
    ] {
        let given = by.put(&h, &grant, body).await.expect(200);
        assert_eq!(&on_autumn(&given.body), expected, "{body}");
    }

    // Chosen members at once.
    let many = json!({ "members": [pat.id(), pia.id()], "role": "program_facilitator",
        "resources": [{ "type": "program", "id": "autumn" }] });
    let done = hal
        .post(&h, &acme.path("/members/change-role"), &many)
        .await
        .expect(200);
    assert!(
        verdicts(&done.body).iter().all(|(status, _)| status == "changed"),
        "{:#}",
        done.body
    );
    for person in [&pat, &pia] {
        assert_eq!(on_autumn(&acme.member(&h, &person.id()).await), end);
    }
    h.advance_past(end.as_str().unwrap());
    for person in [&pat, &pia] {
        person.get(&h, &acme.path("/members")).await.problem(403, "forbidden");
    }
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_whom_a_helper_adds_directly_stays_no_longer_than_the_helper() {
    let h = Harness::start().await;
    let (acme, hal, end) = with_helper(&h).await;
    for (name, by) in [("kim", &hal), ("kai", &acme.owner)] {
        let person = h.person(name);
        let contact = json!({ "email": person.email(), "subject": name });
        let path = acme.path(&format!("/contacts/{name}"));
        h.platform().put(&h, &path, &contact).await.expect(201);
        let body = json!({ "email": person.email(), "role": "admin" });
        let added = by.post(&h, &acme.path("/members"), &body).await.expect(201);
        let expected = if name == "kim" { &end } else { &Value::Null };
        assert_eq!(&added.body["member"]["role_expires_at"], expected, "{name}");
    }
    h.advance_past(end.as_str().unwrap());
    h.person("kim")
        .get(&h, &acme.path("/events"))
        .await
        .problem(403, "forbidden");
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_key_of_a_member_whose_role_ends_does_not_come_back_with_another_role() {
    let h = Harness::start().await;
    let (acme, hal, end) = with_helper(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    changed(&h, &acme, &hal, &pat, &json!({ "role": "admin" })).await;
    let key = acme.key(&h, &pat, &json!({ "name": "zapier" })).await;
    h.advance_past(end.as_str().unwrap());
    h.run_schedule().await;
    changed(&h, &acme, &acme.owner, &pat, &json!({ "role": "admin" })).await;
    assert_eq!(key.code(&h).await, "not_found");
    recount(&h).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inviter_who_may_give_the_role_but_invites_no_more_has_lost_the_authority() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let lea = h.person("lea");
    let body = invitation(lea.email(), "participant", &["spring"]);
    pat.post(&h, &acme.path("/invitations"), &body).await.expect(201);
    let token = h.invitation_token(lea.email()).await;
    let spring = json!([{ "type": "program", "id": "spring" }]);
    let turned_into = |role: &str| json!({ "role": role, "resources": spring });
    // A facilitator gives participants their role, and invites nobody.
    changed(&h, &acme, &acme.owner, &pat, &turned_into("program_facilitator")).await;
    lea.accept(&h, &token).await.problem(409, "inviter-lost-authority");
    changed(&h, &acme, &acme.owner, &pat, &turned_into("program_admin")).await;
    lea.accept(&h, &token).await.expect(200);
    recount(&h).await;
}
