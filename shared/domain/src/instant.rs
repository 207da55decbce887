//! Instants in text: in the format of RFC 3339, and in no other.

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::Deserialize;
use std::str::FromStr;

/// An instant in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub enum Instant {
    /// An instant that can be stored.
    At(Timestamp),
    /// The end of time: many programs write `9999-12-31T23:59:59Z` for "never".
    Never,
}

/// The text is not an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an RFC 3339 timestamp, such as `2026-01-31T12:00:00Z`")]
pub struct InstantError;

impl Instant {
    /// The instant as an end; `None` for the end of time, which means no end.
    #[must_use]
    pub const fn end(self) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(at),
            Self::Never => None,
        }
    }

    /// The instant as a beginning; the end of time becomes the last instant there is.
    #[must_use]
    pub const fn beginning(self) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Never => Timestamp::MAX,
        }
    }
}

impl FromStr for Instant {
    type Err = InstantError;

    /// Reads a `date-time` of RFC 3339, section 5.6. Letters may be lower case, as in that grammar, which has no space in place
    /// of the `T`. A leap second is the first second of the next day, as in POSIX.
    fn from_str(text: &str) -> Result<Self, InstantError> {
        read(text).ok_or(InstantError)
    }
}

impl TryFrom<String> for Instant {
    type Error = InstantError;
    fn try_from(text: String) -> Result<Self, InstantError> {
        text.parse()
    }
}

fn read(text: &str) -> Option<Instant> {
    let (date, rest) = text.split_at_checked(10)?;
    let (time, rest) = rest.strip_prefix(['T', 't'])?.split_at_checked(8)?;
    let (fraction, zone) = match rest.strip_prefix('.') {
        None => ("", rest),
        Some(rest) => {
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            rest.split_at_checked(end).filter(|(digits, _)| !digits.is_empty())?
        }
    };
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let ahead = offset(zone)?;
    let day = Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()?;
    let is_leap = second == 60;
    let second = if is_leap { 59 } else { second };
    let time = Time::new(
        hour.try_into().ok()?,
        minute.try_into().ok()?,
        second.try_into().ok()?,
        nanoseconds(fraction)?,
    );
    let local = DateTime::from_parts(day, time.ok()?);
    // Only the far end of time cannot be stored: years begin with 0000.
    let Ok(utc) = local.checked_sub(ahead) else {
        return Some(Instant::Never);
    };
    let mut at = TimeZone::UTC.to_timestamp(utc).ok();
    if is_leap {
        let is_last = utc.date().last_of_month() == utc.date() && (utc.hour(), utc.minute()) == (23, 59);
        at = is_last
            .then_some(at)?
            .and_then(|at| at.checked_add(SignedDuration::from_secs(1)).ok());
    }
    let kept = at.filter(|at| *at < Timestamp::MAX);
    Some(kept.map_or(Instant::Never, Instant::At))
}

/// Numbers with exactly this many digits, and this separator between them.
fn numbers<const N: usize>(text: &str, between: char, digits: [usize; N]) -> Option<[i16; N]> {
    let mut parts = text.split(between);
    let mut found = [0; N];
    for (number, digits) in found.iter_mut().zip(digits) {
        let fits = |part: &&str| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
        *number = parts.next().filter(fits)?.parse().ok()?;
    }
    parts.next().is_none().then_some(found)
}

/// The offset of the local time from UTC.
fn offset(text: &str) -> Option<SignedDuration> {
    if matches!(text, "Z" | "z") {
        return Some(SignedDuration::ZERO);
    }
    let (sign, time) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(time), _) => (1, time),
        (None, Some(time)) => (-1, time),
        (None, None) => return None,
    };
    let [hours, minutes] = numbers(time, ':', [2, 2])?;
    let minutes = (hours < 24 && minutes < 60).then_some(i64::from(hours) * 60 + i64::from(minutes))?;
    Some(SignedDuration::from_mins(sign * minutes))
}

/// A fraction of a second, whose first nine digits count.
fn nanoseconds(fraction: &str) -> Option<i32> {
    format!("{fraction:0<9}").get(..9)?.parse().ok()
}
