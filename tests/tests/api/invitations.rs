//! Inviting: roles with their programs and terms, seats, messages, and who may.

use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::recount;
use muster_tests::shortcuts::{invitation_with, named};
use serde_json::{Value, json};

#[tokio::test]
async fn an_invitation_holds_the_seat_it_will_need_until_it_ends() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.plan(&h, Some(4), &[]).await;
    let made = acme
        .try_invite(&h, &invitation("a@x.example b@x.example", "admin", &[]))
        .await
        .expect(201);
    assert_eq!(made.body["seats"], json!({ "used": 3, "limit": 4, "at_limit": false }));
    assert_eq!(made.body["added"], json!([]));
    let first = &made.body["invitations"][0];
    assert_eq!(first["email"], "a@x.example");
    assert_eq!(first["status"], "pending");
    assert_eq!(first["mail"], "queued");
    assert_eq!(first["invited_by"], json!(acme.owner.id()));
    let ann = h.person("ann");
    acme.invite(&h, ann.email(), "admin", &[]).await;
    assert_eq!(acme.seats_used(&h).await, 4);
    acme.try_invite(&h, &invitation("d@x.example", "admin", &[]))
        .await
        .problem(409, "no-seats-available");
    // The one that was promised a seat gets it.
    let token = h.invitation_token(ann.email()).await;
    ann.accept(&h, &token).await.expect(200);
    assert_eq!(acme.seats_used(&h).await, 4);
    // Those that end give theirs back: canceled, and expired.
    acme.owner
        .delete(&h, &acme.invitation(first["id"].as_str().unwrap(), ""))
        .await
        .expect(204);
    assert_eq!(acme.seats_used(&h).await, 3);
    h.advance_days(7);
    h.run_schedule().await;
    assert_eq!(acme.seats_used(&h).await, 2);
    recount(&h).await;
}

#[tokio::test]
async fn a_batch_with_one_seat_too_few_is_refused_whole_with_the_figures() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.plan(&h, Some(3), &[]).await;
    let refused = acme
        .try_invite(&h, &invitation("a@x.example b@x.example c@x.example", "admin", &[]))
        .await
        .problem(409, "no-seats-available");
    assert_eq!(refused.body["seats"], json!({ "used": 1, "limit": 3, "needed": 3 }));
    assert!(acme.pending(&h).await.is_empty());
    acme.try_invite(&h, &invitation("a@x.example b@x.example", "admin", &[]))
        .await
        .expect(201);
    recount(&h).await;
}

#[tokio::test]
async fn participants_and_implementation_admins_need_no_seat_and_all_others_do() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.plan(&h, Some(1), &["partner.example"]).await;
    acme.optional_roles(&h, &["implementation_admin"]).await;
    for (email, role, programs) in [
        ("a@x.example", "participant", &[][..]),
        ("b@x.example", "participant", &["spring"]),
        ("c@partner.example", "implementation_admin", &[]),
    ] {
        acme.invite(&h, email, role, programs).await;
    }
    assert_eq!(acme.seats_used(&h).await, 1);
    for (role, programs) in [
        ("owner", &[][..]),
        ("admin", &[]),
        ("program_admin", &["spring"]),
        ("program_facilitator", &["spring"]),
        ("program_sponsor", &["spring"]),
    ] {
        acme.try_invite(&h, &invitation("d@x.example", role, programs))
            .await
            .problem(409, "no-seats-available");
    }
    recount(&h).await;
}

#[tokio::test]
async fn program_roles_need_a_program_and_a_participant_may_have_none() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for role in ["program_admin", "program_facilitator", "program_sponsor"] {
        let refused = acme.try_invite(&h, &invitation("a@x.example", role, &[])).await;
        assert_eq!(
            refused.problem(422, "invalid-invitations").faults(),
            named(&[("resources", "required")])
        );
    }
    for role in ["owner", "admin"] {
        let refused = acme.try_invite(&h, &invitation("a@x.example", role, &["spring"])).await;
        assert_eq!(
            refused.problem(422, "invalid-invitations").faults(),
            named(&[("resources", "not_allowed")])
        );
    }
    let refused = acme
        .try_invite(&h, &invitation("a@x.example", "program_admin", &["spring", "nowhere"]))
        .await;
    assert_eq!(
        refused.problem(422, "invalid-invitations").faults(),
        named(&[("resources[1]", "unknown_resource")])
    );
    let pia = h.person("pia");
    acme.invite(&h, pia.email(), "participant", &[]).await;
    let token = h.invitation_token(pia.email()).await;
    let joined = pia.accept(&h, &token).await.expect(200);
    assert_eq!(joined.body["member"]["role"], "participant");
    assert_eq!(joined.body["member"]["grants"], json!([]));
    let both = acme
        .join(&h, "pat", "program_admin", &["spring", "autumn", "spring"])
        .await;
    let grants = acme.member(&h, &both.id()).await["grants"].clone();
    assert_eq!(grants.as_array().unwrap().len(), 2, "a program named twice counts once");
    recount(&h).await;
}

#[tokio::test]
async fn a_role_that_does_not_exist_is_refused_with_those_that_do() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let refused = acme.try_invite(&h, &invitation("a@x.example", "editor", &[])).await;
    let refused = refused.problem(422, "invalid-invitations");
    assert_eq!(refused.faults(), named(&[("role", "unknown_role")]));
    assert!(refused.text("/errors/0/detail").contains("program_facilitator"));
}

#[tokio::test]
async fn a_time_limited_role_takes_one_of_its_durations_and_other_roles_take_none() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let with = |role: &str, duration: Value| invitation_with("a@partner.example", role, &[], "duration", duration);
    for (body, code) in [
        (with("implementation_admin", Value::Null), "required"),
        (with("implementation_admin", json!("4_months")), "not_offered"),
        (with("admin", json!("1_month")), "not_allowed"),
        (with("participant", json!("forever")), "not_allowed"),
    ] {
        let refused = acme.try_invite(&h, &body).await;
        assert_eq!(
            refused.problem(422, "invalid-invitations").faults(),
            named(&[("duration", code)])
        );
    }
    let refused = acme
        .try_invite(&h, &with("implementation_admin", json!("1_year")))
        .await;
    assert_eq!(
        refused.problem(422, "invalid-request").faults(),
        named(&[("duration", "invalid_value")])
    );
}

#[tokio::test]
async fn a_duration_counts_in_calendar_months_from_acceptance() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    for (name, duration, months) in [
        ("one", "1_month", Some(1)),
        ("two", "2_months", Some(2)),
        ("three", "3_months", Some(3)),
        ("six", "6_months", Some(6)),
        ("ever", "forever", None),
    ] {
        let helper = h.person(name).with_email(&format!("{name}@partner.example"), true);
        let body = invitation_with(helper.email(), "implementation_admin", &[], "duration", json!(duration));
        acme.try_invite(&h, &body).await.expect(201);
        h.advance_days(3);
        let token = h.invitation_token(helper.email()).await;
        let joined = helper.accept(&h, &token).await.expect(200);
        let member = &joined.body["member"];
        let start: jiff::Timestamp = joined.text("/member/joined_at").parse().unwrap();
        let end = months.map(|m: i32| {
            let start = start.to_zoned(jiff::tz::TimeZone::UTC);
            start
                .checked_add(jiff::Span::new().months(m))
                .unwrap()
                .timestamp()
                .to_string()
        });
        assert_eq!(member["role_expires_at"], json!(end), "{duration}");
    }
    recount(&h).await;
}

#[tokio::test]
async fn an_implementation_admin_must_be_in_the_allowed_domains_and_the_refusal_lists_them() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.optional_roles(&h, &["implementation_admin"]).await;
    let invite = async |emails: &str| {
        acme.try_invite(&h, &invitation(emails, "implementation_admin", &[]))
            .await
    };
    let refused = invite("a@partner.example").await.problem(422, "invalid-invitations");
    assert_eq!(refused.faults(), named(&[("a@partner.example", "domain_not_allowed")]));
    acme.plan(&h, None, &["partner.example", "other.example"]).await;
    let refused = invite("a@partner.example b@x.example c@sub.partner.example d@notpartner.example").await;
    let refused = refused.problem(422, "invalid-invitations");
    assert_eq!(
        refused.faults(),
        named(&[
            ("b@x.example", "domain_not_allowed"),
            ("c@sub.partner.example", "domain_not_allowed"),
            ("d@notpartner.example", "domain_not_allowed"),
        ])
    );
    for domain in ["partner.example", "other.example"] {
        assert!(refused.text("/errors/0/detail").contains(domain));
    }
    invite("a@Partner.Example").await.expect(201);
    // No other role asks for the domain.
    acme.invite(&h, "b@x.example", "admin", &[]).await;
    recount(&h).await;
}

#[tokio::test]
async fn an_optional_role_is_off_until_the_organization_lists_it() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.plan(&h, None, &["partner.example"]).await;
    let body = invitation("a@partner.example", "implementation_admin", &[]);
    let refused = acme.try_invite(&h, &body).await.problem(422, "invalid-invitations");
    assert_eq!(refused.faults(), named(&[("role", "role_not_enabled")]));
    acme.optional_roles(&h, &["implementation_admin"]).await;
    acme.try_invite(&h, &body).await.expect(201);
    recount(&h).await;
}

#[tokio::test]
async fn a_member_invites_to_no_role_above_their_own_or_outside_their_programs() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    acme.allow_helpers(&h).await;
    let admin = acme.join(&h, "ada", "admin", &[]).await;
    let helper = acme.helper(&h, "hal").await;
    let pat = acme.join(&h, "pat", "program_admin", &["spring"]).await;
    let path = acme.path("/invitations");
    for (who, role, programs) in [
        (&admin, "owner", &[][..]),
        (&helper, "owner", &[]),
        (&pat, "admin", &[]),
        (&pat, "program_admin", &["autumn"]),
        (&pat, "program_sponsor", &["spring", "autumn"]),
        (&pat, "participant", &[]),
    ] {
        let refused = who.post(&h, &path, &invitation("a@x.example", role, programs)).await;
        let refused = refused.problem(403, "role-not-assignable");
        assert_eq!(refused.faults(), named(&[("role", "not_assignable")]));
    }
    for (name, role) in [
        ("fay", "program_facilitator"),
        ("sam", "program_sponsor"),
        ("pia", "participant"),
    ] {
        let who = acme.join(&h, name, role, &["spring"]).await;
        who.post(&h, &path, &invitation("a@x.example", "participant", &["spring"]))
            .await
            .problem(403, "forbidden");
    }
    assert!(acme.pending(&h).await.is_empty());
    for (i, (who, role, programs)) in [
        (&admin, "admin", &[][..]),
        (&helper, "admin", &[]),
        (&pat, "program_admin", &["spring"]),
        (&pat, "program_facilitator", &["spring"]),
        (&pat, "program_sponsor", &["spring"]),
        (&pat, "participant", &["spring"]),
    ]
    .into_iter()
    .enumerate()
    {
        who.post(&h, &path, &invitation(&format!("ok{i}@x.example"), role, programs))
            .await
            .expect(201);
    }
    recount(&h).await;
}

#[tokio::test]
async fn the_message_is_the_inviters_or_the_organizations_default() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let set = |text: Value| json!({ "settings": { "default_message": text } });
    acme.owner
        .patch(&h, &acme.path(""), &set(json!("Welcome aboard!")))
        .await
        .expect(200);
    acme.invite(&h, "a@x.example", "admin", &[]).await;
    let own = invitation_with("b@x.example", "admin", &[], "message", json!("Just for Bob."));
    acme.try_invite(&h, &own).await.expect(201);
    acme.owner
        .patch(&h, &acme.path(""), &set(Value::Null))
        .await
        .expect(200);
    acme.invite(&h, "c@x.example", "admin", &[]).await;
    for (email, has, has_not) in [
        ("a@x.example", Some("Welcome aboard!"), "Bob"),
        ("b@x.example", Some("Just for Bob."), "Welcome aboard"),
        ("c@x.example", None, "Welcome aboard"),
    ] {
        let mail = h.mail_to(email).await.pop().unwrap();
        for part in [&mail.text, &mail.html] {
            assert!(has.is_none_or(|text| part.contains(text)), "{part}");
            assert!(!part.contains(has_not), "{part}");
        }
    }
    let long = invitation_with("d@x.example", "admin", &[], "message", json!("x".repeat(2001)));
    let refused = acme.try_invite(&h, &long).await.problem(422, "invalid-request");
    assert_eq!(refused.faults(), named(&[("message", "invalid_value")]));
    recount(&h).await;
}

#[tokio::test]
async fn what_is_missing_or_not_known_in_an_invitation_is_named() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let body = json!({ "email": "a@x.example", "resources": [{ "type": "program" }, { "id": 5, "type": "program" }],
        "dry_run": "yes", "message": 7 });
    let mut faults = acme
        .try_invite(&h, &body)
        .await
        .problem(422, "invalid-request")
        .faults();
    faults.sort();
    let expected = named(&[
        ("dry_run", "wrong_type"),
        ("email", "unknown_field"),
        ("emails", "missing_field"),
        ("message", "wrong_type"),
        ("resources[0].id", "missing_field"),
        ("resources[1].id", "wrong_type"),
        ("role", "missing_field"),
    ]);
    assert_eq!(faults, expected);
}
