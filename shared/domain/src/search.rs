//! Searching people by the beginning of any word of a name or an address, in any spelling of keyboards and clipboards.

#[cfg(test)]
mod tests;

use crate::email::EmailAddress;
use crate::text::{Name, ResourceId, is_ignorable};
use icu_normalizer::{DecomposingNormalizerBorrowed, properties::CanonicalCombiningClassMapBorrowed};
use icu_properties::{CodePointMapData, props::GeneralCategory};
use std::collections::BTreeSet;

include!(concat!(env!("OUT_DIR"), "/latin.rs"));

/// The most words by which one person is found: each is an index item of the change's transaction.
pub const MAX_WORDS: usize = 32;

/// The longest text of a search, in characters.
pub const MAX_QUERY: usize = 200;

/// The longest beginning of a word that distinguishes people, in characters.
const MAX_LENGTH: usize = 40;

/// The longest folded text, in characters: a name or a query is always shorter.
const MAX_FOLDED: usize = 4_000;

/// The iota below a Greek vowel, which is a letter of its own in upper case.
const IOTA_BELOW: char = '\u{345}';

/// The text in the form for comparisons: `Zoë` and `ZOE` are both `zoe`, `Łukasz` is `lukasz`, `O’Brien` is `o'brien`.
///
/// Accents, case, compatibility forms and invisible characters are removed. A Latin letter without a removable accent becomes
/// what people type for it. Each apostrophe and each dash becomes the one on keyboards.
#[must_use]
pub fn fold(text: &str) -> String {
    // Before decomposition, which makes a lone accent of this kind a space with a combining mark.
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
        // Through upper case, `ß` and `ss` become equal, and so do both forms of a lowercase sigma; `ẞ` becomes `ß` before
        // that.
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .flat_map(plain)
        .take(MAX_FOLDED)
        .collect()
}

/// Whether a character of a decomposed text matters for comparisons: accents and invisible characters do not.
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
    // Characters that attach to a letter change places with other marks in a decomposition, even the few that take up space.
    let attaches = CanonicalCombiningClassMapBorrowed::new().get_u8(c) != 0;
    c == IOTA_BELOW || !(is_mark || attaches || is_ignorable(c))
}

/// The characters that people type for a lowercase letter or a sign.
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

/// The apostrophe or the dash on keyboards, for one that they do not have.
fn sign(c: char) -> char {
    match c {
        // The grave accent, which wider ones decompose to; quotation marks; primes; and the letters that are written like
        // apostrophes.
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
        // The minus signs, which look like a dash.
        '\u{2212}' | '\u{2d7}' => '-',
        _ if c.is_ascii() => c,
        _ => match CodePointMapData::<GeneralCategory>::new().get(c) {
            GeneralCategory::DashPunctuation => '-',
            _ => c,
        },
    }
}

/// The terms of a query, each of which must begin a word of the person.
#[must_use]
pub fn terms(query: &str) -> BTreeSet<String> {
    let all = fold(query).split_whitespace().map(cut).collect();
    without_beginnings(&all)
}

/// The words by which a person is found: the address and its domain, as stored and as shown; the words of the name, with and
/// without apostrophes and hyphens, and their parts; and the parts of the local part. A word that begins another is left out:
/// any beginning of it also begins the other.
#[must_use]
pub fn words(name: Option<&Name>, email: &EmailAddress) -> BTreeSet<String> {
    let stored = fold(email.as_str());
    let read = fold(&email.shown());
    let domain = |email: &str| email.rsplit_once('@').map(|(_, domain)| domain.to_owned());
    let domains: Vec<String> = [&stored, &read].into_iter().filter_map(|a| domain(a)).collect();
    let local = fold(email.local_part());
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

/// The words by which a resource is found: those of its name, with and without apostrophes and hyphens, and their parts; its id, and the
/// parts of that.
#[must_use]
pub fn resource_words(name: &Name, id: &ResourceId) -> BTreeSet<String> {
    let (named, id) = (fold(name.as_str()), fold(id.as_str()));
    let joined: Vec<String> = named.split_whitespace().map(joined).collect();
    let parts = |text| str::split(text, |c: char| !c.is_alphanumeric());
    let all = named
        .split_whitespace()
        .chain(joined.iter().map(String::as_str))
        .chain(parts(&named))
        .chain([id.as_str()])
        .chain(parts(&id));
    all.filter(|word| !word.is_empty()).map(cut).collect()
}

/// A word without its apostrophes and hyphens, as some people type it.
fn joined(word: &str) -> String {
    word.replace(['\'', '-'], "")
}

/// In sorted order, a word's continuations follow it directly.
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

/// The position of a person in the order of names: by the name, or by the address if they have none.
#[must_use]
pub fn place(name: Option<&Name>, email: &EmailAddress) -> String {
    let shown = fold(name.map_or(email.as_str(), Name::as_str));
    // A character that sorts before the mark at the end of the position in a key would put `Ann` after `Ann Lee`; the character
    // after that mark does not.
    cut(&shown).replace(|c: char| c.is_whitespace() || matches!(c, ..'#'), "$")
}

/// Whether the person or the resource with these words matches: each term begins one of them.
#[must_use]
pub fn matches(words: &BTreeSet<String>, terms: &BTreeSet<String>) -> bool {
    terms
        .iter()
        .all(|term| words.iter().any(|word| word.starts_with(term.as_str())))
}

/// Keys contain words, so `#`, which separates the parts of keys, becomes another character.
fn cut(word: &str) -> String {
    word.chars()
        .take(MAX_LENGTH)
        .map(|c| if c == '#' { '_' } else { c })
        .collect()
}
