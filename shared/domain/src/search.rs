//! Searching people by the beginning of any word of a name or an address, however a keyboard or a clipboard has it.

#[cfg(test)]
mod tests;

use crate::address::Address;
use crate::text::{Name, is_ignorable};
use icu_normalizer::{DecomposingNormalizerBorrowed, properties::CanonicalCombiningClassMapBorrowed};
use icu_properties::{CodePointMapData, props::GeneralCategory};
use std::collections::BTreeSet;

include!(concat!(env!("OUT_DIR"), "/latin.rs"));

/// Words that one person is found by at most: each is an index item of the change's transaction.
pub const MAX_WORDS: usize = 32;

/// Longest beginning of a word that tells people apart, in characters.
const MAX_LENGTH: usize = 40;

/// Longest folded text, in characters: a name or a query never gets that long.
const MAX_FOLDED: usize = 4_000;

/// The iota below a Greek vowel, which is a letter of its own in upper case.
const IOTA_BELOW: char = '\u{345}';

/// The text in the form in which texts are compared: `Zoë` and `ZOE` are both `zoe`, `Łukasz` is `lukasz`, `O’Brien` is `o'brien`.
///
/// Accents, case and compatibility forms go, and what cannot be seen. A Latin letter that has no accent to lose becomes what people
/// type for it. Each apostrophe and each dash becomes the one that keyboards have.
#[must_use]
pub fn fold(text: &str) -> String {
    // Before they come apart: alone, these accents become a blank with something above.
    let apostrophes = |c: char| {
        if matches!(c, '\u{b4}' | '\u{384}' | '\u{1fbd}' | '\u{1ffd}' | '`') {
            '\''
        } else {
            c
        }
    };
    let text: String = text.chars().map(apostrophes).collect();
    if text.is_ascii() {
        let told = text.chars().filter(|c| is_told(*c));
        return told.map(|c| c.to_ascii_lowercase()).collect();
    }
    DecomposingNormalizerBorrowed::new_nfkd()
        .normalize(&text)
        .chars()
        .filter(|c| is_told(*c))
        // By way of upper case, `ß` and `ss` meet, and so do both forms of a small sigma; `ẞ` is `ß` before.
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .flat_map(plain)
        .take(MAX_FOLDED)
        .collect()
}

/// Whether a character of a text that has come apart makes a difference: no accent does, nor what is not seen.
fn is_told(c: char) -> bool {
    if c.is_whitespace() {
        return true;
    }
    // The marks of interlinear notes, and a braille blank.
    if c.is_control() || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{2800}') {
        return false;
    }
    if c.is_ascii() {
        return true;
    }
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    let is_mark = matches!(
        category,
        GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark
    );
    // What attaches to a letter changes places with other marks as texts come apart, also the few that take a place of their own.
    let attaches = CanonicalCombiningClassMapBorrowed::new().get_u8(c) != 0;
    c == IOTA_BELOW || !(is_mark || attaches || is_ignorable(c))
}

/// What people type for a small letter or a sign.
fn plain(c: char) -> impl Iterator<Item = char> {
    let typed = LATIN
        .binary_search_by_key(&c, |(letter, _)| *letter)
        .ok()
        .and_then(|at| LATIN.get(at))
        .filter(|_| !c.is_ascii());
    let letters = typed.map_or([0; 4], |(_, letters)| *letters);
    let itself = typed.is_none().then(|| sign(c));
    let letters = letters.into_iter().take_while(|letter| *letter != 0);
    letters.map(char::from).chain(itself)
}

/// The apostrophe or the dash that keyboards have, for one that they have not.
fn sign(c: char) -> char {
    match c {
        // The grave accent, which wider ones become as they come apart; quotation marks, primes, and the letters that are written
        // as apostrophes are.
        '`'
        | '\u{2018}'..='\u{201b}'
        | '\u{2032}'
        | '\u{2035}'
        | '\u{2b9}'..='\u{2bf}'
        | '\u{2ee}'
        | '\u{55a}'
        | '\u{5f3}'
        | '\u{7f4}'
        | '\u{7f5}'
        | '\u{2c8}'
        | '\u{2ca}'
        | '\u{2cb}'
        | '\u{275b}'
        | '\u{275c}'
        | '\u{a78c}' => '\'',
        // The sign of a negative number, which looks like a dash.
        '\u{2212}' | '\u{2d7}' => '-',
        _ if c.is_ascii() => c,
        _ => match CodePointMapData::<GeneralCategory>::new().get(c) {
            GeneralCategory::DashPunctuation => '-',
            _ => c,
        },
    }
}

/// The words of what is searched for, each to be the beginning of a word of the person's.
#[must_use]
pub fn terms(query: &str) -> BTreeSet<String> {
    let all = fold(query).split_whitespace().map(cut).collect();
    without_beginnings(&all)
}

/// The words a person is found by: the address and its domain, as they are stored and as they are read; those of the name, without
/// their apostrophes and hyphens, and their parts; and the parts of the local part.
/// A word that begins another is left out: whatever begins it begins that one too.
#[must_use]
pub fn words(name: Option<&Name>, address: &Address) -> BTreeSet<String> {
    let stored = fold(address.as_str());
    let read = fold(&address.shown());
    let domain = |address: &str| address.rsplit_once('@').map(|(_, domain)| domain.to_owned());
    let domains: Vec<String> = [&stored, &read].into_iter().filter_map(|a| domain(a)).collect();
    let local = fold(address.local_part());
    let named = fold(name.map_or("", Name::as_str));
    let joined: Vec<String> = named.split_whitespace().map(joined).collect();
    let parts = |text| str::split(text, |c: char| !c.is_alphanumeric());
    let all = [stored.as_str(), read.as_str()]
        .into_iter()
        .chain(domains.iter().map(String::as_str))
        .chain(named.split_whitespace())
        .chain(joined.iter().map(String::as_str))
        .chain(parts(&named))
        .chain(parts(&local));
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

/// A word as somebody types it who leaves apostrophes and hyphens out.
fn joined(word: &str) -> String {
    word.replace(['\'', '-'], "")
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
