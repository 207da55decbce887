//! The words of letters: one file for each language, which an operator's file can replace in part.

use super::fault::Fault;
use super::plural::Form;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use muster_domain::language::Language;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The name of the value by which a message chooses its form.
const COUNT: &str = "count";

/// The file of a language, or the part of it that an operator replaces.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsFile {
    digits: Option<String>,
    months: Option<[String; 12]>,
    first_day: Option<String>,
    date: Option<String>,
    comma: Option<String>,
    #[serde(default)]
    messages: BTreeMap<String, Message>,
}

/// A message: one text, or one for each form of the language.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "must be a text, or an object with a text for each plural form"
)]
enum Message {
    Plain(String),
    Forms(BTreeMap<Form, String>),
}

/// The words of one language.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) language: Language,
    digits: Vec<char>,
    months: Vec<String>,
    /// The number of a month's first day, which French writes as an ordinal.
    first_day: String,
    date: String,
    /// What separates the names of a list.
    pub(super) comma: String,
    messages: BTreeMap<String, Message>,
}

/// A part of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Text(&'a str),
    Value(&'a str),
}

impl Words {
    /// The words that Muster ships.
    pub(super) fn built_in(language: Language) -> Result<Self, Fault> {
        let source = match language {
            Language::English => include_str!("../../words/en.json"),
            Language::German => include_str!("../../words/de.json"),
            Language::French => include_str!("../../words/fr.json"),
            Language::Spanish => include_str!("../../words/es.json"),
            Language::Arabic => include_str!("../../words/ar.json"),
        };
        let file = read(&file_name(language), source)?;
        Ok(Self {
            language,
            digits: file.digits.unwrap_or_default().chars().collect(),
            months: file.months.unwrap_or_default().into(),
            first_day: file.first_day.unwrap_or_default(),
            date: file.date.unwrap_or_default(),
            comma: file.comma.unwrap_or_default(),
            messages: file.messages,
        })
    }

    /// Replaces what an operator's file has. It names no message and no value that this language does not have.
    pub(super) fn replace(&mut self, name: &str, source: &str) -> Result<(), Fault> {
        let file = read(name, source)?;
        let refuse = |key: &str, reason: String| Err(Fault::at_key(name, source, key, reason));
        if let Some(digits) = file.digits {
            self.digits = digits.chars().collect();
            if self.digits.len() != 10 {
                return refuse("digits", "`digits` must have ten characters".to_owned());
            }
        }
        if let Some(date) = file.date {
            if values_of(&date) != values_of(&self.date) {
                return refuse(
                    "date",
                    format!("`date` must contain {}", listed(&values_of(&self.date))),
                );
            }
            self.date = date;
        }
        self.months = file.months.map_or_else(|| std::mem::take(&mut self.months), Into::into);
        self.first_day = file.first_day.unwrap_or_else(|| std::mem::take(&mut self.first_day));
        self.comma = file.comma.unwrap_or_else(|| std::mem::take(&mut self.comma));
        for (key, message) in file.messages {
            let Some(known) = self.messages.get(&key) else {
                return refuse(&key, format!("there is no message `{key}`"));
            };
            if let Err(reason) = message.check(known, self.language) {
                return refuse(&key, format!("the message `{key}` {reason}"));
            }
            self.messages.insert(key, message);
        }
        Ok(())
    }

    /// A message without a number, part by part.
    pub(super) fn message(&self, key: &str) -> Option<impl Iterator<Item = Part<'_>>> {
        match self.messages.get(key)? {
            Message::Plain(text) => Some(parts(text)),
            Message::Forms(_) => None,
        }
    }

    /// A message without values, such as a word that stands for a missing name.
    pub(super) fn plain(&self, key: &str) -> &str {
        match self.messages.get(key) {
            Some(Message::Plain(text)) => text,
            _ => "",
        }
    }

    /// A message about a number of things.
    pub(super) fn counted(&self, key: &str, count: usize) -> String {
        let Some(Message::Forms(forms)) = self.messages.get(key) else {
            return self.number(count);
        };
        let text = forms.get(&Form::of(self.language, count)).map_or("", String::as_str);
        filled(text, |_| self.number(count))
    }

    /// A number in the digits of the language.
    fn number(&self, number: usize) -> String {
        self.in_digits(&number.to_string())
    }

    fn in_digits(&self, text: &str) -> String {
        let own = |c: char| {
            let digit = c.to_digit(10).and_then(|digit| usize::try_from(digit).ok());
            digit.and_then(|digit| self.digits.get(digit)).copied().unwrap_or(c)
        };
        text.chars().map(own).collect()
    }

    /// An instant for display. The reader's time zone is unknown, so the text names its own.
    pub(super) fn date(&self, instant: Timestamp) -> String {
        let utc = instant.to_zoned(TimeZone::UTC);
        let month = usize::try_from(utc.month() - 1).ok().and_then(|at| self.months.get(at));
        filled(&self.date, |value| match value {
            "day" if utc.day() == 1 => self.first_day.clone(),
            "day" => self.in_digits(&utc.day().to_string()),
            "month" => month.cloned().unwrap_or_default(),
            "year" => self.in_digits(&utc.year().to_string()),
            _ => self.in_digits(&utc.strftime("%H:%M").to_string()),
        })
    }
}

impl Message {
    fn texts(&self) -> Vec<(Option<Form>, &str)> {
        match self {
            Self::Plain(text) => vec![(None, text)],
            Self::Forms(forms) => forms.iter().map(|(form, text)| (Some(*form), text.as_str())).collect(),
        }
    }

    fn values(&self) -> BTreeSet<&str> {
        self.texts().into_iter().flat_map(|(_, text)| values_of(text)).collect()
    }

    /// Why this message cannot stand in place of another one.
    fn check(&self, known: &Self, language: Language) -> Result<(), String> {
        let forms = |message: &Self| -> Vec<Option<Form>> { message.texts().iter().map(|(form, _)| *form).collect() };
        if forms(self) != forms(known) {
            return Err(match known {
                Self::Plain(_) => "must be one text".to_owned(),
                Self::Forms(_) => {
                    let names: Vec<String> = Form::all(language)
                        .iter()
                        .map(|form| format!("`{form:?}`").to_lowercase())
                        .collect();
                    format!("must have a text for each of {}", names.join(", "))
                }
            });
        }
        let needed = known.values();
        for (form, text) in self.texts() {
            let values = values_of(text);
            if let Some(other) = values.iter().find(|value| !needed.contains(*value)) {
                return Err(format!("has no value `{{{other}}}`"));
            }
            let may_omit = |value: &str| value == COUNT && form.is_some_and(Form::is_exact);
            let is_missing = |value: &&&str| !(values.contains(**value) || may_omit(value));
            if let Some(missing) = needed.iter().find(is_missing) {
                return Err(format!("must contain `{{{missing}}}`"));
            }
        }
        Ok(())
    }
}

/// The name of a language's file.
pub(super) fn file_name(language: Language) -> String {
    format!("{language}.json")
}

fn read(name: &str, source: &str) -> Result<WordsFile, Fault> {
    serde_json::from_str(source).map_err(|error| Fault {
        file: name.to_owned(),
        line: Some(error.line()).filter(|line| *line > 0),
        reason: error.to_string(),
    })
}

/// The parts of a text: what stands in braces is the name of a value.
fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    text.split_inclusive('}').flat_map(|piece| {
        let (before, value) = piece
            .strip_suffix('}')
            .and_then(|piece| piece.split_once('{'))
            .map_or((piece, None), |(before, value)| (before, Some(value)));
        [Some(Part::Text(before)), value.map(Part::Value)].into_iter().flatten()
    })
}

fn values_of(text: &str) -> BTreeSet<&str> {
    let value = |part| match part {
        Part::Value(name) => Some(name),
        Part::Text(_) => None,
    };
    parts(text).filter_map(value).collect()
}

fn filled(text: &str, value: impl Fn(&str) -> String) -> String {
    let fill = |part| match part {
        Part::Text(text) => text.to_owned(),
        Part::Value(name) => value(name),
    };
    parts(text).map(fill).collect()
}

fn listed(values: &BTreeSet<&str>) -> String {
    let names: Vec<String> = values.iter().map(|value| format!("`{{{value}}}`")).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Words> {
        Language::ALL.map(|language| Words::built_in(language).unwrap()).into()
    }

    #[test]
    fn each_language_has_every_message_with_the_same_values() {
        let english = Words::built_in(Language::English).unwrap();
        for words in all() {
            assert_eq!((words.digits.len(), words.months.len()), (10, 12));
            assert_eq!(values_of(&words.date), values_of(&english.date), "{}", words.language);
            assert!(!words.first_day.is_empty() && !words.comma.is_empty());
            let keys = |words: &Words| words.messages.keys().cloned().collect::<Vec<_>>();
            assert_eq!(keys(&words), keys(&english), "{}", words.language);
            for (key, message) in &words.messages {
                assert_eq!(
                    message.values(),
                    english.messages[key].values(),
                    "{} {key}",
                    words.language
                );
                if let Message::Forms(forms) = message {
                    let has: Vec<Form> = forms.keys().copied().collect();
                    assert_eq!(has, Form::all(words.language), "{} {key}", words.language);
                }
                message.check(message, words.language).unwrap();
                assert!(
                    message
                        .texts()
                        .iter()
                        .all(|(_, text)| text.trim() == *text && !text.is_empty()),
                    "{key}"
                );
            }
        }
    }

    #[test]
    fn dates_and_numbers_are_those_of_the_language() {
        let (first, other) = ("2026-12-01T04:05:09Z", "2027-03-28T14:00:00Z");
        for (language, expected) in [
            (
                Language::English,
                [
                    "1 December 2026 at 04:05 UTC",
                    "28 March 2027 at 14:00 UTC",
                    "in 7 days",
                ],
            ),
            (
                Language::German,
                [
                    "1. Dezember 2026 um 04:05 Uhr (UTC)",
                    "28. März 2027 um 14:00 Uhr (UTC)",
                    "in 7 Tagen",
                ],
            ),
            (
                Language::French,
                [
                    "1er décembre 2026 à 04:05 UTC",
                    "28 mars 2027 à 14:00 UTC",
                    "dans 7 jours",
                ],
            ),
            (
                Language::Spanish,
                [
                    "1 de diciembre de 2026, 04:05 (UTC)",
                    "28 de marzo de 2027, 14:00 (UTC)",
                    "en 7 días",
                ],
            ),
            (
                Language::Arabic,
                [
                    "١ ديسمبر ٢٠٢٦، الساعة ٠٤:٠٥ بالتوقيت العالمي",
                    "٢٨ مارس ٢٠٢٧، الساعة ١٤:٠٠ بالتوقيت العالمي",
                    "خلال ٧ أيام",
                ],
            ),
        ] {
            let words = Words::built_in(language).unwrap();
            let shown = [
                words.date(first.parse().unwrap()),
                words.date(other.parse().unwrap()),
                words.counted("days_left", 7),
            ];
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn a_file_replaces_some_words_and_is_refused_with_its_line_where_it_cannot() {
        let mut words = Words::built_in(Language::English).unwrap();
        let source = r#"{ "messages": { "someone": "A person", "days_left": { "one": "tomorrow", "other": "{count} days on" } } }"#;
        words.replace("en.json", source).unwrap();
        assert_eq!(words.plain("someone"), "A person");
        assert_eq!([1, 3].map(|n| words.counted("days_left", n)), ["tomorrow", "3 days on"]);
        assert_eq!(words.plain("added.button"), "Sign in");
        for (source, line, reason) in [
            (
                "{\n\"messages\": {\n\"someones\": \"x\" } }",
                3,
                "there is no message `someones`",
            ),
            ("{\n\n\"month\": [] }", 3, "unknown field `month`"),
            (
                "{ \"messages\": {\n\"added.intro\": \"{author} added you as {role}.\" } }",
                2,
                "must contain `{organization}`",
            ),
            (
                "{ \"messages\": {\n\"added.subject\": \"{author} {organization} {role}\" } }",
                2,
                "has no value `{role}`",
            ),
            (
                "{ \"messages\": {\n\"days_left\": {\"other\": \"{count}\"} } }",
                2,
                "each of `one`, `other`",
            ),
            (
                "{ \"messages\": {\n\"days_left\": \"soon\" } }",
                2,
                "each of `one`, `other`",
            ),
            (
                "{ \"messages\": {\n\"someone\": {\"other\": \"x\"} } }",
                2,
                "must be one text",
            ),
            (
                "{ \"messages\": {\n\"someone\": 7 } }",
                2,
                "must be a text, or an object",
            ),
            ("{ \"date\": \"{day}\" }", 1, "`date` must contain"),
            ("{ \"digits\": \"01\" }", 1, "ten characters"),
            ("{\n,", 2, "key must be a string"),
        ] {
            let fault = Words::built_in(Language::English)
                .unwrap()
                .replace("en.json", source)
                .unwrap_err();
            assert_eq!(
                (fault.file.as_str(), fault.line),
                ("en.json", Some(line)),
                "{source}: {fault}"
            );
            assert!(fault.reason.contains(reason), "{source}: {fault}");
        }
    }
}
