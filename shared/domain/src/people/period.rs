//! Periods in which members joined.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// A period of time, including its beginning and excluding its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first instant in it.
    pub from: Timestamp,
    /// The first instant after it, if it ends.
    pub until: Option<Timestamp>,
}

/// The text is not a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be last_week, last_month, last_year, a year such as `2026`, or days such as `2026-01-01..2026-03-31`")]
pub struct PeriodError;

impl Period {
    /// The period of a text. `last_week`, `last_month` and `last_year` count back from `now`. Years and days are in UTC, and a
    /// range includes both of its days.
    ///
    /// # Errors
    /// [`PeriodError`] for any other text, and for days in the wrong order.
    pub fn parse(text: &str, now: Timestamp) -> Result<Self, PeriodError> {
        let back = |span: jiff::Span| {
            let from = now.to_zoned(TimeZone::UTC).checked_sub(span).map_err(|_| PeriodError)?;
            Ok(Self {
                from: from.timestamp(),
                until: None,
            })
        };
        match text {
            "last_week" => back(1.week()),
            "last_month" => back(1.month()),
            "last_year" => back(1.year()),
            _ => match text.split_once("..") {
                Some((first, last)) => Self::days(day(first)?, day(last)?),
                None => {
                    let is_year = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
                    let year = text.parse().ok().filter(|_| is_year).ok_or(PeriodError)?;
                    let days = Date::new(year, 1, 1).and_then(|first| Ok((first, Date::new(year, 12, 31)?)));
                    let (first, last) = days.map_err(|_| PeriodError)?;
                    Self::days(first, last)
                }
            },
        }
    }

    fn days(first: Date, last: Date) -> Result<Self, PeriodError> {
        if last < first {
            return Err(PeriodError);
        }
        let begin = |day: Date| day.to_zoned(TimeZone::UTC).map(|at| at.timestamp());
        Ok(Self {
            from: begin(first).map_err(|_| PeriodError)?,
            // The last day of the calendar has no day after it.
            until: last.tomorrow().and_then(begin).ok(),
        })
    }

    /// Whether the instant is in the period.
    #[must_use]
    pub fn holds(self, at: Timestamp) -> bool {
        at >= self.from && self.until.is_none_or(|until| at < until)
    }
}

/// A day in its canonical form, with a year of four digits.
fn day(text: &str) -> Result<Date, PeriodError> {
    let day: Date = text.parse().map_err(|_| PeriodError)?;
    if day.to_string() == text && day.year() >= 0 {
        Ok(day)
    } else {
        Err(PeriodError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_reaches_back_or_names_whole_days_and_nothing_else_is_one() {
        let now: Timestamp = "2026-03-31T12:00:00Z".parse().unwrap();
        for (text, from, until) in [
            ("last_week", "2026-03-24T12:00:00Z", None),
            ("last_month", "2026-02-28T12:00:00Z", None),
            ("last_year", "2025-03-31T12:00:00Z", None),
            ("2025", "2025-01-01T00:00:00Z", Some("2026-01-01T00:00:00Z")),
            (
                "2026-01-05..2026-01-05",
                "2026-01-05T00:00:00Z",
                Some("2026-01-06T00:00:00Z"),
            ),
            (
                "0000-01-01..0000-01-01",
                "0000-01-01T00:00:00Z",
                Some("0000-01-02T00:00:00Z"),
            ),
        ] {
            let period = Period {
                from: from.parse().unwrap(),
                until: until.map(|at| at.parse().unwrap()),
            };
            assert_eq!(Period::parse(text, now), Ok(period), "{text}");
        }
        for text in [
            "",
            "last_day",
            "25",
            "02025",
            "+202",
            "2026-13-01..2026-12-01",
            "2026-02-02..2026-02-01",
            "2026-02-02",
            "2026-02-02..",
            "20260101..20260102",
            "-0001",
            "-000001-01-01..2026-01-01",
            "-009999-01-01..-000001-12-31",
            "+002026-01-01..2026-01-02",
            " 2026-01-01..2026-01-02",
            "2026-01-01 .. 2026-01-02",
            "2026-01-01..2026-01-02..2026-01-03",
            " last_week",
        ] {
            assert_eq!(Period::parse(text, now), Err(PeriodError), "{text}");
        }
    }

    #[test]
    fn the_first_instant_of_a_period_is_within_and_the_last_is_without() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let period = Period::parse("2025", at("2026-03-31T12:00:00Z")).unwrap();
        assert!(period.holds(at("2025-01-01T00:00:00Z")) && period.holds(at("2025-12-31T23:59:59.999Z")));
        assert!(!period.holds(at("2024-12-31T23:59:59.999Z")) && !period.holds(at("2026-01-01T00:00:00Z")));
    }
}
