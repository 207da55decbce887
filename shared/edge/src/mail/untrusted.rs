//! Text that people wrote, made safe for a letter. What a template shows of theirs has a type from here.

use muster_domain::email::EmailAddress;
use muster_domain::text::is_ignorable;

/// The longest name shown, in characters.
const MAX_NAME: usize = 80;
/// The longest message shown, in characters.
const MAX_MESSAGE: usize = 2_000;
/// The most bytes of a name, with what is added to it. Letters are bounded in size, and some characters take four bytes, or seven
/// with the character that separates digits.
const MAX_NAME_BYTES: usize = 320;
/// The most bytes of a message.
const MAX_MESSAGE_BYTES: usize = 8_000;
/// The most lines of a message shown.
const MAX_LINES: usize = 60;
/// The width of a quoted line beyond which an email program would break it without a quotation mark.
const QUOTE_WIDTH: usize = 72;

/// The most resources that a letter names before it only counts them.
pub const NAMED_RESOURCES: usize = 20;

/// Ends words for programs that detect addresses, and is hardly visible. A zero-width character would not do: some programs count
/// it as part of a host name, and browsers then drop it (UTS 46).
const HAIR_SPACE: char = '\u{200a}';
/// Separates digits for programs that detect telephone numbers, in which spaces are usual.
const WORD_JOINER: char = '\u{2060}';

/// A name on one line of a letter.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    text: String,
    of: Unnamed,
}

/// What a name belongs to: where nothing in it is visible, the words of the language stand in its place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unnamed {
    Organization,
    Person,
    Other,
}

impl Line {
    /// A name, such as that of a role; empty if nothing in it is visible.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self::of(name, Unnamed::Other)
    }

    /// The name of an organization.
    #[must_use]
    pub fn organization(name: &str) -> Self {
        Self::of(name, Unnamed::Organization)
    }

    /// The name or the address of a person.
    #[must_use]
    pub fn person(name: &str) -> Self {
        Self::of(name, Unnamed::Person)
    }

    fn of(name: &str, of: Unnamed) -> Self {
        Self {
            text: one_line(name),
            of,
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// What has no visible name here; `None` if it has one.
    pub(super) fn unnamed(&self) -> Option<Unnamed> {
        self.text.is_empty().then_some(self.of)
    }
}

/// The names of the resources that a role is limited to.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ResourceNames {
    /// The first of them, which the letter shows.
    pub(super) first: Vec<Line>,
    /// The number of the others.
    pub(super) more: usize,
}

impl ResourceNames {
    /// The first few of them, and the number of the others.
    pub(super) fn shortened(&self, shown: usize) -> (&[Line], usize) {
        let (first, rest) = self.first.split_at(shown.min(self.first.len()));
        (first, rest.len() + self.more)
    }
}

impl From<&[String]> for ResourceNames {
    fn from(names: &[String]) -> Self {
        Self {
            first: names.iter().take(NAMED_RESOURCES).map(|name| Line::new(name)).collect(),
            more: names.len().saturating_sub(NAMED_RESOURCES),
        }
    }
}

/// A message that a person wrote, quoted in a letter. Without a message, it has no lines.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Quotation {
    /// Its lines, without links.
    pub(super) lines: Vec<String>,
}

impl From<&str> for Quotation {
    fn from(message: &str) -> Self {
        Self { lines: lines(message) }
    }
}

impl Quotation {
    /// The lines marked as a quotation, each short enough to keep its mark on any screen.
    pub(super) fn marked(&self) -> String {
        let options = textwrap::Options::new(QUOTE_WIDTH)
            .initial_indent("> ")
            .subsequent_indent("> ");
        let marked: Vec<_> = self
            .lines
            .iter()
            .flat_map(|line| textwrap::wrap(line, &options))
            .map(|line| line.trim_end().to_owned())
            .collect();
        marked.join("\n")
    }
}

/// A name on one line: nothing invisible, nothing that changes the direction of text, nothing that mail programs would turn into a
/// link, and no start of an encoded word (RFC 2047), which they would decode.
fn one_line(name: &str) -> String {
    within(unlinked(&plain_line(name)), MAX_NAME_BYTES)
}

/// The same, for an author who is trusted with links.
pub(super) fn plain_line(name: &str) -> String {
    let line = visible(name).replace("://", ": ").replace("=?", "= ?");
    shortened(&line, MAX_NAME)
}

/// An address for display in a letter, at its full length: a person chose it too, so it becomes no link either.
pub(super) fn email(email: &EmailAddress) -> String {
    unlinked(email.as_str())
}

/// Fewest digits that a phone offers to call.
const DIALED: usize = 7;

/// The text with a hair space before each sign that joins an address, and an invisible character between the digits of a possible
/// telephone number. Mail programs then take `evil.example` for words and do not link it. It reads as before.
fn unlinked(text: &str) -> String {
    let may_be_dialed = text.chars().filter(|letter| letter.is_numeric()).count() >= DIALED;
    let mut broken = String::with_capacity(text.len());
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let goes_on = letters.peek().is_some_and(|next| !next.is_whitespace());
        if goes_on && holds_together(letter) && !before.is_whitespace() && !holds_together(before) {
            broken.push(HAIR_SPACE);
        }
        if may_be_dialed && letter.is_numeric() && before.is_numeric() {
            broken.push(WORD_JOINER);
        }
        broken.push(letter);
        before = letter;
    }
    broken
}

/// Dots, characters that browsers take for dots, and the signs in `mailto:a@b` and `tel:1`.
fn holds_together(letter: char) -> bool {
    matches!(
        letter,
        '.' | ':'
            | '@'
            | '\u{2024}'
            | '\u{3002}'
            | '\u{fe52}'
            | '\u{ff0e}'
            | '\u{ff61}'
            | '\u{ff1a}'
            | '\u{fe55}'
            | '\u{fe6b}'
            | '\u{ff20}'
    )
}

/// A message, line by line, without links. Empty if nothing in it is visible.
fn lines(message: &str) -> Vec<String> {
    let message = message.replace("\r\n", "\n");
    let mut lines: Vec<String> = Vec::new();
    let (mut left, mut bytes) = (MAX_MESSAGE, MAX_MESSAGE_BYTES);
    for line in message.split(is_line_break).map(visible) {
        // One empty line separates paragraphs; more would only push the rest off the screen.
        if line.is_empty() && lines.last().is_none_or(String::is_empty) {
            continue;
        }
        if left == 0 || bytes == 0 || lines.len() == MAX_LINES {
            lines.push("…".to_owned());
            break;
        }
        let line = shortened(&line.replace("://", ": "), left);
        left -= line.chars().count();
        let line = within(unlinked(&line), bytes);
        bytes -= line.len().min(bytes);
        lines.push(line);
    }
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// The text without invisible characters, with white space as single spaces.
fn visible(text: &str) -> String {
    let read: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| is_joiner(*c) || is_variation(*c) || !is_ignorable(*c))
        .filter(|c| !matches!(c, '\u{fff9}'..='\u{fffb}'))
        .collect();
    let words: Vec<&str> = read.split_whitespace().collect();
    words.join(" ").trim_matches(is_joiner).trim().to_owned()
}

/// Joiners shape Persian and Indic words, and hold emoji together.
fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}')
}

/// Chooses between the text and the color form of an emoji.
fn is_variation(character: char) -> bool {
    matches!(character, '\u{fe00}'..='\u{fe0f}')
}

fn is_line_break(character: char) -> bool {
    matches!(
        character,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// The text cut to so many bytes.
fn within(text: String, bytes: usize) -> String {
    const CUT: char = '…';
    if text.len() <= bytes {
        return text;
    }
    let fits = |(at, letter): &(usize, char)| at + letter.len_utf8() + CUT.len_utf8() <= bytes;
    let mut kept: String = text.char_indices().take_while(fits).map(|(_, letter)| letter).collect();
    kept.truncate(kept.trim_end().len());
    kept.push(CUT);
    kept
}

fn shortened(line: &str, length: usize) -> String {
    if line.chars().count() <= length {
        return line.to_owned();
    }
    let kept: String = line.chars().take(length.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}
