//! One partition key: its units, and the ranges of sort keys that it is split into.

use super::limits::{Cost, Kind, Limits};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// Sort keys that are remembered of what a range is asked for, to find its middle.
const REMEMBERED: usize = 256;
/// Refusals further apart are not one heat.
const APART: Duration = Duration::from_secs(10);

/// Units that come evenly, and of which some are kept.
#[derive(Debug, Clone, PartialEq)]
struct Bucket {
    units: f64,
    a_second: f64,
    most: f64,
    filled: Instant,
}

impl Bucket {
    /// One that had rested for so long at an instant.
    fn new(a_second: f64, burst: Duration, (filled, rested): (Instant, Duration)) -> Self {
        Self {
            units: a_second * rested.as_secs_f64(),
            a_second,
            most: a_second * (1.0 + burst.as_secs_f64()),
            filled,
        }
    }

    fn fill(&mut self, now: Instant) {
        let since = now.duration_since(self.filled);
        self.units = (self.units + since.as_secs_f64() * self.a_second).min(self.most);
        self.filled = now;
    }

    /// Whether so many are left; of what is more than a second gives, as many as that.
    fn has(&mut self, now: Instant, units: f64) -> bool {
        self.fill(now);
        // Time is kept in whole nanoseconds.
        self.units + 1e-6 >= units.min(self.a_second)
    }

    fn take(&mut self, now: Instant, units: f64) {
        self.fill(now);
        self.units -= units;
    }
}

/// A range of sort keys of one partition key.
#[derive(Debug, Clone)]
pub(super) struct Range {
    /// The first sort key of it.
    low: String,
    writes: Bucket,
    reads: Bucket,
    asked: VecDeque<String>,
    /// Since when it refuses, and when it last did.
    heat: Option<(Instant, Instant)>,
}

impl Range {
    /// All sort keys, with the units of so much time at an instant.
    pub(super) fn whole(limits: Limits, rested: (Instant, Duration)) -> Self {
        Self {
            low: String::new(),
            writes: Bucket::new(limits.writes, limits.burst, rested),
            reads: Bucket::new(limits.reads, limits.burst, rested),
            asked: VecDeque::new(),
            heat: None,
        }
    }

    fn bucket(&mut self, kind: Kind) -> &mut Bucket {
        match kind {
            Kind::Write => &mut self.writes,
            Kind::Read => &mut self.reads,
        }
    }

    pub(super) fn has(&mut self, now: Instant, kind: Kind, units: f64) -> bool {
        self.bucket(kind).has(now, units)
    }

    pub(super) fn has_any(&mut self, now: Instant, kind: Kind) -> bool {
        let bucket = self.bucket(kind);
        bucket.fill(now);
        bucket.units > 0.0
    }

    pub(super) fn take(&mut self, now: Instant, cost: &Cost) {
        self.remember(&cost.sort);
        self.bucket(cost.kind).take(now, cost.units);
    }

    fn remember(&mut self, sort: &str) {
        self.asked.push_back(sort.to_owned());
        if self.asked.len() > REMEMBERED {
            self.asked.pop_front();
        }
    }

    /// Notes a refusal; gives for how long there have been some.
    fn heated(&mut self, now: Instant) -> Duration {
        let since = match self.heat {
            Some((since, last)) if now.duration_since(last) < APART => since,
            _ => now,
        };
        self.heat = Some((since, now));
        now.duration_since(since)
    }

    /// The sort key in the middle of what is asked for; none if all of it is one item.
    fn middle(&self) -> Option<String> {
        let mut asked: Vec<&String> = self.asked.iter().collect();
        asked.sort_unstable();
        let (first, middle) = (asked.first()?, asked.get(asked.len() / 2)?);
        // What lies in the middle may be the first as well, where half of all is asked of one item.
        let middle = asked.iter().find(|sort| *sort >= middle && *sort > first)?;
        (**middle > self.low).then(|| (**middle).clone())
    }
}

/// The ranges of one partition key, by their first sort keys.
#[derive(Debug)]
pub(super) struct Ranges(Vec<Range>);

impl Ranges {
    pub(super) fn new(whole: Range) -> Self {
        Self(vec![whole])
    }

    /// The number of the range that a sort key lies in.
    pub(super) fn find(&self, sort: &str) -> usize {
        self.0.partition_point(|range| *range.low <= *sort).saturating_sub(1)
    }

    pub(super) fn at(&mut self, range: usize) -> &mut Range {
        &mut self.0[range]
    }

    pub(super) fn of(&mut self, sort: &str) -> &mut Range {
        let range = self.find(sort);
        self.at(range)
    }

    /// Notes a refusal; splits the range in two if it has been hot for long enough and not all that is asked of it is one item. Each
    /// half then has a partition's units. Sort keys that rise with time go on at the end of the upper one, and win nothing.
    pub(super) fn refuse(&mut self, now: Instant, sort: &str, split_after: Option<Duration>) -> bool {
        let number = self.find(sort);
        let range = self.at(number);
        range.remember(sort);
        let heat = range.heated(now);
        if split_after.is_none_or(|after| heat < after) {
            return false;
        }
        let Some(middle) = range.middle() else {
            return false;
        };
        range.heat = None;
        let mut upper = range.clone();
        range.asked.retain(|sort| *sort < middle);
        upper.asked.retain(|sort| *sort >= middle);
        upper.low = middle;
        self.0.insert(number + 1, upper);
        true
    }
}
