//! The clock, which every handler reads once.

use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Gives the present instant, in whole milliseconds. Clones share one offset.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    offset_ms: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// The system's clock, which can be moved forward: for development and tests.
    #[must_use]
    pub fn adjustable() -> Self {
        Self {
            offset_ms: Some(Arc::default()),
        }
    }

    /// The present instant.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now(&self) -> Timestamp {
        let offset = self.offset_ms.as_ref().map_or(0, |ms| ms.load(Ordering::SeqCst));
        let now = Timestamp::now();
        let moved = now.checked_add(SignedDuration::from_millis(offset)).unwrap_or(now);
        // DynamoDB stores instants as text; whole milliseconds have one spelling in keys.
        Timestamp::from_millisecond(moved.as_millisecond()).unwrap_or(moved)
    }

    /// Moves the clock forward. The system's own clock does not move.
    pub fn advance(&self, by: SignedDuration) {
        if let Some(offset) = &self.offset_ms {
            let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
            offset.fetch_add(ms, Ordering::SeqCst);
        }
    }
}
