//! Many addresses in one call: how they are read, and that all of them are invited or none.

use muster_tests::harness::{Answer, Harness, Organization, invitation};
use muster_tests::recount;
use muster_tests::shortcuts::{invitation_with, named, participants};
use serde_json::{Value, json};

fn emails_of(made: &Answer) -> Vec<String> {
    let all = made.body["invitations"].as_array().unwrap().iter();
    all.map(|i| i["email"].as_str().unwrap().to_owned()).collect()
}

fn many(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|i| format!("{prefix}{i}@x.example")).collect()
}

fn without_request_id(mut body: Value) -> Value {
    body.as_object_mut().unwrap().remove("request_id");
    body
}

#[tokio::test]
async fn addresses_may_be_pasted_with_any_separator_or_come_as_a_list() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for (emails, count) in [
        (json!("a1@x.example,b1@x.example, c1@x.example"), 3),
        (json!("a2@x.example b2@x.example   c2@x.example"), 3),
        (json!("a3@x.example;b3@x.example; c3@x.example;"), 3),
        (json!("a4@x.example\nb4@x.example\r\nc4@x.example\n"), 3),
        (
            json!("\tAnn Lee <a5@x.example>,\n\"Lee, Bob\" <b5@x.example>;;\n\n <c5@x.example> "),
            3,
        ),
        (
            json!(["a6@x.example", " b6@x.example ", "c6@x.example,d6@x.example"]),
            4,
        ),
        (json!("mailto:a7@x.example"), 1),
    ] {
        let made = acme
            .try_invite(&h, &json!({ "emails": emails, "role": "participant" }))
            .await;
        assert_eq!(emails_of(&made.expect(201)).len(), count, "{emails}");
    }
    for i in 1..=6 {
        for letter in ["a", "b", "c"] {
            assert_eq!(h.invitations_mailed(&format!("{letter}{i}@x.example")).await, 1);
        }
    }
    recount(&h).await;
}

#[tokio::test]
async fn an_address_that_is_repeated_counts_once_whatever_its_case() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.plan(&h, Some(2), &[]).await;
    let body = invitation("Ann@X.example, ann@x.example; ANN@x.EXAMPLE", "admin", &[]);
    let made = acme.try_invite(&h, &body).await.expect(201);
    assert_eq!(emails_of(&made), ["ann@x.example"]);
    assert_eq!(acme.seats_used(&h).await, 2);
    assert_eq!(h.invitations_mailed("ann@x.example").await, 1);
    recount(&h).await;
}

#[tokio::test]
async fn one_call_takes_up_to_20_addresses() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let refused = acme.try_invite(&h, &participants(&many("p", 21))).await;
    assert_eq!(
        refused.problem(422, "invalid-invitations").faults(),
        named(&[("emails", "too_many_addresses")])
    );
    assert!(acme.pending(&h).await.is_empty());
    let mut twenty = many("p", 20);
    twenty.push("P3@X.example".to_owned());
    let made = acme
        .try_invite(&h, &json!({ "emails": twenty, "role": "admin" }))
        .await
        .expect(201);
    assert_eq!(
        emails_of(&made),
        many("p", 20),
        "in the order written, repeated ones once"
    );
    assert_eq!(acme.seats_used(&h).await, 21);
    h.backend.drained().await;
    let mailed = h.backend.mail().iter().filter(|m| m.to.starts_with('p')).count();
    assert_eq!(mailed, 20);
    recount(&h).await;
}

#[tokio::test]
async fn no_address_at_all_is_refused() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for emails in [json!(""), json!(" ,;\n"), json!([])] {
        let refused = acme
            .try_invite(&h, &json!({ "emails": emails, "role": "participant" }))
            .await;
        assert_eq!(
            refused.problem(422, "invalid-invitations").faults(),
            named(&[("emails", "no_addresses")])
        );
    }
    for emails in [json!(7), json!({ "a": 1 }), json!([1]), json!(null)] {
        let refused = acme
            .try_invite(&h, &json!({ "emails": emails, "role": "participant" }))
            .await;
        let faults = refused.problem(422, "invalid-request").faults();
        assert!(faults[0].0.starts_with("emails"), "{faults:?}");
    }
}

#[tokio::test]
async fn an_international_domain_becomes_punycode_and_both_spellings_are_one_address() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let made = acme
        .try_invite(&h, &invitation("Ann@Bücher.example", "participant", &[]))
        .await
        .expect(201);
    assert_eq!(emails_of(&made), ["ann@xn--bcher-kva.example"]);
    assert_eq!(h.invitations_mailed("ann@xn--bcher-kva.example").await, 1);
    let again = acme
        .try_invite(&h, &invitation("ann@xn--bcher-kva.example", "participant", &[]))
        .await;
    assert_eq!(
        again.problem(422, "invalid-invitations").faults(),
        named(&[("ann@xn--bcher-kva.example", "already_invited")])
    );
    let ann = h.person("ann").with_email("ann@bücher.example", true);
    let token = h.invitation_token("ann@xn--bcher-kva.example").await;
    ann.accept(&h, &token).await.expect(200);
    recount(&h).await;
}

#[tokio::test]
async fn addresses_that_mail_cannot_reach_or_that_deceive_are_refused() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for bad in [
        "no-at",
        "@x.example",
        "a@",
        "a@localhost",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "jörg@x.example",
        "a\u{200b}b@x.example",
        "a@x..example",
        "a@-x.example",
        "a..b@x.example",
        "\u{212a}@x.example",
        "a@x.exampl\u{ff45}",
        "\"a b\"@x.example",
    ] {
        let refused = acme
            .try_invite(&h, &json!({ "emails": [bad], "role": "participant" }))
            .await;
        let faults = refused.problem(422, "invalid-invitations").faults();
        assert!(
            !faults.is_empty() && faults.iter().all(|(_, code)| code == "invalid_email"),
            "{bad}: {faults:?}"
        );
    }
    assert!(acme.pending(&h).await.is_empty());
    recount(&h).await;
}

#[tokio::test]
async fn one_bad_address_refuses_the_whole_batch_and_the_answer_names_every_one_with_its_code() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.join(&h, "mia", "admin", &[]).await;
    acme.invite(&h, "ivy@x.example", "participant", &[]).await;
    h.backend.drained().await;
    let (mails, events) = (h.backend.mail().len(), acme.events(&h).await.len());
    let body = invitation(
        "good@x.example, MIA@acme.example; ivy@x.example\nnot-an-address jörg@x.example, fine@x.example",
        "admin",
        &[],
    );
    let refused = acme.try_invite(&h, &body).await.problem(422, "invalid-invitations");
    let expected = named(&[
        ("mia@acme.example", "already_member"),
        ("ivy@x.example", "already_invited"),
        ("not-an-address", "invalid_email"),
        ("jörg@x.example", "invalid_email"),
    ]);
    assert_eq!(refused.faults(), expected);
    for error in refused.body["errors"].as_array().unwrap() {
        assert!(!error["detail"].as_str().unwrap().is_empty());
    }
    h.backend.drained().await;
    assert_eq!(h.backend.mail().len(), mails, "nothing was sent");
    assert_eq!(acme.events(&h).await.len(), events, "nothing was recorded");
    assert_eq!(acme.pending(&h).await.len(), 1);
    assert_eq!(acme.seats_used(&h).await, 2);
    recount(&h).await;
}

#[tokio::test]
async fn faults_of_addresses_and_of_the_role_are_named_together() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let body = invitation("bad, good@x.example", "program_admin", &["nowhere"]);
    let refused = acme.try_invite(&h, &body).await.problem(422, "invalid-invitations");
    let expected = named(&[("resources[0]", "unknown_resource"), ("bad", "invalid_email")]);
    assert_eq!(refused.faults(), expected);
}

#[tokio::test]
async fn a_dry_run_tells_what_would_happen_with_the_seats_and_changes_nothing() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.plan(&h, Some(5), &[]).await;
    h.backend.drained().await;
    let before = muster_tests::recount::items(&h).await;
    let dry =
        |emails: &str, role: &str, programs: &[&str]| invitation_with(emails, role, programs, "dry_run", json!(true));
    let said = acme
        .try_invite(&h, &dry("a@x.example, B@x.example a@x.example", "admin", &[]))
        .await
        .expect(200);
    assert_eq!(said.body["dry_run"], true);
    assert_eq!(said.body["seats"], json!({ "used": 1, "limit": 5, "needed": 2 }));
    let verdict = |email: &str| json!({ "email": email, "verdict": "invite" });
    assert_eq!(
        said.body["verdicts"],
        json!([verdict("a@x.example"), verdict("b@x.example")])
    );
    let free = acme
        .try_invite(&h, &dry("a@x.example", "participant", &[]))
        .await
        .expect(200);
    assert_eq!(free.body["seats"]["needed"], 0);
    h.backend.drained().await;
    assert!(h.backend.mail().is_empty());
    let mut after = muster_tests::recount::items(&h).await;
    let mut before = before;
    let key = |item: &muster_store::items::Item| format!("{:?}", muster_store::Key::of(item));
    before.sort_by_key(key);
    after.sort_by_key(key);
    assert_eq!(before, after, "the table is as it was");
    recount(&h).await;
}

#[tokio::test]
async fn a_dry_run_is_refused_exactly_as_the_real_call_is() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.plan(&h, Some(2), &["partner.example"]).await;
    acme.optional_roles(&h, &["implementation_admin"]).await;
    acme.invite(&h, "ivy@x.example", "admin", &[]).await;
    let admin = h.person("nobody-here");
    for (who, body) in [
        (
            &acme.owner,
            invitation("ivy@x.example, bad, olivia@acme.example", "admin", &[]),
        ),
        (&acme.owner, invitation("a@x.example", "implementation_admin", &[])),
        (&acme.owner, invitation("a@x.example", "admin", &[])),
        (&acme.owner, invitation("a@x.example", "program_admin", &[])),
        (&acme.owner, participants(&many("p", 21))),
        (&admin, invitation("a@x.example", "admin", &[])),
    ] {
        let path = acme.path("/invitations");
        let real = who.post(&h, &path, &body).await;
        let mut dry = body.clone();
        dry["dry_run"] = json!(true);
        let dry = who.post(&h, &path, &dry).await;
        assert!(real.status >= 400, "{body}");
        assert_eq!(dry.status, real.status);
        assert_eq!(without_request_id(dry.body), without_request_id(real.body));
    }
    recount(&h).await;
}

#[tokio::test]
async fn expired_cancelled_and_declined_invitations_never_block_a_new_one() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.plan(&h, Some(2), &[]).await;
    let ann = h.person("ann");
    let id = acme.invite(&h, ann.email(), "admin", &[]).await;
    acme.owner.delete(&h, &acme.invitation(&id, "")).await.expect(204);
    acme.invite(&h, ann.email(), "admin", &[]).await;
    let token = h.invitation_token(ann.email()).await;
    ann.decline(&h, &token).await.expect(204);
    acme.invite(&h, ann.email(), "admin", &[]).await;
    // Expired, and ended by the job.
    h.advance_days(7);
    h.run_schedule().await;
    acme.invite(&h, ann.email(), "admin", &[]).await;
    // Expired, and no job has run.
    h.advance_days(7);
    let last = acme.invite(&h, ann.email(), "admin", &[]).await;
    assert_eq!(acme.seats_used(&h).await, 2);
    let pending = acme.pending(&h).await;
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0]["id"], json!(last));
    // Whoever declined is not mailed again: it waits where they sign in.
    let token = muster_tests::samples::waiting_token(&h, &ann).await;
    ann.accept(&h, &token).await.expect(200);
    recount(&h).await;
}

#[tokio::test]
async fn a_whole_batch_of_addresses_whose_invitations_have_just_expired_can_be_invited_again() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.plan(&h, Some(21), &[]).await;
    let body = json!({ "emails": many("p", 20), "role": "admin" });
    acme.try_invite(&h, &body).await.expect(201);
    h.advance_days(7);
    acme.try_invite(&h, &body).await.expect(201);
    assert_eq!(acme.seats_used(&h).await, 21);
    assert_eq!(acme.recorded(&h, "invitation.expired").await, 20);
    assert_eq!(acme.recorded(&h, "invitation.created").await, 40);
    recount(&h).await;
}
