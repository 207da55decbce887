use super::*;
use icu_normalizer::ComposingNormalizerBorrowed;
use proptest::prelude::*;

fn found(name: &str, email: &str, query: &str) -> bool {
    let name = (!name.is_empty()).then(|| name.parse().unwrap());
    matches(
        &words(name.as_ref(), &EmailAddress::parse(email).unwrap()),
        &terms(query),
    )
}

#[test]
fn the_beginning_of_any_word_of_name_and_address_finds_a_person() {
    for query in [
        "ann",
        "AN",
        "lee",
        "o'br",
        "brien",
        "ann lee",
        "lee ann",
        "ann.l",
        "x.ex",
        "ann.lee@x.example",
    ] {
        assert!(found("Ann-Marie O'Brien Lee", "ann.lee@x.example", query), "{query}");
    }
    for query in ["nn", "bob", "ann bob", "arie", "@x", "exam"] {
        assert!(!found("Ann-Marie O'Brien Lee", "ann.lee@x.example", query), "{query}");
    }
}

#[test]
fn accents_case_and_compatibility_forms_make_no_difference() {
    for (name, query) in [
        ("Zoë", "zoe"),
        ("Zoe", "ZOË"),
        ("Straße", "strass"),
        ("STRAẞE", "strasse"),
        ("ΣΊΣΥΦΟΣ", "σισυφος"),
        ("ﬁnn", "fin"),
        ("Ｊａｎ", "jan"),
        ("İpek", "ipek"),
    ] {
        assert!(found(name, "p@x.example", query), "{name} {query}");
    }
}

#[test]
fn a_letter_that_has_no_accent_to_lose_is_found_as_people_type_it() {
    for (name, query) in [
        ("Łukasz Wałęsa", "lukasz walesa"),
        ("Søren Ørsted", "soren orsted"),
        ("Đorđe", "dorde"),
        ("Æneas", "aeneas"),
        ("Œuvre", "oeuvre"),
        ("Þór", "thor"),
        ("Guðrún", "gudrun"),
        ("Ħamrun", "hamrun"),
        ("Əliyev", "eliyev"),
        ("Ĳsbrand", "ijsbrand"),
        ("ŉ", "'n"),
        ("Işıl", "isil"),
        ("IŞIL", "işıl"),
        ("ſam", "sam"),
        ("ʀᴏʙ", "rob"),
    ] {
        assert!(found(name, "p@x.example", query), "{name} {query}");
        assert!(found(name, "p@x.example", &name.to_lowercase()), "{name}");
        assert!(found(query, "p@x.example", name), "{query} {name}");
    }
    assert!(
        !found("Straße", "p@x.example", "strabe"),
        "what looks alike is not the same"
    );
}

#[test]
fn every_apostrophe_and_every_dash_is_the_one_of_the_keyboard_and_neither_need_be_typed() {
    for apostrophe in "'’‘‛`´ʼʻʹ′＇ꞌ".chars() {
        let name = format!("Sinéad O{apostrophe}Brien");
        for query in ["o'brien", "O’BRIEN", "o´br", "obrien", "obr", "brien", "sinead o‘brien"] {
            assert!(found(&name, "p@x.example", query), "{name} {query}");
        }
        assert!(found("O'Brien", "p@x.example", &name.replace("Sinéad ", "")), "{name}");
    }
    for dash in "-‐‑‒–—―−﹘﹣－˗".chars() {
        let name = format!("Anne{dash}Marie");
        for query in [
            "anne-marie",
            "anne‑m",
            "ANNE–MARIE",
            "annemarie",
            "annem",
            "marie",
            "anne",
        ] {
            assert!(found(&name, "p@x.example", query), "{name} {query}");
        }
        assert!(found("Anne-Marie", "p@x.example", &name), "{name}");
    }
    assert!(!found("Anne-Marie", "p@x.example", "nnemarie"));
}

#[test]
fn what_cannot_be_seen_makes_no_difference_in_what_is_searched_for_nor_in_a_name() {
    for unseen in
        "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}\u{ad}\u{200e}\u{202e}\u{2069}\u{61c}\u{fe0f}\u{180e}".chars()
    {
        for query in [
            format!("{unseen}ann"),
            format!("ann{unseen}"),
            format!("a{unseen}nn lee{unseen}"),
        ] {
            assert!(found("Ann Lee", "ann@x.example", &query), "{query:?}");
        }
        assert_eq!(terms(&unseen.to_string()), BTreeSet::new());
    }
    for name in ["An\u{200d}n", "Ann\u{fe0f}", "A\u{200c}nn"] {
        assert!(found(name, "p@x.example", "ann"), "{name:?}");
        assert_eq!(fold(name), "ann");
    }
}

#[test]
fn an_international_address_is_found_as_it_is_read_and_as_it_is_stored() {
    for (email, queries) in [
        (
            "ann@exämple.example",
            [
                "ann@exämple.example",
                "ANN@EXÄMPLE",
                "ann@example.ex",
                "exämple",
                "xn--ex",
            ],
        ),
        (
            "ann@xn--exmple-cua.example",
            [
                "ann@exämple",
                "ann@xn--exmple-cua.example",
                "exa\u{308}mple",
                "example",
                "exämp",
            ],
        ),
        (
            "ann@straße.example",
            ["ann@straße", "ann@strasse", "strasse", "STRASSE", "straß"],
        ),
        ("ann@łódź.example", ["ann@łódź", "ann@lodz", "lodz.ex", "łodz", "ŁÓDŹ"]),
        ("ann@例え.example", ["ann@例え", "例え", "例", "ann@例え.ex", "ann"]),
    ] {
        for query in queries {
            assert!(found("", email, query), "{email} {query}");
        }
    }
    let plain = words(None, &EmailAddress::parse("ann@x.example").unwrap());
    let expected = ["ann@x.example", "x.example"].map(str::to_owned);
    assert_eq!(
        plain,
        BTreeSet::from(expected),
        "one that is no other has no words more"
    );
}

#[test]
fn a_greek_vowel_with_an_iota_below_is_the_same_in_upper_case() {
    for query in ["ᾳδησ", "ΑΙΔΗΣ", "ᾼδης"] {
        assert!(found("ᾍδης", "p@x.example", query), "{query}");
    }
}

/// Names with letters that fold in some way, with apostrophes, hyphens and spaces.
fn names() -> impl Strategy<Value = String> {
    let letter = prop_oneof![
        4 => "[a-zA-Z0-9]",
        4 => "[\\p{Latin}&&\\p{Alphabetic}]",
        2 => "[\\p{Greek}\\p{Cyrillic}\\p{Armenian}&&\\p{Alphabetic}]",
        1 => "\\p{Alphabetic}",
        1 => "[-'’–]",
        1 => " ",
    ];
    prop::collection::vec(letter, 1..24).prop_map(|letters| letters.concat())
}

/// A text in the spelling of other keyboards and clipboards.
fn spelled(text: &str, how: u8) -> String {
    let cased = match how % 3 {
        0 => text.to_owned(),
        1 => text.to_lowercase(),
        _ => text.to_uppercase(),
    };
    match how / 3 % 4 {
        0 => cased,
        1 => DecomposingNormalizerBorrowed::new_nfd().normalize(&cased).into_owned(),
        2 => ComposingNormalizerBorrowed::new_nfc().normalize(&cased).into_owned(),
        _ => fold(&cased),
    }
}

proptest! {
    #[test]
    fn whatever_somebody_can_type_of_a_name_finds_it(
        name in names(),
        how in 0_u8..12,
        at in any::<prop::sample::Index>(),
        length in 1_usize..60,
    ) {
        let Ok(known) = name.parse::<Name>() else { return Ok(()) };
        let all = words(Some(&known), &EmailAddress::parse("p@x.example").unwrap());
        let typed: Vec<&str> = known.as_str().split_whitespace().collect();
        let typed = spelled(typed[at.index(typed.len())], how);
        let beginning: String = typed.chars().take(length).collect();
        prop_assert!(matches(&all, &terms(&typed)), "{known} {typed}: {all:?}");
        prop_assert!(matches(&all, &terms(&beginning)), "{known} {beginning}: {all:?}");
        prop_assert!(matches(&all, &terms(&known.to_string())), "{known}: {all:?}");
    }

    #[test]
    fn what_is_folded_stays_as_it_is(text in prop_oneof![any::<String>(), names()]) {
        let folded = fold(&text);
        prop_assert_eq!(fold(&folded), folded);
    }
}

#[test]
fn every_character_stays_as_it_was_folded() {
    for c in '\0'..=char::MAX {
        let folded = fold(&c.to_string());
        assert_eq!(fold(&folded), folded, "{c:?} U+{:04X}", u32::from(c));
    }
}

#[test]
fn every_accent_that_stands_alone_as_an_apostrophe_is_one() {
    for accent in [
        '`', '\u{b4}', '\u{1fef}', '\u{1ffd}', '\u{ff40}', '\u{384}', '\u{1fbd}', '\u{5f3}', '\u{7f4}', '\u{2c8}',
        '\u{275b}',
    ] {
        assert_eq!(fold(&format!("O{accent}Brien")), "o'brien", "{accent:?}");
    }
}

#[test]
fn a_person_is_found_by_so_many_words_at_most_and_none_parts_a_key() {
    let name: Vec<String> = ('a'..='z')
        .map(|c| format!("{c}#"))
        .chain(('a'..='m').map(|c| format!("{c}1")))
        .collect();
    let name = name.join(" ").parse().unwrap();
    let all = words(Some(&name), &EmailAddress::parse("p@x.example").unwrap());
    assert_eq!(all.len(), MAX_WORDS);
    assert!(all.iter().all(|w| !w.contains('#')));
}

#[test]
fn a_place_is_folded_short_and_puts_a_name_before_the_longer_one_it_begins() {
    let email = EmailAddress::parse("zoe@x.example").unwrap();
    let place = |name: &str| place((!name.is_empty()).then(|| name.parse().unwrap()).as_ref(), &email);
    for (name, expected) in [
        ("", "zoe@x.example"),
        ("Ann", "ann"),
        ("Ann Lee", "ann$lee"),
        ("Ann\u{a0}\"Zoë\"!", "ann$$zoe$$"),
        ("A#$%", "a_$%"),
        ("Łukasz", "lukasz"),
        ("O’Brien", "o'brien"),
        ("Ørsted–Lee", "orsted-lee"),
        (&"É".repeat(50), &"e".repeat(MAX_LENGTH)),
    ] {
        assert_eq!(place(name), expected, "{name}");
    }
}

#[test]
fn what_is_not_seen_makes_no_difference_wherever_it_was_pasted() {
    for unseen in [
        '\0', '\u{7}', '\u{1b}', '\u{7f}', '\u{9f}', '\u{200b}', '\u{2060}', '\u{2800}', '\u{fff9}', '\u{fffb}',
        '\u{feff}',
    ] {
        for query in [
            format!("{unseen}annabel"),
            format!("ann{unseen}abel"),
            format!("annabel{unseen}"),
        ] {
            assert!(found("Annabel", "a@x.example", &query), "{query:?}");
        }
        assert_eq!(fold(&format!("Zo{unseen}ë")), "zoe", "{unseen:?}");
    }
    assert_eq!(fold("a\tb\u{85}c\n"), "a\tb\u{85}c\n", "white space is between words");
    assert!(found("O'Brien", "a@x.example", "o\u{55a}brien"));
}

#[test]
fn a_resource_is_found_by_the_words_of_its_name_and_by_its_id() {
    let words = |name: &str, id: &str| resource_words(&name.parse().unwrap(), &id.parse().unwrap());
    let found = |query: &str| matches(&words("Zoë’s Łódź-Program #2", "prj_8F3a.x"), &terms(query));
    for query in [
        "zoe",
        "zoes",
        "zoe's",
        "lodz",
        "program",
        "lodzpro",
        "lodz-p",
        "PRJ",
        "prj_8f3a.x",
        "x",
        "2",
        "zoe prj",
    ] {
        assert!(found(query), "{query}");
    }
    for query in ["rogram", "8f3b", "zoe spring"] {
        assert!(!found(query), "{query}");
    }
}
