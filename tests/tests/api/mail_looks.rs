//! Mail in its reader's language, and with the look of the product or of the organization.

use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::recount;
use muster_tests::shortcuts::invitation_with;
use serde_json::{Value, json};

#[tokio::test]
async fn an_invitation_is_written_in_the_language_that_its_inviter_chose() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for (language, subject, head) in [
        (
            json!(null),
            "olivia invited you to join Acme",
            "<html lang=\"en\" dir=\"ltr\">",
        ),
        (
            json!("en"),
            "olivia invited you to join Acme",
            "<html lang=\"en\" dir=\"ltr\">",
        ),
        (
            json!("de"),
            "olivia hat Sie zu Acme eingeladen",
            "<html lang=\"de\" dir=\"ltr\">",
        ),
        (
            json!("fr"),
            "olivia vous invite à rejoindre Acme",
            "<html lang=\"fr\" dir=\"ltr\">",
        ),
        (
            json!("es"),
            "olivia te ha invitado a unirte a Acme",
            "<html lang=\"es\" dir=\"ltr\">",
        ),
        (
            json!("ar"),
            "دعوة من \u{2068}olivia\u{2069} للانضمام إلى \u{2068}Acme\u{2069}",
            "<html lang=\"ar\" dir=\"rtl\">",
        ),
    ] {
        let email = format!("{}@x.example", language.as_str().unwrap_or("none"));
        let body = invitation_with(&email, "admin", &[], "language", language.clone());
        let made = acme.try_invite(&h, &body).await.expect(201);
        assert_eq!(made.body["invitations"][0]["language"], language);
        let token = h.invitation_token(&email).await;
        let mail = h.mail_to(&email).await.pop().unwrap();
        assert_eq!(mail.subject, subject);
        assert!(mail.html.contains(head), "{}", mail.html);
        assert!(mail.text.contains(&token) && mail.html.contains(&token));
    }
    let body = invitation_with("x@x.example", "admin", &[], "language", json!("it"));
    let refused = acme.try_invite(&h, &body).await;
    assert_eq!(refused.problem(422, "invalid-request").faults()[0].0, "language");
}

#[tokio::test]
async fn a_changed_language_holds_for_the_next_email_of_the_invitation() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let id = acme.invite(&h, "a@x.example", "admin", &[]).await;
    h.backend.drained().await;
    for (language, subject) in [
        (json!("de"), "olivia hat Sie zu Acme eingeladen"),
        (json!(null), "olivia invited you to join Acme"),
    ] {
        let body = json!({ "language": language });
        let changed = acme.owner.patch(&h, &acme.invitation(&id, ""), &body).await.expect(200);
        assert_eq!(changed.body["language"], language);
        h.advance(jiff::SignedDuration::from_hours(1));
        let resend = acme.invitation(&id, "/resend");
        acme.owner.post(&h, &resend, &json!({})).await.expect(200);
        let mail = h.mail_to("a@x.example").await.pop().unwrap();
        assert_eq!(mail.subject, subject);
    }
    let events = acme
        .owner
        .get(&h, &acme.path("/events?kind=invitation.updated"))
        .await
        .expect(200);
    let states = |state: &str| -> Vec<Value> {
        let items = events.body["items"].as_array().unwrap();
        items.iter().map(|event| event[state]["language"].clone()).collect()
    };
    assert_eq!(states("before"), [json!("de"), json!(null)], "newest first");
    assert_eq!(states("after"), [json!(null), json!("de")]);
    recount(&h).await;
}

/// What a person read their invitation in is the language of their profile until they choose another one.
#[tokio::test]
async fn later_mail_is_in_the_language_of_the_members_profile() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let ann = h.person("ann");
    let body = invitation_with(ann.email(), "admin", &[], "language", json!("es"));
    acme.try_invite(&h, &body).await.expect(201);
    let token = h.invitation_token(ann.email()).await;
    let accepted = ann
        .post(&h, &format!("/v1/invitations/{token}/accept"), &Value::Null)
        .await
        .expect(200);
    assert_eq!(accepted.body["member"]["profile"]["language"], "es");
    let owner = acme
        .owner
        .patch(&h, &acme.path("/members/me"), &json!({ "language": "fr" }))
        .await
        .expect(200);
    assert_eq!(owner.body["profile"]["language"], "fr");
    acme.owner.delete(&h, &acme.path("")).await.expect(204);
    let mail = h.mail_to(acme.owner.email()).await.pop().unwrap();
    assert_eq!(mail.subject, "Acme : organisation supprimée");
}

#[tokio::test]
async fn an_organization_has_its_own_look_only_while_its_plan_includes_one() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let look = json!({ "settings": { "logo_url": "https://cdn.example/acme.png", "accent_color": "#FFE600" } });
    let refused = acme.owner.patch(&h, &acme.path(""), &look).await;
    let faults = refused.problem(422, "invalid-request").faults();
    let named: Vec<_> = faults
        .iter()
        .map(|(field, code)| (field.as_str(), code.as_str()))
        .collect();
    assert_eq!(
        named,
        [
            ("settings.logo_url", "not_in_plan"),
            ("settings.accent_color", "not_in_plan")
        ]
    );
    let plan = |included: bool| json!({ "branding": included });
    let set = h.platform().put(&h, &acme.path("/plan"), &plan(true)).await.expect(200);
    assert_eq!(set.body["plan"]["branding"], true);
    let set = acme.owner.patch(&h, &acme.path(""), &look).await.expect(200);
    assert_eq!(set.body["settings"]["logo_url"], "https://cdn.example/acme.png");
    assert_eq!(set.body["settings"]["accent_color"], "#ffe600");
    let html = async |email: &str| {
        acme.try_invite(&h, &invitation(email, "admin", &[])).await.expect(201);
        h.mail_to(email).await.pop().unwrap().html
    };
    let own = html("a@x.example").await;
    assert!(
        own.contains("src=\"https://cdn.example/acme.png\" alt=\"Acme\""),
        "{own}"
    );
    assert!(
        own.contains("background: #ffe600") && own.contains("color: #000000"),
        "{own}"
    );
    h.platform()
        .put(&h, &acme.path("/plan"), &plan(false))
        .await
        .expect(200);
    let usual = html("b@x.example").await;
    assert!(!usual.contains("acme.png") && !usual.contains("#ffe600"), "{usual}");
    let none = json!({ "settings": { "logo_url": null, "accent_color": null } });
    let removed = acme.owner.patch(&h, &acme.path(""), &none).await.expect(200);
    assert_eq!(removed.body["settings"]["logo_url"], Value::Null);
    recount(&h).await;
}
