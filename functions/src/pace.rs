//! Pacing: how much background work takes of the partition that an organization has in the table.

use std::time::Duration;

/// Transactions that follow one another at once: most work has fewer, and what a partition did not use of late lasts for these.
const UNPACED: u64 = 8;
/// Write units a second that a partition takes.
const PARTITION: u32 = 1_000;

/// How much of a partition background work may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Partition {
    /// Of an organization that is in use: half of it is left to requests.
    Shared,
    /// Of an organization that is being erased: nobody else writes to it.
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

/// The pause after the transaction of this number, which wrote so many units and took so long.
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
