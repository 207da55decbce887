//! Putting letters into words and into their layout.

use super::content::Content;
use super::overrides::{self, Overrides};
use super::values::Escaped;
use super::words::{Part, Words};
use super::{Brand, Fault, LetterError, OrganizationBrand, Outgoing, values};
use crate::config::Config;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Kwargs;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior, Value};
use muster_domain::email::EmailAddress;
use muster_domain::language::Language;
use std::sync::Arc;

/// The most bytes of a letter's HTML. Mail programs cut off what is much longer, and slow connections take seconds for it.
pub const MAX_BYTES: usize = 30 * 1024;

/// The templates that Muster ships, by name.
pub(super) const TEMPLATES: [(&str, &str); 25] = [
    (
        "access-ended.html",
        include_str!("../../templates/mail/access-ended.html"),
    ),
    (
        "access-ended.txt",
        include_str!("../../templates/mail/access-ended.txt"),
    ),
    (
        "access-ending.html",
        include_str!("../../templates/mail/access-ending.html"),
    ),
    (
        "access-ending.txt",
        include_str!("../../templates/mail/access-ending.txt"),
    ),
    ("added.html", include_str!("../../templates/mail/added.html")),
    ("added.txt", include_str!("../../templates/mail/added.txt")),
    ("button.html", include_str!("../../templates/mail/button.html")),
    ("invitation.html", include_str!("../../templates/mail/invitation.html")),
    ("invitation.txt", include_str!("../../templates/mail/invitation.txt")),
    ("letter.html", include_str!("../../templates/mail/letter.html")),
    ("letter.txt", include_str!("../../templates/mail/letter.txt")),
    ("message.html", include_str!("../../templates/mail/message.html")),
    ("message.txt", include_str!("../../templates/mail/message.txt")),
    (
        "organization-deleted.html",
        include_str!("../../templates/mail/organization-deleted.html"),
    ),
    (
        "organization-deleted.txt",
        include_str!("../../templates/mail/organization-deleted.txt"),
    ),
    (
        "organization-erased.html",
        include_str!("../../templates/mail/organization-erased.html"),
    ),
    (
        "organization-erased.txt",
        include_str!("../../templates/mail/organization-erased.txt"),
    ),
    (
        "organization-resumed.html",
        include_str!("../../templates/mail/organization-resumed.html"),
    ),
    (
        "organization-resumed.txt",
        include_str!("../../templates/mail/organization-resumed.txt"),
    ),
    (
        "organization-suspended.html",
        include_str!("../../templates/mail/organization-suspended.html"),
    ),
    (
        "organization-suspended.txt",
        include_str!("../../templates/mail/organization-suspended.txt"),
    ),
    ("quotation.html", include_str!("../../templates/mail/quotation.html")),
    ("resources.html", include_str!("../../templates/mail/resources.html")),
    ("resources.txt", include_str!("../../templates/mail/resources.txt")),
    ("subject.txt", include_str!("../../templates/mail/subject.txt")),
];

/// The templates and words of a deployment, and its look.
pub struct Stationery {
    brand: Brand,
    /// The language of readers whose own is unknown.
    language: Language,
    words: Arc<[Words]>,
    built_in: Environment<'static>,
    /// The same templates with those that the operator replaced; `None` without any.
    own: Option<Environment<'static>>,
}

impl Stationery {
    /// The stationery of a deployment. The operator's files are read and checked.
    ///
    /// # Errors
    /// What is wrong with a file of the operator's, with its name and its line.
    pub fn open(config: &Config) -> Result<Self, Fault> {
        let overrides = match &config.mail_templates {
            Some(folder) => overrides::read(folder)?,
            None => Overrides::default(),
        };
        let stationery = Self::with(config.brand.clone(), config.language, &overrides)?;
        if !overrides.is_empty() {
            overrides::check(&stationery).map_err(|fault| overrides.located(fault))?;
        }
        Ok(stationery)
    }

    pub(super) fn with(brand: Brand, language: Language, overrides: &Overrides) -> Result<Self, Fault> {
        let mut words = Vec::with_capacity(Language::ALL.len());
        for language in Language::ALL {
            let mut known = Words::built_in(language)?;
            if let Some(file) = overrides.words(language) {
                known.replace(&file.path, &file.source)?;
            }
            words.push(known);
        }
        let words: Arc<[Words]> = words.into();
        let mut built_in = environment(words.clone())?;
        for (name, source) in TEMPLATES {
            add(&mut built_in, name, source)?;
        }
        let own = match overrides.has_templates() {
            false => None,
            true => {
                let mut own = built_in.clone();
                for (name, file) in overrides.templates() {
                    own.add_template_owned(name.to_owned(), file.source.clone())
                        .map_err(|error| overrides.located(Fault::of_template(name, &error)))?;
                }
                Some(own)
            }
        };
        Ok(Self {
            brand,
            language,
            words,
            built_in,
            own,
        })
    }

    /// Writes a letter, in the language of the reader if it is known.
    ///
    /// A template of the operator's that fails with values that the check at the start did not have is reported, and the letter is
    /// written with Muster's own: no email is lost for its looks.
    ///
    /// # Errors
    /// [`LetterError::Template`] if Muster's own template fails.
    pub fn write(
        &self,
        content: &Content,
        recipient: EmailAddress,
        language: Option<Language>,
        own: Option<&OrganizationBrand>,
    ) -> Result<Outgoing, LetterError> {
        let language = language.unwrap_or(self.language);
        let written = match self.draft(content, &recipient, language, own) {
            Err(fault) if self.own.is_some() => {
                tracing::error!(%fault, "a mail template of the deployment failed; the built-in one is used");
                self.render(&self.built_in, content, &recipient, language, own)?
            }
            written => written?,
        };
        let [subject, text, html] = written;
        Ok(Outgoing {
            recipient,
            language,
            subject,
            text,
            html,
        })
    }

    /// Subject, text and HTML, by the operator's templates where there are any.
    pub(super) fn draft(
        &self,
        content: &Content,
        recipient: &EmailAddress,
        language: Language,
        own: Option<&OrganizationBrand>,
    ) -> Result<[String; 3], Fault> {
        let templates = self.own.as_ref().unwrap_or(&self.built_in);
        self.render(templates, content, recipient, language, own)
    }

    /// The name of the template that is used: the one for a language, if the operator has it.
    pub(super) fn file_of(&self, for_language: &str, for_all: &str) -> String {
        let has = |name| self.own.as_ref().is_some_and(|own| own.get_template(name).is_ok());
        if has(for_language) { for_language } else { for_all }.to_owned()
    }

    fn render(
        &self,
        templates: &Environment<'static>,
        content: &Content,
        recipient: &EmailAddress,
        language: Language,
        own: Option<&OrganizationBrand>,
    ) -> Result<[String; 3], Fault> {
        let words = words_of(&self.words, language).ok_or_else(|| Fault::of(language.as_str(), "has no words"))?;
        let (direction, start) = match language.is_right_to_left() {
            true => ("rtl", "right"),
            false => ("ltr", "left"),
        };
        let mut values = content.values(recipient, words);
        values.extend([
            ("letter", Value::from(content.name())),
            ("language", Value::from(language.as_str())),
            ("direction", Value::from(direction)),
            ("start", Value::from(start)),
            ("brand", self.brand.value(own, words)),
        ]);
        let render = |name: &str, extension: &str, values: &[(&'static str, Value)]| {
            let for_language = format!("{name}.{language}.{extension}");
            let for_all = format!("{name}.{extension}");
            let (file, template) = match templates.get_template(&for_language) {
                Ok(template) => (for_language, template),
                Err(_) => {
                    let template = templates.get_template(&for_all);
                    (for_all, template.map_err(|error| Fault::of_template(name, &error))?)
                }
            };
            let rendered = template.render(Value::from_pairs(values.iter().cloned()));
            rendered.map_err(|error| Fault::of_template(&file, &error))
        };
        let subject = render("subject", "txt", &values)?;
        let subject = on_one_line(&subject);
        let text = without_gaps(&render(content.name(), "txt", &values)?);
        values.push(("subject", Value::from(subject.as_str())));
        let html = render(content.name(), "html", &values)?;
        Ok([subject, text, html])
    }
}

fn words_of(words: &[Words], language: Language) -> Option<&Words> {
    words.iter().find(|words| words.language == language)
}

/// An engine in which everything is escaped, and an unknown name is an error.
fn environment(words: Arc<[Words]>) -> Result<Environment<'static>, Fault> {
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .map_err(|error| Fault::of_template("syntax", &error))?;
    let mut environment = Environment::new();
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| match name.ends_with(".html") {
        true => AutoEscape::Html,
        false => AutoEscape::None,
    });
    environment.set_formatter(values::write);
    environment.add_function("say", move |state: &mut State<'_, '_>, key: String, options: Kwargs| {
        say(&words, state, &key, &options)
    });
    Ok(environment)
}

fn add(environment: &mut Environment<'static>, name: &'static str, source: &'static str) -> Result<(), Fault> {
    environment
        .add_template(name, source)
        .map_err(|error| Fault::of_template(name, &error))
}

/// A message in the language of the letter, with the letter's values in their places. Those named by `strong` stand out.
fn say(words: &[Words], state: &mut State<'_, '_>, key: &str, options: &Kwargs) -> Result<Value, Error> {
    let refuse = |reason: String| Error::new(ErrorKind::InvalidOperation, reason);
    let strong: Option<Value> = options.get("strong")?;
    options.assert_all_used()?;
    let strong: Vec<Value> = match strong {
        Some(names) => names.try_iter()?.collect(),
        None => Vec::new(),
    };
    let language = state.lookup("language");
    let language = language
        .as_ref()
        .and_then(Value::as_str)
        .and_then(|code| code.parse().ok());
    let message = language
        .and_then(|language| words_of(words, language))
        .and_then(|words| words.message(key))
        .ok_or_else(|| refuse(format!("there is no message `{key}`")))?;
    let is_html = !matches!(state.auto_escape(), AutoEscape::None);
    let mut said = String::new();
    for part in message {
        match part {
            Part::Text(text) if is_html => said.push_str(&Escaped(text).to_string()),
            Part::Text(text) => said.push_str(text),
            Part::Value(name) => {
                let value = match name {
                    // The only value that is not a letter's own.
                    "support" => state
                        .lookup("brand")
                        .map(|brand| brand.get_attr("support"))
                        .transpose()?,
                    name => state.lookup(name),
                };
                let value = value
                    .filter(|value| !value.is_undefined() && !value.is_none())
                    .ok_or_else(|| {
                        refuse(format!(
                            "the message `{key}` needs `{name}`, which this letter does not have"
                        ))
                    })?;
                let stands_out = is_html && strong.iter().any(|known| known.as_str() == Some(name));
                let shown = state.format(value)?;
                said.push_str(if stands_out { "<strong>" } else { "" });
                said.push_str(&shown);
                said.push_str(if stands_out { "</strong>" } else { "" });
            }
        }
    }
    Ok(match is_html {
        true => Value::from_safe_string(said),
        false => Value::from(said),
    })
}

/// The lines as one. White space within them stays: a hair space keeps a word from becoming a link.
fn on_one_line(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim_ascii)
        .filter(|line| !line.is_empty())
        .collect();
    lines.join(" ")
}

/// The text with at most one empty line in a row, and one line break at its end.
fn without_gaps(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_ascii_end) {
        if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line);
        }
    }
    if lines.last().is_some_and(|last| last.is_empty()) {
        lines.pop();
    }
    lines.push("");
    lines.join("\n")
}
