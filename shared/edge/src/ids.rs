//! New identifiers: version 7 UUIDs, which sort by time.

use crate::problem::Problem;
use jiff::Timestamp;
use muster_domain::NewIds;
use uuid::{Builder, Uuid};

/// Makes identifiers for one decision. They sort in the order they were made in.
pub struct Ids {
    millis: u64,
    count: u16,
}

impl Ids {
    /// Identifiers for the instant `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            millis: u64::try_from(now.as_millisecond()).unwrap_or_default(),
            count: 0,
        }
    }
}

impl NewIds for Ids {
    #[expect(clippy::disallowed_methods, reason = "this is where ids are made")]
    fn uuid(&mut self) -> Uuid {
        let mut bytes = [0; 10];
        // The system's random number generator does not fail once the system is up. If it did, the condition of its own write would
        // refuse an id that collides.
        let _ = getrandom::fill(&mut bytes);
        let [first, second, ..] = &mut bytes;
        [*first, *second] = self.count.to_be_bytes();
        self.count += 1;
        Builder::from_unix_timestamp_millis(self.millis, &bytes).into_uuid()
    }
}

/// The random bits of a secret.
///
/// # Errors
/// 503 if the system has none: a secret is never made from anything else.
#[expect(clippy::disallowed_methods, reason = "this is where secrets are made")]
pub fn secret_bits() -> Result<u128, Problem> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(%error, "no random bits");
        Problem::unavailable()
    })?;
    Ok(u128::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::EventId;

    #[test]
    fn identifiers_of_one_decision_keep_their_order_and_stand_before_those_of_later_ones() {
        let mut early = Ids::at("2026-01-01T00:00:00Z".parse().unwrap());
        let mut late = Ids::at("2026-01-01T00:00:00.001Z".parse().unwrap());
        let mut made: Vec<_> = (0..100).map(|_| EventId::from_uuid(early.uuid())).collect();
        made.push(EventId::from_uuid(late.uuid()));
        assert!(made.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
