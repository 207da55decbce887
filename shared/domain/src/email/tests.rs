use super::*;
use crate::rules::organizations::is_allowed;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn parsed(input: &str) -> Result<String, EmailAddressError> {
    EmailAddress::parse(input).map(String::from)
}

#[test]
fn spellings_of_one_address_become_equal() {
    for (input, expected) in [
        ("ann@x.example", "ann@x.example"),
        ("  Ann@X.Example\u{a0}\r\n", "ann@x.example"),
        ("ANN.SMITH+Team@MAIL.X.EXAMPLE", "ann.smith+team@mail.x.example"),
        ("o'brien_{a|b}/c%d@x.example", "o'brien_{a|b}/c%d@x.example"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
        ("ann@bu\u{308}cher.example", "ann@xn--bcher-kva.example"),
        ("ann@XN--BCHER-KVA.example", "ann@xn--bcher-kva.example"),
        ("ann@straße.example", "ann@xn--strae-oqa.example"),
        ("ann@例え.テスト", "ann@xn--r8jz45g.xn--zckzah"),
        ("ann@ab--cd.example", "ann@ab--cd.example"),
        ("1@2.x3", "1@2.x3"),
    ] {
        assert_eq!(parsed(input).as_deref(), Ok(expected), "{input:?}");
    }
}

#[test]
fn what_cannot_be_mailed_is_refused() {
    use EmailAddressError::*;
    let long_local = format!("{}@x.example", "a".repeat(65));
    let long_domain = format!("a@{}.example", "b.".repeat(125));
    let long = format!("{}@{}x.example", "a".repeat(64), "bcd.".repeat(46));
    let huge = format!("{}@x.example", "é".repeat(100_000));
    for (input, error) in [
        ("", Empty),
        (" \u{a0}\t", Empty),
        (&long_local, TooLong),
        (&long_domain, InvalidDomain),
        (&long, TooLong),
        (&huge, TooLong),
        ("ann", MissingAt),
        ("ann.x.example", MissingAt),
        ("@x.example", InvalidLocalPart),
        (".ann@x.example", InvalidLocalPart),
        ("ann.@x.example", InvalidLocalPart),
        ("an..n@x.example", InvalidLocalPart),
        ("ann smith@x.example", InvalidLocalPart),
        ("ann@bob@x.example", InvalidLocalPart),
        ("Ann <ann@x.example", InvalidLocalPart),
        ("ann(home)@x.example", InvalidLocalPart),
        ("ann\\@x.example", InvalidLocalPart),
        ("\"ann smith\"@x.example", QuotedLocalPart),
        ("\"@x.example", QuotedLocalPart),
        ("änn@x.example", LocalPartNotAscii),
        ("аnn@x.example", LocalPartNotAscii),
        ("“ann@x.example", LocalPartNotAscii),
        ("ann@", InvalidDomain),
        ("ann@.example", InvalidDomain),
        ("ann@x..example", InvalidDomain),
        ("ann@x.example.", InvalidDomain),
        ("ann@-x.example", InvalidDomain),
        ("ann@x-.example", InvalidDomain),
        ("ann@x_y.example", InvalidDomain),
        ("ann@x y.example", InvalidDomain),
        ("ann@x.example>", InvalidDomain),
        ("ann@x.example”", InvalidDomain),
        ("ann@i❤.example", InvalidDomain),
        ("ann@xn--a.example", InvalidDomain),
        ("ann@xn--\u{fc}.example", InvalidDomain),
        ("ann@localhost", DomainWithoutDot),
        ("ann@[192.0.2.1]", IpDomain),
        ("ann@[IPv6:2001:db8::1]", IpDomain),
        ("ann@192.0.2.1", IpDomain),
    ] {
        assert_eq!(parsed(input), Err(error), "{input:?}");
    }
}

#[test]
fn an_address_may_have_every_character_that_mail_servers_must_take() {
    let longest = format!("{}@{}x.example", "a".repeat(64), "bcd.".repeat(45));
    assert_eq!((longest.len(), parsed(&longest)), (254, Ok(longest.clone())));
    // Longer input is not checked further.
    let domain = |length: usize| Domain::parse(&"a".repeat(length));
    assert_eq!(domain(MAX_INPUT), Err(EmailAddressError::InvalidDomain));
    assert_eq!(domain(MAX_INPUT + 1), Err(EmailAddressError::TooLong));
}

#[test]
fn invisible_characters_are_refused_wherever_they_stand() {
    for invisible in [
        '\0',
        '\u{7}',
        '\u{7f}',
        '\u{9d}',
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{115f}',
        '\u{180e}',
        '\u{200b}',
        '\u{200d}',
        '\u{202e}',
        '\u{2060}',
        '\u{2066}',
        '\u{3164}',
        '\u{fe0f}',
        '\u{feff}',
        '\u{e0041}',
    ] {
        for input in [
            format!("{invisible}ann@x.example"),
            format!("an{invisible}n@x.example"),
            format!("ann{invisible}@x.example"),
            format!("ann@x{invisible}.example"),
            format!("ann@x.example{invisible}"),
        ] {
            assert_eq!(parsed(&input), Err(EmailAddressError::InvisibleCharacter), "{input:?}");
        }
    }
    for line in ["a\nb@x.example", "a@x.example\r\nBcc:b@y.example"] {
        assert_eq!(parsed(line), Err(EmailAddressError::InvisibleCharacter));
    }
}

#[test]
fn look_alikes_never_become_the_plain_character() {
    for input in [
        "\u{212a}im@x.example", // Kelvin sign, before and after the `@`
        "kim@\u{212a}.example",
        "kim@b\u{fc}\u{212a}.example", // beside a letter that makes the label punycode anyway
        "kim@x.\u{ff45}xample",        // full-width e
        "kim\u{ff20}x.example",        // full-width @
        "kim\u{fe6b}x.example",        // small @
        "kim@x\u{3002}example",        // ideographic full stop
        "kim@x\u{ff0e}example",
        "kim@\u{fb01}n.example",      // ligature fi
        "kim@\u{1d5eb}.example",      // mathematical bold X
        "kim@\u{2460}.example",       // circled one
        "kim@\u{2100}.example",       // a/c
        "kim@\u{130}stanbul.example", // dotted capital I
    ] {
        assert_eq!(parsed(input), Err(EmailAddressError::LookAlikeCharacter), "{input:?}");
    }
    // Cyrillic letters in a domain are another domain, and punycode shows it.
    assert_eq!(parsed("kim@аррӏе.example").as_deref(), Ok("kim@xn--80ak6aa92e.example"));
}

#[test]
fn parts_and_mask() {
    let email = EmailAddress::parse("Ann+hr@Bücher.example").unwrap();
    assert_eq!(email.local_part(), "ann+hr");
    assert_eq!(email.domain(), "xn--bcher-kva.example");
    assert_eq!(email.masked(), "a***@xn--bcher-kva.example");
    assert_eq!(format!("{email:?}"), "EmailAddress(a***@xn--bcher-kva.example)");
    assert_eq!(EmailAddress::parse("a@x.example").unwrap().masked(), "a***@x.example");
}

#[test]
fn serde_checks_and_normalizes() {
    let email: EmailAddress = serde_json::from_str("\"Ann@X.example\"").unwrap();
    assert_eq!(serde_json::to_string(&email).unwrap(), "\"ann@x.example\"");
    let refused = serde_json::from_str::<EmailAddress>("\"secret-text\"").unwrap_err();
    assert!(!refused.to_string().contains("secret"), "{refused}");
    let refused = serde_json::from_str::<EmailInput>("{\"a\":1}").unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("expected a string of addresses or an array of them"),
        "{refused}"
    );
}

#[test]
fn only_the_very_domain_is_allowed() {
    let allowed = ["Partner.example", "bücher.example"].map(|domain| Domain::parse(domain).unwrap());
    let domains = allowed.iter().cloned().collect();
    for (email, expected) in [
        ("ann@partner.example", true),
        ("ann@PARTNER.EXAMPLE", true),
        ("ann@xn--bcher-kva.example", true),
        ("ann@sub.partner.example", false),
        ("ann@evilpartner.example", false),
        ("ann@partner.example.evil.example", false),
        ("partner.example@evil.example", false),
        ("ann@bucher.example", false),
    ] {
        let email = EmailAddress::parse(email).unwrap();
        assert_eq!(is_allowed(&email, &domains), expected, "{email}");
    }
    assert!(!is_allowed(
        &EmailAddress::parse("ann@partner.example").unwrap(),
        &BTreeSet::new()
    ));
    assert_eq!(allowed[1].to_string(), "xn--bcher-kva.example");
    assert_eq!(serde_json::to_value(&allowed[1]).unwrap(), "xn--bcher-kva.example");
}

#[test]
fn domains_are_checked_alone_too() {
    use EmailAddressError::*;
    for (input, error) in [
        ("", Empty),
        ("@partner.example", InvalidDomain),
        ("*.partner.example", InvalidDomain),
        (".example", InvalidDomain),
        ("https://partner.example", InvalidDomain),
        ("example", DomainWithoutDot),
        ("192.0.2.1", IpDomain),
        ("\u{212a}.example", LookAlikeCharacter),
        ("x\u{200b}.example", InvisibleCharacter),
    ] {
        assert_eq!(Domain::parse(input), Err(error), "{input:?}");
    }
}

/// The result of a list: addresses, and refused entries with their error.
fn listed(input: &EmailInput) -> Vec<String> {
    parse_list(input)
        .unwrap()
        .into_iter()
        .map(|verdict| match verdict {
            Ok(email) => email.to_string(),
            Err(rejected) => format!("{} {}", rejected.input, rejected.error.code()),
        })
        .collect()
}

fn text(text: &str) -> EmailInput {
    EmailInput::Text(text.to_owned())
}

#[test]
fn every_separator_and_form_that_people_paste() {
    let (ann, bob) = ("ann@x.example", "bob@y.example");
    for input in [
        "ann@x.example,bob@y.example",
        "ann@x.example;bob@y.example",
        "ann@x.example bob@y.example",
        "ann@x.example\tbob@y.example",
        "ann@x.example\nbob@y.example\n",
        "ann@x.example\r\nbob@y.example\r\n\r\n",
        "ann@x.example\u{a0}bob@y.example",
        "ann@x.example\u{2028}bob@y.example",
        "ann@x.example，bob@y.example；",
        "\u{feff} , ;\nann@x.example ,;, bob@y.example ;\n,",
        "Ann@X.example, bob@y.example, ANN@x.example, bob@y.example",
        "Ann Smith <ann@x.example>, Bob <bob@y.example>",
        "Ann Smith <ann@x.example> Bob <bob@y.example>",
        "Ann<ann@x.example>Bob<bob@y.example>",
        "<ann@x.example> < bob@y.example >",
        "\"Smith, Ann\" <ann@x.example>; \"Jones; Bob <b>\" <bob@y.example>",
        "\"ann@x.example\",\"bob@y.example\"",
        "'ann@x.example'; 'bob@y.example'",
        "ann@x.example <ann@x.example>, \"boss@z.example\" <bob@y.example>",
        "mailto:ann@x.example, MAILTO:bob@y.example?subject=Hi&cc=x@y.z",
        "Ann <mailto:ann@x.example> mailto:bob@y.example",
    ] {
        assert_eq!(listed(&text(input)), [ann, bob], "{input:?}");
    }
    let list = ["Ann <ann@x.example>", "bob@y.example", "ANN@X.EXAMPLE"].map(str::to_owned);
    assert_eq!(listed(&EmailInput::List(list.to_vec())), [ann, bob]);
}

#[test]
fn a_bad_entry_is_named_and_keeps_its_place() {
    for (input, expected) in [
        (
            "ann@x.example, nobody, bob@",
            vec!["ann@x.example", "nobody missing_at", "bob@ invalid_domain"],
        ),
        (
            "nobody nobody ann@x.example",
            vec!["nobody missing_at", "ann@x.example"],
        ),
        ("Smith, Ann <ann@x.example>", vec!["Smith missing_at", "ann@x.example"]),
        ("ann@x.example <bob@y.example>", vec!["ann@x.example", "bob@y.example"]),
        (
            "Ann <ann@x.example",
            vec!["Ann missing_at", "<ann@x.example invalid_local_part"],
        ),
        ("Ann <>", vec![" empty"]),
        ("\"Smith <ann@x.example>", vec!["ann@x.example"]),
        (
            "\"ann, smith\"@x.example",
            vec!["\"ann, smith\"@x.example quoted_local_part"],
        ),
        (
            "\u{212a}im@x.example",
            vec!["\u{212a}im@x.example look_alike_character"],
        ),
        (
            "ann@x.example\u{200b}.evil.example",
            vec!["ann@x.example\u{200b}.evil.example invisible_character"],
        ),
        (
            "mailto:ann%40x@x.example",
            vec!["mailto:ann%40x@x.example invalid_local_part"],
        ),
        ("mailto:", vec!["mailto: empty"]),
    ] {
        assert_eq!(listed(&text(input)), expected, "{input:?}");
    }
    let list = EmailInput::List(vec!["ann@x.example".to_owned(), " ".to_owned(), String::new()]);
    assert_eq!(listed(&list), ["ann@x.example", " empty"]);
    let long = listed(&text(&"é".repeat(5_000)));
    assert_eq!(long, [format!("{}… too_long", "é".repeat(100))]);
}

#[test]
fn twenty_different_addresses_are_the_limit() {
    let many = |count: usize| (0..count).map(|n| format!("a{n}@x.example ")).collect::<String>();
    assert_eq!(listed(&text(&many(20).repeat(3))).len(), MAX_EMAILS);
    let too_many = ListError::TooMany { found: 21 };
    assert_eq!(parse_list(&text(&many(21))), Err(too_many));
    assert_eq!(
        [too_many.code(), ListError::Empty.code()],
        ["too_many_addresses", "no_addresses"]
    );
    for empty in [text(""), text(" ,;\n"), EmailInput::List(vec![])] {
        assert_eq!(parse_list(&empty), Err(ListError::Empty));
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test tells how long something took")]
fn huge_hostile_text_is_read_quickly() {
    let start = std::time::Instant::now();
    for piece in ["<", "\"", "<\"", "a <", "\u{feff}", "'", "@", "é,", "mailto:"] {
        let _ = parse_list(&text(&piece.repeat(50_000)));
    }
    // Half a second; a search that starts again at each mark takes minutes.
    let took = start.elapsed();
    assert!(took < std::time::Duration::from_secs(20), "{took:?}");
}

proptest! {
    #[test]
    fn any_text_is_answered(input in "\\PC*", raw in any::<String>()) {
        for input in [input, raw] {
            let _ = Domain::parse(&input);
            let _ = parse_list(&EmailInput::Text(input.clone()));
            let _ = parse_list(&EmailInput::List(vec![input]));
        }
    }

    #[test]
    fn what_parses_parses_to_itself(input in "[\\PCa-zK.@-]{1,12}@[\\pL\\pM\\pNa-z.-]{1,20}\\.[a-zé\\u{212a}]{2,5}") {
        if let Ok(email) = EmailAddress::parse(&input) {
            prop_assert!(email.as_str().is_ascii());
            prop_assert_eq!(email.as_str().to_ascii_lowercase(), email.as_str());
            prop_assert_eq!(EmailAddress::parse(email.as_str()), Ok(email.clone()));
            prop_assert_eq!(Domain::parse(email.domain()).map(String::from), Ok(email.domain().to_owned()));
            prop_assert_eq!(parse_list(&EmailInput::Text(input)), Ok(vec![Ok(email)]));
        }
    }

    #[test]
    fn plain_addresses_survive_any_case(local in "[a-z0-9]{1,10}([.+_-][a-z0-9]{1,5})?", domain in "[a-z0-9]{1,10}\\.[a-z]{2,6}") {
        let plain = format!("{local}@{domain}");
        prop_assert_eq!(parsed(&plain), Ok(plain.clone()));
        prop_assert_eq!(parsed(&plain.to_uppercase()), Ok(plain));
    }

    #[test]
    fn a_list_holds_each_address_once_in_order(picks in prop::collection::vec(0..20_usize, 1..60), separator in "[ ,;\n\t]{1,3}") {
        let input = picks.iter().map(|pick| format!("A{pick}@x.example{separator}")).collect::<String>();
        let mut expected: Vec<String> = Vec::new();
        for pick in picks {
            let email = format!("a{pick}@x.example");
            if !expected.contains(&email) {
                expected.push(email);
            }
        }
        prop_assert_eq!(listed(&EmailInput::Text(input)), expected);
    }
}
