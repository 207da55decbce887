//! How long a record or an event is passed to its function again.

use crate::data::DataFolder;
use std::time::Duration;

/// The pause before the second attempt; doubled before each further one.
const FIRST_BACKOFF: Duration = Duration::from_millis(25);

/// The longest pause between two attempts.
const MAX_BACKOFF: Duration = Duration::from_secs(30);

/// How long a record or an event is retried before it is abandoned. In AWS it is hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    /// For tests, and for data that is lost with the process anyway: less than a second.
    Short,
    /// For data that is kept: a quarter of an hour, in which a person can make room on a full disk.
    Long,
}

impl Patience {
    /// The patience with the data of this folder.
    pub(crate) fn with(data: &DataFolder) -> Self {
        if data.is_kept() { Self::Long } else { Self::Short }
    }

    /// The number of attempts.
    pub(crate) const fn tries(self) -> u32 {
        match self {
            Self::Short => 6,
            Self::Long => 40,
        }
    }

    /// The pause after this number of attempts.
    pub(crate) fn pause(tries: u32) -> Duration {
        let factor = 2_u32.saturating_pow(tries.saturating_sub(1));
        FIRST_BACKOFF.saturating_mul(factor).min(MAX_BACKOFF)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_what_is_kept_is_tried_for_a_quarter_of_an_hour() {
        let all = |patience: Patience| (1..patience.tries()).map(Patience::pause).sum::<Duration>();
        assert_eq!(Patience::pause(3), FIRST_BACKOFF * 4);
        assert_eq!(all(Patience::Short), FIRST_BACKOFF * 31);
        assert!(
            all(Patience::Long) > Duration::from_secs(14 * 60),
            "{:?}",
            all(Patience::Long)
        );
        assert_eq!(Patience::pause(u32::MAX), MAX_BACKOFF);
    }
}
