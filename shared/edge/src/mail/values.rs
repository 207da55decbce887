//! What a template shows: each value knows its form in HTML and in plain text, so that no template can forget to isolate a name.

use super::untrusted::{Line, Quotation, Unnamed};
use super::words::Words;
use minijinja::value::{Object, ObjectRepr};
use minijinja::{AutoEscape, Error, Output, State, Value};
use std::fmt::{self, Write as _};
use std::sync::Arc;

/// Starts and ends text of its own direction (UAX 9): a name does not reorder the words around it.
const ISOLATE: char = '\u{2068}';
const END_OF_ISOLATE: char = '\u{2069}';

/// Text in both forms of a letter.
#[derive(Debug)]
pub(super) struct Shown {
    html: String,
    text: String,
}

impl Object for Shown {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Shown {
    /// Text within words of any direction.
    pub(super) fn isolated(text: &str, words: &Words) -> Self {
        Self {
            html: format!("<bdi>{}</bdi>", Escaped(text)),
            // Where everything runs from left to right, the characters would only be in the way of programs that search.
            text: if words.language.is_right_to_left() || text.chars().any(is_right_to_left) {
                format!("{ISOLATE}{text}{END_OF_ISOLATE}")
            } else {
                text.to_owned()
            },
        }
    }

    /// A name that a person gave.
    pub(super) fn name(line: &Line, words: &Words) -> Self {
        match line.unnamed() {
            None => Self::isolated(line.as_str(), words),
            Some(Unnamed::Organization) => Self::isolated(words.plain("an_organization"), words),
            Some(Unnamed::Person) => Self::isolated(words.plain("someone"), words),
            Some(Unnamed::Other) => Self::isolated("", words),
        }
    }

    /// Names in one phrase, and how many there are more.
    pub(super) fn names(lines: &[Line], more: usize, words: &Words) -> Self {
        let names: Vec<Self> = lines.iter().map(|line| Self::name(line, words)).collect();
        let joined = |form: fn(&Self) -> &str| {
            let all: Vec<&str> = names.iter().map(form).collect();
            match more {
                0 => all.join(&words.comma),
                more => format!("{} {}", all.join(&words.comma), words.counted("more", more)),
            }
        };
        Self {
            html: joined(|name| &name.html),
            text: joined(|name| &name.text),
        }
    }

    /// A message, line by line.
    pub(super) fn quotation(quotation: &Quotation) -> Self {
        let lines: Vec<String> = quotation.lines.iter().map(|line| Escaped(line).to_string()).collect();
        Self {
            html: lines.join("<br>\n"),
            text: quotation.marked(),
        }
    }

    /// The operator's own address, which is a link.
    pub(super) fn mailto(email: &str, words: &Words) -> Self {
        let Self { html, text } = Self::isolated(email, words);
        Self {
            html: format!(
                "<a href=\"mailto:{}\" style=\"color: inherit;\">{html}</a>",
                Escaped(email)
            ),
            text,
        }
    }

    pub(super) fn into_value(self) -> Value {
        Value::from_object(self)
    }
}

/// Writes a value into a letter.
pub(super) fn write(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let is_html = !matches!(state.auto_escape(), AutoEscape::None);
    let written = match value.downcast_object_ref::<Shown>() {
        Some(shown) => out.write_str(if is_html { &shown.html } else { &shown.text }),
        None if is_html && !value.is_safe() => write!(out, "{}", Escaped(&value.to_string())),
        None => write!(out, "{value}"),
    };
    written.map_err(Error::from)
}

/// Text as HTML, in elements and in attributes. No character takes more than five in it, which bounds the size of a letter.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&#34;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// Letters of Hebrew, Arabic and the other scripts that are written from right to left.
const fn is_right_to_left(character: char) -> bool {
    matches!(
        character,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}'
    )
}
