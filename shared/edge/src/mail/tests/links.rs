//! Text that people write becomes no link.

use super::*;
use muster_domain::mail::EndReason;

/// Words that mail programs turn into links: text before and after a dot, a colon or an `@`. Zero-width characters hinder no one:
/// browsers drop them from a host name.
fn linked(text: &str) -> Vec<String> {
    let holds = |c: char| matches!(c, '.' | ':' | '@' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}');
    let is_linked = |word: &&str| {
        let letters: Vec<char> = word.chars().collect();
        let told = |c: char| c.is_alphanumeric() || c == '+' || c == '/';
        letters.windows(3).any(|w| told(w[0]) && holds(w[1]) && told(w[2]))
    };
    let text = text.replace(['\u{2060}', '\u{200b}'], "");
    let words = text.split(char::is_whitespace);
    words.filter(is_linked).map(str::to_owned).collect()
}

/// The text without what is ours: the link, the times and the address for questions.
fn without_ours(text: &str) -> String {
    text.replace(LINK, "")
        .replace("14:05", "")
        .replace("help@acme.example", "")
}

#[test]
fn nothing_that_people_write_becomes_a_link() {
    for name in [
        "Log in at evil.example/login",
        "evil.example",
        "www.evil.example",
        "HTTPS://EVIL.EXAMPLE",
        "http:evil.example",
        "//evil.example/a:b",
        "mailto:eve@evil.example",
        "eve@evil.example",
        "tel:+15550100",
        "evil。example",
        "evil．example",
        "evil｡example",
        "203.0.113.7",
        "evil.\u{2060}example",
        "evil\u{200b}.example",
        "a.b.c.d.e",
    ] {
        assert_eq!(linked(name).len(), 1, "{name}: as it was written");
        let resources = [name.to_owned()];
        let letters = [
            invitation(name, &resources, Some(name)),
            added(name, &resources, Some(name)),
            ending(name, name, Some(name), 1),
            ended(name, name, Some(name), EndReason::Expired),
        ];
        for letter in letters.into_iter().chain(about(name, name)) {
            read_back(&letter);
            assert_eq!(linked(&letter.subject), Vec::<String>::new(), "{name}");
            // The rest is ours: the link and the times.
            let ours = without_ours(&letter.text);
            assert_eq!(linked(&ours), Vec::<String>::new(), "{name}: {ours}");
            assert!(!letter.html.contains(name), "{name}: {}", letter.html);
            let seen = as_read(&letter.text);
            let plain = name.replace(['\u{2060}', '\u{200b}'], "").replace("://", ": ");
            assert!(seen.contains(&plain), "it reads as before: {seen}");
        }
    }
}

/// Phones offer to call any text that looks like a number.
#[test]
fn no_telephone_number_of_theirs_can_be_called() {
    for name in [
        "Call 0800 123 4567",
        "+1 (555) 010-0199",
        "555 0100199",
        "٠٨٠٠١٢٣٤٥٦٧",
        "８００１２３４５６７",
    ] {
        let letter = invitation(name, &[], Some(name));
        for part in [&letter.subject, &letter.text, &letter.html] {
            assert!(!part.contains(name), "{name}: {part}");
        }
        let seen = as_read(&letter.subject);
        assert!(seen.contains(name), "it reads as before: {seen}");
        let mut pairs = letter.subject.chars().zip(letter.subject.chars().skip(1));
        assert!(
            pairs.all(|(a, b)| !(a.is_numeric() && b.is_numeric())),
            "{}",
            letter.subject
        );
    }
    let letter = invitation("Studio 1984", &[], None);
    assert!(letter.subject.contains("Studio 1984"), "a year stays whole");
}

/// Another person entered the reader's address, and it may be a name to click on.
#[test]
fn the_readers_own_address_becomes_no_link_and_headers_have_it_as_it_is() {
    let long = format!("{}@{}.example", "n".repeat(64), "d".repeat(63));
    for email in [
        "ann@x.example",
        "log.in.at@evil.example",
        "www.evil.example@evil.example",
        "o'brien+news@sub.evil.example",
        "ann@xn--exmple-cua.example",
        &long,
    ] {
        let to = EmailAddress::parse(email).unwrap();
        assert!(!linked(to.as_str()).is_empty(), "{email}: as it was entered");
        for letter in [invitation_of("Acme", &[], None), added_of("Acme", &[], None)]
            .map(|content| stationery().write(&content, to.clone(), None, None).unwrap())
        {
            read_back(&letter);
            assert_eq!(letter.recipient, to);
            let ours = without_ours(&letter.text);
            assert_eq!(linked(&ours), Vec::<String>::new(), "{ours}");
            assert!(!letter.html.contains(to.as_str()), "{}", letter.html);
            assert!(as_read(&letter.text).contains(to.as_str()), "it reads as before");
        }
    }
}

#[test]
fn what_is_no_address_is_left_alone() {
    for name in [
        "St. Mary's School",
        "Acme Inc.",
        "Who? Me!",
        "10:30",
        "Ann, Bob & Co.",
        "C# and Go",
    ] {
        let letter = written(&Content::OrganizationErased {
            organization: Line::organization(name),
        });
        let expected = format!("{name}'s data was permanently deleted");
        assert_eq!(as_read(&letter.subject), expected);
        assert_eq!(letter.subject == expected, name != "10:30", "{name}");
    }
}
