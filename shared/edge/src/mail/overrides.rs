//! The files with which an operator replaces templates and words. They are checked before any email is written with them.

use super::stationery::{MAX_BYTES, TEMPLATES};
use super::words::file_name;
use super::{Content, Fault, Stationery, samples};
use muster_domain::language::Language;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The largest file that is read.
const MAX_FILE: u64 = 100 * 1024;

/// A file of the operator's.
#[derive(Debug)]
pub(super) struct OverrideFile {
    pub(super) path: String,
    pub(super) source: String,
}

/// The operator's files, by name.
#[derive(Debug, Default)]
pub(super) struct Overrides {
    files: BTreeMap<String, OverrideFile>,
}

impl Overrides {
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    pub(super) fn words(&self, language: Language) -> Option<&OverrideFile> {
        self.files.get(&file_name(language))
    }

    pub(super) fn has_templates(&self) -> bool {
        self.templates().next().is_some()
    }

    pub(super) fn templates(&self) -> impl Iterator<Item = (&str, &OverrideFile)> {
        let templates = self.files.iter().filter(|(name, _)| !name.ends_with(".json"));
        templates.map(|(name, file)| (name.as_str(), file))
    }

    /// The fault with the path of the file in place of the template's name.
    pub(super) fn located(&self, fault: Fault) -> Fault {
        match self.files.get(&fault.file) {
            Some(file) => Fault {
                file: file.path.clone(),
                ..fault
            },
            None => fault,
        }
    }

    #[cfg(test)]
    pub(super) fn of<const N: usize>(files: [(&str, &str); N]) -> Self {
        let file = |(name, source): (&str, &str)| {
            let file = OverrideFile {
                path: format!("/opt/mail/{name}"),
                source: source.to_owned(),
            };
            (name.to_owned(), file)
        };
        Self {
            files: files.into_iter().map(file).collect(),
        }
    }
}

/// Reads the files of a folder. A file whose name stands for nothing is refused: it would be ignored silently.
pub(super) fn read(folder: &Path) -> Result<Overrides, Fault> {
    let unreadable =
        |path: &Path, error: std::io::Error| Fault::of(path.display().to_string(), format!("cannot be read: {error}"));
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        let entry = entry.map_err(|error| unreadable(folder, error))?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if name.starts_with('.') {
            continue;
        }
        let shown = path.display().to_string();
        if !is_known(&name) {
            return Err(Fault::of(
                shown,
                "is not the name of a template, of a template in a language, or of a language's words",
            ));
        }
        let length = fs::metadata(&path).map_err(|error| unreadable(&path, error))?.len();
        if length > MAX_FILE {
            return Err(Fault::of(shown, format!("is larger than {MAX_FILE} bytes")));
        }
        let source = fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
        files.insert(name, OverrideFile { path: shown, source });
    }
    Ok(Overrides { files })
}

/// A template such as `invitation.html`, one for a language such as `invitation.de.html`, a language such as `de.json`, or a part
/// that other templates include, such as `_banner.html`.
fn is_known(name: &str) -> bool {
    let is_part = |name: &str| name.starts_with('_') && [".html", ".txt"].iter().any(|end| name.ends_with(end));
    let is_template = |name: &str| TEMPLATES.iter().any(|(known, _)| *known == name);
    let for_language = |language: Language| {
        let [html, txt] = ["html", "txt"].map(|extension| format!(".{language}.{extension}"));
        let of_letter = |stem: &str| Content::NAMES.contains(&stem);
        name == file_name(language)
            || name.strip_suffix(&html).is_some_and(of_letter)
            || name
                .strip_suffix(&txt)
                .is_some_and(|stem| of_letter(stem) || stem == "subject")
    };
    is_part(name) || is_template(name) || Language::ALL.into_iter().any(for_language)
}

/// Text that is markup if a template does not escape it.
const MARKUP: &str = "<x-unescaped>\"'&";

/// Renders every letter in every language, with and without what is optional, and with names that must be escaped.
pub(super) fn check(stationery: &Stationery) -> Result<(), Fault> {
    let reader = samples::reader().map_err(|error| Fault::of("samples", error.to_string()))?;
    for language in Language::ALL {
        let letters = samples::all(language, MARKUP).map_err(|error| Fault::of("samples", error.to_string()))?;
        for content in letters.iter().map(|sample| &sample.content) {
            let [subject, text, html] = stationery.draft(content, &reader, language, None)?;
            let refuse = |extension: &str, reason: String| {
                let for_language = format!("{}.{language}.{extension}", content.name());
                Err(Fault::of(
                    stationery.file_of(&for_language, &format!("{}.{extension}", content.name())),
                    reason,
                ))
            };
            if subject.is_empty() {
                return Err(Fault::of(
                    "subject.txt",
                    format!("gives {} in `{language}` no subject", content.name()),
                ));
            }
            if html.contains("<x-unescaped") {
                return refuse("html", format!("shows a name in `{language}` without escaping it"));
            }
            if let Some(link) = content.link() {
                let link = link.to_string();
                for (extension, part) in [("html", html.contains(&link)), ("txt", text.contains(&link))] {
                    if !part {
                        return refuse(extension, format!("does not show `link` in `{language}`"));
                    }
                }
            }
            if html.len() > MAX_BYTES {
                return refuse(
                    "html",
                    format!(
                        "makes a letter of {} bytes in `{language}`; at most {MAX_BYTES} are sent",
                        html.len()
                    ),
                );
            }
        }
    }
    Ok(())
}
