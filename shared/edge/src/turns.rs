//! Turns: limiting a process's actions to a rate, across its invocations.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Turns at a fixed interval.
#[derive(Debug)]
pub struct Turns {
    interval: Duration,
    next: Mutex<Option<Instant>>,
}

impl Turns {
    /// Turns with this interval between them.
    #[must_use]
    pub const fn new(interval: Duration) -> Self {
        Self {
            interval,
            next: Mutex::new(None),
        }
    }

    /// Waits for the next turn, unless it comes after `until`: then it returns false immediately, and the turn stays. An unused
    /// turn is gone: turns are not saved up.
    #[expect(clippy::disallowed_methods, reason = "only the length of a wait depends on it")]
    pub async fn take_by(&self, until: Instant) -> bool {
        let now = Instant::now();
        let turn = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let turn = next.map_or(now, |next| next.max(now));
            if turn > until {
                return false;
            }
            *next = Some(turn + self.interval);
            turn
        };
        if turn > now {
            sleep_until(turn).await;
        }
        true
    }

    /// Whether the next turn comes by then.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "only the length of a wait depends on it")]
    pub fn comes_by(&self, until: Instant) -> bool {
        let (now, next) = (
            Instant::now(),
            *self.next.lock().unwrap_or_else(PoisonError::into_inner),
        );
        next.map_or(now, |next| next.max(now)) <= until
    }
}

/// Something that is paused for a while.
#[derive(Debug, Default)]
pub struct Pause {
    until: Mutex<Option<Instant>>,
}

impl Pause {
    /// Pauses it for this long from now.
    #[expect(clippy::disallowed_methods, reason = "only the length of a wait depends on it")]
    pub fn pause(&self, time: Duration) {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + time);
    }

    /// Whether it is paused now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "only the length of a wait depends on it")]
    pub fn is_paused(&self) -> bool {
        let until = *self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn turns_keep_their_interval_and_are_not_saved_up() {
        let turns = Turns::new(Duration::from_millis(250));
        let begun = Instant::now();
        let until = begun + Duration::from_secs(120);
        for _ in 0..5 {
            assert!(turns.take_by(until).await);
        }
        assert_eq!(begun.elapsed(), Duration::from_secs(1));
        tokio::time::sleep(Duration::from_secs(60)).await;
        let begun = Instant::now();
        futures::future::join_all((0..3).map(|_| turns.take_by(until))).await;
        assert_eq!(begun.elapsed(), Duration::from_millis(500));
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_comes_too_late_is_not_waited_for_and_stays() {
        let turns = Turns::new(Duration::from_secs(100));
        let begun = Instant::now();
        let until = begun + Duration::from_secs(150);
        for at in [0, 100] {
            assert!(turns.comes_by(until) && turns.take_by(until).await);
            assert_eq!(begun.elapsed(), Duration::from_secs(at));
        }
        assert!(!turns.comes_by(until) && !turns.take_by(until).await);
        assert_eq!(begun.elapsed(), Duration::from_secs(100), "at once");
        let until = begun + Duration::from_secs(200);
        assert!(turns.comes_by(until) && turns.take_by(until).await);
        assert_eq!(begun.elapsed(), Duration::from_secs(200));
        tokio::time::sleep(Duration::from_secs(200)).await;
        assert!(!turns.comes_by(until) && !turns.take_by(until).await, "time is up");
    }

    #[tokio::test(start_paused = true)]
    async fn a_rest_ends() {
        let notes = Pause::default();
        assert!(!notes.is_paused());
        notes.pause(Duration::from_secs(5));
        tokio::time::advance(Duration::from_millis(4_999)).await;
        assert!(notes.is_paused());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(!notes.is_paused());
    }

    #[tokio::test(start_paused = true)]
    async fn without_an_interval_nobody_waits() {
        let turns = Turns::new(Duration::ZERO);
        let begun = Instant::now();
        for _ in 0..100 {
            assert!(turns.take_by(begun).await);
        }
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }
}
