//! The query of a request, parsed strictly.

use crate::config::Config;
use crate::cursors::CursorKey;
use crate::problem::Problem;
use muster_domain::Instant;
use muster_domain::instant::InstantError;
use muster_domain::violation::Violation;
use muster_store::Cursor;

/// Rows per page if the caller gives no number.
pub const DEFAULT_LIMIT: usize = 50;
/// Most rows per page.
pub const MAX_LIMIT: usize = 100;

/// The key that seals cursors.
///
/// # Errors
/// 500 if the deployment gave this function none: a list that cannot say where it continues must not look complete.
pub fn cursor_key(config: &Config) -> Result<&CursorKey, Problem> {
    config.cursor_key.as_ref().ok_or_else(|| {
        tracing::error!("MUSTER_CURSOR_KEY is not set");
        Problem::internal()
    })
}

/// The query of a request.
pub struct Query<'a> {
    /// The path as the caller requested it.
    path: &'a str,
    config: &'a Config,
    values: Vec<(String, String)>,
}

impl<'a> Query<'a> {
    /// The query of a request to this path, with these parameters.
    pub(crate) const fn new(path: &'a str, config: &'a Config, values: Vec<(String, String)>) -> Self {
        Self { path, config, values }
    }

    /// A parameter as text.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// A parameter that takes one of a few words; the first is the default.
    ///
    /// # Errors
    /// 400, naming the words.
    pub fn one_of<'w>(&self, name: &str, words: &[&'w str]) -> Result<&'w str, Problem> {
        let Some(value) = self.get(name) else {
            return Ok(words.first().copied().unwrap_or_default());
        };
        words.iter().find(|w| **w == value).copied().ok_or_else(|| {
            let detail = format!("must be one of {}", words.join(", "));
            Problem::invalid_query([Violation::field(name, "invalid_value", detail)])
        })
    }

    /// A parameter that is an instant in RFC 3339.
    ///
    /// # Errors
    /// 400.
    pub fn instant(&self, name: &str) -> Result<Option<Instant>, Problem> {
        let parse = |text: &str| {
            text.parse().map_err(|error: InstantError| {
                Problem::invalid_query([Violation::field(name, "invalid_value", error.to_string())])
            })
        };
        self.get(name).map(parse).transpose()
    }

    /// The number of rows, 1 to 100.
    ///
    /// # Errors
    /// 400.
    pub fn limit(&self) -> Result<usize, Problem> {
        let Some(text) = self.get("limit") else {
            return Ok(DEFAULT_LIMIT);
        };
        // Only the usual notation of a number: neither `+5` nor `05`.
        let is_written = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse()
            .ok()
            .filter(|n| is_written && (1..=MAX_LIMIT).contains(n))
            .ok_or_else(|| {
                Problem::invalid_query([Violation::field(
                    "limit",
                    "out_of_range",
                    format!("must be 1 to {MAX_LIMIT}, without a sign or leading zeros"),
                )])
            })
    }

    /// The name of this list, which a cursor is bound to: its route and filters.
    #[must_use]
    pub fn list(&self) -> String {
        let mut filters: Vec<_> = self
            .values
            .iter()
            .filter(|(n, _)| n != "cursor" && n != "limit")
            .collect();
        filters.sort();
        format!("{} {filters:?}", self.path)
    }

    /// Where the list continues.
    ///
    /// # Errors
    /// 400 for a cursor of another list; 500 as [`cursor_key`], before anything is read.
    pub fn cursor(&self) -> Result<Option<Cursor>, Problem> {
        let key = cursor_key(self.config)?;
        let Some(text) = self.get("cursor") else {
            return Ok(None);
        };
        key.open(text, &self.list())
            .map(Some)
            .map_err(|e| Problem::invalid_query([Violation::field("cursor", "invalid_cursor", e.to_string())]))
    }

    /// The cursor in the form that callers see, for a list that has called [`Query::cursor`].
    #[must_use]
    pub fn seal(&self, next: Option<&Cursor>) -> Option<String> {
        let key = cursor_key(self.config).ok()?;
        next.and_then(|cursor| key.seal(cursor, &self.list()))
    }
}
