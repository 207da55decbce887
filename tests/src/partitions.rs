//! A model of DynamoDB's partitions, which the embedded table has none of: each partition key of the table, and each of an index,
//! takes so many write units and read units a second. Whatever goes beyond is refused as DynamoDB refuses it, and nothing of it is done.
//!
//! It stands where the functions' own calls to AWS pass ([`Partitions::client_over`]), and reckons what each of them costs:
//!
//! - a write: a unit for each KB of the larger of the item before and after; in a transaction twice that, for a condition alone as well.
//!   What a condition refuses costs as much as what it lets through;
//! - an entry of an index: a unit for each KB of what lies there. One that moves is deleted and put, one that stays as it is costs nothing,
//!   and a transaction does not double it;
//! - a read: a unit for each 4 KB, strongly consistent, and half of one otherwise; a query by the sum of what it read.
//!
//! A write is let through if each partition that it goes to has that many units left. A read is let through if its partition has any left,
//! since what it costs is known only afterwards: the partition is then in debt.
//!
//! **What is simplified.** AWS tells the limits, and not how they are kept. Here a partition's units come evenly, and one second of them is
//! kept (more with [`Limits::burst`]). An index refuses together with its
//! table; in AWS it follows the table, and pushes back when it cannot. What is refused costs nothing; in AWS, a canceled transaction may
//! have used units for some of its items. Two transactions at one item do not cancel each other. The limits of a whole table or
//! account (40,000 units) are left out, and so is the table's own scaling.

mod costs;
mod front;
mod heat;
mod limits;

pub use limits::{Billing, Cost, Kind, Limits, Place};

use heat::{Range, Ranges};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

/// What partitions gave and refused.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// Units, by where and of what.
    pub units: BTreeMap<(Place, Kind), f64>,
    /// Calls that were refused, or done in part, by their operation.
    pub refused: BTreeMap<String, usize>,
    /// How often a partition was split.
    pub splits: usize,
}

impl Tally {
    /// Units of a kind in all.
    #[must_use]
    pub fn all(&self, kind: Kind) -> f64 {
        let of_kind = self.units.iter().filter(|((_, of), _)| *of == kind);
        // From plain zero on: the sum of nothing is a negative one.
        of_kind.fold(0.0, |sum, (_, units)| sum + units)
    }

    /// Calls that were refused.
    #[must_use]
    pub fn refusals(&self) -> usize {
        self.refused.values().sum()
    }

    /// The partition that would be the last one to be done, if each were busy from the first instant on; and how long it takes.
    #[must_use]
    pub fn floor(&self, limits: Limits) -> Option<(Place, Kind, Duration)> {
        let seconds = |kind, units: f64| match kind {
            Kind::Write => units / limits.writes,
            Kind::Read => units / limits.reads,
        };
        let all = self.units.iter();
        let times = all.map(|((place, kind), units)| (place, *kind, seconds(*kind, *units)));
        let (place, kind, longest) = times.max_by(|a, b| a.2.total_cmp(&b.2))?;
        Some((place.clone(), kind, Duration::from_secs_f64(longest)))
    }
}

#[derive(Debug)]
struct State {
    limits: Limits,
    /// Whether limits hold: not while what a test needs is made.
    holding: bool,
    /// When they began to hold, and how much unused time partitions had then.
    begun: (Instant, Duration),
    places: BTreeMap<Place, Ranges>,
    tally: Tally,
}

/// The partitions of one table; clones are the same ones.
#[derive(Debug, Clone)]
pub struct Partitions(Arc<Mutex<State>>);

impl Partitions {
    /// Partitions that take anything, until [`Partitions::hold`].
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self(Arc::new(Mutex::new(State {
            limits,
            holding: false,
            begun: (Instant::now(), SECOND),
            places: BTreeMap::new(),
            tally: Tally::default(),
        })))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds the limits from here on, with partitions that have rested for a second; and begins to tally.
    pub fn hold(&self) {
        self.hold_after(SECOND);
    }

    /// The same with partitions that have rested for so long.
    pub fn hold_after(&self, rested: Duration) {
        let mut state = self.lock();
        state.holding = true;
        state.begun = (Instant::now(), rested);
        state.places.clear();
        state.tally = Tally::default();
    }

    /// Takes anything from here on.
    pub fn release(&self) {
        self.lock().holding = false;
    }

    /// What a partition takes.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.lock().limits
    }

    /// What was given and refused since [`Partitions::hold`].
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.lock().tally.clone()
    }

    /// Takes the units of all these parts, or of none; gives which of the parts are why.
    ///
    /// # Errors
    /// For each part, whether one of its partitions has too little left.
    pub fn take(&self, now: Instant, parts: &[Vec<Cost>]) -> Result<(), Vec<bool>> {
        let mut state = self.lock();
        let state = &mut *state;
        if !state.holding {
            state.note(parts.iter().flatten());
            return Ok(());
        }
        let full = state.full(now, parts.iter().flatten());
        if full.is_empty() {
            for cost in parts.iter().flatten() {
                state.ranges(&cost.place).of(&cost.sort).take(now, cost);
            }
            state.note(parts.iter().flatten());
            return Ok(());
        }
        // All looked for before any of them is noted, which may split a partition.
        let why: Vec<Vec<&Cost>> = parts
            .iter()
            .map(|part| part.iter().filter(|cost| full.contains(&state.slot(cost))).collect())
            .collect();
        for cost in why.iter().flatten() {
            state.refuse(now, &cost.place, &cost.sort);
        }
        Err(why.iter().map(|costs| !costs.is_empty()).collect())
    }

    /// Whether a partition has any units left for a read at this place.
    #[must_use]
    pub fn is_open(&self, now: Instant, place: &Place, sort: &str) -> bool {
        let mut state = self.lock();
        if !state.holding || state.ranges(place).of(sort).has_any(now, Kind::Read) {
            return true;
        }
        state.refuse(now, place, sort);
        false
    }

    /// Takes the units of what was read, also those that are not there.
    pub fn charge(&self, now: Instant, costs: &[Cost]) {
        let mut state = self.lock();
        if state.holding {
            for cost in costs {
                state.ranges(&cost.place).of(&cost.sort).take(now, cost);
            }
        }
        state.note(costs.iter());
    }

    /// Notes that a call was refused, or done in part.
    fn refused(&self, operation: &str) {
        *self.lock().tally.refused.entry(operation.to_owned()).or_default() += 1;
    }
}

/// What one range of a partition key has to give of one kind.
type Slot = (Place, usize, Kind);

impl State {
    fn slot(&mut self, cost: &Cost) -> Slot {
        let range = self.ranges(&cost.place).find(&cost.sort);
        (cost.place.clone(), range, cost.kind)
    }

    /// Where too little is left for all of these.
    fn full<'a>(&mut self, now: Instant, costs: impl Iterator<Item = &'a Cost>) -> Vec<Slot> {
        let mut wanted: BTreeMap<Slot, f64> = BTreeMap::new();
        for cost in costs {
            *wanted.entry(self.slot(cost)).or_default() += cost.units;
        }
        let mut full = Vec::new();
        for (slot, units) in wanted {
            let (place, range, kind) = &slot;
            if !self.ranges(place).at(*range).has(now, *kind, units) {
                full.push(slot);
            }
        }
        full
    }

    fn ranges(&mut self, place: &Place) -> &mut Ranges {
        let (limits, begun) = (self.limits, self.begun);
        let ranges = self.places.entry(place.clone());
        ranges.or_insert_with(|| Ranges::new(Range::whole(limits, begun)))
    }

    fn note<'a>(&mut self, costs: impl Iterator<Item = &'a Cost>) {
        for cost in costs {
            *self.tally.units.entry((cost.place.clone(), cost.kind)).or_default() += cost.units;
        }
    }

    /// Notes that a partition is asked for more than it has, for which it may be split.
    fn refuse(&mut self, now: Instant, place: &Place, sort: &str) {
        let after = self.limits.split_after;
        let split = self.ranges(place).refuse(now, sort, after);
        self.tally.splits += usize::from(split);
    }
}

#[cfg(test)]
mod tests;
