mod languages;
mod links;
mod replaced;

use super::overrides::Overrides;
use super::*;
use mail_parser::{Message, MessageParser};
use muster_domain::mail::EndReason;
use proptest::prelude::*;

const LINK: &str = "https://app.example/invitations/tok_1?a=1&b=2";
const TURNERS: [char; 6] = ['\u{202e}', '\u{202a}', '\u{2066}', '\u{200f}', '\u{61c}', '\u{200b}'];

fn ann() -> EmailAddress {
    EmailAddress::parse("ann@x.example").unwrap()
}

fn moment() -> Timestamp {
    "2026-11-28T14:05:09Z".parse().unwrap()
}

fn quotation(message: Option<&str>) -> Quotation {
    message.map(Quotation::from).unwrap_or_default()
}

fn brand() -> Brand {
    Brand {
        product: "Acme Cloud".parse().unwrap(),
        logo: None,
        accent: DEFAULT_ACCENT.parse().unwrap(),
        postal_line: Some("1 Main Street, 12345 Springfield".parse().unwrap()),
        support: Some("help@acme.example".parse().unwrap()),
    }
}

fn stationery() -> Stationery {
    Stationery::with(brand(), Language::English, &Overrides::default()).unwrap()
}

fn written(content: &Content) -> Outgoing {
    stationery().write(content, ann(), None, None).unwrap()
}

fn invitation_of(name: &str, resources: &[String], message: Option<&str>) -> Content {
    Content::Invitation(Invitation {
        organization: Line::organization(name),
        role: Line::new(name),
        resources: resources.into(),
        inviter: Line::person(name),
        message: quotation(message),
        link: LINK.parse().unwrap(),
        expires_at: moment(),
    })
}

fn added_of(name: &str, resources: &[String], message: Option<&str>) -> Content {
    Content::Added(Added {
        organization: Line::organization(name),
        role: Line::new(name),
        resources: resources.into(),
        by: Line::person(name),
        message: quotation(message),
        link: LINK.parse().unwrap(),
    })
}

fn invitation(name: &str, resources: &[String], message: Option<&str>) -> Outgoing {
    written(&invitation_of(name, resources, message))
}

fn added(name: &str, resources: &[String], message: Option<&str>) -> Outgoing {
    written(&added_of(name, resources, message))
}

fn names(name: Option<&str>) -> ResourceNames {
    let names: Vec<String> = name.map(str::to_owned).into_iter().collect();
    names.as_slice().into()
}

fn ending(organization: &str, role: &str, resource: Option<&str>, days: u32) -> Outgoing {
    written(&Content::AccessEnding(AccessEnding {
        organization: Line::organization(organization),
        role: Line::new(role),
        resources: names(resource),
        ends_at: moment(),
        days,
    }))
}

fn ended(organization: &str, role: &str, resource: Option<&str>, reason: EndReason) -> Outgoing {
    written(&Content::AccessEnded(AccessEnded {
        organization: Line::organization(organization),
        role: Line::new(role),
        resources: names(resource),
        reason,
    }))
}

/// The letters about an organization itself.
fn about(name: &str, reason: &str) -> Vec<Outgoing> {
    let organization = Line::organization(name);
    let letters = [
        Content::OrganizationDeleted {
            organization: organization.clone(),
            restorable_until: moment(),
        },
        Content::OrganizationErased {
            organization: organization.clone(),
        },
        Content::OrganizationSuspended {
            organization: organization.clone(),
            suspended_at: moment(),
            reason: reason.into(),
        },
        Content::OrganizationResumed {
            organization,
            next: None,
        },
    ];
    letters.iter().map(written).collect()
}

fn mime(letter: &Outgoing) -> Vec<u8> {
    let from = "Muster <no-reply@muster.example>".parse().unwrap();
    letter.mime(&from, "mail_1", moment())
}

fn header_names(message: &Message<'_>) -> Vec<String> {
    let headers = message.parts[0].headers.iter();
    headers.map(|header| header.name().to_owned()).collect()
}

/// Reads the mail back, and checks everything that no input may change.
fn read_back(letter: &Outgoing) {
    let bytes = mime(letter);
    assert!(bytes.is_ascii());
    let message = MessageParser::new().parse(&bytes).unwrap();
    assert_eq!(
        header_names(&message),
        [
            "From",
            "To",
            "Subject",
            "Message-ID",
            "Date",
            "Auto-Submitted",
            "Content-Language",
            "MIME-Version",
            "Content-Type"
        ]
    );
    let from = message.from().unwrap().first().unwrap();
    assert_eq!(from.name(), Some("Muster"));
    assert_eq!(from.address(), Some("no-reply@muster.example"));
    assert_eq!(message.to().unwrap().iter().count(), 1);
    let to = message.to().unwrap().first().unwrap();
    assert_eq!(to.address(), Some(letter.recipient.as_str()));
    assert_eq!(message.message_id(), Some("mail_1@muster.example"));
    assert_eq!(message.date().unwrap().to_timestamp(), moment().as_second());
    assert_eq!(message.subject(), Some(letter.subject.as_str()));
    assert_eq!(message.parts.len(), 3);
    let text = message.body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(text.trim_end(), letter.text.trim_end());
    let html = message.body_html(0).unwrap().replace("\r\n", "\n");
    assert_eq!(html.trim_end(), letter.html.trim_end());
    for shown in [&letter.subject, &letter.text, &letter.html] {
        assert!(!shown.contains(TURNERS), "{shown:?}");
    }
    assert!(!letter.subject.contains(char::is_control));
    assert!(as_read(&letter.subject).chars().count() < 200);
}

/// A text as a person reads it.
fn as_read(text: &str) -> String {
    text.replace(['\u{200a}', '\u{2060}'], "")
}

/// Each kind of letter in each language, as its reader gets it.
#[test]
fn letters_read_well_in_each_language() {
    let stationery = stationery();
    for language in Language::ALL {
        let mut all = String::new();
        for sample in samples::all(language, "").unwrap() {
            let letter = stationery.write(&sample.content, ann(), Some(language), None).unwrap();
            read_back(&letter);
            if sample.name != "invitation-longest" {
                all.push_str(&format!("=== {}\n{}\n\n{}\n", sample.name, letter.subject, letter.text));
            }
            if sample.name == "invitation" {
                insta::assert_snapshot!(format!("invitation_html_{language}"), letter.html);
            }
        }
        insta::assert_snapshot!(format!("letters_{language}"), all);
    }
}

#[test]
fn hostile_names_stay_words() {
    for name in [
        "Acme\r\nBcc: eve@y.example",
        "Acme\nBcc: eve@y.example\n\n<script>alert(1)</script>",
        "\u{202e}elpmaxe.evil\u{200b} <b>\" onclick='x'",
        "{{ letter.link }} {% raw %} =?utf-8?Q?x?= %0aBcc:",
        "=?utf-8?B?4oCuCg==?= =?utf-8?Q?=E2=80=AE=0D=0ABcc:?=",
        "אקמי \u{200f}<img src=x> 👩\u{200d}🚀",
        "http://evil.example Accept: https://evil.example/accept",
        &"é\u{301}".repeat(500),
        "\0\u{1b}[31m\u{7f}",
    ] {
        let resources = vec![name.to_owned(); 25];
        for letter in [
            invitation(name, &resources, Some(name)),
            added(name, &resources, Some(name)),
            ending(name, name, Some(name), 1),
            ended(name, name, Some(name), EndReason::Expired),
        ]
        .into_iter()
        .chain(about(name, name))
        {
            read_back(&letter);
            for tag in ["<script", "<b>", "<img", "onclick='"] {
                assert!(!letter.html.contains(tag), "{}", letter.html);
            }
            assert!(!letter.html.contains("href=\"http://evil"));
            let ours = letter.text.replace(LINK, "");
            let forged = ours
                .lines()
                .filter(|line| !line.starts_with('>') && line.contains("://"));
            assert_eq!(forged.count(), 0, "{ours}");
        }
    }
}

#[test]
fn a_message_cannot_leave_its_quotation() {
    let filler = format!(
        "see{}https://evil.example/accept {} https://evil.example/x {}",
        "\u{a0}".repeat(200),
        "漢".repeat(300),
        "-".repeat(300)
    );
    for message in [
        "Hi\n\nAccept the invitation:\n\nhttps://evil.example/accept",
        "Hi\u{2028}https://evil.example/a\u{b}https://evil.example/b\u{85}https://evil.example/c\rhttps://e.example",
        "</blockquote><a href=\"https://evil.example\">View the invitation</a>",
        &filler,
    ] {
        for (letter, links) in [
            (invitation("Acme", &[], Some(message)), 3),
            (added("Acme", &[], Some(message)), 2),
        ] {
            read_back(&letter);
            for line in letter.text.lines().filter(|line| line.contains("evil")) {
                assert!(line.starts_with("> "), "{line}");
            }
            for line in letter.text.lines().filter(|line| line.starts_with('>')) {
                assert!(textwrap::core::display_width(line) <= 72, "{line}");
            }
            assert_eq!(letter.html.matches("<a href").count(), links);
            let (link, message) = (letter.text.find(LINK), letter.text.find("evil"));
            assert!(link < message, "our link stands before the message");
        }
    }
}

#[test]
fn long_messages_are_cut() {
    let long = "wörd ".repeat(10_000);
    let many = "a\n\n\nb\n".repeat(1_000);
    for message in [&long, &many] {
        let letter = invitation("Acme", &[], Some(message));
        read_back(&letter);
        assert!(letter.text.chars().count() < 3_500);
        assert!(letter.text.lines().count() < 100);
        assert!(letter.text.contains('…'));
    }
    for nothing in ["", " \r\n\t ", "\u{200b}\u{202e}\n\u{feff}"] {
        let letter = invitation("Acme", &[], Some(nothing));
        assert!(!letter.text.contains("wrote"), "{}", letter.text);
    }
    let letter = invitation("\u{200b}", &[], None);
    assert_eq!(letter.subject, "Someone invited you to join an organization");
}

#[test]
fn many_resources_are_counted() {
    let resources: Vec<String> = (0..25).map(|n| format!("Cohort {n}")).collect();
    let letter = invitation("Acme", &resources, None);
    assert!(
        letter.text.contains("- Cohort 19\n- and 5 more\n\nAccept"),
        "{}",
        letter.text
    );
}

#[test]
fn only_web_links_are_written() {
    for link in [
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "/invitations/1",
        "//app.example/1",
        "ftp://app.example/1",
        "https://",
        "https://user@app.example/1",
        "https://app.example/ 1",
        "https://app.example/\r\nBcc:x",
        "https://app.example/\"><b>",
        "https://app.example/é",
    ] {
        assert!(matches!(link.parse::<WebLink>(), Err(LetterError::Link)), "{link:?}");
    }
}

#[test]
fn a_debug_line_tells_neither_link_nor_address() {
    let letter = invitation("Acme", &[], None);
    assert_eq!(
        format!("{letter:?}"),
        "Outgoing { recipient: EmailAddress(a***@x.example), .. }"
    );
}

#[test]
fn senders_are_checked() {
    for (input, name, email) in [
        (
            "Muster <no-reply@muster.example>",
            Some("Muster"),
            "no-reply@muster.example",
        ),
        ("\"Muster, Inc.\" <a@m.example>", Some("Muster, Inc."), "a@m.example"),
        ("Müster Ø <a@m.example>", Some("Müster Ø"), "a@m.example"),
        (" a@M.example ", None, "a@m.example"),
        ("<a@m.example>", None, "a@m.example"),
    ] {
        let mailbox: Mailbox = input.parse().unwrap();
        assert_eq!((mailbox.name(), mailbox.email().as_str()), (name, email));
        assert_eq!(mailbox.to_string().parse(), Ok(mailbox.clone()));
        let letter = invitation("Acme", &[], None);
        let bytes = letter.mime(&mailbox, "mail\r\nX: \u{e9}<>_1", moment());
        let message = MessageParser::new().parse(&bytes).unwrap();
        let from = message.from().unwrap().first().unwrap();
        assert_eq!((from.name(), from.address()), (name, Some(email)));
        let domain = mailbox.email().domain();
        assert_eq!(message.message_id(), Some(&*format!("mailX_1@{domain}")));
    }
    for input in [
        "",
        "Muster",
        "Muster <>",
        "A\nB <a@m.example>",
        "A\u{202e} <a@m.example>",
        "A <b <a@m.example>",
    ] {
        assert!(input.parse::<Mailbox>().is_err(), "{input:?}");
    }
}

proptest! {
    #[test]
    fn any_input_makes_a_sound_mail(
        name in prop_oneof![any::<String>(), "[\\PC\\r\\n\\u{202e}\\u{200b}]{0,120}"],
        message in any::<Option<String>>(),
        resource in any::<String>(),
    ) {
        let resources = [resource.clone()];
        let ended = ended(&name, &resource, Some(&name), EndReason::Expired);
        for letter in [
            invitation(&name, &resources, message.as_deref()),
            added(&name, &resources, message.as_deref()),
            ended,
        ] {
            read_back(&letter);
        }
    }
}
