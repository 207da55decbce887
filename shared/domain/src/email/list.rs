//! Addresses as people paste them: one text with any separators, or a list.

use super::{EmailAddress, EmailAddressError};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::HashSet;
use std::fmt;

/// The most different addresses that one call may name.
pub const MAX_EMAILS: usize = 20;

/// The most characters of a refused entry that are shown.
const SHOWN: usize = 100;

/// Addresses as a client sends them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum EmailInput {
    /// One text, with addresses between commas, semicolons or white space.
    Text(String),
    /// A list, where each entry may also be pasted text.
    List(Vec<String>),
}

/// Implemented by hand, so that any other value is a wrong type, at its place in the list.
impl<'de> Deserialize<'de> for EmailInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = EmailInput;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string of addresses or an array of them")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<EmailInput, E> {
                Ok(EmailInput::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<EmailInput, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(EmailInput::List)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

/// An entry that is not an address that email can be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The beginning of the entry as it was written.
    pub input: String,
    /// The error.
    pub error: EmailAddressError,
}

impl Rejected {
    fn new(entry: &str, error: EmailAddressError) -> Self {
        let mut input: String = entry.chars().take(SHOWN).collect();
        if input.len() < entry.len() {
            input.push('…');
        }
        Self { input, error }
    }
}

/// The reason for refusing a whole list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// There is no entry at all.
    #[error("at least one address is required")]
    Empty,
    /// There are more than [`MAX_EMAILS`] different entries.
    #[error("has {found} different addresses; the limit is {MAX_EMAILS}")]
    TooMany {
        /// How many different entries there are, valid and invalid.
        found: usize,
    },
}

impl ListError {
    /// The stable name of the error, for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "no_addresses",
            Self::TooMany { .. } => "too_many_addresses",
        }
    }
}

/// Reads every address once, in the order written. An invalid entry keeps its place as [`Rejected`].
pub fn parse_list(input: &EmailInput) -> Result<Vec<Result<EmailAddress, Rejected>>, ListError> {
    let mut collected = Collected::default();
    match input {
        EmailInput::Text(text) => collected.text(text),
        EmailInput::List(entries) => {
            for entry in entries {
                if entry.trim().is_empty() {
                    collected.entry("");
                } else {
                    collected.text(entry);
                }
            }
        }
    }
    match collected.verdicts.len() {
        0 => Err(ListError::Empty),
        found if found > MAX_EMAILS => Err(ListError::TooMany { found }),
        _ => Ok(collected.verdicts),
    }
}

/// The verdicts so far, without repetitions.
#[derive(Default)]
struct Collected {
    seen: HashSet<String>,
    verdicts: Vec<Result<EmailAddress, Rejected>>,
}

impl Collected {
    fn text(&mut self, text: &str) {
        // Spreadsheets and text editors put a byte order mark at the start of their exports.
        let text = text.trim_start_matches('\u{feff}');
        let mut waiting: Vec<&str> = Vec::new();
        for token in Tokens(text) {
            match token {
                Token::Word(word) => waiting.push(word),
                Token::Quoted(quoted) => waiting.push(quoted),
                Token::Angle(inner) => {
                    self.before_angle(&mut waiting);
                    self.entry(inner);
                }
                Token::Break => self.flush(&mut waiting),
            }
        }
        self.flush(&mut waiting);
    }

    /// The words before `<ann@x.example>` are a name, unless they are addresses themselves.
    fn before_angle(&mut self, waiting: &mut Vec<&str>) {
        waiting.retain(|word| word.contains('@') && !word.starts_with('"'));
        self.flush(waiting);
    }

    fn flush(&mut self, waiting: &mut Vec<&str>) {
        for word in waiting.drain(..) {
            self.entry(unwrapped(word));
        }
    }

    fn entry(&mut self, entry: &str) {
        let verdict = parse_entry(entry).map_err(|error| Rejected::new(entry, error));
        let key = match &verdict {
            Ok(email) => email.as_str(),
            // Never equal to an address: no address that parses is rejected.
            Err(_) => entry,
        };
        if self.seen.insert(key.to_owned()) {
            self.verdicts.push(verdict);
        }
    }
}

/// Removes the quotation marks that spreadsheets and mail programs put around an address.
fn unwrapped(word: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|mark| word.strip_prefix(mark)?.strip_suffix(mark))
        .unwrap_or(word)
}

fn parse_entry(entry: &str) -> Result<EmailAddress, EmailAddressError> {
    const SCHEME: &str = "mailto:";
    let entry = entry.trim();
    let linked = entry
        .split_at_checked(SCHEME.len())
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME));
    let Some((_, link)) = linked else {
        return EmailAddress::parse(entry);
    };
    let text = link.split('?').next().unwrap_or(link);
    if text.contains('%') {
        // An escape in a link stands for another character; guessing wrong would mail a stranger.
        return Err(EmailAddressError::InvalidLocalPart);
    }
    EmailAddress::parse(text)
}

/// A piece of pasted text.
enum Token<'a> {
    /// Anything between separators.
    Word(&'a str),
    /// `"Smith, Ann"`, with its quotation marks.
    Quoted(&'a str),
    /// The text between `<` and `>`.
    Angle(&'a str),
    /// A separator that also ends a name: not a mere space.
    Break,
}

struct Tokens<'a>(&'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.0 = self.0.trim_start_matches(is_space);
        let (token, length) = first(self.0)?;
        // Consumes at least one byte, so the iterator always ends.
        self.0 = self.0.get(length.max(1)..).unwrap_or_default();
        Some(token)
    }
}

/// The first token of a text and its length in bytes; `None` if the text is empty.
fn first(text: &str) -> Option<(Token<'_>, usize)> {
    let first = text.chars().next()?;
    if is_break(first) {
        return Some((Token::Break, first.len_utf8()));
    }
    if first == '<'
        && let Some(length) = closing(text, '>')
    {
        let inner = text.get(1..length - 1).unwrap_or_default();
        return Some((Token::Angle(inner), length));
    }
    let mut start = first.len_utf8();
    if first == '"'
        && let Some(length) = closing(text, '"')
    {
        let (quoted, rest) = text.split_at_checked(length)?;
        if !rest.starts_with('@') {
            return Some((Token::Quoted(quoted), length));
        }
        // A quoted part before the `@`, which is one word whatever it holds.
        start = length;
    }
    let length = text
        .char_indices()
        .find(|(at, character)| *at >= start && ends_word(*character))
        .map_or(text.len(), |(at, _)| at);
    Some((Token::Word(text.get(..length)?), length))
}

fn is_break(character: char) -> bool {
    matches!(
        character,
        ',' | ';' | '，' | '；' | '、' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

fn is_space(character: char) -> bool {
    character.is_whitespace() && !is_break(character)
}

fn ends_word(character: char) -> bool {
    character == '<' || is_break(character) || character.is_whitespace()
}

/// The length of a piece that starts here and ends with the mark, on the same line.
fn closing(text: &str, mark: char) -> Option<usize> {
    let inner = text.get(1..)?;
    // Stopping at the next opening mark too prevents repeated scans of a long row of them.
    let opening = text.chars().next()?;
    let length = inner.find([opening, mark, '\n', '\r'])?;
    inner
        .get(length..)?
        .starts_with(mark)
        .then_some(length + 1 + mark.len_utf8())
}
