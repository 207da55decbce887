//! Searching people by the beginning of any word of a name or an address, whatever accents and case.

use crate::address::Address;
use crate::text::Name;
use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_properties::{CodePointMapData, props::GeneralCategory};
use std::collections::BTreeSet;

/// Words that one person is found by at most: each is an index item of the change's transaction.
pub const MAX_WORDS: usize = 32;

/// Longest beginning of a word that tells people apart, in characters.
const MAX_LENGTH: usize = 40;

/// The text without case, accents and compatibility forms: `Zoë` and `ZOE` are both `zoe`.
#[must_use]
pub fn fold(text: &str) -> String {
    let category = CodePointMapData::<GeneralCategory>::new();
    let marks = |c: &char| {
        matches!(
            category.get(*c),
            GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark
        )
    };
    DecomposingNormalizerBorrowed::new_nfkd()
        .normalize(text)
        .chars()
        .filter(|c| !marks(c))
        // By way of upper case, `ß` and `ss` meet, and so do both forms of a small sigma; `ẞ` is `ß` before.
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .take(MAX_LENGTH * 8)
        .collect()
}

/// The words of what is searched for, each to be the beginning of a word of the person's.
#[must_use]
pub fn terms(query: &str) -> BTreeSet<String> {
    let all = fold(query).split_whitespace().map(cut).collect();
    without_beginnings(&all)
}

/// The words a person is found by: the address, its domain, those of the name and their parts, and the parts of the local part.
/// A word that begins another is left out: whatever begins it begins that one too.
#[must_use]
pub fn words(name: Option<&Name>, address: &Address) -> BTreeSet<String> {
    let address = fold(address.as_str());
    let (local, domain) = address.rsplit_once('@').unwrap_or((&address, ""));
    let named = fold(name.map_or("", Name::as_str));
    let parts = |text| str::split(text, |c: char| !c.is_alphanumeric());
    let all = [address.as_str(), domain]
        .into_iter()
        .chain(named.split_whitespace())
        .chain(parts(&named))
        .chain(parts(local));
    let all: Vec<String> = all.filter(|w| !w.is_empty()).map(cut).collect();
    let kept = without_beginnings(&all.iter().cloned().collect());
    let mut found = BTreeSet::new();
    for word in all.into_iter().filter(|word| kept.contains(word)) {
        if found.len() == MAX_WORDS {
            break;
        }
        found.insert(word);
    }
    found
}

/// In sorted order a word's continuations follow it directly.
fn without_beginnings(words: &BTreeSet<String>) -> BTreeSet<String> {
    let next = words.iter().skip(1).map(Some).chain([None]);
    let kept = |(word, next): &(&String, Option<&String>)| next.is_none_or(|next| !next.starts_with(word.as_str()));
    words
        .iter()
        .zip(next)
        .filter(kept)
        .map(|(word, _)| word.clone())
        .collect()
}

/// Where a person stands in the order of names: by the name, or by the address if they have none.
#[must_use]
pub fn place(name: Option<&Name>, address: &Address) -> String {
    let shown = fold(name.map_or(address.as_str(), Name::as_str));
    // What comes before the mark that ends the place in a key would put `Ann` after `Ann Lee`: the character after that mark does not.
    cut(&shown).replace(|c: char| c.is_whitespace() || matches!(c, ..'#'), "$")
}

/// Whether the person with these words is meant: each term begins one of them.
#[must_use]
pub fn matches(words: &BTreeSet<String>, terms: &BTreeSet<String>) -> bool {
    terms
        .iter()
        .all(|term| words.iter().any(|word| word.starts_with(term.as_str())))
}

/// Keys are made of words, so `#`, which parts keys, becomes another character.
fn cut(word: &str) -> String {
    word.chars()
        .take(MAX_LENGTH)
        .map(|c| if c == '#' { '_' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, address: &str, query: &str) -> bool {
        let name = (!name.is_empty()).then(|| name.parse().unwrap());
        matches(&words(name.as_ref(), &Address::parse(address).unwrap()), &terms(query))
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
    fn a_person_is_found_by_so_many_words_at_most_and_none_parts_a_key() {
        let name: Vec<String> = ('a'..='z')
            .map(|c| format!("{c}#"))
            .chain(('a'..='m').map(|c| format!("{c}1")))
            .collect();
        let name = name.join(" ").parse().unwrap();
        let all = words(Some(&name), &Address::parse("p@x.example").unwrap());
        assert_eq!(all.len(), MAX_WORDS);
        assert!(all.iter().all(|w| !w.contains('#')));
    }

    #[test]
    fn a_place_is_folded_short_and_puts_a_name_before_the_longer_one_it_begins() {
        let address = Address::parse("zoe@x.example").unwrap();
        let place = |name: &str| place((!name.is_empty()).then(|| name.parse().unwrap()).as_ref(), &address);
        for (name, expected) in [
            ("", "zoe@x.example"),
            ("Ann", "ann"),
            ("Ann Lee", "ann$lee"),
            ("Ann\u{a0}\"Zoë\"!", "ann$$zoe$$"),
            ("A#$%", "a_$%"),
            (&"É".repeat(50), &"e".repeat(MAX_LENGTH)),
        ] {
            assert_eq!(place(name), expected, "{name}");
        }
    }
}
