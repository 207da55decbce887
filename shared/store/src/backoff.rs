//! Backoff: growing pauses between attempts, random so that conflicting requests do not meet again.

use std::time::Duration;

/// The pauses of one operation that is retried.
#[derive(Debug, Clone)]
pub struct Backoff {
    mean: Duration,
    longest: Duration,
}

impl Backoff {
    /// After a conflict: the faster request is done within milliseconds.
    #[must_use]
    pub const fn after_conflict() -> Self {
        Self::new(Duration::from_millis(20), Duration::from_millis(320))
    }

    /// After a throttle: a partition gets fresh throughput each second.
    #[must_use]
    pub const fn after_throttle() -> Self {
        Self::new(Duration::from_millis(100), Duration::from_secs(2))
    }

    /// Pauses of `first` on average, doubling each time up to `longest`.
    #[must_use]
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self { mean: first, longest }
    }

    /// How long the next pause is: between half and one and a half times its average.
    #[expect(clippy::disallowed_methods, reason = "only the length of a pause is random")]
    pub fn next_pause(&mut self) -> Duration {
        let mean = self.mean;
        self.mean = (2 * mean).min(self.longest);
        mean.mul_f64(0.5 + fastrand::f64())
    }

    /// Pauses.
    pub async fn pause(&mut self) {
        tokio::time::sleep(self.next_pause()).await;
    }
}

/// The attempts at one operation that conflicts and throttles hold up.
#[derive(Debug, Clone)]
pub struct Tries {
    left: u32,
    conflicts: Backoff,
    throttles: Backoff,
}

/// The reason why an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// Others were changing the same items.
    Conflict,
    /// The table throttled it.
    Throttle,
}

impl Tries {
    /// This many attempts, including the first.
    #[must_use]
    pub const fn new(tries: u32) -> Self {
        Self {
            left: tries,
            conflicts: Backoff::after_conflict(),
            throttles: Backoff::after_throttle(),
        }
    }

    /// Pauses before the next attempt; returns false immediately if none is left.
    pub async fn again(&mut self, obstacle: Obstacle) -> bool {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            return false;
        }
        match obstacle {
            Obstacle::Conflict => self.conflicts.pause().await,
            Obstacle::Throttle => self.throttles.pause().await,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_are_random_around_that() {
        let mut spread = Vec::new();
        for _ in 0..200 {
            let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_millis(400));
            for mean in [100, 200, 400, 400] {
                let pause = backoff.next_pause();
                let (least, most) = (Duration::from_millis(mean / 2), Duration::from_millis(mean * 3 / 2));
                assert!((least..=most).contains(&pause), "{pause:?} of {mean} ms");
                spread.push(pause.as_secs_f64() / Duration::from_millis(mean).as_secs_f64());
            }
        }
        assert!(spread.iter().any(|share| *share < 0.7) && spread.iter().any(|share| *share > 1.3));
    }

    #[tokio::test]
    async fn there_are_as_many_tries_as_were_given() {
        let mut tries = Tries::new(3);
        assert!(tries.again(Obstacle::Conflict).await);
        assert!(tries.again(Obstacle::Throttle).await);
        assert!(!tries.again(Obstacle::Conflict).await);
        assert!(!tries.again(Obstacle::Conflict).await);
    }
}
