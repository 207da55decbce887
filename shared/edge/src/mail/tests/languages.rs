//! What holds for every letter in every language.

use super::*;
use std::collections::BTreeSet;

fn outgoing(stationery: &Stationery, mark: &str) -> Vec<(&'static str, Language, Outgoing)> {
    let mut all = Vec::new();
    for language in Language::ALL {
        for sample in samples::all(language, mark).unwrap() {
            let letter = stationery.write(&sample.content, ann(), Some(language), None).unwrap();
            all.push((sample.name, language, letter));
        }
    }
    all
}

/// The text of an HTML body as a reader sees it.
fn visible(html: &str) -> String {
    let (_, body) = html.split_once("<body").unwrap();
    let mut text = String::new();
    for piece in body.split('<') {
        text.push_str(piece.split_once('>').map_or("", |(_, text)| text));
        text.push(' ');
    }
    let text = text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
    let text = text.replace("&#39;", "'").replace("&#34;", "\"");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words without those characters that only one form has.
fn words(text: &str) -> BTreeSet<String> {
    let signs = |c: char| {
        c.is_whitespace() || c.is_ascii_punctuation() || matches!(c, '\u{2068}' | '\u{2069}' | '·' | '،' | '؟' | '¿')
    };
    text.split(signs)
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[test]
fn every_letter_is_small_and_says_in_which_language_and_direction_it_is() {
    for (name, language, letter) in outgoing(&stationery(), "") {
        let place = format!("{name} {language}");
        assert!(letter.html.len() <= MAX_BYTES, "{place}: {}", letter.html.len());
        assert!(letter.text.len() <= MAX_BYTES, "{place}: {}", letter.text.len());
        if name != "invitation-longest" {
            assert!(mime(&letter).len() <= MAX_BYTES, "{place}: {}", mime(&letter).len());
        }
        let direction = if language == Language::Arabic { "rtl" } else { "ltr" };
        let head = format!("<html lang=\"{language}\" dir=\"{direction}\">");
        assert!(letter.html.contains(&head), "{place}");
        let sent = MessageParser::new().parse(&mime(&letter)).unwrap().into_owned();
        assert_eq!(
            sent.header("Content-Language").unwrap().as_text(),
            Some(language.as_str())
        );
        for part in [&letter.subject, &letter.text, &letter.html] {
            assert!(!part.contains("{{") && !part.contains('\u{fffd}'), "{place}: {part}");
        }
    }
}

/// No picture is needed, and neither part says more than the other: apart from the words on the button, and those that say what
/// it is for.
#[test]
fn both_parts_of_a_letter_say_the_same() {
    for (name, language, letter) in outgoing(&stationery(), "") {
        let (html, text) = (words(&visible(&letter.html)), words(&letter.text));
        let missing: Vec<_> = html.difference(&text).collect();
        let bound = if name.starts_with("invitation") || name.starts_with("added") {
            16
        } else {
            0
        };
        assert!(missing.len() <= bound, "{name} {language}: only in HTML: {missing:?}");
        let missing: Vec<_> = text.difference(&html).collect();
        // The sentence before the link, or the address that a button leads to.
        let bound = match name {
            name if name.starts_with("invitation") => 9,
            name if name.starts_with("added") => 3,
            _ => 0,
        };
        assert!(
            missing.len() <= bound,
            "{name} {language}: only in the text: {missing:?}"
        );
        for fact in ["help@acme.example", "Springfield"] {
            assert!(
                letter.text.contains(fact) && letter.html.contains(fact),
                "{name} {language}"
            );
        }
    }
}

#[test]
fn hostile_names_are_escaped_and_isolated_in_every_language() {
    for mark in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "'{{ link }}{% raw %}",
        "<!--",
        "&lt;b&gt;",
    ] {
        for (name, language, letter) in outgoing(&stationery(), mark) {
            read_back(&letter);
            let html = letter.html.split_once("<body").unwrap().1;
            for tag in ["<script", "<img", "<!--", "onerror=alert(1)>", "&lt;b&gt;"] {
                assert!(!html.contains(tag), "{name} {language} {tag}: {html}");
            }
            assert!(html.matches("<bdi").count() >= 2, "{name} {language}");
            assert_eq!(html.matches("<bdi").count(), html.matches("</bdi>").count());
            let isolates = |text: &str| (text.matches('\u{2068}').count(), text.matches('\u{2069}').count());
            for part in [&letter.subject, &letter.text] {
                let (starts, ends) = isolates(part);
                assert_eq!(starts, ends, "{name} {language}: {part}");
                assert_eq!(starts > 0, language == Language::Arabic, "{name} {language}: {part}");
            }
        }
    }
}

/// A name of the other direction does not reorder what stands around it.
#[test]
fn an_arabic_name_in_an_english_letter_is_isolated() {
    let letter = invitation("شركة", &[], None);
    assert_eq!(
        letter.subject,
        "\u{2068}شركة\u{2069} invited you to join \u{2068}شركة\u{2069}"
    );
    assert_eq!(invitation("Acme", &[], None).subject, "Acme invited you to join Acme");
}

/// Names and messages that grow as much as they can: by escaping, by the characters that hinder links, and by their own size.
#[test]
fn no_input_makes_a_letter_too_large() {
    for letter in ["&", "\u{1d7cf}", "a.", "👩", "١", "漢", "<'\">", "\""] {
        let name = letter.repeat(120);
        let resources = vec![name.clone(); 64];
        for content in [
            invitation_of(&name, &resources, Some(&letter.repeat(2_000))),
            added_of(&name, &resources, Some(&letter.repeat(2_000))),
        ] {
            for language in Language::ALL {
                let long = "r".repeat(64);
                let to: EmailAddress = format!("{long}@{}.example", "d".repeat(60)).parse().unwrap();
                let letter = stationery().write(&content, to, Some(language), None).unwrap();
                assert!(
                    letter.html.len() <= MAX_BYTES,
                    "{language} {name}: {}",
                    letter.html.len()
                );
            }
        }
    }
}

#[test]
fn the_language_of_the_deployment_is_used_for_readers_whose_own_is_unknown() {
    let german = Stationery::with(brand(), Language::German, &Overrides::default()).unwrap();
    let content = invitation_of("Acme", &[], None);
    let letter = german.write(&content, ann(), None, None).unwrap();
    assert_eq!(
        (letter.language, letter.subject.as_str()),
        (Language::German, "Acme hat Sie zu Acme eingeladen")
    );
    let letter = german.write(&content, ann(), Some(Language::French), None).unwrap();
    assert_eq!(
        (letter.language, letter.subject.as_str()),
        (Language::French, "Acme vous invite à rejoindre Acme")
    );
}

#[test]
fn what_has_no_visible_name_is_named_in_the_language() {
    for (language, subject) in [
        (Language::English, "Someone invited you to join an organization"),
        (
            Language::German,
            "Jemand hat Sie zu (Organisation ohne Namen) eingeladen",
        ),
        (
            Language::Spanish,
            "Alguien te ha invitado a unirte a (organización sin nombre)",
        ),
    ] {
        let letter = stationery()
            .write(&invitation_of("\u{200b}", &[], None), ann(), Some(language), None)
            .unwrap();
        assert_eq!(letter.subject, subject);
    }
}

#[test]
fn letters_carry_the_product_and_its_colors_and_an_organization_its_own() {
    let accent = |letter: &Outgoing| letter.html.matches("border-top: 4px solid #").next().is_some();
    let plain = invitation("Acme", &[], None);
    assert!(plain.html.contains("<bdi>Acme Cloud</bdi>") && !plain.html.contains("<img"));
    assert!(plain.html.contains("background: #1d4ed8") && plain.html.contains("color: #ffffff"));
    assert!(plain.html.contains("<a href=\"mailto:help@acme.example\"") && accent(&plain));
    let yellow = Brand {
        logo: Some("https://cdn.example/a.png?v=1&w=2".parse().unwrap()),
        accent: "#ffe600".parse().unwrap(),
        support: None,
        postal_line: None,
        ..brand()
    };
    let stationery = Stationery::with(yellow, Language::English, &Overrides::default()).unwrap();
    let letter = stationery
        .write(&invitation_of("Acme", &[], None), ann(), None, None)
        .unwrap();
    assert!(
        letter
            .html
            .contains("src=\"https://cdn.example/a.png?v=1&amp;w=2\" alt=\"Acme Cloud\""),
        "{}",
        letter.html
    );
    assert!(letter.html.contains("background: #ffe600") && letter.html.contains("color: #000000"));
    assert!(!letter.html.contains("mailto:") && !letter.text.contains("Questions?"));
    assert!(letter.text.ends_with("\n\nAcme Cloud\n"), "{}", letter.text);
    let own = OrganizationBrand {
        name: "Ann & \"Bob\"".to_owned(),
        logo: Some("https://cdn.example/own.png".parse().unwrap()),
        accent: Some("#b91c1c".parse().unwrap()),
    };
    let letter = stationery
        .write(&invitation_of("Acme", &[], None), ann(), None, Some(&own))
        .unwrap();
    assert!(
        letter
            .html
            .contains("src=\"https://cdn.example/own.png\" alt=\"Ann &amp; &#34;Bob&#34;\""),
        "{}",
        letter.html
    );
    assert!(letter.html.contains("background: #b91c1c") && letter.html.contains("Acme Cloud"));
}
