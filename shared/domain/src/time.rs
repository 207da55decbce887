//! Instants, and the terms of time-limited roles.

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How long a time-limited role is held (`program-delivery`).
///
/// A term is called `duration` where products write one: in the API, and as `durations` in role sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Term {
    /// A number of calendar months, counted in UTC.
    Months(u8),
    /// No end.
    Forever,
}

/// The text is not a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be `forever` or a number of months, such as `1_month` or `3_months`")]
pub struct TermError;

impl Term {
    /// The instant at which a term ends that begins at `start`; `None` for a term without an end.
    ///
    /// If the day does not exist in the last month, the term ends at the end of that month.
    #[must_use]
    pub fn end(self, start: Timestamp) -> Option<Timestamp> {
        let Self::Months(months) = self else { return None };
        start
            .to_zoned(TimeZone::UTC)
            .checked_add(i64::from(months).months())
            .map(|end| end.timestamp())
            .ok()
            .or(Some(start))
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Months(1) => f.write_str("1_month"),
            Self::Months(n) => write!(f, "{n}_months"),
            Self::Forever => f.write_str("forever"),
        }
    }
}

impl FromStr for Term {
    type Err = TermError;
    fn from_str(text: &str) -> Result<Self, TermError> {
        let term = match text.split_once('_') {
            // Any other word is refused below, since this is not how it is written.
            None => Self::Forever,
            Some((n, "month" | "months")) => Self::Months(n.parse().map_err(|_| TermError)?),
            _ => return Err(TermError),
        };
        let canonical = term.to_string() == text && !matches!(term, Self::Months(0));
        canonical.then_some(term).ok_or(TermError)
    }
}

impl TryFrom<String> for Term {
    type Error = TermError;
    fn try_from(text: String) -> Result<Self, TermError> {
        text.parse()
    }
}

impl From<Term> for String {
    fn from(term: Term) -> Self {
        term.to_string()
    }
}

/// The instant `days` days of 24 hours after `from`, or the last instant there is.
#[must_use]
pub fn days_after(from: Timestamp, days: u32) -> Timestamp {
    from.checked_add((i64::from(days) * 24).hours())
        .unwrap_or(Timestamp::MAX)
}

/// The instant `days` days of 24 hours before `from`, or the first instant there is.
#[must_use]
pub fn days_before(from: Timestamp, days: u32) -> Timestamp {
    from.checked_sub((i64::from(days) * 24).hours())
        .unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_of_months_ends_on_the_same_day_or_the_last_of_a_shorter_month() {
        let cases = [
            ("1_month", "2026-01-31T10:00:00Z", Some("2026-02-28T10:00:00Z")),
            ("2_months", "2026-01-31T10:00:00Z", Some("2026-03-31T10:00:00Z")),
            ("3_months", "2026-11-21T00:00:00Z", Some("2027-02-21T00:00:00Z")),
            ("6_months", "2026-08-31T23:59:59Z", Some("2027-02-28T23:59:59Z")),
            ("forever", "2026-01-31T10:00:00Z", None),
        ];
        for (term, start, end) in cases {
            let got = term.parse::<Term>().unwrap().end(start.parse().unwrap());
            assert_eq!(got, end.map(|e| e.parse().unwrap()), "{term} from {start}");
            let stored = serde_json::to_string(&term.parse::<Term>().unwrap()).unwrap();
            assert_eq!(stored, format!("{term:?}"));
        }
    }

    #[test]
    fn other_spellings_of_a_term_are_refused() {
        for text in [
            "",
            "1_months",
            "2_month",
            "0_months",
            "01_month",
            "1 month",
            "-1_months",
            "300_months",
            "Forever",
            "never",
            "forever_months",
        ] {
            assert!(text.parse::<Term>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_has_24_hours_and_time_ends_somewhere() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(days_after(at("2026-03-28T12:00:00Z"), 2), at("2026-03-30T12:00:00Z"));
        assert_eq!(days_before(at("2026-03-30T12:00:00Z"), 2), at("2026-03-28T12:00:00Z"));
        assert_eq!(days_after(Timestamp::MAX, 1), Timestamp::MAX);
        assert_eq!(days_before(Timestamp::MIN, 1), Timestamp::MIN);
    }
}
