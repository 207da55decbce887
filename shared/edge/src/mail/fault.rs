//! What is wrong with a template or with a file of words.

use std::fmt;

/// A fault in a file, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Fault {
    /// The file.
    pub file: String,
    /// The line, if it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl Fault {
    /// A fault in a file as a whole.
    pub(super) fn of(file: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            line: None,
            reason: reason.into(),
        }
    }

    /// A fault at a member of a JSON file.
    pub(super) fn at_key(file: &str, source: &str, key: &str, reason: String) -> Self {
        let quoted = format!("\"{key}\"");
        Self {
            file: file.to_owned(),
            line: source.lines().position(|line| line.contains(&quoted)).map(|at| at + 1),
            reason,
        }
    }

    /// A fault that the template engine found, in the template that it names or in `file`.
    pub(super) fn of_template(file: &str, error: &minijinja::Error) -> Self {
        let mut reason = error
            .detail()
            .map_or_else(|| error.kind().to_string(), ToOwned::to_owned);
        let mut cause = std::error::Error::source(error);
        let (mut name, mut line) = (error.name().unwrap_or(file), error.line());
        // An error within an included template or a block is the cause of one at the tag that includes it.
        while let Some(inner) = cause {
            if let Some(inner) = inner.downcast_ref::<minijinja::Error>() {
                name = inner.name().unwrap_or(name);
                line = inner.line().or(line);
                reason = inner
                    .detail()
                    .map_or_else(|| inner.kind().to_string(), ToOwned::to_owned);
            }
            cause = inner.source();
        }
        Self {
            file: name.to_owned(),
            line,
            reason,
        }
    }
}
