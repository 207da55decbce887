//! What an invitation's mail says, and that no name or message can make it say anything else.

use muster_tests::harness::{Harness, Organization, invitation};
use muster_tests::recount;
use muster_tests::shortcuts::invitation_with;
use serde_json::json;

#[tokio::test]
async fn the_mail_comes_as_html_and_as_text_with_everything_a_guest_needs() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let body = invitation_with(
        "a@x.example",
        "program_admin",
        &["spring"],
        "message",
        json!("See you soon."),
    );
    acme.try_invite(&h, &body).await.expect(201);
    let token = h.invitation_token("a@x.example").await;
    let mail = h.mail_to("a@x.example").await.pop().unwrap();
    assert_eq!(mail.subject, "olivia invited you to join Acme");
    for part in [&mail.text, &mail.html] {
        for said in [
            "olivia",
            "Acme",
            "Program Admin",
            "Spring cohort",
            "See you soon.",
            &token,
        ] {
            assert!(part.contains(said), "{said} is missing in {part}");
        }
    }
    assert!(mail.html.contains("<a "), "{}", mail.html);
    assert!(!mail.text.contains("<a "), "{}", mail.text);
    let link = format!("{}/team/invitations/{token}", h.backend.base_url());
    assert!(mail.text.contains(&link), "the link is the app's address and the token");
    let raw = String::from_utf8(mail.raw).unwrap();
    assert!(raw.contains("multipart/alternative"));
    assert!(raw.contains("Auto-Submitted: auto-generated"));
}

#[tokio::test]
async fn delivery_shows_on_the_invitation() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let id = acme.invite(&h, "a@x.example", "admin", &[]).await;
    h.backend.drained().await;
    let read = acme.owner.get(&h, &acme.invitation(&id, "")).await.expect(200);
    assert_eq!(read.body["mail"], "delivered");
    assert_eq!(h.backend.mail().len(), 1);
    assert!(h.backend.dead_letters().is_empty());
}

#[tokio::test]
async fn a_hostile_organization_name_and_message_are_escaped_in_html_and_plain_in_text() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let name = "<script>alert(1)</script> & \"Co\" <img src=x onerror=y>";
    acme.owner
        .patch(&h, &acme.path(""), &json!({ "name": name }))
        .await
        .expect(200);
    acme.owner
        .put(
            &h,
            &acme.path("/resources/program/spring"),
            &json!({ "name": "<b>bold</b>" }),
        )
        .await
        .expect(200);
    let message = "</p><a href=\"https://evil.example\">click</a>\n{{ token }} ${x}\n\r\nBcc: all@x.example";
    let body = invitation_with("a@x.example", "program_admin", &["spring"], "message", json!(message));
    acme.try_invite(&h, &body).await.expect(201);
    let mail = h.mail_to("a@x.example").await.pop().unwrap();
    for tag in ["<script", "<img", "<b>bold", "<a href=\"https://evil"] {
        assert!(!mail.html.contains(tag), "{tag} stands in {}", mail.html);
    }
    assert!(
        mail.html.contains("&lt;script&gt;") || mail.html.contains("&#60;script&#62;"),
        "{}",
        mail.html
    );
    assert!(
        mail.text.contains("<script>alert(1)</script>"),
        "text is not HTML: {}",
        mail.text
    );
    assert!(mail.text.contains("{{ token }}"), "a message is no template");
    let head = String::from_utf8(mail.raw).unwrap();
    let head = head.split("\r\n\r\n").next().unwrap().to_owned();
    assert!(!head.to_lowercase().contains("bcc:"), "{head}");
}

#[tokio::test]
async fn nothing_in_a_name_adds_a_header_or_a_recipient() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    for name in [
        "Acme\r\nBcc: all@x.example",
        "Acme\nBcc: all@x.example",
        "Acme\u{2028}Bcc: x",
        "Acme\0",
        "\u{202e}emcA",
    ] {
        acme.owner
            .patch(&h, &acme.path(""), &json!({ "name": name }))
            .await
            .problem(422, "invalid-request");
    }
    let encoded = "=?utf-8?q?Acme=0D=0ABcc:_all@x.example?= , evil@x.example, <evil@x.example>";
    acme.owner
        .patch(&h, &acme.path(""), &json!({ "name": encoded }))
        .await
        .expect(200);
    acme.try_invite(&h, &invitation("a@x.example", "admin", &[]))
        .await
        .expect(201);
    h.backend.drained().await;
    let all = h.backend.mail();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].to, "a@x.example");
    assert!(!all[0].subject.contains(['\r', '\n']));
    let raw = String::from_utf8(all[0].raw.clone()).unwrap();
    let head = raw.split("\r\n\r\n").next().unwrap();
    let fields = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    let names: Vec<_> = fields.filter_map(|line| line.split_once(':')).map(|(n, _)| n).collect();
    for name in &names {
        assert_eq!(
            names.iter().filter(|n| n.eq_ignore_ascii_case(name)).count(),
            1,
            "{head}"
        );
        assert!(!name.eq_ignore_ascii_case("bcc") && !name.eq_ignore_ascii_case("cc"));
    }
    recount(&h).await;
}

#[tokio::test]
async fn a_name_in_any_script_arrives_as_it_is() {
    let h = Harness::start().await;
    let acme = Organization::make(&h).await;
    let name = "Zoë’s 株式会社 👩‍💻";
    acme.owner
        .patch(&h, &acme.path(""), &json!({ "name": name }))
        .await
        .expect(200);
    acme.invite(&h, "a@x.example", "admin", &[]).await;
    let mail = h.mail_to("a@x.example").await.pop().unwrap();
    assert_eq!(mail.subject, format!("olivia invited you to join {name}"));
    assert!(mail.html.contains("株式会社"));
    assert!(mail.raw.is_ascii());
}
