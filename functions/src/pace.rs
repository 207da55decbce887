//! Pacing: the share of an organization's partition of the table that background work may use.

use std::time::Duration;

/// Number of transactions without pauses. Most work has fewer, and the partition's recently unused capacity is enough for these.
const UNPACED: u64 = 8;
/// Write units per second of a partition.
const PARTITION: u32 = 1_000;

/// The share of a partition that background work may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Partition {
    /// An organization in use: half of its partition is left to requests.
    Shared,
    /// An organization that is being erased: only this work writes to its partition.
    Own,
}

impl Partition {
    const fn units_a_second(self) -> u32 {
        match self {
            Self::Shared => PARTITION / 2,
            Self::Own => PARTITION,
        }
    }
}

/// The pause after the transaction with this number, which wrote `units` and took `took`.
pub(crate) fn pause(number: u64, units: usize, took: Duration, partition: Partition) -> Duration {
    if number <= UNPACED {
        return Duration::ZERO;
    }
    let pace = Duration::from_secs(1) * u32::try_from(units).unwrap_or(PARTITION) / partition.units_a_second();
    pace.saturating_sub(took)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_work_keeps_to_its_share_of_a_partition_and_short_work_does_not_wait() {
        let ms = Duration::from_millis;
        for (number, took, partition, expected) in [
            (UNPACED, ms(30), Partition::Shared, ms(0)),
            (UNPACED + 1, ms(30), Partition::Shared, ms(170)),
            (UNPACED + 1, ms(30), Partition::Own, ms(70)),
            (UNPACED + 1, ms(300), Partition::Shared, ms(0)),
        ] {
            assert_eq!(
                pause(number, 100, took, partition),
                expected,
                "{number} {took:?} {partition:?}"
            );
        }
    }
}
